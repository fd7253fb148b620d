//! Comma-separated values (RFC 4180, with LF).

use std::{
    borrow::Cow,
    io::{self, Write},
};

use super::{Extras, Item, address, dns_type};
use crate::safe::{self, Audience};

const HEADER: [&str; 11] = [
    "event",
    "interface",
    "protocol",
    "name",
    "type",
    "type_name",
    "domain",
    "host",
    "address",
    "port",
    "txt",
];

/// Prints the header.
pub fn print_head<W: Write>(out: &mut W, extras: &Extras) -> io::Result<()> {
    let mut header = HEADER.to_vec();
    header.extend(extras.lines.then_some("line"));
    header.extend(extras.times.then_some("time"));
    writeln!(out, "{}", header.join(","))
}

/// Prints one record. TXT stands as Avahi printed it; what an event does not
/// have is empty.
pub fn print<W: Write>(
    out: &mut W,
    item: &Item<'_>,
    audience: Audience,
    extras: &Extras,
) -> io::Result<()> {
    // Into memory first: flushing the writer would flush the output, too.
    let mut csv = csv::WriterBuilder::new()
        .buffer_capacity(1024)
        .from_writer(Vec::new());
    let event = item.event;
    let service = event.service();
    let endpoint = event.endpoint();
    let mut fields: Vec<Cow<'_, [u8]>> = vec![
        event.kind().as_str().as_bytes().into(),
        event.interface().name().unwrap_or_default().into(),
        event
            .protocol()
            .map_or("", |it| it.as_str())
            .as_bytes()
            .into(),
        service.map_or(b"".into(), |it| it.name.decode()),
        service
            .and_then(|it| dns_type(it.service_type, extras.types.as_ref()))
            .unwrap_or_default()
            .as_bytes()
            .into(),
        service
            .and_then(|it| it.service_type.display_name())
            .unwrap_or_default()
            .into(),
        event.domain().as_bytes().into(),
        endpoint.map_or(&b""[..], |it| it.host.as_bytes()).into(),
        endpoint.map_or(b"".into(), address),
        endpoint
            .map_or(String::new(), |it| it.port.to_string())
            .into_bytes()
            .into(),
        endpoint.map_or(b"".into(), |it| it.txt.without_stamps()),
    ];
    let lines = extras.lines;
    fields.extend(lines.then(|| item.line.to_string().into_bytes().into()));
    let time = || item.time.unwrap_or_default().as_bytes().into();
    fields.extend(extras.times.then(time));
    if audience == Audience::Terminal {
        for field in &mut fields {
            *field = safe::text(field).into_bytes().into();
        }
    }
    csv.write_record(fields)?;
    let record = csv.into_inner().map_err(|error| error.into_error())?;
    out.write_all(&record)
}
