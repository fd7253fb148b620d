//! What `avahi-browse` says beside its events.

/// A line that `avahi-browse` writes to standard error, or that a shell puts
/// before it: no event, and no damage either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message<'a> {
    /// A line that is known to be a message, as it stands.
    Other(&'a [u8]),
}

/// What the messages begin with, in the untranslated locale.
const BEGINNINGS: &[&[u8]] = &[
    b"Failed to ",
    b"Client failure, exiting: ",
    b"service_browser failed: ",
    b"service_type_browser failed: ",
    b"domain_browser failed: ",
    b"avahi_",
    b"Disconnected, reconnecting ...",
    b"Waiting for daemon ...",
    b"Server version: ",
    b"E Ifce Prot ",
    b"Got SIG",
    b": All for now",
    b": Cache exhausted",
    // What a shell's `set -x` shows of the command.
    b"+ avahi-browse",
];

impl<'a> Message<'a> {
    /// The message that the line is, if it is one.
    ///
    /// ```
    /// use avahi_events::Message;
    ///
    /// assert!(Message::parse(b"Disconnected, reconnecting ...").is_some());
    /// assert!(Message::parse(b"+;eth0;IPv4;printer;_ipp._tcp;local").is_none());
    /// ```
    #[must_use]
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        BEGINNINGS
            .iter()
            .any(|beginning| line.starts_with(beginning))
            .then_some(Self::Other(line))
    }
}
