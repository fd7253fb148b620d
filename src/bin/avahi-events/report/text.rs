//! A report for a person at a terminal.

use std::io::{self, Write};

use avahi_events::report::{Life, Place, Report, Service};
use jiff::{SignedDuration, SpanRound, Timestamp, Unit, tz::TimeZone};

use crate::safe;

/// So many lives of a service are shown, the last ones.
const LIVES: usize = 5;

/// Prints a report. What strangers chose in it has nothing that a terminal
/// would act on.
pub fn write(out: &mut impl Write, report: &Report, zone: &TimeZone) -> io::Result<()> {
    let times = Times::of(report, zone);
    write_summary(out, report, &times)?;
    write_services(out, report, &times)?;
    if !report.restarts.is_empty() {
        writeln!(out, "\nBrowsing began anew")?;
        for it in &report.restarts {
            let at = times.at(it.file.as_deref(), it.line, it.time);
            writeln!(out, "  {at}")?;
        }
    }
    if !report.failed.is_empty() {
        writeln!(out, "\nNot resolved")?;
        for it in &report.failed {
            let at = times.at(it.file.as_deref(), it.line, it.time);
            let (name, kind, reason) = (show(&it.name), show(&it.service_type), show(&it.reason));
            writeln!(out, "  {at}: {name} ({kind}): {reason}")?;
        }
    }
    if !report.unread.is_empty() {
        writeln!(out, "\nNot read")?;
        for it in &report.unread {
            let at = times.at(it.file.as_deref(), it.line, None);
            writeln!(out, "  {at}: {}", show(&it.error))?;
        }
    }
    if !report.warnings.is_empty() {
        writeln!(out, "\nWarnings")?;
        for it in &report.warnings {
            let at = times.at(it.file.as_deref(), it.line, it.time);
            writeln!(out, "  {at}: {}: {}", it.kind.as_str(), show(&it.text))?;
        }
    }
    Ok(())
}

fn show(text: &str) -> String {
    safe::text(text.as_bytes())
}

fn write_summary(out: &mut impl Write, report: &Report, times: &Times<'_>) -> io::Result<()> {
    if let (Some(from), Some(to)) = (report.from, report.to) {
        let (from_text, to_text) = (times.with_date(from), times.show(to));
        let zone = times.zone_text(from);
        writeln!(
            out,
            "{from_text} to {to_text} {zone}, {}",
            length(to.duration_since(from))
        )?;
    }
    let events = &report.events;
    write!(out, "{}", many(report.lines, "line"))?;
    let counts = [
        (events.add, "seen"),
        (events.resolve, "resolved"),
        (events.remove, "gone"),
        (events.add_domain, "browse domains seen"),
        (events.remove_domain, "browse domains gone"),
    ];
    for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
        write!(out, ", {count} {what}")?;
    }
    let present = report.services.iter().filter(|it| it.present).count();
    let services = many(report.services.len() as u64, "service");
    writeln!(out, "\n{services}, {present} there at the end")
}

fn write_services(out: &mut impl Write, report: &Report, times: &Times<'_>) -> io::Result<()> {
    let mut services: Vec<_> = report.services.iter().collect();
    services.sort_by_cached_key(|it| (it.service_type.to_lowercase(), it.name.to_lowercase()));
    let mut last = None;
    for service in services {
        if last != Some(&service.service_type) {
            last = Some(&service.service_type);
            writeln!(out, "\n{}", show(&service.service_type))?;
        }
        write_service(out, service, report, times)?;
    }
    Ok(())
}

fn write_service(
    out: &mut impl Write,
    service: &Service,
    report: &Report,
    times: &Times<'_>,
) -> io::Result<()> {
    write!(out, "  {}", show(&service.name))?;
    if service.domain != "local" {
        write!(out, " in {}", show(&service.domain))?;
    }
    let presence = match service.present {
        true => "there at the end",
        false => "gone",
    };
    let mut facts = vec![presence.to_owned()];
    if let (Some(up), Some(from), Some(to)) = (service.up, report.from, report.to) {
        let all = to.duration_since(from).as_secs_f64();
        let share = match all > 0.0 {
            true => format!("{:.1} % of the time", 100.0 * up.as_secs_f64() / all),
            false => format!("for {}", length(up)),
        };
        facts.push(format!("was there {share}"));
    }
    if let (Some(first), Some(last)) = (service.first_seen, service.last_seen) {
        facts.push(format!(
            "seen {} to {}",
            times.show(first),
            times.show(last)
        ));
    }
    if service.lost > 0 {
        facts.push(format!("lost {}", often(service.lost)));
    }
    if service.failed > 0 {
        facts.push(format!("not resolved {}", often(service.failed)));
    }
    if let Some(took) = service.resolving {
        facts.push(match took.times {
            1 => format!("resolved within {}", length(took.mean)),
            _ => {
                let (mean, longest) = (length(took.mean), length(took.longest));
                format!("resolved within {mean} on average, {longest} at most")
            }
        });
    }
    writeln!(out, "\n      {}", facts.join(", "))?;
    write_lives(out, &service.lives, times)?;
    for place in &service.places {
        write_place(out, place)?;
    }
    Ok(())
}

