//! Writes a long session as `avahi-browse -arp | ts %.s` would keep it: so many
//! events of so many services, which come, are resolved and go, on two
//! interfaces, with a restart now and then.
//!
//!     cargo run --release --example generate_session -- 10000000 2000 >session.log
//!
//! With a host as the third argument it is a session of that host, stamped as
//! `journalctl -o short-unix` would; then some services are of two hosts. The
//! same arguments give the same session.

use std::{
    fmt,
    io::{self, BufWriter, Write},
};

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut number = || arguments.next()?.parse::<u64>().ok();
    let (Some(events), Some(services)) = (number(), number()) else {
        let usage = "usage: generate_session EVENTS SERVICES [HOST]";
        return Err(io::Error::other(usage));
    };
    let stamp_host = arguments.next();
    let mut session = Session {
        out: BufWriter::with_capacity(1 << 20, io::stdout().lock()),
        left: events,
        microseconds: 1_795_345_126_000_000,
        random: 0x9e37_79b9_7f4a_7c15,
        stamp: String::new(),
    };
    if let Some(host) = stamp_host {
        // Half an hour before midnight: a short session has two days, too.
        session.microseconds = 1_795_390_200_000_000;
        session.stamp = format!("{host} avahi-browse[812]: ");
        for byte in host.bytes() {
            session.random ^= u64::from(byte);
            session.random(1);
        }
    }
    session.write(services.max(1))?;
    session.out.flush()
}

struct Session<W> {
    out: W,
    /// How many events are still to be written.
    left: u64,
    microseconds: u64,
    random: u64,
    /// What a stamp has beside the time.
    stamp: String,
}

const TYPES: [(&str, u16); 4] = [
    ("_ipp._tcp", 631),
    ("_http._tcp", 80),
    ("_ssh._tcp", 22),
    ("_googlecast._tcp", 8009),
];
const PLACES: [(&str, &str); 4] = [
    ("eth0", "IPv6"),
    ("eth0", "IPv4"),
    ("wlan0", "IPv6"),
    ("wlan0", "IPv4"),
];
const TXT: &str = r#""txtvers=1" "note=2nd floor; near \"the kitchen\"" "UUID=434e4438-4637-3934""#;

impl<W: Write> Session<W> {
    fn write(&mut self, services: u64) -> io::Result<()> {
        let mut here = vec![false; services as usize];
        while self.left > 0 {
            if self.random(100_000) == 0 {
                self.line(format_args!("Disconnected, reconnecting ..."))?;
                for service in (0..services).filter(|&service| here[service as usize]) {
                    self.come(service)?;
                }
            }
            let service = self.random(services);
            let is_here = &mut here[service as usize];
            *is_here = !*is_here;
            match *is_here {
                true => self.come(service)?,
                false => self.go(service)?,
            }
            self.microseconds += self.random(2_000_000);
        }
        Ok(())
    }

    fn come(&mut self, service: u64) -> io::Result<()> {
        let name = Name(service);
        for (interface, protocol) in PLACES {
            self.event(format_args!("+;{interface};{protocol};{name}"))?;
        }
        let (host, port) = (service % 250, TYPES[(service % 4) as usize].1);
        for (interface, protocol) in PLACES {
            let address = match protocol {
                "IPv4" => format!("192.0.2.{host}"),
                _ => format!("2001:db8::{host:x}"),
            };
            let other = match interface {
                "wlan0" if !self.stamp.is_empty() && service % 100 == 7 => "other-",
                _ => "",
            };
            self.event(format_args!(
                "=;{interface};{protocol};{name};{other}host{host}.local;{address};{port};{TXT}"
            ))?;
        }
        Ok(())
    }

    fn go(&mut self, service: u64) -> io::Result<()> {
        for (interface, protocol) in PLACES {
            self.event(format_args!("-;{interface};{protocol};{}", Name(service)))?;
        }
        Ok(())
    }

    fn event(&mut self, event: fmt::Arguments<'_>) -> io::Result<()> {
        if self.left == 0 {
            return Ok(());
        }
        self.left -= 1;
        self.line(event)
    }

    fn line(&mut self, line: fmt::Arguments<'_>) -> io::Result<()> {
        self.microseconds += 100;
        let (seconds, fraction) = (self.microseconds / 1_000_000, self.microseconds % 1_000_000);
        writeln!(self.out, "{seconds}.{fraction:06} {}{line}", self.stamp)
    }

    /// A number below `end` (xorshift).
    fn random(&mut self, end: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % end
    }
}

/// A service's name, type and domain.
struct Name(u64);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(number) = self;
        let (service_type, _) = TYPES[(number % 4) as usize];
        let room = number % 40;
        write!(
            f,
            r"Device\032{number}\032\040room\032{room}\041;{service_type};local"
        )
    }
}
