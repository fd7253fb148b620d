//! Names as Avahi prints them: one escaped DNS label, or several.

use core::{
    fmt::{self, Write as _},
    iter::FusedIterator,
};

#[cfg(feature = "alloc")]
use alloc::{borrow::Cow, string::String};

use crate::{
    escape::{Escapes, escaped_text, write_text},
    stamp::StampFormat,
};

/// A service's name: one DNS label, at most 63 bytes, which may hold anything
/// (RFC 6763 section 4.1.1: UTF-8 in practice, with spaces, dots and quotes).
///
/// It keeps the bytes as they were printed and decodes when asked. Avahi
/// prints letters, digits, `-` and `_` as they are, `.` and `\` behind a
/// backslash, and every other byte as `\DDD`, three *decimal* digits
/// (`avahi_escape_label`, the same in all versions).
///
/// Two labels are equal if they decode to the same bytes; comparing with a
/// `str` compares the decoded name, without allocating.
///
/// ```
/// use avahi_events::Label;
///
/// let label = Label::new(br"HP\032LaserJet\032\0408A3C1F\041");
/// assert!(label == "HP LaserJet (8A3C1F)");
/// assert_eq!(label.as_bytes(), br"HP\032LaserJet\032\0408A3C1F\041");
/// # #[cfg(feature = "alloc")]
/// assert_eq!(label.to_str().unwrap(), "HP LaserJet (8A3C1F)");
/// ```
#[derive(Clone, Copy)]
pub struct Label<'a> {
    printed: &'a [u8],
    escapes: Escapes,
    lossy: bool,
}

impl<'a> Label<'a> {
    /// The label that `printed` stands for, escaped as Avahi prints it.
    ///
    /// Any bytes are taken; a backslash that begins no escape is itself.
    #[must_use]
    pub const fn new(printed: &'a [u8]) -> Self {
        Self {
            printed,
            escapes: Escapes::Label,
            lossy: false,
        }
    }

    /// The label that stands unescaped in the output without `-p`.
    #[must_use]
    pub fn from_columns(shown: &'a [u8]) -> Self {
        Self {
            printed: shown,
            escapes: Escapes::None,
            lossy: shown.contains(&b'_'),
        }
    }

    /// The label that stands unescaped in a message.
    pub(crate) const fn raw(text: &'a [u8]) -> Self {
        Self {
            printed: text,
            escapes: Escapes::None,
            lossy: false,
        }
    }

    /// The same label, said to have stamps of that format in it, one after
    /// each line feed.
    pub(crate) const fn with_stamps(mut self, format: StampFormat) -> Self {
        self.escapes = Escapes::Stamped(format);
        self
    }

    #[cfg(feature = "alloc")]
    pub(crate) const fn with_lossy(mut self, lossy: bool) -> Self {
        self.lossy = lossy;
        self
    }

    pub(crate) const fn escapes(&self) -> Escapes {
        self.escapes
    }

    /// Whether bytes of the name may have been lost: it was printed without
    /// `-p`, where every byte that the locale does not call printable becomes
    /// `_`, and it holds a `_`.
    ///
    /// ```
    /// use avahi_events::Label;
    ///
    /// assert!(Label::from_columns(b"B__ro").is_lossy());
    /// assert!(!Label::from_columns(b"Office").is_lossy());
    /// assert!(!Label::new(b"my_printer").is_lossy());
    /// ```
    #[must_use]
    pub const fn is_lossy(&self) -> bool {
        self.lossy
    }

    /// Whether the two are the same name to DNS, which does not tell ASCII
    /// capitals from small letters (RFC 6762 section 16).
    ///
    /// ```
    /// use avahi_events::Label;
    ///
    /// assert!(Label::new(br"My\032Printer").eq_ignore_ascii_case(&Label::new(br"my\032printer")));
    /// ```
    #[must_use]
    pub fn eq_ignore_ascii_case(&self, other: &Label<'_>) -> bool {
        // Most names differ in the first byte, which no escape can change
        // unless it is a backslash.
        if let ([a, ..], [b, ..]) = (self.printed, other.printed)
            && *a != b'\\'
            && *b != b'\\'
            && !a.eq_ignore_ascii_case(b)
        {
            return false;
        }
        let small = |byte: u8| byte.to_ascii_lowercase();
        self.bytes().map(small).eq(other.bytes().map(small))
    }
}

