//! A plain directory: who came and did not go, as the documentation of
//! `Directory` has it.
//!
//! Where a `(null)` may mean several interfaces, it leaves the choice to the
//! directory until browsing begins anew, and only counts: how many places there
//! are is no matter of guessing.

use std::collections::{BTreeMap, BTreeSet};

use avahi_events::{Change, Instance, Message};

use crate::stream::{At, Endpoint, GONE, INTERFACES, Op, UNSPECIFIED};

/// Name, type and domain, by what they mean.
pub type Service = [u8; 3];
/// Interface and protocol.
pub type Place = [usize; 2];
/// The places of those who are here, and the endpoint of each, if it is known
/// since it came.
pub type Here = BTreeMap<Service, BTreeMap<Place, Option<Endpoint>>>;

/// What an update said.
#[derive(Debug)]
pub struct Told {
    pub change: Change,
    pub restarted: bool,
    pub unannounced: bool,
    /// Which service, and whether it is here; so too the place.
    pub service: Option<(Service, bool)>,
    pub place: Option<(Place, bool)>,
}

#[derive(Debug, Default)]
pub struct Model {
    here: Here,
    /// Places where a `+` says nothing new: it was not announced, or may have
    /// been seen before browsing began anew.
    may_be_announced: BTreeSet<(Service, Place)>,
    /// Who was here when browsing last began anew, and has not returned.
    before: BTreeSet<Service>,
    /// The last `=` of each place.
    last: BTreeMap<(Service, Place), Endpoint>,
    /// What the `+` right before have brought.
    run: Vec<(Service, Place)>,
    /// Whether anything came since browsing began.
    begun: bool,
    ended: bool,
    guessing: bool,
}

impl Model {
    /// Takes an event or a message in, and compares what was told of it and who
    /// is here now.
    pub fn follow(&mut self, op: &Op, told: &Told, now: &Here) {
        let expected = match *op {
            Op::Add(at) => self.add(at, told),
            Op::Resolve(at, _) => self.resolve(at, op.endpoint().unwrap(), told),
            Op::Remove(at) => self.remove(at, told),
            Op::Message(_) => self.message(&op.message().unwrap()),
            Op::Domain => (Change::Nothing, false),
        };
        assert_eq!((told.change, told.restarted), expected, "{op:?}");
        if self.guessing {
            assert_eq!(counts(now), counts(&self.here), "{op:?}");
            self.here = now.clone();
        } else {
            assert_eq!(*now, self.here, "{op:?}");
        }
        self.check_told(op, told);
    }

    /// Of those who are gone no more is kept than those who may return, and the
    /// one that went last.
    pub fn check_bounds(&self, known: usize) {
        if !self.guessing {
            let most = self.here.len() + self.before.len() + 1;
            assert!(known <= most, "{known} of {most}: {self:?}");
        }
    }

    fn check_told(&self, op: &Op, told: &Told) {
        let at = match *op {
            Op::Add(at) | Op::Resolve(at, _) | Op::Remove(at) => Some(at),
            Op::Message(_) | Op::Domain => None,
        };
        if let Some((service, is_here)) = told.service {
            assert_eq!(is_here, self.here.contains_key(&service));
            assert!(at.is_none_or(|at| at.service() == service));
        }
        let Some(at) = at else { return };
        if let Some((place, is_here)) = told.place {
            let places = self.here.get(&at.service());
            assert_eq!(is_here, places.is_some_and(|it| it.contains_key(&place)));
            assert!(place == at.place() || matches!(op, Op::Remove(_)) && at.place()[0] == GONE);
        }
        match told.change {
            Change::Left | Change::Lost => {
                assert_eq!(
                    told.service,
                    Some((at.service(), told.change == Change::Left))
                );
                assert!(told.place.is_some_and(|(_, is_here)| !is_here));
            }
            Change::NotHere | Change::Nothing => {}
            _ => assert!(told.place.is_some_and(|(_, is_here)| is_here)),
        }
    }

    fn message(&mut self, message: &Message<'_>) -> (Change, bool) {
        match message {
            Message::Disconnected => {
                self.begin_anew();
                (Change::Forgotten, true)
            }
            Message::FailedResolve {
                name,
                service_type,
                domain,
                ..
            } => {
                self.run.clear();
                let service =
                    service_of(&name.decode(), service_type.as_bytes(), domain.as_bytes());
                match self.here.contains_key(&service) {
                    true => (Change::ResolveFailed, false),
                    false => (Change::NotHere, false),
                }
            }
            _ => {
                self.ended = self.begun;
                (Change::Nothing, false)
            }
        }
    }

    fn add(&mut self, at: At, told: &Told) -> (Change, bool) {
        let (service, place) = (at.service(), at.place());
        let mut restarted = self.ended;
        if restarted {
            self.begin_anew();
        }
        let is_here = match self.guessing {
            true => told.restarted || told.change == Change::Nothing,
            false => self.is_here(service, place),
        };
        if is_here {
            let says_nothing = match self.guessing {
                true => told.change == Change::Nothing,
                false => self.may_be_announced.contains(&(service, place)),
            };
            if says_nothing {
                self.may_be_announced.remove(&(service, place));
                return (Change::Nothing, restarted);
            }
            restarted = true;
            let run = std::mem::take(&mut self.run);
            self.begin_anew();
            if !run.contains(&(service, place)) {
                for (service, place) in run {
                    self.enter(service, place);
                    self.may_be_announced.insert((service, place));
                }
            }
        }
        let change = self.enter(service, place);
        self.run.push((service, place));
        (change, restarted)
    }

