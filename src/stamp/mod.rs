//! Time stamps that a log put before the line.

#[cfg(feature = "time")]
mod clock;
mod form;
#[cfg(feature = "time")]
mod second;
mod shape;

use core::{fmt, str::FromStr};

#[cfg(feature = "time")]
pub use self::clock::{Clock, ClockError};
pub(crate) use self::shape::Shape;
use crate::message::Message;

/// What the tool that kept a capture put before a line: the time, and perhaps
/// the host and the program.
///
/// It keeps the bytes as they stand. What time they mean, `Clock` knows
/// (feature `time`).
///
/// ```
/// use avahi_events::{Event, StampFormat, records};
///
/// let capture = b"2026-11-22T10:58:46.439528+0000 +;eth0;IPv4;printer;_ipp._tcp;local\n";
/// let record = records(capture).next().unwrap();
/// let stamp = record.stamp.unwrap();
/// assert_eq!(stamp.format(), StampFormat::Iso);
/// assert_eq!(stamp.time_text(), "2026-11-22T10:58:46.439528+0000");
/// assert_eq!(stamp.as_bytes(), b"2026-11-22T10:58:46.439528+0000 ");
/// assert!(matches!(record.event, Ok(Event::Add(_))));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp<'a> {
    printed: &'a [u8],
    /// Where the time begins, and its length: small, since each record has
    /// room for a stamp.
    time: (u8, u8),
    format: StampFormat,
}

impl<'a> Stamp<'a> {
    /// The stamp of that format at the start of a line.
    ///
    /// ```
    /// use avahi_events::{Stamp, StampFormat};
    ///
    /// let line = b"Nov 22 10:58:46 node1 avahi-browse[812]: +;eth0;IPv4;a;b;local";
    /// let stamp = Stamp::parse(line, StampFormat::Journal).unwrap();
    /// assert_eq!(stamp.as_bytes(), b"Nov 22 10:58:46 node1 avahi-browse[812]: ");
    /// assert_eq!(Stamp::parse(line, StampFormat::Epoch), None);
    /// ```
    #[must_use]
    pub fn parse(line: &'a [u8], format: StampFormat) -> Option<Self> {
        let (time, len) = form::stamp(line, format)?;
        Some(Self {
            printed: &line[..len],
            time,
            format,
        })
    }

    /// The stamp of a line, in whatever format it is. `expected` is the one
    /// that the lines before were in.
    ///
    /// What follows decides where a line could be in two formats: an event, or
    /// a message that is known.
    pub(crate) fn find(line: &'a [u8], expected: Option<StampFormat>) -> Option<Self> {
        if !form::may_begin(line) {
            return None;
        }
        let stamps = expected
            .into_iter()
            .chain(StampFormat::ALL.iter().copied())
            .filter_map(|format| Self::parse(line, format));
        let mut fallback: Option<Self> = None;
        for stamp in stamps {
            let text = &line[stamp.printed.len()..];
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            if text.is_empty()
                || matches!(text, [b'+' | b'=' | b'-', b';' | b' ', ..])
                || Message::certain(text).is_some()
            {
                return Some(stamp);
            }
            // Of those that nothing speaks for: the one that explains most.
            let is_sure = !stamp.format.names_program() || stamp.printed.ends_with(b"]: ");
            if is_sure && fallback.is_none_or(|it| it.printed.len() < stamp.printed.len()) {
                fallback = Some(stamp);
            }
        }
        match expected {
            Some(format) => Self::parse(line, format),
            None => fallback,
        }
    }

    /// The bytes as they stand, with the space before the record.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.printed
    }

    /// The part that says the time. `-` where an RFC 5424 line has none.
    #[must_use]
    pub fn time_text(&self) -> &'a str {
        core::str::from_utf8(self.time_bytes()).unwrap_or_default()
    }

    fn time_bytes(&self) -> &'a [u8] {
        let (start, len) = (usize::from(self.time.0), usize::from(self.time.1));
        self.printed.get(start..start + len).unwrap_or_default()
    }

    /// The host that the log says the line is from; `None` where the format has
    /// none, or an RFC 5424 line says `-`.
    ///
    /// ```
    /// use avahi_events::{Stamp, StampFormat};
    ///
    /// let line = b"Nov 22 10:58:46 node1 avahi-browse[812]: +;eth0;IPv4;a;b;local";
    /// let host = |format| Stamp::parse(line, format).unwrap().host();
    /// assert_eq!(host(StampFormat::Journal), Some("node1"));
    /// assert_eq!(host(StampFormat::Month), None);
    /// ```
    #[must_use]
    pub fn host(&self) -> Option<&'a str> {
        if !self.format.names_program() && self.format != StampFormat::Rfc5424 {
            return None;
        }
        let after = usize::from(self.time.0) + usize::from(self.time.1);
        let after = self.printed.get(after..)?;
        let after = after.strip_prefix(b"]").unwrap_or(after);
        let host = after.split(|&byte| byte == b' ').nth(1)?;
        core::str::from_utf8(host).ok().filter(|host| *host != "-")
    }

    /// The format it is in.
    #[must_use]
    pub const fn format(&self) -> StampFormat {
        self.format
    }
}

