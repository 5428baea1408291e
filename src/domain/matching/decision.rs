//! What the matcher says about a payment.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::domain::id::{InvoiceId, StudentId};
use crate::domain::lang::Bilingual;
use crate::domain::money::Vnd;

/// What kind of decision it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// Certain: the machine allocates by itself.
    Settled,
    /// Likely: a person chooses among the proposals.
    Proposed,
    /// Nothing speaks for any invoice.
    Unmatched,
    /// The same money as another entry.
    Duplicate,
    /// Money that came and went back: the entry and the one that undoes it.
    Returned,
    /// No payment of a fee: money out, interest, a gateway's payout, a staff cash deposit.
    NotIncome,
}

impl DecisionKind {
    /// Its name in the database and for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            DecisionKind::Settled => "settled",
            DecisionKind::Proposed => "proposed",
            DecisionKind::Unmatched => "unmatched",
            DecisionKind::Duplicate => "duplicate",
            DecisionKind::Returned => "returned",
            DecisionKind::NotIncome => "not_income",
        }
    }
}

/// A share of a payment for one invoice.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Share {
    /// Which invoice.
    pub invoice: InvoiceId,
    /// Its code, for people and scripts.
    pub code: String,
    /// How much of the payment.
    pub amount: Vnd,
}

/// One thing that speaks for or against a choice.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reason {
    /// Stable code, e.g. `code_exact`.
    pub code: Cow<'static, str>,
    /// The chip's text.
    pub text: Bilingual,
    /// Where in the remittance text: characters (Unicode scalar values) from, to (excluded).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at: Option<[u32; 2]>,
}

/// One way to use a payment, for a person to confirm.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Proposal {
    /// The invoices it would pay.
    pub allocations: Vec<Share>,
    /// What would be left over, to keep as the family's credit.
    pub credit: Vnd,
    /// A student of the family that would have the credit; none when there is none, or nobody is
    /// known to have it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub credit_for: Option<StudentId>,
    /// What speaks for it, and the warnings.
    pub reasons: Vec<Reason>,
}

/// The best answer that was not chosen.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rival {
    /// What it would have been.
    pub allocations: Vec<Share>,
    /// What spoke for it.
    pub reasons: Vec<Reason>,
    /// Why it lost.
    pub lost_because: Bilingual,
}

/// The matcher's answer for one payment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Decision {
    /// What kind.
    pub kind: DecisionKind,
    /// What is allocated; empty unless settled.
    pub allocations: Vec<Share>,
    /// The rest of the amount.
    pub unallocated: Vnd,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Ranked choices for a person; empty unless proposed.
    pub proposals: Vec<Proposal>,
    /// The best rejected answer, when there was one.
    pub rival: Option<Rival>,
    /// The rule that decided and its version, e.g. `code-exact/1`.
    pub rule: Cow<'static, str>,
}
