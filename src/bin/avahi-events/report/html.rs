//! A report as one page for a browser, which needs nothing beside itself.

use std::{
    io::{self, Write},
    net::IpAddr,
};

use avahi_events::report::{Counts, Failed, Report, Restart, Service, Unread, Warning};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::safe;

const PAGE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// Writes the page. The report is in it as JSON, which its script shows as text
/// and never as markup; the page's policy lets no other script run, and nothing
/// be loaded.
pub fn write(out: &mut impl Write, report: &Report, zone: &TimeZone) -> io::Result<()> {
    let mut rest = PAGE;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        out.write_all(before.as_bytes())?;
        match name {
            "style" => out.write_all(STYLE.as_bytes())?,
            "style-hash" => out.write_all(hash(STYLE).as_bytes())?,
            "script" => out.write_all(SCRIPT.as_bytes())?,
            "script-hash" => out.write_all(hash(SCRIPT).as_bytes())?,
            _ => write_data(out, report, zone)?,
        }
        rest = after;
    }
    out.write_all(rest.as_bytes())
}

/// What a Content Security Policy knows an inline script by.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

fn write_data(out: &mut impl Write, report: &Report, zone: &TimeZone) -> io::Result<()> {
    let data = serde_json::to_string(&Data::new(report, zone))?;
    safe::write_json(out, &data, is_odd)
}

/// What is escaped in the data, so that nothing in it ends, or begins, an
/// element, or acts on whoever looks at the page's source.
fn is_odd(char: char) -> bool {
    matches!(char, '<' | '>' | '&') || safe::acts_on_terminal(char)
}

/// What the page's script reads. Times are milliseconds since 1970.
#[derive(Serialize)]
struct Data<'a> {
    from: Option<f64>,
    to: Option<f64>,
    /// The zone to show times in, and its offset from UTC at `from`.
    zone: String,
    offset: i64,
    lines: u64,
    events: Counts,
    restarts: Vec<f64>,
    restarts_at: &'a [Restart],
    services: Vec<DataService<'a>>,
    warnings: &'a [Warning],
    failed: &'a [Failed],
    unread: &'a [Unread],
}

#[derive(Serialize)]
struct DataService<'a> {
    #[serde(flatten)]
    service: &'a Service,
    lost: u64,
    failed: u64,
    /// How often, on average, at most.
    resolving: Option<(u64, f64, f64)>,
    lives: Vec<DataLife>,
}

/// From, to, whether it is there at the end, address, port, how many lives.
type DataLife = (
    Option<f64>,
    Option<f64>,
    bool,
    Option<IpAddr>,
    Option<u16>,
    u64,
);

impl<'a> Data<'a> {
    fn new(report: &'a Report, zone: &TimeZone) -> Self {
        let offset = |time| i64::from(zone.to_offset(time).seconds()) * 1000;
        Self {
            from: report.from.map(milliseconds),
            to: report.to.map(milliseconds),
            zone: zone_name(zone),
            offset: report.from.map_or(0, offset),
            lines: report.lines,
            events: report.events,
            restarts: report
                .restarts
                .iter()
                .filter_map(|it| it.time.map(milliseconds))
                .collect(),
            restarts_at: &report.restarts,
            services: report.services.iter().map(data_service).collect(),
            warnings: &report.warnings,
            failed: &report.failed,
            unread: &report.unread,
        }
    }
}

/// The zone as browsers know it: `Europe/Berlin` or `+01:00`.
fn zone_name(zone: &TimeZone) -> String {
    match (zone.iana_name(), zone.to_fixed_offset()) {
        (Some(name), _) => name.into(),
        (None, Ok(offset)) => {
            let (sign, minutes) = match offset.seconds() / 60 {
                minutes @ ..0 => ('-', -minutes),
                minutes => ('+', minutes),
            };
            format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
        (None, Err(_)) => "UTC".into(),
    }
}

fn data_service(service: &Service) -> DataService<'_> {
    let lives = service.lives.iter().map(|life| {
        let (address, port) = life.endpoint.unzip();
        let (from, to) = (life.from.map(milliseconds), life.to.map(milliseconds));
        (from, to, life.present, address, port, life.lives)
    });
    DataService {
        service,
        lost: service.lost,
        failed: service.failed,
        resolving: service.resolving.map(|took| {
            let milliseconds = |it: jiff::SignedDuration| it.as_secs_f64() * 1000.0;
            (
                took.times,
                milliseconds(took.mean),
                milliseconds(took.longest),
            )
        }),
        lives: lives.collect(),
    }
}

fn milliseconds(time: Timestamp) -> f64 {
    time.as_microsecond() as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use avahi_events::{
        EscapeLabel, Reader,
        report::{Merge, Options, Session, Source},
    };
    use jiff::tz::{Offset, TimeZone};

    use super::{is_odd, write, zone_name};

    /// Found by fuzzing: the characters that turn the direction of writing stood
    /// in the page as they are.
    #[test]
    fn nothing_in_the_page_is_a_strangers() {
        let name = "</script><!-- ]]> &amp; \u{202e}\u{9b}";
        let printed = format!(
            "+;eth0;IPv4;{};_x._tcp;local\n",
            EscapeLabel(name.as_bytes())
        );
        let mut session = Session::new(Options::default());
        let mut merge = Merge::new(vec![Source::new(Reader::new(printed.as_bytes()))]);
        while let Some(next) = merge.next_record() {
            session.take(&next.unwrap());
        }
        let mut page = Vec::new();
        write(&mut page, &session.finish(1), &TimeZone::UTC).unwrap();
        let page = String::from_utf8(page).unwrap();
        let (_, data) = page.split_once("id=\"data\">").unwrap();
        let (data, _) = data.split_once("</script>").unwrap();
        assert!(!data.contains(is_odd), "{data}");
        let data: serde_json::Value = serde_json::from_str(data).unwrap();
        assert_eq!(data["services"][0]["name"], name);
    }

    #[test]
    fn zones_as_browsers_know_them() {
        let fixed = |seconds| TimeZone::fixed(Offset::from_seconds(seconds).unwrap());
        assert_eq!(zone_name(&fixed(19_800)), "+05:30");
        assert_eq!(zone_name(&fixed(-12_600)), "-03:30");
        assert_eq!(zone_name(&TimeZone::UTC), "UTC");
    }
}
