//! What `avahi-browse` says beside its events.

mod shape;

use crate::{
    label::{Label, Name},
    service_type::ServiceType,
    stamp::StampFormat,
};

/// A line that `avahi-browse` prints beside its events, mostly to standard
/// error, or that a shell or `journalctl` adds: no event, and no damage either.
///
/// The English messages are known by their words (`avahi-browse.c` and
/// `sigint.c`, 0.6.22 to 0.9-rc5), those of other languages by their shape:
/// three quoted texts of which the second is a service type, a version that
/// begins with `avahi`, and so on. Not known so are Hungarian and Turkish failed
/// resolves, whose arguments have no quotes around them; and where a name has
/// line feeds in it, only the English message is put together again.
///
/// ```
/// use avahi_events::Message;
///
/// let line = b"Failed to resolve service 'Lars' printer' of type '_ipp._tcp' \
///              in domain 'local': Timeout reached";
/// let Some(Message::FailedResolve { name, service_type, domain, reason }) = Message::parse(line)
/// else {
///     panic!("no failed resolve");
/// };
/// assert!(name == "Lars' printer");
/// assert!(service_type == "_ipp._tcp" && domain == "local");
/// assert_eq!(reason, b"Timeout reached");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Message<'a> {
    /// A service was seen and could not be resolved: nothing answered within
    /// five seconds, or the daemon refused.
    FailedResolve {
        /// The service's name. It is printed raw, so it may hold quotes and
        /// line feeds, and the message may have several lines.
        name: Label<'a>,
        /// The service's type, always the DNS one.
        service_type: ServiceType<'a>,
        /// The domain it is in.
        domain: Name<'a>,
        /// Why, in the user's language.
        reason: &'a [u8],
    },
    /// `Failed to create client object`: there was no daemon or no D-Bus to
    /// begin with, and `avahi-browse` has ended.
    NoClient {
        /// Why, in the user's language.
        reason: &'a [u8],
    },
    /// `Client failure, exiting`: the daemon went away, and `avahi-browse` has
    /// ended. With `-f` there is [`Disconnected`](Self::Disconnected) instead.
    ClientFailure {
        /// Why, in the user's language.
        reason: &'a [u8],
    },
    /// A browser could not be made or failed later on, and `avahi-browse` has
    /// ended.
    BrowserFailure {
        /// Which one.
        browser: Browser,
        /// Why, in the user's language.
        reason: &'a [u8],
    },
    /// `Failed to query version string` or `host name`, with `-v`.
    FailedQuery {
        /// Why, in the user's language.
        reason: &'a [u8],
    },
    /// `Disconnected, reconnecting ...`: the daemon went away. All services
    /// are forgotten; those that are still there are announced again.
    Disconnected,
    /// `Waiting for daemon ...`, with `-v`.
    Waiting,
    /// `Server version: avahi 0.8; Host name: node1.local`, with `-v`: a
    /// daemon was found.
    Server {
        /// The daemon's version: `avahi 0.8`.
        version: &'a [u8],
        /// The name of the host it runs on.
        host: Name<'a>,
    },
    /// The titles of the columns, with `-v`.
    Header,
    /// `Got SIGTERM, quitting.`
    Signal {
        /// `SIGTERM` or `SIGINT`.
        name: &'a [u8],
    },
    /// `: All for now`, with `-v`: what was there is shown, the rest comes as
    /// it comes.
    AllForNow,
    /// `: Cache exhausted`, with `-v`: all is shown that the daemon knew
    /// already.
    CacheExhausted,
    /// [`AllForNow`](Self::AllForNow) or
    /// [`CacheExhausted`](Self::CacheExhausted) in another language, which are
    /// alike.
    Progress {
        /// What it says after its colon.
        text: &'a [u8],
    },
    /// What `journalctl` says of the log as such: `-- Boot 5d8c9a… --`,
    /// `-- No entries --`.
    Journal {
        /// What stands between the dashes.
        text: &'a [u8],
    },
    /// What a shell's `set -x` shows of a command: `+ avahi-browse -arp`.
    Trace {
        /// The command, without the `+` before it.
        command: &'a [u8],
    },
}

