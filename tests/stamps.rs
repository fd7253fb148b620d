//! Captures with a time stamp before each line.
#![cfg(feature = "time")]

mod common;

use avahi_events::{Clock, ClockError, ErrorKind, Message, Stamp, StampFormat, Stamps, records};
use common::{capture, read};
use jiff::{Timestamp, tz::TimeZone};

/// Puts a stamp before every line, as a tool does that knows nothing of them.
fn stamped(capture: &[u8], stamp: &str) -> Vec<u8> {
    capture
        .split_inclusive(|&byte| byte == b'\n')
        .flat_map(|line| [stamp.as_bytes(), line].concat())
        .collect()
}

const STAMPS: [(&str, StampFormat, &str); 23] = [
    ("Nov 22 10:58:46 ", StampFormat::Month, "10:58:46Z"),
    (
        "Nov 22 10:58:46.439528 ",
        StampFormat::Month,
        "10:58:46.439528Z",
    ),
    ("[Nov 22 10:58:46] ", StampFormat::Month, "10:58:46Z"),
    (
        "2026-11-22T10:58:46.439528+0000 ",
        StampFormat::Iso,
        "10:58:46.439528Z",
    ),
    (
        "2026-11-22T10:58:46.439528123Z ",
        StampFormat::Iso,
        "10:58:46.439528123Z",
    ),
    ("2026-11-22T11:58:46+01:00 ", StampFormat::Iso, "10:58:46Z"),
    ("2026-11-22T03:58:46-0700 ", StampFormat::Iso, "10:58:46Z"),
    ("2026-11-22 10:58:46 ", StampFormat::Iso, "10:58:46Z"),
    (
        "[2026-11-22 10:58:46,439] ",
        StampFormat::Iso,
        "10:58:46.439Z",
    ),
    ("1795345126.438603 ", StampFormat::Epoch, "10:58:46.438603Z"),
    ("1795345126 ", StampFormat::Epoch, "10:58:46Z"),
    (
        "Nov 22 10:58:46 node-1 avahi-browse[812]: ",
        StampFormat::Journal,
        "10:58:46Z",
    ),
    (
        "Nov 22 10:58:46.439528 node1 sh[8]: ",
        StampFormat::Journal,
        "10:58:46.439528Z",
    ),
    (
        "Nov 22 10:58:46 node1.lan avahi-browse: ",
        StampFormat::Journal,
        "10:58:46Z",
    ),
    (
        "<30>Nov 22 10:58:46 node1 avahi-browse[812]: ",
        StampFormat::Journal,
        "10:58:46Z",
    ),
    (
        "2026-11-22T10:58:46+0000 node1 avahi-browse[812]: ",
        StampFormat::JournalIso,
        "10:58:46Z",
    ),
    (
        "2026-11-22T10:58:46.439528+00:00 node1 avahi-browse[812]: ",
        StampFormat::JournalIso,
        "10:58:46.439528Z",
    ),
    (
        "1795345126.438603 node1 avahi-browse[812]: ",
        StampFormat::JournalEpoch,
        "10:58:46.438603Z",
    ),
    (
        "<30>1 2026-11-22T10:58:46.439528+00:00 node1 avahi-browse 812 - - ",
        StampFormat::Rfc5424,
        "10:58:46.439528Z",
    ),
    (
        "<165>1 2026-11-22T10:58:46Z - - - ID47 [a@1 b=\"]\\\" \\\\\"][c] ",
        StampFormat::Rfc5424,
        "10:58:46Z",
    ),
    (
        "<30>1 2026-11-22T10:58:46.4Z node1 avahi-browse 812 - - \u{feff}",
        StampFormat::Rfc5424,
        "10:58:46.4Z",
    ),
    (
        "2026-11-22T10:58:46.439528123Z stdout F ",
        StampFormat::Cri,
        "10:58:46.439528123Z",
    ),
    (
        "2026-11-22T11:58:46.439528123+01:00 stderr F ",
        StampFormat::Cri,
        "10:58:46.439528123Z",
    ),
];

