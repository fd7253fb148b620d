//! The owned form of an event.

use alloc::{boxed::Box, string::ToString, vec::Vec};
use core::{
    convert::Infallible,
    fmt,
    hash::{Hash, Hasher},
    net::IpAddr,
    str::FromStr,
};

use super::{BrowseDomain, Endpoint, Event, Interface, Kind, Protocol, Service, print};
use crate::{
    error::ParseError,
    label::{Label, Name},
    service_type::ServiceType,
    txt::Txt,
};

/// An event that owns its line: one allocation, whatever it holds.
///
/// ```
/// use avahi_events::{Event, EventBuf};
///
/// let kept: EventBuf = {
///     let line = String::from("+;eth0;IPv4;printer;_ipp._tcp;local");
///     Event::try_from(&*line)?.into()
/// };
/// assert!(kept.event().service().unwrap().name == "printer");
/// # Ok::<(), avahi_events::ParseError>(())
/// ```
#[derive(Clone)]
pub struct EventBuf {
    /// The line that [`print::put`] makes of the event.
    line: Box<[u8]>,
    layout: Layout,
}

/// What the line does not say, or not at once: where its fields end, and the
/// values in them.
#[derive(Clone, Copy)]
struct Layout {
    kind: Kind,
    interface: InterfaceKind,
    protocol: Option<Protocol>,
    lossy_name: bool,
    fields: Lengths,
    address: Option<(IpAddr, u16)>,
    /// Dialect and order, without the text.
    txt: Txt<'static>,
}

#[derive(Clone, Copy)]
enum InterfaceKind {
    Named,
    Gone,
    Unspecified,
}

/// The lengths of the fields of a line, but for the last, which has the rest.
#[derive(Clone, Copy, Default)]
struct Lengths {
    lengths: [usize; 9],
    count: usize,
    /// The length of the field that is being measured, and of all before it
    /// and their separators.
    open: usize,
    before: usize,
}

impl print::Sink for Lengths {
    type Error = Infallible;

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        self.open += bytes.len();
        Ok(())
    }

    fn value(&mut self, value: fmt::Arguments<'_>) -> Result<(), Infallible> {
        self.bytes(value.to_string().as_bytes())
    }

    fn separator(&mut self) -> Result<(), Infallible> {
        self.lengths[self.count] = self.open;
        self.count += 1;
        self.before += self.open + 1;
        self.open = 0;
        Ok(())
    }
}

impl EventBuf {
    /// Reads one record, as [`Event::parse`] does, and keeps it. A `str` can
    /// be parsed, too.
    ///
    /// # Errors
    ///
    /// Those of [`Event::parse`].
    ///
    /// ```
    /// use avahi_events::{EventBuf, Kind};
    ///
    /// let event: EventBuf = "-;(null);IPv6;printer;_ipp._tcp;local".parse()?;
    /// assert_eq!(event.event().kind(), Kind::Remove);
    /// assert_eq!(EventBuf::parse(event.as_bytes())?, event);
    /// # Ok::<(), avahi_events::ParseError>(())
    /// ```
    pub fn parse(record: &[u8]) -> Result<Self, ParseError> {
        Event::parse(record).map(Self::from)
    }

    /// The event, borrowed from this one. Nothing is parsed again.
    #[must_use]
    pub fn event(&self) -> Event<'_> {
        let layout = &self.layout;
        let lengths = &layout.fields;
        let mut fields = Fields {
            rest: &self.line,
            lengths: lengths.lengths[..lengths.count].iter(),
        };
        let _sign = fields.next();
        let interface = fields.next();
        let interface = match layout.interface {
            InterfaceKind::Named => Interface::Named(interface),
            InterfaceKind::Gone => Interface::Gone,
            InterfaceKind::Unspecified => Interface::Unspecified(interface),
        };
        let protocol = layout.protocol;
        let protocol_text = fields.next();
        if matches!(layout.kind, Kind::AddDomain | Kind::RemoveDomain) {
            let domain = BrowseDomain {
                interface,
                protocol,
                domain: Name::new(fields.next()),
                protocol_text,
            };
            return match layout.kind {
                Kind::AddDomain => Event::AddDomain(domain),
                _ => Event::RemoveDomain(domain),
            };
        }
        let name = fields.next();
        let service = Service {
            interface,
            protocol,
            name: Label::new(name).with_lossy(layout.lossy_name),
            service_type: ServiceType::new(fields.next()),
            domain: Name::new(fields.next()),
            protocol_text,
        };
        match (layout.kind, layout.address) {
            (Kind::Add, _) => Event::Add(service),
            (Kind::Resolve, Some((address, port))) => Event::Resolve(
                service,
                Endpoint {
                    host: Name::new(fields.next()),
                    address,
                    port,
                    address_text: fields.next(),
                    port_digits: fields.next().len() as u8,
                    txt: layout.txt.with_text(fields.next()),
                },
            ),
            _ => Event::Remove(service),
        }
    }

    /// The line of the event, as `avahi-browse -p` prints it, without its line
    /// feed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.line
    }
}

/// Cuts the fields off the line, one after the other.
struct Fields<'a> {
    rest: &'a [u8],
    lengths: core::slice::Iter<'a, usize>,
}

impl<'a> Fields<'a> {
    fn next(&mut self) -> &'a [u8] {
        let length = self.lengths.next().copied();
        let length = length.unwrap_or(self.rest.len()).min(self.rest.len());
        let (field, rest) = self.rest.split_at(length);
        self.rest = rest.split_first().map_or(rest, |(_separator, rest)| rest);
        field
    }
}

/// As [`EventBuf::parse`].
impl TryFrom<&[u8]> for EventBuf {
    type Error = ParseError;

    fn try_from(record: &[u8]) -> Result<Self, ParseError> {
        Self::parse(record)
    }
}

/// As [`EventBuf::parse`].
impl FromStr for EventBuf {
    type Err = ParseError;

    fn from_str(record: &str) -> Result<Self, ParseError> {
        Self::parse(record.as_bytes())
    }
}

impl From<Event<'_>> for EventBuf {
    fn from(event: Event<'_>) -> Self {
        let mut fields = Lengths::default();
        let Ok(()) = print::put(&event, &mut fields);
        let mut line = Vec::with_capacity(fields.before + fields.open);
        let Ok(()) = print::put(&event, &mut line);
        let endpoint = event.endpoint();
        Self {
            line: line.into_boxed_slice(),
            layout: Layout {
                kind: event.kind(),
                interface: match event.interface() {
                    Interface::Named(_) => InterfaceKind::Named,
                    Interface::Gone => InterfaceKind::Gone,
                    Interface::Unspecified(_) => InterfaceKind::Unspecified,
                },
                protocol: event.protocol(),
                lossy_name: event.service().is_some_and(|it| it.name.is_lossy()),
                fields,
                address: endpoint.map(|it| (it.address, it.port)),
                txt: endpoint.map_or(Txt::new(b""), |it| it.txt.without_text()),
            },
        }
    }
}

/// Equal if the events are.
impl PartialEq for EventBuf {
    fn eq(&self, other: &Self) -> bool {
        self.event() == other.event()
    }
}

impl Eq for EventBuf {}

impl Hash for EventBuf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.event().hash(state);
    }
}

impl fmt::Debug for EventBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.event().fmt(f)
    }
}

/// As [`Event`]'s.
impl fmt::Display for EventBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.event().fmt(f)
    }
}
