//! What holds for any input, not only for examples.

mod common;

use std::{
    borrow::Cow,
    io::{BufRead, Read},
};

use avahi_events::{
    BrowseDomain, Endpoint, EscapeLabel, Event, EventBuf, Interface, Label, MAX_RECORD, Name,
    Protocol, Reader, RecordBuf, Service, ServiceType, Txt, TxtDialect, records,
};
use common::{
    PRINTERS, Printer,
    any::{Parts, capture, parts, txt_strings},
    print_txt,
};
use proptest::{collection::vec, prelude::*, sample::select};

/// The event that the parts are, made without parsing.
fn event<'a>(parts: &'a Parts, printed_name: &'a str) -> Event<'a> {
    let interface = match &parts.interface[..] {
        b"(null)" => Interface::Gone,
        text @ (b"" | b"n/a") => Interface::Unspecified(text),
        name => Interface::Named(name),
    };
    let protocol = match parts.protocol {
        "IPv4" => Some(Protocol::IPv4),
        "IPv6" => Some(Protocol::IPv6),
        _ => None,
    };
    let domain = Name::new(parts.domain.as_bytes());
    if parts.name.is_none() {
        let domain = BrowseDomain::new(interface, protocol, domain);
        return match parts.kind {
            b'+' => Event::AddDomain(domain),
            _ => Event::RemoveDomain(domain),
        };
    }
    let service = Service::new(
        interface,
        protocol,
        Label::new(printed_name.as_bytes()),
        ServiceType::new(parts.service_type.as_bytes()),
        domain,
    );
    match parts.kind {
        b'+' => Event::Add(service),
        b'-' => Event::Remove(service),
        _ => Event::Resolve(
            service,
            Endpoint::new(
                Name::new(parts.host.as_bytes()),
                parts.address,
                parts.port,
                Txt::new(&parts.txt),
            ),
        ),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_event_printed_and_parsed_is_itself(parts in parts()) {
        let line = parts.line();
        let parsed = Event::parse(&line);
        prop_assert!(parsed.is_ok(), "{:?}: {}", parsed, line.escape_ascii());
        let parsed = parsed.unwrap();
        prop_assert_eq!(parsed.to_bytes(), &line[..]);

        // Field by field, as it was made.
        let printed_name = parts.name.as_deref().map(|it| EscapeLabel(it).to_string());
        let made = event(&parts, printed_name.as_deref().unwrap_or_default());
        prop_assert_eq!(parsed.kind(), made.kind());
        prop_assert_eq!(parsed.interface(), made.interface());
        prop_assert_eq!(parsed.protocol(), made.protocol());
        prop_assert_eq!(parsed.domain(), made.domain());
        prop_assert_eq!(parsed.service().map(|it| it.name), made.service().map(|it| it.name));
        prop_assert_eq!(
            parsed.service().map(|it| it.service_type),
            made.service().map(|it| it.service_type)
        );
        let place = |event: &Event<'_>| {
            event.endpoint().map(|it| {
                (it.host.as_bytes().to_vec(), it.address, it.port, it.txt.as_bytes().to_vec())
            })
        };
        prop_assert_eq!(place(&parsed), place(&made));
        if let (Some(name), Some(service)) = (&parts.name, parsed.service()) {
            prop_assert_eq!(&*service.name.decode(), &name[..]);
        }

        // What was made without a line prints one, which parses to the same.
        // (`n/a` is all it can print for a protocol that it was not told.)
        if parts.protocol != "n/v" {
            prop_assert_eq!(made.to_bytes(), &line[..]);
        }

        // The owned form is the same event, and as text it is the line.
        let owned = EventBuf::from(parsed);
        prop_assert_eq!(owned.event(), parsed);
        prop_assert_eq!(owned.as_bytes(), &line[..]);
        let owned = EventBuf::from(made);
        prop_assert_eq!(owned.event().to_bytes(), made.to_bytes());
        prop_assert_eq!(owned.event(), made);
        if let Ok(text) = std::str::from_utf8(&line) {
            prop_assert_eq!(parsed.to_string(), text);
        }
    }

    #[test]
    fn any_label_survives(name in vec(any::<u8>(), 0..64)) {
        let printed = EscapeLabel(&name).to_string();
        prop_assert!(!printed.contains([';', '"', ' ', '\n']));
        let label = Label::new(printed.as_bytes());
        prop_assert_eq!(&*label.decode(), &name[..]);
        prop_assert!(label == name[..]);
        let plain = name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte));
        prop_assert_eq!(matches!(label.decode(), Cow::Borrowed(_)), plain);
        prop_assert_eq!(label.to_str().ok(), std::str::from_utf8(&name).ok().map(Cow::from));
        prop_assert_eq!(label.to_str_lossy(), String::from_utf8_lossy(&name));
        if let Ok(text) = std::str::from_utf8(&name) {
            prop_assert!(label == text);
        }
    }

    /// What is no escape stays as it is.
    #[test]
    fn any_text_decodes(text in vec(prop_oneof![any::<u8>(), select(b"\\\\\\.0129".to_vec())], 0..40)) {
        let label = Label::new(&text);
        let decoded = label.decode();
        prop_assert_eq!(&*decoded, &label.bytes().collect::<Vec<_>>()[..]);
        prop_assert!(decoded.len() <= text.len());
        prop_assert_eq!(&*decoded, &plainly_decoded(&text)[..]);
        let again = EscapeLabel(&decoded).to_string();
        prop_assert_eq!(Label::new(again.as_bytes()), label);
    }

    #[test]
    fn any_txt_survives_every_version(strings in txt_strings(), printer in select(&PRINTERS[..])) {
        let printed = print_txt(&strings, printer);
        let txt = match printer {
            // The text alone may look escaped: 0.7 prints `\034` as it is.
            Printer::Raw => Txt::new(&printed).with_dialect(TxtDialect::Raw),
            _ => Txt::new(&printed),
        };
        let read: Vec<_> = txt.strings().map(|it| it.decode().into_owned()).collect();
        if printer == Printer::Raw {
            let joined = strings.join(&br#"" ""#[..]);
            let breaks = joined.windows(3).filter(|it| it == br#"" ""#).count();
            prop_assume!(!joined.contains(&0));
            prop_assume!(breaks == strings.len().saturating_sub(1));
        } else {
            prop_assert_eq!(txt.dialect(), TxtDialect::Escaped);
        }
        prop_assert_eq!(read, strings);
    }

    /// What could be escaped text decodes the same in both readings, but for
    /// backslashes.
    #[test]
    fn raw_txt_gives_itself_away(strings in txt_strings()) {
        let printed = print_txt(&strings, Printer::Raw);
        let escaped = Txt::new(&printed).dialect() == TxtDialect::Escaped;
        if escaped && !printed.contains(&b'\\') {
            let raw = Txt::new(&printed).with_dialect(TxtDialect::Raw);
            let decoded = |txt: Txt<'_>| txt.strings().map(|it| it.decode().into_owned()).collect::<Vec<_>>();
            prop_assert_eq!(decoded(raw), decoded(Txt::new(&printed)));
        }
    }

    #[test]
    fn attributes_follow_the_wire(strings in txt_strings()) {
        let printed = print_txt(&strings, Printer::Strict);
        let txt = Txt::new(&printed);
        // By the letter of RFC 6763 section 6.4, on the wire's order.
        let mut expected: Vec<(Vec<u8>, Option<Vec<u8>>)> = Vec::new();
        for string in strings.iter().rev() {
            let mut halves = string.splitn(2, |&byte| byte == b'=');
            let key = halves.next().unwrap().to_vec();
            let known = expected.iter().any(|(other, _)| other.eq_ignore_ascii_case(&key));
            if !key.is_empty() && !known {
                expected.push((key, halves.next().map(<[u8]>::to_vec)));
            }
        }
        let read: Vec<_> = txt
            .attributes()
            .map(|it| (it.key().decode().into_owned(), it.value().map(|it| it.decode().into_owned())))
            .collect();
        prop_assert_eq!(&read, &expected);
        for (key, value) in expected {
            let Ok(key) = String::from_utf8(key) else { continue };
            let found = txt.get(&key.to_ascii_uppercase()).unwrap();
            prop_assert_eq!(found.value().map(|it| it.decode().into_owned()), value);
        }
    }

    #[test]
    fn every_way_of_cutting_gives_the_same(capture in capture(), cuts in vec(1_usize..90, 1..20)) {
        let whole: Vec<_> = records(&capture).map(RecordBuf::from).collect();
        let mut reader = Reader::new(Cut { rest: &capture, cuts: cuts.iter().cycle() });
        let mut read = Vec::new();
        while let Some(record) = reader.next_record().unwrap() {
            read.push(RecordBuf::from(record));
        }
        prop_assert_eq!(read, whole);
    }

    #[test]
    fn all_bytes_are_accounted_for(capture in capture()) {
        covers(&capture)?;
    }

    #[test]
    fn arbitrary_bytes_do_no_harm(capture in vec(any::<u8>(), 0..600)) {
        covers(&capture)?;
        let _ = Event::parse(&capture);
    }
}

/// The records, their line ends and nothing else make up the input; offsets and
/// line numbers are those of the input; an event prints as its record.
fn covers(capture: &[u8]) -> Result<(), TestCaseError> {
    let (mut at, mut feeds, mut counted) = (0, 0, 0);
    for record in records(capture) {
        prop_assert_eq!(record.offset, at as u64);
        feeds += capture[counted..at]
            .iter()
            .filter(|&&byte| byte == b'\n')
            .count() as u64;
        counted = at;
        prop_assert_eq!(record.line, feeds + 1);
        prop_assert_eq!(record.bytes, &capture[at..at + record.bytes.len()]);
        at += record.bytes.len();
        // Only the pieces of a line that is too long have no line end.
        if record.bytes.len() < MAX_RECORD {
            let end = [&b"\r\n"[..], b"\n", b"\r", b""];
            let end = end.iter().find(|end| capture[at..].starts_with(end));
            at += end.unwrap().len();
        }
        match record.event {
            Ok(event) if record.stamp.is_none() && record.bytes[1] == b';' => {
                prop_assert_eq!(event.to_bytes(), record.bytes)
            }
            Ok(_) => {} // from columns, or behind a stamp: see mixed.rs
            Err(error) => prop_assert!(error.offset() <= record.bytes.len()),
        }
    }
    prop_assert_eq!(at, capture.len());
    Ok(())
}

/// Escapes decoded by the letter, a byte at a time.
fn plainly_decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let digits = text
            .get(at + 1..at + 4)
            .and_then(|it| std::str::from_utf8(it).ok());
        let number = digits.filter(|it| it.bytes().all(|it| it.is_ascii_digit()));
        let number = number.and_then(|it| it.parse::<u8>().ok());
        match (text[at], text.get(at + 1), number) {
            (b'\\', Some(&byte @ (b'.' | b'\\')), _) => {
                out.push(byte);
                at += 2;
            }
            (b'\\', _, Some(number)) => {
                out.push(number);
                at += 4;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// Gives its bytes in pieces of these lengths.
struct Cut<'a, I> {
    rest: &'a [u8],
    cuts: I,
}

impl<'a, I: Iterator<Item = &'a usize>> Read for Cut<'_, I> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = self.fill_buf()?.len().min(buffer.len());
        buffer[..len].copy_from_slice(&self.rest[..len]);
        self.consume(len);
        Ok(len)
    }
}

