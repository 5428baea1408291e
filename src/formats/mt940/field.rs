//! What the fields of a SWIFT statement are made of: amounts, days, balances, totals.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use crate::domain::calendar::Day;
use crate::domain::money::Currency;
use crate::domain::statement::Balance;
use crate::formats::figure::{FigureFault, comma_figure, point_figure};

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldFault {
    /// The text is no certain amount.
    Amount(String),
    /// The amount has a fraction of a đồng.
    Fraction(String),
    /// The text is no day of the calendar.
    Day(String),
    /// The field is not built as the standard says.
    Shape,
}

/// A figure and whether it was written with a point, against the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The amount.
    pub amount: Decimal,
    /// Written with a decimal point instead of the comma.
    pub point: bool,
}

/// Reads an amount with the standard's comma, or with a point where that cannot be a thousands
/// mark: one point with at most two digits behind it.
pub fn figure(text: &str, currency: Currency) -> Result<Figure, FieldFault> {
    let point = match text.split_once('.') {
        // The standard asks for the comma even without a fraction; an amount without it may have
        // been cut off together with the end of the file.
        None if text.contains(',') => false,
        Some((_, fraction)) if fraction.len() <= 2 => true,
        _ => return Err(FieldFault::Amount(text.to_owned())),
    };
    let read = if point { point_figure } else { comma_figure };
    match read(text, Some(currency)) {
        Ok(amount) => Ok(Figure { amount, point }),
        Err(FigureFault::NotPlain) => Err(FieldFault::Amount(text.to_owned())),
        Err(FigureFault::FractionOfDong) => Err(FieldFault::Fraction(text.to_owned())),
    }
}

/// Six digits `YYMMDD`. Years from 80 on are of the last century, as SWIFT defines.
pub fn short_day(text: &str) -> Result<Day, FieldFault> {
    let read = || {
        let [a, b, rest @ ..] = text.as_bytes() else { return None };
        let (year, (month, day)) = (two_digits(*a, *b)?, month_and_day(rest)?);
        let century = if year >= 80 { 1900 } else { 2000 };
        NaiveDate::from_ymd_opt(century + i32::try_from(year).ok()?, month, day)
    };
    read().ok_or_else(|| FieldFault::Day(text.to_owned()))
}

/// Four digits `MMDD` without a year: it is the one that brings the day nearest to the value date,
/// so that 31 December and 2 January stay two days apart.
pub fn entry_day(text: &str, value: Day) -> Result<Day, FieldFault> {
    let read = || {
        let (month, day) = month_and_day(text.as_bytes())?;
        let near = |candidate: &Day| (*candidate - value).num_days().abs() <= 183;
        [0, -1, 1]
            .into_iter()
            .filter_map(|shift| NaiveDate::from_ymd_opt(value.year() + shift, month, day))
            .find(near)
    };
    read().ok_or_else(|| FieldFault::Day(text.to_owned()))
}

fn month_and_day(digits: &[u8]) -> Option<(u32, u32)> {
    let &[a, b, c, d] = digits else { return None };
    Some((two_digits(a, b)?, two_digits(c, d)?))
}

fn two_digits(tens: u8, ones: u8) -> Option<u32> {
    let digit = |byte: u8| char::from(byte).to_digit(10);
    Some(digit(tens)? * 10 + digit(ones)?)
}

/// A balance field as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatedBalance {
    pub balance: Balance,
    pub currency: Currency,
    /// As in [`Figure::point`].
    pub point: bool,
}

/// Reads `:60F:`, `:62M:` and their like: `C261101VND12000000,`.
pub fn balance(value: &str) -> Result<StatedBalance, FieldFault> {
    let text = first_line(value);
    let (negative, rest) = match text.split_at_checked(1) {
        Some(("C", rest)) => (false, rest),
        Some(("D", rest)) => (true, rest),
        _ => return Err(FieldFault::Shape),
    };
    let (date, rest) = rest.split_at_checked(6).ok_or(FieldFault::Shape)?;
    let (currency, amount) = rest.split_at_checked(3).ok_or(FieldFault::Shape)?;
    let date = short_day(date)?;
    let currency = Currency::parse(currency).ok_or(FieldFault::Shape)?;
    let Figure { amount, point } = figure(amount.trim(), currency)?;
    let amount = if negative && !amount.is_zero() { -amount } else { amount };
    Ok(StatedBalance { balance: Balance { amount, date: Some(date) }, currency, point })
}

