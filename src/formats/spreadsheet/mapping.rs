//! How a person says which column holds what, for tables whose words are not known.
//!
//! A reader that meets such a table refuses the file and asks ([`ColumnQuestion`]); the answer
//! ([`ColumnMapping`]) is given with the next reading and holds for every table with these headings.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::header::{Columns, letters};
use super::synonyms::Field;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::statement::CreditDebit;
use crate::domain::text::squeeze;

/// No statement has more columns, and no answer names more.
const MOST_COLUMNS: usize = 1_024;

/// What a column can hold. The names in JSON and on the command line are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MappedField {
    /// The day of the transaction.
    Date,
    /// The day the bank booked it.
    BookingDate,
    /// The day from which it counts.
    ValueDate,
    /// The bank's reference.
    Reference,
    /// Money in.
    Credit,
    /// Money out.
    Debit,
    /// Money either way.
    Amount,
    /// The sign of the amount.
    Sign,
    /// The balance after the entry.
    Balance,
    /// The transfer's text; several columns are joined.
    Memo,
    /// The other side's name.
    CounterpartyName,
    /// The other side's account.
    CounterpartyAccount,
    /// The other side's bank.
    CounterpartyBank,
    /// The statement's own account.
    Account,
    /// The currency.
    Currency,
    /// Nothing that is needed.
    Ignore,
}

impl MappedField {
    /// All of them, in the order in which people are asked.
    pub const ALL: [MappedField; 16] = [
        MappedField::Date,
        MappedField::BookingDate,
        MappedField::ValueDate,
        MappedField::Reference,
        MappedField::Credit,
        MappedField::Debit,
        MappedField::Amount,
        MappedField::Sign,
        MappedField::Balance,
        MappedField::Memo,
        MappedField::CounterpartyName,
        MappedField::CounterpartyAccount,
        MappedField::CounterpartyBank,
        MappedField::Account,
        MappedField::Currency,
        MappedField::Ignore,
    ];

    /// Its stable name, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            MappedField::Date => "date",
            MappedField::BookingDate => "booking_date",
            MappedField::ValueDate => "value_date",
            MappedField::Reference => "reference",
            MappedField::Credit => "credit",
            MappedField::Debit => "debit",
            MappedField::Amount => "amount",
            MappedField::Sign => "sign",
            MappedField::Balance => "balance",
            MappedField::Memo => "memo",
            MappedField::CounterpartyName => "counterparty_name",
            MappedField::CounterpartyAccount => "counterparty_account",
            MappedField::CounterpartyBank => "counterparty_bank",
            MappedField::Account => "account",
            MappedField::Currency => "currency",
            MappedField::Ignore => "ignore",
        }
    }

    /// The field of this name, or nothing.
    #[must_use]
    pub fn named(name: &str) -> Option<MappedField> {
        MappedField::ALL.into_iter().find(|field| field.as_str() == name)
    }

    /// What the words of a heading suggest.
    #[must_use]
    pub fn of_word(field: Field) -> Option<MappedField> {
        match field {
            Field::Date | Field::DateAndReference => Some(MappedField::Date),
            Field::BookingDate => Some(MappedField::BookingDate),
            Field::ValueDate => Some(MappedField::ValueDate),
            Field::Reference => Some(MappedField::Reference),
            Field::Credit => Some(MappedField::Credit),
            Field::Debit => Some(MappedField::Debit),
            Field::Amount => Some(MappedField::Amount),
            Field::Sign => Some(MappedField::Sign),
            Field::Balance => Some(MappedField::Balance),
            Field::Memo => Some(MappedField::Memo),
            Field::CounterpartyName => Some(MappedField::CounterpartyName),
            Field::CounterpartyAccount => Some(MappedField::CounterpartyAccount),
            Field::CounterpartyBank => Some(MappedField::CounterpartyBank),
            Field::Account => Some(MappedField::Account),
            Field::Currency => Some(MappedField::Currency),
            Field::Other => Some(MappedField::Ignore),
            Field::Status | Field::BareNo => None,
        }
    }

    const fn word(self) -> Field {
        match self {
            MappedField::Date => Field::Date,
            MappedField::BookingDate => Field::BookingDate,
            MappedField::ValueDate => Field::ValueDate,
            MappedField::Reference => Field::Reference,
            MappedField::Credit => Field::Credit,
            MappedField::Debit => Field::Debit,
            MappedField::Amount => Field::Amount,
            MappedField::Sign => Field::Sign,
            MappedField::Balance => Field::Balance,
            MappedField::Memo => Field::Memo,
            MappedField::CounterpartyName => Field::CounterpartyName,
            MappedField::CounterpartyAccount => Field::CounterpartyAccount,
            MappedField::CounterpartyBank => Field::CounterpartyBank,
            MappedField::Account => Field::Account,
            MappedField::Currency => Field::Currency,
            MappedField::Ignore => Field::Other,
        }
    }

    const fn takes_several(self) -> bool {
        matches!(self, MappedField::Memo | MappedField::Ignore)
    }
}

