//! Real captures against what was really published.

mod common;

use std::collections::BTreeMap;

use avahi_events::{Event, Kind, Service, TxtOrder, events, records};
use common::{Published, capture, capture_names, published};

const VERSIONS: [&str; 7] = [
    "v0.6.22", "v0.6.31", "v0.7", "v0.8", "v0.8-arm", "v0.9-rc2", "v0.9-rc5",
];

fn resolved(capture: &[u8]) -> impl Iterator<Item = Event<'_>> {
    events(capture)
        .flatten()
        .filter(|event| event.kind() == Kind::Resolve)
}

/// The published service that the event is about; none for the hosts' own.
fn truth<'a>(
    service: &Service<'_>,
    port: u16,
    published: &'a [Published],
) -> Option<&'a Published> {
    let name = service.name.to_str().unwrap();
    let fits = |it: &&Published| it.name == name && it.port == port;
    let found = published.iter().find(fits);
    if found.is_none() {
        assert!(
            name.starts_with("master [") || name.starts_with("node1 ["),
            "{name}"
        );
    }
    found
}

#[test]
fn every_published_service_is_read_exactly() {
    let published = published();
    for version in ["v0.8", "v0.8-arm", "v0.9-rc2", "v0.9-rc5"] {
        for flags in ["arptk", "arpt"] {
            let capture = capture(&format!("{version}.{flags}.txt"));
            let mut seen = BTreeMap::new();
            for event in resolved(&capture) {
                let (service, endpoint) = (event.service().unwrap(), event.endpoint().unwrap());
                let Some(truth) = truth(service, endpoint.port, &published) else {
                    continue;
                };
                *seen.entry((&truth.name, truth.port)).or_insert(0) += 1;
                assert_eq!(service.service_type.dns_type().unwrap(), truth.service_type);
                let mut strings: Vec<_> = endpoint
                    .txt
                    .strings()
                    .map(|it| it.decode().into_owned())
                    .collect();
                // The daemon was 0.8 for all of them, and it is the daemon that
                // turns the order round.
                strings.reverse();
                assert_eq!(strings, truth.txt, "{version} {flags} {}", truth.name);
            }
            // Each once over IPv4 and once over IPv6.
            assert_eq!(seen.len(), published.len());
            assert!(seen.values().all(|&times| times == 2), "{seen:?}");
        }
    }
}

/// Before 0.8, these cannot be told from their text.
fn lost_before_0_8(string: &[u8]) -> Option<&'static str> {
    if string.contains(&0) {
        return Some("a NUL ends the string where it is printed");
    }
    if string.windows(3).any(|it| it == b"\" \"") {
        return Some("a quote, a space and a quote are also what stands between two strings");
    }
    None
}

#[test]
fn before_0_8_all_is_read_that_can_be_told_apart() {
    let published = published();
    for version in ["v0.6.22", "v0.6.31", "v0.7"] {
        for flags in ["arptk", "arpt"] {
            let capture = capture(&format!("{version}.{flags}.txt"));
            let mut seen = 0;
            let mut lost = Vec::new();
            for event in resolved(&capture) {
                let (service, endpoint) = (event.service().unwrap(), event.endpoint().unwrap());
                let Some(truth) = truth(service, endpoint.port, &published) else {
                    continue;
                };
                seen += 1;
                assert_eq!(service.service_type.dns_type().unwrap(), truth.service_type);
                let mut expected = truth.txt.clone();
                expected.reverse();
                for string in &mut expected {
                    if lost_before_0_8(string).is_some() {
                        lost.push((truth.name.clone(), string.clone()));
                        let nul = string.iter().position(|&byte| byte == 0);
                        string.truncate(nul.unwrap_or(string.len()));
                    }
                }
                let strings: Vec<_> = endpoint
                    .txt
                    .strings()
                    .map(|it| it.decode().into_owned())
                    .collect();
                let split: Vec<Vec<u8>> = match truth.name.starts_with("quote") {
                    // q="a" "b" comes as two strings.
                    true => expected
                        .iter()
                        .flat_map(|it| match &it[..] {
                            br#"q="a" "b""# => vec![br#"q="a"#.to_vec(), br#"b""#.to_vec()],
                            _ => vec![it.clone()],
                        })
                        .collect(),
                    false => expected,
                };
                assert_eq!(strings, split, "{version} {flags} {}", truth.name);
            }
            assert_eq!(seen, 2 * published.len());
            // Those that are lost, once for each protocol.
            lost.sort();
            lost.dedup();
            let names: Vec<_> = lost
                .iter()
                .map(|(name, _)| name.split(' ').next().unwrap())
                .collect();
            let x = "x".repeat(63);
            assert_eq!(
                names,
                [
                    "OpenThread",
                    "OpenThread",
                    "OpenThread",
                    "newline\nin",
                    "quote",
                    &*x
                ]
            );
        }
    }
}

