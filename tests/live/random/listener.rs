//! What `avahi-browse` says, held against what was published.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::BufReader,
    process::ChildStdout,
    sync::mpsc::{Receiver, channel},
    thread,
    time::Instant,
};

use avahi_events::{
    Endpoint, Event, EventBuf, Interface, OwnedReadError, Protocol, Reader, TxtDialect,
};

use super::service::Service;
use crate::host::LONG;

/// The events that a program prints, read as they come.
pub struct Events(Receiver<Result<EventBuf, OwnedReadError>>);

impl Events {
    pub fn new(input: ChildStdout) -> Self {
        let (sender, events) = channel();
        thread::spawn(move || {
            for event in Reader::new(BufReader::new(input)).into_events() {
                if sender.send(event).is_err() {
                    break;
                }
            }
        });
        Self(events)
    }

    /// The next one; `None` after the last. Whatever is no event is an error.
    #[track_caller]
    pub fn next(&self, deadline: Instant) -> Option<EventBuf> {
        use std::sync::mpsc::RecvTimeoutError::{Disconnected, Timeout};

        let left = deadline.saturating_duration_since(Instant::now());
        match self.0.recv_timeout(left) {
            Ok(event) => Some(event.unwrap()),
            Err(Disconnected) => None,
            Err(Timeout) => panic!("no more events within {LONG:?}"),
        }
    }
}

/// How a service looks from a host: its name and type, and over what.
type Seen = (String, &'static str, Protocol);

/// The host that a service is on, as printed, and its addresses.
pub type Place<'s> = (&'s str, &'s [String]);

/// Services that are to be seen, and those that were.
pub struct Expected<'s> {
    services: BTreeMap<(&'s str, &'static str), (&'s Service, Place<'s>)>,
    protocols: &'static [Protocol],
    pub added: BTreeSet<Seen>,
    pub resolved: BTreeSet<Seen>,
    pub removed: BTreeSet<Seen>,
}

impl<'s> Expected<'s> {
    pub fn new(
        services: impl Iterator<Item = (&'s Service, Place<'s>)>,
        protocols: &'static [Protocol],
    ) -> Self {
        let services = services.map(|it| ((&*it.0.name, it.0.service_type), it));
        Self {
            services: services.collect(),
            protocols,
            added: BTreeSet::new(),
            resolved: BTreeSet::new(),
            removed: BTreeSet::new(),
        }
    }

    /// How many there are of each kind of event, if all goes well.
    pub fn total(&self) -> usize {
        self.services.len() * self.protocols.len()
    }

    /// Holds an event against what was published.
    #[track_caller]
    pub fn check(&mut self, event: &EventBuf) {
        let line = event.to_string();
        let event = event.event();
        let service = event.service().unwrap();
        assert_eq!(service.interface, Interface::Named(b"eth0"), "{line}");
        assert!(service.domain == "local", "{line}");
        let protocol = service.protocol.unwrap();
        assert!(self.protocols.contains(&protocol), "{line}");
        let name = service.name.to_str().unwrap();
        let service_type = service.service_type.dns_type().unwrap();
        let published = self.services.get(&(&*name, service_type));
        let Some(&(published, place)) = published else {
            panic!("nobody published this: {line}");
        };
        let seen = (name.into_owned(), published.service_type, protocol);
        match event {
            Event::Add(_) => assert!(self.added.insert(seen), "once more: {line}"),
            Event::Resolve(_, endpoint) => {
                assert!(self.added.contains(&seen), "not yet there: {line}");
                same_endpoint(&endpoint, published, place, &line);
                assert!(self.resolved.insert(seen), "once more: {line}");
            }
            Event::Remove(_) => {
                assert!(self.added.contains(&seen), "not yet there: {line}");
                assert!(self.removed.insert(seen), "once more: {line}");
            }
            _ => panic!("not about a service: {line}"),
        }
    }
}

#[track_caller]
fn same_endpoint(
    endpoint: &Endpoint<'_>,
    published: &Service,
    (host, addresses): Place<'_>,
    line: &str,
) {
    assert!(endpoint.host == host, "not on {host}: {line}");
    let address = endpoint.address.to_string();
    assert!(addresses.contains(&address), "not at {addresses:?}: {line}");
    assert_eq!(endpoint.port, published.port, "{line}");
    assert_eq!(endpoint.txt.dialect(), TxtDialect::Escaped, "{line}");
    // Avahi leaves empty strings out, and up to 0.9-rc3 hands the others over
    // last first.
    let strings = endpoint.txt.strings().map(|it| it.decode().into_owned());
    let mut strings: Vec<_> = strings.collect();
    strings.reverse();
    let mut sent = published.txt.clone();
    sent.retain(|string| !string.is_empty());
    assert_eq!(strings, sent, "{line}");
}
