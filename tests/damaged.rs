//! Damaged lines: what is wrong, with which field, at which byte.

use avahi_events::{
    ErrorKind::{self, *},
    Event,
    Field::{self, Address, Domain, Host, Interface, Kind, Name, Port, Protocol, Txt, Type},
    Label, MAX_RECORD, OwnedReadError, ReadError, Reader, Record, events, records,
};
use std::io;

#[rustfmt::skip] // a table
const DAMAGED: &[(&str, ErrorKind, Field, usize)] = &[
    // No event at all.
    ("", EmptyLine, Kind, 0),
    ("\n", EmptyLine, Kind, 0),
    ("\r\n", EmptyLine, Kind, 0),
    (" ", NotAnEvent, Kind, 0),
    ("+", NotAnEvent, Kind, 0),
    ("=", NotAnEvent, Kind, 0),
    ("+ avahi-browse -arpkf", NotAnEvent, Kind, 0),
    ("Got SIGTERM, quitting.", NotAnEvent, Kind, 0),
    ("*;eth0;IPv4;a;_http._tcp;local", NotAnEvent, Kind, 0),
    (" +;eth0;IPv4;a;_http._tcp;local", NotAnEvent, Kind, 0),
    (";eth0;IPv4;a;_http._tcp;local", NotAnEvent, Kind, 0),
    // Too short.
    ("+;", MissingField, Interface, 2),
    ("-;", MissingField, Interface, 2),
    ("=;", MissingField, Interface, 2),
    ("+;eth0", MissingField, Protocol, 6),
    ("=;eth0", MissingField, Protocol, 6),
    ("+;eth0;", MissingField, Protocol, 7),
    ("+;eth0;IPv4", MissingField, Name, 11),
    ("=;eth0;IPv4", MissingField, Name, 11),
    ("=;eth0;IPv4;", MissingField, Name, 12),
    ("=;eth0;IPv4;a", MissingField, Type, 13),
    ("+;eth0;IPv4;a;", MissingField, Type, 14),
    ("+;eth0;IPv4;a;_http._tcp", MissingField, Domain, 24),
    ("=;eth0;IPv4;a;_http._tcp;", MissingField, Domain, 25),
    ("=;eth0;IPv4;a;_http._tcp;local", MissingField, Host, 30),
    ("=;eth0;IPv4;a;_http._tcp;local;a.local", MissingField, Address, 38),
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.1", MissingField, Port, 48),
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.1;80", MissingField, Txt, 51),
    // Too long.
    ("+;eth0;IPv4;a;_http._tcp;local;", ExtraField, Domain, 30),
    ("-;eth0;IPv4;a;_http._tcp;local;more", ExtraField, Domain, 30),
    ("+;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.1;80;", ExtraField, Domain, 30),
    // Empty where Avahi never is.
    ("+;eth0;IPv4;;_http._tcp;local", EmptyField, Name, 12),
    ("+;eth0;IPv4;a;;local", EmptyField, Type, 14),
    ("-;eth0;IPv4;a;_http._tcp;", EmptyField, Domain, 25),
    ("+;;;", EmptyField, Domain, 4),
    ("+;we;rd;IPv4;;_http._tcp;local", EmptyField, Name, 13),
    ("=;eth0;IPv4;;_http._tcp;local;a.local;192.0.2.1;80;", EmptyField, Name, 12),
    ("=;eth0;IPv4;a;_http._tcp;;a.local;192.0.2.1;80;", EmptyField, Domain, 25),
    ("=;eth0;IPv4;a;_http._tcp;local;;192.0.2.1;80;", EmptyField, Host, 31),
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;;80;", EmptyField, Address, 39),
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.1;;", EmptyField, Port, 49),
    // Addresses.
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;(null);80;", InvalidAddress, Address, 39),
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2;80;", InvalidAddress, Address, 39),
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.256;80;", InvalidAddress, Address, 39),
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.01;80;", InvalidAddress, Address, 39),
    ("=;eth0;IPv6;a;_http._tcp;local;a.local;fe80::1%eth0;80;", InvalidAddress, Address, 39),
    ("=;eth0;IPv6;a;_http._tcp;local;a.local;fe80::1::2;80;", InvalidAddress, Address, 39),
    ("=;eth0;IPv6;a;_http._tcp;local;a.local;[fe80::1];80;", InvalidAddress, Address, 39),
    // Ports.
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.1;http;", InvalidPort, Port, 49),
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.1;-1;", InvalidPort, Port, 49),
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.1;+80;", InvalidPort, Port, 49),
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.1;000080;", InvalidPort, Port, 49),
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.1;65536;", PortOverflow, Port, 49),
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.1;99999999999999999999;", PortOverflow, Port, 49),
    // TXT.
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.1;80;a=b", UnquotedTxt, Txt, 52),
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.1;80; \"a=b\"", UnquotedTxt, Txt, 52),
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.1;80;\"", UnclosedTxt, Txt, 52),
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.1;80;\"a=b", UnclosedTxt, Txt, 52),
    ("=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.1;80;\"a=b\" ", UnclosedTxt, Txt, 52),
    // Two lines where one should be.
    ("+;eth0;IPv4;a;_http._tcp;local\n+;eth0;IPv4;b;_http._tcp;local", ExtraField, Domain, 32),
    ("+;eth0;IPv4;a;_http._tcp;local\nGot SIGTERM, quitting.", LineFeed, Domain, 30),
    ("+;eth0;IPv4;a\nb;_http._tcp;local", LineFeed, Name, 13),
    ("+;;;local\nlocal", LineFeed, Domain, 9),
    ("=;eth0;IPv4;a;_http._tcp;local;a\n.local;192.0.2.1;80;\"a=b\nc\"", LineFeed, Host, 32),
];

