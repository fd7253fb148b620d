//! A capture that is read piece by piece, as it comes or in several threads.

mod common;

use std::io::{self, BufRead, Read};

use avahi_events::{
    ErrorKind, MAX_RECORD, OwnedReadError, Reader, Record, RecordBuf, Records, Stamps, records,
};
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

/// An input that fails before each of its pieces, in all ways in turn.
struct Failing<'a> {
    pieces: Vec<&'a [u8]>,
    failures: Vec<io::ErrorKind>,
}

impl Read for Failing<'_> {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        unreachable!("it is read by its buffer")
    }
}

impl BufRead for Failing<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self.failures.pop() {
            Some(failure) => Err(failure.into()),
            None => Ok(self.pieces.first().copied().unwrap_or_default()),
        }
    }

    fn consume(&mut self, amount: usize) {
        if amount > 0 {
            assert_eq!(amount, self.pieces.remove(0).len());
            self.failures = vec![io::ErrorKind::TimedOut, io::ErrorKind::Interrupted];
        }
    }
}

#[test]
fn an_input_that_fails_can_be_read_on() {
    let pieces = vec![&ADD[..10], &ADD[10..], b"nonsense\n"];
    let failures = vec![io::ErrorKind::Interrupted];
    let mut events = Reader::new(Failing { pieces, failures }).into_events();
    let mut next = || events.next();
    let timed_out = |it: Option<Result<_, OwnedReadError>>| match it {
        Some(Err(OwnedReadError::Io(error))) => assert_eq!(error.kind(), io::ErrorKind::TimedOut),
        other => panic!("{other:?}"),
    };
    timed_out(next());
    assert_eq!(next().unwrap().unwrap().as_bytes(), ADD.trim_ascii_end());
    timed_out(next());
    match next() {
        Some(Err(OwnedReadError::Line {
            bytes,
            line,
            offset,
            ..
        })) => {
            assert_eq!((&*bytes, line, offset), (&b"nonsense"[..], 2, 25));
        }
        other => panic!("{other:?}"),
    }
    timed_out(next());
    assert!(next().is_none());
}

/// A quote that is never closed is searched for once; what comes after that
/// many bytes was not searched.
#[test]
fn lines_after_an_open_quote_are_joined_again() {
    let open = b"=;e;IPv4;a;_x._tcp;local;h;::1;80;\"open\n";
    let joined = b"=;e;IPv4;a;_x._tcp;local;h;::1;80;\"two\nlines\"\n";
    let adds = ADD.repeat(MAX_RECORD / ADD.len() + 1);
    let capture = [open, &adds[..], joined, &adds].concat();
    let sizes: Vec<_> = records(&capture).map(|it| it.bytes.len()).collect();
    let count = adds.len() / ADD.len();
    assert_eq!(sizes.len(), 2 * count + 2);
    assert_eq!(sizes[0], open.len() - 1);
    assert_eq!(sizes[count + 1], joined.len() - 1);
    let mut reader = Reader::new(&*capture);
    for (at, size) in sizes.iter().enumerate() {
        let record = reader.next_record().unwrap().unwrap();
        assert_eq!(record.bytes.len(), *size, "{at}");
    }
}

/// What has no end within the longest record has none, also if the input ends
/// there; and a piece may end where its line does.
#[test]
fn the_longest_record_is_as_long_as_that() {
    let lengths = |capture: &[u8]| {
        let from_slice: Vec<_> = records(capture).map(|it| it.bytes.len()).collect();
        let mut reader = Reader::new(capture);
        for len in &from_slice {
            assert_eq!(reader.next_record().unwrap().unwrap().bytes.len(), *len);
        }
        assert!(reader.next_record().unwrap().is_none());
        from_slice
    };
    for first in ["\"open\n", "\"raw\x01\"\n"] {
        let first = [b"=;e;IPv4;a;_x._tcp;local;h;::1;80;", first.as_bytes()].concat();
        let rest = |len| [&b"x".repeat(len - 1), &b"\""[..]].concat();
        let len = MAX_RECORD - first.len();
        let shorter = [&first[..], &rest(len - 1)].concat();
        assert_eq!(lengths(&shorter), [MAX_RECORD - 1]);
        let longest = [&first[..], &rest(len)].concat();
        assert_eq!(lengths(&longest), [first.len() - 1, len]);
    }
    let two_pieces = [&b"x".repeat(2 * MAX_RECORD - 1), &b"\n"[..], ADD].concat();
    assert_eq!(
        lengths(&two_pieces),
        [MAX_RECORD, MAX_RECORD - 1, ADD.len() - 1]
    );
    assert!(records(&two_pieces).last().unwrap().event.is_ok());
}

/// A line that is too long is one line, whatever its pieces look like, and is
/// not waited for where a record may go on.
#[test]
fn no_event_is_in_a_line_that_is_too_long() {
    let raw = b"=;e;IPv4;a;_x._tcp;local;h;::1;80;\"raw\x01\"\n";
    let long = [&*b"x".repeat(MAX_RECORD), ADD, ADD].concat();
    let capture = [&raw[..], &long].concat();
    let read = |it: Record<'_>| (it.event.is_ok(), it.line, it.offset);
    let (from, add) = (raw.len() as u64, ADD.len() as u64);
    let expected = [
        (true, 1, 0),
        (false, 2, from),
        (false, 2, from + MAX_RECORD as u64),
        (true, 3, from + MAX_RECORD as u64 + add),
    ];
    assert_eq!(records(&capture).map(read).collect::<Vec<_>>(), expected);
    let mut reader = Reader::new(&*capture);
    for expected in expected {
        assert_eq!(read(reader.next_record().unwrap().unwrap()), expected);
    }
}
