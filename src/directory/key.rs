//! What makes two services the same one: name, type and domain, compared as
//! DNS does it.

use std::vec::Vec;

use crate::{
    escape::Escapes,
    label::{Label, Name},
    service_type::{ServiceType, ServiceTypes},
};

/// Writes the key of a service over what `key` held.
///
/// Equal keys are equal services: the labels are decoded, capitals made small
/// (RFC 6762 section 16), and each is followed by its length, so that no two
/// services run together. A display name counts as the DNS type it stands for,
/// where that is known.
pub(super) fn write(
    key: &mut Vec<u8>,
    types: Option<&ServiceTypes>,
    name: &Label<'_>,
    service_type: ServiceType<'_>,
    domain: Name<'_>,
) {
    key.clear();
    put_label(key, name);
    let dns_type = match types {
        Some(types) => types.dns_type(service_type),
        None => service_type.dns_type(),
    };
    put(key, |key| {
        key.extend_from_slice(dns_type.map_or(service_type.as_bytes(), str::as_bytes));
    });
    for label in domain.labels() {
        put_label(key, &label);
    }
}

/// The service that was looked up last, as it was printed: mostly the next
/// event is about the same one.
#[derive(Debug, Default)]
pub(super) struct Recent {
    id: Option<u32>,
    /// Name, type and domain, and where the latter two begin.
    printed: Vec<u8>,
    type_start: usize,
    domain_start: usize,
    escapes: Option<Escapes>,
}

impl Recent {
    /// The number of the service, if it is the same, letter for letter.
    pub(super) fn get(
        &self,
        name: &Label<'_>,
        service_type: ServiceType<'_>,
        domain: Name<'_>,
    ) -> Option<u32> {
        let same = self.printed[..self.type_start] == *name.as_bytes()
            && self.printed[self.type_start..self.domain_start] == *service_type.as_bytes()
            && self.printed[self.domain_start..] == *domain.as_bytes()
            && self.escapes == Some(name.escapes());
        self.id.filter(|_| same)
    }

    pub(super) fn set(
        &mut self,
        id: u32,
        name: &Label<'_>,
        service_type: ServiceType<'_>,
        domain: Name<'_>,
    ) {
        self.id = Some(id);
        self.printed.clear();
        self.printed.extend_from_slice(name.as_bytes());
        self.type_start = self.printed.len();
        self.printed.extend_from_slice(service_type.as_bytes());
        self.domain_start = self.printed.len();
        self.printed.extend_from_slice(domain.as_bytes());
        self.escapes = Some(name.escapes());
    }

    /// The numbers have changed.
    pub(super) fn forget(&mut self) {
        self.id = None;
    }
}

fn put_label(key: &mut Vec<u8>, label: &Label<'_>) {
    put(key, |key| match memchr::memchr(b'\\', label.as_bytes()) {
        None => key.extend_from_slice(label.as_bytes()),
        Some(_) => key.extend(label.bytes()),
    });
}

fn put(key: &mut Vec<u8>, text: impl FnOnce(&mut Vec<u8>)) {
    let start = key.len();
    text(key);
    key[start..].make_ascii_lowercase();
    let len = key.len() - start;
    key.extend_from_slice(&len.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use crate::{Label, Name, ServiceType};

    fn key(name: &[u8], service_type: &[u8], domain: &[u8]) -> Vec<u8> {
        let mut key = Vec::new();
        let service_type = ServiceType::new(service_type);
        let (name, domain) = (Label::new(name), Name::new(domain));
        super::write(&mut key, None, &name, service_type, domain);
        key
    }

    #[test]
    fn what_dns_calls_the_same_is_the_same() {
        let printer = key(br"My\032Printer", b"_http._tcp", b"local");
        assert_eq!(printer, key(br"my\032printer", b"_HTTP._tcp", b"LOCAL"));
        assert_eq!(printer, key(br"M\121\032Printer", b"Web Site", b"local"));
        assert_ne!(printer, key(br"My\032Printer", b"_ipp._tcp", b"local"));
        assert_ne!(printer, key(br"My\032Printer", b"_http._tcp", b"example"));
    }

    #[test]
    fn labels_do_not_run_together() {
        assert_ne!(key(b"a", b"_b._tcp", b"c"), key(b"a_b", b"._tcp", b"c"));
        assert_ne!(
            key(b"a", b"_b._tcp", br"c\.d"),
            key(b"a", b"_b._tcp", b"c.d")
        );
    }
}
