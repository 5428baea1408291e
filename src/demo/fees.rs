//! Collection rounds and their invoices. Tuition is waived for nearly all (Resolution 217/2025/QH15:
//! the level stays fixed, families pay nothing); what families do pay are services.

use chrono::{Datelike, NaiveTime, Weekday};

use crate::demo::error::DemoError;
use crate::demo::random::Dice;
use crate::demo::roll::Roll;
use crate::demo::spec::Level;
use crate::domain::calendar::Day;
use crate::domain::money::Vnd;
use crate::domain::payment_code::{PaymentCode, Prefix};

/// A collection round of a school.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// Its name on notices.
    pub name: &'static str,
    /// What is paid for.
    pub fee_item: &'static str,
    /// What its list's file name says.
    pub slug: &'static str,
    /// The last day to pay, a day of November 2026.
    pub due_on: u32,
    /// How many of a hundred students take part.
    pub share: u32,
    /// The fee before reductions.
    pub fee: Fee,
}

/// How a fee is computed, in đồng.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fee {
    /// Set by the province and waived for nearly all.
    Tuition(i64),
    /// So much a meal, 17 to 21 meals after last month's absences.
    Meals(i64),
    /// The same for all.
    Fixed(i64),
    /// So much and so much more for each grade.
    ByGrade(i64, i64),
}

/// An invoice of one student in one round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// Its payment code.
    pub code: String,
    /// Where the student stands in [`Roll::pupils`].
    pub pupil: usize,
    /// Which of the school's rounds.
    pub round: usize,
    /// The fee.
    pub gross: Vnd,
    /// What is waived of it.
    pub waived: Vnd,
    /// What the family owes.
    pub due: Vnd,
}

/// Hands out payment codes that are unique in the whole world.
#[derive(Debug)]
pub struct CodeBook {
    prefix: Prefix,
    serial: u64,
}

impl CodeBook {
    /// A book at its first code.
    pub fn new() -> Result<CodeBook, DemoError> {
        let prefix = Prefix::parse("HP")?;
        Ok(CodeBook { prefix, serial: 0 })
    }

    /// The next code.
    pub fn issue(&mut self) -> Result<String, DemoError> {
        let code = PaymentCode::issue(self.prefix, self.serial).ok_or(DemoError::CodesExhausted)?;
        self.serial += 1;
        Ok(code.as_str().to_owned())
    }
}

/// The rounds of a school of `level`: tuition first, then two services.
#[must_use]
pub const fn rounds(level: Level) -> [Round; 3] {
    let tuition = Round {
        name: "Học phí tháng 11/2026",
        fee_item: "Học phí",
        slug: "hoc-phi",
        due_on: 30,
        share: 100,
        fee: Fee::Tuition(match level {
            Level::UpperSecondary => 200_000,
            _ => 100_000,
        }),
    };
    let meals = Round {
        name: "Tiền ăn bán trú tháng 11/2026",
        fee_item: "Tiền ăn bán trú",
        slug: "tien-an",
        due_on: 15,
        share: 86,
        fee: Fee::Meals(match level {
            Level::Preschool => 26_000,
            _ => 28_000,
        }),
    };
    let second = Round {
        name: "Học 2 buổi/ngày tháng 11/2026",
        fee_item: "Học 2 buổi/ngày",
        slug: "hai-buoi",
        due_on: 20,
        share: 94,
        fee: Fee::Fixed(160_000),
    };
    match level {
        Level::Preschool => [
            tuition,
            meals,
            Round {
                name: "Phục vụ bán trú tháng 11/2026",
                fee_item: "Phục vụ bán trú",
                slug: "phuc-vu",
                fee: Fee::Fixed(150_000),
                ..second
            },
        ],
        Level::Primary => [tuition, meals, second],
        Level::LowerSecondary => [
            tuition,
            Round { fee: Fee::ByGrade(120_000, 10_000), due_on: 15, ..second },
            Round {
                name: "Nước uống, vệ sinh học kỳ I năm học 2026-2027",
                fee_item: "Nước uống và vệ sinh",
                slug: "nuoc-uong",
                due_on: 20,
                share: 98,
                fee: Fee::Fixed(126_000),
            },
        ],
        Level::UpperSecondary => [
            tuition,
            Round {
                name: "Học tăng cường tháng 11/2026",
                fee_item: "Học tăng cường",
                slug: "tang-cuong",
                due_on: 15,
                share: 88,
                fee: Fee::ByGrade(140_000, 10_000),
            },
            Round {
                name: "Nước uống, sổ liên lạc điện tử học kỳ I năm học 2026-2027",
                fee_item: "Nước uống và sổ liên lạc điện tử",
                slug: "nuoc-uong",
                due_on: 20,
                share: 98,
                fee: Fee::Fixed(138_000),
            },
        ],
    }
}

