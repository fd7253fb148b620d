//! A capture that is read piece by piece, as it comes or in several threads.

mod common;

use avahi_events::{ErrorKind, Reader, RecordBuf, Records, Stamps, records};
use common::any::capture;
use proptest::prelude::*;

const ADD: &[u8] = b"+;e;IPv4;a;_x._tcp;local\n";

fn all(records: Records<'_>) -> Vec<RecordBuf> {
    records.map(RecordBuf::from).collect()
}

proptest! {
    /// From any record on, with what was learned before it.
    #[test]
    fn reading_on_is_reading(capture in capture()) {
        let mut whole = records(&capture);
        loop {
            let rest = &capture[whole.offset() as usize..];
            let piece = whole.read_on(rest, whole.line(), whole.offset());
            prop_assert!(piece.is_where(&whole));
            prop_assert_eq!(all(piece), all(whole.clone()));
            let Some(record) = whole.next() else { break };
            prop_assert!(record.line <= whole.line() && record.offset < whole.offset());
        }
        prop_assert_eq!(whole.offset(), capture.len() as u64);
    }
}

#[test]
fn places_are_counted() {
    let capture = [
        ADD,
        b"\n",
        b"=;e;IPv4;a;_x._tcp;local;h;::1;80;\"two\nlines\"\n",
        ADD,
    ]
    .concat();
    let mut records = records(&capture);
    let mut reader = Reader::new(&*capture);
    let mut places = vec![(records.line(), records.offset())];
    assert_eq!(reader.lines(), 0);
    while records.next().is_some() {
        places.push((records.line(), records.offset()));
        reader.next_record().unwrap().unwrap();
        assert_eq!(reader.lines(), records.line() - 1);
    }
    assert_eq!(places, [(1, 0), (2, 25), (3, 26), (5, 72), (6, 97)]);
}

#[test]
fn what_was_learned_is_part_of_where_one_is() {
    let stamped = [b"1795345126 ", ADD].concat();
    let capture = [&stamped[..], &stamped].concat();
    let start = records(&capture);
    let mut learned = start.clone();
    learned.next();
    let rest = &capture[stamped.len()..];
    let at = |line, offset| learned.read_on(rest, line, offset);
    assert!(at(2, 36).is_where(&learned));
    assert!(!at(3, 36).is_where(&learned));
    assert!(!at(2, 37).is_where(&learned));
    // It has not seen a stamp yet.
    assert!(!start.read_on(rest, 2, 36).is_where(&learned));
    let told = |stamps| records(&capture).with_stamps(stamps);
    assert!(told(Stamps::None).is_where(&told(Stamps::None)));
    assert!(!told(Stamps::None).is_where(&start));
}

/// What was searched in one piece says nothing of another.
#[test]
fn a_piece_is_searched_anew() {
    let open = b"=;e;IPv4;a;_x._tcp;local;h;::1;80;\"open\n";
    let capture = [open, ADD, ADD, ADD, ADD].concat();
    let mut records = records(&capture);
    let error = records.next().unwrap().event.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnclosedTxt);
    let closed = b"=;e;IPv4;a;_x._tcp;local;h;::1;80;\"two\nlines\"\n";
    let mut piece = records.read_on(closed, 6, capture.len() as u64);
    let event = piece.next().unwrap().event.unwrap();
    assert_eq!(event.endpoint().unwrap().txt.as_bytes(), b"\"two\nlines\"");
}

#[test]
fn a_reader_says_when_it_would_wait() {
    let capture = [ADD, ADD, b"+;e;IPv4"].concat();
    let mut reader = Reader::new(&*capture);
    assert!(reader.needs_input());
    reader.next_record().unwrap().unwrap().event.unwrap();
    assert!(!reader.needs_input());
    reader.next_record().unwrap().unwrap().event.unwrap();
    assert!(reader.needs_input());
    let half = reader.next_record().unwrap().unwrap().event.unwrap_err();
    assert_eq!(half.kind(), ErrorKind::Incomplete);
    assert!(!reader.needs_input());
    assert!(reader.next_record().unwrap().is_none());
}
