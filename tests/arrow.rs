//! Events as Arrow record batches.
#![cfg(all(feature = "arrow", feature = "serde"))]

mod common;

use std::io::{self, BufReader, Read};

use avahi_events::{
    Annotated, Clock, Reader, ServiceTypes,
    arrow::{
        BatchBuilder, Batches, MAX_BYTES, Row,
        arrow_array::{
            Array, RecordBatch, RecordBatchReader as _,
            cast::AsArray,
            types::{Int8Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt16Type},
        },
        arrow_schema::ArrowError,
        schema,
    },
    records,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use common::{capture, capture_names};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};

fn clock() -> Clock {
    Clock::new(TimeZone::UTC).with_year(2026)
}

fn batches(capture: &[u8]) -> Batches<&[u8]> {
    Batches::new(Reader::new(capture), clock()).with_file("capture")
}

fn only_batch(capture: &[u8]) -> RecordBatch {
    let mut all: Vec<_> = batches(capture).map(Result::unwrap).collect();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn text(batch: &RecordBatch, column: &str, row: usize) -> Option<String> {
    let column = batch.column_by_name(column).unwrap();
    let (key, words) = match column.as_dictionary_opt::<Int32Type>() {
        Some(column) => (column.key(row), column.values()),
        None => {
            let column = column.as_dictionary::<Int8Type>();
            (column.key(row), column.values())
        }
    };
    key.map(|key| words.as_string::<i32>().value(key).to_owned())
}

fn bytes(batch: &RecordBatch, column: &str, row: usize) -> Option<Vec<u8>> {
    let column = batch.column_by_name(column).unwrap().as_binary::<i32>();
    column.is_valid(row).then(|| column.value(row).to_owned())
}

fn port(batch: &RecordBatch, row: usize) -> Option<u16> {
    let column = batch.column_by_name("port").unwrap();
    let column = column.as_primitive::<UInt16Type>();
    column.is_valid(row).then(|| column.value(row))
}

/// Key and value of each string.
type Strings = Vec<(Option<String>, Option<Vec<u8>>)>;

fn txt(batch: &RecordBatch, row: usize) -> Option<Strings> {
    let column = batch.column_by_name("txt").unwrap().as_list::<i32>();
    column.is_valid(row).then(|| {
        let strings = column.value(row);
        let strings = strings.as_struct();
        let keys = strings.column(0).as_string::<i32>();
        let values = strings.column(1).as_binary::<i32>();
        let string = |at| {
            (
                keys.is_valid(at).then(|| keys.value(at).to_owned()),
                values.is_valid(at).then(|| values.value(at).to_owned()),
            )
        };
        (0..strings.len()).map(string).collect()
    })
}

fn time(batch: &RecordBatch, row: usize) -> Option<Timestamp> {
    let column = batch.column_by_name("time").unwrap();
    let column = column.as_primitive::<TimestampMicrosecondType>();
    let nanos = batch.column_by_name("nanos").unwrap();
    let nanos = nanos.as_primitive::<UInt16Type>();
    assert_eq!(column.is_valid(row), nanos.is_valid(row));
    column.is_valid(row).then(|| {
        let nanoseconds = i128::from(column.value(row)) * 1000 + i128::from(nanos.value(row));
        Timestamp::from_nanosecond(nanoseconds).unwrap()
    })
}

/// The row as the JSON that the event has.
fn json(batch: &RecordBatch, row: usize) -> Value {
    let text = |column| text(batch, column, row);
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    put("event", json!(text("event").unwrap()));
    put("interface", json!(text("interface")));
    put("protocol", json!(text("protocol")));
    put("domain", json!(text("domain").unwrap()));
    let lines = batch.column_by_name("line").unwrap();
    put("line", json!(lines.as_primitive::<Int64Type>().value(row)));
    if let Some(name) = text("name") {
        put("name", json!(name));
        put("type", json!(text("type")));
    }
    if let Some(name) = bytes(batch, "name_bytes", row) {
        put("name_base64", json!(STANDARD.encode(name)));
    }
    let lossy = batch.column_by_name("name_lossy").unwrap().as_boolean();
    if lossy.value(row) {
        put("name_lossy", json!(true));
    }
    if let Some(name) = text("type_name") {
        put("type_name", json!(name));
    }
    if let Some(host) = text("host") {
        put("host", json!(host));
        put("address", json!(text("address").unwrap()));
        put("port", json!(port(batch, row).unwrap()));
    }
    if let Some(strings) = txt(batch, row) {
        let string = |(key, value): (Option<String>, Option<Vec<u8>>)| match (key, value) {
            (Some(key), None) => json!({"key": key}),
            (Some(key), Some(value)) => match String::from_utf8(value) {
                Ok(text) => json!({"key": key, "value": text}),
                Err(error) => json!({"key": key, "base64": STANDARD.encode(error.as_bytes())}),
            },
            (None, whole) => json!({"base64": STANDARD.encode(whole.unwrap())}),
        };
        put("txt", strings.into_iter().map(string).collect());
    }
    if let Some(time) = time(batch, row) {
        put("time", json!(time.to_string()));
    }
    Value::Object(object)
}

#[test]
fn rows_say_what_the_json_says() {
    let mut rows = 0;
    for name in capture_names() {
        let capture = capture(&name);
        let mut clock = clock();
        let mut expected = Vec::new();
        for record in records(&capture) {
            let time = record.stamp.and_then(|it| clock.time(&it).ok());
            let time = time.map(|time| time.to_string());
            if let Ok(event) = record.event {
                let mut event = Annotated::new(event).with_line(record.line);
                if let Some(time) = &time {
                    event = event.with_time(time);
                }
                expected.push(serde_json::to_value(event).unwrap());
            }
        }
        let mut expected = expected.into_iter();
        for batch in batches(&capture).with_max_rows(7) {
            let batch = batch.unwrap();
            assert_eq!(batch.schema(), schema());
            assert!((1..=7).contains(&batch.num_rows()));
            for row in 0..batch.num_rows() {
                assert_eq!(json(&batch, row), expected.next().unwrap(), "{name}");
                assert_eq!(text(&batch, "file", row).unwrap(), "capture");
                assert_eq!(bytes(&batch, "record", row), None, "all of it is UTF-8");
                rows += 1;
            }
        }
        assert_eq!(expected.next(), None, "{name}");
    }
    assert_eq!(rows, 3231);
}

#[test]
fn txt_keeps_order_repeats_and_what_is_no_text() {
    let line = br#"=;eth0;IPv6;a\255;_x._udp;local;h.local;::1.2.3.4;0;"k=v" "K" "k=" "=v" "" "k=\200\001" "\200=1""#;
    let batch = only_batch(line);
    let string = |key: Option<&str>, value: Option<&[u8]>| {
        (key.map(str::to_owned), value.map(<[u8]>::to_owned))
    };
    assert_eq!(
        txt(&batch, 0).unwrap(),
        [
            string(Some("k"), Some(b"v")),
            string(Some("K"), None),
            string(Some("k"), Some(b"")),
            string(Some(""), Some(b"v")),
            string(Some(""), None),
            string(Some("k"), Some(b"\xc8\x01")),
            string(None, Some(b"\xc8=1")),
        ]
    );
    assert_eq!(text(&batch, "name", 0).unwrap(), "a\u{fffd}");
    assert_eq!(bytes(&batch, "name_bytes", 0).unwrap(), b"a\xff");
    assert_eq!(text(&batch, "address", 0).unwrap(), "::1.2.3.4");
    assert_eq!(port(&batch, 0), Some(0));
}

#[test]
fn an_empty_txt_is_not_one_that_is_not_there() {
    let capture = b"+;eth0;IPv4;a;_x._tcp;local\n\
        =;eth0;IPv4;a;_x._tcp;local;a.local;192.0.2.7;80;\n\
        +;;;example.org\n";
    let batch = only_batch(capture);
    assert_eq!(txt(&batch, 0), None);
    assert_eq!(txt(&batch, 1), Some(vec![]));
    assert_eq!(port(&batch, 0), None);
    let addresses = batch.column_by_name("address_bytes").unwrap();
    let addresses = addresses.as_fixed_size_binary();
    assert!(addresses.is_null(0));
    assert_eq!(
        addresses.value(1),
        b"\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\x02\x07"
    );
    assert_eq!(text(&batch, "name", 2), None);
    assert_eq!(text(&batch, "domain", 2).unwrap(), "example.org");
}

#[test]
fn what_is_not_utf8_is_kept_beside_the_text() {
    let capture: &[u8] = b"+;e\xff0;IPv4;a;_x._tcp;local\n\
        +;eth0;IPv4;a;Dr\xfccker;local\n\
        +;eth0;IPv4;a;_x\xfc._tcp;local\n\
        +;eth0;IPv4;a;_x._tcp;loc\xfcl\n\
        =;eth0;IPv4;a;_x._tcp;local;h\xfc;192.0.2.7;80;\n\
        +;eth0;IPv4;b\\252;_x._tcp;local\n";
    let batch = only_batch(capture);
    let mut lines = capture.split_inclusive(|&byte| byte == b'\n');
    for row in 0..5 {
        let line = lines.next().unwrap().trim_ascii_end();
        assert_eq!(bytes(&batch, "record", row).unwrap(), line);
    }
    assert_eq!(text(&batch, "interface", 0).unwrap(), "e\u{fffd}0");
    assert_eq!(text(&batch, "type_name", 1).unwrap(), "Dr\u{fffd}cker");
    assert_eq!(text(&batch, "type", 2), None);
    assert_eq!(text(&batch, "host", 4).unwrap(), "h\u{fffd}");
    assert_eq!(bytes(&batch, "record", 5), None, "`name_bytes` has it");
}

#[test]
fn times_keep_their_nanoseconds_and_stamps_their_host() {
    let event = "+;eth0;IPv4;a;_x._tcp;local\n";
    let stamp = |stamp: &str| only_batch(format!("{stamp} {event}").as_bytes());
    let docker = stamp("2026-11-22T10:58:46.439528123Z");
    let is = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    assert_eq!(time(&docker, 0), is("2026-11-22T10:58:46.439528123Z"));
    assert_eq!(text(&docker, "stamp_host", 0), None);
    // Before 1970, the rest is added all the same; and no i64 has nanoseconds
    // for these.
    for odd in [
        "1969-12-31T23:59:59.999999999Z",
        "0001-01-01T00:00:00.000000001Z",
        "9999-12-30T00:00:00.5Z",
    ] {
        assert_eq!(time(&stamp(odd), 0), is(odd));
    }
    let journal = stamp("Nov 22 10:58:46 node1 avahi-browse[812]:");
    assert_eq!(time(&journal, 0), is("2026-11-22T10:58:46Z"));
    assert_eq!(text(&journal, "stamp_host", 0).unwrap(), "node1");
    let syslog = stamp("<30>1 2026-11-22T10:58:46.4+01:00 n-2.example avahi-browse 812 - -");
    assert_eq!(time(&syslog, 0), is("2026-11-22T09:58:46.4Z"));
    assert_eq!(text(&syslog, "stamp_host", 0).unwrap(), "n-2.example");
    let nobody = stamp("<30>1 - - avahi-browse 812 - -");
    assert_eq!(time(&nobody, 0), None);
    assert_eq!(text(&nobody, "stamp_host", 0), None);
}

#[test]
fn other_languages_types_are_known_if_told() {
    let mut types = ServiceTypes::english();
    types.add_lists(b"Web-Angebot\n", b"_http._tcp\n").unwrap();
    let line = "+;eth0;IPv4;a;Web-Angebot;local\n".as_bytes();
    assert_eq!(text(&only_batch(line), "type", 0), None);
    let batch = batches(line)
        .with_service_types(types)
        .next()
        .unwrap()
        .unwrap();
    assert_eq!(text(&batch, "type", 0).unwrap(), "_http._tcp");
    assert_eq!(text(&batch, "type_name", 0).unwrap(), "Web-Angebot");
}

#[test]
fn a_batch_is_bounded_however_long_its_texts_are() {
    // Each record has other TXT, other names, or lines that are no text.
    let kinds: [fn(usize) -> Vec<u8>; 3] = [
        |at| {
            let value = format!("{at:08}").repeat(25_000);
            format!("=;eth0;IPv4;a;_x._tcp;local;h;192.0.2.7;80;\"k={value}\"\n").into_bytes()
        },
        |at| {
            let name = format!("{at:08}").repeat(25_000);
            format!("+;eth0;IPv4;{name};_x._tcp;local\n").into_bytes()
        },
        |_| {
            [
                b"+;eth0;IPv4;a;_x._tcp;".to_vec(),
                b"\xff".repeat(200_000),
                b"\n".to_vec(),
            ]
            .concat()
        },
    ];
    for kind in kinds {
        let mut builder = BatchBuilder::new();
        let (mut rows, mut sizes) = (0, Vec::new());
        for at in 0..400 {
            let line = kind(at);
            let record = records(&line).next().unwrap();
            let batch = builder.push(&Row::new(&record).unwrap()).unwrap();
            assert!(builder.memory() < 2 * MAX_BYTES);
            if let Some(batch) = batch {
                rows += batch.num_rows();
                sizes.push(batch.get_array_memory_size());
            }
        }
        rows += builder
            .finish()
            .unwrap()
            .map_or(0, |batch| batch.num_rows());
        assert_eq!(rows, 400);
        assert_eq!(sizes.len(), 1);
        assert!(sizes.iter().all(|size| *size < 3 * MAX_BYTES), "{sizes:?}");
    }
}

#[test]
fn what_is_no_event_is_in_no_batch_but_is_said() {
    let capture =
        b"+;eth0;IPv4;a;_x._tcp;local\nhello\nGot SIGTERM, quitting.\n-;eth0;IPv4;a;_x._tcp\n";
    let (mut unread, mut messages) = (0, 0);
    let mut batches = batches(capture);
    assert_eq!(batches.schema(), schema());
    let batch = batches.next_batch(|record| {
        unread += usize::from(record.unread().is_some());
        messages += usize::from(record.message().is_some());
    });
    assert_eq!(batch.unwrap().unwrap().num_rows(), 1);
    assert_eq!((unread, messages), (2, 1));
    assert!(batches.next().is_none());
}

#[test]
fn an_input_that_fails_is_said_and_nothing_lost_by_it() {
    struct Fails(bool);
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            match std::mem::replace(&mut self.0, false) {
                true => Err(io::Error::other("gone")),
                false => Ok(0),
            }
        }
    }
    let input = b"+;eth0;IPv4;a;_x._tcp;local\n".chain(Fails(true));
    let mut batches = Batches::new(Reader::new(BufReader::new(input)), clock());
    let error = batches.next().unwrap().unwrap_err();
    assert!(matches!(error, ArrowError::IoError(..)), "{error}");
    assert_eq!(batches.next().unwrap().unwrap().num_rows(), 1);
    assert!(batches.next().is_none());
}
