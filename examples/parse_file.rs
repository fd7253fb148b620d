//! Reads a capture, or standard input, and prints what happened.
//!
//!     avahi-browse -arp | cargo run --example parse_file
//!     cargo run --example parse_file -- mdns.log

use std::{
    env,
    fs::File,
    io::{self, BufRead, BufReader},
    process::ExitCode,
};

use avahi_events::{Event, ReadError, Reader};

fn main() -> io::Result<ExitCode> {
    let input: Box<dyn BufRead> = match env::args_os().nth(1) {
        Some(file) => Box::new(BufReader::new(File::open(file)?)),
        None => Box::new(io::stdin().lock()),
    };
    let mut reader = Reader::new(input);
    let mut unread = 0;
    while let Some(event) = reader.next_event() {
        // Names come from strangers. `Display` of them is safe for a terminal.
        match event {
            Ok(Event::Add(service)) => println!("{} on {}", service.name, service.interface),
            Ok(Event::Remove(service)) => println!("{} is gone", service.name),
            Ok(Event::Resolve(service, endpoint)) => {
                let (address, port) = (endpoint.address, endpoint.port);
                println!("{} is at {address}, port {port}", service.name);
            }
            Ok(other) => println!("{}: {}", other.kind(), other.domain()),
            // Messages and empty lines are no events, and nothing is lost.
            Err(ReadError::Line(line)) if !line.is_unread() => {}
            Err(ReadError::Line(line)) => {
                eprintln!("{line}");
                unread += 1;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(match unread {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}
