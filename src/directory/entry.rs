//! What is kept of a service and of the places it was seen at.

use core::fmt;
use std::{boxed::Box, vec::Vec};

use super::{
    Directory,
    interfaces::InterfaceId,
    kept::{Named, Resolved},
};
use crate::{
    event::{Endpoint, Interface, Protocol, Service},
    label::{Label, Name},
    service_type::ServiceType,
};

/// What has a number: a service, or none at present.
#[derive(Debug, Default)]
pub(super) struct Slot {
    pub(super) entry: Option<Entry>,
    /// The beginning in which the number is among those that were seen.
    pub(super) listed: Option<u32>,
}

/// One service, wherever it was seen.
#[derive(Debug)]
pub(super) struct Entry {
    /// As it was first printed.
    pub(super) named: Named,
    pub(super) spots: Vec<Spot>,
    /// At how many places it is here, if `beginning` is the present one; else
    /// at how many it was when that one ended.
    pub(super) here: usize,
    pub(super) beginning: Option<u32>,
}

/// A service at one place.
#[derive(Debug)]
pub(super) struct Spot {
    pub(super) interface: InterfaceId,
    pub(super) protocol: Option<Protocol>,
    /// Whether the service is here, if `beginning` is the present one.
    pub(super) here: bool,
    pub(super) beginning: u32,
    /// It was not resolved since it was last seen to come.
    pub(super) stale: bool,
    /// A `=` was seen, but no `+`.
    pub(super) unannounced: bool,
    /// It may have been seen before browsing began anew, or after.
    pub(super) doubtful: bool,
    /// It is taken to have vanished with its interface, which is not certain.
    pub(super) guessed: bool,
    /// The last `=`.
    pub(super) resolved: Option<Box<Resolved>>,
}

impl Entry {
    pub(super) fn new(service: &Service<'_>) -> Self {
        Self {
            named: Named::new(service),
            spots: Vec::new(),
            here: 0,
            beginning: None,
        }
    }

    pub(super) fn position(
        &self,
        interface: InterfaceId,
        protocol: Option<Protocol>,
    ) -> Option<usize> {
        self.spots
            .iter()
            .position(|spot| spot.interface == interface && spot.protocol == protocol)
    }

    pub(super) fn is_here(&self, beginning: u32) -> bool {
        self.beginning == Some(beginning) && self.here > 0
    }

    /// Whether it was here when the last beginning ended.
    pub(super) fn was_here_before(&self, beginning: u32) -> bool {
        self.here > 0
            && self
                .beginning
                .is_some_and(|it| it.wrapping_add(1) == beginning)
    }
}

impl Spot {
    pub(super) fn new(interface: InterfaceId, protocol: Option<Protocol>) -> Self {
        Self {
            interface,
            protocol,
            here: false,
            beginning: 0,
            stale: true,
            unannounced: false,
            doubtful: false,
            guessed: false,
            resolved: None,
        }
    }

    pub(super) fn is_here(&self, beginning: u32) -> bool {
        self.here && self.beginning == beginning
    }
}

/// The number of a service in a [`Directory`].
///
/// It counts from 0. A service that is gone and no longer kept gives its
/// number to another.
///
/// ```
/// use avahi_events::{Directory, Event};
///
/// let mut directory = Directory::new();
/// let mut number = |line| {
///     let event = Event::try_from(line).unwrap();
///     directory.feed(&event).service.unwrap().id().index()
/// };
/// assert_eq!(number("+;eth0;IPv4;printer;_ipp._tcp;local"), 0);
/// assert_eq!(number("+;eth0;IPv4;scanner;_uscan._tcp;local"), 1);
/// assert_eq!(number("+;eth0;IPv6;printer;_ipp._tcp;local"), 0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstanceId(pub(super) u32);

impl InstanceId {
    /// The number as an index.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A service that a [`Directory`] knows: a service instance, as RFC 6763
/// section 4.1 calls it, wherever it was seen.
///
/// ```
/// use avahi_events::{Directory, Event};
///
/// let mut directory = Directory::new();
/// for line in [
///     "+;eth0;IPv6;printer;_ipp._tcp;local",
///     "+;eth0;IPv4;printer;_ipp._tcp;local",
///     "=;eth0;IPv4;printer;_ipp._tcp;local;printer.local;192.0.2.7;631;",
/// ] {
///     directory.feed(&Event::try_from(line)?);
/// }
/// let printer = directory.services().next().unwrap();
/// assert!(printer.name() == "printer" && printer.is_here());
/// assert_eq!(printer.places().count(), 2);
/// assert_eq!(printer.endpoint().unwrap().port, 631);
/// # Ok::<(), avahi_events::ParseError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Instance<'d> {
    pub(super) directory: &'d Directory,
    pub(super) entry: &'d Entry,
    pub(super) id: u32,
}

