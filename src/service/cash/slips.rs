//! Slips of the school's card terminals. They are cashless, and what the terminal's bank pays out
//! later is the same money again: a deposit, never income.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::lists::{Days, carriers};
use super::{SLIP_VOIDED, Taken, give_up, take};
use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::service::decide::{self, PersonalUse};
use crate::service::limits;
use crate::service::settle::{self, Replay};
use crate::service::{Actor, ServiceError, directory};
use crate::store::cash::{self, SlipRow};
use crate::store::{Store, Tx, payments};

/// A card that was put through a terminal.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewSlip {
    /// The terminal's number.
    #[garde(length(chars, max = limits::WORD))]
    pub terminal: String,
    /// The slip's number there: once a day.
    #[garde(length(chars, max = limits::WORD))]
    pub slip: String,
    /// The day, `YYYY-MM-DD`.
    #[schema(value_type = String, format = Date)]
    pub paid_on: Day,
    /// The invoices it pays, by code, with the đồng for each; together the whole sum.
    #[schema(value_type = Vec<(String, i64)>)]
    pub allocations: Vec<(String, Vnd)>,
    /// Who paid.
    #[garde(length(chars, max = limits::NAME))]
    pub payer: String,
    /// Anything worth keeping.
    #[garde(length(chars, max = limits::TEXT))]
    pub note: Option<String>,
}

/// A slip as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SlipView {
    /// The payment it stands for.
    #[schema(value_type = i64)]
    pub payment: PaymentId,
    /// The terminal's number.
    pub terminal: String,
    /// The slip's number there.
    pub slip: String,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub paid_on: Day,
    /// Who paid.
    pub payer: String,
    /// The sum, in đồng.
    #[schema(value_type = i64)]
    pub amount: Vnd,
    /// Anything worth keeping.
    pub note: Option<String>,
    /// Whether it does not count any more.
    pub voided: bool,
    /// Who voided it.
    pub voided_by: Option<String>,
    /// Why.
    pub void_reason: Option<String>,
    /// The line of the bank that settled it, where that is known.
    #[schema(value_type = Option<i64>)]
    pub deposit: Option<PaymentId>,
}

/// Records a slip and pays the invoices with it. The same request again gives the same slip.
pub fn record_slip(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    new: &NewSlip,
    request_key: Option<&str>,
) -> Result<SlipView, ServiceError> {
    let (terminal, number) = (new.terminal.trim(), new.slip.trim());
    if terminal.is_empty() || number.is_empty() {
        return Err(ServiceError::refused(Diagnostic::new(
            "slip_number",
            "Cần số máy POS và số hóa đơn in trên phiếu quẹt thẻ.",
            "The terminal's number and the number printed on the slip are needed.",
        )));
    }
    let payment = store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        if let Some(key) = request_key
            && let Some(known) = cash::slip_of_request(tx, school.0, key)?
        {
            return Ok(known.payment_id);
        }
        if cash::same_slip(tx, school.0, (terminal, new.paid_on, number))?.is_some() {
            return Err(known_slip(terminal, number));
        }
        let at = clock.now();
        let wanted = PersonalUse { allocations: new.allocations.clone(), ..PersonalUse::default() };
        let (uses, _) = decide::uses_of(tx, school, &wanted)?;
        if uses.is_empty() {
            return Err(ServiceError::conflict(
                "nothing_to_pay",
                "Chọn ít nhất một khoản phải thu cho phiếu quẹt thẻ.",
                "Choose at least one invoice for the slip.",
            ));
        }
        let id = tx.next_id()?;
        let taken = Taken {
            channel: "pos",
            source: "pos_slip",
            rule: "pos-slip/1",
            // A slip that was voided can be recorded again, so the number alone is not enough.
            order_key: format!("pos:{terminal}:{number}:{id}"),
            day: new.paid_on,
            note: new.note.clone(),
            uses,
        };
        let payment = take(tx, school, (actor, at), taken)?;
        let row = SlipRow {
            id,
            school_id: school.0,
            payment_id: payment,
            terminal: terminal.to_owned(),
            slip: number.to_owned(),
            paid_on: new.paid_on,
            payer: new.payer.trim().to_owned(),
            note: new.note.clone(),
            request_key: request_key.map(str::to_owned),
            voided_at: None,
            voided_by: None,
            void_reason: None,
        };
        cash::insert_slip(tx, &row)?;
        settle::replay(tx, &school_row, &Replay::undecided(), at)?;
        Ok(payment)
    })?;
    show(store, school, PaymentId(payment))
}

