//! The fields of a SWIFT statement that carry money: balances, statement lines, totals.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use crate::domain::calendar::Day;
use crate::domain::money::Currency;
use crate::domain::statement::{Balance, CreditDebit, EntryStatus};
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
    let read = |point: bool| {
        let figure = if point {
            point_figure(text, Some(currency))
        } else {
            comma_figure(text, Some(currency))
        };
        match figure {
            Ok(amount) => Ok(Figure { amount, point }),
            Err(FigureFault::NotPlain) => Err(FieldFault::Amount(text.to_owned())),
            Err(FigureFault::FractionOfDong) => Err(FieldFault::Fraction(text.to_owned())),
        }
    };
    match text.split_once('.') {
        // The standard asks for the comma even without a fraction; an amount without it may have
        // been cut off together with the end of the file.
        None if text.contains(',') => read(false),
        Some((_, fraction)) if fraction.len() <= 2 => read(true),
        _ => Err(FieldFault::Amount(text.to_owned())),
    }
}

/// Six digits `YYMMDD`. Years from 80 on are of the last century, as SWIFT defines.
pub fn short_day(text: &str) -> Result<Day, FieldFault> {
    let fault = || FieldFault::Day(text.to_owned());
    let (year, rest) = text.split_at_checked(2).ok_or_else(fault)?;
    let year = digits(year).ok_or_else(fault)?;
    let year = if year >= 80 { 1900 + year } else { 2000 + year };
    let (month, day) = rest.split_at_checked(2).ok_or_else(fault)?;
    let (month, day) = (digits(month).ok_or_else(fault)?, digits(day).ok_or_else(fault)?);
    let year = i32::try_from(year).ok().ok_or_else(fault)?;
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(fault)
}

/// Two digits.
fn digits(text: &str) -> Option<u32> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())?
}

/// The entry date has no year of its own: it is the one that brings it nearest to the value date,
/// so that 31 December and 2 January stay two days apart.
fn entry_day(text: &str, value: Day) -> Result<Day, FieldFault> {
    let fault = || FieldFault::Day(text.to_owned());
    let (month, day) = text.split_at_checked(2).ok_or_else(fault)?;
    let (month, day) = (digits(month).ok_or_else(fault)?, digits(day).ok_or_else(fault)?);
    let near = |candidate: &Day| (*candidate - value).num_days().abs() <= 183;
    let same_year = NaiveDate::from_ymd_opt(value.year(), month, day).filter(near);
    if let Some(same_year) = same_year {
        return Ok(same_year);
    }
    [-1, 1]
        .into_iter()
        .filter_map(|shift| NaiveDate::from_ymd_opt(value.year() + shift, month, day))
        .find(near)
        .ok_or_else(fault)
}

/// A balance field (`:60F:`, `:62M:` …) and its currency: `C261101VND12000000,`.
pub fn balance(text: &str) -> Result<(Balance, Currency, bool), FieldFault> {
    let text = text.trim();
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
    Ok((Balance { amount, date: Some(date) }, currency, point))
}

/// A statement line, the field `:61:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub booking: Day,
    pub value: Day,
    pub direction: CreditDebit,
    pub reversal: bool,
    pub status: EntryStatus,
    pub amount: Decimal,
    pub point: bool,
    pub customer_reference: Option<String>,
    pub bank_reference: Option<String>,
    pub supplementary: Option<String>,
}

/// Reads `:61:`: value date, entry date, mark, funds letter, amount, type, references, and on a
/// second line what the bank adds.
pub fn line(text: &str, currency: Currency) -> Result<Line, FieldFault> {
    let (first, supplementary) = match text.split_once('\n') {
        Some((first, more)) => (first, kept(&more.replace('\n', " "))),
        None => (text, None),
    };
    let (date, rest) = first.split_at_checked(6).ok_or(FieldFault::Shape)?;
    let value = short_day(date)?;
    let (booking, rest) = match rest.split_at_checked(4) {
        Some((entry, rest)) if entry.bytes().all(|byte| byte.is_ascii_digit()) => {
            (entry_day(entry, value)?, rest)
        }
        _ => (value, rest),
    };
    let (mark, rest) = mark(rest).ok_or(FieldFault::Shape)?;
    // The funds letter is the third one of the currency code; it says nothing new.
    let rest = rest.strip_prefix(|letter: char| letter.is_ascii_uppercase()).unwrap_or(rest);
    let end = rest.find(|letter: char| !matches!(letter, '0'..='9' | ',' | '.'));
    let (amount, rest) = rest.split_at(end.unwrap_or(rest.len()));
    let Figure { amount, point } = figure(amount, currency)?;
    let (customer_reference, bank_reference) = references(rest)?;
    Ok(Line {
        booking,
        value,
        direction: mark.direction,
        reversal: mark.reversal,
        status: mark.status,
        amount,
        point,
        customer_reference,
        bank_reference,
        supplementary,
    })
}

struct Mark {
    direction: CreditDebit,
    reversal: bool,
    status: EntryStatus,
}

/// `RC` takes back a credit, so money goes out; `RD` takes back a debit, so money comes in.
/// `EC` and `ED` of MT942 are only expected.
fn mark(text: &str) -> Option<(Mark, &str)> {
    let (credit, debit) = (CreditDebit::Credit, CreditDebit::Debit);
    let (booked, pending) = (EntryStatus::Booked, EntryStatus::Pending);
    [
        ("RC", debit, true, booked),
        ("RD", credit, true, booked),
        ("EC", credit, false, pending),
        ("ED", debit, false, pending),
        ("C", credit, false, booked),
        ("D", debit, false, booked),
    ]
    .into_iter()
    .find_map(|(letters, direction, reversal, status)| {
        let rest = text.strip_prefix(letters)?;
        Some((Mark { direction, reversal, status }, rest))
    })
}

