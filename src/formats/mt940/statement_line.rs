//! The field `:61:`, one movement: dates, direction, amount, kind and references.

use rust_decimal::Decimal;

use crate::domain::calendar::Day;
use crate::domain::money::Currency;
use crate::domain::statement::{CreditDebit, EntryStatus};
use crate::formats::mt940::field::{FieldFault, Figure, entry_day, figure, kept, short_day};

/// A statement line as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementLine {
    pub booking: Day,
    pub value: Day,
    pub direction: CreditDebit,
    pub reversal: bool,
    pub status: EntryStatus,
    pub amount: Decimal,
    /// As in [`Figure::point`].
    pub point: bool,
    /// `NTRF`, `FMSC`, `N166` …
    pub kind: Option<String>,
    pub customer_reference: Option<String>,
    pub bank_reference: Option<String>,
    /// What the bank adds on further lines.
    pub supplementary: Option<String>,
}

/// Reads `:61:`: value date, entry date, mark, funds letter, amount, kind, references, and on further
/// lines what the bank adds.
pub fn read(text: &str, currency: Currency) -> Result<StatementLine, FieldFault> {
    let (first, supplementary) = match text.split_once('\n') {
        Some((first, more)) => (first, one_line(more)),
        None => (text, None),
    };
    let (date, rest) = first.split_at_checked(6).ok_or(FieldFault::Shape)?;
    let value = short_day(date)?;
    let (booking, rest) = match rest.split_at_checked(4) {
        Some((entry, rest)) if entry.bytes().all(|byte| byte.is_ascii_digit()) => {
            (entry_day(entry, value)?, rest)
        }
        Some(("    ", rest)) => (value, rest),
        _ => (value, rest),
    };
    let (mark, rest) = mark(rest).ok_or(FieldFault::Shape)?;
    // The funds letter is the third one of the currency code; it says nothing new.
    let rest = rest.strip_prefix(|letter: char| letter.is_ascii_uppercase()).unwrap_or(rest);
    let end = rest.bytes().position(|byte| !matches!(byte, b'0'..=b'9' | b',' | b'.'));
    let (amount, rest) = rest.split_at(end.unwrap_or(rest.len()));
    let Figure { amount, point } = figure(amount, currency)?;
    let References { kind, customer, bank } = references(rest)?;
    Ok(StatementLine {
        booking,
        value,
        direction: mark.direction,
        reversal: mark.reversal,
        status: mark.status,
        amount,
        point,
        kind,
        customer_reference: customer,
        bank_reference: bank,
        supplementary,
    })
}

struct Mark {
    direction: CreditDebit,
    reversal: bool,
    status: EntryStatus,
}

/// `RC` takes back a credit, so money goes out; `RD` takes back a debit, so money comes in. What
/// begins with `E`, in MT942, is only expected.
fn mark(text: &str) -> Option<(Mark, &str)> {
    let (status, rest) = match text.strip_prefix('E') {
        Some(rest) => (EntryStatus::Pending, rest),
        None => (EntryStatus::Booked, text),
    };
    let (reversal, rest) = match rest.strip_prefix('R') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let (direction, rest) = match rest.split_at_checked(1)? {
        ("C", rest) if reversal => (CreditDebit::Debit, rest),
        ("C", rest) => (CreditDebit::Credit, rest),
        ("D", rest) if reversal => (CreditDebit::Credit, rest),
        ("D", rest) => (CreditDebit::Debit, rest),
        _ => return None,
    };
    Some((Mark { direction, reversal, status }, rest))
}

#[derive(Default)]
struct References {
    kind: Option<String>,
    customer: Option<String>,
    bank: Option<String>,
}

/// The kind (a letter and three more characters, which some banks fill up with blanks), the
/// customer's and the bank's reference.
fn references(text: &str) -> Result<References, FieldFault> {
    if text.trim_ascii().is_empty() {
        return Ok(References::default());
    }
    let (kind, rest) = text.split_at_checked(4).ok_or(FieldFault::Shape)?;
    let plain = kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ');
    if !plain || !kind.starts_with(|letter: char| letter.is_ascii_uppercase()) {
        return Err(FieldFault::Shape);
    }
    let (customer, bank) = match rest.split_once("//") {
        Some((customer, bank)) => (reference(customer), reference(bank)),
        None => (reference(rest), None),
    };
    Ok(References { kind: kept(kind), customer, bank })
}

/// Words that stand for a reference: there is none, or it is told in `:86:`.
const PLACEHOLDERS: [&str; 9] =
    ["NONREF", "NOREF", "NOTPROVIDED", "EREF", "KREF", "MREF", "CREF", "MARF", "PREF"];

fn reference(text: &str) -> Option<String> {
    let text = text.trim_ascii();
    let word = text.strip_suffix('+').unwrap_or(text);
    let placeholder = PLACEHOLDERS.iter().any(|other| word.eq_ignore_ascii_case(other));
    if placeholder { None } else { kept(text) }
}

