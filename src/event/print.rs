//! An event back to the line it was read from.

use core::fmt::{self, Write as _};

use super::{Endpoint, Event};
use crate::{
    escape::Escapes,
    label::{EscapeLabel, Label},
};

/// Takes the pieces of a line, in order.
pub(super) trait Sink {
    type Error;

    /// Bytes of the line as they were printed.
    fn bytes(&mut self, bytes: &[u8]) -> Result<(), Self::Error>;

    /// ASCII that stands for a value that was not read from text.
    fn value(&mut self, value: fmt::Arguments<'_>) -> Result<(), Self::Error>;

    /// The `;` between two fields.
    fn separator(&mut self) -> Result<(), Self::Error> {
        self.bytes(b";")
    }
}

/// The name as a line with `-p` has it: a name from the columns is escaped for
/// the first time.
fn put_label<S: Sink>(label: &Label<'_>, sink: &mut S) -> Result<(), S::Error> {
    match label.escapes() {
        Escapes::None => sink.value(format_args!("{}", EscapeLabel(label.as_bytes()))),
        _ => sink.bytes(label.as_bytes()),
    }
}

fn put_endpoint<S: Sink>(endpoint: &Endpoint<'_>, sink: &mut S) -> Result<(), S::Error> {
    sink.separator()?;
    sink.bytes(endpoint.host.as_bytes())?;
    sink.separator()?;
    match endpoint.address_text() {
        Some(text) => sink.bytes(text)?,
        None => sink.value(format_args!("{}", endpoint.address))?,
    }
    sink.separator()?;
    put_port(endpoint, sink)?;
    sink.separator()?;
    let mut pieces = endpoint.txt.pieces();
    pieces.try_for_each(|piece| sink.bytes(piece))
}

/// With as many digits as were printed.
fn put_port<S: Sink>(endpoint: &Endpoint<'_>, sink: &mut S) -> Result<(), S::Error> {
    let mut text = [b'0'; 5];
    let mut left = endpoint.port;
    for digit in text.iter_mut().rev() {
        *digit += (left % 10) as u8;
        left /= 10;
    }
    let first = text.len().saturating_sub(endpoint.port_width());
    sink.bytes(&text[first..])
}

/// The whole line, without its line feed.
pub(super) fn put<S: Sink>(event: &Event<'_>, sink: &mut S) -> Result<(), S::Error> {
    let protocol_text = match event {
        Event::Add(service) | Event::Resolve(service, _) | Event::Remove(service) => {
            service.protocol_text
        }
        Event::AddDomain(domain) | Event::RemoveDomain(domain) => domain.protocol_text,
    };
    sink.bytes(match event.kind().sign() {
        '+' => b"+",
        '-' => b"-",
        _ => b"=",
    })?;
    sink.separator()?;
    sink.bytes(event.interface().as_bytes())?;
    sink.separator()?;
    sink.bytes(protocol_text)?;
    sink.separator()?;
    if let Some(service) = event.service() {
        put_label(&service.name, sink)?;
        sink.separator()?;
        sink.bytes(service.service_type.as_bytes())?;
        sink.separator()?;
    }
    sink.bytes(event.domain().as_bytes())?;
    match event.endpoint() {
        Some(endpoint) => put_endpoint(endpoint, sink),
        None => Ok(()),
    }
}

/// Text: what is not UTF-8 becomes U+FFFD.
struct Text<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl Sink for Text<'_, '_> {
    type Error = fmt::Error;

    fn bytes(&mut self, bytes: &[u8]) -> fmt::Result {
        for chunk in bytes.utf8_chunks() {
            self.0.write_str(chunk.valid())?;
            if !chunk.invalid().is_empty() {
                self.0.write_char(char::REPLACEMENT_CHARACTER)?;
            }
        }
        Ok(())
    }

    fn value(&mut self, value: fmt::Arguments<'_>) -> fmt::Result {
        self.0.write_fmt(value)
    }
}

/// The line that the event was read from, without its line end: byte for byte
/// where it is UTF-8, with U+FFFD where it is not.
///
/// TXT may hold control characters in captures of Avahi before 0.8, so this is
/// not for a terminal. An event read from columns is shown as with `-p`.
impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        put(self, &mut Text(f))
    }
}

#[cfg(feature = "alloc")]
mod owned {
    use core::convert::Infallible;

    use alloc::{string::ToString, vec::Vec};

    use super::{Event, Sink, fmt, put};

    impl Sink for Vec<u8> {
        type Error = Infallible;

        fn bytes(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
            self.extend_from_slice(bytes);
            Ok(())
        }

        fn value(&mut self, value: fmt::Arguments<'_>) -> Result<(), Infallible> {
            self.extend_from_slice(value.to_string().as_bytes());
            Ok(())
        }
    }

    impl Event<'_> {
        /// The exact bytes of the line that the event was read from, without
        /// its line end.
        ///
        /// ```
        /// use avahi_events::Event;
        ///
        /// let line = b"=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.7;80;\"raw=\xff\"";
        /// assert_eq!(Event::parse(line).unwrap().to_bytes(), line);
        /// ```
        #[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
        #[must_use]
        pub fn to_bytes(&self) -> Vec<u8> {
            let mut line = Vec::new();
            let Ok(()) = put(self, &mut line);
            line
        }
    }
}

#[cfg(feature = "std")]
mod io {
    use std::io;

    use super::{Event, Sink, fmt, put};

    struct Bytes<'a, W>(&'a mut W);

    impl<W: io::Write> Sink for Bytes<'_, W> {
        type Error = io::Error;

        fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
            self.0.write_all(bytes)
        }

        fn value(&mut self, value: fmt::Arguments<'_>) -> io::Result<()> {
            self.0.write_fmt(value)
        }
    }

    impl Event<'_> {
        /// Writes the exact bytes of the line that the event was read from,
        /// without its line end.
        ///
        /// # Errors
        ///
        /// Those of the writer.
        ///
        /// ```
        /// use avahi_events::Event;
        ///
        /// let event = Event::parse(b"+;eth0;IPv4;printer;_ipp._tcp;local\r\n").unwrap();
        /// let mut line = Vec::new();
        /// event.write_to(&mut line)?;
        /// assert_eq!(line, b"+;eth0;IPv4;printer;_ipp._tcp;local");
        /// # Ok::<(), std::io::Error>(())
        /// ```
        #[cfg_attr(docsrs, doc(cfg(feature = "std")))]
        pub fn write_to<W: io::Write>(&self, writer: &mut W) -> io::Result<()> {
            put(self, &mut Bytes(writer))
        }
    }
}
