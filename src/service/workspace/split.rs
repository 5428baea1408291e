//! Splitting a payment by hand: shares of invoices, also of several students, and a rest that has a
//! name.

use crate::clock::Clock;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::{DecisionId, PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::service::decide::{self, PaymentState, PersonalUse};
use crate::service::fees::refund_requests::{self, PaymentRefund, Placed, RefundProposal};
use crate::service::{Actor, ServiceError, Store};

/// What becomes of what the shares leave of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rest {
    /// It waits in the queue.
    Waits,
    /// It is kept as credit of the family of the student with this code.
    Credit(String),
    /// It is paid back to the payer.
    Refund,
    /// It is no fee.
    SetAside,
}

/// How a person splits a payment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// Invoices by code, with the đồng for each.
    pub shares: Vec<(String, Vnd)>,
    /// What becomes of the rest; needed where there is one.
    pub rest: Option<Rest>,
    /// Why; needed where money is paid back or set aside.
    pub reason: Option<String>,
}

/// Splits a payment as a person says; what it was used for before is taken back. The shares and the
/// rest together are exactly the payment. Paying back more than one person may is proposed only. `expected` is the decision the person saw.
pub fn split(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    at: (SchoolId, PaymentId),
    expected: Option<DecisionId>,
    asked: &Split,
) -> Result<Placed<PaymentState>, ServiceError> {
    let amount = decide::find(store, at.0, at.1)?.amount;
    let used = Vnd::checked_sum(asked.shares.iter().map(|(_, share)| *share))
        .ok_or_else(ServiceError::overflow)?;
    let rest = amount.checked_sub(used).ok_or_else(ServiceError::overflow)?;
    if rest < Vnd::ZERO {
        return Err(too_much(used, amount));
    }
    let mut wanted = PersonalUse {
        allocations: asked.shares.clone(),
        reason: asked.reason.clone(),
        ..PersonalUse::default()
    };
    if rest.is_positive() {
        match asked.rest.as_ref().ok_or_else(|| unnamed(rest))? {
            Rest::Waits if asked.shares.is_empty() => return Err(nothing()),
            Rest::Waits => {}
            Rest::Credit(student) => wanted.family_credit = Some((student.clone(), rest)),
            Rest::Refund => wanted.refund = Some(rest),
            Rest::SetAside => wanted.set_aside = Some(rest),
        }
    }
    let done = decide::allocate(store, clock, actor, at, expected, &wanted);
    let asked = PaymentRefund {
        payment: at.1.0,
        decision_id: expected.map(|decision| decision.0),
        uses: wanted,
    };
    let proposal = RefundProposal::Payment(asked);
    refund_requests::done_or_proposed(store, clock, actor, at.0, (done, &proposal))
}

fn too_much(used: Vnd, amount: Vnd) -> ServiceError {
    let over = used.checked_sub(amount).unwrap_or_default();
    let (used, amount, over) = (used.grouped(), amount.grouped(), over.grouped());
    ServiceError::refused(Diagnostic::new(
        "split_too_much",
        format!(
            "Các khoản đã ghi cộng lại {used} ₫, nhiều hơn số tiền {amount} ₫ của giao dịch. Bớt đi {over} ₫."
        ),
        format!(
            "The shares make {used} ₫, more than the {amount} ₫ of the payment. Take {over} ₫ off."
        ),
    ))
}

fn unnamed(rest: Vnd) -> ServiceError {
    let rest = rest.grouped();
    ServiceError::refused(Diagnostic::new(
        "rest_unnamed",
        format!(
            "Còn lại {rest} ₫. Chọn cách xử lý phần còn lại: ghi số dư, hoàn trả, để lại chờ, hoặc không phải khoản thu."
        ),
        format!("{rest} ₫ are left. Choose what becomes of them: credit, refund, wait, or no fee."),
    ))
}

fn nothing() -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "split_nothing",
        "Chưa ghi số tiền cho khoản nào. Tìm học sinh rồi ghi số tiền vào khoản phải thu.",
        "No invoice has an amount yet. Look for a student and write an amount beside an invoice.",
    ))
}