#[test]
fn damage_is_named_and_placed() {
    assert!(DAMAGED.len() >= 40);
    for &(line, kind, field, offset) in DAMAGED {
        let error = Event::try_from(line).expect_err(line);
        assert_eq!(
            (error.kind(), error.field(), error.offset()),
            (kind, field, offset),
            "{line:?}"
        );
    }
}

/// A damaged line between two others: they are read as if nothing had been.
#[test]
fn the_rest_is_still_read() {
    let good = "-;eth0;IPv4;good;_http._tcp;local\n";
    let message = "Got SIGTERM, quitting.\n";
    for &(line, kind, ..) in DAMAGED {
        if line.trim_end().contains('\n') {
            continue; // two lines are two records there
        }
        let line = line.trim_end_matches(['\r', '\n']);
        for next in [good, message] {
            let capture = format!("{good}{line}\n{next}");
            let read: Vec<_> = events(capture.as_bytes()).collect();
            assert_eq!(read.len(), 3, "{line:?}");
            assert!(read[0].is_ok(), "{line:?}");
            let error = read[1].unwrap_err();
            assert_eq!(
                (error.error().kind(), error.bytes()),
                (kind, line.as_bytes())
            );
            assert_eq!((error.line(), error.offset()), (2, good.len() as u64));
            match read[2] {
                Ok(_) => assert_eq!(next, good, "{line:?}"),
                Err(error) => assert!(next == message && error.message().is_some(), "{line:?}"),
            }
        }
    }
}

