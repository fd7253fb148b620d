//! JSON Lines.

use avahi_events::Annotated;

use super::{Extras, Item};
use crate::safe::{self, Audience, acts_on_terminal};

/// Prints one object, and a line feed.
pub fn print(out: &mut Vec<u8>, item: &Item<'_>, audience: Audience, extras: &Extras) {
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
    let start = out.len();
    event.write_json(out);
    if audience == Audience::Terminal {
        let object = out.split_off(start);
        // Writing to memory does not fail.
        let _ = safe::write_json(out, &String::from_utf8_lossy(&object), acts_on_terminal);
    }
    out.push(b'\n');
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
        print(&mut out, &item, audience, &Extras::default());
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
