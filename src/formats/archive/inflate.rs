//! Inflating within bounds that are counted, not stated.

use std::io::{self, Read};

/// The most bytes that all files of an archive together may inflate to.
pub const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// No statement packs tighter than this, once it is of some size.
const HIGHEST_RATIO: u64 = 200;
const SOME_SIZE: u64 = 1024 * 1024;

/// Why inflating stopped.
#[derive(Debug)]
pub enum Stopped {
    /// Beyond [`MOST_BYTES`], or packed tighter than anything real.
    TooLarge,
    /// Cut off, or not what its checksum says.
    Damaged(io::Error),
}

/// Inflates all of `packed`. `consumed` tells how many packed bytes were read so far; `left` is what
/// the archive may still inflate to.
pub fn inflate<R: Read>(
    packed: &mut R,
    consumed: impl Fn(&R) -> u64,
    left: &mut u64,
) -> Result<Vec<u8>, Stopped> {
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let read = match packed.read(&mut chunk) {
            Ok(0) => return Ok(bytes),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Stopped::Damaged(error)),
        };
        let size = u64::try_from(read).unwrap_or(u64::MAX);
        *left = left.checked_sub(size).ok_or(Stopped::TooLarge)?;
        bytes.extend_from_slice(chunk.get(..read).unwrap_or_default());
        let inflated = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if inflated > SOME_SIZE && inflated / HIGHEST_RATIO > consumed(packed).max(1) {
            return Err(Stopped::TooLarge);
        }
    }
}
