//! The captures that are timed: each is made from a seed, so that it is the
//! same on every machine, or was really printed.

use fastrand::Rng;

/// Bytes of a generated capture: more than fits the caches next to the
/// processor, little enough to be read hundreds of times in a few seconds.
const LEN: usize = 4 << 20;

/// Types, as long and as short as they come.
const TYPES: &[&str] = &[
    "_http._tcp",
    "_ipp._tcp",
    "_ipps._tcp",
    "_printer._tcp",
    "_pdl-datastream._tcp",
    "_workstation._tcp",
    "_ssh._tcp",
    "_sftp-ssh._tcp",
    "_smb._tcp",
    "_airplay._tcp",
    "_raop._tcp",
    "_googlecast._tcp",
    "_spotify-connect._tcp",
    "_hap._tcp",
    "_ntp._udp",
    "_sip._udp",
    "Web Site",
    "SSH Remote Terminal",
];

const KEYS: &[&str] = &[
    "txtvers", "note", "adminurl", "rp", "ty", "product", "pdl", "id", "md", "Color",
];

/// The mix that the promises are about: lines of random lengths, 45 % `+`,
/// 45 % `=` and 10 % `-`, half of the names with escapes, a third of the
/// addresses IPv6, none to twelve TXT strings, in which `;` occurs.
pub fn mixed() -> Vec<u8> {
    mixed_of(LEN)
}

/// As [`mixed`], of about `len` bytes.
pub fn mixed_of(len: usize) -> Vec<u8> {
    let rng = &mut Rng::with_seed(1);
    let mut out = String::with_capacity(len + 1024);
    while out.len() < len {
        match rng.u32(0..100) {
            0..45 => service(rng, "+", &mut out),
            45..55 => service(rng, "-", &mut out),
            _ => {
                service(rng, "=", &mut out);
                endpoint(rng, &mut out);
            }
        }
        out.push('\n');
    }
    out.into_bytes()
}

/// The sign and the fields up to the domain.
fn service(rng: &mut Rng, sign: &str, out: &mut String) {
    *out += sign;
    *out += ";";
    match rng.u32(0..10) {
        0..4 => *out += "eth0",
        4..7 => *out += "wlan0",
        7..9 => *out += &format!("enp{}s{}f{}", rng.u8(0..30), rng.u8(0..9), rng.u8(0..9)),
        _ if sign == "-" => *out += "(null)",
        _ => *out += &format!("veth{:07x}", rng.u32(0..1 << 28)),
    }
    *out += if rng.bool() { ";IPv4;" } else { ";IPv6;" };
    let escaped = rng.bool();
    for at in 0..rng.usize(1..36) {
        match rng.u32(0..12) {
            0 if escaped => *out += r"\032",
            1 if escaped => *out += [r"\.", r"\\", r"\059", r"\195\164", r"\040"][rng.usize(0..5)],
            _ if at == 0 && escaped => *out += r"\035",
            _ => out.push(rng.alphanumeric()),
        }
    }
    *out += ";";
    *out += rng.choice(TYPES).unwrap_or(&"_http._tcp");
    *out += match rng.u32(0..20) {
        0 => ";lab.example.org",
        _ => ";local",
    };
}

/// The fields after the domain.
fn endpoint(rng: &mut Rng, out: &mut String) {
    *out += ";";
    for _ in 0..rng.usize(1..24) {
        out.push(rng.alphanumeric());
    }
    *out += ".local;";
    *out += &match rng.u32(0..6) {
        0..4 => std::net::Ipv4Addr::from(rng.u32(..)).to_string(),
        4 => format!(
            "fe80::{:x}:{:x}:{:x}:{:x}",
            rng.u16(..),
            rng.u16(..),
            rng.u16(..),
            rng.u16(..)
        ),
        _ => std::net::Ipv6Addr::from(rng.u128(..) >> 3 | 1 << 125).to_string(),
    };
    *out += &format!(";{};", rng.u16(..) >> rng.u8(0..12));
    for at in 0..rng.usize(0..=12) {
        *out += if at == 0 { "\"" } else { " \"" };
        *out += rng.choice(KEYS).unwrap_or(&"id");
        *out += "=";
        for _ in 0..rng.usize(0..24) {
            match rng.u32(0..40) {
                0 => *out += "; ",
                1 => *out += r"\195\188",
                2 => *out += r#"\""#,
                _ => out.push(rng.alphanumeric()),
            }
        }
        *out += "\"";
    }
}

/// What `avahi-browse -p` printed of a real network: the captures of 0.8 and
/// later, over and over.
pub fn real() -> Vec<u8> {
    real_of(LEN)
}

/// As [`real`], of about `len` bytes.
pub fn real_of(len: usize) -> Vec<u8> {
    const CAPTURES: &[&[u8]] = &[
        include_bytes!("../../tests/captures/v0.8.arpt.txt"),
        include_bytes!("../../tests/captures/v0.8.arptk.txt"),
        include_bytes!("../../tests/captures/v0.9-rc5.arptk.txt"),
        include_bytes!("../../tests/captures/session.out.txt"),
    ];
    let once = CAPTURES.concat();
    once.repeat(len / once.len())
}

/// Names as bad as they can be: 63 bytes, each of them escaped.
pub fn escaped_names() -> Vec<u8> {
    let rng = &mut Rng::with_seed(2);
    let mut out = String::new();
    while out.len() < LEN {
        out += "+;eth0;IPv4;";
        for _ in 0..63 {
            out += &format!(r"\{:03}", rng.u8(128..));
        }
        out += ";_http._tcp;local\n";
    }
    out.into_bytes()
}

/// TXT of 8 KB, in strings of 250 bytes.
pub fn long_txt() -> Vec<u8> {
    let rng = &mut Rng::with_seed(3);
    let mut out = String::new();
    while out.len() < LEN {
        out += "=;eth0;IPv4;printer;_ipp._tcp;local;printer.local;192.0.2.7;631;";
        for at in 0..32 {
            out += if at == 0 { "\"key" } else { " \"key" };
            out += &format!("{at}=");
            for _ in 0..244 {
                match rng.u32(0..60) {
                    0 => out.push(';'),
                    1 => out += r"\195",
                    _ => out.push(rng.alphanumeric()),
                }
            }
            out += "\"";
        }
        out.push('\n');
    }
    out.into_bytes()
}

/// Lines of one short field: nothing in them is an event.
pub fn garbage() -> Vec<u8> {
    let rng = &mut Rng::with_seed(4);
    let mut out = String::new();
    while out.len() < LEN {
        for _ in 0..rng.usize(0..12) {
            out.push(rng.alphanumeric());
        }
        out.push('\n');
    }
    out.into_bytes()
}
