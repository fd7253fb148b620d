//! The forms that stamps have.

use super::StampFormat;

/// Whether a stamp could begin so, and no event.
pub(super) fn may_begin(line: &[u8]) -> bool {
    matches!(line, [b'0'..=b'9' | b'A'..=b'Z' | b'<' | b'[', ..])
}

/// Where the time begins and its length, and the length of the whole stamp
/// with its last space.
pub(super) fn stamp(line: &[u8], format: StampFormat) -> Option<((u8, u8), usize)> {
    use StampFormat as F;

    let mut cursor = Cursor { line, at: 0 };
    if matches!(format, F::Rfc5424) {
        return rfc5424(cursor);
    }
    if matches!(format, F::Journal | F::JournalIso) {
        let _priority = cursor.priority();
    }
    let bracket = cursor.skip(b'[');
    let from = cursor.at;
    match format {
        F::Month | F::Journal => cursor.month()?,
        F::Iso | F::JournalIso | F::Cri => cursor.iso()?,
        F::Epoch | F::JournalEpoch | F::Rfc5424 => cursor.epoch()?,
    }
    let time = cursor.since(from)?;
    if bracket && !cursor.skip(b']') {
        return None;
    }
    cursor.expect(b' ')?;
    if format.names_program() {
        cursor.host_and_program()?;
    }
    if matches!(format, F::Cri) {
        cursor.stream_and_tag()?;
    }
    Some((time, cursor.at))
}

/// `<30>1 TIME HOST PROGRAM PID MSGID DATA`, each of which may be `-`
/// (RFC 5424 section 6).
fn rfc5424(mut cursor: Cursor<'_>) -> Option<((u8, u8), usize)> {
    cursor.priority()?;
    cursor.expect(b'1')?;
    cursor.expect(b' ')?;
    let from = cursor.at;
    if !cursor.skip(b'-') {
        cursor.iso()?;
    }
    let time = cursor.since(from)?;
    cursor.expect(b' ')?;
    for _ in ["host", "program", "process", "message"] {
        cursor.word()?;
        cursor.expect(b' ')?;
    }
    if !cursor.skip(b'-') {
        cursor.structured_data()?;
    }
    // A message that is empty has no space before it.
    if cursor.at < cursor.line.len() {
        cursor.expect(b' ')?;
    }
    if cursor.line[cursor.at..].starts_with("\u{feff}".as_bytes()) {
        cursor.at += 3;
    }
    Some((time, cursor.at))
}

