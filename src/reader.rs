//! Whole captures: from a slice, or from anything that can be read.

#[cfg(feature = "std")]
mod buffered;

#[cfg(feature = "std")]
pub use self::buffered::{IntoEvents, Reader};
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
///
/// ```
/// use avahi_events::{Stamps, events};
///
/// let capture = b"1795345126 +;eth0;IPv4;printer;_ipp._tcp;local\n";
/// assert!(events(capture).next().unwrap().is_ok());
/// assert!(events(capture).with_stamps(Stamps::None).next().unwrap().is_err());
/// ```
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
///
/// ```
/// use avahi_events::records;
///
/// let mut records = records(b"+;eth0;IPv4;printer;_ipp._tcp;local\n\n");
/// records.next();
/// assert_eq!((records.line(), records.offset()), (2, 36));
/// ```
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
        let record = framed.record(self.line, self.offset);
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
