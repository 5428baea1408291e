//! The code a payer copies into the transfer, made to survive phones, keyboards and banks.
//!
//! A code is a prefix of two or three letters, five data symbols and two check symbols, all from one
//! alphabet of 19: no two symbols look alike, and there is no vowel and no doubled-letter key for a
//! Telex or VNI keyboard to rewrite. The symbols are the numbers of the prime field GF(19), and a
//! whole word `s₁…sₙ`, prefix included, satisfies `Σ sᵢ = 0` and `Σ i·sᵢ = 0`. Since no two of the
//! places `1…n` are equal modulo 19, two different valid words of one length differ in at least
//! three places (a shortened Reed–Solomon code): one wrong symbol can be located, two are noticed.

use std::fmt;

mod assign;
mod repair;

pub use assign::{AssignError, assign_codes, holds_shorter};
pub use repair::{with_one_less, with_one_more, with_two_look_alikes, with_two_swapped};

/// The 19 symbols, in the order of their values.
pub const ALPHABET: &[u8; 19] = b"234679CFHJKMNPQRTVX";

/// How many symbols follow the prefix.
pub const TAIL_SYMBOLS: usize = 7;

/// The longest code: a prefix of three letters and the tail.
const MAX_SYMBOLS: usize = 3 + TAIL_SYMBOLS;

/// How many codes one prefix has: 19⁵.
pub const CODES_PER_PREFIX: u64 = 2_476_099;

const FIELD: u32 = 19;

/// Inverses in GF(19), by value; zero has none.
const INVERSE: [u32; 19] = [0, 1, 10, 13, 5, 4, 16, 11, 12, 17, 2, 7, 8, 3, 15, 14, 6, 9, 18];

/// The value of a symbol of either case, or `None` when it is none of the alphabet.
#[must_use]
pub const fn symbol_value(symbol: u8) -> Option<u32> {
    Some(match symbol {
        b'2' => 0,
        b'3' => 1,
        b'4' => 2,
        b'6' => 3,
        b'7' => 4,
        b'9' => 5,
        b'C' | b'c' => 6,
        b'F' | b'f' => 7,
        b'H' | b'h' => 8,
        b'J' | b'j' => 9,
        b'K' | b'k' => 10,
        b'M' | b'm' => 11,
        b'N' | b'n' => 12,
        b'P' | b'p' => 13,
        b'Q' | b'q' => 14,
        b'R' | b'r' => 15,
        b'T' | b't' => 16,
        b'V' | b'v' => 17,
        b'X' | b'x' => 18,
        _ => return None,
    })
}

/// The symbol of a value, taken modulo 19.
fn symbol_of(value: u32) -> u8 {
    usize::try_from(value % FIELD)
        .ok()
        .and_then(|place| ALPHABET.get(place))
        .copied()
        .unwrap_or(b'2')
}

/// The two sums that are zero for a valid word.
fn sums(values: impl Iterator<Item = u32>) -> (u32, u32) {
    values.zip(1_u32..).fold((0, 0), |(plain, weighted), (value, place)| {
        ((plain + value) % FIELD, (weighted + place * value) % FIELD)
    })
}

/// The two or three letters with which all codes of a school begin.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix {
    letters: [u8; 3],
    length: usize,
}

impl Prefix {
    /// `HP`, for *học phí*.
    pub const DEFAULT: Prefix = Prefix { letters: *b"HP\0", length: 2 };

    /// Two or three letters of the alphabet, of either case.
    pub fn parse(text: &str) -> Result<Prefix, PaymentCodeError> {
        let text = text.trim().as_bytes();
        if !(2..=3).contains(&text.len()) {
            return Err(PaymentCodeError::Shape);
        }
        let mut letters = [0; 3];
        for (place, letter) in letters.iter_mut().zip(text) {
            if !letter.is_ascii_alphabetic() || symbol_value(*letter).is_none() {
                return Err(PaymentCodeError::Symbol(char::from(*letter)));
            }
            *place = letter.to_ascii_uppercase();
        }
        Ok(Prefix { letters, length: text.len() })
    }

    /// The letters, upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.letters
            .get(..self.length)
            .and_then(|letters| std::str::from_utf8(letters).ok())
            .unwrap_or_default()
    }

    /// How many symbols a code with this prefix has.
    #[must_use]
    pub const fn code_length(&self) -> usize {
        self.length + TAIL_SYMBOLS
    }
}

