//! A statement while it is being read: its header, its balances and the bank's own totals.

use rust_decimal::Decimal;

use super::message;
use super::spot::{Spot, Total};
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::money::Currency;
use crate::domain::statement::{Balance, CreditDebit, Entry, EntryStatus, StatementHeader};
use crate::formats::balance::{Movements, Tally};

/// What `Stmt`, `Rpt` or `Ntfctn` has said so far.
#[derive(Debug, Default)]
pub struct StatementDraft {
    /// The line of the start tag.
    pub line: u64,
    pub id: Option<String>,
    pub electronic_sequence: Option<String>,
    pub legal_sequence: Option<String>,
    pub account: Option<String>,
    pub currency: Option<Currency>,
    pub balance: BalanceDraft,
    pub summary: [Summary; 3],
    opening: Option<Balance>,
    previous_closing: Option<Balance>,
    closing: Option<Balance>,
    first_interim: Option<Balance>,
    last_interim: Option<Balance>,
    interims: u32,
    movements: Movements,
    all: Tally,
    booked: Tally,
}

/// What one `Bal` has said.
#[derive(Debug, Default)]
pub struct BalanceDraft {
    pub code: Option<String>,
    pub amount: Option<(Decimal, Currency)>,
    pub direction: Option<CreditDebit>,
    pub day: Option<Day>,
    /// Diagnostics of its values, told only if the balance is one that counts.
    pub faults: Vec<Diagnostic>,
}

/// What one total of `TxsSummry` has said.
#[derive(Debug, Default)]
pub struct Summary {
    pub count: Option<u64>,
    pub sum: Option<Decimal>,
    pub line: u64,
}

impl StatementDraft {
    /// The total that `total` names.
    pub const fn summary(&mut self, total: Total) -> &mut Summary {
        let [all, credits, debits] = &mut self.summary;
        match total {
            Total::All => all,
            Total::Credits => credits,
            Total::Debits => debits,
        }
    }

    /// Takes the finished `Bal`; gives back what is wrong with it when it is one that counts.
    pub fn end_balance(&mut self, line: u64) -> Vec<Diagnostic> {
        let mut draft = std::mem::take(&mut self.balance);
        let code = draft.code.as_deref().unwrap_or_default();
        if !matches!(code, "OPBD" | "PRCD" | "CLBD" | "ITBD") {
            return Vec::new();
        }
        if draft.faults.is_empty() && draft.amount.is_none() {
            draft.faults.push(message::missing(Spot::BalanceAmount.path(), line));
        }
        if draft.faults.is_empty() && draft.direction.is_none() {
            draft.faults.push(message::missing(Spot::BalanceDirection.path(), line));
        }
        let (Some((amount, currency)), Some(direction)) = (draft.amount, draft.direction) else {
            return draft.faults;
        };
        if !draft.faults.is_empty() {
            return draft.faults;
        }
        // A multi-currency account may repeat a balance converted; only its own currency counts.
        if *self.currency.get_or_insert(currency) != currency {
            return Vec::new();
        }
        let signed = match direction {
            CreditDebit::Credit => amount,
            CreditDebit::Debit if amount.is_zero() => amount,
            CreditDebit::Debit => -amount,
        };
        let stated = Balance { amount: signed, date: draft.day };
        match code {
            "OPBD" => keep_earliest(&mut self.opening, stated),
            "PRCD" => keep_earliest(&mut self.previous_closing, stated),
            "CLBD" => keep_latest(&mut self.closing, stated),
            _ => {
                self.interims += 1;
                self.first_interim.get_or_insert(stated);
                self.last_interim = Some(stated);
            }
        }
        Vec::new()
    }

    /// Takes note of a whole `Ntry` as the bank's own totals count it, before it is split.
    pub fn count_entry(
        &mut self,
        direction: CreditDebit,
        amount: Decimal,
        status: Option<EntryStatus>,
    ) {
        self.all.add(direction, amount);
        if status != Some(EntryStatus::Pending) && status != Some(EntryStatus::Info) {
            self.booked.add(direction, amount);
        }
    }

    /// Takes note of an entry as it is delivered.
    pub fn add(&mut self, entry: &Entry) {
        self.currency.get_or_insert(entry.currency);
        self.movements.add(entry);
    }

    /// The header, and what a person should look at. Balances are compared only when no entry was
    /// lost to an error.
    pub fn finish(&mut self, compare: bool) -> (StatementHeader, Vec<Diagnostic>) {
        // On the pages of a long statement the interim booked balance stands for the missing
        // opening or closing one. Alone it is how far the day has come, hence the closing one.
        let opening = self.opening.or(self.previous_closing).or_else(|| {
            (self.closing.is_some() || self.interims >= 2).then_some(self.first_interim)?
        });
        let closing = self.closing.or(self.last_interim);
        let header = StatementHeader {
            account: self.account.take(),
            currency: self.currency,
            reference: self.id.take(),
            sequence: self.electronic_sequence.take().or_else(|| self.legal_sequence.take()),
            opening,
            closing,
            period: None,
            copy: false,
        };
        let mut notes = Vec::new();
        if header.account.is_none() {
            notes.push(message::account_missing(self.line));
        }
        if compare {
            notes.extend(self.movements.check(&header));
            self.check_summary(&mut notes);
        }
        (header, notes)
    }

    /// Banks differ in whether their totals count entries not booked yet: either way is right.
    fn check_summary(&self, notes: &mut Vec<Diagnostic>) {
        type Count = fn(Tally) -> u64;
        type Figure = fn(Tally) -> Option<Decimal>;
        let [all, credits, debits] = &self.summary;
        let totals: [(Total, &Summary, Count, Figure); 3] = [
            (Total::All, all, Tally::count, Tally::gross),
            (Total::Credits, credits, |tally| tally.credits, |tally| tally.credit_sum.get()),
            (Total::Debits, debits, |tally| tally.debits, |tally| tally.debit_sum.get()),
        ];
        for (total, stated, count, figure) in totals {
            let found = [count(self.all), count(self.booked)];
            if let Some(stated_count) = stated.count.filter(|stated| !found.contains(stated)) {
                let path = Spot::SummaryCount(total).path();
                let [found, _] = found;
                notes.push(message::summary_mismatch(
                    path,
                    stated.line,
                    &stated_count.to_string(),
                    &found.to_string(),
                ));
            }
            let found = [figure(self.all), figure(self.booked)];
            if let ([Some(all), Some(booked)], Some(sum)) = (found, stated.sum)
                && sum != all
                && sum != booked
            {
                let path = Spot::SummarySum(total).path();
                notes.push(message::summary_mismatch(
                    path,
                    stated.line,
                    &sum.to_string(),
                    &all.to_string(),
                ));
            }
        }
    }
}

fn keep_earliest(kept: &mut Option<Balance>, stated: Balance) {
    let earlier =
        kept.is_some_and(|kept| matches!((stated.date, kept.date), (Some(a), Some(b)) if a < b));
    if kept.is_none() || earlier {
        *kept = Some(stated);
    }
}

fn keep_latest(kept: &mut Option<Balance>, stated: Balance) {
    let earlier =
        kept.is_some_and(|kept| matches!((stated.date, kept.date), (Some(a), Some(b)) if a < b));
    if !earlier {
        *kept = Some(stated);
    }
}
