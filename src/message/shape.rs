//! Messages in other languages, known by their shape.
//!
//! Avahi's translations change the words and the quotation marks, not what
//! stands between them. What is asked of a line here is as much as all
//! translations of Avahi 0.8 have in common, so that the rest of a raw TXT
//! string is not taken for a message.

use super::{Browser, Message, rsplit_once, split_once, trace};
use crate::{
    label::{Label, Name},
    service_type::ServiceType,
};

/// No translation is longer, but for the reason.
const LONGEST: usize = 160;

pub(super) fn message(line: &[u8]) -> Option<Message<'_>> {
    failed_resolve(line)
        .or_else(|| server(line))
        .or_else(|| browser_failure(line))
        .or_else(|| progress(line))
        .or_else(|| waiting(line))
        .or_else(|| client(line))
        .or_else(|| header(line))
        .or_else(|| trace(line))
}

/// The quotation marks of the translations: what opens and what closes.
const QUOTES: [(&[u8], &[u8]); 8] = [
    (b"'", b"'"),
    (b"\"", b"\""),
    ("»".as_bytes(), "«".as_bytes()),
    ("«".as_bytes(), "»".as_bytes()),
    ("„".as_bytes(), "“".as_bytes()),
    ("„".as_bytes(), "”".as_bytes()),
    ("“".as_bytes(), "”".as_bytes()),
    ("「".as_bytes(), "」".as_bytes()),
];

/// Three quoted texts and a reason. The type is known by its form; the name
/// stands before it and the domain after it, but in Japanese.
fn failed_resolve(line: &[u8]) -> Option<Message<'_>> {
    let japanese = line.starts_with("ドメイン".as_bytes());
    QUOTES.iter().find_map(|&(open, close)| {
        let (before, service_type, after) = around_type(line, open, close, japanese)?;
        // The name may hold quotes itself, the domain cannot.
        let (_, text) = split_once(before, open)?;
        let (first, _) = rsplit_once(text, close)?;
        let (_, text) = split_once(after, open)?;
        let (second, after) = match japanese {
            true => rsplit_once(text, close)?,
            false => split_once(text, close)?,
        };
        let (_, reason) = reason(after)?;
        let (name, domain) = match japanese {
            true => (second, first),
            false => (first, second),
        };
        // The Chinese translation has the numbers of its arguments in the
        // wrong place, so that they are printed.
        let (name, service_type, domain) = match service_type.strip_suffix(b"$2") {
            Some(service_type) => (
                name.strip_suffix(b"$3")?,
                service_type,
                domain.strip_suffix(b"$1")?,
            ),
            None => (name, service_type, domain),
        };
        Some(Message::FailedResolve {
            name: Label::raw(trim_space(name)),
            service_type: ServiceType::new(service_type),
            domain: Name::new(trim_space(domain)),
            reason,
        })
    })
}

/// The quoted service type, and what stands before and after it. Of several it
/// is the one that cannot be in the name: the last, or the first where the
/// name comes after it.
fn around_type<'a>(
    line: &'a [u8],
    open: &[u8],
    close: &[u8],
    first: bool,
) -> Option<(&'a [u8], &'a [u8], &'a [u8])> {
    let quoted = |at: usize| {
        let text = &line[at + open.len()..];
        let (service_type, after) = split_once(text, close)?;
        let service_type = trim_space(service_type);
        let bare = service_type.strip_suffix(b"$2").unwrap_or(service_type);
        is_dns_type(bare).then_some((&line[..at], service_type, after))
    };
    match first {
        true => memchr::memmem::find_iter(line, open).find_map(quoted),
        false => memchr::memmem::rfind_iter(line, open).find_map(quoted),
    }
}

fn is_dns_type(text: &[u8]) -> bool {
    let protocol = text
        .strip_suffix(b"._tcp")
        .or_else(|| text.strip_suffix(b"._udp"));
    protocol.is_some_and(|name| {
        name.starts_with(b"_") && name.iter().all(|byte| byte.is_ascii_graphic())
    })
}

/// French puts a space between its quotation marks and the text, one that does
/// not break lines or a common one.
fn trim_space(text: &[u8]) -> &[u8] {
    let spaces: [&[u8]; 3] = ["\u{a0}".as_bytes(), "\u{202f}".as_bytes(), b" "];
    let both = |space: &&[u8]| text.strip_prefix(*space)?.strip_suffix(*space);
    spaces.iter().find_map(both).unwrap_or(text)
}

/// What stands before and after the first colon that a space follows, or a
/// wide colon.
fn reason(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let narrow = split_once(text, b": ");
    let wide = split_once(text, "：".as_bytes());
    match (narrow, wide) {
        (Some(narrow), Some(wide)) if wide.0.len() < narrow.0.len() => Some(wide),
        (narrow, wide) => narrow.or(wide),
    }
}

