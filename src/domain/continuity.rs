//! Which days of an account statements cover, and whether they follow each other without a gap.
//!
//! A day is covered when a statement says so. Days between two statements need none where the later
//! one opens with what the earlier one closed with: then nothing moved. Where it opens with another
//! balance, money moved that no file shows, and it is known how much.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::calendar::{Day, Period};
use crate::domain::id::ImportId;
use crate::domain::money::Vnd;

/// What continuity needs to know of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Covering {
    /// The import it came with.
    pub import: ImportId,
    /// The days it covers: as it says, else from its first entry to its last or its closing balance.
    pub days: Period,
    /// The balance before its first day, when stated.
    pub opening: Option<Vnd>,
    /// The balance after its last day, when stated.
    pub closing: Option<Vnd>,
}

/// What is known of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayState {
    /// A statement covers it.
    Covered,
    /// No statement covers it, and the balances around it prove that nothing moved.
    Quiet,
    /// The balances around it prove that money moved which no statement shows.
    Missing,
    /// No statement says anything about it.
    Unknown,
}

impl DayState {
    /// Whether a statement of the day is still to be brought.
    #[must_use]
    pub const fn is_gap(self) -> bool {
        matches!(self, DayState::Missing | DayState::Unknown)
    }
}

/// A day of the calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CoveredDay {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub day: Day,
    /// What is known of it.
    pub state: DayState,
    /// The imports whose statements cover it.
    pub imports: Vec<ImportId>,
}

/// Two statements between which money moved that no file shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Gap {
    /// The last day before it that a statement covers.
    #[schema(value_type = String, format = Date)]
    pub after: Day,
    /// The first day behind it that a statement covers.
    #[schema(value_type = String, format = Date)]
    pub before: Day,
    /// The closing balance before it, in đồng.
    pub closing: Vnd,
    /// The opening balance behind it.
    pub opening: Vnd,
    /// What moved in between: opening less closing; negative is money out.
    pub moved: Vnd,
}

/// Days that two statements cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Overlap {
    /// The first such day.
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    /// The last such day.
    #[schema(value_type = String, format = Date)]
    pub to: Day,
    /// The import that reached so far before.
    pub earlier: ImportId,
    /// The import that covers these days too.
    pub later: ImportId,
}

/// The statements of one account, in the order of their days.
#[derive(Clone, Debug, Default)]
pub struct Continuity {
    covering: Vec<Covering>,
    gaps: Vec<Gap>,
    overlaps: Vec<Overlap>,
    /// Days between two statements whose balances meet.
    quiet: Vec<(Day, Day)>,
}

impl Continuity {
    /// Looks at all statements of an account, in any order.
    #[must_use]
    pub fn of(mut covering: Vec<Covering>) -> Continuity {
        covering.sort_by_key(|one| (one.days.from(), one.days.to(), one.import));
        let mut found = Continuity::default();
        let mut frontier: Option<Covering> = None;
        for next in &covering {
            let Some(before) = frontier else {
                frontier = Some(*next);
                continue;
            };
            if next.days.from() > before.days.to() {
                found.between(&before, next);
            } else if next.import != before.import {
                found.overlaps.push(Overlap {
                    from: next.days.from(),
                    to: next.days.to().min(before.days.to()),
                    earlier: before.import,
                    later: next.import,
                });
            }
            if next.days.to() >= before.days.to() {
                // A later statement of the same last day may have been taken before the day's end.
                let closing = next.closing.or_else(|| {
                    (next.days.to() == before.days.to()).then_some(before.closing).flatten()
                });
                frontier = Some(Covering { closing, ..*next });
            }
        }
        found.covering = covering;
        found
    }

    fn between(&mut self, before: &Covering, next: &Covering) {
        let (Some(closing), Some(opening)) = (before.closing, next.opening) else { return };
        let Some(moved) = opening.dong().checked_sub(closing.dong()) else { return };
        let (after, first) = (before.days.to(), next.days.from());
        if moved == 0 {
            self.quiet.push((after, first));
        } else {
            let moved = Vnd::new(moved);
            self.gaps.push(Gap { after, before: first, closing, opening, moved });
        }
    }

    /// Where money moved that no statement shows, in the order of the days.
    #[must_use]
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// Days that several imports cover, in the order of the days.
    #[must_use]
    pub fn overlaps(&self) -> &[Overlap] {
        &self.overlaps
    }

    /// Whether a statement of an import covers a day.
    #[must_use]
    pub fn covers(&self, import: ImportId, day: Day) -> bool {
        self.covering.iter().any(|one| one.import == import && one.days.contains(day))
    }

    /// The last day that any statement covers.
    #[must_use]
    pub fn last_day(&self) -> Option<Day> {
        self.covering.iter().map(|one| one.days.to()).max()
    }

