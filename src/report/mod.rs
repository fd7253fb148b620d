//! What a captured session shows: who was there, when, and what went wrong.
//!
//! A [`Session`] takes the records of one or more captures, in the order of
//! time, and makes a [`Report`] of them. [`Merge`] brings the captures into that
//! order.
//!
//! ```
//! use avahi_events::{Reader, report::{Merge, Options, Session, Source}};
//!
//! let capture = &b"+;eth0;IPv4;printer;_ipp._tcp;local\n\
//!                  =;eth0;IPv4;printer;_ipp._tcp;local;p.local;192.0.2.7;631;\n\
//!                  -;eth0;IPv4;printer;_ipp._tcp;local\n"[..];
//! let mut session = Session::new(Options::default());
//! let mut merge = Merge::new(vec![Source::new(Reader::new(capture))]);
//! while let Some(next) = merge.next_record() {
//!     session.take(&next?);
//! }
//! let report = session.finish(merge.lines());
//! let printer = &report.services[0];
//! assert_eq!((printer.added, printer.resolved, printer.removed), (1, 1, 1));
//! assert!(!printer.present);
//! assert_eq!(printer.places[0].port, Some(631));
//! # Ok::<(), std::io::Error>(())
//! ```

mod bounded;
mod life;
mod merge;
mod options;
mod session;
mod stats;
mod warnings;

use core::net::IpAddr;
use std::{string::String, sync::Arc, vec::Vec};

use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};

pub use self::{
    life::Life,
    merge::{Merge, Next, Source},
    options::Options,
    session::Session,
};

/// How many lines that did not read, restarts, failed resolves and warnings a
/// report lists, of each. What comes after them is only counted, in a warning
/// of the kind `omitted`.
///
/// ```
/// # let report = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/example.rs"));
/// use avahi_events::report::{LISTED, WarningKind};
///
/// let report = report("?\n".repeat(LISTED + 3).as_bytes());
/// assert_eq!(report.unread.len(), LISTED);
/// let last = report.warnings.last().unwrap();
/// assert_eq!(last.kind, WarningKind::Omitted);
/// assert_eq!(last.text, "3 more lines that did not read are not listed");
/// ```
pub const LISTED: usize = 10_000;

/// What a session shows. `Serialize` writes the JSON of `avahi-events report
/// --format json`, whose keys are the names of the fields, but for
/// `service_type`, which is `type`, and the fields that say that they are not
/// in it.
///
/// Times are RFC 3339 in JSON, and `None` or null where the line has no stamp.
/// A place in the session is the number of the record's first line, counted
/// from 1; if the session is of several files, also the file, otherwise the
/// key `file` is not there.
///
/// ```
/// # let report = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/example.rs"));
/// let report = report(b"1795345126 +;eth0;IPv4;a;_x._tcp;local\n");
/// assert_eq!(report.from.unwrap().as_second(), 1_795_345_126);
/// let json = serde_json::to_value(&report)?;
/// assert_eq!(json["services"][0]["type"], "_x._tcp");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The earliest time that a line of the session has, messages included.
    pub from: Option<Timestamp>,
    /// The latest.
    pub to: Option<Timestamp>,
    /// How many lines the files have, empty ones and those of messages
    /// included, and also those outside the time asked for.
    pub lines: u64,
    /// How many events of each kind were read.
    pub events: Counts,
    /// The lines that are neither event nor message nor empty, and so may be
    /// something lost.
    pub unread: Vec<Unread>,
    /// Where browsing began anew, and all services were forgotten: at the
    /// message of it, or at the `+` that shows it.
    pub restarts: Vec<Restart>,
    /// The services that could not be resolved, each time.
    pub failed: Vec<Failed>,
    /// All services of the session, in the order in which they were first
    /// seen.
    pub services: Vec<Service>,
    /// What a person may want to look at, in the order of the session.
    pub warnings: Vec<Warning>,
}

/// How many events of each kind there are.
///
/// ```
/// # let report = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/example.rs"));
/// let events = report(b"+;eth0;IPv4;a;_x._tcp;local\n+;;;dns-sd.org\n").events;
/// assert_eq!((events.add, events.add_domain, events.remove), (1, 1, 0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// Services seen: `+`.
    pub add: u64,
    /// Services resolved: `=`.
    pub resolve: u64,
    /// Services gone: `-`.
    pub remove: u64,
    /// Browse domains seen: `+` with `-D`.
    pub add_domain: u64,
    /// Browse domains gone: `-` with `-D`.
    pub remove_domain: u64,
}

