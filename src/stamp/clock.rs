//! The time that a stamp means.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Time},
    tz::{AmbiguousOffset, TimeZone},
};

use super::{
    Stamp, StampFormat,
    form::{month_number, nanoseconds},
    second::Second,
};

/// A year's stamps may come out of order by this much where the year turns.
const DISORDER: SignedDuration = SignedDuration::from_hours(24);

/// Reads the stamps of one capture, in their order, as times.
///
/// What a stamp leaves out has to be known: where it has no offset from UTC,
/// the zone of the clock it was read from; where it has no year, the year of
/// the first one ([`with_year`](Self::with_year)), or a time that the first
/// one is not after ([`not_after`](Self::not_after)), such as the date of the
/// file. After that the year follows from the order of the stamps: it turns
/// when December is followed by January.
///
/// Where a clock was put back for the winter, an hour of the local time comes
/// twice. It is taken for the first of the two, unless that would be before the
/// stamp before it.
///
/// ```
/// use avahi_events::{Clock, records};
/// use jiff::tz::TimeZone;
///
/// let capture = b"Dec 31 23:59:59 +;eth0;IPv4;printer;_ipp._tcp;local
/// Jan  1 00:00:01 -;eth0;IPv4;printer;_ipp._tcp;local
/// ";
/// let mut clock = Clock::new(TimeZone::UTC).with_year(2026);
/// let times = records(capture)
///     .filter_map(|record| record.stamp)
///     .map(|stamp| clock.time(&stamp).map(|time| time.to_string()))
///     .collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(times, ["2026-12-31T23:59:59Z", "2027-01-01T00:00:01Z"]);
/// # Ok::<(), avahi_events::ClockError>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "time")))]
#[derive(Debug, Clone)]
pub struct Clock {
    zone: TimeZone,
    year: Option<i16>,
    not_after: Option<Timestamp>,
    last: Option<Timestamp>,
    second: Second,
}

/// Why a stamp means no time.
///
/// ```
/// use avahi_events::{Clock, ClockError, Stamp, StampFormat};
/// use jiff::tz::TimeZone;
///
/// let stamp = |text| Stamp::parse(text, StampFormat::Month).unwrap();
/// let mut clock = Clock::new(TimeZone::UTC);
/// assert_eq!(clock.time(&stamp(b"Nov 22 10:58:46 ")), Err(ClockError::NoYear));
/// let mut clock = clock.with_year(2026);
/// assert_eq!(clock.time(&stamp(b"Feb 30 10:58:46 ")), Err(ClockError::NoSuchTime));
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "time")))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ClockError {
    /// There is no such day or time: `Feb 30 25:00:00`.
    #[error("the stamp is no date and time that exist")]
    NoSuchTime,
    /// The stamp has no year, and none is known.
    #[error("the stamp has no year, and none is known")]
    NoYear,
    /// An RFC 5424 stamp that says `-`.
    #[error("the stamp has no time")]
    NoTime,
}

impl Clock {
    /// For stamps from a clock in that zone. Stamps with an offset of their own
    /// do not ask for it.
    #[must_use]
    pub fn new(zone: TimeZone) -> Self {
        Self {
            zone,
            year: None,
            not_after: None,
            last: None,
            second: Second::default(),
        }
    }

    /// The first stamp without a year is from that one.
    #[must_use]
    pub fn with_year(mut self, year: i16) -> Self {
        self.year = Some(year);
        self
    }

