//! Which groups are too small to be shown to others: also those that could be found by subtracting
//! the shown ones from their sum.

use std::collections::BTreeSet;

use super::facts::FeeItem;
use super::path::Path;
use super::report::{Report, Section};
use crate::domain::diagnostic::Diagnostic;

/// Which groups of a table are not shown, by how many people each has. A group of nobody is shown: it
/// says nothing of anybody. The sum of the table stands beside it: as many of the smallest other groups
/// are left out as it takes that what is left out has `least` people and more than one group, otherwise
/// the difference would be the hidden one.
///
/// Everything is shown with `least` of 0 or 1.
#[must_use]
pub fn hidden(people: &[i64], least: i64) -> Vec<bool> {
    let mut hide = small(people, least);
    hide_enough(people, &mut hide, least);
    hide
}

fn small(people: &[i64], least: i64) -> Vec<bool> {
    people.iter().map(|count| 0 < *count && *count < least).collect()
}

/// Whether what is left out of a table is none, or too much for a difference to tell of a small group.
fn is_enough(people: &[i64], hide: &[bool], least: i64) -> bool {
    let left_out: Vec<i64> =
        people.iter().zip(hide).filter(|(_, hide)| **hide).map(|(n, _)| *n).collect();
    let together = left_out.iter().fold(0_i64, |sum, count| sum.saturating_add(*count));
    left_out.is_empty() || (left_out.len() > 1 && together >= least)
}

/// Leaves the smallest groups out until it is enough, or none is left.
fn hide_enough(people: &[i64], hide: &mut [bool], least: i64) {
    let mut order: Vec<usize> = (0..people.len()).collect();
    order.sort_by_key(|index| (people.get(*index).copied(), *index));
    for index in order {
        if is_enough(people, hide, least) {
            break;
        }
        let somebody = people.get(index).is_some_and(|count| *count > 0);
        if let Some(hidden) = hide.get_mut(index).filter(|_| somebody) {
            *hidden = true;
        }
    }
}

/// A report as it leaves the schools: without classes and fee items that have too few pupils to be told
/// of, and with a note that says how many.
#[must_use]
pub fn above_schools(mut report: Report) -> Report {
    let least = i64::from(report.settings.least_group);
    let mut withheld = 0_usize;
    for line in &mut report.schools {
        let hide = hidden(&pupils(&line.classes), least);
        withheld += keep(&mut line.classes, &hide);
    }
    let hide = hidden_items(&report, least);
    for (line, hide) in report.schools.iter_mut().zip(&hide.of_schools) {
        withheld += keep(&mut line.fee_items, hide);
    }
    withheld += keep(&mut report.fee_items, &hide.of_all);
    if withheld > 0 {
        report.notes.push(Diagnostic::new(
            "small_groups_withheld",
            format!("{withheld} lớp hoặc khoản thu không được nêu riêng vì có dưới {least} học sinh."),
            format!(
                "{withheld} classes or fee items are not told of: they have fewer than {least} pupils."
            ),
        ));
    }
    report
}

/// The fee items of a report, all its schools together, that may be told of above the schools.
#[must_use]
pub fn told_fee_items(report: &Report) -> Vec<&Section<FeeItem>> {
    let hide = hidden_items(report, i64::from(report.settings.least_group)).of_all;
    let items = report.fee_items.iter().zip(hide);
    items.filter(|(_, hide)| !hide).map(|(section, _)| section).collect()
}

/// A way to the target as it leaves the schools: no fee item that its reports do not tell of, and of one
/// school no classes.
#[must_use]
pub fn path_above_schools(
    mut path: Path,
    (report, before): (&Report, Option<&Report>),
    one_school: bool,
) -> Path {
    let mut secret: BTreeSet<String> = BTreeSet::new();
    for one in std::iter::once(report).chain(before) {
        let hide = hidden_items(one, i64::from(one.settings.least_group)).of_all;
        let hidden = one.fee_items.iter().zip(hide).filter(|(_, hide)| *hide);
        secret.extend(hidden.map(|(section, _)| section.key.code.clone()));
    }
    if let Some(gap) = &mut path.by_fee_item {
        gap.parts.retain(|part| !secret.contains(&part.key.code));
    }
    if let Some(change) = &mut path.change_by_fee_item {
        change.parts.retain(|part| !secret.contains(&part.key.code));
    }
    if one_school {
        (path.by_place, path.change) = (None, None);
    }
    path
}

