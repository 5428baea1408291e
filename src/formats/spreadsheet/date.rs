//! Days as banks write them in cells: day first, always.

use chrono::Datelike;

use crate::domain::calendar::Day;

/// Reads a day at the start of a cell: `dd/MM/yyyy`, `dd-MM-yyyy`, `dd.MM.yyyy`, `dd/MM/yy` or
/// `yyyy-MM-dd`; says what follows it. Nothing when the text starts with no day of the calendar.
#[must_use]
pub fn leading_day(text: &str) -> Option<(Day, &str)> {
    let text = text.trim();
    let (first, mark, rest) = number_and_mark(text)?;
    let (second, again, rest) = number_and_mark(rest)?;
    if mark != again {
        return None;
    }
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (third, rest) = rest.split_at_checked(length)?;
    if rest.starts_with(|next: char| next.is_alphabetic() && next != 'T') {
        return None;
    }
    let (year, month, day) = match (first.len(), second.len(), third.len()) {
        (4, 1..=2, 1..=2) if matches!(mark, b'-' | b'/') => {
            (first.parse::<i32>().ok()?, second, third)
        }
        (1..=2, 1..=2, 4) => (third.parse::<i32>().ok()?, second, first),
        (1..=2, 1..=2, 2) => (2000 + third.parse::<i32>().ok()?, second, first),
        _ => return None,
    };
    let day = Day::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)?;
    plausible(day).then_some((day, rest))
}

/// Reads a cell that holds a day and at most a time of day after it.
#[must_use]
pub fn parse_day(text: &str) -> Option<Day> {
    if let &[d1, d2, b'/', m1, m2, b'/', y1, y2, y3, y4] = text.as_bytes() {
        return usual_day([d1, d2, m1, m2, y1, y2, y3, y4]);
    }
    let (day, rest) = leading_day(text)?;
    let rest = rest.strip_prefix('T').unwrap_or(rest).trim();
    (rest.is_empty() || is_time(rest)).then_some(day)
}

/// `dd/MM/yyyy`, the form nearly every cell has.
fn usual_day(digits: [u8; 8]) -> Option<Day> {
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let [d1, d2, m1, m2, y1, y2, y3, y4] = digits.map(|digit| u32::from(digit & 0x0f));
    let year = i32::try_from(((y1 * 10 + y2) * 10 + y3) * 10 + y4).ok()?;
    Day::from_ymd_opt(year, m1 * 10 + m2, d1 * 10 + d2).filter(|day| plausible(*day))
}

/// The day a spreadsheet's day number means, when it lies in this century.
#[must_use]
pub fn day_of_serial(serial: f64, is_1904: bool) -> Option<Day> {
    use calamine::{ExcelDateTime, ExcelDateTimeType};
    // 1990 to 2100 in either of the two systems; outside it is a number that is no day.
    if !(30_000.0..75_000.0).contains(&serial) {
        return None;
    }
    day_of_moment(ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, is_1904))
}

/// The day of a cell that the spreadsheet formats as a date.
#[must_use]
pub fn day_of_moment(moment: calamine::ExcelDateTime) -> Option<Day> {
    if !moment.is_datetime() || !(1.0..2_900_000.0).contains(&moment.as_f64()) {
        return None;
    }
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    let day = Day::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day))?;
    plausible(day).then_some(day)
}

/// Whether text has the look of a day, so that failing to read it is worth telling.
#[must_use]
pub fn looks_like_day(text: &str) -> bool {
    let text = text.trim();
    text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().filter(|byte| matches!(byte, b'/' | b'-' | b'.')).count() >= 2
}

/// Whether a text is no day, but would be one if its month stood first: `11/25/2026`.
#[must_use]
pub fn is_month_first(text: &str) -> bool {
    let swapped = |text: &str| {
        let (month, mark, rest) = number_and_mark(text)?;
        let (day, again, rest) = number_and_mark(rest)?;
        let (mark, again) = (char::from(mark), char::from(again));
        (month.len() <= 2).then(|| format!("{day}{mark}{month}{again}{rest}"))
    };
    parse_day(text).is_none() && swapped(text.trim()).is_some_and(|text| parse_day(&text).is_some())
}

/// Statements are of our time; a day elsewhere is a misread figure.
fn plausible(day: Day) -> bool {
    (1990..=2100).contains(&day.year())
}

