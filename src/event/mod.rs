//! What happened: a service or a browse domain was seen, resolved, or went.

#[cfg(feature = "alloc")]
mod buf;
mod endpoint;
mod kind;
mod print;
mod protocol;

use core::fmt;

#[cfg(feature = "alloc")]
pub use self::buf::EventBuf;
pub use self::{
    endpoint::Endpoint,
    kind::{Kind, KindError},
    protocol::{Protocol, ProtocolError},
};
use crate::{
    error::ParseError,
    grammar,
    label::{Label, Name},
    service_type::ServiceType,
};

/// One line that `avahi-browse -p` printed, borrowed from the input.
///
/// Cheap to copy (at most 256 bytes on targets of 64 bits); nothing is decoded
/// until asked. [`EventBuf`] is the owned form. `Display` gives back the line;
/// where it is not UTF-8, `Event::write_to` writes its exact bytes.
///
/// ```
/// use avahi_events::{Event, Interface, Kind, Protocol};
///
/// let line = br"=;eth0;IPv4;master-cluster-lars;Web Site;local;master.local;172.16.10.56;80;";
/// let event = Event::parse(line)?;
/// assert_eq!(event.kind(), Kind::Resolve);
///
/// let service = event.service().unwrap();
/// assert_eq!(service.interface, Interface::Named(b"eth0"));
/// assert_eq!(service.protocol, Some(Protocol::IPv4));
/// assert!(service.name == "master-cluster-lars");
///
/// let endpoint = event.endpoint().unwrap();
/// assert_eq!(endpoint.address.to_string(), "172.16.10.56");
/// assert_eq!(endpoint.port, 80);
/// # Ok::<(), avahi_events::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Event<'a> {
    /// `+`: a service was seen.
    Add(Service<'a>),
    /// `=`: a service was resolved, once after each time it was seen. Only
    /// with `-r`.
    Resolve(Service<'a>, Endpoint<'a>),
    /// `-`: a service is gone.
    Remove(Service<'a>),
    /// `+` with `-D`: a browse domain was seen (RFC 6763 section 11).
    AddDomain(BrowseDomain<'a>),
    /// `-` with `-D`: a browse domain is gone.
    RemoveDomain(BrowseDomain<'a>),
}

impl<'a> Event<'a> {
    /// Reads one record, with or without its line end (LF or CR LF).
    ///
    /// A record is one line, but for TXT of Avahi before 0.8, which may hold
    /// line feeds. Whether more lines belong to a record is found out by
    /// [`events`](crate::events) and `Reader`, not here.
    ///
    /// # Errors
    ///
    /// If the record is no event, or a damaged one: what is wrong, with which
    /// field, at which byte of `record`.
    ///
    /// ```
    /// use avahi_events::{ErrorKind, Event};
    ///
    /// assert!(Event::parse(b"-;(null);IPv6;printer;_ipp._tcp;local\n").is_ok());
    /// let error = Event::parse(b"-;(null);IPv6;printer;_ipp._tcp").unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::MissingField);
    /// ```
    pub fn parse(record: &'a [u8]) -> Result<Self, ParseError> {
        grammar::whole_record(record)
    }

    /// Which of the five kinds of event it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Add(_) => Kind::Add,
            Self::Resolve(..) => Kind::Resolve,
            Self::Remove(_) => Kind::Remove,
            Self::AddDomain(_) => Kind::AddDomain,
            Self::RemoveDomain(_) => Kind::RemoveDomain,
        }
    }

    /// The service it is about; `None` if it is about a browse domain.
    #[must_use]
    pub fn service(&self) -> Option<&Service<'a>> {
        match self {
            Self::Add(service) | Self::Resolve(service, _) | Self::Remove(service) => Some(service),
            Self::AddDomain(_) | Self::RemoveDomain(_) => None,
        }
    }

    /// Where the service is; only a [`Event::Resolve`] knows.
    #[must_use]
    pub fn endpoint(&self) -> Option<&Endpoint<'a>> {
        match self {
            Self::Resolve(_, endpoint) => Some(endpoint),
            _ => None,
        }
    }

    /// The browse domain it is about; `None` if it is about a service.
    #[must_use]
    pub fn browse_domain(&self) -> Option<&BrowseDomain<'a>> {
        match self {
            Self::AddDomain(domain) | Self::RemoveDomain(domain) => Some(domain),
            _ => None,
        }
    }

    /// The interface it was seen on.
    #[must_use]
    pub fn interface(&self) -> Interface<'a> {
        match self {
            Self::Add(service) | Self::Resolve(service, _) | Self::Remove(service) => {
                service.interface
            }
            Self::AddDomain(domain) | Self::RemoveDomain(domain) => domain.interface,
        }
    }

    /// The protocol it was seen over; see [`Service::protocol`].
    #[must_use]
    pub fn protocol(&self) -> Option<Protocol> {
        match self {
            Self::Add(service) | Self::Resolve(service, _) | Self::Remove(service) => {
                service.protocol
            }
            Self::AddDomain(domain) | Self::RemoveDomain(domain) => domain.protocol,
        }
    }

    /// The domain: the service's, or the browse domain itself.
    #[must_use]
    pub fn domain(&self) -> Name<'a> {
        match self {
            Self::Add(service) | Self::Resolve(service, _) | Self::Remove(service) => {
                service.domain
            }
            Self::AddDomain(domain) | Self::RemoveDomain(domain) => domain.domain,
        }
    }
}