/// Which fee items of all schools together, and of each, are not shown.
struct HiddenItems {
    of_all: Vec<bool>,
    of_schools: Vec<Vec<bool>>,
}

/// Fee items stand in two directions: those of a school beside the school's sum, and one item of several
/// schools beside the sum of all. In both as much is left out as it takes.
fn hidden_items(report: &Report, least: i64) -> HiddenItems {
    let all = pupils(&report.fee_items);
    let mut of_all = hidden(&all, least);
    let rows: Vec<Vec<i64>> = report.schools.iter().map(|line| pupils(&line.fee_items)).collect();
    let mut of_schools: Vec<Vec<bool>> = rows.iter().map(|row| hidden(row, least)).collect();
    let items = report.fee_items.iter().map(|section| section.key.code.as_str());
    let columns: Vec<Vec<(usize, usize)>> = items.map(|code| column(report, code)).collect();
    // What is left out only grows, so this ends.
    loop {
        let before = (of_all.clone(), of_schools.clone());
        for (item, cells) in columns.iter().enumerate() {
            let of = |(line, place): &(usize, usize)| rows.get(*line)?.get(*place).copied();
            let people: Vec<i64> = cells.iter().filter_map(of).collect();
            let of = |(line, place): &(usize, usize)| of_schools.get(*line)?.get(*place).copied();
            let mut hide: Vec<bool> = cells.iter().filter_map(of).collect();
            if of_all.get(item) != Some(&false) || is_enough(&people, &hide, least) {
                continue;
            }
            hide_enough(&people, &mut hide, least);
            for ((line, place), hide) in cells.iter().zip(&hide) {
                if let Some(cell) = of_schools.get_mut(*line).and_then(|row| row.get_mut(*place)) {
                    *cell = *hide;
                }
            }
            // Too few schools have it: then its sum is not shown either.
            if let Some(hidden) = of_all.get_mut(item).filter(|_| !is_enough(&people, &hide, least))
            {
                *hidden = true;
            }
        }
        hide_enough(&all, &mut of_all, least);
        for (row, hide) in rows.iter().zip(&mut of_schools) {
            hide_enough(row, hide, least);
        }
        if before == (of_all.clone(), of_schools.clone()) {
            return HiddenItems { of_all, of_schools };
        }
    }
}

/// Where a fee item stands: the school's place and its own place there.
fn column(report: &Report, code: &str) -> Vec<(usize, usize)> {
    let lines = report.schools.iter().enumerate();
    lines
        .filter_map(|(line, school)| {
            let place = school.fee_items.iter().position(|section| section.key.code == code)?;
            Some((line, place))
        })
        .collect()
}

fn pupils<K>(sections: &[Section<K>]) -> Vec<i64> {
    sections.iter().map(|section| section.figures.reported.by_pupil.denominator()).collect()
}

