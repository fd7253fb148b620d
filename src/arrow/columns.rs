//! Rows to columns.

use core::{fmt, net::IpAddr};
use std::{
    borrow::Cow,
    string::{String, ToString as _},
    sync::Arc,
    vec,
    vec::Vec,
};

use arrow_array::{
    ArrayRef, ListArray, RecordBatch, StructArray,
    builder::{
        BinaryBuilder, BooleanBuilder, FixedSizeBinaryBuilder, Int64Builder, StringBuilder,
        StringDictionaryBuilder, TimestampMicrosecondBuilder, UInt16Builder,
    },
    types::{ArrowDictionaryKeyType, Int8Type, Int32Type},
};
use arrow_buffer::{ArrowNativeType as _, NullBufferBuilder, OffsetBuffer};
use arrow_schema::ArrowError;
use jiff::Timestamp;

use super::{MAX_BYTES, MAX_ROWS, Row, schema, txt_parts, txt_string};
use crate::{Endpoint, Interface, Service, Txt};

/// About what a row takes up, in bytes, beside its texts.
const ROW: usize = 128;

/// About what a builder takes up, in bytes, beside its rows.
const EMPTY: usize = 8 * 1024;

/// Makes batches of rows, each as soon as it has as many rows as it may have,
/// or takes up [`MAX_BYTES`].
///
/// ```
/// use avahi_events::{arrow::{BatchBuilder, Row}, records};
///
/// let capture = b"+;eth0;IPv4;printer;_ipp._tcp;local\n".repeat(5);
/// let mut builder = BatchBuilder::new().with_max_rows(2);
/// let mut sizes = Vec::new();
/// for row in records(&capture).filter_map(|record| Row::new(&record)) {
///     if let Some(batch) = builder.push(&row)? {
///         sizes.push(batch.num_rows());
///     }
/// }
/// if let Some(batch) = builder.finish()? {
///     sizes.push(batch.num_rows());
/// }
/// assert_eq!(sizes, [2, 2, 1]);
/// # Ok::<(), avahi_events::arrow::arrow_schema::ArrowError>(())
/// ```
pub struct BatchBuilder {
    max_rows: usize,
    rows: usize,
    bytes: usize,
    columns: Columns,
}

impl fmt::Debug for BatchBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchBuilder")
            .field("max_rows", &self.max_rows)
            .field("rows", &self.rows)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

impl Default for BatchBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl BatchBuilder {
    /// One without rows, for batches of at most [`MAX_ROWS`].
    #[must_use]
    pub fn new() -> Self {
        Self {
            max_rows: MAX_ROWS,
            rows: 0,
            bytes: 0,
            columns: Columns::default(),
        }
    }

    /// The same, for batches of at most that many rows, and at least one.
    #[must_use]
    pub fn with_max_rows(mut self, rows: usize) -> Self {
        self.max_rows = rows.max(1);
        self
    }

    /// Adds a row. If the batch is full with it, here it is.
    ///
    /// # Errors
    ///
    /// If Arrow takes the values for none of the column's, or has no room for
    /// them; the bounds of a batch keep it from that.
    pub fn push(&mut self, row: &Row<'_>) -> Result<Option<RecordBatch>, ArrowError> {
        self.rows += 1;
        self.bytes += ROW + self.columns.push(row)?;
        match self.rows >= self.max_rows || self.bytes >= MAX_BYTES {
            true => self.finish(),
            false => Ok(None),
        }
    }

    /// The rows since the last batch, if there are any.
    ///
    /// # Errors
    ///
    /// As [`push`](Self::push).
    pub fn finish(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        let rows = core::mem::take(&mut self.rows);
        self.bytes = 0;
        let columns = core::mem::take(&mut self.columns);
        match rows {
            0 => Ok(None),
            _ => RecordBatch::try_new(schema(), columns.finish()?).map(Some),
        }
    }

    /// About how much memory it takes up, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        EMPTY + self.bytes
    }
}

/// A column of texts that repeat.
struct Words<K: ArrowDictionaryKeyType> {
    builder: StringDictionaryBuilder<K>,
    /// How many bytes its words have: each is kept once.
    bytes: usize,
    words: usize,
}

impl<K: ArrowDictionaryKeyType> Default for Words<K> {
    fn default() -> Self {
        Self {
            builder: StringDictionaryBuilder::with_capacity(0, 0, 0),
            bytes: 0,
            words: 0,
        }
    }
}

