//! Whole inputs: the records make up the input, and are the same however it is
//! cut.
#![no_main]

use std::io::{BufRead, Read};

use arbitrary::Arbitrary;
use avahi_events::{EventBuf, MAX_RECORD, ParseError, Reader, Record, RecordDecoder, records};
use libfuzzer_sys::fuzz_target;
use tokio_util::{bytes::BytesMut, codec::Decoder as _};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    cuts: [u8; 4],
    capture: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let capture = input.capture;
    let mut at = 0;
    let mut whole = Vec::new();
    for record in records(capture) {
        assert_eq!(record.offset, at as u64);
        assert_eq!(record.bytes, &capture[at..at + record.bytes.len()]);
        at += record.bytes.len();
        if record.bytes.len() < MAX_RECORD {
            let ends = [&b"\r\n"[..], b"\n", b"\r", b""];
            at += ends
                .iter()
                .find(|end| capture[at..].starts_with(end))
                .unwrap()
                .len();
        }
        if let Some(stamp) = record.stamp {
            assert!(record.bytes.starts_with(stamp.as_bytes()));
        }
        match record.event {
            // An event from columns prints as with `-p`.
            Ok(event) if matches!(record.bytes, [_, b';', ..]) => {
                assert_eq!(event.to_bytes(), record.bytes);
            }
            Ok(event) => assert!(!event.to_bytes().is_empty()),
            Err(error) => assert!(error.offset() <= record.bytes.len()),
        }
        whole.push(kept(&record));
    }
    assert_eq!(at, capture.len());

    let mut cut = Cut {
        rest: capture,
        cuts: input.cuts,
        turn: 0,
    };
    let mut decoder = RecordDecoder::new();
    let (mut buffer, mut read) = (BytesMut::new(), 0);
    loop {
        let piece = cut.fill_buf().unwrap();
        let (len, ended) = (piece.len(), piece.is_empty());
        buffer.extend_from_slice(piece);
        cut.consume(len);
        while let Some(record) = match ended {
            false => decoder.decode(&mut buffer).unwrap(),
            true => decoder.decode_eof(&mut buffer).unwrap(),
        } {
            assert_eq!(kept(&record.record()), whole[read]);
            read += 1;
        }
        if ended {
            break;
        }
    }
    assert_eq!((read, buffer.len()), (whole.len(), 0));

    let mut reader = Reader::new(Cut {
        rest: capture,
        cuts: input.cuts,
        turn: 0,
    });
    let mut read = 0;
    while let Some(record) = reader.next_record().unwrap() {
        assert_eq!(kept(&record), whole[read]);
        read += 1;
    }
    assert_eq!(read, whole.len());
});

type Kept = (
    Result<EventBuf, ParseError>,
    Option<String>,
    Vec<u8>,
    Vec<u8>,
    u64,
    u64,
);

fn kept(record: &Record<'_>) -> Kept {
    (
        record.event.map(EventBuf::from),
        record.message().map(|it| format!("{it:?}")),
        record.stamp.map_or(Vec::new(), |it| it.as_bytes().to_vec()),
        record.bytes.to_vec(),
        record.line,
        record.offset,
    )
}

/// Gives its bytes in pieces of these lengths, and of 1 where one is 0.
struct Cut<'a> {
    rest: &'a [u8],
    cuts: [u8; 4],
    turn: usize,
}

impl Read for Cut<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = self.fill_buf()?.len().min(buffer.len());
        buffer[..len].copy_from_slice(&self.rest[..len]);
        self.consume(len);
        Ok(len)
    }
}

impl BufRead for Cut<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        let len = usize::from(self.cuts[self.turn % 4].max(1)).min(self.rest.len());
        Ok(&self.rest[..len])
    }

    fn consume(&mut self, len: usize) {
        self.turn += 1;
        self.rest = &self.rest[len..];
    }
}
