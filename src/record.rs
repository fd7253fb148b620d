//! Framing: where a record begins and ends in a stream of bytes.
//!
//! All front ends use it, with whatever part of the input they have at hand,
//! and so give the same events however the input is cut.

#[cfg(feature = "alloc")]
mod buf;
mod other;
mod several;
mod stamped;

use memchr::{memchr, memchr_iter};

#[cfg(feature = "alloc")]
pub use self::buf::RecordBuf;
use self::several::Extent;
use crate::{
    error::{ErrorKind, Field, LineError, ParseError},
    event::{Event, Interface},
    grammar,
    message::Message,
    stamp::{Shape, Stamp, StampFormat, Stamps},
};

/// The longest record, in bytes and with its line end: 256 KiB. TXT has at
/// most 64 KiB (RFC 6763 section 6.1), which Avahi's escapes can make four
/// times as long.
///
/// What is longer is no event; its bytes come as several
/// [`ErrorKind::TooLong`].
///
/// ```
/// use avahi_events::{ErrorKind, MAX_RECORD, events};
///
/// let capture = vec![b'x'; MAX_RECORD + 1];
/// for error in events(&capture).map(Result::unwrap_err) {
///     assert_eq!((error.line(), error.error().kind()), (1, ErrorKind::TooLong));
/// }
/// assert_eq!(events(&capture).count(), 2);
/// ```
pub const MAX_RECORD: usize = 256 * 1024;

/// One record of a capture: an event, or a line that is none.
///
/// ```
/// use avahi_events::records;
///
/// let capture = b"Nov 22 10:58:46 +;eth0;IPv4;printer;_ipp._tcp;local\nhello\n";
/// let found: Vec<_> = records(capture).collect();
/// assert_eq!(found[0].event.unwrap().to_string(), "+;eth0;IPv4;printer;_ipp._tcp;local");
/// assert_eq!(found[0].stamp.unwrap().time_text(), "Nov 22 10:58:46");
/// assert!(found[1].unread().is_some());
/// assert_eq!((found[1].bytes, found[1].line, found[1].offset), (&b"hello"[..], 2, 52));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Record<'a> {
    /// The event, or why there is none.
    pub event: Result<Event<'a>, ParseError>,
    /// What a log put before the record: the time, and perhaps more.
    pub stamp: Option<Stamp<'a>>,
    /// The record without its line end, and with its stamp if it has one.
    ///
    /// Of several lines are only records with the TXT of Avahi before 0.8,
    /// resolved services in columns, and messages about services with a line
    /// feed in their name.
    pub bytes: &'a [u8],
    /// The number of the record's first line, counted from 1.
    pub line: u64,
    /// Where the record begins, in bytes from the start of the input.
    pub offset: u64,
}

impl<'a> Record<'a> {
    /// Why something was lost with this record, if it was: a damaged event, or
    /// a line that is neither an event nor anything known to stand between
    /// events (empty lines, messages, a shell's trace line).
    ///
    /// ```
    /// use avahi_events::records;
    ///
    /// let capture = b"\nGot SIGTERM, quitting.\n+;eth0;IPv4;a;b\nhello\n";
    /// let unread: Vec<_> = records(capture).filter(|it| it.unread().is_some()).map(|it| it.line).collect();
    /// assert_eq!(unread, [3, 4]);
    /// ```
    #[must_use]
    pub fn unread(&self) -> Option<ParseError> {
        let error = self.event.err()?;
        self.line_error(error).is_unread().then_some(error)
    }

    /// The message that the record is, if it is one.
    ///
    /// ```
    /// use avahi_events::{Message, records};
    ///
    /// let capture = b"Nov 22 10:59:07 Disconnected, reconnecting ...\n";
    /// let record = records(capture).next().unwrap();
    /// assert_eq!(record.message(), Some(Message::Disconnected));
    /// ```
    #[must_use]
    pub fn message(&self) -> Option<Message<'a>> {
        self.line_error(self.event.err()?).message()
    }

    pub(crate) fn line_error(&self, error: ParseError) -> LineError<'a> {
        LineError {
            error,
            bytes: self.bytes,
            stamp: self.stamp,
            line: self.line,
            offset: self.offset,
        }
    }
}

