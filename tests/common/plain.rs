//! A plain reader of one line, which splits it at `;` and leaves the rest to
//! `std`, and how it is compared with the library. Fuzzing uses it too.

use std::net::IpAddr;

use avahi_events::{Event, EventBuf, LineError, Reader, events, records};

/// The fields of a line.
#[derive(Debug, PartialEq)]
pub struct Line<'a> {
    sign: u8,
    interface: &'a [u8],
    protocol: &'a [u8],
    /// Name and type; a browse domain has none.
    service: Option<[&'a [u8]; 2]>,
    domain: &'a [u8],
    pub endpoint: Option<(&'a [u8], IpAddr, u16, &'a [u8])>,
}

/// Reads a line without its line end.
pub fn reference(line: &[u8]) -> Option<Line<'_>> {
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
pub fn seen<'a>(event: &Event<'a>, line: &'a [u8]) -> Line<'a> {
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
pub fn check(line: &[u8]) {
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
            // Enough has to follow, for the quicker way to be taken.
            let is_followed = after.starts_with(b"=");
            if is_whole && is_followed && matches!(line, [b'+' | b'=' | b'-', b';', ..]) {
                check_stamped(line, line_end, after, &first);
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

/// Behind a stamp like the ones before it the line is read in a quicker way;
/// behind the first stamp, and one that is like no other, in the plain one.
fn check_stamped(
    line: &[u8],
    line_end: &str,
    after: &[u8],
    unstamped: &Result<Event<'_>, LineError<'_>>,
) {
    let said = String::from_utf8_lossy(line);
    for [before, stamp, next] in STAMPS {
        let first = "+;e;IPv4;n;_t._tcp;local\n";
        let mut capture = [before, first, stamp].concat().into_bytes();
        let at = capture.len();
        capture.extend([line, line_end.as_bytes()].concat());
        for line in after.split_inclusive(|&byte| byte == b'\n') {
            capture.extend([next.as_bytes(), line].concat());
        }
        let record = records(&capture).nth(1).unwrap();
        match (record.event, unstamped) {
            (Ok(event), Ok(unstamped)) => {
                assert_eq!(event, *unstamped, "{stamp}{said}");
                assert_eq!(record.bytes, &capture[at - stamp.len()..at + line.len()]);
                assert_eq!(record.stamp.unwrap().as_bytes(), stamp.as_bytes());
            }
            (Err(error), Err(unstamped)) => {
                assert_eq!(error.kind(), unstamped.error().kind(), "{stamp}{said}");
            }
            (event, _) => panic!("{stamp}{said}: {event:?}, unstamped {unstamped:?}"),
        }
        let mut reader = Reader::new(&*capture);
        let mut streamed = Vec::new();
        while let Some(record) = reader.next_record().unwrap() {
            let event = record.event.map(EventBuf::from);
            streamed.push((event, record.stamp.map(|it| it.as_bytes().to_vec())));
        }
        let whole = records(&capture).map(|record| {
            let event = record.event.map(EventBuf::from);
            (event, record.stamp.map(|it| it.as_bytes().to_vec()))
        });
        assert!(whole.eq(streamed), "{stamp}{said}");
    }
}

/// Three stamps of a capture: alike but for the digits, or not.
const STAMPS: [[&str; 3]; 6] = [
    [
        "1795345126.438603 ",
        "1795345126.438604 ",
        "1795345130.000001 ",
    ],
    [
        "1795345126.438603 ",
        "1795345126.4386 ",
        "1795345130.000001 ",
    ],
    ["Nov 22 10:58:46 ", "Nov 22 10:58:47 ", "Dec  1 00:00:00 "],
    [
        "Nov 22 10:58:46 node1 avahi-browse[812]: ",
        "Nov 22 10:58:47 node1 avahi-browse[812]: ",
        "Nov 22 10:58:48 node1 avahi-browse[812]: ",
    ],
    [
        "<30>1 2026-11-22T10:58:46Z node1 avahi-browse 812 - - ",
        "<30>1 2026-11-22T10:58:47Z node1 avahi-browse 812 - - ",
        "<30>1 2026-11-22T10:58:48Z node1 avahi-browse 812 - - ",
    ],
    [
        "[2026-11-22 10:58:46] ",
        "[2026-11-22 10:58:47] ",
        "2026-11-22 10:58:47 ",
    ],
];
