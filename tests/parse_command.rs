//! `avahi-events parse`, as a user runs it.
#![cfg(feature = "cli")]

mod common;

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
};

use common::{capture, capture_path};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_avahi-events"))
}

/// Runs `parse` with these arguments and this standard input.
fn parse(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = program()
        .arg("parse")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    let _ = writer.join().unwrap(); // it may not want all of it
    output
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

const SEED: &str = r#"{"event":"add","interface":"eth0","protocol":"IPv4","name":"master-cluster-lars","type":"_http._tcp","type_name":"Web Site","domain":"local"}
{"event":"resolve","interface":"eth0","protocol":"IPv4","name":"master-cluster-lars","type":"_http._tcp","type_name":"Web Site","domain":"local","host":"master.local","address":"172.16.10.56","port":80,"txt":[]}
"#;

#[test]
fn the_seed_from_a_file_and_from_standard_input() {
    let file = capture_path("seed.txt");
    let seed = capture("seed.txt");
    for (arguments, input) in [
        (vec![file.to_str().unwrap()], &b""[..]),
        (vec![], &seed),
        (vec!["-"], &seed),
        (vec!["--strict", "--format", "json"], &seed),
    ] {
        let output = parse(&arguments, input);
        assert_eq!(stdout(&output), SEED);
        assert_eq!(stderr(&output), "");
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn json_says_all_that_txt_can_hold() {
    let line = br#"=;eth0;IPv6;a\255;_x._udp;local;h.local;::1.2.3.4;0;"k=v" "K" "e=" "=v" "" "bin=\200\001" "\200=1" "q=\"\\\010""#;
    let output = parse(&["--lines"], line);
    assert_eq!(
        stdout(&output),
        concat!(
            r#"{"event":"resolve","interface":"eth0","protocol":"IPv6","name":"a"#,
            "\u{fffd}",
            r#"","name_base64":"Yf8=","type":"_x._udp","domain":"local","host":"h.local","#,
            r#""address":"::1.2.3.4","port":0,"txt":[{"key":"k","value":"v"},{"key":"K"},"#,
            r#"{"key":"e","value":""},{"key":"","value":"v"},{"key":""},"#,
            r#"{"key":"bin","base64":"yAE="},{"base64":"yD0x"},"#,
            r#"{"key":"q","value":"\"\\\n"}],"line":1}"#,
            "\n"
        )
    );
}

#[test]
fn what_has_no_value_is_null() {
    let output = parse(&[], b"-;(null);n/a;a;Web-Angebot;local\n+;;;local\n");
    assert_eq!(
        stdout(&output),
        concat!(
            r#"{"event":"remove","interface":null,"protocol":null,"name":"a","type":null,"type_name":"Web-Angebot","domain":"local"}"#,
            "\n",
            r#"{"event":"add_domain","interface":null,"protocol":null,"domain":"local"}"#,
            "\n"
        )
    );
}

#[test]
fn a_line_of_ones_own() {
    let file = capture_path("v0.8.arpt.txt");
    let file = file.to_str().unwrap();
    let lines = |arguments: &[&str]| stdout(&parse(&[arguments, &[file]].concat(), b"")).to_owned();
    assert_eq!(
        lines(&[
            "--kind",
            "resolve",
            "--name",
            "master-cluster-lars",
            "--format",
            "{address}:{port}"
        ]),
        "fe80::a081:2eff:fe50:42f5:80\n10.99.0.1:80\n"
    );
    assert_eq!(
        lines(&[
            "--type",
            "_HTTP._tcp",
            "--protocol",
            "ipv6",
            "--format",
            "{socket}"
        ])
        .lines()
        .next(),
        Some("[fe80::a081:2eff:fe50:42f5%eth0]:8081")
    );
    // By display name too, and attributes by key in any case.
    assert_eq!(
        lines(&[
            "--type",
            "Internet Printer",
            "--protocol",
            "IPv4",
            "--format",
            "{{{name}}} {txt.NOTE}"
        ]),
        concat!(
            "{HP LaserJet 400 M401dn (8A3C1F)} \n",
            "{HP LaserJet 400 M401dn (8A3C1F)} 2nd floor; near \"the kitchen\"\n"
        )
    );
    // Nothing in a name starts a new line.
    assert_eq!(
        lines(&[
            "--name",
            "newline\nin name",
            "--format",
            "{event} {name}",
            "--interface",
            "eth0"
        ]),
        "add newline\\010in name\n".repeat(2) + &"resolve newline\\010in name\n".repeat(2)
    );
    // Events that have none of the fields are left out.
    assert_eq!(
        lines(&["--kind", "add", "--format", "{address}:{port}"]),
        ""
    );
    assert_eq!(lines(&["--interface", "eth1", "--format", "{name}"]), "");
    // So are resolved services without that attribute.
    assert_eq!(
        lines(&["--protocol", "IPv4", "--format", "{txt.note}"]),
        "2nd floor; near \"the kitchen\"\n"
    );
}

#[test]
fn csv_quotes_what_needs_it() {
    let output = parse(
        &["--format", "csv", "--lines"],
        b"=;eth0;IPv4;a\\044\\010\\034;Web Site;local;h.local;192.0.2.1;80;\"a=1;2\"\n-;(null);IPv4;b;_x._udp;local\n",
    );
    assert_eq!(
        stdout(&output),
        "event,interface,protocol,name,type,type_name,domain,host,address,port,txt,line\n\
         resolve,eth0,IPv4,\"a,\n\"\"\",_http._tcp,Web Site,local,h.local,192.0.2.1,80,\"\"\"a=1;2\"\"\",1\n\
         remove,,IPv4,b,_x._udp,,local,,,,,2\n"
    );
}

#[test]
fn a_table_has_columns() {
    let output = parse(&["--format", "table"], &capture("seed.txt"));
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert_eq!(lines.len(), 3);
    let name = lines[0].find("NAME").unwrap();
    assert!(lines[1][name..].starts_with("master-cluster-lars "));
    let place = lines[0].find("PLACE").unwrap();
    assert_eq!(&lines[2][place..], "master.local 172.16.10.56 80");
    // A row of the longest kind is in line, too.
    let input = b"-;eth0;IPv4;local\n";
    let output = parse(&["--format", "table", "--kind", "remove_domain"], input);
    let row = stdout(&output).lines().nth(1).unwrap();
    assert_eq!(
        row[lines[0].find("INTERFACE").unwrap()..].find("eth0"),
        Some(0)
    );
}

#[test]
fn kinds_and_protocols_are_told_by_name() {
    let input = b"+;eth0;IPv4;a;_x._tcp;local\n-;eth0;IPv6;a;_x._tcp;local\n+;n/a;n/a;local\n";
    for (arguments, found) in [
        (&["--kind", "add"][..], "add IPv4\n"),
        (
            &["--kind", "add_domain,remove"],
            "remove IPv6\nadd_domain \n",
        ),
        (&["--protocol", "IPV4"], "add IPv4\n"),
        (&["--protocol", "6"], "remove IPv6\n"),
    ] {
        let output = parse(
            &[arguments, &["--format", "{event} {protocol}"]].concat(),
            input,
        );
        assert_eq!(stdout(&output), found, "{arguments:?}");
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_line() {
    let input = b"\xef\xbb\xbf+;eth0;IPv4;a;_x._tcp;local\n=;\n";
    let output = parse(&["--format", "{name}"], input);
    assert_eq!(stdout(&output), "a\n");
    assert_eq!(
        stderr(&output),
        "-:2:3: the line ends before the interface\n"
    );
    let output = parse(&[], b"\xef\xbb\xbf=;eth0;IPv4;a\n");
    assert_eq!(stderr(&output), "-:1:14: the line ends before the type\n");
}

#[test]
fn what_does_not_read_is_said_and_passed_over() {
    let good = "+;eth0;IPv4;a;_x._udp;local\n";
    let bad = "=;eth0;IPv4;a;_x._udp;local;h;192.0.2.1;99999;\n";
    let capture = [good, "Got SIGTERM, quitting.\n\n", bad, good, "hello\n"].concat();
    let output = parse(&[], capture.as_bytes());
    assert_eq!(stdout(&output).lines().count(), 2);
    assert_eq!(
        stderr(&output),
        concat!(
            "-:4:41: port \"99999\" is over 65535\n",
            "-:6:1: \"hello\" begins no event, which would be `+;`, `=;` or `-;`\n"
        )
    );
    assert_eq!(output.status.code(), Some(1));

    let output = parse(&["--strict"], capture.as_bytes());
    assert_eq!(stdout(&output).lines().count(), 1);
    assert_eq!(stderr(&output).lines().count(), 1);
    assert_eq!(output.status.code(), Some(1));

    let output = parse(&[], [good, &bad.repeat(25)].concat().as_bytes());
    assert_eq!(stderr(&output).lines().count(), 11);
    assert_eq!(
        stderr(&output).lines().last(),
        Some("and 15 more that did not read")
    );
}

#[test]
fn a_place_in_a_record_of_several_lines_is_on_its_own_line() {
    // The record reads up to its last line, which ends in a quote too many.
    let capture = "=;eth0;IPv4;a;_x._udp;local;h;192.0.2.1;80;\"a\nb\nc";
    let output = parse(&[], capture.as_bytes());
    assert!(stderr(&output).starts_with("-:1:44: the quote that opens TXT is never closed"));
    assert!(stderr(&output).contains("\n-:2:1: "));
}

#[test]
fn one_endless_line_is_one_complaint() {
    let output = parse(&[], &vec![b'x'; 3_000_000]);
    assert_eq!(
        stderr(&output),
        "-:1:1: the line is over 262144 bytes long\n"
    );
}

#[test]
fn files_that_are_not_there_do_not_keep_it_from_the_others() {
    let seed = capture_path("seed.txt");
    let missing = capture_path("missing\x1b.txt");
    let output = parse(&[missing.to_str().unwrap(), seed.to_str().unwrap()], b"");
    assert_eq!(stdout(&output), SEED);
    assert!(
        stderr(&output).contains("missing\\027.txt: No such file"),
        "{}",
        stderr(&output)
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn wrong_usage_is_2() {
    for arguments in [
        &["--format", "{nonsense}"][..],
        &["--format", "{address"],
        &["--format", "xml"],
        &["--kind", "seen"],
        &["--protocol", "IPv5"],
        &["--stamp", "rfc3164"],
        &["--no-such-option"],
    ] {
        let output = parse(arguments, b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn a_closed_pipe_ends_it_in_silence() {
    let mut child = program()
        .arg("parse")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    let line = b"+;eth0;IPv4;a;_x._udp;local\n".repeat(10_000);
    let _ = stdin.write_all(&line);
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(stderr(&output), "");
    assert_eq!(output.status.code(), Some(0));
}

/// What comes in is handed on before more is waited for.
#[test]
fn events_are_printed_as_they_come() {
    use std::io::{BufRead as _, BufReader};

    let mut child = program()
        .args(["parse", "--format", "{name}"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for name in ["first", "second"] {
        writeln!(stdin, "+;eth0;IPv4;{name};_x._udp;local").unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap(); // would wait for ever
        assert_eq!(line.trim_end(), name);
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_list_of_types_that_is_not_there_is_named() {
    let path = capture_path("missing.b.txt");
    let output = parse(&["--types", path.to_str().unwrap(), "-"], b"");
    assert_eq!(output.status.code(), Some(1));
    let expected = format!("avahi-events: {}: No such file", path.display());
    assert!(
        stderr(&output).starts_with(&expected),
        "{}",
        stderr(&output)
    );
}

/// As for DNS (RFC 6762 section 16), escaped or not.
#[test]
fn capitals_of_names_do_not_matter() {
    let input = b"+;eth0;IPv4;Gr\\195\\182\\195\\159e\\032A;_x._tcp;local\n\
        +;eth0;IPv4;m;_x._tcp;local\n\
        +;eth0;IPv4;\\077M;_x._tcp;local\n";
    for (name, found) in [
        ("GR\u{f6}\u{df}E a", "Gr\u{f6}\u{df}e A\n"),
        ("GR\u{d6}\u{df}E A", ""),
        ("M", "m\n"),
        ("mm", "MM\n"),
        ("mmm", ""),
    ] {
        let output = parse(&["--format", "{name}", "--name", name], input);
        assert_eq!(stdout(&output), found, "{name}");
    }
}

/// Strangers choose names; a script hands them over as they are.
#[test]
fn names_may_look_like_options() {
    let input = b"+;-i;IPv4;--name;-t;local\n+;eth0;IPv4;a;_x._tcp;local\n";
    for filter in [
        ["--name", "--name"],
        ["--interface", "-i"],
        ["--type", "-t"],
    ] {
        let output = parse(&["--format", "{name}", filter[0], filter[1]], input);
        assert_eq!(stdout(&output), "--name\n", "{filter:?}");
    }
}
