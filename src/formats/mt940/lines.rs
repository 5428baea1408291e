//! Lines of a SWIFT file, whatever ends them, one at a time.

use std::io::{self, ErrorKind, Read};

use encoding_rs::WINDOWS_1258;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// How much of the file is in memory. No bank writes a line this long; a file without line ends must
/// not fill the memory.
const BUFFER_BYTES: usize = 64 * 1024;

/// The error inside [`io::Error`] when a line is longer than the limit.
#[derive(Debug, thiserror::Error)]
#[error("a line is longer than {BUFFER_BYTES} bytes")]
pub struct LineTooLong;

impl LineTooLong {
    /// Whether this is what `error` is about.
    pub fn caused(error: &io::Error) -> bool {
        error.get_ref().and_then(|inner| inner.downcast_ref::<LineTooLong>()).is_some()
    }
}

/// One line without its end.
#[derive(Clone, Copy, Debug)]
pub struct Line<'l> {
    pub text: &'l str,
    /// From 1.
    pub number: u64,
}

/// Reads lines that end in LF, CR LF or CR.
pub struct Lines<R> {
    inner: R,
    buffer: Box<[u8]>,
    /// The part of the buffer that was read and not yet delivered.
    start: usize,
    filled: usize,
    decoded: String,
    number: u64,
    skip_line_feed: bool,
    ended: bool,
    first_assumed: Option<u64>,
}

impl<R: Read> Lines<R> {
    pub fn new(inner: R) -> Lines<R> {
        Lines {
            inner,
            buffer: vec![0; BUFFER_BYTES].into_boxed_slice(),
            start: 0,
            filled: 0,
            decoded: String::new(),
            number: 0,
            skip_line_feed: false,
            ended: true,
            first_assumed: None,
        }
    }

