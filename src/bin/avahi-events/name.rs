//! The name that a service is to have.

use std::{convert::Infallible, str::FromStr};

use avahi_events::{EscapeLabel, Label};

/// A name to look for. As for DNS, ASCII capitals and small letters are the same
/// (RFC 6762 section 16).
#[derive(Debug, Clone)]
pub struct WantedName {
    /// As it was given: decoded.
    pub text: String,
    /// As Avahi prints it.
    printed: String,
}

impl FromStr for WantedName {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self {
            text: text.to_owned(),
            printed: EscapeLabel(text.as_bytes()).to_string(),
        })
    }
}

impl WantedName {
    /// Whether a service that is called so is meant.
    pub fn is(&self, name: &Label<'_>) -> bool {
        Label::new(self.printed.as_bytes()).eq_ignore_ascii_case(name)
    }
}
