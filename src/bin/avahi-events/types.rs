//! `avahi-events types`: what DNS calls the types of services, and what people
//! do.

use std::io::{self, BufWriter, Write};

use avahi_events::{ServiceType, ServiceTypes};
use clap::{Args, ValueEnum};

use crate::{
    Outcome,
    reading::TypeArguments,
    safe::{self, Audience},
};

/// List service types and their display names
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  avahi-events types
  avahi-events types _http._tcp 'Web Site'
  LC_ALL=de_DE.UTF-8 avahi-browse -b >names; avahi-browse -bk >types
  avahi-events types --types names types 'Web-Angebot'

Exit status: 0 if all were found, 1 if not, 2 if the usage is wrong.")]
pub struct Arguments {
    /// Only these: types as `_http._tcp`, or display names
    #[arg(value_name = "TYPE")]
    wanted: Vec<String>,

    #[command(flatten)]
    types: TypeArguments,

    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The type, and the name in the next column
    Table,
    /// One object a line, with the keys type and type_name
    Json,
    /// Comma-separated values, with a header
    Csv,
}

/// Prints the database, or what was asked of it.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let database = arguments.types.read()?.unwrap_or_default();
    let out = BufWriter::new(io::stdout());
    let mut printer = Printer::new(out, arguments.format, Audience::of_stdout())?;
    let mut outcome = Outcome::Done;
    if arguments.wanted.is_empty() {
        for (dns_type, name) in database.iter() {
            printer.print(dns_type, name)?;
        }
    }
    for wanted in &arguments.wanted {
        match find(&database, wanted) {
            Some((dns_type, name)) => printer.print(dns_type, name)?,
            None => {
                printer.out.flush()?;
                let wanted = safe::text(wanted.as_bytes());
                crate::unread::say(&format!("avahi-events: no type is known as {wanted}"));
                outcome = Outcome::Incomplete;
            }
        }
    }
    printer.out.flush()?;
    Ok(outcome)
}

/// The type that is called so, and the name to show for it. Capitals do not
/// matter where the names are those that are shown.
fn find<'a>(database: &'a ServiceTypes, wanted: &'a str) -> Option<(&'a str, &'a [u8])> {
    let printed = ServiceType::new(wanted.as_bytes());
    match (database.dns_type(printed), printed.display_name()) {
        (Some(dns_type), Some(name)) => Some((dns_type, name)),
        _ => database.iter().find(|(dns_type, name)| {
            dns_type.eq_ignore_ascii_case(wanted) || name.eq_ignore_ascii_case(wanted.as_bytes())
        }),
    }
}

struct Printer<W> {
    out: W,
    format: Format,
    audience: Audience,
}

impl<W: Write> Printer<W> {
    fn new(mut out: W, format: Format, audience: Audience) -> io::Result<Self> {
        if format == Format::Csv {
            out.write_all(b"type,type_name\n")?;
        }
        Ok(Self {
            out,
            format,
            audience,
        })
    }

    fn print(&mut self, dns_type: &str, name: &[u8]) -> io::Result<()> {
        match self.format {
            Format::Table => {
                write!(self.out, "{:<24} ", safe::text(dns_type.as_bytes()))?;
                safe::write(&mut self.out, name, self.audience)?;
            }
            Format::Json => {
                let name = String::from_utf8_lossy(name);
                let object = serde_json::json!({ "type": dns_type, "type_name": name });
                match self.audience {
                    Audience::Program => serde_json::to_writer(&mut self.out, &object)?,
                    Audience::Terminal => {
                        let json = object.to_string();
                        safe::write_json(&mut self.out, &json, safe::acts_on_terminal)?;
                    }
                }
            }
            Format::Csv => {
                let name = match self.audience {
                    Audience::Program => name.to_vec(),
                    Audience::Terminal => safe::text(name).into_bytes(),
                };
                let mut csv = csv::Writer::from_writer(Vec::new());
                csv.write_record([dns_type.as_bytes(), &name])?;
                let record = csv.into_inner().map_err(|error| error.into_error())?;
                return self.out.write_all(&record);
            }
        }
        self.out.write_all(b"\n")
    }
}

#[cfg(test)]
mod tests {
    use super::{Audience, Format, Printer};

    #[test]
    fn a_terminal_gets_the_same_name_with_nothing_to_act_on() {
        let printed = |audience| {
            let mut printer = Printer::new(Vec::new(), Format::Json, audience).unwrap();
            let name = "a\u{9b}b\u{202e}".as_bytes();
            printer.print("_x._tcp", name).unwrap();
            String::from_utf8(printer.out).unwrap()
        };
        let (program, terminal) = (printed(Audience::Program), printed(Audience::Terminal));
        assert!(program.contains("a\u{9b}b\u{202e}"), "{program}");
        assert!(terminal.contains(r"a\u009bb\u202e"), "{terminal}");
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&program), value(&terminal));
    }
}
