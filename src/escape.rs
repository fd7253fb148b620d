//! Avahi's backslash escapes, which names and TXT strings share but for the
//! byte that may follow the backslash as itself: `.` in names, `"` in TXT.

use core::{
    fmt::{self, Write as _},
    iter::FusedIterator,
};

use crate::stamp::{StampFormat, after_stamp};

/// Yields the decoded bytes of an escaped text.
///
/// `\DDD` (three **decimal** digits, up to 255) is that byte; `\\` and the
/// backslash before the quoted byte stand for the byte after them. Anything
/// else after a backslash is kept as it stands, backslash and all, so that no
/// byte is lost of a text that was never escaped.
///
/// ```
/// use avahi_events::Label;
///
/// assert!(Label::new(br"caf\195\169\.").bytes().eq("café.".bytes()));
/// assert!(Label::new(br"\x\256").bytes().eq(*br"\x\256"));
/// ```
#[derive(Debug, Clone)]
pub struct Unescape<'a> {
    rest: &'a [u8],
    escapes: Escapes,
}

/// Which escapes a text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Escapes {
    /// A name: `\.`, `\\`, `\DDD`.
    Label,
    /// A TXT string from 0.8: `\"`, `\\`, `\DDD`.
    Txt,
    /// None: a backslash is a backslash.
    None,
    /// None, but each line after the first has a stamp that is no part of the
    /// text.
    Stamped(StampFormat),
}

impl<'a> Unescape<'a> {
    pub(crate) fn new(text: &'a [u8], escapes: Escapes) -> Self {
        Self {
            rest: text,
            escapes,
        }
    }
}

/// The byte that an escape at the start of `text` stands for, and its length.
pub(crate) fn escape_at(text: &[u8], escapes: Escapes) -> Option<(u8, usize)> {
    let quoted = match escapes {
        Escapes::Label => b'.',
        Escapes::Txt => b'"',
        Escapes::None | Escapes::Stamped(_) => return None,
    };
    match *text {
        [b'\\', byte, ..] if byte == b'\\' || byte == quoted => Some((byte, 2)),
        [b'\\', a, b, c, ..] => {
            let digit = |byte: u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
            let value = digit(a)? * 100 + digit(b)? * 10 + digit(c)?;
            Some((u8::try_from(value).ok()?, 4))
        }
        _ => None,
    }
}

impl Iterator for Unescape<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let (&first, after) = self.rest.split_first()?;
        if first == b'\\'
            && let Some((byte, len)) = escape_at(self.rest, self.escapes)
        {
            self.rest = &self.rest[len..];
            return Some(byte);
        }
        self.rest = match self.escapes {
            Escapes::Stamped(format) if first == b'\n' => after_stamp(after, Some(format)),
            _ => after,
        };
        Some(first)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.rest.len().div_ceil(4), Some(self.rest.len()))
    }
}

impl FusedIterator for Unescape<'_> {}

/// The decoded text: the text itself where there is nothing to decode.
#[cfg(feature = "alloc")]
pub(crate) fn unescape(text: &[u8], escapes: Escapes) -> alloc::borrow::Cow<'_, [u8]> {
    use alloc::{borrow::Cow, vec::Vec};

    match escapes {
        Escapes::Stamped(_) if text.contains(&b'\n') => {
            return Unescape::new(text, escapes).collect();
        }
        Escapes::None | Escapes::Stamped(_) => return Cow::Borrowed(text),
        Escapes::Label | Escapes::Txt => {}
    }
    // Find the first escape that changes something: the text before it is
    // taken over as a whole, and without one nothing is allocated.
    let mut done = 0;
    let mut out = Vec::new();
    for at in memchr::memchr_iter(b'\\', text) {
        if at < done {
            continue; // the second half of `\\`
        }
        if let Some((byte, len)) = escape_at(&text[at..], escapes) {
            if out.is_empty() {
                out.reserve_exact(text.len());
            }
            out.extend_from_slice(&text[done..at]);
            out.push(byte);
            done = at + len;
        }
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.extend_from_slice(&text[done..]);
    Cow::Owned(out)
}

