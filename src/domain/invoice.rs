//! An invoice's state: what may happen to it, and what it is then.

use serde::{Deserialize, Serialize};

use crate::domain::money::Vnd;

/// The state of an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceState {
    /// Nothing is due: waived to nothing. Neither paid nor unpaid.
    Waived,
    /// Due, nothing paid.
    Open,
    /// Due, something paid.
    PartlyPaid,
    /// Paid in full.
    Paid,
    /// Withdrawn by the school.
    Cancelled,
}

/// What can happen to an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvoiceEvent {
    /// Money is allocated, and so much is left to pay.
    Allocate {
        /// Still to pay afterwards.
        left: Vnd,
    },
    /// An allocation is taken back, and so much is paid then.
    Reverse {
        /// Still paid afterwards.
        paid: Vnd,
    },
    /// The school withdraws it.
    Cancel,
    /// The school takes the withdrawal back.
    Reinstate,
}

/// Something that must not happen to an invoice in this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an invoice that is {from:?} does not take {event:?}")]
pub struct IllegalMove {
    /// The state it is in.
    pub from: InvoiceState,
    /// What was to happen.
    pub event: InvoiceEvent,
}

impl InvoiceState {
    /// The state that an invoice's figures say.
    #[must_use]
    pub fn of(net: Vnd, paid: Vnd, cancelled: bool) -> InvoiceState {
        if cancelled {
            InvoiceState::Cancelled
        } else if net.is_zero() {
            InvoiceState::Waived
        } else if paid.is_zero() {
            InvoiceState::Open
        } else if paid < net {
            InvoiceState::PartlyPaid
        } else {
            InvoiceState::Paid
        }
    }

    /// What is still to be paid of an invoice in this state; `None` where it leaves `i64`.
    #[must_use]
    pub fn open(self, net: Vnd, paid: Vnd) -> Option<Vnd> {
        match self {
            InvoiceState::Cancelled => Some(Vnd::ZERO),
            _ => net.checked_sub(paid),
        }
    }

    /// The state after `event`; what is not listed is refused.
    pub fn apply(self, event: InvoiceEvent) -> Result<InvoiceState, IllegalMove> {
        use InvoiceEvent as E;
        use InvoiceState as S;
        match (self, event) {
            (S::Open | S::PartlyPaid, E::Allocate { left: Vnd::ZERO }) => Ok(S::Paid),
            (S::Paid | S::PartlyPaid, E::Reverse { paid: Vnd::ZERO })
            | (S::Cancelled, E::Reinstate) => Ok(S::Open),
            (S::Open | S::PartlyPaid, E::Allocate { left: some })
            | (S::Paid | S::PartlyPaid, E::Reverse { paid: some })
                if some.is_positive() =>
            {
                Ok(S::PartlyPaid)
            }
            (S::Waived | S::Open, E::Cancel) => Ok(S::Cancelled),
            (from, event) => Err(IllegalMove { from, event }),
        }
    }

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            InvoiceState::Waived => "waived",
            InvoiceState::Open => "open",
            InvoiceState::PartlyPaid => "partly_paid",
            InvoiceState::Paid => "paid",
            InvoiceState::Cancelled => "cancelled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::InvoiceEvent as E;
    use super::InvoiceState as S;
    use super::*;

    #[test]
    fn an_invoice_takes_only_what_its_state_allows() {
        let some = Vnd::new(1);
        for (why, from, event, expected) in [
            ("paid at once", S::Open, E::Allocate { left: Vnd::ZERO }, Some(S::Paid)),
            ("paid in part", S::Open, E::Allocate { left: some }, Some(S::PartlyPaid)),
            ("the rest", S::PartlyPaid, E::Allocate { left: Vnd::ZERO }, Some(S::Paid)),
            ("beyond what is due", S::Open, E::Allocate { left: Vnd::new(-1) }, None),
            ("paid twice", S::Paid, E::Allocate { left: Vnd::ZERO }, None),
            ("nothing to pay", S::Waived, E::Allocate { left: Vnd::ZERO }, None),
            ("withdrawn", S::Cancelled, E::Allocate { left: some }, None),
            ("taken back", S::Paid, E::Reverse { paid: Vnd::ZERO }, Some(S::Open)),
            ("taken back in part", S::Paid, E::Reverse { paid: some }, Some(S::PartlyPaid)),
            ("nothing to take back", S::Open, E::Reverse { paid: Vnd::ZERO }, None),
            ("withdrawn before any payment", S::Open, E::Cancel, Some(S::Cancelled)),
            ("withdrawn with money on it", S::PartlyPaid, E::Cancel, None),
            ("put back", S::Cancelled, E::Reinstate, Some(S::Open)),
            ("put back without having been withdrawn", S::Open, E::Reinstate, None),
        ] {
            assert_eq!(from.apply(event).ok(), expected, "{why}");
        }
    }

    #[test]
    fn the_figures_say_the_state() {
        for (why, net, paid, cancelled, expected) in [
            ("waived", 0, 0, false, S::Waived),
            ("open", 10, 0, false, S::Open),
            ("in part", 10, 4, false, S::PartlyPaid),
            ("in full", 10, 10, false, S::Paid),
            ("cancelled", 10, 0, true, S::Cancelled),
        ] {
            assert_eq!(
                InvoiceState::of(Vnd::new(net), Vnd::new(paid), cancelled),
                expected,
                "{why}"
            );
        }
    }
}