    /// The next line, or `None` at the end of the file.
    pub fn advance(&mut self) -> io::Result<Option<Line<'_>>> {
        let mut searched = 0;
        let length = loop {
            let waiting = self.buffer.get(self.start..self.filled).unwrap_or_default();
            if self.skip_line_feed && !waiting.is_empty() {
                self.skip_line_feed = false;
                if waiting.first() == Some(&b'\n') {
                    self.start += 1;
                    continue;
                }
            }
            let unsearched = waiting.get(searched..).unwrap_or_default();
            if let Some(at) = line_end(unsearched) {
                break searched + at;
            }
            searched = waiting.len();
            if self.fill()? == 0 {
                if searched == 0 {
                    return Ok(None);
                }
                self.ended = false;
                break searched;
            }
        };
        let end = self.start + length;
        let text = self.start..end;
        self.skip_line_feed = self.ended && self.buffer.get(end) == Some(&b'\r');
        self.start = if self.ended { end + 1 } else { end };
        self.number += 1;
        let raw = self.buffer.get(text).unwrap_or_default();
        let text = match plain(raw) {
            Some(text) => text,
            None => {
                if decode(raw, self.number == 1, &mut self.decoded).is_err() {
                    self.first_assumed.get_or_insert(self.number);
                }
                &self.decoded
            }
        };
        Ok(Some(Line { text, number: self.number }))
    }

    /// Reads more behind what is waiting; 0 at the end of the file.
    fn fill(&mut self) -> io::Result<usize> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.filled, 0);
            self.filled -= self.start;
            self.start = 0;
        }
        let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
        if room.is_empty() {
            return Err(io::Error::other(LineTooLong));
        }
        loop {
            match self.inner.read(room) {
                Ok(more) => {
                    self.filled += more;
                    return Ok(more);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The number of the last line, from 1.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Whether the last line had an end of its own, as far as it was read.
    pub const fn ended(&self) -> bool {
        self.ended
    }

    /// The first line whose encoding had to be assumed.
    pub const fn first_assumed(&self) -> Option<u64> {
        self.first_assumed
    }
}

/// A line of SWIFT's own characters, which nearly every line is: it needs no copy.
fn plain(raw: &[u8]) -> Option<&str> {
    // Without an early exit the compiler turns this into vector instructions.
    let visible = raw.iter().fold(true, |all, byte| all & (0x20..0x7f).contains(byte));
    if visible { std::str::from_utf8(raw).ok() } else { None }
}

/// The line was not UTF-8 and was read as windows-1258, the code page of old Vietnamese systems.
struct Assumed;

/// Decodes a line into `text`, composed, with a blank for each control character: transports frame
/// messages in them, and no database takes them all. Figures and dates are ASCII, the same in every
/// encoding, so only letters can be wrong where one is assumed.
fn decode(raw: &[u8], first: bool, text: &mut String) -> Result<(), Assumed> {
    text.clear();
    let raw = if first { raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw) } else { raw };
    let shown = |letter: char| if letter.is_ascii_control() { ' ' } else { letter };
    if let Ok(utf8) = std::str::from_utf8(raw) {
        if is_nfc(utf8) {
            text.extend(utf8.chars().map(shown));
        } else {
            text.extend(utf8.nfc().map(shown));
        }
        return Ok(());
    }
    // The code page leaves some bytes undefined; they become controls of Unicode, which no bank
    // writes. The sign for an unknown letter is the truth about them.
    let known = |letter: char| if letter.is_control() { '\u{fffd}' } else { letter };
    let letters = WINDOWS_1258.decode_without_bom_handling(raw).0;
    text.extend(letters.nfc().map(shown).map(known));
    Err(Assumed)
}

/// The first CR or LF.
fn line_end(bytes: &[u8]) -> Option<usize> {
    const BLOCK: usize = 32;
    let ends = |byte: &u8| matches!(byte, b'\n' | b'\r');
    // Blocks without either are passed over whole, which the compiler turns into vector instructions.
    let none = |block: &&[u8]| block.iter().fold(true, |none, byte| none & !ends(byte));
    let passed = bytes.chunks_exact(BLOCK).take_while(none).count() * BLOCK;
    let rest = bytes.get(passed..)?;
    let words = rest.chunks_exact(WORD);
    let mut at = passed;
    for word in words {
        if let Some(within) = end_in_word(word) {
            return Some(at + within);
        }
        at += WORD;
    }
    bytes.get(at..)?.iter().position(ends).map(|within| at + within)
}

const WORD: usize = 8;

/// The first CR or LF of eight bytes, looked at together: a byte is zero where subtracting one
/// borrows, and the lowest borrow is always real.
fn end_in_word(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([0x01; WORD]);
    const HIGHS: u64 = u64::from_le_bytes([0x80; WORD]);
    let word = u64::from_le_bytes(bytes.try_into().ok()?);
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let line_feeds = word ^ u64::from_le_bytes([b'\n'; WORD]);
    let returns = word ^ u64::from_le_bytes([b'\r'; WORD]);
    let hits = zeros(line_feeds) | zeros(returns);
    if hits == 0 { None } else { usize::try_from(hits.trailing_zeros() / 8).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out a few bytes at a time, so that line ends fall at every possible place.
    struct Dripping<'b>(&'b [u8]);

    impl Read for Dripping<'_> {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(2).min(room.len());
            let (now, later) = self.0.split_at(count);
            room[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    fn all(inner: impl Read) -> (Vec<String>, bool, Option<u64>) {
        let mut lines = Lines::new(inner);
        let mut read = Vec::new();
        while let Some(line) = lines.advance().unwrap() {
            read.push(line.text.to_owned());
            assert_eq!(line.number, u64::try_from(read.len()).unwrap());
        }
        (read, lines.ended(), lines.first_assumed())
    }

    #[test]
    fn every_kind_of_line_end_ends_a_line() {
        let long = "x".repeat(100);
        let long_lines = format!("{long}\r\n{long}\n");
        for (why, bytes, expected) in [
            ("LF", &b"a\nb\n"[..], vec!["a", "b"]),
            ("CR LF", b"a\r\nb\r\n", vec!["a", "b"]),
            ("CR", b"a\rb\r", vec!["a", "b"]),
            ("mixed", b"a\rb\r\nc\nd\n", vec!["a", "b", "c", "d"]),
            ("empty lines", b"a\n\nb\n", vec!["a", "", "b"]),
            ("empty lines of CR LF", b"a\r\n\r\nb\r\n", vec!["a", "", "b"]),
            ("longer than a block", long_lines.as_bytes(), vec![&long, &long]),
            ("byte order mark", b"\xef\xbb\xbfa\n", vec!["a"]),
            ("control characters", b"\x01a\tb\0\x03\n", vec![" a b  "]),
            ("nothing", b"", vec![]),
        ] {
            let expected = expected.into_iter().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(all(bytes), (expected.clone(), true, None), "{why}");
            assert_eq!(all(Dripping(bytes)), (expected, true, None), "{why}, dripping");
        }
    }

    #[test]
    fn a_last_line_without_an_end_is_told_apart() {
        for (why, bytes, ended) in [("none", &b"a\r\nb"[..], false), ("one", b"a\r\nb\r", true)] {
            let expected = vec!["a".to_owned(), "b".to_owned()];
            assert_eq!(all(bytes), (expected, ended, None), "{why}");
        }
    }

    #[test]
    fn each_end_is_found_wherever_it_stands() {
        for length in 0..80 {
            for end in [b'\n', b'\r'] {
                let mut bytes = vec![b'x'; length];
                assert_eq!(line_end(&bytes), None, "{length}");
                // Bytes that differ from an end by one must not be taken for it.
                bytes.fill(end + 1);
                bytes.extend([end, end]);
                assert_eq!(line_end(&bytes), Some(length), "{length}");
            }
        }
    }

    #[test]
    fn an_assumed_encoding_is_told_and_its_letters_are_composed() {
        for (why, bytes, expected, assumed) in [
            ("UTF-8", "Nguyễn".as_bytes(), "Nguyễn", None),
            ("UTF-8, decomposed", "Nguye\u{302}\u{303}n".as_bytes(), "Nguyễn", None),
            ("windows-1258", b"Nguy\xea\xden", "Nguyễn", Some(1)),
            ("a byte it does not have", b"a\x9db", "a\u{fffd}b", Some(1)),
        ] {
            let line = [bytes, b"\n"].concat();
            assert_eq!(all(&line[..]), (vec![expected.to_owned()], true, assumed), "{why}");
        }
    }

    #[test]
    fn a_file_without_line_ends_is_stopped() {
        let error = Lines::new(io::repeat(b'x')).advance().unwrap_err();
        assert!(LineTooLong::caused(&error));
    }
}
