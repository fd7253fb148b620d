//! Captures from anything that can be read.

use std::{
    io::{self, BufRead},
    vec::Vec,
};

use crate::{
    error::{OwnedReadError, ReadError},
    event::{Event, EventBuf},
    record::{Framer, Record},
    stamp::Stamps,
};

/// Reads a capture from anything that is [`BufRead`], and lends its events
/// one by one.
///
/// It keeps one buffer, which grows to the longest record and never far
/// beyond [`MAX_RECORD`](crate::MAX_RECORD) bytes, also where the input is
/// one endless line. An event is given out as soon as its line is read, or
/// the last of its lines; only where TXT is not escaped, as from Avahi before
/// 0.8, has the beginning of the next line to be there too.
///
/// ```
/// use avahi_events::{ReadError, Reader};
///
/// let input = std::io::Cursor::new("+;eth0;IPv4;printer;_ipp._tcp;local\n");
/// let mut reader = Reader::new(input);
/// while let Some(event) = reader.next_event() {
///     match event {
///         Ok(event) => assert!(event.service().unwrap().name == "printer"),
///         Err(ReadError::Line(error)) => eprintln!("{error}"),
///         Err(error) => return Err(error.to_string().into()),
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "std")))]
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    buffer: Vec<u8>,
    /// Where the next record begins in the buffer.
    front: usize,
    /// Where the last line feed in the buffer ends.
    feeds_end: usize,
    ended: bool,
    framer: Framer,
    line: u64,
    offset: u64,
}

