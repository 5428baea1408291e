//! Percentage points that add up: parts are rounded so that their sum is the rounded whole.

use rust_decimal::Decimal;

/// Rounds parts to `digits` after the point so that they add up to their exact sum rounded in the
/// same way, halves up: what was cut off goes to the parts that lost most (largest remainders, ties
/// to the first). `None` where a number is beyond what can be computed with.
#[must_use]
pub fn rounded(parts: &[Decimal], digits: u32) -> Option<Vec<Decimal>> {
    let scale = Decimal::from(10_i64.checked_pow(digits)?);
    let mut floors = Vec::with_capacity(parts.len());
    let mut sum = Decimal::ZERO;
    for part in parts {
        let scaled = part.checked_mul(scale)?;
        sum = sum.checked_add(scaled)?;
        let floor = scaled.floor();
        floors.push((floor, scaled.checked_sub(floor)?));
    }
    let whole = sum.checked_add(Decimal::new(5, 1))?.floor();
    let cut = floors.iter().try_fold(Decimal::ZERO, |all, (floor, _)| all.checked_add(*floor))?;
    let mut missing = whole.checked_sub(cut)?;
    let mut order: Vec<usize> = (0..floors.len()).collect();
    order.sort_by(|one, other| {
        let lost = |index: &usize| floors.get(*index).map(|(_, lost)| *lost);
        lost(other).cmp(&lost(one)).then(one.cmp(other))
    });
    for index in order {
        if missing < Decimal::ONE {
            break;
        }
        if let Some((floor, _)) = floors.get_mut(index) {
            *floor = floor.checked_add(Decimal::ONE)?;
            missing = missing.checked_sub(Decimal::ONE)?;
        }
    }
    floors.into_iter().map(|(floor, _)| floor.checked_div(scale)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_add_up_to_the_rounded_whole() {
        for (why, parts, expected) in [
            (
                "three thirds",
                vec!["33.333333", "33.333333", "33.333334"],
                vec!["33.3", "33.3", "33.4"],
            ),
            ("halves", vec!["0.05", "0.05"], vec!["0.1", "0"]),
            ("less than nothing", vec!["-0.26", "0.26"], vec!["-0.3", "0.3"]),
            ("nothing at all", vec![], vec![]),
            ("one", vec!["6.25"], vec!["6.3"]),
        ] {
            let parts: Vec<Decimal> = parts.iter().map(|text| text.parse().unwrap()).collect();
            let expected: Vec<Decimal> =
                expected.iter().map(|text| text.parse().unwrap()).collect();
            assert_eq!(rounded(&parts, 1).unwrap(), expected, "{why}");
        }
    }

    proptest! {
        #[test]
        fn no_part_moves_by_a_whole_step_and_the_sum_is_the_rounded_sum(
            parts in proptest::collection::vec(-1_000_000_i64..1_000_000, 0..40),
        ) {
            let parts: Vec<Decimal> = parts.into_iter().map(|n| Decimal::new(n, 4)).collect();
            let shown = rounded(&parts, 2).unwrap();
            let step = Decimal::new(1, 2);
            for (part, shown) in parts.iter().zip(&shown) {
                prop_assert!((part - shown).abs() <= step);
            }
            let exact: Decimal = parts.iter().sum();
            let sum: Decimal = shown.iter().sum();
            prop_assert!((exact - sum).abs() * Decimal::TWO <= step, "{} {}", exact, sum);
        }
    }
}
