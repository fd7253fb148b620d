//! Who is here now: the services that events and messages leave behind.

mod change;
mod entry;
mod interfaces;
mod keep;
mod kept;
mod key;
mod vanished;

use std::{boxed::Box, collections::HashMap, vec::Vec};

pub use self::{
    change::{Change, Update},
    entry::{Instance, InstanceId, Place},
};
use self::{
    entry::Slot,
    interfaces::{InterfaceId, Interfaces},
    key::Recent,
    vanished::Burst,
};
use crate::{
    event::{Endpoint, Event, Interface, Protocol, Service},
    label::{Label, Name},
    message::Message,
    service_type::{ServiceType, ServiceTypes},
};

/// The services that are here now, as the events so far tell it.
///
/// A service is one name, type and domain, compared as DNS does it; it is seen
/// at one or more places, each an interface and a protocol. It is here until
/// its last place goes.
///
/// ```
/// use avahi_events::{Change, Directory, Event};
///
/// let mut directory = Directory::new();
/// let mut feed = |line: &str| directory.feed(&Event::try_from(line).unwrap()).change;
/// assert_eq!(feed("+;eth0;IPv6;printer;_ipp._tcp;local"), Change::Appeared);
/// assert_eq!(feed("+;eth0;IPv4;Printer;_ipp._tcp;local"), Change::Found);
/// assert_eq!(
///     feed("=;eth0;IPv4;printer;_ipp._tcp;local;p.local;192.0.2.7;631;"),
///     Change::Resolved
/// );
/// assert_eq!(feed("-;eth0;IPv6;printer;_ipp._tcp;local"), Change::Left);
///
/// let printer = directory.services().next().unwrap();
/// assert!(printer.name() == "printer");
/// assert_eq!(printer.endpoint().unwrap().port, 631);
/// assert_eq!(printer.places().count(), 1);
/// ```
///
/// # When browsing begins anew
///
/// After `Disconnected, reconnecting ...` all services are forgotten; Avahi
/// announces each that is still there again, which is a [`Change::Returned`].
/// Where the messages were not kept, a `+` of what is here already shows the
/// same. The services that the `+` right before it brought may then have come
/// before or after; they are kept, unless the repeated one is among them.
///
/// # When an interface vanishes
///
/// Avahi then prints a `-` for each service on it, and `(null)` for its name.
/// Such events are taken together: the interface is one that all these services
/// were seen on. While there are several of that kind, the one with the fewest
/// other services is taken to be meant, until a later event names it, which
/// then was another. So a service's places can change by an event about
/// another service; whether it is here at all does not.
///
/// # Memory
///
/// It grows with the services and places that are here, and those that were
/// when browsing last began anew; not with the number of events.
/// [`keeping_gone`](Self::keeping_gone) makes one that keeps all.
#[cfg_attr(docsrs, doc(cfg(feature = "std")))]
#[derive(Debug, Default)]
pub struct Directory {
    slots: Vec<Slot>,
    numbers: HashMap<Box<[u8]>, u32>,
    free: Vec<u32>,
    interfaces: Interfaces,
    /// How many services are here.
    here: usize,
    /// How often browsing began anew. What is of an earlier beginning was
    /// forgotten.
    beginning: u32,
    /// The services seen since, and those seen before: what has not returned
    /// by the next beginning is dropped.
    seen: Vec<u32>,
    seen_before: Vec<u32>,
    /// The process has ended: the next `+` is of a new one.
    ended: bool,
    /// What the `+` events that came right one after another have brought.
    run: Vec<(u32, InterfaceId, Option<Protocol>)>,
    burst: Option<Burst>,
    /// How many places where it no longer is are kept of a service.
    gone_places: usize,
    keeps_gone: bool,
    /// The services that places were taken from which may be dropped.
    left: Vec<u32>,
    types: Option<ServiceTypes>,
    recent: Recent,
    /// The key of the service at hand.
    key: Vec<u8>,
}

/// How many places where a service no longer is are kept at most, of each
/// service, by a directory that keeps them.
const GONE_PLACES: usize = 256;