/// Takes the hidden ones away; how many they were.
fn keep<K>(sections: &mut Vec<Section<K>>, hide: &[bool]) -> usize {
    let before = sections.len();
    let mut hide = hide.iter();
    sections.retain(|_| !hide.next().copied().unwrap_or(false));
    before - sections.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::calendar::{Period, parse_iso_day};
    use crate::domain::cashless::{Collected, Facts, SchoolInScope, Scope, Settings, compute};
    use crate::domain::id::{PaymentId, SchoolId, StudentId};
    use crate::domain::money::Vnd;
    use crate::domain::payment::Channel;

    #[test]
    fn small_groups_are_hidden_and_cannot_be_found_by_subtraction() {
        for (why, people, expected) in [
            ("none is small", &[30, 28][..], &[false, false][..]),
            ("a class of one pupil", &[1, 30, 28], &[true, false, true]),
            ("two small ones are too few together", &[1, 2, 30], &[true, true, true]),
            ("two small ones are enough together", &[4, 4, 30], &[true, true, false]),
            ("nobody is no group", &[0, 30], &[false, false]),
            ("nobody hides nobody", &[0, 1, 30, 28], &[false, true, false, true]),
            ("alone, it is its own sum", &[3], &[true]),
        ] {
            assert_eq!(hidden(people, 5), expected, "{why}");
        }
        assert_eq!(hidden(&[1, 2], 0), [false, false], "switched off");
    }

    fn paid(school: i64, item: &str, pupils: std::ops::Range<i64>) -> Vec<Collected> {
        let day = parse_iso_day("2026-11-10").unwrap();
        pupils
            .map(|pupil| Collected {
                school: SchoolId(school),
                class: "6A".to_owned(),
                fee_item: FeeItem { code: item.to_owned(), name: item.to_owned() },
                student: StudentId(school * 1_000 + pupil),
                payment: PaymentId(school * 1_000_000 + pupil),
                channel: Channel::Transfer,
                families_of_payment: 1,
                paid_on: day,
                amount: Vnd::new(1_000),
            })
            .collect()
    }

    /// Pupils of each school who paid for fee items A, B and C; which of them are told of.
    fn told(schools: &[[i64; 3]]) -> (String, Vec<String>) {
        let mut collected = Vec::new();
        for (school, counts) in (1_i64..).zip(schools) {
            let mut from = 0;
            for (item, count) in ["A", "B", "C"].into_iter().zip(counts) {
                collected.extend(paid(school, item, from..from + count));
                from += count;
            }
        }
        let day = |text| parse_iso_day(text).unwrap();
        let scope = Scope {
            authority_code: "XA".to_owned(),
            authority_name: "Xã mẫu".to_owned(),
            schools: (1..=i64::try_from(schools.len()).unwrap())
                .map(|id| SchoolInScope {
                    id: SchoolId(id),
                    code: format!("T{id}"),
                    name: format!("Trường mẫu {id}"),
                })
                .collect(),
            period: Period::new(day("2026-11-01"), day("2026-11-30")).unwrap(),
            cut_off: day("2026-12-05"),
        };
        let facts = Facts { collected, left_out: Vec::new(), ..Facts::default() };
        let settings = Settings { least_group: 5, ..Settings::default() };
        let report = above_schools(compute(scope, settings, &facts).unwrap());
        let names = |sections: &[Section<FeeItem>]| -> String {
            sections.iter().map(|section| section.key.code.as_str()).collect()
        };
        let own = report.schools.iter().map(|line| names(&line.fee_items)).collect();
        (names(&report.fee_items), own)
    }

    #[test]
    fn a_small_fee_item_is_found_neither_at_its_school_nor_by_the_sum_of_all() {
        for (why, schools, of_all, own) in [
            ("none is small", &[[9, 9, 9], [9, 9, 9]][..], "ABC", &["ABC", "ABC"][..]),
            (
                "the same of another school is withheld too",
                &[[2, 9, 9], [8, 9, 9], [9, 9, 9]],
                "ABC",
                &["C", "C", "ABC"],
            ),
            ("only one school has it", &[[2, 9, 9], [0, 9, 9], [0, 9, 9]], "C", &["C", "BC", "BC"]),
            ("one school is its own sum", &[[2, 9, 9]], "C", &["C"]),
            ("nobody collected", &[[0, 0, 0]], "", &[""]),
        ] {
            let (found_of_all, found) = told(schools);
            assert_eq!(
                (found_of_all.as_str(), found),
                (of_all, own.iter().map(|text| (*text).to_owned()).collect()),
                "{why}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_left_out_is_never_one_small_group(
            people in proptest::collection::vec(0_i64..40, 0..20),
            least in 0_i64..12,
        ) {
            let hide = hidden(&people, least);
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
