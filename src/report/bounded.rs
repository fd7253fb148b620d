//! Lists that do not grow with the session.

use std::vec::Vec;

use super::LISTED;

/// The first few of what is put into it, and a count of the rest.
#[derive(Debug)]
pub(super) struct Bounded<T> {
    pub(super) listed: Vec<T>,
    pub(super) omitted: u64,
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self {
            listed: Vec::new(),
            omitted: 0,
        }
    }
}

impl<T> Bounded<T> {
    /// Puts in what `item` gives, if there is room.
    pub(super) fn push(&mut self, item: impl FnOnce() -> T) {
        match self.listed.len() < LISTED {
            true => self.listed.push(item()),
            false => self.omitted += 1,
        }
    }
}
