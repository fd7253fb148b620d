//! Captures to read: files, or standard input.

use std::{
    fs::File,
    io::{self, BufReader, IsTerminal, Read},
    path::Path,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;

/// A file has to be this large, in bytes, before there is a progress bar.
pub const LARGE: u64 = 64 * 1024 * 1024;

/// How much is read at once, in bytes.
const BLOCK: usize = 256 * 1024;

/// A capture that was opened.
pub struct Input {
    /// What messages call it.
    pub name: String,
    /// Its bytes.
    pub reader: BufReader<Box<dyn Read>>,
    /// Whether it may make one wait: then what is printed is flushed before.
    pub live: bool,
    /// Where a progress bar has it; hidden where it should not be seen.
    pub progress: ProgressBar,
    /// How many bytes it has, if it is a file.
    pub len: Option<u64>,
    /// When it was last written to, if it is a file.
    pub modified: Option<Timestamp>,
}

impl Input {
    /// Opens a file, of which a byte order mark is left out; `-` is standard input.
    pub fn open(path: &Path) -> io::Result<Self> {
        if path == Path::new("-") {
            return Ok(Self::new("-".into(), Box::new(io::stdin()), None));
        }
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let len = metadata.is_file().then_some(metadata.len());
        let modified = metadata.modified().ok().filter(|_| metadata.is_file());
        Ok(Self {
            modified: modified.and_then(|time| time.try_into().ok()),
            ..Self::new(path.display().to_string(), Box::new(file), len)
        })
    }

    fn new(name: String, read: Box<dyn Read>, len: Option<u64>) -> Self {
        // Output on the same terminal would tear the bar.
        let visible = len.is_some_and(|len| len >= LARGE) && !io::stdout().is_terminal();
        let progress = match len {
            Some(len) if visible => progress_bar(len),
            _ => ProgressBar::hidden(),
        };
        Self {
            name,
            reader: BufReader::with_capacity(BLOCK, Box::new(WithoutMark::new(read))),
            live: len.is_none(),
            progress,
            len,
            modified: None,
        }
    }
}

/// The byte order mark of UTF-8, which editors of Windows begin a file with.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// An input without its byte order mark. What is said of a place is its line and
/// its column, where the mark counts for nothing.
struct WithoutMark<R> {
    input: R,
    begun: bool,
}

impl<R: Read> WithoutMark<R> {
    fn new(input: R) -> Self {
        Self {
            input,
            begun: false,
        }
    }
}

impl<R: Read> Read for WithoutMark<R> {
    /// `buf` has room for the mark, since it is the reader's.
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut len = self.input.read(buf)?;
        if std::mem::replace(&mut self.begun, true) {
            return Ok(len);
        }
        while (1..MARK.len()).contains(&len) && MARK.starts_with(&buf[..len]) {
            match self.input.read(&mut buf[len..])? {
                0 => return Ok(len),
                more => len += more,
            }
        }
        match buf[..len].strip_prefix(MARK).map(<[u8]>::len) {
            None => Ok(len),
            Some(0) => self.input.read(buf),
            Some(rest) => {
                buf.copy_within(len - rest..len, 0);
                Ok(rest)
            }
        }
    }
}

/// A bar on standard error, which shows only if that is a terminal.
pub fn progress_bar(len: u64) -> ProgressBar {
    let template = "{wide_bar} {binary_bytes}/{binary_total_bytes} {eta}";
    let bar = ProgressBar::with_draw_target(Some(len), ProgressDrawTarget::stderr());
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read as _};

    use super::WithoutMark;

    #[test]
    fn a_mark_at_the_start_is_left_out_however_it_comes() {
        for (text, expected) in [
            (&b"\xef\xbb\xbf+;\xef\xbb\xbf"[..], &b"+;\xef\xbb\xbf"[..]),
            (b"\xef\xbb\xbf", b""),
            (b"\xef\xbb+;", b"\xef\xbb+;"),
            (b"\xef\xbb", b"\xef\xbb"),
            (b"", b""),
        ] {
            for cut in 0..=text.len() {
                let (first, second) = text.split_at(cut);
                let input = Cursor::new(first).chain(Cursor::new(second));
                let mut read = Vec::new();
                WithoutMark::new(input).read_to_end(&mut read).unwrap();
                assert_eq!(read, expected, "{text:?} cut at {cut}");
            }
        }
    }
}