/// A record at the front of a buffer.
pub(crate) struct Framed<'a> {
    pub(crate) event: Result<Event<'a>, ParseError>,
    pub(crate) stamp: Option<Stamp<'a>>,
    pub(crate) bytes: &'a [u8],
    /// How much of the buffer it takes up, with its line end.
    pub(crate) len: usize,
    /// How many lines it has.
    pub(crate) lines: u64,
}

impl<'a> Framed<'a> {
    /// The record, which begins at that line and offset of the input.
    pub(crate) fn record(&self, line: u64, offset: u64) -> Record<'a> {
        Record {
            event: self.event,
            stamp: self.stamp,
            bytes: self.bytes,
            line,
            offset,
        }
    }
}

/// What there is to remember between two records, or between two looks at the
/// same one: mostly, what need not be searched again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Framer {
    /// Up to here, from the front of the buffer, there is no line feed.
    searched: usize,
    /// Up to here, from the front of the buffer, no line closes TXT in this way
    /// ([`Closing`]). So many records that never close their quotes are still
    /// searched once.
    unclosed_before: [usize; 2],
    /// The front of the buffer is in the middle of a line that is too long.
    in_long_line: bool,
    /// Which stamps lines have, as far as the caller knows.
    pub(crate) stamps: Stamps,
    /// The format of the last stamp that stood before an event.
    stamp_format: Option<StampFormat>,
    /// The shape of the last stamp that stood before an event with `-p`, if it
    /// has one. It makes reading faster, and no other.
    shape: Option<Shape>,
    /// How wide the column of names is at most.
    name_width: Option<usize>,
}

/// The length of a line whose line feed stands at `feed`, without its line end.
fn text_len(buf: &[u8], feed: usize) -> usize {
    match buf[..feed] {
        [.., b'\r'] => feed - 1,
        _ => feed,
    }
}

/// As much of `buf` as a record can have.
fn window(buf: &[u8]) -> &[u8] {
    &buf[..buf.len().min(MAX_RECORD)]
}

