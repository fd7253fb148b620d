//! The library with a stand-in for `avahi-browse`.

use std::{
    fs::{self, Permissions},
    io,
    ops::ControlFlow,
    os::unix::{fs::PermissionsExt as _, process::ExitStatusExt as _},
    panic,
    path::Path,
    task::Poll,
    time::{Duration, Instant, SystemTime},
};

use avahi_events::{
    ErrorKind, OwnedReadError,
    browse::{
        Browse, Browser, Found, Hopeless, MessageBuf, Output, Step, Trouble, Wait, WaitError,
    },
};

use crate::stage::{Stage, TOLERANCE, within};

pub const TESTS: &[(&str, fn())] = &[
    (
        "arguments_are_what_was_asked_for",
        arguments_are_what_was_asked_for,
    ),
    (
        "what_begins_with_a_dash_is_no_option",
        what_begins_with_a_dash_is_no_option,
    ),
    (
        "all_that_was_written_is_given_out",
        all_that_was_written_is_given_out,
    ),
    ("half_a_line_is_told", half_a_line_is_told),
    (
        "the_end_comes_with_the_status",
        the_end_comes_with_the_status,
    ),
    ("dropping_it_ends_the_child", dropping_it_ends_the_child),
    ("a_panic_ends_the_child", a_panic_ends_the_child),
    (
        "a_child_that_closed_its_output_is_ended",
        a_child_that_closed_its_output_is_ended,
    ),
    (
        "a_grandchild_does_not_hold_the_end_up",
        a_grandchild_does_not_hold_the_end_up,
    ),
    ("raw_txt_is_not_held_for_long", raw_txt_is_not_held_for_long),
    (
        "an_open_quote_is_told_in_the_end",
        an_open_quote_is_told_in_the_end,
    ),
    ("garbage_is_read_to_its_end", garbage_is_read_to_its_end),
    (
        "an_endless_line_comes_in_pieces",
        an_endless_line_comes_in_pieces,
    ),
    (
        "a_reader_that_takes_its_time_loses_nothing",
        a_reader_that_takes_its_time_loses_nothing,
    ),
    (
        "the_deadline_holds_whatever_the_child_does",
        the_deadline_holds_whatever_the_child_does,
    ),
    (
        "a_missing_program_is_told_at_once",
        a_missing_program_is_told_at_once,
    ),
    (
        "a_program_that_cannot_be_executed_is_told_at_once",
        a_program_that_cannot_be_executed_is_told_at_once,
    ),
    (
        "an_invalid_type_is_told_at_once",
        an_invalid_type_is_told_at_once,
    ),
    (
        "a_forged_message_does_not_end_the_wait",
        a_forged_message_does_not_end_the_wait,
    ),
    (
        "it_tries_again_until_it_is_there",
        it_tries_again_until_it_is_there,
    ),
    (
        "it_looks_again_where_txt_may_change",
        it_looks_again_where_txt_may_change,
    ),
    (
        "it_does_without_a_type_database",
        it_does_without_a_type_database,
    ),
    (
        "a_timeout_tells_the_last_trouble",
        a_timeout_tells_the_last_trouble,
    ),
    (
        "a_better_address_is_waited_for",
        a_better_address_is_waited_for,
    ),
    ("the_observer_can_stop_it", the_observer_can_stop_it),
    ("the_answer_comes_soon", the_answer_comes_soon),
];

type Item = Result<Output, OwnedReadError>;

fn messages(items: impl IntoIterator<Item = Item>) -> Vec<String> {
    let message = |item| match item {
        Ok(Output::Message(message)) => Some(message.to_string()),
        _ => None,
    };
    items.into_iter().filter_map(message).collect()
}

fn events(items: &[Item]) -> Vec<String> {
    let event = |item: &Item| match item {
        Ok(Output::Event(event)) => Some(event.to_string()),
        _ => None,
    };
    items.iter().filter_map(event).collect()
}

