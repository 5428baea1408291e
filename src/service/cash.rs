//! Money that is not a transfer: cash taken at the school by voucher and cards by slip, so that the
//! cashless rate is honest; what of it staff or the terminal brought to the bank; the cash book.

mod batch;
mod book;
pub(crate) mod carried;
mod counts;
pub mod deposits;
pub mod desk;
mod lists;
pub mod pages;
mod slips;

use chrono::{Datelike, NaiveDateTime};
use serde::Serialize;

use crate::clock::Clock;
use crate::domain::allocation::{self, Use};
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

pub use batch::{BatchRow, NewBatch, record_batch};
pub use book::{Book, BookLine, book};
pub(crate) use book::{balance_on, last_movement, went_through};
pub use counts::{CountView, NewCount, count, counts};
pub use lists::{Days, VoucherView, show, vouchers};
pub use slips::{NewSlip, SlipView, record_slip, slips, void_slip};

/// The rule of the decision by which a voucher is voided.
pub(crate) const VOUCHER_VOIDED: &str = "voucher-voided/1";

/// The same of a card slip.
pub(crate) const SLIP_VOIDED: &str = "slip-voided/1";

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
        let row = write_voucher(tx, school, (actor, at), cash, uses)?;
        settle::replay(tx, &school_row, &Replay::undecided(), at)?;
        voucher(tx, &row)
    })
}

/// Writes a voucher with the year's next number. The school's row is locked, so that no other
/// voucher takes the number; one that is not written after all leaves no gap.
fn write_voucher(
    tx: &mut Tx<'_>,
    school: SchoolId,
    (actor, at): (&Actor, NaiveDateTime),
    cash: &NewCash,
    uses: Vec<Use>,
) -> Result<CashVoucherRow, ServiceError> {
    let year = cash.received_on.year();
    let number = payments::last_voucher_number(tx, school.0, year)?.saturating_add(1);
    let taken = Taken {
        channel: "cash_at_school",
        source: "cash_voucher",
        rule: "cash-voucher/1",
        order_key: format!("cash:{year}:{number:09}"),
        day: cash.received_on,
        note: cash.note.clone(),
        uses,
    };
    let payment = take(tx, school, (actor, at), taken)?;
    let row = CashVoucherRow {
        id: tx.next_id()?,
        school_id: school.0,
        payment_id: payment,
        number,
        year,
        payer: cash.payer.clone(),
        received_on: cash.received_on,
        note: cash.note.clone(),
        request_key: cash.request_key.clone(),
        voided_at: None,
        voided_by: None,
        void_reason: None,
    };
    payments::insert_voucher(tx, &row)?;
    Ok(row)
}

/// Money taken at the school, which no bank shows.
struct Taken {
    channel: &'static str,
    source: &'static str,
    rule: &'static str,
    order_key: String,
    day: Day,
    note: Option<String>,
    /// What it pays; together the whole sum.
    uses: Vec<Use>,
}

/// Writes the payment of money taken at the school, and uses it.
fn take(
    tx: &mut Tx<'_>,
    school: SchoolId,
    (actor, at): (&Actor, NaiveDateTime),
    taken: Taken,
) -> Result<i64, ServiceError> {
    let amount = Vnd::checked_sum(taken.uses.iter().map(|used| used.amount()))
        .ok_or_else(ServiceError::overflow)?;
    allocation::unallocated(amount, &taken.uses).map_err(ledger::refused)?;
    let payment = PaymentRow {
        id: tx.next_id()?,
        school_id: school.0,
        bank_account_id: None,
        entry_id: None,
        credit_debit: "credit".to_owned(),
        channel: taken.channel.to_owned(),
        booking_date: taken.day,
        order_key: taken.order_key,
        amount_dong: amount.dong(),
        allocated_dong: 0,
        credited_dong: 0,
        refunded_dong: 0,
        set_aside_dong: 0,
        decision_kind: "new".to_owned(),
        decided_by: actor.as_str().to_owned(),
        decision_id: None,
        voided: false,
        confidence: 0,
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
        source: taken.source.to_owned(),
        own_key: payment.order_key.clone(),
        own_ordinal: 0,
        at,
    };
    evidence::insert(tx, &[evidence])?;
    let answer = Answer {
        payment: payment.id,
        fresh: true,
        kind: "settled",
        rule: taken.rule.to_owned(),
        body: serde_json::json!({ "uses": taken.uses }).to_string(),
        uses: taken.uses,
        channel: None,
        confidence: 0,
        note: taken.note,
    };
    let by = By { actor: actor.as_str(), at, import: None };
    ledger::write_answers(tx, school.0, &[answer], by)?;
    Ok(payment.id)
}

/// Takes back what a payment taken at the school was used for, and says that it does not count.
fn give_up(
    tx: &mut Tx<'_>,
    school: SchoolId,
    (actor, at): (&Actor, NaiveDateTime),
    payment: i64,
    (rule, reason): (&str, &str),
) -> Result<(), ServiceError> {
    deposits::refuse_voiding(tx, payment)?;
    let answer = Answer {
        payment,
        fresh: false,
        kind: "unmatched",
        rule: rule.to_owned(),
        body: serde_json::json!({ "uses": [] }).to_string(),
        uses: Vec::new(),
        channel: None,
        confidence: 0,
        note: Some(reason.to_owned()),
    };
    let by = By { actor: actor.as_str(), at, import: None };
    ledger::write_answers(tx, school.0, &[answer], by)?;
    payments::void_payments(tx, &[payment])?;
    Ok(())
}

/// Voids the voucher or the slip that a payment was taken by; whether it was taken by one.
pub(crate) fn void_taken(
    tx: &mut Tx<'_>,
    school: SchoolId,
    (actor, at): (&Actor, NaiveDateTime),
    payment: &PaymentRow,
    (rule, reason): (&str, &str),
) -> Result<bool, ServiceError> {
    let id = payment.id;
    if payments::voucher_of(tx, id)?.is_some() {
        give_up(tx, school, (actor, at), id, (rule, reason))?;
        payments::void_voucher(tx, id, (at, actor.as_str(), reason))?;
        return Ok(true);
    }
    slips::void_taken(tx, school, (actor, at), id, (rule, reason))
}

/// Voids a voucher: its invoices are open again, its number is kept with who voided it and why.
pub fn void(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, payment): (SchoolId, PaymentId),
    reason: &str,
) -> Result<Voucher, ServiceError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(decide::reason_needed());
    }
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let row = decide::load_payment(tx, school, payment, None)?;
        let known = payments::voucher_of(tx, row.id)?.ok_or_else(|| {
            ServiceError::not_found("voucher", "phiếu thu", "voucher", &payment.to_string())
        })?;
        let at = clock.now();
        give_up(tx, school, (actor, at), row.id, (VOUCHER_VOIDED, reason))?;
        payments::void_voucher(tx, row.id, (at, actor.as_str(), reason))?;
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