/// Which of its browsers `avahi-browse` speaks of.
///
/// ```
/// use avahi_events::{Browser, Message};
///
/// assert_eq!(
///     Message::parse(b"avahi_service_browser_new() failed: Invalid service type"),
///     Some(Message::BrowserFailure {
///         browser: Browser::Service,
///         reason: b"Invalid service type",
///     })
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Browser {
    /// For services of one type.
    Service,
    /// For types of services, with `-a`.
    ServiceType,
    /// For browse domains, with `-D`.
    Domain,
}

const FAILED_RESOLVE: &[u8] = b"Failed to resolve service '";
/// What follows the name.
pub(crate) const AFTER_NAME: &[u8] = b"' of type '";
/// A name has no more bytes than a DNS label (RFC 6763 section 4.1.1).
pub(crate) const MAX_NAME: usize = 63;

impl<'a> Message<'a> {
    /// The message that a line is, if it is one. Without its line end, and
    /// without a stamp before it.
    ///
    /// A message of several lines has to be joined, as
    /// [`events`](crate::events) and `Reader` do it.
    ///
    /// ```
    /// use avahi_events::Message;
    ///
    /// assert_eq!(
    ///     Message::parse(b"Disconnected, reconnecting ..."),
    ///     Some(Message::Disconnected)
    /// );
    /// assert_eq!(
    ///     Message::parse("Nicht verbunden, neu verbinden …".as_bytes()),
    ///     Some(Message::Disconnected)
    /// );
    /// assert_eq!(Message::parse(b"+;eth0;IPv4;printer;_ipp._tcp;local"), None);
    /// ```
    #[must_use]
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        Self::certain(line).or_else(|| shape::message(line))
    }

    /// The message that a line is by its words, so that it cannot well be the
    /// rest of somebody's TXT.
    pub(crate) fn certain(line: &'a [u8]) -> Option<Self> {
        if let Some(reason) = line.strip_prefix(b"Failed to create client object: ") {
            return Some(Self::NoClient { reason });
        }
        if let Some(reason) = line.strip_prefix(b"Client failure, exiting: ") {
            return Some(Self::ClientFailure { reason });
        }
        match line {
            b"Disconnected, reconnecting ..." => return Some(Self::Disconnected),
            b"Waiting for daemon ..." => return Some(Self::Waiting),
            b": All for now" => return Some(Self::AllForNow),
            b": Cache exhausted" => return Some(Self::CacheExhausted),
            [
                b'E',
                b' ',
                b'I',
                b'f',
                b'c',
                b'e',
                b' ',
                b'P',
                b'r',
                b'o',
                b't',
                b' ',
                ..,
            ] => {
                return Some(Self::Header);
            }
            _ => {}
        }
        failed_resolve(line)
            .or_else(|| browser_failure(line))
            .or_else(|| failed_query(line))
            .or_else(|| server(line))
            .or_else(|| signal(line))
            .or_else(|| journal(line))
            .or_else(|| trace(line).filter(|_| names_the_program(line)))
    }

    /// Whether the line is the beginning of a message that goes on after a line
    /// feed in a service's name.
    pub(crate) fn begins_in(line: &[u8]) -> bool {
        line.strip_prefix(FAILED_RESOLVE)
            .is_some_and(|name| name.len() <= MAX_NAME && failed_resolve(line).is_none())
    }

    /// The same message, said to have stamps of that format in it, one after
    /// each line feed.
    pub(crate) fn with_stamps(self, format: StampFormat) -> Self {
        match self {
            Self::FailedResolve {
                name,
                service_type,
                domain,
                reason,
            } => Self::FailedResolve {
                name: name.with_stamps(format),
                service_type,
                domain,
                reason,
            },
            message => message,
        }
    }
}

