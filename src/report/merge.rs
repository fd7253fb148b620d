//! Several captures as one session, in the order of time.

use core::cmp::Reverse;
use std::{
    collections::BinaryHeap,
    format,
    io::{self, BufRead},
    sync::Arc,
    vec::Vec,
};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::{reader::Reader, record::Record, stamp::Clock};

/// A capture of a session: see [`Merge`].
///
/// ```
/// use avahi_events::{Clock, Reader, report::Source};
/// use jiff::tz::TimeZone;
///
/// let reader = Reader::new(&b"Nov 22 10:58:46 +;eth0;IPv4;a;_ipp._tcp;local\n"[..]);
/// let berlin = TimeZone::fixed(jiff::tz::offset(1));
/// let source = Source::new(reader)
///     .with_clock(Clock::new(berlin).with_year(2026))
///     .with_name("node1.log");
/// # let mut merge = avahi_events::report::Merge::new(vec![source]);
/// # let time = merge.next_record().unwrap().unwrap().time.unwrap();
/// # assert_eq!(time.to_string(), "2026-11-22T09:58:46Z");
/// ```
#[derive(Debug)]
pub struct Source<R> {
    reader: Reader<R>,
    clock: Clock,
    name: Option<Arc<str>>,
    /// The time of the last record that was given out and has one.
    last: Option<Timestamp>,
    /// The time of the next record, if it was looked at.
    next: Option<Option<Timestamp>>,
    ended: bool,
}

impl<R: BufRead> Source<R> {
    /// A capture whose stamps say their offset from UTC and their year, or are
    /// in UTC.
    pub fn new(reader: Reader<R>) -> Self {
        Self {
            reader,
            clock: Clock::new(TimeZone::UTC),
            name: None,
            last: None,
            next: None,
            ended: false,
        }
    }

    /// The same capture, with a clock that knows more of its stamps.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The same capture, with the name of its file, to tell it from others.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Looks at the next record: the time it comes at, if there is one.
    fn look(&mut self) -> io::Result<Option<Option<Timestamp>>> {
        if self.ended {
            return Ok(None);
        }
        match self.reader.peek_record() {
            Ok(Some(record)) => {
                let time = time(&record, &mut self.clock);
                self.next = Some(time);
                Ok(Some(time.or(self.last)))
            }
            Ok(None) => {
                self.ended = true;
                Ok(None)
            }
            Err(error) => {
                self.ended = true;
                Err(named(self.name.as_ref(), error))
            }
        }
    }

    #[inline]
    fn take(&mut self, several: bool) -> io::Result<Option<Next<'_>>> {
        let record = match self.reader.next_record() {
            Ok(Some(record)) => record,
            Ok(None) => {
                self.ended = true;
                return Ok(None);
            }
            Err(error) => {
                self.ended = true;
                return Err(named(self.name.as_ref(), error));
            }
        };
        let time = match self.next.take() {
            Some(time) => time,
            None => time(&record, &mut self.clock),
        };
        let before = self.last;
        self.last = time.or(self.last);
        Ok(Some(Next {
            record,
            time,
            before,
            file: self.name.as_ref().filter(|_| several),
        }))
    }
}

fn time(record: &Record<'_>, clock: &mut Clock) -> Option<Timestamp> {
    clock.time(&record.stamp?).ok()
}

fn named(name: Option<&Arc<str>>, error: io::Error) -> io::Error {
    match name {
        Some(name) => io::Error::new(error.kind(), format!("{name}: {error}")),
        None => error,
    }
}

/// A record of a session, as [`Merge`] gives it out.
///
/// ```
/// use avahi_events::{Reader, report::{Merge, Source}};
///
/// let capture = "1795345126 +;eth0;IPv4;a;_ipp._tcp;local\n1795345120 Got SIGTERM, quitting.\n";
/// let mut merge = Merge::new(vec![Source::new(Reader::new(capture.as_bytes()))]);
/// let next = merge.next_record().unwrap()?;
/// assert!(next.record.event.is_ok() && next.went_back().is_none());
/// let next = merge.next_record().unwrap()?;
/// assert!(next.record.message().is_some());
/// assert_eq!(next.went_back().unwrap().as_secs(), 6);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Next<'a> {
    /// The record, as its file has it.
    pub record: Record<'a>,
    /// When it was, if it has a stamp that means a time.
    pub time: Option<Timestamp>,
    /// The time of the record above it in its file, or of the last one that
    /// has one.
    pub before: Option<Timestamp>,
    /// Its file, if the session has several.
    pub file: Option<&'a Arc<str>>,
}

impl Next<'_> {
    /// How far the clock went back before this record, if it did.
    #[must_use]
    pub fn went_back(&self) -> Option<SignedDuration> {
        let (before, time) = (self.before?, self.time?);
        (time < before).then(|| before.duration_since(time))
    }
}

/// Brings captures into the order of time, and so makes one session of them.
///
/// It reads all of them side by side, a buffer of each at a time. Within a file
/// nothing changes its order; a record without a stamp comes right after the
/// one above it. Files without any stamps come first, in the order given.
///
/// ```
/// use avahi_events::{Reader, report::{Merge, Source}};
///
/// let captures = [
///     "1795345126 +;eth0;IPv4;a;_ipp._tcp;local\n1795345128 -;eth0;IPv4;a;_ipp._tcp;local\n",
///     "1795345127 +;eth0;IPv4;b;_ipp._tcp;local\n",
/// ];
/// let source = |capture: &'static str| Source::new(Reader::new(capture.as_bytes()));
/// let mut merge = Merge::new(captures.map(source).into());
/// let mut seconds = Vec::new();
/// while let Some(next) = merge.next_record() {
///     seconds.push(next?.time.unwrap().as_second());
/// }
/// assert_eq!(seconds, [1795345126, 1795345127, 1795345128]);
/// assert_eq!(merge.lines(), 3);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Merge<R> {
    sources: Vec<Source<R>>,
    /// Those whose next record was not looked at yet: at first all, from the
    /// last to the first; then the one that gave out the last record.
    unseen: Vec<usize>,
    /// The others that have not ended, the earliest first.
    waiting: BinaryHeap<Reverse<(Option<Timestamp>, usize)>>,
}

impl<R: BufRead> Merge<R> {
    /// A session of these captures.
    #[must_use]
    pub fn new(sources: Vec<Source<R>>) -> Self {
        Self {
            unseen: (0..sources.len()).rev().collect(),
            waiting: BinaryHeap::new(),
            sources,
        }
    }

    /// The next record; `None` at the end.
    ///
    /// # Errors
    ///
    /// If a file cannot be read further; the error says which, by the name it
    /// was given. The rest of that file is left out: the next call goes on with
    /// the others.
    #[inline]
    pub fn next_record(&mut self) -> Option<io::Result<Next<'_>>> {
        let several = self.sources.len() > 1;
        let first = match several {
            true => match self.first() {
                Ok(first) => first?,
                Err(error) => return Some(Err(error)),
            },
            false => 0,
        };
        let source = self.sources.get_mut(first).filter(|it| !it.ended)?;
        source.take(several).transpose()
    }

    /// The number of the capture with the earliest record.
    fn first(&mut self) -> io::Result<Option<usize>> {
        while let Some(number) = self.unseen.pop() {
            if let Some(time) = self.sources[number].look()? {
                self.waiting.push(Reverse((time, number)));
            }
        }
        let first = self.waiting.pop().map(|Reverse((_, number))| number);
        self.unseen.extend(first);
        Ok(first)
    }

    /// How many lines were read, of all captures.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.sources
            .iter()
            .map(|source| source.reader.lines())
            .sum()
    }
}
