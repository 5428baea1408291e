//! Cash taken at the school, by voucher, so that the cashless rate is honest.

use chrono::Datelike;
use serde::Serialize;

use crate::clock::Clock;
use crate::domain::allocation;
use crate::domain::calendar::Day;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::service::decide::{self, PersonalUse};
use crate::service::ledger::{self, Answer, By};
use crate::service::settle::{self, Replay};
use crate::service::{Actor, ServiceError, directory};
use crate::store::evidence::{self, EvidenceRow};
use crate::store::payments::{self, CashVoucherRow, PaymentRow};
use crate::store::{Store, Tx};

/// Cash somebody brought.
#[derive(Clone, Debug)]
pub struct NewCash {
    /// The invoices it pays, by code, with the đồng for each; together the whole sum.
    pub allocations: Vec<(String, Vnd)>,
    /// Who brought it.
    pub payer: String,
    /// The day it was taken.
    pub received_on: Day,
    /// Anything worth keeping.
    pub note: Option<String>,
    /// The sender's own id of this request: the same id again gives the same voucher.
    pub request_key: Option<String>,
}

/// A voucher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Voucher {
    /// The payment it stands for.
    pub payment: PaymentId,
    /// Its number within the school's year, without gaps.
    pub number: i64,
    /// The calendar year of its number.
    pub year: i32,
    /// The sum, in đồng.
    pub amount: Vnd,
}

/// Records cash and pays the invoices with it.
pub fn record(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    cash: &NewCash,
) -> Result<Voucher, ServiceError> {
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        if let Some(key) = &cash.request_key
            && let Some(known) = payments::voucher_of_request(tx, school.0, key)?
        {
            return voucher(tx, &known);
        }
        let at = clock.now();
        let amount = Vnd::checked_sum(cash.allocations.iter().map(|(_, amount)| *amount))
            .ok_or_else(ServiceError::overflow)?;
        let wanted =
            PersonalUse { allocations: cash.allocations.clone(), ..PersonalUse::default() };
        let (uses, _) = decide::uses_of(tx, school, &wanted)?;
        if uses.is_empty() {
            return Err(ServiceError::conflict(
                "nothing_to_pay",
                "Chọn ít nhất một khoản phải thu để ghi phiếu thu.",
                "Choose at least one invoice to record the voucher for.",
            ));
        }
        allocation::unallocated(amount, &uses).map_err(ledger::refused)?;
        let year = cash.received_on.year();
        let number = payments::last_voucher_number(tx, school.0, year)?.saturating_add(1);
        let payment = PaymentRow {
            id: tx.next_id()?,
            school_id: school.0,
            bank_account_id: None,
            entry_id: None,
            credit_debit: "credit".to_owned(),
            channel: "cash_at_school".to_owned(),
            booking_date: cash.received_on,
            order_key: format!("cash:{year}:{number:09}"),
            amount_dong: amount.dong(),
            allocated_dong: 0,
            credited_dong: 0,
            refunded_dong: 0,
            set_aside_dong: 0,
            decision_kind: "new".to_owned(),
            decided_by: actor.as_str().to_owned(),
            decision_id: None,
            voided: false,
        };
        payments::insert_payments(tx, std::slice::from_ref(&payment))?;
        let evidence = EvidenceRow {
            id: tx.next_id()?,
            school_id: school.0,
            payment_id: payment.id,
            import_id: None,
            entry_id: None,
            bank_account_id: None,
            kind: "cash_voucher".to_owned(),
            source: "cash_voucher".to_owned(),
            own_key: payment.order_key.clone(),
            own_ordinal: 0,
            at,
        };
        evidence::insert(tx, &[evidence])?;
        let row = CashVoucherRow {
            id: tx.next_id()?,
            school_id: school.0,
            payment_id: payment.id,
            number,
            year,
            payer: cash.payer.clone(),
            received_on: cash.received_on,
            note: cash.note.clone(),
            request_key: cash.request_key.clone(),
            voided_at: None,
        };
        payments::insert_voucher(tx, &row)?;
        let answer = Answer {
            payment: payment.id,
            fresh: true,
            kind: "settled",
            rule: "cash-voucher/1".to_owned(),
            body: serde_json::json!({ "uses": uses }).to_string(),
            uses,
            channel: None,
            note: cash.note.clone(),
        };
        let by = By { actor: actor.as_str(), at, import: None };
        ledger::write_answers(tx, school.0, &[answer], by)?;
        settle::replay(tx, &school_row, &Replay::undecided(), at)?;
        voucher(tx, &row)
    })
}

/// Voids a voucher: its invoices are open again, its number is kept.
pub fn void(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, payment): (SchoolId, PaymentId),
    reason: &str,
) -> Result<Voucher, ServiceError> {
    if reason.trim().is_empty() {
        return Err(decide::reason_needed());
    }
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let row = decide::load_payment(tx, school, payment, None)?;
        let known = payments::voucher_of(tx, row.id)?.ok_or_else(|| {
            ServiceError::not_found("voucher", "phiếu thu", "voucher", &payment.to_string())
        })?;
        let at = clock.now();
        let answer = Answer {
            payment: row.id,
            fresh: false,
            kind: "unmatched",
            rule: "voucher-voided/1".to_owned(),
            body: serde_json::json!({ "uses": [] }).to_string(),
            uses: Vec::new(),
            channel: None,
            note: Some(reason.to_owned()),
        };
        let by = By { actor: actor.as_str(), at, import: None };
        ledger::write_answers(tx, school.0, &[answer], by)?;
        payments::void_payments(tx, &[row.id])?;
        payments::void_voucher(tx, row.id, at)?;
        settle::replay(tx, &school_row, &Replay::undecided(), at)?;
        voucher(tx, &known)
    })
}

fn voucher(tx: &mut Tx<'_>, row: &CashVoucherRow) -> Result<Voucher, ServiceError> {
    let payment = payments::payment(tx, row.payment_id)?;
    Ok(Voucher {
        payment: PaymentId(row.payment_id),
        number: row.number,
        year: row.year,
        amount: Vnd::new(payment.map_or(0, |payment| payment.amount_dong)),
    })
}
