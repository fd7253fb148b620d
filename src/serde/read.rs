//! Owned events from what `Serialize` wrote.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::de::{Deserialize, Deserializer, Error};

use super::binary::BinaryEvent;
use crate::{
    Endpoint, EscapeLabel, Event, EventBuf, Interface, Kind, Label, Name, Protocol, Service,
    ServiceType, Txt, event::BrowseDomain,
};

/// The JSON object of an event. Keys beyond these are left alone.
#[derive(serde::Deserialize)]
struct JsonEvent {
    event: Kind,
    interface: Option<String>,
    protocol: Option<Protocol>,
    name: Option<String>,
    name_base64: Option<String>,
    #[serde(default)]
    name_lossy: bool,
    #[serde(rename = "type")]
    dns_type: Option<String>,
    type_name: Option<String>,
    domain: String,
    host: Option<String>,
    address: Option<String>,
    port: Option<u16>,
    txt: Option<Vec<JsonString>>,
}

#[derive(serde::Deserialize)]
struct JsonString {
    key: Option<String>,
    value: Option<String>,
    base64: Option<String>,
}

/// What [`Event`]'s `Serialize` wrote.
///
/// From JSON and the like the event comes back as far as they tell it, and
/// written again it gives the same object: names and TXT are as they were,
/// printed in the way of the newest Avahi; `null` for the interface is taken
/// for one that is [gone](Interface::Gone) where there is a protocol, and for
/// none in particular where there is not; a `type` that is not the one known
/// for `type_name` replaces it. Keys that are not known are left alone. Other
/// formats give back the very same event.
///
/// It is an error if a value cannot stand in a line of `avahi-browse`: empty
/// where there has to be something, or with a line feed or a `;` in it. The
/// names of services and TXT, which are escaped, may hold both, and those of
/// interfaces a `;`.
///
/// ```
/// use avahi_events::EventBuf;
///
/// /// A line of `avahi-events parse --lines`.
/// #[derive(serde::Deserialize)]
/// struct Line {
///     #[serde(flatten)]
///     event: EventBuf,
///     line: u64,
/// }
///
/// let json = r#"{"event":"add","interface":"eth0","protocol":"IPv4","name":"My Printer",
///     "type":"_ipp._tcp","domain":"local","line":7}"#;
/// let read: Line = serde_json::from_str(json)?;
/// assert!(read.event.event().service().unwrap().name == "My Printer");
/// assert_eq!(read.event.to_string(), r"+;eth0;IPv4;My\032Printer;_ipp._tcp;local");
/// assert_eq!(read.line, 7);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl<'de> Deserialize<'de> for EventBuf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return JsonEvent::deserialize(deserializer)?.event();
        }
        checked(&BinaryEvent::deserialize(deserializer)?.event())
    }
}

/// The event, if it keeps what holds for all that were read from a line.
fn checked<E: Error>(event: &Event<'_>) -> Result<EventBuf, E> {
    let service = event.service();
    let endpoint = event.endpoint();
    let fields = [
        ("interface", event.interface().name()),
        ("name", service.map(|it| it.name.as_bytes())),
        ("type", service.map(|it| it.service_type.as_bytes())),
        ("domain", Some(event.domain().as_bytes())),
        ("host", endpoint.map(|it| it.host.as_bytes())),
    ];
    if let Some((field, _)) = fields.iter().find(|(_, text)| *text == Some(b"")) {
        return Err(E::custom(format!("the {field} of an event is empty")));
    }
    let event = EventBuf::from(*event);
    // TXT of old versions may hold line feeds.
    let txt = endpoint.map_or(0, |it| it.txt.as_bytes().len());
    let line = event.as_bytes();
    let fields = &line[..line.len() - txt];
    if fields.contains(&b'\n') {
        return Err(E::custom("a field of an event holds a line feed"));
    }
    let semicolons = |text: &[u8]| text.iter().filter(|&&byte| byte == b';').count();
    let between = match event.event() {
        Event::AddDomain(_) | Event::RemoveDomain(_) => 3,
        Event::Add(_) | Event::Remove(_) => 5,
        Event::Resolve(..) => 9,
    };
    let interface = event.event().interface().name().map_or(0, semicolons);
    if semicolons(fields) != between + interface {
        return Err(E::custom("a field of an event holds a semicolon"));
    }
    Ok(event)
}

