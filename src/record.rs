//! Framing: where a record begins and ends in a stream of bytes.
//!
//! All front ends use it, with whatever part of the input they have at hand,
//! and so give the same events however the input is cut.

use memchr::{memchr, memchr_iter};

use crate::{
    error::{ErrorKind, Field, LineError, ParseError},
    event::{Event, Interface},
    grammar,
    message::Message,
    txt::{Txt, TxtDialect},
};

/// The longest record, in bytes and with its line end: 256 KiB. TXT has at
/// most 64 KiB (RFC 6763 section 6.1), which Avahi's escapes can make four
/// times as long.
///
/// What is longer is no event; its bytes come as several
/// [`ErrorKind::TooLong`].
pub const MAX_RECORD: usize = 256 * 1024;

/// One record of a capture: an event, or a line that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record<'a> {
    /// The event, or why there is none.
    pub event: Result<Event<'a>, ParseError>,
    /// The record without its line end. Only the TXT of Avahi before 0.8
    /// makes a record of several lines.
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

    pub(crate) fn line_error(&self, error: ParseError) -> LineError<'a> {
        LineError {
            error,
            bytes: self.bytes,
            line: self.line,
            offset: self.offset,
        }
    }
}

/// A record at the front of a buffer.
pub(crate) struct Framed<'a> {
    pub(crate) event: Result<Event<'a>, ParseError>,
    pub(crate) bytes: &'a [u8],
    /// How much of the buffer it takes up, with its line end.
    pub(crate) len: usize,
    /// How many lines it has.
    pub(crate) lines: u64,
}

/// What there is to remember between two records, or between two looks at the
/// same one: mostly, what need not be searched again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Framer {
    /// Up to here, from the front of the buffer, there is no line feed.
    searched: usize,
    /// Up to here, from the front of the buffer, no line ends in a quote. So
    /// many records that never close their quotes are still searched once.
    no_quote_before: usize,
    /// The front of the buffer is in the middle of a line that is too long.
    in_long_line: bool,
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
    #[inline]
    pub(crate) fn next<'a>(&mut self, buf: &'a [u8], last: bool) -> Option<Framed<'a>> {
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
            // Strings that have been closed at the line's end may yet go on.
            Ok(Event::Resolve(_, endpoint))
                if !endpoint.txt.is_empty() && !begins_event(&buf[len..]) =>
            {
                self.maybe_continued(buf, len, endpoint.txt, last)?
            }
            Err(error) if error.kind() == ErrorKind::UnclosedTxt => self.joined(buf, len, last)?,
            _ => None,
        };
        let framed = framed.unwrap_or(Framed {
            event,
            bytes,
            len,
            lines: 1,
        });
        self.taken(framed.len);
        Some(framed)
    }

    /// Forgets what was found out about bytes that are gone.
    #[inline]
    fn taken(&mut self, len: usize) {
        self.searched = 0;
        self.no_quote_before = self.no_quote_before.saturating_sub(len);
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
        self.taken(buf.len());
        Some(Framed {
            event: half_line(bytes, grammar::record(bytes)),
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
            bytes,
            len,
            lines: 1,
        }
    }

    /// The record's first line, up to `first`, opens a quote and does not close
    /// it: the next lines belong to it, whatever they look like, up to one that
    /// ends in a quote. If there is none, the first line is damaged and the
    /// next ones are read on their own.
    ///
    /// `None` if there has to be more input to tell, `Some(None)` if the first
    /// line stands alone.
    #[cold]
    fn joined<'a>(
        &mut self,
        buf: &'a [u8],
        first: usize,
        last: bool,
    ) -> Option<Option<Framed<'a>>> {
        let window = window(buf);
        let searched = first.max(self.no_quote_before);
        let mut start = searched;
        for feed in memchr_iter(b'\n', window.get(searched..).unwrap_or_default()) {
            let feed = searched + feed;
            let text_len = text_len(window, feed);
            if window[start.min(text_len)..text_len].ends_with(b"\"") {
                return self.continued(buf, text_len, feed + 1, last).map(Some);
            }
            start = feed + 1;
        }
        self.no_quote_before = start;
        if buf.len() < MAX_RECORD {
            if !last {
                return None;
            }
            // The last line may lack its line feed, but not its quote.
            if window
                .get(start..)
                .is_some_and(|line| line.ends_with(b"\""))
            {
                return self.continued(buf, buf.len(), buf.len(), last).map(Some);
            }
        }
        Some(None)
    }

    /// The record's TXT is closed at the end of its first line. If it is from
    /// Avahi before 0.8, a line that is no event and no message may belong to
    /// it all the same.
    #[inline]
    fn maybe_continued<'a>(
        &mut self,
        buf: &'a [u8],
        len: usize,
        txt: Txt<'_>,
        last: bool,
    ) -> Option<Option<Framed<'a>>> {
        let at_end = len == buf.len() && last;
        if at_end || txt.dialect() == TxtDialect::Escaped {
            return Some(None);
        }
        let joined = self.continued(buf, text_len(buf, len - 1), len, last)?;
        Some((joined.len > len).then_some(joined))
    }

    /// The record that is closed at `text_len`, with the lines after it that
    /// belong to it too: those between its end and the next event or message,
    /// up to the last that ends in a quote. `None` if there has to be more
    /// input to tell.
    #[cold]
    fn continued<'a>(
        &mut self,
        buf: &'a [u8],
        mut end: usize,
        mut len: usize,
        last: bool,
    ) -> Option<Framed<'a>> {
        let window = window(buf);
        let mut start = len;
        while start < window.len() || !last {
            let rest = &window[start..];
            let next = match memchr(b'\n', rest) {
                Some(feed) => start + feed + 1,
                None if last && buf.len() < MAX_RECORD => window.len(),
                // Two bytes are enough to know an event by.
                None if buf.len() >= MAX_RECORD || begins_event(rest) => break,
                None => return None,
            };
            let line_end = match window[next - 1] {
                b'\n' => text_len(window, next - 1),
                _ => next,
            };
            let line = &window[start..line_end];
            if begins_event(line) || Message::certain(line).is_some() {
                break;
            }
            start = next;
            if line.ends_with(b"\"") {
                (end, len) = (line_end, next);
            }
        }
        let bytes = &buf[..end];
        Some(Framed {
            event: grammar::record(bytes),
            bytes,
            len,
            lines: memchr_iter(b'\n', bytes).count() as u64 + 1,
        })
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
