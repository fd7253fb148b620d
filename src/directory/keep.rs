//! The book-keeping of a [`Directory`]: what is entered, left and dropped.

use std::boxed::Box;

use super::{
    Change, Directory, InterfaceId, Protocol,
    entry::{Entry, Slot, Spot},
    kept::Resolved,
    key::{self, Recent},
};
use crate::{
    event::{Endpoint, Service},
    label::{Label, Name},
    service_type::ServiceType,
};

impl Directory {
    pub(super) fn entry(&self, id: u32) -> Option<&Entry> {
        self.slots.get(id as usize)?.entry.as_ref()
    }

    pub(super) fn entry_mut(&mut self, id: u32) -> Option<&mut Entry> {
        self.slots.get_mut(id as usize)?.entry.as_mut()
    }

    /// The number of a service, if it is known. If it is not, its key is in
    /// `self.key`.
    pub(super) fn find(
        &mut self,
        name: &Label<'_>,
        service_type: ServiceType<'_>,
        domain: Name<'_>,
    ) -> Option<u32> {
        let place = Recent::place(name, service_type);
        if let Some(id) = self.recent.get(place)
            && let Some(entry) = self.entry(id)
            && entry.named.is(name, service_type, domain)
        {
            return Some(id);
        }
        let types = self.types.as_ref();
        key::write(&mut self.key, types, name, service_type, domain);
        let id = *self.numbers.get(&*self.key)?;
        self.recent.set(place, id);
        Some(id)
    }

    /// The number of a service: the one it has, or a new one.
    pub(super) fn number(&mut self, service: &Service<'_>) -> u32 {
        if let Some(id) = self.find(&service.name, service.service_type, service.domain) {
            return id;
        }
        let entry = Entry::new(service);
        let id = match self.free.pop() {
            Some(id) => id,
            None => {
                self.slots.push(Slot::default());
                (self.slots.len() - 1) as u32
            }
        };
        self.slots[id as usize].entry = Some(entry);
        self.numbers.insert(self.key.as_slice().into(), id);
        let place = Recent::place(&service.name, service.service_type);
        self.recent.set(place, id);
        id
    }

    /// The place of an event about a service that has a number: its interface,
    /// and its position among the service's places.
    pub(super) fn spot(&mut self, id: u32, service: &Service<'_>) -> (InterfaceId, usize) {
        let interface = self.interfaces.number(service.interface);
        let Some(entry) = self
            .slots
            .get_mut(id as usize)
            .and_then(|it| it.entry.as_mut())
        else {
            return (interface, 0);
        };
        let position = entry.position(interface, service.protocol);
        let position = position.unwrap_or_else(|| {
            self.interfaces.keep_place(interface);
            if entry.spots.is_empty() {
                entry.spots.reserve_exact(1); // mostly there is no other
            }
            entry.spots.push(Spot::new(interface, service.protocol));
            entry.spots.len() - 1
        });
        (interface, position)
    }

    /// A service is here, at a place where it was not.
    pub(super) fn enter(&mut self, id: u32, position: usize, unannounced: bool) -> Change {
        let beginning = self.beginning;
        let Some(slot) = self.slots.get_mut(id as usize) else {
            return Change::Nothing;
        };
        let Some(entry) = &mut slot.entry else {
            return Change::Nothing;
        };
        let returns = entry.was_here_before(beginning);
        if entry.beginning != Some(beginning) {
            entry.beginning = Some(beginning);
            entry.here = 0;
        }
        if slot.listed != Some(beginning) {
            slot.listed = Some(beginning);
            self.seen.push(id);
        }
        let spot = &mut entry.spots[position];
        spot.here = true;
        spot.beginning = beginning;
        spot.unannounced = unannounced;
        spot.doubtful = false;
        spot.stale = true;
        self.interfaces.enter(spot.interface, beginning);
        entry.here += 1;
        if entry.here > 1 {
            return Change::Found;
        }
        self.here += 1;
        match returns {
            true => Change::Returned,
            false => Change::Appeared,
        }
    }

    /// A service went from a place where it was.
    pub(super) fn leave(&mut self, id: u32, position: usize) -> Change {
        let beginning = self.beginning;
        let Some(entry) = self
            .slots
            .get_mut(id as usize)
            .and_then(|it| it.entry.as_mut())
        else {
            return Change::NotHere;
        };
        let spot = &mut entry.spots[position];
        spot.here = false;
        self.interfaces.leave(spot.interface, beginning);
        self.left.push(id);
        entry.here -= 1;
        if entry.here > 0 {
            return Change::Left;
        }
        self.here -= 1;
        Change::Lost
    }

