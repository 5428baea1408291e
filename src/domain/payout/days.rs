//! Days that a text names.

use crate::domain::calendar::Day;

/// A gateway speaks of days at most so long ago.
const LONGEST_AGO_DAYS: i64 = 60;

/// The days a text of this booking day names, `02/11/2026`, `02-11-26`, `021126`, `20261102` and the
/// like: day first, unless the year comes first. A number that is no day of the last two months
/// names none.
#[must_use]
pub fn days_named(text: &str, booked: Day) -> Vec<Day> {
    let pieces: Vec<&str> = text
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|p| !p.is_empty())
        .collect();
    let mut days = Vec::new();
    let mut name = |day: Option<Day>| {
        let known = day.filter(|day| (0..=LONGEST_AGO_DAYS).contains(&(booked - *day).num_days()));
        if let Some(day) = known
            && !days.contains(&day)
        {
            days.push(day);
        }
    };
    for (place, piece) in pieces.iter().enumerate() {
        match piece.len() {
            6 => name(day_first(piece.get(..2), piece.get(2..4), piece.get(4..))),
            8 => {
                let whole = day_first(piece.get(..2), piece.get(2..4), piece.get(4..));
                name(whole.or_else(|| day_first(piece.get(6..), piece.get(4..6), piece.get(..4))));
            }
            4 => name(day_first(
                pieces.get(place + 2).copied(),
                pieces.get(place + 1).copied(),
                Some(piece),
            )),
            1 | 2 => name(day_first(
                Some(piece),
                pieces.get(place + 1).copied(),
                pieces.get(place + 2).copied().filter(|year| matches!(year.len(), 2 | 4)),
            )),
            _ => {}
        }
    }
    days
}

fn day_first(day: Option<&str>, month: Option<&str>, year: Option<&str>) -> Option<Day> {
    let number = |text: Option<&str>| -> Option<u32> {
        text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
    };
    let year = number(year)?;
    let year = if year < 100 { year + 2_000 } else { year };
    Day::from_ymd_opt(i32::try_from(year).ok()?, number(month)?, number(day)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_gateways_write_them() {
        let day = |month, day| Day::from_ymd_opt(2026, month, day).unwrap();
        for (why, text, expected) in [
            ("with slashes", "VNPAY TT GD NGAY 02/11/2026", vec![day(11, 2)]),
            ("short", "ZALOPAY QUYET TOAN 021126", vec![day(11, 2)]),
            ("dashes, two figures", "MOMO DOI SOAT 2-11-26", vec![day(11, 2)]),
            ("year first", "VNPAY 20261102", vec![day(11, 2)]),
            ("year first with dashes", "VNPAY 2026-11-02", vec![day(11, 2)]),
            ("from and to", "TU 31/10/2026 DEN 02/11/2026", vec![day(10, 31), day(11, 2)]),
            ("a reference", "VNPAY 123456789", vec![]),
            ("no such day", "VNPAY 320126", vec![]),
            ("too long ago", "VNPAY 02/01/2026", vec![]),
            ("still to come", "VNPAY 05/11/2026", vec![]),
        ] {
            assert_eq!(days_named(text, day(11, 3)), expected, "{why}: {text}");
        }
    }
}
