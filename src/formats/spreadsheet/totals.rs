//! Totals that a file states about its entries: by row under the columns, or by label.

use rust_decimal::Decimal;

use super::cell::Row;
use super::entry::EntryReader;
use super::number::{Marks, parse_amount};
use super::synonyms::{is_balance_label, is_total_or_balance};
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::money::Currency;
use crate::domain::text::squeeze;
use crate::formats::balance::readable;

/// What a total says; nothing where it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// The sum of the money in.
    pub credit: Option<Decimal>,
    /// The sum of the money out, not negative.
    pub debit: Option<Decimal>,
    /// The sum of a column for both directions: of one of them, of both, or the difference.
    pub amount: Option<Decimal>,
    /// How many entries there are.
    pub count: Option<u64>,
}

/// Totals as labels state them, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelledTotals {
    credit: Option<String>,
    debit: Option<String>,
    count: Option<String>,
}

/// What a label's figure is the total of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// Money in.
    Credit,
    /// Money out.
    Debit,
    /// The number of entries.
    Count,
}

/// What a label states the total of, or nothing for any other text.
#[must_use]
pub fn total_of_label(label: &str) -> Option<Total> {
    const CREDIT: [&str; 9] = [
        "TONGPHATSINHCO",
        "TONGGHICO",
        "TONGSOTIENGHICO",
        "TONGTIENVAO",
        "TONGCO",
        "CONGPHATSINHCO",
        "TOTALCREDIT",
        "TOTALCREDITS",
        "TOTALCREDITAMOUNT",
    ];
    const DEBIT: [&str; 9] = [
        "TONGPHATSINHNO",
        "TONGGHINO",
        "TONGSOTIENGHINO",
        "TONGTIENRA",
        "TONGNO",
        "CONGPHATSINHNO",
        "TOTALDEBIT",
        "TOTALDEBITS",
        "TOTALDEBITAMOUNT",
    ];
    const COUNT: [&str; 6] = [
        "TONGSOGIAODICH",
        "SOLUONGGIAODICH",
        "TONGSOBUTTOAN",
        "TOTALTRANSACTIONS",
        "NUMBEROFTRANSACTIONS",
        "TRANSACTIONCOUNT",
    ];
    let first = label.chars().next()?;
    if !matches!(first, 'T' | 't' | 'C' | 'c' | 'S' | 's' | 'N' | 'n') {
        return None;
    }
    let words = label.split([':', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']).next()?;
    words.split(['/', '\n', '(']).map(squeeze).find_map(|word| {
        let is = |known: &[&str]| known.contains(&word.as_str());
        match () {
            () if is(&CREDIT) => Some(Total::Credit),
            () if is(&DEBIT) => Some(Total::Debit),
            () if is(&COUNT) => Some(Total::Count),
            () => None,
        }
    })
}

/// Whether the first words of a row make it a total of the columns.
#[must_use]
pub fn is_total(words: &str) -> bool {
    is_total_or_balance(words) && !is_balance_label(words) && total_of_label(words).is_none()
}

/// What a row of totals states in the columns of money.
#[must_use]
pub fn stated(table: &mut EntryReader, number: u64, row: &Row<'_>) -> Stated {
    let (credit, debit, amount) = (table.columns.credit, table.columns.debit, table.columns.amount);
    let currency = table.currency;
    // A total that cannot be read costs the comparison, nothing else.
    let mut figure = |index| {
        let amount = table.figure(number, row, index, currency).ok().flatten();
        amount.map(|amount| amount.figure)
    };
    let (credit, debit) = (figure(credit), figure(debit).map(|debit| debit.abs()));
    let amount = if credit.is_none() && debit.is_none() { figure(amount) } else { None };
    Stated { credit, debit, amount, count: None }
}

impl LabelledTotals {
    /// Keeps the figure of a label; the first one stays.
    pub fn keep(&mut self, total: Total, figure: &str) {
        let slot = match total {
            Total::Credit => &mut self.credit,
            Total::Debit => &mut self.debit,
            Total::Count => &mut self.count,
        };
        slot.get_or_insert_with(|| figure.to_owned());
    }

    /// Adds what others state; what was known before stays.
    pub fn complete(&mut self, others: &LabelledTotals) {
        for (own, other) in [
            (&mut self.credit, &others.credit),
            (&mut self.debit, &others.debit),
            (&mut self.count, &others.count),
        ] {
            if own.is_none() {
                own.clone_from(other);
            }
        }
    }

    /// The figures, in the statement's currency.
    #[must_use]
    pub fn read(&self, currency: Currency, mut marks: Marks) -> Stated {
        let mut figure = |text: &Option<String>| {
            let amount = parse_amount(text.as_deref()?, currency, &mut marks).ok().flatten();
            amount.map(|amount| amount.figure.abs())
        };
        let (credit, debit) = (figure(&self.credit), figure(&self.debit));
        let count = self.count.as_deref().and_then(|text| text.trim().parse().ok());
        Stated { credit, debit, amount: None, count }
    }
}

/// What was read, for the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// The sum of the money in.
    pub credit: Decimal,
    /// The sum of the money out.
    pub debit: Decimal,
    /// How many entries.
    pub count: u64,
}

impl Stated {
    /// Whether this is the total of what was read.
    #[must_use]
    pub fn agrees(&self, read: &Read) -> bool {
        let Read { credit, debit, count } = *read;
        let of_both = |amount: Decimal| {
            let sums =
                [Some(credit), Some(debit), credit.checked_add(debit), credit.checked_sub(debit)];
            sums.into_iter().flatten().any(|sum| sum == amount.abs() || sum == amount)
        };
        self.credit.is_none_or(|stated| stated == credit)
            && self.debit.is_none_or(|stated| stated == debit)
            && self.amount.is_none_or(of_both)
            && self.count.is_none_or(|stated| stated == count)
    }

    /// Says which figures differ: as stated, and as read.
    #[must_use]
    pub fn mismatch(&self, read: &Read, row: Option<u64>, currency: Currency) -> Diagnostic {
        let show = |figure: Decimal| readable(figure, Some(currency));
        let mut differ: Vec<(&str, &str, String, String)> = Vec::new();
        for (vi, en, stated, read) in [
            ("tiền vào", "money in", self.credit, read.credit),
            ("tiền ra", "money out", self.debit, read.debit),
        ] {
            if let Some(stated) = stated.filter(|stated| *stated != read) {
                differ.push((vi, en, show(stated), show(read)));
            }
        }
        if let Some(stated) = self.amount {
            let net = read.credit.checked_sub(read.debit).unwrap_or(read.credit);
            differ.push(("số tiền", "the amounts", show(stated), show(net)));
        }
        if let Some(stated) = self.count.filter(|stated| *stated != read.count) {
            differ.push(("số giao dịch", "entries", stated.to_string(), read.count.to_string()));
        }
        let tell = |which: fn(&(&str, &str, String, String)) -> String| {
            differ.iter().map(which).collect::<Vec<_>>().join("; ")
        };
        let vi = tell(|(what, _, stated, read)| {
            format!("{what} ghi trong tệp {stated}, cộng các dòng đọc được {read}")
        });
        let en = tell(|(_, what, stated, read)| {
            format!("{what} {stated} by the file, {read} by its rows")
        });
        let (at_vi, at_en) = match row {
            Some(row) => (format!("Dòng {row}: tổng"), format!("Row {row}: the total")),
            None => ("Tổng".to_owned(), "The total".to_owned()),
        };
        let note = Diagnostic::new(
            "total_mismatch",
            format!(
                "{at_vi} không khớp với các dòng: {vi}. Có thể thiếu dòng hoặc có dòng chưa đọc được; Anh/chị tải lại sao kê đủ ngày."
            ),
            format!(
                "{at_en} does not agree with the rows: {en}. Rows may be missing or were not read; download the full statement again."
            ),
        );
        match row {
            Some(row) => note.at(Place::row(row)),
            None => note,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_totals_are_told_from_other_words() {
        for (label, expected) in [
            ("Tổng phát sinh có: 1,250,000", Some(Total::Credit)),
            ("Tổng ghi nợ/Total debit", Some(Total::Debit)),
            ("Total credits", Some(Total::Credit)),
            ("Tổng số giao dịch: 12", Some(Total::Count)),
            ("Tổng cộng", None),
            ("Tổng phát sinh trong kỳ/Total", None),
            ("Số dư cuối kỳ", None),
            ("Tổng công ty Có", None),
        ] {
            assert_eq!(total_of_label(label), expected, "{label}");
        }
        assert!(is_total("Tổng cộng") && is_total("Cộng") && !is_total("Số dư cuối kỳ"));
        assert!(!is_total("Tổng phát sinh nợ"));
    }

    #[test]
    fn a_total_of_one_column_may_be_of_either_side_of_both_or_the_difference() {
        let read =
            Read { credit: Decimal::from(2_500_000), debit: Decimal::from(11_000), count: 3 };
        for (amount, agrees) in [
            (2_500_000, true),
            (11_000, true),
            (2_511_000, true),
            (2_489_000, true),
            (2_500_001, false),
        ] {
            let stated = Stated { amount: Some(Decimal::from(amount)), ..Stated::default() };
            assert_eq!(stated.agrees(&read), agrees, "{amount}");
        }
    }
}
