//! What a payment is used for. A use is never edited: it is reversed by its opposite.

use serde::{Deserialize, Serialize};

use crate::domain::id::{FamilyId, InvoiceId};
use crate::domain::money::Vnd;

/// A part of a payment and what it is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "target", rename_all = "snake_case")]
pub enum Use {
    /// Pays an invoice.
    Invoice {
        /// Which.
        invoice: InvoiceId,
        /// How much.
        amount: Vnd,
    },
    /// Stays with the family as credit.
    FamilyCredit {
        /// Whose.
        family: FamilyId,
        /// How much.
        amount: Vnd,
    },
    /// Went back to the payer.
    Refund {
        /// How much.
        amount: Vnd,
    },
    /// Is no fee: interest, a gateway's payout, a donation.
    SetAside {
        /// How much.
        amount: Vnd,
    },
}

impl Use {
    /// How much is used.
    #[must_use]
    pub const fn amount(self) -> Vnd {
        match self {
            Use::Invoice { amount, .. }
            | Use::FamilyCredit { amount, .. }
            | Use::Refund { amount }
            | Use::SetAside { amount } => amount,
        }
    }

    /// The stable name of what it is used for.
    #[must_use]
    pub const fn target(self) -> &'static str {
        match self {
            Use::Invoice { .. } => "invoice",
            Use::FamilyCredit { .. } => "family_credit",
            Use::Refund { .. } => "refund",
            Use::SetAside { .. } => "set_aside",
        }
    }
}

/// Why uses do not go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AllocationError {
    /// A use of nothing, or of less.
    #[error("an allocated amount must be more than nothing")]
    NotPositive,
    /// More is used than there is.
    #[error("the payment has {amount} đồng; {used} cannot be used of it")]
    PaymentExhausted {
        /// What the payment has.
        amount: Vnd,
        /// What was to be used.
        used: Vnd,
    },
    /// The invoice's lines take less.
    #[error("the invoice has too little left: {beyond} đồng too much")]
    InvoiceExhausted {
        /// What they do not take.
        beyond: Vnd,
    },
    /// A sum leaves the range of amounts.
    #[error("a sum of amounts leaves the computable range")]
    Range,
}

/// What is left of a payment of `amount` after `uses`; never less than nothing.
pub fn unallocated(amount: Vnd, uses: &[Use]) -> Result<Vnd, AllocationError> {
    if uses.iter().any(|part| !part.amount().is_positive()) {
        return Err(AllocationError::NotPositive);
    }
    let total =
        Vnd::checked_sum(uses.iter().map(|part| part.amount())).ok_or(AllocationError::Range)?;
    match amount.checked_sub(total) {
        Some(rest) if rest >= Vnd::ZERO => Ok(rest),
        _ => Err(AllocationError::PaymentExhausted { amount, used: total }),
    }
}

/// Spreads an amount over the lines of an invoice, the first ones first, and takes it from what is
/// left of them. Gives the lines that got something, with their parts; on error nothing is taken.
pub fn spread<L: Copy>(
    lines: &mut [(L, Vnd)],
    amount: Vnd,
) -> Result<Vec<(L, Vnd)>, AllocationError> {
    let mut parts = Vec::with_capacity(1);
    let mut rest = amount;
    for (line, left) in lines.iter() {
        let part = rest.min(*left);
        if part.is_positive() {
            rest = rest.checked_sub(part).ok_or(AllocationError::Range)?;
            parts.push((*line, part));
        } else {
            parts.push((*line, Vnd::ZERO));
        }
    }
    if rest.is_positive() {
        return Err(AllocationError::InvoiceExhausted { beyond: rest });
    }
    for ((_, left), (_, part)) in lines.iter_mut().zip(&parts) {
        *left = left.checked_sub(*part).ok_or(AllocationError::Range)?;
    }
    parts.retain(|(_, part)| part.is_positive());
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_payment_is_never_used_beyond_its_amount() {
        let refund = |dong| Use::Refund { amount: Vnd::new(dong) };
        for (why, amount, uses, expected) in [
            ("nothing used", 100, vec![], Ok(Vnd::new(100))),
            ("used up", 100, vec![refund(60), refund(40)], Ok(Vnd::ZERO)),
            (
                "one dong too much",
                100,
                vec![refund(60), refund(41)],
                Err(AllocationError::PaymentExhausted {
                    amount: Vnd::new(100),
                    used: Vnd::new(101),
                }),
            ),
            ("a use of nothing", 100, vec![refund(0)], Err(AllocationError::NotPositive)),
            ("a negative use", 100, vec![refund(-1)], Err(AllocationError::NotPositive)),
            (
                "a sum beyond the range",
                100,
                vec![refund(i64::MAX), refund(1)],
                Err(AllocationError::Range),
            ),
        ] {
            assert_eq!(unallocated(Vnd::new(amount), &uses), expected, "{why}");
        }
    }

    #[test]
    fn the_first_lines_are_paid_first() {
        let mut lines = [('a', Vnd::new(100)), ('b', Vnd::new(50))];
        assert_eq!(
            spread(&mut lines, Vnd::new(120)),
            Ok(vec![('a', Vnd::new(100)), ('b', Vnd::new(20))])
        );
        assert_eq!(lines, [('a', Vnd::ZERO), ('b', Vnd::new(30))]);
        let before = lines;
        assert_eq!(
            spread(&mut lines, Vnd::new(31)),
            Err(AllocationError::InvoiceExhausted { beyond: Vnd::new(1) })
        );
        assert_eq!(lines, before, "a refused spread takes nothing");
    }

    proptest! {
        #[test]
        fn spreading_keeps_every_dong(
            left in prop::collection::vec(0_i64..1_000_000, 1..6),
            dong in 1_i64..4_000_000,
        ) {
            let mut lines: Vec<(usize, Vnd)> =
                left.iter().map(|dong| Vnd::new(*dong)).enumerate().collect();
            let before: i64 = left.iter().sum();
            match spread(&mut lines, Vnd::new(dong)) {
                Ok(parts) => {
                    let spread: i64 = parts.iter().map(|(_, part)| part.dong()).sum();
                    let after: i64 = lines.iter().map(|(_, left)| left.dong()).sum();
                    prop_assert_eq!(spread, dong);
                    prop_assert_eq!(before - after, dong);
                    prop_assert!(lines.iter().all(|(_, left)| *left >= Vnd::ZERO));
                }
                Err(error) => {
                    let beyond = Vnd::new(dong - before);
                    prop_assert_eq!(error, AllocationError::InvoiceExhausted { beyond });
                }
            }
        }
    }
}