fn damage(items: &[Item]) -> Vec<(ErrorKind, u64)> {
    let error = |item: &Item| match item {
        Err(OwnedReadError::Line { error, line, .. }) => Some((error.kind(), *line)),
        _ => None,
    };
    items.iter().filter_map(error).collect()
}

const SEEN: &str = "+;eth0;IPv4;there;_http._tcp;local";

fn arguments_are_what_was_asked_for() {
    let stage = Stage::new("arguments");
    let given = |browse: Browse| messages(browse.program(stage.program()).start().unwrap());
    let all = Browse::all_types()
        .domain("example.org")
        .resolve(true)
        .no_db_lookup(true)
        .ignore_local(true)
        .terminate(true)
        .cache(true)
        .cache(false)
        .no_fail(true);
    assert_eq!(
        given(all),
        [
            "-p",
            "-r",
            "-k",
            "-l",
            "-t",
            "-f",
            "-d",
            "example.org",
            "-a"
        ]
        .map(|it| format!("argument {it}"))
        .into_iter()
        .chain(["LC_ALL C".into()])
        .collect::<Vec<_>>()
    );
    assert_eq!(
        given(Browse::domains().cache(true))[..3],
        ["argument -p", "argument -c", "argument -D"]
    );
    stage.assert_empty();
}

fn what_begins_with_a_dash_is_no_option() {
    let stage = Stage::new("arguments");
    let given = messages(
        stage
            .browse_type("-a; $(reboot)")
            .domain("-f")
            .start()
            .unwrap(),
    );
    assert_eq!(
        given[..5],
        [
            "argument -p",
            "argument -d",
            "argument -f",
            "argument --",
            "argument -a; $(reboot)"
        ]
    );
}

fn all_that_was_written_is_given_out() {
    let stage = Stage::new("talks");
    let mut browser = stage.browse().start().unwrap();
    let items: Vec<Item> = browser.by_ref().collect();
    assert_eq!(events(&items), [SEEN]);
    assert_eq!(
        damage(&items),
        [(ErrorKind::NotAnEvent, 2), (ErrorKind::MissingField, 3)]
    );
    assert_eq!(
        messages(items),
        [
            "Failed to resolve service 'there' of type '_http._tcp' in domain 'local': Timeout reached",
            "something of the C library's own",
            "half a line",
        ]
    );
    assert_eq!(browser.exit_status().unwrap().code(), Some(7));
    assert!(browser.next().is_none());
    stage.assert_empty();
}

fn half_a_line_is_told() {
    let stage = Stage::new("dies-in-a-line");
    let mut browser = stage.browse().start().unwrap();
    let items: Vec<Item> = browser.by_ref().collect();
    assert_eq!(events(&items), [SEEN]);
    assert_eq!(damage(&items), [(ErrorKind::Incomplete, 2)]);
    let status = browser.exit_status().unwrap();
    assert_eq!((status.code(), status.signal()), (None, Some(6)));
    stage.assert_empty();
}

fn the_end_comes_with_the_status() {
    let stage = Stage::new("dies-at-once");
    let mut browser = stage.browse().start().unwrap();
    assert!(browser.next().is_none());
    assert_eq!(browser.exit_status().unwrap().code(), Some(3));
    stage.assert_empty();
}

fn first_event(browser: &mut Browser) -> String {
    match browser.next() {
        Some(Ok(Output::Event(event))) => event.to_string(),
        other => panic!("{other:?}"),
    }
}

fn dropping_it_ends_the_child() {
    for behaviour in ["never-ends", "flood", "closes-output"] {
        let stage = Stage::new(behaviour);
        for output in stage.browse().start().unwrap() {
            if output.is_ok() {
                break; // early, with the child still running
            }
        }
        stage.assert_empty();
    }
    for behaviour in ["ignores-sigterm", "prints-nothing"] {
        let stage = Stage::new(behaviour);
        let mut browser = stage.browse().start().unwrap();
        stage.wait_for_entrance();
        let soon = Instant::now() + Duration::from_millis(100);
        assert!(browser.next_until(soon).is_pending());
        within("ending it", TOLERANCE, || {
            browser = stage.browse().start().unwrap()
        });
        drop(browser);
        stage.assert_empty();
    }
}

