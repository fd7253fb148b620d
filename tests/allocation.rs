//! Reading allocates nothing: an allocator that counts says so.

mod common;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use avahi_events::{EventBuf, Label, events};

struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: hands everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(work: impl FnOnce()) -> usize {
    let before = COUNT.with(Cell::get);
    work();
    COUNT.with(Cell::get) - before
}

#[test]
fn the_allocator_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
}

#[test]
fn events_are_read_without_allocating() {
    for name in common::capture_names() {
        let capture = common::capture(&name);
        let mut found = 0;
        let count = allocations(|| {
            for event in events(&capture).flatten() {
                let Some(service) = event.service() else {
                    continue;
                };
                found += usize::from(service.name == "quote \" back\\slash dot. semi; tab\there");
                if let Some(endpoint) = event.endpoint() {
                    found += endpoint.txt.strings().count();
                    found += usize::from(
                        endpoint
                            .txt
                            .get("note")
                            .is_some_and(|it| it.value().unwrap() != ""),
                    );
                    found += endpoint
                        .host
                        .labels()
                        .filter(|label| *label == "local")
                        .count();
                }
            }
        });
        assert_eq!(count, 0, "{name}");
        if name.contains(".arpt") {
            assert!(found > 200, "{name}: {found}");
        }
    }
}

#[test]
fn what_needs_no_decoding_is_borrowed() {
    let count = allocations(|| {
        assert_eq!(Label::new(b"printer").to_str().unwrap(), "printer");
        assert_eq!(Label::new(br"odd\escape\25").decode().len(), 13);
    });
    assert_eq!(count, 0);
}

#[test]
fn an_owned_event_is_one_allocation() {
    let line = br#"=;eth0;IPv4;a\032b;_http._tcp;local;a.local;192.0.2.1;80;"a=b" "c""#;
    let mut kept = None;
    assert_eq!(allocations(|| kept = EventBuf::parse(line).ok()), 1);
    let kept = kept.unwrap();
    assert_eq!(
        allocations(|| assert!(kept.event().service().unwrap().name == "a b")),
        0
    );
}
