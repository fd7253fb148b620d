//! What an event changed.

use core::net::IpAddr;

use super::{Instance, Place};

/// What an event or a message changed of a [`Directory`](super::Directory).
///
/// ```
/// use avahi_events::{Change, Directory, Event, Interface};
///
/// let mut directory = Directory::new();
/// directory.feed(&Event::try_from("+;eth0;IPv4;printer;_ipp._tcp;local")?);
/// let update = directory.feed(&Event::try_from("-;(null);IPv4;printer;_ipp._tcp;local")?);
/// assert_eq!((update.change, update.restarted), (Change::Lost, false));
/// assert!(update.service.unwrap().name() == "printer");
/// assert_eq!(update.place().unwrap().interface(), Interface::Named(b"eth0"));
/// # Ok::<(), avahi_events::ParseError>(())
/// ```
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
///
/// ```
/// use avahi_events::{Change, Directory, Event};
///
/// let mut directory = Directory::new();
/// let mut change = |line| directory.feed(&Event::try_from(line).unwrap()).change;
/// assert_eq!(change("-;eth0;IPv4;a;_x._tcp;local"), Change::NotHere);
/// assert_eq!(change("=;eth0;IPv4;a;_x._tcp;local;h;192.0.2.7;80;"), Change::Appeared);
/// assert_eq!(
///     change("=;eth0;IPv4;a;_x._tcp;local;h;192.0.2.8;80;"),
///     Change::AddressChanged { from: [192, 0, 2, 7].into() },
/// );
/// assert_eq!(change("+;;;dns-sd.org"), Change::Nothing);
/// ```
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