fn number_and_mark(text: &str) -> Option<(&str, u8, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(length)?;
    let mark = rest.bytes().next().filter(|mark| matches!(mark, b'/' | b'-' | b'.'))?;
    (!digits.is_empty()).then_some(())?;
    Some((digits, mark, rest.get(1..)?))
}

/// `HH:mm`, `HH:mm:ss`, with a fraction, a zone or a half of the day behind it.
fn is_time(text: &str) -> bool {
    let mut parts = text.splitn(3, ':');
    let in_range = |part: Option<&str>, limit: u32| {
        part.is_some_and(|digits| {
            matches!(digits.len(), 1 | 2)
                && digits.bytes().all(|byte| byte.is_ascii_digit())
                && digits.parse::<u32>().is_ok_and(|value| value < limit)
        })
    };
    let hour = in_range(parts.next(), 24);
    let minute = parts.next();
    let Some(rest) = parts.next() else {
        let minute =
            minute.map(|minute| minute.trim_end_matches([' ', 'A', 'P', 'M', 'S', 'C', 'H']));
        return hour && in_range(minute, 60);
    };
    hour && in_range(minute, 60)
        && in_range(rest.get(..2).or(Some(rest)), 60)
        && rest.chars().skip(2).all(|letter| {
            letter.is_ascii_digit()
                || matches!(
                    letter,
                    '.' | ' ' | '+' | '-' | ':' | 'Z' | 'A' | 'P' | 'M' | 'S' | 'C' | 'H'
                )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_day_first() {
        for (why, text, expected) in [
            ("usual", "02/11/2026", Some("2026-11-02")),
            ("dashes", "02-11-2026", Some("2026-11-02")),
            ("points", "2.11.2026", Some("2026-11-02")),
            ("short", "5/9/2026", Some("2026-09-05")),
            ("two-digit year", "02/11/26", Some("2026-11-02")),
            ("with minutes", "02/11/2026 08:15", Some("2026-11-02")),
            ("with seconds", "02/11/2026 23:59:59", Some("2026-11-02")),
            ("half of the day", "02/11/2026 08:15:00 AM", Some("2026-11-02")),
            ("ISO", "2026-11-02", Some("2026-11-02")),
            ("ISO with time", "2026-11-02 08:15:00", Some("2026-11-02")),
            (
                "ISO with T and zone is never shifted",
                "2026-11-02T23:30:00+07:00",
                Some("2026-11-02"),
            ),
            ("ISO with fraction", "2026-11-02T00:10:00.000Z", Some("2026-11-02")),
            ("leap day", "29/02/2028", Some("2028-02-29")),
            ("no leap day", "29/02/2026", None),
            ("month first is never tried", "11/25/2026", None),
            ("day 31 of a short month", "31/04/2026", None),
            ("text behind", "02/11/2026 abc", None),
            ("glued", "02/11/2026abc", None),
            ("mixed marks", "02/11-2026", None),
            ("hour 25", "02/11/2026 25:00", None),
            ("a figure", "46328", None),
            ("a long ago", "02/11/0026", None),
            ("nothing", "", None),
        ] {
            assert_eq!(parse_day(text).map(|day| day.to_string()).as_deref(), expected, "{why}");
        }
    }

    #[test]
    fn a_month_before_the_day_is_noticed_where_it_is_certain() {
        for (text, expected) in [
            ("11/25/2026", true),
            ("11/25/2026 08:15", true),
            ("2026-25-11", false),
            ("11/02/2026", false),
            ("25/11/2026", false),
            ("31/02/2026", false),
            ("abc", false),
        ] {
            assert_eq!(is_month_first(text), expected, "{text}");
        }
    }

    #[test]
    fn spreadsheet_day_numbers_count_in_either_system() {
        let day = |serial, is_1904| day_of_serial(serial, is_1904).map(|day| day.to_string());
        assert_eq!(day(46328.0, false).as_deref(), Some("2026-11-02"));
        assert_eq!(day(46328.99, false).as_deref(), Some("2026-11-02"));
        assert_eq!(day(44866.0, true).as_deref(), Some("2026-11-02"));
        assert_eq!(day(1.0, false), None);
        assert_eq!(day(f64::NAN, false), None);
    }
}
