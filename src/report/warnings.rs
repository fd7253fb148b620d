//! What a person may want to look at.

use std::{boxed::Box, format, string::String, sync::Arc, vec::Vec};

use jiff::Timestamp;

use super::{
    Warning, WarningKind,
    bounded::Bounded,
    stats::{LinkLocal, Stats},
    text,
};
use crate::{
    directory::{Change, Update},
    event::Endpoint,
};

/// A place in the session.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    /// How many records came before it.
    pub(super) order: u64,
    pub(super) file: Option<Arc<str>>,
    pub(super) line: u64,
    pub(super) time: Option<Timestamp>,
}

impl Spot {
    pub(super) fn warning(&self, kind: WarningKind, text: String) -> Ordered {
        Ordered {
            order: self.order,
            warning: Warning {
                file: self.file.clone(),
                line: self.line,
                time: self.time,
                kind,
                text,
            },
        }
    }
}

/// A warning that is said once of a service, however often it comes.
#[derive(Debug)]
pub(super) struct Once {
    spot: Spot,
    text: String,
    times: u64,
}

impl Once {
    /// Takes note: of what, only the first time.
    pub(super) fn note(once: &mut Option<Box<Self>>, first: impl FnOnce() -> (Spot, String)) {
        match once {
            Some(once) => once.times += 1,
            None => {
                let (spot, text) = first();
                *once = Some(Box::new(Self {
                    spot,
                    text,
                    times: 1,
                }));
            }
        }
    }

    /// The warning about a service, with how often it came.
    pub(super) fn finish(self, kind: WarningKind, service: &str) -> Ordered {
        let text = match self.times {
            1 => format!("{service} {}", self.text),
            2 => format!("{service} {}, and 1 more time", self.text),
            times => format!("{service} {}, and {} more times", self.text, times - 1),
        };
        self.spot.warning(kind, text)
    }
}

/// A warning, and where it stands among the others.
#[derive(Debug)]
pub(super) struct Ordered {
    order: u64,
    warning: Warning,
}

/// All warnings in the order of the session, as many as are listed.
pub(super) fn in_order(mut warnings: Vec<Ordered>) -> Bounded<Warning> {
    warnings.sort_by_key(|it| it.order);
    let mut bounded = Bounded::default();
    for it in warnings {
        bounded.push(|| it.warning);
    }
    bounded
}

/// What a `=` gives cause to warn of.
pub(super) fn warn_of_endpoint(
    stats: &mut Stats,
    update: &Update<'_>,
    endpoint: &Endpoint<'_>,
    spot: impl Fn() -> Spot,
) {
    let warnings = &mut stats.warnings;
    match (endpoint.is_link_local(), &warnings.link_local) {
        (false, _) => warnings.link_local = LinkLocal::Not,
        (true, LinkLocal::Unresolved) => warnings.link_local = LinkLocal::Only(Box::new(spot())),
        (true, _) => {}
    }
    let at = || match update.place() {
        Some(place) => {
            let protocol = place.protocol().map_or("", |it| it.as_str());
            format!("{} {protocol}", text(place.interface().as_bytes()))
        }
        None => String::new(),
    };
    if update.unannounced {
        Once::note(&mut warnings.unannounced, || {
            let (address, port) = (endpoint.address, endpoint.port);
            let text = format!(
                "was resolved at {} to {address} port {port} without having been announced",
                at()
            );
            (spot(), text)
        });
    }
    // Of an IPv4 and an IPv6 address, either may come.
    if let Change::AddressChanged { from } = update.change
        && from.is_ipv4() == endpoint.address.is_ipv4()
    {
        Once::note(&mut warnings.address_changed, || {
            let text = format!(
                "changed its address at {} from {from} to {}",
                at(),
                endpoint.address
            );
            (spot(), text)
        });
    }
    if *stats.host == *endpoint.host.as_bytes() {
        return;
    }
    stats.host = endpoint.host.as_bytes().into();
    let places = update.service.into_iter().flat_map(|it| it.places());
    let other = places
        .filter(|place| place.is_here() && place.is_resolved())
        .filter_map(|place| place.endpoint())
        .find(|other| !other.host.eq_ignore_ascii_case(&endpoint.host));
    if let Some(other) = other {
        Once::note(&mut warnings.two_hosts, || {
            let (a, b) = (text(other.host.as_bytes()), text(endpoint.host.as_bytes()));
            (spot(), format!("is held by {a} and {b} at once"))
        });
    }
}

/// What a service's going from its last place gives cause to warn of.
pub(super) fn warn_of_loss(
    stats: &mut Stats,
    allowed: usize,
    now: Option<Timestamp>,
    spot: impl Fn() -> Spot,
) {
    if let Some(now) = now
        && stats.warnings.losses.are_too_many(now, allowed)
    {
        Once::note(&mut stats.warnings.flapping, || {
            (
                spot(),
                format!("was lost more than {allowed} times within an hour"),
            )
        });
    }
}
