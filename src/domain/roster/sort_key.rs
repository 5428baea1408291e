//! The order of Vietnamese names in class lists: the given name first, which is the last word, then
//! the family name and the middle names.

use std::fmt::Write as _;

use unicode_normalization::UnicodeNormalization;

/// The letters in their order; those that Vietnamese does not have stand where Latin has them.
const LETTERS: [&str; 33] = [
    "a", "a\u{306}", "a\u{302}", "b", "c", "d", "đ", "e", "e\u{302}", "f", "g", "h", "i", "j", "k",
    "l", "m", "n", "o", "o\u{302}", "o\u{31b}", "p", "q", "r", "s", "t", "u", "u\u{31b}", "v", "w",
    "x", "y", "z",
];

/// Where letters begin: digits come before them.
const FIRST_LETTER: usize = 20;

/// A text of ASCII digits whose order, under any collation, is the order of names in a class list.
///
/// Words are compared one after the other, the given name first: by their letters (a ă â … d đ e ê …),
/// then by their tone (ngang huyền hỏi ngã sắc nặng). Where in a word the tone stands does not matter
/// (`hoà`, `hòa`), nor do composition, case, hyphens and apostrophes.
#[must_use]
pub fn sort_key(name: &str) -> String {
    let words: Vec<&str> = name
        .split(|letter: char| letter.is_whitespace() || letter == '-')
        .filter(|word| word.contains(char::is_alphanumeric))
        .collect();
    let mut key = String::with_capacity(name.len() * 2 + words.len() * 3);
    if let Some((given, others)) = words.split_last() {
        push_word(&mut key, given);
        for word in others {
            push_word(&mut key, word);
        }
    }
    key
}

/// Two digits a letter, then `00`, which is before all letters, and the tone.
fn push_word(key: &mut String, word: &str) {
    if word.is_ascii() {
        for letter in word.chars() {
            push_letter(key, letter.to_ascii_lowercase().encode_utf8(&mut [0; 4]));
        }
        key.push_str("000");
        return;
    }
    let mut tone = 0;
    let mut letter = String::new();
    let lower = word.nfd().flat_map(char::to_lowercase);
    for part in lower {
        match tone_of(part) {
            Some(found) => tone = found,
            None if matches!(part, '\u{302}' | '\u{306}' | '\u{31b}') => letter.push(part),
            None => {
                push_letter(key, &letter);
                letter.clear();
                letter.push(part);
            }
        }
    }
    push_letter(key, &letter);
    key.push_str("00");
    key.push(char::from_digit(tone, 10).unwrap_or('0'));
}

fn push_letter(key: &mut String, letter: &str) {
    let Some(first) = letter.chars().next() else { return };
    let number = match first.to_digit(10) {
        Some(digit) => usize::try_from(digit).unwrap_or_default() + 1,
        None => match LETTERS.iter().position(|known| *known == letter) {
            Some(place) => place + FIRST_LETTER,
            None if !first.is_alphanumeric() => return,
            // Letters of other languages stand behind all of ours, by their numbers.
            None => {
                let _ = write!(key, "99{:07}", u32::from(first));
                return;
            }
        },
    };
    for digit in [number / 10, number % 10] {
        key.extend(u32::try_from(digit).ok().and_then(|digit| char::from_digit(digit, 10)));
    }
}

