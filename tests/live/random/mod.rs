//! Random services, published by clients that share nothing with this crate,
//! seen by the real `avahi-browse`, and held against what was published.
//!
//! `LIVE_SERVICES` says how many (2000), `LIVE_SEED` which (1).

mod listener;
mod service;

use std::{
    collections::BTreeSet,
    env,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use avahi_events::Protocol;
use fastrand::Rng;
use serde_json::{Value, json};

use self::{
    listener::{Events, Expected},
    service::{HostName, SUBTYPES, Service, subtype},
};
use crate::{
    host::{Host, LONG, Link, run},
    running::Running,
};

/// How many are there at a time.
const AT_ONCE: usize = 300;

/// The addresses of the hosts that services are on, beside the publisher's.
const ADDRESSES: [&str; 5] = [
    "192.0.2.7",
    "10.255.0.254",
    "2001:db8::7",
    "fe80::1:2:3:4",
    "2001:db8:1:2:3:4:5:6",
];

const BOTH: &[Protocol] = &[Protocol::IPv4, Protocol::IPv6];

fn number(variable: &str, default: u64) -> u64 {
    let number = env::var(variable).map_or(default, |it| it.parse().unwrap());
    println!("{variable}={number}");
    number
}

/// `avahi-browse` on the host.
fn browse(host: &Host, arguments: &[&str]) -> Running<Events> {
    let mut command = host.command("avahi-browse");
    command.args(arguments).env("LC_ALL", "C");
    Running::start_read_by(&mut command, Events::new)
}

/// Waits until as many were seen as are expected, of those that `seen` counts.
#[track_caller]
fn all(
    browsing: &Running<Events>,
    expected: &mut Expected<'_>,
    seen: impl Fn(&Expected<'_>) -> usize,
) {
    let deadline = Instant::now() + LONG;
    while seen(expected) < expected.total() {
        let event = browsing.stdout.next(deadline);
        expected.check(&event.expect("more services"));
    }
}

fn resolved(expected: &Expected<'_>) -> usize {
    expected.resolved.len()
}

fn removed(expected: &Expected<'_>) -> usize {
    expected.removed.len()
}

/// Runs `avahi-browse -t`, which says what is there and ends.
#[track_caller]
fn all_at_once(host: &Host, arguments: &[&str], mut expected: Expected<'_>) {
    let browsing = browse(host, arguments);
    let deadline = Instant::now() + LONG;
    while let Some(event) = browsing.stdout.next(deadline) {
        expected.check(&event);
    }
    assert_eq!(expected.resolved.len(), expected.total());
    assert_eq!(expected.removed, BTreeSet::new());
}

/// What is published until the result is dropped, and what was said of the
/// services that were refused.
fn publish(host: &Host, hosts: &Value, services: &Value) -> (Running, Vec<Option<String>>) {
    let publisher = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live/publish.py");
    let mut publisher = Running::start(host.command("/usr/bin/python3").arg(publisher));
    publisher.say(&json!({"hosts": hosts, "services": services}).to_string());
    let said = publisher.line_with("published");
    let refused = serde_json::from_str(said.strip_prefix("published ").unwrap());
    (publisher, refused.unwrap())
}

#[test]
#[ignore = "needs root and Avahi"]
fn what_avahi_publishes_is_found_as_it_is() {
    let services = usize::try_from(number("LIVE_SERVICES", 2000)).unwrap();
    let mut random = Rng::with_seed(number("LIVE_SEED", 1));
    let mut link = Link::new();
    let (near, far) = (link.host("near"), link.host("far"));
    near.start();
    far.start();
    let hosts = ADDRESSES.map(|address| HostName::any(&mut random, address));
    let addresses = hosts.each_ref().map(|it| [it.address.to_owned()]);
    let own_addresses = [far.address.clone(), far.link_local.clone()];
    let list = hosts.each_ref().map(HostName::json);
    let (_hosts, _) = publish(&far, &json!(list), &json!([]));

    let browsing = browse(&near, &["-arpk"]);
    let (mut published, mut refused) = (0, 0);
    for round in 0.. {
        if published >= services {
            break;
        }
        let services: Vec<_> = (0..AT_ONCE)
            .map(|_| Service::any(&mut random, hosts.len()))
            .collect();
        let list: Vec<_> = services.iter().map(|it| it.json(&hosts)).collect();
        let (publisher, reasons) = publish(&far, &json!([]), &json!(list));
        let mut accepted = Vec::new();
        for (service, reason) in services.iter().zip(reasons) {
            match reason.as_deref() {
                None => accepted.push(service),
                // Its name; its TXT, if that holds an empty string.
                Some("Invalid service name" | "Invalid record" | "Local name collision") => {
                    refused += 1;
                }
                Some(reason) => panic!("{reason}: {service:?}"),
            }
        }
        published += accepted.len();
        let place = |service: &Service| match service.host {
            None => ("far.local", &own_addresses[..]),
            Some(host) => (&*hosts[host].name, &addresses[host][..]),
        };
        let expect = |which: &dyn Fn(&Service) -> bool| {
            let which = accepted.iter().copied().filter(|it| which(it));
            Expected::new(which.map(|it| (it, place(it))), BOTH)
        };

        let mut expected = expect(&|_| true);
        all(&browsing, &mut expected, resolved);
        all_at_once(&near, &["-arpt"], expect(&|_| true));
        let of_type = services[0].service_type;
        let which = SUBTYPES[round % SUBTYPES.len()];
        all_at_once(
            &near,
            &["-rpkt", &subtype(which, of_type)],
            expect(&|it| it.service_type == of_type && it.subtypes.contains(which)),
        );
        drop(publisher);
        all(&browsing, &mut expected, removed);
    }
    println!("{published} published, seen twice, resolved and removed; {refused} refused");
    assert!(refused < published / 5);
}

/// Python with `zeroconf`, a responder that is no relation of Avahi's.
fn python_with_zeroconf() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("zeroconf");
    let python = folder.join("bin/python");
    if !python.exists() {
        run(Command::new("/usr/bin/python3")
            .args(["-m", "venv"])
            .arg(&folder));
    }
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet"])
        .args(["--disable-pip-version-check", "zeroconf==0.154.0"]));
    python
}