/// The name is raw, and the service's publisher may have put anything into it,
/// also what follows it here; but what follows it holds no quotes. So it is
/// taken apart from its end.
fn failed_resolve(line: &[u8]) -> Option<Message<'_>> {
    let text = line.strip_prefix(FAILED_RESOLVE)?;
    let (name, text) = rsplit_once(text, AFTER_NAME)?;
    let (service_type, text) = split_once(text, b"' in domain '")?;
    let (domain, reason) = split_once(text, b"': ")?;
    Some(Message::FailedResolve {
        name: Label::raw(name),
        service_type: ServiceType::new(service_type),
        domain: Name::new(domain),
        reason,
    })
}

/// `service_browser failed: …` and `avahi_service_browser_new() failed: …`.
fn browser_failure(line: &[u8]) -> Option<Message<'_>> {
    let (subject, reason) = split_once(line, b" failed: ")?;
    let subject = match subject.strip_prefix(b"avahi_") {
        Some(subject) => subject.strip_suffix(b"_new()")?,
        None => subject,
    };
    let browser = match subject {
        b"service_browser" => Browser::Service,
        b"service_type_browser" => Browser::ServiceType,
        b"domain_browser" => Browser::Domain,
        _ => return None,
    };
    Some(Message::BrowserFailure { browser, reason })
}

fn failed_query(line: &[u8]) -> Option<Message<'_>> {
    let text = line.strip_prefix(b"Failed to query ")?;
    let reason = text
        .strip_prefix(b"version string: ")
        .or_else(|| text.strip_prefix(b"host name: "))?;
    Some(Message::FailedQuery { reason })
}

fn server(line: &[u8]) -> Option<Message<'_>> {
    let text = line.strip_prefix(b"Server version: ")?;
    let (version, host) = split_once(text, b"; Host name: ")?;
    Some(Message::Server {
        version,
        host: Name::new(host),
    })
}

fn signal(line: &[u8]) -> Option<Message<'_>> {
    let name = line.strip_prefix(b"Got ")?.strip_suffix(b", quitting.")?;
    name.starts_with(b"SIG").then_some(Message::Signal { name })
}

/// `journalctl` of all versions, which also says where the log begins and ends.
fn journal(line: &[u8]) -> Option<Message<'_>> {
    let text = line.strip_prefix(b"-- ")?.strip_suffix(b" --")?;
    let beginnings: [&[u8]; 5] = [
        b"Boot ",
        b"Reboot",
        b"No entries",
        b"Journal begins ",
        b"Logs begin ",
    ];
    let is_known = beginnings.iter().any(|it| text.starts_with(it));
    is_known.then_some(Message::Journal { text })
}

/// A shell shows a command behind as many `+` as the shells it is nested in.
fn trace(line: &[u8]) -> Option<Message<'_>> {
    let depth = line.iter().take_while(|&&byte| byte == b'+').count();
    match line[depth..] {
        [b' ', ref command @ ..] if depth > 0 && command.first()?.is_ascii_graphic() => {
            Some(Message::Trace { command })
        }
        _ => None,
    }
}

/// Whether a word of the line is `avahi-browse`, or begins so
/// (`avahi-browse-domains`), perhaps behind a path.
fn names_the_program(line: &[u8]) -> bool {
    line.split(|&byte| matches!(byte, b' ' | b'/' | b'\''))
        .any(|word| word.starts_with(b"avahi-browse"))
}

/// What stands before and after the first `separator`.
fn split_once<'a>(text: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = memchr::memmem::find(text, separator)?;
    Some((&text[..at], &text[at + separator.len()..]))
}

/// What stands before and after the last `separator`.
fn rsplit_once<'a>(text: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = memchr::memmem::rfind(text, separator)?;
    Some((&text[..at], &text[at + separator.len()..]))
}
