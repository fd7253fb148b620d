//! What the report says of real sessions, and of all that can go wrong in one.

#![cfg(feature = "report")]

use std::io::Cursor;

use avahi_events::{
    Reader,
    report::{Merge, Options, Report, Service, Session, Source, WarningKind},
};
use serde_json::{Value, json};

/// The report on these captures, as one session.
fn report_of(captures: &[&[u8]], options: Options) -> Report {
    let sources = captures.iter().enumerate().map(|(number, capture)| {
        Source::new(Reader::new(Cursor::new(*capture))).with_name(format!("file{number}"))
    });
    let mut merge = Merge::new(sources.collect());
    let mut session = Session::new(options);
    while let Some(next) = merge.next_record() {
        session.take(&next.unwrap());
    }
    session.finish(merge.lines())
}

fn report(capture: &str) -> Report {
    report_of(&[capture.as_bytes()], Options::default())
}

fn capture(name: &str) -> Vec<u8> {
    std::fs::read(format!("tests/captures/{name}")).unwrap()
}

fn service<'r>(report: &'r Report, name: &str) -> &'r Service {
    report.services.iter().find(|it| it.name == name).unwrap()
}

fn kinds(report: &Report) -> Vec<(WarningKind, u64)> {
    report
        .warnings
        .iter()
        .map(|it| (it.kind, it.line))
        .collect()
}

/// Without what only a stamped session knows.
fn without_times(report: &Report) -> Value {
    let mut json = serde_json::to_value(report).unwrap();
    for service in json["services"].as_array_mut().unwrap() {
        let service = service.as_object_mut().unwrap();
        service.retain(|key, _| !matches!(&**key, "first_seen" | "last_seen" | "up_seconds"));
    }
    json!([
        json["services"],
        json["events"],
        json["unread"],
        json["failed"]
    ])
}

#[test]
fn a_stamped_session_and_an_unstamped_one_show_the_same() {
    let unstamped = report_of(&[&capture("session.out.txt")], Options::default());
    for name in ["session.ts.txt", "session.ts-epoch.txt"] {
        let stamped = report_of(&[&capture(name)], Options::default());
        assert_eq!(without_times(&stamped), without_times(&unstamped), "{name}");
        assert_eq!(stamped.restarts.len(), 1);
        assert_eq!(stamped.lines, 331);
        // 3 lines that the unstamped one lacks, and 238 is the message.
        assert_eq!(
            (stamped.restarts[0].line, unstamped.restarts[0].line),
            (238, 237)
        );
    }
    assert_eq!(unstamped.lines, 328);
    let services = serde_json::to_value(&unstamped.services).unwrap();
    let times = ["first_seen", "last_seen", "up_seconds"];
    assert!(times.iter().all(|key| services[0][key].is_null()));
}

/// Stamps without a year need a clock that knows it.
#[test]
fn stamps_without_a_year() {
    let bytes = capture("session.ts-default.txt");
    let clock = avahi_events::Clock::new(jiff::tz::TimeZone::UTC).with_year(2026);
    let source = Source::new(Reader::new(Cursor::new(&bytes[..]))).with_clock(clock);
    let mut merge = Merge::new(vec![source]);
    let mut session = Session::new(Options::default());
    while let Some(next) = merge.next_record() {
        session.take(&next.unwrap());
    }
    let report = session.finish(merge.lines());
    assert_eq!(report.from.unwrap().to_string(), "2026-11-22T10:58:46Z");
    let unstamped = report_of(&[&capture("session.out.txt")], Options::default());
    assert_eq!(without_times(&report), without_times(&unstamped));
}

