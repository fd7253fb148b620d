//! The formats that events are printed in.

mod csv;
mod json;
mod table;
mod template;

use std::{
    borrow::Cow,
    io::{self, Write},
    str::FromStr,
};

use avahi_events::{Endpoint, Event, ServiceType, ServiceTypes};

pub use self::template::{Template, socket};
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

/// The DNS type of a service's, if it is known.
pub fn dns_type<'a>(printed: ServiceType<'a>, types: Option<&'a ServiceTypes>) -> Option<&'a str> {
    match types {
        Some(types) => types.dns_type(printed),
        None => printed.dns_type(),
    }
}

/// What to print beside the event, and how.
#[derive(Debug, Clone, Default)]
pub struct Extras {
    /// The number of its line.
    lines: bool,
    /// Its time.
    times: bool,
    /// Display names of service types, beyond those built in.
    types: Option<ServiceTypes>,
}

/// Makes lines of events.
#[derive(Debug, Clone)]
pub struct Formatter {
    format: Format,
    audience: Audience,
    extras: Extras,
}

impl Formatter {
    /// Appends the line of one event.
    pub fn put(&self, out: &mut Vec<u8>, item: &Item<'_>) -> io::Result<()> {
        let (audience, extras) = (self.audience, &self.extras);
        match &self.format {
            Format::Json => json::print(out, item, audience, extras),
            Format::Csv => csv::print(out, item, audience, extras)?,
            Format::Table => table::print(out, item, extras)?,
            Format::Template(template) => template.print(out, item, audience, extras)?,
        }
        Ok(())
    }

    /// Appends what stands before the first event.
    fn put_head(&self, out: &mut Vec<u8>) -> io::Result<()> {
        match &self.format {
            Format::Csv => csv::print_head(out, &self.extras),
            Format::Table => table::print_head(out, &self.extras),
            Format::Json | Format::Template(_) => Ok(()),
        }
    }
}

/// So many bytes are handed over at once.
const BUFFER: usize = 64 * 1024;

/// Prints events to standard output.
pub struct Printer {
    formatter: Formatter,
    /// What was printed and not handed over yet.
    out: Vec<u8>,
    headed: bool,
}

impl Printer {
    /// Prints in `format`, with line numbers if `lines`.
    pub fn to_stdout(format: &Format, lines: bool) -> Self {
        Self {
            formatter: Formatter {
                format: format.clone(),
                audience: Audience::of_stdout(),
                extras: Extras {
                    lines,
                    ..Extras::default()
                },
            },
            out: Vec::new(),
            headed: false,
        }
    }

    /// Prints times, too, if `times`.
    pub fn with_times(mut self, times: bool) -> Self {
        self.formatter.extras.times = times;
        self
    }

    /// Knows these display names of service types.
    pub fn with_types(mut self, types: Option<ServiceTypes>) -> Self {
        self.formatter.extras.types = types;
        self
    }

    /// What makes the lines, for those who make them elsewhere and
    /// [add](Self::add) them here.
    pub fn formatter(&self) -> &Formatter {
        &self.formatter
    }

    /// Prints one event. It may stay in a buffer until [`flush`](Self::flush).
    pub fn print(&mut self, item: &Item<'_>) -> io::Result<()> {
        self.head()?;
        self.formatter.put(&mut self.out, item)?;
        match self.out.len() < BUFFER {
            true => Ok(()),
            false => self.flush(),
        }
    }

    /// Hands over lines that were made elsewhere.
    pub fn add(&mut self, lines: &[u8]) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        self.head()?;
        self.flush()?;
        io::stdout().write_all(lines)
    }

    fn head(&mut self) -> io::Result<()> {
        match std::mem::replace(&mut self.headed, true) {
            true => Ok(()),
            false => self.formatter.put_head(&mut self.out),
        }
    }

    /// Hands over all that was printed.
    pub fn flush(&mut self) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(&self.out).and_then(|()| stdout.flush());
        self.out.clear();
        written
    }
}
