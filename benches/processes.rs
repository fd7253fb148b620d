//! How fast the program is over a capture of 180 MB, as whole processes: with
//! one thread, with two, and beside the `mawk` that people write instead; and
//! how long a report of a stamped one takes, beside reading it.
//!
//! The processes take turns, and of each the best counts. Processor time is
//! told beside the time on the wall, which on a busy machine says little.

#[allow(dead_code)] // each bench uses a part
#[path = "common/corpus.rs"]
mod corpus;

use std::{
    error::Error,
    fs::{self, File},
    io::Write as _,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

const LEN: usize = 180_000_000;
const ROUNDS: usize = 5;

/// What each process prints about one capture.
const PROGRAM: &str = env!("CARGO_BIN_EXE_avahi-events");
const MAWK: &str = r#"$1=="=" && $4=="master" {print $8}"#;
const FILTER: [&str; 6] = [
    "--kind",
    "resolve",
    "--name",
    "master",
    "--format",
    "{address}",
];

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::temp_dir().join(format!("avahi-events-{}", std::process::id()));
    fs::create_dir_all(&directory)?;
    let result = run(&directory);
    fs::remove_dir_all(&directory)?;
    result
}

fn run(directory: &std::path::Path) -> Result<(), Box<dyn Error>> {
    let capture = directory.join("capture.txt");
    let mut bytes = corpus::mixed_of(LEN);
    // Some of what is looked for, here and there.
    let found = b"=;eth0;IPv4;master;_http._tcp;local;master.local;172.16.10.56;80;\n";
    for _ in 0..1000 {
        bytes.extend_from_slice(found);
    }
    fs::write(&capture, &bytes)?;
    let session = directory.join("session.txt");
    let session_len = write_session(&session)?;
    let program = |arguments: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.arg("parse").args(arguments).arg(&capture);
        command
    };
    let on_session = |arguments: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).arg(&session);
        command
    };
    let mut mawk = Command::new("mawk");
    mawk.args(["-F;", MAWK]).arg(&capture);
    let mut processes = [
        ("JSON, one thread", program(&["--threads", "1"])),
        ("JSON, two threads", program(&["--threads", "2"])),
        (
            "filter, one thread",
            program(&[&FILTER[..], &["--threads", "1"]].concat()),
        ),
        (
            "filter, two threads",
            program(&[&FILTER[..], &["--threads", "2"]].concat()),
        ),
        ("`mawk`", mawk),
        (
            "JSON, stamped, one thread",
            on_session(&["parse", "--threads", "1"]),
        ),
        (
            "report, stamped",
            on_session(&["report", "--format", "json"]),
        ),
        // There are none of that kind.
        (
            "nothing, stamped, one thread",
            on_session(&["parse", "--threads", "1", "--kind", "add_domain"]),
        ),
    ]
    .map(|(name, command)| (name, command, Duration::MAX, Duration::MAX));
    // The answers first.
    let answer = |command: &mut Command| -> Result<Vec<u8>, Box<dyn Error>> {
        Ok(command.stdout(Stdio::piped()).output()?.stdout)
    };
    assert!(answer(&mut processes[0].1)? == answer(&mut processes[1].1)?);
    assert_eq!(answer(&mut processes[2].1)?, answer(&mut processes[4].1)?);
    assert_eq!(answer(&mut processes[3].1)?, answer(&mut processes[4].1)?);
    let lines = answer(&mut processes[5].1)?
        .split(|&it| it == b'\n')
        .count() as u64
        - 1;
    let report: serde_json::Value = serde_json::from_slice(&answer(&mut processes[6].1)?)?;
    let counts = report["events"]
        .as_object()
        .ok_or("a report without events")?;
    assert_eq!(
        counts.values().filter_map(|it| it.as_u64()).sum::<u64>(),
        lines
    );
    for _ in 0..ROUNDS {
        for (_, command, wall, processor) in &mut processes {
            let (start, before) = (Instant::now(), of_children()?);
            let status = command.stdout(File::create("/dev/null")?).status()?;
            assert!(status.success());
            *wall = start.elapsed().min(*wall);
            *processor = (of_children()? - before).min(*processor);
        }
    }
    let ratio = |one: usize, two: usize| {
        let wall = |at: usize| processes[at].2.as_secs_f64();
        println!(
            "{}: {:.2} times as fast with two threads",
            processes[one].0,
            wall(one) / wall(two)
        );
    };
    ratio(0, 1);
    ratio(2, 3);
    let report = processes[6].2.as_secs_f64() / processes[5].2.as_secs_f64();
    println!("the report takes {report:.2} times as long as the JSON");
    let report = processes[6].2.as_secs_f64() / processes[7].2.as_secs_f64();
    println!("the report takes {report:.2} times as long as to read and print nothing");
    println!("| | processor s | MB a processor s | wall s | MB/s |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    for (name, _, wall, processor) in processes {
        let len = match name.contains("stamped") {
            true => session_len,
            false => bytes.len(),
        };
        let rate = |time: Duration| len as f64 / time.as_secs_f64() / 1e6;
        println!(
            "| {name} | {:.2} | {:.0} | {:.2} | {:.0} |",
            processor.as_secs_f64(),
            rate(processor),
            wall.as_secs_f64(),
            rate(wall),
        );
    }
    Ok(())
}

/// Writes a session of a million events of what Avahi really printed, each a
/// hundredth of a second after the last, and returns its length.
fn write_session(path: &std::path::Path) -> Result<usize, Box<dyn Error>> {
    let mut session = Vec::new();
    let lines = corpus::real_of(LEN);
    for (at, line) in lines
        .split_inclusive(|&byte| byte == b'\n')
        .take(1_000_000)
        .enumerate()
    {
        let (second, hundredth) = (1_795_345_126 + at / 100, at % 100);
        write!(session, "{second}.{hundredth:02}0000 ")?;
        session.extend_from_slice(line);
    }
    fs::write(path, &session)?;
    Ok(session.len())
}

/// Processor time of all children that have ended, in ticks of 10 ms: the 16th
/// and 17th field of proc(5)'s `stat`, as the name in the second holds no
/// space.
fn of_children() -> Result<Duration, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<_> = stat.split(' ').collect();
    let ticks = fields[15].parse::<u64>()? + fields[16].parse::<u64>()?;
    Ok(Duration::from_millis(10 * ticks))
}