impl fmt::Display for MappedField {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// The mark before decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    /// `1,250,000.00`
    Point,
    /// `1.250.000,00`
    Comma,
}

/// Which column of a table with these headings holds what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMapping {
    /// The headings, first column first, as the file writes them; empty texts for a table without
    /// a header, which is then known by the number of its columns.
    pub headings: Vec<String>,
    /// The columns of each field, counted from 0; only `memo` and `ignore` may have several.
    pub columns: BTreeMap<MappedField, Vec<usize>>,
    /// What an amount without any sign is; a figure with a sign goes by its sign.
    #[serde(default)]
    pub unsigned: Option<CreditDebit>,
    /// The mark before decimals, where a person has said so.
    #[serde(default)]
    pub decimal_mark: Option<DecimalMark>,
}

impl ColumnMapping {
    /// Whether one column holds the money of both directions, and nothing else tells them apart.
    #[must_use]
    pub fn is_one_column(&self) -> bool {
        let has = |field| self.columns.contains_key(&field);
        has(MappedField::Amount) && !has(MappedField::Sign)
    }

    /// What tables it is for, as a key to keep it by: its headings, or how many columns there are.
    #[must_use]
    pub fn headings_key(&self) -> String {
        if !self.has_headings() {
            return format!("columns:{}", self.headings.len());
        }
        let keys: Vec<String> = self.headings.iter().map(|heading| key(heading)).collect();
        keys.join("|")
    }
}

/// A table whose columns a person has to name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnQuestion {
    /// The sheet, in a workbook.
    pub sheet: Option<String>,
    /// The row of the headings, counted from 1; of the first entry where there are none.
    pub row: u64,
    /// The headings, first column first, as the file writes them; empty texts where there are none.
    pub headings: Vec<String>,
    /// What is in each column.
    pub columns: Vec<QuestionColumn>,
    /// What no heading names: `date`, `amount`, both or none.
    pub missing: Vec<MappedField>,
    /// Whether the amounts bear no sign, so that a person has to say which way the money went.
    pub unsigned: bool,
}

/// A column of a table that is asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionColumn {
    /// Its place, counted from 0.
    pub index: usize,
    /// Its letter, as a spreadsheet program shows it.
    pub letter: String,
    /// Its heading, on one line.
    pub heading: String,
    /// What its heading, or else its cells, suggest.
    pub suggestion: Option<MappedField>,
    /// Up to three different values, as the file shows them.
    pub samples: Vec<String>,
}

