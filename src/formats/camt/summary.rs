//! The bank's own totals of a statement, `TxsSummry`, and what they are compared with.

use rust_decimal::Decimal;

use super::message;
use super::spot::{Spot, Total};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::money::Currency;
use crate::domain::statement::{CreditDebit, EntryStatus, Money};
use crate::formats::balance::Tally;

/// What `TxsSummry` has said.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    totals: [TotalDraft; 3],
    pub net: Option<Decimal>,
    pub net_direction: Option<CreditDebit>,
    pub net_line: u64,
}

/// What one total has said.
#[derive(Clone, Copy, Debug, Default)]
pub struct TotalDraft {
    pub count: Option<u64>,
    pub sum: Option<Decimal>,
    pub line: u64,
}

/// Whole entries as they stand in the file, before batches are split.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counted {
    all: Tally,
    booked: Tally,
    currency: Option<Currency>,
    mixed: bool,
}

impl Counted {
    /// Takes note of one `Ntry`.
    pub fn add(
        &mut self,
        direction: CreditDebit,
        Money { amount, currency }: Money,
        status: Option<EntryStatus>,
    ) {
        self.mixed |= *self.currency.get_or_insert(currency) != currency;
        self.all.add(direction, amount);
        if status != Some(EntryStatus::Pending) && status != Some(EntryStatus::Info) {
            self.booked.add(direction, amount);
        }
    }

    /// How many there are.
    pub const fn count(&self) -> u64 {
        self.all.count()
    }
}

/// A tally of which a part is counted: all after an earlier moment.
#[derive(Clone, Copy)]
struct Since {
    now: Tally,
    before: Tally,
}

impl Since {
    const fn count(self, total: Total) -> u64 {
        match total {
            Total::All => self.now.count() - self.before.count(),
            Total::Credits => self.now.credits - self.before.credits,
            Total::Debits => self.now.debits - self.before.debits,
        }
    }

    fn sum(self, total: Total) -> Option<Decimal> {
        let figure = |tally: Tally| match total {
            Total::All => tally.gross(),
            Total::Credits => tally.credit_sum.get(),
            Total::Debits => tally.debit_sum.get(),
        };
        figure(self.now)?.checked_sub(figure(self.before)?)
    }

    fn net(self) -> Option<Decimal> {
        self.now.net()?.checked_sub(self.before.net()?)
    }
}

impl Summary {
    /// The total that `total` names.
    pub const fn total(&mut self, total: Total) -> &mut TotalDraft {
        let [all, credits, debits] = &mut self.totals;
        match total {
            Total::All => all,
            Total::Credits => credits,
            Total::Debits => debits,
        }
    }

    /// Compares with the entries counted up to `now` since `before`, which is nothing at all for a
    /// statement on one page.
    ///
    /// Banks differ in whether their totals count entries not booked yet: either way is right. Sums
    /// have no currency, so entries in several make none that could be compared.
    pub fn check(&self, now: &Counted, before: &Counted) -> Vec<Diagnostic> {
        let mut notes = Vec::new();
        let all = Since { now: now.all, before: before.all };
        let booked = Since { now: now.booked, before: before.booked };
        let [of_all, of_credits, of_debits] = &self.totals;
        for (total, stated) in
            [(Total::All, of_all), (Total::Credits, of_credits), (Total::Debits, of_debits)]
        {
            let found = [all.count(total), booked.count(total)];
            if let Some(count) = stated.count.filter(|stated| !found.contains(stated)) {
                let path = Spot::SummaryCount(total).path();
                let [found, _] = found.map(|count| count.to_string());
                let stated_count = count.to_string();
                notes.push(message::summary_mismatch(path, stated.line, &stated_count, &found));
            }
            if now.mixed {
                continue;
            }
            let path = Spot::SummarySum(total).path();
            let found = [all.sum(total), booked.sum(total)];
            notes.extend(compare(path, stated.line, stated.sum, found));
        }
        let net = match (self.net, self.net_direction) {
            (Some(net), Some(CreditDebit::Debit)) => Some(-net),
            (net, _) => net,
        };
        if !now.mixed {
            let path = Spot::SummaryNetAmount.path();
            notes.extend(compare(path, self.net_line, net, [all.net(), booked.net()]));
        }
        notes
    }
}

fn compare(
    path: &'static str,
    line: u64,
    stated: Option<Decimal>,
    found: [Option<Decimal>; 2],
) -> Option<Diagnostic> {
    let ([Some(all), Some(booked)], Some(stated)) = (found, stated) else { return None };
    (stated != all && stated != booked)
        .then(|| message::summary_mismatch(path, line, &stated.to_string(), &all.to_string()))
}
