//! The output without `-p`, against the same with it and against what it could
//! be damaged to.

mod common;

use std::collections::BTreeSet;

use avahi_events::{
    ErrorKind, Event, EventBuf, Field, Interface, Label, MAX_RECORD, ServiceTypes, TxtDialect,
    records,
};
use common::{capture, read};

/// The name as columns show it: each byte that is not printable becomes `_`,
/// and blanks at its end cannot be told from padding.
fn shown(name: &[u8]) -> Vec<u8> {
    let printable = |byte: u8| match byte {
        b' '..=b'~' => byte,
        _ => b'_',
    };
    let text: Vec<u8> = name.iter().copied().map(printable).collect();
    text.trim_ascii_end().to_vec()
}

/// The event with its name as columns show it; as a line, to be compared and
/// sorted.
fn as_columns(event: Event<'_>) -> Vec<u8> {
    let shown = event.service().map(|it| shown(&it.name.decode()));
    let shown = shown.unwrap_or_default();
    let name = Label::from_columns(&shown);
    match event {
        Event::Add(mut service) => {
            service.name = name;
            Event::Add(service).to_bytes()
        }
        Event::Remove(mut service) => {
            service.name = name;
            Event::Remove(service).to_bytes()
        }
        Event::Resolve(mut service, endpoint) => {
            service.name = name;
            Event::Resolve(service, endpoint).to_bytes()
        }
        event => event.to_bytes(),
    }
}

/// Both runs of avahi-browse saw the same, though not in the same order.
#[test]
fn columns_are_the_events_of_the_parsable_capture() {
    let pairs = [
        ("v0.8.art.txt", "v0.8.arpt.txt"),
        ("v0.8.artk.columns120.txt", "v0.8.arptk.txt"),
        ("v0.8.de.vart.txt", "v0.8.de.arpt.txt"),
    ];
    for (columns, parsable) in pairs {
        let (columns, parsable) = (read(&capture(columns)), read(&capture(parsable)));
        let sorted = |events: &[EventBuf], line: fn(Event<'_>) -> Vec<u8>| {
            let mut lines: Vec<_> = events.iter().map(|it| line(it.event())).collect();
            lines.sort();
            lines
        };
        let exact = |event: Event<'_>| event.to_bytes();
        assert_eq!(columns.len(), 86);
        assert_eq!(sorted(&columns, exact), sorted(&parsable, as_columns));
    }
}

/// The names that come out otherwise than they are, one by one, and whether
/// they say so.
#[test]
fn names_that_lost_bytes_say_so() {
    let names = |name: &str| -> BTreeSet<(String, bool)> {
        read(&capture(name))
            .iter()
            .filter_map(|it| Some(it.event().service()?.name))
            .map(|name| (name.to_str().unwrap().into_owned(), name.is_lossy()))
            .collect()
    };
    let (columns, parsable) = (names("v0.8.art.txt"), names("v0.8.arpt.txt"));
    let only: Vec<_> = columns.difference(&parsable).collect();
    let pair = |name: &str, lossy| (name.to_owned(), lossy);
    assert_eq!(
        only,
        [
            // Two blanks at its end are lost, which cannot be known.
            &pair("  lead and trail", false),
            &pair("Ap__ple TV", true),
            &pair("K__che ___ Gr____e XL ___", true),
            &pair("_________MacBook Pro", true),
            &pair("newline_in name", true),
            &pair(r#"quote " back\slash dot. semi; tab_here"#, true),
        ]
    );
    assert_eq!(parsable.difference(&columns).count(), 6);
}

/// Two sessions of which the same was done at the same time.
#[test]
fn a_session_in_columns_has_the_events_of_the_parsable_one() {
    let of = |name: &str| {
        let mut events: Vec<_> = read(&capture(name))
            .iter()
            .map(|it| {
                let event = it.event();
                let service = event.service().unwrap();
                (
                    event.kind(),
                    event.interface().as_bytes().to_vec(),
                    event.protocol(),
                    shown(&service.name.decode()),
                    service.service_type.dns_type().unwrap().to_owned(),
                    event.endpoint().map(|it| it.port),
                )
            })
            .collect();
        events.sort();
        events
    };
    let columns = of("session.human.txt");
    assert_eq!(columns.len(), 328);
    assert!(columns == of("session.out.txt"));
}

#[test]
fn domains_in_columns() {
    let domains = read(&capture("v0.8.Dt.txt"));
    let shown: Vec<_> = domains.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["+;n/a;n/a;lab.example", "+;n/a;n/a;local"]);
    assert_eq!(
        domains[0].event().interface(),
        Interface::Unspecified(b"n/a")
    );
}

