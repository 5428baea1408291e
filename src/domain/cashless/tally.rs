//! Counting towards the rates of one school, or of one class or fee item in it.

use std::collections::HashMap;

use super::facts::Collected;
use super::sums::{Count, Counts};
use super::views::Views;
use crate::domain::id::{PaymentId, StudentId};
use crate::domain::money::Vnd;

/// What one group of rows adds up to.
#[derive(Debug, Default)]
pub(super) struct Tally {
    all: Vnd,
    cashless: Views<Vnd>,
    /// Whether each payment is cashless; the same for all its rows.
    payments: HashMap<PaymentId, Views<bool>>,
    /// Whether all of each pupil's money was cashless so far.
    pupils: HashMap<StudentId, Views<bool>>,
}

impl Tally {
    /// Counts a row, or says `None` when the sum leaves `i64`.
    pub(super) fn add(&mut self, row: &Collected, cashless: Views<bool>) -> Option<()> {
        self.all = self.all.checked_add(row.amount)?;
        let sums = self.cashless;
        self.cashless = Views {
            with_both: added(sums.with_both, row.amount, cashless.with_both)?,
            without_counter_cash: added(
                sums.without_counter_cash,
                row.amount,
                cashless.without_counter_cash,
            )?,
            without_proxy: added(sums.without_proxy, row.amount, cashless.without_proxy)?,
            without_either: added(sums.without_either, row.amount, cashless.without_either)?,
        };
        self.payments.insert(row.payment, cashless);
        let pupil = self.pupils.entry(row.student).or_insert(cashless);
        *pupil = Views::of(|counting| *pupil.get(counting) && *cashless.get(counting));
        Some(())
    }

    /// What it adds up to; `None` where there are more payments or pupils than can be counted.
    pub(super) fn counts(&self) -> Option<Counts> {
        let whole = |count: usize| i64::try_from(count).ok();
        let mut complete = true;
        let cashless = Views::of(|counting| {
            let count = |kinds: &mut dyn Iterator<Item = &Views<bool>>| {
                whole(kinds.filter(|kind| *kind.get(counting)).count())
            };
            let part = || {
                Some(Count {
                    amount: self.cashless.get(counting).dong(),
                    pupils: count(&mut self.pupils.values())?,
                    payments: count(&mut self.payments.values())?,
                })
            };
            part().unwrap_or_else(|| {
                complete = false;
                Count::default()
            })
        });
        let all = Count {
            amount: self.all.dong(),
            pupils: whole(self.pupils.len())?,
            payments: whole(self.payments.len())?,
        };
        complete.then_some(Counts { all, cashless })
    }
}

fn added(sum: Vnd, amount: Vnd, counts: bool) -> Option<Vnd> {
    if counts { sum.checked_add(amount) } else { Some(sum) }
}