/// Voids a slip: its invoices are open again.
pub fn void_slip(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, payment): (SchoolId, PaymentId),
    reason: &str,
) -> Result<SlipView, ServiceError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(decide::reason_needed());
    }
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let row = decide::load_payment(tx, school, payment, None)?;
        let at = clock.now();
        if !void_taken(tx, school, (actor, at), row.id, (SLIP_VOIDED, reason))? {
            return Err(no_slip(payment));
        }
        settle::replay(tx, &school_row, &Replay::undecided(), at)
    })?;
    show(store, school, payment)
}

/// Voids the slip of a payment; whether it has one.
pub(super) fn void_taken(
    tx: &mut Tx<'_>,
    school: SchoolId,
    (actor, at): (&Actor, NaiveDateTime),
    payment: i64,
    (rule, reason): (&str, &str),
) -> Result<bool, ServiceError> {
    if cash::slip_of(tx, payment)?.is_none() {
        return Ok(false);
    }
    give_up(tx, school, (actor, at), payment, (rule, reason))?;
    cash::void_slip(tx, payment, (at, actor.as_str(), reason))?;
    Ok(true)
}

/// The slips of some days, voided ones too.
pub fn slips(store: &Store, school: SchoolId, days: Days) -> Result<Vec<SlipView>, ServiceError> {
    let days = days.checked()?;
    store.read(|tx| {
        let carried = carriers(tx, school.0)?;
        let rows = cash::slips(tx, school.0, days)?;
        let deposit = |id: i64| carried.get(&id).map(|id| PaymentId(*id));
        Ok(rows
            .into_iter()
            .map(|(row, payment)| view(row, payment.amount_dong, deposit(payment.id)))
            .collect())
    })
}

fn show(store: &Store, school: SchoolId, payment: PaymentId) -> Result<SlipView, ServiceError> {
    store.read(|tx| {
        let carried = carriers(tx, school.0)?;
        let found = cash::slip_of(tx, payment.0)?.filter(|row| row.school_id == school.0);
        let of = payments::payment(tx, payment.0)?;
        let deposit = carried.get(&payment.0).map(|id| PaymentId(*id));
        found
            .zip(of)
            .map(|(row, payment)| view(row, payment.amount_dong, deposit))
            .ok_or_else(|| no_slip(payment))
    })
}

pub(super) fn view(row: SlipRow, dong: i64, deposit: Option<PaymentId>) -> SlipView {
    SlipView {
        payment: PaymentId(row.payment_id),
        terminal: row.terminal,
        slip: row.slip,
        paid_on: row.paid_on,
        payer: row.payer,
        amount: Vnd::new(dong),
        note: row.note,
        voided: row.voided_at.is_some(),
        voided_by: row.voided_by,
        void_reason: row.void_reason,
        deposit,
    }
}

fn no_slip(payment: PaymentId) -> ServiceError {
    ServiceError::not_found("slip", "phiếu quẹt thẻ", "card slip", &payment.to_string())
}

fn known_slip(terminal: &str, number: &str) -> ServiceError {
    ServiceError::conflict(
        "slip_known",
        format!(
            "Phiếu quẹt thẻ số {number} của máy {terminal} trong ngày này đã được ghi. Nếu ghi sai, hãy hủy phiếu cũ trước."
        ),
        format!(
            "Slip {number} of terminal {terminal} is recorded for this day already. If it is wrong, void it first."
        ),
    )
}