impl Framer {
    /// The record at the front of `buf`; `None` if there has to be more of the
    /// input to tell, or if there is none left. `last` says that the input
    /// ends with `buf`.
    #[cfg(feature = "std")]
    #[inline]
    pub(crate) fn next<'a>(&mut self, buf: &'a [u8], last: bool) -> Option<Framed<'a>> {
        let line = self.line(buf, |event, text_len, len| Framed {
            event: Ok(event),
            stamp: None,
            bytes: &buf[..text_len],
            len,
            lines: 1,
        });
        match line {
            Some(framed) => Some(framed),
            None => self.any_line(buf, last),
        }
    }

    /// With what was learned of the input, and nothing about a buffer, which
    /// now begins at a record. In the middle of a long line is knowledge of the
    /// input.
    pub(crate) fn at_next_record(&self) -> Self {
        Self {
            unclosed_before: [0; 2],
            ..self.clone()
        }
    }

    /// Whether both have learned the same of the input.
    pub(crate) fn knows_what(&self, other: &Self) -> bool {
        let knowledge = |it: &Self| (it.in_long_line, it.stamp_format, it.name_width);
        self.stamps == other.stamps && knowledge(self) == knowledge(other)
    }

    /// What `done` makes of the record at the front of `buf` and of its
    /// lengths, without its line end and with it, if it is a line by itself as
    /// nearly all are.
    #[inline(always)]
    pub(crate) fn line<'a, T>(
        &mut self,
        buf: &'a [u8],
        done: impl FnOnce(Event<'a>, usize, usize) -> T,
    ) -> Option<T> {
        self.line_behind(0, buf, |_, after| begins_event(after), done)
    }

    /// The same behind a stamp of that length; `begins` says whether an event
    /// begins on the next line.
    #[inline(always)]
    fn line_behind<'a, T>(
        &mut self,
        stamp: usize,
        buf: &'a [u8],
        begins: impl FnOnce(&Self, &[u8]) -> bool,
        done: impl FnOnce(Event<'a>, usize, usize) -> T,
    ) -> Option<T> {
        if self.searched > 0 || self.in_long_line {
            return None;
        }
        grammar::line(&buf[stamp..], |event, text_len, len| {
            let len = stamp + len;
            let has_txt = event.endpoint().is_some_and(|it| !it.txt.is_empty());
            if len > MAX_RECORD || (has_txt && !begins(self, &buf[len..])) {
                return None;
            }
            self.taken(len);
            Some(done(event, stamp + text_len, len))
        })
    }

    /// As [`next`](Self::next), of whatever kind the line is.
    #[cold]
    pub(crate) fn any_line<'a>(&mut self, buf: &'a [u8], last: bool) -> Option<Framed<'a>> {
        let line = self.stamped_line(buf, |event, stamp, text_len, len| Framed {
            event: Ok(event),
            stamp: Some(stamp),
            bytes: &buf[..text_len],
            len,
            lines: 1,
        });
        if line.is_some() {
            return line;
        }
        let Some(feed) = memchr(b'\n', &window(buf)[self.searched..]) else {
            return self.without_line_feed(buf, last);
        };
        let feed = self.searched + feed;
        let len = feed + 1;
        if self.in_long_line {
            return Some(self.long_line(buf, feed, len));
        }
        let bytes = &buf[..text_len(buf, feed)];
        let event = grammar::record(bytes);
        let framed = match &event {
            Err(error) if error.kind() == ErrorKind::NotAnEvent => {
                self.other(buf, bytes.len(), len, last)?
            }
            event => self.of_several_lines(buf, event, len, None, last)?,
        };
        let framed = framed.unwrap_or(Framed {
            event,
            stamp: None,
            bytes,
            len,
            lines: 1,
        });
        self.taken(framed.len);
        Some(framed)
    }

    /// Whether a record stands at the front of the buffer for certain, without
    /// reading it. What it settles is nearly every line. `has_feed` says that
    /// the buffer is known to hold a line feed.
    #[cfg(feature = "std")]
    #[inline]
    pub(crate) fn is_settled(&self, buf: &[u8], has_feed: bool) -> bool {
        let is_stamped = !begins_event(buf);
        let line = match is_stamped {
            true => self.after_expected_stamp(buf),
            false => buf,
        };
        // A line without TXT is settled by its end, wherever that is.
        if has_feed && matches!(line, [b'+' | b'-', b';', ..]) {
            return true;
        }
        let Some(feed) = memchr(b'\n', line) else {
            return false;
        };
        let (line, mut after) = (&line[..feed], &line[feed + 1..]);
        if is_stamped {
            after = self.after_expected_stamp(after);
        }
        match line {
            // Perhaps a TXT that has only been opened.
            [b'=', .., b';', b'"'] => false,
            [b'=', b';', .., b'"'] => begins_event(after),
            [b'=', b';', ..] => memchr(b'"', line).is_none(),
            [b'+' | b'-', b';' | b' ', ..] => true,
            _ => false,
        }
    }

    /// Forgets what was found out about bytes that are gone.
    #[inline]
    fn taken(&mut self, len: usize) {
        self.searched = 0;
        if self.unclosed_before != [0; 2] {
            self.unclosed_before = self.unclosed_before.map(|it| it.saturating_sub(len));
        }
    }

    /// No line ends in `buf`, or only after more bytes than a record has.
    #[cold]
    fn without_line_feed<'a>(&mut self, buf: &'a [u8], last: bool) -> Option<Framed<'a>> {
        if buf.len() >= MAX_RECORD {
            self.in_long_line = true;
            let piece = self.long_line(buf, MAX_RECORD, MAX_RECORD);
            return Some(Framed { lines: 0, ..piece });
        }
        if !last || buf.is_empty() {
            self.searched = buf.len();
            return None;
        }
        if self.in_long_line {
            return Some(self.long_line(buf, buf.len(), buf.len()));
        }
        let bytes = buf.strip_suffix(b"\r").unwrap_or(buf);
        let event = grammar::record(bytes);
        if matches!(&event, Err(error) if error.kind() == ErrorKind::NotAnEvent)
            && let Some(framed) = self.other(buf, bytes.len(), buf.len(), last)?
        {
            self.taken(framed.len);
            return Some(framed);
        }
        self.taken(buf.len());
        Some(Framed {
            event: half_line(bytes, event),
            stamp: None,
            bytes,
            len: buf.len(),
            lines: 1,
        })
    }

    /// A piece of a line that is too long: all of them are as long as a record
    /// may be, but for the last, so that a slice and a bounded buffer see the
    /// same.
    #[cold]
    fn long_line<'a>(&mut self, buf: &'a [u8], text_len: usize, len: usize) -> Framed<'a> {
        self.taken(len);
        self.in_long_line = len == MAX_RECORD && buf[len - 1] != b'\n';
        let bytes = &buf[..text_len];
        Framed {
            event: Err(ParseError::new(ErrorKind::TooLong, Field::Kind, 0, b"")),
            stamp: None,
            bytes,
            len,
            lines: 1,
        }
    }
}

