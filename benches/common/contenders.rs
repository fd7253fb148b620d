//! What is timed: the ways of this crate, and what a user would write instead.
//!
//! Each gives a [`Tally`] of what it saw, for the bench to check that all of
//! them did the same work, and shows every record to `black_box`, so that none
//! of its fields is left out because nobody looks at it.

use std::{
    hint::black_box,
    net::{IpAddr, Ipv4Addr},
};

use avahi_events::{Event, Reader, events};

/// What a way to read a capture has found in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines, or records.
    pub lines: u64,
    /// Of these, the events.
    pub events: u64,
    /// All their ports together.
    pub ports: u64,
    /// All IPv4 addresses together.
    pub addresses: u64,
}

impl Tally {
    fn endpoint(&mut self, address: IpAddr, port: u16) {
        self.ports += u64::from(port);
        self.addresses += match address {
            IpAddr::V4(address) => u64::from(u32::from(address)),
            IpAddr::V6(_) => 1,
        };
    }

    fn event(&mut self, event: &Event<'_>) {
        self.events += 1;
        if let Event::Resolve(_, endpoint) = event {
            self.endpoint(endpoint.address, endpoint.port);
        }
    }

    fn typed(&mut self, typed: &Typed<'_>) {
        self.events += 1;
        if let Some(endpoint) = &typed.endpoint {
            self.endpoint(endpoint.address, endpoint.port);
        }
    }
}

/// `events()`: every field typed and validated.
pub fn full_events(capture: &[u8]) -> Tally {
    let mut tally = Tally::default();
    for event in events(capture) {
        tally.lines += 1;
        if let Ok(event) = &event {
            tally.event(event);
        }
        black_box(&event);
    }
    tally
}

/// `events()`, and every name and TXT attribute decoded.
pub fn decoded_events(capture: &[u8]) -> Tally {
    let mut tally = Tally::default();
    for event in events(capture) {
        tally.lines += 1;
        let Ok(event) = &event else { continue };
        tally.event(event);
        if let Some(service) = event.service() {
            black_box(service.name.decode());
        }
        for string in event.endpoint().iter().flat_map(|it| it.txt.strings()) {
            black_box(string.key().decode());
            black_box(string.value().map(|value| value.decode()));
        }
    }
    tally
}

/// `events()`, and each of them written as JSON.
#[cfg(feature = "serde")]
pub fn json(capture: &[u8]) -> Tally {
    let mut tally = Tally::default();
    let mut out = Vec::new();
    for event in events(capture) {
        tally.lines += 1;
        let Ok(event) = &event else { continue };
        tally.event(event);
        avahi_events::Annotated::new(*event).write_json(&mut out);
        if out.len() > 64 << 10 {
            black_box(&out);
            out.clear();
        }
    }
    tally
}

/// The same through serde.
#[cfg(feature = "serde")]
pub fn serde_json(capture: &[u8]) -> Tally {
    let mut tally = Tally::default();
    let mut out = Vec::new();
    for event in events(capture) {
        tally.lines += 1;
        let Ok(event) = &event else { continue };
        tally.event(event);
        let written = serde_json::to_writer(&mut out, event);
        assert!(written.is_ok());
        if out.len() > 64 << 10 {
            black_box(&out);
            out.clear();
        }
    }
    tally
}

/// `Reader`: the same from a stream.
pub fn reader(capture: &[u8]) -> Tally {
    let mut tally = Tally::default();
    let mut reader = Reader::new(capture);
    while let Some(event) = reader.next_event() {
        tally.lines += 1;
        if let Ok(event) = &event {
            tally.event(event);
        }
        let _ = black_box(&event);
    }
    tally
}

/// Lines alone, as `memchr` finds them: what framing costs at least.
pub fn memchr_lines(capture: &[u8]) -> Tally {
    let mut start = 0;
    let mut tally = Tally::default();
    for end in memchr::memchr_iter(b'\n', capture) {
        black_box(&capture[start..end]);
        start = end + 1;
        tally.lines += 1;
    }
    tally
}

/// Every `;` and every line feed, and nothing done with them: the limit for
/// what has to look at each.
pub fn memchr2_limit(capture: &[u8]) -> Tally {
    let mut tally = Tally::default();
    let mut start = 0;
    for end in memchr::memchr2_iter(b';', b'\n', capture) {
        black_box(&capture[start..end]);
        start = end + 1;
        tally.lines += u64::from(capture[end] == b'\n');
    }
    tally
}

/// `simd-csv`'s zero-copy reader, which finds the fields and looks into none,
/// at its fastest: no byte is a quote to it.
pub fn simd_csv(capture: &[u8]) -> Tally {
    simd_csv_records(capture, b'\0')
}

