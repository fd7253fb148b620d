//! Streams of events and messages: few names at few places, so that they meet.

use std::net::IpAddr;

use arbitrary::Arbitrary;
use avahi_events::{Directory, Event, Message, Update};

/// How a service may be printed, and which one it is.
const NAMES: [(&str, u8); 6] = [
    ("a", 0),
    ("A", 0),
    (r"\097", 0),
    ("b", 1),
    (r"B\195\188ro\032\059", 2),
    (r"c\.d", 3),
];
const TYPES: [(&str, u8); 4] = [
    ("_http._tcp", 0),
    ("Web Site", 0),
    ("_HTTP._tcp", 0),
    ("_ipp._tcp", 1),
];
const DOMAINS: [(&str, u8); 3] = [("local", 0), ("LOCAL", 0), ("example.org", 1)];
pub const INTERFACES: [&str; 5] = ["eth0", "wlan0", "lo", "(null)", "n/a"];
const PROTOCOLS: [&str; 3] = ["IPv4", "IPv6", "n/a"];
const ENDPOINTS: [(&str, &str, u16, &str); 7] = [
    ("h.local", "192.0.2.1", 80, ""),
    ("H.local", "192.0.2.1", 80, ""),
    ("i.local", "192.0.2.1", 80, ""),
    ("h.local", "192.0.2.1", 81, ""),
    ("h.local", "192.0.2.2", 80, ""),
    ("h.local", "fe80::1", 80, "\"a=1\""),
    ("h.local", "fe80::1", 80, "\"a=2\""),
];
const MESSAGES: [&str; 7] = [
    "Disconnected, reconnecting ...",
    "Disconnected, reconnecting ...",
    "Got SIGTERM, quitting.",
    "Got SIGINT, quitting.",
    "Failed to resolve service 'a' of type '_http._tcp' in domain 'local': Timeout reached",
    "Failed to resolve service 'b' of type '_ipp._tcp' in domain 'local': Timeout reached",
    "Failed to resolve service 'c.d' of type '_http._tcp' in domain 'example.org': Not found",
];

/// `(null)` and `n/a`, by their positions.
pub const GONE: usize = 3;
pub const UNSPECIFIED: usize = 4;

#[derive(Debug, Clone, Copy, Arbitrary)]
pub enum Op {
    Add(At),
    Resolve(At, u8),
    Remove(At),
    Message(u8),
    Domain,
}

/// Host, address, port and TXT, as they are compared.
pub type Endpoint = (String, IpAddr, u16, Vec<u8>);

/// A service at a place.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub struct At {
    service: u8,
    place: u8,
}

/// Which time a stream is fed, to have names of its own each time.
#[derive(Debug, Clone, Copy)]
pub struct Round(pub usize);

impl Round {
    pub const FIRST: Self = Self(0);
}

fn pick<T: Copy>(rest: &mut usize, of: &[T]) -> T {
    let picked = of[*rest % of.len()];
    *rest /= of.len();
    picked
}

impl At {
    fn parts(self) -> [(&'static str, u8); 3] {
        let mut rest = usize::from(self.service);
        let (name, service_type) = (pick(&mut rest, &NAMES), pick(&mut rest, &TYPES));
        [name, service_type, pick(&mut rest, &DOMAINS)]
    }

    /// The numbers of its name, type and domain.
    pub fn service(self) -> [u8; 3] {
        self.parts().map(|(_, number)| number)
    }

    /// Its place, by the positions of interface and protocol.
    pub fn place(self) -> [usize; 2] {
        let place = usize::from(self.place);
        let interface = place % INTERFACES.len();
        [interface, place / INTERFACES.len() % PROTOCOLS.len()]
    }

    fn line(self, sign: char, round: Round) -> String {
        let [(name, _), (service_type, _), (domain, _)] = self.parts();
        let [interface, protocol] = self.place();
        let (interface, protocol) = (INTERFACES[interface], PROTOCOLS[protocol]);
        match round.0 {
            0 => format!("{sign};{interface};{protocol};{name};{service_type};{domain}"),
            number if matches!(interface, "(null)" | "n/a") => {
                format!("{sign};{interface};{protocol};{name}{number};{service_type};{domain}")
            }
            number => {
                format!(
                    "{sign};{interface}{number};{protocol};{name}{number};{service_type};{domain}"
                )
            }
        }
    }
}

impl Op {
    pub const DISCONNECTED: Self = Self::Message(0);

    /// The message that it is, if it is one.
    pub fn message(self) -> Option<Message<'static>> {
        match self {
            Self::Message(number) => {
                let text = MESSAGES[usize::from(number) % MESSAGES.len()];
                Some(Message::parse(text.as_bytes()).unwrap())
            }
            _ => None,
        }
    }

    pub fn feed(self, directory: &mut Directory, round: Round) -> Update<'_> {
        if let Some(message) = self.message() {
            return directory.feed_message(&message);
        }
        let line = match self {
            Self::Add(at) => at.line('+', round),
            Self::Resolve(at, endpoint) => {
                let (host, address, port, txt) = pick(&mut endpoint.into(), &ENDPOINTS);
                format!("{};{host};{address};{port};{txt}", at.line('=', round))
            }
            Self::Remove(at) => at.line('-', round),
            _ => "+;n/a;n/a;dns-sd.org".into(),
        };
        feed(directory, &line)
    }

    /// Where the service is to be reached, if it says so.
    pub fn endpoint(self) -> Option<Endpoint> {
        match self {
            Self::Resolve(_, endpoint) => {
                let (host, address, port, txt) = pick(&mut endpoint.into(), &ENDPOINTS);
                let address = address.parse().unwrap();
                Some((host.to_lowercase(), address, port, txt.into()))
            }
            _ => None,
        }
    }
}

pub fn feed<'d>(directory: &'d mut Directory, line: &str) -> Update<'d> {
    directory.feed(&Event::try_from(line).unwrap())
}