/// Whether a terminal would act on the character, rather than show it: control
/// characters, and those that turn the direction of writing or end a line.
fn acts_on_terminal(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Writes bytes as text that does a terminal no harm: what is not UTF-8 as
/// U+FFFD, what it would act on as `\u{1b}`.
pub(crate) fn write_text(
    bytes: impl Iterator<Item = u8>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    // At most one character, of which more bytes are to come.
    let mut held = [0; 4];
    let mut len = 0;
    for byte in bytes {
        held[len] = byte;
        len += 1;
        while let Some(error) = core::str::from_utf8(&held[..len]).err() {
            let Some(bad) = error.error_len() else { break };
            f.write_char(char::REPLACEMENT_CHARACTER)?;
            held.copy_within(bad..len, 0);
            len -= bad;
        }
        if let Ok(text) = core::str::from_utf8(&held[..len]) {
            for char in text.chars() {
                match acts_on_terminal(char) {
                    true => write!(f, "{}", char.escape_unicode())?,
                    false => f.write_char(char)?,
                }
            }
            len = 0;
        }
    }
    match len {
        0 => Ok(()),
        _ => f.write_char(char::REPLACEMENT_CHARACTER),
    }
}

/// What names and TXT have in common: a type with the fields `printed` and
/// `escapes` gets its decoding, its comparisons (of the decoded bytes) and its
/// `Display` and `Debug`.
macro_rules! escaped_text {
    ($type:ident, $what:literal) => {
        impl<'a> $type<'a> {
            #[doc = concat!("The bytes of the ", $what, " as printed, escapes and all.")]
            #[must_use]
            pub const fn as_bytes(&self) -> &'a [u8] {
                self.printed
            }

            /// The decoded bytes, one by one, without allocating.
            #[must_use]
            pub fn bytes(&self) -> crate::escape::Unescape<'a> {
                crate::escape::Unescape::new(self.printed, self.escapes)
            }

            /// The decoded bytes. Borrows where there is nothing to decode.
            ///
            /// ```
            /// use avahi_events::Label;
            /// use std::borrow::Cow;
            ///
            /// assert!(matches!(Label::new(b"printer").decode(), Cow::Borrowed(b"printer")));
            /// assert_eq!(*Label::new(br"B\195\188ro").decode(), *"Büro".as_bytes());
            /// ```
            #[cfg(feature = "alloc")]
            #[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
            #[must_use]
            pub fn decode(&self) -> alloc::borrow::Cow<'a, [u8]> {
                crate::escape::unescape(self.printed, self.escapes)
            }

            /// The decoded text. Borrows where there is nothing to decode.
            ///
            /// # Errors
            ///
            /// If the decoded bytes are not UTF-8; [`decode`](Self::decode)
            /// still has them.
            ///
            /// ```
            /// use avahi_events::Label;
            ///
            /// assert_eq!(Label::new(br"Gr\195\182\195\159e").to_str().unwrap(), "Größe");
            /// assert!(Label::new(br"Gr\246\223e").to_str().is_err());
            /// ```
            #[cfg(feature = "alloc")]
            #[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
            pub fn to_str(&self) -> Result<alloc::borrow::Cow<'a, str>, core::str::Utf8Error> {
                use alloc::{borrow::Cow, string::String};

                match self.decode() {
                    Cow::Borrowed(bytes) => core::str::from_utf8(bytes).map(Cow::Borrowed),
                    Cow::Owned(bytes) => String::from_utf8(bytes)
                        .map(Cow::Owned)
                        .map_err(|error| error.utf8_error()),
                }
            }

            /// The decoded text, with U+FFFD for what is not UTF-8.
            ///
            /// ```
            /// use avahi_events::Label;
            ///
            /// assert_eq!(Label::new(br"Gr\246\223e").to_str_lossy(), "Gr\u{fffd}\u{fffd}e");
            /// ```
            #[cfg(feature = "alloc")]
            #[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
            #[must_use]
            pub fn to_str_lossy(&self) -> alloc::borrow::Cow<'a, str> {
                use alloc::{borrow::Cow, string::String};

                match self.decode() {
                    Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
                    Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
                }
            }
        }

        /// Equal if the decoded bytes are.
        impl PartialEq for $type<'_> {
            fn eq(&self, other: &Self) -> bool {
                // The same text with the same escapes needs no decoding.
                (self.printed == other.printed && self.escapes == other.escapes)
                    || self.bytes().eq(other.bytes())
            }
        }

        impl Eq for $type<'_> {}

        impl core::hash::Hash for $type<'_> {
            fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
                for byte in self.bytes() {
                    state.write_u8(byte);
                }
                state.write_u8(0xff); // so that none is the prefix of another
            }
        }

        /// Compares the decoded text, without allocating.
        impl PartialEq<str> for $type<'_> {
            fn eq(&self, other: &str) -> bool {
                self == other.as_bytes()
            }
        }

        /// Compares the decoded text, without allocating.
        impl PartialEq<&str> for $type<'_> {
            fn eq(&self, other: &&str) -> bool {
                self == other.as_bytes()
            }
        }

        /// Compares the decoded bytes, without allocating.
        impl PartialEq<[u8]> for $type<'_> {
            fn eq(&self, other: &[u8]) -> bool {
                self.bytes().eq(other.iter().copied())
            }
        }

        /// The decoded text for a person: U+FFFD for what is not UTF-8. Control
        /// characters and those that turn the direction of writing are
        /// escaped, as `\u{1b}`, since it comes from strangers.
        impl core::fmt::Display for $type<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                crate::escape::write_text(self.bytes(), f)
            }
        }

        /// The bytes as printed, quoted.
        impl core::fmt::Debug for $type<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, "\"{}\"", self.printed.escape_ascii())
            }
        }
    };
}
pub(crate) use escaped_text;
