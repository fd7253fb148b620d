//! Ours and Avahi's, on generated input: equal, or a difference that is stated.

use std::{ffi::CString, net::IpAddr};

use avahi_events::{EscapeLabel, Event, Label, Name, Txt, TxtDialect, events};
use avahi_events_oracle::{
    address_parse, address_print, domain_equal, escape_label, is_valid_name, string_list_to_string,
    unescape_label,
};
use proptest::{collection::vec, prelude::*, sample::select};

/// Whether every backslash begins an escape that Avahi knows. Difference: it
/// refuses a name with another; we keep the backslash as it stands, so that no
/// name is lost. (It takes `\000` to `\255`, as we do.)
fn well_escaped(text: &[u8]) -> bool {
    match text {
        [] => true,
        [b'\\', b'.' | b'\\', rest @ ..] => well_escaped(rest),
        [b'\\', digits @ ..] => match digits.split_at_checked(3) {
            Some((number, rest)) if number.iter().all(u8::is_ascii_digit) => {
                std::str::from_utf8(number).unwrap().parse::<u8>().is_ok() && well_escaped(rest)
            }
            _ => false,
        },
        [_, rest @ ..] => well_escaped(rest),
    }
}

fn label_text() -> impl Strategy<Value = Vec<u8>> {
    vec(
        prop_oneof![1_u8..=255, select(b"\\\\\\.0125".to_vec())],
        1..40,
    )
}

/// Labels of text, since Avahi takes no other.
fn name() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let char = prop_oneof![
        proptest::char::range('\u{1}', '\u{2fff}'),
        select(vec!['a', 'A', 'b', '.', '\\', 'ä'])
    ];
    let label = vec(char, 1..6).prop_map(|it| String::from_iter(it).into_bytes());
    vec(label, 1..4)
}

fn printed(labels: &[Vec<u8>]) -> String {
    let labels: Vec<_> = labels
        .iter()
        .map(|it| EscapeLabel(it).to_string())
        .collect();
    labels.join(".")
}

fn address_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<IpAddr>().prop_map(|it| it.to_string()),
        "[0-9]{1,3}(\\.[0-9]{1,3}){2,4}",
        "[0-9a-fA-F:]{2,20}",
        "[0-9a-f]{0,4}(:[0-9a-f]{0,4}){1,8}",
        "[0-9a-f:]{0,10}:[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}",
        "::(ffff:)?[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}",
    ]
}

/// Where the C library writes the last 32 bits as IPv4 and Rust does not; see
/// `an_ipv4_compatible_address_keeps_its_text`.
fn is_ipv4_compatible(address: IpAddr) -> bool {
    match address {
        IpAddr::V6(address) => {
            matches!(address.segments(), [0, 0, 0, 0, 0, 0, high, _] if high > 0)
        }
        IpAddr::V4(_) => false,
    }
}

fn address() -> impl Strategy<Value = IpAddr> {
    let group = prop_oneof![3 => Just(0), 1 => Just(0xffff), 2 => any::<u16>()];
    prop_oneof![
        any::<IpAddr>(),
        proptest::array::uniform8(group).prop_map(IpAddr::from),
    ]
}

fn labels_encode_alike(label: &[u8]) {
    let avahi = escape_label(label).unwrap();
    assert_eq!(EscapeLabel(label).to_string().into_bytes(), avahi);
}

fn labels_decode_alike(text: &[u8]) {
    let Ok(c_text) = CString::new(text) else {
        return;
    };
    if text.windows(4).any(|it| it == br"\000") {
        return; // a NUL ends a C string
    }
    let name = Name::new(text);
    let first = name.labels().next().unwrap();
    match unescape_label(&c_text) {
        Some((label, rest)) => {
            // A name that begins with a dot has no first label for Avahi.
            assert_eq!(*first.decode(), label);
            let after = &text[first.as_bytes().len()..];
            assert_eq!(after.strip_prefix(b".").unwrap_or(after), rest);
        }
        // Difference: it also refuses what is not UTF-8, which we keep.
        None => assert!(
            !well_escaped(first.as_bytes()) || first.to_str().is_err(),
            "{}",
            text.escape_ascii()
        ),
    }
}

/// Difference: to Avahi, empty labels at the end do not count. No name has any.
fn names_equal_alike(a: &[u8], b: &[u8]) {
    let (Ok(c_a), Ok(c_b)) = (CString::new(a), CString::new(b)) else {
        return;
    };
    if !is_valid_name(&c_a) || !is_valid_name(&c_b) {
        return;
    }
    let ours = Name::new(a).eq_ignore_ascii_case(&Name::new(b));
    assert_eq!(ours, domain_equal(&c_a, &c_b), "{c_a:?} {c_b:?}");
}

