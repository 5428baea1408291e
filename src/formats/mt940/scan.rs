//! Finding single bytes in short texts. The standard library's search prepares itself for any letter
//! and any length, which takes longer than these texts are long.

const WORD: usize = 8;
const ONES: u64 = repeated(1);
const HIGHS: u64 = repeated(0x80);

const fn repeated(byte: u8) -> u64 {
    u64::from_le_bytes([byte; WORD])
}

/// The high bit of each byte that is zero. A byte above a zero one may have it too, by the borrow, but
/// the lowest is always right.
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

/// The first place of `byte`.
pub fn find(bytes: &[u8], byte: u8) -> Option<usize> {
    let wanted = repeated(byte);
    find_by(bytes, |word| zeros(word ^ wanted), |other| other == byte)
}

/// The first CR or LF.
pub fn line_end(bytes: &[u8]) -> Option<usize> {
    const LINE_FEEDS: u64 = repeated(b'\n');
    const RETURNS: u64 = repeated(b'\r');
    find_by(
        bytes,
        |word| zeros(word ^ LINE_FEEDS) | zeros(word ^ RETURNS),
        |byte| matches!(byte, b'\n' | b'\r'),
    )
}

/// The first byte that is not one of ASCII's visible letters or a blank: a line's end or what needs a
/// closer look.
pub fn special(bytes: &[u8]) -> Option<usize> {
    const BLANKS: u64 = repeated(b' ');
    const DELETES: u64 = repeated(0x7f);
    let controls = |word: u64| word.wrapping_sub(BLANKS) & !word & HIGHS;
    find_by(
        bytes,
        |word| controls(word) | zeros(word ^ DELETES) | (word & HIGHS),
        |byte| !(b' '..0x7f).contains(&byte),
    )
}

/// Looks at eight bytes together, and one by one at those that are left.
fn find_by(
    bytes: &[u8],
    in_word: impl Fn(u64) -> u64,
    is_it: impl Fn(u8) -> bool,
) -> Option<usize> {
    let mut words = bytes.chunks_exact(WORD);
    let mut at = 0;
    for word in words.by_ref() {
        let hits = in_word(u64::from_le_bytes(word.try_into().ok()?));
        if hits != 0 {
            return usize::try_from(hits.trailing_zeros() / 8).ok().map(|within| at + within);
        }
        at += WORD;
    }
    words.remainder().iter().position(|byte| is_it(*byte)).map(|within| at + within)
}

/// The text before and behind the first `byte`, which is ASCII.
pub fn split_once(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = find(text.as_bytes(), byte)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The lines of a value, parted by LF.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (line, after) = match split_once(text, b'\n') {
            Some((line, after)) => (line, Some(after)),
            None => (text, None),
        };
        rest = after;
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_found_wherever_it_stands() {
        for length in 0..40 {
            for byte in [b'\n', b'\r'] {
                // Bytes that differ by one must not be taken for it.
                let mut bytes = vec![byte + 1; length];
                assert_eq!((find(&bytes, byte), line_end(&bytes)), (None, None), "{length}");
                bytes.extend([byte, byte + 1, byte]);
                let place = Some(length);
                assert_eq!((find(&bytes, byte), line_end(&bytes)), (place, place), "{length}");
            }
            for byte in 0..=u8::MAX {
                let mut bytes = vec![b' '; length];
                bytes.extend([byte, b'~']);
                let expected = (!(b' '..=b'~').contains(&byte)).then_some(length);
                assert_eq!(special(&bytes), expected, "{byte} at {length}");
            }
        }
    }

    #[test]
    fn texts_are_parted_between_letters() {
        assert_eq!(split_once("đồng/học/phí", b'/'), Some(("đồng", "học/phí")));
        assert_eq!(split_once("đồng", b'/'), None);
        for (why, text, expected) in [
            ("several", "a\nb\n\nc", vec!["a", "b", "", "c"]),
            ("one", "a", vec!["a"]),
            ("an end of its own", "a\n", vec!["a", ""]),
            ("nothing", "", vec![""]),
        ] {
            assert_eq!(lines(text).collect::<Vec<_>>(), expected, "{why}");
        }
    }
}
