//! One string of a TXT field, and the attribute in it.

use crate::escape::{Escapes, escape_at, escaped_text};

/// One TXT string, or the key or the value in it: bytes, as printed, without
/// the quotes around the string. Comparing with a `str` compares the decoded
/// text.
///
/// ```
/// use avahi_events::Txt;
///
/// let string = Txt::new(br#""note=\"a\" = \"b\"""#).strings().next().unwrap();
/// assert_eq!(string.as_bytes(), br#"note=\"a\" = \"b\""#);
/// assert!(string == r#"note="a" = "b""#);
/// assert!(string.key() == "note"); // up to the first `=`
/// assert!(string.value().unwrap() == r#""a" = "b""#);
/// ```
#[derive(Clone, Copy)]
pub struct TxtString<'a> {
    printed: &'a [u8],
    escapes: Escapes,
}

escaped_text!(TxtString, "string");

impl<'a> TxtString<'a> {
    /// Where the first `=` stands, also one that was escaped, and its length.
    fn equals_sign(&self) -> Option<(usize, usize)> {
        let mut from = 0;
        while let Some(at) = memchr::memchr2(b'=', b'\\', &self.printed[from..]) {
            let at = from + at;
            if self.printed[at] == b'=' {
                return Some((at, 1));
            }
            match escape_at(&self.printed[at..], self.escapes) {
                Some((b'=', len)) => return Some((at, len)),
                Some((_, len)) => from = at + len,
                None => from = at + 1,
            }
        }
        None
    }

    pub(crate) const fn new(printed: &'a [u8], escapes: Escapes) -> Self {
        Self { printed, escapes }
    }

    #[cfg(feature = "serde")]
    pub(crate) const fn escapes(&self) -> Escapes {
        self.escapes
    }

    /// Key and value, found at once.
    #[cfg(feature = "serde")]
    pub(crate) fn split(&self) -> (TxtString<'a>, Option<TxtString<'a>>) {
        let part = |printed| TxtString {
            printed,
            escapes: self.escapes,
        };
        match self.equals_sign() {
            Some((at, len)) => (
                part(&self.printed[..at]),
                Some(part(&self.printed[at + len..])),
            ),
            None => (*self, None),
        }
    }

    /// What stands before the first `=`: the key, or all of the string if it
    /// has none. Empty if the string begins with `=`, which makes it no
    /// attribute (RFC 6763 section 6.4).
    #[must_use]
    pub fn key(&self) -> TxtString<'a> {
        let end = self.equals_sign().map_or(self.printed.len(), |(at, _)| at);
        TxtString {
            printed: &self.printed[..end],
            escapes: self.escapes,
        }
    }

    /// What stands after the first `=`; `None` if there is no `=`, which is
    /// not the same as an empty value (RFC 6763 section 6.4).
    #[must_use]
    pub fn value(&self) -> Option<TxtString<'a>> {
        let (at, len) = self.equals_sign()?;
        Some(TxtString {
            printed: &self.printed[at + len..],
            escapes: self.escapes,
        })
    }

    /// Whether this is an attribute of that key, ASCII case aside.
    pub(super) fn has_key(&self, key: &[u8]) -> bool {
        let small = |byte: u8| byte.to_ascii_lowercase();
        !key.is_empty()
            && self
                .key()
                .bytes()
                .map(small)
                .eq(key.iter().copied().map(small))
    }
}
