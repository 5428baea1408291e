//! Where a rate is heading, said with how little is known of it.
//!
//! The slope is the median of the slopes between any two months (Theil and Sen), which one odd month
//! does not turn; how far it may be off is read from the same months. It is no promise: what people
//! will do is in no ledger.

use rust_decimal::Decimal;

use super::rate::Rate;

/// Fewer months with data say nothing of where it goes.
const FEWEST_MONTHS: usize = 4;

/// Older months are another time.
const MOST_MONTHS: usize = 12;

/// How far ahead is looked.
const AHEAD: u32 = 24;

/// How many digits percentages have after the point.
const DIGITS: u32 = 2;

/// One month, as figures go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The month, counted on from any first one.
    pub month: u32,
    /// Its rate; a month without data is passed over.
    pub rate: Rate,
}

/// A month to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ahead {
    /// The month, counted as the points are.
    pub month: u32,
    /// Percent if it goes on as the slower quarter of what was seen.
    pub low: Decimal,
    /// Percent if it goes on as in the middle of what was seen.
    pub middle: Decimal,
    /// Percent if it goes on as the faster quarter of what was seen.
    pub high: Decimal,
}

/// Where a rate is heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The months it is read from.
    pub from_months: usize,
    /// Points a month: the slower quarter, the middle, the faster quarter of what was seen.
    pub slope: (Decimal, Decimal, Decimal),
    /// By how many points a month was off the line at most.
    pub off: Decimal,
    /// The next months, each between 0 and 100.
    pub months: Vec<Ahead>,
    /// The first month that reaches the target: at the earliest, and in the middle; none within two
    /// years.
    pub reaches: (Option<u32>, Option<u32>),
}

/// Where the rate of these months is heading. `None` with fewer than four months of data in the last
/// twelve: then nothing can be said.
#[must_use]
pub fn forecast(points: &[Point], target: u32) -> Option<Forecast> {
    let mut seen: Vec<(Decimal, Decimal, u32)> = Vec::new();
    let last = points.iter().map(|point| point.month).max()?;
    for point in points {
        let recent = last
            .checked_sub(point.month)
            .is_some_and(|ago| usize::try_from(ago).is_ok_and(|ago| ago < MOST_MONTHS));
        if let Some(percent) = point.rate.percent(6).filter(|_| recent) {
            seen.push((Decimal::from(point.month), percent, point.month));
        }
    }
    if seen.len() < FEWEST_MONTHS {
        return None;
    }
    let mut slopes = Vec::new();
    for (index, (x, y, _)) in seen.iter().enumerate() {
        for (later, then, _) in seen.iter().skip(index + 1) {
            if later != x {
                let run = later.checked_sub(*x)?;
                slopes.push(then.checked_sub(*y)?.checked_div(run)?);
            }
        }
    }
    slopes.sort();
    let quarter = |of: usize| slopes.get(slopes.len().saturating_sub(1) * of / 4).copied();
    let (slow, fast) = (quarter(1)?, quarter(3)?);
    let middle = median(&slopes)?;
    let mut levels: Vec<Decimal> = seen
        .iter()
        .map(|(x, y, _)| y.checked_sub(middle.checked_mul(*x)?))
        .collect::<Option<_>>()?;
    let mut off = Decimal::ZERO;
    levels.sort();
    let level = median(&levels)?;
    for one in &levels {
        off = off.max(one.checked_sub(level)?.abs());
    }
    let here = level.checked_add(middle.checked_mul(Decimal::from(last))?)?;
    let mut months = Vec::new();
    let mut reaches = (None, None);
    for step in 1..=AHEAD {
        let month = last.checked_add(step)?;
        let far = Decimal::from(step);
        let at = |slope: Decimal, beside: Decimal| {
            Some(bounded(here.checked_add(slope.checked_mul(far)?)?.checked_add(beside)?))
        };
        let one = Ahead {
            month,
            low: at(slow, -off)?,
            middle: at(middle, Decimal::ZERO)?,
            high: at(fast, off)?,
        };
        let target = Decimal::from(target);
        if one.high >= target {
            reaches.0.get_or_insert(month);
        }
        if one.middle >= target {
            reaches.1.get_or_insert(month);
        }
        months.push(one);
    }
    let shown = |slope: Decimal| slope.round_dp(DIGITS);
    Some(Forecast {
        from_months: seen.len(),
        slope: (shown(slow), shown(middle), shown(fast)),
        off: off.round_dp(DIGITS),
        months,
        reaches,
    })
}

