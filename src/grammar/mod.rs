//! The grammar of one record: a pure function from its bytes to an event.
//!
//! ```text
//! record    = sign ";" interface ";" protocol ";" ( service | domain )
//! service   = name ";" type ";" domain [ ";" host ";" address ";" port ";" txt ]
//! ```
//!
//! nom's combinators with leaves of our own, since a leaf over `memchr` is as
//! fast as a loop written by hand, and nom's for single bytes are not.

mod address;
mod line;

use core::net::IpAddr;

use memchr::{memchr, memchr_iter};
use nom::{Err, IResult, Parser, combinator::rest};

pub(crate) use self::line::line;
use crate::{
    error::{ErrorKind, Field, ParseError},
    event::{BrowseDomain, Endpoint, Event, Interface, Protocol, Service},
    label::{Label, Name},
    service_type::ServiceType,
    txt::Txt,
};

/// Linux's interface names are at most this long (`IFNAMSIZ` - 1).
const MAX_INTERFACE: usize = 15;

/// What is wrong, in the terms of a parser that only knows what is left: the
/// place is the number of bytes from there to the end of the record.
#[derive(Debug, Clone, Copy)]
struct Fault<'a> {
    kind: ErrorKind,
    field: Field,
    left: usize,
    found: &'a [u8],
}

impl<'a> nom::error::ParseError<&'a [u8]> for Fault<'a> {
    // Only nom's own leaves come here, and the one in use cannot fail.
    fn from_error_kind(input: &'a [u8], _: nom::error::ErrorKind) -> Self {
        Self {
            kind: ErrorKind::NotAnEvent,
            field: Field::Kind,
            left: input.len(),
            found: input,
        }
    }

    fn append(_: &'a [u8], _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

impl Fault<'_> {
    fn into_error(self, record: &[u8]) -> ParseError {
        let offset = record.len() - self.left;
        ParseError::new(self.kind, self.field, offset, self.found)
    }
}

type Parsed<'a, T> = IResult<&'a [u8], T, Fault<'a>>;

/// A failure at the start of `at`, which shows `found`.
fn fail<'a, T>(kind: ErrorKind, field: Field, at: &'a [u8], found: &'a [u8]) -> Parsed<'a, T> {
    Err(Err::Error(Fault {
        kind,
        field,
        left: at.len(),
        found,
    }))
}

/// Reads what a user hands over as one record: line end or not, and perhaps
/// with line feeds where none can be.
pub(crate) fn whole_record(bytes: &[u8]) -> Result<Event<'_>, ParseError> {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    let event = record(bytes)?;
    match memchr(b'\n', bytes) {
        Some(at) => match field_at(&event, bytes, at) {
            Field::Txt => Ok(event),
            field => Err(ParseError::new(ErrorKind::LineFeed, field, at, b"")),
        },
        None => Ok(event),
    }
}

/// The field of the event's record that the byte at `at` stands in.
fn field_at(event: &Event<'_>, record: &[u8], at: usize) -> Field {
    let mut end = 2 + event.interface().as_bytes().len();
    let mut field = Field::Interface;
    while end <= at && field != Field::Txt {
        field = match (field, event.service()) {
            (Field::Protocol, None) => Field::Domain,
            _ => field_after(field),
        };
        let next = memchr(b';', &record[end + 1..]);
        end = next.map_or(record.len(), |len| end + 1 + len);
    }
    field
}

/// Reads one record without its line end. Takes it on trust that line feeds
/// stand in TXT only.
#[inline]
pub(crate) fn record(bytes: &[u8]) -> Result<Event<'_>, ParseError> {
    let (sign, body) = match *bytes {
        [sign @ (b'+' | b'=' | b'-'), b';', ref body @ ..] => (sign, body),
        [] => return Err(ParseError::new(ErrorKind::EmptyLine, Field::Kind, 0, bytes)),
        _ => {
            return Err(ParseError::new(
                ErrorKind::NotAnEvent,
                Field::Kind,
                0,
                bytes,
            ));
        }
    };
    let interface_len = match likely_interface_len(body) {
        Some(len) => len,
        None => memchr(b';', body).unwrap_or(body.len()),
    };
    match event(sign, interface_len, body) {
        Ok(event) => Ok(event),
        Err(fault) => {
            other_readings(sign, interface_len, body).ok_or_else(|| fault.into_error(bytes))
        }
    }
}

/// The length of the interface: it ends at the first `;IPv4;` or `;IPv6;`,
/// since it may hold `;` itself.
#[inline]
fn likely_interface_len(body: &[u8]) -> Option<usize> {
    interface_lens(body).next()
}

