//! A buffered reader that knows its line and lets no single piece of markup grow without bound.

use std::io::{self, BufRead, Read};

use crate::formats::encoding::line_ends;

const BUFFER_BYTES: usize = 64 * 1024;
/// quick-xml collects one text, tag or comment whole before it hands it over.
const LONGEST_PIECE: usize = 64 * 1024;

/// The error inside [`io::Error`] when one piece of markup is longer than the limit.
#[derive(Debug, thiserror::Error)]
#[error("one piece of markup is longer than {LONGEST_PIECE} bytes")]
pub struct PieceTooLong;

impl PieceTooLong {
    /// Whether this is what `error` is about.
    pub fn caused(error: &io::Error) -> bool {
        error.get_ref().and_then(|inner| inner.downcast_ref::<PieceTooLong>()).is_some()
    }
}

/// Counts line ends only when asked, over whole buffers: far cheaper than at every event.
pub struct Lines<R> {
    inner: R,
    buffer: Box<[u8]>,
    position: usize,
    filled: usize,
    counted: usize,
    line_ends: u64,
    piece: usize,
}

impl<R: Read> Lines<R> {
    pub fn new(inner: R) -> Lines<R> {
        Lines {
            inner,
            buffer: vec![0; BUFFER_BYTES].into_boxed_slice(),
            position: 0,
            filled: 0,
            counted: 0,
            line_ends: 0,
            piece: 0,
        }
    }

    /// The line, from 1, of the next byte to be read.
    pub fn line(&mut self) -> u64 {
        let passed = self.buffer.get(self.counted..self.position).unwrap_or_default();
        self.line_ends += line_ends(passed);
        self.counted = self.position;
        self.line_ends + 1
    }

    /// Says that a new piece of markup starts here.
    pub const fn start_piece(&mut self) {
        self.piece = 0;
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let count = available.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Lines<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.position >= self.filled {
            if self.piece > LONGEST_PIECE {
                return Err(io::Error::other(PieceTooLong));
            }
            self.line();
            self.filled = self.inner.read(&mut self.buffer)?;
            self.position = 0;
            self.counted = 0;
        }
        Ok(self.buffer.get(self.position..self.filled).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.position = self.position.saturating_add(count).min(self.filled);
        self.piece = self.piece.saturating_add(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_across_buffers() {
        let text = "ab\n".repeat(BUFFER_BYTES);
        let mut lines = Lines::new(text.as_bytes());
        for expected in 1..=BUFFER_BYTES {
            assert_eq!(lines.line(), u64::try_from(expected).unwrap());
            let mut three = [0; 3];
            lines.read_exact(&mut three).unwrap();
            lines.start_piece();
        }
    }

    #[test]
    fn an_endless_piece_is_stopped() {
        let mut lines = Lines::new(io::repeat(b'x'));
        let mut read = 0;
        let stopped = loop {
            match lines.fill_buf() {
                Ok(bytes) => {
                    let count = bytes.len();
                    read += count;
                    lines.consume(count);
                }
                Err(error) => break error,
            }
            assert!(read < 1_000_000, "never stopped");
        };
        assert!(PieceTooLong::caused(&stopped));
    }
}
