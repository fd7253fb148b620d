//! The cluster that all of this began with, as `examples/cluster` sets it up:
//! backends that start before their frontend and find it.

use std::{env, fs, path::Path, process::Command};

use crate::{
    host::{Host, Link, until},
    running::Running,
};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/cluster");

/// The example's script on a host, with `avahi-events` along `PATH`.
fn register_backend(host: &Host) -> Running {
    let programs = Path::new(env!("CARGO_BIN_EXE_avahi-events"))
        .parent()
        .unwrap();
    let path = format!("{}:{}", programs.display(), env::var("PATH").unwrap());
    let script = format!("{EXAMPLE}/register-backend");
    Running::start(host.command(&script).env("PATH", path).env("TIMEOUT", "2m"))
}

fn backends(frontend: &Host) -> Vec<String> {
    let url = "http://[::1]/proxy/backend/";
    let list = frontend.output("curl", &["--globoff", "--silent", "--fail", url]);
    let list = String::from_utf8(list.stdout).unwrap();
    list.lines().map(str::to_owned).collect()
}

#[test]
#[ignore = "needs root and Avahi"]
fn backends_that_start_first_find_their_frontend() {
    let mut link = Link::new();
    let hosts = ["ready", "no-daemon", "no-bus"].map(|name| link.host(name));
    let [ready, no_daemon, no_bus] = &hosts;
    ready.start();
    no_daemon.start_bus();
    let mut scripts: Vec<Running> = hosts.iter().map(register_backend).collect();

    let frontend = link.host("frontend");
    let server = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live/frontend.py");
    let mut server = Running::start(frontend.command("/usr/bin/python3").arg(server));
    server.line_with("listening");
    let service = fs::read_to_string(format!("{EXAMPLE}/master-cluster.service")).unwrap();
    frontend.publish_file(&service);
    frontend.start();

    // It is there for the first one, and so it is for all that wait.
    until("the first backend", || {
        (!backends(&frontend).is_empty()).then_some(())
    });
    no_daemon.start_daemon();
    no_bus.start();
    for script in &mut scripts {
        assert_eq!(script.exit_code(), Some(0));
    }
    let mut expected: Vec<_> = hosts.iter().map(Host::mac).collect();
    let mut registered = backends(&frontend);
    expected.sort();
    registered.sort();
    assert_eq!(registered, expected);
}

#[test]
#[ignore = "needs root and Avahi"]
fn a_link_local_address_is_all_it_takes() {
    let mut link = Link::new();
    let (frontend, backend) = (
        link.host_without_address("frontend"),
        link.host_without_address("backend"),
    );
    let server = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live/frontend.py");
    let mut server = Running::start(frontend.command("/usr/bin/python3").arg(server));
    server.line_with("listening");
    frontend
        .publish_file(&fs::read_to_string(format!("{EXAMPLE}/master-cluster.service")).unwrap());
    frontend.start();
    backend.start();
    assert_eq!(register_backend(&backend).exit_code(), Some(0));
    assert_eq!(backends(&frontend), [backend.mac()]);
}

#[test]
#[ignore = "needs systemd-analyze, if that is not there it is passed over"]
fn systemd_takes_the_unit() {
    let unit = format!("{EXAMPLE}/register-backend.service");
    let Ok(output) = Command::new("systemd-analyze")
        .args(["verify", &unit])
        .output()
    else {
        return;
    };
    let said = String::from_utf8(output.stderr).unwrap();
    // The script is not installed here, which is all there may be to say.
    let wrong = |line: &&str| {
        line.contains("register-backend.service") && !line.contains("is not executable")
    };
    assert_eq!(said.lines().find(wrong), None, "{said}");
}
