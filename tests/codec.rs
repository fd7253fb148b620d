//! Records through tokio: the same as from a slice, however they come in.
#![cfg(feature = "tokio")]

mod common;

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use avahi_events::{MAX_RECORD, RecordBuf, RecordDecoder, StampFormat, Stamps, records};
use common::any::capture;
use futures_util::StreamExt as _;
use proptest::{collection::vec, prelude::*};
use tokio::{
    io::{AsyncRead, AsyncWriteExt as _, ReadBuf},
    runtime,
};
use tokio_util::codec::FramedRead;

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(future)
}

/// Gives its bytes in pieces of these lengths, one every other time it is
/// asked.
struct Cut<'a> {
    rest: &'a [u8],
    cuts: std::iter::Cycle<std::slice::Iter<'a, usize>>,
    asked: bool,
}

impl<'a> Cut<'a> {
    fn new(bytes: &'a [u8], cuts: &'a [usize]) -> Self {
        Self {
            rest: bytes,
            cuts: cuts.iter().cycle(),
            asked: false,
        }
    }
}

impl AsyncRead for Cut<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.asked = !self.asked;
        if self.asked {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let len = self.cuts.next().copied().unwrap_or(1);
        let len = len.min(self.rest.len()).min(buffer.remaining());
        let (piece, rest) = self.rest.split_at(len);
        buffer.put_slice(piece);
        self.rest = rest;
        Poll::Ready(Ok(()))
    }
}

async fn read(input: impl AsyncRead + Unpin) -> Vec<RecordBuf> {
    let records = FramedRead::new(input, RecordDecoder::new());
    records.map(Result::unwrap).collect().await
}

fn from_slice(capture: &[u8]) -> Vec<RecordBuf> {
    records(capture).map(RecordBuf::from).collect()
}

proptest! {
    #[test]
    fn every_way_of_cutting_gives_the_same(capture in capture(), cuts in vec(1_usize..90, 1..20)) {
        let read = block_on(read(Cut::new(&capture, &cuts)));
        prop_assert_eq!(read, from_slice(&capture));
    }
}

#[test]
fn real_captures_read_the_same() {
    for name in common::capture_names() {
        let capture = common::capture(&name);
        let whole = from_slice(&capture);
        for cuts in [&[1][..], &[17, 4096, 3], &[1 << 20]] {
            let read = block_on(read(Cut::new(&capture, cuts)));
            assert!(read == whole, "{name}, cut at {cuts:?}");
        }
    }
}

#[test]
fn an_endless_line_takes_no_more_than_a_few_records_of_memory() {
    let event = b"+;eth0;IPv4;a;_http._tcp;local\n";
    let capture = [&vec![b'x'; 20 * MAX_RECORD + 5][..], b"\n", event].concat();
    let mut stream = FramedRead::new(&capture[..], RecordDecoder::new());
    let mut read = Vec::new();
    block_on(async {
        while let Some(record) = stream.next().await {
            read.push(record.unwrap());
            assert!(stream.read_buffer().capacity() <= 4 * MAX_RECORD);
        }
    });
    assert!(read == from_slice(&capture));
    assert_eq!(read.len(), 22);
    assert!(read[21].record().event.is_ok());
}

#[test]
fn the_next_record_is_given_out_at_once_and_may_be_waited_for_in_vain() {
    block_on(async {
        let (mut writer, reader) = tokio::io::duplex(1024);
        let mut stream = FramedRead::new(reader, RecordDecoder::new());
        writer
            .write_all(b"+;eth0;IPv4;a;_http._tcp;local\n+;eth0;IP")
            .await
            .unwrap();
        let first = stream.next().await.unwrap().unwrap();
        assert!(first.record().event.unwrap().service().unwrap().name == "a");

        // Whoever waits for half a record and turns to something else loses
        // nothing of it.
        for _ in 0..3 {
            tokio::select! {
                biased;
                record = stream.next() => panic!("{record:?}"),
                () = std::future::ready(()) => {}
            }
        }
        writer.write_all(b"v4;b;_http._tcp;local").await.unwrap();
        drop(writer);
        let second = stream.next().await.unwrap().unwrap();
        assert!(second.record().event.unwrap().service().unwrap().name == "b");
        assert_eq!((second.record().line, second.record().offset), (2, 31));
        assert!(stream.next().await.is_none());
    });
}

#[test]
fn an_input_that_fails_is_the_only_error() {
    struct Failing;
    impl AsyncRead for Failing {
        fn poll_read(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
        }
    }
    use tokio::io::AsyncReadExt as _;
    block_on(async {
        let input = b"\xff\n+;eth0\n+;eth0;IPv4;a;_http._tcp;local\n-;e".chain(Failing);
        let mut stream = FramedRead::new(input, RecordDecoder::new());
        let mut seen = Vec::new();
        while let Some(record) = stream.next().await {
            seen.push(
                record
                    .map(|it| it.into_event().is_ok())
                    .map_err(|it| it.kind()),
            );
        }
        let reset = io::ErrorKind::ConnectionReset;
        assert_eq!(seen, [Ok(false), Ok(false), Ok(true), Err(reset)]);
    });
}

#[test]
fn stamps_can_be_said() {
    let capture = b"1795345126.438603 +;eth0;IPv4;a;_http._tcp;local\n";
    for (stamps, readable) in [
        (Stamps::Find, true),
        (Stamps::Only(StampFormat::Epoch), true),
        (Stamps::Only(StampFormat::Iso), false),
        (Stamps::None, false),
    ] {
        let decoder = RecordDecoder::new().with_stamps(stamps);
        let mut stream = FramedRead::new(&capture[..], decoder);
        let record = block_on(stream.next()).unwrap().unwrap();
        assert_eq!(record.record().event.is_ok(), readable, "{stamps:?}");
        assert_eq!(record.record().stamp.is_some(), readable, "{stamps:?}");
    }
}
