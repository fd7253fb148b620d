//! The program with a stand-in for `avahi-browse`.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, SystemTime},
};

use crate::stage::{Stage, TOLERANCE, within};

pub const TESTS: &[(&str, fn())] = &[
    ("wait_prints_where_it_is", wait_prints_where_it_is),
    (
        "wait_ends_with_124_when_the_time_is_over",
        wait_ends_with_124_when_the_time_is_over,
    ),
    (
        "wait_ends_with_1_where_it_is_hopeless",
        wait_ends_with_1_where_it_is_hopeless,
    ),
    (
        "wait_ends_with_2_on_wrong_usage",
        wait_ends_with_2_on_wrong_usage,
    ),
    ("wait_says_what_almost_fits", wait_says_what_almost_fits),
    (
        "wait_prints_the_scope_of_a_link_local_address",
        wait_prints_the_scope_of_a_link_local_address,
    ),
    (
        "wait_takes_the_family_asked_for",
        wait_takes_the_family_asked_for,
    ),
    (
        "a_signal_ends_child_and_program",
        a_signal_ends_child_and_program,
    ),
    (
        "browse_prints_each_event_at_once",
        browse_prints_each_event_at_once,
    ),
    (
        "browse_goes_on_when_the_child_ends",
        browse_goes_on_when_the_child_ends,
    ),
    (
        "a_watch_shows_what_is_here_until_q",
        a_watch_shows_what_is_here_until_q,
    ),
    (
        "wait_tells_a_terminal_what_it_has_seen",
        wait_tells_a_terminal_what_it_has_seen,
    ),
    ("browse_tells_how_it_ended", browse_tells_how_it_ended),
    ("the_program_answers_soon", the_program_answers_soon),
];