fn one(line: &str) -> Event<'_> {
    let mut records = records(line.as_bytes());
    let record = records.next().unwrap();
    assert_eq!(records.next(), None, "{line}");
    record
        .event
        .unwrap_or_else(|error| panic!("{line}: {error}"))
}

/// Lines as `printf` makes them, where it is not clear what is padding.
#[test]
fn padding_tells_names_and_types_apart() {
    let long = "x".repeat(63);
    let names = [
        "printer",
        "two  blanks",
        "  at its start",
        "ends in a Web Site",
        "_http._tcp",
        "-",
        &long,
        &long[..44],
        &long[..45],
        &long[..46],
        "forty-five bytes with blanks and so on, to it",
        "more bytes than that with  blanks and so on, beyond it",
    ];
    let types = [
        "_http._tcp",
        "_ipp._udp",
        "_seventeen-b._tcp",
        "_spotify-connect._tcp",
        "_longer-than-that-is._udp",
        "Web Site",
        "Workstation",
        "AirPlay Remote Video",
        "Microsoft Windows Network",
        "Gobby Collaborative Editor Session",
        "Web-Angebot",
        "Сайт",
    ];
    for width in [5, 45, 85] {
        for name in names {
            for service_type in types {
                // C pads bytes, Rust would pad characters.
                let pad = " ".repeat(20_usize.saturating_sub(service_type.len()));
                let line = format!("+   eth0 IPv4 {name:width$} {service_type}{pad} local\n");
                let event = one(&line);
                let service = event.service().unwrap();
                assert_eq!(service.name.as_bytes(), name.as_bytes(), "{line}");
                assert!(service.service_type == service_type, "{line}");
                assert!(service.domain == "local");
            }
        }
    }
}

#[test]
fn foreign_types_longer_than_their_column() {
    // The name is shorter than its column, or just as long.
    for name in ["printer", &"x".repeat(45), &"x".repeat(50)] {
        let line = format!("-   eth0 IPv6 {name:45} Servidor de jukebox remoto local\n");
        let event = one(&line);
        let service = event.service().unwrap();
        assert!(service.name == *name, "{line}");
        assert!(service.service_type == "Servidor de jukebox remoto");
    }
}

#[test]
fn places_in_columns() {
    let place = |columns: &str| {
        let line = format!("- {columns} {:45} {:20} local\n", "name", "_x._tcp");
        let event = EventBuf::from(one(&line));
        let event = event.event();
        (
            format!("{:?}", event.interface()),
            event.protocol().map(|it| it.as_str()),
        )
    };
    assert_eq!(
        place("  eth0 IPv4"),
        ("Named(\"eth0\")".into(), Some("IPv4"))
    );
    assert_eq!(
        place("we;rd\"x IPv6"),
        ("Named(\"we;rd\\\"x\")".into(), Some("IPv6"))
    );
    assert_eq!(place("(null) IPv6"), ("Gone".into(), Some("IPv6")));
    assert_eq!(place("   n/a  n/a"), ("Unspecified(\"n/a\")".into(), None));
    assert_eq!(place("  k.A. k.A."), ("Unspecified(\"k.A.\")".into(), None));
    let (interface, protocol) = place("No disponible No disponible");
    assert_eq!(
        (&*interface, protocol),
        ("Unspecified(\"No disponible\")", None)
    );
}

#[test]
fn a_trace_is_no_columns() {
    let lines = [
        "+ avahi-browse -arvf",
        "+ date date",
        "++ echo eth0 IPv4 x",
        "- item IPv4 and more",
        "= 3 IPv4s",
        "+ for i; for i; do",
    ];
    for line in lines {
        assert_eq!(
            records(line.as_bytes())
                .next()
                .unwrap()
                .event
                .unwrap_err()
                .kind(),
            ErrorKind::NotAnEvent,
            "{line}"
        );
    }
}