#[test]
fn a_session_in_columns_shows_the_same_but_for_lossy_names() {
    let human = report_of(&[&capture("session.human.txt")], Options::default());
    let parsable = report_of(&[&capture("session.out.txt")], Options::default());
    assert_eq!(human.events, parsable.events);
    assert_eq!(human.services.len(), parsable.services.len());
    for (human, parsable) in human.services.iter().zip(&parsable.services) {
        let counts = |it: &Service| (it.added, it.removed, it.resolved, it.present, it.lost);
        assert_eq!(counts(human), counts(parsable), "{}", parsable.name);
        assert_eq!(human.service_type, parsable.service_type);
        // One address of the two that a host has may come this time or that.
        let places = |it: &Service| {
            let mut places = it.places.clone();
            places.iter_mut().for_each(|place| place.address = None);
            places
        };
        assert_eq!(places(human), places(parsable));
    }
    assert_eq!(human.restarts.len(), 1);
    assert_eq!(kinds(&human), [], "another family is not another address");
}

#[test]
fn what_the_session_shows() {
    let report = report_of(&[&capture("session.ts.txt")], Options::default());
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["from"], "2026-11-22T10:58:46.439528Z");
    assert_eq!(json["to"], "2026-11-22T10:59:36.329468Z");
    let events = json!({
        "add": 138, "resolve": 138, "remove": 52, "add_domain": 0, "remove_domain": 0
    });
    assert_eq!(json["events"], events);
    let restart = json!([{ "line": 238, "time": "2026-11-22T10:59:07.373571Z" }]);
    assert_eq!(json["restarts"], restart);
    assert_eq!(json["unread"], json!([]));
    assert_eq!(json["warnings"], json!([]));
    assert_eq!(report.services.len(), 26);

    // It went with the deleted interface and came back after the restart.
    let apple = service(&report, "Ap\u{301}ple TV");
    assert_eq!((apple.added, apple.removed, apple.resolved), (6, 2, 6));
    assert_eq!(apple.lost, 0);
    assert_eq!(apple.lives.len(), 1, "the restart is no break");
    let up = json["services"][0]["up_seconds"].as_f64().unwrap();
    assert!((up - 49.889_879).abs() < 1e-6, "{up}");

    for service in &report.services {
        for place in &service.places {
            let on_eth0 = place.interface.as_deref() != Some("we;rd\"x");
            assert_eq!(place.present, service.present && on_eth0, "{service:?}");
        }
    }
}

/// Its second life fell into the restart, and was not seen.
#[test]
fn the_lives_of_a_service_and_their_ports() {
    let report = report_of(&[&capture("session.ts.txt")], Options::default());
    let flapping = service(&report, "Flapping; \"A\"");
    let lives = flapping.lives.iter().map(|life| {
        let (from, to) = (life.from.unwrap(), life.to.unwrap());
        let seconds = to.duration_since(from).as_secs_f64();
        (life.endpoint.unwrap().1, (seconds * 10.0).round() / 10.0)
    });
    assert_eq!(lives.collect::<Vec<_>>(), [(100, 9.8), (102, 3.2)]);
    assert_eq!(flapping.lost, 2);
    assert!(!flapping.present);
    let ports = flapping.places.iter().map(|place| {
        let interface = place.interface.as_deref().unwrap();
        (interface, place.protocol.unwrap(), place.port.unwrap())
    });
    let expected = [
        ("we;rd\"x", "IPv6", 100),
        ("eth0", "IPv6", 102),
        ("we;rd\"x", "IPv4", 100),
        ("eth0", "IPv4", 102),
    ];
    assert_eq!(ports.collect::<Vec<_>>(), expected);
}