impl Default for Prefix {
    fn default() -> Prefix {
        Prefix::DEFAULT
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl fmt::Debug for Prefix {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// Why a text is no payment code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentCodeError {
    /// Too short, too long, or without a prefix of letters.
    #[error("a payment code is two or three letters and seven letters or digits")]
    Shape,
    /// A character that no code contains.
    #[error("no payment code contains {0:?}")]
    Symbol(char),
    /// The check symbols do not hold: at least one symbol is wrong.
    #[error("the check symbols of the payment code do not hold")]
    Check,
}

/// A valid payment code: the field is private, so whoever holds one holds a valid one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaymentCode {
    symbols: [u8; MAX_SYMBOLS],
    length: usize,
}

impl PaymentCode {
    /// Reads a code in any case, ignoring the blanks and separators that people and banks add.
    pub fn parse(text: &str) -> Result<PaymentCode, PaymentCodeError> {
        let mut word = [0; MAX_SYMBOLS];
        let mut length = 0;
        for letter in text.chars() {
            if letter.is_whitespace() || letter.is_ascii_punctuation() {
                continue;
            }
            let symbol = u8::try_from(letter)
                .ok()
                .filter(|byte| symbol_value(*byte).is_some())
                .ok_or(PaymentCodeError::Symbol(letter))?;
            *word.get_mut(length).ok_or(PaymentCodeError::Shape)? = symbol;
            length += 1;
        }
        PaymentCode::from_symbols(word.get(..length).unwrap_or_default())
    }

    /// A code from exactly its symbols, of either case and without separators.
    pub fn from_symbols(word: &[u8]) -> Result<PaymentCode, PaymentCodeError> {
        let prefix_length = word.len().checked_sub(TAIL_SYMBOLS).ok_or(PaymentCodeError::Shape)?;
        let prefix = word.get(..prefix_length).unwrap_or_default();
        if !(2..=3).contains(&prefix_length) || !prefix.iter().all(u8::is_ascii_alphabetic) {
            return Err(PaymentCodeError::Shape);
        }
        let mut symbols = [0; MAX_SYMBOLS];
        let (mut plain, mut weighted) = (0, 0);
        for ((place, slot), symbol) in (1_u32..).zip(symbols.iter_mut()).zip(word) {
            let value =
                symbol_value(*symbol).ok_or(PaymentCodeError::Symbol(char::from(*symbol)))?;
            plain += value;
            weighted += place * value;
            *slot = symbol.to_ascii_uppercase();
        }
        if plain % FIELD == 0 && weighted % FIELD == 0 {
            Ok(PaymentCode { symbols, length: word.len() })
        } else {
            Err(PaymentCodeError::Check)
        }
    }

    /// The `serial`-th code of a prefix; `None` once the 2,476,099 codes of the prefix are used up.
    ///
    /// Different serials give different codes, and neighbouring serials give unlike ones.
    #[must_use]
    pub fn issue(prefix: Prefix, serial: u64) -> Option<PaymentCode> {
        PaymentCode::issue_keyed(prefix, 0, serial)
    }

    /// As [`PaymentCode::issue`], in the order that belongs to `key`: whoever does not know the key
    /// cannot tell from some codes of a list which others it has.
    #[must_use]
    pub fn issue_keyed(prefix: Prefix, key: u64, serial: u64) -> Option<PaymentCode> {
        let mut rest = scramble(key, serial)?;
        let mut values = [0_u32; MAX_SYMBOLS];
        let mut length = 0;
        for (slot, letter) in values.iter_mut().zip(prefix.as_str().bytes()) {
            *slot = symbol_value(letter)?;
            length += 1;
        }
        for slot in values.iter_mut().skip(length).take(TAIL_SYMBOLS - 2) {
            *slot = u32::try_from(rest % u64::from(FIELD)).ok()?;
            rest /= u64::from(FIELD);
        }
        let length = length + TAIL_SYMBOLS;
        let (plain, weighted) = sums(values.iter().copied());
        // a + b = -plain and (n-1)·a + n·b = -weighted, solved for the last two places.
        let places = u32::try_from(length).ok()?;
        let last = ((places - 1) * plain + FIELD - weighted) % FIELD;
        let before = (2 * FIELD - plain - last) % FIELD;
        *values.get_mut(length - 2)? = before;
        *values.get_mut(length - 1)? = last;
        let mut symbols = [0; MAX_SYMBOLS];
        for (slot, value) in symbols.iter_mut().zip(values).take(length) {
            *slot = symbol_of(value);
        }
        Some(PaymentCode { symbols, length })
    }

