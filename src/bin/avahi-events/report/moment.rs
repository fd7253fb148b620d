//! A time as a person gives it.

use std::str::FromStr;

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, DateTime},
    tz::TimeZone,
};

/// A time, or a whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// With its offset from UTC.
    Time(Timestamp),
    /// Without.
    Local(DateTime),
    /// A day.
    Day(Date),
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(time) = text.parse() {
            return Ok(Self::Time(time));
        }
        let is_day = text.len() == "2026-11-24".len();
        match text.parse() {
            Ok(day) if is_day => Ok(Self::Day(day)),
            _ => text.parse().map(Self::Local).map_err(|_| {
                "no time, such as 2026-11-24, 2026-11-24T08:30 or 2026-11-24T08:30:00+01:00".into()
            }),
        }
    }
}

impl Moment {
    /// The time, or the first of the day.
    pub fn first(&self, zone: &TimeZone) -> Timestamp {
        match *self {
            Self::Time(time) => time,
            Self::Local(local) => in_zone(local, zone),
            Self::Day(day) => in_zone(day.into(), zone),
        }
    }

    /// The time, or the last of the day.
    pub fn last(&self, zone: &TimeZone) -> Timestamp {
        let Self::Day(day) = self else {
            return self.first(zone);
        };
        let next = day.tomorrow().unwrap_or(*day);
        let next = in_zone(next.into(), zone);
        next.saturating_sub(1.nanosecond()).unwrap_or(next)
    }
}

fn in_zone(local: DateTime, zone: &TimeZone) -> Timestamp {
    zone.to_timestamp(local).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::tz::{Offset, TimeZone};

    use super::Moment;

    #[test]
    fn times_as_people_give_them() {
        let zone = TimeZone::fixed(Offset::constant(1));
        let first = |text: &str| text.parse::<Moment>().unwrap().first(&zone).to_string();
        assert_eq!(first("2026-11-24T08:30:00Z"), "2026-11-24T08:30:00Z");
        assert_eq!(first("2026-11-24T08:30:00+01:00"), "2026-11-24T07:30:00Z");
        assert_eq!(first("2026-11-24T08:30"), "2026-11-24T07:30:00Z");
        assert_eq!(first("2026-11-24 08:30:15"), "2026-11-24T07:30:15Z");
        assert_eq!(first("2026-11-24"), "2026-11-23T23:00:00Z");
        assert!("Tuesday".parse::<Moment>().is_err());
    }

    #[test]
    fn a_day_has_an_end() {
        let day = "2026-11-24".parse::<Moment>().unwrap();
        let last = day.last(&TimeZone::UTC).to_string();
        assert_eq!(last, "2026-11-24T23:59:59.999999999Z");
    }
}
