//! The quick way through lines with stamps that are like one another.

use super::{Framer, begins_event};
use crate::{
    event::Event,
    stamp::{Shape, Stamp, StampFormat, Stamps},
};

impl Framer {
    /// The format that a stamp is expected to have, if there is to be one.
    #[inline]
    pub(super) fn expected_stamp(&self) -> Option<StampFormat> {
        match self.stamps {
            Stamps::Find => self.stamp_format,
            Stamps::Only(format) => Some(format),
            Stamps::None => None,
        }
    }

    /// The shape that a stamp is expected to have.
    #[inline]
    fn shape(&self) -> Option<&Shape> {
        let shape = self.shape.as_ref()?;
        (Some(shape.format()) == self.expected_stamp()).then_some(shape)
    }

    /// As [`line`](Self::line), behind a stamp like the last one.
    #[inline(always)]
    pub(super) fn stamped_line<'a, T>(
        &mut self,
        buf: &'a [u8],
        done: impl FnOnce(Event<'a>, Stamp<'a>, usize, usize) -> T,
    ) -> Option<T> {
        let stamp = self.shape()?.stamp(buf)?;
        let done = |event, text_len, len| done(event, stamp, text_len, len);
        self.line_behind(stamp.as_bytes().len(), buf, Self::begins_stamped, done)
    }

    /// Whether an event begins here, behind a stamp like the last one.
    #[inline]
    fn begins_stamped(&self, line: &[u8]) -> bool {
        let stamp = self.shape().and_then(|shape| shape.stamp(line));
        stamp.is_some_and(|stamp| begins_event(&line[stamp.as_bytes().len()..]))
    }

    /// What a line holds after the stamp that it is expected to have.
    #[cfg(feature = "std")]
    #[inline]
    pub(super) fn after_expected_stamp<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        match self.shape().and_then(|shape| shape.stamp(line)) {
            Some(stamp) => &line[stamp.as_bytes().len()..],
            None => crate::stamp::after_stamp(line, self.expected_stamp()),
        }
    }
}