/// What a line holds after its stamp in this format, if it has one.
pub(crate) fn after_stamp(line: &[u8], format: Option<StampFormat>) -> &[u8] {
    let stamp = format.and_then(|format| Stamp::parse(line, format));
    &line[stamp.map_or(0, |it| it.printed.len())..]
}

/// The formats of stamps that are known. The first three may stand in square
/// brackets.
///
/// Names of months are English. A space follows each stamp.
///
/// ```
/// use avahi_events::{StampFormat, records};
///
/// let capture = b"[2026-11-22 10:58:46] +;eth0;IPv4;printer;_ipp._tcp;local\n";
/// let stamp = records(capture).next().unwrap().stamp.unwrap();
/// assert_eq!(stamp.format(), StampFormat::Iso);
/// assert_eq!("journal-iso".parse(), Ok(StampFormat::JournalIso));
/// assert_eq!(StampFormat::JournalIso.to_string(), "journal-iso");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StampFormat {
    /// `Nov 22 10:58:46`, as `ts` of moreutils writes it, also with a
    /// fraction. The year and the zone are not said.
    Month,
    /// `2026-11-22T10:58:46.439528+0000`, RFC 3339 and ISO 8601: `ts` and
    /// `docker logs -t`. The date may be followed by `T` or a space, the zone
    /// be missing.
    Iso,
    /// `1795345126.438603`: seconds since 1970, as `ts %.s` writes them.
    Epoch,
    /// [`Month`](Self::Month) and `node1 avahi-browse[812]:`, as `journalctl`
    /// (short, short-precise) and older syslogs (RFC 3164, also with its
    /// `<30>`) write it.
    Journal,
    /// [`Iso`](Self::Iso) and `node1 avahi-browse[812]:`, as `journalctl -o
    /// short-iso` and rsyslog write it.
    JournalIso,
    /// [`Epoch`](Self::Epoch) and `node1 avahi-browse[812]:`, as `journalctl
    /// -o short-unix` writes it.
    JournalEpoch,
    /// `<30>1 2026-11-22T10:58:46.439528+00:00 node1 avahi-browse 812 - -`,
    /// the syslog of RFC 5424, also with structured data.
    Rfc5424,
    /// [`Iso`](Self::Iso) and `stdout F` or `stderr F`, as containers of
    /// Kubernetes (CRI) are logged. A part of a long line, `P`, has no stamp.
    Cri,
}

impl StampFormat {
    /// All formats, in the order in which they are tried.
    pub const ALL: &'static [Self] = &[
        Self::Month,
        Self::Iso,
        Self::Epoch,
        Self::Journal,
        Self::JournalIso,
        Self::JournalEpoch,
        Self::Rfc5424,
        Self::Cri,
    ];

    /// The name that [`FromStr`] reads.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Iso => "iso",
            Self::Epoch => "epoch",
            Self::Journal => "journal",
            Self::JournalIso => "journal-iso",
            Self::JournalEpoch => "journal-epoch",
            Self::Rfc5424 => "rfc5424",
            Self::Cri => "cri",
        }
    }

    const fn names_program(self) -> bool {
        matches!(self, Self::Journal | Self::JournalIso | Self::JournalEpoch)
    }
}

impl fmt::Display for StampFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text names no [`StampFormat`].
///
/// ```
/// use avahi_events::{StampFormat, StampFormatError};
///
/// assert_eq!("rfc3164".parse::<StampFormat>(), Err(StampFormatError));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "no such stamp: it is month, iso, epoch, journal, journal-iso, journal-epoch, rfc5424 or cri"
)]
pub struct StampFormatError;

/// Reads the names of [`StampFormat::as_str`].
impl FromStr for StampFormat {
    type Err = StampFormatError;

    fn from_str(text: &str) -> Result<Self, StampFormatError> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.as_str() == text)
            .ok_or(StampFormatError)
    }
}

/// Which stamps a capture is read with.
///
/// ```
/// use avahi_events::{Stamps, records};
///
/// let capture = b"1795345126.438603 +;eth0;IPv4;printer;_ipp._tcp;local\n";
/// assert!(records(capture).next().unwrap().event.is_ok());
/// let mut records = records(capture).with_stamps(Stamps::None);
/// assert!(records.next().unwrap().event.is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Stamps {
    /// The stamps are found: a line that has one is read without it. What the
    /// lines before had decides where a line could be in two formats.
    #[default]
    Find,
    /// No line has a stamp.
    None,
    /// Lines have stamps of this format. Those that do not are read as they
    /// are.
    Only(StampFormat),
}
