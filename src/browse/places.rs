//! Where the services are that were waited for.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    net::IpAddr,
    vec::{self, Vec},
};

use crate::{
    event::{Endpoint, Event, EventBuf, Interface, Service},
    label::Name,
};

/// How many places of one service are kept: more than a host has interfaces.
const MAX_PLACES: usize = 64;

/// Of so many services it is known that they have yet to be resolved, however
/// many are seen.
const MAX_ANNOUNCED: usize = 4096;

/// A service that was waited for, with the places where it can be reached, the
/// best first.
///
/// A service is the same on all interfaces and over both protocols. Of its
/// addresses, those that are good anywhere come before link-local ones, and
/// loopback ones last; of the same reach, IPv4 before IPv6.
///
/// ```no_run
/// use avahi_events::browse::{Browse, Wait};
///
/// let found = Wait::new(Browse::service_type("_ipp._tcp")).run(|_, _| true)?;
/// for place in found[0].places() {
///     println!("{place}");
/// }
/// let best = found[0].best().event();
/// println!("best at {}", best.endpoint().unwrap().address);
/// # Ok::<(), avahi_events::browse::WaitError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    places: Vec<EventBuf>,
}

impl Found {
    /// The best place: an [`Event::Resolve`].
    #[must_use]
    pub fn best(&self) -> &EventBuf {
        &self.places[0]
    }

    /// All places, one for each interface and protocol, the best first; there
    /// is at least one.
    #[must_use]
    pub fn places(&self) -> &[EventBuf] {
        &self.places
    }
}

impl IntoIterator for Found {
    type Item = EventBuf;
    type IntoIter = vec::IntoIter<EventBuf>;

    /// All places, the best first.
    fn into_iter(self) -> Self::IntoIter {
        self.places.into_iter()
    }
}

/// From where an address can be reached, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Global,
    LinkLocal,
    Loopback,
    /// The unspecified address, or a link-local one without a scope.
    Nowhere,
}

impl Reach {
    fn of(interface: Interface<'_>, endpoint: &Endpoint<'_>) -> Self {
        let address = endpoint.address.to_canonical();
        match interface {
            _ if address.is_unspecified() => Self::Nowhere,
            _ if address.is_loopback() => Self::Loopback,
            Interface::Named(_) if endpoint.is_link_local() => Self::LinkLocal,
            _ if endpoint.is_link_local() && address.is_ipv6() => Self::Nowhere,
            _ if endpoint.is_link_local() => Self::LinkLocal,
            _ => Self::Global,
        }
    }
}

/// What tells one service from another: name, type and domain, as DNS compares
/// them.
type Identity = (Vec<u8>, Vec<u8>, Vec<Vec<u8>>);

fn identity(service: &Service<'_>) -> Identity {
    let small = |bytes: &[u8]| bytes.to_ascii_lowercase();
    let labels = |name: Name<'_>| name.labels().map(|it| small(&it.decode())).collect();
    (
        small(&service.name.decode()),
        small(service.service_type.as_bytes()),
        labels(service.domain),
    )
}

/// The services that are there and fit.
#[derive(Debug, Default)]
pub(super) struct Places {
    services: BTreeMap<Identity, Candidate>,
    /// Where services were seen and not resolved yet, whether or not they fit.
    announced: BTreeMap<Identity, Vec<EventBuf>>,
    /// How many services have been entered, ever.
    entered: u64,
}

#[derive(Debug)]
struct Candidate {
    /// Which one it was, of those entered.
    number: u64,
    places: Vec<EventBuf>,
}

impl Candidate {
    /// Whether it has an address that is good anywhere.
    fn is_global(&self) -> bool {
        let mut places = self.places.iter();
        places.any(|place| reach(&place.event()) == Reach::Global)
    }
}

impl Places {
    /// How many different services there are.
    pub(super) fn len(&self) -> usize {
        self.services.len()
    }

    /// Takes note of a place that has yet to be resolved.
    pub(super) fn announce(&mut self, service: &Service<'_>) {
        if self.announced.len() < MAX_ANNOUNCED {
            let places = self.announced.entry(identity(service)).or_default();
            let is_known = places.iter().any(|place| is_at(place, service));
            if !is_known && places.len() < MAX_PLACES {
                places.push(Event::Add(*service).into());
            }
        }
    }

