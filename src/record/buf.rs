//! The owned form of a record.

use alloc::boxed::Box;

use super::Record;
use crate::{
    error::ParseError,
    event::EventBuf,
    stamp::{Stamp, StampFormat},
};

/// A [`Record`] that owns its bytes: two allocations, of which an event takes
/// one.
///
/// ```
/// use avahi_events::{Message, RecordBuf, records};
///
/// let kept: Vec<RecordBuf> = {
///     let capture = String::from("+;eth0;IPv4;a;_http._tcp;local\nGot SIGTERM, quitting.\n");
///     records(capture.as_bytes()).map(RecordBuf::from).collect()
/// };
/// assert!(kept[0].record().event.is_ok());
/// assert_eq!(kept[1].record().line, 2);
/// assert!(matches!(kept[1].record().message(), Some(Message::Signal { .. })));
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RecordBuf {
    event: Result<EventBuf, ParseError>,
    stamp: Option<StampFormat>,
    bytes: Box<[u8]>,
    line: u64,
    offset: u64,
}

impl RecordBuf {
    /// The record, borrowed from this one. Nothing but its stamp is parsed
    /// again.
    #[must_use]
    pub fn record(&self) -> Record<'_> {
        Record {
            event: self.event.as_ref().map(EventBuf::event).map_err(|it| *it),
            stamp: self.stamp.and_then(|it| Stamp::parse(&self.bytes, it)),
            bytes: &self.bytes,
            line: self.line,
            offset: self.offset,
        }
    }

    /// The event, or why there is none.
    ///
    /// # Errors
    ///
    /// Where the record is no event, as [`Record::event`] has it.
    pub fn into_event(self) -> Result<EventBuf, ParseError> {
        self.event
    }
}

impl From<Record<'_>> for RecordBuf {
    fn from(record: Record<'_>) -> Self {
        Self {
            event: record.event.map(EventBuf::from),
            stamp: record.stamp.map(|it| it.format()),
            bytes: record.bytes.into(),
            line: record.line,
            offset: record.offset,
        }
    }
}