impl JsonEvent {
    fn event<E: Error>(&self) -> Result<EventBuf, E> {
        let is_domain = matches!(self.event, Kind::AddDomain | Kind::RemoveDomain);
        let interface = match (&self.interface, self.protocol) {
            (Some(name), _) => Interface::Named(name.as_bytes()),
            (None, Some(_)) => Interface::Gone,
            // As Avahi prints it for the one and for the other.
            (None, None) if is_domain => Interface::Unspecified(b""),
            (None, None) => Interface::Unspecified(b"n/a"),
        };
        let domain = Name::new(self.domain.as_bytes());
        if is_domain {
            let domain = BrowseDomain::new(interface, self.protocol, domain);
            return checked(&match self.event {
                Kind::AddDomain => Event::AddDomain(domain),
                _ => Event::RemoveDomain(domain),
            });
        }
        let name = match (&self.name_base64, &self.name) {
            (Some(encoded), _) => decoded(encoded, "name_base64")?,
            (None, Some(name)) => name.as_bytes().to_vec(),
            (None, None) => return Err(E::missing_field("name")),
        };
        let name = EscapeLabel(&name).to_string();
        let service = Service::new(
            interface,
            self.protocol,
            Label::new(name.as_bytes()).with_lossy(self.name_lossy),
            self.printed_type()?,
            domain,
        );
        let txt = match self.event {
            Kind::Add => return checked(&Event::Add(service)),
            Kind::Remove => return checked(&Event::Remove(service)),
            _ => self.txt.as_ref().ok_or_else(|| E::missing_field("txt"))?,
        };
        let txt = txt.iter().map(JsonString::printed);
        let txt = txt.collect::<Result<Vec<_>, E>>()?.join(" ");
        let host = self.host.as_ref().ok_or_else(|| E::missing_field("host"))?;
        let address = self.address.as_ref();
        let address = address.ok_or_else(|| E::missing_field("address"))?;
        let endpoint = Endpoint {
            host: Name::new(host.as_bytes()),
            address: address.parse().map_err(E::custom)?,
            port: self.port.ok_or_else(|| E::missing_field("port"))?,
            txt: Txt::new(txt.as_bytes()),
            address_text: address.as_bytes(),
            port_digits: 0,
        };
        checked(&Event::Resolve(service, endpoint))
    }

    /// The type as it was printed, or the DNS type where it is known from
    /// somewhere else.
    fn printed_type<E: Error>(&self) -> Result<ServiceType<'_>, E> {
        let dns_type = self.dns_type.as_deref();
        let shown = self.type_name.as_ref().map(|it| it.as_bytes());
        let shown = shown.map(ServiceType::new);
        match (shown, dns_type) {
            (Some(shown), _) if shown.dns_type() == dns_type => Ok(shown),
            (_, Some(dns_type)) => Ok(ServiceType::new(dns_type.as_bytes())),
            (Some(shown), None) => Ok(shown),
            (None, None) => Err(E::missing_field("type")),
        }
    }
}

impl JsonString {
    /// The string in its quotes, as the newest Avahi prints it.
    fn printed<E: Error>(&self) -> Result<String, E> {
        let mut bytes = Vec::new();
        match (&self.key, &self.value, &self.base64) {
            (None, None, Some(string)) => bytes = decoded(string, "base64")?,
            (Some(key), value, base64) if !key.contains('=') => {
                bytes.extend_from_slice(key.as_bytes());
                match (value, base64) {
                    (None, None) => {}
                    (Some(value), None) => {
                        bytes.push(b'=');
                        bytes.extend_from_slice(value.as_bytes());
                    }
                    (None, Some(value)) => {
                        bytes.push(b'=');
                        bytes.extend(decoded::<E>(value, "base64")?);
                    }
                    (Some(_), Some(_)) => {
                        return Err(E::custom("a string of txt has both value and base64"));
                    }
                }
            }
            (Some(_), ..) => return Err(E::custom("a key in txt holds an equals sign")),
            (None, ..) => return Err(E::custom("a string of txt has no key")),
        }
        let mut printed = String::with_capacity(bytes.len() + 2);
        printed.push('"');
        for byte in bytes {
            match byte {
                b'"' | b'\\' => printed.extend(['\\', char::from(byte)]),
                32..127 => printed.push(char::from(byte)),
                _ => printed.push_str(&format!("\\{byte:03}")),
            }
        }
        printed.push('"');
        Ok(printed)
    }
}

fn decoded<E: Error>(text: &str, key: &str) -> Result<Vec<u8>, E> {
    let error = |error| E::custom(format!("{key} is no base64: {error}"));
    STANDARD.decode(text).map_err(error)
}