#[test]
fn the_stamped_sessions_are_the_unstamped_one() {
    // Several browsers ran at the same time, and heard things in orders of
    // their own.
    let sorted = |name: &str| {
        let mut lines: Vec<_> = read(&capture(name))
            .iter()
            .map(|it| it.as_bytes().to_vec())
            .collect();
        lines.sort();
        lines
    };
    let plain = sorted("session.out.txt");
    assert_eq!(plain.len(), 328);
    for (name, format, first, last) in [
        (
            "session.ts.txt",
            StampFormat::Iso,
            "2026-11-22T10:58:46.439528Z",
            "2026-11-22T10:59:36.329468Z",
        ),
        (
            "session.ts-epoch.txt",
            StampFormat::Epoch,
            "2026-11-22T10:58:46.438522Z",
            "2026-11-22T10:59:36.347118Z",
        ),
        (
            "session.ts-default.txt",
            StampFormat::Month,
            "2026-11-22T10:58:46Z",
            "2026-11-22T10:59:36Z",
        ),
    ] {
        let capture = capture(name);
        assert!(sorted(name) == plain, "{name}");
        let mut clock = Clock::new(TimeZone::UTC).with_year(2026);
        let mut times = Vec::new();
        let mut messages = Vec::new();
        for record in records(&capture) {
            let stamp = record.stamp.unwrap();
            assert_eq!(stamp.format(), format);
            assert!(record.bytes.starts_with(stamp.as_bytes()));
            times.push(clock.time(&stamp).unwrap());
            messages.extend(record.message());
        }
        assert!(times.is_sorted());
        assert_eq!(times[0].to_string(), first);
        assert_eq!(times.last().unwrap().to_string(), last);
        assert_eq!(
            messages,
            [
                Message::Trace {
                    command: b"avahi-browse -arpkf"
                },
                Message::Disconnected,
                Message::Signal { name: b"SIGTERM" },
            ]
        );
    }
}

/// All captures, also those of several lines a record, under all stamps: the
/// same events, and the stamps in none of them.
#[test]
fn stamps_change_no_event() {
    for name in [
        "v0.8.arpt.txt",
        "v0.7.arpt.txt",
        "v0.6.22.arptk.txt",
        "v0.8-arm.arpt.txt",
        "v0.8.art.txt",
        "v0.8.Dpt.txt",
        "v0.8.Dt.txt",
        "session.human.txt",
        "failed.both.txt",
    ] {
        let capture = capture(name);
        let plain = read(&capture);
        for (stamp, format, _) in STAMPS {
            let stamped = stamped(&capture, stamp);
            assert!(read(&stamped) == plain, "{name} {stamp}");
            for (record, unstamped) in records(&stamped).zip(records(&capture)) {
                assert_eq!(record.stamp.map(|it| it.format()), Some(format));
                assert_eq!(record.stamp.unwrap().as_bytes(), stamp.as_bytes());
                assert_eq!(record.line, unstamped.line);
                assert_eq!(record.message(), unstamped.message());
            }
            // What is said beforehand is what would have been found.
            let only = records(&stamped).with_stamps(Stamps::Only(format));
            assert!(only.eq(records(&stamped)), "{name} {stamp}");
        }
    }
}

#[test]
fn stamps_are_times() {
    for (text, format, expected) in STAMPS {
        let stamp = Stamp::parse(text.as_bytes(), format).unwrap();
        let mut clock = Clock::new(TimeZone::UTC).with_year(2026);
        let time = clock.time(&stamp).unwrap();
        assert_eq!(time.to_string(), format!("2026-11-22T{expected}"), "{text}");
    }
    let nil = b"<30>1 - node1 avahi-browse - - - +;eth0;IPv4;a;_x._tcp;local\n";
    let record = records(nil).next().unwrap();
    assert!(record.event.is_ok());
    let error = Clock::new(TimeZone::UTC).time(&record.stamp.unwrap());
    assert_eq!(error, Err(ClockError::NoTime));
}

