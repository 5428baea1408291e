//! Counting towards the rates of one school, or of one class or fee item in it.

use std::collections::HashMap;

use super::facts::Collected;
use super::rate::Rate;
use super::report::Rates;
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

    /// The rates of the group as one school; deployed from `deployed_min` cashless payments on.
    pub(super) fn rates(&self, deployed_min: u32) -> Option<Views<Rates>> {
        let whole = |count: usize| i64::try_from(count).ok();
        let (payments, pupils) = (whole(self.payments.len())?, whole(self.pupils.len())?);
        let mut complete = true;
        let views = Views::of(|counting| {
            let count = |kinds: &mut dyn Iterator<Item = &Views<bool>>| {
                whole(kinds.filter(|kind| *kind.get(counting)).count())
            };
            let rates = || {
                let cashless = count(&mut self.payments.values())?;
                let deployed = cashless >= i64::from(deployed_min);
                Some(Rates {
                    by_amount: Rate::new(self.cashless.get(counting).dong(), self.all.dong())?,
                    by_pupil: Rate::new(count(&mut self.pupils.values())?, pupils)?,
                    by_payment: Rate::new(cashless, payments)?,
                    by_school: Rate::new(i64::from(deployed), 1)?,
                })
            };
            rates().unwrap_or_else(|| {
                complete = false;
                Rates::default()
            })
        });
        complete.then_some(views)
    }
}

fn added(sum: Vnd, amount: Vnd, counts: bool) -> Option<Vnd> {
    if counts { sum.checked_add(amount) } else { Some(sum) }
}
