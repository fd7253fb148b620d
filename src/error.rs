//! Why a record could not be read, and where.

use core::fmt;

#[cfg(feature = "std")]
use crate::stamp::StampFormat;
use crate::{message::Message, stamp::Stamp};

/// What is wrong with a record.
///
/// ```
/// use avahi_events::{ErrorKind, Event, events};
///
/// let kind = |line| Event::parse(line).unwrap_err().kind();
/// assert_eq!(kind(b"+;eth0;IPv4;;_ipp._tcp;local"), ErrorKind::EmptyField);
/// assert_eq!(kind(b"+;eth0;IPv4;a;_ipp._tcp;local;x"), ErrorKind::ExtraField);
/// assert_eq!(kind(b"=;lo;IPv4;a;_x._tcp;local;h;127.0.0;1;"), ErrorKind::InvalidAddress);
/// // Half a line, at the end of a capture.
/// let last = events(b"+;eth0;IPv4;a;_ipp._t").last().unwrap().unwrap_err();
/// assert_eq!(last.error().kind(), ErrorKind::Incomplete);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The line is empty.
    EmptyLine,
    /// The line is none that announces an event: it does not begin with
    /// `+;`, `=;` or `-;`. Messages from standard error and a shell's trace
    /// lines are of this kind; see [`LineError::message`].
    NotAnEvent,
    /// The input ends within this record: half a line, as a killed capture
    /// leaves it, or not all five lines of a service that was resolved without
    /// `-p`. Only said of the last line of an input that has no line feed, or
    /// of those last lines.
    Incomplete,
    /// The record ends where this field, or the `;` before it, should be.
    MissingField,
    /// The field is there and empty, and Avahi never prints it so.
    EmptyField,
    /// There is a `;` too many: more fields than such an event has.
    ExtraField,
    /// A line feed stands in a field that cannot hold one.
    LineFeed,
    /// A `;` stands in a field that cannot hold one, in columns: with `-p` it
    /// would begin the next field.
    Semicolon,
    /// The address is neither an IPv4 nor an IPv6 address.
    InvalidAddress,
    /// The port is not a decimal number of one to five digits.
    InvalidPort,
    /// The port is a number, but over 65535.
    PortOverflow,
    /// The TXT field is not empty and does not begin with `"`.
    UnquotedTxt,
    /// The `"` that opened the TXT field is never closed.
    UnclosedTxt,
    /// The line is longer than [`MAX_RECORD`](crate::MAX_RECORD) bytes.
    TooLong,
}

/// The field of a record that an error is about.
///
/// ```
/// use avahi_events::{Event, Field};
///
/// let error = Event::parse(b"=;lo;IPv4;a;_x._tcp;local;h;127.0.0.1;http;").unwrap_err();
/// assert_eq!(error.field(), Field::Port);
/// assert_eq!(error.field().to_string(), "port");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// The first byte, `+`, `=` or `-`, and the line as a whole.
    Kind,
    /// The network interface.
    Interface,
    /// The protocol, `IPv4` or `IPv6`.
    Protocol,
    /// The service's name.
    Name,
    /// The service's type.
    Type,
    /// The domain.
    Domain,
    /// The name of the service's host.
    Host,
    /// The host's address.
    Address,
    /// The service's port.
    Port,
    /// The TXT strings.
    Txt,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kind => "kind",
            Self::Interface => "interface",
            Self::Protocol => "protocol",
            Self::Name => "name",
            Self::Type => "type",
            Self::Domain => "domain",
            Self::Host => "host",
            Self::Address => "address",
            Self::Port => "port",
            Self::Txt => "TXT",
        })
    }
}

/// How many bytes of what was found an error keeps, to show them.
const EXCERPT: usize = 20;

/// Why one record could not be read: the kind of damage, the field, and the
/// place, as a byte offset that counts from 0 at the start of the record, or
/// of the stamp before it.
///
/// Small and `Copy`; it keeps the first few bytes of what it found, and
/// borrows nothing. `{:#}` leaves out the place, for who says it in another way.
///
/// ```
/// use avahi_events::{ErrorKind, Event, Field};
///
/// let line = b"=;eth0;IPv4;printer;_ipp._tcp;local;printer.local;192.0.2.7;65536;";
/// let error = Event::parse(line).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::PortOverflow);
/// assert_eq!(error.field(), Field::Port);
/// assert_eq!(error.offset(), 60);
/// assert_eq!(error.to_string(), r#"port "65536" is over 65535, at byte 60"#);
/// assert_eq!(format!("{error:#}"), r#"port "65536" is over 65535"#);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub struct ParseError {
    offset: usize,
    kind: ErrorKind,
    field: Field,
    /// How much of `found` is used; one more than it holds if there was more.
    found_len: u8,
    found: [u8; EXCERPT],
}

impl ParseError {
    pub(crate) fn new(kind: ErrorKind, field: Field, offset: usize, found: &[u8]) -> Self {
        let mut excerpt = [0; EXCERPT];
        for (slot, &byte) in excerpt.iter_mut().zip(found) {
            *slot = byte;
        }
        Self {
            offset,
            kind,
            field,
            found_len: found.len().min(EXCERPT + 1) as u8,
            found: excerpt,
        }
    }