#[test]
fn errors_say_what_a_user_can_act_on() {
    let said = |line: &str| Event::try_from(line).unwrap_err().to_string();
    let resolve = "=;eth0;IPv4;a;_http._tcp;local;a.local";
    assert_eq!(
        said(&format!("{resolve};192.0.2.1;65536;")),
        r#"port "65536" is over 65535, at byte 49"#
    );
    assert_eq!(
        said(&format!("{resolve};(null);80;")),
        r#"address "(null)" is no IPv4 or IPv6 address, at byte 39"#
    );
    assert_eq!(
        said(resolve),
        "the line ends before the address, at byte 38"
    );
    assert_eq!(
        said("+;eth0;IPv4;;a;local"),
        "the name is empty, at byte 12"
    );
    assert_eq!(
        said(&format!(
            "{resolve};192.0.2.1;80;\x1b]0;title and much more"
        )),
        "TXT \"\\x1b]0;title and much m…\" does not begin with a quote, at byte 52"
    );
    assert_eq!(said(""), "the line is empty");
    assert_eq!(
        said("Got SIGTERM, quitting."),
        "\"Got SIGTERM, quittin…\" begins no event, which would be `+;`, `=;` or `-;`, at byte 0"
    );
    assert_eq!(
        said("+;eth0;IPv4;a;a;local;"),
        "after the domain the line should end, not go on, at byte 21"
    );
    assert_eq!(
        said("+;eth0;IPv4;a\nb;a;local"),
        "the name holds a line feed, at byte 13"
    );
    assert_eq!(
        said(&format!("{resolve};192.0.2.1;http;")),
        "port \"http\" is not a number up to 65535, at byte 49"
    );
    assert_eq!(
        said(&format!("{resolve};192.0.2.1;80;\"a")),
        "the quote that opens TXT is never closed, at byte 52"
    );
    let last = |capture: &[u8]| events(capture).last().unwrap().unwrap_err().to_string();
    assert_eq!(
        last(b"\n+;eth0;IPv4;master"),
        "line 2: the input ends within the name, at byte 18"
    );
    let long = [b"+;", &[b'a'; MAX_RECORD][..], b"\n"].concat();
    assert_eq!(
        last(&long),
        "line 1: the line is over 262144 bytes long, at byte 0"
    );
    assert_eq!(
        format!("{:?}", Event::parse(b"?").unwrap_err()),
        r#"ParseError { kind: NotAnEvent, field: Kind, offset: 0, found: "?" }"#
    );
}

#[test]
fn fields_have_the_names_of_their_columns() {
    let fields = [
        Kind, Interface, Protocol, Name, Type, Domain, Host, Address, Port, Txt,
    ];
    assert_eq!(
        fields.map(|it| it.to_string()).join(" "),
        "kind interface protocol name type domain host address port TXT"
    );
}

/// Which lines of a capture are a loss, and what stood before them.
#[test]
fn what_is_unread() {
    let capture = b"\n\
        Got SIGTERM, quitting.\n\
        + avahi-browse -arp\n\
        what is this\n\
        1795345126.438603 =;eth0;IPv4;a\n";
    let errors: Vec<_> = events(capture).map(Result::unwrap_err).collect();
    let seen: Vec<_> = errors
        .iter()
        .map(|it| {
            (
                it.error().is_damage(),
                it.is_unread(),
                it.message().is_some(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (false, false, false),
            (false, false, true),
            (false, false, true),
            (false, true, false),
            (true, true, false),
        ]
    );
    let stamps: Vec<_> = errors.iter().map(|it| it.stamp()).collect();
    assert_eq!(stamps[..4], [None; 4]);
    assert_eq!(stamps[4].unwrap().time_text(), "1795345126.438603");
    assert_eq!((errors[4].line(), errors[4].offset()), (5, 57));
}

/// An input that fails once, with that error.
struct Failing(Option<io::ErrorKind>);

impl io::Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        match self.0.take() {
            Some(kind) => Err(kind.into()),
            None => Ok(0),
        }
    }
}

