//! Vietnamese text without its marks: what banks leave of what people wrote.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What stands in the place of a character that moves others.
const MARK: char = '\u{fffd}';

/// Whether a character is seen by nobody and moves what others wrote: a control character, or a mark
/// that turns the direction of text around. Ends of lines and tabs are none.
#[must_use]
pub fn moves(letter: char) -> bool {
    match letter {
        '\n' | '\r' | '\t' => false,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            true
        }
        _ => letter.is_control(),
    }
}

/// A text for people, with a mark that can be seen in the place of each character that moves others.
#[must_use]
pub fn still(text: &str) -> Cow<'_, str> {
    if text.chars().any(moves) {
        Cow::Owned(text.chars().map(|letter| if moves(letter) { MARK } else { letter }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Capital letters without diacritics, everything else as it is: `Đặng Thuỷ` becomes `DANG THUY`.
///
/// `đ` has no Unicode decomposition, and old fonts wrote the Icelandic `ð` for it: both become `D`.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_uppercase();
    }
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        // Most letters of Vietnamese are plain; only the others are taken apart.
        if letter.is_ascii() {
            folded.push(letter.to_ascii_uppercase());
        } else {
            folded.extend(folded_chars(letter));
        }
    }
    folded
}

/// The folded characters of one character: none for a combining mark.
pub fn folded_chars(letter: char) -> impl Iterator<Item = char> {
    std::iter::once(letter).nfd().filter(|part| !is_combining_mark(*part)).map(|part| match part {
        'đ' | 'Đ' | 'ð' | 'Ð' => 'D',
        other => other.to_ascii_uppercase(),
    })
}

/// Folded and stripped of all but ASCII letters and digits: two writings of one text compare equal.
#[must_use]
pub fn squeeze(text: &str) -> String {
    let mut folded = fold(text);
    folded.retain(|letter| letter.is_ascii_alphanumeric());
    folded
}

/// Bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]);
    halves.filter_map(|half| char::from_digit(half.into(), 16)).collect()
}

/// The last four characters of an account's number.
#[must_use]
pub fn last_four(number: &str) -> String {
    let characters: Vec<char> = number.chars().filter(|c| !c.is_whitespace()).collect();
    characters.iter().skip(characters.len().saturating_sub(4)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_account_four_characters_are_shown() {
        for (number, shown) in [("0351 0000 00009", "0009"), ("12", "12"), ("", "")] {
            assert_eq!(last_four(number), shown);
        }
    }

    #[test]
    fn folding_leaves_what_a_bank_would_print() {
        for (why, text, expected) in [
            ("tone marks", "Nguyễn Thị Hồng Hạnh", "NGUYEN THI HONG HANH"),
            ("the crossed d", "Đặng Đình Đức", "DANG DINH DUC"),
            ("its look-alike of old fonts", "Ðặng ðình", "DANG DINH"),
            ("decomposed, as macOS writes", "Nguye\u{302}\u{303}n", "NGUYEN"),
            ("plain", "hoc phi T11", "HOC PHI T11"),
        ] {
            assert_eq!(fold(text), expected, "{why}");
        }
        assert_eq!(squeeze("Số tiền ghi có\n(VND)"), "SOTIENGHICOVND");
    }
}
