//! The records of a session, one after the other, to what they show.

use std::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use jiff::{SignedDuration, Timestamp};

use super::{
    Counts, Failed, Next, Options, Place, Report, Restart, Service, Unread, Warning, WarningKind,
    bounded::Bounded,
    stats::Stats,
    text,
    warnings::{Ordered, Spot, in_order, warn_of_endpoint, warn_of_loss},
};
use crate::{
    directory::{Change, Directory, Instance},
    error::{ErrorKind, ParseError},
    event::{Event, Kind},
    message::Message,
};

/// See [`Options::flapping`].
const FLAPPING: usize = 5;

/// How long after the first service that comes after a restart another one
/// counts as having been there all the time. Avahi asks the network after 1, 3
/// and 7 seconds, and so on.
const RETURN: SignedDuration = SignedDuration::from_secs(60);

/// So many restarts are kept, to know when a service was last there that did
/// not return after one. After that, it counts as gone when it was last seen.
const RESTARTS: usize = 1 << 20;

/// Takes the records of a session, and makes a [`Report`] of them.
///
/// ```
/// use avahi_events::{Reader, report::{Merge, Options, Session, Source}};
///
/// let capture = &b"+;eth0;IPv4;a;_ipp._tcp;local\n+;eth0;IPv4;b;_x._tcp;local\n"[..];
/// let mut options = Options::default();
/// options.service_type = Some("_IPP._tcp".to_owned());
/// let mut session = Session::new(options);
/// let mut merge = Merge::new(vec![Source::new(Reader::new(capture))]);
/// while let Some(next) = merge.next_record() {
///     session.take(&next?);
/// }
/// let report = session.finish(merge.lines());
/// assert_eq!((report.services.len(), report.lines), (1, 2));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// It keeps what the report holds: memory grows with the services of the
/// session, not with its records; see [`LISTED`](super::LISTED),
/// [`Service::places`] and [`Service::lives`] for what is bounded.
#[derive(Debug)]
pub struct Session {
    options: Options,
    directory: Directory,
    /// Of each service, by its number in the directory.
    stats: Vec<Stats>,
    restarts_at: Vec<RestartAt>,
    /// How many records there were, and whether any is of the time asked for.
    order: u64,
    begun: bool,
    /// The time of the last record that has one.
    now: Option<Timestamp>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    events: Counts,
    unread: Bounded<Unread>,
    restarts: Bounded<Restart>,
    failed: Bounded<Failed>,
    warnings: Bounded<Ordered>,
}

/// When browsing began anew, and when the first service came after it.
#[derive(Debug)]
struct RestartAt {
    time: Option<Timestamp>,
    first: Option<Timestamp>,
}

