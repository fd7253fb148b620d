//! One record: whatever it is, reading it does no harm; what was read prints as
//! it stood, and reads again as it is. A plain parser reads the same, also where
//! the record is a line of a capture.
#![no_main]

#[path = "../../tests/common/plain.rs"]
mod plain;

use avahi_events::{Event, EventBuf};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|record: &[u8]| {
    let text = record.strip_suffix(b"\n").unwrap_or(record);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let event = Event::parse(record);
    // Only TXT may hold line feeds.
    let expected = plain::reference(text).filter(|line| {
        let txt = line.endpoint.map_or(&b""[..], |(.., txt)| txt);
        !text[..text.len() - txt.len()].contains(&b'\n')
    });
    let seen = event.as_ref().ok().map(|it| plain::seen(it, text));
    assert_eq!(seen, expected);
    let is_line = matches!(text, [b'+' | b'=' | b'-', b';', ..]);
    if is_line && !text.contains(&b'\n') && !text.ends_with(b"\r") {
        plain::check(text);
    }
    match event {
        Ok(event) => {
            let printed = event.to_bytes();
            assert_eq!(printed, text);
            // At the end of a record that has no line feed, a CR is taken for
            // one of a line end that was torn.
            let line_end = if printed.ends_with(b"\r") { "\r\n" } else { "" };
            let again = [&printed, line_end.as_bytes()].concat();
            assert_eq!(Event::parse(&again), Ok(event));
            let owned = EventBuf::from(event);
            assert_eq!(owned.event(), event);
            assert_eq!(owned.as_bytes(), printed);
            // Every field can be asked for all it has.
            let json = serde_json::to_string(&event).unwrap();
            serde_json::from_str::<serde_json::Value>(&json).unwrap();
            assert!(!json.bytes().any(|byte| byte < b' '));
            let _ = (event.to_string(), format!("{event:?}"));
            if let Some(endpoint) = event.endpoint() {
                assert!(endpoint.txt.attributes().count() <= endpoint.txt.strings().count());
            }
        }
        Err(error) => {
            assert!(error.offset() <= record.len());
            assert!(!error.to_string().contains(char::is_control));
        }
    }
});