    /// The symbols, upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The symbols as bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.symbols.get(..self.length).unwrap_or_default()
    }

    /// The letters it begins with.
    #[must_use]
    pub fn prefix(&self) -> Prefix {
        let length = self.length.saturating_sub(TAIL_SYMBOLS);
        let mut letters = [0; 3];
        for (slot, letter) in letters.iter_mut().zip(self.symbols).take(length) {
            *slot = letter;
        }
        Prefix { letters, length }
    }
}

impl fmt::Display for PaymentCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl fmt::Debug for PaymentCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// The one code that differs from `word` in exactly one symbol, or `None`.
///
/// The wrong symbol may be one that no code contains, such as `O` or `1`. `None` also when the word
/// is valid as it stands, when more is wrong, or when the word has not the length of a code.
#[must_use]
pub fn correct_one(word: &[u8]) -> Option<PaymentCode> {
    if word.len() > MAX_SYMBOLS {
        return None;
    }
    let mut fixed = [0; MAX_SYMBOLS];
    let fixed = fixed.get_mut(..word.len())?;
    fixed.copy_from_slice(word);
    let mut strangers = word.iter().zip(1_u32..).filter(|(s, _)| symbol_value(**s).is_none());
    let stranger = strangers.next().map(|(_, place)| place);
    if strangers.next().is_some() {
        return None;
    }
    // A stranger counts as zero, so that what is missing at its place is the error itself.
    let (plain, weighted) = sums(word.iter().map(|symbol| symbol_value(*symbol).unwrap_or(0)));
    let place = if let Some(place) = stranger {
        if (place * plain) % FIELD != weighted {
            return None;
        }
        place
    } else {
        let inverse = INVERSE.get(usize::try_from(plain).ok()?).filter(|_| plain != 0)?;
        (weighted * inverse) % FIELD
    };
    let wrong = fixed.get_mut(usize::try_from(place.checked_sub(1)?).ok()?)?;
    *wrong = symbol_of(symbol_value(*wrong).unwrap_or(0) + FIELD - plain);
    PaymentCode::from_symbols(fixed).ok()
}

/// A permutation of `0..CODES_PER_PREFIX`: a four-round Feistel network on 22 bits, walked until it
/// lands in range.
fn scramble(key: u64, serial: u64) -> Option<u64> {
    const HALF_BITS: u32 = 11;
    const HALF_MASK: u64 = (1 << HALF_BITS) - 1;
    if serial >= CODES_PER_PREFIX {
        return None;
    }
    let mut word = serial;
    loop {
        let (mut left, mut right) = (word >> HALF_BITS, word & HALF_MASK);
        for round in 1..=4_u64 {
            (left, right) = (right, left ^ (mix(key, round << 32 | right) & HALF_MASK));
        }
        word = left << HALF_BITS | right;
        if word < CODES_PER_PREFIX {
            return Some(word);
        }
    }
}

/// Scatters the bits of `word` under `key` (the finaliser of SplitMix64, twice).
fn mix(key: u64, word: u64) -> u64 {
    let once = finalise(word ^ finalise(key ^ 0x9E37_79B9_7F4A_7C15));
    finalise(once ^ key.rotate_left(32))
}

