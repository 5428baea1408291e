//! Whether a batch can be taken apart: only where its details prove to make its amount.

use rust_decimal::Decimal;

use super::charges::{StatedCharge, may_be_included, taken};
use super::entry::EntryDraft;
use crate::domain::statement::{CreditDebit, Entry};

impl EntryDraft {
    /// The charges that must stand beside the details for all to make the entry's amount, usually
    /// none; or `None` when they do not make it either way.
    pub(super) fn split(&self, core: &Entry) -> Option<Vec<StatedCharge>> {
        if self.too_many_details {
            return None;
        }
        let moved = self.moved(core)?;
        let booked = signed(core.credit_debit, core.amount);
        if moved == booked {
            return Some(Vec::new());
        }
        let of_details: Vec<StatedCharge> =
            self.details.iter().flat_map(|detail| detail.charges.iter().copied()).collect();
        [&self.charges, &of_details].into_iter().find_map(|charges| {
            let taken = taken(charges, core.currency)?;
            let proven = moved.checked_sub(taken)? == booked;
            proven.then(|| charges.iter().copied().filter(may_be_included).collect())
        })
    }

    /// What the details move, each in its own direction; money in is positive.
    fn moved(&self, core: &Entry) -> Option<Decimal> {
        self.details.iter().try_fold(Decimal::ZERO, |sum, detail| {
            let own = detail.amount_in(core.currency)?;
            let direction = detail.direction.unwrap_or(core.credit_debit);
            sum.checked_add(signed(direction, own.amount))
        })
    }
}

fn signed(direction: CreditDebit, amount: Decimal) -> Decimal {
    match direction {
        CreditDebit::Credit => amount,
        CreditDebit::Debit => -amount,
    }
}
