//! What is kept of events, in as little room as there may be services.

use core::net::IpAddr;
use std::{boxed::Box, string::ToString, vec::Vec};

use crate::{
    escape::Escapes,
    event::{Endpoint, Service},
    label::{EscapeLabel, Label, Name},
    service_type::ServiceType,
    txt::Txt,
};

/// What a service is called, as an event with `-p` would print it.
#[derive(Debug)]
pub(super) struct Named {
    /// Name, type and domain, and where the latter two begin.
    text: Box<[u8]>,
    type_start: usize,
    domain_start: usize,
    lossy: bool,
}

impl Named {
    pub(super) fn new(service: &Service<'_>) -> Self {
        let name = &service.name;
        let escaped = match name.escapes() {
            Escapes::None => Some(EscapeLabel(name.as_bytes()).to_string()),
            _ => None,
        };
        let name_text = escaped.as_ref().map_or(name.as_bytes(), |it| it.as_bytes());
        let (service_type, domain) = (service.service_type.as_bytes(), service.domain.as_bytes());
        let type_start = name_text.len();
        Self {
            text: [name_text, service_type, domain].concat().into(),
            type_start,
            domain_start: type_start + service_type.len(),
            lossy: name.is_lossy(),
        }
    }

    pub(super) fn name(&self) -> Label<'_> {
        Label::new(&self.text[..self.type_start]).with_lossy(self.lossy)
    }

    pub(super) fn service_type(&self) -> ServiceType<'_> {
        ServiceType::new(&self.text[self.type_start..self.domain_start])
    }

    pub(super) fn domain(&self) -> Name<'_> {
        Name::new(&self.text[self.domain_start..])
    }

    /// Whether a service is called the same, letter for letter.
    pub(super) fn is(
        &self,
        name: &Label<'_>,
        service_type: ServiceType<'_>,
        domain: Name<'_>,
    ) -> bool {
        name.escapes() == Escapes::Label
            && self.text[..self.type_start] == *name.as_bytes()
            && self.text[self.type_start..self.domain_start] == *service_type.as_bytes()
            && self.text[self.domain_start..] == *domain.as_bytes()
    }
}

/// Where a service is to be reached.
#[derive(Debug)]
pub(super) struct Resolved {
    /// Host, address and TXT, as printed, and where the latter two begin.
    text: Box<[u8]>,
    starts: [usize; 2],
    address: IpAddr,
    port: u16,
    port_digits: u8,
    /// Dialect and order, without the text.
    txt: Txt<'static>,
}

impl Resolved {
    pub(super) fn new(endpoint: &Endpoint<'_>) -> Self {
        let address;
        let address_text = match endpoint.address_text {
            b"" => {
                address = endpoint.address.to_string();
                address.as_bytes()
            }
            text => text,
        };
        let host = endpoint.host.as_bytes();
        let len = host.len() + address_text.len();
        let mut text = Vec::with_capacity(len + endpoint.txt.as_bytes().len());
        let mut starts = [0; 2];
        for (field, end) in [host, address_text].into_iter().zip(&mut starts) {
            text.extend_from_slice(field);
            *end = text.len();
        }
        for piece in endpoint.txt.pieces() {
            text.extend_from_slice(piece);
        }
        Self {
            text: text.into(),
            starts,
            address: endpoint.address,
            port: endpoint.port,
            port_digits: endpoint.port_digits,
            txt: endpoint.txt.without_text(),
        }
    }

    #[inline]
    pub(super) fn endpoint(&self) -> Endpoint<'_> {
        let [address, txt] = self.starts;
        Endpoint {
            host: Name::new(&self.text[..address]),
            address: self.address,
            port: self.port,
            address_text: &self.text[address..txt],
            port_digits: self.port_digits,
            txt: self.txt.with_text(&self.text[txt..]),
        }
    }
}