impl<'a, I: Iterator<Item = &'a usize>> BufRead for Cut<'_, I> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        let len = self.cuts.next().copied().unwrap_or(1).min(self.rest.len());
        Ok(&self.rest[..len])
    }

    fn consume(&mut self, len: usize) {
        self.rest = &self.rest[len..];
    }
}

/// Long records, where the limit comes into play: too slow to do at random.
#[test]
fn at_the_limit_all_front_ends_agree() {
    let head = b"=;eth0;IPv4;a;_http._tcp;local;h;192.0.2.1;80;\"";
    let event = b"+;eth0;IPv4;b;_http._tcp;local\n";
    let mut captures = Vec::new();
    for over in [-2_isize, -1, 0, 1, 2, 3] {
        let len = MAX_RECORD.strict_add_signed(over);
        // One endless line, and one that ends there.
        captures.push(vec![b'x'; len]);
        captures.push([&vec![b'x'; len][..], b"\n", event].concat());
        captures.push([&vec![b'x'; len][..], b"\r\n", event].concat());
        captures.push([&vec![b'x'; 3 * len][..], b"\n", event].concat());
        // A long TXT on one line.
        let filled = vec![b'x'; len - head.len() - 2];
        captures.push([&head[..], &filled, b"\"\n", event].concat());
        // A quote that is closed on a line near the limit, or never.
        let lines = b"+;eth0;IPv4;c;_http._tcp;local\n".repeat(len / 31);
        let rest = vec![b'y'; len - head.len() - 1 - lines.len().min(len - head.len() - 1)];
        captures.push(
            [
                &head[..],
                b"\n",
                &lines[..lines.len() - 62],
                &rest,
                b"\"\n",
                event,
            ]
            .concat(),
        );
        captures.push([&head[..], b"\n", &lines, event].concat());
        captures.push(
            [
                &head[..],
                b"\n",
                &head[..],
                b"\n",
                &lines,
                &lines,
                b"\"",
                event,
            ]
            .concat(),
        );
    }
    for capture in captures {
        covers(&capture).unwrap();
        let whole: Vec<_> = records(&capture).map(RecordBuf::from).collect();
        for cut in [7_001_usize, 65_536, 1 << 30] {
            let mut reader = Reader::new(Cut {
                rest: &capture,
                cuts: std::iter::repeat(&cut),
            });
            let mut read = Vec::new();
            while let Some(record) = reader.next_record().unwrap() {
                assert!(record.bytes.len() <= MAX_RECORD);
                read.push(RecordBuf::from(record));
            }
            assert!(read == whole, "{} {}", read.len(), whole.len());
        }
    }
}

/// Many records that open a quote and never close it are searched once, not
/// each anew: this would take minutes.
#[test]
fn open_quotes_do_not_add_up() {
    let open = b"=;eth0;IPv4;a;_http._tcp;local;h;192.0.2.1;80;\"open\n";
    let capture = open.repeat(100_000);
    assert_eq!(
        records(&capture).filter(|it| it.event.is_err()).count(),
        100_000
    );
}
