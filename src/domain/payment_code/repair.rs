//! Words that a valid code may have been before something worse than one wrong symbol happened to
//! it: a symbol lost, one too many, two neighbours in each other's place, two symbols that no code
//! has. Each costs a few sums, not a search: the two check equations say which symbol is missing.
//!
//! What comes out is a guess. More than one code may be as near, so it can only be proposed.

use super::{FIELD, INVERSE, MAX_SYMBOLS, PaymentCode, TAIL_SYMBOLS, symbol_of, symbol_value};

/// The values of a word with their sums.
struct Word {
    values: [u32; MAX_SYMBOLS + 1],
    length: usize,
    plain: u32,
    weighted: u32,
}

impl Word {
    /// A word of symbols that codes have, at most one longer than the longest code.
    fn read(word: &[u8]) -> Option<Word> {
        let mut read = Word { values: [0; MAX_SYMBOLS + 1], length: 0, plain: 0, weighted: 0 };
        for ((slot, place), symbol) in read.values.iter_mut().zip(1_u32..).zip(word) {
            *slot = symbol_value(*symbol)?;
            read.plain += *slot;
            read.weighted += place * *slot;
            read.length += 1;
        }
        (read.length == word.len()).then_some(read)
    }

    fn value(&self, place: usize) -> u32 {
        self.values.get(place).copied().unwrap_or_default()
    }
}

/// The codes that `word` becomes when one symbol is put in behind a prefix of so many letters.
pub fn with_one_more(word: &[u8], prefix: usize) -> impl Iterator<Item = PaymentCode> {
    let read = (word.len() == prefix + TAIL_SYMBOLS - 1).then(|| Word::read(word)).flatten();
    let length = word.len();
    let mut word_with_gap = [0; MAX_SYMBOLS + 1];
    read.into_iter().flat_map(move |read| {
        let missing = (FIELD - read.plain % FIELD) % FIELD;
        // What stands behind the new symbol moves one place on: its values count once more.
        let mut moved: u32 = 0;
        let mut found = Vec::new();
        for place in (prefix..=length).rev() {
            if place < length {
                moved += read.value(place);
            }
            let own_place = u32::try_from(place).unwrap_or_default() + 1;
            if (read.weighted + own_place * missing + moved).is_multiple_of(FIELD) {
                for (index, slot) in word_with_gap.iter_mut().enumerate() {
                    *slot = match index.cmp(&place) {
                        std::cmp::Ordering::Less => symbol_of(read.value(index)),
                        std::cmp::Ordering::Equal => symbol_of(missing),
                        std::cmp::Ordering::Greater => symbol_of(read.value(index - 1)),
                    };
                }
                found.extend(code_of(word_with_gap.get(..=length)));
            }
        }
        found.dedup();
        found
    })
}

/// The codes that `word` becomes when one symbol behind the prefix is left out.
pub fn with_one_less(word: &[u8], prefix: usize) -> impl Iterator<Item = PaymentCode> {
    let read = (word.len() == prefix + TAIL_SYMBOLS + 1).then(|| Word::read(word)).flatten();
    let length = word.len();
    read.into_iter().flat_map(move |read| {
        let mut behind: u32 = 0;
        let mut found = Vec::new();
        for place in (prefix..length).rev() {
            let value = read.value(place);
            let own_place = u32::try_from(place).unwrap_or_default() + 1;
            let weighted = read.weighted + FIELD * MAX_PLACES - own_place * value - behind;
            if read.plain % FIELD == value && weighted.is_multiple_of(FIELD) {
                let mut kept = [0; MAX_SYMBOLS];
                for (index, slot) in kept.iter_mut().enumerate() {
                    *slot = symbol_of(read.value(index + usize::from(index >= place)));
                }
                found.extend(code_of(kept.get(..length - 1)));
            }
            behind += value;
        }
        found.dedup();
        found
    })
}

/// More than any weighted sum of a word, divided by the field: keeps differences positive.
const MAX_PLACES: u32 = 200;

/// The codes that `word` becomes when two neighbours behind the prefix change places.
pub fn with_two_swapped(word: &[u8], prefix: usize) -> impl Iterator<Item = PaymentCode> {
    let read = (word.len() == prefix + TAIL_SYMBOLS).then(|| Word::read(word)).flatten();
    let read = read.filter(|read| read.plain % FIELD == 0);
    let length = word.len();
    read.into_iter().flat_map(move |read| {
        (prefix..length.saturating_sub(1)).filter_map(move |place| {
            let (one, two) = (read.value(place), read.value(place + 1));
            if one == two || !(read.weighted + FIELD + one - two).is_multiple_of(FIELD) {
                return None;
            }
            let mut swapped = [0; MAX_SYMBOLS];
            for (index, slot) in swapped.iter_mut().enumerate() {
                *slot = symbol_of(read.value(index));
            }
            swapped.swap(place, place + 1);
            code_of(swapped.get(..length))
        })
    })
}

