//! Sums of runs, each in constant time.

use super::Item;
use super::fee::{Terms, WHOLE};
use crate::domain::money::Vnd;

/// Running totals before each item, and after the last.
#[derive(Clone, Copy, Debug, Default)]
struct Total {
    collected: i128,
    back: i128,
    payments: i128,
    refunds: i128,
    /// The fees of payments, each rounded.
    fees: i128,
    /// The fees of what was given back, each rounded.
    fees_back: i128,
}

/// The sums of items in their order.
#[derive(Debug)]
pub(super) struct Sums {
    before: Vec<Total>,
    terms: Terms,
}

impl Sums {
    pub fn of(items: &[&Item], terms: Terms) -> Sums {
        let mut total = Total::default();
        let mut before = vec![total];
        for item in items {
            let amount = i128::from(item.amount.dong());
            let fee = terms.fee.map_or(0, |fee| fee.of(amount, 1));
            if item.back {
                total.back += amount;
                total.refunds += 1;
                total.fees_back += fee;
            } else {
                total.collected += amount;
                total.payments += 1;
                total.fees += fee;
            }
            before.push(total);
        }
        Sums { before, terms }
    }

    fn between(&self, (from, to): (usize, usize)) -> Total {
        let at = |place: usize| self.before.get(place).copied().unwrap_or_default();
        let (one, other) = (at(from), at(to));
        Total {
            collected: other.collected - one.collected,
            back: other.back - one.back,
            payments: other.payments - one.payments,
            refunds: other.refunds - one.refunds,
            fees: other.fees - one.fees,
            fees_back: other.fees_back - one.fees_back,
        }
    }

    /// What was collected less what was given back.
    pub fn gross(&self, run: (usize, usize)) -> Option<Vnd> {
        let total = self.between(run);
        i64::try_from(total.collected - total.back).ok().map(Vnd::new)
    }

    /// Whether the gateway may pay out this amount for a run.
    pub fn fits(&self, run: (usize, usize), amount: Vnd) -> bool {
        let total = self.between(run);
        let gross = total.collected - total.back;
        let kept = gross - i128::from(amount.dong());
        if gross <= 0 || kept < 0 {
            return false;
        }
        if self.terms.fee.is_none() {
            return kept * WHOLE <= gross * i128::from(self.terms.most_millionths);
        }
        self.fees(run).any(|fee| fee == kept)
    }

    /// What the gateway may keep of a run, with known fees: each fee rounded or the sum's, those of
    /// what was given back kept or given back too.
    fn fees(&self, run: (usize, usize)) -> impl Iterator<Item = i128> + use<> {
        let total = self.between(run);
        let fees = self.terms.fee.map(|fee| {
            [
                total.fees,
                total.fees - total.fees_back,
                fee.of(total.collected, total.payments),
                fee.of(total.collected - total.back, total.payments - total.refunds),
            ]
        });
        fees.into_iter().flatten()
    }

    /// What the gateway may pay out for a run, with known fees.
    pub fn nets(&self, run: (usize, usize)) -> impl Iterator<Item = i64> + use<> {
        let total = self.between(run);
        let gross = total.collected - total.back;
        self.fees(run).filter_map(move |fee| i64::try_from(gross - fee).ok())
    }

    /// Whether neither a run nor any longer one can be this amount, whatever is given back behind it.
    pub fn beyond(&self, run: (usize, usize), amount: Vnd) -> bool {
        let total = self.between(run);
        let last = self.before.len().saturating_sub(1);
        let back = self.between((run.0, last)).back;
        let most = match self.terms.fee {
            // A đồng for each rounding.
            Some(_) => total.fees + total.payments,
            None => total.collected * i128::from(self.terms.most_millionths) / WHOLE + 1,
        };
        total.collected - back - most > i128::from(amount.dong())
    }
}