fn a_panic_ends_the_child() {
    let stage = Stage::new("never-ends");
    let browse = stage.browse();
    let hook = panic::take_hook();
    let result = panic::catch_unwind(move || {
        let mut browser = browse.start().unwrap();
        first_event(&mut browser);
        panic::resume_unwind(Box::new("on purpose"));
    });
    panic::set_hook(hook);
    assert!(result.is_err());
    stage.assert_empty();
}

fn a_child_that_closed_its_output_is_ended() {
    let stage = Stage::new("closes-output");
    let mut browser = within("ending", Duration::from_secs(1), || {
        let mut browser = stage.browse().start().unwrap();
        assert_eq!(events(&browser.by_ref().collect::<Vec<_>>()), [SEEN]);
        browser
    });
    assert!(browser.next().is_none());
    assert_eq!(browser.exit_status().unwrap().signal(), Some(9));
    stage.assert_empty();
}

fn a_grandchild_does_not_hold_the_end_up() {
    let stage = Stage::new("grandchild");
    let (browser, items) = within("ending", Duration::from_secs(2), || {
        let mut browser = stage.browse().start().unwrap();
        let items: Vec<Item> = browser.by_ref().collect();
        (browser, items)
    });
    assert_eq!(events(&items), [SEEN]);
    assert_eq!(messages(items), ["a message"]);
    assert!(browser.exit_status().unwrap().success());
    stage.assert_empty();
}

