//! Lines in which a gateway pays out what it collected: who names a gateway, and the decision about
//! such a line.

use super::book::Book;
use super::decision::{Decision, DecisionKind};
use super::evidence::Evidence;
use super::facts::PaymentFacts;
use super::{reasons, words};
use crate::domain::money::Vnd;
use crate::domain::notification::Provider;
use crate::domain::remittance::Remittance;
use crate::domain::statement::{CreditDebit, EntryStatus};

/// The rule that says so.
pub const RULE: &str = "gateway-payout/1";

/// The gateway that pays out with this line, as its text or its sender says; `None` where it names
/// none, or more than one.
#[must_use]
pub fn payout_of(line: &PaymentFacts<'_>) -> Option<Provider> {
    let income = line.status == EntryStatus::Booked
        && line.credit_debit == CreditDebit::Credit
        && !line.reversal
        && !line.gateway;
    if !income {
        return None;
    }
    let read = Remittance::read(line.remittance.unwrap_or_default(), line.counterparty_name);
    words::payout_of(&read, line.counterparty_name)
}

/// The decision about a gateway's payout: its payments counted when they were made.
#[must_use]
pub fn payout_decision(amount: Vnd) -> Decision {
    super::answer::plain(DecisionKind::NotIncome, amount, RULE, vec![reasons::gateway_payout()])
}

impl Book {
    /// Whether a line has the code of an invoice, or of nobody: then it may be a payer's after all.
    #[must_use]
    pub fn finds_code(&self, line: &PaymentFacts<'_>) -> bool {
        !Evidence::gather(self, line).is_without_codes()
    }

    /// Whether a line says nothing at all of whom it is for: no code, no name, no account.
    #[must_use]
    pub fn finds_nothing(&self, line: &PaymentFacts<'_>) -> bool {
        let seen = Evidence::gather(self, line);
        seen.is_without_codes()
            && seen.mentions.full.is_empty()
            && seen.mentions.in_class.is_empty()
            && seen.holders.is_empty()
            && !seen.expired_account
            && seen.payers.is_empty()
            && words::nature(&seen.read, line.counterparty_name).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::matching::facts::Policy;
    use crate::domain::matching::tests::school::{book, code, payment};

    #[test]
    fn a_payout_is_no_income_and_says_by_which_rule() {
        let decision = book(Policy::default()).decide(&payment(1_250_000, "VNPAY TT GD 021126"));
        assert_eq!(decision, payout_decision(Vnd::new(1_250_000)));
        assert_eq!(decision.rule, RULE);
    }

    #[test]
    fn what_a_line_says_is_told_from_what_it_does_not() {
        let book = book(Policy::default());
        let code = code(1);
        let coded = format!("VNPAY TT GD {code}");
        for (why, text, finds_code, finds_nothing) in [
            ("nothing", "chuyen khoan", false, true),
            ("a code", code.as_str(), true, false),
            ("a code in a payout", coded.as_str(), true, false),
            ("interest is no silence", "tra lai tien gui", false, false),
        ] {
            let line = payment(1_000, text);
            assert_eq!(book.finds_code(&line), finds_code, "{why}");
            assert_eq!(book.finds_nothing(&line), finds_nothing, "{why}");
        }
    }

    #[test]
    fn only_a_booked_credit_at_a_bank_is_a_payout() {
        let line = payment(1_000, "ZALOPAY QUYET TOAN");
        assert_eq!(payout_of(&line), Some(Provider::Zalopay));
        for (why, other) in [
            ("at the gateway itself", PaymentFacts { gateway: true, ..line }),
            ("not booked", PaymentFacts { status: EntryStatus::Pending, ..line }),
            ("taken back", PaymentFacts { reversal: true, ..line }),
            ("money out", PaymentFacts { credit_debit: CreditDebit::Debit, ..line }),
        ] {
            assert_eq!(payout_of(&other), None, "{why}");
        }
    }
}
