//! The program `avahi-events`: arguments, printing and exit codes around the
//! library, which does the reading.

mod blocks;
mod browse;
#[cfg(feature = "convert")]
mod convert;
mod filter;
mod input;
mod manual;
mod name;
mod output;
mod parse;
mod reading;
mod report;
mod running;
mod safe;
mod types;
mod unread;
mod wait;

use std::{io, process::ExitCode};

use clap::{CommandFactory as _, Parser, Subcommand};

/// What avahi-browse prints, as typed events.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_help = "\
Examples:
  avahi-browse -arpt | avahi-events parse
  avahi-events browse _ipp._tcp --kind resolve --format '{name}: {socket}'
  avahi-events wait _http._tcp --name master-cluster-lars --timeout 60s
  avahi-events COMMAND --help

Environment: NO_COLOR, if set and not empty, keeps colours out of all that is printed.

Exit status: 0 if all was done, 1 if something could not be read or found, 2 if the usage is wrong,
124 if the time to wait is over.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant)] // there is one
enum Command {
    Parse(parse::Arguments),
    Browse(browse::Arguments),
    Report(report::Arguments),
    Types(types::Arguments),
    Wait(wait::Arguments),
    #[cfg(feature = "convert")]
    Convert(convert::Arguments),
    Completions(manual::CompletionsArguments),
    Man(manual::ManArguments),
}

/// How a command ended, if nothing kept it from its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All was done.
    Done,
    /// Something could not be read or found.
    Incomplete,
    /// The time was over.
    TimedOut,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Incomplete => Self::from(1),
            Outcome::TimedOut => Self::from(124),
        }
    }
}

fn main() -> ExitCode {
    // clap itself ends the program with 2 if the usage is wrong.
    let outcome = match Arguments::parse().command {
        Command::Parse(arguments) => parse::run(&arguments),
        Command::Browse(arguments) => browse::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Types(arguments) => types::run(&arguments),
        Command::Completions(arguments) => manual::completions(&arguments, Arguments::command()),
        Command::Man(arguments) => manual::man(&arguments, Arguments::command()),
        Command::Wait(arguments) => wait::run(&arguments),
        #[cfg(feature = "convert")]
        Command::Convert(arguments) => convert::run(&arguments),
    };
    match outcome {
        Ok(outcome) => outcome.into(),
        // Who reads the output has seen enough, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("avahi-events: {error}");
            ExitCode::from(1)
        }
    }
}
