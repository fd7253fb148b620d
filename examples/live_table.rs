//! A table of the services that are here, printed again whenever that changes.
//!
//!     cargo run --example live_table

use std::io;

use avahi_events::{
    Change, Directory,
    browse::{Browse, Output},
};

fn main() -> io::Result<()> {
    let mut directory = Directory::new();
    let browse = Browse::all_types()
        .resolve(true)
        .no_db_lookup(true)
        .no_fail(true);
    for output in browse.start()? {
        let update = match &output {
            Ok(Output::Event(event)) => directory.feed(&event.event()),
            Ok(Output::Message(message)) => match message.message() {
                // After a restart of the daemon, all comes again.
                Some(message) => directory.feed_message(&message),
                None => continue,
            },
            Ok(_) => continue,
            Err(error) => {
                eprintln!("{error}");
                continue;
            }
        };
        // That a service is found once more, over IPv6 perhaps, is no news.
        if matches!(
            update.change,
            Change::Nothing | Change::Found | Change::Left
        ) {
            continue;
        }
        println!("-- {} services", directory.len());
        for service in directory.services() {
            let place = match service.endpoint() {
                Some(endpoint) => format!("{} port {}", endpoint.address, endpoint.port),
                None => "not resolved".to_owned(),
            };
            println!(
                "{:30} {:24} {place}",
                service.name().to_string(),
                service.service_type()
            );
        }
    }
    Ok(())
}
