//! What one is told while waiting: what for, and what was seen that almost
//! fits.

use std::{
    collections::BTreeMap,
    io::{self, IsTerminal as _},
    time::{Duration, Instant},
};

use avahi_events::{
    Event, Message,
    browse::{Step, Trouble},
};
use indicatif::ProgressBar;

use super::wanted::{Stage, Wanted};
use crate::unread::say;

/// So many services are told apart; strangers can publish more.
const MAX_SERVICES: usize = 4096;

/// How often a line may be said, where each stays.
const INTERVAL: Duration = Duration::from_secs(1);

/// Says it on standard error: on a terminal on one line that changes, else, if
/// asked to, line by line.
pub struct Status<'a> {
    service_type: &'a str,
    wanted: &'a Wanted,
    /// How far each service has come, by its name.
    services: BTreeMap<Vec<u8>, Stage>,
    trouble: Option<String>,
    bar: ProgressBar,
    verbose: bool,
    said: String,
    said_at: Option<Instant>,
}

impl<'a> Status<'a> {
    /// For those services. What is said stays if `verbose`.
    pub fn new(service_type: &'a str, wanted: &'a Wanted, verbose: bool) -> Self {
        let bar = match io::stderr().is_terminal() && !verbose {
            true => ProgressBar::new_spinner(),
            false => ProgressBar::hidden(),
        };
        Self {
            service_type,
            wanted,
            services: BTreeMap::new(),
            trouble: None,
            bar,
            verbose,
            said: String::new(),
            said_at: None,
        }
    }

    /// Takes note of a step.
    pub fn note(&mut self, step: Option<&Step>) {
        match step {
            Some(Step::Started) => self.services.clear(),
            Some(Step::Event(event)) => {
                self.trouble = None;
                self.enter(&event.event());
            }
            Some(Step::Message(message)) => {
                if matches!(message.message(), Some(Message::Disconnected)) {
                    self.services.clear();
                }
                if self.verbose {
                    say(&format!("avahi-browse: {message}"));
                }
            }
            Some(Step::Retry { trouble, pause, .. }) => self.retry(trouble, *pause),
            Some(Step::Unread(error)) if self.verbose => say(&format!("avahi-browse: {error}")),
            _ => {}
        }
        self.show();
    }

    fn retry(&mut self, trouble: &Trouble, pause: Duration) {
        if self.verbose {
            say(&format!("{trouble}; trying again in {pause:?}"));
        }
        self.trouble = Some(trouble.to_string());
    }

    fn enter(&mut self, event: &Event<'_>) {
        let (service, endpoint) = match event {
            Event::Add(service) => (service, None),
            Event::Resolve(service, endpoint) => (service, Some(endpoint)),
            Event::Remove(service) => {
                self.services.remove(&*service.name.decode());
                return;
            }
            _ => return,
        };
        let stage = self.wanted.stage(service, endpoint);
        let name = service.name.decode().into_owned();
        if let Some(known) = self.services.get_mut(&name) {
            *known = (*known).max(stage);
        } else if self.services.len() < MAX_SERVICES {
            self.services.insert(name, stage);
        }
    }

    /// What was seen: `3 _http._tcp services seen, none named "master"`.
    fn seen(&self) -> String {
        let count = self.services.len();
        let more = match count {
            MAX_SERVICES => " or more",
            _ => "",
        };
        let services = match count {
            1 => "service",
            _ => "services",
        };
        let seen = format!("{count}{more} {} {services} seen", self.service_type);
        let Some(&furthest) = self.services.values().max() else {
            return seen;
        };
        let with = |least: Stage| self.services.values().filter(|&&it| it >= least).count();
        match furthest {
            Stage::Fits => format!("{seen}, {} as wanted", with(Stage::Fits)),
            Stage::Seen => format!("{seen}, none {}", self.wanted.lack(furthest)),
            stage => format!(
                "{seen}, {} with such a name, none {}",
                with(Stage::Named),
                self.wanted.lack(stage)
            ),
        }
    }

    fn show(&mut self) {
        if self.bar.is_hidden() && !self.verbose {
            return;
        }
        let is_due = self.said_at.is_none_or(|at| at.elapsed() >= INTERVAL);
        if self.verbose && !is_due {
            return;
        }
        let text = match &self.trouble {
            Some(trouble) if !self.verbose => format!("waiting; {trouble}"),
            _ => format!("waiting; {}", self.seen()),
        };
        self.bar.tick();
        if text != self.said {
            self.said_at = Some(Instant::now());
            match self.verbose {
                true => say(&text),
                false => self.bar.set_message(text.clone()),
            }
            self.said = text;
        }
    }

    /// Takes the line away. Returns what was seen.
    pub fn finish(self) -> String {
        self.bar.finish_and_clear();
        self.seen()
    }
}
