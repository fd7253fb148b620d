//! What `avahi-browse` says on standard error, kept.

use std::{boxed::Box, fmt};

use crate::message::Message;

/// What `avahi-browse` wrote to standard error: a message, or a line of another
/// kind, owned.
///
/// ```
/// use avahi_events::{Message, browse::MessageBuf};
///
/// let message = MessageBuf::new(b"Disconnected, reconnecting ...");
/// assert_eq!(message.message(), Some(Message::Disconnected));
/// assert_eq!(message.as_bytes(), b"Disconnected, reconnecting ...");
/// assert_eq!(MessageBuf::new(b"\x1b[31m").to_string(), r"\u{1b}[31m");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MessageBuf {
    text: Box<[u8]>,
}

impl MessageBuf {
    /// The message that `text` is, without its line feed.
    ///
    /// ```
    /// use avahi_events::browse::MessageBuf;
    ///
    /// let message = MessageBuf::new(b"Failed to create client object: Daemon not running");
    /// assert!(message.message().is_some());
    /// assert!(MessageBuf::new(b"Segmentation fault").message().is_none());
    /// ```
    #[must_use]
    pub fn new(text: &[u8]) -> Self {
        Self { text: text.into() }
    }

    /// What it says, if it is known.
    #[must_use]
    pub fn message(&self) -> Option<Message<'_>> {
        Message::parse(&self.text)
    }

    /// The text as it was written, without its line feed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.text
    }
}

/// The text on one line, safe for a terminal.
impl fmt::Display for MessageBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::escape::write_text(self.text.iter().copied(), f)
    }
}

impl fmt::Debug for MessageBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.text.escape_ascii())
    }
}
