//! What an event changed.

use core::net::IpAddr;

use super::{Instance, Place};

/// What an event or a message changed of a [`Directory`](super::Directory).
#[derive(Debug, Clone, Copy)]
pub struct Update<'d> {
    /// What changed.
    pub change: Change,
    /// Browsing began anew, and all services had been forgotten before this:
    /// the message said so, or the event is one that only a new beginning
    /// explains, a `+` of what was there already.
    pub restarted: bool,
    /// The event is a `=` that no `+` announced. Where Avahi before 0.8
    /// printed the capture, somebody may have forged it with a line feed in
    /// TXT; otherwise the capture begins too late.
    pub unannounced: bool,
    /// The service, as it is after the change, also one that was lost. `None`
    /// if it is about none, or about one that never was here.
    pub service: Option<Instance<'d>>,
    pub(super) place: Option<usize>,
}

impl<'d> Update<'d> {
    /// The place it is about. Of a `-` whose interface is `(null)`, the one
    /// that is taken to be meant; see [`Directory`](super::Directory).
    #[must_use]
    pub fn place(&self) -> Option<Place<'d>> {
        self.service?.place_at(self.place?)
    }
}

/// The kinds of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// A service appeared: it was nowhere before, or had been lost.
    Appeared,
    /// A service is seen for the first time since browsing began anew. It was
    /// here when that happened, and so was not lost.
    Returned,
    /// A service that is here was found at another place too.
    Found,
    /// It is known where the service at this place is to be reached.
    Resolved,
    /// A service was resolved to another address than the last time at this
    /// place.
    AddressChanged {
        /// The address until now.
        from: IpAddr,
    },
    /// A service was resolved to another host or port, or with another TXT
    /// than the last time at this place; the address is the same.
    DetailsChanged,
    /// A service could not be resolved; it may be here all the same.
    ResolveFailed,
    /// A service went from one place, and is still at another.
    Left,
    /// A service went from its last place.
    Lost,
    /// A service went, or could not be resolved, that was not here.
    NotHere,
    /// All services were forgotten; those that are still there will return.
    Forgotten,
    /// Nothing changed: what the event says was known, or is about no service.
    Nothing,
}
