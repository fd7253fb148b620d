//! Names, TXT and events as text: shown, compared, told apart by their hashes.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write},
};

use avahi_events::{
    BrowseDomain, Endpoint, Event, EventBuf, Interface, Kind, Label, Name, Protocol, RecordBuf,
    Service, ServiceType, StampFormat, Txt, TxtDialect, TxtOrder, TxtString, events, records,
};

/// What strangers put into names must not reach a terminal.
#[test]
fn shown_text_is_safe_for_a_terminal() {
    let shown = |printed: &str| Label::new(printed.as_bytes()).to_string();
    assert_eq!(shown(r"My\032Printer"), "My Printer");
    assert_eq!(shown(r"Gr\195\188\195\159e"), "Grüße");
    assert_eq!(shown(r"\240\159\150\168"), "🖨");
    assert_eq!(shown(r"\027\093\0480\007"), "\\u{1b}]00\\u{7}");
    assert_eq!(shown(r"\194\155"), "\\u{9b}");
    // What turns the direction of writing, or ends a line.
    assert_eq!(shown(r"\226\128\174txet"), "\\u{202e}txet");
    assert_eq!(
        shown(r"a\226\129\166b\226\128\168c\216\156"),
        "a\\u{2066}b\\u{2028}c\\u{61c}"
    );
    // What is not UTF-8: one mark for each piece that cannot be read.
    assert_eq!(shown(r"a\255b"), "a\u{fffd}b");
    assert_eq!(shown(r"a\195b"), "a\u{fffd}b");
    assert_eq!(shown(r"\240\159a"), "\u{fffd}a");
    assert_eq!(shown(r"\240\159\195\188"), "\u{fffd}ü");
    assert_eq!(shown(r"a\240\159"), "a\u{fffd}");

    assert_eq!(
        Txt::new(b"\"a=\x1bb\xff\"").to_string(),
        "\"a=\\u{1b}b\u{fffd}\""
    );
    assert_eq!(Interface::Named(b"a\x07").to_string(), "a\\u{7}");
    assert_eq!(Name::new(br"a\032b.local").to_string(), r"a\032b.local");
}

