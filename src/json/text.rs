//! What stands between the quotes of a JSON string.
//!
//! A text is copied in pieces of a length known beforehand, of which what is
//! too much is taken back: the lengths of names and values cannot be foreseen,
//! and what would depend on them costs more than a few bytes.

use alloc::{borrow::Cow, string::String, vec::Vec};
use core::str::from_utf8;

use super::{txt_string, windows::Windows};
use crate::{
    TxtString,
    escape::{Escapes, Unescape, escape_at},
};

#[inline(always)]
pub(super) fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(bytes);
}

/// Writes the decoded text as it stands in a JSON string, with U+FFFD for what
/// is not UTF-8. Returns whether it was UTF-8.
#[inline]
pub(super) fn lossy(out: &mut Vec<u8>, printed: &[u8], escapes: Escapes) -> bool {
    let start = out.len();
    let is_utf8 = text(out, printed, escapes);
    if !is_utf8 {
        // What JSON has escaped is ASCII, which is no part of a sequence that
        // is not UTF-8.
        if let Cow::Owned(text) = String::from_utf8_lossy(&out[start..]) {
            out.truncate(start);
            put(out, text.as_bytes());
        }
    }
    is_utf8
}

/// Writes the decoded text as it stands in a JSON string, or what it has for
/// bytes that are not UTF-8. Returns whether it is UTF-8.
#[inline]
pub(super) fn text(out: &mut Vec<u8>, printed: &[u8], escapes: Escapes) -> bool {
    plain(out, printed)
        || match escapes {
            Escapes::Label | Escapes::Txt => escaped(out, printed, escapes),
            Escapes::None | Escapes::Stamped(_) => any(out, printed, escapes),
        }
}

/// Writes a text of a usual length if it is ASCII that stands in JSON as it is.
#[inline]
fn plain(out: &mut Vec<u8>, text: &[u8]) -> bool {
    match text.len() {
        4..8 => halves::<4>(out, text),
        8..16 => halves::<8>(out, text),
        16..32 => halves::<16>(out, text),
        32..=64 => halves::<32>(out, text),
        _ => false,
    }
}

/// Writes such a text of `N` to `2 * N` bytes: its first `N` and its last
/// ones, which overlap. JSON is 11 % faster for it than with copies of any
/// length.
#[inline(always)]
fn halves<const N: usize>(out: &mut Vec<u8>, text: &[u8]) -> bool {
    let (Some(first), Some(last)) = (text.first_chunk::<N>(), text.last_chunk::<N>()) else {
        return false;
    };
    if has_odd(first) | has_odd(last) {
        return false;
    }
    let end = out.len() + text.len();
    put(out, first);
    out.truncate(end - N);
    put(out, last);
    true
}

/// Whether any of the bytes is a control character, `"`, `\` or not ASCII.
#[inline(always)]
fn has_odd<const N: usize>(bytes: &[u8; N]) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // The high bit of a byte is set if the byte is odd, and perhaps if it
    // comes after one that is.
    let odd = |eight: u64| {
        let is = |byte: u8| (eight ^ (ONES * u64::from(byte))).wrapping_sub(ONES);
        eight | eight.wrapping_sub(ONES * 0x20) | is(b'"') | is(b'\\')
    };
    let (eights, rest) = bytes.as_chunks();
    let (fours, _) = rest.as_chunks();
    let twice = |four| u64::from(four) * 0x1_0000_0001;
    let eights = eights.iter().map(|eight| u64::from_le_bytes(*eight));
    let fours = fours.iter().map(|four| twice(u32::from_le_bytes(*four)));
    eights.chain(fours).fold(0, |all, eight| all | odd(eight)) & (ONES << 7) != 0
}

/// As [`text`], of whatever kind it is.
fn any(out: &mut Vec<u8>, printed: &[u8], escapes: Escapes) -> bool {
    let start = out.len();
    for byte in Unescape::new(printed, escapes) {
        json_byte(out, byte);
    }
    from_utf8(&out[start..]).is_ok()
}

/// As [`text`], of one that has escapes.
fn escaped(out: &mut Vec<u8>, printed: &[u8], escapes: Escapes) -> bool {
    let start = out.len();
    let mut text = Windows::new(printed);
    let mut is_utf8 = true;
    loop {
        match text.next(out) {
            // Most escapes follow another one: a name in Chinese is written in half
            // the time for it.
            b'\\' => {
                while text.rest().starts_with(b"\\") {
                    match escape(out, text.rest(), escapes) {
                        Some((len, is_known)) => {
                            text.skip(len);
                            is_utf8 &= is_known;
                        }
                        None => {
                            text.skip(1);
                            put(out, b"\\\\");
                        }
                    }
                }
            }
            0 if text.rest().is_empty() => break,
            byte => {
                text.skip(1);
                is_utf8 &= byte.is_ascii();
                json_byte(out, byte);
            }
        }
    }
    is_utf8 || from_utf8(&out[start..]).is_ok()
}

