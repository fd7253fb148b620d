//! TXT: what each version prints is read back, and anything is read somehow.
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
#[derive(Debug, Clone, Copy, Arbitrary)]
enum Printer {
    Signed,
    Unsigned,
    Strict,
}

fn print(string: &[u8], printer: Printer) -> Vec<u8> {
    let mut out = vec![b'"'];
    for &byte in string {
        let escaped = match printer {
            Printer::Signed => !(32..=127).contains(&byte),
            Printer::Unsigned => byte < 32,
            Printer::Strict => !(32..127).contains(&byte),
        };
        match byte {
            _ if escaped => out.extend(format!("\\{byte:03}").bytes()),
            b'"' | b'\\' => out.extend([b'\\', byte]),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
    out
}

fuzz_target!(|input: Input<'_>| {
    let strings: Vec<_> = input
        .strings
        .iter()
        .map(|it| print(it, input.printer))
        .collect();
    let printed = strings.join(&b' ');
    let txt = Txt::new(&printed);
    assert_eq!(txt.dialect(), TxtDialect::Escaped);
    assert!(
        txt.strings()
            .map(|it| it.decode().into_owned())
            .eq(input.strings.iter().copied())
    );

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
