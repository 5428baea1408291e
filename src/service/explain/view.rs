//! An explanation as programs read it; every text is in the language that was asked for.

use serde::Serialize;

use crate::domain::calendar::Day;
use crate::domain::id::PaymentId;
use crate::domain::money::Vnd;

/// Everything there is to say about one payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Explanation {
    /// Its number; none where there is no database.
    pub payment: Option<PaymentId>,
    /// The school's code.
    pub school: Option<String>,
    /// The bank's day, or the day cash was taken.
    #[schema(value_type = String, format = Date)]
    pub booking_date: Day,
    /// `credit` is money in.
    pub credit_debit: String,
    /// How much; 0 for a figure that is no whole number of đồng.
    pub amount: Vnd,
    /// The figure with its currency, where it is no whole number of đồng.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foreign: Option<String>,
    /// The last four digits of the school's account.
    pub account: Option<String>,
    /// The bank's reference.
    pub reference: Option<String>,
    /// The payer's name.
    pub payer: Option<String>,
    /// The last four digits of the payer's account.
    pub payer_account: Option<String>,
    /// The file that shows it.
    pub file: Option<String>,
    /// Where it stands in that file.
    pub place: Option<String>,
    /// The transfer's text.
    pub remittance: Option<String>,
    /// The same with everything that was found in it between ⟦ and ⟧.
    pub marked: Option<String>,
    /// What was decided.
    pub decision: Decided,
    /// The other half of returned money, or the entry that this one repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<OtherHalf>,
    /// What it is used for: invoices.
    pub allocations: Vec<ShareView>,
    /// What it is used for: anything else.
    pub uses: Vec<OtherUse>,
    /// What is left of it.
    pub unallocated: Vnd,
    /// What spoke for and against.
    pub reasons: Vec<ReasonView>,
    /// What a person can choose from, best first.
    pub proposals: Vec<ProposalView>,
    /// The best answer that was not chosen.
    pub rival: Option<RivalView>,
    /// Everything that was ever decided or refused, oldest first.
    pub history: Vec<Step>,
}

/// The decision that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Decided {
    /// `settled`, `proposed`, `unmatched`, `duplicate`, `returned` or `not_income`.
    pub kind: String,
    /// What the machine or the person did.
    pub text: String,
    /// The rule and its version.
    pub rule: String,
    /// What the rule says.
    pub rule_text: String,
    /// `machine` or `user:NAME`; none where there is no database.
    pub decided_by: Option<String>,
    /// When, by the clock in Vietnam.
    pub decided_at: Option<String>,
    /// Why, where a person said so.
    pub note: Option<String>,
}

/// A payment that belongs to this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OtherHalf {
    /// Its number; none where there is no database.
    pub payment: Option<PaymentId>,
    /// The bank's day.
    #[schema(value_type = String, format = Date)]
    pub booking_date: Day,
    /// How much.
    pub amount: Vnd,
    /// The bank's reference.
    pub reference: Option<String>,
    /// Where it stands in its file; only where there is no database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// How the two belong together.
    pub text: String,
}

/// A share of the payment for one invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ShareView {
    /// The student's name.
    pub student: String,
    /// The student's code.
    pub student_code: String,
    /// The class.
    pub class: String,
    /// The invoice's code.
    pub code: String,
    /// How much.
    pub amount: Vnd,
    /// What was open on the invoice before, or is now where it is only proposed.
    pub open_before: Option<Vnd>,
    /// What is left of the payment after this share.
    pub rest: Vnd,
}

/// A use that pays no invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OtherUse {
    /// `family_credit`, `refund` or `set_aside`.
    pub target: String,
    /// How much.
    pub amount: Vnd,
    /// The students of the family that has it as credit.
    pub family: Option<String>,
}

/// One thing that speaks for or against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ReasonView {
    /// Stable code.
    pub code: String,
    /// In words.
    pub text: String,
    /// The characters of the text that show it, from and to (excluded).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<u32>>)]
    pub at: Option<[u32; 2]>,
}

/// One way to use the payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ProposalView {
    /// Its place; 0 is the first.
    pub index: usize,
    /// Whom it would pay for.
    pub allocations: Vec<ShareView>,
    /// What would be kept as the family's credit.
    pub credit: Vnd,
    /// What speaks for and against it.
    pub reasons: Vec<ReasonView>,
}

/// The best answer that was not chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RivalView {
    /// Whom it would have paid for.
    pub allocations: Vec<ShareView>,
    /// What spoke for it.
    pub reasons: Vec<ReasonView>,
    /// Why it lost.
    pub lost_because: String,
}

/// A decision or a refusal of the past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Step {
    /// When, by the clock in Vietnam.
    pub at: String,
    /// Who, for people.
    pub by: String,
    /// The decision's kind, or `refused`.
    pub kind: String,
    /// The same in words.
    pub text: String,
    /// The rule and its version.
    pub rule: Option<String>,
    /// Why, where a person said so.
    pub note: Option<String>,
}
