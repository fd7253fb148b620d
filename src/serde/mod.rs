//! Events as JSON objects, and whatever else serde writes.

mod binary;
mod read;

use alloc::string::String;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::ser::{Serialize, SerializeMap, Serializer};

use self::binary::BinaryEvent;
use crate::{Endpoint, Event, EventBuf, Interface, Service, ServiceTypes, TxtString};

/// An event with what a capture knows beside it, for `Serialize`.
///
/// The keys come in this order, those that the event does not have are left
/// out: `event`, `interface`, `protocol`, `name`, `name_base64` (where the name
/// is not UTF-8), `name_lossy` (true, where it is), `type`, `type_name`,
/// `domain`, `host`, `address`, `port`, `txt`, `line`, `time`. A JSON Schema of
/// it comes with the crate, `docs/event.schema.json`.
///
/// In formats that are not for people to read (postcard, CBOR) it is the tuple
/// of the event, the line and the time, which is read back as
/// `(EventBuf, Option<u64>, Option<String>)`.
///
/// ```
/// use avahi_events::{Annotated, Event};
///
/// let event = Event::parse(br"+;eth0;IPv4;My\032Printer;Web Site;local")?;
/// let json = serde_json::to_string(&Annotated::new(event).with_line(7))?;
/// assert_eq!(
///     json,
///     r#"{"event":"add","interface":"eth0","protocol":"IPv4","name":"My Printer","#.to_owned()
///         + r#""type":"_http._tcp","type_name":"Web Site","domain":"local","line":7}"#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
#[derive(Debug, Clone, Copy)]
pub struct Annotated<'a> {
    pub(crate) event: Event<'a>,
    pub(crate) line: Option<u64>,
    pub(crate) time: Option<&'a str>,
    types: Option<&'a ServiceTypes>,
}

impl<'a> Annotated<'a> {
    /// The event alone.
    #[must_use]
    pub const fn new(event: Event<'a>) -> Self {
        Self {
            event,
            line: None,
            time: None,
            types: None,
        }
    }

    /// With the number of its line, counted from 1.
    #[must_use]
    pub const fn with_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// With the time of its stamp, as RFC 3339 writes it.
    #[must_use]
    pub const fn with_time(mut self, time: &'a str) -> Self {
        self.time = Some(time);
        self
    }

    /// With the DNS types of display names that this database knows.
    #[must_use]
    pub const fn with_service_types(mut self, types: &'a ServiceTypes) -> Self {
        self.types = Some(types);
        self
    }

    pub(crate) fn dns_type(&self, service: &Service<'a>) -> Option<&'a str> {
        match self.types {
            Some(types) => types.dns_type(service.service_type),
            None => service.service_type.dns_type(),
        }
    }
}

impl Serialize for Annotated<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let event = &self.event;
        if !serializer.is_human_readable() {
            return (event, self.line, self.time).serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("event", event.kind().as_str())?;
        let interface = match event.interface() {
            Interface::Named(name) => Some(String::from_utf8_lossy(name)),
            Interface::Gone | Interface::Unspecified(_) => None,
        };
        map.serialize_entry("interface", &interface)?;
        map.serialize_entry("protocol", &event.protocol().map(|it| it.as_str()))?;
        if let Some(service) = event.service() {
            put_service(service, self.dns_type(service), &mut map)?;
        }
        map.serialize_entry("domain", &event.domain().to_str_lossy())?;
        if let Some(endpoint) = event.endpoint() {
            put_endpoint(endpoint, &mut map)?;
        }
        if let Some(line) = self.line {
            map.serialize_entry("line", &line)?;
        }
        if let Some(time) = self.time {
            map.serialize_entry("time", time)?;
        }
        map.end()
    }
}

fn put_service<M: SerializeMap>(
    service: &Service<'_>,
    dns_type: Option<&str>,
    map: &mut M,
) -> Result<(), M::Error> {
    let name = service.name.decode();
    map.serialize_entry("name", &String::from_utf8_lossy(&name))?;
    if core::str::from_utf8(&name).is_err() {
        map.serialize_entry("name_base64", &STANDARD.encode(&name))?;
    }
    if service.name.is_lossy() {
        map.serialize_entry("name_lossy", &true)?;
    }
    map.serialize_entry("type", &dns_type)?;
    if let Some(name) = service.service_type.display_name() {
        map.serialize_entry("type_name", &String::from_utf8_lossy(name))?;
    }
    Ok(())
}

fn put_endpoint<M: SerializeMap>(endpoint: &Endpoint<'_>, map: &mut M) -> Result<(), M::Error> {
    map.serialize_entry("host", &endpoint.host.to_str_lossy())?;
    match endpoint.address_text().map(core::str::from_utf8) {
        Some(Ok(printed)) => map.serialize_entry("address", printed)?,
        _ => map.serialize_entry("address", &Text(endpoint.address))?,
    }
    map.serialize_entry("port", &endpoint.port)?;
    map.serialize_entry("txt", &Strings(endpoint))
}

/// What is shown as text, whatever the format.
struct Text<T>(T);

impl<T: core::fmt::Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

struct Strings<'a>(&'a Endpoint<'a>);

impl Serialize for Strings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.txt.strings())
    }
}

/// `key` and `value` where they are UTF-8; a value that is not as `base64`; a
/// string without `=` as its `key` alone; and all of a string whose key is not
/// UTF-8 as `base64` alone. Bytes in formats that are not for people to read.
impl Serialize for TxtString<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return serializer.serialize_bytes(&self.decode());
        }
        let mut map = serializer.serialize_map(None)?;
        match self.key().to_str() {
            Err(_) => map.serialize_entry("base64", &STANDARD.encode(self.decode()))?,
            Ok(key) => {
                map.serialize_entry("key", &key)?;
                if let Some(value) = self.value() {
                    match value.to_str() {
                        Ok(text) => map.serialize_entry("value", &text)?,
                        Err(_) => {
                            map.serialize_entry("base64", &STANDARD.encode(value.decode()))?
                        }
                    }
                }
            }
        }
        map.end()
    }
}

/// The JSON object of [`Annotated`], with nothing added. In formats that are not
/// for people to read (postcard, CBOR), all that is printed, as printed.
impl Serialize for Event<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return Annotated::new(*self).serialize(serializer);
        }
        EventBuf::from(*self).serialize(serializer)
    }
}

/// As [`Event`]'s.
impl Serialize for EventBuf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return self.event().serialize(serializer);
        }
        BinaryEvent::from(&self.event()).serialize(serializer)
    }
}