/// The times of stamps without a year, from the first on.
fn times(clock: Clock, stamps: &[&str]) -> Vec<String> {
    let mut clock = clock;
    stamps
        .iter()
        .map(|text| {
            let stamp = Stamp::parse(text.as_bytes(), StampFormat::Month).unwrap();
            match clock.time(&stamp) {
                Ok(time) => time.to_string(),
                Err(error) => format!("{error:?}"),
            }
        })
        .collect()
}

#[test]
fn the_year_turns_with_january() {
    let clock = || Clock::new(TimeZone::UTC).with_year(2026);
    // Late lines at the turn of the year stay in the old one.
    let stamps = [
        "Dec 31 23:59:58 ",
        "Jan 01 00:00:01 ",
        "Dec 31 23:59:59 ",
        "Jan  1 00:00:02 ",
        "Jan 08 00:00:00 ",
        "Jun 30 00:00:00 ",
        "Dec 31 00:00:00 ",
        "Jan 02 00:00:00 ",
    ];
    let expected = [
        "2026-12-31T23:59:58Z",
        "2027-01-01T00:00:01Z",
        "2026-12-31T23:59:59Z",
        "2027-01-01T00:00:02Z",
        "2027-01-08T00:00:00Z",
        "2027-06-30T00:00:00Z",
        "2027-12-31T00:00:00Z",
        "2028-01-02T00:00:00Z",
    ];
    assert_eq!(times(clock(), &stamps), expected);
    // A clock that was put back by a week has not gone through a year.
    let stamps = ["Nov 22 10:00:00 ", "Nov 15 10:00:00 ", "Nov 15 10:00:01 "];
    let expected = [
        "2026-11-22T10:00:00Z",
        "2026-11-15T10:00:00Z",
        "2026-11-15T10:00:01Z",
    ];
    assert_eq!(times(clock(), &stamps), expected);
    // The 29th of February waits for its year.
    let stamps = ["Dec 31 00:00:00 ", "Feb 29 00:00:00 ", "Feb 30 00:00:00 "];
    let expected = ["2026-12-31T00:00:00Z", "2028-02-29T00:00:00Z", "NoSuchTime"];
    assert_eq!(times(clock(), &stamps), expected);
    assert_eq!(
        times(Clock::new(TimeZone::UTC), &["Jan 01 00:00:00 "]),
        ["NoYear"]
    );
}

#[test]
fn a_date_gives_the_year() {
    let of = |date: &str, stamp: &str| {
        let clock = Clock::new(TimeZone::UTC).not_after(date.parse::<Timestamp>().unwrap());
        times(clock, &[stamp])[0][..10].to_owned()
    };
    assert_eq!(of("2026-11-29T00:00:00Z", "Nov 22 10:58:46 "), "2026-11-22");
    assert_eq!(of("2027-01-03T00:00:00Z", "Dec 30 10:58:46 "), "2026-12-30");
    assert_eq!(of("2026-11-22T10:00:00Z", "Nov 22 23:00:00 "), "2026-11-22");
    assert_eq!(of("2026-11-22T10:00:00Z", "Nov 24 23:00:00 "), "2025-11-24");
    assert_eq!(of("2027-03-01T00:00:00Z", "Feb 29 00:00:00 "), "2024-02-29");
}

