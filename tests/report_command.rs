//! `avahi-events report`, as a user runs it.
#![cfg(feature = "cli")]

mod common;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use common::capture_path;
use serde_json::Value;

fn report(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_avahi-events"))
        .args(["report", "--zone", "UTC"])
        .args(arguments)
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("report_command-{name}"));
    fs::write(&path, text).unwrap();
    path
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

const HOSTILE: &str = r"2026-11-22T10:00:00Z +;eth0;IPv4;\027\0910m\226\128\174txet\013\010x;_http._tcp;local
2026-11-22T10:00:01Z =;eth0;IPv4;\027\0910m\226\128\174txet\013\010x;_http._tcp;local;h.local;fe80::1;80;
";

#[test]
fn a_session_for_a_person() {
    let session = capture_path("session.ts-default.txt");
    let output = report(&["--year", "2026", path(&session)]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stderr(&output), "");
    let text = stdout(&output);
    let head = "\
2026-11-22 10:58:46 to 10:59:36 +00:00, 50.0 s
331 lines, 138 seen, 138 resolved, 52 gone
26 services, 22 there at the end

_airplay._tcp
";
    assert!(text.starts_with(head), "{text}");
    let flapping = "
  Flapping; \"A\"
      gone, was there 26.0 % of the time, seen 10:58:53 to 10:59:21, lost twice, \
resolved within 500 ms on average, 1.0 s at most
      there from 10:58:53 to 10:59:03, at 10.98.0.1 port 100
      there from 10:59:18 to 10:59:21, at 10.99.0.1 port 102
      we;rd\"x IPv6: master.local at fe80::4f3:67ff:fec5:e1ff port 100 (gone)
";
    assert!(text.contains(flapping), "{text}");
    assert!(
        text.ends_with("\nBrowsing began anew\n  10:59:07 line 238\n"),
        "{text}"
    );
}

#[test]
fn names_do_a_terminal_no_harm() {
    let hostile = file("hostile", HOSTILE);
    let output = report(&[path(&hostile)]);
    let text = stdout(&output);
    let name = r"\027[0m\u{202e}txet\013\010x";
    assert!(text.contains(&format!("\n  {name}\n")), "{text}");
    assert!(
        text.contains(&format!("link_local_only: \"{name}\" (_http._tcp)")),
        "{text}"
    );
    let acts = |char: char| (char.is_control() && char != '\n') || char == '\u{202e}';
    assert!(!text.contains(acts), "{text}");

    let output = report(&["--format", "json", path(&hostile)]);
    assert!(!stdout(&output).contains('\u{1b}'));
    assert_eq!(stdout(&output).lines().count(), 1);
    let name = &json(&output)["services"][0]["name"];
    assert_eq!(name, "\u{1b}[0m\u{202e}txet\r\nx");
}

#[test]
fn what_could_not_be_read_shows_in_the_exit_code() {
    let damaged = file(
        "damaged",
        "+;eth0;IPv4;a;_http._tcp;local\n+;eth0;IPv4;b;_http._tcp\n",
    );
    let output = report(&["--format", "json", path(&damaged)]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(json(&output)["unread"][0]["line"], 2);
    assert_eq!(json(&output)["services"].as_array().unwrap().len(), 1);
    assert!(stdout(&report(&[path(&damaged)])).contains("\nNot read\n  line 2: "));

    let missing = report(&["--format", "json", "missing.log", path(&damaged)]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).starts_with("avahi-events: missing.log: "));
    assert_eq!(json(&missing)["services"].as_array().unwrap().len(), 1);

    for wrong in [
        &["--since", "Tuesday", "x"][..],
        &[],
        &["--format", "xml", "x"],
    ] {
        assert_eq!(report(wrong).status.code(), Some(2), "{wrong:?}");
    }
    let page = report(&["--html", "/missing/page.html", path(&damaged)]);
    assert_eq!(page.status.code(), Some(1));
    assert!(stderr(&page).contains("/missing/page.html: "));
}

#[test]
fn several_files_are_one_session() {
    let later = file(
        "later",
        "2026-11-22T11:00:00Z -;eth0;IPv4;a;_http._tcp;local\nhello\n",
    );
    let earlier = file(
        "earlier",
        "2026-11-22T10:00:00Z +;eth0;IPv4;a;_http._tcp;local\n",
    );
    let output = report(&["--format", "json", path(&later), path(&earlier)]);
    let json = json(&output);
    assert_eq!(json["services"][0]["up_seconds"], 3600.0);
    assert_eq!(json["lines"], 3);
    assert_eq!(json["unread"][0]["file"], path(&later));
    let text = report(&[path(&later), path(&earlier)]);
    assert!(stdout(&text).contains(&format!("Not read\n  {}:2: ", path(&later))));
}

#[test]
fn a_part_of_the_session() {
    let session = capture_path("session.ts.txt");
    let services = |arguments: &[&str]| {
        let mut all = vec!["--format", "json", path(&session)];
        all.extend(arguments);
        json(&report(&all))["services"].as_array().unwrap().len()
    };
    assert_eq!(services(&[]), 26);
    assert_eq!(services(&["--since", "2026-11-22"]), 26);
    assert_eq!(services(&["--since", "2026-11-23"]), 0, "it had ended");
    assert_eq!(
        services(&["--until", "2026-11-22"]),
        26,
        "to the end of the day"
    );
    assert_eq!(services(&["--until", "2026-11-21"]), 0);
    assert_eq!(services(&["--since", "2026-11-22T10:59:00"]), 23);
    assert_eq!(services(&["--type", "_http._tcp"]), 6);
    assert_eq!(services(&["--name", "zero"]), 1);
    assert_eq!(services(&["--name", "Zero"]), 1);
    assert_eq!(services(&["--name", "-x"]), 0);
    assert_eq!(services(&["--type", "-x"]), 0);

    let flapping = json(&report(&[
        "--flapping",
        "1",
        "--format",
        "json",
        path(&session),
    ]));
    let kinds: Vec<_> = flapping["warnings"].as_array().unwrap().iter().collect();
    assert_eq!(kinds.len(), 1);
    assert_eq!(kinds[0]["kind"], "flapping");
    assert_eq!(kinds[0]["line"], 330);
}

#[test]
fn other_languages() {
    let (names, types) = (capture_path("v0.8.de.b.txt"), capture_path("v0.8.bk.txt"));
    let german = capture_path("v0.8.de.arpt.txt");
    let types_of = |arguments: &[&str]| {
        let output = report(&[arguments, &["--format", "json", path(&german)]].concat());
        let json = json(&output);
        let services = json["services"].as_array().unwrap().clone();
        let types = services
            .iter()
            .map(|it| it["type"].as_str().unwrap().to_owned());
        types.collect::<Vec<_>>()
    };
    assert!(types_of(&[]).contains(&"Web-Angebot".to_owned()));
    let known = types_of(&["--types", path(&names), path(&types)]);
    assert!(known.iter().all(|it| it.starts_with('_')), "{known:?}");
    assert!(known.contains(&"_http._tcp".to_owned()));
    let databases = ["--types", path(&names), path(&types)];
    for of_type in ["_http._tcp", "_HTTP._tcp", "Web-Angebot"] {
        let found = types_of(&[&databases[..], &["--type", of_type]].concat());
        assert_eq!(found, ["_http._tcp"; 4], "{of_type}");
    }
}

#[test]
fn from_standard_input_into_a_closed_pipe() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_avahi-events"))
        .args(["report", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(HOSTILE.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(stderr(&output), "");
    assert_eq!(output.status.code(), Some(0));
}
