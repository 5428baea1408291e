//! Which groups are too small to be shown to others: also those that could be found by subtracting
//! the shown ones from their sum.

use super::report::{Report, Section};
use crate::domain::diagnostic::Diagnostic;

/// Which groups of a table are not shown, by how many people each has. A group of nobody is shown: it
/// says nothing of anybody. Where the sum of the table stands beside it (`sum_is_shown`), as many of
/// the smallest other groups are left out as it takes that what is left out has `least` people and
/// more than one group: otherwise the difference would be the hidden one.
///
/// Everything is shown with `least` of 0 or 1.
#[must_use]
pub fn hidden(people: &[i64], least: i64, sum_is_shown: bool) -> Vec<bool> {
    let mut hide: Vec<bool> = people.iter().map(|count| 0 < *count && *count < least).collect();
    if !sum_is_shown || !hide.contains(&true) {
        return hide;
    }
    let mut order: Vec<usize> = (0..people.len()).collect();
    order.sort_by_key(|index| (people.get(*index).copied(), *index));
    for index in order {
        let left_out = || people.iter().zip(&hide).filter(|(_, hidden)| **hidden);
        let together = left_out().fold(0_i64, |sum, (count, _)| sum.saturating_add(*count));
        if left_out().count() > 1 && together >= least {
            break;
        }
        let somebody = people.get(index).is_some_and(|count| *count > 0);
        if let Some(hidden) = hide.get_mut(index).filter(|_| somebody) {
            *hidden = true;
        }
    }
    hide
}

/// A report as it leaves the schools: without classes and fee items of schools that are too small to be
/// told of, and with a note that says how many.
#[must_use]
pub fn above_schools(mut report: Report) -> Report {
    let least = i64::from(report.settings.least_group);
    let mut withheld = 0_usize;
    for line in &mut report.schools {
        // Each pupil is in one class of a month, and the school's own figures stand beside them; of fee
        // items a pupil has several, and nothing is found by subtraction.
        withheld += keep_large(&mut line.classes, least, true);
        withheld += keep_large(&mut line.fee_items, least, false);
    }
    if withheld > 0 {
        report.notes.push(Diagnostic::new(
            "small_groups_withheld",
            format!(
                "{withheld} lớp hoặc khoản thu của từng trường không được nêu riêng vì có dưới {least} học sinh."
            ),
            format!(
                "{withheld} classes or fee items of schools are not told of: they have fewer than {least} pupils."
            ),
        ));
    }
    report
}

/// How many were left out.
fn keep_large<K>(sections: &mut Vec<Section<K>>, least: i64, sum_is_shown: bool) -> usize {
    let pupils: Vec<i64> =
        sections.iter().map(|section| section.figures.reported.by_pupil.denominator()).collect();
    let mut hide = hidden(&pupils, least, sum_is_shown).into_iter();
    let before = sections.len();
    sections.retain(|_| !hide.next().unwrap_or(false));
    before - sections.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn small_groups_are_hidden_and_cannot_be_found_by_subtraction() {
        for (why, people, sum_is_shown, expected) in [
            ("none is small", &[30, 28][..], true, &[false, false][..]),
            ("a class of one pupil", &[1, 30, 28], true, &[true, false, true]),
            ("without the sum one is enough", &[1, 30, 28], false, &[true, false, false]),
            ("two small ones are too few together", &[1, 2, 30], true, &[true, true, true]),
            ("two small ones are enough together", &[4, 4, 30], true, &[true, true, false]),
            ("nobody is no group", &[0, 30], true, &[false, false]),
            ("nobody hides nobody", &[0, 1, 30, 28], true, &[false, true, false, true]),
            ("alone, it is its own sum", &[3], true, &[true]),
        ] {
            assert_eq!(hidden(people, 5, sum_is_shown), expected, "{why}");
        }
        assert_eq!(hidden(&[1, 2], 0, true), [false, false], "switched off");
    }

    proptest! {
        #[test]
        fn what_is_left_out_is_never_one_small_group(
            people in proptest::collection::vec(0_i64..40, 0..20),
            least in 0_i64..12,
        ) {
            let hide = hidden(&people, least, true);
            let left: Vec<i64> =
                people.iter().zip(&hide).filter(|(_, hide)| **hide).map(|(n, _)| *n).collect();
            for (count, hide) in people.iter().zip(&hide) {
                prop_assert!(*hide || *count == 0 || *count >= least);
            }
            let groups = people.iter().filter(|count| **count > 0).count();
            if !left.is_empty() && left.len() < groups {
                prop_assert!(left.len() > 1 && left.iter().sum::<i64>() >= least, "{:?}", left);
            }
        }
    }
}