fn txt_is_read_back(strings: &[Vec<u8>]) {
    let text = string_list_to_string(strings);
    let txt = Txt::new(&text);
    assert_eq!(txt.dialect(), TxtDialect::Escaped);
    let read: Vec<_> = txt.strings().map(|it| it.decode().into_owned()).collect();
    assert_eq!(read, strings);
}

/// Through `events`, whose own parsers want more of the input at hand, and
/// through `Event::parse`.
fn addresses_read_alike(text: &str) {
    let line = format!("=;eth0;IPv6;a;_x._udp;local;h.local;{text};80;");
    let capture = format!("{line}\"{:64}\"\n", "");
    let address = |event: Event<'_>| event.endpoint().unwrap().address;
    let avahi = address_parse(text);
    assert_eq!(Event::try_from(&*line).ok().map(address), avahi, "{text}");
    let event = events(capture.as_bytes()).next().unwrap();
    assert_eq!(event.ok().map(address), avahi, "{text}");
}

/// ORACLE_CASES says how many of each kind.
fn cases() -> ProptestConfig {
    let cases = std::env::var("ORACLE_CASES").map_or(4096, |it| it.parse().unwrap());
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn labels_are_encoded_alike(label in vec(any::<u8>(), 0..64)) {
        labels_encode_alike(&label);
    }

    #[test]
    fn labels_are_decoded_alike(text in label_text()) {
        labels_decode_alike(&text);
    }

    #[test]
    fn names_are_equal_alike(a in name(), b in name(), flip in any::<bool>()) {
        let b = if flip {
            a.iter().map(|it| it.to_ascii_uppercase()).collect()
        } else {
            b
        };
        let (a, b) = (printed(&a), printed(&b));
        for (a, b) in [(&a, &b), (&a, &a), (&a, &(b.clone() + "."))] {
            names_equal_alike(a.as_bytes(), b.as_bytes());
        }
    }

    #[test]
    fn txt_of_this_avahi_is_read_back(strings in vec(vec(any::<u8>(), 0..40), 0..6)) {
        txt_is_read_back(&strings);
    }

    #[test]
    fn addresses_are_read_alike(text in address_text()) {
        addresses_read_alike(&text);
    }

    #[test]
    fn addresses_that_avahi_prints_are_read(address in address()) {
        let text = address_print(address);
        let line = format!("=;eth0;IPv6;a;_x._udp;local;h.local;{text};80;");
        let event = Event::try_from(&*line).unwrap();
        prop_assert_eq!(event.endpoint().unwrap().address, address);
        prop_assert_eq!(event.to_string(), line);
        prop_assert_eq!(address.to_string() == text, !is_ipv4_compatible(address), "{}", text);
    }
}

/// What fuzzing has found worth keeping, if it has run here, and the captures:
/// whole and in lines and fields.
#[test]
fn fuzzed_input_is_read_alike() {
    let mut inputs = 0;
    for folder in [
        "../corpus/label",
        "../corpus/address",
        "../corpus/txt",
        "../corpus/record",
        "../../tests/captures",
    ] {
        for file in std::fs::read_dir(folder).into_iter().flatten() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let parts = bytes.split(|byte| matches!(byte, b';' | b'\n'));
            let strings: Vec<_> = bytes
                .split(|&byte| byte == b';')
                .map(<[u8]>::to_vec)
                .collect();
            txt_is_read_back(&strings);
            let mut last = &b"local"[..];
            for part in parts.chain([&*bytes]).filter(|part| !part.is_empty()) {
                inputs += 1;
                labels_encode_alike(part);
                labels_decode_alike(part);
                names_equal_alike(part, last);
                names_equal_alike(part, &part.to_ascii_uppercase());
                last = part;
                let text = String::from_utf8_lossy(part);
                if !text.contains([';', '\n', '\0']) {
                    addresses_read_alike(&text);
                }
            }
        }
    }
    println!("{inputs} inputs");
    assert!(inputs > 10_000, "{inputs}");
}

/// Difference in printing only: the C library writes the last 32 bits of an
/// IPv4-compatible address as IPv4, Rust does not; the event keeps the text.
#[test]
fn an_ipv4_compatible_address_keeps_its_text() {
    let address: IpAddr = "::102:304".parse().unwrap();
    assert_eq!(address_print(address), "::1.2.3.4");
    assert_eq!(address.to_string(), "::102:304");
    let line = "=;eth0;IPv6;a;_x._udp;local;h.local;::1.2.3.4;80;";
    let event = Event::try_from(line).unwrap();
    assert_eq!(event.endpoint().unwrap().address, address);
    assert_eq!(event.to_string(), line);
}

#[test]
fn a_backslash_that_escapes_nothing_is_kept() {
    for text in [r"a\b", r"a\256", r"a\25", r"\"] {
        assert_eq!(unescape_label(&CString::new(text).unwrap()), None);
        assert_eq!(*Label::new(text.as_bytes()).decode(), *text.as_bytes());
    }
}