/// Issues the invoices of a school, round by round in the order of the class lists.
pub fn issue(
    level: Level,
    roll: &Roll,
    codes: &mut CodeBook,
    dice: &mut Dice,
) -> Result<Vec<Invoice>, DemoError> {
    let mut invoices = Vec::with_capacity(roll.pupils.len() * 3);
    for (number, round) in rounds(level).iter().enumerate() {
        for (place, pupil) in roll.pupils.iter().enumerate() {
            if !dice.percent(round.share) {
                continue;
            }
            let gross = gross(round.fee, &pupil.class, dice);
            let waived = match (round.fee, dice.below(100)) {
                (Fee::Tuition(_), 0..96) | (_, 0) => gross,
                (Fee::Tuition(_), 96..98) | (_, 1..7) => gross / 2,
                _ => 0,
            };
            invoices.push(Invoice {
                code: codes.issue()?,
                pupil: place,
                round: number,
                gross: Vnd::new(gross),
                waived: Vnd::new(waived),
                due: Vnd::new(gross - waived),
            });
        }
    }
    Ok(invoices)
}

fn gross(fee: Fee, class: &str, dice: &mut Dice) -> i64 {
    match fee {
        Fee::Tuition(dong) | Fee::Fixed(dong) => dong,
        Fee::Meals(price) => price * i64::from(dice.between(17, 21)),
        Fee::ByGrade(base, step) => {
            let digits: String = class.chars().take_while(char::is_ascii_digit).collect();
            base + step * digits.parse::<i64>().unwrap_or_default()
        }
    }
}

/// A day of November 2026, the month of the demo.
pub fn november(day: u32) -> Result<Day, DemoError> {
    Day::from_ymd_opt(2026, 11, day).ok_or(DemoError::DayRange)
}

/// A time of day between two days of November 2026 when families pay: on a Sunday less often.
pub fn paying_hour(dice: &mut Dice, first: u32, last: u32) -> Result<(Day, NaiveTime), DemoError> {
    let mut day = november(dice.between(first, last))?;
    if day.weekday() == Weekday::Sun {
        day = november(dice.between(first, last))?;
    }
    let time = NaiveTime::from_hms_opt(dice.between(6, 21), dice.below(60), dice.below(60));
    Ok((day, time.ok_or(DemoError::DayRange)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::roll::fill;
    use crate::demo::schools::SCHOOLS;

    #[test]
    fn nearly_all_tuition_is_waived_and_services_are_not() {
        let mut codes = CodeBook::new().unwrap();
        for (number, profile) in (1..).zip(&SCHOOLS) {
            let roll = fill(profile, number, &mut Dice::new(9));
            let invoices = issue(profile.level, &roll, &mut codes, &mut Dice::new(9)).unwrap();
            let waived_in_full = |round: usize| {
                let of_round: Vec<_> = invoices.iter().filter(|one| one.round == round).collect();
                of_round.iter().filter(|one| one.due.is_zero()).count() * 100 / of_round.len()
            };
            assert!((90..100).contains(&waived_in_full(0)), "{}", profile.code);
            assert!(waived_in_full(1) < 5 && waived_in_full(2) < 5, "{}", profile.code);
            for invoice in &invoices {
                assert_eq!(invoice.gross.checked_sub(invoice.waived), Some(invoice.due));
                // What somebody pays too much must never look like another invoice.
                assert!(invoice.due.is_zero() || invoice.due.dong() > 20_000, "{invoice:?}");
            }
        }
    }

    #[test]
    fn no_code_is_issued_twice() {
        let mut codes = CodeBook::new().unwrap();
        let issued: std::collections::HashSet<String> =
            (0..20_000).map(|_| codes.issue().unwrap()).collect();
        assert_eq!(issued.len(), 20_000);
    }
}
