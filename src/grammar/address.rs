//! IP addresses from text: what `std` accepts, and nothing else, in a third of
//! its time. `events()` is 47 % faster for it on the mixed capture of the
//! benches, a third of whose addresses are IPv6: the parser for IPv4 alone buys
//! 16 %, and that for IPv6 35 %.
//!
//! The parsers take the input from the start of the address on, and how many
//! bytes of it are the address, so that they can look at fixed windows.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::window::mask;

/// The address that the first `len` bytes of `input` are. `None` also where
/// they are one that is written as neither of the two parsers knows it
/// (`::ffff:192.0.2.7`), or where the input ends too soon after it.
#[inline(always)]
pub(super) fn address(input: &[u8], len: usize) -> Option<IpAddr> {
    Some(match ipv4(input.first_chunk()?, len) {
        Some(address) => address.into(),
        None => ipv6(input.first_chunk()?, len)?.into(),
    })
}

/// The IPv4 address that the first `len` bytes of the window are.
///
/// Where the octets end is found for all of them at once, so that none has to
/// wait for the one before it. The digits are added up with arithmetic alone:
/// how many there are cannot be foreseen, and a wrong guess costs more than all
/// of it.
#[inline(always)]
fn ipv4(window: &[u8; 16], len: usize) -> Option<Ipv4Addr> {
    let [low, high] = window.as_chunks().0 else {
        return None;
    };
    let beyond = u32::MAX.checked_shl(len as u32)?;
    let dots = dots(*low) | dots(*high) << 8;
    let mut ends = dots & !beyond | beyond & beyond.wrapping_neg();
    let mut address = 0;
    let mut start = 0;
    let mut is_other = false;
    for _ in 0..4 {
        let end = ends.trailing_zeros();
        ends &= ends.wrapping_sub(1);
        let digits = u32::from_le_bytes(*window.get(start..)?.first_chunk()?) ^ 0x3030_3030;
        let count = end.wrapping_sub(start as u32);
        // The last digit in the highest byte, and zeros before the first.
        let aligned = digits.wrapping_shl(32_u32.wrapping_sub(8 * count));
        // The high bit of every byte that is over 9.
        let others = (aligned.wrapping_add(0x7676_7676) | aligned) & 0x8080_8080;
        is_other |= !matches!(count, 1..=3)
            | (others != 0)
            | ((count != 1) & (digits & 0xff == 0))
            | (aligned.swap_bytes() > 0x02_05_05);
        address = address << 8 | aligned.wrapping_mul(0x0064_0a01) >> 24;
        start = end as usize + 1;
    }
    (!is_other & (ends == 0)).then_some(Ipv4Addr::from_bits(address))
}

/// A bit for each of the bytes that is a dot.
#[inline(always)]
fn dots(eight: [u8; 8]) -> u32 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let differences = u64::from_le_bytes(eight) ^ (ONES * u64::from(b'.'));
    // The high bit is set of every byte that is not zero.
    let others = ((differences & (ONES * 0x7f)) + ONES * 0x7f) | differences;
    ((!others >> 7 & ONES).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
}

/// The IPv6 address that the first `len` bytes of the window are, unless its
/// end is written as an IPv4 address.
#[inline(always)]
fn ipv6(window: &[u8; 48], len: usize) -> Option<Ipv6Addr> {
    let others = mask(window, |byte| {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 6;
        !(letter || byte.wrapping_sub(b'0') < 10)
    });
    let ends = others | u64::MAX.checked_shl(len as u32)?;
    let mut groups = [0_u16; 8];
    let mut count = 0;
    // How many groups stand before the `::`.
    let mut gap = None;
    let mut at = 0;
    if window.starts_with(b"::") {
        gap = Some(0);
        at = 2;
    }
    while at < len {
        let digits = (ends >> at).trailing_zeros();
        if !matches!(digits, 1..=4) {
            return None;
        }
        *groups.get_mut(count)? = group(*window.get(at..)?.first_chunk()?, digits);
        count += 1;
        at += digits as usize;
        if at >= len {
            break;
        }
        match window.get(at..at + 2) {
            Some(b"::") if gap.is_none() => {
                gap = Some(count);
                at += 2;
            }
            Some([b':', _]) if at + 1 < len => at += 1,
            _ => return None,
        }
    }
    let after = count - gap.unwrap_or(count);
    match gap {
        _ if at != len => return None,
        None if count == 8 => {}
        Some(gap) if count < 8 => {
            groups.copy_within(gap..count, 8 - after);
            groups[gap..8 - after].fill(0);
        }
        _ => return None,
    }
    Some(groups.into())
}

/// The number that the first `count` bytes are, one to four hexadecimal
/// digits. Each step does all of them at once.
#[inline(always)]
fn group(window: [u8; 4], count: u32) -> u16 {
    let bytes = u32::from_le_bytes(window);
    // A letter's bit 6 is set, and its low half counts from 1.
    let values = (bytes & 0x0f0f_0f0f) + 9 * (bytes >> 6 & 0x0101_0101);
    // The last digit in the lowest byte, and zeros before the first.
    let values = (values << (32 - 8 * count)).swap_bytes();
    let pairs = (values | values >> 4) & 0x00ff_00ff;
    (pairs | pairs >> 8) as u16
}

#[cfg(test)]
mod tests {
    use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    use std::string::{String, ToString};

    use proptest::prelude::*;

    use super::{address, ipv4, ipv6};

