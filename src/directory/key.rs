//! What makes two services the same one: name, type and domain, compared as
//! DNS does it.

use std::vec::Vec;

use crate::{
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

/// The services that were looked up last, by what is printed of them: a key
/// has to be made of a name, and hashed.
///
/// What is remembered is only where to look first. So the hash may be a poor
/// one, and a name that is chosen to be in another's place does no harm.
#[derive(Debug, Default)]
pub(super) struct Recent {
    ids: Vec<u32>,
}

/// How many services are remembered. A power of two.
const REMEMBERED: usize = 4096;

impl Recent {
    /// Where a service of that name is remembered.
    #[inline]
    pub(super) fn place(name: &Label<'_>, service_type: ServiceType<'_>) -> usize {
        let mut hash = service_type.as_bytes().len() as u64;
        let mut put = |eight: [u8; 8]| {
            let mixed = (hash ^ u64::from_le_bytes(eight)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            hash = mixed ^ (mixed >> 32);
        };
        for text in [name.as_bytes(), service_type.as_bytes()] {
            let (eights, rest) = text.as_chunks::<8>();
            eights.iter().copied().for_each(&mut put);
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            put(last);
        }
        hash as usize % REMEMBERED
    }

    /// The service that was last seen at this place, or another number.
    pub(super) fn get(&self, place: usize) -> Option<u32> {
        self.ids.get(place).copied()
    }

    pub(super) fn set(&mut self, place: usize, id: u32) {
        if self.ids.is_empty() {
            self.ids.resize(REMEMBERED, id);
        }
        self.ids[place] = id;
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
