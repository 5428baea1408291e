//! Who need not pay, or not all of it. Why is for few to read and no business of what follows.

use crate::domain::calendar::{Day, valid_on};
use crate::domain::money::Vnd;

/// The share that is waived, in percent: 1 to 100. The law knows 100, 70 and 50 (Decree
/// 238/2025/NĐ-CP); a school's own fees may know others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u8);

impl Share {
    /// A share, or `None` outside 1 to 100.
    #[must_use]
    pub fn new(percent: i64) -> Option<Share> {
        u8::try_from(percent).ok().filter(|percent| (1..=100).contains(percent)).map(Share)
    }

    /// In percent.
    #[must_use]
    pub const fn percent(self) -> u8 {
        self.0
    }
}

/// An exemption of one student, from one fee item or from all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exemption {
    /// The item; all when absent.
    pub fee_item: Option<i64>,
    /// What is waived.
    pub share: Share,
    /// Its first day.
    pub valid_from: Day,
    /// Its last day.
    pub valid_to: Option<Day>,
}

impl Exemption {
    /// Whether it waives something of an item on a day.
    #[must_use]
    pub fn covers(&self, fee_item: i64, day: Day) -> bool {
        self.fee_item.is_none_or(|own| own == fee_item)
            && valid_on(day, Some(self.valid_from), self.valid_to)
    }
}

/// Whether two exemptions of one student would both hold for some item on some day: then nobody could
/// say which counts.
#[must_use]
pub fn overlapping(one: &Exemption, other: &Exemption) -> bool {
    let same_item = match (one.fee_item, other.fee_item) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    let begins_in_time = |one: &Exemption, other: &Exemption| {
        other.valid_to.is_none_or(|last| one.valid_from <= last)
    };
    same_item && begins_in_time(one, other) && begins_in_time(other, one)
}

/// What is waived of an amount: rounded to the đồng, a half in the family's favour. `None` beyond the
/// range of amounts.
#[must_use]
pub fn waived(gross: Vnd, share: Share) -> Option<Vnd> {
    let hundredths = i128::from(gross.dong()).checked_mul(i128::from(share.percent()))?;
    i64::try_from(hundredths.checked_add(50)?.checked_div(100)?).ok().map(Vnd::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::parse_iso_day;

    #[test]
    fn a_share_is_rounded_to_the_dong_in_the_familys_favour() {
        for (why, gross, percent, expected) in [
            ("all", 300_000, 100, 300_000),
            ("seventy percent", 300_000, 70, 210_000),
            ("a half đồng is waived", 33_333, 50, 16_667),
            ("less than a half is not", 33_333, 70, 23_333),
            ("of nothing", 0, 50, 0),
            ("the largest amount", i64::MAX, 100, i64::MAX),
        ] {
            let waived = waived(Vnd::new(gross), Share::new(percent).unwrap());
            assert_eq!(waived, Some(Vnd::new(expected)), "{why}");
        }
        assert!([0, -1, 101, 256].into_iter().all(|percent| Share::new(percent).is_none()));
    }

    #[test]
    fn exemptions_overlap_where_both_would_hold() {
        let day = |text: &str| parse_iso_day(text).unwrap();
        let one = |fee_item, from: &str, to: Option<&str>| Exemption {
            fee_item,
            share: Share::new(50).unwrap(),
            valid_from: day(from),
            valid_to: to.map(day),
        };
        let year = one(None, "2026-09-01", Some("2027-05-31"));
        for (why, other, expected) in [
            ("one item in the same year", one(Some(1), "2026-10-01", None), true),
            ("the day after it ends", one(None, "2027-06-01", None), false),
            ("its last day", one(None, "2027-05-31", None), true),
            ("before it begins", one(None, "2025-09-01", Some("2026-08-31")), false),
        ] {
            assert_eq!(overlapping(&year, &other), expected, "{why}");
            assert_eq!(overlapping(&other, &year), expected, "{why}, the other way round");
        }
        let [meals, boarding] = [1, 2].map(|item| one(Some(item), "2026-09-01", None));
        assert!(!overlapping(&meals, &boarding), "other items");
    }
}