impl Session {
    /// One that has no records yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let directory = Directory::keeping_gone();
        Self {
            begun: options.since.is_none(),
            directory: match &options.types {
                Some(types) => directory.with_types(types.clone()),
                None => directory,
            },
            options,
            stats: Vec::new(),
            restarts_at: Vec::new(),
            order: 0,
            now: None,
            from: None,
            to: None,
            events: Counts::default(),
            unread: Bounded::default(),
            restarts: Bounded::default(),
            failed: Bounded::default(),
            warnings: Bounded::default(),
        }
    }

    /// Takes the next record, in the order of time.
    pub fn take(&mut self, next: &Next<'_>) {
        self.order += 1;
        if !self.is_in_time(next) {
            return;
        }
        match &next.record.event {
            Ok(event) => self.event(event, next),
            Err(error) => match next.record.message() {
                Some(message) => self.message(&message, next),
                None if next.record.unread().is_some() => self.unread(*error, next),
                None => {}
            },
        }
    }

    /// Goes on with the clock. `false` if the record is after the time that the
    /// report is about.
    fn is_in_time(&mut self, next: &Next<'_>) -> bool {
        let Some(time) = next.time else {
            // It happened when the line before it did.
            return !matches!((self.now, self.options.until), (Some(now), Some(until)) if now > until);
        };
        self.now = Some(time);
        if self.options.until.is_some_and(|until| time > until) {
            return false;
        }
        if let Some(since) = self.options.since
            && !self.begun
            && time >= since
        {
            self.begin(since);
        }
        if self.begun {
            self.from = Some(self.from.map_or(time, |from| from.min(time)));
            self.to = Some(self.to.map_or(time, |to| to.max(time)));
            if let Some(back) = next.went_back() {
                let text = format!("the clock went back by {back:#}");
                self.warn(next, WarningKind::ClockBackwards, text);
            }
        }
        true
    }

    /// Begins with the time that the report is about: what was counted until
    /// now does not count.
    fn begin(&mut self, since: Timestamp) {
        self.begun = true;
        self.events = Counts::default();
        self.unread = Bounded::default();
        self.restarts = Bounded::default();
        self.failed = Bounded::default();
        self.warnings = Bounded::default();
        for instance in self.directory.known() {
            if let Some(stats) = self.stats.get_mut(instance.id().index()) {
                stats.begin_again(since, instance.is_here());
            }
        }
    }

    fn event(&mut self, event: &Event<'_>, next: &Next<'_>) {
        let now = next.time.or(self.now);
        let update = self.directory.feed(event);
        if update.restarted {
            note_restart(&mut self.restarts, &mut self.restarts_at, next, now);
        }
        if event.kind() == Kind::Add {
            note_first(&mut self.restarts_at, now);
        }
        let Some(instance) = update.service else {
            if self.options.wants_all() {
                count(&mut self.events, event.kind());
            }
            return;
        };
        let index = instance.id().index();
        while index >= self.stats.len() {
            let (name, service_type) = (instance.name(), instance.service_type());
            let wanted = self.options.want(&name, service_type);
            self.stats.push(Stats::new(wanted));
        }
        let stats = &mut self.stats[index];
        if !stats.wanted {
            return;
        }
        count(&mut self.events, event.kind());
        stats.seen_at(next.time);
        come_or_go(stats, update.change, instance, &self.restarts_at, now);
        match event {
            Event::Add(_) => {
                stats.added += 1;
                if matches!(update.change, Change::Appeared | Change::Returned) {
                    stats.resolving.announced(now);
                }
            }
            Event::Resolve(_, endpoint) => {
                stats.resolved += 1;
                stats.resolving.resolved(now);
                stats.lives.resolved(endpoint);
                warn_of_endpoint(stats, &update, endpoint, || spot(next, self.order));
            }
            _ => {
                stats.removed += 1;
                if update.change == Change::Lost {
                    let allowed = self.options.flapping.unwrap_or(FLAPPING);
                    warn_of_loss(stats, allowed, now, || spot(next, self.order));
                }
            }
        }
    }

    fn message(&mut self, message: &Message<'_>, next: &Next<'_>) {
        let now = next.time.or(self.now);
        let update = self.directory.feed_message(message);
        if update.restarted {
            note_restart(&mut self.restarts, &mut self.restarts_at, next, now);
        }
        let Message::FailedResolve {
            name,
            service_type,
            domain,
            reason,
        } = message
        else {
            return;
        };
        if !self.options.want(name, *service_type) {
            return;
        }
        if let Some(instance) = update.service
            && let Some(stats) = self.stats.get_mut(instance.id().index())
        {
            stats.failed += 1;
        }
        self.failed.push(|| Failed {
            file: next.file.cloned(),
            line: next.record.line,
            time: next.time,
            name: name.to_str_lossy().into_owned(),
            service_type: text(service_type.as_bytes()),
            domain: domain.to_str_lossy().into_owned(),
            reason: text(reason),
        });
    }

    fn unread(&mut self, error: ParseError, next: &Next<'_>) {
        let (file, line) = (next.file, next.record.line);
        let last = self.unread.listed.last();
        if last.is_some_and(|last| last.line == line && last.file.as_ref() == file) {
            return; // another piece of a line that is too long
        }
        self.unread.push(|| Unread {
            file: file.cloned(),
            line,
            error: error.to_string(),
        });
        if error.kind() == ErrorKind::Incomplete {
            let text = format!("the capture ends in half a line: {error}");
            self.warn(next, WarningKind::HalfLine, text);
        }
    }

    fn warn(&mut self, next: &Next<'_>, kind: WarningKind, text: String) {
        let spot = spot(next, self.order);
        self.warnings.push(|| spot.warning(kind, text));
    }

    /// What the session shows. `lines` is how many lines its files have.
    #[must_use]
    pub fn finish(mut self, lines: u64) -> Report {
        // Where the time that was asked for never came, there is nothing to tell.
        let begun = self.begun;
        if let Some(since) = self.options.since.filter(|_| !begun) {
            self.begin(since);
        }
        let mut warnings = core::mem::take(&mut self.warnings.listed);
        let mut services = Vec::new();
        let wanted = |stats: &&Stats| begun && stats.wanted && stats.seen;
        services.reserve_exact(self.stats.iter().filter(wanted).count());
        let directory = core::mem::take(&mut self.directory);
        directory.into_known(|instance| {
            let stats = self.stats.get_mut(instance.id().index());
            let Some(stats) = stats.filter(|stats| wanted(&&**stats)) else {
                return;
            };
            let mut stats = core::mem::take(stats);
            let found = core::mem::take(&mut stats.warnings);
            let service = self.service(instance, stats);
            warnings.extend(found.finish(&service, self.events.add > 0));
            services.push(service);
        });
        let mut warnings = in_order(warnings);
        warnings.omitted += self.warnings.omitted;
        let omitted = [
            (self.unread.omitted, "lines that did not read"),
            (self.restarts.omitted, "restarts"),
            (self.failed.omitted, "failed resolves"),
            (warnings.omitted, "warnings"),
        ];
        for (count, what) in omitted.into_iter().filter(|(count, _)| *count > 0) {
            warnings.listed.push(Warning {
                file: None,
                line: 0,
                time: None,
                kind: WarningKind::Omitted,
                text: format!("{count} more {what} are not listed"),
            });
        }
        Report {
            from: self.from,
            to: self.to,
            lines,
            events: self.events,
            unread: self.unread.listed,
            restarts: self.restarts.listed,
            failed: self.failed.listed,
            services,
            warnings: warnings.listed,
        }
    }

    fn service(&self, instance: Instance<'_>, stats: Stats) -> Service {
        let present = instance.is_here();
        // What was forgotten and did not return was there until then.
        let forgotten = self.restarts_at.get(stats.restarts);
        let end = match (present, forgotten) {
            (true, _) => self.to,
            (false, Some(restart)) => restart.time,
            (false, None) => stats.last_seen,
        };
        let mut places = Vec::with_capacity(instance.places().count());
        places.extend(instance.places().map(place));
        let (lives, up) = stats.lives.finish(present, end);
        Service {
            name: instance.name().to_str_lossy().into_owned(),
            service_type: text(self.options.type_text(instance.service_type())),
            domain: instance.domain().to_str_lossy().into_owned(),
            added: stats.added,
            removed: stats.removed,
            resolved: stats.resolved,
            present,
            first_seen: stats.first_seen,
            last_seen: stats.last_seen,
            up: self.from.map(|_| up),
            places,
            lives,
            lost: stats.lost,
            resolving: stats.resolving.finish(),
            failed: stats.failed,
        }
    }
}

