//! Why a rate is another one than before: because parts changed, or because other parts weigh more.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::points::rounded;
use super::rate::Rate;

/// How many digits points have after the point.
const DIGITS: u32 = 2;

/// What one part does to the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved<K> {
    /// Which part.
    pub key: K,
    /// Its rate before.
    pub before: Rate,
    /// Its rate now.
    pub now: Rate,
    /// The points by which its own rate moves the whole; nothing where it had no data before or has
    /// none now.
    pub own: Decimal,
    /// The points by which its share of the money moves the whole: a part below the average that
    /// takes in more pulls it down, though nobody there pays otherwise.
    pub share: Decimal,
}

/// Why a rate moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<K> {
    /// Of all parts together, before.
    pub before: Rate,
    /// Of all parts together, now.
    pub now: Rate,
    /// By how many points; all parts' points add up to it.
    pub points: Decimal,
    /// What moved it most, up or down, first; parts that move nothing are left out.
    pub parts: Vec<Moved<K>>,
}

/// Why the rate of all parts together moved. `None` where either side has no data, or a number is
/// too large.
///
/// With weight w, rate r and the average R of both wholes, a part moves the whole by
/// (w₀+w₁)/2 · (r₁−r₀) by its own rate and by ((r₀+r₁)/2 − R) · (w₁−w₀) by its share; over all parts
/// that is exactly the change. A part with data on one side only keeps its rate on the other.
pub fn change<K: Ord + Clone>(
    before: impl IntoIterator<Item = (K, Rate)>,
    now: impl IntoIterator<Item = (K, Rate)>,
) -> Option<Change<K>> {
    let mut parts: BTreeMap<K, (Rate, Rate)> = BTreeMap::new();
    for (key, rate) in before {
        parts.entry(key).or_default().0 = rate;
    }
    for (key, rate) in now {
        parts.entry(key).or_default().1 = rate;
    }
    let sum = |side: fn(&(Rate, Rate)) -> Rate| {
        parts.values().try_fold(Rate::NO_DATA, |all, both| all.checked_add(side(both)))
    };
    let (was, is) = (sum(|both| both.0)?, sum(|both| both.1)?);
    let average = percent(was)?.checked_add(percent(is)?)?.checked_div(Decimal::TWO)?;
    let mut exact = Vec::with_capacity(parts.len() * 2);
    for (old, new) in parts.values() {
        let (first, then) = match (percent(*old), percent(*new)) {
            (Some(first), Some(then)) => (first, then),
            (Some(only), None) | (None, Some(only)) => (only, only),
            (None, None) => (average, average),
        };
        let (light, heavy) = (weight(*old, was)?, weight(*new, is)?);
        let half = |one: Decimal, other: Decimal| {
            one.checked_add(other).and_then(|sum| sum.checked_div(Decimal::TWO))
        };
        exact.push(half(light, heavy)?.checked_mul(then.checked_sub(first)?)?);
        let beside = half(first, then)?.checked_sub(average)?;
        exact.push(beside.checked_mul(heavy.checked_sub(light)?)?);
    }
    let shown = rounded(&exact, DIGITS)?;
    let points = shown.iter().try_fold(Decimal::ZERO, |all, one| all.checked_add(*one))?;
    let mut moved: Vec<Moved<K>> = parts
        .iter()
        .zip(shown.chunks_exact(2))
        .filter_map(|((key, (old, new)), points)| {
            let [own, share] = points else { return None };
            let moves = !own.is_zero() || !share.is_zero();
            moves.then(|| Moved {
                key: key.clone(),
                before: *old,
                now: *new,
                own: *own,
                share: *share,
            })
        })
        .collect();
    moved.sort_by(|one, other| {
        let size = |part: &Moved<K>| part.own.checked_add(part.share).unwrap_or_default().abs();
        size(other).cmp(&size(one)).then_with(|| one.key.cmp(&other.key))
    });
    Some(Change { before: was, now: is, points, parts: moved })
}

/// Not rounded to what people read.
fn percent(rate: Rate) -> Option<Decimal> {
    let whole = rate.has_data().then(|| Decimal::from(rate.denominator()))?;
    Decimal::from(rate.numerator()).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)
}

fn weight(part: Rate, whole: Rate) -> Option<Decimal> {
    Decimal::from(part.denominator()).checked_div(Decimal::from(whole.denominator()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rate(part: i64, whole: i64) -> Rate {
        Rate::new(part, whole).unwrap()
    }

    #[test]
    fn a_school_that_changes_and_one_that_only_weighs_more_are_told_apart() {
        // A pays better now; B pays as before, but takes in three times as much.
        let found = change(
            [("A", rate(50, 100)), ("B", rate(20, 100))],
            [("A", rate(80, 100)), ("B", rate(60, 300))],
        )
        .unwrap();
        assert_eq!((found.before, found.now), (rate(70, 200), rate(140, 400)));
        assert!(found.points.is_zero(), "35 % both times");
        let [a, b] = found.parts.as_slice() else { panic!("{found:?}") };
        assert_eq!((a.key, b.key), ("A", "B"), "of the same size: in their order");
        assert_eq!(a.own.to_string(), "11.25", "30 points at a weight between 1/2 and 1/4");
        assert!(b.own.is_zero() && b.share < Decimal::ZERO, "{b:?}");
        let sum: Decimal = found.parts.iter().map(|part| part.own + part.share).sum();
        assert_eq!(sum, found.points);
    }

    #[test]
    fn a_part_that_fell_silent_or_is_new_moves_by_its_share_alone() {
        let found =
            change([("A", rate(90, 100)), ("B", rate(0, 100))], [("A", rate(90, 100))]).unwrap();
        assert_eq!(found.points.to_string(), "45.00");
        assert!(found.parts.iter().all(|part| part.own.is_zero()), "{found:?}");
        let back =
            change([("A", rate(90, 100))], [("A", rate(90, 100)), ("B", rate(0, 100))]).unwrap();
        assert_eq!(back.points.to_string(), "-45.00");
    }

    #[test]
    fn from_no_data_nothing_moves() {
        assert_eq!(change([("A", Rate::NO_DATA)], [("A", rate(1, 1))]), None);
        assert_eq!(change::<&str>([], []), None);
        let same = change([("A", rate(1, 3))], [("A", rate(1, 3))]).unwrap();
        assert_eq!((same.points.is_zero(), same.parts.len()), (true, 0));
    }

    proptest! {
        #[test]
        fn all_parts_together_are_the_change(
            before in proptest::collection::vec((0_i64..1_000, 0_i64..1_000), 1..12),
            now in proptest::collection::vec((0_i64..1_000, 0_i64..1_000), 1..12),
        ) {
            let side = |side: Vec<(i64, i64)>| -> Vec<(usize, Rate)> {
                side.into_iter()
                    .enumerate()
                    .map(|(key, (part, more))| (key, rate(part, part + more)))
                    .collect()
            };
            let (before, now) = (side(before), side(now));
            if let Some(found) = change(before, now) {
                let exact = percent(found.now).unwrap() - percent(found.before).unwrap();
                prop_assert!((exact - found.points).abs() <= Decimal::new(6, 3), "{:?}", found);
            }
        }
    }
}
