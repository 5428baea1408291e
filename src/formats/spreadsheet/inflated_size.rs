//! How many bytes a deflated part really unpacks to (RFC 1951), whatever its archive states.

use std::io::Read;

use flate2::read::DeflateDecoder;

/// So much is unpacked at a time and thrown away again.
const CHUNK_BYTES: usize = 64 * 1024;

/// The unpacked size of the deflate stream in `source`, or nothing when the stream is damaged. Ends
/// early, with a larger number, soon after the size is above `limit`.
pub fn inflated_size(source: impl Read, limit: u64) -> Option<u64> {
    let mut unpacked = DeflateDecoder::new(source);
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut size: u64 = 0;
    loop {
        let read = unpacked.read(&mut chunk).ok()?;
        size = size.checked_add(u64::try_from(read).ok()?)?;
        if read == 0 || size > limit {
            return Some(size);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;

    use super::*;

    #[test]
    fn sizes_are_those_of_the_unpacked_bytes() {
        // Raw deflate streams by zlib.
        for (why, stream, expected) in [
            ("nothing", &[0x03, 0x00][..], Some(0)),
            ("stored", &[0x01, 0x03, 0x00, 0xFC, 0xFF, b'a', b'b', b'c'], Some(3)),
            ("fixed codes", &[0x4B, 0x4C, 0x4A, 0x06, 0x00], Some(3)),
            (
                "a run of 1,000 letters",
                &[0x4B, 0x4C, 0x1C, 0x05, 0xA3, 0x60, 0x14, 0x0C, 0x77, 0x00, 0x00],
                Some(1_000),
            ),
            ("cut short", &[0x4B, 0x4C], None),
            ("stored length damaged", &[0x01, 0x03, 0x00, 0xFC, 0xFE, b'a', b'b', b'c'], None),
            ("unknown block", &[0x07], None),
        ] {
            assert_eq!(inflated_size(stream, 1 << 20), expected, "{why}");
        }
    }

    #[test]
    fn counting_ends_above_the_limit() {
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&vec![b'a'; 10 * CHUNK_BYTES]).unwrap();
        let packed = packed.finish().unwrap();
        let all = u64::try_from(10 * CHUNK_BYTES).unwrap();
        assert_eq!(inflated_size(packed.as_slice(), all), Some(all));
        assert!(inflated_size(packed.as_slice(), 10).is_some_and(|size| size > 10 && size < all));
    }
}