    /// Enters a place of a service, in place of what was known of it there.
    /// An address that cannot be reached is none.
    pub(super) fn enter(&mut self, service: &Service<'_>, endpoint: &Endpoint<'_>) {
        let identity = identity(service);
        self.forget_announced(&identity, service);
        if Reach::of(service.interface, endpoint) == Reach::Nowhere {
            return;
        }
        let entered = &mut self.entered;
        let candidate = self.services.entry(identity).or_insert_with(|| {
            *entered += 1;
            Candidate {
                number: *entered,
                places: Vec::new(),
            }
        });
        candidate.places.retain(|place| !is_at(place, service));
        if candidate.places.len() < MAX_PLACES {
            candidate
                .places
                .push(Event::Resolve(*service, *endpoint).into());
        }
    }

    /// Forgets a place of a service. Where the interface is gone, those on all
    /// interfaces are forgotten, since which one it was is not known.
    pub(super) fn remove(&mut self, service: &Service<'_>) {
        let identity = identity(service);
        self.forget_announced(&identity, service);
        if let Some(candidate) = self.services.get_mut(&identity) {
            candidate.places.retain(|place| !is_at(place, service));
            if candidate.places.is_empty() {
                self.services.remove(&identity);
            }
        }
    }

    fn forget_announced(&mut self, identity: &Identity, service: &Service<'_>) {
        if let Some(places) = self.announced.get_mut(identity) {
            places.retain(|place| !is_at(place, service));
            if places.is_empty() {
                self.announced.remove(identity);
            }
        }
    }

    pub(super) fn clear(&mut self) {
        self.services.clear();
        self.announced.clear();
    }

    /// Whether a service that has no address that is good anywhere has yet to
    /// be resolved at a place.
    pub(super) fn may_improve(&self) -> bool {
        self.services
            .iter()
            .any(|(identity, it)| !it.is_global() && self.announced.contains_key(identity))
    }

    /// How many different services have an address that is good anywhere.
    pub(super) fn global_len(&self) -> usize {
        let services = self.services.values();
        services.filter(|it| it.is_global()).count()
    }

    /// The `count` services that can be reached best, in the order in which
    /// they were found.
    pub(super) fn into_found(self, count: usize) -> Vec<Found> {
        let mut services: Vec<_> = self.services.into_values().collect();
        for candidate in &mut services {
            candidate.places.sort_by_cached_key(rank);
        }
        let best = |it: &Candidate| it.places.first().map(|it| reach(&it.event()));
        services.sort_by_key(|it| (best(it), it.number));
        services.truncate(count);
        services.sort_by_key(|it| it.number);
        services
            .into_iter()
            .map(|Candidate { places, .. }| Found { places })
            .collect()
    }
}

/// Whether it is a place on the interface, and seen over the protocol, of this
/// one.
fn is_at(place: &EventBuf, service: &Service<'_>) -> bool {
    let (event, interface) = (place.event(), service.interface);
    event.protocol() == service.protocol
        && (event.interface() == interface || interface == Interface::Gone)
}

fn reach(event: &Event<'_>) -> Reach {
    event
        .endpoint()
        .map_or(Reach::Nowhere, |it| Reach::of(event.interface(), it))
}

/// What places are ordered by, the best first.
fn rank(place: &EventBuf) -> (Reach, Reverse<bool>, Vec<u8>, Option<IpAddr>) {
    let event = place.event();
    let address = event.endpoint().map(|it| it.address);
    (
        reach(&event),
        Reverse(address.is_some_and(|it| it.is_ipv4())),
        event.interface().as_bytes().to_vec(),
        address,
    )
}

#[cfg(test)]
mod tests {
    use std::{
        string::{String, ToString as _},
        vec::Vec,
    };

    use super::{Event, Places};

    fn places(lines: &[&str]) -> Places {
        let mut places = Places::default();
        for line in lines {
            match Event::try_from(*line).unwrap() {
                Event::Resolve(service, endpoint) => places.enter(&service, &endpoint),
                Event::Remove(service) => places.remove(&service),
                Event::Add(service) => places.announce(&service),
                _ => {}
            }
        }
        places
    }

    fn addresses(places: Places) -> Vec<Vec<String>> {
        let address =
            |place: &super::EventBuf| place.event().endpoint().unwrap().address.to_string();
        let found = places.into_found(9);
        found
            .iter()
            .map(|it| it.places().iter().map(address).collect())
            .collect()
    }

    #[test]
    fn the_best_address_comes_first() {
        let places = places(&[
            "=;lo;IPv4;a;_x._tcp;local;a.local;127.0.0.1;1;",
            "=;eth0;IPv6;a;_x._tcp;local;a.local;fe80::1;1;",
            "=;eth1;IPv6;a;_x._tcp;local;a.local;fd00::1;1;",
            "=;eth0;IPv4;a;_x._tcp;local;a.local;169.254.3.4;1;",
            "=;eth1;IPv4;a;_x._tcp;local;a.local;192.0.2.1;1;",
        ]);
        assert_eq!(
            addresses(places),
            [[
                "192.0.2.1",
                "fd00::1",
                "169.254.3.4",
                "fe80::1",
                "127.0.0.1"
            ]]
        );
    }