/// The same with its usual quotes. TXT is not quoted as CSV is: what it finds
/// is wrong where a string holds `\"`.
pub fn simd_csv_quotes(capture: &[u8]) -> Tally {
    simd_csv_records(capture, b'"')
}

fn simd_csv_records(capture: &[u8], quote: u8) -> Tally {
    let mut tally = Tally::default();
    let mut reader = simd_csv::ZeroCopyReaderBuilder::with_capacity(64 << 10)
        .delimiter(b';')
        .quote(quote)
        .has_headers(false)
        .flexible(true)
        .from_reader(capture);
    while let Ok(Some(record)) = reader.read_byte_record() {
        tally.lines += 1;
        black_box(&record);
    }
    tally
}

/// What is written instead of this crate: the fields, and types for those that
/// `std` has types for.
struct Typed<'a> {
    sign: u8,
    interface: &'a str,
    protocol: &'a str,
    name: &'a str,
    service_type: &'a str,
    domain: &'a str,
    endpoint: Option<TypedEndpoint<'a>>,
}

struct TypedEndpoint<'a> {
    host: &'a str,
    address: IpAddr,
    port: u16,
    txt: &'a str,
}

impl<'a> Typed<'a> {
    fn new(mut fields: impl Iterator<Item = &'a str>) -> Option<Self> {
        let sign = *fields.next()?.as_bytes().first()?;
        Some(Self {
            sign,
            interface: fields.next()?,
            protocol: fields.next()?,
            name: fields.next()?,
            service_type: fields.next()?,
            domain: fields.next()?,
            endpoint: match sign {
                b'=' => Some(TypedEndpoint {
                    host: fields.next()?,
                    address: fields.next()?.parse().ok()?,
                    port: fields.next()?.parse().ok()?,
                    txt: fields.next()?,
                }),
                _ => None,
            },
        })
    }
}

/// `splitn` and `str::parse`, on text that is known to be UTF-8.
pub fn splitn_str(capture: &[u8]) -> Tally {
    let mut tally = Tally::default();
    for line in str::from_utf8(capture).unwrap_or_default().lines() {
        tally.lines += 1;
        if let Some(typed) = Typed::new(line.splitn(10, ';')) {
            tally.typed(&typed);
            black_box(&typed);
        }
    }
    tally
}

/// `splitn` on bytes, and `str::parse` for the fields that have types.
pub fn splitn_bytes(capture: &[u8]) -> Tally {
    let mut tally = Tally::default();
    for line in capture.split(|&byte| byte == b'\n') {
        if line.is_empty() {
            continue;
        }
        tally.lines += 1;
        let mut fields = line.splitn(10, |&byte| byte == b';');
        let service: [_; 6] = std::array::from_fn(|_| fields.next());
        tally.events += 1;
        if service[0] == Some(b"=") {
            let host = fields.next();
            let address = fields
                .next()
                .and_then(|it| str::from_utf8(it).ok()?.parse().ok());
            let port = fields
                .next()
                .and_then(|it| str::from_utf8(it).ok()?.parse().ok());
            tally.endpoint(
                address.unwrap_or(Ipv4Addr::UNSPECIFIED.into()),
                port.unwrap_or(0),
            );
            black_box((host, fields.next()));
        }
        black_box(&service);
    }
    tally
}

/// `csv` with its reused record, then the fields as in [`splitn_bytes`].
pub fn csv(capture: &[u8]) -> Tally {
    let mut tally = Tally::default();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .quoting(false)
        .has_headers(false)
        .flexible(true)
        .from_reader(capture);
    let mut record = csv::ByteRecord::new();
    while let Ok(true) = reader.read_byte_record(&mut record) {
        tally.lines += 1;
        let fields = record.iter().filter_map(|it| str::from_utf8(it).ok());
        if let Some(typed) = Typed::new(fields) {
            tally.typed(&typed);
            black_box(&typed);
        }
    }
    tally
}

/// The expression people write, once for each line.
pub fn regex(capture: &[u8]) -> Tally {
    let line = regex::Regex::new(
        r"(?m)^([+=-]);([^;\n]*);([^;\n]*);([^;\n]*);([^;\n]*);([^;\n]*)(?:;([^;\n]*);([^;\n]*);([^;\n]*);(.*))?$",
    );
    let Ok(line) = line else {
        return Tally::default();
    };
    let mut tally = Tally::default();
    for found in line.captures_iter(str::from_utf8(capture).unwrap_or_default()) {
        tally.lines += 1;
        let fields = (1..=10).map_while(|at| found.get(at)).map(|it| it.as_str());
        if let Some(typed) = Typed::new(fields) {
            tally.typed(&typed);
            black_box(&typed);
        }
    }
    tally
}
