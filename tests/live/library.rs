//! The library with real hosts. It runs in the host's namespaces by way of a
//! program of its choice: `nsenter`, and in it `avahi-browse`.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use avahi_events::{
    OwnedReadError,
    browse::{Browse, Hopeless, Output, Wait, WaitError},
};

use crate::host::{Host, LONG, Link, Published};

/// A program that runs `avahi-browse` on the host, in place of `nsenter`.
struct OnHost(PathBuf);

impl OnHost {
    fn new(host: &Host) -> Self {
        let name = format!("avahi-browse-on-{}-{}", host.name, std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let command = host.command("avahi-browse");
        let mut script = format!("#!/bin/sh\nexec {}", command.get_program().display());
        for argument in command.get_args() {
            // Without a process namespace there is no process in between.
            if argument != "--pid" {
                script += &format!(" {}", argument.display());
            }
        }
        fs::write(&path, script + " \"$@\"\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Self(path)
    }
}

impl Drop for OnHost {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// What it says until it ends: events, messages, and how it ended.
fn all(browse: &Browse) -> (Vec<String>, Vec<String>, Option<i32>) {
    let mut browser = browse.start().unwrap();
    let (mut events, mut messages) = (Vec::new(), Vec::new());
    for output in browser.by_ref() {
        match output {
            Ok(Output::Event(event)) => events.push(event.to_string()),
            Ok(Output::Message(message)) => messages.push(message.to_string()),
            Ok(_) => {}
            Err(error @ (OwnedReadError::Line { .. } | OwnedReadError::Io(_))) => panic!("{error}"),
            Err(error) => panic!("{error}"),
        }
    }
    (events, messages, browser.exit_status().unwrap().code())
}

#[test]
#[ignore = "needs root and Avahi"]
fn options_do_what_they_say() {
    let mut link = Link::new();
    let (near, far) = (link.host("near"), link.host("far"));
    let on_near = OnHost::new(&near);
    let type_ = |service_type: &str| Browse::service_type(service_type).program(&on_near.0);

    let (events, messages, code) = all(&type_("_http._tcp").terminate(true));
    assert_eq!(
        messages,
        ["Failed to create client object: Daemon not running"]
    );
    assert_eq!((events, code), (vec![], Some(1)));

    near.start();
    far.start();
    let service = |name| Published {
        name,
        service_type: "_http._tcp",
        port: 80,
        txt: &[b"path=/"],
    };
    let _publishers = [near.publish(&service("near")), far.publish(&service("far"))];
    let found = Wait::new(type_("_http._tcp"))
        .count(2)
        .timeout(LONG)
        .run(|service, _| service.domain == "local")
        .unwrap();
    assert_eq!(found.len(), 2);

    let has = |events: &[String], text: &str| events.iter().any(|it| it.contains(text));
    let (events, messages, code) = all(&type_("_http._tcp").resolve(true).terminate(true));
    assert!(
        has(
            &events,
            "=;eth0;IPv4;far;Web Site;local;far.local;10.9.8.2;80;\"path=/\""
        ),
        "{events:#?}"
    );
    assert!(has(&events, "near;Web Site;local"), "{events:#?}");
    assert_eq!((messages, code), (vec![], Some(0)));

    let quiet = type_("_http._tcp")
        .no_db_lookup(true)
        .ignore_local(true)
        .cache(true);
    let (events, ..) = all(&quiet.no_fail(true).domain("local"));
    assert!(
        has(&events, "+;eth0;IPv4;far;_http._tcp;local"),
        "{events:#?}"
    );
    assert!(!has(&events, "near") && !has(&events, "="), "{events:#?}");

    let (events, ..) = all(&Browse::all_types().terminate(true).program(&on_near.0));
    assert!(has(&events, "far;Web Site;local"), "{events:#?}");

    let (events, messages, _) = all(&Browse::domains().terminate(true).program(&on_near.0));
    assert!(events.iter().all(|it| it.starts_with("+;")), "{events:#?}");
    assert!(messages.is_empty(), "{messages:?}");

    // Neither is taken for an option.
    let (events, messages, code) = all(&type_("--help"));
    assert_eq!(
        messages,
        ["avahi_service_browser_new() failed: Invalid service type"]
    );
    assert_eq!((events, code), (vec![], Some(0)));
    // It would have said which version it is; so it browses on, and on.
    let mut browser = type_("_http._tcp").domain("-V").start().unwrap();
    let soon = Instant::now() + Duration::from_secs(1);
    assert!(browser.next_until(soon).is_pending());
    let refused = Wait::new(type_("_http._tcp").domain("a..b")).run(|_, _| true);
    match refused {
        Err(WaitError::Hopeless(Hopeless::Refused { message, .. })) => {
            assert_eq!(
                message.as_bytes(),
                b"avahi_service_browser_new() failed: Invalid domain name"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
#[ignore = "needs root and Avahi"]
fn a_deadline_holds_where_nothing_is_published() {
    let mut link = Link::new();
    let host = link.host("alone");
    let on_host = OnHost::new(&host);
    let browse = || Browse::service_type("_http._tcp").program(&on_host.0);
    for (what, start) in [
        ("no bus", None),
        ("no daemon", Some(Host::start_bus as fn(&Host))),
        ("no service", Some(Host::start_daemon)),
    ] {
        if let Some(start) = start {
            start(&host);
        }
        let start = Instant::now();
        let wait = Wait::new(browse()).timeout(Duration::from_secs(2));
        match wait.run(|_, _| true) {
            Err(WaitError::TimedOut { trouble, .. }) => {
                println!("{what}: {:?}, {trouble:?}", start.elapsed());
                assert_eq!(trouble.is_some(), what == "no bus", "{what}");
            }
            other => panic!("{what}: {other:?}"),
        }
    }
}
