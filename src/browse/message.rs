//! What `avahi-browse` says on standard error, kept.

use std::{boxed::Box, fmt};

use crate::message::Message;

/// A line that `avahi-browse` wrote to standard error, owned.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MessageBuf {
    line: Box<[u8]>,
}

impl MessageBuf {
    /// The line that `line` is.
    ///
    /// ```
    /// use avahi_events::browse::MessageBuf;
    ///
    /// let message = MessageBuf::new(b"Failed to create client object: Daemon not running");
    /// assert!(message.message().is_some());
    /// assert!(MessageBuf::new(b"Segmentation fault").message().is_none());
    /// ```
    #[must_use]
    pub fn new(line: &[u8]) -> Self {
        Self { line: line.into() }
    }

    /// The message that the line is, if it is a known one.
    #[must_use]
    pub fn message(&self) -> Option<Message<'_>> {
        Message::parse(&self.line)
    }

    /// The line as it was written, without its line feed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.line
    }
}

impl From<Box<[u8]>> for MessageBuf {
    fn from(line: Box<[u8]>) -> Self {
        Self { line }
    }
}

/// The line, safe for a terminal.
impl fmt::Display for MessageBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::escape::write_text(self.line.iter().copied(), f)
    }
}

impl fmt::Debug for MessageBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.line.escape_ascii())
    }
}
