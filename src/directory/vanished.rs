//! Interfaces that vanished: which one a `-` with `(null)` means.

use core::cmp::Reverse;
use std::vec::Vec;

use super::{Change, Directory, InterfaceId, Protocol, Update};

/// Removals with `(null)` that came from one interface, as long as it is not
/// certain which.
#[derive(Debug)]
pub(super) struct Burst {
    /// The interfaces that all these services were seen on, two at least.
    candidates: Vec<InterfaceId>,
    /// The one that is taken to be meant.
    chosen: InterfaceId,
    removed: Vec<(u32, Option<Protocol>)>,
}

impl Directory {
    /// A service went from an interface that has no name any more.
    pub(super) fn remove_vanished(&mut self, id: u32, protocol: Option<Protocol>) -> Update<'_> {
        let candidates = self.interfaces_of(id, protocol);
        if candidates.is_empty() {
            return self.update(Change::NotHere, Some(id), None);
        }
        // Of an interface that it never had a name of, and one known to have
        // vanished, the former.
        let known = candidates
            .iter()
            .copied()
            .filter(|&interface| self.interfaces.has_vanished(interface))
            .min_by_key(|&interface| self.interfaces.get(interface).as_bytes());
        let (change, position) = match known {
            Some(interface) => self.leave_interface(id, protocol, interface),
            None => self.leave_in_burst(id, protocol, candidates),
        };
        self.update(change, Some(id), position)
    }

    /// The interfaces that it may have vanished with.
    fn interfaces_of(&self, id: u32, protocol: Option<Protocol>) -> Vec<InterfaceId> {
        let spots = self.entry(id).map_or(&[][..], |entry| &entry.spots);
        spots
            .iter()
            .filter(|spot| spot.protocol == protocol && spot.is_here(self.beginning))
            .map(|spot| spot.interface)
            .filter(|&interface| self.interfaces.can_vanish(interface))
            .collect()
    }

    fn leave_interface(
        &mut self,
        id: u32,
        protocol: Option<Protocol>,
        interface: InterfaceId,
    ) -> (Change, Option<usize>) {
        let position = self
            .entry(id)
            .and_then(|entry| entry.position(interface, protocol));
        match position {
            Some(position) => (self.leave(id, position), Some(position)),
            None => (Change::NotHere, None),
        }
    }

    /// The service went together with those before it, if all may have been on
    /// the same interface; else it is the first to go with another.
    fn leave_in_burst(
        &mut self,
        id: u32,
        protocol: Option<Protocol>,
        candidates: Vec<InterfaceId>,
    ) -> (Change, Option<usize>) {
        if self.is_in_burst(id, protocol) {
            self.end_burst();
        }
        let common = self.burst.as_ref().map(|burst| {
            let common = candidates
                .iter()
                .copied()
                .filter(|interface| burst.candidates.contains(interface));
            common.collect::<Vec<_>>()
        });
        let mut burst = match (common, self.burst.take()) {
            (Some(common), Some(burst)) if !common.is_empty() => Burst {
                candidates: common,
                ..burst
            },
            (_, other) => {
                self.burst = other;
                self.end_burst();
                Burst {
                    chosen: self.choose(&candidates, None),
                    candidates,
                    removed: Vec::new(),
                }
            }
        };
        self.choose_again(&mut burst);
        let (change, position) = self.leave_interface(id, protocol, burst.chosen);
        if let Some(entry) = self.entry_mut(id)
            && let Some(position) = position
        {
            entry.spots[position].guessed = true;
            burst.removed.push((id, protocol));
        }
        self.go_on(burst);
        (change, position)
    }

    /// An event names an interface, so it has not vanished; or, if the event
    /// announces a service that is taken to have vanished with one of the
    /// candidates, it is this one, and is there again.
    pub(super) fn named(
        &mut self,
        interface: InterfaceId,
        announced: Option<(u32, Option<Protocol>)>,
    ) {
        self.interfaces.set_vanished(interface, false);
        let Some(burst) = &self.burst else { return };
        if !burst.candidates.contains(&interface) {
            return;
        }
        let is_back = announced.is_some_and(|(id, protocol)| self.is_in_burst(id, protocol));
        let Some(mut burst) = self.burst.take() else {
            return;
        };
        match is_back {
            true => burst.candidates = Vec::from([interface]),
            false => burst.candidates.retain(|&it| it != interface),
        }
        self.choose_again(&mut burst);
        self.go_on(burst);
        if is_back {
            self.interfaces.set_vanished(interface, false);
        }
    }

    fn is_in_burst(&self, id: u32, protocol: Option<Protocol>) -> bool {
        let Some(burst) = &self.burst else {
            return false;
        };
        self.entry(id)
            .and_then(|entry| {
                let position = entry.position(burst.chosen, protocol)?;
                Some(entry.spots[position].guessed)
            })
            .unwrap_or(false)
    }

    /// The candidate with the fewest services on it: an interface that is gone
    /// has none left. Of several, the last by name: what vanishes is called
    /// `tun0`, `usb0`, `veth12` or `wg0` rather than `br0` or `eth0`.
    fn choose(&self, candidates: &[InterfaceId], burst: Option<&Burst>) -> InterfaceId {
        let services = |&interface: &InterfaceId| {
            let removed = burst.filter(|burst| burst.chosen == interface);
            self.interfaces.here(interface, self.beginning)
                + removed.map_or(0, |burst| burst.removed.len())
        };
        let fewest = candidates.iter().copied().min_by_key(|interface| {
            let name = self.interfaces.get(*interface).as_bytes();
            (services(interface), Reverse(name))
        });
        fewest.unwrap_or_default()
    }

    /// Takes another interface to be meant if the chosen one cannot be: the
    /// services are on that one still, and gone from the other.
    fn choose_again(&mut self, burst: &mut Burst) {
        let from = burst.chosen;
        if burst.candidates.contains(&from) {
            return;
        }
        let to = self.choose(&burst.candidates, Some(burst));
        burst.chosen = to;
        let beginning = self.beginning;
        for &(id, protocol) in &burst.removed {
            let Some(entry) = self.entry_mut(id) else {
                continue;
            };
            let (Some(stays), Some(goes)) =
                (entry.position(from, protocol), entry.position(to, protocol))
            else {
                continue;
            };
            if !entry.spots[goes].is_here(beginning) {
                continue;
            }
            entry.spots[stays].here = true;
            entry.spots[stays].guessed = false;
            entry.spots[goes].here = false;
            entry.spots[goes].guessed = true;
            self.interfaces.enter(from, beginning);
            self.interfaces.leave(to, beginning);
        }
    }

    /// Waits for more to tell the candidates apart, if there still are several.
    fn go_on(&mut self, burst: Burst) {
        let certain = (burst.candidates.len() == 1).then_some(burst.chosen);
        self.burst = Some(burst);
        if let Some(interface) = certain {
            self.interfaces.set_vanished(interface, true);
            self.end_burst();
        }
    }

    /// Leaves it at what was guessed.
    pub(super) fn end_burst(&mut self) {
        let Some(burst) = self.burst.take() else {
            return;
        };
        for (id, protocol) in burst.removed {
            if let Some(entry) = self.entry_mut(id)
                && let Some(position) = entry.position(burst.chosen, protocol)
            {
                entry.spots[position].guessed = false;
                self.left.push(id);
            }
        }
    }
}