impl ColumnMapping {
    /// Whether the answer is whole and says nothing twice.
    pub fn check(&self) -> Result<(), Diagnostic> {
        use MappedField as F;
        let has = |field| self.columns.get(&field).is_some_and(|columns| !columns.is_empty());
        let width = if self.headings.is_empty() { MOST_COLUMNS } else { self.headings.len() };
        let mut used = BTreeMap::new();
        for (field, columns) in &self.columns {
            if columns.len() > 1 && !field.takes_several() {
                return Err(Diagnostic::new(
                    "mapping_conflict",
                    format!(
                        "'{field}' được gán cho nhiều cột. Anh/chị chọn một cột cho '{field}'; chỉ 'memo' và 'ignore' được có nhiều cột."
                    ),
                    format!(
                        "'{field}' is given several columns. Choose one column for it; only 'memo' and 'ignore' may have several."
                    ),
                ));
            }
            for column in columns {
                let letter = letters(*column);
                if *column >= width {
                    return Err(Diagnostic::new(
                        "mapping_column",
                        format!(
                            "Bảng không có cột {letter} (gán cho '{field}'). Anh/chị chọn cột từ A đến {}.",
                            letters(width.saturating_sub(1))
                        ),
                        format!(
                            "The table has no column {letter} (given to '{field}'). Choose a column from A to {}.",
                            letters(width.saturating_sub(1))
                        ),
                    ));
                }
                if let Some(other) = used.insert(*column, *field) {
                    return Err(Diagnostic::new(
                        "mapping_conflict",
                        format!(
                            "Cột {letter} được gán hai lần, cho '{other}' và '{field}'. Anh/chị gán mỗi cột một lần."
                        ),
                        format!(
                            "Column {letter} is given twice, to '{other}' and to '{field}'. Give each column once."
                        ),
                    ));
                }
            }
        }
        if ![F::Date, F::BookingDate, F::ValueDate].into_iter().any(has) {
            return Err(Diagnostic::new(
                "mapping_no_date",
                "Chưa có cột ngày. Anh/chị gán một cột cho 'date', 'booking_date' hoặc 'value_date'.",
                "No column holds the day. Give one to 'date', 'booking_date' or 'value_date'.",
            ));
        }
        let two_sided = has(F::Credit) || has(F::Debit);
        if !two_sided && !has(F::Amount) {
            return Err(Diagnostic::new(
                "mapping_no_amount",
                "Chưa có cột số tiền. Anh/chị gán 'credit' (tiền vào) và 'debit' (tiền ra), hoặc 'amount'.",
                "No column holds the money. Give columns to 'credit' (money in) and 'debit' (money out), or one to 'amount'.",
            ));
        }
        if two_sided && (has(F::Amount) || has(F::Sign) || self.unsigned.is_some()) {
            return Err(Diagnostic::new(
                "mapping_conflict",
                "'credit' và 'debit' đã nói rõ chiều tiền, không dùng cùng 'amount', 'sign' hay 'unsigned'. Anh/chị bỏ một trong hai cách.",
                "'credit' and 'debit' say which way the money went and do not go with 'amount', 'sign' or 'unsigned'. Leave one of the two ways out.",
            ));
        }
        if has(F::Sign) && self.unsigned.is_some() {
            return Err(Diagnostic::new(
                "mapping_conflict",
                "Đã có cột dấu ('sign') thì không cần 'unsigned'. Anh/chị bỏ một trong hai.",
                "With a column of signs ('sign') there is no use for 'unsigned'. Leave one of the two out.",
            ));
        }
        Ok(())
    }

    /// Whether a row of a table is this mapping's header. Never for a mapping without headings.
    #[must_use]
    pub fn fits(&self, row: &[String]) -> bool {
        let width = self.headings.len().max(row.len());
        let cell =
            |cells: &[String], index: usize| key(cells.get(index).map_or("", String::as_str));
        self.has_headings()
            && (0..width).all(|index| cell(&self.headings, index) == cell(row, index))
    }

    /// Whether the table has a header at all.
    #[must_use]
    pub fn has_headings(&self) -> bool {
        self.headings.iter().any(|heading| !heading.trim().is_empty())
    }

    /// The columns as the table reader takes them.
    #[must_use]
    pub fn to_columns(&self) -> Columns {
        let mut columns = Columns::default();
        for heading in &self.headings {
            columns.name_column(heading);
        }
        for (field, indexes) in &self.columns {
            for index in indexes {
                columns.put(field.word(), *index);
            }
        }
        columns
    }
}

/// What two writings of one heading have in common. Letters of other scripts stay as they are.
fn key(heading: &str) -> String {
    let squeezed = squeeze(heading);
    if squeezed.is_empty() { heading.trim().to_owned() } else { squeezed }
}
