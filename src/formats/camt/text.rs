//! Values of elements: texts as they are kept, days, and the small code lists.

use chrono::NaiveDate;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::domain::calendar::Day;
use crate::domain::statement::CreditDebit;

/// Banks keep no statements of other years; such a date is a mistake or a placeholder.
const PLAUSIBLE_YEARS: std::ops::RangeInclusive<u32> = 1990..=2100;

/// The text as kept: trimmed, one blank for a line break, composed letters; `None` when empty.
pub fn kept(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    if text.bytes().any(|byte| byte.is_ascii_control()) {
        let words: Vec<&str> = text.split(|letter: char| letter.is_ascii_control()).collect();
        let words = words.iter().map(|word| word.trim()).filter(|word| !word.is_empty());
        return Some(composed(&words.collect::<Vec<_>>().join(" ")));
    }
    Some(composed(text))
}

fn composed(text: &str) -> String {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        text.to_owned()
    } else {
        text.nfc().collect()
    }
}

/// The same without any blanks, as account numbers are kept.
pub fn without_blanks(text: &str) -> Option<String> {
    let squeezed: String = text.split_whitespace().collect();
    (!squeezed.is_empty()).then_some(squeezed)
}

/// The calendar day of `xs:date` or `xs:dateTime`, as written: a zone or a time never shifts it.
pub fn day(text: &str) -> Option<Day> {
    let (date, rest) = text.trim().split_at_checked(10)?;
    let allowed = |letter: u8| letter.is_ascii_digit() || b"T:.,Z+-".contains(&letter);
    let starts_well = rest.is_empty() || rest.starts_with(['T', 'Z', '+', '-']);
    if !starts_well || !rest.bytes().all(allowed) {
        return None;
    }
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date.as_bytes() else { return None };
    let year = number(&[y1, y2, y3, y4]).filter(|year| PLAUSIBLE_YEARS.contains(year))?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, number(&[m1, m2])?, number(&[d1, d2])?)
}

/// Whether an `xs:dateTime` is the first moment of its day.
pub fn is_midnight(text: &str) -> bool {
    let time = text.trim().get(10..).and_then(|rest| rest.strip_prefix("T00:00:00"));
    time.is_some_and(|rest| {
        let fraction = rest.strip_prefix('.').unwrap_or_default();
        fraction.bytes().take_while(u8::is_ascii_digit).all(|digit| digit == b'0')
    })
}

/// The number that a few digits write, or `None` when one is no digit.
pub fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |sum, digit| {
        let value = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        sum.checked_mul(10)?.checked_add(value)
    })
}

/// `CRDT` or `DBIT`.
pub fn direction(text: &str) -> Option<CreditDebit> {
    match text {
        "CRDT" => Some(CreditDebit::Credit),
        "DBIT" => Some(CreditDebit::Debit),
        _ => None,
    }
}

/// `xs:boolean`.
pub fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_taken_as_written() {
        for (why, text, expected) in [
            ("a day", "2026-11-02", Some("2026-11-02")),
            ("an instant late in UTC", "2026-11-02T23:30:00Z", Some("2026-11-02")),
            ("an instant with an offset", "2026-11-02T00:10:00.000+07:00", Some("2026-11-02")),
            ("a day with a zone", "2026-11-02+07:00", Some("2026-11-02")),
            ("leap day", "2028-02-29", Some("2028-02-29")),
            ("no leap day", "2026-02-29", None),
            ("month 13", "2026-13-01", None),
            ("a placeholder", "0001-01-01", None),
            ("a far future", "9999-12-31", None),
            ("day first", "02/11/2026", None),
            ("trailing text", "2026-11-02 morning", None),
            ("short", "2026-11", None),
            ("letters cut in the middle", "2026-11-0ế", None),
        ] {
            assert_eq!(day(text).map(|day| day.to_string()).as_deref(), expected, "{why}: {text}");
        }
    }

    #[test]
    fn texts_keep_their_words_and_lose_their_line_breaks() {
        for (why, text, expected) in [
            ("trimmed", "  HOC PHI  ", Some("HOC PHI")),
            ("inner blanks stay", "HOC  PHI", Some("HOC  PHI")),
            ("a pretty-printer's line break", "HOC\n      PHI", Some("HOC PHI")),
            ("decomposed letters", "Ho\u{323}c", Some("Học")),
            ("nothing", " \n ", None),
        ] {
            assert_eq!(kept(text).as_deref(), expected, "{why}");
        }
    }

    #[test]
    fn midnight_is_told_from_the_rest_of_the_day() {
        for (why, text, midnight) in [
            ("a day", "2026-11-02", false),
            ("midnight", "2026-11-02T00:00:00", true),
            ("with fraction and zone", "2026-11-02T00:00:00.000+07:00", true),
            ("a moment later", "2026-11-02T00:00:00.001", false),
            ("a second later", "2026-11-02T00:00:01", false),
            ("the last second", "2026-11-02T23:59:59", false),
        ] {
            assert_eq!(is_midnight(text), midnight, "{why}");
        }
    }
}
