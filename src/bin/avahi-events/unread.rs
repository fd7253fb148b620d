//! What did not read, told on standard error: the first few, then a count.

use std::{fmt::Display, io::Write as _};

use avahi_events::{ParseError, Record};

use crate::safe;

/// So many are shown one by one.
const SHOWN: u64 = 10;

/// Counts what did not read, and shows the first of it.
#[derive(Debug, Default)]
pub struct Unread {
    count: u64,
    /// File and line of the last one, so that a line that comes in pieces is
    /// one.
    last: Option<(String, u64)>,
    /// What is to be said later: file, line, and the text.
    held: Option<Vec<(String, u64, String)>>,
}

impl Unread {
    /// Says nothing until it is [added](Self::add) to another.
    pub fn held() -> Self {
        Self {
            held: Some(Vec::new()),
            ..Self::default()
        }
    }

    /// Adds what was held, as if it came now.
    pub fn add(&mut self, held: Self) {
        let mut later = held.count;
        for (file, line, text) in held.held.unwrap_or_default() {
            later -= 1;
            self.say(file, line, || text);
        }
        self.count += later;
        self.last = held.last.or(self.last.take());
    }

    /// Takes note of a record that is no event: says so on standard error as
    /// `FILE:LINE:COLUMN: reason`. Lines that are known to be none (messages,
    /// empty lines) are passed over. Returns whether the record is unread.
    pub fn note(&mut self, file: &str, record: &Record<'_>) -> bool {
        let Some(error) = record.unread() else {
            return false;
        };
        self.tell(file, record.line, record.bytes, error);
        true
    }

    /// Says so, but of a line that comes in pieces only once.
    pub fn tell(&mut self, file: &str, line: u64, bytes: &[u8], error: ParseError) {
        let before = &bytes[..error.offset().min(bytes.len())];
        // The column says where.
        self.tell_at(file, line, before, &format_args!("{error:#}"));
    }

    /// Says why, and that it is what comes after `before` in the record that
    /// begins on `line`.
    pub fn tell_at(&mut self, file: &str, line: u64, before: &[u8], reason: &dyn Display) {
        self.say(file.to_owned(), line, || {
            // In a record of several lines, the place counts from its own line.
            let feeds = before.iter().filter(|&&byte| byte == b'\n').count() as u64;
            let column = before
                .iter()
                .rev()
                .take_while(|&&byte| byte != b'\n')
                .count()
                + 1;
            let line = line + feeds;
            format!("{}:{line}:{column}: {reason}", safe::text(file.as_bytes()))
        });
    }

    fn say(&mut self, file: String, line: u64, text: impl FnOnce() -> String) {
        let place = (file, line);
        if self.last.as_ref() == Some(&place) {
            return;
        }
        self.count += 1;
        if self.count <= SHOWN {
            match &mut self.held {
                Some(held) => held.push((place.0.clone(), line, text())),
                None => say(&text()),
            }
        }
        self.last = Some(place);
    }

    /// Says how many more there were than shown.
    pub fn finish(&self) {
        if self.count > SHOWN {
            say(&format!(
                "and {} more that did not read",
                self.count - SHOWN
            ));
        }
    }

    /// Whether there was any.
    pub fn any(&self) -> bool {
        self.count > 0
    }
}

/// Says it on standard error, where nobody may be listening.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
