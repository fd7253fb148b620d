//! Addresses: our own parsers take what `std` takes, and nothing else, whatever
//! stands around the text.
//!
//! They are on the quick way through a capture, and take windows of up to 48
//! bytes from the address on. `Event::parse` goes the other way, by `std`.
#![no_main]

use std::net::IpAddr;

use arbitrary::{Arbitrary, Unstructured};
use avahi_events::{ErrorKind, Event, Field, events};
use libfuzzer_sys::fuzz_target;

/// An address as somebody may write it, and what is wrong with it.
#[derive(Debug, Arbitrary)]
struct Written {
    form: Form,
    changes: Vec<(u8, Change)>,
}

#[derive(Debug, Arbitrary)]
enum Form {
    Plain(IpAddr),
    /// Octets, of as many digits as are said.
    Four([(u16, u8); 4]),
    /// Groups, of as many digits as are said, and where those that are left
    /// out begin and end.
    Six {
        groups: [(u16, u8); 8],
        gap: Option<(u8, u8)>,
        capitals: bool,
        end: Option<[u8; 4]>,
    },
}

#[derive(Debug, Arbitrary)]
enum Change {
    Drop,
    Double,
    Put(u8),
    Set(u8),
    /// One of the bytes that are next to those that may stand there.
    SetNear(u8),
}

impl Form {
    fn text(&self) -> String {
        match self {
            Self::Plain(address) => address.to_string(),
            Self::Four(octets) => {
                let octets = octets.map(|(value, width)| {
                    format!("{:0width$}", value % 300, width = usize::from(width % 5))
                });
                octets.join(".")
            }
            Self::Six {
                groups,
                gap,
                capitals,
                end,
            } => {
                let mut groups: Vec<_> = groups
                    .iter()
                    .map(|(value, width)| {
                        format!("{value:0width$x}", width = usize::from(width % 6))
                    })
                    .collect();
                if let Some([a, b, c, d]) = end {
                    groups.truncate(6);
                    groups.push(format!("{a}.{b}.{c}.{d}"));
                }
                let text = match gap {
                    None => groups.join(":"),
                    Some((from, to)) => {
                        let to = usize::from(*to) % (groups.len() + 1);
                        let from = usize::from(*from) % (to + 1);
                        format!("{}::{}", groups[..from].join(":"), groups[to..].join(":"))
                    }
                };
                match capitals {
                    true => text.to_uppercase(),
                    false => text,
                }
            }
        }
    }
}

impl Written {
    fn text(&self) -> Vec<u8> {
        const NEAR: &[u8] = b"./09:;@AFG`afg \xb0\xba\xc1\0";
        let mut text = self.form.text().into_bytes();
        for (at, change) in self.changes.iter().take(4) {
            let at = usize::from(*at) % (text.len() + 1);
            match (change, text.get(at).copied()) {
                (Change::Drop, Some(_)) => drop(text.remove(at)),
                (Change::Double, Some(byte)) => text.insert(at, byte),
                (Change::Put(byte), _) => text.insert(at, *byte),
                (Change::Set(byte), Some(_)) => text[at] = *byte,
                (Change::SetNear(near), Some(_)) => {
                    text[at] = NEAR[usize::from(*near) % NEAR.len()];
                }
                _ => {}
            }
        }
        text
    }
}

/// What may follow the address: the least, and enough for every window.
const AFTER: &[&[u8]] = &[
    b";80;\n",
    b";80;\"\"\n",
    b";80;\n+;eth0;IPv4;printer;_ipp._tcp;local\n+;eth0;IPv6;printer;_ipp._tcp;local\n",
    b";65535;\"txtvers=1\" \"note=2nd floor; left\" \"adminurl=http://printer.local/\"\n",
    b";0;\"::1\" \"1.2.3.4.5.6.7.8:9:a:b:c:d:e:f\" \".\" \":\"\r\n=;eth0;IPv4;a;b;c;d;::;1;\n",
];

fn agrees(text: &[u8]) {
    // None of the text's own separators.
    let end = text.iter().position(|byte| matches!(byte, b';' | b'\n'));
    let text = &text[..end.unwrap_or(text.len())];
    let expected: Option<IpAddr> = std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse().ok());
    let said = text.escape_ascii();
    for after in AFTER {
        let capture = [b"=;eth0;IPv6;a;_x._udp;local;h.local;", text, after].concat();
        let event = events(&capture).next().unwrap();
        let endpoint = event.as_ref().ok().and_then(Event::endpoint);
        assert_eq!(endpoint.map(|it| it.address), expected, "{said}");
        if let Ok(event) = event {
            assert!(capture.starts_with(&event.to_bytes()), "{said}");
        }
    }
    let line = [b"=;eth0;IPv6;a;_x._udp;local;h.local;", text, b";80;"].concat();
    match (Event::parse(&line), expected) {
        (Ok(event), Some(address)) => assert_eq!(event.endpoint().unwrap().address, address),
        (Err(error), None) => {
            let kind = match text {
                [] => ErrorKind::EmptyField,
                _ => ErrorKind::InvalidAddress,
            };
            assert_eq!(
                (error.kind(), error.field()),
                (kind, Field::Address),
                "{said}"
            );
        }
        (parsed, _) => panic!("{said}: {parsed:?}"),
    }
}

fuzz_target!(|bytes: &[u8]| {
    agrees(bytes);
    if let Ok(written) = Written::arbitrary(&mut Unstructured::new(bytes)) {
        agrees(&written.text());
    }
});
