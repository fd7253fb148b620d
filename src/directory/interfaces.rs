//! The interfaces that services were seen on, by number.

use std::{boxed::Box, collections::HashMap, vec::Vec};

use crate::event::Interface;

/// The number of an interface.
pub(super) type InterfaceId = u32;

#[derive(Debug, Default)]
pub(super) struct Interfaces {
    slots: Vec<Slot>,
    numbers: HashMap<Box<[u8]>, InterfaceId>,
    free: Vec<InterfaceId>,
    /// Mostly it is one of the few that came before: the last ones, each at a
    /// place that its name gives.
    recent: [InterfaceId; RECENT],
}

const RECENT: usize = 16;

/// Where an interface of that name is looked for first.
fn place(text: &[u8]) -> usize {
    let byte = |it: Option<&u8>| it.copied().map_or(0, usize::from);
    (byte(text.first()) + byte(text.last()) + text.len()) % RECENT
}

#[derive(Debug)]
struct Slot {
    text: Box<[u8]>,
    kind: Kind,
    /// How many places are on it, gone ones that are kept included.
    places: usize,
    /// How many of them are here, as of this beginning of browsing.
    here: usize,
    beginning: u32,
    /// It vanished, and was not named since.
    vanished: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Named,
    Gone,
    Unspecified,
}

impl Kind {
    fn of(interface: Interface<'_>) -> Self {
        match interface {
            Interface::Named(_) => Self::Named,
            Interface::Gone => Self::Gone,
            Interface::Unspecified(_) => Self::Unspecified,
        }
    }
}

impl Interfaces {
    /// The interface's number, if it has one.
    pub(super) fn find(&mut self, interface: Interface<'_>) -> Option<InterfaceId> {
        let text = interface.as_bytes();
        let recent = self.recent[place(text)];
        if let Some(slot) = self.slots.get(recent as usize)
            && slot.places > 0
            && *slot.text == *text
        {
            return Some(recent);
        }
        let id = *self.numbers.get(text)?;
        self.recent[place(text)] = id;
        Some(id)
    }

    /// The interface's number: the one it has, or a new one.
    pub(super) fn number(&mut self, interface: Interface<'_>) -> InterfaceId {
        if let Some(id) = self.find(interface) {
            return id;
        }
        let slot = Slot {
            text: interface.as_bytes().into(),
            kind: Kind::of(interface),
            places: 0,
            here: 0,
            beginning: 0,
            vanished: false,
        };
        let key = slot.text.clone();
        let id = match self.free.pop() {
            Some(id) => {
                self.slots[id as usize] = slot;
                id
            }
            None => {
                self.slots.push(slot);
                (self.slots.len() - 1) as InterfaceId
            }
        };
        self.numbers.insert(key, id);
        id
    }

    pub(super) fn get(&self, id: InterfaceId) -> Interface<'_> {
        let slot = &self.slots[id as usize];
        match slot.kind {
            Kind::Named => Interface::Named(&slot.text),
            Kind::Gone => Interface::Gone,
            Kind::Unspecified => Interface::Unspecified(&slot.text),
        }
    }

    /// A place on the interface is kept, or no longer.
    pub(super) fn keep_place(&mut self, id: InterfaceId) {
        self.slots[id as usize].places += 1;
    }

    pub(super) fn drop_place(&mut self, id: InterfaceId) {
        let slot = &mut self.slots[id as usize];
        slot.places -= 1;
        if slot.places == 0 {
            self.numbers.remove(&slot.text);
            self.free.push(id);
        }
    }

    fn here_mut(&mut self, id: InterfaceId, beginning: u32) -> &mut usize {
        let slot = &mut self.slots[id as usize];
        if slot.beginning != beginning {
            slot.beginning = beginning;
            slot.here = 0;
        }
        &mut slot.here
    }

    /// A service came to the interface, or went from it.
    pub(super) fn enter(&mut self, id: InterfaceId, beginning: u32) {
        *self.here_mut(id, beginning) += 1;
    }

    pub(super) fn leave(&mut self, id: InterfaceId, beginning: u32) {
        let here = self.here_mut(id, beginning);
        *here = here.saturating_sub(1);
    }

    /// How many places are here on the interface.
    pub(super) fn here(&self, id: InterfaceId, beginning: u32) -> usize {
        let slot = &self.slots[id as usize];
        match slot.beginning == beginning {
            true => slot.here,
            false => 0,
        }
    }

    pub(super) fn set_vanished(&mut self, id: InterfaceId, vanished: bool) {
        self.slots[id as usize].vanished = vanished;
    }

    /// Whether the interface is known to have vanished.
    pub(super) fn has_vanished(&self, id: InterfaceId) -> bool {
        let slot = &self.slots[id as usize];
        slot.vanished || slot.kind == Kind::Gone
    }

    /// Whether the interface has a name, and so can vanish.
    pub(super) fn can_vanish(&self, id: InterfaceId) -> bool {
        self.slots[id as usize].kind != Kind::Unspecified
    }
}
