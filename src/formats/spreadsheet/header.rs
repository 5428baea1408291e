//! The header row of a statement table: found by its words, wherever it stands.

use super::synonyms::{Field, field_of_heading};
use crate::domain::money::Currency;
use crate::formats::spreadsheet::number::currency_named;

/// Which column holds what, counted from 0, and what the file calls each column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// The day of the transaction.
    pub date: Option<usize>,
    /// Whether the date's cell holds the document number too.
    pub date_holds_reference: bool,
    /// The day of booking.
    pub booking: Option<usize>,
    /// The day of value.
    pub value: Option<usize>,
    /// The bank's reference.
    pub reference: Option<usize>,
    /// Money in.
    pub credit: Option<usize>,
    /// Money out.
    pub debit: Option<usize>,
    /// Money either way.
    pub amount: Option<usize>,
    /// The sign of the amount.
    pub sign: Option<usize>,
    /// The balance after the entry.
    pub balance: Option<usize>,
    /// Transfer texts; several are joined.
    pub memos: Vec<usize>,
    /// The other side's name.
    pub name: Option<usize>,
    /// The other side's account.
    pub counter_account: Option<usize>,
    /// The other side's bank.
    pub bank: Option<usize>,
    /// An account, without saying whose.
    pub account: Option<usize>,
    /// The currency.
    pub currency: Option<usize>,
    /// Whether the transaction went through.
    pub status: Option<usize>,
    /// The currency that the headings name, as in "Số tiền (VND)".
    pub heading_currency: Option<Currency>,
    /// The headings, first line only.
    pub headings: Vec<String>,
}

impl Columns {
    /// The day of an entry: booking day, else transaction day, else value day.
    #[must_use]
    pub fn day(&self) -> Option<usize> {
        self.booking.or(self.date).or(self.value)
    }

    /// The column's heading, or its letters as a spreadsheet shows them.
    #[must_use]
    pub fn heading(&self, index: usize) -> String {
        match self.headings.get(index) {
            Some(heading) if !heading.is_empty() => heading.clone(),
            _ => letters(index),
        }
    }

    fn has_day_and_money(&self) -> bool {
        self.day().is_some()
            && (self.credit.is_some() || self.debit.is_some() || self.amount.is_some())
    }
}

/// A column's letters: 0 is `A`, 26 is `AA`.
#[must_use]
pub fn letters(index: usize) -> String {
    let mut rest = index;
    let mut name = Vec::new();
    loop {
        let letter = u8::try_from(rest % 26).unwrap_or(0);
        name.insert(0, char::from(b'A' + letter));
        if rest < 26 {
            return name.into_iter().collect();
        }
        rest = rest / 26 - 1;
    }
}

/// Reads the columns of a header whose row is `row`, or nothing when the row is no header.
#[must_use]
pub fn header_of_row(row: &[String]) -> Option<Columns> {
    let columns = columns_of(row, &[]);
    columns.has_day_and_money().then_some(columns)
}

/// Reads a header of two rows: merged groups ("Phát sinh" over "Nợ" and "Có"), or one language
/// under the other. Nothing unless every cell of the second row is a heading.
#[must_use]
pub fn header_of_two_rows(first: &[String], second: &[String]) -> Option<Columns> {
    if !is_all_headings(second) || !first.iter().any(|cell| field_of_heading(cell).is_some()) {
        return None;
    }
    // A label above a whole header is no half of it.
    if header_of_row(second).is_some() && header_of_row(first).is_none() {
        return None;
    }
    let columns = columns_of(first, second);
    columns.has_day_and_money().then_some(columns)
}

fn is_all_headings(row: &[String]) -> bool {
    let mut any = false;
    row.iter().filter(|cell| !cell.is_empty()).all(|cell| {
        any = true;
        field_of_heading(cell).is_some()
    }) && any
}