/// A line that did not read.
///
/// ```
/// # let report = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/example.rs"));
/// let report = report(b"\n+;eth0;IPv4;a;_x._tcp\n");
/// assert_eq!(report.unread[0].line, 2);
/// assert_eq!(report.unread[0].error, "the line ends before the domain, at byte 21");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Unread {
    /// The file, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Arc<str>>,
    /// The number of the line.
    pub line: u64,
    /// What is wrong with it, where.
    pub error: String,
}

/// Where browsing began anew.
///
/// ```
/// # let report = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/example.rs"));
/// let report = report(b"+;eth0;IPv4;a;_x._tcp;local\nDisconnected, reconnecting ...\n");
/// assert_eq!(report.restarts[0].line, 2);
/// assert_eq!(report.restarts[0].time, None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Restart {
    /// The file, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Arc<str>>,
    /// The number of the line.
    pub line: u64,
    /// When.
    pub time: Option<Timestamp>,
}

/// A service that could not be resolved.
///
/// ```
/// # let report = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/example.rs"));
/// let message = "Failed to resolve service 'a' of type '_x._tcp' in domain 'local': ";
/// let report = report(format!("{message}Timeout reached\n").as_bytes());
/// let failed = &report.failed[0];
/// assert_eq!((&*failed.name, &*failed.service_type), ("a", "_x._tcp"));
/// assert_eq!(failed.reason, "Timeout reached");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Failed {
    /// The file, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Arc<str>>,
    /// The number of the line.
    pub line: u64,
    /// When Avahi gave up.
    pub time: Option<Timestamp>,
    /// The service's name.
    pub name: String,
    /// Its DNS type.
    #[serde(rename = "type")]
    pub service_type: String,
    /// Its domain, escaped as printed.
    pub domain: String,
    /// Why, in the language of the capture.
    pub reason: String,
}

/// One service of the session: one name, type and domain, whatever places it
/// was seen at.
///
/// ```
/// # let report = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/example.rs"));
/// let report = report(b"+;eth0;IPv4;a;_x._tcp;local\n+;eth1;IPv4;A;_x._tcp;local\n");
/// let [service] = &report.services[..] else { panic!("one service") };
/// assert_eq!((&*service.name, &*service.domain), ("a", "local"));
/// assert_eq!((service.added, service.places.len()), (2, 2));
/// assert!(service.present);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Service {
    /// Its name, decoded, with U+FFFD for what is not UTF-8.
    pub name: String,
    /// Its DNS type; where a display name was printed whose type is not known,
    /// the display name.
    #[serde(rename = "type")]
    pub service_type: String,
    /// Its domain, escaped as printed.
    pub domain: String,
    /// How many `+` there are of it, over all its places.
    pub added: u64,
    /// How many `-`, those with the interface `(null)` included.
    pub removed: u64,
    /// How many `=`.
    pub resolved: u64,
    /// Whether it is there at the end of the session.
    pub present: bool,
    /// The time of the first line about it.
    pub first_seen: Option<Timestamp>,
    /// The time of the last line about it: if it is not there at the end,
    /// mostly that of its last `-`.
    pub last_seen: Option<Timestamp>,
    /// How long it was there, at one place at least, in seconds. Where browsing
    /// began anew and it returned within a minute, it was there all the time.
    /// `None` where the session has no stamps.
    #[serde(rename = "up_seconds", serialize_with = "seconds")]
    pub up: Option<SignedDuration>,
    /// Where it was seen, in the order of first seen: the 256 last found of
    /// those where it no longer is.
    pub places: Vec<Place>,
    /// When it was there, in order; not in JSON. If it was more than 64 times,
    /// lives with the shortest breaks between them are drawn together.
    #[serde(skip)]
    pub lives: Vec<Life>,
    /// How often its last place went; not in JSON. A restart loses no service.
    #[serde(skip)]
    pub lost: u64,
    /// How long it took from `+` to the first `=`, each time; not in JSON.
    #[serde(skip)]
    pub resolving: Option<Resolving>,
    /// How often it could not be resolved; not in JSON.
    #[serde(skip)]
    pub failed: u64,
}

