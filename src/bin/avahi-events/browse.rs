//! `avahi-events browse`: the events of a running avahi-browse.

mod board;
mod watch;

use std::{
    io::{self, IsTerminal as _},
    task::Poll,
    time::{Duration, Instant},
};

use avahi_events::{
    Message, OwnedReadError,
    browse::{Browse, MessageBuf, Persistent, Step, Trouble},
};
use clap::Args;
use jiff::Timestamp;

use self::board::Board;
use crate::{
    Outcome,
    filter::Filter,
    output::{Format, Item, Printer},
    running::{BrowseArguments, Interrupt},
    safe,
    unread::{Unread, say},
};

/// How long a signal may go unnoticed.
const TICK: Duration = Duration::from_millis(100);

/// Print the events of a running avahi-browse as they happen
///
/// It goes on when the daemon or the system bus goes, and shows all services anew when they are
/// back. What avahi-browse has to say comes on standard error.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  avahi-events browse
  avahi-events browse _http._tcp --kind resolve --format '{name} {socket}'
  avahi-events browse --terminate --format table
  avahi-events browse --watch

Exit status: 0 if all was shown, 1 if something did not read or avahi-browse failed, 2 if the usage
is wrong.")]
pub struct Arguments {
    /// Services of this type only, as DNS names it: `_http._tcp`
    #[arg(value_name = "TYPE", allow_hyphen_values = true)]
    browse_type: Option<String>,

    /// End after a more or less complete list; there has to be a daemon
    #[arg(long, short)]
    terminate: bool,

    /// End after what the daemon has in its cache; there has to be a daemon
    #[arg(long, short)]
    cache: bool,

    #[command(flatten)]
    filter: Filter,

    /// json, csv, table, or a line with placeholders, as for `parse`; {line} counts the events
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    format: Format,

    /// Say when an event came
    #[arg(long)]
    time: bool,

    /// Show a table of the services that are here, which keeps itself current, on a terminal
    #[arg(long, short, conflicts_with_all = ["kind", "format", "time", "terminate", "cache"])]
    watch: bool,

    #[command(flatten)]
    browse: BrowseArguments,
}

impl Arguments {
    fn browse(&self) -> Browse {
        let browse = match &self.browse_type {
            Some(service_type) => Browse::service_type(service_type),
            None => Browse::all_types(),
        };
        let browse = self.browse.apply(browse);
        browse
            .terminate(self.terminate)
            .cache(self.cache)
            .no_fail(!self.ends())
    }

    /// Whether it ends by itself.
    fn ends(&self) -> bool {
        self.terminate || self.cache
    }
}

/// Browses until it ends or is ended.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let interrupt = Interrupt::install()?;
    let mut browser = Persistent::new(arguments.browse()).map_err(io::Error::other)?;
    if arguments.watch {
        watch(arguments, &mut browser, &interrupt)?;
        drop(browser);
        return end(&interrupt);
    }
    let uses_time =
        arguments.time || matches!(&arguments.format, Format::Template(it) if it.has_time());
    let mut printer = Printer::to_stdout(&arguments.format, false).with_times(arguments.time);
    let mut unread = Unread::default();
    let mut count = 0;
    let failed = loop {
        let until = Instant::now() + TICK;
        let step = browser.next_until(until).map_err(io::Error::other)?;
        if interrupt.has_come() {
            drop(browser);
            unread.finish();
            return end(&interrupt);
        }
        match step {
            Poll::Ready(Step::Event(event)) => {
                count += 1;
                let event = event.event();
                if arguments.filter.fits(&event) {
                    let time = uses_time.then(|| Timestamp::now().to_string());
                    printer.print(&Item {
                        event: &event,
                        file: "avahi-browse",
                        line: count,
                        time: time.as_deref(),
                    })?;
                    printer.flush()?;
                }
            }
            Poll::Ready(Step::Message(message)) => tell(&message),
            Poll::Ready(Step::Unread(OwnedReadError::Line {
                error, bytes, line, ..
            })) => unread.tell("avahi-browse", line, &bytes, error),
            Poll::Ready(Step::Unread(error)) => say(&format!("avahi-events: {error}")),
            Poll::Ready(Step::Retry { trouble, .. }) if arguments.ends() => {
                let failed = is_failure(&trouble);
                if failed {
                    say(&format!("avahi-events: {trouble}"));
                }
                break failed;
            }
            Poll::Ready(Step::Retry { trouble, pause, .. }) => {
                say(&format!(
                    "avahi-events: {trouble}; trying again in {pause:?}"
                ));
            }
            Poll::Ready(_) | Poll::Pending => {}
        }
    };
    unread.finish();
    Ok(match failed || unread.any() {
        true => Outcome::Incomplete,
        false => Outcome::Done,
    })
}

fn watch(arguments: &Arguments, browser: &mut Persistent, interrupt: &Interrupt) -> io::Result<()> {
    if !io::stdout().is_terminal() {
        return Err(io::Error::other("--watch needs a terminal"));
    }
    watch::run(browser, Board::new(arguments.filter.clone()), interrupt)
}

/// Ends by the signal that has come, if one has.
fn end(interrupt: &Interrupt) -> io::Result<Outcome> {
    if interrupt.has_come() {
        interrupt.end_program()?;
    }
    Ok(Outcome::Done)
}

fn tell(message: &MessageBuf) {
    say(&format!("avahi-browse: {}", safe::text(message.as_bytes())));
}

/// Whether `avahi-browse` ended before it had shown all. Its exit status alone
/// does not say so.
fn is_failure(trouble: &Trouble) -> bool {
    let Trouble::Ended {
        status, message, ..
    } = trouble
    else {
        return true;
    };
    let message = message.as_ref().and_then(MessageBuf::message);
    !status.is_some_and(|it| it.success())
        || matches!(
            message,
            Some(
                Message::BrowserFailure { .. }
                    | Message::ClientFailure { .. }
                    | Message::NoClient { .. }
            )
        )
}
