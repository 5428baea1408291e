//! The lines that a round makes of its items for one student.

use crate::domain::calendar::Day;
use crate::domain::fee::exemption::{Exemption, Share, waived};
use crate::domain::fee::price::{Placed, Price, PriceProblem, price_for};
use crate::domain::money::Vnd;

/// A fee item in a round, as far as one student is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChargedItem<'a> {
    /// Which.
    pub fee_item: i64,
    /// How many units: the student's own number, or the round's.
    pub quantity: i64,
    /// The round's own price of one unit, before the price list.
    pub price: Option<Vnd>,
    /// The price list.
    pub prices: &'a [Price],
}

/// A line of an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The item.
    pub fee_item: i64,
    /// How many units.
    pub quantity: i64,
    /// Of one unit.
    pub price: Vnd,
    /// What share is waived.
    pub share: Option<Share>,
    /// Price × quantity.
    pub gross: Vnd,
    /// What is waived of it.
    pub waived: Vnd,
    /// What is due.
    pub net: Vnd,
}

/// What keeps a line from being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChargeProblem {
    /// No price fits, or two do.
    Price(PriceProblem),
    /// Less than nothing is counted.
    NegativeQuantity,
    /// Price × quantity is beyond the range of amounts.
    TooLarge,
}

/// A student's lines, and what is wrong with the items that have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    /// Lines, in the order of the items. An item of which the student had nothing makes none.
    pub charges: Vec<Charge>,
    /// Items without a line, and why.
    pub problems: Vec<(i64, ChargeProblem)>,
}

/// The lines of one student on the day that decides prices and exemptions.
#[must_use]
pub fn bill(
    items: &[ChargedItem<'_>],
    who: &Placed<'_>,
    exemptions: &[Exemption],
    day: Day,
) -> Bill {
    let mut bill = Bill::default();
    for item in items {
        match charge(item, who, exemptions, day) {
            Ok(Some(charge)) => bill.charges.push(charge),
            Ok(None) => {}
            Err(problem) => bill.problems.push((item.fee_item, problem)),
        }
    }
    bill
}

fn charge(
    item: &ChargedItem<'_>,
    who: &Placed<'_>,
    exemptions: &[Exemption],
    day: Day,
) -> Result<Option<Charge>, ChargeProblem> {
    let (fee_item, quantity) = (item.fee_item, item.quantity);
    if quantity < 0 {
        return Err(ChargeProblem::NegativeQuantity);
    }
    if quantity == 0 {
        return Ok(None);
    }
    let price = match item.price {
        Some(price) => price,
        None => price_for(item.prices, who, day).map_err(ChargeProblem::Price)?,
    };
    let gross = price.dong().checked_mul(quantity).map(Vnd::new).ok_or(ChargeProblem::TooLarge)?;
    let share = exemptions
        .iter()
        .find(|exemption| exemption.covers(fee_item, day))
        .map(|exemption| exemption.share);
    let waived = match share {
        Some(share) => waived(gross, share).ok_or(ChargeProblem::TooLarge)?,
        None => Vnd::ZERO,
    };
    let net = gross.checked_sub(waived).ok_or(ChargeProblem::TooLarge)?;
    Ok(Some(Charge { fee_item, quantity, price, share, gross, waived, net }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::parse_iso_day;

    #[test]
    fn a_line_is_price_times_quantity_less_what_is_waived() {
        let day = parse_iso_day("2026-10-01").unwrap();
        let list = [Price {
            zone: None,
            level: None,
            grade: None,
            amount: Vnd::new(32_000),
            valid_from: None,
            valid_to: None,
        }];
        let half = Exemption {
            fee_item: Some(1),
            share: Share::new(50).unwrap(),
            valid_from: day,
            valid_to: None,
        };
        let of = |quantity, price: Option<i64>, prices| ChargedItem {
            fee_item: 1,
            quantity,
            price: price.map(Vnd::new),
            prices,
        };
        for (why, item, exemptions, expected) in [
            ("days of meals", of(20, None, &list[..]), &[][..], Ok(Some((640_000, 0, 640_000)))),
            ("half waived", of(20, None, &list), &[half], Ok(Some((640_000, 320_000, 320_000)))),
            ("the round's price", of(2, Some(5), &list), &[], Ok(Some((10, 0, 10)))),
            ("not one day", of(0, None, &list), &[], Ok(None)),
            ("no price", of(1, None, &[]), &[], Err(ChargeProblem::Price(PriceProblem::None))),
            ("less than nothing", of(-1, None, &list), &[], Err(ChargeProblem::NegativeQuantity)),
            ("too much", of(2, Some(i64::MAX), &list), &[], Err(ChargeProblem::TooLarge)),
        ] {
            let bill = bill(&[item], &Placed::default(), exemptions, day);
            let found = match (bill.charges.first(), bill.problems.first()) {
                (Some(line), None) => {
                    Ok(Some((line.gross.dong(), line.waived.dong(), line.net.dong())))
                }
                (None, Some((_, problem))) => Err(*problem),
                _ => Ok(None),
            };
            assert_eq!(found, expected, "{why}");
        }
    }
}
