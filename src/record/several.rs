//! Records of several lines: those whose TXT has line feeds in it, as Avahi
//! before 0.8 printed them, and services in columns.

use memchr::{memchr, memchr_iter};

use super::{Framed, Framer, MAX_RECORD, begins_event, framed, text_len, window};
use crate::{
    columns,
    error::{ErrorKind, ParseError},
    event::Event,
    grammar,
    message::Message,
    stamp::{Stamp, StampFormat, after_stamp},
    txt::{Txt, TxtDialect},
};

/// Where a record of several lines ends, and how much of the buffer it takes up
/// with its line end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub(super) end: usize,
    pub(super) len: usize,
}

/// How the last line of a record of several lines ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    /// TXT at the end of a record.
    Quote,
    /// TXT among the details of a service in columns.
    Bracket,
}

impl Closing {
    const fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Quote => b"\"",
            Self::Bracket => b"\"]",
        }
    }
}

impl Framer {
    /// The record with the lines after its first, if any belong to it: those
    /// of TXT that is not escaped.
    ///
    /// `None` if there has to be more input to tell, `Some(None)` if the first
    /// line stands alone.
    #[inline]
    pub(super) fn of_several_lines<'a>(
        &mut self,
        buf: &'a [u8],
        event: &Result<Event<'a>, ParseError>,
        len: usize,
        stamp: Option<Stamp<'a>>,
        last: bool,
    ) -> Option<Option<Framed<'a>>> {
        let format = stamp.map(|it| it.format());
        let extent = match event {
            // Strings that have been closed at the line's end may yet go on.
            Ok(Event::Resolve(_, endpoint))
                if !endpoint.txt.is_empty() && !begins_event(after_stamp(&buf[len..], format)) =>
            {
                self.maybe_continued(buf, len, endpoint.txt, format, last)?
            }
            Err(error) if error.kind() == ErrorKind::UnclosedTxt => {
                self.joined(buf, len, Closing::Quote, format, last)?
            }
            _ => None,
        };
        Some(extent.map(|extent| joined_record(buf, extent, stamp)))
    }

    /// The record's first line, up to `first`, opens a quote and does not close
    /// it: the next lines belong to it, whatever they look like, up to one that
    /// ends in a quote. If there is none, the first line is damaged and the
    /// next ones are read on their own.
    ///
    /// `None` if there has to be more input to tell, `Some(None)` if the first
    /// line stands alone.
    #[cold]
    pub(super) fn joined(
        &mut self,
        buf: &[u8],
        first: usize,
        closing: Closing,
        format: Option<StampFormat>,
        last: bool,
    ) -> Option<Option<Extent>> {
        let window = window(buf);
        let searched = first.max(self.unclosed_before[closing as usize]);
        let mut start = searched;
        for feed in memchr_iter(b'\n', window.get(searched..).unwrap_or_default()) {
            let feed = searched + feed;
            let text_len = text_len(window, feed);
            if window[start.min(text_len)..text_len].ends_with(closing.as_bytes()) {
                return self
                    .continued(buf, text_len, feed + 1, closing, format, last)
                    .map(Some);
            }
            start = feed + 1;
        }
        self.unclosed_before[closing as usize] = start;
        if buf.len() < MAX_RECORD {
            if !last {
                return None;
            }
            // The last line may lack its line feed, but not its quote.
            if window
                .get(start..)
                .is_some_and(|line| line.ends_with(closing.as_bytes()))
            {
                return self
                    .continued(buf, buf.len(), buf.len(), closing, format, last)
                    .map(Some);
            }
        }
        Some(None)
    }

    /// The record's TXT is closed at the end of its first line. If it is from
    /// Avahi before 0.8, a line that is no event and no message may belong to
    /// it all the same.
    #[inline]
    fn maybe_continued(
        &self,
        buf: &[u8],
        len: usize,
        txt: Txt<'_>,
        format: Option<StampFormat>,
        last: bool,
    ) -> Option<Option<Extent>> {
        let at_end = len == buf.len() && last;
        if at_end || txt.dialect() == TxtDialect::Escaped {
            return Some(None);
        }
        let end = text_len(buf, len - 1);
        let extent = self.continued(buf, end, len, Closing::Quote, format, last)?;
        Some((extent.len > len).then_some(extent))
    }

    /// The extent of the record that is closed at `end`, with the lines after
    /// it that belong to it too: those between its end and the next event or
    /// message, up to the last that ends in a quote. `None` if there has to be
    /// more input to tell.
    #[cold]
    pub(super) fn continued(
        &self,
        buf: &[u8],
        end: usize,
        len: usize,
        closing: Closing,
        format: Option<StampFormat>,
        last: bool,
    ) -> Option<Extent> {
        let window = window(buf);
        let mut extent = Extent { end, len };
        let mut start = len;
        while start < window.len() || !last {
            let rest = &window[start..];
            let next = match memchr(b'\n', rest) {
                Some(feed) => start + feed + 1,
                None if last && buf.len() < MAX_RECORD => window.len(),
                // Two bytes are enough to know an event by.
                None if buf.len() >= MAX_RECORD || begins_event(after_stamp(rest, format)) => break,
                None => return None,
            };
            let line_end = match window[next - 1] {
                b'\n' => text_len(window, next - 1),
                _ => next,
            };
            let line = after_stamp(&window[start..line_end], format);
            if begins_event(line) || columns::begins(line) || Message::certain(line).is_some() {
                break;
            }
            start = next;
            if line.ends_with(closing.as_bytes()) {
                extent = Extent {
                    end: line_end,
                    len: next,
                };
            }
        }
        Some(extent)
    }
}

/// The record of that extent, which has several lines.
#[cold]
fn joined_record<'a>(buf: &'a [u8], extent: Extent, stamp: Option<Stamp<'a>>) -> Framed<'a> {
    let start = stamp.map_or(0, |it| it.as_bytes().len());
    let event = grammar::record(&buf[start..extent.end]);
    framed(buf, extent, stamp, event)
}
