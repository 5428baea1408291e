//! Gzip: one file, perhaps in several members.

use std::io::{BufReader, Read, Seek};

use flate2::bufread::MultiGzDecoder;

use super::inflate::{MOST_BYTES, Stopped, inflate};
use super::{Next, Taker, message};
use crate::domain::diagnostic::Diagnostic;

/// Gives the file inside.
pub fn each_part(source: &mut (impl Read + Seek), taker: &mut Taker<'_>) -> Result<(), Diagnostic> {
    let damaged = |error: std::io::Error| message::damaged(&error);
    source.rewind().map_err(damaged)?;
    let mut packed = MultiGzDecoder::new(BufReader::new(Counted { source, count: 0 }));
    let mut left = MOST_BYTES;
    let bytes = inflate(&mut packed, |packed| packed.get_ref().get_ref().count, &mut left)
        .map_err(|stopped| match stopped {
            Stopped::TooLarge => message::too_large(),
            Stopped::Damaged(error) => damaged(error),
        })?;
    let name = packed.header().and_then(|header| header.filename());
    let name = name.map(|name| String::from_utf8_lossy(name).into_owned());
    let _only: Next = taker(name.as_deref().unwrap_or(message::NAMELESS), bytes);
    Ok(())
}

/// Counts the packed bytes that pass by.
struct Counted<R> {
    source: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let read = self.source.read(out)?;
        self.count = self.count.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(read)
    }
}
