//! The stream of tokio with a stand-in for `avahi-browse`.

use std::{os::unix::process::ExitStatusExt as _, path::Path, time::Duration};

use avahi_events::browse::{BrowserStream, Output};
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::{runtime, time::sleep};

use crate::stage::{Stage, within};

pub const TESTS: &[(&str, fn())] = &[
    (
        "a_stream_gives_what_the_iterator_gives",
        a_stream_gives_what_the_iterator_gives,
    ),
    (
        "dropping_the_stream_ends_the_child",
        dropping_the_stream_ends_the_child,
    ),
    (
        "a_stream_ends_a_child_that_closed_its_output",
        a_stream_ends_a_child_that_closed_its_output,
    ),
    (
        "a_grandchild_does_not_hold_the_stream_up",
        a_grandchild_does_not_hold_the_stream_up,
    ),
    (
        "a_stream_does_not_hold_raw_txt_for_long",
        a_stream_does_not_hold_raw_txt_for_long,
    ),
    (
        "a_stream_that_is_not_waited_for_loses_nothing",
        a_stream_that_is_not_waited_for_loses_nothing,
    ),
    (
        "a_stream_of_a_flood_can_be_left",
        a_stream_of_a_flood_can_be_left,
    ),
];

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(future)
}

async fn first_event(stream: &mut BrowserStream) -> String {
    match stream.next().await {
        Some(Ok(Output::Event(event))) => event.to_string(),
        other => panic!("{other:?}"),
    }
}

/// Waits until a process is gone, and reaped.
async fn gone(pid: u32) {
    while Path::new("/proc").join(pid.to_string()).exists() {
        sleep(Duration::from_millis(1)).await;
    }
}

fn a_stream_gives_what_the_iterator_gives() {
    for behaviour in ["ends", "talks", "dies-at-once", "dies-in-a-line", "forges"] {
        let stage = Stage::new(behaviour);
        let mut browser = stage.browse().start().unwrap();
        // Standard output and standard error have no order between them.
        let sorted = |mut items: Vec<String>| {
            items.sort();
            items
        };
        let items = sorted(browser.by_ref().map(|it| format!("{it:?}")).collect());
        block_on(async {
            let mut stream = stage.browse().stream().unwrap();
            let streamed: Vec<_> = stream.by_ref().collect().await;
            let streamed = streamed.iter().map(|it| format!("{it:?}")).collect();
            assert_eq!(sorted(streamed), items, "{behaviour}");
            assert!(stream.next().await.is_none());
            assert_eq!(stream.exit_status(), browser.exit_status(), "{behaviour}");
        });
        stage.assert_empty();
    }
}

fn dropping_the_stream_ends_the_child() {
    for behaviour in ["never-ends", "closes-output", "flood"] {
        let stage = Stage::new(behaviour);
        block_on(async {
            let mut stream = stage.browse().stream().unwrap();
            let event = first_event(&mut stream).await;
            assert!(event.starts_with('+'), "{event}");
            let pid = stream.id().unwrap();
            drop(stream);
            gone(pid).await;
        });
        stage.assert_empty();
    }
    let stage = Stage::new("ignores-sigterm");
    block_on(async {
        let stream = stage.browse().stream().unwrap();
        let pid = stage.wait_for_entrance();
        drop(stream);
        gone(pid).await;
    });
}

fn a_stream_ends_a_child_that_closed_its_output() {
    within("the end of the stream", Duration::from_secs(1), || {
        let stage = Stage::new("closes-output");
        block_on(async {
            let mut stream = stage.browse().stream().unwrap();
            first_event(&mut stream).await;
            assert!(stream.next().await.is_none());
            assert_eq!(stream.exit_status().unwrap().signal(), Some(9));
        });
        stage.assert_empty();
    });
}

fn a_grandchild_does_not_hold_the_stream_up() {
    within("the end of the stream", Duration::from_secs(1), || {
        let stage = Stage::new("grandchild");
        block_on(async {
            let mut stream = stage.browse().stream().unwrap();
            assert_eq!(stream.by_ref().count().await, 2);
            assert!(stream.exit_status().unwrap().success());
        });
    });
}

fn a_stream_does_not_hold_raw_txt_for_long() {
    let stage = Stage::new("raw-txt");
    let event = block_on(async { first_event(&mut stage.browse().stream().unwrap()).await });
    assert!(event.ends_with(r#";80;"path=C:\new""#), "{event}");
    let stage = Stage::new("open-quote");
    block_on(async {
        let item = stage.browse().stream().unwrap().next().await.unwrap();
        let error = item.unwrap_err().to_string();
        assert!(error.contains("the quote that opens"), "{error}");
    });
}

fn a_stream_that_is_not_waited_for_loses_nothing() {
    let stage = Stage::new("settles");
    block_on(async {
        let mut stream = stage.browse().stream().unwrap();
        let mut signs = String::new();
        while signs != "+=" {
            // Whoever waits turns to something else again and again.
            if let Some(Some(Ok(Output::Event(event)))) = stream.next().now_or_never() {
                signs.push(event.event().kind().sign());
            }
            sleep(Duration::from_millis(1)).await;
        }
    });
}

fn a_stream_of_a_flood_can_be_left() {
    let stage = Stage::new("flood");
    block_on(async {
        let mut stream = stage.browse().stream().unwrap();
        let counted = async {
            let mut count = 0_u64;
            while let Some(item) = stream.next().await {
                item.unwrap();
                count += 1;
            }
            count
        };
        let timeout = tokio::time::timeout(Duration::from_millis(300), counted);
        assert!(timeout.await.is_err(), "it has no end");
        drop(stream);
        for pid in stage.pids() {
            gone(pid).await; // tokio reaps it in its own time
        }
    });
    stage.assert_empty();
}