fn command(stage: &Stage, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_avahi-events"));
    command
        .args(arguments)
        .arg("--avahi-browse")
        .arg(stage.program());
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(stage: &Stage, arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command(stage, arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

fn wait_prints_where_it_is() {
    let stage = Stage::new("dies-twice");
    let printed = |arguments: &[&str]| {
        let _ = fs::remove_file(stage.program().with_extension("pids"));
        let all = [&["wait", "_http._tcp", "--timeout", "60s"], arguments].concat();
        let (code, stdout, stderr) = run(&stage, &all);
        assert_eq!((code, &*stderr), (Some(0), ""), "{arguments:?}: {stdout}");
        stage.assert_empty();
        stdout
    };
    assert_eq!(printed(&[]), "192.0.2.7:80\n");
    assert_eq!(
        printed(&["--name", "there", "--format", "{name} at {address}"]),
        "there at 192.0.2.7\n"
    );
    // There it is, even if it does not say that.
    assert_eq!(printed(&["--format", "{txt.missing}"]), "\n");
    assert_eq!(printed(&["--format", "<{txt.missing}>"]), "<>\n");
    assert_eq!(
        printed(&["--name", "There", "--interface", "eth0", "-4"]),
        "192.0.2.7:80\n"
    );
    assert_eq!(printed(&["--name-regex", "^th.re$"]), "192.0.2.7:80\n");
    let json: serde_json::Value = serde_json::from_str(&printed(&["--json"])).unwrap();
    assert_eq!(
        (&json["event"], &json["address"]),
        (&"resolve".into(), &"192.0.2.7".into())
    );
}

fn wait_ends_with_124_when_the_time_is_over() {
    for behaviour in [
        "never-ends",
        "no-daemon",
        "flood",
        "garbage",
        "ignores-sigterm",
        "grandchild",
        "closes-output",
    ] {
        let (code, stdout, stderr) =
            within(behaviour, Duration::from_millis(700) + TOLERANCE, || {
                let stage = Stage::new(behaviour);
                let result = run(&stage, &["wait", "_http._tcp", "--timeout", "700ms"]);
                stage.assert_empty();
                result
            });
        assert_eq!((code, &*stdout), (Some(124), ""), "{behaviour}");
        assert!(
            stderr.starts_with("avahi-events: 0 of 1 services found in 700ms; "),
            "{stderr}"
        );
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
    }
}

fn wait_ends_with_1_where_it_is_hopeless() {
    let stage = Stage::new("invalid-type");
    let (code, stdout, stderr) = run(&stage, &["wait", "_http._tcp"]);
    assert_eq!((code, &*stdout), (Some(1), ""));
    assert_eq!(
        stderr,
        "avahi-events: avahi-browse refuses: avahi_service_browser_new() failed: Invalid service type\n"
    );
    for service_type in ["http", "-a", "_http"] {
        let (code, _, stderr) = run(&stage, &["wait", service_type]);
        assert_eq!(code, Some(1), "{stderr}");
        assert!(
            stderr.contains("is no service type, which looks like _http._tcp"),
            "{stderr}"
        );
    }
    let missing = Command::new(env!("CARGO_BIN_EXE_avahi-events"))
        .args(["wait", "_http._tcp"])
        .env("PATH", "/nowhere")
        .output()
        .unwrap();
    assert_eq!(missing.status.code(), Some(1));
    let stderr = String::from_utf8(missing.stderr).unwrap();
    assert!(
        stderr.starts_with("avahi-events: cannot run avahi-browse: No such file"),
        "{stderr}"
    );
    assert!(stderr.contains("avahi-utils"), "{stderr}");
}

fn wait_ends_with_2_on_wrong_usage() {
    let stage = Stage::new("never-ends");
    for wrong in [
        &["wait"][..],
        &["wait", "_http._tcp", "--timeout", "soon"],
        &["wait", "_http._tcp", "--timeout", "-1s"],
        &["wait", "_http._tcp", "--count", "0"],
        &["wait", "_http._tcp", "--name-regex", "("],
        &["wait", "_http._tcp", "--txt", "=x"],
        &["wait", "_http._tcp", "--format", "{nothing}"],
        &["wait", "_http._tcp", "--format", "{time}"],
        &["wait", "_http._tcp", "--format", "{socket} {line}"],
        &["wait", "_http._tcp", "--format", "{file}"],
        &["wait", "_http._tcp", "--json", "--format", "csv"],
        &["wait", "_http._tcp", "-4", "-6"],
    ] {
        let (code, stdout, _) = run(&stage, wrong);
        assert_eq!((code, &*stdout), (Some(2), ""), "{wrong:?}");
    }
    assert!(stage.pids().is_empty());
}

fn wait_says_what_almost_fits() {
    let seen = |behaviour, arguments: &[&str]| {
        let stage = Stage::new(behaviour);
        let all = [&["wait", "_http._tcp", "--timeout", "1500ms"], arguments].concat();
        let (code, _, stderr) = run(&stage, &all);
        assert_eq!(code, Some(124));
        stderr.trim_end().rsplit("; ").next().unwrap().to_owned()
    };
    assert_eq!(seen("prints-nothing", &[]), "0 _http._tcp services seen");
    assert_eq!(
        seen("never-ends", &[]),
        "1 _http._tcp service seen, 1 with such a name, none resolved"
    );
    assert_eq!(
        seen("settles", &["--name", "here"]),
        r#"1 _http._tcp service seen, none named "here""#
    );
    assert_eq!(
        seen("settles", &["--name", "there", "--txt", "role=web"]),
        r#"1 _http._tcp service seen, 1 with such a name, none with "role=web" in TXT"#
    );
    assert_eq!(
        seen("settles", &["--interface", "eth1"]),
        r#"1 _http._tcp service seen, 1 with such a name, none on "eth1""#
    );
    assert_eq!(
        seen("settles", &["-6"]),
        "1 _http._tcp service seen, 1 with such a name, none with an IPv6 address"
    );
    assert_eq!(
        seen("settles", &["--count", "2"]),
        "1 _http._tcp service seen, 1 as wanted"
    );

    // Only if asked to, and where no terminal shows it.
    let stage = Stage::new("settles");
    let (code, stdout, stderr) = run(&stage, &["wait", "_http._tcp", "-v"]);
    assert_eq!((code, &*stdout), (Some(0), "192.0.2.7:80\n"));
    assert_eq!(
        stderr.lines().next(),
        Some("waiting; 0 _http._tcp services seen")
    );
}

fn wait_prints_the_scope_of_a_link_local_address() {
    let stage = Stage::new("link-local-first");
    let (code, stdout, stderr) = run(&stage, &["wait", "_poor._tcp"]);
    assert_eq!(
        (code, &*stdout, &*stderr),
        (Some(0), "[fe80::1%eth0]:80\n", "")
    );
    let (_, stdout, _) = run(&stage, &["wait", "_both._tcp"]);
    assert_eq!(stdout, "192.0.2.7:80\n");
}

fn wait_takes_the_family_asked_for() {
    let stage = Stage::new("link-local-first");
    let (_, stdout, _) = run(&stage, &["wait", "_both._tcp", "-6"]);
    assert_eq!(stdout, "[fe80::1%eth0]:80\n");
    let (_, stdout, _) = run(&stage, &["wait", "_poor._tcp", "-4"]);
    assert_eq!(stdout, "127.0.0.1:80\n");
}

fn send(signal: &str, child: &Child) {
    let kill = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
}

fn a_signal_ends_child_and_program() {
    for (signal, number) in [("-INT", 2), ("-TERM", 15), ("-HUP", 1)] {
        for (behaviour, subcommand) in [
            ("prints-nothing", "wait"),
            ("no-daemon", "wait"),
            ("ignores-sigterm", "browse"),
        ] {
            let stage = Stage::new(behaviour);
            let mut child = command(&stage, &[subcommand, "_http._tcp"])
                .spawn()
                .unwrap();
            stage.wait_for_entrance();
            send(signal, &child);
            let status = child.wait().unwrap();
            assert_eq!(
                status.signal(),
                Some(number),
                "{behaviour} {signal}: {status}"
            );
            stage.assert_empty();
        }
    }
}

fn browse_prints_each_event_at_once() {
    let stage = Stage::new("never-ends");
    let mut child = command(&stage, &["browse", "--format", "{event} {name} {line}"])
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    assert_eq!(line, "add there 1\n");
    assert!(child.try_wait().unwrap().is_none(), "it goes on");
    // Who reads the output has seen enough.
    drop(stdout);
    send("-TERM", &child);
    child.wait().unwrap();
    stage.assert_empty();
}

fn browse_goes_on_when_the_child_ends() {
    let stage = Stage::new("dies-twice");
    let mut child = command(&stage, &["browse", "--kind", "resolve"])
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    assert!(line.contains(r#""address":"192.0.2.7""#), "{line}");
    send("-TERM", &child);
    child.wait().unwrap();
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    let trouble = "avahi-events: avahi-browse ended with exit status: 1: \
                   Failed to create client object: Daemon not running; trying again in";
    assert_eq!(
        stderr.lines().collect::<Vec<_>>(),
        [
            "avahi-browse: Failed to create client object: Daemon not running",
            &format!("{trouble} 100ms"),
            "avahi-browse: Failed to create client object: Daemon not running",
            &format!("{trouble} 200ms"),
        ]
    );
}

/// The program on a terminal of its own, which util-linux's `script` makes.
fn on_terminal(stage: &Stage, arguments: &str) -> Child {
    let (program, stand_in) = (
        env!("CARGO_BIN_EXE_avahi-events"),
        stage.program().display(),
    );
    Command::new("script")
        .args(["--quiet", "--return", "--flush", "--command"])
        .arg(format!(
            "stty cols 80 rows 24; '{program}' {arguments} --avahi-browse '{stand_in}'"
        ))
        .arg("/dev/null")
        .env("TERM", "xterm")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn a_watch_shows_what_is_here_until_q() {
    let stage = Stage::new("never-ends");
    let mut child = on_terminal(&stage, "browse --watch");
    let mut stdout = child.stdout.take().unwrap();
    let mut shown = Vec::new();
    let mut read = |until: &str| {
        let mut block = [0; 4096];
        loop {
            let len = stdout.read(&mut block).unwrap();
            shown.extend_from_slice(&block[..len]);
            let text = String::from_utf8_lossy(&shown);
            if text.contains(until) {
                return;
            }
            assert_ne!(len, 0, "{until}: {text}");
        }
    };
    read("there");
    child.stdin.as_mut().unwrap().write_all(b"q").unwrap();
    read("\u{1b}[?1049l"); // back from the alternate screen
    assert!(child.wait().unwrap().success());
    stage.assert_empty();

    let (code, stdout, stderr) = run(&stage, &["browse", "--watch"]);
    assert_eq!((code, &*stdout), (Some(1), ""));
    assert_eq!(stderr, "avahi-events: --watch needs a terminal\n");
}

fn wait_tells_a_terminal_what_it_has_seen() {
    let stage = Stage::new("never-ends");
    let mut child = on_terminal(&stage, "wait _http._tcp --name here --timeout 2s");
    let mut shown = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut shown)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(124));
    assert!(
        shown.contains(r#"waiting; 1 _http._tcp service seen, none named "here""#),
        "{shown:?}"
    );
    stage.assert_empty();
}

fn browse_tells_how_it_ended() {
    let ended = |behaviour| {
        let stage = Stage::new(behaviour);
        let result = run(
            &stage,
            &["browse", "_http._tcp", "--terminate", "--format", "{event}"],
        );
        stage.assert_empty();
        result
    };
    assert_eq!(
        ended("ends"),
        (Some(0), "add\nresolve\n".into(), String::new())
    );
    let (code, stdout, stderr) = ended("talks");
    assert_eq!((code, &*stdout), (Some(1), "add\n"));
    assert!(
        stderr.contains("avahi-browse:2:1: \"what is this?\" begins no event"),
        "{stderr}"
    );
    assert!(
        stderr.contains("avahi-browse:3:29: the line ends before the domain"),
        "{stderr}"
    );
    assert!(stderr.contains("avahi-browse: half a line\n"), "{stderr}");
    let (code, _, stderr) = ended("no-daemon");
    assert_eq!(code, Some(1), "{stderr}");
    let (code, _, stderr) = ended("invalid-type");
    assert_eq!(code, Some(1), "{stderr}");
    let (code, _, stderr) = ended("garbage");
    assert_eq!(code, Some(1));
    assert_eq!(stderr.lines().count(), 11, "ten, and how many more");
    let raw = |it: char| it.is_control() && it != '\n';
    assert!(!stderr.contains(raw), "nothing raw");
}

/// Measures, and asserts only what is found.
fn the_program_answers_soon() {
    let stage = Stage::new("settles");
    for _ in 0..3 {
        let (code, stdout, _) = run(&stage, &["wait", "_http._tcp", "--format", "{txt.nanos}"]);
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap();
        assert_eq!(code, Some(0));
        let nanos: u128 = stdout.trim().parse().unwrap();
        let took = Duration::from_nanos((now.as_nanos() - nanos) as u64);
        println!("from the line to the end of the program: {took:?}");
    }
    assert!(Path::new(stage.program()).exists());
}
