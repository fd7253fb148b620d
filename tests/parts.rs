//! What the parts of an event and of an error say, one by one.

use std::borrow::Cow;

use avahi_events::{
    ErrorKind, EscapeLabel, Event, Interface, Kind, Label, Name, Protocol, Txt, TxtDialect, events,
};
use proptest::{collection::vec, prelude::*};

#[test]
fn kinds_and_protocols_have_names() {
    let line = |sign, fields| format!("{sign};eth0;IPv6;{fields}");
    for (kind, line) in [
        (Kind::Add, line('+', "a;_x._tcp;local")),
        (Kind::Resolve, line('=', "a;_x._tcp;local;h;::1;80;")),
        (Kind::Remove, line('-', "a;_x._tcp;local")),
        (Kind::AddDomain, line('+', "local")),
        (Kind::RemoveDomain, line('-', "local")),
    ] {
        let event = Event::try_from(&*line).unwrap();
        assert_eq!(event.kind(), kind);
        assert!(line.starts_with(kind.sign()));
        assert_eq!(kind.to_string(), kind.as_str());
        assert_eq!(kind.as_str().parse(), Ok(kind));
        assert_eq!(event.protocol(), Some(Protocol::IPv6));
        assert!(event.domain() == "local");
        let about_domain = matches!(kind, Kind::AddDomain | Kind::RemoveDomain);
        assert_eq!(event.service().is_none(), about_domain);
        assert_eq!(event.endpoint().is_some(), kind == Kind::Resolve);
        let domain = event.browse_domain().map(|it| (it.interface, it.domain));
        let expected = (Interface::Named(b"eth0"), Name::new(b"local"));
        assert_eq!(domain, about_domain.then_some(expected));
    }
    assert_eq!(
        format!("{:>8}|{}", Kind::Add, Protocol::IPv4),
        "     add|IPv4"
    );
    for protocol in [Protocol::IPv4, Protocol::IPv6] {
        assert_eq!(protocol.as_str().parse(), Ok(protocol));
    }
}

#[test]
fn a_scope_goes_with_link_local_addresses_of_ipv6() {
    for (address, link_local, socket) in [
        ("fe80::1", true, "[fe80::1%2]:80"),
        ("febf::1", true, "[febf::1%2]:80"),
        ("fec0::1", false, "[fec0::1]:80"),
        ("fe40::1", false, "[fe40::1]:80"),
        ("2001:db8::1", false, "[2001:db8::1]:80"),
        ("::1.2.3.4", false, "[::102:304]:80"),
        ("169.254.0.1", true, "169.254.0.1:80"),
        ("192.0.2.1", false, "192.0.2.1:80"),
    ] {
        let line = format!("=;eth0;IPv4;a;_x._tcp;local;h;{address};80;");
        let event = Event::try_from(&*line).unwrap();
        let endpoint = event.endpoint().unwrap();
        assert_eq!(endpoint.is_link_local(), link_local, "{address}");
        let with_scope = endpoint.socket_addr(|| 2);
        assert_eq!(with_scope, socket.parse().unwrap(), "{address}");
        assert_eq!(endpoint.address_text(), Some(address.as_bytes()));
    }
}

#[test]
fn an_interface_without_a_name_is_none() {
    let next = "+;eth0;IPv4;the next one;_http._tcp;local\n";
    for (line, expected) in [
        ("+;;IPv4;a;_x._tcp;local", Interface::Unspecified(b"")),
        ("+;n/a;IPv4;a;_x._tcp;local", Interface::Unspecified(b"n/a")),
        ("+;n/v;n/v;a;_x._tcp;local", Interface::Unspecified(b"n/v")),
        ("+;(null);IPv4;a;_x._tcp;local", Interface::Gone),
        ("+;eth0;n/a;a;_x._tcp;local", Interface::Named(b"eth0")),
    ] {
        assert_eq!(
            Event::try_from(line).unwrap().interface(),
            expected,
            "{line}"
        );
        let capture = format!("{line}\n{next}");
        let event = events(capture.as_bytes()).next().unwrap().unwrap();
        assert_eq!(event.interface(), expected, "{line}");
    }
}

