//! What the types promise, beside what they hold.

use avahi_events::{
    BrowseDomain, Endpoint, Event, EventBuf, Events, Interface, Label, LineError, Message, Name,
    ParseError, Reader, Record, Records, Service, ServiceType, Txt, TxtString,
};

fn shared<T: Send + Sync + Unpin>() {}

#[test]
fn all_can_be_shared_between_threads() {
    shared::<Event<'_>>();
    shared::<EventBuf>();
    shared::<Service<'_>>();
    shared::<Endpoint<'_>>();
    shared::<BrowseDomain<'_>>();
    shared::<Interface<'_>>();
    shared::<Label<'_>>();
    shared::<Name<'_>>();
    shared::<ServiceType<'_>>();
    shared::<Txt<'_>>();
    shared::<TxtString<'_>>();
    shared::<Message<'_>>();
    shared::<ParseError>();
    shared::<LineError<'_>>();
    shared::<Record<'_>>();
    shared::<Records<'_>>();
    shared::<Events<'_>>();
    shared::<Reader<std::io::Empty>>();
}

fn copied<T: Copy>() {}

#[test]
fn what_borrows_is_copied() {
    copied::<Event<'_>>();
    copied::<ParseError>();
    copied::<LineError<'_>>();
    copied::<Record<'_>>();
}

/// They are handed on by value, a record at a time: what they weigh is felt.
#[cfg(target_pointer_width = "64")]
#[test]
fn they_stay_small() {
    assert!(size_of::<ParseError>() <= 32);
    assert!(size_of::<Event<'_>>() <= 256);
    assert!(size_of::<Record<'_>>() <= 296);
}

#[test]
fn errors_are_errors() {
    fn error<E: std::error::Error + Send + Sync + 'static>(_: E) {}
    error(Event::parse(b"").unwrap_err());
    fn borrowed_error<E: std::error::Error>(_: E) {}
    borrowed_error(avahi_events::events(b"\n").next().unwrap().unwrap_err());
}
