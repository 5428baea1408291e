//! The target of each school year, as a plan sets it: what is aimed for this year need not be what is
//! aimed for in the end.

use crate::domain::calendar::Day;
use crate::domain::school_year::SchoolYear;

/// School years that may have a target of their own.
pub const MOST_YEARS: usize = 12;

/// Targets in percent of some school years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct YearlyTargets([Option<(SchoolYear, u32)>; MOST_YEARS]);

impl YearlyTargets {
    /// Reads a target from each text such as `2026-2027: 90`; `None` where one is none, a year stands
    /// twice, a target is not from 1 to 100, or there are more than [`MOST_YEARS`].
    #[must_use]
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<YearlyTargets> {
        let mut targets = YearlyTargets::default();
        let mut free = targets.0.iter_mut();
        let mut seen = Vec::new();
        for text in texts {
            let (year, percent) = text.split_once(':')?;
            let year = SchoolYear::parse(year)?;
            let percent = percent.trim().trim_end_matches('%').trim_end().parse().ok()?;
            if seen.contains(&year) || !(1..=100).contains(&percent) {
                return None;
            }
            seen.push(year);
            *free.next()? = Some((year, percent));
        }
        Some(targets)
    }

    /// The target of the school year a day lies in, where that year has one of its own.
    #[must_use]
    pub fn of(&self, day: Day) -> Option<u32> {
        let year = SchoolYear::of(day);
        self.0.iter().flatten().find(|(own, _)| *own == year).map(|(_, percent)| *percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_has_its_own_target_from_august_to_july() {
        let targets = YearlyTargets::parse(["2025-2026: 80", " 2026 – 2027 :90 %"]).unwrap();
        for (why, day, expected) in [
            ("before any", "2025-07-31", None),
            ("the first day", "2025-08-01", Some(80)),
            ("the last day", "2026-07-31", Some(80)),
            ("the day after", "2026-08-01", Some(90)),
            ("after all", "2027-08-01", None),
        ] {
            assert_eq!(targets.of(day.parse().unwrap()), expected, "{why}");
        }
        assert_eq!(YearlyTargets::parse([]), Some(YearlyTargets::default()));
    }

    #[test]
    fn what_is_no_target_is_refused() {
        for (why, texts) in [
            ("no year", &["90"][..]),
            ("no school year", &["2026-2028: 90"]),
            ("no percentage", &["2026-2027: chín mươi"]),
            ("nothing to reach", &["2026-2027: 0"]),
            ("more than all", &["2026-2027: 101"]),
            ("a part of a percent", &["2026-2027: 99.5"]),
            ("one year twice", &["2026-2027: 90", "2026-2027: 95"]),
        ] {
            assert_eq!(YearlyTargets::parse(texts.iter().copied()), None, "{why}");
        }
        let many: Vec<String> =
            (2000..2013).map(|year| format!("{year}-{}: 50", year + 1)).collect();
        assert_eq!(YearlyTargets::parse(many.iter().map(String::as_str)), None, "too many");
    }
}