    /// The last event at this place says where the service is to be reached.
    pub(super) fn set_endpoint(
        &mut self,
        id: u32,
        position: usize,
        endpoint: &Endpoint<'_>,
    ) -> Change {
        let Some(entry) = self.entry_mut(id) else {
            return Change::Nothing;
        };
        let spot = &mut entry.spots[position];
        let stale = core::mem::take(&mut spot.stale);
        let change = match &spot.resolved {
            None => Change::Resolved,
            Some(resolved) => match resolved.endpoint() {
                before if is_same(&before, endpoint) => {
                    return match stale {
                        true => Change::Resolved,
                        false => Change::Nothing,
                    };
                }
                before if before.address != endpoint.address => Change::AddressChanged {
                    from: before.address,
                },
                _ => Change::DetailsChanged,
            },
        };
        spot.resolved = Some(Box::new(Resolved::new(endpoint)));
        change
    }

    /// All services are forgotten.
    pub(super) fn begin_anew(&mut self) {
        self.run.clear();
        self.end_burst();
        // After this, what was here would count as having left.
        self.drop_what_left();
        self.ended = false;
        if self.seen.is_empty() {
            return; // nothing has come since the last time
        }
        let beginning = self.beginning;
        if !self.keeps_gone {
            for id in core::mem::take(&mut self.seen_before) {
                if self
                    .entry(id)
                    .is_some_and(|it| it.beginning != Some(beginning))
                {
                    self.drop_entry(id);
                }
            }
            for position in 0..self.seen.len() {
                self.drop_gone_places(self.seen[position]);
            }
        }
        self.seen_before = core::mem::take(&mut self.seen);
        self.beginning = beginning.wrapping_add(1);
        self.here = 0;
    }

    /// Browsing has begun anew, before this `+`. What the ones right before it
    /// brought may have come since.
    pub(super) fn begin_anew_after_run(&mut self, repeated: (u32, InterfaceId, Option<Protocol>)) {
        let run = core::mem::take(&mut self.run);
        self.begin_anew();
        if run.contains(&repeated) {
            return;
        }
        for (id, interface, protocol) in run {
            let position = self
                .entry(id)
                .and_then(|entry| entry.position(interface, protocol));
            if let Some(position) = position {
                self.enter(id, position, false);
                if let Some(entry) = self.entry_mut(id) {
                    entry.spots[position].doubtful = true;
                }
            }
        }
    }

    /// Drops what the last event took away, now that nobody looks at it.
    pub(super) fn drop_what_left(&mut self) {
        while let Some(id) = self.left.pop() {
            self.drop_gone_places(id);
            if !self.keeps_gone && self.entry(id).is_some_and(|entry| entry.spots.is_empty()) {
                self.drop_entry(id);
            }
        }
    }

    /// Drops the places where the service no longer is, but for the last few,
    /// if they are kept.
    fn drop_gone_places(&mut self, id: u32) {
        let (beginning, kept) = (self.beginning, self.gone_places);
        let Some(entry) = self
            .slots
            .get_mut(id as usize)
            .and_then(|it| it.entry.as_mut())
        else {
            return;
        };
        if entry.spots.len() <= kept {
            return;
        }
        let is_gone = |spot: &Spot| !spot.is_here(beginning) && !spot.guessed;
        let gone = entry.spots.iter().filter(|spot| is_gone(spot)).count();
        let mut surplus = gone.saturating_sub(kept);
        entry.spots.retain(|spot| {
            let drop = surplus > 0 && is_gone(spot);
            if drop {
                surplus -= 1;
                self.interfaces.drop_place(spot.interface);
            }
            !drop
        });
    }

    fn drop_entry(&mut self, id: u32) {
        let slot = self.slots.get_mut(id as usize);
        let Some(entry) = slot.and_then(|slot| slot.entry.take()) else {
            return;
        };
        for spot in &entry.spots {
            self.interfaces.drop_place(spot.interface);
        }
        let (named, types) = (&entry.named, self.types.as_ref());
        let (service_type, domain) = (named.service_type(), named.domain());
        key::write(&mut self.key, types, &named.name(), service_type, domain);
        self.numbers.remove(&*self.key);
        self.free.push(id);
    }
}

/// Whether two endpoints say the same, however they are printed.
fn is_same(a: &Endpoint<'_>, b: &Endpoint<'_>) -> bool {
    a.address == b.address
        && a.port == b.port
        && a.txt == b.txt
        && (a.host == b.host || a.host.eq_ignore_ascii_case(&b.host))
}
