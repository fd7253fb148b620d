//! Avahi's database of service types, in whatever language.

use alloc::{borrow::ToOwned as _, collections::BTreeMap, string::String, vec::Vec};

use super::{ENGLISH, ServiceType};

/// DNS types and their display names: the English ones of Avahi 0.8, and
/// others that `avahi-browse` was made to list.
///
/// ```
/// use avahi_events::{ServiceType, ServiceTypes};
///
/// // LC_ALL=de_DE.UTF-8 avahi-browse -b, and avahi-browse -bk
/// let names = "Web-Angebot\nSSH-Fernzugriff\n";
/// let types = "_http._tcp\n_ssh._tcp\n";
/// let mut database = ServiceTypes::english();
/// database.add_lists(names.as_bytes(), types.as_bytes())?;
///
/// assert_eq!(database.dns_type(ServiceType::new(b"Web-Angebot")), Some("_http._tcp"));
/// assert_eq!(database.dns_type(ServiceType::new(b"Web Site")), Some("_http._tcp"));
/// assert_eq!(database.display_name("_http._tcp"), Some(&b"Web-Angebot"[..]));
/// assert_eq!(database.display_name("_ipp._tcp"), Some(&b"Internet Printer"[..]));
/// # Ok::<(), avahi_events::ServiceTypesError>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceTypes {
    /// By display name, of all languages.
    types: BTreeMap<Vec<u8>, String>,
    /// By type in small letters: the type as it is written, and the name that
    /// was added last.
    names: BTreeMap<String, (String, Vec<u8>)>,
}

/// Why two lists do not make a database of service types.
///
/// ```
/// use avahi_events::ServiceTypes;
///
/// let mut database = ServiceTypes::english();
/// let error = database.add_lists(b"Web-Angebot\nDrucker\n", b"_http._tcp\n").unwrap_err();
/// assert_eq!(error.to_string(), "2 names and 1 types, where there should be as many");
/// let error = database.add_lists(b"Web-Angebot\n", b"Web Site\n").unwrap_err();
/// assert_eq!(error.to_string(), "line 1 of the types is no DNS type, such as _http._tcp");
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceTypesError {
    /// The lists do not belong together.
    #[error("{names} names and {types} types, where there should be as many")]
    #[non_exhaustive]
    Lengths {
        /// How many lines of names there are.
        names: usize,
        /// How many lines of types there are.
        types: usize,
    },
    /// A line of the list of types is none.
    #[error("line {line} of the types is no DNS type, such as _http._tcp")]
    #[non_exhaustive]
    NoType {
        /// The line's number, counted from 1.
        line: usize,
    },
}

impl ServiceTypes {
    /// The English names, which are built in.
    #[must_use]
    pub fn english() -> Self {
        let mut database = Self {
            types: BTreeMap::new(),
            names: BTreeMap::new(),
        };
        for (name, dns_type) in ENGLISH {
            database.add(name.as_bytes(), dns_type);
        }
        database
    }

    /// Adds what `avahi-browse -b` lists in some language (`names`) and
    /// `avahi-browse -bk` (`types`): line N of one is line N of the other.
    ///
    /// Where a name or a type is known already, what is added counts.
    ///
    /// # Errors
    ///
    /// If the lists are not of one length, or one of the types is none. Then
    /// nothing is added.
    pub fn add_lists(&mut self, names: &[u8], types: &[u8]) -> Result<(), ServiceTypesError> {
        let (names, types) = (lines(names), lines(types));
        if names.len() != types.len() {
            return Err(ServiceTypesError::Lengths {
                names: names.len(),
                types: types.len(),
            });
        }
        let texts: Vec<&str> = (1..)
            .zip(types)
            .map(|(line, text)| match core::str::from_utf8(text) {
                Ok(text) if text.starts_with('_') => Ok(text),
                _ => Err(ServiceTypesError::NoType { line }),
            })
            .collect::<Result<_, _>>()?;
        for (name, dns_type) in names.into_iter().zip(texts) {
            self.add(name, dns_type);
        }
        Ok(())
    }

    fn add(&mut self, name: &[u8], dns_type: &str) {
        // A type without a name is listed as itself.
        if !ServiceType::new(name).is_dns() && !name.is_empty() {
            self.types.insert(name.to_owned(), dns_type.to_owned());
            let named = (dns_type.to_owned(), name.to_owned());
            self.names.insert(dns_type.to_ascii_lowercase(), named);
        }
    }

    /// The DNS type of one that was printed, if it is one or its display name
    /// is known.
    #[must_use]
    pub fn dns_type<'a>(&'a self, printed: ServiceType<'a>) -> Option<&'a str> {
        match printed.is_dns() {
            true => printed.dns_type(),
            false => self.types.get(printed.as_bytes()).map(String::as_str),
        }
    }

    /// The display name of a DNS type, in the language that was added last:
    /// UTF-8, unless the list that it was read from is not.
    #[must_use]
    pub fn display_name(&self, dns_type: &str) -> Option<&[u8]> {
        let (_, name) = self.names.get(&dns_type.to_ascii_lowercase())?;
        Some(name)
    }

    /// All DNS types that have a display name, and that name, in the order of
    /// the types.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.names.values().map(|(it, name)| (&**it, &**name))
    }
}

impl Default for ServiceTypes {
    fn default() -> Self {
        Self::english()
    }
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    if text.is_empty() {
        return Vec::new();
    }
    text.split(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .collect()
}