/// A record, of whose event the places count from after the stamp.
fn framed<'a>(
    buf: &'a [u8],
    extent: Extent,
    stamp: Option<Stamp<'a>>,
    event: Result<Event<'a>, ParseError>,
) -> Framed<'a> {
    let bytes = &buf[..extent.end];
    let start = stamp.map_or(0, |it| it.as_bytes().len());
    Framed {
        event: match (event, stamp) {
            (Ok(Event::Resolve(service, mut endpoint)), Some(stamp))
                if memchr(b'\n', endpoint.txt.as_bytes()).is_some() =>
            {
                endpoint.txt = endpoint.txt.with_stamps(stamp.format());
                Ok(Event::Resolve(service, endpoint))
            }
            (event, _) => event.map_err(|error| error.shifted(start)),
        },
        stamp,
        bytes,
        len: extent.len,
        lines: memchr_iter(b'\n', bytes).count() as u64 + 1,
    }
}

/// Whether an event begins here. At the end of the input at hand it is not
/// known, and said to be none.
#[inline]
fn begins_event(line: &[u8]) -> bool {
    matches!(line, [b'+' | b'=' | b'-', b';', ..])
}

/// What the last line of an input is if it has no line feed: a whole record
/// whose line feed got lost, if it can be read; else half a line.
///
/// Half of a service's line can look like that of a browse domain. Domains are
/// mostly seen on no certain interface, so that with one it is the half line.
fn half_line<'a>(
    bytes: &'a [u8],
    event: Result<Event<'a>, ParseError>,
) -> Result<Event<'a>, ParseError> {
    let incomplete = |field, offset| ParseError::new(ErrorKind::Incomplete, field, offset, b"");
    match event {
        Ok(Event::AddDomain(domain) | Event::RemoveDomain(domain))
            if !matches!(domain.interface, Interface::Unspecified(_)) =>
        {
            Err(incomplete(Field::Name, bytes.len()))
        }
        // It ends in a quote that was to open a string, or is part of one.
        Ok(Event::Resolve(_, endpoint)) if endpoint.txt.is_cut_short() => {
            Err(incomplete(Field::Txt, bytes.len()))
        }
        Err(error) => match (error.kind(), bytes) {
            (ErrorKind::MissingField | ErrorKind::UnclosedTxt, _) => {
                Err(incomplete(error.field(), bytes.len()))
            }
            (ErrorKind::EmptyField, _) if error.offset() == bytes.len() => {
                Err(incomplete(error.field(), bytes.len()))
            }
            (ErrorKind::NotAnEvent, [b'+' | b'=' | b'-']) => Err(incomplete(Field::Kind, 1)),
            _ => Err(error),
        },
        event => event,
    }
}