fn raw_txt_is_not_held_for_long() {
    let stage = Stage::new("raw-txt");
    let event = within("starting and reading", TOLERANCE, || {
        first_event(&mut stage.browse().start().unwrap())
    });
    assert!(event.ends_with(r#";80;"path=C:\new""#), "{event}");
}

fn an_open_quote_is_told_in_the_end() {
    let stage = Stage::new("open-quote");
    let mut browser = stage.browse().start().unwrap();
    let item = browser.next().unwrap();
    assert_eq!(damage(&[item]), [(ErrorKind::UnclosedTxt, 1)]);
}

fn garbage_is_read_to_its_end() {
    let stage = Stage::new("garbage");
    let mut browser = stage.browse().start().unwrap();
    let mut bytes = 0;
    for item in browser.by_ref() {
        match item {
            Err(OwnedReadError::Line {
                bytes: line,
                offset,
                ..
            }) => bytes = offset + line.len() as u64,
            other => panic!("{other:?}"),
        }
    }
    assert!(bytes.abs_diff(100 << 20) <= 2, "{bytes}");
    assert!(browser.exit_status().unwrap().success());
}

fn an_endless_line_comes_in_pieces() {
    let stage = Stage::new("endless-line");
    let items: Vec<Item> = stage.browse().start().unwrap().collect();
    assert_eq!(damage(&items), [(ErrorKind::TooLong, 1); 400]);
}

fn a_reader_that_takes_its_time_loses_nothing() {
    let stage = Stage::new("talks");
    let mut browser = stage.browse().start().unwrap();
    // The child has ended long since when the first item is asked for.
    let pid = stage.wait_for_entrance();
    let stat = format!("/proc/{pid}/stat");
    while !fs::read_to_string(&stat).unwrap().contains(") Z ") {
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(300));
    let items: Vec<Item> = browser.by_ref().collect();
    assert_eq!(items.len(), 6, "{items:?}");
    assert_eq!(browser.exit_status().unwrap().code(), Some(7));
}

fn wait(stage: &Stage) -> Wait {
    Wait::new(stage.browse())
}

fn run(wait: Wait) -> Result<Vec<Found>, WaitError> {
    wait.run(|service, _| service.name == "there")
}

fn the_deadline_holds_whatever_the_child_does() {
    for behaviour in [
        "closes-output",
        "dies-at-once",
        "dies-in-a-line",
        "endless-line",
        "ends",
        "flood",
        "garbage",
        "grandchild",
        "ignores-sigterm",
        "never-ends",
        "no-daemon",
        "open-quote",
        "prints-nothing",
    ] {
        let timeout = Duration::from_millis(700);
        within(behaviour, timeout + TOLERANCE, || {
            let stage = Stage::new(behaviour);
            match run(wait(&stage).timeout(timeout)) {
                Err(WaitError::TimedOut {
                    found: 0,
                    wanted: 1,
                    timeout: told,
                    ..
                }) => {
                    assert_eq!(told, timeout);
                }
                other => panic!("{behaviour}: {other:?}"),
            }
            stage.assert_empty();
        });
    }
}

fn a_missing_program_is_told_at_once() {
    let browse = Browse::service_type("_http._tcp").program("/nowhere/avahi-browse");
    assert_eq!(browse.start().unwrap_err().kind(), io::ErrorKind::NotFound);
    let error = run(Wait::new(browse)).unwrap_err();
    let text = error.to_string();
    assert!(
        matches!(error, WaitError::Hopeless(Hopeless::Start { .. })),
        "{error:?}"
    );
    assert!(
        text.starts_with("cannot run /nowhere/avahi-browse: No such file or directory"),
        "{text}"
    );
    assert!(text.contains("avahi-utils"), "{text}");
}

fn a_program_that_cannot_be_executed_is_told_at_once() {
    let stage = Stage::new("never-ends");
    let refused = |text: &[u8], mode| {
        let file = stage.program().with_extension("no-program");
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        match run(Wait::new(stage.browse().program(&file))) {
            Err(WaitError::Hopeless(Hopeless::Start { source, .. })) => source.to_string(),
            other => panic!("{other:?}"),
        }
    };
    assert!(refused(b"#!/bin/sh\n", 0o644).contains("Permission denied"));
    assert!(refused(b"no program\n", 0o755).contains("Exec format error"));
    let folder = run(Wait::new(stage.browse().program(Path::new("/proc"))));
    assert!(
        matches!(folder, Err(WaitError::Hopeless(Hopeless::Start { .. }))),
        "{folder:?}"
    );
}

fn an_invalid_type_is_told_at_once() {
    let stage = Stage::new("never-ends");
    for service_type in ["_http", "http", "", "-a", "http._tcp", "._tcp"] {
        let error = run(Wait::new(stage.browse_type(service_type))).unwrap_err();
        assert!(
            matches!(error, WaitError::Hopeless(Hopeless::ServiceType { .. })),
            "{service_type}: {error:?}"
        );
    }
    assert!(stage.pids().is_empty(), "nothing was run");

    let stage = Stage::new("invalid-type");
    let error = run(wait(&stage)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "avahi-browse refuses: avahi_service_browser_new() failed: Invalid service type"
    );
    assert_eq!(stage.pids().len(), 1);
    stage.assert_empty();
}

fn a_forged_message_does_not_end_the_wait() {
    let stage = Stage::new("forges");
    let timeout = Duration::from_secs(1);
    let result = Wait::new(stage.browse()).timeout(timeout).run(|_, _| true);
    assert!(
        matches!(result, Err(WaitError::TimedOut { found: 0, .. })),
        "{result:?}"
    );
    assert!(stage.pids().len() > 1);
}

fn it_tries_again_until_it_is_there() {
    let stage = Stage::new("dies-twice");
    let mut pauses = Vec::new();
    let found = wait(&stage).run_observed(
        |service, _| service.name == "there",
        |step| {
            if let Some(Step::Retry { trouble, pause, .. }) = step {
                assert_eq!(
                    trouble.to_string(),
                    "avahi-browse ended with exit status: 1: \
                     Failed to create client object: Daemon not running"
                );
                pauses.push(pause.as_millis());
            }
            ControlFlow::Continue(())
        },
    );
    let found = found.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].best().to_string(),
        "=;eth0;IPv4;there;_http._tcp;local;there.local;192.0.2.7;80;"
    );
    assert_eq!(pauses, [100, 200]);
    assert_eq!(stage.pids().len(), 3);
    stage.assert_empty();
}

