//! One statement while its pages pass by, and what must agree at its end.

use rust_decimal::Decimal;

use super::{account, message};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::money::Currency;
use crate::domain::statement::{Balance, Entry, EntryStatus, StatementHeader};
use crate::formats::balance::{Movements, Tally, readable};

/// What is known of a statement so far.
#[derive(Debug, Default)]
pub struct Statement {
    /// The first line of `:25:`.
    pub account: Option<String>,
    pub reference: Option<String>,
    pub number: Option<String>,
    pub currency: Option<Currency>,
    pub opening: Option<Balance>,
    pub closing: Option<Balance>,
    /// Began with an intermediate balance: a page should stand before.
    pub pages_before: bool,
    /// Ended in an intermediate balance: another page should follow.
    pub pages_after: bool,
    movements: Movements,
    /// Expected entries, which move no balance.
    expected: Tally,
    /// Booked entries that take back others.
    reversed: Tally,
    pub credit_total: Option<Total>,
    pub debit_total: Option<Total>,
}

/// The bank's own total of one direction, `:90C:` or `:90D:`.
#[derive(Clone, Copy, Debug)]
pub struct Total {
    pub count: u64,
    pub sum: Decimal,
    pub line: u64,
}

impl Statement {
    pub fn new(
        account: Option<String>,
        reference: Option<String>,
        number: Option<String>,
    ) -> Statement {
        Statement { account, reference, number, ..Statement::default() }
    }

    pub fn add(&mut self, entry: &Entry) {
        self.movements.add(entry);
        if entry.status != EntryStatus::Booked {
            self.expected.add(entry.credit_debit, entry.amount);
        } else if entry.reversal {
            self.reversed.add(entry.credit_debit, entry.amount);
        }
    }

    /// Whether the bank's totals cover every direction in which something moved, so that they prove
    /// that nothing is missing.
    pub fn has_all_totals(&self) -> bool {
        let booked = self.movements.booked();
        let credits = booked.credits + self.expected.credits;
        let debits = booked.debits + self.expected.debits;
        (self.credit_total.is_some() || self.debit_total.is_some())
            && (credits == 0 || self.credit_total.is_some())
            && (debits == 0 || self.debit_total.is_some())
    }

    /// The finished statement, which ends on `line`, and what a person should look at.
    pub fn finish(self, line: u64) -> (StatementHeader, Vec<Diagnostic>) {
        let number = self.account.as_deref().and_then(|text| account::number(text, self.currency));
        let mut notes = Vec::new();
        if self.pages_before {
            notes.push(message::first_page_missing(line));
        }
        if self.pages_after {
            notes.push(message::page_missing(line));
        }
        if number.is_none() {
            notes.push(message::account_missing(line));
        }
        let header = StatementHeader {
            account: number,
            currency: self.currency,
            reference: self.reference.clone(),
            sequence: self.number.clone(),
            opening: self.opening,
            closing: self.closing,
            period: None,
            copy: false,
        };
        if let Some(note) = self.movements.check(&header) {
            notes.push(note);
            if self.agrees_the_other_way(&header) == Some(true) {
                notes.push(message::reversal_signs(line));
            }
        }
        notes.extend(self.check_total("90C", self.credit_total, |tally| {
            (tally.credits, tally.credit_sum.get())
        }));
        notes.extend(
            self.check_total("90D", self.debit_total, |tally| {
                (tally.debits, tally.debit_sum.get())
            }),
        );
        (header, notes)
    }

    /// Whether the balances would agree if what takes back others moved the money the other way.
    fn agrees_the_other_way(&self, header: &StatementHeader) -> Option<bool> {
        let (opening, closing) = (header.opening?, header.closing?);
        let reversed = self.reversed.net()?;
        let net = self.movements.booked().net()?.checked_sub(reversed)?.checked_sub(reversed)?;
        Some(self.reversed.count() > 0 && opening.amount.checked_add(net)? == closing.amount)
    }

    /// Banks differ in whether a total counts expected entries: either way is right.
    fn check_total(
        &self,
        tag: &str,
        total: Option<Total>,
        of: impl Fn(&Tally) -> (u64, Option<Decimal>),
    ) -> Option<Diagnostic> {
        let total = total?;
        let (count, sum) = of(&self.movements.booked());
        let (expected, expected_sum) = of(&self.expected);
        let with_expected = sum.zip(expected_sum).and_then(|(a, b)| a.checked_add(b));
        let stated = (total.count, Some(total.sum));
        if stated == (count, sum) || stated == (count + expected, with_expected) {
            return None;
        }
        let show = |count: u64, sum| format!("{count} × {}", readable(sum, self.currency));
        let found = show(count + expected, with_expected?);
        Some(message::summary_mismatch(tag, total.line, &show(total.count, total.sum), &found))
    }
}