impl<'d> Instance<'d> {
    /// The number that the directory gave it.
    #[must_use]
    pub const fn id(&self) -> InstanceId {
        InstanceId(self.id)
    }

    /// Its name, as it was first printed.
    #[must_use]
    pub fn name(&self) -> Label<'d> {
        self.entry.named.name()
    }

    /// Its type, as it was first printed.
    #[must_use]
    pub fn service_type(&self) -> ServiceType<'d> {
        self.entry.named.service_type()
    }

    /// The domain it is in, as it was first printed.
    #[must_use]
    pub fn domain(&self) -> Name<'d> {
        self.entry.named.domain()
    }

    /// Whether it is here: seen at one place at least, and not gone from there
    /// since.
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.entry.is_here(self.directory.beginning)
    }

    /// The places where it is, in the order they were found; with those where
    /// it was, if the [directory keeps](Directory::keeping_gone) them.
    pub fn places(&self) -> impl Iterator<Item = Place<'d>> + use<'d> {
        let directory = self.directory;
        let places = self.entry.spots.iter();
        places
            .map(move |spot| Place { directory, spot })
            .filter(|place| place.is_here() || place.directory.keeps_gone)
    }

    /// One of its endpoints: of the place that was found first, of those where
    /// it is and was resolved since it came.
    #[must_use]
    pub fn endpoint(&self) -> Option<Endpoint<'d>> {
        self.places()
            .filter(|place| place.is_here() && place.is_resolved())
            .find_map(|place| place.endpoint())
    }

    pub(super) fn place_at(&self, position: usize) -> Option<Place<'d>> {
        Some(Place {
            directory: self.directory,
            spot: self.entry.spots.get(position)?,
        })
    }
}

impl fmt::Debug for Instance<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("name", &self.name())
            .field("service_type", &self.service_type())
            .field("domain", &self.domain())
            .field("places", &self.places().collect::<Vec<_>>())
            .finish()
    }
}

/// A place where a service was seen: an interface and a protocol.
///
/// ```
/// use avahi_events::{Directory, Event, Protocol};
///
/// let mut directory = Directory::new();
/// directory.feed(&Event::try_from("+;eth0;IPv6;printer;_ipp._tcp;local")?);
/// let printer = directory.services().next().unwrap();
/// let place = printer.places().next().unwrap();
/// assert_eq!(place.interface().name(), Some(&b"eth0"[..]));
/// assert_eq!(place.protocol(), Some(Protocol::IPv6));
/// assert!(place.is_here() && !place.is_resolved());
/// # Ok::<(), avahi_events::ParseError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Place<'d> {
    directory: &'d Directory,
    spot: &'d Spot,
}

impl<'d> Place<'d> {
    /// The interface.
    #[must_use]
    pub fn interface(&self) -> Interface<'d> {
        self.directory.interfaces.get(self.spot.interface)
    }

    /// The protocol it was seen over.
    #[must_use]
    pub const fn protocol(&self) -> Option<Protocol> {
        self.spot.protocol
    }

    /// Whether the service is here, at this place.
    #[must_use]
    pub const fn is_here(&self) -> bool {
        self.spot.here && self.spot.beginning == self.directory.beginning
    }

    /// Whether the service was resolved here since it was last seen to come.
    #[must_use]
    pub const fn is_resolved(&self) -> bool {
        !self.spot.stale
    }

    /// Where the service is to be reached, as the last `=` for this place
    /// said. Avahi resolves once after each `+`, so it may be out of date; if
    /// it [was not resolved](Self::is_resolved) again, it is from before.
    #[must_use]
    pub fn endpoint(&self) -> Option<Endpoint<'d>> {
        Some(self.spot.resolved.as_deref()?.endpoint())
    }
}

impl fmt::Debug for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place")
            .field("interface", &self.interface())
            .field("protocol", &self.protocol())
            .field("is_here", &self.is_here())
            .field("endpoint", &self.endpoint())
            .finish()
    }
}