    /// The same error in a record that has so many bytes more before it.
    pub(crate) fn shifted(mut self, len: usize) -> Self {
        self.offset += len;
        self
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The field it is wrong with. [`Field::Kind`] where the line as a whole
    /// is none of an event.
    #[must_use]
    pub fn field(&self) -> Field {
        self.field
    }

    /// Where, in bytes from the start of the record, counted from 0.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Whether the record is an event that came to harm, rather than something
    /// that never was one (an empty line, a message, a trace line).
    ///
    /// ```
    /// use avahi_events::Event;
    ///
    /// assert!(Event::parse(b"+;eth0;IPv4;printer;_ipp._tcp").unwrap_err().is_damage());
    /// assert!(!Event::parse(b"+ avahi-browse -arp").unwrap_err().is_damage());
    /// ```
    #[must_use]
    pub fn is_damage(&self) -> bool {
        !matches!(self.kind, ErrorKind::EmptyLine | ErrorKind::NotAnEvent)
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = self.field;
        let found = Found(self);
        match self.kind {
            ErrorKind::EmptyLine => return f.write_str("the line is empty"),
            ErrorKind::NotAnEvent => write!(
                f,
                "{found} begins no event, which would be `+;`, `=;` or `-;`"
            ),
            ErrorKind::Incomplete => write!(f, "the input ends within the {field}"),
            ErrorKind::MissingField => write!(f, "the line ends before the {field}"),
            ErrorKind::EmptyField => write!(f, "the {field} is empty"),
            ErrorKind::ExtraField => write!(f, "after the {field} the line should end, not go on"),
            ErrorKind::LineFeed => write!(f, "the {field} holds a line feed"),
            ErrorKind::Semicolon => write!(f, "the {field} holds a semicolon"),
            ErrorKind::InvalidAddress => write!(f, "{field} {found} is no IPv4 or IPv6 address"),
            ErrorKind::InvalidPort => write!(f, "{field} {found} is not a number up to 65535"),
            ErrorKind::PortOverflow => write!(f, "{field} {found} is over 65535"),
            ErrorKind::UnquotedTxt => write!(f, "{field} {found} does not begin with a quote"),
            ErrorKind::UnclosedTxt => write!(f, "the quote that opens {field} is never closed"),
            ErrorKind::TooLong => write!(f, "the line is over {} bytes long", crate::MAX_RECORD),
        }?;
        match f.alternate() {
            true => Ok(()),
            false => write!(f, ", at byte {}", self.offset),
        }
    }
}

impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParseError")
            .field("kind", &self.kind)
            .field("field", &self.field)
            .field("offset", &self.offset)
            .field("found", &format_args!("{}", Found(self)))
            .finish()
    }
}

/// The excerpt, quoted, with nothing in it that a terminal would act on.
struct Found<'a>(&'a ParseError);

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let len = usize::from(self.0.found_len);
        let cut = len > EXCERPT;
        let excerpt = &self.0.found[..len.min(EXCERPT)];
        write!(f, "\"{}", excerpt.escape_ascii())?;
        f.write_str(if cut { "…\"" } else { "\"" })
    }
}

/// A record of a capture that is no event: the error, and the record itself.
///
/// ```
/// use avahi_events::{events, ErrorKind};
///
/// let capture = b"+;eth0;IPv4;printer;_ipp._tcp;local\n+;eth0;IPv4;printer;_ipp._tcp\n";
/// let error = events(capture).nth(1).unwrap().unwrap_err();
/// assert_eq!(error.error().kind(), ErrorKind::MissingField);
/// assert_eq!(error.bytes(), b"+;eth0;IPv4;printer;_ipp._tcp");
/// assert_eq!((error.line(), error.offset()), (2, 36));
/// assert_eq!(error.to_string(), "line 2: the line ends before the domain, at byte 29");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("line {line}: {error}")]
pub struct LineError<'a> {
    pub(crate) error: ParseError,
    pub(crate) bytes: &'a [u8],
    pub(crate) stamp: Option<Stamp<'a>>,
    pub(crate) line: u64,
    pub(crate) offset: u64,
}

impl<'a> LineError<'a> {
    /// What is wrong with the record.
    #[must_use]
    pub fn error(&self) -> ParseError {
        self.error
    }

    /// The record, without its line end, and with its stamp if it has one.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The stamp that a log put before the record.
    #[must_use]
    pub fn stamp(&self) -> Option<Stamp<'a>> {
        self.stamp
    }

    /// The number of the record's first line, counted from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Where the record begins, in bytes from the start of the input.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The message that the line is, if it is one that `avahi-browse` writes
    /// to standard error.
    #[must_use]
    pub fn message(&self) -> Option<Message<'a>> {
        if self.error.kind != ErrorKind::NotAnEvent {
            return None;
        }
        let Some(stamp) = self.stamp else {
            return Message::parse(self.bytes);
        };
        let text = &self.bytes[stamp.as_bytes().len()..];
        Message::parse(text).map(|it| it.with_stamps(stamp.format()))
    }

    /// Whether something was lost: a damaged event, or a line that is neither
    /// an event nor anything known to stand between events (empty lines,
    /// [messages](Self::message), a shell's trace line).
    #[must_use]
    pub fn is_unread(&self) -> bool {
        match self.error.kind {
            ErrorKind::EmptyLine => false,
            ErrorKind::NotAnEvent => self.message().is_none(),
            _ => true,
        }
    }
}

