//! What a stamped capture shows: how long each service was there, how often it
//! came, and what is odd.
//!
//!     avahi-browse -arp | ts %.s >>mdns.log
//!     cargo run --example session_report --features report -- mdns.log

use std::{env, fs::File, io, io::BufReader};

use avahi_events::{
    Reader,
    report::{Merge, Options, Session, Source},
};

fn main() -> io::Result<()> {
    let mut sources = Vec::new();
    for file in env::args_os().skip(1) {
        sources.push(Source::new(Reader::new(BufReader::new(File::open(file)?))));
    }
    let mut session = Session::new(Options::default());
    let mut merge = Merge::new(sources);
    while let Some(next) = merge.next_record() {
        session.take(&next?);
    }
    let report = session.finish(merge.lines());
    for service in &report.services {
        // The name is decoded: for a terminal, what could act on it is escaped.
        let name = service.name.escape_debug();
        let times = service.added;
        print!("{name} ({}): seen {times} times", service.service_type);
        match service.up {
            Some(up) => println!(", there for {} s", up.as_secs()),
            None => println!(),
        }
    }
    for warning in &report.warnings {
        println!("line {}: {}", warning.line, warning.text);
    }
    Ok(())
}