/// All lengths of the interface that a protocol follows.
#[inline]
fn interface_lens(body: &[u8]) -> impl Iterator<Item = usize> {
    let window = &body[..body.len().min(MAX_INTERFACE + 1)];
    memchr_iter(b';', window)
        .filter(|&at| matches!(body[at + 1..], [b'I', b'P', b'v', b'4' | b'6', b';', ..]))
}

/// Second thoughts about where the interface ends, when the likely place does
/// not lead to an event: a service named `IPv4` that was looked up over the
/// wide area (`+;n/a;n/a;IPv4;…`), or an interface named `a;IPv4`.
#[cold]
fn other_readings(sign: u8, tried: usize, body: &[u8]) -> Option<Event<'_>> {
    interface_lens(body)
        .chain(memchr(b';', body))
        .filter(|&len| len != tried)
        .find_map(|len| event(sign, len, body).ok())
}

/// The event in `body`, which is all after the sign and its `;`.
#[inline]
fn event(sign: u8, interface_len: usize, body: &[u8]) -> Result<Event<'_>, Fault<'_>> {
    let (text, after) = body.split_at(interface_len);
    let parsed = match after {
        [b';', after @ ..] => match sign {
            b'=' => resolved(after).map(|(rest, (place, service, endpoint))| {
                (
                    rest,
                    Event::Resolve(service_at(text, place, service), endpoint),
                )
            }),
            _ => browsed(sign, text, after),
        },
        _ if text.is_empty() => fail(ErrorKind::MissingField, Field::Interface, after, b""),
        _ => fail(ErrorKind::MissingField, Field::Protocol, after, b""),
    };
    match parsed {
        Ok((_, event)) => Ok(event),
        Err(Err::Error(fault) | Err::Failure(fault)) => Err(fault),
        // No parser here asks for more: a record is always whole.
        Err(Err::Incomplete(_)) => Err(Fault {
            kind: ErrorKind::Incomplete,
            field: Field::Kind,
            left: 0,
            found: b"",
        }),
    }
}

/// `+` and `-`: a service has six fields, a browse domain four.
#[inline]
fn browsed<'a>(sign: u8, interface: &'a [u8], input: &'a [u8]) -> Parsed<'a, Event<'a>> {
    let (input, place) = protocol(input)?;
    let Some(name_len) = memchr(b';', input) else {
        let (input, domain) = last_field(Field::Domain).parse(input)?;
        let (interface, protocol) = place_of(interface, place);
        let domain = BrowseDomain {
            interface,
            protocol,
            domain: Name::new(domain),
            protocol_text: place,
        };
        let event = match sign {
            b'+' => Event::AddDomain(domain),
            _ => Event::RemoveDomain(domain),
        };
        return Ok((input, event));
    };
    if name_len == 0 {
        return fail(ErrorKind::EmptyField, Field::Name, input, b"");
    }
    let (name, input) = (&input[..name_len], &input[name_len + 1..]);
    let (input, (service_type, domain)) =
        (field(Field::Type), last_field(Field::Domain)).parse(input)?;
    let service = service_at(interface, place, (name, service_type, domain));
    let event = match sign {
        b'+' => Event::Add(service),
        _ => Event::Remove(service),
    };
    Ok((input, event))
}

/// Protocol, service and endpoint of a `=` line.
#[inline]
#[allow(clippy::type_complexity)] // the tuples are the grammar
fn resolved(input: &[u8]) -> Parsed<'_, (&[u8], (&[u8], &[u8], &[u8]), Endpoint<'_>)> {
    let service = (field(Field::Name), field(Field::Type), field(Field::Domain));
    (protocol, service, endpoint).parse(input)
}

#[inline]
fn service_at<'a>(
    interface: &'a [u8],
    protocol_text: &'a [u8],
    (name, service_type, domain): (&'a [u8], &'a [u8], &'a [u8]),
) -> Service<'a> {
    let (interface, protocol) = place_of(interface, protocol_text);
    Service {
        interface,
        protocol,
        name: Label::new(name),
        service_type: ServiceType::new(service_type),
        domain: Name::new(domain),
        protocol_text,
    }
}

