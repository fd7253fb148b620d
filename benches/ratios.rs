//! How much faster this crate is than what a user would write instead, as
//! tables for `benches/README.md`: on the mixed capture, and on all of them.
//!
//! The contenders take turns, so that whatever else the machine does slows
//! them all alike, and of each the best turn counts.

#[allow(dead_code)] // each bench uses a part
mod common;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use common::{
    contenders::{self, Tally},
    corpus,
};

const ROUNDS: usize = 100;

/// Bytes of the capture: so few that a turn mostly fits between two of another
/// process, so many that nothing learns them by heart.
const LEN: usize = 1 << 20;

/// How much of a contender's work is checked.
#[derive(Clone, Copy, PartialEq)]
enum Gives {
    /// Typed events.
    Events,
    /// Every line.
    Lines,
    /// Something that cannot be compared.
    Pieces,
}

struct Contender {
    name: &'static str,
    read: fn(&[u8]) -> Tally,
    gives: Gives,
    best: Duration,
}

fn contender(name: &'static str, read: fn(&[u8]) -> Tally, gives: Gives) -> Contender {
    let best = Duration::MAX;
    Contender {
        name,
        read,
        gives,
        best,
    }
}

fn contenders() -> Vec<Contender> {
    vec![
        contender("`events()`", contenders::full_events, Gives::Events),
        contender(
            "`events()`, names and TXT decoded",
            contenders::decoded_events,
            Gives::Events,
        ),
        contender("`Reader`", contenders::reader, Gives::Events),
        #[cfg(feature = "serde")]
        contender("`events()` to JSON", contenders::json, Gives::Events),
        #[cfg(feature = "serde")]
        contender(
            "`events()` to JSON by `serde_json`",
            contenders::serde_json,
            Gives::Events,
        ),
        contender(
            "`simd-csv`, no quotes, fields alone",
            contenders::simd_csv,
            Gives::Lines,
        ),
        contender(
            "`simd-csv`, fields alone",
            contenders::simd_csv_quotes,
            Gives::Pieces,
        ),
        contender(
            "`memchr2`, separators alone",
            contenders::memchr2_limit,
            Gives::Lines,
        ),
        contender(
            "`memchr`, lines alone",
            contenders::memchr_lines,
            Gives::Lines,
        ),
        contender(
            "`slice::splitn`, `parse`",
            contenders::splitn_bytes,
            Gives::Events,
        ),
        contender(
            "`str::splitn`, `parse`",
            contenders::splitn_str,
            Gives::Events,
        ),
        contender("`csv`, `parse`", contenders::csv, Gives::Events),
        contender("`regex`, `parse`", contenders::regex, Gives::Events),
    ]
}

/// Lets all contenders read the capture in turns. Each has to find the same in
/// every turn.
fn compete(contenders: &mut [Contender], capture: &[u8], rounds: usize) {
    let found: Vec<_> = contenders.iter().map(|it| (it.read)(capture)).collect();
    for _ in 0..rounds {
        for (contender, found) in contenders.iter_mut().zip(&found) {
            let start = Instant::now();
            let tally = (contender.read)(black_box(capture));
            contender.best = contender.best.min(start.elapsed());
            assert_eq!(tally, *found, "{}", contender.name);
        }
    }
}

/// Whether all of them find in the mixed capture what is in it. In the others
/// there is what some misread.
fn check(contenders: &[Contender], mixed: &[u8]) -> u64 {
    let expected = contenders::splitn_str(mixed);
    for contender in contenders {
        let tally = (contender.read)(mixed);
        match contender.gives {
            Gives::Events => assert_eq!(tally, expected, "{}", contender.name),
            Gives::Lines => assert_eq!(tally.lines, expected.lines, "{}", contender.name),
            Gives::Pieces => assert!(tally.lines > 0, "{}", contender.name),
        }
    }
    expected.lines
}

fn main() {
    let rounds = std::env::var("ROUNDS").ok().and_then(|it| it.parse().ok());
    let rounds = rounds.unwrap_or(ROUNDS);
    let mixed = corpus::mixed_of(LEN);
    let mut contenders = contenders();
    let lines = check(&contenders, &mixed);
    compete(&mut contenders, &mixed, rounds);
    let ours = contenders[0].best.as_secs_f64();
    println!("| | MB/s | ns a line | `events()` is faster by |");
    println!("| --- | ---: | ---: | ---: |");
    for contender in &contenders {
        let best = contender.best.as_secs_f64();
        println!(
            "| {} | {:.0} | {:.1} | {:.2} |",
            contender.name,
            mixed.len() as f64 / best / 1e6,
            best * 1e9 / lines as f64,
            best / ours,
        );
    }
    all_captures(rounds / 10);
}

/// On each capture, how many times as long as `events()` each contender takes.
fn all_captures(rounds: usize) {
    let captures = [
        ("mixed", corpus::mixed_of(LEN)),
        ("real", corpus::real_of(LEN)),
        ("escaped_names", corpus::escaped_names()),
        ("long_txt", corpus::long_txt()),
        ("garbage", corpus::garbage()),
    ];
    let tables = captures.each_ref().map(|(_, capture)| {
        let mut contenders = contenders();
        compete(&mut contenders, capture, rounds.max(1));
        contenders
    });
    println!("\n| | {} |", captures.map(|(name, _)| name).join(" | "));
    println!("| --- |{}", " ---: |".repeat(tables.len()));
    for (at, contender) in contenders().iter().enumerate() {
        print!("| {} |", contender.name);
        for contenders in &tables {
            let ratio = contenders[at].best.as_secs_f64() / contenders[0].best.as_secs_f64();
            print!(" {ratio:.2} |");
        }
        println!();
    }
}