/// A total as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatedTotal {
    pub count: u64,
    pub currency: Currency,
    pub sum: Decimal,
    /// As in [`Figure::point`].
    pub point: bool,
}

/// Reads a total of MT942 (`:90D:`, `:90C:`): count, currency, sum.
pub fn total(value: &str) -> Result<StatedTotal, FieldFault> {
    let text = first_line(value);
    let end = text.find(|letter: char| !letter.is_ascii_digit()).ok_or(FieldFault::Shape)?;
    let (count, rest) = text.split_at(end);
    let count = count.parse().ok().ok_or(FieldFault::Shape)?;
    let (currency, sum) = rest.split_at_checked(3).ok_or(FieldFault::Shape)?;
    let currency = Currency::parse(currency).ok_or(FieldFault::Shape)?;
    let Figure { amount: sum, point } = figure(sum.trim(), currency)?;
    Ok(StatedTotal { count, currency, sum, point })
}

/// Reads the currency of a floor limit, `:34F:VND0,` or `:34F:VNDD0,`. The limit itself says only what
/// the bank leaves out of the message.
pub fn floor_currency(value: &str) -> Result<Currency, FieldFault> {
    let code = first_line(value).get(..3).ok_or(FieldFault::Shape)?;
    Currency::parse(code).ok_or(FieldFault::Shape)
}

/// The first line of a value. What follows in fields of one line is the bank's, or the header of the
/// next message.
pub fn first_line(value: &str) -> &str {
    value.split('\n').next().unwrap_or_default().trim()
}

/// Trimmed, `None` when empty.
pub fn kept(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balances_are_signed() {
        for (why, text, amount, point) in [
            ("credit", "C261102VND1500,", Decimal::new(1500, 0), false),
            ("debit", "D261102VND1500,", Decimal::new(-1500, 0), false),
            ("nothing is owed", "D261102VND0,", Decimal::ZERO, false),
            ("blanks behind", "C261102VND1500,  ", Decimal::new(1500, 0), false),
            (
                "the next message's header behind",
                "C261102VND1500,\nBANKVNVX\n940",
                Decimal::new(1500, 0),
                false,
            ),
            ("a point", "C261102VND1500.00", Decimal::new(150_000, 2), true),
        ] {
            let read = balance(text).unwrap();
            assert_eq!((read.balance.amount, read.point), (amount, point), "{why}");
            assert_eq!(read.balance.date.unwrap().to_string(), "2026-11-02", "{why}");
            assert_eq!(read.currency, Currency::VND, "{why}");
        }
    }

    #[test]
    fn what_is_not_certain_is_no_balance() {
        let amount = |text: &str| FieldFault::Amount(text.to_owned());
        for (why, text, fault) in [
            ("grouped by a point", "C261102VND1.250", amount("1.250")),
            ("two kinds of marks", "C261102VND1.250,00", amount("1.250,00")),
            ("an amount cut in two lines", "C261102VND1250\n000,", amount("1250")),
            ("half a dong", "C261102VND12,5", FieldFault::Fraction("12,5".to_owned())),
            ("no such day", "C260231VND1,", FieldFault::Day("260231".to_owned())),
            ("letters for a day", "C26X102VND1,", FieldFault::Day("26X102".to_owned())),
            ("no mark", "261102VND1,", FieldFault::Shape),
            ("no currency", "C2611021500,", FieldFault::Shape),
            ("nothing", "", FieldFault::Shape),
        ] {
            assert_eq!(balance(text).unwrap_err(), fault, "{why}");
        }
    }

    #[test]
    fn years_are_of_the_century_that_swift_defines() {
        for (why, text, expected) in [
            ("this century", "791231", "2079-12-31"),
            ("the last one", "800101", "1980-01-01"),
            ("a leap day", "280229", "2028-02-29"),
        ] {
            assert_eq!(short_day(text).unwrap().to_string(), expected, "{why}");
        }
    }

    #[test]
    fn totals_and_floor_limits_name_their_currency() {
        let read = total("2VND1300000, ").unwrap();
        assert_eq!((read.count, read.sum), (2, Decimal::new(1_300_000, 0)));
        assert_eq!(total("VND1300000,").unwrap_err(), FieldFault::Shape);
        for (why, text, expected) in [
            ("for both directions", "VND0,", Ok(Currency::VND)),
            ("for one", "VNDD500000,", Ok(Currency::VND)),
            ("without a comma", "VND0", Ok(Currency::VND)),
            ("no currency", "0,", Err(FieldFault::Shape)),
        ] {
            assert_eq!(floor_currency(text), expected, "{why}");
        }
    }
}