/// The middle of numbers in order; of two middles, half of their sum.
fn median(sorted: &[Decimal]) -> Option<Decimal> {
    let half = sorted.len() / 2;
    let upper = *sorted.get(half)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(half.checked_sub(1)?)?;
    lower.checked_add(upper)?.checked_div(Decimal::TWO)
}

/// No rate is below nothing or above all.
fn bounded(percent: Decimal) -> Decimal {
    percent.clamp(Decimal::ZERO, Decimal::ONE_HUNDRED).round_dp(DIGITS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn months(percents: &[Option<i64>]) -> Vec<Point> {
        (0..)
            .zip(percents)
            .map(|(month, percent)| Point {
                month,
                rate: percent.map_or(Rate::NO_DATA, |one| Rate::new(one, 100).unwrap()),
            })
            .collect()
    }

    #[test]
    fn a_steady_rise_reaches_the_target_when_it_does() {
        let found = forecast(&months(&[Some(60), Some(65), Some(70), Some(75)]), 100).unwrap();
        assert_eq!(found.slope.1, Decimal::from(5));
        assert_eq!(found.off, Decimal::ZERO);
        assert_eq!(found.months[0].middle, Decimal::from(80));
        assert_eq!(found.reaches, (Some(8), Some(8)), "75 and five months of five points");
        assert!(found.months.iter().all(|month| month.high <= Decimal::ONE_HUNDRED));
    }

    #[test]
    fn one_odd_month_does_not_turn_it_but_widens_it() {
        let found =
            forecast(&months(&[Some(60), Some(65), Some(20), Some(75), Some(80)]), 100).unwrap();
        assert_eq!(found.slope.1, Decimal::from(5));
        assert_eq!(found.off, Decimal::from(50));
        assert_eq!(found.reaches, (Some(5), Some(8)), "perhaps at once, rather in four months");
        assert!(found.months[0].low < Decimal::from(40), "{found:?}");
    }

    #[test]
    fn what_falls_or_stands_still_never_reaches_it() {
        for (why, percents) in [
            ("falling", [Some(90), Some(85), Some(80), Some(75)]),
            ("standing still", [Some(90); 4]),
        ] {
            let found = forecast(&months(&percents), 100).unwrap();
            assert_eq!(found.reaches, (None, None), "{why}");
        }
        let done = forecast(&months(&[Some(100); 4]), 100).unwrap();
        assert_eq!(done.reaches, (Some(4), Some(4)));
    }

    #[test]
    fn too_little_data_says_nothing() {
        for (why, percents) in [
            ("none", &[][..]),
            ("three months", &[Some(1), Some(2), Some(3)]),
            ("three of five", &[Some(1), None, Some(2), None, Some(3)]),
        ] {
            assert_eq!(forecast(&months(percents), 100), None, "{why}");
        }
        let mut long = vec![Some(0); 12];
        long.extend([Some(50); 12]);
        let found = forecast(&months(&long), 100).unwrap();
        assert_eq!((found.from_months, found.slope.1), (12, Decimal::ZERO), "last year is over");
    }

    proptest! {
        #[test]
        fn any_months_give_percentages_in_order(
            percents in proptest::collection::vec(proptest::option::of(0_i64..=100), 0..40),
        ) {
            if let Some(found) = forecast(&months(&percents), 100) {
                for one in &found.months {
                    prop_assert!(Decimal::ZERO <= one.low && one.low <= one.middle, "{:?}", found);
                    prop_assert!(one.middle <= one.high && one.high <= Decimal::ONE_HUNDRED);
                }
            }
        }
    }
}
