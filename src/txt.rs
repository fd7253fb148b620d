//! TXT: the strings that a service says of itself, and the attributes in them.

mod string;

use core::{
    fmt,
    hash::{Hash, Hasher},
    iter::FusedIterator,
};

pub use self::string::TxtString;
use crate::{
    escape::{Escapes, escape_at, write_text},
    stamp::{StampFormat, after_stamp},
};

/// How a version of Avahi prints TXT strings.
///
/// ```
/// use avahi_events::{Txt, TxtDialect};
///
/// assert_eq!(Txt::new(br#""note=\"hi\"""#).dialect(), TxtDialect::Escaped);
/// assert_eq!(Txt::new(br#""note="hi"""#).dialect(), TxtDialect::Raw);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum TxtDialect {
    /// From 0.8: `\"`, `\\`, and `\DDD` for bytes below 32, for those over 127
    /// (not on ARM until 0.9-rc3) and for 127 (from 0.9-rc3). It reads back
    /// without loss.
    Escaped,
    /// Up to 0.7: all bytes as they are, also `"` and line feeds. Strings that
    /// hold `" "`, and what follows a NUL, cannot be read back.
    Raw,
}

/// In which order the strings of a TXT field are printed.
///
/// It matters where a key occurs more than once, since the first *on the wire*
/// counts (RFC 6763 section 6.4).
///
/// ```
/// use avahi_events::{Txt, TxtOrder};
///
/// let txt = Txt::new(br#""a=printed first" "a=printed last""#);
/// assert_eq!(txt.order(), TxtOrder::LastFirst);
/// assert!(txt.get("a").unwrap().value().unwrap() == "printed last");
/// let txt = txt.with_order(TxtOrder::Wire);
/// assert!(txt.get("a").unwrap().value().unwrap() == "printed first");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum TxtOrder {
    /// Last string of the wire first, as daemons up to 0.9-rc3 do it.
    #[default]
    LastFirst,
    /// As on the wire, as daemons from 0.9-rc4 do it.
    Wire,
}

/// The TXT field of a resolved service, as printed.
///
/// ```
/// use avahi_events::Txt;
///
/// let txt = Txt::new(br#""TLS=1.2" "Color" "note=2nd floor; near \"the kitchen\"" "rp=""#);
/// assert_eq!(txt.strings().count(), 4);
/// assert!(txt.get("NOTE").unwrap().value().unwrap() == r#"2nd floor; near "the kitchen""#);
/// assert!(txt.get("Color").unwrap().value().is_none()); // `Color`: there, without a value
/// assert!(txt.get("rp").unwrap().value().unwrap() == ""); // `rp=`: an empty value
/// assert!(txt.get("pdl").is_none()); // not there
/// ```
#[derive(Clone, Copy)]
pub struct Txt<'a> {
    printed: &'a [u8],
    /// What the caller said; else it is told from the text, when asked.
    dialect: Option<TxtDialect>,
    order: TxtOrder,
    /// The stamps that stand after line feeds and are no part of the text.
    stamps: Option<StampFormat>,
}

impl<'a> Txt<'a> {
    /// The TXT field that `printed` is: empty, or strings in double quotes
    /// with one space between them.
    #[must_use]
    pub const fn new(printed: &'a [u8]) -> Self {
        Self {
            printed,
            dialect: None,
            order: TxtOrder::LastFirst,
            stamps: None,
        }
    }

    /// The same field, said to have stamps of that format in it, one after
    /// each line feed.
    pub(crate) const fn with_stamps(mut self, format: StampFormat) -> Self {
        self.stamps = Some(format);
        self
    }