    /// Each day of a period.
    #[must_use]
    pub fn calendar(&self, period: Period) -> Vec<CoveredDay> {
        let mut days: BTreeMap<Day, CoveredDay> = period
            .from()
            .iter_days()
            .take_while(|day| *day <= period.to())
            .map(|day| (day, CoveredDay { day, state: DayState::Unknown, imports: Vec::new() }))
            .collect();
        for one in &self.covering {
            for (_, day) in days.range_mut(one.days.from()..=one.days.to()) {
                day.state = DayState::Covered;
                if !day.imports.contains(&one.import) {
                    day.imports.push(one.import);
                }
            }
        }
        let gaps = self.gaps.iter().map(|gap| (gap.after, gap.before, DayState::Missing));
        let quiet = self.quiet.iter().map(|(after, before)| (*after, *before, DayState::Quiet));
        for (after, before, state) in gaps.chain(quiet) {
            for (_, day) in days.range_mut(after..before) {
                if day.state == DayState::Unknown {
                    day.state = state;
                }
            }
        }
        days.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: u32) -> Day {
        Day::from_ymd_opt(2026, 11, number).unwrap()
    }

    fn covering(import: i64, days: (u32, u32), balances: (Option<i64>, Option<i64>)) -> Covering {
        Covering {
            import: ImportId(import),
            days: Period::new(day(days.0), day(days.1)).unwrap(),
            opening: balances.0.map(Vnd::new),
            closing: balances.1.map(Vnd::new),
        }
    }

    /// The first ten days: `#` covered, `.` quiet, `!` missing, `?` unknown.
    fn strip(continuity: &Continuity) -> String {
        let period = Period::new(day(1), day(10)).unwrap();
        let sign = |one: CoveredDay| match one.state {
            DayState::Covered => '#',
            DayState::Quiet => '.',
            DayState::Missing => '!',
            DayState::Unknown => '?',
        };
        continuity.calendar(period).into_iter().map(sign).collect()
    }

    #[test]
    fn days_are_covered_proven_quiet_missing_or_unknown() {
        let whole = (Some(100), Some(150));
        for (why, statements, expected, gaps, overlaps) in [
            ("nothing is known", vec![], "??????????", 0, 0),
            ("one statement", vec![covering(1, (3, 5), whole)], "??###?????", 0, 0),
            (
                "one after the other",
                vec![covering(1, (1, 4), whole), covering(2, (5, 10), (Some(150), Some(90)))],
                "##########",
                0,
                0,
            ),
            (
                "a quiet weekend",
                vec![covering(1, (1, 4), whole), covering(2, (7, 10), (Some(150), None))],
                "####..####",
                0,
                0,
            ),
            (
                "money moved in between",
                vec![covering(1, (1, 4), whole), covering(2, (7, 10), (Some(170), None))],
                "####!!####",
                1,
                0,
            ),
            (
                "money moved between two days",
                vec![covering(1, (1, 4), whole), covering(2, (5, 10), (Some(170), None))],
                "##########",
                1,
                0,
            ),
            (
                "no balances say anything",
                vec![covering(1, (1, 4), (None, None)), covering(2, (7, 10), whole)],
                "####??####",
                0,
                0,
            ),
            (
                "newest first, and overlapping",
                vec![covering(2, (4, 10), (Some(120), Some(9))), covering(1, (1, 6), whole)],
                "##########",
                0,
                1,
            ),
            (
                "a short one within a long one leaves the long one's end",
                vec![
                    covering(1, (1, 6), whole),
                    covering(2, (2, 3), (Some(1), Some(2))),
                    covering(3, (8, 9), (Some(150), None)),
                ],
                "######.##?",
                0,
                1,
            ),
            (
                "several statements of one file are no overlap",
                vec![covering(1, (1, 4), whole), covering(1, (4, 6), (Some(150), Some(1)))],
                "######????",
                0,
                0,
            ),
        ] {
            let continuity = Continuity::of(statements);
            assert_eq!(strip(&continuity), expected, "{why}");
            assert_eq!(continuity.gaps().len(), gaps, "{why}");
            assert_eq!(continuity.overlaps().len(), overlaps, "{why}");
        }
    }

    #[test]
    fn a_gap_says_where_it_is_and_how_much_moved() {
        let continuity = Continuity::of(vec![
            covering(1, (1, 4), (Some(100), Some(150))),
            covering(2, (7, 9), (Some(120), Some(9))),
        ]);
        let [gap] = continuity.gaps() else { panic!("{:?}", continuity.gaps()) };
        assert_eq!((gap.after, gap.before, gap.moved), (day(4), day(7), Vnd::new(-30)));
        assert_eq!(continuity.last_day(), Some(day(9)));
    }
}