impl<K: ArrowDictionaryKeyType> Words<K> {
    fn put(&mut self, text: Option<&str>) -> Result<(), ArrowError> {
        let Some(text) = text else {
            self.builder.append_null();
            return Ok(());
        };
        let key = self.builder.append(text)?;
        if key.as_usize() >= self.words {
            self.words += 1;
            self.bytes += text.len() + 32;
        }
        Ok(())
    }

    fn finish(mut self) -> ArrayRef {
        Arc::new(self.builder.finish())
    }
}

struct Columns {
    time: TimestampMicrosecondBuilder,
    nanos: UInt16Builder,
    stamp_host: Words<Int32Type>,
    file: Words<Int32Type>,
    line: Int64Builder,
    event: Words<Int8Type>,
    interface: Words<Int32Type>,
    protocol: Words<Int8Type>,
    name: Words<Int32Type>,
    name_bytes: BinaryBuilder,
    name_lossy: BooleanBuilder,
    service_type: Words<Int32Type>,
    type_name: Words<Int32Type>,
    domain: Words<Int32Type>,
    host: Words<Int32Type>,
    address: Words<Int32Type>,
    address_bytes: FixedSizeBinaryBuilder,
    port: UInt16Builder,
    txt: TxtColumn,
    record: BinaryBuilder,
}

impl Default for Columns {
    fn default() -> Self {
        Self {
            time: TimestampMicrosecondBuilder::with_capacity(0).with_timezone("UTC"),
            nanos: UInt16Builder::with_capacity(0),
            stamp_host: Words::default(),
            file: Words::default(),
            line: Int64Builder::with_capacity(0),
            event: Words::default(),
            interface: Words::default(),
            protocol: Words::default(),
            name: Words::default(),
            name_bytes: BinaryBuilder::with_capacity(0, 0),
            name_lossy: BooleanBuilder::with_capacity(0),
            service_type: Words::default(),
            type_name: Words::default(),
            domain: Words::default(),
            host: Words::default(),
            address: Words::default(),
            address_bytes: FixedSizeBinaryBuilder::with_capacity(0, 16),
            port: UInt16Builder::with_capacity(0),
            txt: TxtColumn::default(),
            record: BinaryBuilder::with_capacity(0, 0),
        }
    }
}

impl Columns {
    /// Adds a row, and says how many bytes of text it added.
    fn push(&mut self, row: &Row<'_>) -> Result<usize, ArrowError> {
        let before = self.word_bytes();
        let event = &row.event;
        let mut lost = Lost(false);
        self.put_time(row.time);
        self.stamp_host.put(row.stamp_host)?;
        self.file.put(row.file)?;
        self.line
            .append_value(i64::try_from(row.line).unwrap_or(i64::MAX));
        self.event.put(Some(event.kind().as_str()))?;
        let interface = match event.interface() {
            Interface::Named(name) => Some(lost.text(name)),
            Interface::Gone | Interface::Unspecified(_) => None,
        };
        self.interface.put(interface.as_deref())?;
        self.protocol.put(event.protocol().map(|it| it.as_str()))?;
        let name = self.put_name(event.service())?;
        self.put_type(row, &mut lost)?;
        let domain = lost.text(event.domain().as_bytes());
        self.domain.put(Some(&domain))?;
        let txt = self.put_endpoint(event.endpoint(), &mut lost)?;
        let record = Some(row.record).filter(|_| lost.0);
        self.record.append_option(record);
        let words = self.word_bytes() - before;
        Ok(words + name + txt + record.map_or(0, <[u8]>::len))
    }

    fn put_time(&mut self, time: Option<Timestamp>) {
        let nanoseconds = time.map(Timestamp::as_nanosecond);
        let whole = nanoseconds.map(|it| it.div_euclid(1000));
        let rest = nanoseconds.map(|it| it.rem_euclid(1000));
        self.time
            .append_option(whole.and_then(|it| it.try_into().ok()));
        self.nanos
            .append_option(rest.and_then(|it| it.try_into().ok()));
    }

    fn put_name(&mut self, service: Option<&Service<'_>>) -> Result<usize, ArrowError> {
        self.name_lossy
            .append_value(service.is_some_and(|it| it.name.is_lossy()));
        let name = service.map(|it| it.name.decode());
        self.name
            .put(name.as_deref().map(String::from_utf8_lossy).as_deref())?;
        let bytes = name.filter(|it| core::str::from_utf8(it).is_err());
        self.name_bytes.append_option(bytes.as_deref());
        Ok(bytes.map_or(0, |it| it.len()))
    }

