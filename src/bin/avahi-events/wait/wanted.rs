//! Which services are waited for.

use std::{fmt, str::FromStr};

use avahi_events::{Endpoint, Service};
use clap::Args;
use regex::bytes::Regex;

use crate::name::WantedName;

/// The services that fit all of these.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Services that fit")]
pub struct Wanted {
    /// With this name, decoded: `HP LaserJet 400`; ASCII capitals do not matter
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    name: Option<WantedName>,

    /// Whose name, decoded, holds a match for this regular expression
    #[arg(long, value_name = "REGEX", allow_hyphen_values = true)]
    name_regex: Option<Regex>,

    /// With this attribute in TXT, or with any value of that key; may be given several times
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true)]
    txt: Vec<Attribute>,

    /// Seen on this interface
    #[arg(long, short, value_name = "INTERFACE", allow_hyphen_values = true)]
    interface: Option<String>,

    /// With an IPv4 address
    #[arg(short = '4', conflicts_with = "ipv6")]
    ipv4: bool,

    /// With an IPv6 address
    #[arg(short = '6')]
    ipv6: bool,
}

#[derive(Debug, Clone)]
struct Attribute {
    key: String,
    value: Option<String>,
}

impl FromStr for Attribute {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (key, value) = match text.split_once('=') {
            Some((key, value)) => (key, Some(value.to_owned())),
            None => (text, None),
        };
        if key.is_empty() {
            return Err("there is no key".to_owned());
        }
        Ok(Self {
            key: key.to_owned(),
            value,
        })
    }
}

impl Attribute {
    fn is_in(&self, endpoint: &Endpoint<'_>) -> bool {
        endpoint.txt.get(&self.key).is_some_and(|attribute| {
            let value = self.value.as_deref();
            value.is_none_or(|wanted| attribute.value().is_some_and(|it| it == *wanted))
        })
    }
}

/// How far a service has come to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It was seen.
    Seen,
    /// Its name fits.
    Named,
    /// And it is on the interface.
    There,
    /// And it was resolved.
    Resolved,
    /// And it has an address of the family.
    Addressed,
    /// And its TXT fits, and so all of it.
    Fits,
}

impl Wanted {
    /// How far the service has come, with what is known of it.
    pub fn stage(&self, service: &Service<'_>, endpoint: Option<&Endpoint<'_>>) -> Stage {
        let name = &service.name;
        let by_text = self.name.as_ref().is_none_or(|wanted| wanted.is(name));
        let is_match = |regex: &Regex| regex.is_match(&name.decode());
        if !by_text || !self.name_regex.as_ref().is_none_or(is_match) {
            return Stage::Seen;
        }
        let interface = service.interface.name();
        let is_there = |wanted: &String| interface == Some(wanted.as_bytes());
        if !self.interface.as_ref().is_none_or(is_there) {
            return Stage::Named;
        }
        let Some(endpoint) = endpoint else {
            return Stage::There;
        };
        let address = endpoint.address;
        if (self.ipv4 && !address.is_ipv4()) || (self.ipv6 && !address.is_ipv6()) {
            return Stage::Resolved;
        }
        match self.txt.iter().all(|attribute| attribute.is_in(endpoint)) {
            true => Stage::Fits,
            false => Stage::Addressed,
        }
    }

    /// Whether the service fits.
    pub fn fits(&self, service: &Service<'_>, endpoint: &Endpoint<'_>) -> bool {
        self.stage(service, Some(endpoint)) == Stage::Fits
    }

    /// What one would say of services that come no further than this stage.
    pub fn lack(&self, stage: Stage) -> String {
        match stage {
            Stage::Seen => match (&self.name, &self.name_regex) {
                (Some(name), _) => format!("named {:?}", name.text),
                (None, Some(regex)) => format!("with a name that matches {:?}", regex.as_str()),
                (None, None) => "named".to_owned(),
            },
            Stage::Named => {
                let interface = self.interface.as_deref().unwrap_or_default();
                format!("on {interface:?}")
            }
            Stage::There => "resolved".to_owned(),
            Stage::Resolved => match self.ipv4 {
                true => "with an IPv4 address".to_owned(),
                false => "with an IPv6 address".to_owned(),
            },
            Stage::Addressed | Stage::Fits => {
                let txt: Vec<_> = self.txt.iter().map(ToString::to_string).collect();
                format!("with {} in TXT", txt.join(" and "))
            }
        }
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{:?}", format!("{}={value}", self.key)),
            None => write!(f, "{:?}", self.key),
        }
    }
}