    /// All windows are there, as far as the address goes and beyond it.
    fn parse(text: &str) -> Option<IpAddr> {
        let mut input = text.as_bytes().to_vec();
        input.extend_from_slice(b";631;\"txtvers=1\" \"note=2nd floor; left\"\n+;eth0;IPv4");
        address(&input, text.len())
    }

    /// The window that starts with the text.
    fn starting<const N: usize>(text: &[u8], mut window: [u8; N]) -> [u8; N] {
        window[..text.len()].copy_from_slice(text);
        window
    }

    /// What `std` reads, but for the end of an IPv6 address that is written as
    /// IPv4, which is left to the plain grammar.
    fn expected(text: &str) -> Option<IpAddr> {
        let is_mixed = text.contains(':') && text.contains('.');
        text.parse().ok().filter(|_| !is_mixed)
    }

    fn agrees(text: &str) {
        assert_eq!(parse(text), expected(text), "{text}");
        let at_end = address(text.as_bytes(), text.len());
        assert!(at_end.is_none() || at_end == expected(text), "{text}");
    }

    #[test]
    fn takes_and_refuses_what_std_does() {
        for text in [
            "0.0.0.0",
            "255.255.255.255",
            "1.22.133.4",
            "192.0.2.7",
            "256.1.1.1",
            "1.1.1.256",
            "01.1.1.1",
            "0123.1.1.1",
            "1.1.1.0000",
            "1.1.1.00",
            "1.1.1",
            "0a.1.1.1",
            "1.0/.1.1",
            "1.1.1.1.1",
            "1.1.1.1.",
            ".1.1.1.1",
            "1..1.1",
            "1.1.1.1a",
            "1.1.1.1234",
            "1000.1.1.1",
            " 1.1.1.1",
            "1.1.1.1 ",
            "",
            ".",
            "...",
            ":",
            "::",
            ":::",
            "::1",
            "1::",
            "1:::2",
            "1::2::3",
            "fe80::1",
            "FE80::aBcD",
            "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7::",
            "::2:3:4:5:6:7:8",
            "1:2:3:4::5:6:7:8",
            "1:2:3:4:5:6:7:8::",
            "::1:2:3:4:5:6:7:8",
            "00001::",
            "0001::",
            "12345::",
            "g::",
            "1:g::",
            "1:2:3:4:5:6:7:",
            ":1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:",
            "::ffff:192.0.2.7",
            "::192.0.2.7",
            "1:2:3:4:5:6:192.0.2.7",
            "::192.0.2.256",
            "fe80::1%eth0",
            "1::2:",
            "\u{10}::",
            "é::",
            "::\u{7f}",
            "@::",
            "`::",
            "G::",
            "/::",
            "[::1]",
            "0x1::",
            "1.2.3.4::",
            "::1.2.3.4:5",
            "1.2",
        ] {
            agrees(text);
        }
    }

    #[test]
    fn no_other_byte_is_taken_for_a_digit() {
        for text in ["1.2.3.4", "11.22.33.44", "1:2:3:4:5:6:7:8", "fe80::1"] {
            for (at, byte) in (0..text.len()).flat_map(|at| (0..=255).map(move |byte| (at, byte))) {
                let mut changed = text.as_bytes().to_vec();
                changed[at] = byte;
                let expected = core::str::from_utf8(&changed).ok();
                let expected = expected.and_then(|it| it.parse().ok());
                changed.extend_from_slice(&[b';'; 48]);
                assert_eq!(address(&changed, text.len()), expected, "{changed:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn agrees_on_addresses(address in any::<IpAddr>()) {
            agrees(&address.to_string());
        }

        /// What is left to `std` is right too, and slow.
        #[test]
        fn addresses_as_they_are_printed_take_the_quick_way(
            v4: Ipv4Addr,
            groups in prop::array::uniform8(prop_oneof![Just(0), any::<u16>()]),
        ) {
            let (text, window) = (v4.to_string(), [b';'; 16]);
            prop_assert_eq!(ipv4(&starting(text.as_bytes(), window), text.len()), Some(v4));
            let v6 = Ipv6Addr::from(groups);
            let (text, window) = (v6.to_string(), [b';'; 48]);
            if !text.contains('.') {
                prop_assert_eq!(ipv6(&starting(text.as_bytes(), window), text.len()), Some(v6));
            }
        }

        #[test]
        fn no_byte_beyond_the_length_counts(address in any::<IpAddr>()) {
            let text = address.to_string();
            let window = starting::<64>(text.as_bytes(), [b';'; 64]);
            for len in 0..=text.len() {
                prop_assert_eq!(super::address(&window, len), expected(&text[..len]), "{}", len);
            }
            prop_assert_eq!(super::address(&starting::<64>(b"::1", window), 1), None);
        }

        #[test]
        fn agrees_on_groups_of_digits(text in "[0-9a-fA-F:.]{0,12}|([0-9]{0,4}[.]){2,4}[0-9]{0,4}") {
            agrees(&text);
        }

        #[test]
        fn agrees_on_groups_of_hexadecimal_digits(text in "(::)?([0-9a-fA-F]{1,5}::?){0,9}([0-9.]{0,16}|[0-9a-f]{0,5})") {
            agrees(&text);
        }

        #[test]
        fn agrees_where_one_byte_is_changed(
            address in any::<IpAddr>(),
            at in any::<proptest::sample::Index>(),
            byte in 0_u8..128,
        ) {
            let mut text = address.to_string().into_bytes();
            let at = at.index(text.len());
            text[at] = byte;
            agrees(&String::from_utf8(text).unwrap());
        }
    }
}
