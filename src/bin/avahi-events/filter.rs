//! Which events a command is to show.

use avahi_events::{Event, Kind, Protocol, ServiceType, ServiceTypes};
use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};

use crate::{name::WantedName, output::dns_type};

/// Show only the events that fit all of these.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Only events that fit")]
pub struct Filter {
    /// Events of this kind; may be given several times, or with commas
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = kinds())]
    kind: Vec<Kind>,

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
    #[arg(long, value_name = "PROTOCOL", ignore_case = true, value_parser = protocols())]
    protocol: Option<Protocol>,

    /// Display names beyond those built in.
    #[arg(skip)]
    types: Option<ServiceTypes>,
}

fn kinds() -> impl TypedValueParser<Value = Kind> {
    let kinds = [
        (Kind::Add, "A service was seen"),
        (
            Kind::Resolve,
            "A service was resolved: host, address, port and TXT",
        ),
        (Kind::Remove, "A service is gone"),
        (Kind::AddDomain, "A browse domain was seen"),
        (Kind::RemoveDomain, "A browse domain is gone"),
    ];
    let values = kinds.map(|(kind, help)| PossibleValue::new(kind.as_str()).help(help));
    PossibleValuesParser::new(values).try_map(|text| text.parse::<Kind>())
}

fn protocols() -> impl TypedValueParser<Value = Protocol> {
    let values = [(Protocol::IPv4, "4"), (Protocol::IPv6, "6")];
    let values = values.map(|(it, alias)| PossibleValue::new(it.as_str()).alias(alias));
    PossibleValuesParser::new(values).map(|text| match text.ends_with('4') {
        true => Protocol::IPv4,
        false => Protocol::IPv6,
    })
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
        (self.kind.is_empty() || self.kind.contains(&event.kind()))
            && self
                .name
                .as_ref()
                .is_none_or(|wanted| service.is_some_and(|service| wanted.is(&service.name)))
            && self.service_type.as_ref().is_none_or(|wanted| {
                service.is_some_and(|service| {
                    let printed = service.service_type;
                    let wanted = ServiceType::new(wanted.as_bytes());
                    let is_wanted =
                        |it: &str| ServiceType::new(it.as_bytes()).eq_ignore_ascii_case(&wanted);
                    printed.eq_ignore_ascii_case(&wanted)
                        || dns_type(printed, self.types.as_ref()).is_some_and(is_wanted)
                })
            })
            && self
                .interface
                .as_ref()
                .is_none_or(|wanted| event.interface().name() == Some(wanted.as_bytes()))
            && self
                .protocol
                .is_none_or(|wanted| event.protocol() == Some(wanted))
    }
}