#[test]
fn names_are_escaped_and_compared_as_printed() {
    let every_byte: Vec<u8> = (0..=255).collect();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let expected: String = every_byte
        .iter()
        .map(|&byte| match byte {
            _ if plain(byte) => char::from(byte).to_string(),
            b'.' => r"\.".to_owned(),
            b'\\' => r"\\".to_owned(),
            _ => format!("\\{byte:03}"),
        })
        .collect();
    assert_eq!(EscapeLabel(&every_byte).to_string(), expected);

    let name = Name::new(br"a\.b\\.c.local.");
    assert!(name == r"a\.b\\.c.local." && name == *r"a\.b\\.c.local.");
    assert!(name != "a.b.c.local." && name != *"a.b.c.local.");
    assert_eq!(format!("{name:?}"), r#""a\\.b\\\\.c.local.""#);
    let labels: Vec<_> = name.labels().map(|it| it.to_string()).collect();
    assert_eq!(labels, [r"a.b\", "c", "local"]);
    let cut = Name::new(br"a\.");
    let labels: Vec<_> = cut.labels().map(|it| it.to_string()).collect();
    assert_eq!(labels, ["a."]);
}

#[test]
fn decoding_knows_its_length_and_borrows_what_it_can() {
    assert_eq!(Label::new(br"a\032b").bytes().size_hint(), (2, Some(6)));
    assert_eq!(Label::new(b"").bytes().size_hint(), (0, Some(0)));

    // In a stamped capture too: where there is no line feed, there is no stamp.
    let capture =
        b"1795345126 =;e;IPv4;a;_x._tcp;local;h;::1;80;\"one\" \"two\n1795345126 lines\"\n";
    let event = events(capture).next().unwrap().unwrap();
    let strings: Vec<_> = event.endpoint().unwrap().txt.strings().collect();
    assert!(matches!(strings[0].decode(), Cow::Borrowed(b"one")));
    assert_eq!(*strings[1].decode(), *b"two\nlines");
}

#[test]
fn stamps_are_left_out_after_line_feeds_only() {
    let capture = b"1795345126 =;e;IPv4;a;_x._tcp;local;h;::1;80;\"at 1795345126 or\n\
        1795345127 1795345127 later\"\n";
    let event = events(capture).next().unwrap().unwrap();
    let txt = event.endpoint().unwrap().txt;
    let string = txt.strings().next().unwrap();
    let expected = "at 1795345126 or\n1795345127 later";
    assert!(string == expected);
    assert_eq!(string.to_str().unwrap(), expected);
}

#[test]
fn behind_a_stamp_stands_the_same_event() {
    let line = b"=;e;IPv4;a;_x._tcp;local;h;::1;80;\"raw\x01\" \"b\"\n";
    let stamped = [b"1795345126 ", &line[..]].concat();
    let event = events(&stamped).next().unwrap().unwrap();
    assert_eq!(event, Event::parse(line).unwrap());
}

#[test]
fn txt_is_shown_as_printed() {
    let txt = Txt::new(b"\"a=\xc3\xbc\" \"\x1b\xff\"");
    assert_eq!(txt.to_string(), "\"a=ü\" \"\\u{1b}\u{fffd}\"");
    assert_eq!(format!("{txt:?}"), r#"["a=\xc3\xbc", "\x1b\xff"]"#);
    assert_eq!(txt.dialect(), TxtDialect::Raw);
    assert!(!txt.is_empty() && Txt::new(b"").is_empty());
}

/// Where a capture ends within TXT, its last line is half a line, also if the
/// last byte is a quote.
#[test]
fn a_quote_at_the_end_may_open_a_string() {
    for (txt, whole) in [
        (r#""""#, true),
        (r#""a""#, true),
        (r#""a" "b""#, true),
        (r#""\019\\""#, true),
        (r#""\"""#, true),
        (r#""a" ""#, false),
        (r#""a\""#, false),
        (r#""a" "b\""#, false),
        (r#""a" "b\\\""#, false),
        ("\"raw\x01\" \"", true),
        (r#""raw\" " \x""#, true),
    ] {
        let line = format!("=;e;IPv4;a;_x._tcp;local;h;::1;80;{txt}");
        let read = events(line.as_bytes()).next().unwrap();
        match read {
            Ok(event) => assert!(
                whole && event.endpoint().unwrap().txt.as_bytes() == txt.as_bytes(),
                "{txt}"
            ),
            Err(error) => assert!(
                !whole && error.error().kind() == ErrorKind::Incomplete,
                "{txt}"
            ),
        }
    }
}

#[test]
fn errors_show_what_they_hold() {
    let error = Event::try_from("=;e;IPv4;a;_x._tcp;local;h;::1;http;").unwrap_err();
    assert_eq!(
        format!("{error:?}"),
        r#"ParseError { kind: InvalidPort, field: Port, offset: 31, found: "http" }"#
    );
    // As much as fits, and not a mark too many.
    let found = |port: &str| {
        let line = format!("=;e;IPv4;a;_x._tcp;local;h;::1;{port};");
        let said = Event::try_from(&*line).unwrap_err().to_string();
        said.split('"').nth(1).unwrap().to_owned()
    };
    assert_eq!(found(&"x".repeat(20)), "x".repeat(20));
    assert_eq!(found(&"x".repeat(21)), "x".repeat(20) + "…");

    let capture =
        b"1795345126 +;eth0;IPv4;a;b\n1795345127 \n1795345128 Got SIGTERM, quitting.\n+;e\n";
    let errors: Vec<_> = events(capture).map(Result::unwrap_err).collect();
    let stamps: Vec<_> = errors.iter().map(|it| it.stamp().is_some()).collect();
    assert_eq!(stamps, [true, true, true, false]);
    let kinds: Vec<_> = errors.iter().map(|it| it.error().kind()).collect();
    assert_eq!(
        kinds,
        [
            ErrorKind::MissingField,
            ErrorKind::EmptyLine,
            ErrorKind::NotAnEvent,
            ErrorKind::MissingField
        ]
    );
    let damage: Vec<_> = errors.iter().map(|it| it.error().is_damage()).collect();
    assert_eq!(damage, [true, false, false, true]);
    let unread: Vec<_> = errors.iter().map(|it| it.is_unread()).collect();
    assert_eq!(unread, [true, false, false, true]);
}

proptest! {
    /// What is not UTF-8 is shown as `std` shows it; control characters, and
    /// those of the direction of writing, are escaped.
    #[test]
    fn any_name_can_be_shown(name in vec(prop_oneof![any::<u8>(), 0x80..=0xf4_u8], 0..40)) {
        let turns = "\u{61c}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
        let expected: String = String::from_utf8_lossy(&name)
            .chars()
            .map(|char| match char.is_control() || turns.contains(char) {
                true => char.escape_unicode().to_string(),
                false => char.to_string(),
            })
            .collect();
        let printed = EscapeLabel(&name).to_string();
        prop_assert_eq!(Label::new(printed.as_bytes()).to_string(), expected);
    }
}