const RESOLVED: &str = "\
=   eth0 IPv4 printer                                       _ipp._tcp            local
   hostname = [printer.local]
   address = [192.0.2.7]
   port = [631]
   txt = [\"note=2nd floor; left\" \"rp=\"]
";

#[test]
fn a_capture_may_end_anywhere() {
    let next =
        "+   eth0 IPv4 other                                         _ipp._tcp            local\n";
    assert_eq!(read(RESOLVED.as_bytes()).len(), 1);
    let mut kinds = BTreeSet::new();
    for end in 1..RESOLVED.len() - 1 {
        let cut = &RESOLVED.as_bytes()[..end];
        let cut_records: Vec<_> = records(cut).collect();
        assert_eq!(cut_records.len(), 1, "{end}");
        match cut_records[0].event {
            // Only its line feed is missing, or the domain looks whole.
            Ok(_) => assert!(end >= RESOLVED.len() - 1, "{end}"),
            Err(error) if end == 1 => assert_eq!(error.kind(), ErrorKind::Incomplete),
            Err(error) if end < 14 => assert_eq!(error.offset(), 0, "{end}"),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Incomplete, "{end}");
                kinds.insert(format!("{}", error.field()));
            }
        }
        // With more after it, nothing of that is lost.
        let torn = [cut, b"\n", next.as_bytes()].concat();
        let last = records(&torn).last().unwrap();
        assert!(last.event.is_ok(), "{end}: {last:?}");
    }
    let kinds: Vec<_> = kinds.iter().map(|it| &**it).collect();
    assert_eq!(kinds, ["TXT", "address", "domain", "host", "port", "type"]);
}

#[test]
fn damage_is_named_and_placed() {
    let with = |from: &str, to: &str| RESOLVED.replace(from, to);
    let address = RESOLVED.find("192").unwrap();
    let port = RESOLVED.find("631").unwrap();
    let txt = RESOLVED.find("\"note").unwrap();
    let port_line = RESOLVED.find("   port").unwrap();
    let table = [
        (
            with("192.0.2.7", "192.0.2"),
            ErrorKind::InvalidAddress,
            Field::Address,
            address,
        ),
        (
            with("631", "65536"),
            ErrorKind::PortOverflow,
            Field::Port,
            port,
        ),
        (with("631", "+1"), ErrorKind::InvalidPort, Field::Port, port),
        (with("631", ""), ErrorKind::InvalidPort, Field::Port, port),
        (
            with("printer.local", ""),
            ErrorKind::EmptyField,
            Field::Host,
            RESOLVED.find("printer.l").unwrap(),
        ),
        (
            with("   port = [631]\n", ""),
            ErrorKind::MissingField,
            Field::Port,
            port_line - 1,
        ),
        (
            with("\"note", "note"),
            ErrorKind::UnquotedTxt,
            Field::Txt,
            txt,
        ),
        (
            with("eth0", "eth0 IPv4 x\n"),
            ErrorKind::MissingField,
            Field::Type,
            15,
        ),
        (
            with("printer.local", "printer;local"),
            ErrorKind::Semicolon,
            Field::Host,
            RESOLVED.find("printer.l").unwrap(),
        ),
        (
            "+   eth0 IPv4 a;b  _x;y._tcp            local\n".to_owned(),
            ErrorKind::Semicolon,
            Field::Type,
            21,
        ),
        (
            "+   eth0 IPv4 a;b  _x._tcp              lo;cal\n".to_owned(),
            ErrorKind::Semicolon,
            Field::Domain,
            42,
        ),
        (
            "-  n/a  n/a dns;sd.org\n".to_owned(),
            ErrorKind::Semicolon,
            Field::Domain,
            15,
        ),
        (
            with("rp=\"]", "rp=\n+;eth0;IPv4;a;b;c"),
            ErrorKind::UnclosedTxt,
            Field::Txt,
            txt,
        ),
    ];
    for (text, kind, field, offset) in table {
        let record = records(text.as_bytes()).next().unwrap();
        let error = record.event.unwrap_err();
        assert_eq!(
            (error.kind(), error.field(), error.offset()),
            (kind, field, offset),
            "{text}"
        );
        assert!(error.is_damage());
    }
}

/// TXT as Avahi before 0.8 prints it.
/// A detail that is longer than a record may be is none.
#[test]
fn a_detail_without_end() {
    let first = RESOLVED.find('\n').unwrap();
    let capture = [
        &RESOLVED.as_bytes()[..=first],
        &[b' '; MAX_RECORD + 1],
        b"\n",
    ]
    .concat();
    let errors: Vec<_> = avahi_events::events(&capture)
        .map(Result::unwrap_err)
        .collect();
    let seen: Vec<_> = errors
        .iter()
        .map(|it| (it.error().kind(), it.error().field(), it.line()))
        .collect();
    assert_eq!(
        seen[..2],
        [
            (ErrorKind::MissingField, Field::Host, 1),
            (ErrorKind::TooLong, Field::Kind, 2),
        ]
    );
}