#[test]
fn a_zone_is_that_of_the_clock() {
    let clock = || Clock::new(TimeZone::get("Europe/Berlin").unwrap()).with_year(2026);
    assert_eq!(
        times(clock(), &["Nov 22 10:58:46 "]),
        ["2026-11-22T09:58:46Z"]
    );
    // The hour that comes twice, on the 25th of October at three.
    let stamps = [
        "Oct 25 02:30:00 ",
        "Oct 25 02:59:59 ",
        "Oct 25 02:00:00 ",
        "Oct 25 03:00:00 ",
    ];
    let expected = [
        "2026-10-25T00:30:00Z",
        "2026-10-25T00:59:59Z",
        "2026-10-25T01:00:00Z",
        "2026-10-25T02:00:00Z",
    ];
    assert_eq!(times(clock(), &stamps), expected);
    // An offset in the stamp needs no zone; without one it does.
    let iso = |text: &'static str| Stamp::parse(text.as_bytes(), StampFormat::Iso).unwrap();
    let time = clock().time(&iso("2026-11-22T10:58:46Z ")).unwrap();
    assert_eq!(time.to_string(), "2026-11-22T10:58:46Z");
    let time = clock().time(&iso("2026-11-22 10:58:46 ")).unwrap();
    assert_eq!(time.to_string(), "2026-11-22T09:58:46Z");
}

/// What is known of the last stamp makes the next ones no other times: a clock
/// that can use it for none of them, as the fraction is never as long as the
/// last one, tells the same.
#[test]
fn times_do_not_hang_on_the_digits() {
    let rng = &mut fastrand::Rng::with_seed(7);
    // Around both changes of the clock, the end of February and of the year.
    let days = [
        "Mar 29", "Oct 25", "Apr  5", "Oct  4", "Feb 28", "Feb 29", "Dec 31", "Jan  1",
    ];
    for zone in ["UTC", "Europe/Berlin", "Australia/Lord_Howe"] {
        let clock = || Clock::new(TimeZone::get(zone).unwrap()).with_year(2026);
        for _ in 0..300 {
            let (mut plain, mut padded) = (clock(), clock());
            let mut day = days[rng.usize(0..4)];
            for at in 0..20 {
                if rng.u8(0..8) == 0 {
                    day = days[rng.usize(0..days.len())];
                }
                let (hour, minute) = (rng.u8(1..4), [0, 30, 59][rng.usize(0..3)]);
                let (second, tenth) = ([0, 59, 60][rng.usize(0..3)], rng.u8(0..3));
                for _ in 0..rng.u8(1..4) {
                    let tenth = tenth + rng.u8(0..3);
                    let shown = format!("{day} {hour:02}:{minute:02}:{second:02}.{tenth}");
                    let time = |clock: &mut Clock, zeros: &str| {
                        let line = format!("{shown}{zeros} ");
                        let stamp = Stamp::parse(line.as_bytes(), StampFormat::Month).unwrap();
                        clock.time(&stamp)
                    };
                    let expected = time(&mut padded, ["", "0"][at % 2]);
                    assert_eq!(time(&mut plain, ""), expected, "{zone}: {shown}");
                    assert_eq!(time(&mut plain, ""), time(&mut padded, "00"), "{shown}");
                }
            }
        }
    }
}

/// An hour that comes twice: where a stamp is before the last one, it is the
/// second time, also within the same second.
#[test]
fn a_second_that_comes_again_is_an_hour_later() {
    let mut clock = Clock::new(TimeZone::get("Europe/Berlin").unwrap()).with_year(2026);
    let mut time = |shown: &str| {
        let line = format!("Oct 25 02:30:00.{shown} ");
        let stamp = Stamp::parse(line.as_bytes(), StampFormat::Month).unwrap();
        clock.time(&stamp).unwrap().to_string()
    };
    assert_eq!(time("5"), "2026-10-25T00:30:00.5Z");
    assert_eq!(time("9"), "2026-10-25T00:30:00.9Z");
    assert_eq!(time("1"), "2026-10-25T01:30:00.1Z");
}

/// The version in it is a digit, but no other will do.
#[test]
fn a_stamp_of_another_version_is_none() {
    let line = |version: u8| {
        format!("<30>{version} 2026-11-22T10:58:46Z a b c - - +;eth0;IPv4;a;_x._tcp;local\n")
    };
    let capture = [line(1), line(2), line(1)].concat();
    let is_event: Vec<_> = records(capture.as_bytes())
        .map(|it| it.event.is_ok())
        .collect();
    assert_eq!(is_event, [true, false, true]);
}

