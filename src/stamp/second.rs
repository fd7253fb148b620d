//! The second of a stamp: of stamps that come close together, most are in the
//! one of the last.

use alloc::vec::Vec;

use jiff::{SignedDuration, Timestamp};

use super::form::nanoseconds;

/// What the last stamp showed, and when its second began.
#[derive(Debug, Clone, Default)]
pub(super) struct Second {
    /// The last time's text.
    shown: Vec<u8>,
    /// Where in it the digits of the fraction are, and where they end: at its
    /// end, if it has none.
    fraction: (usize, usize),
    /// In seconds since 1970.
    began: Option<i64>,
}

impl Second {
    /// The time of a text that shows the second of the last one, with as many
    /// digits after the point.
    #[inline]
    pub(super) fn time(&self, text: &[u8]) -> Option<Timestamp> {
        let began = self.began?;
        if text.len() != self.shown.len() {
            return None;
        }
        let (start, end) = self.fraction;
        if text[..start] != self.shown[..start] || text[end..] != self.shown[end..] {
            return None;
        }
        Timestamp::new(began, nanoseconds(&text[start..end])?).ok()
    }

    /// This text shows that time.
    pub(super) fn set(&mut self, text: &[u8], time: Timestamp) {
        let point = text.iter().position(|byte| matches!(byte, b'.' | b','));
        let start = point.map_or(text.len(), |point| point + 1);
        let digits = text[start..].iter().take_while(|it| it.is_ascii_digit());
        let end = start + digits.count();
        self.began = nanoseconds(&text[start..end]).and_then(|nanoseconds| {
            let began = time.checked_sub(SignedDuration::from_nanos(nanoseconds.into()));
            Some(began.ok()?.as_second())
        });
        self.fraction = (start, end);
        self.shown.clear();
        self.shown.extend_from_slice(text);
    }
}
