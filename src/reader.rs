//! Whole captures: from a slice, or from anything that can be read.

use crate::{
    error::LineError,
    event::Event,
    record::{Framer, Record},
    stamp::Stamps,
};

/// Reads a whole capture: an iterator over the events in it, and the lines
/// that are none.
///
/// What each line is, is found out line by line: an event as `avahi-browse -p`
/// prints it, or as columns without `-p`, with or without a time stamp before
/// it ([`StampFormat`](crate::StampFormat)); a [`Message`](crate::Message); or
/// none of these. Records of several lines are joined: TXT of Avahi before 0.8,
/// the five lines of a service that was resolved in columns, messages about a
/// name with line feeds in it. After an error it goes on with the next line.
///
/// In columns, some things cannot be told:
///
/// - bytes that the user's locale does not print have become `_`
///   ([`Label::is_lossy`](crate::Label::is_lossy));
/// - blanks at the end of a name look like padding, and are left out;
/// - where a name fills its column or goes beyond it, and its type is of 20
///   bytes or more, of several words and not an English one, there is no
///   padding between them. Then the type is taken to begin at the first blank
///   beyond the column, the narrowest that was seen so far (45 bytes if none
///   was).
///
/// ```
/// use avahi_events::{events, Event};
///
/// let capture = br#"+;eth0;IPv4;printer;_ipp._tcp;local
/// =;eth0;IPv4;printer;_ipp._tcp;local;printer.local;192.0.2.7;631;"note=2nd floor; left"
/// Got SIGTERM, quitting.
/// "#;
/// for event in events(capture) {
///     match event {
///         Ok(Event::Resolve(service, endpoint)) => {
///             println!("{} is at {}", service.name, endpoint.address);
///         }
///         Ok(_) => {}
///         Err(error) if error.is_unread() => eprintln!("{error}"),
///         Err(_) => {} // a message, an empty line
///     }
/// }
/// # assert_eq!(events(capture).filter(Result::is_ok).count(), 2);
/// # assert!(!events(capture).last().unwrap().unwrap_err().is_unread());
/// ```
#[must_use]
pub fn events(capture: &[u8]) -> Events<'_> {
    Events(records(capture))
}

/// Reads a whole capture, as [`events`] does, and says of each record where it
/// stands.
///
/// ```
/// use avahi_events::records;
///
/// let capture = b"\n+;eth0;IPv4;printer;_ipp._tcp;local\n";
/// let record = records(capture).find(|record| record.event.is_ok()).unwrap();
/// assert_eq!((record.line, record.offset), (2, 1));
/// ```
#[must_use]
pub fn records(capture: &[u8]) -> Records<'_> {
    Records {
        rest: capture,
        framer: Framer::default(),
        line: 1,
        offset: 0,
    }
}

/// The events of a capture; see [`events`].
#[derive(Debug, Clone)]
pub struct Events<'a>(Records<'a>);

impl<'a> Iterator for Events<'a> {
    type Item = Result<Event<'a>, LineError<'a>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let records = &mut self.0;
        let buf = records.rest;
        let line = records.framer.line(buf, |event, _, len| {
            records.rest = &buf[len..];
            records.line += 1;
            records.offset += len as u64;
            Ok(event)
        });
        match line {
            Some(event) => Some(event),
            None => self.any(),
        }
    }
}

impl<'a> Events<'a> {
    /// As [`Records::any`].
    #[cold]
    fn any(&mut self) -> Option<Result<Event<'a>, LineError<'a>>> {
        let record = self.0.any()?;
        Some(record.event.map_err(|error| record.line_error(error)))
    }

    /// Reads lines with these stamps. Without this they are found.
    #[must_use]
    pub fn with_stamps(self, stamps: Stamps) -> Self {
        Self(self.0.with_stamps(stamps))
    }
}

impl core::iter::FusedIterator for Events<'_> {}

/// The records of a capture; see [`records`].
#[derive(Debug, Clone)]
pub struct Records<'a> {
    rest: &'a [u8],
    framer: Framer,
    line: u64,
    offset: u64,
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    #[inline]
    fn next(&mut self) -> Option<Record<'a>> {
        let (buf, line, offset) = (self.rest, self.line, self.offset);
        let record = self.framer.line(buf, |event, text_len, len| {
            self.rest = &buf[len..];
            self.line += 1;
            self.offset += len as u64;
            Record {
                event: Ok(event),
                stamp: None,
                bytes: &buf[..text_len],
                line,
                offset,
            }
        });
        match record {
            Some(record) => Some(record),
            None => self.any(),
        }
    }
}

impl<'a> Records<'a> {
    /// The next one, of whatever kind.
    #[cold]
    fn any(&mut self) -> Option<Record<'a>> {
        let framed = self.framer.any_line(self.rest, true)?;
        let record = Record {
            event: framed.event,
            stamp: framed.stamp,
            bytes: framed.bytes,
            line: self.line,
            offset: self.offset,
        };
        self.rest = &self.rest[framed.len..];
        self.line += framed.lines;
        self.offset += framed.len as u64;
        Some(record)
    }
}

impl Records<'_> {
    /// Reads lines with these stamps. Without this they are found.
    #[must_use]
    pub fn with_stamps(mut self, stamps: Stamps) -> Self {
        self.framer.stamps = stamps;
        self
    }

    /// The number of the line that the next record begins on, counted from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Where the next record begins, in bytes from the start of the input.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Reads `rest`, which begins at that line and offset of the same input,
    /// with what was learned so far (which stamps the lines have, how wide the
    /// columns are). So an input can be read piece by piece, and in several
    /// threads.
    ///
    /// A record is only read right if all of it and the line after it, or
    /// [`MAX_RECORD`](crate::MAX_RECORD) bytes and some, are in the piece.
    ///
    /// ```
    /// use avahi_events::records;
    ///
    /// let capture = b"+;eth0;IPv4;a;_ipp._tcp;local\n-;eth0;IPv4;a;_ipp._tcp;local\n";
    /// let mut whole = records(capture);
    /// let second = whole.read_on(&capture[30..], 2, 30);
    /// whole.next();
    /// assert!(whole.is_where(&second));
    /// assert!(whole.eq(second));
    /// ```
    #[must_use]
    pub fn read_on<'b>(&self, rest: &'b [u8], line: u64, offset: u64) -> Records<'b> {
        Records {
            rest,
            framer: self.framer.at_next_record(),
            line,
            offset,
        }
    }

    /// Whether both are at the same place of an input and have learned the
    /// same, and so will read the same.
    #[must_use]
    pub fn is_where(&self, other: &Records<'_>) -> bool {
        (self.line, self.offset) == (other.line, other.offset)
            && self.framer.knows_what(&other.framer)
    }
}

impl core::iter::FusedIterator for Records<'_> {}

#[cfg(feature = "std")]
mod buffered {
    use std::{
        io::{self, BufRead},
        vec::Vec,
    };

    use super::{Event, Framer, Record, Stamps};
    use crate::{
        error::{OwnedReadError, ReadError},
        event::EventBuf,
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
            let record = Record {
                event: framed.event,
                stamp: framed.stamp,
                bytes: framed.bytes,
                line: self.line,
                offset: self.offset,
            };
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
            Ok(framed.map(|framed| Record {
                event: framed.event,
                stamp: framed.stamp,
                bytes: framed.bytes,
                line: self.line,
                offset: self.offset,
            }))
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
}

#[cfg(feature = "std")]
pub use buffered::{IntoEvents, Reader};
