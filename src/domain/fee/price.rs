//! Which price of an item holds for a student: prices may be bound to a zone, a level or a grade.

use crate::domain::calendar::{Day, valid_on};
use crate::domain::money::Vnd;

/// A price of a fee item for one unit of it. What it does not say fits everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// The zone it is for, as the price list names it (urban, rural, mountain …).
    pub zone: Option<String>,
    /// The level it is for: `preschool`, `primary`, `lower_secondary`, `upper_secondary`.
    pub level: Option<String>,
    /// The grade it is for, 1 to 12.
    pub grade: Option<u8>,
    /// For one unit.
    pub amount: Vnd,
    /// The first day it holds.
    pub valid_from: Option<Day>,
    /// The last day it holds.
    pub valid_to: Option<Day>,
}

/// What prices are chosen by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Placed<'a> {
    /// The student's zone, or the school's.
    pub zone: Option<&'a str>,
    /// The level of the student's grade, or the school's.
    pub level: Option<&'a str>,
    /// The student's grade, where the class says it.
    pub grade: Option<u8>,
}

/// Why there is no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PriceProblem {
    /// None fits.
    None,
    /// Two that differ fit equally well.
    Two,
}

impl Price {
    /// How many of its conditions hold; `None` when one does not.
    fn fits(&self, who: &Placed<'_>, day: Day) -> Option<u8> {
        if !valid_on(day, self.valid_from, self.valid_to) {
            return None;
        }
        let mut held = 0;
        for (wanted, is) in [(self.zone.as_deref(), who.zone), (self.level.as_deref(), who.level)] {
            match wanted {
                Some(wanted) if Some(wanted) != is => return None,
                Some(_) => held += 1,
                None => {}
            }
        }
        match self.grade {
            Some(wanted) if Some(wanted) != who.grade => None,
            Some(_) => Some(held + 1),
            None => Some(held),
        }
    }
}

/// The price that says most about the student; two that say equally much and differ are no price.
pub fn price_for(prices: &[Price], who: &Placed<'_>, day: Day) -> Result<Vnd, PriceProblem> {
    let fitting = || prices.iter().filter_map(|price| Some((price.fits(who, day)?, price.amount)));
    let most = fitting().map(|(held, _)| held).max().ok_or(PriceProblem::None)?;
    let mut best = fitting().filter(|(held, _)| *held == most).map(|(_, amount)| amount);
    let first = best.next().ok_or(PriceProblem::None)?;
    if best.all(|other| other == first) { Ok(first) } else { Err(PriceProblem::Two) }
}

/// The level a grade belongs to.
#[must_use]
pub const fn level_of_grade(grade: u8) -> Option<&'static str> {
    match grade {
        1..=5 => Some("primary"),
        6..=9 => Some("lower_secondary"),
        10..=12 => Some("upper_secondary"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::parse_iso_day;

    fn price(zone: Option<&str>, level: Option<&str>, grade: Option<u8>, dong: i64) -> Price {
        Price {
            zone: zone.map(str::to_owned),
            level: level.map(str::to_owned),
            grade,
            amount: Vnd::new(dong),
            valid_from: None,
            valid_to: None,
        }
    }

    #[test]
    fn the_price_that_says_most_holds() {
        let day = parse_iso_day("2026-10-01").unwrap();
        let all = [
            price(None, None, None, 10),
            price(Some("rural"), None, None, 20),
            price(None, Some("primary"), None, 30),
            price(Some("rural"), Some("primary"), None, 40),
            price(None, None, Some(6), 50),
        ];
        for (why, zone, level, grade, expected) in [
            ("nothing is known", None, None, None, Ok(10)),
            ("by zone", Some("rural"), None, None, Ok(20)),
            ("zone and level", Some("rural"), Some("primary"), Some(3), Ok(40)),
            ("by grade", Some("urban"), Some("lower_secondary"), Some(6), Ok(50)),
            (
                "zone or grade, and they differ",
                Some("rural"),
                None,
                Some(6),
                Err(PriceProblem::Two),
            ),
        ] {
            let who = Placed { zone, level, grade };
            assert_eq!(price_for(&all, &who, day).map(Vnd::dong), expected, "{why}");
        }
    }

    #[test]
    fn a_price_holds_from_its_first_day_to_its_last() {
        let day = |text| parse_iso_day(text).unwrap();
        let mut old = price(None, None, None, 10);
        old.valid_to = Some(day("2026-12-31"));
        let mut new = price(None, None, None, 12);
        new.valid_from = Some(day("2027-01-01"));
        let all = [old.clone(), new];
        let who = Placed::default();
        assert_eq!(price_for(&all, &who, day("2026-12-31")), Ok(Vnd::new(10)));
        assert_eq!(price_for(&all, &who, day("2027-01-01")), Ok(Vnd::new(12)));
        assert_eq!(price_for(&[old], &who, day("2027-01-01")), Err(PriceProblem::None));
    }
}