/// A place in a line. Methods that give `None` did not find what they are
/// named after.
struct Cursor<'a> {
    line: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.line[self.at..]
    }

    /// A place before, and how far it is from there.
    fn since(&self, from: usize) -> Option<(u8, u8)> {
        Some((from.try_into().ok()?, (self.at - from).try_into().ok()?))
    }

    fn skip(&mut self, byte: u8) -> bool {
        let is_there = self.rest().first() == Some(&byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.skip(byte).then_some(())
    }

    /// As many digits as there are, if that is a number of them that may be.
    fn digits(&mut self, count: core::ops::RangeInclusive<usize>) -> Option<()> {
        let rest = self.rest();
        let len = rest.iter().take_while(|it| it.is_ascii_digit()).count();
        self.at += len;
        count.contains(&len).then_some(())
    }

    /// A point or a comma and digits, or nothing.
    fn fraction(&mut self) -> Option<()> {
        match self.skip(b'.') || self.skip(b',') {
            true => self.digits(1..=9),
            false => Some(()),
        }
    }

    /// `10:58:46` and a fraction.
    fn time_of_day(&mut self) -> Option<()> {
        self.digits(2..=2)?;
        self.expect(b':')?;
        self.digits(2..=2)?;
        self.expect(b':')?;
        self.digits(2..=2)?;
        self.fraction()
    }

    /// `Nov 22 10:58:46`; a day of one digit has a space or a zero before it.
    fn month(&mut self) -> Option<()> {
        let month = self.rest().get(..3)?;
        month_number(core::str::from_utf8(month).ok()?)?;
        self.at += 3;
        self.expect(b' ')?;
        let _pad = self.skip(b' ');
        self.digits(1..=2)?;
        self.expect(b' ')?;
        self.time_of_day()
    }

    /// `2026-11-22T10:58:46.439528+0000`.
    fn iso(&mut self) -> Option<()> {
        self.digits(4..=4)?;
        self.expect(b'-')?;
        self.digits(2..=2)?;
        self.expect(b'-')?;
        self.digits(2..=2)?;
        if !self.skip(b'T') {
            self.expect(b' ')?;
        }
        self.time_of_day()?;
        if self.skip(b'Z') || !(self.skip(b'+') || self.skip(b'-')) {
            return Some(());
        }
        self.digits(2..=4)?;
        match self.skip(b':') {
            true => self.digits(2..=2),
            false => Some(()),
        }
    }

    /// `1795345126.438603`: the seconds from 1973 on have nine digits or more.
    fn epoch(&mut self) -> Option<()> {
        self.digits(9..=11)?;
        self.fraction()
    }

    /// `<30>`.
    fn priority(&mut self) -> Option<()> {
        self.expect(b'<')?;
        self.digits(1..=3)?;
        self.expect(b'>')
    }

    /// Something that is not a space.
    fn word(&mut self) -> Option<()> {
        let rest = self.rest();
        let len = rest.iter().take_while(|it| it.is_ascii_graphic()).count();
        self.at += len;
        (len > 0).then_some(())
    }

    /// `node1 avahi-browse[812]: `, of which the number may be missing.
    fn host_and_program(&mut self) -> Option<()> {
        self.word()?;
        self.expect(b' ')?;
        let program = |byte: &&u8| byte.is_ascii_graphic() && !b":;[]\"".contains(byte);
        let len = self.rest().iter().take_while(program).count();
        if len == 0 {
            return None;
        }
        self.at += len;
        if self.skip(b'[') {
            self.digits(1..=10)?;
            self.expect(b']')?;
        }
        self.expect(b':')?;
        self.expect(b' ')
    }

    /// `stdout F `, or `stderr F `.
    fn stream_and_tag(&mut self) -> Option<()> {
        let tags = [b"stdout F ", b"stderr F "];
        let is_there = tags.iter().any(|tag| self.rest().starts_with(*tag));
        self.at += tags[0].len();
        is_there.then_some(())
    }

    /// `[id key="value"]`, one or more; a backslash quotes what ends a value
    /// (RFC 5424 section 6.3).
    fn structured_data(&mut self) -> Option<()> {
        self.expect(b'[')?;
        let (mut in_value, mut quoted) = (false, false);
        while let Some(&byte) = self.rest().first() {
            self.at += 1;
            match byte {
                b'\n' => return None,
                _ if quoted => quoted = false,
                b'\\' if in_value => quoted = true,
                b'"' => in_value = !in_value,
                b']' if !in_value && !self.skip(b'[') => return Some(()),
                _ => {}
            }
        }
        None
    }
}

/// The number of a month, from its English abbreviation.
pub(super) fn month_number(name: &str) -> Option<i8> {
    let names = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    (1..).zip(names).find(|&(_, it)| it == name).map(|(n, _)| n)
}

/// Up to nine digits after the point, as nanoseconds.
#[cfg(feature = "time")]
pub(super) fn nanoseconds(digits: &[u8]) -> Option<i32> {
    let zeros = core::iter::repeat(&b'0');
    let mut padded = digits.iter().chain(zeros).take(9);
    padded.try_fold(0_i32, |value, digit| {
        let digit = digit.checked_sub(b'0').filter(|&digit| digit < 10)?;
        Some(value * 10 + i32::from(digit))
    })
}
