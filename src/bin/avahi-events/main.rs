//! The program `avahi-events`.

use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    // `parse` is all there is so far.
    for file in std::env::args().skip(2) {
        let capture = std::fs::read(&file)?;
        for record in avahi_events::records(&capture) {
            match record.event {
                Ok(event) => {
                    serde_json::to_writer(&mut out, &event)?;
                    out.write_all(b"\n")?;
                }
                Err(error) => eprintln!("{file}:{}:{}: {error}", record.line, error.offset() + 1),
            }
        }
    }
    Ok(())
}