    #[test]
    fn of_more_services_those_are_given_that_can_be_reached_best() {
        let places = || {
            places(&[
                "=;eth0;IPv6;a;_x._tcp;local;a.local;fe80::1;1;",
                "=;lo;IPv4;b;_x._tcp;local;a.local;127.0.0.1;1;",
                "=;eth0;IPv4;c;_x._tcp;local;a.local;192.0.2.1;1;",
            ])
        };
        assert_eq!((places().len(), places().global_len()), (3, 1));
        let best = |count| {
            let found = places().into_found(count);
            let name = |it: &super::Found| it.best().event().service().unwrap().name.to_string();
            found.iter().map(name).collect::<Vec<_>>()
        };
        assert_eq!(best(1), ["c"]);
        assert_eq!(best(2), ["a", "c"]);
    }

    #[test]
    fn a_place_that_is_not_resolved_yet_may_be_better() {
        let mut lines = Vec::from([
            "+;eth0;IPv6;a;_x._tcp;local",
            "+;eth0;IPv4;A;_x._tcp;local",
            "=;eth0;IPv6;a;_x._tcp;local;a.local;fe80::1;1;",
        ]);
        assert!(places(&lines).may_improve());
        let with = |line| places(&[&lines[..], &[line]].concat()).may_improve();
        assert!(with("-;eth1;IPv4;a;_x._tcp;local"));
        assert!(with("=;eth0;IPv6;a;_x._tcp;local;a.local;fe80::1;1;"));
        assert!(!with("-;eth0;IPv4;a;_x._tcp;local"));
        assert!(!with("-;(null);IPv4;a;_x._tcp;local"));
        assert!(!with("=;eth0;IPv4;a;_x._tcp;local;a.local;fe80::1;1;"));
        lines.push("=;eth1;IPv4;a;_x._tcp;local;a.local;192.0.2.1;1;");
        assert!(!places(&lines).may_improve());
    }

    #[test]
    fn a_link_local_address_without_a_scope_is_no_place() {
        let lines = [
            "=;(null);IPv6;a;_x._tcp;local;a.local;fe80::1;1;",
            "=;eth0;IPv4;a;_x._tcp;local;a.local;0.0.0.0;1;",
        ];
        assert_eq!(places(&lines).len(), 0);
    }

    #[test]
    fn a_service_is_one_whatever_its_case_and_interface() {
        let places = places(&[
            "=;eth0;IPv4;Print\\101r;_x._tcp;local;a.local;192.0.2.1;1;",
            "=;eth1;IPv4;PRINTER;_X._tcp;LOCAL;a.local;192.0.2.2;1;",
            "=;eth1;IPv4;printer;_y._tcp;local;a.local;192.0.2.3;1;",
        ]);
        assert_eq!(
            addresses(places),
            [
                Vec::from(["192.0.2.1", "192.0.2.2"]),
                Vec::from(["192.0.2.3"])
            ]
        );
    }

    #[test]
    fn what_went_is_forgotten() {
        let both = [
            "=;eth0;IPv4;a;_x._tcp;local;a.local;192.0.2.1;1;",
            "=;eth1;IPv4;a;_x._tcp;local;a.local;192.0.2.2;1;",
            "=;eth1;IPv6;a;_x._tcp;local;a.local;192.0.2.2;1;",
        ];
        let with = |line| addresses(places(&[&both[..], &[line]].concat()));
        assert_eq!(
            with("-;eth0;IPv4;a;_x._tcp;local"),
            [["192.0.2.2", "192.0.2.2"]]
        );
        assert_eq!(with("-;(null);IPv4;a;_x._tcp;local"), [["192.0.2.2"]]);
        assert_eq!(with("-;eth0;IPv4;b;_x._tcp;local").concat().len(), 3);
        let all = [
            &both[..],
            &[
                "-;(null);IPv4;a;_x._tcp;local",
                "-;eth1;IPv6;a;_x._tcp;local",
            ],
        ]
        .concat();
        assert_eq!(places(&all).len(), 0);
    }

    #[test]
    fn a_new_address_takes_the_place_of_the_old() {
        let places = places(&[
            "=;eth0;IPv4;a;_x._tcp;local;a.local;192.0.2.1;1;",
            "=;eth0;IPv4;a;_x._tcp;local;a.local;192.0.2.9;1;",
        ]);
        assert_eq!(addresses(places), [["192.0.2.9"]]);
    }
}
