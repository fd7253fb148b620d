//! What holds for any capture that people keep: with stamps, in columns, with
//! messages in it, whole or torn.

mod common;

use std::io::BufReader;

use avahi_events::{
    Event, EventBuf, Label, MAX_RECORD, Message, ParseError, Reader, Record, Stamp, StampFormat,
    records,
};
use common::{PRINTERS, Printer, print_txt};
use proptest::{collection::vec, prelude::*, sample::select};

const STAMPS: [&str; 8] = [
    "Nov 22 10:58:46 ",
    "2026-11-22T10:58:46.439528+0000 ",
    "1795345126.438603 ",
    "Nov 22 10:58:46 node1 avahi-browse[812]: ",
    "2026-11-22T10:58:46+0000 node1 avahi-browse[812]: ",
    "1795345126.438603 node1 avahi-browse[812]: ",
    "<30>1 2026-11-22T10:58:46Z node1 avahi-browse 812 - - ",
    "[2026-11-22 10:58:46] ",
];

/// A service as columns show it: the parts, and the lines.
#[derive(Debug, Clone)]
struct Shown {
    name: Vec<u8>,
    service_type: &'static str,
    txt: Vec<u8>,
    raw: bool,
    lines: Vec<u8>,
}

fn txt_strings() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let byte = prop_oneof![
        4 => any::<u8>(),
        1 => select(b"\"\\ ;=]\n\r\0\x7f".to_vec()),
    ];
    vec(vec(byte, 0..12), 0..4)
}

/// A name as `isprint` leaves it.
fn shown_name() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![4 => b'!'..=b'~', 1 => Just(b' '), 1 => Just(b'_')];
    vec(byte, 1..=63).prop_filter("its blanks would be lost", |name| !name.ends_with(b" "))
}

fn shown() -> impl Strategy<Value = Shown> {
    let types = select(vec![
        "_http._tcp",
        "_a-type-of-twenty._tcp",
        "_spotify-connect._tcp",
        "Web Site",
        "AirPlay Remote Video",
        "Microsoft Windows Network",
        "Сайт",
    ]);
    let width = select(vec![5_usize, 45, 85]);
    let place = select(vec![
        "  eth0 IPv4",
        "we;rd\"x IPv6",
        "(null) IPv4",
        "   n/a  n/a",
    ]);
    let sign = select(vec!['+', '-', '=']);
    let printer = select(&PRINTERS[..]);
    (
        sign,
        place,
        shown_name(),
        types,
        width,
        txt_strings(),
        printer,
    )
        .prop_map(
            |(sign, place, name, service_type, width, strings, printer)| {
                let txt = print_txt(&strings, printer);
                let mut lines = format!("{sign} {place} ").into_bytes();
                lines.extend(&name);
                lines.resize(lines.len() + width.saturating_sub(name.len()), b' ');
                lines.push(b' ');
                lines.extend(service_type.bytes());
                lines.resize(
                    lines.len() + 20_usize.saturating_sub(service_type.len()),
                    b' ',
                );
                lines.extend(b" local");
                if sign == '=' {
                    lines.extend(b"\n   hostname = [h.local]\n   address = [fe80::1]\n");
                    lines.extend(b"   port = [80]\n   txt = [");
                    lines.extend(&txt);
                    lines.push(b']');
                }
                let raw = printer == Printer::Raw;
                Shown {
                    name,
                    service_type,
                    txt,
                    raw,
                    lines,
                }
            },
        )
}

fn failed() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![3 => any::<u8>(), 1 => select(b"\n' ".to_vec())];
    vec(byte, 1..=63).prop_map(|name| {
        let end = b"' of type '_ipp._tcp' in domain 'local': Timeout reached";
        [&b"Failed to resolve service '"[..], &name, end].concat()
    })
}