/// How long a service took to be resolved.
///
/// ```
/// # let report = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/example.rs"));
/// let report = report(
///     b"1795345126.0 +;eth0;IPv4;a;_x._tcp;local\n\
///       1795345126.5 =;eth0;IPv4;a;_x._tcp;local;h.local;192.0.2.7;80;\n",
/// );
/// let resolving = report.services[0].resolving.unwrap();
/// assert_eq!((resolving.times, resolving.mean.as_millis()), (1, 500));
/// assert_eq!(resolving.longest, resolving.mean);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resolving {
    /// How often it was measured.
    pub times: u64,
    /// The mean.
    pub mean: SignedDuration,
    /// The longest.
    pub longest: SignedDuration,
}

/// A place where a service was seen: an interface and a protocol.
///
/// ```
/// # let report = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/example.rs"));
/// let report = report(b"=;eth0;IPv6;a;_x._tcp;local;h.local;192.0.2.7;80;\n");
/// let place = &report.services[0].places[0];
/// assert_eq!((place.interface.as_deref(), place.protocol), (Some("eth0"), Some("IPv6")));
/// assert_eq!((place.host.as_deref(), place.port), (Some("h.local"), Some(80)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Place {
    /// The interface's name, with U+FFFD for what is not UTF-8. `None` where
    /// the service was seen on none certain.
    pub interface: Option<String>,
    /// The protocol it was seen over, `IPv4` or `IPv6`, if any.
    pub protocol: Option<&'static str>,
    /// The name of its host, escaped as printed, as last resolved here; `None`
    /// if it never was. So too the address and the port.
    pub host: Option<String>,
    /// The address.
    pub address: Option<IpAddr>,
    /// The port.
    pub port: Option<u16>,
    /// Whether the service is here at the end of the session.
    pub present: bool,
}

/// Something that a person may want to look at.
///
/// ```
/// # let report = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/example.rs"));
/// use avahi_events::report::WarningKind;
///
/// let report = report(b"+;eth0;IPv4;a;_x._tcp;local\n+;eth0;IPv4;b;_x._t");
/// let warning = &report.warnings[0];
/// assert_eq!((warning.kind, warning.line), (WarningKind::HalfLine, 2));
/// assert!(warning.text.starts_with("the capture ends in half a line"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Warning {
    /// The file, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Arc<str>>,
    /// The number of the line where it first shows. 0 if it is about no line.
    pub line: u64,
    /// When it first shows.
    pub time: Option<Timestamp>,
    /// What it is.
    pub kind: WarningKind,
    /// The same in words, with the names in it, decoded.
    pub text: String,
}

/// The kinds of [`Warning`]. Those about a service come once for each service
/// and kind, and say how often it was if it was more than once.
///
/// ```
/// use avahi_events::report::WarningKind;
///
/// assert_eq!(WarningKind::TwoHosts.as_str(), "two_hosts");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WarningKind {
    /// A service was resolved at a place where no `+` announced it: the capture
    /// begins too late, or somebody forged the line with a line feed in a TXT
    /// that Avahi before 0.8 printed. Not said of captures without any `+`.
    Unannounced,
    /// A service is held by two hosts at once.
    TwoHosts,
    /// A service was lost more often within an hour than
    /// [`Options::flapping`] allows.
    Flapping,
    /// A service was resolved to another address than before at the same
    /// place, of the same family.
    AddressChanged,
    /// All addresses that a service was resolved to are link-local
    /// (`fe80::/10`, `169.254.0.0/16`): it cannot be reached from beyond the
    /// link.
    LinkLocalOnly,
    /// A stamp is before the one above it in the same file.
    ClockBackwards,
    /// The capture ends in half a line.
    HalfLine,
    /// A list of the report has reached its [bound](LISTED): so many are not
    /// in it.
    Omitted,
}

impl WarningKind {
    /// The name in JSON: `unannounced`, `two_hosts`, `flapping`,
    /// `address_changed`, `link_local_only`, `clock_backwards`, `half_line`,
    /// `omitted`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unannounced => "unannounced",
            Self::TwoHosts => "two_hosts",
            Self::Flapping => "flapping",
            Self::AddressChanged => "address_changed",
            Self::LinkLocalOnly => "link_local_only",
            Self::ClockBackwards => "clock_backwards",
            Self::HalfLine => "half_line",
            Self::Omitted => "omitted",
        }
    }
}

fn seconds<S: Serializer>(
    duration: &Option<SignedDuration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match duration {
        Some(duration) => serializer.serialize_f64(duration.as_secs_f64()),
        None => serializer.serialize_none(),
    }
}

/// Text for a person or a program: what is not UTF-8 as U+FFFD.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
