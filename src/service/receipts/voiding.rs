//! Voiding a receipt: what it confirms is taken back, which voids it. One that was sent to a family
//! takes two persons.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use serde::Serialize;

use super::{issue, letter, load_live};
use crate::clock::Clock;
use crate::domain::allocation::Use;
use crate::domain::id::{FamilyId, InvoiceId, PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::service::ledger::{self, Answer, By};
use crate::service::settle::{self, Replay};
use crate::service::{
    Actor, MACHINE, ServiceError, cash, decide, directory, payer_memory, second_person,
};
use crate::store::audit::{self, AuditFact};
use crate::store::decisions::{self, AllocationRow};
use crate::store::directory::SchoolRow;
use crate::store::fees;
use crate::store::receipts::{self, ReceiptRow, RequestRow};
use crate::store::{Store, Tx};

/// The rule of a decision by which a receipt was voided.
pub(crate) const RULE: &str = "receipt-voided/1";

/// A request to void a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RequestView {
    /// Which.
    pub id: i64,
    /// The receipt.
    pub receipt: i64,
    /// Why.
    pub reason: String,
    /// `asked`, `approved` or `refused`.
    pub state: String,
    /// Who asked.
    pub asked_by: String,
    /// When, in UTC.
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: NaiveDateTime,
    /// Who agreed, or did not; the same person where the receipt had not been sent.
    pub decided_by: Option<String>,
}

pub(super) fn view(row: RequestRow) -> RequestView {
    RequestView {
        id: row.id,
        receipt: row.receipt_id,
        reason: row.reason,
        state: row.state,
        asked_by: row.asked_by,
        asked_at: row.asked_at,
        decided_by: row.decided_by,
    }
}

/// Asks that a receipt be voided. One that was not sent to the family is voided at once; else nothing
/// changes before somebody else agrees.
pub fn ask_void(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, receipt): (SchoolId, i64),
    reason: &str,
) -> Result<RequestView, ServiceError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(decide::reason_needed());
    }
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let row = load_live(tx, school, receipt)?;
        let asked = receipts::requests_of(tx, &[row.id])?;
        if asked.iter().any(|request| request.state == "asked") {
            return Err(ServiceError::conflict(
                "receipt_void_waits",
                "Biên lai này đã có đề nghị hủy đang chờ duyệt.",
                "Somebody asked to void this receipt already; it waits for consent.",
            ));
        }
        let at = clock.now();
        let sent = letter::sent(tx, school.0, &[row.id])?.contains(&row.id);
        let mut request = RequestRow {
            id: tx.next_id()?,
            school_id: school.0,
            receipt_id: row.id,
            reason: reason.to_owned(),
            state: "asked".to_owned(),
            asked_by: actor.as_str().to_owned(),
            asked_at: at,
            decided_by: None,
            decided_at: None,
        };
        if !sent {
            "approved".clone_into(&mut request.state);
            request.decided_by = Some(actor.as_str().to_owned());
            request.decided_at = Some(at);
        }
        receipts::insert_request(tx, &request)?;
        record(tx, (actor, at), "receipt.ask_void", &request)?;
        if !sent {
            carry_out(tx, &school_row, &row, (actor, at), reason)?;
        }
        Ok(view(request))
    })
}

/// Agrees to void a receipt, or does not. Who asked cannot agree.
pub fn decide_void(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, request): (SchoolId, i64),
    agree: bool,
) -> Result<RequestView, ServiceError> {
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let mut request = receipts::request(tx, request)?
            .filter(|row| row.school_id == school.0)
            .ok_or_else(|| {
            let key = request.to_string();
            ServiceError::not_found("receipt_request", "đề nghị hủy biên lai", "request", &key)
        })?;
        let words = ("Đề nghị hủy biên lai", "request");
        second_person::refuse_decided(&request.state, "receipt_void_decided", words)?;
        if agree {
            let what = ("việc hủy biên lai", "voiding a receipt");
            second_person::refuse_same(&request.asked_by, actor, what)?;
        }
        let at = clock.now();
        if agree {
            let row = load_live(tx, school, request.receipt_id)?;
            carry_out(tx, &school_row, &row, (actor, at), &request.reason)?;
        }
        if agree { "approved" } else { "refused" }.clone_into(&mut request.state);
        request.decided_by = Some(actor.as_str().to_owned());
        request.decided_at = Some(at);
        receipts::decide_request(tx, &request)?;
        record(tx, (actor, at), "receipt.decide_void", &request)?;
        Ok(view(request))
    })
}

fn record(
    tx: &mut Tx<'_>,
    (actor, at): (&Actor, NaiveDateTime),
    action: &'static str,
    request: &RequestRow,
) -> Result<(), ServiceError> {
    let fact = AuditFact {
        actor: actor.as_str().to_owned(),
        action,
        subject_kind: "receipt",
        subject_id: request.receipt_id,
        detail: serde_json::json!({
            "reason": request.reason, "request": request.id, "state": request.state,
        })
        .to_string(),
    };
    Ok(audit::append(tx, request.school_id, at, vec![fact])?)
}

