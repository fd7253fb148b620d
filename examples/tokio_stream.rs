//! Services as they come, in tokio, beside other work.
//!
//!     cargo run --example tokio_stream --features tokio

use std::{io, time::Duration};

use avahi_events::browse::{Browse, Output};
use futures_util::StreamExt as _;
use tokio::time::interval;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let mut outputs = Browse::all_types().resolve(true).stream()?;
    let mut ticks = interval(Duration::from_secs(60));
    let mut count = 0;
    loop {
        // Whichever comes first; nothing is lost of the other.
        tokio::select! {
            output = outputs.next() => match output {
                Some(Ok(Output::Event(event))) => {
                    count += 1;
                    let event = event.event();
                    if let Some(service) = event.service() {
                        println!("{} {} ({})", event.kind(), service.name, service.service_type);
                    }
                }
                Some(Ok(Output::Message(message))) => eprintln!("{message}"),
                Some(Ok(_)) => {}
                Some(Err(error)) => eprintln!("{error}"),
                None => break, // avahi-browse has ended
            },
            _ = ticks.tick() => eprintln!("{count} events so far"),
        }
    }
    Ok(())
}