/// When it was there, if that was more than once.
fn write_lives(out: &mut impl Write, lives: &[Life], times: &Times<'_>) -> io::Result<()> {
    if lives.len() < 2 {
        return Ok(());
    }
    let (before, last) = lives.split_at(lives.len().saturating_sub(LIVES));
    if !before.is_empty() {
        let times = before.iter().map(|life| life.lives).sum();
        writeln!(out, "      there {} before", often(times))?;
    }
    for life in last {
        write!(out, "      there")?;
        if let Some(from) = life.from {
            write!(out, " from {}", times.show(from))?;
        }
        match (life.present, life.to) {
            (true, _) => write!(out, " to the end")?,
            (false, Some(to)) => write!(out, " to {}", times.show(to))?,
            (false, None) => {}
        }
        if life.lives > 1 {
            write!(out, ", with {}", many(life.lives - 1, "break"))?;
        }
        match life.endpoint {
            Some((address, port)) => writeln!(out, ", at {address} port {port}")?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}

fn write_place(out: &mut impl Write, place: &Place) -> io::Result<()> {
    let interface = show(place.interface.as_deref().unwrap_or("-"));
    write!(out, "      {interface} {}", place.protocol.unwrap_or("-"))?;
    match (&place.host, place.address, place.port) {
        (Some(host), Some(address), Some(port)) => {
            write!(out, ": {} at {address} port {port}", show(host))?;
        }
        _ => write!(out, ": not resolved")?,
    }
    writeln!(out, "{}", if place.present { "" } else { " (gone)" })
}

fn many(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

fn often(count: u64) -> String {
    match count {
        1 => "once".into(),
        2 => "twice".into(),
        _ => format!("{count} times"),
    }
}

/// A length of time, to about three digits: `1d 2h`, `49.9s`, `85ms`.
fn length(duration: SignedDuration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 1.0 {
        return format!("{:.0} ms", seconds * 1000.0);
    }
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let smallest = match seconds < 86_400.0 {
        true => Unit::Second,
        false => Unit::Minute,
    };
    let round = SpanRound::new()
        .largest(Unit::Day)
        .smallest(smallest)
        .days_are_24_hours();
    match jiff::Span::try_from(duration).and_then(|span| span.round(round)) {
        Ok(span) => format!("{span:#}"),
        Err(_) => format!("{seconds:.0} s"),
    }
}

/// How times are shown: with their day, if there are several.
struct Times<'a> {
    zone: &'a TimeZone,
    with_date: bool,
}

impl<'a> Times<'a> {
    fn of(report: &Report, zone: &'a TimeZone) -> Self {
        let date = |time: Option<Timestamp>| time.map(|time| zone.to_datetime(time).date());
        Self {
            zone,
            with_date: date(report.from) != date(report.to),
        }
    }

    fn with_date(&self, time: Timestamp) -> String {
        self.zone.to_datetime(time).strftime("%F %T").to_string()
    }

    fn show(&self, time: Timestamp) -> String {
        match self.with_date {
            true => self.with_date(time),
            false => self.zone.to_datetime(time).strftime("%T").to_string(),
        }
    }

    fn zone_text(&self, time: Timestamp) -> String {
        time.to_zoned(self.zone.clone()).strftime("%:z").to_string()
    }

    /// A place in the session: `10:59:07 mdns.log:238`.
    fn at(&self, file: Option<&str>, line: u64, time: Option<Timestamp>) -> String {
        let time = time.map(|time| self.show(time) + " ").unwrap_or_default();
        match file {
            Some(file) => format!("{time}{}:{line}", show(file)),
            None => format!("{time}line {line}"),
        }
    }
}