#[test]
fn raw_txt_in_columns() {
    let first = "+;eth0;IPv4;fake;_http._tcp;local";
    let text = format!("\"a=one\n{first}\n]\n\"two\"\" \"b=\nthree");
    let capture = RESOLVED.replace("\"note=2nd floor; left\" \"rp=", &text);
    let after = format!("{capture}Got SIGTERM, quitting.\n{RESOLVED}");
    let events = read(after.as_bytes());
    assert_eq!(events.len(), 2);
    let first_event = events[0].event();
    let txt = first_event.endpoint().unwrap().txt;
    assert_eq!(txt.dialect(), TxtDialect::Raw);
    let strings: Vec<_> = txt
        .strings()
        .map(|it| it.to_str().unwrap().into_owned())
        .collect();
    assert_eq!(
        strings,
        [&*format!("a=one\n{first}\n]\n\"two\""), "b=\nthree"]
    );
    assert_eq!(records(after.as_bytes()).nth(2).unwrap().line, 11);
}

#[test]
fn a_file_may_mix_both() {
    let both = [
        &capture("v0.8.arpt.txt")[..],
        &capture("v0.8.art.txt"),
        &capture("v0.7.arpt.txt"),
        &capture("v0.8.de.vart.txt"),
    ];
    let separately: Vec<_> = both.iter().flat_map(|it| read(it)).collect();
    assert!(read(&both.concat()) == separately);
}

#[test]
fn lists_of_another_language_give_the_types() {
    let (names, types) = (capture("v0.8.de.b.txt"), capture("v0.8.bk.txt"));
    let mut database = ServiceTypes::english();
    database.add_lists(&names, &types).unwrap();
    for event in read(&capture("v0.8.de.vart.txt")) {
        let printed = event.event().service().unwrap().service_type;
        let dns_type = database.dns_type(printed).unwrap();
        assert!(dns_type.starts_with('_'), "{printed}");
        if let Some(name) = printed.display_name() {
            assert_eq!(database.display_name(dns_type), Some(name));
        }
    }
    assert_eq!(database.iter().count(), 76);
    let english = ServiceTypes::english();
    let mut listed = ServiceTypes::english();
    listed.add_lists(&capture("v0.8.b.txt"), &types).unwrap();
    assert_eq!(english, listed);
    let error = database.add_lists(b"a\nb\n", b"_a._tcp\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "2 names and 1 types, where there should be as many"
    );
    let error = database
        .add_lists(b"a\nb\n", b"_a._tcp\nWeb Site\n")
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2 of the types is no DNS type, such as _http._tcp"
    );
}

/// As with `-p`: TXT that is opened many times and never closed is searched
/// once.
#[test]
fn open_brackets_do_not_add_up() {
    let open = RESOLVED.replace("rp=\"]", "rp=");
    let capture = open.repeat(20_000);
    let unclosed = |it: &avahi_events::Record<'_>| {
        it.event
            .is_err_and(|error| error.kind() == ErrorKind::UnclosedTxt)
    };
    assert_eq!(records(capture.as_bytes()).filter(unclosed).count(), 19_999);
}

/// At other widths than the usual, the lines before tell.
#[test]
fn the_width_is_learned() {
    let (long, foreign) = ("x".repeat(30), "Servidor de jukebox remoto");
    let capture = format!(
        "+   eth0 IPv4 {:25} {:20} local\n\
         +   eth0 IPv4 {:25} {:20} local\n\
         +   eth0 IPv4 {long} {foreign} local\n",
        "short",
        "_x._tcp",
        "y".repeat(40),
        "Web Site",
    );
    let events = read(capture.as_bytes());
    let service = events[2].event();
    let service = service.service().unwrap();
    assert!(service.name == *long);
    assert!(service.service_type == foreign);
}

/// What was searched for the end of one kind of TXT says nothing of the other.
#[test]
fn unclosed_columns_leave_parsable_lines_alone() {
    let open = RESOLVED.replace("rp=\"]", "rp=");
    let parsable = "=;eth0;IPv4;a;_x._tcp;local;h;192.0.2.1;80;\"two\nlines\"\n";
    let capture = format!("{open}{parsable}");
    let found: Vec<_> = records(capture.as_bytes())
        .map(|it| it.event.map(|event| event.to_bytes()))
        .collect();
    assert_eq!(found.len(), 2);
    assert_eq!(
        found[0].as_ref().unwrap_err().kind(),
        ErrorKind::UnclosedTxt
    );
    assert_eq!(found[1].as_deref(), Ok(parsable.trim_end().as_bytes()));
}
