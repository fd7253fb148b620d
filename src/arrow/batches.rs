//! Captures to batches.

use std::{io::BufRead, string::String};

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};

use super::{BatchBuilder, Row, schema};
use crate::{Clock, Reader, Record, ServiceTypes};

/// Reads a capture as record batches.
///
/// Lines that are no events are in none of them;
/// [`next_batch`](Self::next_batch) has them.
///
/// ```
/// use avahi_events::{Clock, Reader, arrow::Batches};
/// use jiff::tz::TimeZone;
///
/// let capture = &b"+;eth0;IPv4;a;_ipp._tcp;local\n-;eth0;IPv4;a;_ipp._tcp;local\n"[..];
/// let batches = Batches::new(Reader::new(capture), Clock::new(TimeZone::UTC)).with_max_rows(1);
/// let rows: Vec<_> = batches.map(|batch| batch.map(|it| it.num_rows())).collect::<Result<_, _>>()?;
/// assert_eq!(rows, [1, 1]);
/// # Ok::<(), avahi_events::arrow::arrow_schema::ArrowError>(())
/// ```
#[derive(Debug)]
pub struct Batches<R> {
    reader: Reader<R>,
    clock: Clock,
    file: Option<String>,
    types: Option<ServiceTypes>,
    builder: BatchBuilder,
}

impl<R: BufRead> Batches<R> {
    /// Reads what is left in `reader`, with the times that `clock` makes of its
    /// stamps.
    pub fn new(reader: Reader<R>, clock: Clock) -> Self {
        Self {
            reader,
            clock,
            file: None,
            types: None,
            builder: BatchBuilder::new(),
        }
    }

    /// Puts this name in the column `file`.
    #[must_use]
    pub fn with_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Knows the DNS types of display names that this database does.
    #[must_use]
    pub fn with_service_types(mut self, types: ServiceTypes) -> Self {
        self.types = Some(types);
        self
    }

    /// Makes batches of at most that many rows, and at least one; otherwise it
    /// is [`MAX_ROWS`](super::MAX_ROWS).
    #[must_use]
    pub fn with_max_rows(mut self, rows: usize) -> Self {
        self.builder = self.builder.with_max_rows(rows);
        self
    }

    /// The next batch, `None` at the end; what is no event goes to `other`.
    ///
    /// # Errors
    ///
    /// [`ArrowError::IoError`] if the input fails; the next call tries to read
    /// again. Others as [`BatchBuilder::push`].
    ///
    /// ```
    /// use avahi_events::{Clock, Message, Reader, arrow::Batches};
    /// use jiff::tz::TimeZone;
    ///
    /// let capture = &b"+;eth0;IPv4;printer;_ipp._tcp;local\nGot SIGTERM, quitting.\n"[..];
    /// let mut batches = Batches::new(Reader::new(capture), Clock::new(TimeZone::UTC));
    /// let mut messages = 0;
    /// let batch = batches.next_batch(|record| messages += usize::from(record.message().is_some()))?;
    /// assert_eq!((batch.unwrap().num_rows(), messages), (1, 1));
    /// # Ok::<(), avahi_events::arrow::arrow_schema::ArrowError>(())
    /// ```
    pub fn next_batch(
        &mut self,
        mut other: impl FnMut(&Record<'_>),
    ) -> Result<Option<RecordBatch>, ArrowError> {
        while let Some(record) = self.reader.next_record()? {
            // The year of a stamp may follow from those before it, also of
            // messages.
            let time = record.stamp.and_then(|it| self.clock.time(&it).ok());
            let Some(row) = Row::new(&record) else {
                other(&record);
                continue;
            };
            let row = Row {
                time,
                file: self.file.as_deref(),
                types: self.types.as_ref(),
                ..row
            };
            if let Some(batch) = self.builder.push(&row)? {
                return Ok(Some(batch));
            }
        }
        self.builder.finish()
    }
}

impl<R: BufRead> Iterator for Batches<R> {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_batch(|_| {}).transpose()
    }
}

impl<R: BufRead> RecordBatchReader for Batches<R> {
    fn schema(&self) -> SchemaRef {
        schema()
    }
}