#[test]
fn errors_become_those_of_io() {
    let mut reader = Reader::new(&b"=;eth0;IPv4;a\n"[..]);
    let error = OwnedReadError::from(reader.next_event().unwrap().unwrap_err());
    assert_eq!(
        error.to_string(),
        "line 1: the line ends before the type, at byte 13"
    );
    let OwnedReadError::Line { bytes, offset, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!((&**bytes, *offset), (&b"=;eth0;IPv4;a"[..], 0));
    let text = error.to_string();
    let error = io::Error::from(error);
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert_eq!(error.to_string(), text);

    let input = Failing(Some(io::ErrorKind::ConnectionReset));
    let mut reader = Reader::new(io::BufReader::new(input));
    let error = reader.next_event().unwrap().unwrap_err();
    assert!(matches!(error, ReadError::Io(_)));
    assert_eq!(
        io::Error::from(error).kind(),
        io::ErrorKind::ConnectionReset
    );
    // It tries again, and here that is the end.
    assert!(reader.next_event().is_none());

    let input = Failing(Some(io::ErrorKind::Interrupted));
    assert!(
        Reader::new(io::BufReader::new(input))
            .into_events()
            .next()
            .is_none()
    );
}

/// The ends of killed captures: half a line is not damage, and not a message.
#[test]
fn half_a_line_at_the_end_is_incomplete() {
    let whole = "=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.1;80;\"a=b\" \"c\"\n";
    for end in 1..whole.len() - 1 {
        let capture = format!("{whole}{}", &whole[..end]);
        let last = events(capture.as_bytes()).last().unwrap();
        let cut = &whole[..end];
        match last {
            // All ten fields are there: it could be whole.
            Ok(event) => assert!(
                cut.ends_with("80;") || cut.ends_with("8;") || cut.ends_with("\"a=b\""),
                "{cut} {event}"
            ),
            Err(error) => {
                assert_eq!(error.error().kind(), Incomplete, "{cut}");
                assert_eq!(error.line(), 2);
                assert!(error.is_unread());
            }
        }
    }
    let half = b"+;eth0;IPv4;master-clus";
    let error = events(half).next().unwrap().unwrap_err().error();
    assert_eq!(
        (error.kind(), error.field(), error.offset()),
        (Incomplete, Name, half.len())
    );
    let half = b"+;eth0;IPv4;a;_http._tcp;";
    let error = events(half).next().unwrap().unwrap_err().error();
    assert_eq!(
        (error.kind(), error.field(), error.offset()),
        (Incomplete, Domain, half.len())
    );
    let kind = |line| events(line).next().unwrap().unwrap_err().error().kind();
    assert_eq!(kind(b"+;eth0;IPv4;a;_http._tcp;"), Incomplete);
    assert_eq!(kind(b"+;eth0;IPv4;;_http._tcp;local"), EmptyField);
    assert_eq!(kind(b"+   eth0 IPv4 loca"), Incomplete);
    assert!(events(b"+   eth0 IPv4 local\n").next().unwrap().is_ok());
    // Without a certain interface it is a browse domain that lost its line feed.
    assert!(events(b"+;;;local").next().unwrap().is_ok());
}

#[test]
fn odd_but_whole() {
    let service = |line: &'static str| *Event::try_from(line).unwrap().service().unwrap();
    // A service named like a protocol, looked up over the wide area.
    let it = service("+;n/a;n/a;IPv4;_http._tcp;example.org");
    assert_eq!(it.interface, avahi_events::Interface::Unspecified(b"n/a"));
    assert_eq!((it.protocol, it.name), (None, Label::new(b"IPv4")));
    let it = service("=;n/v;n/v;IPv6;_http._tcp;example.org;a.example.org;192.0.2.1;80;");
    assert_eq!(it.interface, avahi_events::Interface::Unspecified(b"n/v"));
    assert_eq!(it.name, Label::new(b"IPv6"));
    // Interfaces named like protocols.
    let it = service("+;IPv4;IPv6;a;_http._tcp;local");
    assert_eq!(it.interface, avahi_events::Interface::Named(b"IPv4"));
    let it = service("+;a;IPv4;IPv6;b;_http._tcp;local");
    assert_eq!(it.interface, avahi_events::Interface::Named(b"a;IPv4"));
    assert_eq!(
        (it.protocol, it.name),
        (Some(avahi_events::Protocol::IPv6), Label::new(b"b"))
    );
    // Not available, in a language without slash.
    let it = service("+;無;無;a;_http._tcp;example.org");
    assert_eq!(
        it.interface,
        avahi_events::Interface::Unspecified("無".as_bytes())
    );
    let all_of_port = Event::try_from("=;e;IPv4;a;b;c;d;::1;00080;").unwrap();
    assert_eq!(all_of_port.endpoint().unwrap().port, 80);
    assert_eq!(all_of_port.to_string(), "=;e;IPv4;a;b;c;d;::1;00080;");
}

/// As columns: at the end of the input it is half a service, elsewhere one that
/// lacks something.
#[test]
fn a_service_in_columns_may_lack_its_end() {
    let column = format!("   eth0 IPv4 {:45} {:20}", "a", "_http._tcp");
    let (add, resolve) = (format!("+{column}"), format!("={column} local\n"));
    let too_long = "x".repeat(MAX_RECORD);
    for (capture, kind, field, offset, bytes) in [
        (add.trim_end().to_owned(), Incomplete, Domain, 70, 70),
        (
            format!("{}\n", add.trim_end()),
            MissingField,
            Domain,
            70,
            70,
        ),
        (resolve.clone(), Incomplete, Host, 86, 86),
        (format!("{resolve}   hostna"), Incomplete, Host, 96, 96),
        (format!("{resolve}   hostna\n"), MissingField, Host, 86, 86),
        (format!("{resolve}   what"), MissingField, Host, 86, 86),
        (format!("{resolve}\n"), MissingField, Host, 86, 86),
        (format!("{resolve}{too_long}\n"), MissingField, Host, 86, 86),
        (
            format!("{resolve}   hostname = [{too_long}]\n"),
            MissingField,
            Host,
            86,
            86,
        ),
    ] {
        let shown = capture.get(..120).unwrap_or(&capture);
        let first = events(capture.as_bytes()).next().unwrap().unwrap_err();
        let error = first.error();
        assert_eq!(
            (error.kind(), error.field(), error.offset()),
            (kind, field, offset),
            "{shown}"
        );
        assert_eq!(first.bytes(), &capture.as_bytes()[..bytes], "{shown}");
    }
}

/// The place of what is wrong with a detail, in the record with its stamps.
#[test]
fn details_in_columns_are_damaged_where_they_stand() {
    for stamp in ["", "1795345126 "] {
        let head = format!("   eth0 IPv4 {:45} {:20} local", "a", "_http._tcp");
        let lines = [
            "=",
            "   hostname = [h]",
            "   address = [::1]",
            "   port = [http]",
        ];
        let [sign, host, address, port] = lines.map(|it| format!("{stamp}{it}"));
        let capture = format!("{sign}{head}\n{host}\n{address}\n{port}\n{stamp}   txt = []\n");
        let error = events(capture.as_bytes()).next().unwrap().unwrap_err();
        assert_eq!(error.error().kind(), InvalidPort);
        assert_eq!(error.error().offset(), capture.find("http]").unwrap());
        assert_eq!(error.bytes(), capture.trim_end().as_bytes());
    }
}

/// What is escaped is whole: what follows is something else, even if it ends in
/// a quote.
#[test]
fn nothing_is_joined_to_escaped_txt() {
    let lengths = |it: Record<'_>| (it.event.is_ok(), it.bytes.len());
    let read = |capture: &str| records(capture.as_bytes()).map(lengths).collect::<Vec<_>>();
    let line = |txt| format!("=;e;IPv4;a;_x._tcp;local;h;::1;80;{txt}\nand a \"quote\"\n");
    assert_eq!(read(&line(r#""esc\"""#)), [(true, 41), (false, 13)]);
    assert_eq!(read(&line("\"raw\x01\"")), [(true, 54)]);
    let columns = |txt| {
        let head = format!("=   eth0 IPv4 {:45} {:20} local", "a", "_x._tcp");
        let details = "   hostname = [h]\n   address = [::1]\n   port = [80]";
        format!("{head}\n{details}\n   txt = [{txt}]\nand a \"quote\"]\n")
    };
    assert_eq!(read(&columns(r#""esc\"""#)), [(true, 157), (false, 14)]);
    assert_eq!(read(&columns("\"raw\x01\"")), [(true, 171)]);
}
