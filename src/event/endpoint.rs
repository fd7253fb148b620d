//! Where a resolved service is.

use core::{
    fmt::{self, Write as _},
    hash::{Hash, Hasher},
    net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6},
};

use crate::{label::Name, txt::Txt};

/// Where a resolved service is.
///
/// ```
/// use avahi_events::{Endpoint, Event, Name, Txt};
///
/// let line = br#"=;eth0;IPv4;a;_http._tcp;local;a.local;192.0.2.7;80;"path=/x""#;
/// let event = Event::parse(line)?;
/// let endpoint = event.endpoint().unwrap();
/// assert!(endpoint.host == "a.local" && endpoint.port == 80);
/// assert!(endpoint.txt.get("path").unwrap().value().unwrap() == "/x");
///
/// let address = "192.0.2.7".parse().unwrap();
/// let made = Endpoint::new(Name::new(b"a.local"), address, 80, Txt::new(br#""path=/x""#));
/// assert_eq!(*endpoint, made);
/// # Ok::<(), avahi_events::ParseError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Endpoint<'a> {
    /// The name of its host.
    pub host: Name<'a>,
    /// An address of its host, of either family whatever the protocol.
    /// A link-local IPv6 one has its scope in the interface; see
    /// [`socket_addr`](Self::socket_addr).
    pub address: IpAddr,
    /// Its port. 0 is normal: the service has none.
    pub port: u16,
    /// What it says of itself.
    pub txt: Txt<'a>,
    /// The address as printed, if it was: Rust writes some differently
    /// (`::1.2.3.4`).
    pub(crate) address_text: &'a [u8],
    /// With how many digits the port was printed; 0 if it was not.
    pub(crate) port_digits: u8,
}

impl<'a> Endpoint<'a> {
    /// An endpoint at that address.
    #[must_use]
    pub const fn new(host: Name<'a>, address: IpAddr, port: u16, txt: Txt<'a>) -> Self {
        Self {
            host,
            address,
            port,
            txt,
            address_text: b"",
            port_digits: 0,
        }
    }

    /// Whether the address is good only on the link it was seen on, and so
    /// needs a scope to be reached if it is an IPv6 one (`fe80::/10`,
    /// `169.254.0.0/16`).
    ///
    /// ```
    /// use avahi_events::{Endpoint, Name, Txt};
    ///
    /// let at = |address: &str| {
    ///     Endpoint::new(Name::new(b"a.local"), address.parse().unwrap(), 80, Txt::new(b""))
    /// };
    /// assert!(at("fe80::1").is_link_local() && at("169.254.3.4").is_link_local());
    /// assert!(!at("192.0.2.7").is_link_local());
    /// ```
    #[must_use]
    pub fn is_link_local(&self) -> bool {
        match self.address {
            IpAddr::V4(address) => address.is_link_local(),
            IpAddr::V6(address) => is_link_local_v6(address),
        }
    }

    /// The address and port to connect to, with the scope of a link-local IPv6
    /// address.
    ///
    /// `scope` gives the index of the interface that the service was seen on
    /// (`if_nametoindex`, `/sys/class/net/eth0/ifindex`); it is asked only
    /// where it is needed.
    ///
    /// ```
    /// use avahi_events::Event;
    ///
    /// let event = Event::parse(b"=;eth0;IPv6;a;_http._tcp;local;a.local;fe80::1;80;").unwrap();
    /// let socket = event.endpoint().unwrap().socket_addr(|| 2);
    /// assert_eq!(socket, "[fe80::1%2]:80".parse().unwrap());
    /// ```
    pub fn socket_addr(&self, scope: impl FnOnce() -> u32) -> SocketAddr {
        match self.address {
            IpAddr::V6(address) if is_link_local_v6(address) => {
                SocketAddrV6::new(address, self.port, 0, scope()).into()
            }
            address => SocketAddr::new(address, self.port),
        }
    }

    /// How many digits the port has as a line shows it.
    pub(super) fn port_width(&self) -> usize {
        let least = self.port.checked_ilog10().unwrap_or_default() as usize + 1;
        least.max(self.port_digits.into())
    }

    /// The address as printed, which may differ from how Rust writes it
    /// (`::1.2.3.4` is `::102:304`); `None` if the endpoint was not read from
    /// text.
    ///
    /// ```
    /// use avahi_events::Event;
    ///
    /// let event = Event::parse(b"=;eth0;IPv6;a;_http._tcp;local;a.local;::1.2.3.4;80;")?;
    /// let endpoint = event.endpoint().unwrap();
    /// assert_eq!(endpoint.address_text(), Some(&b"::1.2.3.4"[..]));
    /// assert_eq!(endpoint.address.to_string(), "::102:304");
    /// # Ok::<(), avahi_events::ParseError>(())
    /// ```
    #[must_use]
    pub fn address_text(&self) -> Option<&'a [u8]> {
        (!self.address_text.is_empty()).then_some(self.address_text)
    }
}

fn is_link_local_v6(address: Ipv6Addr) -> bool {
    address.segments()[0] & 0xffc0 == 0xfe80
}

/// Equal if they say the same and print the same, whether they were read or
/// [made](Endpoint::new).
impl PartialEq for Endpoint<'_> {
    fn eq(&self, other: &Self) -> bool {
        let values = |it: &Self| (it.host, it.address, it.port, it.txt);
        values(self) == values(other)
            && is_same_address(self.address_text, other.address_text, self.address)
            && self.port_width() == other.port_width()
    }
}

impl Eq for Endpoint<'_> {}

impl Hash for Endpoint<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.host, self.address, self.port, self.txt).hash(state);
    }
}

impl fmt::Debug for Endpoint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Endpoint");
        fields
            .field("host", &self.host)
            .field("address", &self.address);
        if !is_same_address(self.address_text, b"", self.address) {
            let text = self.address_text.escape_ascii();
            fields.field("address_text", &format_args!("\"{text}\""));
        }
        fields
            .field("port", &self.port)
            .field("txt", &self.txt)
            .finish()
    }
}

/// Whether two texts of the address are the same. One that was not read is
/// empty, and stands for the text that Rust writes.
fn is_same_address(a: &[u8], b: &[u8], address: IpAddr) -> bool {
    match (a, b) {
        _ if a == b => true,
        (text, b"") | (b"", text) => {
            let mut rest = Rest(text);
            write!(rest, "{address}").is_ok() && rest.0.is_empty()
        }
        _ => false,
    }
}

/// What is left of a text when that was taken off which is written to it. What
/// is not there is an error.
struct Rest<'a>(&'a [u8]);

impl fmt::Write for Rest<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(text.as_bytes()).ok_or(fmt::Error)?;
        Ok(())
    }
}
