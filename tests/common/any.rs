//! Lines and captures of all kinds, for properties.

use std::net::IpAddr;

use avahi_events::EscapeLabel;
use proptest::{collection::vec, prelude::*, sample::select};

use super::{PRINTERS, print_txt};

/// The parts of a line as Avahi would hold them, owned.
#[derive(Debug, Clone)]
pub struct Parts {
    pub kind: u8,
    pub interface: Vec<u8>,
    pub protocol: &'static str,
    /// Decoded; none for a browse domain.
    pub name: Option<Vec<u8>>,
    pub service_type: String,
    pub domain: String,
    pub host: String,
    pub address: IpAddr,
    pub port: u16,
    pub txt: Vec<u8>,
}

impl Parts {
    /// The line, as avahi-browse's `printf` makes it.
    pub fn line(&self) -> Vec<u8> {
        let mut fields = vec![
            vec![self.kind],
            self.interface.clone(),
            self.protocol.into(),
        ];
        if let Some(name) = &self.name {
            fields.push(EscapeLabel(name).to_string().into());
            fields.push(self.service_type.clone().into());
        }
        fields.push(self.domain.clone().into());
        if self.kind == b'=' {
            fields.push(self.host.clone().into());
            fields.push(self.address.to_string().into());
            fields.push(self.port.to_string().into());
            fields.push(self.txt.clone());
        }
        fields.join(&b';')
    }
}

/// An interface and a protocol that can stand together. Names with `;` are told
/// apart by the protocol after them, so they need one.
fn place() -> impl Strategy<Value = (Vec<u8>, &'static str)> {
    let byte = any::<u8>().prop_filter("not in interface names", |byte| {
        !matches!(byte, 0 | b'/' | b':') && !byte.is_ascii_whitespace() && *byte != 0x0b
    });
    let odd = prop_oneof![byte, Just(b';'), Just(b'"')];
    let name = vec(odd, 1..=15).prop_filter("says something else", |name| name != b"(null)");
    let plain = "[a-z]{2,8}[0-9]{0,3}".prop_map(String::into_bytes);
    prop_oneof![
        (name, select(vec!["IPv4", "IPv6"])),
        (plain, select(vec!["IPv4", "IPv6", "n/a", "n/v"])),
        (Just(b"(null)".to_vec()), select(vec!["IPv4", "IPv6"])),
        Just((b"n/a".to_vec(), "n/a")),
        Just((Vec::new(), "")),
    ]
}

fn dns_name() -> impl Strategy<Value = String> {
    let label = vec(any::<u8>(), 1..12).prop_map(|label| EscapeLabel(&label).to_string());
    vec(label, 1..4).prop_map(|labels| labels.join("."))
}

pub fn txt_strings() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let byte = prop_oneof![
        4 => any::<u8>(),
        1 => select(b"\"\\ ;=0123\n\r\0\x7f".to_vec()),
    ];
    vec(vec(byte, 0..20), 0..6)
}

pub fn parts() -> impl Strategy<Value = Parts> {
    let name = vec(any::<u8>(), 1..=63);
    let service_type = select(vec![
        "_http._tcp",
        "_ipp._tcp",
        "Web Site",
        "Web-Angebot",
        "ウェブ",
    ]);
    let service = (name, service_type, dns_name());
    let endpoint = (
        dns_name(),
        any::<IpAddr>(),
        any::<u16>(),
        txt_strings(),
        select(&PRINTERS[..]),
    );
    let kind = select(b"+-=+-".to_vec());
    (kind, place(), service, endpoint, prop::bool::weighted(0.2)).prop_map(
        |(kind, (interface, protocol), (name, service_type, domain), endpoint, browse)| {
            let (host, address, port, strings, printer) = endpoint;
            Parts {
                kind,
                interface,
                protocol,
                name: (kind == b'=' || !browse).then_some(name),
                service_type: service_type.to_owned(),
                domain,
                host,
                address,
                port,
                txt: print_txt(&strings, printer),
            }
        },
    )
}

/// A capture of all that can stand in one, whole or not.
pub fn capture() -> impl Strategy<Value = Vec<u8>> {
    let odd = select(vec![
        &b""[..],
        b"+ avahi-browse -arpkf",
        b"Disconnected, reconnecting ...",
        b"Got SIGTERM, quitting.",
        b"hello",
        b"and a \"quote\"",
        b"\"",
        b"\xff\"",
        b"=;eth0;IPv4;a;_http._tcp;local",
        b"=;eth0;IPv4;a;_http._tcp;local;h;192.0.2.1;80;\"open",
        b"=;eth0;IPv4;a;_http._tcp;local;h;192.0.2.1;80;\"raw\x01\"",
        b"=;eth0;IPv4;a;_http._tcp;local;h;192.0.2.1;80;\"a\" \"",
        b"+;eth0;IPv4;a",
    ]);
    let line = prop_oneof![
        3 => parts().prop_map(|parts| parts.line()),
        2 => odd.prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 0..30),
    ];
    let end = select(vec![&b"\n"[..], b"\n", b"\n", b"\r\n", b"\n\n"]);
    (vec((line, end), 0..12), prop::bool::ANY).prop_map(|(lines, ended)| {
        let mut capture = Vec::new();
        for (line, end) in lines {
            capture.extend(line);
            capture.extend(end);
        }
        if !ended {
            capture.pop();
        }
        capture
    })
}
