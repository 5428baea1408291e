//! On which days Vietnamese banks surely do not book: weekends and public holidays.
//!
//! Sources: the Labour Code of 2019, Article 112 (the days), and the lunar calendar for Tết and the
//! Hùng Kings' day. Each year the government says how Tết and National Day are spread and which
//! weekday makes up for a holiday on a weekend; where it has a choice, every day that may be off is
//! off here. So a bank may book earlier than these days say, never later because of a holiday.

use chrono::{Datelike, TimeDelta, Weekday};

use super::calendar::Day;

/// Month and day of a holiday.
type MonthDay = (u32, u32);

/// Year, first day of Tết, Hùng Kings' day.
const LUNAR: [(i32, MonthDay, MonthDay); 12] = [
    (2024, (2, 10), (4, 18)),
    (2025, (1, 29), (4, 7)),
    (2026, (2, 17), (4, 26)),
    (2027, (2, 6), (4, 16)),
    (2028, (1, 26), (4, 4)),
    (2029, (2, 13), (4, 23)),
    (2030, (2, 3), (4, 12)),
    (2031, (1, 23), (4, 1)),
    (2032, (2, 11), (4, 19)),
    (2033, (1, 31), (4, 9)),
    (2034, (2, 19), (4, 28)),
    (2035, (2, 8), (4, 17)),
];

/// New Year, Reunification Day, Labour Day.
const FIXED: [MonthDay; 3] = [(1, 1), (4, 30), (5, 1)];

/// National Day is two days, the second before or after the first.
const NATIONAL: [MonthDay; 3] = [(9, 1), (9, 2), (9, 3)];

/// Tết: from two days before its first day to four days after, in any year's arrangement.
const TET_BEFORE: i64 = 2;
const TET_AFTER: i64 = 4;

/// Whether banks surely book on this day.
#[must_use]
pub fn is_banking_day(day: Day) -> bool {
    !is_weekend(day) && !is_holiday(day) && !makes_up(day)
}

/// The first banking day after this day.
#[must_use]
pub fn next_banking_day(day: Day) -> Day {
    let mut next = day;
    while let Some(after) = next.succ_opt() {
        next = after;
        if is_banking_day(next) {
            break;
        }
    }
    next
}

/// The banking day on which `count` of them have passed after `day`.
#[must_use]
pub fn after_banking_days(day: Day, count: u32) -> Day {
    (0..count).fold(day, |day, _| next_banking_day(day))
}

fn is_weekend(day: Day) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

fn is_holiday(day: Day) -> bool {
    let date = (day.month(), day.day());
    if FIXED.contains(&date) || NATIONAL.contains(&date) {
        return true;
    }
    LUNAR.iter().filter(|(year, ..)| *year == day.year()).any(|(year, tet, kings)| {
        let tet = Day::from_ymd_opt(*year, tet.0, tet.1);
        *kings == date
            || tet.is_some_and(|tet| (-TET_BEFORE..=TET_AFTER).contains(&(day - tet).num_days()))
    })
}

/// Whether a weekday makes up for a holiday of one day that fell on the weekend before it.
fn makes_up(day: Day) -> bool {
    let one_day = |day: Day| {
        let date = (day.month(), day.day());
        FIXED.contains(&date)
            || LUNAR.iter().any(|(year, _, kings)| *year == day.year() && *kings == date)
    };
    let before = |days: i64| day.checked_sub_signed(TimeDelta::days(days));
    let on_weekend = |days: i64| before(days).is_some_and(|day| is_weekend(day) && one_day(day));
    match day.weekday() {
        Weekday::Mon => on_weekend(1) || on_weekend(2),
        // The Labour Day that is itself on the Monday, or both holidays on one weekend.
        Weekday::Tue => {
            before(1).is_some_and(is_holiday) && (on_weekend(2) || on_weekend(3))
                || on_weekend(2) && on_weekend(3)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn weekends_and_holidays_are_no_banking_days() {
        for (why, text, banking) in [
            ("a Friday", "2026-11-27", true),
            ("a Saturday", "2026-11-28", false),
            ("a Sunday", "2026-11-29", false),
            ("New Year", "2027-01-01", false),
            ("the eve of Tết 2027", "2027-02-05", false),
            ("the fourth day of Tết 2027", "2027-02-09", false),
            ("after Tết 2027", "2027-02-11", true),
            ("the Hùng Kings' day, a Friday", "2027-04-16", false),
            ("Reunification Day", "2027-04-30", false),
            ("Labour Day is a Saturday: Monday makes up", "2027-05-03", false),
            ("and Tuesday does not", "2027-05-04", true),
            ("the Hùng Kings' day of 2026 is a Sunday", "2026-04-27", false),
            ("National Day", "2026-09-02", false),
            ("the day after it", "2026-09-03", false),
            ("a Monday like any other", "2026-11-30", true),
        ] {
            assert_eq!(is_banking_day(day(text)), banking, "{why}: {text}");
        }
    }

    #[test]
    fn the_next_banking_day_skips_what_is_off() {
        for (why, from, next) in [
            ("a weekday", "2026-11-25", "2026-11-26"),
            ("over a weekend", "2026-11-27", "2026-11-30"),
            ("within a weekend", "2026-11-28", "2026-11-30"),
            ("over Tết", "2027-02-03", "2027-02-11"),
        ] {
            assert_eq!(next_banking_day(day(from)), day(next), "{why}");
        }
        assert_eq!(after_banking_days(day("2026-11-26"), 2), day("2026-11-30"));
        assert_eq!(after_banking_days(day("2026-11-26"), 0), day("2026-11-26"));
    }

    #[test]
    fn tet_begins_where_the_lunar_year_does() {
        // A lunar year has 354, 355, 383, 384 or 385 days.
        for pair in LUNAR.windows(2) {
            let of = |(year, (month, of_month), _): (i32, MonthDay, MonthDay)| {
                Day::from_ymd_opt(year, month, of_month).unwrap()
            };
            let days = (of(pair[1]) - of(pair[0])).num_days();
            assert!([354, 355, 383, 384, 385].contains(&days), "{}: {days}", pair[0].0);
        }
    }
}