impl<'a> TryFrom<&'a [u8]> for Event<'a> {
    type Error = ParseError;

    fn try_from(record: &'a [u8]) -> Result<Self, ParseError> {
        Self::parse(record)
    }
}

impl<'a> TryFrom<&'a str> for Event<'a> {
    type Error = ParseError;

    fn try_from(record: &'a str) -> Result<Self, ParseError> {
        Self::parse(record.as_bytes())
    }
}

/// The network interface of an event. Whatever stands in the column is one of
/// the three, so there will be no more.
///
/// ```
/// use avahi_events::{Event, Interface};
///
/// let interface = |line| Event::parse(line).unwrap().interface();
/// assert_eq!(interface(b"+;we;rd\"x;IPv4;a;_ipp._tcp;local"), Interface::Named(b"we;rd\"x"));
/// assert_eq!(interface(b"-;(null);IPv4;a;_ipp._tcp;local"), Interface::Gone);
/// assert_eq!(interface(b"+;n/a;n/a;a;_ipp._tcp;dns-sd.org"), Interface::Unspecified(b"n/a"));
/// assert_eq!(interface(b"+;;;dns-sd.org"), Interface::Unspecified(b""));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Interface<'a> {
    /// Its name: on Linux at most 15 bytes of anything but NUL, `/`, `:` and
    /// white space, so `;` and `"` occur.
    Named(&'a [u8]),
    /// `(null)`: the interface was gone by the time the line was printed.
    Gone,
    /// No certain interface, as for wide-area lookups: `n/a` in the user's
    /// language, or nothing. Holds the text as printed.
    Unspecified(&'a [u8]),
}

impl<'a> Interface<'a> {
    /// The text as printed.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        match self {
            Self::Named(name) => name,
            Self::Gone => b"(null)",
            Self::Unspecified(text) => text,
        }
    }

    /// The interface's name, if there is one.
    #[must_use]
    pub const fn name(&self) -> Option<&'a [u8]> {
        match self {
            Self::Named(name) => Some(name),
            Self::Gone | Self::Unspecified(_) => None,
        }
    }
}

/// The text as printed, safe for a terminal.
impl fmt::Display for Interface<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::escape::write_text(self.as_bytes().iter().copied(), f)
    }
}

impl fmt::Debug for Interface<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => write!(f, "Named(\"{}\")", name.escape_ascii()),
            Self::Gone => f.write_str("Gone"),
            Self::Unspecified(text) => write!(f, "Unspecified(\"{}\")", text.escape_ascii()),
        }
    }
}

/// A service, at the place where it was seen.
///
/// ```
/// use avahi_events::{Event, Interface};
///
/// let event = Event::parse(br"+;eth0;IPv4;My\032Printer;Internet Printer;local")?;
/// let service = event.service().unwrap();
/// assert_eq!(service.interface, Interface::Named(b"eth0"));
/// assert!(service.name == "My Printer" && service.domain == "local");
/// assert_eq!(service.service_type.dns_type(), Some("_ipp._tcp"));
/// # Ok::<(), avahi_events::ParseError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Service<'a> {
    /// The interface it was seen on.
    pub interface: Interface<'a>,
    /// The protocol it was seen *over*, which is not the family of its
    /// address: over IPv6 one learns IPv4 addresses too. `None` where Avahi
    /// does not say, as for wide-area lookups.
    pub protocol: Option<Protocol>,
    /// Its name (RFC 6763 section 4.1.1).
    pub name: Label<'a>,
    /// Its type (RFC 6763 section 4.1.2).
    pub service_type: ServiceType<'a>,
    /// The domain it is in, mostly `local`.
    pub domain: Name<'a>,
    /// What stands in the protocol's column, for the sake of `None`.
    pub(crate) protocol_text: &'a [u8],
}

