//! Records that do not begin as an event with `-p` does: those with a stamp
//! before them, columns, and messages.

use memchr::memchr;

use super::{
    Framed, Framer, MAX_RECORD, framed, half_line,
    several::{Closing, Extent},
    text_len, window,
};
use crate::{
    columns,
    error::{ErrorKind, Field, ParseError},
    event::{Event, Service},
    grammar,
    message::{AFTER_NAME, MAX_NAME, Message},
    stamp::{Shape, Stamp, StampFormat, Stamps, after_stamp},
    txt::{Txt, TxtDialect},
};

/// A line of the buffer.
#[derive(Clone, Copy)]
struct Line {
    start: usize,
    end: usize,
    /// Where the next one begins.
    next: usize,
}

impl Line {
    /// Whether it is the end of an input that has no line feed at its end.
    fn is_last(self) -> bool {
        self.end == self.next
    }

    fn text(self, buf: &[u8], format: Option<StampFormat>) -> &[u8] {
        after_stamp(&buf[self.start..self.end], format)
    }
}

impl Framer {
    /// The record at the front of the buffer, whose first line reaches to `end`
    /// and with its line end to `len`. `None` if there has to be more input to
    /// tell, `Some(None)` if it is nothing but that line.
    #[cold]
    pub(super) fn other<'a>(
        &mut self,
        buf: &'a [u8],
        end: usize,
        len: usize,
        last: bool,
    ) -> Option<Option<Framed<'a>>> {
        let stamp = match self.stamps {
            Stamps::Find => Stamp::find(&buf[..end], self.stamp_format),
            Stamps::Only(format) => Stamp::parse(&buf[..end], format),
            Stamps::None => None,
        };
        let start = stamp.map_or(0, |it| it.as_bytes().len());
        let first = Line {
            start,
            end,
            next: len,
        };
        let text = &buf[start..end];
        let alone = Extent { end, len };
        if columns::begins(text) {
            return self.columns(buf, first, stamp, last).map(Some);
        }
        if Message::begins_in(text) {
            let extent = message(buf, first, stamp, last)?.unwrap_or(alone);
            let error = ParseError::new(ErrorKind::NotAnEvent, Field::Kind, 0, text);
            return Some(Some(framed(buf, extent, stamp, Err(error))));
        }
        if stamp.is_none() {
            // Half a stamp, where there were stamps before.
            let is_half = first.is_last() && self.stamp_format.is_some();
            return Some((is_half && Message::parse(text).is_none()).then(|| {
                let error = ParseError::new(ErrorKind::Incomplete, Field::Kind, end, b"");
                framed(buf, alone, None, Err(error))
            }));
        }
        let mut event = grammar::record(text);
        let several = self.of_several_lines(buf, &event, len, stamp, last)?;
        if first.is_last() {
            event = half_line(text, event);
        }
        let framed = several.unwrap_or_else(|| framed(buf, alone, stamp, event));
        if framed.event.is_ok() {
            self.stamp_format = stamp.map(|it| it.format());
            self.shape = stamp.and_then(|it| Shape::of(&it));
        }
        Some(Some(framed))
    }

    /// An event in columns: one line, or five where a service was resolved.
    fn columns<'a>(
        &mut self,
        buf: &'a [u8],
        first: Line,
        stamp: Option<Stamp<'a>>,
        last: bool,
    ) -> Option<Framed<'a>> {
        let text = &buf[first.start..first.end];
        let mut extent = Extent {
            end: first.end,
            len: first.next,
        };
        let line = columns::line(text, self.name_width)?;
        let width = line.as_ref().ok().and_then(|it| it.name_width);
        let event = match line {
            Err(error) if first.is_last() => Err(ParseError::new(
                ErrorKind::Incomplete,
                error.field(),
                text.len(),
                b"",
            )),
            Err(error) => Err(error),
            Ok(line) => match line.event {
                Event::Add(service) if line.is_resolved => {
                    let resolved = self.details(buf, service, first, stamp, last)?;
                    extent = resolved.1;
                    resolved.0
                }
                event if first.is_last() => half_line(text, Ok(event)),
                event => Ok(event),
            },
        };
        if event.is_ok() {
            self.stamp_format = stamp.map(|it| it.format()).or(self.stamp_format);
        }
        if let Some(width) = width {
            self.name_width = Some(self.name_width.map_or(width, |it| it.min(width)));
        }
        Some(framed(buf, extent, stamp, event))
    }

    /// The four lines after that of a service that was resolved, and where they
    /// end.
    #[allow(clippy::type_complexity)] // as the grammar's are
    fn details<'a>(
        &mut self,
        buf: &'a [u8],
        service: Service<'a>,
        first: Line,
        stamp: Option<Stamp<'a>>,
        last: bool,
    ) -> Option<(Result<Event<'a>, ParseError>, Extent)> {
        let format = stamp.map(|it| it.format());
        let mut extent = Extent {
            end: first.end,
            len: first.next,
        };
        let fail = |kind, field, at: usize, extent| {
            let error = ParseError::new(kind, field, at - first.start, b"");
            Some((Err(error), extent))
        };
        let mut values = [(0, &b""[..]); 4];
        for ((name, field), value) in columns::DETAILS.into_iter().zip(&mut values) {
            let line = match line_at(buf, extent.len, last)? {
                Some(line) => line,
                None if is_at_end(buf, extent.len, last) => {
                    return fail(ErrorKind::Incomplete, field, extent.end, extent);
                }
                // The next line is too long.
                None => return fail(ErrorKind::MissingField, field, extent.end, extent),
            };
            let text = line.text(buf, format);
            let Some((text, is_closed)) = columns::detail(text, name) else {
                let begun = text.trim_ascii_start();
                if line.is_last() && name.starts_with(begun) {
                    let extent = Extent {
                        end: line.end,
                        len: line.next,
                    };
                    return fail(ErrorKind::Incomplete, field, line.end, extent);
                }
                return fail(ErrorKind::MissingField, field, extent.end, extent);
            };
            extent = Extent {
                end: line.end,
                len: line.next,
            };
            let start = line.end - usize::from(is_closed) - text.len();
            *value = (start, text);
            let is_txt = field == Field::Txt;
            if is_txt && !(is_closed && (text.is_empty() || text.ends_with(b"\""))) {
                // TXT that is not escaped, with a line feed in it.
                match self.joined(buf, line.next, Closing::Bracket, format, last)? {
                    Some(joined) => extent = joined,
                    None if line.is_last() || is_at_end(buf, line.next, last) => {
                        return fail(ErrorKind::Incomplete, field, line.end, extent);
                    }
                    None => return fail(ErrorKind::UnclosedTxt, field, start, extent),
                }
                value.1 = &buf[start..extent.end - 1];
            } else if is_txt && Txt::new(text).dialect() == TxtDialect::Raw {
                let closing = Closing::Bracket;
                extent = self.continued(buf, line.end, line.next, closing, format, last)?;
                value.1 = &buf[start..extent.end - 1];
            } else if !is_closed {
                let kind = match line.is_last() {
                    true => ErrorKind::Incomplete,
                    false => ErrorKind::MissingField,
                };
                return fail(kind, field, line.end, extent);
            }
        }
        let event = columns::resolved(service, values.map(|(_, text)| text));
        let event = event.map_err(|(kind, field)| {
            let of = |it: &(&[u8], Field)| it.1 == field;
            let (start, text) = columns::DETAILS
                .iter()
                .position(of)
                .map_or((first.end, &b""[..]), |at| values[at]);
            ParseError::new(kind, field, start - first.start, text)
        });
        Some((event, extent))
    }
}