fn place(place: crate::directory::Place<'_>) -> Place {
    let endpoint = place.endpoint();
    Place {
        interface: place.interface().name().map(text),
        protocol: place.protocol().map(|it| it.as_str()),
        host: endpoint.map(|it| it.host.to_str_lossy().into_owned()),
        address: endpoint.map(|it| it.address),
        port: endpoint.map(|it| it.port),
        present: place.is_here(),
    }
}

fn spot(next: &Next<'_>, order: u64) -> Spot {
    Spot {
        order,
        file: next.file.cloned(),
        line: next.record.line,
        time: next.time,
    }
}

fn count(events: &mut Counts, kind: Kind) {
    *match kind {
        Kind::Add => &mut events.add,
        Kind::Resolve => &mut events.resolve,
        Kind::Remove => &mut events.remove,
        Kind::AddDomain => &mut events.add_domain,
        Kind::RemoveDomain => &mut events.remove_domain,
    } += 1;
}

fn note_restart(
    restarts: &mut Bounded<Restart>,
    restarts_at: &mut Vec<RestartAt>,
    next: &Next<'_>,
    now: Option<Timestamp>,
) {
    restarts.push(|| Restart {
        file: next.file.cloned(),
        line: next.record.line,
        time: next.time,
    });
    if restarts_at.len() < RESTARTS {
        restarts_at.push(RestartAt {
            time: now,
            first: None,
        });
    }
}

/// A service came, the first one after the last restarts.
fn note_first(restarts_at: &mut [RestartAt], now: Option<Timestamp>) {
    if now.is_some() {
        let restarts = restarts_at.iter_mut().rev();
        for restart in restarts.take_while(|restart| restart.first.is_none()) {
            restart.first = now;
        }
    }
}

/// Goes on with the lives of a service.
fn come_or_go(
    stats: &mut Stats,
    change: Change,
    instance: Instance<'_>,
    restarts_at: &[RestartAt],
    now: Option<Timestamp>,
) {
    match change {
        Change::Appeared | Change::Returned => {
            // If it was forgotten, it may have been there all the time.
            let forgotten = restarts_at.get(stats.restarts);
            let stayed = change == Change::Returned
                && match (forgotten.and_then(|restart| restart.first), now) {
                    (Some(first), Some(now)) => now.duration_since(first) <= RETURN,
                    _ => true,
                };
            if !stayed {
                stats.lives.end(forgotten.and_then(|restart| restart.time));
            }
            if !stats.lives.is_open() {
                stats.lives.begin(now);
            }
        }
        Change::Lost => {
            stats.lives.end(now);
            stats.lost += 1;
        }
        _ => {}
    }
    if change == Change::Lost || instance.is_here() {
        stats.restarts = restarts_at.len();
    }
}