#[test]
fn what_follows_decides_between_formats() {
    let format = |line: &str| {
        let record = records(line.as_bytes()).next().unwrap();
        record.stamp.map(|it| it.format())
    };
    // Each could be a host and a program, too.
    let message = "Nov 22 10:58:46 service_browser failed: Timeout reached\n";
    assert_eq!(format(message), Some(StampFormat::Month));
    let line = "Nov 22 10:58:46 node1 avahi-browse[1]: something new\n";
    assert_eq!(format(line), Some(StampFormat::Journal));
    assert_eq!(
        format("Nov 22 10:58:46 something new: yes\n"),
        Some(StampFormat::Month)
    );
    assert_eq!(format("2026-11-22T10:58:46Z \n"), Some(StampFormat::Iso));
    let new = "2026-11-22T10:58:46Z stderr F something new\n";
    assert_eq!(format(new), Some(StampFormat::Cri));
    // A part of a line is no line.
    let part = "2026-11-22T10:58:46Z stdout P +;eth0;IPv4;a;b;local\n";
    assert_eq!(format(part), Some(StampFormat::Iso));
    assert!(records(part.as_bytes()).next().unwrap().event.is_err());
    for line in [
        "Nov 22 something\n",
        "2026-11-22\n",
        "12 +;eth0;IPv4;a;b;local\n",
        "Got SIGTERM, quitting.\n",
        "+;eth0;IPv4;2026-11-22T10:58:46Z ;_x._tcp;local\n",
    ] {
        assert_eq!(format(line), None, "{line}");
    }
}

#[test]
fn a_file_may_mix_stamps() {
    let event = "+;eth0;IPv4;a;_x._tcp;local\n";
    let mut lines = String::from("+ avahi-browse -arp\n");
    for (stamp, ..) in STAMPS {
        lines += &format!("{stamp}{event}{event}");
    }
    assert_eq!(read(lines.as_bytes()).len(), 2 * STAMPS.len());
    let found = records(lines.as_bytes())
        .filter(|it| it.stamp.is_some())
        .count();
    assert_eq!(found, STAMPS.len());
}

#[test]
fn places_count_from_the_start_of_the_line() {
    let capture = "Nov 22 10:58:46 \n\
                   Nov 22 10:58:46 =;eth0;IPv4;a;_x._tcp;local;h;192.0.2.1;65536;\n\
                   Nov 22 10:58:46 hello\n\
                   Nov 22 10:58:46 +;eth0;IPv4;a;_x._tc";
    let found: Vec<_> = records(capture.as_bytes())
        .map(|it| {
            let error = it.event.unwrap_err();
            (it.line, it.offset, error.kind(), error.offset())
        })
        .collect();
    assert_eq!(
        found,
        [
            (1, 0, ErrorKind::EmptyLine, 16),
            (2, 17, ErrorKind::PortOverflow, 16 + 40),
            (3, 80, ErrorKind::NotAnEvent, 16),
            (4, 102, ErrorKind::Incomplete, 16 + 20),
        ]
    );
    // Half a stamp is no line of its own.
    let capture = "Nov 22 10:58:46 +;eth0;IPv4;a;_x._tcp;local\nNov 22 10:5";
    let error = records(capture.as_bytes())
        .last()
        .unwrap()
        .event
        .unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::Incomplete, 11));
}

#[test]
fn stamps_that_do_not_end_are_bounded() {
    // What a stamp opens is not closed on a later line.
    let open = "<30>1 2026-11-22T10:58:46Z a b c d [x ";
    let lines = format!("{open}\n] +;eth0;IPv4;a;_x._tcp;local\n");
    let found: Vec<_> = records(lines.as_bytes()).map(|it| it.line).collect();
    assert_eq!(found, [1, 2]);
    assert!(Stamp::parse(lines.as_bytes(), StampFormat::Rfc5424).is_none());
    let line = format!(
        "<30>1 2026-11-22T10:58:46Z a b c d {}\n",
        "[x]".repeat(80_000)
    );
    assert!(records(line.as_bytes()).next().unwrap().event.is_err());
}

