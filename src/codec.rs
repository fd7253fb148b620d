//! Records from what tokio reads.

use std::io;

use tokio_util::{
    bytes::{Buf, BytesMut},
    codec::Decoder,
};

use crate::{
    record::{Framer, RecordBuf},
    stamp::Stamps,
};

/// Reads the records of a capture from anything that tokio reads: put it into
/// a [`FramedRead`], which then is a stream of [`RecordBuf`]s.
///
/// It gives what [`records`](crate::records) gives for the same bytes, however
/// they come in. A record that is no event is an item like any other, so that
/// the stream ends only where the input does, or fails: a decoder that fails
/// would end it.
///
/// A record is given out as soon as its line is read; only where TXT is not
/// escaped, as from Avahi before 0.8, has the beginning of the next line to be
/// there too. The buffer holds at most [`MAX_RECORD`](crate::MAX_RECORD) bytes
/// of a record and what was read at once with them. Nothing is lost if a
/// future that waits for the next record is dropped, as `tokio::select!` does
/// it: what was read stays in the `FramedRead`.
///
/// ```
/// use avahi_events::{Event, RecordDecoder};
/// use futures_util::StreamExt as _;
/// use tokio_util::codec::FramedRead;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let input = &b"+;eth0;IPv4;printer;_ipp._tcp;local\noops\n-;eth0;IPv4;printer;_ipp._tcp;local"[..];
/// let mut records = FramedRead::new(input, RecordDecoder::new());
/// let mut signs = String::new();
/// while let Some(record) = records.next().await {
///     signs.push(match record?.record().event {
///         Ok(event) => event.kind().sign(),
///         Err(_) => '?',
///     });
/// }
/// assert_eq!(signs, "+?-");
/// # Ok(())
/// # }
/// ```
///
/// [`FramedRead`]: tokio_util::codec::FramedRead
#[cfg_attr(docsrs, doc(cfg(feature = "tokio")))]
#[derive(Debug, Clone)]
pub struct RecordDecoder {
    framer: Framer,
    line: u64,
    offset: u64,
}

impl RecordDecoder {
    /// A decoder for an input from its start.
    #[must_use]
    pub fn new() -> Self {
        Self {
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

    fn take(&mut self, input: &mut BytesMut, last: bool) -> Option<RecordBuf> {
        let framed = self.framer.next(input, last)?;
        let (len, lines) = (framed.len, framed.lines);
        let record = RecordBuf::from(framed.record(self.line, self.offset));
        input.advance(len);
        self.line += lines;
        self.offset += len as u64;
        Some(record)
    }
}

impl Default for RecordDecoder {
    fn default() -> Self {
        Self::new()
    }
}

/// The errors are those of the input, not of records.
impl Decoder for RecordDecoder {
    type Item = RecordBuf;
    type Error = io::Error;

    fn decode(&mut self, input: &mut BytesMut) -> io::Result<Option<RecordBuf>> {
        Ok(self.take(input, false))
    }

    fn decode_eof(&mut self, input: &mut BytesMut) -> io::Result<Option<RecordBuf>> {
        Ok(self.take(input, true))
    }
}
