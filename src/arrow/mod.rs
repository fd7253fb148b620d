//! Events as Arrow record batches: one row an event, in typed columns.
//!
//! [`Batches`] reads a capture, [`BatchBuilder`] takes rows from wherever they
//! come. Both give batches of bounded size; all have the columns of
//! [`schema`]:
//!
//! | column | type | what it holds |
//! | --- | --- | --- |
//! | `time` | timestamp, µs, UTC | the time of the stamp; null without one |
//! | `nanos` | u16 | the nanoseconds that `time` leaves out, 0 to 999 |
//! | `stamp_host` | text | the host that the stamp names |
//! | `file` | text | the capture |
//! | `line` | i64 | the number of the record's first line in it, from 1 |
//! | `event` | text | [`Kind::as_str`](crate::Kind::as_str); never null |
//! | `interface` | text | the interface's name; null where it has none |
//! | `protocol` | text | `IPv4` or `IPv6`: what the event was seen *over* |
//! | `name` | text | the service's name, decoded; null in events about domains |
//! | `name_bytes` | binary | the name, only where it is not UTF-8 |
//! | `name_lossy` | bool | [`Label::is_lossy`](crate::Label::is_lossy); never null |
//! | `type` | text | the DNS type, if it is known |
//! | `type_name` | text | the display name, if one was printed |
//! | `domain` | text | escaped, as printed; never null |
//! | `host` | text | escaped, as printed; null unless resolved, as all below |
//! | `address` | text | as printed |
//! | `address_bytes` | 16 bytes | in network order; IPv4 as `::ffff:192.0.2.7` |
//! | `port` | u16 | |
//! | `txt` | list of `key` (text), `value` (binary) | the strings, in the order printed |
//! | `record` | binary | the record as printed, only where `interface`, `type`, `type_name`, `domain` or `host` is not UTF-8, and so could not be kept there |
//!
//! They say what the JSON of the events says. What is not UTF-8 has U+FFFD in
//! the text columns. In `txt`, `value` is null where the string has no `=`;
//! where the key is not UTF-8, `key` is null and `value` is all of the string.
//!
//! Text is dictionary-encoded, but for what is in `txt`. Microseconds, and the
//! rest beside them, since not every engine reads nanoseconds, and not every
//! time that a stamp can say fits in 64 bits of them.
//!
//! ```
//! use avahi_events::{Clock, Reader};
//! use avahi_events::arrow::{Batches, arrow_array::{cast::AsArray, types::UInt16Type}};
//! use jiff::tz::TimeZone;
//!
//! let capture = br#"=;eth0;IPv4;printer;_ipp._tcp;local;p.local;192.0.2.7;631;"note=2nd floor"
//! "#;
//! let mut batches = Batches::new(Reader::new(&capture[..]), Clock::new(TimeZone::UTC));
//! let batch = batches.next().unwrap()?;
//! assert_eq!(batch.num_rows(), 1);
//! let ports = batch.column_by_name("port").unwrap().as_primitive::<UInt16Type>();
//! assert_eq!(ports.value(0), 631);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod batches;
mod columns;

use std::{
    boxed::Box,
    sync::{Arc, LazyLock},
    vec,
};

use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use jiff::Timestamp;

use crate::{Event, Record, ServiceTypes};

pub use self::{batches::Batches, columns::BatchBuilder};
/// The versions of the crates whose types are used here.
pub use {arrow_array, arrow_schema};

/// The most rows that a batch has unless it is said otherwise.
///
/// ```
/// use avahi_events::{arrow::{BatchBuilder, MAX_ROWS, Row}, records};
///
/// let record = records(b"+;eth0;IPv4;a;_x._tcp;local\n").next().unwrap();
/// let row = Row::new(&record).unwrap();
/// let mut builder = BatchBuilder::new();
/// for _ in 1..MAX_ROWS {
///     assert!(builder.push(&row)?.is_none());
/// }
/// assert_eq!(builder.push(&row)?.unwrap().num_rows(), MAX_ROWS);
/// # Ok::<(), avahi_events::arrow::arrow_schema::ArrowError>(())
/// ```
pub const MAX_ROWS: usize = 64 * 1024;

