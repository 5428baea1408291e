//! UTF-16 that comes without a byte order mark.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// How much of a file is looked at: letters of one order are no letters of the other from the
/// first line on.
const SAMPLE_BYTES: usize = 4096;
/// Fewer letters than this prove nothing.
const FEWEST_LETTERS: usize = 8;

/// The byte order of UTF-16 text without a mark, where the bytes leave no doubt: every pair is a
/// letter of a Vietnamese or English text in this order, most are ASCII, and so none of them would
/// be in the other order.
#[must_use]
pub fn unmarked_utf16(head: &[u8]) -> Option<&'static Encoding> {
    let sample = head.get(..SAMPLE_BYTES).unwrap_or(head);
    if !sample.contains(&0) {
        return None;
    }
    let pairs = || {
        sample.chunks_exact(2).filter_map(|pair| match pair {
            [first, second] => Some([*first, *second]),
            _ => None,
        })
    };
    if is_plain_text(pairs().map(u16::from_le_bytes)) {
        Some(UTF_16LE)
    } else if is_plain_text(pairs().map(u16::from_be_bytes)) {
        Some(UTF_16BE)
    } else {
        None
    }
}

fn is_plain_text(letters: impl Iterator<Item = u16>) -> bool {
    let (mut all, mut ascii) = (0_usize, 0_usize);
    for letter in letters {
        let known = matches!(
            letter,
            0x09 | 0x0a | 0x0d | 0x20..=0x7e | 0xa0..=0x24f | 0x300..=0x36f | 0x1e00..=0x1eff | 0x2000..=0x20cf
        );
        if !known {
            return false;
        }
        all += 1;
        ascii += usize::from(letter < 0x80);
    }
    all >= FEWEST_LETTERS && ascii * 2 > all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_byte_order_is_told_only_where_it_is_certain() {
        let text = "Ngày giao dịch\tGhi có\r\n02/11/2026\t1.250.000\r\n";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (why, bytes, expected) in [
            ("little end first", &le[..], Some(UTF_16LE)),
            ("big end first", &be, Some(UTF_16BE)),
            ("cut inside a letter", &le[..41], Some(UTF_16LE)),
            ("shifted by a byte", &le[1..], Some(UTF_16BE)),
            ("too short to know", &le[..10], None),
            ("UTF-8", text.as_bytes(), None),
            ("bytes of a program", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8\0\0\0", None),
            ("zeros", &[0; 64], None),
        ] {
            assert_eq!(unmarked_utf16(bytes), expected, "{why}");
        }
    }
}
