//! `avahi-events convert`: captures to Parquet, for engines that ask many at
//! once.

mod partition;
mod table;

use std::{io, path::PathBuf};

use avahi_events::{Reader, ServiceTypes, arrow::Row};
use clap::Args;

use self::table::Table;
use crate::{
    Outcome,
    input::Input,
    reading::{StampArguments, TypeArguments},
    safe,
    unread::{Unread, say},
};

/// Write the events of captures as Parquet, one row an event
///
/// The files are DIR/day=2026-11-22/stamp_host=node1/events-*.parquet, partitioned as Hive does
/// it: by the day in UTC, and by the host that the stamp names. Events without the one or the
/// other are in a partition that is called __HIVE_DEFAULT_PARTITION__, which engines read as null.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  avahi-events convert -o events mdns.log
  journalctl -o short-iso -t avahi-browse | avahi-events convert --append -o events -
  duckdb -c \"select stamp_host, count(*) from 'events/**/*.parquet' where day = '2026-11-22' group by 1\"

Exit status: 0 if everything was read, 1 if something could not be, 2 if the usage is wrong.")]
pub struct Arguments {
    /// Captures to read; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Directory to write to, which has to be empty, or is made
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,

    /// Add to what is in the directory, whatever it is
    #[arg(long)]
    append: bool,

    /// How many MiB of events to hold until they are written: the more there are, the fewer and
    /// larger are the files of captures with many hosts
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    memory: u32,

    #[command(flatten)]
    stamps: StampArguments,

    #[command(flatten)]
    types: TypeArguments,
}

/// Converts all files, in order.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let types = arguments.types.read()?;
    let memory = usize::try_from(arguments.memory).unwrap_or(usize::MAX);
    let mut table = Table::in_directory(&arguments.output, arguments.append)?
        .with_memory(memory.saturating_mul(1024 * 1024));
    let mut unread = Unread::default();
    let mut unopened = false;
    for file in &arguments.files {
        let read = match Input::open(file) {
            Ok(input) => read(arguments, types.as_ref(), input, &mut table, &mut unread)?,
            Err(error) => Err(error),
        };
        if let Err(error) = read {
            let name = safe::text(file.display().to_string().as_bytes());
            say(&format!("avahi-events: {name}: {error}"));
            unopened = true;
        }
    }
    table.finish()?;
    unread.finish();
    Ok(match unread.any() || unopened {
        true => Outcome::Incomplete,
        false => Outcome::Done,
    })
}

/// Reads one capture. The outer error is the table's, the inner one the
/// input's.
fn read(
    arguments: &Arguments,
    types: Option<&ServiceTypes>,
    input: Input,
    table: &mut Table,
    unread: &mut Unread,
) -> io::Result<io::Result<()>> {
    let mut clock = arguments.stamps.clock(&input);
    let mut reader = Reader::new(input.reader).with_stamps(arguments.stamps.stamps());
    loop {
        let record = match reader.next_record() {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(error) => return Ok(Err(error)),
        };
        input.progress.set_position(record.offset);
        // The year of a stamp may follow from those before it, also of messages.
        let time = record.stamp.and_then(|stamp| clock.time(&stamp).ok());
        let Some(mut row) = Row::new(&record) else {
            unread.note(&input.name, &record);
            continue;
        };
        row = row.with_file(&input.name);
        if let Some(time) = time {
            row = row.with_time(time);
        }
        if let Some(types) = types {
            row = row.with_service_types(types);
        }
        if !table.push(&row)? {
            let reason = "the host in the stamp cannot be the name of a directory";
            unread.tell_at(&input.name, record.line, b"", &reason);
        }
    }
    input.progress.finish_and_clear();
    Ok(Ok(()))
}