#[test]
fn debug_shows_what_was_printed() {
    assert_eq!(format!("{:?}", Label::new(br"a\032b")), r#""a\\032b""#);
    assert_eq!(
        format!("{:?}", Txt::new(br#""a=1" "b\"""#)),
        r#"["a=1", "b\\\""]"#
    );
    let interfaces = [
        Interface::Named(b"we;rd\"x"),
        Interface::Gone,
        Interface::Unspecified(b"n/a"),
    ];
    assert_eq!(
        format!("{interfaces:?}"),
        r#"[Named("we;rd\"x"), Gone, Unspecified("n/a")]"#
    );
}

#[test]
fn debug_shows_no_text_twice() {
    let shown = |line| format!("{:?}", Event::parse(line).unwrap());
    assert_eq!(
        shown(b"=;eth0;IPv4;a;_x._tcp;local;h.local;192.0.2.7;80;\"k\""),
        "Resolve(Service { interface: Named(\"eth0\"), protocol: Some(IPv4), name: \"a\", \
         service_type: \"_x._tcp\", domain: \"local\" }, \
         Endpoint { host: \"h.local\", address: 192.0.2.7, port: 80, txt: [\"k\"] })"
    );
    // What the values do not tell.
    let odd = shown(b"=;eth0;IPv7;a;_x._tcp;local;h.local;::1.2.3.4;80;");
    assert!(
        odd.contains("protocol: None, protocol_text: \"IPv7\""),
        "{odd}"
    );
    assert!(
        odd.contains("address: ::102:304, address_text: \"::1.2.3.4\""),
        "{odd}"
    );
    assert_eq!(
        shown(b"+;;;local"),
        "AddDomain(BrowseDomain { interface: Unspecified(\"\"), protocol: None, \
         protocol_text: \"\", domain: \"local\" })"
    );
}

/// What is made, what is read, and what is kept of either.
#[test]
fn events_that_say_and_print_the_same_are_equal() {
    let endpoint = |address: &str, port| {
        let txt = Txt::new(b"\"k=v\"");
        Endpoint::new(Name::new(b"h.local"), address.parse().unwrap(), port, txt)
    };
    let service = Service::new(
        Interface::Named(b"eth0"),
        Some(Protocol::IPv4),
        Label::new(b"a"),
        ServiceType::new(b"_x._tcp"),
        Name::new(b"local"),
    );
    let made = Event::Resolve(service, endpoint("192.0.2.7", 80));
    let line = made.to_bytes();
    let read = Event::parse(&line).unwrap();
    assert_eq!(read, made);
    assert_eq!(made, read);
    assert_eq!(EventBuf::from(made).event(), made);
    assert_eq!(HashSet::from([made, read]).len(), 1);
    for (address, port) in [("192.0.2.7", 8), ("192.0.2.7", 808), ("192.0.2.70", 80)] {
        assert_ne!(read, Event::Resolve(service, endpoint(address, port)));
    }

    // The same address, printed otherwise; a port with a zero before it.
    let printed = |text: &str| {
        let line = format!("=;eth0;IPv4;a;_x._tcp;local;h.local;{text};\"k=v\"");
        EventBuf::parse(line.as_bytes()).unwrap()
    };
    assert_ne!(printed("::1.2.3.4;80"), printed("::102:304;80"));
    let made = Event::Resolve(service, endpoint("::102:304", 80));
    assert_eq!(printed("::102:304;80").event(), made);
    assert_ne!(printed("::1.2.3.4;80").event(), made);
    // One text begins with the other.
    let made = Event::Resolve(service, endpoint("1::", 80));
    assert_eq!(printed("1::;80").event(), made);
    assert_ne!(printed("1::0;80").event(), made);
    assert_ne!(printed("::102:304;080").event(), made);
}

#[test]
fn events_are_kept_from_whatever_text_there_is() {
    let line = "+;eth0;IPv4;a;_x._tcp;local";
    let kept = EventBuf::parse(line.as_bytes()).unwrap();
    assert_eq!(line.parse(), Ok(kept.clone()));
    assert_eq!(EventBuf::try_from(line.as_bytes()), Ok(kept));
    assert_eq!(
        line[..9].parse::<EventBuf>(),
        Err(Event::try_from(&line[..9]).unwrap_err())
    );
}

/// The stamp in the middle of TXT is the log's.
#[test]
fn stamps_make_no_difference() {
    let capture =
        b"1795345126 =;eth0;IPv4;a;_x._tcp;local;h;192.0.2.1;80;\"two\n1795345127 lines\"\n";
    let record = records(capture).next().unwrap();
    let stamped = record.event.unwrap();
    let plain = b"=;eth0;IPv4;a;_x._tcp;local;h;192.0.2.1;80;\"two\nlines\"";
    assert_eq!(stamped, Event::parse(plain).unwrap());
    assert_eq!(
        HashSet::from([stamped, Event::parse(plain).unwrap()]).len(),
        1
    );
    let later =
        b"1795345128 =;eth0;IPv4;a;_x._tcp;local;h;192.0.2.1;80;\"two\n1795345129 lines\"\n";
    assert_eq!(events(later).next().unwrap().unwrap(), stamped);
    assert_eq!(EventBuf::from(stamped).event(), stamped);
    assert_eq!(RecordBuf::from(record).record(), record);
    let other = b"=;eth0;IPv4;a;_x._tcp;local;h;192.0.2.1;80;\"two\nlinez\"";
    assert_ne!(stamped, Event::parse(other).unwrap());
    // What only looks like a stamp is text.
    let text = b"=;eth0;IPv4;a;_x._tcp;local;h;192.0.2.1;80;\"two\n1795345127 lines\"";
    assert_ne!(stamped, Event::parse(text).unwrap());
}

#[test]
fn text_compares_as_it_decodes() {
    let label = Label::new(br"a\032b\255");
    assert!(label == b"a b\xff"[..]);
    assert!(label != b"a b"[..]);
    assert!(label != "a b");
    assert!(Label::new(br"\097\032b") == *"a b");
    assert!(Name::new(b"local") == *"local" && Name::new(b"local") != *"Local");
    assert!(ServiceType::new(b"_ipp._tcp") == *"_ipp._tcp");
    assert!(ServiceType::new(b"Web Site") != *"_http._tcp");
    assert_eq!(Name::new(b"a\xff.local").to_str_lossy(), "a\u{fffd}.local");
    assert_eq!(Name::new(b"local").to_str_lossy(), "local");
}

/// As DNS compares names.
#[test]
fn capitals_do_not_matter_where_they_are_said_not_to() {
    let label = |printed: &'static [u8]| Label::new(printed);
    assert!(label(br"A\032B").eq_ignore_ascii_case(&label(br"\097\032b")));
    assert!(label(br"\097\032b").eq_ignore_ascii_case(&label(br"A\032B")));
    assert!(!label(br"\098\032b").eq_ignore_ascii_case(&label(br"A\032B")));
    assert!(!label(b"ab").eq_ignore_ascii_case(&label(b"abc")));
    let name = |printed: &'static [u8]| Name::new(printed);
    assert!(name(b"A.Local").eq_ignore_ascii_case(&name(br"\097.local")));
    assert!(!name(b"a.local").eq_ignore_ascii_case(&name(b"a.local.b")));
    assert!(!name(b"a.local").eq_ignore_ascii_case(&name(b"a")));
    assert!(!name(b"a.local").eq_ignore_ascii_case(&name(b"b.local")));
}

/// Equal text has one hash, however it was escaped.
#[test]
fn a_set_holds_a_name_once() {
    let names = [br"a\032b".as_slice(), br"\097\032b", br"\097\032\098"];
    let labels: HashSet<_> = names.into_iter().map(Label::new).collect();
    assert_eq!(labels.len(), 1);
    assert!(!labels.contains(&Label::new(b"a")));

    let strings = |txt: &'static [u8]| Txt::new(txt).strings();
    let set: HashSet<TxtString<'_>> = strings(br#""a=1" "\097=1" "b=1""#).collect();
    assert_eq!(set.len(), 2);
    assert!(set.contains(&strings(br#""b=\049""#).next().unwrap()));

    let line = |name: &str| format!("+;eth0;IPv4;{name};_http._tcp;local");
    let lines = [line(r"a\032b"), line(r"\097\032b"), line("a")];
    let events: HashSet<EventBuf> = lines
        .iter()
        .map(|it| Event::try_from(it.as_str()).unwrap().into())
        .collect();
    assert_eq!(events.len(), 2);
}

#[test]
fn names_of_things_are_padded() {
    assert_eq!(format!("{:>5}|", Protocol::IPv6), " IPv6|");
    assert_eq!(format!("{:8}|", Kind::Resolve), "resolve |");
    assert_eq!(format!("{:8}|", StampFormat::Epoch), "epoch   |");
}

#[test]
fn formats_of_stamps_have_names() {
    for &format in StampFormat::ALL {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    let error = "syslog".parse::<StampFormat>().unwrap_err().to_string();
    for &format in StampFormat::ALL {
        assert!(error.contains(format.as_str()), "{error}");
    }
}

fn place() -> (Interface<'static>, Option<Protocol>) {
    (Interface::Named(b"eth0"), Some(Protocol::IPv4))
}

fn service() -> Service<'static> {
    let (interface, protocol) = place();
    let service_type = ServiceType::new(b"_http._tcp");
    Service::new(
        interface,
        protocol,
        Label::new(b"a"),
        service_type,
        Name::new(b"local"),
    )
}

#[test]
fn every_kind_of_event_knows_its_parts() {
    let (interface, protocol) = place();
    let domain = BrowseDomain::new(interface, protocol, Name::new(b"example.org"));
    let endpoint = Endpoint::new(
        Name::new(b"a.local"),
        "192.0.2.7".parse().unwrap(),
        80,
        Txt::new(br#""a=1""#),
    );
    let all = [
        (Event::Add(service()), "+;eth0;IPv4;a;_http._tcp;local"),
        (
            Event::Resolve(service(), endpoint),
            "=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.7;80;\"a=1\"",
        ),
        (Event::Remove(service()), "-;eth0;IPv4;a;_http._tcp;local"),
        (Event::AddDomain(domain), "+;eth0;IPv4;example.org"),
        (Event::RemoveDomain(domain), "-;eth0;IPv4;example.org"),
    ];
    for (event, line) in all {
        assert_eq!((event.interface(), event.protocol()), place());
        let is_domain = line.ends_with("example.org");
        assert_eq!(event.service().copied(), (!is_domain).then(service));
        assert_eq!(event.browse_domain().copied(), is_domain.then_some(domain));
        assert!(event.domain() == if is_domain { "example.org" } else { "local" });
        assert_eq!(event.endpoint().is_some(), line.starts_with('='));
        assert!(line.starts_with(event.kind().sign()));

        assert_eq!(event.to_string(), line);
        assert_eq!(event.to_bytes(), line.as_bytes());
        let mut written = Vec::new();
        event.write_to(&mut written).unwrap();
        assert_eq!(written, line.as_bytes());
    }
}

/// Where text cannot be had the bytes are.
#[test]
fn what_is_not_utf_8_is_shown_and_kept() {
    let line = b"=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.7;80;\"\xffa\xc3\"";
    let event = Event::parse(line).unwrap();
    assert!(event.to_string().ends_with(";\"\u{fffd}a\u{fffd}\""));
    let mut written = Vec::new();
    event.write_to(&mut written).unwrap();
    assert_eq!(written, line);
    assert_eq!(format!("{:?}", EventBuf::from(event)), format!("{event:?}"));
}

/// A writer that takes so many bytes and no more.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let len = bytes.len().min(self.0);
        self.0 -= len;
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_that_fails_is_heard() {
    let line = "=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.7;80;\"a=1\"";
    let service = service();
    let endpoint = *Event::try_from(line).unwrap().endpoint().unwrap();
    let built = Endpoint::new(endpoint.host, endpoint.address, 80, endpoint.txt);
    for event in [endpoint, built].map(|it| Event::Resolve(service, it)) {
        for room in 0..line.len() {
            let error = event.write_to(&mut Full(room)).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::WriteZero, "{room}");
        }
        event.write_to(&mut Full(line.len())).unwrap();
    }
}

/// Which version printed a field, as far as its text tells.
#[test]
fn dialects_are_told_apart() {
    use TxtDialect::{Escaped, Raw};
    for (printed, dialect) in [
        (r#""a=\"b\"""#, Escaped),
        (r#""a="b"""#, Raw),
        (r#""a" "b\009""#, Escaped),
        (r#""a"  "b""#, Raw),
        (r#""a\999""#, Raw),
        ("\"a\tb\"", Raw),
        ("\"a\nb\"", Raw),
        ("\"a\x7fb\"", Escaped),
        (r#""\0x""#, Raw),
        (r#""a" b"#, Raw),
        // Half a field: nothing is certain.
        (r#""a" "#, Raw),
        (r#""\04"#, Raw),
        ("", Escaped),
    ] {
        assert_eq!(Txt::new(printed.as_bytes()).dialect(), dialect, "{printed}");
    }
}

/// TXT is another one if its text is, or what was said of it.
#[test]
fn txt_is_equal_to_what_says_the_same() {
    let txt = Txt::new(b"\"a=1\"");
    assert_eq!(txt, Txt::new(b"\"a=1\""));
    assert_ne!(txt, Txt::new(b"\"a=2\""));
    assert_ne!(txt, Txt::new(b"\"a=1\" \"b\""));
    assert_ne!(txt, txt.with_dialect(TxtDialect::Raw));
    assert_ne!(txt, txt.with_order(TxtOrder::Wire));

    // Their hashes follow.
    let hash = |it: &dyn Fn(&mut DefaultHasher)| {
        let mut hasher = DefaultHasher::new();
        it(&mut hasher);
        hasher.finish()
    };
    let of_txt = |txt: Txt<'_>| hash(&|hasher| txt.hash(hasher));
    assert_ne!(of_txt(txt), of_txt(Txt::new(b"\"a=2\"")));
    let of_kept = |line: &str| {
        let kept: EventBuf = line.parse().unwrap();
        hash(&|hasher| kept.hash(hasher))
    };
    let lines = ["a", "b"].map(|name| format!("+;eth0;IPv4;{name};_x._tcp;local"));
    assert_eq!(of_kept(&lines[0]), of_kept(&lines[0]));
    assert_ne!(of_kept(&lines[0]), of_kept(&lines[1]));
    let of_endpoint = |port| {
        let endpoint = Endpoint::new(Name::new(b"h.local"), [192, 0, 2, 7].into(), port, txt);
        hash(&|hasher| endpoint.hash(hasher))
    };
    assert_eq!(of_endpoint(80), of_endpoint(80));
    assert_ne!(of_endpoint(80), of_endpoint(81));
}

/// Stamps that stand in TXT are no part of it, and are left in it.
#[test]
fn txt_over_several_stamped_lines() {
    let capture = b"1795345126.1 =;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.7;80;\"two\n\
        1795345126.2 lines\"\n";
    let event = events(capture).next().unwrap().unwrap();
    let txt = event.endpoint().unwrap().txt;
    assert_eq!(*txt.without_stamps(), *b"\"two\nlines\"");
    let string = txt.strings().next().unwrap();
    assert!(string == "two\nlines");
    assert_eq!(*string.decode(), *b"two\nlines");
    let plain = Txt::new(b"\"two\"");
    assert_eq!(*plain.without_stamps(), *b"\"two\"");
}
