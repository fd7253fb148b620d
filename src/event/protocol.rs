//! The protocols of multicast DNS.

use core::{fmt, str::FromStr};

/// The protocol that a service was seen over. Multicast DNS has these two (RFC
/// 6762), so there will be no more; what else stands in the column is `None`.
///
/// ```
/// use avahi_events::{Event, Protocol};
///
/// // Seen over IPv6, where the address is an IPv4 one.
/// let line = b"=;eth0;IPv6;printer;_ipp._tcp;local;p.local;192.0.2.7;631;";
/// let event = Event::parse(line)?;
/// assert_eq!(event.protocol(), Some(Protocol::IPv6));
/// assert_eq!(Protocol::IPv6.as_str(), "IPv6");
/// assert_eq!("IPv6".parse(), Ok(Protocol::IPv6));
/// assert!(event.endpoint().unwrap().address.is_ipv4());
/// # Ok::<(), avahi_events::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Protocol {
    /// Multicast DNS over IPv4.
    IPv4,
    /// Multicast DNS over IPv6.
    IPv6,
}

impl Protocol {
    /// As Avahi prints it: `IPv4` or `IPv6`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IPv4 => "IPv4",
            Self::IPv6 => "IPv6",
        }
    }

    pub(crate) const fn from_bytes(text: &[u8]) -> Option<Self> {
        match text {
            b"IPv4" => Some(Self::IPv4),
            b"IPv6" => Some(Self::IPv6),
            _ => None,
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text names no [`Protocol`].
///
/// ```
/// use avahi_events::{Protocol, ProtocolError};
///
/// assert_eq!("n/a".parse::<Protocol>(), Err(ProtocolError));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such protocol: it is IPv4 or IPv6")]
pub struct ProtocolError;

/// Reads the names of [`Protocol::as_str`].
impl FromStr for Protocol {
    type Err = ProtocolError;

    fn from_str(text: &str) -> Result<Self, ProtocolError> {
        Self::from_bytes(text.as_bytes()).ok_or(ProtocolError)
    }
}
