//! One record: whatever it is, reading it does no harm; what was read prints as
//! it stood, and reads again as it is.
#![no_main]

use avahi_events::{Event, EventBuf};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|record: &[u8]| {
    match Event::parse(record) {
        Ok(event) => {
            let printed = event.to_bytes();
            let text = record.strip_suffix(b"\n").unwrap_or(record);
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            assert_eq!(printed, text);
            assert_eq!(Event::parse(&printed), Ok(event));
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