#[test]
fn the_keys_are_these() {
    let capture = "\
2026-11-22T10:00:00Z +;eth0;IPv4;a;_http._tcp;local
2026-11-22T10:00:01Z =;eth0;IPv4;a;_http._tcp;local;h.local;fe80::1;80;
2026-11-22T10:00:02Z Failed to resolve service 'b' of type '_http._tcp' in domain 'local': No
2026-11-22T10:00:03Z Disconnected, reconnecting ...
2026-11-22T10:00:04Z =;eth0;IPv4;a
";
    let expected = json!({
        "from": "2026-11-22T10:00:00Z",
        "to": "2026-11-22T10:00:04Z",
        "lines": 5,
        "events": { "add": 1, "resolve": 1, "remove": 0, "add_domain": 0, "remove_domain": 0 },
        "unread": [{ "line": 5, "error": "the line ends before the type, at byte 34" }],
        "restarts": [{ "line": 4, "time": "2026-11-22T10:00:03Z" }],
        "failed": [{
            "line": 3, "time": "2026-11-22T10:00:02Z", "name": "b", "type": "_http._tcp",
            "domain": "local", "reason": "No",
        }],
        "services": [{
            "name": "a", "type": "_http._tcp", "domain": "local",
            "added": 1, "removed": 0, "resolved": 1, "present": false,
            "first_seen": "2026-11-22T10:00:00Z", "last_seen": "2026-11-22T10:00:01Z",
            "up_seconds": 3.0,
            "places": [{
                "interface": "eth0", "protocol": "IPv4", "host": "h.local",
                "address": "fe80::1", "port": 80, "present": false,
            }],
        }],
        "warnings": [{
            "line": 2, "time": "2026-11-22T10:00:01Z", "kind": "link_local_only",
            "text": "\"a\" (_http._tcp) has link-local addresses only",
        }],
    });
    assert_eq!(serde_json::to_value(report(capture)).unwrap(), expected);
}

#[test]
fn files_are_one_session_in_the_order_of_time() {
    let bytes = capture("session.ts.txt");
    let whole = report_of(&[&bytes], Options::default());
    let lines: Vec<_> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
    let (first, second) = lines.split_at(150);
    let halves = [second.concat(), first.concat()];
    let report = report_of(&[&halves[0], &halves[1]], Options::default());
    assert_eq!(without_times(&report), without_times(&whole));
    assert_eq!(
        (report.from, report.to, report.lines),
        (whole.from, whole.to, whole.lines)
    );
    let restart = &report.restarts[0];
    assert_eq!(
        (restart.file.as_deref(), restart.line),
        (Some("file0"), 238 - 150)
    );

    // Also where they overlap, line by line.
    let every_other = |start| {
        lines
            .iter()
            .skip(start)
            .step_by(2)
            .copied()
            .collect::<Vec<_>>()
    };
    let halves = [every_other(0).concat(), every_other(1).concat()];
    let report = report_of(&[&halves[0], &halves[1]], Options::default());
    assert_eq!(report.services, whole.services);
}

#[test]
fn a_part_of_the_time() {
    let mut options = Options::default();
    options.since = Some("2026-11-22T10:59:00Z".parse().unwrap());
    options.until = Some("2026-11-22T10:59:20Z".parse().unwrap());
    let report = report_of(&[&capture("session.ts.txt")], options);
    assert_eq!(
        report.from.unwrap().to_string(),
        "2026-11-22T10:59:03.345211Z"
    );
    assert_eq!(
        report.to.unwrap().to_string(),
        "2026-11-22T10:59:18.176682Z"
    );
    // Those that went before are not in it, what was there is.
    let short = report.services.iter().find(|it| it.name == "Short lived");
    assert_eq!(short, None);
    let apple = service(&report, "Ap\u{301}ple TV");
    assert_eq!((apple.added, apple.removed), (2, 0));
    assert!(apple.present);
    let up = apple.up.unwrap().as_secs_f64();
    assert!((up - 18.176_682).abs() < 1e-6, "{up}");
    let flapping = service(&report, "Flapping; \"A\"");
    assert!(flapping.present, "at the end of that time");
    assert_eq!((flapping.added, flapping.removed, flapping.lost), (2, 2, 1));
}

#[test]
fn some_of_the_services() {
    let bytes = capture("session.ts.txt");
    let mut options = Options::default();
    options.service_type = Some("Web Site".into());
    assert_eq!(
        report_of(&[&bytes], options.clone()).services.len(),
        0,
        "printed with -k"
    );
    options.service_type = Some("_HTTP._tcp".into());
    let web = report_of(&[&bytes], options.clone());
    assert_eq!(web.services.len(), 6);
    assert_eq!(
        web.events.add,
        web.services.iter().map(|it| it.added).sum::<u64>()
    );
    options.name = Some("short LIVED".into());
    let one = report_of(&[&bytes], options);
    assert_eq!(one.services.len(), 1);
    assert_eq!(one.services[0].name, "Short lived");
    // The deleted interface is known by services that are not in the report.
    assert!(one.services[0].places.iter().all(|place| !place.present));
}

