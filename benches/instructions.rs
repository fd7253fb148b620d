//! Counts the instructions of the main paths with valgrind's callgrind, and
//! compares them with those kept in `instructions.txt`: unlike times, they do
//! not depend on what else the machine does.
//!
//! `cargo bench --features serde --bench instructions` fails if a path takes
//! over 3 % more instructions than the file says; with `-- --save` at the end
//! it writes the file anew.

#[allow(dead_code)] // each bench uses a part
mod common;

use std::{collections::BTreeMap, error::Error, hint::black_box, path::Path, process::Command};

use common::{contenders, corpus};

/// What a path may take more than before, in percent. The count itself is the
/// same in every run; it moves a little with unrelated code.
const TOLERANCE: f64 = 3.0;

/// Bytes of the capture, little enough for valgrind, which takes some fifty
/// times as long.
const LEN: usize = 512 << 10;

/// A path through the crate, and the capture it is timed with.
type Measured = (
    &'static str,
    fn(&[u8]) -> contenders::Tally,
    fn() -> Vec<u8>,
);

const MEASURED: &[Measured] = &[
    ("events", contenders::full_events, mixed),
    ("events-of-real-captures", contenders::full_events, real),
    ("events-decoded", contenders::decoded_events, mixed),
    ("reader", contenders::reader, mixed),
    #[cfg(feature = "serde")]
    ("json", contenders::json, mixed),
];

fn mixed() -> Vec<u8> {
    corpus::mixed_of(LEN)
}

fn real() -> Vec<u8> {
    corpus::real_of(LEN)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut save = false;
    while let Some(argument) = arguments.next() {
        match &*argument {
            "--run" => return run(&arguments.next().unwrap_or_default()),
            "--save" => save = true,
            _ => {} // `--bench`, from cargo
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.txt");
    let mut counts = String::new();
    let kept = match save {
        true => String::new(),
        false => std::fs::read_to_string(&file)?,
    };
    let kept = read_counts(&kept)?;
    let mut slower = Vec::new();
    for (name, ..) in MEASURED {
        let count = count(name)?;
        counts += &format!("{name} {count}\n");
        match kept.get(*name) {
            Some(&kept) => {
                let change = (count as f64 / kept as f64 - 1.0) * 100.0;
                println!("{name}: {count}, {change:+.2} %");
                if change > TOLERANCE {
                    slower.push(*name);
                }
            }
            None => {
                println!("{name}: {count}");
                if !save {
                    slower.push(*name);
                }
            }
        }
    }
    if save {
        std::fs::write(file, counts)?;
    }
    match slower.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "more than {TOLERANCE} % slower, or not known yet: {}; if it has to be, \
             `cargo bench --features serde --bench instructions -- --save` keeps the new counts",
            slower.join(", ")
        )
        .into()),
    }
}

fn read_counts(text: &str) -> Result<BTreeMap<&str, u64>, Box<dyn Error>> {
    let line = |line| {
        let (name, count) = str::split_once(line, ' ').ok_or("a line without a count")?;
        Ok((name, count.parse()?))
    };
    text.lines().map(line).collect()
}

/// Runs one path in this process, for valgrind to watch.
fn run(name: &str) -> Result<(), Box<dyn Error>> {
    let found = MEASURED.iter().find(|(known, ..)| *known == name);
    let (_, path, capture) = found.ok_or("no such path")?;
    let capture = capture();
    black_box(measured_path(*path, &capture));
    Ok(())
}

/// Only what happens in here is counted.
#[inline(never)]
fn measured_path(path: fn(&[u8]) -> contenders::Tally, capture: &[u8]) -> contenders::Tally {
    black_box(path(black_box(capture)))
}

/// The instructions that one path takes.
fn count(name: &str) -> Result<u64, Box<dyn Error>> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg("--toggle-collect=*measured_path*")
        .arg(std::env::current_exe()?)
        .args(["--run", name])
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    match collected {
        Some((_, count)) if output.status.success() => Ok(count.trim().parse()?),
        _ => Err(format!("valgrind failed: {said}").into()),
    }
}
