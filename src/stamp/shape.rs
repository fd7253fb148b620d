//! The shape of a stamp: the next one mostly differs from it in digits alone.

use super::{Stamp, StampFormat};

/// Longer stamps have no shape.
const LEN: usize = 64;

/// Tells stamps that are like one that was read, in a fraction of the time.
///
/// What a stamp is read by are its digits, whichever they are, and all other
/// bytes, up to the space at its end. So what is like it but for the digits is
/// a stamp of the same format and lengths.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// The stamp, with zeros for its digits.
    bytes: [u8; LEN],
    /// All bits are set where the stamp is, and none after it.
    mask: [u8; LEN],
    len: usize,
    time: (u8, u8),
    format: StampFormat,
}

impl Shape {
    pub(crate) fn of(stamp: &Stamp<'_>) -> Option<Self> {
        // The version that RFC 5424 has in it is a digit, but a certain one.
        if stamp.format == StampFormat::Rfc5424 {
            return None;
        }
        let (mut bytes, mut mask) = ([0; LEN], [0; LEN]);
        let len = stamp.printed.len();
        bytes.get_mut(..len)?.copy_from_slice(stamp.printed);
        mask[..len].fill(0xff);
        Some(Self {
            bytes: bytes.map(zero_for_digit),
            mask,
            len,
            time: stamp.time,
            format: stamp.format,
        })
    }

    pub(crate) const fn format(&self) -> StampFormat {
        self.format
    }

    /// The stamp at the start of a line, if it is like this one and the line,
    /// or what follows it, is long enough to look at it in one go.
    #[inline]
    pub(crate) fn stamp<'a>(&self, line: &'a [u8]) -> Option<Stamp<'a>> {
        let is_like = match self.len {
            0..=32 => self.is_like::<32>(line.first_chunk()?),
            _ => self.is_like::<LEN>(line.first_chunk()?),
        };
        is_like.then_some(Stamp {
            printed: &line[..self.len],
            time: self.time,
            format: self.format,
        })
    }

    /// Without a branch for a byte, so that vector instructions are made of it.
    #[inline(always)]
    fn is_like<const N: usize>(&self, window: &[u8; N]) -> bool {
        let mut differences = 0;
        for (at, &byte) in window.iter().enumerate() {
            differences |= (zero_for_digit(byte) ^ self.bytes[at]) & self.mask[at];
        }
        differences == 0
    }
}

#[inline(always)]
fn zero_for_digit(byte: u8) -> u8 {
    match byte.is_ascii_digit() {
        true => b'0',
        false => byte,
    }
}
