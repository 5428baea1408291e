//! What banks took for their work: `Chrgs` of an entry or of a detail.

use rust_decimal::Decimal;

use crate::domain::money::Currency;
use crate::domain::statement::{Charge, CreditDebit, Money};

/// One charge as stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatedCharge {
    pub money: Money,
    pub credit_debit: CreditDebit,
    /// `ChrgInclInd`, which versions before 04 do not have.
    pub included: Option<bool>,
}

impl StatedCharge {
    /// The charge of an entry whose amount is what moved.
    pub fn told(self) -> Charge {
        Charge {
            money: self.money,
            credit_debit: self.credit_debit,
            included: self.included == Some(true),
        }
    }

    /// The charge of a part of a batch whose amount is what was sent: nothing is taken off it.
    pub fn told_apart(self) -> Charge {
        Charge { included: false, ..self.told() }
    }
}

/// A `Chrgs` while it is being read.
#[derive(Debug, Default)]
pub struct ChargesDraft {
    pub total: Option<Money>,
    pub record: RecordDraft,
    records: Vec<StatedCharge>,
}

/// What one charge has said.
#[derive(Debug, Default)]
pub struct RecordDraft {
    pub amount: Option<Money>,
    pub direction: Option<CreditDebit>,
    pub included: Option<bool>,
}

impl RecordDraft {
    fn take(&mut self) -> Option<StatedCharge> {
        let RecordDraft { amount, direction, included } = std::mem::take(self);
        let money = amount.filter(|money| !money.amount.is_zero())?;
        // A charge that says nothing of its direction is one that somebody pays.
        let credit_debit = direction.unwrap_or(CreditDebit::Debit);
        Some(StatedCharge { money, credit_debit, included })
    }
}

impl ChargesDraft {
    /// Takes the record that ends, if it charged anything.
    pub fn end_record(&mut self) {
        if let Some(charge) = self.record.take() {
            self.records.push(charge);
        }
    }

    /// How many records there are so far.
    pub const fn len(&self) -> usize {
        self.records.len()
    }

    /// The charges of the `Chrgs` that ends. Where the total is more than its records, taxes are in
    /// it: then the total is what was taken.
    pub fn finish(&mut self, into: &mut Vec<StatedCharge>) {
        self.end_record();
        let total = self.total.take().filter(|total| !total.amount.is_zero());
        let Some(total) = total else {
            into.append(&mut self.records);
            return;
        };
        if sum(&self.records, total.currency, |_| true) == Some(total.amount) {
            into.append(&mut self.records);
            return;
        }
        let first = self.records.first();
        into.push(StatedCharge {
            money: total,
            credit_debit: first.map_or(CreditDebit::Debit, |record| record.credit_debit),
            included: first.and_then(|record| record.included),
        });
        self.records.clear();
    }
}

/// What `charges` take, all in `currency` or `None`; what is given back counts against it.
fn sum(
    charges: &[StatedCharge],
    currency: Currency,
    counts: impl Fn(&StatedCharge) -> bool,
) -> Option<Decimal> {
    charges.iter().filter(|charge| counts(charge)).try_fold(Decimal::ZERO, |sum, charge| {
        let Money { amount, currency: own } = charge.money;
        if own != currency {
            return None;
        }
        match charge.credit_debit {
            CreditDebit::Debit => sum.checked_add(amount),
            CreditDebit::Credit => sum.checked_sub(amount),
        }
    })
}

/// What the charges that may be inside an entry's amount take from the account in all.
pub fn taken(charges: &[StatedCharge], currency: Currency) -> Option<Decimal> {
    sum(charges, currency, may_be_included)
}

/// Whether the bank does not say that a charge stands outside of the entry's amount.
pub fn may_be_included(charge: &StatedCharge) -> bool {
    charge.included != Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: i64) -> Money {
        Money { amount: Decimal::new(amount, 0), currency: Currency::VND }
    }

    #[test]
    fn charges_are_the_records_or_the_total_that_says_more() {
        for (why, total, records, expected) in [
            ("records", None, &[1100, 220][..], &[1100, 220][..]),
            ("a total that is theirs", Some(1320), &[1100, 220], &[1100, 220]),
            ("a total with tax in it", Some(1452), &[1100, 220], &[1452]),
            ("only a total", Some(1100), &[], &[1100]),
            ("free of charge", Some(0), &[0], &[]),
        ] {
            let mut draft = ChargesDraft { total: total.map(money), ..ChargesDraft::default() };
            for record in records {
                draft.record.amount = Some(money(*record));
                draft.end_record();
            }
            let mut charges = Vec::new();
            draft.finish(&mut charges);
            let amounts: Vec<_> = charges.iter().map(|charge| charge.money).collect();
            assert_eq!(
                amounts,
                expected.iter().map(|one| money(*one)).collect::<Vec<_>>(),
                "{why}"
            );
        }
    }

    #[test]
    fn what_is_given_back_counts_against_what_is_taken() {
        let charge = |amount, credit_debit, included| StatedCharge {
            money: money(amount),
            credit_debit,
            included,
        };
        let charges = [
            charge(1100, CreditDebit::Debit, Some(true)),
            charge(100, CreditDebit::Credit, None),
            charge(5000, CreditDebit::Debit, Some(false)),
        ];
        assert_eq!(taken(&charges, Currency::VND), Some(Decimal::new(1000, 0)));
        assert_eq!(taken(&charges, Currency::parse("USD").unwrap()), None);
    }
}
