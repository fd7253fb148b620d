//! JSON Lines.

use std::io::{self, Write};

use avahi_events::Annotated;
use serde::Serialize as _;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use super::{Extras, Item};
use crate::safe::{Audience, acts_on_terminal};

/// Prints one object, and a line feed.
pub fn print<W: Write>(
    out: &mut W,
    item: &Item<'_>,
    audience: Audience,
    extras: &Extras,
) -> io::Result<()> {
    let mut event = Annotated::new(*item.event);
    if extras.lines {
        event = event.with_line(item.line);
    }
    if let Some(types) = &extras.types {
        event = event.with_service_types(types);
    }
    if let Some(time) = item.time {
        event = event.with_time(time);
    }
    match audience {
        Audience::Program => serde_json::to_writer(&mut *out, &event)?,
        Audience::Terminal => {
            let mut serializer = Serializer::with_formatter(&mut *out, ForTerminal);
            event.serialize(&mut serializer)?;
        }
    }
    out.write_all(b"\n")
}

/// Escapes, beyond what JSON asks for, all that a terminal would act on.
struct ForTerminal;

impl Formatter for ForTerminal {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(acts_on_terminal) {
            let (before, after) = rest.split_at(at);
            CompactFormatter.write_string_fragment(out, before)?;
            let mut chars = after.chars();
            for unit in chars.next().iter().flat_map(|char| {
                let mut units = [0; 2];
                char.encode_utf16(&mut units).to_vec()
            }) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = chars.as_str();
        }
        CompactFormatter.write_string_fragment(out, rest)
    }
}

#[cfg(test)]
mod tests {
    use avahi_events::Event;

    use super::{Audience, Extras, Item, print};

    fn printed(audience: Audience) -> String {
        let line = "+;eth0;IPv4;a\\194\\155b\\027\\226\\128\\174;_x._tcp;local";
        let item = Item {
            event: &Event::try_from(line).unwrap(),
            file: "-",
            line: 1,
            time: None,
        };
        let mut out = Vec::new();
        print(&mut out, &item, audience, &Extras::default()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_terminal_gets_the_same_value_in_ascii() {
        let (program, terminal) = (printed(Audience::Program), printed(Audience::Terminal));
        assert!(program.contains("\"a\u{9b}b\\u001b\u{202e}\""), "{program}");
        assert!(terminal.contains(r#""a\u009bb\u001b\u202e""#), "{terminal}");
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&program), value(&terminal));
    }
}
