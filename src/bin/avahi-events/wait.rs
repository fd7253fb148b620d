//! `avahi-events wait`: block until services are there, and print where.

mod status;
mod wanted;

use std::{io, ops::ControlFlow, time::Duration};

use avahi_events::browse::{Browse, Wait, WaitError};
use clap::{ArgAction, Args, builder::ValueParser};
use jiff::SignedDuration;

use self::{status::Status, wanted::Wanted};
use crate::{
    Outcome,
    output::{Format, Item, Printer},
    running::{BrowseArguments, Interrupt},
    unread::say,
};

/// Wait until services are there, and print where
///
/// They may not be there yet, nor the daemon, nor the system bus. Of each service the best address
/// is printed: one that is good anywhere before a link-local one, which comes with its scope, and a
/// loopback one only if there is nothing else; IPv4 before IPv6.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  avahi-events wait _http._tcp --name master-cluster-lars
  curl \"http://$(avahi-events wait _http._tcp --txt role=frontend --timeout 60s)/\"
  avahi-events wait _ipp._tcp --name-regex '^HP ' --format '{name}: {host}'

Exit status: 0 if they were found, 124 if the time is over, 1 if there is no use in waiting, 2 if
the usage is wrong.")]
pub struct Arguments {
    /// The type of the services, as DNS names it: `_http._tcp`
    #[arg(value_name = "TYPE", allow_hyphen_values = true)]
    service_type: String,

    #[command(flatten)]
    wanted: Wanted,

    /// Wait for so many different services, all there at once
    #[arg(long, short = 'n', value_name = "N", default_value = "1", value_parser = at_least_one)]
    count: usize,

    /// Wait no longer than this: 60s, 1m30s, 500ms; otherwise for ever
    #[arg(long, value_name = "TIME", value_parser = ValueParser::new(duration))]
    timeout: Option<Duration>,

    /// json, csv, table, or a line with placeholders, as for `parse`, but no {file}, {line} or
    /// {time}. Each service has its line, whatever of it is there
    #[arg(long, value_name = "FORMAT", default_value = "{socket}", value_parser = ValueParser::new(format))]
    format: Format,

    /// Print JSON; the same as `--format json`
    #[arg(long, conflicts_with = "format")]
    json: bool,

    /// Say what is going on, also where standard error is no terminal
    #[arg(long, short, action = ArgAction::SetTrue)]
    verbose: bool,

    #[command(flatten)]
    browse: BrowseArguments,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least one is needed".to_owned()),
        Ok(count) => Ok(count),
        Err(error) => Err(error.to_string()),
    }
}

/// A format in which each service has a line: what was found is not nothing.
fn format(text: &str) -> Result<Format, String> {
    match text.parse()? {
        Format::Template(line) if line.needs_capture() => {
            Err("there is no {file}, {line} or {time} of a service that is there".to_owned())
        }
        Format::Template(line) => Ok(Format::Template(line.for_all())),
        format => Ok(format),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let duration: SignedDuration = text
        .parse()
        .map_err(|_| "not a time such as 60s, 1m30s or 500ms".to_owned())?;
    Duration::try_from(duration).map_err(|_| "a time before now".to_owned())
}

/// Waits, and prints what was found.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let interrupt = Interrupt::install()?;
    let browse = Browse::service_type(&arguments.service_type);
    let mut wait = Wait::new(arguments.browse.apply(browse)).count(arguments.count);
    if let Some(timeout) = arguments.timeout {
        wait = wait.timeout(timeout);
    }
    let wanted = &arguments.wanted;
    let mut status = Status::new(&arguments.service_type, wanted, arguments.verbose);
    let found = wait.run_observed(
        |service, endpoint| wanted.fits(service, endpoint),
        |step| {
            status.note(step);
            match interrupt.has_come() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        },
    );
    let seen = status.finish();
    let found = match found {
        Ok(found) => found,
        Err(error @ WaitError::TimedOut { .. }) => {
            say(&format!("avahi-events: {error}; {seen}"));
            return Ok(Outcome::TimedOut);
        }
        Err(WaitError::Stopped) => {
            interrupt.end_program()?;
            return Ok(Outcome::Incomplete);
        }
        Err(error) => return Err(io::Error::other(error)),
    };
    let format = match arguments.json {
        true => &Format::Json,
        false => &arguments.format,
    };
    let mut printer = Printer::to_stdout(format, false);
    for service in &found {
        printer.print(&Item {
            event: &service.best().event(),
            file: "avahi-browse",
            line: 0,
            time: None,
        })?;
    }
    printer.flush()?;
    Ok(Outcome::Done)
}