impl Directory {
    /// One that knows of no services.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One that keeps the services that are gone, and up to 256 places of each
    /// where it no longer is, the last ones. Their [`InstanceId`]s stay theirs.
    ///
    /// ```
    /// use avahi_events::{Directory, Event};
    ///
    /// let mut directory = Directory::keeping_gone();
    /// for line in ["+;eth0;IPv4;a;_ipp._tcp;local", "-;eth0;IPv4;a;_ipp._tcp;local"] {
    ///     directory.feed(&Event::try_from(line)?);
    /// }
    /// assert_eq!(directory.services().count(), 0);
    /// assert!(!directory.known().next().unwrap().is_here());
    /// # Ok::<(), avahi_events::ParseError>(())
    /// ```
    #[must_use]
    pub fn keeping_gone() -> Self {
        Self {
            keeps_gone: true,
            gone_places: GONE_PLACES,
            ..Self::default()
        }
    }

    /// The same, for service types that were printed in a language that these
    /// display names are of; otherwise the English ones are known.
    #[must_use]
    pub fn with_types(mut self, types: ServiceTypes) -> Self {
        self.types = Some(types);
        self
    }

    /// How many services are here.
    #[must_use]
    pub fn len(&self) -> usize {
        self.here
    }

    /// Whether no service is here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.here == 0
    }

    /// The services that are here, in no certain order.
    pub fn services(&self) -> impl Iterator<Item = Instance<'_>> {
        self.known().filter(Instance::is_here)
    }

    /// All services that are known, also those that are gone or forgotten, if
    /// they are kept: by number.
    pub fn known(&self) -> impl Iterator<Item = Instance<'_>> {
        (0..self.slots.len() as u32).filter_map(|id| self.instance(id))
    }

    /// Hands out all services that are known, by number, and keeps none: so
    /// there is room for what is made of them.
    #[cfg(feature = "report")]
    pub(crate) fn into_known(mut self, mut each: impl FnMut(Instance<'_>)) {
        self.numbers = HashMap::new();
        for id in 0..self.slots.len() {
            if let Some(instance) = self.instance(id as u32) {
                each(instance);
            }
            self.slots[id].entry = None;
        }
    }

    /// The service with this name, type and domain, if it is here.
    ///
    /// ```
    /// use avahi_events::{Directory, Event, Label, Name, ServiceType};
    ///
    /// let mut directory = Directory::new();
    /// directory.feed(&Event::try_from("+;eth0;IPv4;printer;_ipp._tcp;local")?);
    /// let find = |name| {
    ///     let service_type = ServiceType::new(b"_ipp._tcp");
    ///     directory.get(&Label::new(name), service_type, Name::new(b"local"))
    /// };
    /// assert!(find(b"Printer").is_some());
    /// assert!(find(b"scanner").is_none());
    /// # Ok::<(), avahi_events::ParseError>(())
    /// ```
    #[must_use]
    pub fn get(
        &self,
        name: &Label<'_>,
        service_type: ServiceType<'_>,
        domain: Name<'_>,
    ) -> Option<Instance<'_>> {
        let mut key = Vec::new();
        key::write(&mut key, self.types.as_ref(), name, service_type, domain);
        let id = *self.numbers.get(&*key)?;
        self.instance(id).filter(Instance::is_here)
    }

    fn instance(&self, id: u32) -> Option<Instance<'_>> {
        let entry = self.entry(id)?;
        Some(Instance {
            directory: self,
            entry,
            id,
        })
    }

    /// Takes an event in, and says what it changed.
    pub fn feed(&mut self, event: &Event<'_>) -> Update<'_> {
        self.drop_what_left();
        match event {
            Event::Add(service) => self.add(service),
            Event::Resolve(service, endpoint) => self.resolve(service, endpoint),
            Event::Remove(service) => self.remove(service),
            _ => self.update(Change::Nothing, None, None),
        }
    }

    /// Takes a message in, and says what it changed.
    ///
    /// ```
    /// use avahi_events::{Change, Directory, Event, Message};
    ///
    /// let seen = Event::try_from("+;eth0;IPv4;printer;_ipp._tcp;local")?;
    /// let mut directory = Directory::new();
    /// directory.feed(&seen);
    /// let lost = Message::parse(b"Disconnected, reconnecting ...").unwrap();
    /// assert_eq!(directory.feed_message(&lost).change, Change::Forgotten);
    /// assert!(directory.is_empty());
    /// assert_eq!(directory.feed(&seen).change, Change::Returned);
    /// # Ok::<(), avahi_events::ParseError>(())
    /// ```
    pub fn feed_message(&mut self, message: &Message<'_>) -> Update<'_> {
        self.drop_what_left();
        match message {
            Message::Disconnected => {
                self.begin_anew();
                Update {
                    restarted: true,
                    ..self.update(Change::Forgotten, None, None)
                }
            }
            Message::FailedResolve {
                name,
                service_type,
                domain,
                ..
            } => {
                self.run.clear();
                let id = self.find(name, *service_type, *domain);
                match id.filter(|&id| self.entry(id).is_some_and(|it| it.is_here(self.beginning))) {
                    Some(id) => self.update(Change::ResolveFailed, Some(id), None),
                    None => self.update(Change::NotHere, None, None),
                }
            }
            // The process has ended, or another one begins. What was here is
            // known until that one shows something else.
            Message::Signal { .. }
            | Message::ClientFailure { .. }
            | Message::BrowserFailure { .. }
            | Message::NoClient { .. }
            | Message::Server { .. }
            | Message::Header => {
                self.ended = !self.seen.is_empty();
                self.update(Change::Nothing, None, None)
            }
            _ => self.update(Change::Nothing, None, None),
        }
    }

    fn update(&self, change: Change, service: Option<u32>, place: Option<usize>) -> Update<'_> {
        Update {
            change,
            restarted: false,
            unannounced: false,
            service: service.and_then(|id| self.instance(id)),
            place,
        }
    }

    fn add(&mut self, service: &Service<'_>) -> Update<'_> {
        let mut restarted = self.ended;
        if restarted {
            self.begin_anew();
        }
        let id = self.number(service);
        let (mut interface, mut position) = self.spot(id, service);
        self.named(interface, Some((id, service.protocol)));

        let beginning = self.beginning;
        if let Some(entry) = self.entry_mut(id) {
            let spot = &mut entry.spots[position];
            if spot.is_here(beginning) {
                if spot.unannounced || spot.doubtful {
                    spot.unannounced = false;
                    spot.doubtful = false;
                    return self.update(Change::Nothing, Some(id), Some(position));
                }
                restarted = true;
                self.begin_anew_after_run((id, interface, service.protocol));
                (interface, position) = self.spot(id, service);
            }
        }
        let change = self.enter(id, position, false);
        self.run.push((id, interface, service.protocol));
        Update {
            restarted,
            ..self.update(change, Some(id), Some(position))
        }
    }

    fn resolve(&mut self, service: &Service<'_>, endpoint: &Endpoint<'_>) -> Update<'_> {
        self.run.clear();
        if service.interface == Interface::Gone {
            let place = self.find_place(service);
            if !place.is_some_and(|(id, position)| self.is_here(id, position)) {
                // It was announced at a place whose name is not known any more.
                return self.update(Change::Nothing, None, None);
            }
        }
        let id = self.number(service);
        let (interface, position) = self.spot(id, service);
        self.named(interface, None);
        let announced = self.is_here(id, position);
        let entered = (!announced).then(|| self.enter(id, position, true));
        let resolved = self.set_endpoint(id, position, endpoint);
        Update {
            unannounced: !announced,
            ..self.update(entered.unwrap_or(resolved), Some(id), Some(position))
        }
    }

    fn remove(&mut self, service: &Service<'_>) -> Update<'_> {
        self.run.clear();
        if service.interface == Interface::Gone {
            let id = match self.keeps_gone {
                true => Some(self.number(service)),
                false => self.find(&service.name, service.service_type, service.domain),
            };
            return match id {
                Some(id) => self.remove_vanished(id, service.protocol),
                None => self.update(Change::NotHere, None, None),
            };
        }
        if let Some(interface) = self.interfaces.find(service.interface) {
            self.named(interface, None);
        }
        let found = match self.keeps_gone {
            // Where it is not known, it was there before the capture began.
            true => {
                let id = self.number(service);
                Some((id, self.spot(id, service).1))
            }
            false => self.find_place(service),
        };
        let Some((id, position)) = found else {
            return self.update(Change::NotHere, None, None);
        };
        let change = match self.is_here(id, position) {
            true => self.leave(id, position),
            false => Change::NotHere,
        };
        self.update(change, Some(id), Some(position))
    }

    /// Whether the service is here, at this of its places.
    fn is_here(&self, id: u32, position: usize) -> bool {
        let entry = self.entry(id);
        entry.is_some_and(|entry| entry.spots[position].is_here(self.beginning))
    }

    /// The service's number and the position of its place, if both are known.
    fn find_place(&mut self, service: &Service<'_>) -> Option<(u32, usize)> {
        let id = self.find(&service.name, service.service_type, service.domain)?;
        let interface = self.interfaces.find(service.interface)?;
        let position = self.entry(id)?.position(interface, service.protocol)?;
        Some((id, position))
    }
}
