//! A plain parser, which splits a line at `;` and leaves the rest to `std`:
//! slow, and easily seen to be right. What the library reads in windows and
//! with tricks has to be the same.

mod common;

use std::net::IpAddr;

use common::plain::check;
use proptest::{collection::vec, prelude::*, sample::select};

/// Any text of these bytes, mostly shorter than a window, now and then longer.
fn text(of: &'static str) -> impl Strategy<Value = String> {
    let byte = select(of.chars().collect::<Vec<_>>());
    prop_oneof![
        8 => vec(byte.clone(), 1..20),
        2 => vec(byte.clone(), 20..70),
        1 => vec(byte, 70..150),
    ]
    .prop_map(String::from_iter)
}

fn place() -> impl Strategy<Value = String> {
    let interface = prop_oneof![
        6 => select(vec!["eth0", "lo", "wlp0s20f3", "enx0123456789ab", "(null)"]).prop_map(str::to_owned),
        1 => select(vec!["", "n/a", ";", "we;rd\"x", "a;IPv4", "IPv4", "k. A.", "a-name-of-16-byt"]).prop_map(str::to_owned),
        1 => text("a;0"),
    ];
    let protocol = prop_oneof![
        6 => select(vec!["IPv4", "IPv6"]),
        1 => select(vec!["", "n/a", "IPv5", "IPv4 ", "ipv4", "k. A."]),
    ];
    (interface, protocol).prop_map(|(interface, protocol)| format!("{interface};{protocol}"))
}

fn address() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => any::<IpAddr>().prop_map(|it| it.to_string()),
        2 => any::<[u16; 4]>().prop_map(|[a, b, c, d]| format!("fe80::{a:x}:{b:x}:{c:x}:{d:x}")),
        1 => select(vec!["::", "::1", "::192.0.2.7", "192.0.2.07", "192.0.2.256", "192.0.2.300", "1.2.3", "", "fe80::1%eth0"])
            .prop_map(str::to_owned),
        1 => text("0123456789abcdef.:"),
    ]
}

fn txt() -> impl Strategy<Value = String> {
    let strings = vec(text("abc=; \\09é"), 0..8).prop_map(|strings| {
        let quoted: Vec<_> = strings.iter().map(|it| format!("\"{it}\"")).collect();
        quoted.join(" ")
    });
    prop_oneof![6 => strings, 1 => text("a\" \\;=")]
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    let name = || prop_oneof![9 => text("abcXYZ-_\\.059"), 1 => Just(String::new())];
    let port = prop_oneof![
        4 => any::<u16>().prop_map(|it| it.to_string()),
        1 => text("0123456789"),
        1 => select(vec!["", "0", "65535", "65536", "00080", "000080", "+80", "8 0", "80a"]).prop_map(str::to_owned),
    ];
    let service = (place(), name(), name(), name());
    let endpoint = (name(), address(), port, txt());
    let sign = select(vec!["+", "=", "=", "=", "-"]);
    let fields = (sign, service, endpoint).prop_map(|(sign, (place, a, b, c), (d, e, f, g))| {
        let service = format!("{sign};{place};{a};{b};{c}");
        match sign {
            "=" => format!("{service};{d};{e};{f};{g}").into_bytes(),
            _ => service.into_bytes(),
        }
    });
    // Bytes changed, taken out or put in, but no line end.
    let change = (
        any::<prop::sample::Index>(),
        0..3,
        select(b";\"+=IPv4:.0\\\0\x1f\x7f\xc3\xff".to_vec()),
    );
    let changes = prop_oneof![3 => Just(Vec::new()), 1 => vec(change, 1..3)];
    (fields, changes).prop_map(|(mut line, changes)| {
        for (at, what, byte) in changes {
            let at = at.index(line.len());
            match what {
                0 => line[at] = byte,
                1 => line.insert(at, byte),
                _ if line.len() > 1 => drop(line.remove(at)),
                _ => {}
            }
        }
        line
    })
}

#[test]
fn lines_of_every_length_around_a_window() {
    for len in 1..140 {
        let name = "n".repeat(len);
        check(format!("+;eth0;IPv4;{name};_http._tcp;local").as_bytes());
        check(format!("-;eth0;IPv6;a;{name};local").as_bytes());
        check(format!("=;eth0;IPv6;a;b;{name};{name};192.0.2.7;80;").as_bytes());
        check(format!("=;eth0;IPv6;a;b;local;{name};fe80::1;65535;\"{name}\"").as_bytes());
        check(format!("+;eth0;IPv4;a;b;{name};").as_bytes());
        check(format!("=;eth0;IPv4;a;b;c;{name};192.0.2.7;80").as_bytes());
    }
}

#[test]
fn lines_cut_at_every_byte() {
    let line = br#"=;eth0;IPv4;My\032Printer;_ipp._tcp;local;printer.local;192.0.2.7;631;"note=2nd; left" "b""#;
    for len in 1..line.len() {
        check(&line[..len]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_plain_parser_agrees(line in line()) {
        check(&line);
    }

    #[test]
    fn the_plain_parser_agrees_on_any_text(line in "[+=-];[ -~]{0,40}(;IPv[46])?(;[ -~]{0,30}){0,9}") {
        check(line.as_bytes());
    }
}

/// Found by fuzzing: a line that ends within what would be its interface was
/// read on into the next one.
#[test]
fn a_line_ends_at_its_line_feed_wherever_that_is() {
    let line = b"-;(null);IPv6;a;_http._tcp;local\n";
    for at in 2..line.len() - 1 {
        let mut torn = line.to_vec();
        torn.insert(at, b'\n');
        let capture = [&torn[..], b"+;eth0;IPv4;b;_http._tcp;local\n", &[b'x'; 64]].concat();
        let first = avahi_events::records(&capture).next().unwrap();
        assert_eq!(first.bytes, &line[..at], "{at}");
        assert_eq!(first.event, avahi_events::Event::parse(&line[..at]), "{at}");
    }
}
