//! The program on real hosts.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::{
    host::{Host, Link, Published, until},
    running::Running,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_avahi-events");

/// `avahi-events` on the host, with these arguments.
fn start(host: &Host, arguments: &[&str]) -> Running {
    Running::start(host.command(PROGRAM).args(arguments))
}

/// What `wait` prints, if it ends with 0.
#[track_caller]
fn wait(host: &Host, service_type: &str, arguments: &[&str]) -> String {
    let always = ["wait", service_type, "--timeout", "60s"];
    let output = host.output(PROGRAM, &[&always, arguments].concat());
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Two hosts on one link, with their daemons.
fn two_hosts() -> (Link, Host, Host) {
    let mut link = Link::new();
    let (near, far) = (link.host("near"), link.host("far"));
    near.start();
    far.start();
    (link, near, far)
}

/// A web site without TXT.
fn http(name: &str, port: u16) -> Published<'_> {
    Published {
        name,
        service_type: "_http._tcp",
        port,
        txt: &[],
    }
}

/// The strings in the `txt` of an event in JSON, as they were on the wire.
fn strings(event: &Value) -> Vec<Vec<u8>> {
    let text = |value: &Value| value.as_str().unwrap().as_bytes().to_vec();
    let binary = |value: &Value| STANDARD.decode(value.as_str().unwrap()).unwrap();
    let string = |it: &Value| match (it.get("key"), it.get("value"), it.get("base64")) {
        (Some(key), None, None) => text(key),
        (Some(key), Some(value), None) => [text(key), b"=".to_vec(), text(value)].concat(),
        (Some(key), None, Some(value)) => [text(key), b"=".to_vec(), binary(value)].concat(),
        (None, None, Some(all)) => binary(all),
        other => panic!("{other:?}"),
    };
    // The daemon up to 0.9-rc3 hands them over last first.
    event["txt"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(string)
        .collect()
}

#[test]
#[ignore = "needs root and Avahi"]
fn what_was_published_is_what_is_found() {
    let (_link, near, far) = two_hosts();
    let long = "x".repeat(31) + &"ü".repeat(16);
    assert_eq!(long.len(), 63);
    let names = [
        &*long,
        r#"a;"b"; 'c' \032\. Büro 🖨"#,
        "=;eth0;IPv4;forged;_http._tcp;local;h;192.0.2.66;80;",
        "+;eth0;IPv4;x;_http._tcp;local\n-;eth0",
        "--help",
    ];
    let txt: [&[u8]; 6] = [
        b"note=first line\nsecond \"line\" \\ 100%",
        b"binary=\x00\x01\xff\xfe\x7f\x1b[31m",
        b"flag",
        b"empty=",
        b"\xff\xfekey=1",
        "Büro=ü;;\" \"".as_bytes(),
    ];
    let mut publishers = Vec::new();
    for (port, name) in (8001..).zip(names) {
        publishers.push(far.publish(&Published {
            name,
            service_type: "_strange._tcp",
            port,
            txt: &txt,
        }));
    }
    for (port, name) in (8001..).zip(names) {
        let found = wait(&near, "_strange._tcp", &["--name", name, "--json"]);
        assert_eq!(found.lines().count(), 1, "{found}");
        let found: Value = serde_json::from_str(&found).unwrap();
        assert_eq!(found["event"], "resolve");
        assert_eq!(found["name"], name);
        assert_eq!(found["type"], "_strange._tcp");
        assert_eq!(found["host"], "far.local");
        assert_eq!(found["address"], *far.address);
        assert_eq!(found["port"], port);
        assert_eq!(strings(&found), txt, "{found}");
    }
    let all = [
        "--count", "5", "--format", "{port}", "--txt", "binary", "--txt", "FLAG",
    ];
    let all = wait(&near, "_strange._tcp", &all);
    let mut ports: Vec<_> = all.lines().collect();
    ports.sort_unstable();
    assert_eq!(ports, ["8001", "8002", "8003", "8004", "8005"]);
}

#[test]
#[ignore = "needs root and Avahi"]
fn the_best_address_is_the_one_printed() {
    let mut link = Link::new();
    let (near, far) = (link.host("near"), link.host_without_address("far"));
    near.start();
    far.start();
    let _far = far.publish(&http("far", 80));
    let found = wait(&near, "_http._tcp", &["--name", "far"]);
    assert_eq!(found, format!("[{}%eth0]:80\n", far.link_local));
    let dual = link.host("dual");
    dual.start();
    let _dual = dual.publish(&http("dual", 80));
    let family = |family| wait(&near, "_http._tcp", &["--name", "dual", family]);
    assert_eq!(family("-4"), format!("{}:80\n", dual.address));
    assert_eq!(family("-6"), format!("[{}%eth0]:80\n", dual.link_local));
    let _near = near.publish(&http("near", 80));
    assert_eq!(
        wait(&near, "_http._tcp", &["--name", "near", "-4"]),
        format!("{}:80\n", near.address)
    );

    let mut link = Link::new();
    let alone = link.host_without_address("alone");
    alone.ip("link set eth0 down");
    alone.start();
    let _alone = alone.publish(&http("alone", 80));
    let found = wait(&alone, "_http._tcp", &[]);
    assert!(
        ["127.0.0.1:80\n", "[::1]:80\n"].contains(&&*found),
        "{found}"
    );
}

#[test]
#[ignore = "needs root and Avahi"]
fn a_daemon_that_restarts_is_no_end() {
    let (_link, near, far) = two_hosts();
    let _first = far.publish(&http("first", 81));

    let waits = ["wait", "_http._tcp", "--name", "second", "--timeout", "2m"];
    let mut waiting = start(&near, &waits);
    let mut both = near.command("sh");
    both.args([
        "-c",
        "exec \"$0\" browse _http._tcp --format '{event} {name} {protocol}' 2>&1",
        PROGRAM,
    ]);
    let mut browsing = Running::start(&mut both);
    browsing.line_with("resolve first");

    near.kill_daemon();
    browsing.line_with("avahi-browse: Disconnected, reconnecting ...");
    near.start_daemon();
    browsing.line_with("add first");
    browsing.line_with("resolve first");
    let _second = far.publish(&http("second", 81));
    browsing.line_with("resolve second");
    assert_eq!(waiting.exit_code(), Some(0));
    waiting.line_with(&format!("{}:81", far.address));
    let seen = browsing.stdout.seen();
    assert!(!seen.iter().any(|it| it.starts_with("remove")), "{seen:#?}");
}

#[test]
#[ignore = "needs root and Avahi"]
fn a_bus_that_restarts_is_no_end() {
    let (_link, near, far) = two_hosts();
    let _far = far.publish(&http("far", 80));
    let mut browsing = start(
        &near,
        &["browse", "_http._tcp", "--format", "{event} {name}"],
    );
    browsing.line_with("resolve far");
    near.kill_bus();
    std::thread::sleep(Duration::from_secs(1)); // long enough to fail once and again
    near.start();
    browsing.line_with("add far");
    browsing.line_with("resolve far");
}

#[test]
#[ignore = "needs root and Avahi"]
fn an_interface_that_is_deleted_is_gone() {
    let mut link = Link::new();
    let (near, far) = (link.host("near"), link.host("far"));
    let odd = "we;rd\"x";
    link.connect(&near, odd);
    near.ip(&format!("address add 10.9.9.1/24 dev {odd}"));
    near.start();
    far.start();
    let _far = far.publish(&http("far", 80));
    let mut browsing = start(&near, &["browse"]);
    let event = |line: &str| serde_json::from_str::<Value>(line).unwrap();
    let on_odd = |line: &str| {
        let event = event(line);
        (event["interface"] == odd && event["name"] == "far").then_some(event)
    };
    browsing.stdout.find("far on the other interface", on_odd);
    near.ip(&format!("link delete {odd}"));
    let gone = browsing.stdout.find("far to go", |line| {
        let event = event(line);
        (event["event"] == "remove").then_some(event)
    });
    assert_eq!(gone["interface"], Value::Null, "{gone}");
    assert_eq!(
        (&gone["name"], &gone["type"]),
        (&"far".into(), &"_http._tcp".into())
    );
    // On the first one it still is.
    let found = wait(
        &near,
        "_http._tcp",
        &["--interface", "eth0", "--format", "{interface} {name}"],
    );
    assert_eq!(found, "eth0 far\n");
}

#[test]
#[ignore = "needs root and Avahi"]
fn ctrl_c_leaves_nothing_behind() {
    let mut link = Link::new();
    let host = link.host("alone");
    host.start();
    let count = || {
        let list = host.output("ps", &["-e", "-o", "comm="]);
        let list = String::from_utf8(list.stdout).unwrap();
        list.lines()
            .filter(|it| it.starts_with("avahi-browse") || it.starts_with("avahi-events"))
            .count()
    };
    let mut waiting = start(&host, &["wait", "_http._tcp"]);
    let mut browsing = start(&host, &["browse"]);
    until("both, with their children", || (count() == 4).then_some(()));
    waiting.signal("-INT");
    browsing.signal("-TERM");
    // What `nsenter` makes of the signals that they end by.
    assert_ne!(waiting.exit_code(), Some(0));
    assert_ne!(browsing.exit_code(), Some(0));
    assert_eq!(count(), 0);
}
