//! What several tests need: the published services, and Avahi's printers.
#![allow(dead_code)] // each test uses a part of it

pub mod any;
pub mod plain;

use std::path::{Path, PathBuf};

use avahi_events::{EventBuf, events, records};
use base64::{Engine, engine::general_purpose::STANDARD};

/// A capture that comes with the crate.
pub fn capture(name: &str) -> Vec<u8> {
    let path = capture_path(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn capture_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/captures")
        .join(name)
}

/// The events of a capture in which nothing is damaged or unknown.
pub fn read(capture: &[u8]) -> Vec<EventBuf> {
    for record in records(capture) {
        assert_eq!(record.unread(), None, "line {}", record.line);
    }
    events(capture)
        .filter_map(Result::ok)
        .map(EventBuf::from)
        .collect()
}

/// Every capture, by name.
pub fn capture_names() -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(capture_path("."))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".txt"))
        .collect();
    names.sort();
    names
}

/// A service as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub name: String,
    pub service_type: String,
    pub port: u16,
    /// In the order of the wire.
    pub txt: Vec<Vec<u8>>,
}

/// What the host of the captures published.
pub fn published() -> Vec<Published> {
    let services: serde_json::Value = serde_json::from_slice(&capture("services.json")).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    services
        .as_array()
        .unwrap()
        .iter()
        .map(|service| Published {
            name: text(&service["name"]),
            service_type: text(&service["type"]),
            port: service["port"].as_u64().unwrap().try_into().unwrap(),
            txt: service["txt"]
                .as_array()
                .unwrap()
                .iter()
                .map(|string| STANDARD.decode(text(string)).unwrap())
                .collect(),
        })
        .collect()
}

/// How the versions of Avahi print TXT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Printer {
    /// Up to 0.7.
    Raw,
    /// 0.8 to 0.9-rc2 where `char` is signed: a byte over 127 is below 32.
    Signed,
    /// 0.8 to 0.9-rc2 where it is not.
    Unsigned,
    /// From 0.9-rc3.
    Strict,
}

pub const PRINTERS: [Printer; 4] = [
    Printer::Raw,
    Printer::Signed,
    Printer::Unsigned,
    Printer::Strict,
];

/// A TXT field with these strings, in this order.
pub fn print_txt(strings: &[Vec<u8>], printer: Printer) -> Vec<u8> {
    let printed: Vec<Vec<u8>> = strings.iter().map(|it| print_string(it, printer)).collect();
    printed.join(&b' ')
}

fn print_string(string: &[u8], printer: Printer) -> Vec<u8> {
    let mut out = vec![b'"'];
    for &byte in string {
        let escaped = match printer {
            Printer::Raw if byte == 0 => break,
            Printer::Raw => false,
            Printer::Signed => !(32..=127).contains(&byte),
            Printer::Unsigned => byte < 32,
            Printer::Strict => !(32..127).contains(&byte),
        };
        match byte {
            _ if escaped => out.extend(format!("\\{byte:03}").bytes()),
            b'"' | b'\\' if printer != Printer::Raw => out.extend([b'\\', byte]),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
    out
}