#[test]
fn a_service_that_returns_late_was_away() {
    let session = |back: &str| {
        report(&format!(
            "2026-11-22T10:00:00Z +;eth0;IPv4;a;_http._tcp;local
2026-11-22T10:00:00Z +;eth0;IPv4;b;_http._tcp;local
2026-11-22T10:10:00Z Disconnected, reconnecting ...
2026-11-22T10:20:00Z +;eth0;IPv4;b;_http._tcp;local
2026-11-22T{back}Z +;eth0;IPv4;a;_http._tcp;local
2026-11-22T12:00:00Z Got SIGTERM, quitting.
"
        ))
    };
    let report = session("10:20:59");
    assert_eq!(service(&report, "a").lives.len(), 1);
    assert_eq!(service(&report, "a").up.unwrap().as_secs(), 7200);
    let report = session("11:30:00");
    let away = service(&report, "a");
    assert_eq!(away.lives.len(), 2);
    assert_eq!(away.up.unwrap().as_secs(), 600 + 1800);
    assert_eq!(away.lost, 0, "nobody saw it go");
    assert_eq!(service(&report, "b").up.unwrap().as_secs(), 7200);
}

#[test]
fn a_forged_service_is_warned_of() {
    let capture = "\
+;eth0;IPv4;a;_http._tcp;local
=;eth0;IPv4;a;_http._tcp;local;h.local;192.0.2.1;80;\"x=1\"
=;eth0;IPv4;evil;_http._tcp;local;evil.local;192.0.2.66;80;\"y\"
";
    let report = report(capture);
    assert_eq!(kinds(&report), [(WarningKind::Unannounced, 3)]);
    let expected = "\"evil\" (_http._tcp) was resolved at eth0 IPv4 to 192.0.2.66 port 80 \
                    without having been announced";
    assert_eq!(report.warnings[0].text, expected);
    // A capture that `grep =` left tells nothing of that.
    let only: String = capture
        .lines()
        .skip(1)
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(kinds(&self::report(&only)), []);
}

#[test]
fn what_else_is_warned_of() {
    let capture = "\
2026-11-22T10:00:00Z +;eth0;IPv4;a;_http._tcp;local
2026-11-22T10:00:01Z +;eth0;IPv6;a;_http._tcp;local
2026-11-22T10:00:02Z =;eth0;IPv4;a;_http._tcp;local;h.local;192.0.2.1;80;
2026-11-22T10:00:03Z =;eth0;IPv6;a;_http._tcp;local;other.local;192.0.2.2;80;
2026-11-22T10:00:02Z -;eth0;IPv6;a;_http._tcp;local
2026-11-22T10:00:04Z -;eth0;IPv4;a;_http._tcp;local
2026-11-22T10:00:05Z +;eth0;IPv4;A;_http._tcp;local
2026-11-22T10:00:06Z =;eth0;IPv4;a;_http._tcp;local;h.local;192.0.2.9;80;
2026-11-22T10:00:07Z =;eth0;IPv4;a;_http._tcp;local;h.local;192.0.2.1;80;
2026-11-22T10:00:08Z =;eth0;IPv4;a;_http._t";
    let report = report(capture);
    let expected = [
        (WarningKind::TwoHosts, 4),
        (WarningKind::ClockBackwards, 5),
        (WarningKind::AddressChanged, 8),
        (WarningKind::HalfLine, 10),
    ];
    assert_eq!(kinds(&report), expected);
    let texts: Vec<_> = report.warnings.iter().map(|it| &*it.text).collect();
    let expected = [
        "\"a\" (_http._tcp) is held by h.local and other.local at once",
        "the clock went back by 1s",
        "\"a\" (_http._tcp) changed its address at eth0 IPv4 from 192.0.2.1 to 192.0.2.9, \
         and 1 more time",
        "the capture ends in half a line: the input ends within the domain, at byte 43",
    ];
    assert_eq!(texts, expected);
    assert_eq!(report.unread.len(), 1);
}

