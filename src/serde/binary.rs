//! Events in binary formats: all that is printed, as printed, so that what is
//! read back is the same event to the last byte.
//!
//! Formats such as postcard number variants and fields: new ones come last.

use alloc::borrow::Cow;
use core::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{
    BrowseDomain, Endpoint, Event, Interface, Label, Name, Protocol, Service, ServiceType, Txt,
    TxtDialect, TxtOrder,
};

/// Bytes, which serde would else take for a list of numbers.
#[derive(Serialize, Deserialize)]
struct Bytes<'a>(#[serde(borrow, with = "serde_bytes")] Cow<'a, [u8]>);

impl<'a> From<&'a [u8]> for Bytes<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self(bytes.into())
    }
}

/// [`Event`].
#[derive(Serialize, Deserialize)]
pub(super) enum BinaryEvent<'a> {
    Add(#[serde(borrow)] BinaryService<'a>),
    Resolve(
        #[serde(borrow)] BinaryService<'a>,
        #[serde(borrow)] BinaryEndpoint<'a>,
    ),
    Remove(#[serde(borrow)] BinaryService<'a>),
    AddDomain(#[serde(borrow)] BinaryDomain<'a>),
    RemoveDomain(#[serde(borrow)] BinaryDomain<'a>),
}

#[derive(Serialize, Deserialize)]
enum BinaryInterface<'a> {
    Named(#[serde(borrow)] Bytes<'a>),
    Gone,
    Unspecified(#[serde(borrow)] Bytes<'a>),
}

#[derive(Serialize, Deserialize)]
pub(super) struct BinaryService<'a> {
    #[serde(borrow)]
    interface: BinaryInterface<'a>,
    protocol: Option<Protocol>,
    #[serde(borrow)]
    protocol_text: Bytes<'a>,
    /// Escaped, as with `-p`.
    #[serde(borrow)]
    name: Bytes<'a>,
    name_lossy: bool,
    #[serde(borrow)]
    service_type: Bytes<'a>,
    #[serde(borrow)]
    domain: Bytes<'a>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct BinaryDomain<'a> {
    #[serde(borrow)]
    interface: BinaryInterface<'a>,
    protocol: Option<Protocol>,
    #[serde(borrow)]
    protocol_text: Bytes<'a>,
    #[serde(borrow)]
    domain: Bytes<'a>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct BinaryEndpoint<'a> {
    #[serde(borrow)]
    host: Bytes<'a>,
    address: IpAddr,
    #[serde(borrow)]
    address_text: Bytes<'a>,
    port: u16,
    port_digits: u8,
    #[serde(borrow)]
    txt: Bytes<'a>,
    txt_dialect: Option<TxtDialect>,
    txt_order: TxtOrder,
}

impl<'a> From<&Event<'a>> for BinaryEvent<'a> {
    /// The event is one of an `EventBuf`: its name is escaped, and there are no
    /// stamps in its TXT.
    fn from(event: &Event<'a>) -> Self {
        match event {
            Event::Add(service) => Self::Add(service.into()),
            Event::Resolve(service, endpoint) => Self::Resolve(service.into(), endpoint.into()),
            Event::Remove(service) => Self::Remove(service.into()),
            Event::AddDomain(domain) => Self::AddDomain(domain.into()),
            Event::RemoveDomain(domain) => Self::RemoveDomain(domain.into()),
        }
    }
}

impl<'a> From<Interface<'a>> for BinaryInterface<'a> {
    fn from(interface: Interface<'a>) -> Self {
        match interface {
            Interface::Named(name) => Self::Named(name.into()),
            Interface::Gone => Self::Gone,
            Interface::Unspecified(text) => Self::Unspecified(text.into()),
        }
    }
}

impl<'a> From<&Service<'a>> for BinaryService<'a> {
    fn from(service: &Service<'a>) -> Self {
        Self {
            interface: service.interface.into(),
            protocol: service.protocol,
            protocol_text: service.protocol_text.into(),
            name: service.name.as_bytes().into(),
            name_lossy: service.name.is_lossy(),
            service_type: service.service_type.as_bytes().into(),
            domain: service.domain.as_bytes().into(),
        }
    }
}

impl<'a> From<&BrowseDomain<'a>> for BinaryDomain<'a> {
    fn from(domain: &BrowseDomain<'a>) -> Self {
        Self {
            interface: domain.interface.into(),
            protocol: domain.protocol,
            protocol_text: domain.protocol_text.into(),
            domain: domain.domain.as_bytes().into(),
        }
    }
}

impl<'a> From<&Endpoint<'a>> for BinaryEndpoint<'a> {
    fn from(endpoint: &Endpoint<'a>) -> Self {
        Self {
            host: endpoint.host.as_bytes().into(),
            address: endpoint.address,
            address_text: endpoint.address_text.into(),
            port: endpoint.port,
            port_digits: endpoint.port_digits,
            txt: endpoint.txt.as_bytes().into(),
            txt_dialect: endpoint.txt.told_dialect(),
            txt_order: endpoint.txt.order(),
        }
    }
}

impl BinaryEvent<'_> {
    pub(super) fn event(&self) -> Event<'_> {
        match self {
            Self::Add(service) => Event::Add(service.service()),
            Self::Resolve(service, endpoint) => {
                Event::Resolve(service.service(), endpoint.endpoint())
            }
            Self::Remove(service) => Event::Remove(service.service()),
            Self::AddDomain(domain) => Event::AddDomain(domain.domain()),
            Self::RemoveDomain(domain) => Event::RemoveDomain(domain.domain()),
        }
    }
}

impl BinaryInterface<'_> {
    fn interface(&self) -> Interface<'_> {
        match self {
            Self::Named(name) => Interface::Named(&name.0),
            Self::Gone => Interface::Gone,
            Self::Unspecified(text) => Interface::Unspecified(&text.0),
        }
    }
}

impl BinaryService<'_> {
    fn service(&self) -> Service<'_> {
        Service {
            interface: self.interface.interface(),
            protocol: self.protocol,
            name: Label::new(&self.name.0).with_lossy(self.name_lossy),
            service_type: ServiceType::new(&self.service_type.0),
            domain: Name::new(&self.domain.0),
            protocol_text: &self.protocol_text.0,
        }
    }
}

impl BinaryDomain<'_> {
    fn domain(&self) -> BrowseDomain<'_> {
        BrowseDomain {
            interface: self.interface.interface(),
            protocol: self.protocol,
            domain: Name::new(&self.domain.0),
            protocol_text: &self.protocol_text.0,
        }
    }
}

impl BinaryEndpoint<'_> {
    fn endpoint(&self) -> Endpoint<'_> {
        let txt = Txt::new(&self.txt.0).with_order(self.txt_order);
        Endpoint {
            host: Name::new(&self.host.0),
            address: self.address,
            port: self.port,
            txt: match self.txt_dialect {
                Some(dialect) => txt.with_dialect(dialect),
                None => txt,
            },
            address_text: &self.address_text.0,
            port_digits: self.port_digits,
        }
    }
}