/// Transaction type (a letter N, F or S and three more characters), customer's and bank's reference.
fn references(text: &str) -> Result<(Option<String>, Option<String>), FieldFault> {
    if text.trim().is_empty() {
        return Ok((None, None));
    }
    let (kind, rest) = text.split_at_checked(4).ok_or(FieldFault::Shape)?;
    let plain = kind.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !plain || !kind.starts_with(['N', 'F', 'S']) {
        return Err(FieldFault::Shape);
    }
    let (customer, bank) = match rest.split_once("//") {
        Some((customer, bank)) => (customer, kept(bank)),
        None => (rest, None),
    };
    let customer = kept(customer).filter(|customer| !customer.eq_ignore_ascii_case("NONREF"));
    Ok((customer, bank.filter(|bank| !bank.eq_ignore_ascii_case("NONREF"))))
}

/// A total of MT942 (`:90D:`, `:90C:`): count, currency, sum.
pub fn total(text: &str) -> Result<(u64, Currency, Decimal), FieldFault> {
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit()).ok_or(FieldFault::Shape)?;
    let (count, rest) = text.split_at(end);
    let count = count.parse().ok().ok_or(FieldFault::Shape)?;
    let (currency, sum) = rest.split_at_checked(3).ok_or(FieldFault::Shape)?;
    let currency = Currency::parse(currency).ok_or(FieldFault::Shape)?;
    Ok((count, currency, figure(sum, currency)?.amount))
}

/// The same of a text that is owned already.
pub fn kept_whole(text: String) -> Option<String> {
    if text.trim().len() == text.len() { (!text.is_empty()).then_some(text) } else { kept(&text) }
}

/// Trimmed, `None` when empty.
pub fn kept(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Line, FieldFault> {
        line(text, Currency::VND)
    }

    #[test]
    fn marks_say_which_way_the_money_went() {
        for (why, mark, direction, reversal, status) in [
            ("credit", "C", CreditDebit::Credit, false, EntryStatus::Booked),
            ("debit", "D", CreditDebit::Debit, false, EntryStatus::Booked),
            ("reversed credit", "RC", CreditDebit::Debit, true, EntryStatus::Booked),
            ("reversed debit", "RD", CreditDebit::Credit, true, EntryStatus::Booked),
            ("expected credit", "EC", CreditDebit::Credit, false, EntryStatus::Pending),
            ("expected debit", "ED", CreditDebit::Debit, false, EntryStatus::Pending),
            ("with the funds letter", "CD", CreditDebit::Credit, false, EntryStatus::Booked),
        ] {
            let line = read(&format!("2611021102{mark}1250000,NTRFNONREF//FT26306123")).unwrap();
            assert_eq!(
                (line.direction, line.reversal, line.status),
                (direction, reversal, status),
                "{why}"
            );
            assert_eq!(line.amount, Decimal::new(1_250_000, 0), "{why}");
            assert_eq!(line.customer_reference, None, "{why}");
            assert_eq!(line.bank_reference.as_deref(), Some("FT26306123"), "{why}");
        }
    }

    #[test]
    fn the_entry_date_takes_the_nearest_year() {
        for (why, dates, booking) in [
            ("same year", "2611021102", "2026-11-02"),
            ("booked before new year, value after", "2701021231", "2026-12-31"),
            ("booked after new year, value before", "2612310102", "2027-01-02"),
            ("no entry date", "261102", "2026-11-02"),
        ] {
            let line = read(&format!("{dates}C1,NTRFNONREF")).unwrap();
            assert_eq!(line.booking.to_string(), booking, "{why}");
        }
    }

    #[test]
    fn what_is_not_certain_is_refused() {
        let amount = |text: &str| FieldFault::Amount(text.to_owned());
        for (why, text, fault) in [
            ("grouped by a point", "261102C1.250NTRFX", amount("1.250")),
            ("two kinds of marks", "261102C1.250,00NTRFX", amount("1.250,00")),
            ("no amount", "261102CNTRFX", amount("")),
            ("no comma, perhaps cut off", "261102C1250", amount("1250")),
            ("half a dong", "261102C12,5NTRFX", FieldFault::Fraction("12,5".to_owned())),
            ("no such day", "261131C1,NTRFX", FieldFault::Day("261131".to_owned())),
            ("no such entry day", "2611021131C1,NTRFX", FieldFault::Day("1131".to_owned())),
            ("no mark", "2611021102X1,NTRFX", FieldFault::Shape),
            ("no type", "261102C1,ref", FieldFault::Shape),
            ("cut off", "2611", FieldFault::Shape),
            ("a letter cut in the middle", "26110ế", FieldFault::Shape),
        ] {
            assert_eq!(read(text).unwrap_err(), fault, "{why}: {text}");
        }
    }

    #[test]
    fn a_point_is_taken_only_where_it_cannot_group() {
        let line = read("261102C1250000.00NTRFX").unwrap();
        assert!(line.point);
        assert_eq!(line.amount, Decimal::new(125_000_000, 2));
        assert_eq!(line.customer_reference.as_deref(), Some("X"));
    }

    #[test]
    fn balances_are_signed() {
        let (balance, currency, _) = balance("D261102VND1500,").unwrap();
        assert_eq!(balance.amount, Decimal::new(-1500, 0));
        assert_eq!(balance.date.unwrap().to_string(), "2026-11-02");
        assert_eq!(currency, Currency::VND);
    }
}