fn finalise(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn code(serial: u64) -> PaymentCode {
        PaymentCode::issue(Prefix::DEFAULT, serial).unwrap()
    }

    #[test]
    fn the_values_are_the_places_in_the_alphabet() {
        for symbol in 0..=u8::MAX {
            let place = ALPHABET.iter().position(|known| *known == symbol.to_ascii_uppercase());
            assert_eq!(symbol_value(symbol), place.map(|place| u32::try_from(place).unwrap()));
        }
    }

    #[test]
    fn a_code_has_the_documented_shape() {
        for (why, prefix, length) in [("two letters", "hp", 9), ("three letters", "THC", 10)] {
            let prefix = Prefix::parse(prefix).unwrap();
            let code = PaymentCode::issue(prefix, 41).unwrap();
            assert_eq!(code.as_str().len(), length, "{why}: {code}");
            assert_eq!(prefix.code_length(), length, "{why}");
            assert_eq!(code.prefix(), prefix, "{why}");
            assert!(code.as_bytes().iter().all(|symbol| ALPHABET.contains(symbol)), "{why}");
        }
    }

    #[test]
    fn a_code_is_read_however_it_is_written() {
        let printed = code(7).to_string();
        let (head, tail) = printed.split_at(4);
        for (why, seen) in [
            ("as printed", printed.clone()),
            ("lower case", printed.to_ascii_lowercase()),
            ("grouped", format!(" {head}-{tail}. ")),
            ("split at a line end", format!("{head}\r\n{tail}")),
        ] {
            assert_eq!(PaymentCode::parse(&seen), Ok(code(7)), "{why}: {seen:?}");
        }
        for (why, seen, expected) in [
            ("cut short", head.to_owned(), PaymentCodeError::Shape),
            ("too long", format!("{printed}22"), PaymentCodeError::Shape),
            ("a letter no code has", printed.replace("HP", "HO"), PaymentCodeError::Symbol('O')),
            ("a prefix of digits", printed.replace("HP", "22"), PaymentCodeError::Shape),
            ("another prefix", printed.replace("HP", "HQ"), PaymentCodeError::Check),
        ] {
            assert_eq!(PaymentCode::parse(&seen), Err(expected), "{why}: {seen:?}");
        }
    }

    #[test]
    fn prefixes_are_two_or_three_letters_of_the_alphabet() {
        for (why, text, good) in [
            ("two", "HP", true),
            ("three", "thc", true),
            ("one", "H", false),
            ("four", "HPHP", false),
            ("a vowel", "HA", false),
            ("a digit", "H2", false),
            ("a look-alike", "SP", false),
        ] {
            assert_eq!(Prefix::parse(text).is_ok(), good, "{why}");
        }
    }

    #[test]
    fn serials_give_distinct_unlike_codes_until_the_prefix_is_exhausted() {
        let codes: HashSet<_> = (0..20_000).map(|serial| code(serial).to_string()).collect();
        assert_eq!(codes.len(), 20_000);
        let leading: HashSet<_> =
            (0..200).map(|serial| code(serial).as_str()[..5].to_owned()).collect();
        assert!(leading.len() > 150, "only {} different beginnings", leading.len());
        assert!(PaymentCode::issue(Prefix::DEFAULT, CODES_PER_PREFIX - 1).is_some());
        assert_eq!(PaymentCode::issue(Prefix::DEFAULT, CODES_PER_PREFIX), None);
    }

    #[test]
    fn the_scramble_is_a_permutation() {
        let mut hit = vec![false; usize::try_from(CODES_PER_PREFIX).unwrap()];
        for serial in 0..CODES_PER_PREFIX {
            let place = usize::try_from(scramble(3, serial).unwrap()).unwrap();
            assert!(!hit[place], "{serial} lands on a taken place");
            hit[place] = true;
        }
    }

    proptest! {
        #[test]
        fn issued_codes_are_valid_and_differ_in_three_places(
            key: u64, a in 0..CODES_PER_PREFIX, b in 0..CODES_PER_PREFIX, three: bool,
        ) {
            let prefix = if three { Prefix::parse("THC").unwrap() } else { Prefix::DEFAULT };
            let a_code = PaymentCode::issue_keyed(prefix, key, a).unwrap();
            let b_code = PaymentCode::issue_keyed(prefix, key, b).unwrap();
            prop_assert_eq!(PaymentCode::parse(a_code.as_str()), Ok(a_code));
            let pairs = a_code.as_bytes().iter().zip(b_code.as_bytes());
            let apart = pairs.filter(|(x, y)| x != y).count();
            prop_assert!(a == b || apart >= 3, "{} and {}", a_code, b_code);
        }

        #[test]
        fn every_word_within_two_slips_is_noticed_and_one_slip_corrected(
            serial in 0..CODES_PER_PREFIX, place in 2_usize..9, other in 2_usize..9,
            wrong in "[A-Z0-9]", more in "[2-9CFHJKMNPQRTVX]",
        ) {
            let truth = code(serial);
            let mut word = truth.as_bytes().to_vec();
            word[place] = wrong.as_bytes()[0];
            prop_assume!(word != truth.as_bytes());
            prop_assert!(PaymentCode::from_symbols(&word).is_err());
            prop_assert_eq!(correct_one(&word), Some(truth));
            word[other] = more.as_bytes()[0];
            prop_assert!(other == place || PaymentCode::from_symbols(&word).is_err() || word == truth.as_bytes());
        }

        #[test]
        fn a_correction_is_one_symbol_away(word in "[A-Z0-9]{9,10}") {
            if let Some(found) = correct_one(word.as_bytes()) {
                let apart = found.as_bytes().iter().zip(word.as_bytes()).filter(|(x, y)| x != y).count();
                prop_assert_eq!(apart, 1);
            }
        }
    }
}
