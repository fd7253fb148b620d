//! Names: what is encoded decodes to itself, also as one of several labels, and
//! anything decodes to something.
#![no_main]

use avahi_events::{EscapeLabel, Label, Name};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let printed = EscapeLabel(bytes).to_string();
    let label = Label::new(printed.as_bytes());
    assert_eq!(*label.decode(), *bytes);
    assert!(label == *bytes);

    let labels: Vec<_> = bytes
        .split(|&byte| byte == b'/')
        .filter(|label| !label.is_empty())
        .collect();
    let printed: Vec<_> = labels
        .iter()
        .map(|it| EscapeLabel(it).to_string())
        .collect();
    let printed = printed.join(".");
    let name = Name::new(printed.as_bytes());
    let decoded: Vec<_> = name.labels().map(|it| it.decode().into_owned()).collect();
    assert!(labels.is_empty() || decoded == labels);
    assert!(name.eq_ignore_ascii_case(&Name::new((printed.clone() + ".").as_bytes())));

    let label = Label::new(bytes);
    let decoded = label.decode();
    assert!(label.bytes().eq(decoded.iter().copied()));
    assert!(decoded.len() <= bytes.len());
    assert_eq!(
        label.to_str().is_ok(),
        std::str::from_utf8(&decoded).is_ok()
    );
    assert!(!label.to_string().contains(char::is_control));

    let name = Name::new(bytes);
    assert!(name.eq_ignore_ascii_case(&Name::new(&bytes.to_ascii_uppercase())));
    assert!(
        name.labels()
            .map(|label| label.as_bytes().len())
            .sum::<usize>()
            <= bytes.len()
    );
});
