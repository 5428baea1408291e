//! By which channel a bank entry came, as far as the entry and the decision about it tell.

use std::collections::HashSet;

use super::book::Book;
use super::decision::{Decision, DecisionKind};
use super::facts::PaymentFacts;
use super::words::{self, Nature};
use crate::domain::payment::Channel;
use crate::domain::remittance::Remittance;
use crate::domain::text::squeeze;

/// One payer for at least so many families is a proxy.
const PROXY_FAMILIES: usize = 3;

/// The channel of an entry by its text alone. [`Book::channel`] knows more.
#[must_use]
pub fn channel(payment: &PaymentFacts<'_>) -> Channel {
    if payment.gateway {
        return Channel::Gateway;
    }
    let read = Remittance::read(payment.remittance.unwrap_or_default(), payment.counterparty_name);
    match words::nature(&read, payment.counterparty_name) {
        Some(Nature::StaffCash) => Channel::StaffDeposit,
        Some(Nature::Cash) => Channel::CounterCash,
        Some(Nature::Payout) if words::is_terminal(&read) => Channel::Pos,
        Some(Nature::Payout) => Channel::Gateway,
        _ => Channel::Transfer,
    }
}

impl Book {
    /// The channel of an entry, given what was decided about it.
    #[must_use]
    pub fn channel(&self, payment: &PaymentFacts<'_>, decision: &Decision) -> Channel {
        let by_text = channel(payment);
        let said = |code: &str| decision.reasons.iter().any(|reason| reason.code == code);
        if decision.kind == DecisionKind::NotIncome && said("staff_deposit") {
            return Channel::StaffDeposit;
        }
        if by_text != Channel::Transfer {
            return by_text;
        }
        let credited = [payment.account, payment.virtual_account];
        let virtual_account = credited
            .into_iter()
            .flatten()
            .any(|number| self.account_holders(&squeeze(number), payment.booking_date).1)
            || said("account_exact");
        if virtual_account {
            return Channel::VirtualAccount;
        }
        let families: HashSet<_> = decision
            .allocations
            .iter()
            .filter_map(|share| self.family_of_invoice(share.invoice))
            .collect();
        if families.len() >= PROXY_FAMILIES { Channel::Proxy } else { Channel::Transfer }
    }
}