impl<'a> Service<'a> {
    /// A service of that name, at that place.
    ///
    /// ```
    /// use avahi_events::{Event, Interface, Label, Name, Protocol, Service, ServiceType};
    ///
    /// let service = Service::new(
    ///     Interface::Named(b"eth0"),
    ///     Some(Protocol::IPv4),
    ///     Label::new(br"My\032Printer"),
    ///     ServiceType::new(b"_ipp._tcp"),
    ///     Name::new(b"local"),
    /// );
    /// assert_eq!(Event::Add(service).to_string(), r"+;eth0;IPv4;My\032Printer;_ipp._tcp;local");
    /// ```
    #[must_use]
    pub const fn new(
        interface: Interface<'a>,
        protocol: Option<Protocol>,
        name: Label<'a>,
        service_type: ServiceType<'a>,
        domain: Name<'a>,
    ) -> Self {
        Self {
            protocol_text: protocol_text(interface, protocol),
            interface,
            protocol,
            name,
            service_type,
            domain,
        }
    }
}

/// What Avahi prints for a protocol: where it is unspecified, so is mostly the
/// interface, in the same words.
const fn protocol_text(interface: Interface<'_>, protocol: Option<Protocol>) -> &[u8] {
    match (protocol, interface) {
        (Some(protocol), _) => protocol.as_str().as_bytes(),
        (None, Interface::Unspecified(text)) => text,
        (None, _) => b"n/a",
    }
}

/// A browse domain, at the place where it was seen: what `avahi-browse -D`
/// lists (RFC 6763 section 11).
///
/// ```
/// use avahi_events::{BrowseDomain, Event, Interface, Name};
///
/// let event = Event::parse(b"+;;;dns-sd.org")?;
/// let domain = BrowseDomain::new(Interface::Unspecified(b""), None, Name::new(b"dns-sd.org"));
/// assert_eq!(event, Event::AddDomain(domain));
/// assert_eq!(event.browse_domain(), Some(&domain));
/// # Ok::<(), avahi_events::ParseError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BrowseDomain<'a> {
    /// The interface it was seen on; mostly unspecified.
    pub interface: Interface<'a>,
    /// The protocol it was seen over; mostly unspecified.
    pub protocol: Option<Protocol>,
    /// The domain.
    pub domain: Name<'a>,
    /// What stands in the protocol's column, for the sake of `None`.
    pub(crate) protocol_text: &'a [u8],
}

impl<'a> BrowseDomain<'a> {
    /// A browse domain at that place.
    #[must_use]
    pub const fn new(
        interface: Interface<'a>,
        protocol: Option<Protocol>,
        domain: Name<'a>,
    ) -> Self {
        Self {
            protocol_text: protocol_text(interface, protocol),
            interface,
            protocol,
            domain,
        }
    }
}

impl fmt::Debug for Service<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Service");
        fields.field("interface", &self.interface);
        debug_protocol(&mut fields, self.protocol, self.protocol_text);
        fields
            .field("name", &self.name)
            .field("service_type", &self.service_type)
            .field("domain", &self.domain)
            .finish()
    }
}

impl fmt::Debug for BrowseDomain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("BrowseDomain");
        fields.field("interface", &self.interface);
        debug_protocol(&mut fields, self.protocol, self.protocol_text);
        fields.field("domain", &self.domain).finish()
    }
}

/// The protocol, and what was printed for one that is none.
fn debug_protocol(
    fields: &mut fmt::DebugStruct<'_, '_>,
    protocol: Option<Protocol>,
    printed: &[u8],
) {
    fields.field("protocol", &protocol);
    if protocol.is_none() {
        let text = printed.escape_ascii();
        fields.field("protocol_text", &format_args!("\"{text}\""));
    }
}