    /// The first stamp without a year is from the last year in which it is not
    /// after `time`, give or take a day.
    ///
    /// ```
    /// use avahi_events::{Clock, Stamp, StampFormat};
    /// use jiff::tz::TimeZone;
    ///
    /// let mut clock = Clock::new(TimeZone::UTC).not_after("2027-01-03T00:00:00Z".parse()?);
    /// let stamp = Stamp::parse(b"Dec 31 23:59:59 ", StampFormat::Month).unwrap();
    /// assert_eq!(clock.time(&stamp)?.to_string(), "2026-12-31T23:59:59Z");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn not_after(mut self, time: Timestamp) -> Self {
        self.not_after = Some(time);
        self
    }

    /// The time of a stamp, which comes after those asked before.
    ///
    /// # Errors
    ///
    /// If there is no such time, or the year cannot be known.
    pub fn time(&mut self, stamp: &Stamp<'_>) -> Result<Timestamp, ClockError> {
        // Where an hour comes twice, what is before the last stamp decides.
        if let Some(time) = self.second.time(stamp.time_bytes())
            && self.last.is_some_and(|last| last <= time)
        {
            self.last = Some(time);
            return Ok(time);
        }
        let text = stamp.time_text();
        let time = match stamp.format() {
            _ if text == "-" => return Err(ClockError::NoTime),
            StampFormat::Epoch | StampFormat::JournalEpoch => epoch(text),
            StampFormat::Month | StampFormat::Journal => self.yearless(text)?,
            StampFormat::Iso
            | StampFormat::JournalIso
            | StampFormat::Rfc5424
            | StampFormat::Cri => self.iso(text),
        };
        let time = time.ok_or(ClockError::NoSuchTime)?;
        self.last = Some(time);
        self.second.set(stamp.time_bytes(), time);
        Ok(time)
    }

    fn iso(&self, text: &str) -> Option<Timestamp> {
        let has_offset = text.ends_with('Z') || text[text.len().min(19)..].contains(['+', '-']);
        match has_offset {
            true => text.parse().ok(),
            false => self.local(text.parse().ok()?),
        }
    }

    /// The time at which the clock showed that.
    fn local(&self, shown: DateTime) -> Option<Timestamp> {
        let ambiguous = self.zone.to_ambiguous_timestamp(shown);
        let is_fold = matches!(ambiguous.offset(), AmbiguousOffset::Fold { .. });
        let first = ambiguous.compatible().ok()?;
        match self.last {
            Some(last) if is_fold && first < last => ambiguous.later().ok(),
            _ => Some(first),
        }
    }

    /// `Nov 22 10:58:46`.
    fn yearless(&self, text: &str) -> Result<Option<Timestamp>, ClockError> {
        let Some((month, day, time)) = month_and_time(text) else {
            return Ok(None);
        };
        let in_year = |year| {
            let date = Date::new(year, month, day).ok()?;
            self.local(DateTime::from_parts(date, time))
        };
        if let Some(last) = self.last {
            return Ok(self.after(last, in_year));
        }
        if let Some(year) = self.year {
            return Ok(in_year(year));
        }
        let Some(not_after) = self.not_after else {
            return Err(ClockError::NoYear);
        };
        let latest = not_after.saturating_add(DISORDER).unwrap_or(not_after);
        let year = self.zone.to_datetime(latest).year();
        // The 29th of February comes every fourth year, or every eighth.
        let mut years = (0..=8).filter_map(|ago| in_year(year - ago));
        Ok(years.find(|time| *time <= latest))
    }

    /// The time in the year that fits one that came before it.
    fn after(
        &self,
        last: Timestamp,
        in_year: impl Fn(i16) -> Option<Timestamp>,
    ) -> Option<Timestamp> {
        let year = self.zone.to_datetime(last).year();
        let next = || (1..=8).find_map(|later| in_year(year + later));
        let Some(same) = in_year(year) else {
            return next(); // the 29th of February
        };
        if same >= last {
            // January may be followed by the last of a December that is late.
            let previous = in_year(year - 1);
            return match previous.filter(|time| last.duration_since(*time) < DISORDER) {
                Some(previous) => Some(previous),
                None => Some(same),
            };
        }
        // Either the year has turned or the clock was put back: the nearer.
        match next() {
            Some(next) if next.duration_since(last) < last.duration_since(same) => Some(next),
            _ => Some(same),
        }
    }
}

/// `1795345126.438603`.
fn epoch(text: &str) -> Option<Timestamp> {
    let (seconds, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    Timestamp::new(seconds.parse().ok()?, nanoseconds(fraction.as_bytes())?).ok()
}

/// `Nov 22 10:58:46.439528`, taken apart.
fn month_and_time(text: &str) -> Option<(i8, i8, Time)> {
    let month = month_number(text.get(..3)?)?;
    let (day, time) = text.get(3..)?.trim_start().split_once(' ')?;
    let (time, fraction) = time.split_once(['.', ',']).unwrap_or((time, ""));
    let mut parts = time.split(':').map(|part| part.parse::<i8>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    // A leap second is not counted since 1970.
    let time = Time::new(
        hour,
        minute,
        second.min(59),
        nanoseconds(fraction.as_bytes())?,
    )
    .ok()?;
    Some((month, day.parse().ok()?, time)).filter(|_| second <= 60)
}
