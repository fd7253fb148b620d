//! Reading: what it is told of stamps, and inputs that hesitate.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use avahi_events::{
    Event, EventBuf, OwnedReadError, ReadError, Reader, StampFormat, Stamps, events,
};

const LINE: &[u8] = b"+;eth0;IPv4;a;_ipp._tcp;local\n";

#[test]
fn stamps_are_read_as_told() {
    let stamped = [b"1795345126.438603 ", LINE].concat();
    for (stamps, is_read) in [
        (Stamps::Find, true),
        (Stamps::None, false),
        (Stamps::Only(StampFormat::Epoch), true),
        (Stamps::Only(StampFormat::Month), false),
    ] {
        let of_slice = events(&stamped).with_stamps(stamps).next().unwrap();
        assert_eq!(of_slice.is_ok(), is_read, "{stamps:?}");
        let mut reader = Reader::new(&stamped[..]).with_stamps(stamps);
        assert_eq!(reader.next_event().unwrap().is_ok(), is_read, "{stamps:?}");
        // Whatever was said, a line may have none.
        assert!(events(LINE).with_stamps(stamps).all(|it| it.is_ok()));
    }
}

/// What no longer borrows from the reader says of a line what it did.
#[test]
fn owned_errors_know_their_lines() {
    let lines = [
        "Got SIGTERM, quitting.",
        "1795345126 Disconnected, reconnecting ...",
        "",
        "1795345127 +;eth0;IPv4;a;_x._tcp",
        "what is this?",
    ];
    let capture = lines.join("\n") + "\n";
    let lent = events(capture.as_bytes()).filter_map(Result::err);
    let kept: Vec<_> = Reader::new(capture.as_bytes())
        .into_events()
        .filter_map(Result::err)
        .collect();
    assert_eq!(kept.len(), lines.len());
    for (lent, kept) in lent.zip(&kept) {
        assert_eq!(kept.line_error(), Some(lent));
        assert_eq!(kept.to_string(), lent.to_string());
    }
    let is_unread = |it: &OwnedReadError| it.line_error().unwrap().is_unread();
    let unread: Vec<_> = kept.iter().map(is_unread).collect();
    assert_eq!(unread, [false, false, false, true, true]);
    assert_eq!(
        OwnedReadError::from(io::Error::other("gone")).line_error(),
        None
    );
    assert!(matches!(
        ReadError::from(events(b"\n").next().unwrap().unwrap_err()),
        ReadError::Line(error) if error.line() == 1
    ));
}

/// Gives out its pieces one at a time, and is interrupted before each.
struct Hesitating {
    pieces: Vec<&'static [u8]>,
    interrupted: bool,
}

impl Read for Hesitating {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.interrupted = !self.interrupted;
        if self.interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        match self.pieces.pop() {
            Some(piece) => (&mut &piece[..]).read(buffer),
            None => Ok(0),
        }
    }
}

#[test]
fn an_interrupted_input_is_read_on() {
    let input = Hesitating {
        pieces: vec![b"a;_ipp._tcp;local\n=;eth0\n", b"+;eth0;IPv4;"],
        interrupted: false,
    };
    let mut reader = Reader::new(BufReader::new(input));
    assert!(reader.needs_input());
    let event = reader.next_event().unwrap().unwrap();
    assert_eq!(event.to_bytes(), LINE.trim_ascii_end());
    assert!(!reader.needs_input());
    let mut rest = reader.into_events();
    assert!(matches!(
        rest.next(),
        Some(Err(OwnedReadError::Line {
            line: 2,
            offset: 30,
            ..
        }))
    ));
    assert!(rest.next().is_none());
}

#[test]
fn the_input_comes_back() {
    let mut reader = Reader::new(Cursor::new(LINE));
    let event: EventBuf = reader.next_event().unwrap().unwrap().into();
    assert_eq!(event.event(), Event::parse(LINE).unwrap());
    let mut input = reader.into_inner();
    assert!(input.fill_buf().unwrap().is_empty());
}

/// An input that has more after it said that it had ended.
struct Grows(Vec<&'static [u8]>);

impl Read for Grows {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.0.is_empty() {
            true => Ok(0),
            false => self.0.remove(0).read(buf),
        }
    }
}

#[test]
fn the_end_is_the_end() {
    let input = BufReader::new(Grows(vec![LINE, b"", LINE]));
    let mut events = Reader::new(input).into_events();
    assert!(events.next().unwrap().is_ok());
    assert!(events.next().is_none());
    assert!(events.next().is_none());
}

#[test]
fn a_reader_knows_where_it_is() {
    let capture = [LINE, b"what is this?\n", LINE].concat();
    let mut reader = Reader::new(Cursor::new(&capture));
    let mut places = Vec::new();
    loop {
        let place = (reader.line(), reader.offset());
        match reader.next_record().unwrap() {
            Some(record) => assert_eq!((record.line, record.offset), place),
            None => break,
        }
        places.push(place);
    }
    assert_eq!(places, [(1, 0), (2, 30), (3, 44)]);
    assert_eq!((reader.line(), reader.offset()), (4, 74));
    assert_eq!(reader.lines(), 3);
    assert_eq!(reader.get_ref().position(), 74);
    assert_eq!(reader.get_mut().get_mut().len(), 74);
}