/// Lines of one record or message, without the last line end.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let fixed = select(vec![
        &b"+;eth0;IPv4;a;_http._tcp;local"[..],
        b"=;eth0;IPv4;a;_http._tcp;local;h;192.0.2.1;80;\"a=b\"",
        b"=;eth0;IPv4;a;_http._tcp;local;h;192.0.2.1;80;\"open\nand \"closed\"",
        b"=;eth0;IPv4;a;_http._tcp;local;h;192.0.2.1;80;\"open",
        b"=;eth0;IPv4;a;_http._tcp;local;h;192.0.2.1;80;\"raw\x01\"",
        b"   txt = [\"open\n]\"]",
        b"+  n/a  n/a lab.example",
        b"=   eth0 IPv4 a",
        b"=   eth0 IPv4 a                                             _http._tcp           local",
        b"   hostname = [h]",
        b"Failed to resolve service 'a",
        b"Disconnected, reconnecting ...",
        b"+ avahi-browse -arp",
        b"hello",
        b"\"",
        b"",
        b"Nov 22 10:5",
    ]);
    prop_oneof![
        3 => fixed.prop_map(<[u8]>::to_vec),
        3 => shown().prop_map(|it| it.lines),
        1 => failed(),
        1 => vec(any::<u8>(), 0..40),
    ]
}

/// Puts a stamp before every line.
fn stamped(text: &[u8], stamp: &str) -> Vec<u8> {
    let lines: Vec<_> = text
        .split(|&byte| byte == b'\n')
        .map(|line| [stamp.as_bytes(), line].concat())
        .collect();
    lines.join(&b'\n')
}

/// Pieces under one stamp, mostly; some have another, or none.
fn capture() -> impl Strategy<Value = Vec<u8>> {
    let stamp = || prop_oneof![2 => Just(""), 3 => select(&STAMPS[..])];
    let odd = prop::option::weighted(0.2, stamp());
    let end = select(vec![&b"\n"[..], b"\n", b"\n", b"\r\n"]);
    (
        stamp(),
        vec((piece(), odd, end), 0..10),
        any::<prop::sample::Index>(),
        any::<bool>(),
    )
        .prop_map(|(stamp, pieces, cut, is_cut)| {
            let mut capture = Vec::new();
            for (piece, odd, end) in pieces {
                capture.extend(stamped(&piece, odd.unwrap_or(stamp)));
                capture.extend(end);
            }
            if is_cut && !capture.is_empty() {
                capture.truncate(cut.index(capture.len()));
            }
            capture
        })
}

/// A record that outlives its buffer.
#[derive(Debug, PartialEq)]
struct Kept {
    event: Result<EventBuf, ParseError>,
    stamp: Option<(StampFormat, Vec<u8>)>,
    message: Option<String>,
    bytes: Vec<u8>,
    line: u64,
    offset: u64,
}

impl From<Record<'_>> for Kept {
    fn from(record: Record<'_>) -> Self {
        Self {
            event: record.event.map(EventBuf::from),
            stamp: record.stamp.map(|it| (it.format(), it.as_bytes().to_vec())),
            message: record.message().map(|it| format!("{it:?}")),
            bytes: record.bytes.to_vec(),
            line: record.line,
            offset: record.offset,
        }
    }
}

/// Lends its bytes so many at a time.
struct Slowly<'a> {
    rest: &'a [u8],
    cuts: std::iter::Cycle<std::slice::Iter<'a, usize>>,
}

impl std::io::Read for Slowly<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let cut = self.cuts.next().copied().unwrap_or(1);
        let len = cut.min(self.rest.len()).min(buffer.len());
        buffer[..len].copy_from_slice(&self.rest[..len]);
        self.rest = &self.rest[len..];
        Ok(len)
    }
}