/// `…: avahi 0.8; …: node1.local`.
fn server(line: &[u8]) -> Option<Message<'_>> {
    let (_, text) = reason(line)?;
    if !text.starts_with(b"avahi ") || line.contains(&b'"') {
        return None;
    }
    let (version, host) = reason(text)?;
    let end = version[6..]
        .iter()
        .position(|&byte| matches!(byte, b';' | b',' | b' ') || !byte.is_ascii())?;
    let version = &version[..6 + end];
    let version = version.strip_suffix(b".").unwrap_or(version);
    (!host.is_empty() && !host.contains(&b' ')).then_some(Message::Server {
        version,
        host: Name::new(host),
    })
}

/// The names of the browsers, and those of the functions that make them, are
/// not translated.
fn browser_failure(line: &[u8]) -> Option<Message<'_>> {
    let (subject, reason) = reason(line)?;
    let names: [(&[u8], Browser); 3] = [
        (b"service_type_browser", Browser::ServiceType),
        (b"service_browser", Browser::Service),
        (b"domain_browser", Browser::Domain),
    ];
    let is_named = |(name, _): &&(&[u8], Browser)| memchr::memmem::find(subject, name).is_some();
    let &(_, browser) = names.iter().find(is_named)?;
    (subject.len() <= LONGEST).then_some(Message::BrowserFailure { browser, reason })
}

/// A short line that begins with a colon.
fn progress(line: &[u8]) -> Option<Message<'_>> {
    // French puts a space before a colon.
    let text = line.strip_prefix("\u{a0}".as_bytes()).unwrap_or(line);
    let text = text.strip_prefix(b" ").unwrap_or(text);
    let text = match text.strip_prefix(b": ") {
        Some(text) => text,
        None => text.strip_prefix("：".as_bytes())?,
    };
    is_plain(text).then_some(Message::Progress { text })
}

/// A short line that ends in three dots. `Disconnected, reconnecting ...` has
/// two parts, `Waiting for daemon ...` has one.
fn waiting(line: &[u8]) -> Option<Message<'_>> {
    let text = line
        .strip_suffix(b"...")
        .or_else(|| line.strip_suffix("…".as_bytes()))?;
    if !is_plain(text) || text.first()?.is_ascii_lowercase() || text.ends_with(b".") {
        return None;
    }
    let marks: [&[u8]; 4] = [b", ", b"; ", "，".as_bytes(), "。".as_bytes()];
    let parts = marks
        .iter()
        .any(|mark| memchr::memmem::find(text, mark).is_some());
    Some(match parts {
        true => Message::Disconnected,
        false => Message::Waiting,
    })
}

/// Words in UTF-8, and nothing that TXT strings are made of.
fn is_plain(text: &[u8]) -> bool {
    text.len() <= LONGEST
        && !text.is_empty()
        && !text
            .iter()
            .any(|byte| matches!(byte, b'"' | b'=' | b'_' | b'0'..=b'9' | 0..=31 | 127))
        && core::str::from_utf8(text).is_ok()
}

/// What a client is called, without its first letter and its ending.
const CLIENT: [&str; 13] = [
    "lient",
    "klien",
    "liën",
    "liens",
    "lijent",
    "siak",
    "stemci",
    "djemalc",
    "лиент",
    "лијент",
    "лієнт",
    "πελάτη",
    "クライアント",
];

/// Speaks of a client, and gives a reason after a colon: it could not be made,
/// or it fails and something else happens, after a comma or the like.
fn client(line: &[u8]) -> Option<Message<'_>> {
    let (subject, reason) = reason(line)?;
    let chinese = ["客户端", "客戶端", "用戶端"];
    let is_named = CLIENT
        .iter()
        .chain(&chinese)
        .any(|word| memchr::memmem::find(subject, word.as_bytes()).is_some());
    if !is_named || !is_plain(subject) || subject.first()?.is_ascii_lowercase() {
        return None;
    }
    let marks = [",", ";", "，", "。", " y se ", " i se ", " es "];
    let exits = marks
        .iter()
        .any(|mark| memchr::memmem::find(subject, mark.as_bytes()).is_some());
    Some(match exits {
        true => Message::ClientFailure { reason },
        false => Message::NoClient { reason },
    })
}

/// Titles with the space of columns between them, and a short one for the
/// first column or the abbreviated ones after it.
fn header(line: &[u8]) -> Option<Message<'_>> {
    let text = core::str::from_utf8(line).ok()?;
    let mut words = text.split_ascii_whitespace();
    let (first, second) = (words.next()?, words.next()?);
    let titles = text.split_ascii_whitespace().count();
    let english = text.contains("Ifce Prot");
    let padded = text.contains("        ") && first.chars().count() <= 3;
    let is_letters = |word: &str| word.chars().all(|c| c.is_alphabetic() || c == '-');
    let all = text.split_ascii_whitespace().all(is_letters);
    let titled = english || (padded && second.chars().count() <= 9);
    (titled && all && (4..=8).contains(&titles)).then_some(Message::Header)
}
