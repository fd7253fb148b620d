//! What is counted of one service.

use std::{boxed::Box, collections::VecDeque, format, vec::Vec};

use jiff::{SignedDuration, Timestamp};

use super::{
    Service, WarningKind,
    life::Lives,
    warnings::{Once, Ordered, Spot},
};

/// What is counted of one service.
#[derive(Debug, Default)]
pub(super) struct Stats {
    /// Whether the report is about it.
    pub(super) wanted: bool,
    /// Whether it was seen in the time that the report is about.
    pub(super) seen: bool,
    pub(super) added: u64,
    pub(super) removed: u64,
    pub(super) resolved: u64,
    pub(super) lost: u64,
    pub(super) failed: u64,
    pub(super) first_seen: Option<Timestamp>,
    pub(super) last_seen: Option<Timestamp>,
    pub(super) lives: Lives,
    /// How many restarts there had been when it was last known to be here.
    pub(super) restarts: usize,
    pub(super) resolving: Resolving,
    /// The host that it was last resolved to.
    pub(super) host: Box<[u8]>,
    pub(super) warnings: Warnings,
}

impl Stats {
    pub(super) fn new(wanted: bool) -> Self {
        Self {
            wanted,
            ..Self::default()
        }
    }

    /// Forgets what was counted, but not that the service is here, or may yet
    /// return.
    pub(super) fn begin_again(&mut self, time: Timestamp, is_here: bool) {
        let before = core::mem::take(self);
        *self = Self {
            wanted: before.wanted,
            seen: is_here,
            first_seen: before.first_seen.filter(|_| is_here),
            last_seen: before.last_seen.filter(|_| is_here),
            restarts: before.restarts,
            host: before.host,
            ..Self::default()
        };
        if before.lives.is_open() {
            self.lives.begin(Some(time));
        }
    }

    /// A line is about it.
    pub(super) fn seen_at(&mut self, time: Option<Timestamp>) {
        self.seen = true;
        if time.is_some() {
            if self.first_seen.is_none() {
                self.first_seen = time;
            }
            self.last_seen = time;
        }
    }
}

/// How long it takes from being announced to being resolved.
#[derive(Debug, Default)]
pub(super) struct Resolving {
    since: Option<Timestamp>,
    times: u64,
    total: SignedDuration,
    longest: SignedDuration,
}

impl Resolving {
    pub(super) fn announced(&mut self, time: Option<Timestamp>) {
        self.since = time;
    }

    pub(super) fn resolved(&mut self, time: Option<Timestamp>) {
        let (Some(since), Some(time)) = (self.since.take(), time) else {
            return;
        };
        let took = time.duration_since(since).max(SignedDuration::ZERO);
        self.times += 1;
        self.total = self.total.saturating_add(took);
        self.longest = self.longest.max(took);
    }

    pub(super) fn finish(&self) -> Option<super::Resolving> {
        let times = i128::from(self.times);
        let mean = self.total.as_nanos().checked_div(times)?;
        Some(super::Resolving {
            times: self.times,
            mean: SignedDuration::from_nanos(i64::try_from(mean).unwrap_or(i64::MAX)),
            longest: self.longest,
        })
    }
}

/// What there is to warn of, about one service.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    // In boxes, since most services have none.
    pub(super) unannounced: Option<Box<Once>>,
    pub(super) two_hosts: Option<Box<Once>>,
    pub(super) address_changed: Option<Box<Once>>,
    pub(super) flapping: Option<Box<Once>>,
    /// Where it was first resolved, as long as all addresses are link-local.
    pub(super) link_local: LinkLocal,
    pub(super) losses: Losses,
}

impl Warnings {
    /// All that there is. Where nothing was ever announced, nothing is told of
    /// that.
    pub(super) fn finish(self, service: &Service, announced: bool) -> Vec<Ordered> {
        let title = || format!("\"{}\" ({})", service.name, service.service_type);
        let noted = [
            (
                self.unannounced.filter(|_| announced),
                WarningKind::Unannounced,
            ),
            (self.two_hosts, WarningKind::TwoHosts),
            (self.address_changed, WarningKind::AddressChanged),
            (self.flapping, WarningKind::Flapping),
        ];
        let link_local = match self.link_local {
            LinkLocal::Only(spot) => {
                let text = format!("{} has link-local addresses only", title());
                Some(spot.warning(WarningKind::LinkLocalOnly, text))
            }
            LinkLocal::Unresolved | LinkLocal::Not => None,
        };
        noted
            .into_iter()
            .filter_map(|(once, kind)| Some(once?.finish(kind, &title())))
            .chain(link_local)
            .collect()
    }
}

/// Whether all addresses of a service are link-local.
#[derive(Debug, Default)]
pub(super) enum LinkLocal {
    /// It has none yet.
    #[default]
    Unresolved,
    /// All are.
    Only(Box<Spot>),
    /// Not all are.
    Not,
}

/// The last times that a service was lost.
#[derive(Debug, Default)]
pub(super) struct Losses(VecDeque<Timestamp>);

impl Losses {
    /// Takes one more, and says whether there were more than `allowed` within
    /// an hour.
    pub(super) fn are_too_many(&mut self, time: Timestamp, allowed: usize) -> bool {
        if self.0.len() > allowed {
            self.0.pop_front();
        }
        self.0.push_back(time);
        let first = self.0.front().copied().unwrap_or(time);
        self.0.len() > allowed && time.duration_since(first) <= SignedDuration::from_hours(1)
    }
}
