//! `avahi-events parse`: captures to JSON Lines, CSV, a table, or lines of the
//! user's own.

use std::{io, path::PathBuf};

use avahi_events::{Reader, Record};
use clap::Args;

use crate::{
    Outcome,
    blocks::{self, Part},
    filter::Filter,
    input::Input,
    output::{Format, Item, Printer},
    reading::{StampArguments, TypeArguments, time_text},
    safe,
    unread::{Unread, say},
};

/// Read captures of avahi-browse and print their events
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  avahi-browse -arpt | avahi-events parse
  avahi-events parse --kind resolve --type _http._tcp --format '{address}:{port}' mdns.log
  avahi-events parse --format '{name}: {txt.note}' mdns.log
  avahi-browse -arp 2>&1 | ts >>mdns.log; avahi-events parse --time mdns.log

Exit status: 0 if everything was read, 1 if something could not be, 2 if the usage is wrong.")]
pub struct Arguments {
    /// Captures to read; `-`, or none at all, is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    filter: Filter,

    /// json, csv, table, or a line with placeholders such as '{address}:{port}'
    ///
    /// Placeholders: {event}, {interface}, {protocol}, {name}, {type}, {type_name}, {domain},
    /// {host}, {address}, {port}, {socket} (address and port, with the scope of a link-local
    /// address), {txt} (as printed), {txt.KEY} (one attribute), {file}, {line}, {time}. `{{` and `}}` are
    /// braces. Control characters are printed as \DDD, so that an event is one line. Events that
    /// have none of the fields named are left out.
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    format: Format,

    /// Stop at the first line that does not read
    #[arg(long)]
    strict: bool,

    /// How many threads read a file; otherwise as many as there are processors
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=64))]
    threads: Option<u16>,

    /// Say on which line of its file an event begins
    #[arg(long)]
    lines: bool,

    /// Say when, by the stamp before the line
    #[arg(long)]
    time: bool,

    #[command(flatten)]
    stamps: StampArguments,

    #[command(flatten)]
    types: TypeArguments,
}

impl Arguments {
    /// Whether times are printed.
    fn uses_time(&self) -> bool {
        self.time || matches!(&self.format, Format::Template(it) if it.has_time())
    }

    /// How many threads are to read a file.
    fn threads(&self) -> usize {
        match self.threads {
            Some(threads) => threads.into(),
            None => std::thread::available_parallelism().map_or(1, |it| it.get().min(8)),
        }
    }
}

/// Reads all files, in order.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let standard_input = [PathBuf::from("-")];
    let files = match &arguments.files[..] {
        [] => &standard_input[..],
        files => files,
    };
    let mut unread = Unread::default();
    let mut unopened = false;
    let types = arguments.types.read()?;
    let filter = arguments.filter.clone().with_types(types.as_ref());
    let mut printer = Printer::to_stdout(&arguments.format, arguments.lines)
        .with_times(arguments.time)
        .with_types(types);
    for file in files {
        let name = || safe::text(file.display().to_string().as_bytes());
        let read = match Input::open(file) {
            // A stamp's year follows from those before it: one after the other.
            Ok(input) if input.live || arguments.uses_time() => {
                read(arguments, &filter, input, &mut printer, &mut unread)?
            }
            Ok(input) => read_file(arguments, &filter, input, &mut printer, &mut unread)?,
            Err(error) => Err(error),
        };
        match read {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                say(&format!("avahi-events: {}: {error}", name()));
                unopened = true;
            }
        }
    }
    printer.flush()?;
    unread.finish();
    Ok(match unread.any() || unopened {
        true => Outcome::Incomplete,
        false => Outcome::Done,
    })
}

/// Reads a file that is all there. The results are those of [`read`].
fn read_file(
    arguments: &Arguments,
    filter: &Filter,
    input: Input,
    printer: &mut Printer,
    unread: &mut Unread,
) -> io::Result<io::Result<bool>> {
    let Input {
        name,
        reader,
        progress,
        ..
    } = input;
    let formatter = printer.formatter().clone();
    let each = |record: &Record<'_>, part: &mut Part| {
        let unread = &mut part.unread;
        let print = |item: &Item<'_>| formatter.put(&mut part.out, item);
        part.stops = take(arguments, filter, &name, record, None, unread, print)?;
        Ok(())
    };
    let mut goes_on = true;
    let done = |part: &mut Part, offset| {
        progress.set_position(offset);
        goes_on = !part.stops;
        unread.add(std::mem::take(&mut part.unread));
        printer.add(&part.out)
    };
    let (stamps, threads) = (arguments.stamps.stamps(), arguments.threads());
    let read = blocks::read(reader, stamps, threads, each, done)?;
    progress.finish_and_clear();
    Ok(read.map(|()| goes_on))
}

/// The progress bar is told after so many bytes.
const PROGRESS: u64 = 1024 * 1024;

/// Reads one capture. The outer error is the output's, the inner one the
/// input's. `false` if the reading is to stop here.
fn read(
    arguments: &Arguments,
    filter: &Filter,
    input: Input,
    printer: &mut Printer,
    unread: &mut Unread,
) -> io::Result<io::Result<bool>> {
    let mut clock = arguments.stamps.clock(&input);
    let Input {
        name,
        reader,
        live,
        progress,
        ..
    } = input;
    let mut reader = Reader::new(reader).with_stamps(arguments.stamps.stamps());
    let mut shown = 0;
    loop {
        if live && reader.needs_input() {
            printer.flush()?;
        }
        let record = match reader.next_record() {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(error) => return Ok(Err(error)),
        };
        if record.offset >= shown + PROGRESS {
            shown = record.offset;
            progress.set_position(shown);
        }
        // The year of a stamp may follow from those before it, also of messages.
        let stamp = record.stamp.filter(|_| arguments.uses_time());
        let time = stamp.and_then(|stamp| time_text(&mut clock, &stamp));
        let time = time.as_deref();
        let print = |item: &Item<'_>| printer.print(item);
        if take(arguments, filter, &name, &record, time, unread, print)? {
            return Ok(Ok(false));
        }
    }
    progress.finish_and_clear();
    Ok(Ok(true))
}

/// Prints the record if it is an event that is wanted, and takes note of it if
/// it did not read. Returns whether the reading is to stop here.
fn take(
    arguments: &Arguments,
    filter: &Filter,
    file: &str,
    record: &Record<'_>,
    time: Option<&str>,
    unread: &mut Unread,
    print: impl FnOnce(&Item<'_>) -> io::Result<()>,
) -> io::Result<bool> {
    match &record.event {
        Ok(event) if filter.fits(event) => print(&Item {
            event,
            file,
            line: record.line,
            time,
        })?,
        Ok(_) => {}
        Err(_) => return Ok(unread.note(file, record) && arguments.strict),
    }
    Ok(false)
}
