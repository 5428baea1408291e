//! Times of notifications. Vietnam is seven hours ahead of UTC all year round, so a local time
//! without a zone names one instant and the other way round.

use chrono::{DateTime, Datelike, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

use crate::domain::calendar::parse_iso_day;

/// What Vietnam's clock shows more than UTC's.
const AHEAD: TimeDelta = TimeDelta::hours(7);

/// Years of four digits: others cannot be stored everywhere, and no money moved in them.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9_999;

/// Reads `yyyy-MM-dd HH:mm:ss` of Vietnam's clock.
pub(super) fn local(text: &str) -> Option<NaiveDateTime> {
    let (day, time) = text.split_once(' ')?;
    let day = parse_iso_day(day)?;
    let pieces: Vec<u32> = time.split(':').map(two_digits).collect::<Option<_>>()?;
    let [hour, minute, second] = *pieces.as_slice() else { return None };
    kept(day.and_time(NaiveTime::from_hms_opt(hour, minute, second)?))
}

/// Reads `yyyyMMddHHmmss` of Vietnam's clock.
pub(super) fn compact(text: &str) -> Option<NaiveDateTime> {
    if text.len() != 14 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M%S").ok().and_then(kept)
}

/// Reads a time with its offset, and tells what Vietnam's clock showed.
pub(super) fn with_offset(text: &str) -> Option<NaiveDateTime> {
    let instant = DateTime::parse_from_rfc3339(text).ok()?;
    instant.naive_utc().checked_add_signed(AHEAD)?.with_nanosecond(0).and_then(kept)
}

/// What Vietnam's clock showed so many seconds after 1970 began in London.
pub(super) fn from_seconds(seconds: i64) -> Option<NaiveDateTime> {
    let instant = DateTime::from_timestamp(seconds, 0)?;
    instant.naive_utc().checked_add_signed(AHEAD).and_then(kept)
}

/// The same, so many thousandths of a second after; what is left of a second is dropped.
pub(super) fn from_millis(millis: i64) -> Option<NaiveDateTime> {
    from_seconds(millis.div_euclid(1_000))
}

/// Seconds since 1970 when Vietnam's clock shows `at`.
pub(super) fn seconds(at: NaiveDateTime) -> i64 {
    at.checked_sub_signed(AHEAD).unwrap_or(at).and_utc().timestamp()
}

/// Thousandths of a second since 1970 when Vietnam's clock shows `at`.
pub(super) fn millis(at: NaiveDateTime) -> i64 {
    seconds(at).saturating_mul(1_000)
}

/// `at` as `yyyy-MM-dd HH:mm:ss`.
pub(super) fn written(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

fn kept(at: NaiveDateTime) -> Option<NaiveDateTime> {
    YEARS.contains(&at.year()).then_some(at)
}

fn two_digits(text: &str) -> Option<u32> {
    let shaped = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    shaped.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_what_vietnams_clock_showed() {
        let noon = local("2026-11-27 12:00:00").unwrap();
        for (why, read) in [
            ("digits only", compact("20261127120000")),
            ("Vietnam's offset", with_offset("2026-11-27T12:00:00+07:00")),
            ("UTC", with_offset("2026-11-27T05:00:00Z")),
            ("another day elsewhere", with_offset("2026-11-26T23:00:00.999-06:00")),
            ("an instant", from_seconds(1_795_755_600)),
            ("an instant and a bit", from_millis(1_795_755_600_999)),
            ("back from the instant", from_millis(millis(noon))),
        ] {
            assert_eq!(read, Some(noon), "{why}");
        }
    }

    #[test]
    fn what_is_no_time_is_not_read() {
        for (why, text) in [
            ("nothing", ""),
            ("a day only", "2026-11-27"),
            ("no seconds", "2026-11-27 12:00"),
            ("hour 24", "2026-11-27 24:00:00"),
            ("second 60", "2026-11-27 12:00:60"),
            ("no such day", "2026-02-29 12:00:00"),
            ("day first", "27/11/2026 12:00:00"),
            ("more behind it", "2026-11-27 12:00:00.5"),
            ("one digit", "2026-11-27 9:00:00"),
            ("a sign", "2026-11-27 +9:00:00"),
            ("year 0", "0000-11-27 12:00:00"),
        ] {
            assert_eq!(local(text), None, "{why}: {text}");
        }
        for text in ["", "2026112712000", "20261327120000", "2026112712000x", "+026112712000 "] {
            assert_eq!(compact(text), None, "{text}");
        }
        for text in ["2026-11-27T12:00:00", "2026-11-27 12:00:00", "9999-12-31T23:00:00Z"] {
            assert_eq!(with_offset(text), None, "{text}");
        }
        for seconds in [i64::MIN, i64::MAX, 253_402_300_800, -62_200_000_000] {
            assert_eq!(from_seconds(seconds), None, "{seconds}");
        }
    }
}