#[test]
#[ignore = "needs root, Avahi, and a package index of Python's"]
fn what_another_responder_publishes_is_found_as_it_is() {
    let mut random = Rng::with_seed(number("LIVE_SEED", 1));
    let python = python_with_zeroconf();
    let mut link = Link::new();
    let (near, far) = (link.host("near"), link.host("far"));
    near.start();
    // It cuts names at their dots, and takes no control characters.
    let possible = |name: &str| {
        (1..=63).contains(&name.len())
            && !name.contains(|it: char| it == '.' || it.is_ascii_control())
    };
    let mut names = BTreeSet::new();
    let mut services = Vec::new();
    while services.len() < 200 {
        let service = Service::any(&mut random, 0);
        if possible(&service.name) && names.insert(service.name.to_lowercase()) {
            services.push(service);
        }
    }
    let mut list: Vec<_> = services.iter().map(|it| it.json(&[])).collect();
    for service in &mut list {
        service["host"] = json!("w\u{fc}\u{1f5a8} \";\\ far");
    }
    let host = r#"w\195\188\240\159\150\168\032\034\059\\\032far.local"#;
    let addresses = [far.address.clone(), far.link_local.clone()];
    let publisher = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/live/publish_zeroconf.py"
    );
    let mut publisher = Running::start(
        far.command(python.to_str().unwrap())
            .arg(publisher)
            .args(&addresses),
    );
    publisher.say(&json!(list).to_string());
    publisher.line_with("published");

    let mut expected = Expected::new(services.iter().map(|it| (it, (host, &addresses[..]))), BOTH);
    let browsing = browse(&near, &["-arpk"]);
    all(&browsing, &mut expected, resolved);
    publisher.close_stdin();
    all(&browsing, &mut expected, removed);
}