#[test]
fn captures_of_all_versions_give_the_same_services() {
    let services = |version: &str| {
        let capture = capture(&format!("{version}.arptk.txt"));
        let mut services: Vec<_> = resolved(&capture)
            .map(|event| {
                let (service, endpoint) = (event.service().unwrap(), event.endpoint().unwrap());
                (
                    service.name.to_str().unwrap().into_owned(),
                    service.interface.name().unwrap().to_vec(),
                    service.protocol,
                    endpoint.host.as_bytes().to_vec(),
                    endpoint.address,
                    endpoint.port,
                )
            })
            .collect();
        services.sort();
        services
    };
    let expected = services("v0.8");
    assert_eq!(expected.len(), 43);
    for version in VERSIONS {
        assert_eq!(services(version), expected, "{version}");
    }
}

#[test]
fn parsable_captures_read_whole() {
    let parsable = |name: &String| {
        name.starts_with("seed")
            || name.contains(".arpt")
            || name.contains(".http.")
            || name == "session.out.txt"
    };
    let mut read = 0;
    for name in capture_names().iter().filter(|name| parsable(name)) {
        let capture = capture(name);
        for record in records(&capture) {
            let event = record
                .event
                .unwrap_or_else(|error| panic!("{name}:{}: {error}", record.line));
            assert_eq!(event.to_bytes(), record.bytes, "{name}:{}", record.line);
            read += 1;
        }
    }
    assert_eq!(read, 2 + 15 * 86 + 8 + 16 + 328);
}

#[test]
fn a_forged_line_stays_in_its_string() {
    let capture = capture("v0.7.arptk.txt");
    assert!(
        capture.windows(10).any(|it| it == b"\n=;eth0;IP"),
        "the capture tries"
    );
    for event in events(&capture).flatten() {
        assert!(event.service().unwrap().name != "evil");
    }
}

#[test]
fn a_vanished_interface_is_known_by_its_absence() {
    let capture = capture("session.out.txt");
    let gone = events(&capture)
        .flatten()
        .filter(|event| event.interface() == avahi_events::Interface::Gone);
    assert_eq!(gone.clone().count(), 44);
    for event in gone {
        assert_eq!(event.kind(), Kind::Remove);
        assert!(event.protocol().is_some());
    }
    let odd = events(&capture)
        .flatten()
        .filter(|it| it.interface().name() == Some(br#"we;rd"x"#));
    assert!(odd.count() > 38);
}

#[test]
fn of_repeated_keys_the_first_on_the_wire_counts() {
    let capture = capture("v0.8.arptk.txt");
    let event = resolved(&capture)
        .find(|event| event.endpoint().unwrap().port == 8081)
        .unwrap();
    // Published: key, key=, KEY=again, key=dup; the 0.8 daemon turns them round.
    let txt = event.endpoint().unwrap().txt;
    assert!(txt.get("Key").unwrap().value().is_none());
    assert_eq!(txt.attributes().filter(|it| it.key() == "key").count(), 1);
    // If it had come from a later daemon:
    let txt = txt.with_order(TxtOrder::Wire);
    assert!(txt.get("Key").unwrap().value().unwrap() == "dup");
}