fn it_looks_again_where_txt_may_change() {
    let stage = Stage::new("not-ready");
    let is_ready = |txt: &avahi_events::Txt<'_>| {
        let state = txt.get("state").and_then(|it| it.value());
        state.is_some_and(|it| it == "ready")
    };
    let found = wait(&stage)
        .timeout(Duration::from_secs(60))
        .run(|_, endpoint| is_ready(&endpoint.txt));
    assert_eq!(found.unwrap().len(), 1);
    assert_eq!(stage.pids().len(), 2);
}

fn it_does_without_a_type_database() {
    let stage = Stage::new("no-database");
    let found = run(wait(&stage).timeout(Duration::from_secs(30))).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(stage.pids().len(), 2);
}

fn a_timeout_tells_the_last_trouble() {
    let stage = Stage::new("no-daemon");
    match run(wait(&stage).timeout(Duration::from_millis(500))) {
        Err(
            error @ WaitError::TimedOut {
                trouble: Some(Trouble::Ended { .. }),
                ..
            },
        ) => {
            assert_eq!(
                error.to_string(),
                "0 of 1 services found in 500ms; avahi-browse ended with exit status: 1: \
                 Failed to create client object: Daemon not running"
            );
        }
        other => panic!("{other:?}"),
    }
    // After 0, 100 and 300 ms.
    assert!(stage.pids().len() <= 3);
}

fn a_better_address_is_waited_for() {
    let found_by = |behaviour, service_type| {
        let stage = Stage::new(behaviour);
        let found = run(Wait::new(stage.browse_type(service_type))).unwrap();
        let address =
            |it: &avahi_events::EventBuf| it.event().endpoint().unwrap().address.to_string();
        found[0].places().iter().map(address).collect::<Vec<_>>()
    };
    let addresses = |service_type| found_by("link-local-first", service_type);
    assert_eq!(
        addresses("_both._tcp"),
        ["192.0.2.7", "fe80::1", "127.0.0.1"]
    );
    assert_eq!(
        found_by("asked-again", "_http._tcp"),
        ["192.0.2.7", "fe80::1"]
    );
    assert_eq!(addresses("_late._tcp"), addresses("_both._tcp"));
    assert_eq!(addresses("_poor._tcp"), ["fe80::1", "127.0.0.1"]);
}

fn the_observer_can_stop_it() {
    for behaviour in ["prints-nothing", "no-daemon", "flood"] {
        let stage = Stage::new(behaviour);
        let start = Instant::now();
        let result = wait(&stage).run_observed(
            |_, _| false,
            |_| match start.elapsed() < Duration::from_millis(300) {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            },
        );
        assert!(
            matches!(result, Err(WaitError::Stopped)),
            "{behaviour}: {result:?}"
        );
        stage.assert_empty();
    }
}

/// Measures, and asserts only what is found.
fn the_answer_comes_soon() {
    let stage = Stage::new("settles");
    for _ in 0..3 {
        let found = run(wait(&stage)).unwrap();
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap();
        let event = found[0].best().event();
        let nanos = event
            .endpoint()
            .unwrap()
            .txt
            .get("nanos")
            .unwrap()
            .value()
            .unwrap();
        let nanos: u128 = nanos.to_str().unwrap().parse().unwrap();
        let took = Duration::from_nanos((now.as_nanos() - nanos) as u64);
        println!("from the line to the answer of the library: {took:?}");
    }
    let message = MessageBuf::new(b"");
    assert!(message.message().is_none());
    let mut browser = stage.browse().start().unwrap();
    first_event(&mut browser);
    assert!(matches!(browser.next_until(Instant::now()), Poll::Pending));
}
