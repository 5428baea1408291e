//! The statement being read: what is known about it, and its end.

use super::layouts::Order;
use super::letterhead::{Letterhead, balance_figure, currency_beside};
use super::notes::Notes;
use super::number::Marks;
use super::question::Sample;
use super::tally::Tally;
use crate::domain::calendar::{Day, Period};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::money::Currency;
use crate::domain::statement::{Balance, StatementHeader};

/// A statement between its header row and its end.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What stood above the table, and later below it.
    pub head: Letterhead,
    /// The account named by a column of the table.
    pub column_account: Option<String>,
    /// Sums and running balances.
    pub tally: Tally,
    /// The currency of the entries.
    pub currency: Option<Currency>,
    /// Rows that could not be read.
    pub bad_rows: u64,
    /// The order in which the export lists entries.
    pub order: Order,
    /// Whether its money stands in one column for both directions.
    pub one_column: bool,
    /// Whether any figure of it bore a sign, or a person said what those without are.
    pub sign_seen: bool,
    /// How wide a table without headings has to be, until a row of it is.
    pub missing_width: Option<usize>,
    /// Its first rows, where a question about it may arise.
    pub sample: Option<Sample>,
}

impl Draft {
    /// A statement that starts under `head`.
    #[must_use]
    pub fn new(head: Letterhead) -> Draft {
        Draft { currency: stated_currency(&head), head, tally: Tally::new(), ..Draft::default() }
    }

    /// The account, by letterhead or by column.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.head.account.as_deref().or(self.column_account.as_deref())
    }

    /// Adds what labels below the table say; what was known before stays.
    pub fn complete(&mut self, below: &Letterhead) {
        if self.head.opening.is_none() {
            self.head.opening.clone_from(&below.opening);
        }
        if self.head.closing.is_none() {
            self.head.closing.clone_from(&below.closing);
        }
        if self.head.account.is_none() {
            self.head.account.clone_from(&below.account);
        }
        self.head.period = self.head.period.or(below.period);
        self.head.totals.complete(&below.totals);
    }

    /// The rows to ask about, and whether the question is which way the money went: when nothing
    /// tells money in from money out, or when a table without headings is narrower than the one
    /// that was explained.
    #[must_use]
    pub fn asks(&self, marks: Marks) -> Option<(&Sample, bool)> {
        let sample = self.sample.as_ref()?;
        if self.missing_width.is_some() {
            return Some((sample, false));
        }
        let unsigned = self.one_column
            && !self.sign_seen
            && self.tally.entries() > 0
            && !self.tally.balances_prove_directions()
            && !self.ends_prove_directions(marks);
        unsigned.then_some((sample, true))
    }

    /// Figures without sign, taken as money in, lead from one balance to the other only if they are.
    fn ends_prove_directions(&self, mut marks: Marks) -> bool {
        let currency = self.currency.unwrap_or(Currency::VND);
        let mut figure =
            |text: &Option<String>| balance_figure(text.as_deref()?, currency, &mut marks);
        let (opening, closing) = (figure(&self.head.opening), figure(&self.head.closing));
        opening.is_some()
            && closing.is_some()
            && self.tally.check_closing(opening, closing, currency).is_none()
    }

    /// Ends the statement: its header, and warnings about figures that do not agree.
    #[must_use]
    pub fn finish(self, index: usize, marks: Marks, notes: &mut Notes) -> StatementHeader {
        let currency = self.currency.unwrap_or(Currency::VND);
        let mut marks = marks;
        let mut balance = |text: Option<&String>, date: Option<Day>| {
            let amount = balance_figure(text?, currency, &mut marks);
            if amount.is_none() {
                notes.push(unreadable_balance(text.map_or("", String::as_str)).of_statement(index));
            }
            amount.map(|amount| Balance { amount, date })
        };
        let period = self.head.period;
        let opening = balance(self.head.opening.as_ref(), period.map(Period::from));
        let closing = balance(self.head.closing.as_ref(), period.map(Period::to));
        let figures = self.tally.check_closing(
            opening.map(|opening| opening.amount),
            closing.map(|closing| closing.amount),
            currency,
        );
        let stated = self.head.totals.read(currency, marks);
        if let Some(warning) = self.tally.check_stated(&stated, currency) {
            notes.push(warning.of_statement(index));
        }
        for warning in figures.into_iter().chain(self.tally.check_chain(self.order)) {
            notes.push(warning.of_statement(index));
        }
        if self.tally.entries() == 0 {
            notes.push(no_entries(self.bad_rows).of_statement(index));
        }
        StatementHeader {
            account: self.account().map(str::to_owned),
            currency: Some(currency),
            reference: None,
            sequence: None,
            opening,
            closing,
            period,
            copy: false,
        }
    }
}

/// The currency the letterhead states, by label or beside a balance.
#[must_use]
pub fn stated_currency(head: &Letterhead) -> Option<Currency> {
    let beside = |text: &Option<String>| text.as_deref().and_then(currency_beside);
    head.currency.or_else(|| beside(&head.opening)).or_else(|| beside(&head.closing))
}

fn no_entries(bad_rows: u64) -> Diagnostic {
    if bad_rows > 0 {
        return Diagnostic::new(
            "no_entries",
            "Không đọc được giao dịch nào trong bảng; xem lỗi từng dòng.",
            "No entry of the table could be read; see the problems of its rows.",
        );
    }
    Diagnostic::new(
        "no_entries",
        "Bảng có tiêu đề nhưng không có giao dịch nào. Nếu kỳ này có phát sinh, tải lại sao kê đủ ngày.",
        "The table has a header but no entries. If there were movements, download the full statement again.",
    )
}

fn unreadable_balance(text: &str) -> Diagnostic {
    let text = super::notes::quoted(text);
    Diagnostic::new(
        "balance",
        format!(
            "Số dư đầu hoặc cuối kỳ '{text}' không đọc được chắc chắn nên không dùng để đối chiếu."
        ),
        format!(
            "The opening or closing balance '{text}' cannot be read with certainty and is not used for checking."
        ),
    )
}
