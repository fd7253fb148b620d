//! The program `avahi-events`: arguments, printing and exit codes around the
//! library, which does the reading.

mod browse;
mod filter;
mod input;
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

use clap::{Parser, Subcommand};

/// What avahi-browse prints, as typed events.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, disable_help_subcommand = true)]
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
        Command::Wait(arguments) => wait::run(&arguments),
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