/// A failed resolve whose name has line feeds in it.
#[test]
fn messages_of_several_lines() {
    let message = "Failed to resolve service 'two\n\n+;eth0;IPv4;x;y;z' of type '_ipp._tcp' in domain 'local': Timeout reached\n";
    let event = "+;eth0;IPv4;a;_x._tcp;local\n";
    for stamp in [
        "",
        "Nov 22 10:58:46 ",
        "<30>1 2026-11-22T10:58:46Z a b c - - ",
    ] {
        let capture = stamped(format!("{message}{event}").as_bytes(), stamp);
        let all: Vec<_> = records(&capture).collect();
        assert_eq!(all.len(), 2, "{stamp}");
        let Some(Message::FailedResolve {
            name,
            service_type,
            domain,
            reason,
        }) = all[0].message()
        else {
            panic!("{:?}", all[0]);
        };
        assert!(name == "two\n\n+;eth0;IPv4;x;y;z", "{name}");
        assert!(service_type == "_ipp._tcp" && domain == "local");
        assert_eq!(reason, b"Timeout reached");
        assert_eq!((all[1].line, all[1].event.is_ok()), (4, true));
    }
    // What goes on for longer than a name can is read line by line.
    let capture = format!("Failed to resolve service 'a\n{}{message}", event.repeat(3));
    let all: Vec<_> = records(capture.as_bytes()).collect();
    assert_eq!(all.iter().filter(|it| it.event.is_ok()).count(), 3);
    assert_eq!(all.iter().filter(|it| it.unread().is_some()).count(), 1);
    assert!(all[4].message().is_some());
}

/// What the tools themselves write: `ts`, and a journal of its own.
#[test]
#[ignore = "needs root, systemd-journald, systemd-cat, unshare and ts (moreutils)"]
fn stamps_of_the_tools_themselves() {
    let captures = [
        ("session.out.txt", 328),
        ("v0.7.arpt.txt", 0),
        ("session.human.txt", 328),
    ];
    let dir = std::env::temp_dir().join(format!("avahi-events-stamps-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    for (name, count) in captures {
        let plain = capture(name);
        let expected = read(&plain);
        assert!(count == 0 || expected.len() == count);
        let script = r#"
            set -e
            ts <"$1" >"$2/ts"
            ts %.s <"$1" >"$2/ts-epoch"
            ts %Y-%m-%dT%H:%M:%.S%z <"$1" >"$2/ts-iso"
            ts '[%F %T]' <"$1" >"$2/ts-brackets"
            mount -t tmpfs tmpfs /run
            mkdir -p /run/systemd/journal /run/log/journal
            /lib/systemd/systemd-journald &
            journald=$!
            sleep 1
            systemd-cat -t avahi-browse <"$1"
            sleep 1
            for output in short short-iso short-precise short-iso-precise short-unix; do
                journalctl --all --no-pager -q -o $output -t avahi-browse >"$2/journal-$output"
            done
            kill $journald
        "#;
        let output = std::process::Command::new("unshare")
            .args(["--mount", "bash", "-c", script, "bash"])
            .arg(common::capture_path(name))
            .arg(&dir)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let mut files = 0;
        for file in std::fs::read_dir(&dir).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read(&path).unwrap();
            files += 1;
            // A journal keeps neither lines without text nor blanks at the end
            // of a line, and raw TXT has both.
            let is_journal = path.display().to_string().contains("/journal-");
            let whole = !name.contains("0.7") || !is_journal;
            assert!(records(&text).all(|it| it.stamp.is_some()), "{path:?}");
            assert!(!whole || read(&text) == expected, "{path:?}");
        }
        assert_eq!(files, 9);
    }
    std::fs::remove_dir_all(&dir).unwrap();
}
