//! Events through serde: to JSON and back, to binary formats and back.
#![cfg(feature = "serde")]

mod common;

use avahi_events::{Annotated, Event, EventBuf, Interface, Kind, TxtDialect, TxtOrder, records};
use common::any::{capture, parts};
use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

/// The events of all captures, with the names of those.
fn captured() -> impl Iterator<Item = (String, EventBuf)> {
    common::capture_names().into_iter().flat_map(|name| {
        let capture = common::capture(&name);
        let events = records(&capture).filter_map(|it| it.event.ok());
        let events: Vec<_> = events.map(EventBuf::from).collect();
        events.into_iter().map(move |event| (name.clone(), event))
    })
}

fn schema() -> jsonschema::Validator {
    let path = common::capture_path("../../docs/event.schema.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

/// What JSON tells of an event, decoded.
fn told(event: &Event<'_>) -> impl PartialEq + std::fmt::Debug + use<> {
    let service = event.service().map(|it| {
        let of_type = it.service_type.as_bytes().to_vec();
        (it.name.decode().into_owned(), it.name.is_lossy(), of_type)
    });
    let endpoint = event.endpoint().map(|it| {
        let txt = it.txt.strings().map(|it| it.decode().into_owned());
        let host = it.host.as_bytes().to_vec();
        (host, it.address, it.port, txt.collect::<Vec<_>>())
    });
    let interface = event.interface().name().map(<[u8]>::to_vec);
    let domain = event.domain().as_bytes().to_vec();
    let place = (event.kind(), interface, event.protocol(), domain);
    (place, service, endpoint)
}

#[test]
fn captures_come_back_from_json() {
    let mut count = 0;
    for (name, event) in captured() {
        let json = serde_json::to_string(&event).unwrap();
        let read: EventBuf = serde_json::from_str(&json).unwrap();
        assert_eq!(told(&read.event()), told(&event.event()), "{name}: {event}");
        assert_eq!(serde_json::to_string(&read).unwrap(), json, "{name}");
        // Not only from text.
        let value = serde_json::to_value(&event).unwrap();
        assert_eq!(serde_json::from_value::<EventBuf>(value).unwrap(), read);
        // What is read back could have been printed.
        let line = read.to_string();
        assert_eq!(Event::try_from(&*line), Ok(read.event()), "{name}");
        count += 1;
    }
    assert!(count > 2000, "{count}");
}

/// To the last byte: also what JSON does not tell.
fn same(read: &EventBuf, event: &EventBuf) {
    assert_eq!(read, event);
    assert_eq!(read.as_bytes(), event.as_bytes());
    let label = |it: &EventBuf| it.event().service().map(|it| it.name.is_lossy());
    assert_eq!(label(read), label(event));
}

#[test]
fn captures_come_back_from_binary_formats() {
    for (name, event) in captured() {
        let bytes = postcard::to_allocvec(&event).unwrap();
        assert_eq!(bytes, postcard::to_allocvec(&event.event()).unwrap());
        same(&postcard::from_bytes(&bytes).unwrap(), &event);
        // Little more than the line: what is beside it are lengths and numbers.
        assert!(
            bytes.len() <= event.as_bytes().len() + 48,
            "{name}: {event}"
        );

        let mut bytes = Vec::new();
        ciborium::into_writer(&event, &mut bytes).unwrap();
        same(&ciborium::from_reader(&*bytes).unwrap(), &event);
    }
}

#[test]
fn what_was_said_of_txt_is_kept_in_binary() {
    let line = br#"=;eth0;IPv4;a;_x._tcp;local;h.local;::1.2.3.4;0080;"a\034b" "a=1""#;
    let Ok(Event::Resolve(service, mut endpoint)) = Event::parse(line) else {
        panic!("a resolved service")
    };
    endpoint.txt = endpoint
        .txt
        .with_dialect(TxtDialect::Raw)
        .with_order(TxtOrder::Wire);
    let event = EventBuf::from(Event::Resolve(service, endpoint));
    let bytes = postcard::to_allocvec(&event).unwrap();
    let read: EventBuf = postcard::from_bytes(&bytes).unwrap();
    same(&read, &event);
    let event = read.event();
    let txt = event.endpoint().unwrap().txt;
    assert_eq!(txt.dialect(), TxtDialect::Raw);
    assert_eq!(txt.order(), TxtOrder::Wire);
    assert!(txt.strings().next().unwrap() == r"a\034b");
}

#[test]
fn a_line_and_a_time_go_with_the_event() {
    let event = Event::try_from("+;eth0;IPv4;a;_x._tcp;local").unwrap();
    let annotated = Annotated::new(event)
        .with_line(7)
        .with_time("2026-11-22T10:58:46Z");
    let bytes = postcard::to_allocvec(&annotated).unwrap();
    let read: (EventBuf, Option<u64>, Option<String>) = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(read.0.event(), event);
    assert_eq!(read.1, Some(7));
    assert_eq!(read.2.as_deref(), Some("2026-11-22T10:58:46Z"));
    // Keys of later versions, and those of the line, are no trouble.
    let mut value = serde_json::to_value(annotated).unwrap();
    value["later"] = json!({"a": [1]});
    let read: EventBuf = serde_json::from_value(value).unwrap();
    assert_eq!(read.event(), event);
}

proptest! {
    #[test]
    fn any_event_comes_back(parts in parts()) {
        let event = EventBuf::parse(&parts.line()).unwrap();
        let json = serde_json::to_string(&event).unwrap();
        let read: EventBuf = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&serde_json::to_string(&read).unwrap(), &json);
        prop_assert!(schema().is_valid(&serde_json::from_str(&json).unwrap()), "{}", json);
        if event.event().interface().name().is_none_or(|it| std::str::from_utf8(it).is_ok()) {
            prop_assert_eq!(told(&read.event()), told(&event.event()));
        }
        let bytes = postcard::to_allocvec(&event).unwrap();
        same(&postcard::from_bytes(&bytes).unwrap(), &event);
    }

    #[test]
    fn any_capture_comes_back_from_binary(capture in capture()) {
        for event in records(&capture).filter_map(|it| it.event.ok()) {
            let event = EventBuf::from(event);
            let bytes = postcard::to_allocvec(&event).unwrap();
            same(&postcard::from_bytes(&bytes).unwrap(), &event);
        }
    }

    #[test]
    fn damaged_bytes_do_no_harm(parts in parts(), changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let event = EventBuf::parse(&parts.line()).unwrap();
        let mut bytes = postcard::to_allocvec(&event).unwrap();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(read) = postcard::from_bytes::<EventBuf>(&bytes) {
            let again = postcard::to_allocvec(&read).unwrap();
            same(&postcard::from_bytes(&again).unwrap(), &read);
        }
    }
}

fn resolved() -> Value {
    json!({
        "event": "resolve", "interface": "eth0", "protocol": "IPv6", "name": "a", "type": "_x._tcp",
        "domain": "local", "host": "h.local", "address": "192.0.2.7", "port": 80,
        "txt": [{"key": "k", "value": "v"}, {"key": "K"}, {"key": "b", "base64": "yAE="}, {"base64": "yA=="}],
    })
}

#[test]
fn null_is_what_the_protocol_makes_of_it() {
    for (kind, protocol, interface) in [
        ("remove", json!("IPv4"), Interface::Gone),
        ("add", Value::Null, Interface::Unspecified(b"n/a")),
        ("add_domain", Value::Null, Interface::Unspecified(b"")),
    ] {
        let mut event = resolved();
        event["event"] = kind.into();
        event["interface"] = Value::Null;
        event["protocol"] = protocol;
        let read: EventBuf = serde_json::from_value(event).unwrap();
        assert_eq!(read.event().interface(), interface, "{kind}");
    }
}

#[test]
fn a_type_that_is_known_from_elsewhere_replaces_its_display_name() {
    for (of_type, name, printed) in [
        (json!("_http._tcp"), "Web Site", "Web Site"),
        (json!("_http._tcp"), "Web-Angebot", "_http._tcp"),
        (json!("_ipp._tcp"), "Web Site", "_ipp._tcp"),
        (Value::Null, "Web-Angebot", "Web-Angebot"),
        (Value::Null, "Web Site", "Web Site"),
    ] {
        let mut event = resolved();
        event["type"] = of_type;
        event["type_name"] = name.into();
        let read: EventBuf = serde_json::from_value(event).unwrap();
        assert!(read.event().service().unwrap().service_type == printed);
    }
}

#[test]
fn what_no_line_could_say_is_an_error() {
    let cases = [
        ("/event", json!("gone"), "unknown variant `gone`"),
        (
            "/interface",
            json!(""),
            "the interface of an event is empty",
        ),
        (
            "/interface",
            json!("e\n+;"),
            "a field of an event holds a line feed",
        ),
        ("/protocol", json!("IPv5"), "unknown variant `IPv5`"),
        ("/name", json!(""), "the name of an event is empty"),
        ("/name", Value::Null, "missing field `name`"),
        ("/type", json!(""), "the type of an event is empty"),
        (
            "/type",
            json!("_x\n"),
            "a field of an event holds a line feed",
        ),
        ("/type", Value::Null, "missing field `type`"),
        (
            "/domain",
            json!("l\nx"),
            "a field of an event holds a line feed",
        ),
        (
            "/domain",
            json!("local;evil"),
            "a field of an event holds a semicolon",
        ),
        (
            "/type",
            json!("_x._tcp;local"),
            "a field of an event holds a semicolon",
        ),
        (
            "/host",
            json!("h;127.0.0.1"),
            "a field of an event holds a semicolon",
        ),
        ("/host", json!(""), "the host of an event is empty"),
        ("/host", Value::Null, "missing field `host`"),
        ("/address", json!("fe80::1%2"), "invalid IP address syntax"),
        ("/address", Value::Null, "missing field `address`"),
        (
            "/port",
            json!(65536),
            "invalid value: integer `65536`, expected u16",
        ),
        ("/port", Value::Null, "missing field `port`"),
        ("/txt", Value::Null, "missing field `txt`"),
        ("/txt/0", json!({}), "a string of txt has no key"),
        (
            "/txt/0",
            json!({"value": "v"}),
            "a string of txt has no key",
        ),
        (
            "/txt/0/key",
            json!("a=b"),
            "a key in txt holds an equals sign",
        ),
        (
            "/txt/0/base64",
            json!("YQ=="),
            "a string of txt has both value and base64",
        ),
        (
            "/txt/2/base64",
            json!("yA"),
            "base64 is no base64: Invalid padding",
        ),
    ];
    let schema = schema();
    assert!(schema.is_valid(&resolved()));
    assert!(serde_json::from_value::<EventBuf>(resolved()).is_ok());
    for (pointer, value, expected) in cases {
        let mut event = resolved();
        match event.pointer_mut(pointer) {
            Some(place) => *place = value.clone(),
            None => event["txt"][0]["base64"] = value.clone(),
        }
        let error = serde_json::from_value::<EventBuf>(event.clone()).unwrap_err();
        assert!(
            error.to_string().contains(expected),
            "{pointer} {value}: {error}"
        );
        // Null is a type that is not known.
        if expected != "missing field `type`" {
            assert!(!schema.is_valid(&event), "{pointer} {value}");
        }
    }
}

/// Line feeds in TXT are normal; what comes back is escaped.
#[test]
fn a_forged_line_in_txt_stays_in_its_quotes() {
    let mut event = resolved();
    event["txt"] = json!([{"key": "a", "value": "\"\n-;eth0;IPv4;b;_x._tcp;local\\"}]);
    let read: EventBuf = serde_json::from_value(event.clone()).unwrap();
    assert!(
        read.to_string()
            .ends_with(r#";"a=\"\010-;eth0;IPv4;b;_x._tcp;local\\""#),
        "{read}"
    );
    assert_eq!(serde_json::to_value(&read).unwrap(), event);
}

#[test]
fn the_schema_fits_all_that_is_written() {
    let schema = schema();
    for (name, event) in captured() {
        let event = event.event();
        for annotated in [
            Annotated::new(event),
            Annotated::new(event)
                .with_line(1)
                .with_time("2026-11-22T10:58:46.5Z"),
        ] {
            let value = serde_json::to_value(annotated).unwrap();
            if let Err(error) = schema.validate(&value) {
                panic!("{name}: {value}: {error}");
            }
        }
    }
}

/// The lines of the program are of the schema, and are read back as events.
#[cfg(feature = "cli")]
#[test]
fn what_the_program_prints_is_of_the_schema() {
    let schema = schema();
    let mut count = 0;
    for name in common::capture_names() {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_avahi-events"))
            .args(["parse", "--lines", "--time", "--zone", "UTC"])
            .arg(common::capture_path(&name))
            .output()
            .unwrap();
        for line in std::str::from_utf8(&output.stdout).unwrap().lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            assert!(schema.is_valid(&value), "{name}: {line}");
            let event: EventBuf = serde_json::from_str(line).unwrap();
            let mut annotated = Annotated::new(event.event());
            annotated = annotated.with_line(value["line"].as_u64().unwrap());
            if let Some(time) = value["time"].as_str() {
                annotated = annotated.with_time(time);
            }
            assert_eq!(serde_json::to_string(&annotated).unwrap(), line, "{name}");
            count += 1;
        }
    }
    assert!(count > 2000, "{count}");
}

#[test]
fn the_schema_fits_nothing_else() {
    let schema = schema();
    for kind in ["add", "resolve", "remove", "add_domain", "remove_domain"] {
        let mut event = resolved();
        event["event"] = kind.into();
        let object = event.as_object_mut().unwrap();
        if kind != "resolve" {
            object.retain(|key, _| !["host", "address", "port", "txt"].contains(&&**key));
        }
        if kind.ends_with("_domain") {
            object.retain(|key, _| !["name", "type"].contains(&&**key));
        }
        assert!(schema.is_valid(&event), "{event}");
        for key in event.as_object().unwrap().keys() {
            let mut without = event.clone();
            without.as_object_mut().unwrap().remove(key);
            assert!(!schema.is_valid(&without), "{without}");
        }
        for (key, value) in [
            ("later", json!(1)),
            ("line", json!(0)),
            ("time", json!("yesterday")),
            ("name_base64", json!("yA")),
            ("name_lossy", json!(false)),
            ("domain", json!("")),
        ] {
            let mut with = event.clone();
            with[key] = value;
            assert!(!schema.is_valid(&with), "{with}");
        }
    }
}

/// What is empty is UTF-8.
#[test]
fn base64_is_of_something() {
    for (place, expected) in [(0, "value"), (3, "key")] {
        let mut event = resolved();
        let string = &mut event["txt"][place];
        string["base64"] = "".into();
        if place == 0 {
            string.as_object_mut().unwrap().remove("value");
        }
        assert!(!schema().is_valid(&event), "{event}");
        let read: EventBuf = serde_json::from_value(event).unwrap();
        let written = serde_json::to_value(&read).unwrap();
        assert_eq!(written["txt"][place][expected], "", "{written}");
    }
}

/// Binary formats hold the text of all fields.
#[test]
fn no_field_is_two_in_binary() {
    let line = "+;eth0;n/a;name;_x._tcp;local";
    let bytes = postcard::to_allocvec(&Event::try_from(line).unwrap()).unwrap();
    assert!(postcard::from_bytes::<EventBuf>(&bytes).is_ok());
    for field in ["n/a", "name", "_x._tcp", "local"] {
        let at = bytes
            .windows(field.len())
            .position(|it| it == field.as_bytes());
        let mut bytes = bytes.clone();
        bytes[at.unwrap() + 1] = b';';
        assert!(postcard::from_bytes::<EventBuf>(&bytes).is_err(), "{field}");
    }
    let interface = bytes.windows(4).position(|it| it == b"eth0").unwrap();
    let mut bytes = bytes.clone();
    bytes[interface + 1] = b';';
    let read: EventBuf = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(read.to_string(), "+;e;h0;n/a;name;_x._tcp;local");
}

#[test]
fn kinds_are_written_as_in_the_event() {
    for (kind, name) in [
        (Kind::Add, "add"),
        (Kind::Resolve, "resolve"),
        (Kind::Remove, "remove"),
        (Kind::AddDomain, "add_domain"),
        (Kind::RemoveDomain, "remove_domain"),
    ] {
        assert_eq!(serde_json::to_value(kind).unwrap(), name);
        assert_eq!(kind.as_str(), name);
    }
}
