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
}

impl Unread {
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
        self.tell_at(
            file,
            line,
            &bytes[..error.offset().min(bytes.len())],
            &error,
        );
    }

    /// Says why, and that it is what comes after `before` in the record that
    /// begins on `line`.
    pub fn tell_at(&mut self, file: &str, line: u64, before: &[u8], reason: &dyn Display) {
        if self
            .last
            .as_ref()
            .is_some_and(|(last, last_line)| last == file && *last_line == line)
        {
            return;
        }
        self.last = Some((file.to_owned(), line));
        self.count += 1;
        if self.count <= SHOWN {
            // In a record of several lines, the place counts from its own line.
            let feeds = before.iter().filter(|&&byte| byte == b'\n').count() as u64;
            let column = before
                .iter()
                .rev()
                .take_while(|&&byte| byte != b'\n')
                .count()
                + 1;
            let line = line + feeds;
            say(&format!(
                "{}:{line}:{column}: {reason}",
                safe::text(file.as_bytes())
            ));
        }
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
