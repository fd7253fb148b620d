//! Captured sessions and the program: stamps, columns, types.
#![cfg(feature = "cli")]

mod common;

use std::process::{Command, Output};

use common::{capture, capture_path};
use serde_json::{Value, json};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_avahi-events"))
        .args(arguments)
        .env("TZ", "America/New_York")
        .output()
        .unwrap()
}

fn path(name: &str) -> String {
    capture_path(name).into_os_string().into_string().unwrap()
}

/// What it prints, if it does so without a word on standard error.
fn stdout(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

fn objects(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn stamps_are_left_out_or_shown() {
    let sorted = |name: &str| {
        let text = stdout(&["parse", &path(name)]);
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let plain = sorted("session.out.txt");
    assert_eq!(plain.len(), 328);
    for name in [
        "session.ts.txt",
        "session.ts-epoch.txt",
        "session.ts-default.txt",
    ] {
        assert!(sorted(name) == plain, "{name}");
        // With the times, nothing else is added.
        let without = objects(&stdout(&["parse", &path(name)]));
        let mut with = objects(&stdout(&["parse", "--time", &path(name)]));
        for event in &mut with {
            let time = event.as_object_mut().unwrap().remove("time").unwrap();
            assert!(time.as_str().unwrap().starts_with("20"), "{time}");
        }
        assert_eq!(with, without);
    }
    // A capture without stamps has no times.
    let events = objects(&stdout(&["parse", "--time", &path("session.out.txt")]));
    assert!(events.iter().all(|it| it.get("time").is_none()));
}

#[test]
fn what_a_stamp_does_not_say_is_taken_from_elsewhere() {
    let first = |arguments: &[&str]| {
        let file = path("session.ts-default.txt");
        let arguments = [&["parse", "--format", "{time}"], arguments, &[&file]].concat();
        stdout(&arguments).lines().next().unwrap().to_owned()
    };
    // The zone of this machine, which is New York here.
    assert_eq!(first(&["--year", "2020"]), "2020-11-22T15:58:46Z");
    assert_eq!(
        first(&["--year", "2020", "--zone", "Asia/Tokyo"]),
        "2020-11-22T01:58:46Z"
    );
    assert_eq!(
        first(&["--year", "2020", "--zone", "+01:00"]),
        "2020-11-22T09:58:46Z"
    );
    assert_eq!(
        first(&["--year", "2020", "--zone", "UTC", "--stamp", "month"]),
        "2020-11-22T10:58:46Z"
    );
    // The date of the file.
    let file = std::env::temp_dir().join(format!("avahi-events-date-{}", std::process::id()));
    std::fs::write(&file, capture("session.ts-default.txt")).unwrap();
    let date: jiff::Timestamp = "2019-01-01T00:00:00Z".parse().unwrap();
    let opened = std::fs::File::options().append(true).open(&file).unwrap();
    opened.set_modified(date.into()).unwrap();
    let text = stdout(&[
        "parse",
        "--zone",
        "UTC",
        "--format",
        "{time}",
        file.to_str().unwrap(),
    ]);
    assert_eq!(text.lines().next(), Some("2018-11-22T10:58:46Z"));
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn stamps_that_were_named_are_the_only_ones() {
    let file = path("session.ts.txt");
    for arguments in [["--stamp", "none"], ["--stamp", "epoch"]] {
        let output = run(&[&["parse"], &arguments[..], &[&file]].concat());
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(output.stdout, b"");
    }
    for wrong in [
        ["--stamp", "yesterday"],
        ["--zone", "Atlantis"],
        ["--year", "12"],
        ["--types", "one"],
    ] {
        let output = run(&[&["parse"], &wrong[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn every_format_shows_the_time() {
    let file = path("session.ts.txt");
    let of = |format: &str| {
        let text = stdout(&["parse", "--time", "--format", format, &file]);
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        (lines[0].clone(), lines[1].clone())
    };
    let time = "2026-11-22T10:58:46.439589Z";
    let (header, line) = of("csv");
    assert!(header.ends_with(",txt,time"), "{header}");
    assert!(line.ends_with(&format!(",{time}")), "{line}");
    let (header, line) = of("table");
    assert!(header.starts_with("TIME"), "{header}");
    assert!(line.starts_with(time), "{line}");
    // Where the first event has no stamp, the columns are the same.
    let mixed = std::env::temp_dir().join(format!("avahi-events-mixed-{}", std::process::id()));
    let event = "+;eth0;IPv4;a;_x._tcp;local\n";
    std::fs::write(&mixed, format!("{event}1795345126 {event}")).unwrap();
    let text = stdout(&[
        "parse",
        "--time",
        "--format",
        "csv",
        mixed.to_str().unwrap(),
    ]);
    let commas = text.lines().map(|it| it.matches(',').count());
    assert_eq!(commas.collect::<Vec<_>>(), [11, 11, 11], "{text}");
    std::fs::remove_file(&mixed).unwrap();
}

#[test]
fn columns_say_what_they_lost() {
    let events = objects(&stdout(&["parse", &path("failed.human.txt")]));
    let names: Vec<_> = events
        .iter()
        .map(|it| (it["name"].clone(), it.get("name_lossy").cloned()))
        .collect();
    let lossy = (json!("B__ro"), Some(json!(true)));
    let whole = (json!("unreachable; printer"), None);
    assert_eq!(names, [lossy.clone(), whole.clone(), lossy, whole]);
}

#[test]
fn display_names_of_another_language() {
    let (names, types) = (path("v0.8.de.b.txt"), path("v0.8.bk.txt"));
    let file = path("v0.8.de.arpt.txt");
    let unknown = stdout(&["parse", &file]);
    assert!(unknown.contains(r#""type":null,"type_name":"Web-Angebot""#));
    let known = stdout(&["parse", &file, "--types", &names, &types]);
    assert!(known.contains(r#""type":"_http._tcp","type_name":"Web-Angebot""#));
    assert!(!known.contains(r#""type":null"#));
    // The filter and the other formats know them, too.
    let options = [
        "--types",
        &names,
        &types,
        "--type=_http._tcp",
        "--name=master-cluster-lars",
    ];
    for (format, headers) in [("json", 0), ("csv", 1), ("table", 1), ("{type}", 0)] {
        let text = stdout(&[&["parse", &file, "--format", format], &options[..]].concat());
        let mut events = text.lines().skip(headers);
        assert!(events.clone().count() == 4, "{format}: {text}");
        assert!(events.all(|it| it.contains("_http._tcp")), "{format}");
    }
    let output = run(&["parse", &file, "--types", &names, &path("seed.txt")]);
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("76 names and 2 types"), "{error}");
}

#[test]
fn types_lists_the_database() {
    let all = objects(&stdout(&["types", "--format", "json"]));
    assert_eq!(all.len(), 76);
    assert!(all.contains(&json!({ "type": "_http._tcp", "type_name": "Web Site" })));
    let text = stdout(&["types", "_ipp._tcp", "Web Site", "--format", "csv"]);
    assert_eq!(
        text,
        "type,type_name\n_ipp._tcp,Internet Printer\n_http._tcp,Web Site\n"
    );
    let german = ["--types", &path("v0.8.de.b.txt"), &path("v0.8.bk.txt")];
    let text = stdout(&[&["types", "_HTTP._tcp", "Web Site"], &german[..]].concat());
    let lines: Vec<_> = text
        .lines()
        .map(|it| it.split_whitespace().collect::<Vec<_>>())
        .collect();
    assert_eq!(
        lines,
        [
            ["_http._tcp", "Web-Angebot"].to_vec(),
            ["_http._tcp", "Web", "Site"].to_vec()
        ]
    );
    let output = run(&["types", "no\x1bsuch"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "avahi-events: no type is known as no\\027such\n"
    );
}