/// Takes back what a receipt confirms: of a transfer the student's part, cash and card slips whole, as
/// their papers are.
fn carry_out(
    tx: &mut Tx<'_>,
    school: &SchoolRow,
    receipt: &ReceiptRow,
    (actor, at): (&Actor, NaiveDateTime),
    reason: &str,
) -> Result<(), ServiceError> {
    let id = SchoolId(school.id);
    let payment = decide::load_payment(tx, id, PaymentId(receipt.payment_id), None)?;
    if cash::void_taken(tx, id, (actor, at), &payment, (RULE, reason))? {
        return settle::replay(tx, school, &Replay::undecided(), at);
    }
    decide::refuse_reversal(tx, &payment)?;
    let standing = decisions::standing_allocations(tx, &[payment.id])?;
    let (uses, kind) = without(tx, &standing, receipt.student_id)?;
    if uses.is_empty() {
        payer_memory::learn(tx, &payment, &[], at)?;
    }
    let answer = Answer {
        payment: payment.id,
        fresh: payment.decision_id.is_none(),
        kind,
        rule: RULE.to_owned(),
        body: serde_json::json!({ "uses": uses }).to_string(),
        uses,
        channel: None,
        confidence: 0,
        note: Some(reason.to_owned()),
    };
    ledger::write_answers(
        tx,
        school.id,
        &[answer],
        By { actor: actor.as_str(), at, import: None },
    )?;
    settle::replay(tx, school, &Replay::undecided(), at)
}

/// The uses that stand, without those for one student, and what such a decision is called.
fn without(
    tx: &mut Tx<'_>,
    standing: &[AllocationRow],
    student: i64,
) -> Result<(Vec<Use>, &'static str), ServiceError> {
    let ids: Vec<i64> = standing.iter().filter_map(|row| row.invoice_id).collect();
    let own: Vec<i64> = fees::invoices_by_id(tx, &ids)?
        .into_iter()
        .filter(|row| row.student_id == student)
        .map(|row| row.id)
        .collect();
    let mut sums: BTreeMap<(&str, Option<i64>), i64> = BTreeMap::new();
    for row in standing {
        if row.invoice_id.is_some_and(|invoice| own.contains(&invoice)) {
            continue;
        }
        let sum = sums.entry((&row.target, row.invoice_id.or(row.family_id))).or_default();
        *sum = sum.checked_add(row.amount_dong).ok_or_else(ServiceError::overflow)?;
    }
    let uses: Vec<Use> = sums
        .into_iter()
        .filter_map(|((target, of), dong)| {
            let amount = Vnd::new(dong);
            Some(match target {
                "invoice" => Use::Invoice { invoice: InvoiceId(of?), amount },
                "family_credit" => Use::FamilyCredit { family: FamilyId(of?), amount },
                "refund" => Use::Refund { amount },
                _ => Use::SetAside { amount },
            })
        })
        .collect();
    let kind = if uses.is_empty() {
        "unmatched"
    } else if uses.iter().all(|used| matches!(used, Use::SetAside { .. })) {
        "not_income"
    } else {
        "settled"
    };
    Ok((uses, kind))
}

/// Decisions by which a person takes money away from those it was used for. Facts, such as a file that
/// is taken back, are none.
const TAKING: [&str; 5] =
    [decide::REVERSAL, decide::BY_PERSON, decide::BY_TWO, cash::VOUCHER_VOIDED, cash::SLIP_VOIDED];

/// Refuses a person's answers that would withdraw a receipt which the family has, unless two persons
/// agreed: the gate in front of the ledger.
pub(crate) fn refuse_alone(
    tx: &mut Tx<'_>,
    school: i64,
    answers: &[Answer],
    by: By<'_>,
) -> Result<(), ServiceError> {
    let taking: Vec<&Answer> = answers
        .iter()
        .filter(|answer| !answer.fresh && TAKING.contains(&answer.rule.as_str()))
        .collect();
    if by.actor == MACHINE || taking.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = taking.iter().map(|answer| answer.payment).collect();
    let mut live = receipts::live_of(tx, &ids)?;
    let sent = letter::sent(tx, school, &live.iter().map(|row| row.id).collect::<Vec<_>>())?;
    live.retain(|row| sent.contains(&row.id));
    if live.is_empty() {
        return Ok(());
    }
    for answer in taking {
        let invoices: Vec<i64> = answer
            .uses
            .iter()
            .filter_map(|used| match used {
                Use::Invoice { invoice, .. } => Some(invoice.0),
                _ => None,
            })
            .collect();
        let kept: Vec<i64> =
            fees::invoices_by_id(tx, &invoices)?.into_iter().map(|row| row.student_id).collect();
        let mut of = live.iter().filter(|row| row.payment_id == answer.payment);
        if let Some(row) = of.find(|row| !kept.contains(&row.student_id)) {
            let number = issue::number_of(row);
            return Err(ServiceError::conflict(
                "receipt_sent",
                format!(
                    "Biên lai {number} đã gửi cho gia đình. Mở biên lai, đề nghị hủy và ghi lý do; người thứ hai sẽ duyệt."
                ),
                format!(
                    "The receipt {number} was sent to the family. Open it and ask to void it with a reason; a second person has to agree."
                ),
            ));
        }
    }
    Ok(())
}
