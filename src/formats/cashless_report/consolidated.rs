//! An authority's month as its schools reported it: the sums of what they state, and one text that
//! names every report that is in them, so that whoever has the reports computes the same SHA-256.

use std::collections::BTreeMap;

use super::canonical::{Value, rates};
use crate::domain::cashless::{Rate, Rates};
use crate::domain::period::Month;

/// The name of the form, which every text states.
pub const FORMAT: &str = "doisoat.cashless.consolidated/1";

/// What a school handed in last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedIn {
    /// 1 for the first report, one more for each restatement.
    pub version: i32,
    /// The fingerprint of the report.
    pub sha256: String,
    /// The rates it states.
    pub rates: Rates,
}

/// The rates of all reports together: numerators and denominators added up, so that a school counts by
/// its money, its pupils and its payments. `None` where they are beyond what can be counted.
#[must_use]
pub fn together<'a>(reports: impl Iterator<Item = &'a HandedIn>) -> Option<Rates> {
    let mut sum = Rates::default();
    for HandedIn { rates, .. } in reports {
        let add = |one: Rate, other: Rate| one.checked_add(other);
        sum = Rates {
            by_amount: add(sum.by_amount, rates.by_amount)?,
            by_pupil: add(sum.by_pupil, rates.by_pupil)?,
            by_payment: add(sum.by_payment, rates.by_payment)?,
            by_school: add(sum.by_school, rates.by_school)?,
        };
    }
    Some(sum)
}

/// The text: the authority, the month, how many schools are under it, the report of each that has one by
/// the code the report states, with its version and fingerprint, and the rates together. Written as
/// [`super::canonical`] writes: names sorted by their bytes, nothing between the parts.
#[must_use]
pub fn canonical(
    authority: &str,
    month: Month,
    (schools, reports): (usize, &[(String, HandedIn)]),
    sum: &Rates,
) -> String {
    let named: BTreeMap<String, Value> = reports
        .iter()
        .map(|(code, report)| {
            let parts = Value::parts([
                ("version", Value::Whole(report.version.into())),
                ("sha256", Value::Text(report.sha256.clone())),
            ]);
            (code.clone(), parts)
        })
        .collect();
    Value::parts([
        ("format", Value::Text(FORMAT.to_owned())),
        ("authority", Value::Text(authority.to_owned())),
        ("month", Value::Text(month.to_string())),
        ("schools", Value::Whole(i64::try_from(schools).unwrap_or(i64::MAX))),
        ("reports", Value::Parts(named)),
        ("rates", rates(sum)),
    ])
    .written()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(version: i32, part: i64, whole: i64) -> HandedIn {
        let rate = Rate::new(part, whole).unwrap();
        let rates = Rates { by_amount: rate, by_pupil: rate, by_payment: rate, by_school: rate };
        HandedIn { version, sha256: format!("{version:064x}"), rates }
    }

    #[test]
    fn schools_count_by_their_money_and_not_one_each() {
        // 90 of 100 and 0 of 900: 9 %, though the mean of 90 % and 0 % is 45 %.
        let reports = [report(1, 90, 100), report(1, 0, 900)];
        let sum = together(reports.iter()).unwrap();
        assert_eq!(sum.by_amount, Rate::new(90, 1_000).unwrap());
        assert_eq!(together([].iter()).unwrap(), Rates::default(), "nothing is no data, not zero");
        let most = report(1, 0, i64::MAX);
        assert_eq!(together([most.clone(), most].iter()), None);
    }

    #[test]
    fn the_text_of_known_reports_is_this_one() {
        let month = "2026-10".parse().unwrap();
        let reports = [("B\"".to_owned(), report(1, 0, 0)), ("A".to_owned(), report(2, 3, 4))];
        let sum = together(reports.iter().map(|(_, one)| one)).unwrap();
        let rate = "{\"denominator\":4,\"numerator\":3}";
        assert_eq!(
            canonical("P1", month, (3, &reports), &sum),
            format!(
                "{{\"authority\":\"P1\",\"format\":\"{FORMAT}\",\"month\":\"2026-10\",\
                 \"rates\":{{\"by_amount\":{rate},\"by_payment\":{rate},\"by_pupil\":{rate},\"by_school\":{rate}}},\
                 \"reports\":{{\"A\":{{\"sha256\":\"{:064x}\",\"version\":2}},\
                 \"B\\\"\":{{\"sha256\":\"{:064x}\",\"version\":1}}}},\"schools\":3}}",
                2, 1
            )
        );
    }
}