    fn resolve(&mut self, at: At, endpoint: Endpoint, told: &Told) -> (Change, bool) {
        let (service, place) = (at.service(), at.place());
        self.run.clear();
        let is_here = match self.guessing {
            true => !told.unannounced && told.service.is_some(),
            false => self.is_here(service, place),
        };
        if !is_here && place[0] == GONE {
            assert!(!told.unannounced);
            return (Change::Nothing, false);
        }
        assert_eq!(told.unannounced, !is_here);
        let entered = (!is_here).then(|| {
            let change = self.enter(service, place);
            self.may_be_announced.insert((service, place));
            change
        });
        let ever = self.last.insert((service, place), endpoint.clone());
        if self.guessing {
            return (entered.unwrap_or(told.change), false);
        }
        let places = self.here.entry(service).or_default();
        let since = places.insert(place, Some(endpoint.clone())).flatten();
        let change = match (since, ever) {
            (Some(before), _) if before == endpoint => Change::Nothing,
            (Some(before), _) => changed(&before, &endpoint),
            // What was before it came last may be known still, or not.
            (None, Some(ever)) if ever != endpoint && told.change != Change::Resolved => {
                changed(&ever, &endpoint)
            }
            (None, _) => Change::Resolved,
        };
        (entered.unwrap_or(change), false)
    }

    fn remove(&mut self, at: At, told: &Told) -> (Change, bool) {
        let (service, place) = (at.service(), at.place());
        self.run.clear();
        let Some(places) = self.here.get_mut(&service) else {
            return (Change::NotHere, false);
        };
        let gone = match place {
            [GONE, protocol] => {
                let may_be_meant = |it: &&Place| it[1] == protocol && it[0] != UNSPECIFIED;
                let places: Vec<Place> = places.keys().filter(may_be_meant).copied().collect();
                self.guessing |= places.len() > 1;
                places.first().copied()
            }
            _ if self.guessing => {
                let went = matches!(told.change, Change::Left | Change::Lost);
                let of_protocol = |it: &&Place| it[1] == place[1];
                let any = places.keys().find(of_protocol).copied();
                any.filter(|_| went)
            }
            _ => Some(place),
        };
        if gone.and_then(|place| places.remove(&place)).is_none() {
            return (Change::NotHere, false);
        }
        if places.is_empty() {
            self.here.remove(&service);
            return (Change::Lost, false);
        }
        (Change::Left, false)
    }

    fn is_here(&self, service: Service, place: Place) -> bool {
        let places = self.here.get(&service);
        places.is_some_and(|places| places.contains_key(&place))
    }

    /// It is here, at a place where it was not.
    fn enter(&mut self, service: Service, place: Place) -> Change {
        self.begun = true;
        self.may_be_announced.remove(&(service, place));
        let returns = self.before.remove(&service);
        let places = self.here.entry(service).or_default();
        let is_found = !places.is_empty();
        // While it is not certain where it was, one more place of this protocol.
        let free = (0..INTERFACES.len()).map(|interface| [interface, place[1]]);
        let place = match self.guessing && places.contains_key(&place) {
            true => free
                .into_iter()
                .find(|it| !places.contains_key(it))
                .unwrap(),
            false => place,
        };
        assert!(places.insert(place, None).is_none());
        match (is_found, returns) {
            (true, _) => Change::Found,
            (false, true) => Change::Returned,
            (false, false) => Change::Appeared,
        }
    }

    fn begin_anew(&mut self) {
        self.run.clear();
        self.ended = false;
        self.guessing = false;
        self.may_be_announced.clear();
        if self.begun {
            self.before = std::mem::take(&mut self.here).into_keys().collect();
            self.begun = false;
        }
    }
}

fn changed(from: &Endpoint, to: &Endpoint) -> Change {
    match from.1 == to.1 {
        true => Change::DetailsChanged,
        false => Change::AddressChanged { from: from.1 },
    }
}

/// How many places of each protocol each service is at.
fn counts(here: &Here) -> BTreeMap<(Service, usize), usize> {
    let mut counts = BTreeMap::new();
    for (service, places) in here {
        for place in places.keys() {
            *counts.entry((*service, place[1])).or_default() += 1;
        }
    }
    counts
}

pub fn service(service: &Instance<'_>) -> Service {
    let service_type = service.service_type();
    service_of(
        &service.name().decode(),
        service_type.as_bytes(),
        service.domain().as_bytes(),
    )
}

fn service_of(name: &[u8], service_type: &[u8], domain: &[u8]) -> Service {
    let name = match name {
        b"a" | b"A" => 0,
        b"b" => 1,
        b"B\xc3\xbcro ;" => 2,
        b"c.d" => 3,
        other => panic!("{other:?}"),
    };
    let is_ipp = service_type == b"_ipp._tcp";
    let is_local = domain.eq_ignore_ascii_case(b"local");
    [name, is_ipp.into(), (!is_local).into()]
}

pub fn place(place: &avahi_events::Place<'_>) -> Place {
    let interface = place.interface();
    let interface = INTERFACES
        .iter()
        .position(|it| it.as_bytes() == interface.as_bytes());
    let protocol = place
        .protocol()
        .map_or(2, |it| (it.as_str() == "IPv6").into());
    [interface.unwrap(), protocol]
}
