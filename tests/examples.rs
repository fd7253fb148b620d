//! The examples, run as they are, on real captures: a script stands in for
//! `avahi-browse` and prints one.
#![cfg(all(feature = "std", feature = "report", feature = "tokio"))]

mod common;

use std::{
    env, fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use common::{capture, capture_path};

/// An example that `cargo test` has built.
fn example(name: &str) -> Command {
    let folder = env::current_exe().unwrap();
    let folder = folder.parent().unwrap().parent().unwrap();
    let program = folder.join("examples").join(name);
    assert!(
        program.exists(),
        "it is built by `cargo test --all-features` or `--examples`"
    );
    Command::new(program)
}

/// The same with an `avahi-browse` that runs this script.
fn with_avahi_browse(name: &str, script: &str) -> Command {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("examples-{name}"));
    fs::create_dir_all(&folder).unwrap();
    let program: PathBuf = folder.join("avahi-browse");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let mut path = folder.into_os_string();
    path.push(":");
    path.push(env::var_os("PATH").unwrap());
    let mut command = example(name);
    command.env("PATH", path);
    command
}

/// A script that prints a capture.
fn prints(capture: &str) -> String {
    format!("cat '{}'", capture_path(capture).display())
}

fn stdout(output: &Output) -> &str {
    assert!(output.status.success(), "{output:?}");
    std::str::from_utf8(&output.stdout).unwrap()
}

#[test]
fn parse_file() {
    let output = example("parse_file").arg(capture_path("seed.txt")).output();
    assert_eq!(
        stdout(&output.unwrap()),
        "master-cluster-lars on eth0\n\
         master-cluster-lars is at 172.16.10.56, port 80\n"
    );
    // A session has messages in it, which are no events, and no loss.
    let output = example("parse_file")
        .arg(capture_path("session.ts.txt"))
        .output()
        .unwrap();
    assert!(stdout(&output).contains("master-cluster-lars is gone\n"));
    assert_eq!(output.stderr, b"");
    // A capture that was killed ends in half a line.
    let half = Path::new(env!("CARGO_TARGET_TMPDIR")).join("half.txt");
    fs::write(&half, &capture("seed.txt")[..100]).unwrap();
    let output = example("parse_file").arg(half).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(
        errors.starts_with("line 2: the input ends within"),
        "{errors}"
    );
}

#[test]
fn find_printer() {
    let output = with_avahi_browse("find_printer", &prints("v0.8.arptk.txt")).output();
    let output = output.unwrap();
    let printers = stdout(&output);
    assert!(
        printers.contains(
            "HP LaserJet 400 M401dn (8A3C1F)\n    \
             ipp://master.local:631/ipp/print\n    \
             black and white\n    \
             2nd floor; near \"the kitchen\"\n"
        ),
        "{printers}"
    );
    assert_eq!(printers.matches("HP LaserJet").count(), 1);
}

#[test]
fn live_table() {
    let output = with_avahi_browse("live_table", &prints("session.out.txt")).output();
    let output = output.unwrap();
    let tables = stdout(&output);
    let last = tables.rsplit("-- ").next().unwrap();
    let count: usize = last.split(' ').next().unwrap().parse().unwrap();
    assert_eq!(last.lines().count(), count + 1, "{last}");
    let master = last
        .lines()
        .find(|it| it.starts_with("master-cluster-lars "));
    assert!(master.unwrap().contains(" port 80"), "{last}");
    // Nothing that a terminal would act on.
    assert!(!tables.contains(|it: char| it.is_control() && it != '\n'));
}

#[test]
fn wait_for_master() {
    // There is none at first.
    let script = format!(
        "if [ -e \"$0.ran\" ]; then {}; rm \"$0.ran\"; exec sleep 60; fi\n\
         touch \"$0.ran\"; echo 'Failed to create client object: Daemon not running' >&2; exit 1",
        prints("v0.8.http.prt.txt")
    );
    let output = with_avahi_browse("wait_for_master", &script).output();
    assert_eq!(stdout(&output.unwrap()), "http://master.local:80/\n");
}

#[test]
fn session_report() {
    let output = example("session_report")
        .arg(capture_path("session.ts-epoch.txt"))
        .output()
        .unwrap();
    let report = stdout(&output);
    let master = report
        .lines()
        .find(|it| it.starts_with("master-cluster-lars ("));
    let master = master.unwrap();
    assert!(master.contains("(_http._tcp): seen "), "{master}");
    assert!(master.contains(", there for "), "{master}");
}

#[test]
fn tokio_stream() {
    let output = with_avahi_browse("tokio_stream", &prints("session.out.txt")).output();
    let output = output.unwrap();
    let events = avahi_events::events(&capture("session.out.txt"))
        .filter_map(Result::ok)
        .filter(|event| event.service().is_some())
        .map(|event| event.kind().to_string())
        .collect::<Vec<_>>();
    let lines = stdout(&output).lines();
    let kinds: Vec<_> = lines.map(|it| it.split(' ').next().unwrap()).collect();
    assert_eq!(kinds, events);
}
