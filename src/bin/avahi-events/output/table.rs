//! Columns for a person. They are of fixed widths, so that a line can be
//! printed before the next is known; what is longer pushes the rest aside.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

use super::{Extras, Item, address, dns_type};
use crate::safe;

/// Title and width of each column; the last ones have no end.
const COLUMNS: [(&str, usize); 7] = [
    ("EVENT", 13),
    ("INTERFACE", 9),
    ("PROTOCOL", 8),
    ("NAME", 32),
    ("TYPE", 20),
    ("DOMAIN", 6),
    ("PLACE", 0),
];

/// Prints the header.
pub fn print_head<W: Write>(out: &mut W, extras: &Extras) -> io::Result<()> {
    write_row(
        out,
        extras.lines.then(|| "LINE".to_owned()),
        COLUMNS.map(|(title, _)| title.to_owned()),
        extras.times.then_some("TIME"),
    )
}

/// Prints one line.
pub fn print<W: Write>(out: &mut W, item: &Item<'_>, extras: &Extras) -> io::Result<()> {
    let event = item.event;
    let service = event.service();
    let cells = [
        event.kind().to_string(),
        safe::text(event.interface().name().unwrap_or(b"-")),
        event.protocol().map_or("-", |it| it.as_str()).to_owned(),
        service.map_or("-".to_owned(), |it| safe::text(&it.name.decode())),
        service.map_or("-".to_owned(), |it| {
            let printed = it.service_type;
            match dns_type(printed, extras.types.as_ref()) {
                Some(dns) => safe::text(dns.as_bytes()),
                None => safe::text(printed.as_bytes()),
            }
        }),
        safe::text(event.domain().as_bytes()),
        event.endpoint().map_or(String::new(), |it| {
            let host = safe::text(it.host.as_bytes());
            let txt = safe::text(&it.txt.without_stamps());
            format!("{host} {} {} {txt}", safe::text(&address(it)), it.port)
        }),
    ];
    let line = extras.lines.then(|| item.line.to_string());
    let time = extras.times.then(|| item.time.unwrap_or_default());
    write_row(out, line, cells, time)
}

fn write_row<W: Write>(
    out: &mut W,
    line: Option<String>,
    cells: [String; COLUMNS.len()],
    time: Option<&str>,
) -> io::Result<()> {
    let mut row = String::new();
    if let Some(time) = time {
        row += &format!("{time:<32} ");
    }
    if let Some(line) = line {
        row += &format!("{line:>6} ");
    }
    for ((_, width), cell) in COLUMNS.iter().zip(cells) {
        row += &cell;
        row.extend(std::iter::repeat_n(
            ' ',
            width.saturating_sub(cell.width()) + 1,
        ));
    }
    writeln!(out, "{}", row.trim_end())
}
