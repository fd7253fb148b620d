//! The records and the lines in what a child writes, as they become complete.

use std::{
    boxed::Box,
    time::{Duration, Instant},
    vec::Vec,
};

use memchr::{memchr, memrchr};

use crate::{
    error::OwnedReadError,
    event::{Event, EventBuf},
    record::{Framed, Framer},
};

/// How long a record is held that could go on with the next line, if nothing
/// more comes: TXT of Avahi before 0.8 that is closed at the line's end.
const HELD_CLOSED: Duration = Duration::from_millis(20);

/// The same for TXT that is not closed yet. The rest is on its way, or the
/// line is damaged.
const HELD_OPEN: Duration = Duration::from_secs(1);

/// The longest message, in bytes. A longer line comes in pieces.
const MAX_MESSAGE: usize = 64 * 1024;

/// Bytes that were read, and how many of them have been dealt with.
#[derive(Debug, Default)]
struct Buffer {
    bytes: Vec<u8>,
    front: usize,
}

impl Buffer {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.front..]
    }

    fn add(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.front);
        self.front = 0;
        self.bytes.extend_from_slice(bytes);
    }
}

/// What is to be read out of a buffer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// What is certain to be complete.
    Certain,
    /// All whole lines, as if no more were to come.
    Lines,
    /// Everything: the input has ended.
    All,
}

/// Standard output: records.
#[derive(Debug)]
pub(super) struct Records {
    buffer: Buffer,
    framer: Framer,
    line: u64,
    offset: u64,
    ended: bool,
    /// Until when a whole line is held that may not be a whole record.
    held: Option<Instant>,
}

impl Default for Records {
    fn default() -> Self {
        Self {
            buffer: Buffer::default(),
            framer: Framer::default(),
            line: 1,
            offset: 0,
            ended: false,
            held: None,
        }
    }
}

impl Records {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.buffer.add(bytes);
        self.held = None;
    }

    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    /// When to ask again, though nothing more has come.
    pub(super) fn held(&self) -> Option<Instant> {
        self.held
    }

    /// The next record, if it is complete, or has been held long enough.
    pub(super) fn next(&mut self) -> Option<Result<EventBuf, OwnedReadError>> {
        if self.ended {
            return self.take(Part::All);
        }
        match self.held {
            // Nothing has come since it was looked at.
            Some(until) if Instant::now() < until => None,
            Some(_) => {
                self.held = None;
                self.take(Part::Lines)
            }
            None => {
                let record = self.take(Part::Certain);
                if record.is_none() {
                    self.held = self.hold();
                }
                record
            }
        }
    }

    /// Until when to hold what is not certain to be a whole record; `None` if
    /// not even a line is there.
    fn hold(&self) -> Option<Instant> {
        let rest = self.buffer.rest();
        let line = &rest[..memchr(b'\n', rest)?];
        let wait = match Event::parse(line) {
            Ok(_) => HELD_CLOSED,
            Err(_) => HELD_OPEN,
        };
        Some(Instant::now() + wait)
    }

    fn take(&mut self, part: Part) -> Option<Result<EventBuf, OwnedReadError>> {
        let rest = self.buffer.rest();
        let rest = match part {
            Part::Lines => &rest[..memrchr(b'\n', rest)? + 1],
            Part::Certain | Part::All => rest,
        };
        let Framed {
            event,
            bytes,
            len,
            lines,
        } = self.framer.next(rest, part != Part::Certain)?;
        let item = match event {
            Ok(event) => Ok(event.into()),
            Err(error) => Err(OwnedReadError::Line {
                error,
                bytes: bytes.into(),
                line: self.line,
                offset: self.offset,
            }),
        };
        self.buffer.front += len;
        self.line += lines;
        self.offset += len as u64;
        Some(item)
    }
}

/// Standard error: lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    buffer: Buffer,
    ended: bool,
}

impl Lines {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.buffer.add(bytes);
    }

    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    /// The next line, without its line feed.
    pub(super) fn next(&mut self) -> Option<Box<[u8]>> {
        let rest = self.buffer.rest();
        let window = &rest[..rest.len().min(MAX_MESSAGE)];
        let (line, len) = match memchr(b'\n', window) {
            Some(feed) => (&window[..feed], feed + 1),
            None if window.len() == MAX_MESSAGE => (window, window.len()),
            None if self.ended && !window.is_empty() => (window, window.len()),
            None => return None,
        };
        let line = line.into();
        self.buffer.front += len;
        Some(line)
    }
}
