//! A directory of Parquet files, written partition by partition.

use std::{
    collections::HashMap,
    fs::{self, File},
    hash::{BuildHasher as _, Hasher as _, RandomState},
    io,
    path::{Path, PathBuf},
};

use avahi_events::arrow::{
    BatchBuilder, Row,
    arrow_array::RecordBatch,
    arrow_schema::{ArrowError, Field, SchemaRef},
    schema,
};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::WriterProperties,
};

use super::partition::Partition;
use crate::safe;

/// The most rows of a row group, which is what engines pass over or read.
const GROUP_ROWS: usize = 256 * 1024;

/// A file that has so many bytes is ended, and another begun.
const FILE_BYTES: usize = 512 * 1024 * 1024;

/// So many files are written at a time, since each takes memory.
const OPEN: usize = 8;

/// A table that is being written.
///
/// Rows are held until a partition has those of a row group, or all have too
/// many; then those with the most are written. So memory is bounded however
/// many partitions there are and however their rows are mixed.
pub struct Table {
    root: PathBuf,
    /// Of this table, in the names of its files: another run has another one.
    id: u64,
    files: u64,
    memory: usize,
    held: usize,
    waiting: HashMap<Partition, BatchBuilder>,
    /// The last used comes last.
    open: Vec<Part>,
}

impl Table {
    /// A table in that directory, which is made if it is not there.
    ///
    /// Unless it is to be added to, it has to be empty: who runs a command
    /// twice does not want all rows twice.
    pub fn in_directory(root: &Path, append: bool) -> io::Result<Self> {
        let named = |error| safe::named(root, &error);
        fs::create_dir_all(root).map_err(named)?;
        if !append && fs::read_dir(root).map_err(named)?.next().is_some() {
            return Err(named(io::Error::other(
                "not empty; --append adds to what is there",
            )));
        }
        Ok(Self {
            root: root.to_owned(),
            id: RandomState::new().build_hasher().finish(),
            files: 0,
            memory: usize::MAX,
            held: 0,
            waiting: HashMap::new(),
            open: Vec::new(),
        })
    }

    /// Holds about so many bytes of rows.
    pub fn with_memory(mut self, memory: usize) -> Self {
        self.memory = memory;
        self
    }

    /// Adds a row. `false` if it is not added, since no directory can be called
    /// as its partition.
    pub fn push(&mut self, row: &Row<'_>) -> io::Result<bool> {
        let Some(partition) = Partition::of(row) else {
            return Ok(false);
        };
        let (full, added);
        if let Some(builder) = self.waiting.get_mut(&partition) {
            let before = builder.memory();
            full = builder.push(row).map_err(io::Error::other)?;
            (added, self.held) = (builder.memory(), self.held - before);
        } else {
            let mut builder = BatchBuilder::new().with_max_rows(GROUP_ROWS);
            full = builder.push(row).map_err(io::Error::other)?;
            added = builder.memory();
            self.waiting.insert(partition.clone(), builder);
        }
        self.held += added;
        if let Some(batch) = full {
            self.write(partition, &batch)?;
        }
        if self.held > self.memory {
            self.make_room(self.memory / 2)?;
        }
        Ok(true)
    }

    /// Writes all that is held, and ends all files.
    pub fn finish(mut self) -> io::Result<()> {
        self.make_room(0)?;
        self.open.into_iter().try_for_each(Part::finish)
    }

    /// Writes partitions, those first that hold most, until no more is held
    /// than that.
    fn make_room(&mut self, held: usize) -> io::Result<()> {
        let mut waiting: Vec<_> = self
            .waiting
            .iter()
            .map(|(partition, builder)| (builder.memory(), partition.clone()))
            .collect();
        waiting.sort_unstable_by(|a, b| b.cmp(a));
        for (bytes, partition) in waiting {
            if self.held <= held {
                break;
            }
            self.held -= bytes;
            let builder = self.waiting.remove(&partition);
            let batch = builder.map(|mut it| it.finish()).transpose();
            if let Some(batch) = batch.map_err(io::Error::other)?.flatten() {
                self.write(partition, &batch)?;
            }
        }
        Ok(())
    }

    /// Writes a row group.
    fn write(&mut self, partition: Partition, batch: &RecordBatch) -> io::Result<()> {
        let open = self.open.iter().position(|it| it.partition == partition);
        let mut part = match open {
            Some(at) => self.open.remove(at),
            None => {
                if self.open.len() >= OPEN {
                    self.open.remove(0).finish()?;
                }
                self.files += 1;
                let name = format!("events-{:016x}-{:05}.parquet", self.id, self.files);
                Part::begin(&self.root, &name, partition, properties(batch.num_rows())?)?
            }
        };
        let batch = batch.project(&columns()).map_err(io::Error::other)?;
        part.writer.write(&batch)?;
        part.writer.flush()?;
        if part.writer.bytes_written() >= FILE_BYTES {
            return part.finish();
        }
        self.open.push(part);
        Ok(())
    }
}

/// Which columns a file has: all that its partition does not say.
fn columns() -> Vec<usize> {
    let is_here = |field: &Field| field.name() != "stamp_host";
    let fields = schema();
    let fields = (0..).zip(fields.fields());
    fields
        .filter(|(_, it)| is_here(it))
        .map(|(at, _)| at)
        .collect()
}

fn file_schema() -> Result<SchemaRef, ArrowError> {
    schema().project(&columns()).map(Into::into)
}

/// How the files are written: in row groups that an engine can pass over by
/// the least and greatest value of a column, or since it has not the name, the
/// host or the address that is asked for. `rows` is how many the first has: if
/// they are few, so are those of the next.
fn properties(rows: usize) -> io::Result<WriterProperties> {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_bloom_filter_max_ndv(rows.max(1) as u64)
        .set_bloom_filter_enabled(false);
    for column in ["name", "host", "address"] {
        properties = properties.set_column_bloom_filter_enabled(column.into(), true);
    }
    Ok(properties.build())
}

/// A file that is being written. It has its name only once it is whole; until
/// then it is one that engines do not read.
struct Part {
    partition: Partition,
    writer: ArrowWriter<File>,
    hidden: PathBuf,
    path: PathBuf,
}

impl Part {
    fn begin(
        root: &Path,
        name: &str,
        partition: Partition,
        properties: WriterProperties,
    ) -> io::Result<Self> {
        let directory = root.join(partition.path());
        fs::create_dir_all(&directory)?;
        let hidden = directory.join(format!(".{name}.part"));
        let file = File::create_new(&hidden)?;
        let schema = file_schema().map_err(io::Error::other)?;
        Ok(Self {
            writer: ArrowWriter::try_new(file, schema, Some(properties))?,
            path: directory.join(name),
            partition,
            hidden,
        })
    }

    fn finish(mut self) -> io::Result<()> {
        self.writer.finish()?;
        fs::rename(&self.hidden, &self.path)
    }
}

/// What is not finished is not left behind.
impl Drop for Part {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.hidden);
    }
}
