//! However many threads read a file, what is printed is the same, in order.
#![cfg(feature = "cli")]

mod common;

use std::{
    fs::{self, File},
    path::Path,
    process::{Command, Output, Stdio},
};

/// Reads a capture with the program, from standard input if no number of
/// threads is given.
fn parse(threads: Option<usize>, capture: &str, arguments: &[&str]) -> Output {
    parse_file(threads, &common::capture_path(capture), arguments)
}

fn parse_file(threads: Option<usize>, path: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_avahi-events"));
    command.arg("parse").args(arguments);
    match threads {
        Some(threads) => command
            .args(["--threads", &threads.to_string()])
            .arg(path)
            .stdin(Stdio::null()),
        None => command.stdin(File::open(path).unwrap()),
    };
    command.output().unwrap()
}

#[test]
fn every_capture_is_read_the_same() {
    for capture in common::capture_names() {
        let expected = parse(None, &capture, &["--lines"]);
        let name = common::capture_path(&capture).display().to_string();
        let said = String::from_utf8_lossy(&expected.stderr)
            .lines()
            .map(|line| match line.strip_prefix("-:") {
                Some(place) => format!("{name}:{place}\n"),
                None => format!("{line}\n"),
            })
            .collect::<String>();
        for threads in [1, 2, 3, 8, 64] {
            let read = parse(Some(threads), &capture, &["--lines"]);
            assert_eq!(read.stdout, expected.stdout, "{capture}, {threads} threads");
            assert_eq!(String::from_utf8_lossy(&read.stderr), said, "{capture}");
            assert_eq!(read.status, expected.status, "{capture}");
        }
    }
}

#[test]
fn a_header_is_printed_once_and_first() {
    for format in ["csv", "table"] {
        let arguments = ["--kind", "remove", "--format", format];
        let expected = parse(None, "session.out.txt", &arguments);
        assert!(expected.stdout.split(|&byte| byte == b'\n').count() > 3);
        for threads in [1, 5] {
            let read = parse(Some(threads), "session.out.txt", &arguments);
            assert_eq!(read.stdout, expected.stdout, "{format}, {threads} threads");
        }
    }
}

#[test]
fn strict_stops_at_the_same_line() {
    let arguments = ["--strict", "--lines", "--stamp", "none"];
    let expected = parse(None, "session.ts.txt", &arguments);
    assert!(!expected.status.success());
    for threads in [1, 2, 9] {
        let read = parse(Some(threads), "session.ts.txt", &arguments);
        assert_eq!(read.stdout, expected.stdout, "{threads} threads");
        assert_eq!(read.status, expected.status, "{threads} threads");
    }
}

/// Captures of several blocks, where what was learned in one part of them
/// changes how the next is read.
#[test]
fn a_record_is_read_the_same_wherever_a_file_is_cut() {
    let add = "+;eth0;IPv4;a;_x._tcp;local\n";
    let raw = "=;eth0;IPv4;a;_x._tcp;local;h.local;192.0.2.7;80;\"a=1\n+;e;IPv4;forged;_x._tcp;local\n\"\n";
    let open = "=;eth0;IPv4;a;_x._tcp;local;h.local;192.0.2.7;80;\"never closed\n";
    let captures = [
        // Records of several lines at every cut.
        raw.repeat(28_000),
        // A line that is longer than a part, a block, and what is ahead of it.
        [
            &add.repeat(10_000),
            &*"x".repeat(1_700_000),
            "\n",
            &add.repeat(10_000),
        ]
        .concat(),
        // Quotes that nothing closes, or only far behind.
        [
            &open.repeat(20),
            &*add.repeat(30_000),
            "\"\n",
            &raw.repeat(15_000),
        ]
        .concat(),
        // Stamps of which the second half has others.
        [
            format!("1795345126.438603 {add}").repeat(25_000),
            format!("Nov 22 10:58:46 {add}").repeat(25_000),
            "what is this\n".repeat(20_000),
        ]
        .concat(),
    ];
    for (number, capture) in captures.iter().enumerate() {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cut-{number}.txt"));
        fs::write(&path, capture).unwrap();
        let expected = parse_file(None, &path, &["--lines"]);
        assert!(expected.stdout.len() > capture.len() / 3, "{number}");
        let name = format!("{}:", path.display());
        let said = |output: &Output| String::from_utf8_lossy(&output.stderr).replace(&name, "-:");
        for threads in [1, 2, 8] {
            let read = parse_file(Some(threads), &path, &["--lines"]);
            assert!(
                read.stdout == expected.stdout,
                "{number}, {threads} threads"
            );
            assert_eq!(said(&read), said(&expected), "{number}, {threads} threads");
            assert_eq!(read.status, expected.status, "{number}, {threads} threads");
        }
    }
}
