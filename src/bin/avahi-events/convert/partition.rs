//! Which directory of a table a row belongs to.

use std::path::PathBuf;

use avahi_events::arrow::Row;
use jiff::{civil::Date, tz::Offset};

/// What Hive calls the partition of null.
const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// The longest host, in bytes, as it stands in a directory's name: names have
/// at most 255.
const LONGEST: usize = 240;

/// A day and a host.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Partition {
    /// In UTC. `None` where the time is not known, or before the year 1, for
    /// which engines have no dates.
    day: Option<Date>,
    host: Option<Box<str>>,
}

impl Partition {
    /// The row's; `None` if no directory can be called so.
    pub fn of(row: &Row<'_>) -> Option<Self> {
        let day = row.time().map(|time| Offset::UTC.to_datetime(time).date());
        let host = row.stamp_host();
        if host.is_some_and(|host| host == NULL || encoded(host).len() > LONGEST) {
            return None;
        }
        Some(Self {
            day: day.filter(|day| day.year() >= 1),
            host: host.map(Into::into),
        })
    }

    /// Its directory, from that of the table.
    pub fn path(&self) -> PathBuf {
        let day = self.day.map_or(NULL.to_owned(), |day| day.to_string());
        let host = self.host.as_deref().map_or(NULL.to_owned(), encoded);
        PathBuf::from(format!("day={day}")).join(format!("stamp_host={host}"))
    }
}

/// The host as engines read it back from the name of a directory: percent-encoded
/// but for what a host's name has.
fn encoded(host: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let mut text = String::with_capacity(host.len());
    for byte in host.bytes() {
        match is_plain(byte) {
            true => text.push(byte.into()),
            false => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use avahi_events::{arrow::Row, records};
    use jiff::Timestamp;

    use super::Partition;

    fn path(line: &str, time: Option<&str>) -> Option<String> {
        let record = records(line.as_bytes()).next().unwrap();
        let mut row = Row::new(&record).unwrap();
        if let Some(time) = time {
            row = row.with_time(time.parse::<Timestamp>().unwrap());
        }
        let path = Partition::of(&row)?.path();
        assert_eq!(path.components().count(), 2);
        assert!(path.parent().unwrap().parent() == Some(Path::new("")));
        Some(path.to_str().unwrap().to_owned())
    }

    fn from_host(host: &str) -> Option<String> {
        let line = format!("<30>1 2026-11-22T00:00:00Z {host} p - - - +;eth0;IPv4;a;_x._tcp;local");
        path(&line, Some("2026-11-22T23:59:59.999999999Z"))
    }

    #[test]
    fn a_day_in_utc_and_a_host() {
        let there = from_host("node-1.example");
        assert_eq!(
            there.as_deref(),
            Some("day=2026-11-22/stamp_host=node-1.example")
        );
        let none = path("+;eth0;IPv4;a;_x._tcp;local", None);
        let null = "__HIVE_DEFAULT_PARTITION__";
        assert_eq!(none, Some(format!("day={null}/stamp_host={null}")));
        let old = path(
            "+;eth0;IPv4;a;_x._tcp;local",
            Some("-000001-12-31T00:00:00Z"),
        );
        assert_eq!(old, none);
    }

    #[test]
    fn a_host_leads_nowhere_else() {
        let there = |host: &str| Some(format!("day=2026-11-22/stamp_host={host}"));
        assert_eq!(from_host("../../x"), there("..%2F..%2Fx"));
        assert_eq!(from_host("a%2Fb=c"), there("a%252Fb%3Dc"));
        assert_eq!(
            from_host("__HIVE_DEFAULT_PARTITION__"),
            None,
            "engines read null"
        );
        assert_eq!(from_host(&"a".repeat(240)), there(&"a".repeat(240)));
        assert_eq!(from_host(&"a".repeat(241)), None);
        assert_eq!(from_host(&"/".repeat(81)), None);
    }
}
