//! Whether money came in or went out, and how much: by two columns, by a sign, or by a sign column.

use rust_decimal::Decimal;

use super::cell::{Cell, Row};
use super::entry::EntryReader;
use super::notes;
use super::number::Amount;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::money::Currency;
use crate::domain::statement::CreditDebit;
use crate::domain::text::squeeze;

/// What a row moved.
pub(super) enum Money {
    /// An amount above nothing, in or out.
    Moved(CreditDebit, Decimal),
    /// Nothing, and it says so.
    Zero,
    /// No figure at all.
    Blank,
}

impl EntryReader {
    /// What the row moved: by its debit and credit columns, else by its one amount column.
    pub(super) fn money(
        &mut self,
        number: u64,
        row: &Row<'_>,
        currency: Currency,
    ) -> Result<Money, Diagnostic> {
        if self.columns.debit.is_none() && self.columns.credit.is_none() {
            return self.signed_money(number, row, currency);
        }
        let debit = self.figure(number, row, self.columns.debit, currency)?;
        let credit = self.figure(number, row, self.columns.credit, currency)?;
        let moved = |amount: &Option<Amount>| amount.filter(|amount| !amount.figure.is_zero());
        match (moved(&debit), moved(&credit)) {
            (Some(_), Some(_)) => Err(notes::row_problem(
                number,
                "direction",
                "vừa có tiền ghi nợ vừa có tiền ghi có. Kiểm tra dòng này trong tệp gốc.",
                "has both a debit and a credit. Check this row in the original file.",
            )),
            (Some(out), None) => {
                let negative = out.figure.is_sign_negative();
                if *self.negative_debits.get_or_insert(negative) != negative {
                    return Err(self.unexpected_sign(number, self.columns.debit, out));
                }
                Ok(Money::Moved(CreditDebit::Debit, out.figure.abs()))
            }
            (None, Some(into)) if into.figure.is_sign_negative() => {
                Err(self.unexpected_sign(number, self.columns.credit, into))
            }
            (None, Some(into)) => Ok(Money::Moved(CreditDebit::Credit, into.figure)),
            (None, None) if debit.is_some() || credit.is_some() => Ok(Money::Zero),
            (None, None) => Ok(Money::Blank),
        }
    }

    fn unexpected_sign(&self, number: u64, column: Option<usize>, amount: Amount) -> Diagnostic {
        notes::cell_problem(
            number,
            &self.columns.heading(column.unwrap_or(0)),
            "direction",
            &amount.figure.to_string(),
            "có dấu khác các dòng còn lại của cột, không rõ là tiền vào hay ra. Kiểm tra dòng này trong tệp gốc.",
            "has another sign than the rest of its column, so it is not certain whether money came in or went out. Check this row in the original file.",
        )
    }

    fn signed_money(
        &mut self,
        number: u64,
        row: &Row<'_>,
        currency: Currency,
    ) -> Result<Money, Diagnostic> {
        let Some(index) = self.columns.amount else { return Ok(Money::Blank) };
        let Some(amount) = self.figure(number, row, Some(index), currency)? else {
            return Ok(Money::Blank);
        };
        if amount.figure.is_zero() {
            return Ok(Money::Zero);
        }
        self.find_bare_sign_column(index, row);
        let negative = amount.figure.is_sign_negative();
        let Some(sign_index) = self.columns.sign else {
            self.sign_seen |= amount.signed;
            let direction = match self.unsigned {
                Some(direction) if !amount.signed => direction,
                _ if negative => CreditDebit::Debit,
                _ => CreditDebit::Credit,
            };
            return Ok(Money::Moved(direction, amount.figure.abs()));
        };
        let sign = row.cell(sign_index).shown();
        self.sign_seen = true;
        match direction_of(&sign) {
            // A negative figure beside a plus says two things.
            Some(CreditDebit::Credit) if negative => {
                Err(self.unexpected_sign(number, Some(index), amount))
            }
            Some(direction) => Ok(Money::Moved(direction, amount.figure.abs())),
            None => Err(notes::cell_problem(
                number,
                &self.columns.heading(sign_index),
                "direction",
                &sign,
                "không cho biết tiền vào hay ra. Ghi + hoặc -, C hoặc D.",
                "does not say whether money came in or went out. Write + or -, C or D.",
            )),
        }
    }

    /// Vietcombank prints `+` and `-` in a column without heading beside the amount.
    fn find_bare_sign_column(&mut self, amount: usize, row: &Row<'_>) {
        if self.columns.sign.is_some() {
            return;
        }
        let beside = [amount.checked_sub(1), Some(amount + 1)];
        self.columns.sign = beside.into_iter().flatten().find(|index| {
            self.columns.headings.get(*index).is_none_or(String::is_empty)
                && matches!(row.cell(*index), Cell::Text("+" | "-"))
        });
    }
}

fn direction_of(sign: &str) -> Option<CreditDebit> {
    match sign.trim() {
        "+" => return Some(CreditDebit::Credit),
        "-" | "\u{2212}" | "–" => return Some(CreditDebit::Debit),
        _ => {}
    }
    match squeeze(sign).as_str() {
        "C" | "CR" | "CO" | "GHICO" | "CREDIT" | "IN" | "TIENVAO" => Some(CreditDebit::Credit),
        "D" | "DR" | "NO" | "GHINO" | "DEBIT" | "OUT" | "TIENRA" => Some(CreditDebit::Debit),
        _ => None,
    }
}
