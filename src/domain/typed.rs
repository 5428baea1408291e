//! What people type into forms: days and amounts in the ways they write them.

use crate::domain::calendar::Day;
use crate::domain::money::Vnd;

/// Reads a day as it is typed: `05/09/2026`, `5/9/2026`, `5-9-26`, `050926`, `05092026`. The day comes
/// before the month, as in Vietnam; a year of two digits is of this century.
#[must_use]
pub fn day(text: &str) -> Option<Day> {
    let text = text.trim();
    let parts: Vec<&str> = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        match text.len() {
            6 | 8 => vec![text.get(..2)?, text.get(2..4)?, text.get(4..)?],
            _ => return None,
        }
    } else {
        text.split(['/', '-', '.', ' ']).collect()
    };
    let [day, month, year] = parts.as_slice() else { return None };
    let number = |part: &str, longest: usize| -> Option<u32> {
        let plain = !part.is_empty()
            && part.len() <= longest
            && part.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| part.parse().ok()).flatten()
    };
    let year = match year.len() {
        2 => 2000 + number(year, 2)?,
        4 => number(year, 4)?,
        _ => return None,
    };
    Day::from_ymd_opt(i32::try_from(year).ok()?, number(month, 2)?, number(day, 2)?)
}

/// Reads an amount as it is typed: `1.250.000`, `1,250,000`, `1 250 000`, `1250000`, with or without
/// `đ`, `₫`, `đồng` or `VND` behind it. Groups must be of three digits: `1.25` is no amount in đồng.
#[must_use]
pub fn dong(text: &str) -> Option<Vnd> {
    let lower = text.trim().to_lowercase();
    let mut rest = lower.as_str();
    for unit in ["đồng", "vnd", "vnđ", "₫", "đ", "d"] {
        if let Some(before) = rest.strip_suffix(unit) {
            rest = before.trim_end();
            break;
        }
    }
    let mark = rest.chars().find(|letter| !letter.is_ascii_digit());
    let digits: String = match mark {
        None => rest.to_owned(),
        Some(mark @ ('.' | ',' | ' ' | '\u{a0}')) => {
            let mut groups = rest.split(mark);
            let first = groups.next()?;
            let shaped = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
            if !shaped {
                return None;
            }
            rest.split(mark).collect()
        }
        Some(_) => return None,
    };
    let plain = !digits.is_empty()
        && digits.len() <= 15
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok().map(Vnd::new)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        let expected = Day::from_ymd_opt(2026, 9, 5);
        for (why, text) in [
            ("in full", "05/09/2026"),
            ("short", "5/9/2026"),
            ("a short year", "5/9/26"),
            ("digits alone", "050926"),
            ("digits with the whole year", "05092026"),
            ("hyphens", "5-9-2026"),
            ("points and blanks around", " 05.09.2026 "),
        ] {
            assert_eq!(day(text), expected, "{why}");
        }
        for (why, text) in [
            ("nothing", ""),
            ("the month first", "9/25/2026"),
            ("no such day", "31/4/2026"),
            ("three digits of a year", "5/9/026"),
            ("a word", "hôm nay"),
            ("five digits", "50926"),
            ("a sign", "+5/9/2026"),
        ] {
            assert_eq!(day(text), None, "{why}");
        }
    }

    #[test]
    fn amounts_are_read_as_people_write_them_and_never_guessed() {
        for (why, text) in [
            ("points", "1.250.000"),
            ("commas", "1,250,000"),
            ("blanks", "1 250 000"),
            ("plain", "1250000"),
            ("with its unit", "1.250.000 ₫"),
            ("with its unit in words", "1250000 đồng"),
            ("with VND", "1,250,000 VND"),
        ] {
            assert_eq!(dong(text), Some(Vnd::new(1_250_000)), "{why}");
        }
        for (why, text) in [
            ("nothing", ""),
            ("a fraction", "1.25"),
            ("two marks", "1.250,000"),
            ("shorthand", "1,25tr"),
            ("a sign", "-50000"),
            ("groups of two", "12.50.000"),
            ("beyond any sum", "9999999999999999"),
        ] {
            assert_eq!(dong(text), None, "{why}");
        }
    }
}