    /// The text in one piece, or line by line where there are stamps to be
    /// left out.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let stamps = self.stamps;
        let mut rest = Some(self.printed);
        core::iter::from_fn(move || {
            let text = rest.take()?;
            let Some(feed) = memchr::memchr(b'\n', text).filter(|_| stamps.is_some()) else {
                return Some(text);
            };
            let (line, after) = text.split_at(feed + 1);
            rest = Some(after_stamp(after, stamps));
            Some(line)
        })
    }

    /// The same field, said to come from a version that prints so, where the
    /// text alone would mislead (`"a\034b"` from 0.7 is seven bytes long).
    ///
    /// ```
    /// use avahi_events::{Txt, TxtDialect};
    ///
    /// let txt = Txt::new(br#""a\034b""#);
    /// assert!(txt.strings().next().unwrap() == r#"a"b"#);
    /// let txt = txt.with_dialect(TxtDialect::Raw);
    /// assert!(txt.strings().next().unwrap() == r"a\034b");
    /// ```
    #[must_use]
    pub const fn with_dialect(mut self, dialect: TxtDialect) -> Self {
        self.dialect = Some(dialect);
        self
    }

    /// The same field, said to come from a daemon with this order.
    ///
    /// ```
    /// use avahi_events::{Txt, TxtOrder};
    ///
    /// let txt = Txt::new(br#""path=/new" "path=/old""#);
    /// assert!(txt.get("path").unwrap().value().unwrap() == "/old");
    /// let txt = txt.with_order(TxtOrder::Wire);
    /// assert!(txt.get("path").unwrap().value().unwrap() == "/new");
    /// ```
    #[must_use]
    pub const fn with_order(mut self, order: TxtOrder) -> Self {
        self.order = order;
        self
    }

    /// What was said of the dialect and the order, without the text; and back.
    #[cfg(feature = "alloc")]
    pub(crate) const fn without_text(mut self) -> Txt<'static> {
        self.stamps = None;
        self.with_text(b"")
    }

    #[cfg(feature = "alloc")]
    pub(crate) const fn with_text(self, printed: &[u8]) -> Txt<'_> {
        Txt {
            printed,
            dialect: self.dialect,
            order: self.order,
            stamps: self.stamps,
        }
    }

    /// The bytes as printed, quotes and escapes and all. In a capture with
    /// stamps, a field of several lines has one at the start of each line.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.printed
    }

    /// The bytes as Avahi printed them: [`as_bytes`](Self::as_bytes) without
    /// the stamps that a log put before the lines.
    ///
    /// ```
    /// use avahi_events::events;
    ///
    /// let capture = b"1795345126 =;eth0;IPv4;a;_x._tcp;local;h;192.0.2.1;80;\"two\n1795345126 lines\"\n";
    /// let event = events(capture).next().unwrap().unwrap();
    /// let txt = event.endpoint().unwrap().txt;
    /// assert_eq!(*txt.without_stamps(), *b"\"two\nlines\"");
    /// assert!(txt.strings().next().unwrap() == "two\nlines");
    /// assert_eq!(txt.as_bytes(), b"\"two\n1795345126 lines\"");
    /// ```
    #[cfg(feature = "alloc")]
    #[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
    #[must_use]
    pub fn without_stamps(&self) -> alloc::borrow::Cow<'a, [u8]> {
        use alloc::{borrow::Cow, vec::Vec};

        match self.stamps {
            Some(_) => Cow::Owned(self.pieces().collect::<Vec<_>>().concat()),
            None => Cow::Borrowed(self.printed),
        }
    }

    /// Whether there are no strings at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.printed.is_empty()
    }

    /// The dialect that the caller set, or else the one the text is in: if it
    /// is not of the form that 0.8 and later print, it is [`TxtDialect::Raw`].
    ///
    /// Text that both would print is read as [`TxtDialect::Escaped`].
    #[must_use]
    pub fn dialect(&self) -> TxtDialect {
        match self.dialect {
            Some(dialect) => dialect,
            None if escaped_form(self.printed) == EscapedForm::Whole => TxtDialect::Escaped,
            None => TxtDialect::Raw,
        }
    }

    /// What the caller said of the dialect.
    #[cfg(feature = "serde")]
    pub(crate) const fn told_dialect(&self) -> Option<TxtDialect> {
        self.dialect
    }

    /// Whether the quote at its end closes none of the strings that 0.8 and
    /// later print: it opens one, or is part of one.
    pub(crate) fn is_cut_short(&self) -> bool {
        escaped_form(self.printed) == EscapedForm::Begun
    }

    /// The order that the caller set, or else [`TxtOrder::LastFirst`].
    #[must_use]
    pub const fn order(&self) -> TxtOrder {
        self.order
    }

    /// Every string, in the order printed.
    #[must_use]
    pub fn strings(&self) -> TxtStrings<'a> {
        let dialect = self.dialect();
        TxtStrings {
            rest: match (dialect, self.printed) {
                (_, []) => None,
                (TxtDialect::Escaped, printed) => Some(printed),
                (TxtDialect::Raw, printed) => {
                    let inner = printed.strip_prefix(b"\"").unwrap_or(printed);
                    Some(inner.strip_suffix(b"\"").unwrap_or(inner))
                }
            },
            dialect,
            stamps: self.stamps,
        }
    }

    /// The attribute with this key, by the rules of RFC 6763 section 6: keys
    /// are compared without regard to ASCII case, and of strings with the same
    /// key the first on the wire counts (see [`TxtOrder`]).
    #[must_use]
    pub fn get(&self, key: &str) -> Option<TxtString<'a>> {
        let mut found = self
            .strings()
            .filter(|string| string.has_key(key.as_bytes()));
        match self.order {
            TxtOrder::Wire => found.next(),
            TxtOrder::LastFirst => found.last(),
        }
    }

    /// The attributes, in the order of the wire: each key once, the first on
    /// the wire, without strings that are empty or begin with `=`
    /// (RFC 6763 section 6.4).
    ///
    /// ```
    /// use avahi_events::Txt;
    ///
    /// let txt = Txt::new(br#""Path=/new" "=ignored" "" "path=/old" "a=1""#);
    /// let attributes: Vec<_> = txt.attributes().map(|a| a.to_string()).collect();
    /// assert_eq!(attributes, ["a=1", "path=/old"]);
    /// ```
    #[cfg(feature = "alloc")]
    #[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
    pub fn attributes(&self) -> impl Iterator<Item = TxtString<'a>> + use<'a> {
        use alloc::{collections::BTreeSet, vec::Vec};

        let mut strings: Vec<_> = self.strings().collect();
        if self.order == TxtOrder::LastFirst {
            strings.reverse();
        }
        let mut seen = BTreeSet::new();
        strings.retain(|string| {
            let key = string.key().decode().to_ascii_lowercase();
            !key.is_empty() && seen.insert(key)
        });
        strings.into_iter()
    }
}

