//! What somebody was known by, found in what people typed: a name with or without its marks, a code, a
//! number however it is set apart.

use std::ops::Range;

use crate::domain::text::{fold, folded_chars};

/// The fewest digits by which a number is known among others.
const DIGITS: usize = 8;

/// Something a student was known by, as people type it.
#[derive(Debug)]
pub(super) enum Spoken {
    /// Words without marks, one behind the other.
    Words(Vec<String>),
    /// One word as it is written: without its marks it would be many others.
    Exact(String),
    /// Digits, however they are set apart.
    Digits(String),
}

impl Spoken {
    /// How a text is looked for; `None` where there is nothing in it to look for.
    pub fn of(text: &str) -> Option<Spoken> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if digits.len() >= DIGITS && !text.chars().any(char::is_alphabetic) {
            return Some(Spoken::Digits(digits));
        }
        let words: Vec<String> = words(text).map(|(_, word)| fold(word)).collect();
        match words.len() {
            0 => None,
            1 if digits.is_empty() => Some(Spoken::Exact(text.trim().to_owned())),
            _ => Some(Spoken::Words(words)),
        }
    }

    /// Whether it stands somewhere in a text.
    pub fn stands_in(&self, text: &str) -> bool {
        !self.places(text).is_empty()
    }

    /// A text with something else in its place.
    pub fn replaced(&self, text: &str, instead: &str) -> String {
        let mut made = text.to_owned();
        for place in self.places(text).into_iter().rev() {
            made.replace_range(place, instead);
        }
        made
    }

    /// Where it stands as words of its own: a name of two letters is part of many other words.
    fn places(&self, text: &str) -> Vec<Range<usize>> {
        match self {
            Spoken::Exact(own) => {
                let found = words(text).filter(|(_, word)| word == own);
                found.map(|(place, _)| place).collect()
            }
            Spoken::Words(own) => {
                let all: Vec<(Range<usize>, String)> =
                    words(text).map(|(place, word)| (place, fold(word))).collect();
                let mut found: Vec<Range<usize>> = Vec::new();
                for some in all.windows(own.len()) {
                    let same = some.iter().map(|(_, word)| word).eq(own);
                    let ([(first, _), ..], [.., (last, _)]) = (some, some) else { continue };
                    if same && found.last().is_none_or(|before| before.end <= first.start) {
                        found.push(first.start..last.end);
                    }
                }
                found
            }
            Spoken::Digits(own) => {
                numbers(text).iter().flat_map(|parts| number_in(parts, own)).collect()
            }
        }
    }
}

/// Whether a character is of a word; marks that stand behind their letter are.
fn of_word(letter: char) -> bool {
    letter.is_alphanumeric() || folded_chars(letter).next().is_none()
}

/// The words of a text and where they stand.
fn words(text: &str) -> impl Iterator<Item = Part<'_>> {
    runs(text, of_word)
}

/// A part of a text and where it stands.
type Part<'a> = (Range<usize>, &'a str);

/// The parts of a text that may be numbers: digits with nothing but blanks, points and hyphens between.
fn numbers(text: &str) -> Vec<Vec<Part<'_>>> {
    let is_number = |word: &str| word.chars().all(|letter| letter.is_ascii_digit());
    let all: Vec<Part<'_>> = words(text).collect();
    let together = |one: &Part<'_>, next: &Part<'_>| {
        let between = text.get(one.0.end..next.0.start).unwrap_or_default();
        is_number(one.1) && is_number(next.1) && between.chars().all(|c| " \u{a0}.-".contains(c))
    };
    all.chunk_by(together).map(<[Part<'_>]>::to_vec).collect()
}

/// Where a number stands among parts that follow each other: some of them, whole, make it.
fn number_in(parts: &[Part<'_>], own: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for from in 0..parts.len() {
        let parts = parts.get(from..).unwrap_or_default();
        let Some((first, _)) = parts.first() else { break };
        if found.last().is_some_and(|before| before.end > first.start) {
            continue;
        }
        let mut rest = own;
        for (place, digits) in parts {
            let Some(after) = rest.strip_prefix(*digits) else { break };
            rest = after;
            if rest.is_empty() {
                found.push(first.start..place.end);
                break;
            }
        }
    }
    found
}

/// The longest parts of a text all of whose characters are such.
fn runs(text: &str, is_one: impl Fn(char) -> bool) -> impl Iterator<Item = Part<'_>> {
    let mut at = 0_usize;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let from = at.checked_add(rest.find(&is_one)?)?;
        let rest = text.get(from..)?;
        let to = from.checked_add(rest.find(|letter| !is_one(letter)).unwrap_or(rest.len()))?;
        at = to;
        Some((from..to, text.get(from..to)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_student_is_found_in_what_people_typed_however_they_write() {
        for (why, known, text, expected) in [
            ("as it is", "Đặng Thị Mẫu", "cháu Đặng Thị Mẫu nộp nhầm", "cháu … nộp nhầm"),
            ("without marks", "Đặng Thị Mẫu", "chau dang thi mau nop nham", "chau … nop nham"),
            ("in capitals, twice", "Đặng Thị Mẫu", "ĐẶNG  THỊ MẪU, Dang Thi Mau.", "…, …."),
            ("decomposed", "Lê Mẫu", "em Le\u{302} Ma\u{302}\u{303}u", "em …"),
            ("part of a longer word", "Lê Mẫu", "Lê Mẫun", "Lê Mẫun"),
            ("another name", "Đặng Thị Mẫu", "Đặng Thị Mây", "Đặng Thị Mây"),
            ("one word", "An", "Cháu An nộp thiếu, An sẽ bù.", "Cháu … nộp thiếu, … sẽ bù."),
            (
                "one word with other marks",
                "An",
                "Anh Lan, chị Ân, Tân An",
                "Anh Lan, chị Ân, Tân …",
            ),
            ("twice without a gap", "An", "AnAn", "AnAn"),
            ("in quotes", "An", "“An” (An)", "“…” (…)"),
            ("a longer name", "Lò Văn An", "Lò Văn An và Lò Văn Anh", "… và Lò Văn Anh"),
            ("a code", "HS-0042", "HS 0042 nghỉ", "… nghỉ"),
            ("a longer code", "HS0042", "HS00421", "HS00421"),
            ("a number set apart", "0909123123", "gọi 0909 123 123 rồi", "gọi … rồi"),
            (
                "a longer number",
                "0909123123",
                "FT0909123123, 10909123123",
                "FT0909123123, 10909123123",
            ),
            ("twice behind a year", "0909123123", "2026 0909.123.123 - 0909123123", "2026 … - …"),
            ("an address", "a.b@example.test", "gửi A.B@example.test.", "gửi …."),
            ("nowhere", "An", "không có gì", "không có gì"),
        ] {
            let known = Spoken::of(known).unwrap();
            assert_eq!(known.replaced(text, "…"), expected, "{why}");
            assert_eq!(known.stands_in(text), text != expected, "{why}");
        }
        assert!(Spoken::of(" - ").is_none());
    }
}
