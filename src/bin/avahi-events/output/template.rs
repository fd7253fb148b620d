//! A line of the user's own: text, with a field in place of each `{…}`.

use std::{
    io::{self, Write},
    str::FromStr,
};

use avahi_events::{Endpoint, Interface, Txt};

use super::{Extras, Item, address, dns_type};
use crate::safe::{self, Audience};

/// A line with placeholders.
#[derive(Debug, Clone)]
pub struct Template {
    pieces: Vec<Piece>,
    /// Whether also events that have none of the fields get a line.
    for_all: bool,
}

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Field(Field),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Field {
    Event,
    Interface,
    Protocol,
    Name,
    Type,
    TypeName,
    Domain,
    Host,
    Address,
    Port,
    Socket,
    Txt,
    TxtValue(String),
    File,
    Line,
    Time,
}

impl FromStr for Field {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Ok(match name {
            "event" => Self::Event,
            "interface" => Self::Interface,
            "protocol" => Self::Protocol,
            "name" => Self::Name,
            "type" => Self::Type,
            "type_name" => Self::TypeName,
            "domain" => Self::Domain,
            "host" => Self::Host,
            "address" => Self::Address,
            "port" => Self::Port,
            "socket" => Self::Socket,
            "txt" => Self::Txt,
            "file" => Self::File,
            "line" => Self::Line,
            "time" => Self::Time,
            _ => match name.strip_prefix("txt.") {
                Some(key) if !key.is_empty() => Self::TxtValue(key.to_owned()),
                _ => return Err(format!("there is no field {{{name}}}")),
            },
        })
    }
}

impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain += &rest[..at];
            let (brace, after) = rest[at..].split_at(1);
            if let Some(after) = after.strip_prefix(brace) {
                plain += brace;
                rest = after;
                continue;
            }
            let field = match brace {
                "{" => after.split_once('}'),
                _ => None,
            };
            let Some((name, after)) = field else {
                return Err(format!("a lone {brace}; {brace}{brace} stands for itself"));
            };
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Field(name.parse()?));
            rest = after;
        }
        plain += rest;
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self {
            pieces,
            for_all: false,
        })
    }
}

impl Template {
    /// Whether it prints times.
    pub fn has_time(&self) -> bool {
        self.fields().any(|field| *field == Field::Time)
    }

    /// Whether it prints what only a capture has: its name, lines and times.
    pub fn needs_capture(&self) -> bool {
        let is_of_capture =
            |field: &Field| matches!(field, Field::File | Field::Line | Field::Time);
        self.fields().any(is_of_capture)
    }

    /// Makes a line of each event, also of one that has none of the fields.
    pub fn for_all(mut self) -> Self {
        self.for_all = true;
        self
    }

    fn fields(&self) -> impl Iterator<Item = &Field> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Field(field) => Some(field),
            Piece::Text(_) => None,
        })
    }

    /// Prints the line of an event that has at least one of the fields, or of
    /// any if it is [for all](Self::for_all).
    pub fn print<W: Write>(
        &self,
        out: &mut W,
        item: &Item<'_>,
        audience: Audience,
        extras: &Extras,
    ) -> io::Result<()> {
        if !self.for_all && !self.fields().any(|field| field.is_in(item)) {
            return Ok(());
        }
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.write_all(text.as_bytes())?,
                Piece::Field(field) => field.print(out, item, audience, extras)?,
            }
        }
        out.write_all(b"\n")
    }
}

impl Field {
    /// Whether such an event has that field, empty or not.
    fn is_in(&self, item: &Item<'_>) -> bool {
        match self {
            Self::Event | Self::Interface | Self::Protocol | Self::Domain => true,
            Self::File | Self::Line => true,
            Self::Time => item.time.is_some(),
            Self::Name | Self::Type | Self::TypeName => item.event.service().is_some(),
            Self::Host | Self::Address | Self::Port | Self::Socket | Self::Txt => {
                item.event.endpoint().is_some()
            }
            Self::TxtValue(key) => {
                let endpoint = item.event.endpoint();
                endpoint.is_some_and(|it| it.txt.get(key).is_some())
            }
        }
    }

    /// Prints the field, or nothing if the event does not have it.
    fn print<W: Write>(
        &self,
        out: &mut W,
        item: &Item<'_>,
        audience: Audience,
        extras: &Extras,
    ) -> io::Result<()> {
        let event = item.event;
        let mut put = |value: &[u8]| safe::write(out, value, audience);
        match self {
            Self::Event => put(event.kind().as_str().as_bytes()),
            Self::Interface => put(event.interface().name().unwrap_or_default()),
            Self::Protocol => put(event.protocol().map_or("", |it| it.as_str()).as_bytes()),
            Self::Domain => put(event.domain().as_bytes()),
            Self::File => put(item.file.as_bytes()),
            Self::Line => write!(out, "{}", item.line),
            Self::Time => put(item.time.unwrap_or_default().as_bytes()),
            Self::Name | Self::Type | Self::TypeName => match event.service() {
                None => Ok(()),
                Some(service) => match self {
                    Self::Name => put(&service.name.decode()),
                    Self::Type => put(dns_type(service.service_type, extras.types.as_ref())
                        .unwrap_or_default()
                        .as_bytes()),
                    _ => put(service.service_type.display_name().unwrap_or_default()),
                },
            },
            Self::Host
            | Self::Address
            | Self::Port
            | Self::Socket
            | Self::Txt
            | Self::TxtValue(_) => match event.endpoint() {
                None => Ok(()),
                Some(endpoint) => match self {
                    Self::Host => put(endpoint.host.as_bytes()),
                    Self::Address => put(&address(endpoint)),
                    Self::Port => write!(out, "{}", endpoint.port),
                    Self::Socket => put(&socket(event.interface(), endpoint)),
                    Self::TxtValue(key) => put(&value(&endpoint.txt, key)),
                    _ => put(&endpoint.txt.without_stamps()),
                },
            },
        }
    }
}

/// The value of an attribute; empty if there is no such attribute.
fn value(txt: &Txt<'_>, key: &str) -> Vec<u8> {
    txt.get(key)
        .and_then(|attribute| attribute.value())
        .map_or_else(Vec::new, |value| value.decode().into_owned())
}

/// Address and port, as one writes them in a URL: IPv6 in brackets, and a
/// link-local one with the interface as its scope (RFC 4007 section 11).
pub fn socket(interface: Interface<'_>, endpoint: &Endpoint<'_>) -> Vec<u8> {
    let (ip, port) = (endpoint.address, endpoint.port);
    match interface.name() {
        Some(scope) if ip.is_ipv6() && endpoint.is_link_local() => {
            let mut text = format!("[{ip}%").into_bytes();
            text.extend_from_slice(scope);
            text.extend_from_slice(format!("]:{port}").as_bytes());
            text
        }
        _ => std::net::SocketAddr::new(ip, port).to_string().into_bytes(),
    }
}