escaped_text!(Label, "name");

/// Shows bytes as one label, escaped as Avahi does it
/// (`avahi_escape_label`).
///
/// ```
/// use avahi_events::{EscapeLabel, Label};
///
/// let printed = EscapeLabel(b"dot. \\ and space").to_string();
/// assert_eq!(printed, r"dot\.\032\\\032and\032space");
/// assert!(Label::new(printed.as_bytes()) == "dot. \\ and space");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct EscapeLabel<'a>(pub &'a [u8]);

impl fmt::Display for EscapeLabel<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &byte in self.0 {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => {
                    f.write_char(byte.into())?
                }
                b'.' | b'\\' => write!(f, "\\{}", char::from(byte))?,
                _ => write!(f, "\\{byte:03}")?,
            }
        }
        Ok(())
    }
}

/// A domain or a host: labels escaped as in [`Label`], with `.` between them,
/// and no dot at the end (`local`, `NPI8A3C1F.local`).
///
/// Its text keeps the escapes, since a decoded dot could not be told from one
/// between labels; [`labels`](Self::labels) has the decoded parts.
///
/// ```
/// use avahi_events::Name;
///
/// let host = Name::new(br"Weird\032Host\059\.name.local");
/// assert_eq!(host.labels().count(), 2);
/// assert!(host.labels().next().unwrap() == "Weird Host;.name");
/// assert!(Name::new(b"Master.local").eq_ignore_ascii_case(&Name::new(b"master.LOCAL")));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name<'a>(&'a [u8]);

impl<'a> Name<'a> {
    /// The name that `printed` stands for.
    #[must_use]
    pub const fn new(printed: &'a [u8]) -> Self {
        Self(printed)
    }

    /// The bytes as printed, escapes and all.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The labels, from the host's own to the top-level one.
    #[must_use]
    pub fn labels(&self) -> Labels<'a> {
        Labels { rest: Some(self.0) }
    }

    /// Whether the two are the same name to DNS, which does not tell ASCII
    /// capitals from small letters (RFC 6762 section 16).
    #[must_use]
    pub fn eq_ignore_ascii_case(&self, other: &Name<'_>) -> bool {
        let (mut a, mut b) = (self.labels(), other.labels());
        loop {
            match (a.next(), b.next()) {
                (None, None) => return true,
                (Some(a), Some(b)) if a.eq_ignore_ascii_case(&b) => {}
                _ => return false,
            }
        }
    }

    /// The name as printed, with U+FFFD for what is not UTF-8. (Avahi escapes
    /// all but ASCII, so there is none in what it prints.)
    #[cfg(feature = "alloc")]
    #[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
    #[must_use]
    pub fn to_str_lossy(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.0)
    }
}

impl PartialEq<str> for Name<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Name<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.0 == other.as_bytes()
    }
}

/// The name as printed, safe for a terminal.
impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_text(self.0.iter().copied(), f)
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

/// The labels of a [`Name`].
///
/// ```
/// use avahi_events::Name;
///
/// // An escaped dot is part of a label; one at the end is the root's.
/// let name = Name::new(br"node\.1.example.org.");
/// let labels: Vec<_> = name.labels().map(|label| label.to_string()).collect();
/// assert_eq!(labels, ["node.1", "example", "org"]);
/// ```
#[derive(Debug, Clone)]
pub struct Labels<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> Iterator for Labels<'a> {
    type Item = Label<'a>;

    fn next(&mut self) -> Option<Label<'a>> {
        let rest = self.rest?;
        let mut from = 0;
        while let Some(at) = memchr::memchr2(b'.', b'\\', &rest[from..]) {
            let at = from + at;
            if rest[at] == b'.' {
                // A dot at the end is the root's, which is no label.
                self.rest = Some(&rest[at + 1..]).filter(|rest| !rest.is_empty());
                return Some(Label::new(&rest[..at]));
            }
            from = rest.len().min(at + 2); // an escaped dot separates nothing
        }
        self.rest = None;
        Some(Label::new(rest))
    }
}

impl FusedIterator for Labels<'_> {}
