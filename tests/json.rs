//! The JSON that is written at once is what `serde_json` writes.
#![cfg(feature = "serde")]

mod common;

use avahi_events::{
    Annotated, Endpoint, Event, Interface, Label, Name, Protocol, Service, ServiceType, Txt,
    TxtDialect, events,
};
use proptest::{collection::vec, prelude::*, sample::select};

fn check(event: Event<'_>) {
    for event in [
        Annotated::new(event),
        Annotated::new(event).with_line(12_345_678_901),
        Annotated::new(event).with_time("2026-11-22T10:58:46.439528Z"),
    ] {
        let mut written = b"before".to_vec();
        event.write_json(&mut written);
        let expected = [b"before", &serde_json::to_vec(&event).unwrap()[..]].concat();
        assert_eq!(
            String::from_utf8_lossy(&written),
            String::from_utf8_lossy(&expected)
        );
        assert_eq!(written, expected);
    }
}

#[test]
fn real_captures() {
    let mut count = 0;
    for name in common::capture_names() {
        for event in events(&common::capture(&name)).flatten() {
            check(event);
            count += 1;
        }
    }
    assert!(count > 1000, "{count}");
}

/// Bytes that mean something somewhere, and any others.
fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => "[a-z]{1,12}".prop_map(String::into_bytes),
        2 => select(vec![
            &b"\\"[..], b"\\\\", b"\\.", b"\\\"", b"\"", b"\\034", b"\\061", b"\\092", b"\\195\\164", b"\\195",
            b"\\255", b"\\256", b"\\010", b"\\000", b"\\1", b"=", b"\" \"", b"\x00", b"\x08", b"\x0c", b"\n", b"\r",
            b"\t", b"\x1f", b" ", b"\x7f", b"\xc3\xa4", b"\xc3", b"\xff", b"\xf0\x9f\x96\xa8",
        ]).prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 1..9),
    ];
    vec(piece, 0..most).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_event(
        [interface, name, service_type, domain, host] in [bytes(4), bytes(8), bytes(4), bytes(4), bytes(6)],
        strings in vec(bytes(8), 0..6),
        is_quoted in prop::bool::weighted(0.9),
        dialect in select(vec![None, Some(TxtDialect::Escaped), Some(TxtDialect::Raw)]),
        address in any::<std::net::IpAddr>(),
        port in any::<u16>(),
        kind in 0..5,
    ) {
        let txt = match is_quoted {
            true if strings.is_empty() => Vec::new(),
            true => [b"\"", &strings.join(&b"\" \""[..])[..], b"\""].concat(),
            false => strings.concat(),
        };
        let mut txt = Txt::new(&txt);
        if let Some(dialect) = dialect {
            txt = txt.with_dialect(dialect);
        }
        let label = match kind {
            4 => Label::from_columns(&name),
            _ => Label::new(&name),
        };
        let protocol = [None, Some(Protocol::IPv4), Some(Protocol::IPv6)][usize::from(port) % 3];
        let interface = match port % 5 {
            0 => Interface::Gone,
            1 => Interface::Unspecified(&interface),
            _ => Interface::Named(&interface),
        };
        let service = Service::new(
            interface,
            protocol,
            label,
            ServiceType::new(&service_type),
            Name::new(&domain),
        );
        check(match kind {
            0 => Event::Add(service),
            1 => Event::Remove(service),
            _ => Event::Resolve(service, Endpoint::new(Name::new(&host), address, port, txt)),
        });
    }

    #[test]
    fn any_escaped_txt(strings in vec("([a-z0-9; =]|\\\\\"|\\\\\\\\|\\\\(0[0-9]{2}|1[0-9]{2}|195\\\\164)){0,30}", 0..9)) {
        let quoted: Vec<_> = strings.iter().map(|it| format!("\"{it}\"")).collect();
        let line = format!("=;eth0;IPv4;a;_ipp._tcp;local;a.local;192.0.2.7;631;{}", quoted.join(" "));
        let event = Event::try_from(&*line).unwrap();
        prop_assert_eq!(event.endpoint().unwrap().txt.dialect(), TxtDialect::Escaped);
        check(event);
    }
}