/// How a TXT field stands to the form that 0.8 and later print:
/// `"` ( any byte but `"`, `\` and those below 32 | `\"` | `\\` | `\DDD` )* `"`,
/// and again after one space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EscapedForm {
    /// It is of that form.
    Whole,
    /// It ends within a string.
    Begun,
    /// It is not of that form.
    No,
}

fn escaped_form(printed: &[u8]) -> EscapedForm {
    let mut rest = printed;
    if rest.is_empty() {
        return EscapedForm::Whole;
    }
    loop {
        rest = match *rest {
            [b'"', ref inner @ ..] => inner,
            _ => return EscapedForm::No,
        };
        loop {
            match *rest {
                [b'"', ..] => break,
                [b'\\', ..] => match escape_at(rest, Escapes::Txt) {
                    Some((_, len)) => rest = &rest[len..],
                    None => return EscapedForm::No,
                },
                [0..32, ..] => return EscapedForm::No,
                [] => return EscapedForm::Begun,
                [_, ref after @ ..] => rest = after,
            }
        }
        rest = match *rest {
            [b'"'] => return EscapedForm::Whole,
            [b'"', b' ', ref after @ ..] => after,
            _ => return EscapedForm::No,
        };
    }
}

/// Equal if Avahi printed them the same, and the same was said of their
/// dialect and order. Stamps that a log put before their lines do not count.
impl PartialEq for Txt<'_> {
    fn eq(&self, other: &Self) -> bool {
        let bytes = |it: &Self| it.pieces().flatten();
        (self.dialect, self.order) == (other.dialect, other.order)
            && ((self.stamps, self.printed) == (other.stamps, other.printed)
                || bytes(self).eq(bytes(other)))
    }
}

impl Eq for Txt<'_> {}

impl Hash for Txt<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.dialect, self.order).hash(state);
        for byte in self.pieces().flatten() {
            state.write_u8(*byte);
        }
        state.write_u8(0xff); // so that none is the prefix of another
    }
}

impl fmt::Debug for Txt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.strings()).finish()
    }
}

/// The field as printed, safe for a terminal.
impl fmt::Display for Txt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_text(self.pieces().flatten().copied(), f)
    }
}

/// The strings of a [`Txt`], in the order printed.
///
/// ```
/// use avahi_events::Txt;
///
/// let strings: Vec<_> = Txt::new(br#""a=1" "" "b""#).strings().map(|it| it.to_string()).collect();
/// assert_eq!(strings, ["a=1", "", "b"]);
/// assert_eq!(Txt::new(b"").strings().count(), 0);
/// ```
#[derive(Debug, Clone)]
pub struct TxtStrings<'a> {
    rest: Option<&'a [u8]>,
    dialect: TxtDialect,
    stamps: Option<StampFormat>,
}

impl<'a> Iterator for TxtStrings<'a> {
    type Item = TxtString<'a>;

    fn next(&mut self) -> Option<TxtString<'a>> {
        let rest = self.rest?;
        let (printed, escapes);
        match self.dialect {
            TxtDialect::Raw => {
                escapes = match self.stamps {
                    Some(format) => Escapes::Stamped(format),
                    None => Escapes::None,
                };
                match find_raw_break(rest) {
                    Some(at) => {
                        printed = &rest[..at];
                        self.rest = Some(&rest[at + 3..]);
                    }
                    None => {
                        printed = rest;
                        self.rest = None;
                    }
                }
            }
            TxtDialect::Escaped => {
                escapes = Escapes::Txt;
                let inner = rest.strip_prefix(b"\"").unwrap_or(rest);
                let end = closing_quote(inner);
                printed = &inner[..end];
                let after = inner.get(end + 1..).unwrap_or_default();
                self.rest = match after.strip_prefix(b" ").unwrap_or(after) {
                    [] => None,
                    after => Some(after),
                };
            }
        }
        Some(TxtString::new(printed, escapes))
    }
}

impl FusedIterator for TxtStrings<'_> {}

/// Where the next `" "` begins.
fn find_raw_break(text: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'"', text).find(|&at| text[at..].starts_with(b"\" \""))
}

/// Where the `"` stands that closes the string, or the text's end.
fn closing_quote(inner: &[u8]) -> usize {
    let mut from = 0;
    while let Some(at) = memchr::memchr2(b'"', b'\\', &inner[from..]) {
        let at = from + at;
        if inner[at] == b'"' {
            return at;
        }
        from = at + escape_at(&inner[at..], Escapes::Txt).map_or(1, |(_, len)| len);
    }
    inner.len()
}