fn one_line(text: &str) -> Option<String> {
    let mut line = String::new();
    for part in text.split('\n').map(str::trim).filter(|part| !part.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(part);
    }
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Result<StatementLine, FieldFault> {
        read(text, Currency::VND)
    }

    #[test]
    fn marks_say_which_way_the_money_went() {
        let (credit, debit) = (CreditDebit::Credit, CreditDebit::Debit);
        let (booked, pending) = (EntryStatus::Booked, EntryStatus::Pending);
        for (why, mark, direction, reversal, status) in [
            ("credit", "C", credit, false, booked),
            ("debit", "D", debit, false, booked),
            ("reversed credit", "RC", debit, true, booked),
            ("reversed debit", "RD", credit, true, booked),
            ("expected credit", "EC", credit, false, pending),
            ("expected debit", "ED", debit, false, pending),
            ("expected reversal of a credit", "ERC", debit, true, pending),
            ("expected reversal of a debit", "ERD", credit, true, pending),
            ("with the funds letter of VND", "CD", credit, false, booked),
            ("with the funds letter of EUR", "DR", debit, false, booked),
            ("reversed, with the funds letter of EUR", "RCR", debit, true, booked),
        ] {
            let line = line(&format!("2611021102{mark}1250000,NTRFNONREF//FT26306123")).unwrap();
            assert_eq!(
                (line.direction, line.reversal, line.status),
                (direction, reversal, status),
                "{why}"
            );
            assert_eq!(line.amount, Decimal::new(1_250_000, 0), "{why}");
        }
    }

    #[test]
    fn kind_and_references_are_told_apart() {
        for (why, rest, kind, customer, bank) in [
            ("all three", "NTRFTD-10//FT1", Some("NTRF"), Some("TD-10"), Some("FT1")),
            ("no reference of the customer's", "NTRFNONREF//FT1", Some("NTRF"), None, Some("FT1")),
            ("no reference of the bank's", "NTRFTD-10//NONREF", Some("NTRF"), Some("TD-10"), None),
            ("one that is told in :86:", "N062KREF+", Some("N062"), None, None),
            ("filled up with blanks", "N102EREF            ", Some("N102"), None, None),
            ("a kind of three letters", "NOV NONREF", Some("NOV"), None, None),
            ("a kind of one letter", "S   X", Some("S"), Some("X"), None),
            ("another bank's letter", "MCI0NONREF//055", Some("MCI0"), None, Some("055")),
            ("a slash in a reference", "NTRFA/B//C", Some("NTRF"), Some("A/B"), Some("C")),
            ("the kind alone", "NMSC", Some("NMSC"), None, None),
            ("nothing", "", None, None, None),
        ] {
            let line = line(&format!("261102C1,{rest}")).unwrap();
            assert_eq!(
                (
                    line.kind.as_deref(),
                    line.customer_reference.as_deref(),
                    line.bank_reference.as_deref()
                ),
                (kind, customer, bank),
                "{why}"
            );
        }
    }

    #[test]
    fn the_entry_date_takes_the_nearest_year() {
        for (why, dates, booking) in [
            ("same year", "2611021102", "2026-11-02"),
            ("booked before new year, value after", "2701021231", "2026-12-31"),
            ("booked after new year, value before", "2612310102", "2027-01-02"),
            ("booked on a leap day", "2803010229", "2028-02-29"),
            ("no entry date", "261102", "2026-11-02"),
            ("blanks for an entry date", "261102    ", "2026-11-02"),
        ] {
            let line = line(&format!("{dates}C1,NTRFNONREF")).unwrap();
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
            ("an amount in the next line", "2611021102CR\n30,00N062NONREF", amount("")),
            ("half a dong", "261102C12,5NTRFX", FieldFault::Fraction("12,5".to_owned())),
            ("no such day", "261131C1,NTRFX", FieldFault::Day("261131".to_owned())),
            ("no such entry day", "2611021131C1,NTRFX", FieldFault::Day("1131".to_owned())),
            ("no mark", "2611021102X1,NTRFX", FieldFault::Shape),
            ("no kind", "261102C1,ref", FieldFault::Shape),
            ("cut off", "2611", FieldFault::Shape),
            ("a letter cut in the middle", "26110ế", FieldFault::Shape),
        ] {
            assert_eq!(line(text).unwrap_err(), fault, "{why}: {text}");
        }
    }

    #[test]
    fn a_point_is_taken_only_where_it_cannot_group() {
        let line = line("261102C1250000.00NTRFX").unwrap();
        assert!(line.point);
        assert_eq!(line.amount, Decimal::new(125_000_000, 2));
        assert_eq!(line.customer_reference.as_deref(), Some("X"));
    }

    #[test]
    fn further_lines_become_one() {
        let line = line("261102C1,NTRFX\nNOP TIEN  \n\n MAT").unwrap();
        assert_eq!(line.supplementary.as_deref(), Some("NOP TIEN MAT"));
    }
}