/// The code that `word` was before two of its symbols became ones that no code has and that look
/// like them: `O` for `Q`, `Z` for `2`. With two unknown symbols no check is left.
#[must_use]
pub fn with_two_look_alikes(word: &[u8]) -> Option<PaymentCode> {
    if word.len() > MAX_SYMBOLS {
        return None;
    }
    let mut symbols = [0; MAX_SYMBOLS];
    let symbols = symbols.get_mut(..word.len())?;
    symbols.copy_from_slice(word);
    let mut strangers = word.iter().zip(1_u32..).filter(|(s, _)| symbol_value(**s).is_none());
    let (first, second) = (strangers.next()?, strangers.next()?);
    if strangers.next().is_some() {
        return None;
    }
    let (plain, weighted) = super::sums(word.iter().map(|s| symbol_value(*s).unwrap_or(0)));
    // a + b = -plain and p·a + q·b = -weighted for the values at the places p and q.
    let apart = second.1.checked_sub(first.1)?;
    let inverse = INVERSE.get(usize::try_from(apart % FIELD).ok()?)?;
    let last = (FIELD * MAX_PLACES + first.1 * plain - weighted) % FIELD * inverse % FIELD;
    let before = (2 * FIELD - plain - last) % FIELD;
    for ((stranger, place), value) in [(first, before), (second, last)] {
        let symbol = symbol_of(value);
        if !look_alike(*stranger, symbol) {
            return None;
        }
        *symbols.get_mut(usize::try_from(place.checked_sub(1)?).ok()?)? = symbol;
    }
    PaymentCode::from_symbols(symbols).ok()
}

/// Whether a person may write `typed`, which no code has, for a symbol of the alphabet.
fn look_alike(typed: u8, symbol: u8) -> bool {
    let alike: &[u8] = match typed.to_ascii_uppercase() {
        b'0' | b'O' | b'D' => b"Q",
        b'1' | b'I' | b'L' => b"7JT",
        b'Z' => b"27",
        b'G' => b"6C9",
        b'B' | b'8' | b'S' | b'5' => b"369",
        b'E' => b"3F",
        b'A' => b"4",
        b'Y' => b"VX",
        b'U' | b'W' => b"V",
        _ => b"",
    };
    alike.contains(&symbol)
}

fn code_of(word: Option<&[u8]>) -> Option<PaymentCode> {
    PaymentCode::from_symbols(word?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{ALPHABET, CODES_PER_PREFIX, Prefix};
    use super::*;

    proptest! {
        /// The sums find what trying every word finds.
        #[test]
        fn repairs_are_those_that_trying_everything_finds(
            serial in 0..CODES_PER_PREFIX, place in 2_usize..9, three: bool, noise in "[234679CFHJKMNPQRTVX]{10}",
        ) {
            let prefix = if three { Prefix::parse("THC").unwrap() } else { Prefix::DEFAULT };
            let before = prefix.as_str().len();
            let place = place.max(before);
            let code = PaymentCode::issue(prefix, serial).unwrap();
            let whole = code.as_bytes().to_vec();
            let mut lost = whole.clone();
            lost.remove(place);
            let mut more = whole.clone();
            more.insert(place, noise.as_bytes()[place]);
            let mut swapped = whole.clone();
            if place + 1 < swapped.len() {
                swapped.swap(place, place + 1);
            }
            let length = whole.len();
            for word in [&lost, &noise.as_bytes()[..length - 1].to_vec()] {
                let mut tried: Vec<PaymentCode> = (before..=word.len())
                    .flat_map(|at| ALPHABET.iter().map(move |symbol| (at, *symbol)))
                    .filter_map(|(at, symbol)| {
                        let mut grown = word.clone();
                        grown.insert(at, symbol);
                        PaymentCode::from_symbols(&grown).ok()
                    })
                    .collect();
                let mut found: Vec<_> = with_one_more(word, before).collect();
                tried.sort_unstable();
                tried.dedup();
                found.sort_unstable();
                found.dedup();
                prop_assert_eq!(found, tried);
            }
            prop_assert!(with_one_more(&lost, before).any(|found| found == code));
            prop_assert!(with_one_less(&more, before).any(|found| found == code));
            let mut tried: Vec<PaymentCode> = (before..more.len())
                .filter_map(|at| {
                    let mut shrunk = more.clone();
                    shrunk.remove(at);
                    PaymentCode::from_symbols(&shrunk).ok()
                })
                .collect();
            let mut found: Vec<_> = with_one_less(&more, before).collect();
            tried.sort_unstable();
            tried.dedup();
            found.sort_unstable();
            found.dedup();
            prop_assert_eq!(found, tried);
            if swapped != whole {
                let found: Vec<_> = with_two_swapped(&swapped, before).collect();
                prop_assert!(found.contains(&code), "{:?}", found);
            }
        }

        #[test]
        fn two_look_alikes_give_the_code_back(serial in 0..CODES_PER_PREFIX) {
            let code = PaymentCode::issue(Prefix::DEFAULT, serial).unwrap();
            let typed = |symbol: u8| match symbol {
                b'2' => Some(b'Z'), b'Q' => Some(b'O'), b'6' => Some(b'G'), b'4' => Some(b'A'),
                b'V' => Some(b'U'), b'7' => Some(b'1'), b'3' => Some(b'8'), _ => None,
            };
            let mut word = code.as_bytes().to_vec();
            let mut changed = 0;
            for symbol in word.iter_mut().skip(2) {
                if changed < 2 && let Some(other) = typed(*symbol) {
                    *symbol = other;
                    changed += 1;
                }
            }
            prop_assert_eq!(with_two_look_alikes(&word), (changed == 2).then_some(code));
        }
    }

    #[test]
    fn what_is_no_look_alike_is_not_taken_for_one() {
        let code = PaymentCode::issue(Prefix::DEFAULT, 7).unwrap();
        let mut word = code.as_bytes().to_vec();
        for (place, stranger) in [(3, b'W'), (5, b'W')] {
            word[place] = stranger;
        }
        let told = with_two_look_alikes(&word);
        let meant = code.as_bytes()[3] == b'V' && code.as_bytes()[5] == b'V';
        assert_eq!(told.is_some(), meant);
    }
}
