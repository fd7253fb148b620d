//! However many threads read a file, what is printed is the same, in order.
#![cfg(feature = "cli")]

mod common;

use std::{
    fs::File,
    process::{Command, Output, Stdio},
};

/// Reads captures with the program, from standard input if no number of
/// threads is given.
fn parse(threads: Option<usize>, capture: &str, arguments: &[&str]) -> Output {
    let path = common::capture_path(capture);
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
