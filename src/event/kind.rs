//! The kinds of events.

use core::{fmt, str::FromStr};

/// The kinds of [`Event`](crate::Event).
///
/// ```
/// use avahi_events::{Event, Kind};
///
/// let kind = Event::parse(b"-;(null);IPv4;printer;_ipp._tcp;local")?.kind();
/// assert_eq!(kind, Kind::Remove);
/// assert_eq!((kind.sign(), kind.as_str()), ('-', "remove"));
/// assert_eq!("remove".parse(), Ok(Kind::Remove));
/// # Ok::<(), avahi_events::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Kind {
    /// `+`: a service was seen.
    Add,
    /// `=`: a service was resolved.
    Resolve,
    /// `-`: a service is gone.
    Remove,
    /// `+` with `-D`: a browse domain was seen.
    AddDomain,
    /// `-` with `-D`: a browse domain is gone.
    RemoveDomain,
}

impl Kind {
    /// All kinds.
    const ALL: [Self; 5] = [
        Self::Add,
        Self::Resolve,
        Self::Remove,
        Self::AddDomain,
        Self::RemoveDomain,
    ];

    /// The byte that begins such a line: `+`, `=` or `-`.
    #[must_use]
    pub const fn sign(self) -> char {
        match self {
            Self::Add | Self::AddDomain => '+',
            Self::Resolve => '=',
            Self::Remove | Self::RemoveDomain => '-',
        }
    }

    /// The name in JSON: `add`, `resolve`, `remove`, `add_domain`,
    /// `remove_domain`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Resolve => "resolve",
            Self::Remove => "remove",
            Self::AddDomain => "add_domain",
            Self::RemoveDomain => "remove_domain",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text names no [`Kind`].
///
/// ```
/// use avahi_events::{Kind, KindError};
///
/// assert_eq!("seen".parse::<Kind>(), Err(KindError));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such kind: it is add, resolve, remove, add_domain or remove_domain")]
pub struct KindError;

/// Reads the names of [`Kind::as_str`].
impl FromStr for Kind {
    type Err = KindError;

    fn from_str(text: &str) -> Result<Self, KindError> {
        let mut kinds = Self::ALL.into_iter();
        kinds.find(|kind| kind.as_str() == text).ok_or(KindError)
    }
}
