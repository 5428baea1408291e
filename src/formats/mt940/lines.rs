//! Lines of a SWIFT file, whatever ends them, one at a time.

use std::io::{self, BufRead};

use encoding_rs::WINDOWS_1252;

/// No bank writes a line this long; a file without line ends must not fill the memory.
const LONGEST_LINE: usize = 64 * 1024;

/// The error inside [`io::Error`] when a line is longer than the limit.
#[derive(Debug, thiserror::Error)]
#[error("a line is longer than {LONGEST_LINE} bytes")]
pub struct LineTooLong;

impl LineTooLong {
    /// Whether this is what `error` is about.
    pub fn caused(error: &io::Error) -> bool {
        error.get_ref().and_then(|inner| inner.downcast_ref::<LineTooLong>()).is_some()
    }
}

/// Reads lines that end in LF, CR LF or CR.
pub struct Lines<R> {
    inner: R,
    raw: Vec<u8>,
    text: String,
    number: u64,
    skip_line_feed: bool,
    first_not_utf8: Option<u64>,
}

impl<R: BufRead> Lines<R> {
    pub fn new(inner: R) -> Lines<R> {
        Lines {
            inner,
            raw: Vec::new(),
            text: String::new(),
            number: 0,
            skip_line_feed: false,
            first_not_utf8: None,
        }
    }

    /// Advances to the next line. False at the end of the file.
    pub fn advance(&mut self) -> io::Result<bool> {
        self.raw.clear();
        let mut any = false;
        loop {
            let available = self.inner.fill_buf()?;
            if available.is_empty() {
                break;
            }
            if std::mem::take(&mut self.skip_line_feed) && available.first() == Some(&b'\n') {
                self.inner.consume(1);
                continue;
            }
            any = true;
            let end = line_end(available);
            let part = available.get(..end.unwrap_or(available.len())).unwrap_or_default();
            self.raw.extend_from_slice(part);
            let used = part.len() + usize::from(end.is_some());
            self.skip_line_feed = end.and_then(|end| available.get(end)) == Some(&b'\r');
            self.inner.consume(used);
            if end.is_some() {
                break;
            }
            if self.raw.len() > LONGEST_LINE {
                return Err(io::Error::other(LineTooLong));
            }
        }
        if !any {
            return Ok(false);
        }
        self.number += 1;
        self.decode();
        Ok(true)
    }

    /// SWIFT's own characters are ASCII. A line that is not UTF-8 is read as Windows-1252, which
    /// gives every byte a letter; figures and dates are the same in both.
    fn decode(&mut self) {
        if self.raw.starts_with(b"\xef\xbb\xbf") {
            self.raw.drain(..3);
        }
        // The bytes become the text without a copy, and the old text's memory takes the next bytes.
        let spare = std::mem::take(&mut self.text).into_bytes();
        match String::from_utf8(std::mem::replace(&mut self.raw, spare)) {
            Ok(text) => self.text = text,
            Err(other) => {
                self.first_not_utf8.get_or_insert(self.number);
                let text = WINDOWS_1252.decode_without_bom_handling(other.as_bytes()).0;
                self.text = text.into_owned();
            }
        }
    }

    /// The current line without its end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The number of the current line, from 1.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// The first line that was not UTF-8.
    pub const fn first_not_utf8(&self) -> Option<u64> {
        self.first_not_utf8
    }
}

/// The first CR or LF. Blocks without either are passed over whole, which the compiler turns into
/// vector instructions.
fn line_end(bytes: &[u8]) -> Option<usize> {
    const BLOCK: usize = 32;
    let ends = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let plain = |block: &&[u8]| block.iter().fold(true, |plain, byte| plain & !ends(byte));
    let passed = bytes.chunks_exact(BLOCK).take_while(plain).count() * BLOCK;
    bytes.get(passed..)?.iter().position(ends).map(|at| passed + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<String> {
        // A tiny buffer puts line ends at every possible place in it.
        let mut lines = Lines::new(io::BufReader::with_capacity(2, bytes));
        let mut read = Vec::new();
        while lines.advance().unwrap() {
            read.push(lines.text().to_owned());
        }
        read
    }

    #[test]
    fn every_kind_of_line_end_ends_a_line() {
        for (why, bytes, expected) in [
            ("LF", &b"a\nb\n"[..], vec!["a", "b"]),
            ("CR LF", b"a\r\nb\r\n", vec!["a", "b"]),
            ("CR", b"a\rb\r", vec!["a", "b"]),
            ("no last end", b"a\r\nb", vec!["a", "b"]),
            ("empty lines", b"a\n\nb", vec!["a", "", "b"]),
            ("empty lines of CR LF", b"a\r\n\r\nb", vec!["a", "", "b"]),
            ("byte order mark", b"\xef\xbb\xbfa\n", vec!["a"]),
            ("windows-1252", b"caf\xe9\n", vec!["café"]),
            ("nothing", b"", vec![]),
        ] {
            assert_eq!(all(bytes), expected, "{why}");
        }
    }

    #[test]
    fn a_file_without_line_ends_is_stopped() {
        let endless = io::BufReader::new(io::repeat(b'x'));
        let error = Lines::new(endless).advance().unwrap_err();
        assert!(LineTooLong::caused(&error));
    }
}
