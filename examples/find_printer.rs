//! Where the printers are, and what they say of themselves: for each the URI to
//! print to.
//!
//!     cargo run --example find_printer

use std::{collections::BTreeMap, io};

use avahi_events::{
    Event, Txt,
    browse::{Browse, Output},
};

/// The text of an attribute of TXT; empty if there is none.
fn text(txt: &Txt<'_>, key: &str) -> String {
    let value = txt.get(key).and_then(|string| string.value());
    value.map(|it| it.to_string()).unwrap_or_default()
}

fn main() -> io::Result<()> {
    // A printer is seen once for each interface and protocol.
    let mut printers = BTreeMap::new();
    let browse = Browse::service_type("_ipp._tcp")
        .resolve(true)
        .terminate(true);
    for output in browse.start()? {
        match output {
            Ok(Output::Event(event)) => {
                if let Event::Resolve(service, endpoint) = event.event() {
                    // Bonjour Printing: the queue is in `rp`.
                    let (host, queue) = (endpoint.host, text(&endpoint.txt, "rp"));
                    let uri = format!("ipp://{host}:{}/{queue}", endpoint.port);
                    let note = text(&endpoint.txt, "note");
                    let colour = text(&endpoint.txt, "Color") == "T";
                    printers.insert(service.name.to_string(), (uri, note, colour));
                }
            }
            Ok(Output::Message(message)) => eprintln!("{message}"),
            Ok(_) => {}
            Err(error) => eprintln!("{error}"),
        }
    }
    for (name, (uri, note, colour)) in printers {
        println!("{name}");
        println!("    {uri}");
        println!("    {}", if colour { "colour" } else { "black and white" });
        if !note.is_empty() {
            println!("    {note}");
        }
    }
    Ok(())
}
