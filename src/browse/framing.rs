//! The records in what a child writes, as they become complete.

use std::{
    time::{Duration, Instant},
    vec::Vec,
};

use memchr::{memchr, memrchr};

use crate::{
    event::Event,
    record::{Framer, Record},
    stamp::Stamps,
};

/// How long an event is held that could go on with the next line, if nothing
/// more comes: TXT of Avahi before 0.8 that is closed at the line's end.
const HELD_CLOSED: Duration = Duration::from_millis(20);

/// The same for what is not complete, as TXT that is not closed yet. The rest
/// is on its way, or the line is damaged.
const HELD_OPEN: Duration = Duration::from_secs(1);

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

/// The records of one stream.
#[derive(Debug)]
pub(super) struct Framing {
    buffer: Buffer,
    framer: Framer,
    line: u64,
    offset: u64,
    ended: bool,
    /// Until when a whole line is held that may not be a whole record.
    held: Option<Instant>,
}

impl Framing {
    pub(super) fn new() -> Self {
        let mut framer = Framer::default();
        framer.stamps = Stamps::None;
        Self {
            buffer: Buffer::default(),
            framer,
            line: 1,
            offset: 0,
            ended: false,
            held: None,
        }
    }

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

    /// What `keep` makes of the next record, if that is complete, or has been
    /// held long enough.
    pub(super) fn next<T>(&mut self, keep: impl Fn(Record<'_>) -> T) -> Option<T> {
        if self.ended {
            return self.take(Part::All, keep);
        }
        match self.held {
            // Nothing has come since it was looked at.
            Some(until) if Instant::now() < until => None,
            Some(_) => {
                self.held = None;
                self.take(Part::Lines, keep)
            }
            None => {
                let kept = self.take(Part::Certain, keep);
                if kept.is_none() {
                    self.held = self.hold();
                }
                kept
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

    fn take<T>(&mut self, part: Part, keep: impl Fn(Record<'_>) -> T) -> Option<T> {
        let rest = self.buffer.rest();
        let rest = match part {
            Part::Lines => &rest[..memrchr(b'\n', rest)? + 1],
            Part::Certain | Part::All => rest,
        };
        let framed = self.framer.next(rest, part != Part::Certain)?;
        let kept = keep(framed.record(self.line, self.offset));
        let (len, lines) = (framed.len, framed.lines);
        self.buffer.front += len;
        self.line += lines;
        self.offset += len as u64;
        Some(kept)
    }
}
