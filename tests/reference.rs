//! A plain parser, which splits a line at `;` and leaves the rest to `std`:
//! slow, and easily seen to be right. What the library reads in windows and
//! with tricks has to be the same.

use std::net::IpAddr;

use avahi_events::{Event, Reader, events};
use proptest::{collection::vec, prelude::*, sample::select};

/// The fields of a line.
#[derive(Debug, PartialEq)]
struct Line<'a> {
    sign: u8,
    interface: &'a [u8],
    protocol: &'a [u8],
    /// Name and type; a browse domain has none.
    service: Option<[&'a [u8]; 2]>,
    domain: &'a [u8],
    endpoint: Option<(&'a [u8], IpAddr, u16, &'a [u8])>,
}

/// Reads a line without its line end.
fn reference(line: &[u8]) -> Option<Line<'_>> {
    let [sign @ (b'+' | b'=' | b'-'), b';', body @ ..] = line else {
        return None;
    };
    // The interface ends before the first `;IPv4;` or `;IPv6;` within its 15
    // bytes, at which all the rest can be read; else at the first `;`.
    let followed_by_protocol = |&at: &usize| {
        let after = &body[at..];
        after.starts_with(b";IPv4;") || after.starts_with(b";IPv6;")
    };
    let first = body.iter().position(|&byte| byte == b';')?;
    (0..=15.min(body.len()))
        .filter(followed_by_protocol)
        .chain([first])
        .find_map(|end| fields(*sign, &body[..end], &body[end + 1..]))
}

fn fields<'a>(sign: u8, interface: &'a [u8], rest: &'a [u8]) -> Option<Line<'a>> {
    let parts: Vec<&[u8]> = match sign {
        b'=' => rest.splitn(8, |&byte| byte == b';').collect(),
        _ => rest.split(|&byte| byte == b';').collect(),
    };
    let (protocol, service, domain, endpoint) = match (sign, &*parts) {
        (b'=', &[protocol, name, kind, domain, host, address, port, txt]) => {
            let address = str::from_utf8(address).ok()?.parse().ok()?;
            let is_quoted = txt.len() >= 2 && txt.starts_with(b"\"") && txt.ends_with(b"\"");
            if host.is_empty() || !(txt.is_empty() || is_quoted) {
                return None;
            }
            let endpoint = (host, address, number(port)?, txt);
            (protocol, Some([name, kind]), domain, Some(endpoint))
        }
        (b'+' | b'-', &[protocol, name, kind, domain]) => {
            (protocol, Some([name, kind]), domain, None)
        }
        (b'+' | b'-', &[protocol, domain]) => (protocol, None, domain, None),
        _ => return None,
    };
    let given = service.iter().flatten().chain([&domain]);
    if given.clone().any(|field| field.is_empty()) {
        return None;
    }
    Some(Line {
        sign,
        interface,
        protocol,
        service,
        domain,
        endpoint,
    })
}

fn number(digits: &[u8]) -> Option<u16> {
    let is_number = (1..=5).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    str::from_utf8(digits)
        .ok()?
        .parse()
        .ok()
        .filter(|_| is_number)
}

/// The same of an event. The protocol's text is only seen in the whole line.
fn seen<'a>(event: &Event<'a>, line: &'a [u8]) -> Line<'a> {
    let interface = event.interface().as_bytes();
    let after = &line[2 + interface.len() + 1..];
    let protocol_len = after.iter().position(|&byte| byte == b';');
    let protocol = &after[..protocol_len.unwrap()];
    let expected = match protocol {
        b"IPv4" => Some("IPv4"),
        b"IPv6" => Some("IPv6"),
        _ => None,
    };
    assert_eq!(event.protocol().map(|it| it.as_str()), expected);
    Line {
        sign: event.kind().sign() as u8,
        interface,
        protocol,
        service: event
            .service()
            .map(|it| [it.name.as_bytes(), it.service_type.as_bytes()]),
        domain: event.domain().as_bytes(),
        endpoint: event
            .endpoint()
            .map(|it| (it.host.as_bytes(), it.address, it.port, it.txt.as_bytes())),
    }
}

/// What may follow a line: nothing, little, or enough for the widest window.
const AFTER: &[&[u8]] = &[
    b"",
    b"+;e;IPv4;n;_t._tcp;local\n",
    b"=;eth0;IPv4;name;_http._tcp;local;host.local;192.0.2.7;80;\"key=value; and more\" \"b\"\n-;eth0;IPv6;name;_http._tcp;local\n",
];

/// Reads the line on its own, in captures, and from a stream.
fn check(line: &[u8]) {
    let expected = reference(line);
    let alone = Event::parse(line);
    let said = String::from_utf8_lossy(line);
    assert_eq!(
        alone.as_ref().ok().map(|it| seen(it, line)),
        expected,
        "{said}"
    );
    if let Ok(event) = &alone {
        assert_eq!(event.to_bytes(), line, "{said}");
    }
    for after in AFTER {
        for line_end in ["\n", "\r\n"] {
            let capture = [line, line_end.as_bytes(), after].concat();
            let first = events(&capture).next().unwrap();
            // A quote that is open or may be goes on with what follows.
            let is_whole = match &first {
                Ok(event) => event.to_bytes() == line,
                Err(error) => error.bytes() == line,
            };
            let may_go_on = line.contains(&b'"') && !after.starts_with(b"+");
            assert!(is_whole || may_go_on || alone.is_err(), "{said}");
            if is_whole {
                match (&first, &alone) {
                    (Ok(first), Ok(alone)) => assert_eq!(first, alone, "{said}"),
                    (Err(first), Err(alone)) => assert_eq!(first.error(), *alone, "{said}"),
                    _ => panic!("{said}: {first:?}, alone {alone:?}"),
                }
            }
            let mut reader = Reader::new(&*capture);
            match (reader.next_event().unwrap(), &first) {
                (Ok(streamed), Ok(first)) => assert_eq!(streamed, *first, "{said}"),
                (Err(streamed), Err(first)) => assert_eq!(streamed.to_string(), first.to_string()),
                (streamed, _) => panic!("{said}: {first:?}, streamed {streamed:?}"),
            }
        }
    }
}

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
