//! Avahi's own functions (`libavahi-common`), for comparing ours with them.

use std::{
    ffi::{CStr, CString, c_char, c_int, c_void},
    net::IpAddr,
    ptr,
};

#[repr(C)]
struct StringList {
    _opaque: [u8; 0],
}

/// `AvahiAddress`: the protocol, and room for either address.
#[repr(C, align(4))]
struct Address {
    protocol: c_int,
    data: [u8; 16],
}

const INET: c_int = 0;
const INET6: c_int = 1;
const UNSPECIFIED: c_int = -1;

unsafe extern "C" {
    fn avahi_escape_label(
        source: *const c_char,
        source_len: usize,
        ret_name: *mut *mut c_char,
        ret_size: *mut usize,
    ) -> *mut c_char;
    fn avahi_unescape_label(
        name: *mut *const c_char,
        dest: *mut c_char,
        size: usize,
    ) -> *mut c_char;
    fn avahi_domain_equal(a: *const c_char, b: *const c_char) -> c_int;
    fn avahi_string_list_add_arbitrary(
        list: *mut StringList,
        text: *const u8,
        size: usize,
    ) -> *mut StringList;
    fn avahi_string_list_to_string(list: *mut StringList) -> *mut c_char;
    fn avahi_string_list_free(list: *mut StringList);
    fn avahi_address_parse(
        text: *const c_char,
        protocol: c_int,
        address: *mut Address,
    ) -> *mut Address;
    fn avahi_address_snprint(text: *mut c_char, len: usize, address: *const Address)
    -> *mut c_char;
    fn avahi_free(pointer: *mut c_void);
}

/// `avahi_escape_label`, with room for any label.
pub fn escape_label(label: &[u8]) -> Option<Vec<u8>> {
    let mut buffer = vec![0 as c_char; label.len() * 4 + 1];
    let (mut end, mut room) = (buffer.as_mut_ptr(), buffer.len());
    // SAFETY: the buffer is as long as said, and outlives the call.
    unsafe {
        let escaped = avahi_escape_label(label.as_ptr().cast(), label.len(), &mut end, &mut room);
        (!escaped.is_null()).then(|| CStr::from_ptr(escaped).to_bytes().to_vec())
    }
}

/// `avahi_unescape_label`: the first label of a name, decoded, and the rest of
/// the name. `None` where Avahi refuses the name. Decoded labels are C strings,
/// so that a NUL ends them: names with `\000` are not for this.
pub fn unescape_label(name: &CStr) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut buffer = vec![0 as c_char; name.to_bytes().len() + 1];
    let mut rest = name.as_ptr();
    // SAFETY: as above; `rest` stays within the name.
    unsafe {
        let label = avahi_unescape_label(&mut rest, buffer.as_mut_ptr(), buffer.len());
        (!label.is_null()).then(|| {
            (
                CStr::from_ptr(label).to_bytes().to_vec(),
                CStr::from_ptr(rest).to_bytes().to_vec(),
            )
        })
    }
}

/// Whether [`domain_equal`] takes the name: labels of at most 63 bytes, none of
/// them empty, and at most one dot at the end.
pub fn is_valid_name(name: &CStr) -> bool {
    let mut rest = name.to_owned();
    loop {
        match unescape_label(&rest) {
            Some((label, after)) if matches!(label.len(), 1..=63) => match after {
                after if after.is_empty() => return true,
                // What was a C string goes on as one.
                after => rest = CString::new(after).unwrap(),
            },
            _ => return false,
        }
    }
}

/// `avahi_domain_equal`, which wants valid names.
pub fn domain_equal(a: &CStr, b: &CStr) -> bool {
    // SAFETY: both are C strings.
    unsafe { avahi_domain_equal(a.as_ptr(), b.as_ptr()) != 0 }
}

/// `avahi_string_list_to_string` of these strings, in the order
/// they are added.
pub fn string_list_to_string(strings: &[Vec<u8>]) -> Vec<u8> {
    let mut list = ptr::null_mut();
    // SAFETY: the list takes copies, and is freed once; so is the text.
    unsafe {
        // Each is added at the front, and the text begins with the first added.
        for string in strings {
            list = avahi_string_list_add_arbitrary(list, string.as_ptr(), string.len());
        }
        let text = avahi_string_list_to_string(list);
        let bytes = CStr::from_ptr(text).to_bytes().to_vec();
        avahi_free(text.cast());
        avahi_string_list_free(list);
        bytes
    }
}

/// `avahi_address_parse`, for either protocol.
pub fn address_parse(text: &str) -> Option<IpAddr> {
    let text = CString::new(text).ok()?;
    let mut address = Address {
        protocol: UNSPECIFIED,
        data: [0; 16],
    };
    // SAFETY: the address has the layout that avahi-common/address.h says.
    let parsed = unsafe { avahi_address_parse(text.as_ptr(), UNSPECIFIED, &mut address) };
    if parsed.is_null() {
        return None;
    }
    let [a, b, c, d, ..] = address.data;
    match address.protocol {
        INET => Some([a, b, c, d].into()),
        INET6 => Some(address.data.into()),
        other => panic!("protocol {other}"),
    }
}

/// `avahi_address_snprint`: what stands in the ADDRESS column.
pub fn address_print(address: IpAddr) -> String {
    let mut raw = Address {
        protocol: INET6,
        data: [0; 16],
    };
    match address {
        IpAddr::V4(address) => {
            raw.protocol = INET;
            raw.data[..4].copy_from_slice(&address.octets());
        }
        IpAddr::V6(address) => raw.data = address.octets(),
    }
    let mut buffer = [0 as c_char; 64];
    // SAFETY: as above; 64 bytes hold any address.
    unsafe {
        avahi_address_snprint(buffer.as_mut_ptr(), buffer.len(), &raw);
        CStr::from_ptr(buffer.as_ptr()).to_str().unwrap().to_owned()
    }
}
