//! What the types promise, beside what they hold.

use avahi_events::{
    BrowseDomain, Directory, Endpoint, ErrorKind, Event, EventBuf, Events, Field, Instance,
    Interface, Kind, Label, Labels, LineError, Message, Name, OwnedReadError, ParseError, Place,
    Protocol, ReadError, Reader, Record, RecordBuf, Records, Service, ServiceType, ServiceTypes,
    Stamp, StampFormat, Stamps, Txt, TxtDialect, TxtOrder, TxtString, TxtStrings, Unescape, Update,
    browse::{Browse, Browser, Found, MessageBuf, Persistent, Wait, WaitError},
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
    shared::<(ErrorKind, Field, Kind, Protocol)>();
    shared::<(Stamp<'_>, StampFormat, Stamps)>();
    shared::<(Labels<'_>, TxtStrings<'_>, Unescape<'_>)>();
    shared::<(TxtDialect, TxtOrder)>();
    shared::<(ServiceTypes, RecordBuf)>();
    shared::<(ReadError<'_>, OwnedReadError)>();
    shared::<(Directory, Update<'_>, Instance<'_>, Place<'_>)>();
    shared::<(Browse, Wait, WaitError, Found, MessageBuf)>();
    #[cfg(feature = "tokio")]
    shared::<avahi_events::RecordDecoder>();
    #[cfg(feature = "report")]
    shared::<(avahi_events::report::Session, avahi_events::report::Report)>();
    #[cfg(feature = "arrow")]
    shared::<avahi_events::arrow::BatchBuilder>();
}

/// What runs a child has its output from threads, and is one thread's at a
/// time.
#[test]
fn what_runs_can_be_handed_to_a_thread() {
    fn sent<T: Send + Unpin>() {}
    sent::<Browser>();
    sent::<Persistent>();
    #[cfg(feature = "tokio")]
    sent::<avahi_events::browse::BrowserStream>();
}

/// Once they have ended, they stay so.
#[test]
fn iterators_are_fused() {
    fn fused<T: std::iter::FusedIterator>() {}
    fused::<Events<'_>>();
    fused::<Records<'_>>();
    fused::<Labels<'_>>();
    fused::<TxtStrings<'_>>();
    fused::<Unescape<'_>>();
    fused::<Browser>();
    fused::<avahi_events::IntoEvents<std::io::Empty>>();
}

/// What tells things apart can be a key.
#[test]
fn keys_of_maps() {
    fn key<T: std::hash::Hash + Eq>() {}
    key::<(Event<'_>, EventBuf, Message<'_>, MessageBuf)>();
    key::<(Record<'_>, RecordBuf)>();
    key::<(LineError<'_>, ParseError, ErrorKind, Field)>();
    key::<(Kind, Protocol, Stamp<'_>, StampFormat, Stamps)>();
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
