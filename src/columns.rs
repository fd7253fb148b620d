//! The grammar of the output without `-p`: columns, and four more lines where a
//! service was resolved.
//!
//! ```text
//! service = sign " " %6s interface " " %4s protocol " " %-*s name " " %-20s type " " domain
//! domain  = sign " " %4s interface " " %4s protocol " " domain
//! detail  = "   hostname = [" … "]"      also address, port, txt
//! ```
//!
//! Nothing is escaped, so that it takes the padding to tell a name from a type
//! where both hold spaces.

use core::net::IpAddr;

use crate::{
    error::{ErrorKind, Field, ParseError},
    event::{BrowseDomain, Endpoint, Event, Service},
    grammar::place_of,
    label::{Label, Name},
    service_type::{ENGLISH, ServiceType},
    txt::Txt,
};

/// The type's column is this wide, or as wide as the type.
const TYPE_WIDTH: usize = 20;

/// The name's column if nothing is known of it: COLUMNS is 80, less 35.
const NAME_WIDTH: usize = 45;

/// The details of a resolved service: what each is called, and its field.
pub(crate) const DETAILS: [(&[u8], Field); 4] = [
    (b"hostname = [", Field::Host),
    (b"address = [", Field::Address),
    (b"port = [", Field::Port),
    (b"txt = [", Field::Txt),
];

/// The first two columns of a line.
struct Place<'a> {
    sign: u8,
    interface: &'a [u8],
    protocol: &'a [u8],
    /// What follows them, and where it begins.
    rest: &'a [u8],
    at: usize,
}

/// A line that was read as columns.
pub(crate) struct Line<'a> {
    /// For `=`, what the details are yet to be added to is an [`Event::Add`].
    pub(crate) event: Event<'a>,
    /// Whether the details follow.
    pub(crate) is_resolved: bool,
    /// How wide the name's column is at most.
    pub(crate) name_width: Option<usize>,
}

/// Whether a line is one of columns, whole or not.
pub(crate) fn begins(line: &[u8]) -> bool {
    place(line).is_some()
}

fn place(line: &[u8]) -> Option<Place<'_>> {
    let [sign @ (b'+' | b'=' | b'-'), b' ', columns @ ..] = line else {
        return None;
    };
    let text = columns.trim_ascii_start();
    let (interface, protocol, rest) = named(text).or_else(|| unspecified(text))?;
    // A column that is narrower than the service's or the domain's is none.
    let width = columns.len() - text.len() + interface.len();
    let is_padded = width >= 6 || (width >= 4 && !rest.contains(&b' '));
    is_padded.then_some(Place {
        sign: *sign,
        interface,
        protocol,
        rest,
        at: line.len() - rest.len(),
    })
}

/// An interface, which holds no spaces, and a protocol.
fn named(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (interface, after) = text.split_at(text.iter().position(|&byte| byte == b' ')?);
    let protocol = match after {
        [b' ', b'I', b'P', b'v', b'4' | b'6', b' ', ..] => &after[1..5],
        [b' ', b' ', b'n', b'/', b'a', b' ', ..] => &after[2..5],
        _ => return None,
    };
    // Neither can be told from text that is none of columns if it is too long.
    let is_name = (1..=15).contains(&interface.len());
    let rest = &after[1 + protocol.len().max(4) + 1..];
    is_name.then_some((interface, protocol, rest))
}

/// `n/a` in the user's language, twice. It may be of several words.
fn unspecified(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    memchr::memchr_iter(b' ', text).take(4).find_map(|len| {
        let (word, after) = text.split_at(len);
        let after = after.trim_ascii_start();
        let rest = after.strip_prefix(word)?.strip_prefix(b" ")?;
        // A shell may show a command that is named like its argument.
        let is_word = !word.iter().all(u8::is_ascii_alphanumeric)
            && !word.ends_with(b" ")
            && !word.contains(&b';');
        is_word.then_some((word, word, rest))
    })
}

/// Reads a line of columns. `width` is the name column's, if that is known.
/// `None` if the line is none of columns.
///
/// Places in errors count from the start of the line.
pub(crate) fn line(line: &[u8], width: Option<usize>) -> Option<Result<Line<'_>, ParseError>> {
    let place = place(line)?;
    Some(match place.sign {
        b'+' | b'-' if !place.rest.contains(&b' ') => browse_domain(&place),
        _ => service(&place, width),
    })
}

fn browse_domain<'a>(place: &Place<'a>) -> Result<Line<'a>, ParseError> {
    if place.rest.is_empty() {
        return Err(missing(Field::Domain, place.at));
    }
    without_semicolon(place.rest, Field::Domain, place.at)?;
    let (interface, protocol) = place_of(place.interface, place.protocol);
    let domain = BrowseDomain {
        interface,
        protocol,
        domain: Name::new(place.rest),
        protocol_text: place.protocol,
    };
    Ok(Line {
        event: match place.sign {
            b'+' => Event::AddDomain(domain),
            _ => Event::RemoveDomain(domain),
        },
        is_resolved: false,
        name_width: None,
    })
}

