//! `avahi-events report`: what captured sessions show.

mod html;
mod moment;
mod text;

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use avahi_events::{
    Reader,
    report::{Merge, Options, Report, Session, Source},
};
use clap::{Args, ValueEnum};
use indicatif::ProgressBar;
use jiff::tz::TimeZone;

use self::moment::Moment;
use crate::{
    Outcome,
    input::{self, Input},
    reading::{StampArguments, TypeArguments},
    safe::{self, Audience},
    unread::say,
};

/// Show what captures of avahi-browse tell: who was there, when, and what went wrong
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  avahi-browse -arp | ts >>mdns.log
  avahi-events report mdns.log
  avahi-events report --since 2026-11-24 --type _ipp._tcp mdns.log.1 mdns.log
  avahi-events report --html mdns.html mdns.log
  avahi-events report --format json mdns.log | jq '.services[] | select(.present | not) | .name'

Exit status: 0 if everything was read, 1 if something could not be, 2 if the usage is wrong.")]
pub struct Arguments {
    /// Captures to read; several are one session, in the order of their stamps. `-` is standard
    /// input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// How to print the report; text, if it is not written as a page
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// Write the report as a page for a browser, which needs no network
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Only what happened from this time on, as `2026-11-24`, `2026-11-24T08:30` or
    /// `2026-11-24T08:30:00Z`; who was there already is known from the lines before
    #[arg(long, value_name = "TIME")]
    since: Option<Moment>,

    /// Only what happened until this time; with a date alone, to the end of that day
    #[arg(long, value_name = "TIME")]
    until: Option<Moment>,

    /// Only services of this type, as `_http._tcp` or by its display name
    #[arg(long = "type", value_name = "TYPE", allow_hyphen_values = true)]
    service_type: Option<String>,

    /// Only services with this name, decoded: `HP LaserJet 400`; ASCII capitals do not matter
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    name: Option<String>,

    /// Warn of services that are lost more often than this within an hour
    #[arg(long, value_name = "TIMES", default_value_t = 5)]
    flapping: usize,

    #[command(flatten)]
    stamps: StampArguments,

    #[command(flatten)]
    types: TypeArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a person
    Text,
    /// One JSON object
    Json,
}

/// Reads all files as one session, and prints what it shows.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let (report, mut outcome) = read(arguments)?;
    if report.from.is_none() && (arguments.since.is_some() || arguments.until.is_some()) {
        say("avahi-events: no line with a time stamp is of that time");
    }
    let zone = arguments.stamps.zone();
    if let Some(path) = &arguments.html {
        write_page(path, &report, &zone).map_err(|error| {
            let name = safe::text(path.display().to_string().as_bytes());
            io::Error::new(error.kind(), format!("{name}: {error}"))
        })?;
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let printed = match arguments.format {
        None if arguments.html.is_none() => Some(Format::Text),
        format => format,
    };
    match printed {
        Some(Format::Json) => {
            write_json(&mut out, &report, Audience::of_stdout())?;
        }
        Some(Format::Text) => text::write(&mut out, &report, &zone)?,
        None => {}
    }
    out.flush()?;
    if !report.unread.is_empty() {
        outcome = Outcome::Incomplete;
    }
    Ok(outcome)
}

fn write_json(out: &mut impl Write, report: &Report, audience: Audience) -> io::Result<()> {
    match audience {
        Audience::Program => serde_json::to_writer(&mut *out, report)?,
        Audience::Terminal => {
            let json = serde_json::to_string(report)?;
            safe::write_json(out, &json, safe::acts_on_terminal)?;
        }
    }
    out.write_all(b"\n")
}

fn write_page(path: &Path, report: &Report, zone: &TimeZone) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    html::write(&mut out, report, zone)?;
    out.flush()
}

fn read(arguments: &Arguments) -> io::Result<(Report, Outcome)> {
    let zone = arguments.stamps.zone();
    let mut options = Options::default();
    options.since = arguments.since.as_ref().map(|it| it.first(&zone));
    options.until = arguments.until.as_ref().map(|it| it.last(&zone));
    options.service_type = arguments.service_type.clone();
    options.name = arguments.name.clone();
    options.types = arguments.types.read()?;
    options.flapping = Some(arguments.flapping);

    let mut outcome = Outcome::Done;
    let mut inputs = Vec::new();
    for file in &arguments.files {
        match Input::open(file) {
            Ok(input) => inputs.push(input),
            Err(error) => {
                let name = safe::text(file.display().to_string().as_bytes());
                say(&format!("avahi-events: {name}: {error}"));
                outcome = Outcome::Incomplete;
            }
        }
    }
    let progress = progress(&inputs);
    let sources = inputs.into_iter().map(|input| {
        let clock = arguments.stamps.clock(&input);
        let reader = Reader::new(progress.wrap_read(input.reader));
        Source::new(reader.with_stamps(arguments.stamps.stamps()))
            .with_clock(clock)
            .with_name(input.name)
    });
    let mut merge = Merge::new(sources.collect());
    let mut session = Session::new(options);
    while let Some(next) = merge.next_record() {
        match next {
            Ok(next) => session.take(&next),
            Err(error) => {
                let error = safe::text(error.to_string().as_bytes());
                progress.suspend(|| say(&format!("avahi-events: {error}")));
                outcome = Outcome::Incomplete;
            }
        }
    }
    progress.finish_and_clear();
    Ok((session.finish(merge.lines()), outcome))
}

/// A bar over all files, if there is much to read.
fn progress(inputs: &[Input]) -> ProgressBar {
    let len = inputs.iter().filter_map(|input| input.len).sum();
    match len >= input::LARGE {
        true => input::progress_bar(len),
        false => ProgressBar::hidden(),
    }
}

#[cfg(test)]
mod tests {
    use avahi_events::{
        Reader,
        report::{Merge, Options, Session, Source},
    };

    use super::{Audience, write_json};

    #[test]
    fn a_terminal_gets_the_same_report_with_nothing_to_act_on() {
        let capture = &b"+;eth0;IPv4;a\\194\\155b\\226\\128\\174;_x._tcp;local\n"[..];
        let mut session = Session::new(Options::default());
        let mut merge = Merge::new(vec![Source::new(Reader::new(capture))]);
        while let Some(next) = merge.next_record() {
            session.take(&next.unwrap());
        }
        let report = session.finish(1);
        let printed = |audience| {
            let mut out = Vec::new();
            write_json(&mut out, &report, audience).unwrap();
            String::from_utf8(out).unwrap()
        };
        let (program, terminal) = (printed(Audience::Program), printed(Audience::Terminal));
        assert!(program.contains("\"a\u{9b}b\u{202e}\""), "{program}");
        assert!(terminal.contains(r#""a\u009bb\u202e""#), "{terminal}");
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&program), value(&terminal));
    }
}