/// Whether the input ends here.
fn is_at_end(buf: &[u8], at: usize, last: bool) -> bool {
    last && at == buf.len()
}

/// The line that begins at `start`. `None` if there has to be more input to
/// tell, `Some(None)` if there is none, or none that has room in the record.
fn line_at(buf: &[u8], start: usize, last: bool) -> Option<Option<Line>> {
    let window = window(buf);
    let rest = window.get(start..).unwrap_or_default();
    Some(match memchr(b'\n', rest) {
        Some(feed) => Some(Line {
            start,
            end: text_len(window, start + feed).max(start),
            next: start + feed + 1,
        }),
        None if buf.len() >= MAX_RECORD => None,
        None if !last => return None,
        None if rest.is_empty() => None,
        None => Some(Line {
            start,
            end: window.len(),
            next: window.len(),
        }),
    })
}

/// The extent of a message that goes on after its first line, since there are
/// line feeds in a service's name. `None` if there has to be more input to
/// tell, `Some(None)` if it does not.
fn message(
    buf: &[u8],
    first: Line,
    stamp: Option<Stamp<'_>>,
    last: bool,
) -> Option<Option<Extent>> {
    let format = stamp.map(|it| it.format());
    // The words before the name may as well count: it is only a bound.
    let mut name_len = 0;
    let mut line = first;
    while name_len <= MAX_NAME {
        let Some(next) = line_at(buf, line.next, last)? else {
            break;
        };
        line = next;
        let text = line.text(buf, format);
        if let Some(at) = memchr::memmem::find(text, AFTER_NAME) {
            let is_name = name_len + at <= MAX_NAME;
            let text = &buf[first.start..line.end];
            return Some(
                (is_name && matches!(Message::certain(text), Some(Message::FailedResolve { .. })))
                    .then_some(Extent {
                        end: line.end,
                        len: line.next,
                    }),
            );
        }
        name_len += text.len() + 1;
    }
    Some(None)
}
