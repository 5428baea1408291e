//! A code as a number: what a map and a sorted list keep instead of a text.

/// The most symbols a code has.
pub(super) const MOST_SYMBOLS: usize = 20;

const BITS: u32 = 6;
const ALL_BITS: u32 = 120;

/// Up to twenty capital letters and digits, the first in the highest bits: numbers order as the
/// codes do, and all codes of one beginning lie side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key(u128);

impl Key {
    /// `None` for more than twenty symbols, or one that is neither a capital letter nor a digit.
    pub(super) fn of(symbols: &[u8]) -> Option<Key> {
        if symbols.len() > MOST_SYMBOLS {
            return None;
        }
        let mut key = 0_u128;
        for symbol in symbols {
            let value = match symbol {
                b'0'..=b'9' => symbol - b'0' + 1,
                b'A'..=b'Z' => symbol - b'A' + 11,
                _ => return None,
            };
            key = key << BITS | u128::from(value);
        }
        Some(Key(key << shift(symbols.len())))
    }

    /// One past the last key that begins as this one of so many symbols does.
    pub(super) fn end_of_beginning(self, symbols: usize) -> Key {
        Key(self.0 + (1 << shift(symbols)))
    }
}

fn shift(symbols: usize) -> u32 {
    ALL_BITS - BITS * u32::try_from(symbols.min(MOST_SYMBOLS)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_order_as_codes_do_and_beginnings_enclose_them() {
        let key = |code: &str| Key::of(code.as_bytes()).unwrap();
        let codes = ["HP", "HP2", "HP23", "HPZ", "HQ", "X", "ZZZZZZZZZZZZZZZZZZZZ"];
        assert!(codes.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
        let end = key("HP2").end_of_beginning(3);
        assert!(key("HP2ZZZ") < end && end <= key("HP3"));
        assert!(Key::of(b"HP-1").is_none() && Key::of(&[b'A'; 21]).is_none());
    }
}
