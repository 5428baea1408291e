//! What is missing to 100 %, and whose part of it is how large.

use rust_decimal::Decimal;

use super::points::rounded;
use super::rate::Rate;

/// How many digits points have after the point.
const DIGITS: u32 = 2;

/// What one part of the money adds to what is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing<K> {
    /// Which part.
    pub key: K,
    /// Its own rate.
    pub rate: Rate,
    /// The points of the whole that its cash costs.
    pub points: Decimal,
}

/// What is missing to 100 %.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap<K> {
    /// The rate of all parts together.
    pub total: Rate,
    /// 100 less the rate; the parts' points add up to it.
    pub points: Decimal,
    /// What costs most first; parts that cost nothing are left out.
    pub parts: Vec<Missing<K>>,
}

/// Whose cash is how much of what is missing. The parts' wholes make the whole: each đồng (or pupil,
/// or payment) is in exactly one of them. `None` where there is no data, or a sum is too large.
pub fn gap<K: Ord>(parts: impl IntoIterator<Item = (K, Rate)>) -> Option<Gap<K>> {
    let mut parts: Vec<(K, Rate)> = parts.into_iter().collect();
    let total = parts.iter().try_fold(Rate::NO_DATA, |all, (_, rate)| all.checked_add(*rate))?;
    if !total.has_data() {
        return None;
    }
    let lost = |rate: &Rate| rate.denominator().saturating_sub(rate.numerator());
    parts.retain(|(_, rate)| lost(rate) > 0);
    parts.sort_by(|(one, a), (other, b)| lost(b).cmp(&lost(a)).then_with(|| one.cmp(other)));
    let whole = Decimal::from(total.denominator());
    let exact: Vec<Decimal> = parts
        .iter()
        .map(|(_, rate)| {
            Decimal::from(lost(rate)).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)
        })
        .collect::<Option<_>>()?;
    let points = rounded(&exact, DIGITS)?;
    let all = points.iter().try_fold(Decimal::ZERO, |sum, one| sum.checked_add(*one))?;
    let parts = parts
        .into_iter()
        .zip(points)
        .map(|((key, rate), points)| Missing { key, rate, points })
        .collect();
    Some(Gap { total, points: all, parts })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(part: i64, whole: i64) -> Rate {
        Rate::new(part, whole).unwrap()
    }

    #[test]
    fn the_cash_of_each_part_costs_its_share_of_the_whole() {
        let found = gap([
            ("no cash", rate(500, 500)),
            ("half of little", rate(50, 100)),
            ("some of much", rate(300, 400)),
            ("nothing collected", Rate::NO_DATA),
        ])
        .unwrap();
        assert_eq!((found.total, found.points), (rate(850, 1_000), "15.00".parse().unwrap()));
        let shown: Vec<(&str, String)> =
            found.parts.iter().map(|part| (part.key, part.points.to_string())).collect();
        assert_eq!(
            shown,
            [("some of much", "10".to_owned()), ("half of little", "5".to_owned())],
            "what costs most first"
        );
    }

    #[test]
    fn without_data_there_is_no_gap_and_with_all_cashless_an_empty_one() {
        assert_eq!(gap([("a", Rate::NO_DATA)]), None, "no data is not 0 %");
        let full = gap([("a", rate(7, 7))]).unwrap();
        assert_eq!((full.points, full.parts.len()), (Decimal::ZERO, 0));
    }

    #[test]
    fn shown_points_add_up() {
        let parts = (0..7).map(|index| (index, rate(2, 3)));
        let found = gap(parts).unwrap();
        let sum: Decimal = found.parts.iter().map(|part| part.points).sum();
        assert_eq!((sum, found.points), ("33.33".parse().unwrap(), "33.33".parse().unwrap()));
    }
}