/// Writes the strings of a TXT field in one pass over it, if it is of the form
/// that 0.8 and later print.
pub(super) fn txt_strings(out: &mut Vec<u8>, field: &[u8]) -> Option<()> {
    match field {
        [] => return Some(()),
        [b'"', ..] => {}
        _ => return None,
    }
    let mut text = Windows::new(field);
    text.skip(1);
    loop {
        let (start, from) = (out.len(), text.at());
        put(out, br#"{"key":""#);
        let (end, mut is_utf8) = txt_part(out, &mut text, true)?;
        if end == b'=' {
            put(out, br#"","value":""#);
            is_utf8 &= txt_part(out, &mut text, false)?.1;
        }
        put(out, b"\"}");
        if !is_utf8 {
            out.truncate(start);
            let printed = &field[from..text.at() - 1];
            txt_string(out, &TxtString::new(printed, Escapes::Txt));
        }
        match text.rest() {
            [] => return Some(()),
            [b' ', b'"', ..] => text.skip(2),
            _ => return None,
        }
        put(out, b",");
    }
}

/// Writes a key, up to the first `=`, or a value. Returns the `=` or `"` after
/// it, and whether it is UTF-8.
#[inline(always)]
fn txt_part(out: &mut Vec<u8>, text: &mut Windows<'_>, is_key: bool) -> Option<(u8, bool)> {
    let start = out.len();
    let mut is_utf8 = true;
    loop {
        match text.next(out) {
            end if end == b'"' || (end == b'=' && is_key) => {
                text.skip(1);
                return Some((end, is_utf8 || from_utf8(&out[start..]).is_ok()));
            }
            // An `=` ends the key also if it is escaped.
            b'\\' if is_key && text.rest().starts_with(br"\061") => {
                text.skip(4);
                return Some((b'=', is_utf8 || from_utf8(&out[start..]).is_ok()));
            }
            b'\\' => {
                let (len, is_known) = escape(out, text.rest(), Escapes::Txt)?;
                text.skip(len);
                is_utf8 &= is_known;
            }
            0..0x20 => return None,
            byte => {
                text.skip(1);
                is_utf8 &= byte.is_ascii();
                out.push(byte);
            }
        }
    }
}

/// Writes what the escape at the start of the text stands for, or two of them
/// that are one character as `ü` is: JSON is 13 % faster for reading both at
/// once. Returns their length, and whether they are known to be UTF-8. `None` if
/// there is no escape.
#[inline(always)]
fn escape(out: &mut Vec<u8>, text: &[u8], escapes: Escapes) -> Option<(usize, bool)> {
    if let Some([first, second]) = text.first_chunk::<8>().map(|it| it.as_chunks::<4>().0)
        && let Some(first @ 0xc2..=0xdf) = decimal(*first)
        && let Some(second @ 0x80..=0xbf) = decimal(*second)
    {
        put(out, &[first, second]);
        return Some((8, true));
    }
    let (byte, len) = escape_at(text, escapes)?;
    json_byte(out, byte);
    Some((len, byte.is_ascii()))
}

/// The byte that `\DDD` stands for. All digits are judged at once.
#[inline(always)]
fn decimal(escape: [u8; 4]) -> Option<u8> {
    let digits = u32::from_le_bytes(escape) ^ u32::from_le_bytes(*b"\\000");
    // The high bit of a byte is set that is over 9, or over 0 for a backslash.
    let others = (digits.wrapping_add(0x7676_767f) | digits) & 0x8080_8080;
    let is_byte = digits.swap_bytes() <= 0x02_05_05;
    ((others == 0) & is_byte).then_some((digits.wrapping_mul(0x0064_0a01) >> 24) as u8)
}

/// One byte of a JSON string, as `serde_json` writes it.
#[inline]
fn json_byte(out: &mut Vec<u8>, byte: u8) {
    match byte {
        _ if byte >= 0x20 && byte != b'"' && byte != b'\\' => out.push(byte),
        b'"' | b'\\' => put(out, &[b'\\', byte]),
        b'\n' => put(out, b"\\n"),
        b'\r' => put(out, b"\\r"),
        b'\t' => put(out, b"\\t"),
        0x08 => put(out, b"\\b"),
        0x0c => put(out, b"\\f"),
        _ => {
            let digit = |value: u8| b"0123456789abcdef"[usize::from(value)];
            put(out, b"\\u00");
            put(out, &[digit(byte >> 4), digit(byte & 15)]);
        }
    }
}