/// What the first two columns say. `n/a` is translated, but into the same
/// words in both, and a slash is in no interface name.
#[inline]
pub(crate) fn place_of<'a>(
    interface: &'a [u8],
    protocol: &[u8],
) -> (Interface<'a>, Option<Protocol>) {
    let protocol_text = protocol;
    let protocol = Protocol::from_bytes(protocol_text);
    let interface = match interface {
        b"(null)" => Interface::Gone,
        b"" => Interface::Unspecified(interface),
        _ if protocol.is_none() && (interface == protocol_text || interface.contains(&b'/')) => {
            Interface::Unspecified(interface)
        }
        b"n/a" => Interface::Unspecified(interface),
        _ => Interface::Named(interface),
    };
    (interface, protocol)
}

/// The protocol's column: anything up to the `;`, also nothing.
#[inline]
fn protocol(input: &[u8]) -> Parsed<'_, &[u8]> {
    match memchr(b';', input) {
        Some(len) => Ok((&input[len + 1..], &input[..len])),
        None => cut_short(Field::Protocol, input),
    }
}

/// The line ends within this field, or before it.
#[cold]
fn cut_short<T>(field: Field, input: &[u8]) -> Parsed<'_, T> {
    let missing = match input {
        [] => field,
        _ => field_after(field),
    };
    fail(ErrorKind::MissingField, missing, &input[input.len()..], b"")
}

/// A field that is not empty, and the `;` after it.
#[inline]
fn field<'a>(field: Field) -> impl Parser<&'a [u8], Output = &'a [u8], Error = Fault<'a>> {
    move |input: &'a [u8]| match memchr(b';', input) {
        Some(0) => fail(ErrorKind::EmptyField, field, input, b""),
        Some(len) => Ok((&input[len + 1..], &input[..len])),
        None => cut_short(field, input),
    }
}

/// The field that stands after this one, where there is one.
fn field_after(field: Field) -> Field {
    match field {
        Field::Kind => Field::Interface,
        Field::Interface => Field::Protocol,
        Field::Protocol => Field::Name,
        Field::Name => Field::Type,
        Field::Type => Field::Domain,
        Field::Domain => Field::Host,
        Field::Host => Field::Address,
        Field::Address => Field::Port,
        Field::Port | Field::Txt => Field::Txt,
    }
}

/// The last field of a `+` or `-` line: all that is left, without a `;`.
#[inline]
fn last_field<'a>(field: Field) -> impl Parser<&'a [u8], Output = &'a [u8], Error = Fault<'a>> {
    move |input: &'a [u8]| match memchr(b';', input) {
        _ if input.is_empty() => fail(ErrorKind::EmptyField, field, input, b""),
        Some(at) => fail(ErrorKind::ExtraField, field, &input[at..], b""),
        None => rest(input),
    }
}

/// Host, address, port and TXT.
#[inline]
fn endpoint(input: &[u8]) -> Parsed<'_, Endpoint<'_>> {
    (field(Field::Host), address, port, txt)
        .map(
            |(host, (address_text, address), (port_text, port), txt)| Endpoint {
                host: Name::new(host),
                address,
                port,
                txt,
                address_text,
                port_digits: port_text.len() as u8,
            },
        )
        .parse(input)
}

#[inline]
fn address(input: &[u8]) -> Parsed<'_, (&[u8], IpAddr)> {
    let (after, text) = field(Field::Address).parse(input)?;
    match core::str::from_utf8(text).map(str::parse) {
        Ok(Ok(address)) => Ok((after, (text, address))),
        _ => fail(ErrorKind::InvalidAddress, Field::Address, input, text),
    }
}

/// One to five digits, at most 65535.
#[inline]
fn port(input: &[u8]) -> Parsed<'_, (&[u8], u16)> {
    let (after, text) = field(Field::Port).parse(input)?;
    if text.iter().any(|byte| !byte.is_ascii_digit()) {
        return fail(ErrorKind::InvalidPort, Field::Port, input, text);
    }
    let value = text.iter().try_fold(0_u16, |value, byte| {
        value.checked_mul(10)?.checked_add(u16::from(byte - b'0'))
    });
    match value {
        Some(port) if text.len() <= 5 => Ok((after, (text, port))),
        Some(_) => fail(ErrorKind::InvalidPort, Field::Port, input, text),
        None => fail(ErrorKind::PortOverflow, Field::Port, input, text),
    }
}

/// TXT is all that is left: nothing, or from a quote to a quote.
#[inline]
fn txt(input: &[u8]) -> Parsed<'_, Txt<'_>> {
    match *input {
        [] | [b'"', .., b'"'] => {}
        [b'"', ..] => return fail(ErrorKind::UnclosedTxt, Field::Txt, input, b""),
        _ => return fail(ErrorKind::UnquotedTxt, Field::Txt, input, input),
    }
    rest.map(Txt::new).parse(input)
}
