//! Who is here: the directory against a real session, and against all that
//! makes it forget and guess.

use std::collections::{BTreeMap, BTreeSet};

use avahi_events::{
    Change, Directory, Event, Instance, Interface, Message, Protocol, events, records,
};

const SESSION: &[u8] = include_bytes!("captures/session.out.txt");

fn feed(directory: &mut Directory, line: &str) -> Change {
    let event = Event::try_from(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    directory.feed(&event).change
}

fn feed_all(directory: &mut Directory, lines: &[&str]) {
    for line in lines {
        feed(directory, line);
    }
}

/// The places where a service is, as `eth0/4`.
fn places(service: Instance<'_>) -> Vec<String> {
    let mut places: Vec<_> = service
        .places()
        .filter(|place| place.is_here())
        .map(|place| {
            let protocol = match place.protocol() {
                Some(Protocol::IPv4) => "4",
                Some(Protocol::IPv6) => "6",
                None => "-",
            };
            format!("{}/{protocol}", place.interface())
        })
        .collect();
    places.sort();
    places
}

fn places_of(directory: &Directory, name: &str) -> Vec<String> {
    directory
        .services()
        .find(|service| service.name() == name)
        .map(places)
        .unwrap_or_default()
}

/// Every place of every service after each line of the session, but for
/// `(null)`, which needs the guessing that is tested here: a plain count of
/// `+` and `-`.
#[test]
fn after_a_deleted_interface_the_right_places_are_left() {
    let mut directory = Directory::new();
    let mut on_eth0 = BTreeSet::new();
    let mut deleted = false;
    for event in events(SESSION) {
        let event = event.unwrap();
        let gone = event.interface() == Interface::Gone;
        if deleted && !gone {
            break;
        }
        deleted |= gone;
        if let (Event::Add(service), Interface::Named(b"eth0")) = (event, event.interface()) {
            on_eth0.insert((service.name.decode().into_owned(), service.protocol));
        }
        if let (Event::Remove(service), Interface::Named(b"eth0")) = (event, event.interface()) {
            on_eth0.remove(&(service.name.decode().into_owned(), service.protocol));
        }
        directory.feed(&event);
    }
    let mut left = BTreeSet::new();
    for service in directory.services() {
        for place in service.places().filter(|place| place.is_here()) {
            assert_ne!(
                place.interface(),
                Interface::Named(b"we;rd\"x"),
                "{service:?}"
            );
            if place.interface() == Interface::Named(b"eth0") {
                left.insert((service.name().decode().into_owned(), place.protocol()));
            }
        }
    }
    assert_eq!(left, on_eth0);
    assert!(left.len() > 40, "{}", left.len());
    assert_eq!(places_of(&directory, "node1 [00:00:00:00:00:00]"), ["lo/4"]);
    assert_eq!(
        places_of(&directory, "Flapping; \"A\""),
        ["eth0/4", "eth0/6"]
    );
}

/// The session has no messages: the restart shows by a `+` that comes twice.
#[test]
fn a_restart_is_seen_once_and_loses_no_service() {
    let mut directory = Directory::new();
    let mut restarts = Vec::new();
    let mut lost = BTreeMap::new();
    let mut returned = 0;
    for record in records(SESSION) {
        let update = directory.feed(&record.event.unwrap());
        if update.restarted {
            restarts.push(record.line);
        }
        match update.change {
            Change::Lost => {
                let name = update.service.unwrap().name().to_string();
                *lost.entry(name).or_insert(0) += 1;
            }
            Change::Returned => returned += 1,
            _ => {}
        }
    }
    assert_eq!(restarts, [237]);
    // Two hosts had a `_workstation` of the deleted interface's address.
    let expected = [
        ("Flapping; \"A\"", 2),
        ("Short lived", 1),
        ("master [06:f3:67:c5:e1:ff]", 1),
        ("node1 [aa:ae:ed:19:a8:41]", 1),
    ];
    let expected = expected.map(|(name, times)| (name.to_owned(), times));
    assert_eq!(lost, BTreeMap::from(expected));
    assert_eq!(returned, directory.len());
}

#[test]
fn the_message_of_a_restart_does_the_same_as_a_repeated_event() {
    let line = "+;eth0;IPv4;a;_ipp._tcp;local";
    let other = "+;eth0;IPv4;b;_ipp._tcp;local";
    let mut directory = Directory::new();
    feed_all(&mut directory, &[line, other]);
    let message = Message::parse(b"Disconnected, reconnecting ...").unwrap();
    let update = directory.feed_message(&message);
    assert!(update.restarted);
    assert_eq!((update.change, directory.len()), (Change::Forgotten, 0));
    let update = directory.feed(&Event::try_from(line).unwrap());
    assert!(!update.restarted);
    assert_eq!((update.change, directory.len()), (Change::Returned, 1));
    // What has not returned by the next beginning was lost in between.
    feed(&mut directory, line);
    assert_eq!(feed(&mut directory, other), Change::Appeared);
}

#[test]
fn what_comes_right_before_a_repeated_event_may_be_of_the_new_beginning() {
    let mut directory = Directory::new();
    feed_all(
        &mut directory,
        &[
            "+;eth0;IPv4;a;_ipp._tcp;local",
            "+;eth0;IPv4;b;_ipp._tcp;local",
            "=;eth0;IPv4;b;_ipp._tcp;local;h.local;192.0.2.1;80;",
            "+;eth0;IPv4;new;_ipp._tcp;local",
        ],
    );
    let again = Event::try_from("+;eth0;IPv4;a;_ipp._tcp;local").unwrap();
    assert!(directory.feed(&again).restarted);
    assert_eq!(places_of(&directory, "new"), ["eth0/4"]);
    assert_eq!(places_of(&directory, "b"), [""; 0]);
    // It came before after all: no second restart.
    let again = Event::try_from("+;eth0;IPv4;new;_ipp._tcp;local").unwrap();
    let update = directory.feed(&again);
    assert!(!update.restarted);
    assert_eq!(update.change, Change::Nothing);
    assert!(directory.feed(&again).restarted);
}

#[test]
fn without_resolving_a_repeated_event_forgets_all_before_it() {
    let mut directory = Directory::new();
    feed_all(
        &mut directory,
        &[
            "+;eth0;IPv4;a;_ipp._tcp;local",
            "+;eth0;IPv4;b;_ipp._tcp;local",
            "+;eth0;IPv4;a;_ipp._tcp;local",
        ],
    );
    assert_eq!(directory.len(), 1);
    assert_eq!(
        feed(&mut directory, "+;eth0;IPv4;b;_ipp._tcp;local"),
        Change::Returned
    );
}

#[test]
fn a_new_process_begins_anew_without_a_repeated_event() {
    let mut directory = Directory::new();
    feed(&mut directory, "+;eth0;IPv4;a;_ipp._tcp;local");
    let message = Message::parse(b"Got SIGTERM, quitting.").unwrap();
    assert!(!directory.feed_message(&message).restarted);
    assert_eq!(directory.len(), 1, "what was here at the end was here");
    let other = Event::try_from("+;eth0;IPv4;b;_ipp._tcp;local").unwrap();
    let update = directory.feed(&other);
    assert!(update.restarted);
    assert_eq!(update.change, Change::Appeared);
    assert_eq!(directory.len(), 1);
}

#[test]
fn events_out_of_turn() {
    let mut directory = Directory::new();
    assert_eq!(
        feed(&mut directory, "-;eth0;IPv4;a;_ipp._tcp;local"),
        Change::NotHere
    );
    assert_eq!(
        feed(&mut directory, "-;(null);IPv4;a;_ipp._tcp;local"),
        Change::NotHere
    );
    assert!(directory.is_empty());
    let resolve = "=;eth0;IPv4;a;_ipp._tcp;local;h.local;192.0.2.1;80;";
    let resolve = Event::try_from(resolve).unwrap();
    let update = directory.feed(&resolve);
    assert!(update.unannounced);
    assert_eq!(update.change, Change::Appeared);
    let update = directory.feed(&resolve);
    assert!(!update.unannounced);
    assert_eq!(update.change, Change::Nothing);
    // Announced at last: no restart.
    let add = Event::try_from("+;eth0;IPv4;a;_ipp._tcp;local").unwrap();
    let update = directory.feed(&add);
    assert!(!update.restarted);
    assert_eq!(update.change, Change::Nothing);
    assert_eq!(
        feed(&mut directory, "-;eth0;IPv6;a;_ipp._tcp;local"),
        Change::NotHere
    );
    assert_eq!(
        feed(&mut directory, "-;eth0;IPv4;a;_ipp._tcp;local"),
        Change::Lost
    );
    assert_eq!(directory.known().count(), 1, "kept until the next event");
    assert_eq!(feed(&mut directory, "+;;;dns-sd.org"), Change::Nothing);
    assert_eq!(directory.known().count(), 0);
}

#[test]
fn what_changes_when_a_service_resolves_differently() {
    let mut directory = Directory::new();
    feed(&mut directory, "+;eth0;IPv4;a;_ipp._tcp;local");
    let mut resolve = |endpoint: &str| {
        feed(
            &mut directory,
            &format!("=;eth0;IPv4;a;_ipp._tcp;local;{endpoint}"),
        )
    };
    assert_eq!(resolve("h.local;192.0.2.1;80;"), Change::Resolved);
    assert_eq!(resolve("H.local;192.0.2.1;80;"), Change::Nothing);
    let from = "192.0.2.1".parse().unwrap();
    assert_eq!(
        resolve("h.local;192.0.2.2;80;"),
        Change::AddressChanged { from }
    );
    assert_eq!(resolve("h.local;192.0.2.2;81;"), Change::DetailsChanged);
    assert_eq!(
        resolve("h.local;192.0.2.2;81;\"a=1\""),
        Change::DetailsChanged
    );
    assert_eq!(
        resolve("i.local;192.0.2.2;81;\"a=1\""),
        Change::DetailsChanged
    );
}

#[test]
fn a_failed_resolve_is_told_by_its_raw_name() {
    let mut directory = Directory::new();
    let failed = "Failed to resolve service 'Büro' of type '_ipp._tcp' in domain 'local': Timeout";
    let failed = Message::parse(failed.as_bytes()).unwrap();
    assert_eq!(directory.feed_message(&failed).change, Change::NotHere);
    feed(&mut directory, r"+;eth0;IPv4;B\195\188ro;_ipp._tcp;local");
    let update = directory.feed_message(&failed);
    assert_eq!(update.change, Change::ResolveFailed);
    assert!(update.service.unwrap().name() == "Büro");
}

/// Services on both of two interfaces, and what is left after all of them went
/// from one, as far as the events tell which.
mod vanished {
    use super::*;

    const BOTH: [&str; 4] = [
        "+;wlan0;IPv4;a;_ipp._tcp;local",
        "+;wlan0;IPv4;b;_ipp._tcp;local",
        "+;eth0;IPv4;a;_ipp._tcp;local",
        "+;eth0;IPv4;b;_ipp._tcp;local",
    ];
    const GONE: [&str; 2] = [
        "-;(null);IPv4;a;_ipp._tcp;local",
        "-;(null);IPv4;b;_ipp._tcp;local",
    ];

    fn after(lines: &[&[&str]]) -> (Vec<String>, Vec<String>) {
        let mut directory = Directory::new();
        for lines in lines {
            feed_all(&mut directory, lines);
        }
        (places_of(&directory, "a"), places_of(&directory, "b"))
    }

    fn both(place: &str) -> (Vec<String>, Vec<String>) {
        (vec![place.to_owned()], vec![place.to_owned()])
    }

    #[test]
    fn what_one_service_tells_is_true_of_all() {
        for (only, left) in [("eth0", "wlan0/4"), ("wlan0", "eth0/4")] {
            let add = format!("+;{only};IPv4;c;_ipp._tcp;local");
            let gone = "-;(null);IPv4;c;_ipp._tcp;local";
            // Wherever in the burst it comes.
            assert_eq!(after(&[&BOTH, &[&add], &GONE, &[gone]]), both(left));
            assert_eq!(after(&[&BOTH, &[&add], &[gone], &GONE]), both(left));
            let [first, second] = GONE;
            assert_eq!(after(&[&BOTH, &[&add], &[first, gone, second]]), both(left));
        }
    }

    #[test]
    fn an_interface_that_is_gone_has_no_services_left() {
        let other = "+;wlan0;IPv4;c;_ipp._tcp;local";
        assert_eq!(after(&[&BOTH, &[other], &GONE]), both("wlan0/4"));
        let other = "+;eth0;IPv6;c;_ipp._tcp;local";
        assert_eq!(after(&[&BOTH, &[other], &GONE]), both("eth0/4"));
    }

    #[test]
    fn an_interface_that_is_named_later_is_not_gone() {
        let other = "+;wlan0;IPv4;c;_ipp._tcp;local";
        let resolved = "=;wlan0;IPv4;b;_ipp._tcp;local;h.local;192.0.2.1;80;";
        for (name, left) in [("eth0", "eth0/4"), ("wlan0", "wlan0/4")] {
            let add = format!("+;{name};IPv4;d;_ipp._tcp;local");
            assert_eq!(after(&[&BOTH, &GONE, &[&add]]), both(left));
        }
        // Also where it looked otherwise before.
        let add = "+;eth0;IPv4;d;_ipp._tcp;local";
        assert_eq!(after(&[&BOTH, &[other], &GONE, &[add]]), both("eth0/4"));
        assert_eq!(after(&[&BOTH, &GONE, &[resolved]]), both("wlan0/4"));
        let removed = "-;eth0;IPv4;a;_ipp._tcp;local";
        let (a, b) = after(&[&BOTH, &[other], &GONE, &[removed]]);
        assert_eq!((a, b), (vec![], vec!["eth0/4".to_owned()]));
    }

    #[test]
    fn an_interface_that_comes_again_was_the_one() {
        let again = "+;wlan0;IPv4;a;_ipp._tcp;local";
        let only_wlan0 = "+;wlan0;IPv4;c;_ipp._tcp;local";
        let gone = "-;(null);IPv4;c;_ipp._tcp;local";
        let (a, b) = after(&[&BOTH, &[only_wlan0], &GONE, &[gone, again]]);
        assert_eq!(a, ["eth0/4", "wlan0/4"]);
        assert_eq!(b, ["eth0/4"]);
        for (again, other) in [("wlan0", "eth0"), ("eth0", "wlan0")] {
            let again = format!("+;{again};IPv4;a;_ipp._tcp;local");
            let (a, b) = after(&[&BOTH, &GONE, &[&again]]);
            assert_eq!(a, ["eth0/4", "wlan0/4"]);
            assert_eq!(b, [format!("{other}/4")]);
        }
    }

    #[test]
    fn two_interfaces_may_vanish_at_once() {
        let (a, b) = after(&[&BOTH, &GONE, &GONE]);
        assert_eq!((a, b), (vec![], vec![]));
        let third = [
            "+;lo;IPv4;a;_ipp._tcp;local",
            "+;lo;IPv4;b;_ipp._tcp;local",
            "+;lo;IPv4;c;_ipp._tcp;local",
        ];
        assert_eq!(after(&[&BOTH, &third, &GONE, &GONE]), both("lo/4"));
    }

    #[test]
    fn other_events_may_stand_in_between() {
        let only_wlan0 = "+;wlan0;IPv4;c;_ipp._tcp;local";
        let [first, second] = GONE;
        let gone = "-;(null);IPv4;c;_ipp._tcp;local";
        let between = "+;lo;IPv4;d;_ipp._tcp;local";
        let lines = [first, between, second, between, gone];
        let (a, b) = after(&[&BOTH, &[only_wlan0], &lines[..3], &[gone]]);
        assert_eq!((a, b), both("eth0/4"));
    }

    #[test]
    fn the_same_service_over_both_protocols() {
        let six = BOTH.map(|line| line.replace("IPv4", "IPv6"));
        let six: Vec<_> = six.iter().map(String::as_str).collect();
        let gone_six = GONE.map(|line| line.replace("IPv4", "IPv6"));
        let gone_six: Vec<_> = gone_six.iter().map(String::as_str).collect();
        let other = "+;eth0;IPv6;c;_ipp._tcp;local";
        let (a, b) = after(&[&BOTH, &six, &[other], &gone_six, &GONE]);
        assert_eq!(a, ["eth0/4", "eth0/6"]);
        assert_eq!(b, ["eth0/4", "eth0/6"]);
    }

    #[test]
    fn the_count_of_places_is_right_whatever_was_guessed() {
        let mut directory = Directory::new();
        feed_all(&mut directory, &BOTH);
        feed_all(&mut directory, &GONE);
        assert_eq!(directory.len(), 2);
        assert_eq!(feed(&mut directory, GONE[0]), Change::Lost);
        assert_eq!(feed(&mut directory, GONE[1]), Change::Lost);
        assert!(directory.is_empty());
    }
}

/// Also if that was right before browsing began anew: it is still at the other.
#[test]
fn a_service_that_vanished_from_one_interface_returns() {
    for keeping in [false, true] {
        let mut directory = match keeping {
            true => Directory::keeping_gone(),
            false => Directory::new(),
        };
        feed_all(
            &mut directory,
            &[
                "+;eth0;IPv4;a;_ipp._tcp;local",
                "+;wlan0;IPv4;a;_ipp._tcp;local",
                "-;(null);IPv4;a;_ipp._tcp;local",
            ],
        );
        let message = Message::parse(b"Disconnected, reconnecting ...").unwrap();
        directory.feed_message(&message);
        // Some other event is seen first.
        feed(&mut directory, "+;eth0;IPv4;b;_ipp._tcp;local");
        let change = feed(&mut directory, "+;eth0;IPv4;a;_ipp._tcp;local");
        assert_eq!(change, Change::Returned, "keeping: {keeping}");
    }
}

/// A long log of services, interfaces and restarts that come and go leaves no
/// more behind than a short one.
#[test]
fn what_is_gone_is_forgotten() {
    let mut directory = Directory::new();
    for round in 0..1000 {
        let lines = [
            format!("+;veth{round};IPv4;stays;_ipp._tcp;local"),
            format!("+;veth{round};IPv4;name{round};_ipp._tcp;local"),
            format!("+;eth0;IPv4;name{round};_ipp._tcp;local"),
            "-;(null);IPv4;stays;_ipp._tcp;local".to_owned(),
            format!("-;(null);IPv4;name{round};_ipp._tcp;local"),
            format!("-;eth0;IPv4;name{round};_ipp._tcp;local"),
            format!("+;eth0;IPv4;forgotten{round};_ipp._tcp;local"),
        ];
        for line in &lines {
            feed(&mut directory, line);
        }
        if round % 2 == 0 {
            let message = Message::parse(b"Disconnected, reconnecting ...").unwrap();
            directory.feed_message(&message);
        }
    }
    assert!(
        directory.known().count() < 10,
        "{}",
        directory.known().count()
    );
    let ids = directory.known().map(|service| service.id().index());
    assert!(ids.max().unwrap() < 20);
    let places: usize = directory.known().map(|it| it.places().count()).sum();
    assert!(places < 10, "{places}");
    assert!(format!("{directory:?}").len() < 20_000);
}

#[test]
fn gone_services_are_kept_if_asked_for() {
    let mut directory = Directory::keeping_gone();
    for round in 0..1000 {
        let add = format!("+;veth{round};IPv4;a;_ipp._tcp;local");
        feed(&mut directory, &add);
        feed(&mut directory, "-;(null);IPv4;a;_ipp._tcp;local");
    }
    feed(&mut directory, "-;eth0;IPv4;b;_ipp._tcp;local");
    let known: Vec<_> = directory.known().collect();
    assert_eq!(known.len(), 2);
    assert_eq!(known[0].places().count(), 256);
    assert_eq!(
        known[0].places().last().unwrap().interface(),
        Interface::Named(b"veth999")
    );
    assert!(known.iter().all(|service| !service.is_here()));
}

mod any_order {
    use proptest::prelude::*;

    use super::*;

    fn line() -> impl Strategy<Value = String> {
        let interface = prop::sample::select(vec!["eth0", "wlan0", "lo", "(null)"]);
        let name = prop::sample::select(vec!["a", "A", "b", "c"]);
        let kind = prop::sample::select(vec!["+", "-", "-", "=", "!"]);
        (kind, interface, 0..2_u8, name, 0..2_u8).prop_map(
            |(kind, interface, protocol, name, address)| {
                let protocol = ["IPv4", "IPv6"][usize::from(protocol)];
                let service = format!("{kind};{interface};{protocol};{name};_ipp._tcp;local");
                match kind {
                    "!" if address == 0 => "Disconnected, reconnecting ...".to_owned(),
                    "!" => "Got SIGINT, quitting.".to_owned(),
                    "=" => format!("{service};h.local;192.0.2.{address};80;"),
                    _ => service,
                }
            },
        )
    }

    fn feed(directory: &mut Directory, line: &str) -> (Change, bool, bool) {
        let update = match Message::parse(line.as_bytes()) {
            Some(message) => directory.feed_message(&message),
            None => directory.feed(&Event::try_from(line).unwrap()),
        };
        (update.change, update.restarted, update.unannounced)
    }

    fn here(directory: &Directory) -> BTreeMap<String, Vec<String>> {
        let name = |service: &Instance<'_>| service.name().to_string().to_lowercase();
        directory
            .services()
            .map(|service| (name(&service), places(service)))
            .collect()
    }

    proptest! {
        /// Whatever comes in whatever order, keeping what is gone changes
        /// nothing of what is here, and the counts are those of the places.
        #[test]
        fn the_counts_are_right(lines in prop::collection::vec(line(), 0..60)) {
            let mut forgetting = Directory::new();
            let mut keeping = Directory::keeping_gone();
            let mut plain = BTreeMap::<String, i32>::new();
            for line in &lines {
                let (change, restarted, _) = feed(&mut forgetting, line);
                let kept = feed(&mut keeping, line);
                prop_assert_eq!(kept.1, restarted);
                // A place that was not kept is resolved anew rather than changed.
                let entered = |it| matches!(it, Change::Appeared | Change::Returned | Change::Found);
                prop_assert_eq!(entered(kept.0), entered(change), "{}", line);
                prop_assert_eq!(kept.0 == Change::Lost, change == Change::Lost);
                let here = here(&forgetting);
                prop_assert_eq!(&self::here(&keeping), &here);
                prop_assert_eq!(forgetting.len(), here.len());
                prop_assert!(here.values().all(|places| !places.is_empty()));
                // How many places there are is no matter of guessing.
                let name = line.split(';').nth(3).unwrap_or_default().to_lowercase();
                let places = here.get(&name).map_or(0, Vec::len) as i32;
                let before = plain.insert(name, places).unwrap_or(0);
                match change {
                    Change::Found => prop_assert!(restarted || places == before + 1),
                    Change::Left => prop_assert_eq!(places, before - 1),
                    Change::Lost => prop_assert_eq!(places, 0),
                    _ => {}
                }
                if restarted {
                    plain = here.into_iter().map(|(name, it)| (name, it.len() as i32)).collect();
                }
            }
        }
    }
}

/// Of an interface that nothing is seen at any more, another may have the
/// number.
#[test]
fn an_interface_that_returns_is_not_another() {
    let mut directory = Directory::new();
    feed_all(
        &mut directory,
        &[
            "+;eth0;IPv4;a;_x._tcp;local",
            "-;eth0;IPv4;a;_x._tcp;local",
            "+;eth0;IPv4;a;_x._tcp;local",
            "+;wlan0;IPv4;b;_x._tcp;local",
        ],
    );
    assert_eq!(places_of(&directory, "a"), ["eth0/4"]);
    assert_eq!(places_of(&directory, "b"), ["wlan0/4"]);
}

/// In columns, names have no escapes: what looks like one is part of the name.
#[test]
fn a_name_in_columns_is_not_one_with_escapes() {
    let columns = format!("+   eth0 IPv4 {:45} {:20} local\n", r"a\032b", "_x._tcp");
    let capture = [r"+;eth0;IPv4;a\032b;_x._tcp;local", &columns].join("\n");
    let mut directory = Directory::new();
    for event in events(capture.as_bytes()) {
        directory.feed(&event.unwrap());
    }
    let mut names: Vec<_> = directory.services().map(|it| it.name().decode()).collect();
    names.sort();
    assert_eq!(names, [&b"a b"[..], b"a\\032b"]);
}

/// What is kept has no stamps in it, what comes has.
#[test]
fn stamps_within_txt_change_nothing() {
    let mut capture = Vec::new();
    for second in 10..13 {
        let stamp = format!("Nov 22 10:58:{second} ");
        let lines = match second {
            10 => "+;eth0;IPv4;a;_x._tcp;local\n".to_owned(),
            _ => format!(
                "=;eth0;IPv4;a;_x._tcp;local;a.local;192.0.2.7;80;\"note=one\n{stamp}two\"\n"
            ),
        };
        capture.extend_from_slice(format!("{stamp}{lines}").as_bytes());
    }
    let mut directory = Directory::new();
    let changes: Vec<_> = events(&capture)
        .map(|event| directory.feed(&event.unwrap()).change)
        .collect();
    assert_eq!(
        changes,
        [Change::Appeared, Change::Resolved, Change::Nothing]
    );
}