/// The most bytes that a batch takes up, about, however long its texts are: 64
/// MiB.
///
/// ```
/// use avahi_events::{MAX_RECORD, arrow::{MAX_BYTES, MAX_ROWS}};
///
/// // Long texts end a batch before its rows do.
/// assert!(MAX_ROWS * MAX_RECORD > MAX_BYTES);
/// ```
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The columns that every batch has.
///
/// ```
/// use avahi_events::arrow::{arrow_schema::DataType, schema};
///
/// assert_eq!(schema().field_with_name("address_bytes")?.data_type(), &DataType::FixedSizeBinary(16));
/// # Ok::<(), avahi_events::arrow::arrow_schema::ArrowError>(())
/// ```
#[must_use]
pub fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        let words = |keys: DataType| DataType::Dictionary(Box::new(keys), Box::new(DataType::Utf8));
        let text = || words(DataType::Int32);
        let few = || words(DataType::Int8);
        let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        Arc::new(Schema::new(vec![
            Field::new("time", time, true),
            Field::new("nanos", DataType::UInt16, true),
            Field::new("stamp_host", text(), true),
            Field::new("file", text(), true),
            Field::new("line", DataType::Int64, false),
            Field::new("event", few(), false),
            Field::new("interface", text(), true),
            Field::new("protocol", few(), true),
            Field::new("name", text(), true),
            Field::new("name_bytes", DataType::Binary, true),
            Field::new("name_lossy", DataType::Boolean, false),
            Field::new("type", text(), true),
            Field::new("type_name", text(), true),
            Field::new("domain", text(), false),
            Field::new("host", text(), true),
            Field::new("address", text(), true),
            Field::new("address_bytes", DataType::FixedSizeBinary(16), true),
            Field::new("port", DataType::UInt16, true),
            Field::new_list("txt", txt_string(), true),
            Field::new("record", DataType::Binary, true),
        ]))
    });
    Arc::clone(&SCHEMA)
}

/// A string of `txt`.
fn txt_string() -> Field {
    Field::new("element", DataType::Struct(txt_parts()), false)
}

fn txt_parts() -> Fields {
    Fields::from(vec![
        Field::new("key", DataType::Utf8, true),
        Field::new("value", DataType::Binary, true),
    ])
}

/// An event with what a capture knows beside it: what a row is made of.
///
/// ```
/// use avahi_events::{arrow::{BatchBuilder, Row}, records};
///
/// let capture = b"Nov 22 10:58:46 node1 avahi-browse[812]: +;eth0;IPv4;printer;_ipp._tcp;local\n";
/// let record = records(capture).next().unwrap();
/// let row = Row::new(&record).unwrap().with_file("mdns.log");
/// assert_eq!(row.stamp_host(), Some("node1"));
/// assert_eq!(row.time(), None); // unless `with_time` says it
/// let mut builder = BatchBuilder::new();
/// assert!(builder.push(&row)?.is_none());
/// assert_eq!(builder.finish()?.unwrap().num_rows(), 1);
/// # Ok::<(), avahi_events::arrow::arrow_schema::ArrowError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    event: Event<'a>,
    record: &'a [u8],
    line: u64,
    stamp_host: Option<&'a str>,
    file: Option<&'a str>,
    time: Option<Timestamp>,
    types: Option<&'a ServiceTypes>,
}

impl<'a> Row<'a> {
    /// The record's event, its line and the host that its stamp names; `None`
    /// if it is no event.
    #[must_use]
    pub fn new(record: &Record<'a>) -> Option<Self> {
        Some(Self {
            event: record.event.ok()?,
            record: record.bytes,
            line: record.line,
            stamp_host: record.stamp.and_then(|stamp| stamp.host()),
            file: None,
            time: None,
            types: None,
        })
    }

    /// With the name of the capture.
    #[must_use]
    pub const fn with_file(mut self, file: &'a str) -> Self {
        self.file = Some(file);
        self
    }

    /// With the time of its stamp.
    #[must_use]
    pub const fn with_time(mut self, time: Timestamp) -> Self {
        self.time = Some(time);
        self
    }

    /// With the DNS types of display names that this database knows.
    #[must_use]
    pub const fn with_service_types(mut self, types: &'a ServiceTypes) -> Self {
        self.types = Some(types);
        self
    }

    /// The time, if it is known.
    #[must_use]
    pub const fn time(&self) -> Option<Timestamp> {
        self.time
    }

    /// The host that the stamp names.
    #[must_use]
    pub const fn stamp_host(&self) -> Option<&'a str> {
        self.stamp_host
    }
}
