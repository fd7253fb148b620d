//! What `browse --watch` shows: the services that are here, those that are new,
//! and those that went.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::{Duration, Instant},
};

use avahi_events::{
    Change, Directory, Event, Instance, InstanceId, Interface, Message,
    browse::{Step, Trouble},
};

use crate::{filter::Filter, output::socket, safe};

/// How long a service is marked as new, or shown though it is gone.
pub const MARKED: Duration = Duration::from_secs(10);

/// So many services that are gone are shown, the last ones.
const MAX_GONE: usize = 256;

/// What is to be seen of a service at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Here,
    New,
    Gone,
}

/// One line: a service at one of its places. All text is safe for a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub mark: Mark,
    /// The name; empty in a line that continues the one before.
    pub name: String,
    /// Where it is to be reached; empty if it is not resolved yet.
    pub socket: String,
    pub host: String,
    /// The interface and the protocol.
    pub seen_on: String,
}

/// The services of one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub service_type: String,
    /// How many services are here.
    pub count: usize,
    pub lines: Vec<Line>,
}

/// All that is shown.
#[derive(Debug)]
pub struct Board {
    filter: Filter,
    directory: Directory,
    new: HashMap<InstanceId, Instant>,
    gone: VecDeque<Gone>,
    /// What avahi-browse said last, or why it is not running.
    pub message: String,
}

#[derive(Debug)]
struct Gone {
    since: Instant,
    service_type: String,
    lines: Vec<Line>,
}

impl Board {
    /// An empty one, for events that fit.
    pub fn new(filter: Filter) -> Self {
        Self {
            filter,
            directory: Directory::new(),
            new: HashMap::new(),
            gone: VecDeque::new(),
            message: String::new(),
        }
    }

    /// How many services are here.
    pub fn len(&self) -> usize {
        self.directory.len()
    }

    /// Takes a step in.
    pub fn note(&mut self, step: &Step, now: Instant) {
        match step {
            Step::Event(event) => {
                self.message.clear();
                let event = event.event();
                // Where the interface is gone, what was shown need not fit.
                if self.filter.fits(&event) || matches!(event, Event::Remove(_)) {
                    self.enter(&event, now);
                }
            }
            Step::Message(message) => {
                self.message = safe::text(message.as_bytes());
                if let Some(message) = message.message() {
                    self.directory.feed_message(&message);
                }
            }
            Step::Retry { trouble, .. } => self.retry(trouble),
            Step::Unread(error) => self.message = safe::text(error.to_string().as_bytes()),
            _ => {}
        }
    }

    fn retry(&mut self, trouble: &Trouble) {
        self.message = safe::text(trouble.to_string().as_bytes());
        // All will be announced again.
        self.directory.feed_message(&Message::Disconnected);
    }

    fn enter(&mut self, event: &Event<'_>, now: Instant) {
        // A service that is lost has no places any more.
        let before = event.service().and_then(|it| {
            let service = self.directory.get(&it.name, it.service_type, it.domain)?;
            matches!(event, Event::Remove(_)).then(|| Gone {
                since: now,
                service_type: type_of(&service),
                lines: lines(&service, Mark::Gone),
            })
        });
        let update = self.directory.feed(event);
        let id = update.service.map(|it| it.id());
        match (update.change, id) {
            (Change::Appeared, Some(id)) => {
                self.new.insert(id, now);
            }
            (Change::Lost, Some(id)) => {
                self.new.remove(&id);
                self.gone.extend(before);
            }
            // What is still there after browsing began anew is not new.
            (Change::Returned, Some(id)) => {
                self.new.remove(&id);
            }
            _ => {}
        }
    }

    /// Forgets marks that have been shown long enough.
    pub fn expire(&mut self, now: Instant) {
        let is_fresh = |since: Instant| now.saturating_duration_since(since) < MARKED;
        self.new.retain(|_, since| is_fresh(*since));
        let surplus = self.gone.len().saturating_sub(MAX_GONE);
        self.gone.drain(..surplus);
        self.gone.retain(|it| is_fresh(it.since));
    }

    /// The services by type, in the order of the alphabet.
    pub fn groups(&self) -> Vec<Group> {
        let mut groups: BTreeMap<String, (usize, Vec<Vec<Line>>)> = BTreeMap::new();
        for service in self.directory.services() {
            let mark = match self.new.contains_key(&service.id()) {
                true => Mark::New,
                false => Mark::Here,
            };
            let (count, services) = groups.entry(type_of(&service)).or_default();
            *count += 1;
            services.push(lines(&service, mark));
        }
        for gone in &self.gone {
            let (_, services) = groups.entry(gone.service_type.clone()).or_default();
            services.push(gone.lines.clone());
        }
        let group = |(service_type, (count, mut services)): (_, (_, Vec<Vec<Line>>))| {
            services.sort_by_cached_key(|it| it.first().map(|line| line.name.to_lowercase()));
            Group {
                service_type,
                count,
                lines: services.concat(),
            }
        };
        groups.into_iter().map(group).collect()
    }
}

