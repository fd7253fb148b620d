//! What a person may want to look at.

use std::{format, string::String, sync::Arc, vec::Vec};

use jiff::Timestamp;

use super::{Warning, WarningKind, bounded::Bounded};

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
    pub(super) fn note(once: &mut Option<Self>, first: impl FnOnce() -> (Spot, String)) {
        match once {
            Some(once) => once.times += 1,
            None => {
                let (spot, text) = first();
                *once = Some(Self {
                    spot,
                    text,
                    times: 1,
                });
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