proptest! {
    #[test]
    fn every_way_of_cutting_gives_the_same(capture in capture(), cuts in vec(1_usize..60, 1..20)) {
        let whole: Vec<_> = records(&capture).map(Kept::from).collect();
        let input = Slowly { rest: &capture, cuts: cuts.iter().cycle() };
        let mut reader = Reader::new(BufReader::with_capacity(64, input));
        let mut read = Vec::new();
        while let Some(record) = reader.next_record().unwrap() {
            read.push(Kept::from(record));
        }
        prop_assert_eq!(read, whole);
    }

    /// The records, their line ends and nothing else make up the input.
    #[test]
    fn all_bytes_are_accounted_for(capture in capture()) {
        let mut at = 0;
        for record in records(&capture) {
            prop_assert_eq!(record.offset, at as u64);
            let feeds = capture[..at].iter().filter(|&&byte| byte == b'\n').count();
            prop_assert_eq!(record.line, feeds as u64 + 1);
            prop_assert_eq!(record.bytes, &capture[at..at + record.bytes.len()]);
            prop_assert!(record.bytes.len() < MAX_RECORD);
            if let Some(stamp) = record.stamp {
                prop_assert!(record.bytes.starts_with(stamp.as_bytes()));
            }
            if let Err(error) = record.event {
                prop_assert!(error.offset() <= record.bytes.len(), "{}", error);
            }
            at += record.bytes.len();
            let end = [&b"\r\n"[..], b"\n", b"\r", b""];
            at += end.iter().find(|end| capture[at..].starts_with(end)).unwrap().len();
        }
        prop_assert_eq!(at, capture.len());
    }

    #[test]
    fn columns_are_read_as_they_were_printed(shown in shown(), stamp in select(&STAMPS[..])) {
        let capture = [&shown.lines[..], b"\n"].concat();
        let record = records(&capture).next().unwrap();
        let event = record.event.map_err(|it| TestCaseError::fail(it.to_string()))?;
        let service = event.service().unwrap();
        prop_assert_eq!(service.name.as_bytes(), &shown.name[..]);
        prop_assert_eq!(service.name.is_lossy(), shown.name.contains(&b'_'));
        prop_assert!(service.service_type == shown.service_type);
        if let Some(endpoint) = event.endpoint() {
            prop_assert_eq!(endpoint.port, 80);
            // What the publisher closes and goes on with cannot be told.
            let torn = shown.raw && shown.txt.contains(&b'\n');
            prop_assert!(torn || endpoint.txt.as_bytes() == &shown.txt[..]);
            prop_assert!(torn || records(&capture).count() == 1);
        }
        // The same under stamps, and once more as a parsable line.
        let stamped = stamped(&shown.lines, stamp);
        let record = records(&stamped).next().unwrap();
        let kept = EventBuf::from(event);
        prop_assert_eq!(record.event.map(EventBuf::from), Ok(kept));
        if shown.name.is_ascii() && !shown.service_type.contains(';') {
            let line = event.to_bytes();
            let again = Event::parse(&line).unwrap();
            let again_service = again.service().unwrap();
            prop_assert!(again_service.name == Label::from_columns(&shown.name));
        }
    }

    #[test]
    fn names_in_messages_are_whole(name in vec(any::<u8>(), 1..=63), stamp in select(&STAMPS[..])) {
        let line = b"Failed to resolve service '";
        let end = b"' of type '_ipp._tcp' in domain 'local': Timeout reached";
        let text = [&line[..], &name, end].concat();
        for capture in [text.clone(), stamped(&text, stamp)] {
            let mut records = records(&capture);
            let record = records.next().unwrap();
            match record.message() {
                Some(Message::FailedResolve { name: found, .. }) => {
                    // A carriage return at a line's end stays, too.
                    prop_assert!(found == name[..], "{:?}", found);
                }
                message => prop_assert!(false, "{:?}", message),
            }
            prop_assert_eq!(records.next(), None);
        }
    }

    #[test]
    fn stamps_do_no_harm(line in vec(any::<u8>(), 0..80), format in select(StampFormat::ALL)) {
        if let Some(stamp) = Stamp::parse(&line, format) {
            prop_assert!(line.starts_with(stamp.as_bytes()));
        }
        for stamp in STAMPS {
            let line = [stamp.as_bytes(), &line].concat();
            let found = StampFormat::ALL.iter().any(|it| Stamp::parse(&line, *it).is_some());
            prop_assert!(found);
        }
    }
}
