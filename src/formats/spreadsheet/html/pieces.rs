//! The text of a page on its way to the tokenizer: checked to be UTF-8, and never one endless tag.

use std::cell::Cell;
use std::io::{self, Read, Seek};

use crate::formats::spreadsheet::decode::{TextError, TextReader};

/// The tokenizer collects one text, attribute or comment whole before it hands it over. Style sheets
/// and scripts of saved pages are the longest.
const LONGEST_PIECE: usize = 2 * 1024 * 1024;

/// The error inside [`io::Error`] when one piece of the page is longer than the limit.
#[derive(Debug, thiserror::Error)]
#[error("one piece of the page is longer than {LONGEST_PIECE} bytes")]
struct PieceTooLong;

/// Whether this is what `error` is about.
pub fn is_too_long(error: &io::Error) -> bool {
    error.get_ref().and_then(|inner| inner.downcast_ref::<PieceTooLong>()).is_some()
}

/// Reads text and counts, in a cell that the tokenizer's receiver resets, how long a piece is.
pub struct Pieces<'c, R> {
    text: TextReader<R>,
    piece: &'c Cell<usize>,
    /// The start of a letter that the last bytes cut.
    cut: Vec<u8>,
    lines: u64,
}

impl<'c, R: Read + Seek> Pieces<'c, R> {
    pub fn new(text: TextReader<R>, piece: &'c Cell<usize>) -> Pieces<'c, R> {
        Pieces { text: text.without_records(), piece, cut: Vec::with_capacity(8), lines: 1 }
    }

    /// Checks that the bytes go on being UTF-8.
    fn check(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while !self.cut.is_empty() {
            let Some((next, behind)) = rest.split_first() else { return Ok(()) };
            self.cut.push(*next);
            rest = behind;
            match std::str::from_utf8(&self.cut) {
                Ok(_) => self.cut.clear(),
                Err(error) if error.error_len().is_none() => {}
                Err(_) => return Err(self.undecodable()),
            }
        }
        match std::str::from_utf8(rest) {
            Ok(_) => self.count(rest),
            Err(error) => {
                let (valid, broken) =
                    rest.split_at_checked(error.valid_up_to()).unwrap_or((rest, &[]));
                self.count(valid);
                if error.error_len().is_some() {
                    return Err(self.undecodable());
                }
                self.cut.extend_from_slice(broken);
            }
        }
        Ok(())
    }

    fn count(&mut self, bytes: &[u8]) {
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
        self.lines += u64::try_from(lines).unwrap_or(0);
    }

    fn undecodable(&self) -> io::Error {
        io::Error::other(TextError::Undecodable(self.lines))
    }
}

impl<R: Read + Seek> Read for Pieces<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.text.read(out)?;
        let length = self.piece.get().saturating_add(read);
        self.piece.set(length);
        if length > LONGEST_PIECE {
            return Err(io::Error::other(PieceTooLong));
        }
        let given = out.get(..read).unwrap_or_default();
        if given.contains(&0) {
            self.count(given.split(|byte| *byte == 0).next().unwrap_or_default());
            return Err(self.undecodable());
        }
        if read == 0 && !self.cut.is_empty() {
            return Err(self.undecodable());
        }
        self.check(given)?;
        Ok(read)
    }
}