/// The tone that a combining mark is, in the order of dictionaries.
const fn tone_of(mark: char) -> Option<u32> {
    match mark {
        '\u{300}' | '\u{340}' => Some(1),
        '\u{309}' => Some(2),
        '\u{303}' => Some(3),
        '\u{301}' | '\u{341}' => Some(4),
        '\u{323}' => Some(5),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn names_stand_in_the_order_of_class_lists() {
        for (why, before, after) in [
            ("the given name counts first", "Vũ Minh An", "Bùi Minh Bình"),
            ("then the family name", "Đặng Minh An", "Vũ Bảo An"),
            ("then the middle names", "Vũ Bảo An", "Vũ Minh An"),
            ("ă after a", "Lê An", "Lê Ăn"),
            ("â after ă", "Lê Ăn", "Lê Ân"),
            ("a whole letter before any tone", "Lê Ấn", "Lê Bàn"),
            ("đ after d", "Lê Dương", "Lê Đan"),
            ("and before e", "Lê Đức", "Lê Em"),
            ("ê after e", "Lê Hen", "Lê Hên"),
            ("ô after o", "Lê Hon", "Lê Hôn"),
            ("ơ after ô", "Lê Hôn", "Lê Hơn"),
            ("ư after u", "Lê Hung", "Lê Hưng"),
            ("no tone, huyền", "Lê Ma", "Lê Mà"),
            ("huyền, hỏi", "Lê Mà", "Lê Mả"),
            ("hỏi, ngã", "Lê Mả", "Lê Mã"),
            ("ngã, sắc", "Lê Mã", "Lê Má"),
            ("sắc, nặng", "Lê Má", "Lê Mạ"),
            ("a short name before a longer one", "Lê Hạ", "Lê Han"),
            ("a tone of the given name before the family name", "Vũ Hà", "Bùi Hạ"),
            ("digits before letters", "Lê 1", "Lê An"),
            ("one word before two", "An", "An An"),
        ] {
            assert!(sort_key(before) < sort_key(after), "{why}: {before} {after}");
        }
    }

    #[test]
    fn two_writings_of_one_name_are_one() {
        for (why, one, other) in [
            ("old and new place of the tone", "Lê Hoà", "Lê Hòa"),
            ("on ending vowels too", "Lê Thuỷ", "Lê Thủy"),
            (
                "decomposed",
                "Nguyễn Thị Hồng Hạnh",
                "Nguyê\u{303}n Thi\u{323} Hô\u{300}ng Ha\u{323}nh",
            ),
            ("capitals", "NGUYỄN ÁNH", "Nguyễn Ánh"),
            ("blanks", " Lê  Minh An ", "Lê Minh An"),
            ("an apostrophe", "H'Mai Niê", "HMai Niê"),
            ("a hyphen is a blank", "Y-Ban Niê", "Y Ban Niê"),
        ] {
            assert_eq!(sort_key(one), sort_key(other), "{why}");
        }
        assert_ne!(sort_key("Lê Hoa"), sort_key("Lê Hòa"), "a tone is more than nothing");
        assert_eq!(sort_key(" - "), "");
    }

    fn names() -> impl Strategy<Value = String> {
        let word = prop::sample::select(vec![
            "Nguyễn",
            "Đặng",
            "Đỗ",
            "Dương",
            "Thị",
            "Hà",
            "Hạ",
            "Hả",
            "Hã",
            "Há",
            "Ha",
            "Hoà",
            "Hòa",
            "Ân",
            "Ăn",
            "An",
            "Ánh",
            "Ư",
            "Ơn",
            "Ông",
            "Êm",
            "Em",
            "Y",
            "H'Mông",
            "François",
        ]);
        prop::collection::vec(word, 1..4).prop_map(|words| words.join(" "))
    }

    proptest! {
        #[test]
        fn the_order_is_total_and_sorting_is_stable(list in prop::collection::vec(names(), 0..12)) {
            let sorted = |mut list: Vec<String>| -> Vec<String> {
                list.sort_by_cached_key(|name| sort_key(name));
                list
            };
            let once = sorted(list.clone());
            prop_assert_eq!(sorted(once.clone()), once.clone());
            let mut turned = list;
            turned.reverse();
            let keys = |list: &[String]| list.iter().map(|name| sort_key(name)).collect::<Vec<_>>();
            prop_assert_eq!(keys(&sorted(turned)), keys(&once), "any order of input ends in one");
            for pair in once.windows(2) {
                prop_assert!(sort_key(&pair[0]) <= sort_key(&pair[1]));
            }
        }

        #[test]
        fn composition_never_changes_the_key(name in "\\PC{0,24}") {
            let key = sort_key(&name.nfc().collect::<String>());
            prop_assert_eq!(&key, &sort_key(&name.nfd().collect::<String>()));
            prop_assert!(key.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }
}