fn columns_of(first: &[String], second: &[String]) -> Columns {
    let mut columns = Columns::default();
    let mut bare_no = None;
    let width = first.len().max(second.len());
    for index in 0..width {
        let above = first.get(index).map_or("", String::as_str);
        let below = second.get(index).map_or("", String::as_str);
        let above_field = field_of_heading(above);
        let below_field = field_of_heading(below);
        let (heading, field) = match (above_field, below_field) {
            (above_field, None | Some(Field::Other)) => {
                (if above.is_empty() { below } else { above }, above_field)
            }
            // "Số tiền" over "Nợ": the lower row says which.
            (_, below_field) => (below, below_field),
        };
        let tidy = heading.split_whitespace().collect::<Vec<_>>().join(" ");
        columns.headings.push(tidy);
        if columns.heading_currency.is_none() {
            columns.heading_currency = heading
                .split(['(', ')', '/', '\n'])
                .skip(1)
                .map(str::trim)
                .filter(|part| part.len() >= 3)
                .find_map(currency_named);
        }
        let Some(field) = field else { continue };
        let slot = match field {
            Field::Date => &mut columns.date,
            Field::DateAndReference => {
                if columns.date.is_none() {
                    columns.date_holds_reference = true;
                }
                &mut columns.date
            }
            Field::BookingDate => &mut columns.booking,
            Field::ValueDate => &mut columns.value,
            Field::Reference => &mut columns.reference,
            Field::Credit => &mut columns.credit,
            Field::Debit => &mut columns.debit,
            Field::Amount => &mut columns.amount,
            Field::Sign => &mut columns.sign,
            Field::Balance => &mut columns.balance,
            Field::Memo => {
                columns.memos.push(index);
                continue;
            }
            Field::CounterpartyName => &mut columns.name,
            Field::CounterpartyAccount => &mut columns.counter_account,
            Field::CounterpartyBank => &mut columns.bank,
            Field::Account => &mut columns.account,
            Field::Currency => &mut columns.currency,
            Field::Status => &mut columns.status,
            Field::BareNo => &mut bare_no,
            Field::Other => continue,
        };
        slot.get_or_insert(index);
    }
    // "No" beside "Co" is the debit column of a file without marks; beside "Credit" it is an ordinal.
    let unmarked_credit = columns
        .credit
        .and_then(|index| columns.headings.get(index))
        .is_some_and(|heading| heading.eq_ignore_ascii_case("co"));
    if columns.debit.is_none() && unmarked_credit {
        columns.debit = bare_no;
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn a_header_needs_a_day_and_money() {
        assert!(header_of_row(&row(&["Ngày giao dịch", "Nội dung"])).is_none());
        assert!(header_of_row(&row(&["Từ ngày: 01/11/2026", "Đến ngày: 30/11/2026"])).is_none());
        let columns = header_of_row(&row(&["STT", "Ngày", "Số tiền (USD)", "Nội dung"])).unwrap();
        assert_eq!((columns.date, columns.amount, columns.memos), (Some(1), Some(2), vec![3]));
        assert_eq!(columns.heading_currency, Currency::parse("USD"));
    }

    #[test]
    fn merged_headings_of_two_rows_are_joined() {
        let columns = header_of_two_rows(
            &row(&["Ngày", "Số CT", "Phát sinh", "", "Số dư", "Diễn giải"]),
            &row(&["", "", "Nợ", "Có", "", ""]),
        )
        .unwrap();
        assert_eq!((columns.debit, columns.credit, columns.balance), (Some(2), Some(3), Some(4)));
        let amount_above = header_of_two_rows(
            &row(&["Ngày", "Số tiền", "", "Nội dung"]),
            &row(&["", "Nợ", "Có", ""]),
        )
        .unwrap();
        assert_eq!((amount_above.debit, amount_above.credit), (Some(1), Some(2)));
        let data = row(&["02/11/2026", "1", "", "2"]);
        assert!(header_of_two_rows(&row(&["Ngày", "Nợ", "Có"]), &data).is_none());
    }

    #[test]
    fn an_unmarked_no_is_debit_only_beside_co() {
        let unmarked = header_of_row(&row(&["Ngay", "No", "Co", "So du"])).unwrap();
        assert_eq!((unmarked.debit, unmarked.credit), (Some(1), Some(2)));
        let ordinal = header_of_row(&row(&["No", "Date", "Debit", "Credit"])).unwrap();
        assert_eq!((ordinal.debit, ordinal.credit), (Some(2), Some(3)));
    }

    #[test]
    fn columns_are_lettered_as_in_a_spreadsheet() {
        for (index, expected) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(index), expected);
        }
    }
}