#[test]
fn a_service_that_comes_and_goes_is_warned_of() {
    let session = |minutes: u32, times: u32, allowed| {
        let mut capture = String::new();
        for time in 0..times {
            for (kind, second) in [("+", 0), ("-", 30)] {
                let (hour, minute) = (time * minutes / 60, time * minutes % 60);
                let stamp = format!("2026-11-22T{hour:02}:{minute:02}:{second:02}Z");
                capture += &format!("{stamp} {kind};eth0;IPv4;a;_http._tcp;local\n");
            }
        }
        let mut options = Options::default();
        options.flapping = allowed;
        kinds(&report_of(&[capture.as_bytes()], options))
    };
    assert_eq!(session(10, 5, None), []);
    assert_eq!(session(10, 6, None), [(WarningKind::Flapping, 12)]);
    assert_eq!(session(20, 10, None), []);
    assert_eq!(session(20, 3, Some(2)), [(WarningKind::Flapping, 6)]);
    assert_eq!(session(20, 1, Some(0)), [(WarningKind::Flapping, 2)]);
}

/// A list has a bound, and what is over it is told.
#[test]
fn lists_do_not_grow_without_end() {
    let report = report(&"hello there\n".repeat(10_500));
    assert_eq!(report.unread.len(), 10_000);
    assert_eq!(report.unread.last().unwrap().line, 10_000);
    let last = report.warnings.last().unwrap();
    assert_eq!(last.kind, WarningKind::Omitted);
    assert_eq!(last.text, "500 more lines that did not read are not listed");
}

/// Of many breaks, the longest are kept.
#[test]
fn lives_do_not_grow_without_end() {
    let mut capture = String::new();
    let mut stamp = 1_795_345_126_u32;
    for time in 0..10_000_u32 {
        capture += &format!("{stamp} +;eth0;IPv4;a;_http._tcp;local\n");
        stamp += 10;
        capture += &format!("{stamp} -;eth0;IPv4;a;_http._tcp;local\n");
        stamp += if time % 500 == 499 { 3600 } else { 5 };
    }
    let report = report(&capture);
    let service = &report.services[0];
    assert!(service.lives.len() <= 65, "{}", service.lives.len());
    let count: u64 = service.lives.iter().map(|life| life.lives).sum();
    assert_eq!(count, 10_000);
    assert_eq!(service.up.unwrap().as_secs(), 100_000);
    assert_eq!(service.lost, 10_000);
    let breaks = service.lives.windows(2);
    let hours = breaks.filter(|pair| {
        let (to, from) = (pair[0].to.unwrap(), pair[1].from.unwrap());
        from.duration_since(to).as_secs() == 3600
    });
    assert_eq!(hours.count(), 19);
}

#[test]
fn events_out_of_turn_are_counted() {
    let report = report("-;eth0;IPv4;a;_http._tcp;local\n-;(null);IPv4;b;_http._tcp;local\n");
    assert_eq!(report.events.remove, 2);
    let places = |name| service(&report, name).places.len();
    assert_eq!((places("a"), places("b")), (1, 0));
    assert!(
        report
            .services
            .iter()
            .all(|it| it.removed == 1 && !it.present && it.lost == 0)
    );
}

/// The failed resolves of a real session, in two languages.
#[test]
fn failed_resolves() {
    for name in ["failed.both.txt", "failed.de.both.txt", "failed.human.txt"] {
        let report = report_of(&[&capture(name)], Options::default());
        let failed: Vec<_> = report
            .failed
            .iter()
            .map(|it| (it.line, &*it.name))
            .collect();
        let (a, b) = ("Büro", "unreachable; printer");
        assert_eq!(failed, [(5, a), (6, b), (7, a), (8, b)], "{name}");
        assert!(
            report
                .failed
                .iter()
                .all(|it| it.service_type == "_ipp._tcp")
        );
        let resolved =
            |it: &Service| it.resolved > 0 || it.places.iter().any(|it| it.port.is_some());
        assert!(!report.services.iter().any(resolved));
        if name != "failed.human.txt" {
            assert!(report.services.iter().all(|it| it.failed == 2));
        }
    }
}