/// What a [`Reader`](crate::Reader) can meet: trouble with the input as such,
/// which ends the reading, or one record that is no event, after which it
/// goes on.
///
/// ```
/// use avahi_events::{ReadError, Reader};
///
/// let mut reader = Reader::new(&b"oops\n+;eth0;IPv4;printer;_ipp._tcp;local\n"[..]);
/// match reader.next_event() {
///     Some(Err(ReadError::Line(error))) => assert_eq!(error.bytes(), b"oops"),
///     other => panic!("{other:?}"),
/// }
/// assert!(reader.next_event().unwrap().is_ok());
/// ```
#[cfg(feature = "std")]
#[cfg_attr(docsrs, doc(cfg(feature = "std")))]
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError<'a> {
    /// The input could not be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A record is no event. The next one can be read.
    #[error("{0}")]
    Line(LineError<'a>),
}

/// A [`ReadError`] that owns the record, for iterators of owned events.
///
/// ```
/// use avahi_events::Reader;
///
/// let capture = &b"Got SIGTERM, quitting.\n+;eth0;IPv4;printer;_ipp._tcp\n"[..];
/// let errors = Reader::new(capture).into_events().filter_map(Result::err);
/// let unread: Vec<_> = errors
///     .filter(|error| error.line_error().is_none_or(|line| line.is_unread()))
///     .map(|error| error.to_string())
///     .collect();
/// assert_eq!(unread, ["line 2: the line ends before the domain, at byte 29"]);
/// ```
#[cfg(feature = "std")]
#[cfg_attr(docsrs, doc(cfg(feature = "std")))]
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OwnedReadError {
    /// The input could not be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A record is no event. The next one can be read.
    #[error("line {line}: {error}")]
    #[non_exhaustive]
    Line {
        /// What is wrong with it.
        error: ParseError,
        /// The record, without its line end.
        bytes: std::boxed::Box<[u8]>,
        /// The format of the stamp that it begins with, if it does.
        stamp: Option<StampFormat>,
        /// The number of its first line, counted from 1.
        line: u64,
        /// Where it begins, in bytes from the start of the input.
        offset: u64,
    },
}

#[cfg(feature = "std")]
impl OwnedReadError {
    /// The record that is no event, as [`ReadError::Line`] has it; `None` if
    /// the input could not be read.
    #[must_use]
    pub fn line_error(&self) -> Option<LineError<'_>> {
        match self {
            Self::Io(_) => None,
            Self::Line {
                error,
                bytes,
                stamp,
                line,
                offset,
            } => Some(LineError {
                error: *error,
                bytes,
                stamp: stamp.and_then(|format| Stamp::parse(bytes, format)),
                line: *line,
                offset: *offset,
            }),
        }
    }
}

#[cfg(feature = "std")]
impl<'a> From<LineError<'a>> for ReadError<'a> {
    fn from(error: LineError<'a>) -> Self {
        Self::Line(error)
    }
}

#[cfg(feature = "std")]
impl From<ReadError<'_>> for OwnedReadError {
    fn from(error: ReadError<'_>) -> Self {
        match error {
            ReadError::Io(error) => Self::Io(error),
            ReadError::Line(error) => Self::Line {
                error: error.error,
                bytes: error.bytes.into(),
                stamp: error.stamp.map(|it| it.format()),
                line: error.line,
                offset: error.offset,
            },
        }
    }
}

/// For programs that stop at the first record that does not read: its error is
/// of the kind [`InvalidData`](std::io::ErrorKind::InvalidData).
///
/// ```
/// use avahi_events::Reader;
///
/// fn count(capture: &[u8]) -> std::io::Result<usize> {
///     let mut count = 0;
///     let mut reader = Reader::new(capture);
///     while let Some(event) = reader.next_event() {
///         event?;
///         count += 1;
///     }
///     Ok(count)
/// }
///
/// assert_eq!(count(b"+;eth0;IPv4;a;_http._tcp;local\n").unwrap(), 1);
/// let error = count(b"+;eth0;IPv4;a\n+;").unwrap_err();
/// assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
/// assert!(error.to_string().starts_with("line 2: "));
/// ```
#[cfg(feature = "std")]
impl From<ReadError<'_>> for std::io::Error {
    fn from(error: ReadError<'_>) -> Self {
        OwnedReadError::from(error).into()
    }
}

/// As that of [`ReadError`], with the record in it.
#[cfg(feature = "std")]
impl From<OwnedReadError> for std::io::Error {
    fn from(error: OwnedReadError) -> Self {
        match error {
            OwnedReadError::Io(error) => error,
            error => Self::new(std::io::ErrorKind::InvalidData, error),
        }
    }
}
