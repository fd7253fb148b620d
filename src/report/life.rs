//! When a service was there, from its first place to its last.

use core::net::IpAddr;
use std::vec::Vec;

use jiff::{SignedDuration, Timestamp};

use crate::event::Endpoint;

/// A time during which a service was there, without a break.
///
/// ```
/// # let report = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/example.rs"));
/// let report = report(
///     b"2026-11-22T10:00:00Z +;eth0;IPv4;a;_x._tcp;local\n\
///       2026-11-22T10:05:00Z -;eth0;IPv4;a;_x._tcp;local\n",
/// );
/// let life = report.services[0].lives[0];
/// assert_eq!(life.from.unwrap().to_string(), "2026-11-22T10:00:00Z");
/// assert_eq!(life.to.unwrap().to_string(), "2026-11-22T10:05:00Z");
/// assert!(!life.present && life.endpoint.is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Life {
    /// When it appeared.
    pub from: Option<Timestamp>,
    /// When it went; the end of the session if it did not.
    pub to: Option<Timestamp>,
    /// Whether it was still there at the end of the session.
    pub present: bool,
    /// The address and the port it was last resolved to: not link-local ones,
    /// if it had others.
    pub endpoint: Option<(IpAddr, u16)>,
    /// How many lives were drawn together in this one, with the breaks between
    /// them: 1 if it is one.
    pub lives: u64,
}

/// So many lives that have ended are kept of a service.
const KEPT: usize = 64;

/// The lives of a service.
#[derive(Debug, Default)]
pub(super) struct Lives {
    ended: Vec<Life>,
    current: Option<Life>,
    up: SignedDuration,
}

impl Lives {
    pub(super) fn begin(&mut self, from: Option<Timestamp>) {
        self.current = Some(Life {
            from,
            to: None,
            present: false,
            endpoint: None,
            lives: 1,
        });
    }

    pub(super) fn is_open(&self) -> bool {
        self.current.is_some()
    }

    pub(super) fn resolved(&mut self, endpoint: &Endpoint<'_>) {
        if let Some(life) = &mut self.current
            && (life.endpoint.is_none() || !endpoint.is_link_local())
        {
            life.endpoint = Some((endpoint.address, endpoint.port));
        }
    }

    pub(super) fn end(&mut self, to: Option<Timestamp>) {
        let Some(mut life) = self.current.take() else {
            return;
        };
        life.to = to;
        // Where the clock went backwards, it was there for no time at all.
        if let (Some(from), Some(to)) = (life.from, to)
            && from < to
        {
            self.up = self.up.saturating_add(to.duration_since(from));
        }
        if self.ended.is_empty() {
            self.ended.reserve_exact(1); // mostly there is no other
        }
        self.ended.push(life);
        if self.ended.len() > KEPT {
            self.draw_together();
        }
    }

    /// Makes one of the two lives with the shortest break between them: what
    /// is lost is what can be seen least.
    fn draw_together(&mut self) {
        let breaks = self.ended.windows(2).enumerate();
        let shortest = breaks.min_by_key(|(_, pair)| match (pair[0].to, pair[1].from) {
            (Some(to), Some(from)) => from.duration_since(to),
            _ => SignedDuration::ZERO,
        });
        if let Some((at, _)) = shortest {
            let second = self.ended.remove(at + 1);
            let first = &mut self.ended[at];
            *first = Life {
                from: first.from,
                lives: first.lives + second.lives,
                ..second
            };
        }
    }

    /// All lives, at the end of the session, and how long they were together.
    pub(super) fn finish(
        mut self,
        present: bool,
        end: Option<Timestamp>,
    ) -> (Vec<Life>, SignedDuration) {
        if let Some(life) = &mut self.current {
            life.present = present;
        }
        self.end(end);
        (self.ended, self.up)
    }
}
