//! TXT: what each version prints is read back, with the attributes that RFC 6763
//! makes of it, and anything is read somehow.
#![no_main]

use arbitrary::Arbitrary;
use avahi_events::{Txt, TxtDialect, TxtOrder};
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    strings: Vec<&'a [u8]>,
    printer: Printer,
    any: &'a [u8],
}

/// Which bytes a version escapes beside the quote and the backslash.
#[derive(Debug, Clone, Copy, PartialEq, Arbitrary)]
enum Printer {
    /// None, nor those two.
    Raw,
    Signed,
    Unsigned,
    Strict,
}

fn print(string: &[u8], printer: Printer) -> Vec<u8> {
    let mut out = vec![b'"'];
    for &byte in string {
        let escaped = match printer {
            Printer::Raw => false,
            Printer::Signed => !(32..=127).contains(&byte),
            Printer::Unsigned => byte < 32,
            Printer::Strict => !(32..127).contains(&byte),
        };
        match byte {
            _ if escaped => out.extend(format!("\\{byte:03}").bytes()),
            b'"' | b'\\' if printer != Printer::Raw => out.extend([b'\\', byte]),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
    out
}

/// Whether the string can be read back: the oldest versions print all bytes as
/// they are, up to a NUL.
fn is_readable(string: &[u8], printer: Printer) -> bool {
    let is_lost = string.contains(&0) || string.windows(2).any(|it| it == b"\" " || it == b" \"");
    printer != Printer::Raw || !is_lost
}

/// Key in small letters, and value, of each attribute, in the order of the wire.
fn attributes(wire: &[&[u8]]) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
    let mut attributes: Vec<(Vec<u8>, _)> = Vec::new();
    for string in wire {
        let mut parts = string.splitn(2, |&byte| byte == b'=');
        let key = parts.next().unwrap().to_ascii_lowercase();
        if !key.is_empty() && !attributes.iter().any(|(other, _)| *other == key) {
            attributes.push((key, parts.next().map(<[u8]>::to_vec)));
        }
    }
    attributes
}

fuzz_target!(|input: Input<'_>| {
    let strings = input.strings.iter().copied();
    let mut strings: Vec<_> = strings
        .filter(|it| is_readable(it, input.printer))
        .collect();
    let printed: Vec<_> = strings.iter().map(|it| print(it, input.printer)).collect();
    let printed = printed.join(&b' ');
    let mut txt = Txt::new(&printed);
    match input.printer {
        Printer::Raw => txt = txt.with_dialect(TxtDialect::Raw),
        _ => assert_eq!(txt.dialect(), TxtDialect::Escaped),
    }
    let read: Vec<_> = txt.strings().map(|it| it.decode().into_owned()).collect();
    assert_eq!(read, strings);
    for order in [TxtOrder::Wire, TxtOrder::LastFirst] {
        let read: Vec<_> = txt
            .with_order(order)
            .attributes()
            .map(|it| {
                let value = it.value().map(|it| it.decode().into_owned());
                (it.key().decode().to_ascii_lowercase(), value)
            })
            .collect();
        assert_eq!(read, attributes(&strings));
        strings.reverse();
    }

    for dialect in [TxtDialect::Escaped, TxtDialect::Raw] {
        for order in [TxtOrder::LastFirst, TxtOrder::Wire] {
            let txt = Txt::new(input.any).with_dialect(dialect).with_order(order);
            let strings: Vec<_> = txt.strings().collect();
            assert!(strings.iter().map(|it| it.as_bytes().len()).sum::<usize>() <= input.any.len());
            for attribute in txt.attributes() {
                let key = attribute.key();
                if let Ok(key) = key.to_str() {
                    assert_eq!(txt.get(&key), Some(attribute));
                }
            }
        }
    }
});