    fn put_type(&mut self, row: &Row<'_>, lost: &mut Lost) -> Result<(), ArrowError> {
        let printed = row.event.service().map(|it| it.service_type);
        let dns_type = printed.and_then(|it| match row.types {
            Some(types) => types.dns_type(it),
            None => it.dns_type(),
        });
        self.service_type.put(dns_type)?;
        if let Some(printed) = printed {
            lost.text(printed.as_bytes());
        }
        let display_name = printed.and_then(|it| it.display_name());
        self.type_name
            .put(display_name.map(String::from_utf8_lossy).as_deref())
    }

    fn put_endpoint(
        &mut self,
        endpoint: Option<&Endpoint<'_>>,
        lost: &mut Lost,
    ) -> Result<usize, ArrowError> {
        let host = endpoint.map(|it| lost.text(it.host.as_bytes()));
        self.host.put(host.as_deref())?;
        let address = endpoint.map(|it| match it.address_text().map(core::str::from_utf8) {
            Some(Ok(printed)) => Cow::Borrowed(printed),
            _ => Cow::Owned(it.address.to_string()),
        });
        self.address.put(address.as_deref())?;
        match endpoint.map(|it| it.address) {
            Some(IpAddr::V4(address)) => self
                .address_bytes
                .append_value(address.to_ipv6_mapped().octets())?,
            Some(IpAddr::V6(address)) => self.address_bytes.append_value(address.octets())?,
            None => self.address_bytes.append_null(),
        }
        self.port.append_option(endpoint.map(|it| it.port));
        Ok(self.txt.put(endpoint.map(|it| it.txt)))
    }

    /// How many bytes all words have.
    fn word_bytes(&self) -> usize {
        let often = [
            &self.stamp_host,
            &self.file,
            &self.interface,
            &self.name,
            &self.service_type,
            &self.type_name,
            &self.domain,
            &self.host,
            &self.address,
        ];
        often.map(|it| it.bytes).iter().sum()
    }

    fn finish(mut self) -> Result<Vec<ArrayRef>, ArrowError> {
        Ok(vec![
            Arc::new(self.time.finish()),
            Arc::new(self.nanos.finish()),
            self.stamp_host.finish(),
            self.file.finish(),
            Arc::new(self.line.finish()),
            self.event.finish(),
            self.interface.finish(),
            self.protocol.finish(),
            self.name.finish(),
            Arc::new(self.name_bytes.finish()),
            Arc::new(self.name_lossy.finish()),
            self.service_type.finish(),
            self.type_name.finish(),
            self.domain.finish(),
            self.host.finish(),
            self.address.finish(),
            Arc::new(self.address_bytes.finish()),
            Arc::new(self.port.finish()),
            self.txt.finish()?,
            Arc::new(self.record.finish()),
        ])
    }
}

/// Whether something was lost where bytes became text.
struct Lost(bool);

impl Lost {
    fn text<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, str> {
        let text = String::from_utf8_lossy(bytes);
        self.0 |= matches!(text, Cow::Owned(_));
        text
    }
}

/// The column `txt`.
struct TxtColumn {
    keys: StringBuilder,
    values: BinaryBuilder,
    lengths: Vec<usize>,
    nulls: NullBufferBuilder,
}

impl Default for TxtColumn {
    fn default() -> Self {
        Self {
            keys: StringBuilder::with_capacity(0, 0),
            values: BinaryBuilder::with_capacity(0, 0),
            lengths: Vec::new(),
            nulls: NullBufferBuilder::new(0),
        }
    }
}

impl TxtColumn {
    /// Adds the strings of a row, and says how many bytes they take up.
    fn put(&mut self, txt: Option<Txt<'_>>) -> usize {
        let (mut length, mut bytes) = (0, 0);
        for string in txt.iter().flat_map(Txt::strings) {
            let key = string.key();
            let key = key.to_str().ok();
            let value = match key {
                Some(_) => string.value().map(|value| value.decode()),
                None => Some(string.decode()),
            };
            length += 1;
            bytes += 16 + key.as_deref().map_or(0, str::len);
            bytes += value.as_deref().map_or(0, <[u8]>::len);
            self.keys.append_option(key);
            self.values.append_option(value);
        }
        self.lengths.push(length);
        self.nulls.append(txt.is_some());
        bytes
    }

    fn finish(mut self) -> Result<ArrayRef, ArrowError> {
        let parts: Vec<ArrayRef> =
            vec![Arc::new(self.keys.finish()), Arc::new(self.values.finish())];
        let strings = StructArray::try_new(txt_parts(), parts, None)?;
        let offsets = OffsetBuffer::from_lengths(self.lengths);
        let list = ListArray::try_new(
            Arc::new(txt_string()),
            offsets,
            Arc::new(strings),
            self.nulls.finish(),
        )?;
        Ok(Arc::new(list))
    }
}
