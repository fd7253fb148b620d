//! Which events a command is to show.

use avahi_events::{Event, Kind, Protocol, ServiceTypes};
use clap::{Args, ValueEnum};

use crate::{name::WantedName, output::dns_type};

/// Show only the events that fit all of these.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Only events that fit")]
pub struct Filter {
    /// Events of this kind; may be given several times, or with commas
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<KindName>,

    /// Services of this type, as `_http._tcp` or by its display name
    #[arg(long = "type", value_name = "TYPE", allow_hyphen_values = true)]
    service_type: Option<String>,

    /// Services with this name, decoded: `HP LaserJet 400`; ASCII capitals do not matter
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    name: Option<WantedName>,

    /// Events seen on this interface
    #[arg(long, value_name = "INTERFACE", allow_hyphen_values = true)]
    interface: Option<String>,

    /// Events seen over this protocol
    #[arg(long, value_name = "PROTOCOL", ignore_case = true)]
    protocol: Option<ProtocolName>,

    /// Display names beyond those built in.
    #[arg(skip)]
    types: Option<ServiceTypes>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KindName {
    /// A service was seen
    Add,
    /// A service was resolved: host, address, port and TXT
    Resolve,
    /// A service is gone
    Remove,
    /// A browse domain was seen
    #[value(name = "add_domain")]
    AddDomain,
    /// A browse domain is gone
    #[value(name = "remove_domain")]
    RemoveDomain,
}

impl KindName {
    fn fits(self, kind: Kind) -> bool {
        let own = match self {
            Self::Add => Kind::Add,
            Self::Resolve => Kind::Resolve,
            Self::Remove => Kind::Remove,
            Self::AddDomain => Kind::AddDomain,
            Self::RemoveDomain => Kind::RemoveDomain,
        };
        own == kind
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ProtocolName {
    #[value(name = "IPv4", alias = "4")]
    IPv4,
    #[value(name = "IPv6", alias = "6")]
    IPv6,
}

impl ProtocolName {
    fn fits(self, protocol: Option<Protocol>) -> bool {
        match self {
            Self::IPv4 => protocol == Some(Protocol::IPv4),
            Self::IPv6 => protocol == Some(Protocol::IPv6),
        }
    }
}

impl Filter {
    /// Knows these display names.
    pub fn with_types(mut self, types: Option<&ServiceTypes>) -> Self {
        self.types = types.cloned();
        self
    }

    /// Whether the event fits. A filter for services fits no browse domain.
    pub fn fits(&self, event: &Event<'_>) -> bool {
        let service = event.service();
        (self.kind.is_empty() || self.kind.iter().any(|kind| kind.fits(event.kind())))
            && self
                .name
                .as_ref()
                .is_none_or(|wanted| service.is_some_and(|service| wanted.is(&service.name)))
            && self.service_type.as_ref().is_none_or(|wanted| {
                service.is_some_and(|service| {
                    let printed = service.service_type;
                    let same = |text: &[u8]| text.eq_ignore_ascii_case(wanted.as_bytes());
                    same(printed.as_bytes())
                        || dns_type(printed, self.types.as_ref())
                            .is_some_and(|it| same(it.as_bytes()))
                })
            })
            && self
                .interface
                .as_ref()
                .is_none_or(|wanted| event.interface().name() == Some(wanted.as_bytes()))
            && self
                .protocol
                .is_none_or(|wanted| wanted.fits(event.protocol()))
    }
}
