//! What a report is to be about.

use std::string::String;

use jiff::Timestamp;

use crate::{
    label::Label,
    service_type::{ServiceType, ServiceTypes},
};

/// What a report is to be about, and what it is to warn of.
///
/// ```
/// use avahi_events::report::Options;
///
/// let mut options = Options::default();
/// options.since = Some("2026-11-22T00:00:00Z".parse()?);
/// options.name = Some("hp laserjet 400".to_owned());
/// assert_eq!((options.until, options.flapping), (None, None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// Only what happens from this time on. What came before is read too, to
    /// know who was there. Where the session has no stamps, all of it came
    /// before.
    pub since: Option<Timestamp>,
    /// Only what happens until this time.
    pub until: Option<Timestamp>,
    /// Only services of this type: the DNS type, or a display name as printed.
    pub service_type: Option<String>,
    /// Only services of this name, decoded. ASCII capitals do not matter.
    pub name: Option<String>,
    /// The display names of service types that are known; `None` for the
    /// English ones.
    pub types: Option<ServiceTypes>,
    /// A service may be lost so many times within an hour without a warning;
    /// `None` for 5.
    pub flapping: Option<usize>,
}

impl Options {
    /// Whether a report is to be about this service.
    pub(super) fn want(&self, name: &Label<'_>, service_type: ServiceType<'_>) -> bool {
        let is_type = |wanted: &String| {
            let is = |printed: &[u8]| printed.eq_ignore_ascii_case(wanted.as_bytes());
            is(service_type.as_bytes()) || is(self.type_text(service_type))
        };
        let is_name = |wanted: &String| {
            let wanted = wanted.bytes().map(|byte| byte.to_ascii_lowercase());
            name.bytes()
                .map(|byte| byte.to_ascii_lowercase())
                .eq(wanted)
        };
        self.service_type.as_ref().is_none_or(is_type) && self.name.as_ref().is_none_or(is_name)
    }

    /// The DNS type if it is known, or else the type as printed.
    pub(super) fn type_text<'a>(&'a self, service_type: ServiceType<'a>) -> &'a [u8] {
        let dns_type = match &self.types {
            Some(types) => types.dns_type(service_type),
            None => service_type.dns_type(),
        };
        dns_type.map_or(service_type.as_bytes(), str::as_bytes)
    }

    pub(super) fn wants_all(&self) -> bool {
        self.service_type.is_none() && self.name.is_none()
    }
}
