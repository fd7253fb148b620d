//! Bytes from strangers, made harmless for where they are printed.

use std::{
    io::{self, IsTerminal, Write},
    path::Path,
};

/// Who reads what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// A program or a file: a value must not add lines.
    Program,
    /// A terminal: a value must not move the cursor, change colours or the
    /// direction of writing either.
    Terminal,
}

impl Audience {
    /// Who reads standard output.
    pub fn of_stdout() -> Self {
        if io::stdout().is_terminal() {
            Self::Terminal
        } else {
            Self::Program
        }
    }
}

/// Whether a terminal would act on the character, rather than show it: control
/// characters, and those that turn the direction of writing.
pub fn acts_on_terminal(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Writes a value on one line: ASCII control characters as Avahi escapes them,
/// `\010`, three decimal digits. For a terminal, what is not UTF-8 is written
/// so too, and other characters that act on it as `\u{202e}`.
pub fn write<W: Write>(out: &mut W, value: &[u8], audience: Audience) -> io::Result<()> {
    if audience == Audience::Program || value.is_ascii() {
        let mut rest = value;
        while let Some(at) = rest.iter().position(u8::is_ascii_control) {
            out.write_all(&rest[..at])?;
            write!(out, "\\{:03}", rest[at])?;
            rest = &rest[at + 1..];
        }
        return out.write_all(rest);
    }
    for chunk in value.utf8_chunks() {
        for char in chunk.valid().chars() {
            match char {
                _ if char.is_ascii_control() => write!(out, "\\{:03}", u32::from(char))?,
                _ if acts_on_terminal(char) => write!(out, "{}", char.escape_unicode())?,
                _ => write!(out, "{char}")?,
            }
        }
        for byte in chunk.invalid() {
            write!(out, "\\{byte:03}")?;
        }
    }
    Ok(())
}

/// Writes JSON with the characters that `is_odd` names escaped, beyond what JSON
/// asks for. They can only stand in strings.
pub fn write_json<W: Write>(
    out: &mut W,
    json: &str,
    is_odd: impl Fn(char) -> bool,
) -> io::Result<()> {
    let mut rest = json;
    while let Some(at) = rest.find(&is_odd) {
        let (before, after) = rest.split_at(at);
        out.write_all(before.as_bytes())?;
        let mut chars = after.chars();
        let mut units = [0; 2];
        for unit in chars
            .next()
            .map_or(&[][..], |it| it.encode_utf16(&mut units))
        {
            write!(out, "\\u{unit:04x}")?;
        }
        rest = chars.as_str();
    }
    out.write_all(rest.as_bytes())
}

/// The value as text for a terminal, on one line.
pub fn text(value: &[u8]) -> String {
    let mut out = Vec::new();
    // Writing to memory does not fail, and what is written is UTF-8.
    let _ = write(&mut out, value, Audience::Terminal);
    String::from_utf8_lossy(&out).into_owned()
}

/// The error, with the path that it is about.
pub fn named(path: &Path, error: &io::Error) -> io::Error {
    let name = text(path.display().to_string().as_bytes());
    io::Error::new(error.kind(), format!("{name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::{Audience, text, write};

    #[test]
    fn a_terminal_gets_nothing_to_act_on() {
        assert_eq!(text(b"\x1b[31mred\n\x7f"), r"\027[31mred\010\127");
        assert_eq!(
            text("a\u{202e}b\u{9b}c\u{2066}".as_bytes()),
            r"a\u{202e}b\u{9b}c\u{2066}"
        );
        assert_eq!(text(b"B\xc3\xbcro \xff"), r"Büro \255");
    }

    #[test]
    fn a_program_gets_one_line_and_all_other_bytes() {
        let mut out = Vec::new();
        write(&mut out, b"a\nb\x1bc\xff\xe2\x80\xae", Audience::Program).unwrap();
        assert_eq!(out, b"a\\010b\\027c\xff\xe2\x80\xae");
    }
}