impl<R: BufRead> Reader<R> {
    /// Reads from `input`, which has a buffer of its own: the larger, the
    /// fewer copies.
    #[must_use]
    pub fn new(input: R) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            front: 0,
            feeds_end: 0,
            ended: false,
            framer: Framer::default(),
            line: 1,
            offset: 0,
        }
    }

    /// Reads lines with these stamps. Without this they are found.
    #[must_use]
    pub fn with_stamps(mut self, stamps: Stamps) -> Self {
        self.framer.stamps = stamps;
        self
    }

    /// The next event, or the next line that is none; `None` at the end.
    ///
    /// # Errors
    ///
    /// [`ReadError::Line`] if a record is no event; the next one can be
    /// read. [`ReadError::Io`] if the input fails; the next call tries to
    /// read again.
    pub fn next_event(&mut self) -> Option<Result<Event<'_>, ReadError<'_>>> {
        let record = match self.next_record() {
            Ok(record) => record?,
            Err(error) => return Some(Err(error.into())),
        };
        let error = |error| ReadError::Line(record.line_error(error));
        Some(record.event.map_err(error))
    }

    /// The next record; `None` at the end.
    ///
    /// # Errors
    ///
    /// Those of the input. Nothing that was read is lost by them.
    pub fn next_record(&mut self) -> io::Result<Option<Record<'_>>> {
        while !self.is_ready() {
            self.fill()?;
        }
        let rest = &self.buffer[self.front..];
        let (line, offset) = (self.line, self.offset);
        let record = self.framer.line(rest, |event, text_len, len| {
            self.front += len;
            self.line += 1;
            self.offset += len as u64;
            Record {
                event: Ok(event),
                stamp: None,
                bytes: &rest[..text_len],
                line,
                offset,
            }
        });
        if record.is_some() {
            return Ok(record);
        }
        let Some(framed) = self.framer.any_line(rest, self.ended) else {
            return Ok(None);
        };
        let record = framed.record(self.line, self.offset);
        self.front += framed.len;
        self.line += framed.lines;
        self.offset += framed.len as u64;
        Ok(Some(record))
    }

    /// The record that [`next_record`](Self::next_record) will give next.
    #[cfg(feature = "report")]
    pub(crate) fn peek_record(&mut self) -> io::Result<Option<Record<'_>>> {
        while !self.is_ready() {
            self.fill()?;
        }
        let rest = &self.buffer[self.front..];
        let framed = self.framer.clone().next(rest, self.ended);
        Ok(framed.map(|framed| framed.record(self.line, self.offset)))
    }

    /// How many lines were read, up to the end of the last record.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.line - 1
    }

    /// The number of the line that the next record begins on, counted from
    /// 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Where the next record begins, in bytes from the start of the input.
    ///
    /// ```
    /// use avahi_events::Reader;
    ///
    /// let capture = &b"+;eth0;IPv4;a;_x._tcp;local\n-;eth0;IPv4;a;_x._tcp;local\n"[..];
    /// let mut reader = Reader::new(capture);
    /// assert_eq!((reader.line(), reader.offset()), (1, 0));
    /// reader.next_event();
    /// assert_eq!((reader.line(), reader.offset()), (2, 28));
    /// ```
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether the next record has to be waited for, since the buffer holds
    /// no whole one: time to flush what was made of the ones before.
    #[must_use]
    pub fn needs_input(&mut self) -> bool {
        !self.is_ready()
    }

    /// Whether the buffer holds a whole record, or the input has ended.
    ///
    /// Asked before the record is taken, since a record that is lent could
    /// not be let go again to read more. What settles it for nearly every
    /// line is looked at first; the rest is framed twice.
    fn is_ready(&mut self) -> bool {
        if self.ended {
            return true;
        }
        let rest = &self.buffer[self.front..];
        if self.framer.is_settled(rest, self.front < self.feeds_end) {
            return true;
        }
        let mut framer = self.framer.clone();
        let ready = framer.next(rest, false).is_some();
        if !ready {
            self.framer = framer; // what it has searched need not be again
        }
        ready
    }

    /// Takes more of the input into the buffer, over what has been read.
    fn fill(&mut self) -> io::Result<()> {
        let input = match self.input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            input => input?,
        };
        let taken = input.len().min(CHUNK);
        self.buffer.drain(..self.front);
        self.feeds_end = self.feeds_end.saturating_sub(self.front);
        self.front = 0;
        if let Some(feed) = memchr::memrchr(b'\n', &input[..taken]) {
            self.feeds_end = self.buffer.len() + feed + 1;
        }
        self.buffer.extend_from_slice(&input[..taken]);
        self.input.consume(taken);
        self.ended = taken == 0;
        Ok(())
    }

    /// An iterator over owned events, for where lent ones cannot be used.
    ///
    /// # Errors
    ///
    /// An item is an error where [`next_event`](Self::next_event) has one.
    #[must_use]
    pub fn into_events(self) -> IntoEvents<R> {
        IntoEvents(self)
    }

    /// The input, of which the buffer may hold more than was read of the
    /// events.
    #[must_use]
    pub fn get_ref(&self) -> &R {
        &self.input
    }

    /// The input, to change how it is read. What is read of it here, the
    /// events miss.
    #[must_use]
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.input
    }

    /// The input. What the buffer has read ahead of the last event is lost.
    #[must_use]
    pub fn into_inner(self) -> R {
        self.input
    }
}

/// How much of the input is taken into the buffer at once.
const CHUNK: usize = 64 * 1024;

/// Owned events from a [`Reader`]; see [`Reader::into_events`].
///
/// ```
/// use avahi_events::{EventBuf, Reader};
///
/// let capture = &b"+;eth0;IPv4;a;_x._tcp;local\n-;eth0;IPv4;a;_x._tcp;local\n"[..];
/// let events: Vec<EventBuf> = Reader::new(capture).into_events().collect::<Result<_, _>>()?;
/// assert_eq!(events[1].to_string(), "-;eth0;IPv4;a;_x._tcp;local");
/// # Ok::<(), avahi_events::OwnedReadError>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "std")))]
#[derive(Debug)]
pub struct IntoEvents<R>(Reader<R>);

impl<R: BufRead> Iterator for IntoEvents<R> {
    type Item = Result<EventBuf, OwnedReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.0.next_event()? {
            Ok(event) => Ok(event.into()),
            Err(error) => Err(error.into()),
        })
    }
}

/// The end is the end, also of an input that could go on, such as a file
/// that grows.
impl<R: BufRead> core::iter::FusedIterator for IntoEvents<R> {}