fn type_of(service: &Instance<'_>) -> String {
    safe::text(service.service_type().as_bytes())
}

/// One line for each place, in the order of interfaces.
fn lines(service: &Instance<'_>, mark: Mark) -> Vec<Line> {
    let text = |interface: Interface<'_>| safe::text(interface.name().unwrap_or(b"-"));
    let mut lines: Vec<Line> = service
        .places()
        .map(|place| {
            let endpoint = place.endpoint().filter(|_| place.is_resolved());
            let protocol = place.protocol().map_or("-", |it| it.as_str());
            let socket = |it| safe::text(&socket(place.interface(), it));
            Line {
                mark,
                name: String::new(),
                socket: endpoint.as_ref().map(socket).unwrap_or_default(),
                host: endpoint.map_or(String::new(), |it| safe::text(it.host.as_bytes())),
                seen_on: format!("{} {protocol}", text(place.interface())),
            }
        })
        .collect();
    lines.sort_by(|a, b| a.seen_on.cmp(&b.seen_on));
    if let Some(first) = lines.first_mut() {
        first.name = safe::text(&service.name().decode());
    }
    lines
}

#[cfg(test)]
mod tests {
    use avahi_events::{EventBuf, browse::MessageBuf};

    use super::*;

    fn board(lines: &[&str]) -> Board {
        let mut board = Board::new(Filter::default());
        for line in lines {
            note(&mut board, line);
        }
        board
    }

    fn note(board: &mut Board, line: &str) {
        let step = match EventBuf::parse(line.as_bytes()) {
            Ok(event) => Step::Event(event),
            Err(_) => Step::Message(MessageBuf::new(line.as_bytes())),
        };
        board.note(&step, Instant::now());
    }

    fn shown(board: &Board) -> Vec<String> {
        let group = |group: Group| {
            let line = |it: Line| format!("{:?} {}|{}|{}", it.mark, it.name, it.socket, it.seen_on);
            let head = format!("{} {}", group.service_type, group.count);
            [head]
                .into_iter()
                .chain(group.lines.into_iter().map(line))
                .collect::<Vec<_>>()
        };
        board.groups().into_iter().flat_map(group).collect()
    }

    const LINES: [&str; 5] = [
        "+;eth1;IPv4;b;_x._tcp;local",
        "+;eth0;IPv6;b;_x._tcp;local",
        "+;eth0;IPv4;A\\027;_x._tcp;local",
        "+;eth0;IPv4;c;_a._tcp;local",
        "=;eth0;IPv6;b;_x._tcp;local;b.local;fe80::1;80;",
    ];

    #[test]
    fn services_stand_by_type_with_their_places() {
        assert_eq!(
            shown(&board(&LINES)),
            [
                "_a._tcp 1",
                "New c||eth0 IPv4",
                "_x._tcp 2",
                r"New A\027||eth0 IPv4",
                "New b|[fe80::1%eth0]:80|eth0 IPv6",
                "New ||eth1 IPv4",
            ]
        );
    }

    #[test]
    fn marks_go_in_time() {
        let mut board = board(&LINES);
        note(&mut board, "-;eth0;IPv4;c;_a._tcp;local");
        assert_eq!(shown(&board)[..2], ["_a._tcp 0", "Gone c||eth0 IPv4"]);
        board.expire(Instant::now());
        assert_eq!(shown(&board)[..2], ["_a._tcp 0", "Gone c||eth0 IPv4"]);
        board.expire(Instant::now() + MARKED);
        assert_eq!(
            shown(&board),
            [
                "_x._tcp 2",
                r"Here A\027||eth0 IPv4",
                "Here b|[fe80::1%eth0]:80|eth0 IPv6",
                "Here ||eth1 IPv4",
            ]
        );
    }

    #[test]
    fn what_returns_is_not_new() {
        let mut board = board(&LINES[..1]);
        note(&mut board, "Disconnected, reconnecting ...");
        assert_eq!(
            (board.len(), &*board.message),
            (0, "Disconnected, reconnecting ...")
        );
        note(&mut board, LINES[0]);
        assert_eq!(shown(&board), ["_x._tcp 1", "Here b||eth1 IPv4"]);
        assert_eq!(board.message, "");
    }
}
