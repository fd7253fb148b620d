//! How fast captures are read, in bytes and records a second: the ways of this
//! crate, and beside them what a user would write instead.
//!
//! For ratios, which need contenders that take turns, see `ratios.rs`.

#[allow(dead_code)] // each bench uses a part
mod common;

use std::hint::black_box;

use avahi_events::{Event, events};
use common::{
    contenders::{self, Tally},
    corpus,
};
use divan::{
    Bencher,
    counter::{BytesCount, ItemsCount},
};

fn main() {
    divan::main();
}

/// The captures; see the functions of those names.
const CAPTURES: &[&str] = &["mixed", "real", "escaped_names", "long_txt", "garbage"];

fn capture(name: &str) -> Vec<u8> {
    match name {
        "mixed" => corpus::mixed(),
        "real" => corpus::real(),
        "escaped_names" => corpus::escaped_names(),
        "long_txt" => corpus::long_txt(),
        _ => corpus::garbage(),
    }
}

/// Times one way to read a capture, and checks each time what it found.
fn bench(bencher: Bencher<'_, '_>, name: &str, read: fn(&[u8]) -> Tally) {
    let capture = capture(name);
    let expected = read(&capture);
    bencher
        .counter(BytesCount::of_slice(&capture))
        .counter(ItemsCount::new(expected.lines))
        .bench_local(|| assert_eq!(read(black_box(&capture)), expected));
}

#[divan::bench(args = CAPTURES)]
fn lines_memchr(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, name, contenders::memchr_lines);
}

#[divan::bench(args = CAPTURES)]
fn separators_memchr2(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, name, contenders::memchr2_limit);
}

#[divan::bench(args = CAPTURES)]
fn fields_simd_csv(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, name, contenders::simd_csv);
}

#[divan::bench(args = CAPTURES)]
fn events_full(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, name, contenders::full_events);
}

#[divan::bench(args = CAPTURES)]
fn events_decoded(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, name, contenders::decoded_events);
}

#[divan::bench(args = CAPTURES)]
fn reader(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, name, contenders::reader);
}

#[divan::bench(args = CAPTURES)]
fn typed_splitn_str(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, name, contenders::splitn_str);
}

#[divan::bench(args = CAPTURES)]
fn typed_splitn_bytes(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, name, contenders::splitn_bytes);
}

#[divan::bench(args = CAPTURES)]
fn typed_csv(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, name, contenders::csv);
}

#[divan::bench(args = CAPTURES)]
fn typed_regex(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, name, contenders::regex);
}

/// Decodes every name, one after the other.
#[divan::bench(args = ["mixed", "real", "escaped_names"])]
fn labels(bencher: Bencher<'_, '_>, name: &str) {
    let capture = capture(name);
    let labels: Vec<_> = events(&capture)
        .filter_map(|event| Some(event.ok()?.service()?.name))
        .collect();
    let decode = || -> usize { labels.iter().map(|it| black_box(it.decode()).len()).sum() };
    let expected = decode();
    let bytes: usize = labels.iter().map(|it| it.as_bytes().len()).sum();
    bencher
        .counter(BytesCount::new(bytes))
        .counter(ItemsCount::new(labels.len()))
        .bench_local(|| assert_eq!(decode(), expected));
}

/// Takes every TXT field apart, and decodes keys and values.
#[divan::bench(args = ["mixed", "real", "long_txt"])]
fn txt(bencher: Bencher<'_, '_>, name: &str) {
    let capture = capture(name);
    let fields: Vec<_> = events(&capture)
        .filter_map(|event| match event {
            Ok(Event::Resolve(_, endpoint)) => Some(endpoint.txt),
            _ => None,
        })
        .collect();
    let decode = || -> usize {
        let strings = fields.iter().flat_map(|txt| txt.strings());
        let len = |string: avahi_events::TxtString<'_>| {
            let value = string.value().map_or(0, |it| black_box(it.decode()).len());
            black_box(string.key().decode()).len() + value
        };
        strings.map(len).sum()
    };
    let expected = decode();
    let bytes: usize = fields.iter().map(|it| it.as_bytes().len()).sum();
    bencher
        .counter(BytesCount::new(bytes))
        .counter(ItemsCount::new(fields.len()))
        .bench_local(|| assert_eq!(decode(), expected));
}