fn service<'a>(place: &Place<'a>, width: Option<usize>) -> Result<Line<'a>, ParseError> {
    let end = place.at + place.rest.len();
    // The domain holds no spaces, since it is escaped.
    let Some(space) = memchr::memrchr(b' ', place.rest) else {
        return Err(missing(Field::Type, end));
    };
    let (columns, domain) = (&place.rest[..space], &place.rest[space + 1..]);
    let Some(type_start) = type_start(columns, width.unwrap_or(NAME_WIDTH)) else {
        return Err(missing(Field::Domain, end));
    };
    if domain.is_empty() {
        return Err(missing(Field::Domain, end));
    }
    let (name_column, type_column) = (&columns[..type_start - 1], &columns[type_start..]);
    let name = trim_end(name_column);
    if name.is_empty() {
        return Err(ParseError::new(
            ErrorKind::EmptyField,
            Field::Name,
            place.at,
            b"",
        ));
    }
    let service_type = trim_end(type_column);
    without_semicolon(service_type, Field::Type, place.at + type_start)?;
    without_semicolon(domain, Field::Domain, end - domain.len())?;
    let (interface, protocol) = place_of(place.interface, place.protocol);
    let service = Service {
        interface,
        protocol,
        name: Label::from_columns(name),
        service_type: ServiceType::new(service_type),
        domain: Name::new(domain),
        protocol_text: place.protocol,
    };
    Ok(Line {
        event: match place.sign {
            b'-' => Event::Remove(service),
            _ => Event::Add(service),
        },
        is_resolved: place.sign == b'=',
        name_width: Some(name_column.len()),
    })
}

/// Where the type begins in the columns of name and type. There is a space
/// before it.
fn type_start(columns: &[u8], width: usize) -> Option<usize> {
    let is_start =
        |&start: &usize| start > 1 && columns[start - 1] == b' ' && columns[start] != b' ';
    let fixed = columns.len().checked_sub(TYPE_WIDTH)?;
    if columns.ends_with(b" ") {
        // The type is shorter than its column.
        return Some(fixed).filter(is_start);
    }
    // It is as long as its column or longer: a DNS type, which has no spaces,
    let long = &columns[..=fixed];
    let last = memchr::memrchr(b' ', columns)? + 1;
    let word = &columns[last..];
    if word.starts_with(b"_") && (word.ends_with(b"._tcp") || word.ends_with(b"._udp")) {
        return Some(last).filter(|start| start <= &fixed && is_start(start));
    }
    // a display name that is known,
    let known = |(name, _): &(&str, &str)| {
        let start = columns
            .len()
            .checked_sub(name.len())
            .filter(|start| start <= &fixed && is_start(start))?;
        columns.ends_with(name.as_bytes()).then_some(start)
    };
    if let Some(start) = ENGLISH.iter().filter_map(known).min() {
        return Some(start);
    }
    // what follows the last padding, or what follows a name that fills its
    // column or goes beyond it.
    let padding = long.windows(2).rposition(|pair| pair == b"  ");
    let beyond = memchr::memchr(b' ', long.get(width..).unwrap_or_default());
    padding
        .map(|at| at + 2)
        .or(beyond.map(|at| width + at + 1))
        .filter(|start| start <= &fixed && is_start(start))
}

/// Padding is of spaces only; other white space is a name's own.
fn trim_end(column: &[u8]) -> &[u8] {
    let len = column.iter().rposition(|&byte| byte != b' ');
    &column[..len.map_or(0, |at| at + 1)]
}

/// What a line says of a detail: its value, or as much of it as stands there
/// if its bracket is not closed. `None` if it is not that detail.
pub(crate) fn detail<'a>(line: &'a [u8], name: &[u8]) -> Option<(&'a [u8], bool)> {
    let value = line.trim_ascii_start().strip_prefix(name)?;
    Some(match value.strip_suffix(b"]") {
        Some(value) => (value, true),
        None => (value, false),
    })
}

/// The event of a resolved service: its line, and its details, of which the
/// TXT may have line feeds.
pub(crate) fn resolved<'a>(
    service: Service<'a>,
    [host, address, port, txt]: [&'a [u8]; 4],
) -> Result<Event<'a>, (ErrorKind, Field)> {
    if host.is_empty() {
        return Err((ErrorKind::EmptyField, Field::Host));
    }
    if host.contains(&b';') {
        return Err((ErrorKind::Semicolon, Field::Host));
    }
    let text = core::str::from_utf8(address).unwrap_or_default();
    let value: IpAddr = match text.parse() {
        Ok(address) => address,
        Err(_) => return Err((ErrorKind::InvalidAddress, Field::Address)),
    };
    let digits = (1..=5).contains(&port.len()) && port.iter().all(u8::is_ascii_digit);
    let number = core::str::from_utf8(port).unwrap_or_default().parse();
    let number = match number {
        Ok(number) if digits => number,
        _ if digits => return Err((ErrorKind::PortOverflow, Field::Port)),
        _ => return Err((ErrorKind::InvalidPort, Field::Port)),
    };
    match txt {
        [] | [b'"', .., b'"'] => {}
        [b'"', ..] => return Err((ErrorKind::UnclosedTxt, Field::Txt)),
        _ => return Err((ErrorKind::UnquotedTxt, Field::Txt)),
    }
    Ok(Event::Resolve(
        service,
        Endpoint {
            host: Name::new(host),
            address: value,
            port: number,
            txt: Txt::new(txt),
            address_text: address,
            port_digits: port.len() as u8,
        },
    ))
}

/// The fields that are no names are printed the same with `-p`, where `;` ends
/// them: none can hold one. (Avahi prints that of a domain as `\059`.)
fn without_semicolon(text: &[u8], field: Field, start: usize) -> Result<(), ParseError> {
    match memchr::memchr(b';', text) {
        Some(at) => Err(ParseError::new(
            ErrorKind::Semicolon,
            field,
            start + at,
            b"",
        )),
        None => Ok(()),
    }
}

fn missing(field: Field, at: usize) -> ParseError {
    ParseError::new(ErrorKind::MissingField, field, at, b"")
}
