//! Random services, and what is said of them to those that publish them.

use std::collections::BTreeSet;

use avahi_events::EscapeLabel;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use fastrand::Rng;
use serde_json::{Value, json};

/// Some of them are in Avahi's type database.
const TYPES: [&str; 12] = [
    "_http._tcp",
    "_ipp._tcp",
    "_raop._tcp",
    "_workstation._tcp",
    "_presence._tcp",
    "_ntp._udp",
    "_ab._udp",
    "_0x._tcp",
    "_a-b-c._tcp",
    "_CaPiTaLs._tcp",
    "_fifteen-letters._tcp",
    "_123-a._udp",
];

pub const SUBTYPES: [&str; 3] = ["_color", "_a b", "_\u{fc};\"\\."];

/// What means something to a shell, a parser, a terminal or Avahi.
const ODD: &[u8] = b"\"\\;. =0123456789'`$()[]{}<>|&*?~#%+-_:/,@!\n\r\t\x1b\x07\x7f";

/// Names that look like something else.
const FORGED: [&str; 8] = [
    "=;eth0;IPv4;forged;_http._tcp;local;h;192.0.2.66;80;",
    "+;eth0;IPv4;x;_http._tcp;local\n-;eth0;IPv4;x;_http._tcp;local",
    "\\065\\.\\\\",
    "...",
    "\" \"",
    "(null)",
    "--help",
    "Got SIGTERM, quitting.",
];

#[derive(Debug, Clone)]
pub struct Service {
    pub name: String,
    pub service_type: &'static str,
    pub subtypes: BTreeSet<&'static str>,
    /// Which of the hosts it is on; none is the publisher's own.
    pub host: Option<usize>,
    pub port: u16,
    /// The strings, in the order of the wire.
    pub txt: Vec<Vec<u8>>,
}

impl Service {
    pub fn any(random: &mut Rng, hosts: usize) -> Self {
        let mut subtypes = BTreeSet::new();
        while random.u8(..4) == 0 {
            subtypes.insert(*random.choice(&SUBTYPES).unwrap());
        }
        Self {
            name: name(random),
            service_type: random.choice(TYPES).unwrap(),
            subtypes,
            host: (hosts > 0 && random.bool()).then(|| random.usize(..hosts)),
            port: match random.u8(..8) {
                0 => *random.choice(&[0, 1, u16::MAX]).unwrap(),
                _ => random.u16(..),
            },
            txt: txt(random),
        }
    }

    pub fn json(&self, hosts: &[HostName]) -> Value {
        let txt: Vec<_> = self.txt.iter().map(|it| STANDARD.encode(it)).collect();
        let subtypes = self.subtypes.iter();
        let subtypes: Vec<_> = subtypes.map(|it| subtype(it, self.service_type)).collect();
        let host = self.host.map_or("", |host| &hosts[host].name);
        json!({
            "name": self.name, "type": self.service_type, "subtypes": subtypes,
            "host": host, "port": self.port, "txt": txt,
        })
    }
}

/// The subtype as DNS has it (RFC 6763 section 7.1).
pub fn subtype(subtype: &str, service_type: &str) -> String {
    format!("{}._sub.{service_type}", EscapeLabel(subtype.as_bytes()))
}

/// A host that is not a daemon's own.
#[derive(Debug)]
pub struct HostName {
    /// As Avahi escapes it.
    pub name: String,
    pub address: &'static str,
}

impl HostName {
    pub fn any(random: &mut Rng, address: &'static str) -> Self {
        let label = loop {
            let label = name(random);
            if (1..=63).contains(&label.len()) {
                break label;
            }
        };
        Self {
            name: format!("{}.local", EscapeLabel(label.as_bytes())),
            address,
        }
    }

    pub fn json(&self) -> Value {
        json!({"name": self.name, "address": self.address})
    }
}

/// Most can be published: a few are empty, longer than 63 bytes, or hold one of
/// the code points that Unicode gives to no character ever, which Avahi refuses.
fn name(random: &mut Rng) -> String {
    let mut part: fn(&mut Rng) -> char = match random.u8(..16) {
        0 => return (*random.choice(&FORGED).unwrap()).to_owned(),
        1..4 => any_char,
        4..6 => |random| random.char('\x01'..='\x7f'),
        6..8 => |random| random.char('\u{80}'..='\u{2fff}'),
        8 => |random| random.char('\x01'..='\x1f'),
        9..12 => odd_char,
        _ => |random| match random.u8(..4) {
            0 => odd_char(random),
            _ => random.alphanumeric(),
        },
    };
    let full = match random.u8(..16) {
        0 => 64,
        1..5 => 63,
        _ => random.usize(1..=40),
    };
    let mut name = String::new();
    while name.len() < full {
        let char = part(random);
        match name.len() + char.len_utf8() <= full || full == 64 {
            true => name.push(char),
            false => part = |random| random.alphanumeric(), // to fill it
        }
    }
    match random.u8(..100) {
        0 => String::new(),
        _ => name,
    }
}

/// Anything but NUL, which D-Bus does not carry.
fn any_char(random: &mut Rng) -> char {
    random.char('\x01'..=char::MAX)
}

fn odd_char(random: &mut Rng) -> char {
    (*random.choice(ODD).unwrap()).into()
}

/// No strings at all, or a few, or more than Ethernet's frames hold.
fn txt(random: &mut Rng) -> Vec<Vec<u8>> {
    let (count, longest) = match random.u8(..16) {
        0 => return Vec::new(),
        1 => (5, 255),
        2 => (100, 6),
        3 => (1, 255),
        _ => (random.usize(1..=8), 40),
    };
    (0..count).map(|_| string(random, longest)).collect()
}

fn string(random: &mut Rng, longest: usize) -> Vec<u8> {
    let len = match random.u8(..100) {
        0 => 0,
        1..20 => longest,
        _ => random.usize(1..=longest),
    };
    let byte: fn(&mut Rng) -> u8 = match random.u8(..4) {
        0 => |random| random.u8(..),
        1 => |random| *random.choice(ODD).unwrap(),
        2 => |random| random.u8(0x20..0x7f),
        _ => |random| *random.choice(b"\"\\ =;\0\n09").unwrap(),
    };
    let mut string: Vec<_> = (0..len).map(|_| byte(random)).collect();
    if len > 0 && random.bool() {
        let key = random.choice(["txtvers=", "note=", "Key", "key=", "="]);
        string.splice(..0, key.unwrap().bytes());
        string.truncate(255);
    }
    string
}
