//! Ours and Avahi's, on generated input: equal, or a difference that is stated.

use std::{ffi::CString, net::IpAddr};

use avahi_events::{EscapeLabel, Event, Label, Name, Txt, TxtDialect};
use avahi_events_oracle::{
    address_parse, address_print, domain_equal, escape_label, string_list_to_string, unescape_label,
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn labels_are_encoded_alike(label in vec(any::<u8>(), 0..64)) {
        let avahi = escape_label(&label).unwrap();
        prop_assert_eq!(EscapeLabel(&label).to_string().into_bytes(), avahi);
    }

    #[test]
    fn labels_are_decoded_alike(text in label_text()) {
        let text: Vec<u8> = text;
        prop_assume!(!text.windows(4).any(|it| it == br"\000")); // a NUL ends a C string
        let name = Name::new(&text);
        let first = name.labels().next().unwrap();
        let avahi = unescape_label(&CString::new(text.clone()).unwrap());
        match avahi {
            Some((label, rest)) => {
                // A name that begins with a dot has no first label for Avahi.
                prop_assert_eq!(&*first.decode(), &label[..]);
                let after = &text[first.as_bytes().len()..];
                prop_assert_eq!(after.strip_prefix(b".").unwrap_or(after), &rest[..]);
            }
            // Difference: it also refuses what is not UTF-8, which we keep.
            None => prop_assert!(
                !well_escaped(first.as_bytes()) || first.to_str().is_err(),
                "{}",
                text.escape_ascii()
            ),
        }
    }

    #[test]
    fn names_are_equal_alike(a in name(), b in name(), flip in any::<bool>()) {
        let b = if flip {
            a.iter().map(|it| it.to_ascii_uppercase()).collect()
        } else {
            b
        };
        let (a, b) = (printed(&a), printed(&b));
        for (a, b) in [(a.clone(), b.clone()), (a.clone(), a.clone()), (a, b + ".")] {
            let avahi = domain_equal(&CString::new(&*a).unwrap(), &CString::new(&*b).unwrap());
            let ours = Name::new(a.as_bytes()).eq_ignore_ascii_case(&Name::new(b.as_bytes()));
            prop_assert_eq!(ours, avahi, "{} {}", a, b);
        }
    }

    #[test]
    fn txt_of_this_avahi_is_read_back(strings in vec(vec(any::<u8>(), 0..40), 0..6)) {
        let text = string_list_to_string(&strings);
        let txt = Txt::new(&text);
        prop_assert_eq!(txt.dialect(), TxtDialect::Escaped);
        let read: Vec<_> = txt.strings().map(|it| it.decode().into_owned()).collect();
        prop_assert_eq!(read, strings);
    }

    #[test]
    fn addresses_are_read_alike(text in address_text()) {
        let line = format!("=;eth0;IPv6;a;_x._udp;local;h.local;{text};80;");
        let ours = Event::try_from(&*line).ok().map(|it| it.endpoint().unwrap().address);
        prop_assert_eq!(ours, address_parse(&text), "{}", text);
    }

    #[test]
    fn addresses_that_avahi_prints_are_read(address in any::<IpAddr>()) {
        let text = address_print(address);
        let line = format!("=;eth0;IPv6;a;_x._udp;local;h.local;{text};80;");
        let event = Event::try_from(&*line).unwrap();
        prop_assert_eq!(event.endpoint().unwrap().address, address);
        prop_assert_eq!(event.to_string(), line);
    }
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
