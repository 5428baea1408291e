//! The header row of a statement table: found by its words, wherever it stands.

use super::layouts::OwnHeading;
use super::synonyms::{Field, field_of_heading};
use crate::domain::money::Currency;
use crate::domain::text::squeeze;
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
    /// The headings, each on one line.
    pub headings: Vec<String>,
    /// Each heading squeezed, and behind a blank each part of a bilingual one.
    pub words: Vec<String>,
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

    /// Whether a column has this meaning.
    #[must_use]
    pub fn holds(&self, field: Field) -> bool {
        let mut columns = self.clone();
        match columns.slot(field) {
            Some(slot) => slot.is_some(),
            None if field == Field::Memo => !self.memos.is_empty(),
            None => false,
        }
    }

    /// Reads headings that mean something else in this export than elsewhere.
    pub fn apply(&mut self, own: &[OwnHeading]) {
        for heading in own {
            let named =
                |words: &String| words.split(' ').any(|word| word == heading.heading.squeezed);
            let Some(index) = self.words.iter().position(named) else { continue };
            self.forget(index);
            self.put(heading.field, index);
        }
    }

    /// Gives a column its meaning.
    pub(super) fn put(&mut self, field: Field, index: usize) {
        self.date_holds_reference |= field == Field::DateAndReference && self.date.is_none();
        if field == Field::Memo {
            self.memos.push(index);
        } else if let Some(slot) = self.slot(field) {
            slot.get_or_insert(index);
        }
    }

    fn forget(&mut self, index: usize) {
        self.memos.retain(|memo| *memo != index);
        for field in Field::SINGLE {
            if let Some(slot) = self.slot(field)
                && *slot == Some(index)
            {
                *slot = None;
            }
        }
    }

    /// The column of a meaning that only one column can have.
    fn slot(&mut self, field: Field) -> Option<&mut Option<usize>> {
        match field {
            Field::Date | Field::DateAndReference => Some(&mut self.date),
            Field::BookingDate => Some(&mut self.booking),
            Field::ValueDate => Some(&mut self.value),
            Field::Reference => Some(&mut self.reference),
            Field::Credit => Some(&mut self.credit),
            Field::Debit => Some(&mut self.debit),
            Field::Amount => Some(&mut self.amount),
            Field::Sign => Some(&mut self.sign),
            Field::Balance => Some(&mut self.balance),
            Field::CounterpartyName => Some(&mut self.name),
            Field::CounterpartyAccount => Some(&mut self.counter_account),
            Field::CounterpartyBank => Some(&mut self.bank),
            Field::Account => Some(&mut self.account),
            Field::Currency => Some(&mut self.currency),
            Field::Status => Some(&mut self.status),
            Field::Memo | Field::Other | Field::BareNo => None,
        }
    }

    /// Adds the heading of the next column.
    pub(super) fn name_column(&mut self, heading: &str) {
        self.headings.push(heading.split_whitespace().collect::<Vec<_>>().join(" "));
        let parts = heading.split(['/', '\n', '\r', '(', ')']);
        let words = std::iter::once(heading).chain(parts).map(squeeze);
        if self.heading_currency.is_none() {
            self.heading_currency = heading
                .split(['(', ')', '/', '\n'])
                .skip(1)
                .map(str::trim)
                .filter(|part| part.len() >= 3)
                .find_map(currency_named);
        }
        self.words.push(words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "));
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

/// The headings of two rows put together, column by column.
#[must_use]
pub fn joined(above: &[String], below: &[String]) -> Vec<String> {
    let cell = |row: &[String], index: usize| row.get(index).cloned().unwrap_or_default();
    let both = |index| format!("{} {}", cell(above, index), cell(below, index));
    (0..above.len().max(below.len())).map(|index| both(index).trim().to_owned()).collect()
}

/// A row `(1) (2) (3) …` or `A B C …` under the header, as forms number their columns.
#[must_use]
pub fn are_column_numbers(texts: &[String]) -> bool {
    let mut filled =
        texts.iter().map(|text| text.trim_matches(['(', ')'])).filter(|t| !t.is_empty());
    let small = |text: &str| {
        text.len() <= 2
            && (text.bytes().all(|byte| byte.is_ascii_digit())
                || (text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_uppercase())))
    };
    filled.clone().count() >= 3 && filled.all(small)
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
        columns.name_column(heading);
        match field {
            Some(Field::BareNo) => {
                bare_no.get_or_insert(index);
            }
            Some(field) => columns.put(field, index),
            None => {}
        }
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
