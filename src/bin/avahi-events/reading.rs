//! How captures are to be read: the stamps before their lines, and the display
//! names of service types.

use std::{io, path::PathBuf, str::FromStr};

use avahi_events::{Clock, ServiceTypes, Stamp, StampFormat, Stamps};
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use jiff::{Timestamp, tz::TimeZone};

use crate::{input::Input, safe};

/// What to know of the stamps that a log put before the lines.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Time stamps before the lines")]
pub struct StampArguments {
    /// How they look
    ///
    /// `auto` finds them. `month` is `Nov 22 10:58:46`, as `ts` writes it; `iso` is
    /// `2026-11-22T10:58:46.439528+0000`, which `docker logs -t` writes, too; `epoch` is
    /// `1795345126.438603`. With `journal` a host and a program follow, as `journalctl` writes
    /// them, with `journal-iso` for `-o short-iso`; with `cri` the stream and `F`, as Kubernetes logs
    /// containers.
    #[arg(long, value_name = "FORMAT", default_value = "auto", value_parser = stamp_choices())]
    stamp: Stamps,

    /// The year of the first stamp that has none; otherwise the last one before the file's date
    #[arg(long, value_parser = clap::value_parser!(i16).range(1970..=9999))]
    year: Option<i16>,

    /// The zone of stamps that do not say it, as `Europe/Berlin` or `+01:00`; otherwise this
    /// machine's
    #[arg(long, value_name = "ZONE")]
    zone: Option<Zone>,
}

fn stamp_choices() -> impl TypedValueParser<Value = Stamps> {
    let formats = StampFormat::ALL.iter().map(|it| it.as_str());
    let choices = ["auto", "none"].into_iter().chain(formats);
    PossibleValuesParser::new(choices).try_map(|text| match &*text {
        "auto" => Ok(Stamps::Find),
        "none" => Ok(Stamps::None),
        _ => text.parse().map(Stamps::Only),
    })
}

#[derive(Debug, Clone)]
struct Zone(TimeZone);

impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let offset = || jiff::fmt::temporal::DateTimeParser::new().parse_time_zone(text);
        TimeZone::get(text)
            .or_else(|_| offset())
            .map(Self)
            .map_err(|_| {
                "neither a zone, such as Europe/Berlin, nor an offset, such as +01:00".into()
            })
    }
}

impl StampArguments {
    /// What to look for.
    pub fn stamps(&self) -> Stamps {
        self.stamp
    }

    /// The zone of times that do not say it.
    pub fn zone(&self) -> TimeZone {
        match &self.zone {
            Some(zone) => zone.0.clone(),
            None => TimeZone::system(),
        }
    }

    /// The clock that the stamps of a capture were read from.
    pub fn clock(&self, input: &Input) -> Clock {
        let clock = Clock::new(self.zone());
        match self.year {
            Some(year) => clock.with_year(year),
            None => clock.not_after(input.modified.unwrap_or_else(Timestamp::now)),
        }
    }
}

/// The time of a stamp as RFC 3339 writes it, to as many digits as the stamp
/// has. `None` if the stamp means no time that is known.
pub fn time_text(clock: &mut Clock, stamp: &Stamp<'_>) -> Option<String> {
    let time = clock.time(stamp).ok()?;
    let text = stamp.time_text();
    let fraction = text.split_once(['.', ',']).map_or("", |(_, after)| after);
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    Some(format!("{time:.digits$}"))
}

/// Where to learn display names from.
#[derive(Debug, Clone, Default, Args)]
pub struct TypeArguments {
    /// Display names in another language and their types, as `avahi-browse -b` and
    /// `avahi-browse -bk` list them; may be given for several languages
    #[arg(long, value_names = ["NAMES", "TYPES"], num_args = 2)]
    types: Vec<PathBuf>,
}

impl TypeArguments {
    /// The display names that are known, if there are more than those built in.
    pub fn read(&self) -> io::Result<Option<ServiceTypes>> {
        if self.types.is_empty() {
            return Ok(None);
        }
        let mut database = ServiceTypes::english();
        for pair in self.types.chunks_exact(2) {
            let read =
                |path: &PathBuf| std::fs::read(path).map_err(|error| safe::named(path, &error));
            let (names, types) = (read(&pair[0])?, read(&pair[1])?);
            database
                .add_lists(&names, &types)
                .map_err(|error| safe::named(&pair[1], &io::Error::other(error)))?;
        }
        Ok(Some(database))
    }
}
