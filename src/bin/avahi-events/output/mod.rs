//! The formats that events are printed in.

mod csv;
mod json;
mod table;
mod template;

use std::{
    borrow::Cow,
    io::{self, BufWriter, Stdout, Write},
    str::FromStr,
};

use avahi_events::{Endpoint, Event};

pub use self::template::Template;
use crate::safe::Audience;

/// How to print events.
#[derive(Debug, Clone)]
pub enum Format {
    /// One JSON object a line.
    Json,
    /// Comma-separated values, with a header.
    Csv,
    /// Columns for a person, with a header.
    Table,
    /// A line of the user's own.
    Template(Template),
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "json" => Ok(Self::Json),
            "csv" => Ok(Self::Csv),
            "table" => Ok(Self::Table),
            _ if text.contains('{') => text.parse().map(Self::Template),
            _ => Err("neither json, csv nor table, nor a line with {placeholders}".to_owned()),
        }
    }
}

/// An event, and what is known of where it was read.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    pub event: &'a Event<'a>,
    /// What the capture is called.
    pub file: &'a str,
    /// The line it begins on, counted from 1.
    pub line: u64,
    /// Its time, as RFC 3339 writes it, if that is to be printed.
    pub time: Option<&'a str>,
}

/// The address as Avahi printed it.
fn address<'a>(endpoint: &Endpoint<'a>) -> Cow<'a, [u8]> {
    match endpoint.address_text() {
        Some(printed) => printed.into(),
        None => endpoint.address.to_string().into_bytes().into(),
    }
}

/// Prints events to standard output.
pub struct Printer {
    out: BufWriter<Stdout>,
    format: Format,
    audience: Audience,
    lines: bool,
    headed: bool,
}

impl Printer {
    /// Prints in `format`, with line numbers if `lines`.
    pub fn to_stdout(format: &Format, lines: bool) -> Self {
        Self {
            out: BufWriter::with_capacity(64 * 1024, io::stdout()),
            format: format.clone(),
            audience: Audience::of_stdout(),
            lines,
            headed: false,
        }
    }

    /// Prints one event. It may stay in a buffer until [`flush`](Self::flush).
    pub fn print(&mut self, item: &Item<'_>) -> io::Result<()> {
        let (out, audience, lines) = (&mut self.out, self.audience, self.lines);
        let first = !std::mem::replace(&mut self.headed, true);
        match &self.format {
            Format::Json => json::print(out, item, audience, lines),
            Format::Csv => csv::print(out, item, audience, lines, first),
            Format::Table => table::print(out, item, lines, first),
            Format::Template(template) => template.print(out, item, audience),
        }
    }

    /// Hands over all that was printed.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
