//! Undoing: a person takes a decision back as if it had not been made. Where the machine had decided
//! before, it decides again; a closed month stays as it is.

use serde::Serialize;

use crate::clock::Clock;
use crate::domain::id::{DecisionId, PaymentId, SchoolId};
use crate::domain::lang::{Bilingual, Lang};
use crate::service::decide::{self, PaymentState};
use crate::service::ledger::{self, Answer, By};
use crate::service::periods::guard;
use crate::service::settle::{self, Replay};
use crate::service::users::names;
use crate::service::{Actor, MACHINE, ServiceError, Store, directory, payer_memory};
use crate::store::audit::{self, AuditFact};
use crate::store::payments::{self, PaymentRow};
use crate::store::{Tx, decisions, groups};

/// What is noted where a person gives no reason.
const UNDONE: &str = "Hoàn tác";

/// What undoing a group did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct GroupUndone {
    /// The group.
    pub group: i64,
    /// How many payments were taken back now; 0 the second time.
    pub taken_back: usize,
    /// The payments that stay as they are, each with the reason.
    pub left: Vec<Left>,
}

/// A payment of a group that stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Left {
    /// Which.
    pub payment: PaymentId,
    /// Why.
    pub text: String,
}

/// Takes back every payment of a group that still stands as it was confirmed. The same again changes
/// nothing.
pub fn undo_group(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, group): (SchoolId, i64),
    reason: Option<&str>,
    lang: Lang,
) -> Result<GroupUndone, ServiceError> {
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let row = groups::group(tx, group)?.filter(|row| row.school_id == school.0).ok_or_else(
            || ServiceError::not_found("group", "nhóm xác nhận", "group", &group.to_string()),
        )?;
        let at = clock.now();
        let members = groups::members_of(tx, group)?;
        let ids: Vec<i64> = members.iter().map(|member| member.payment_id).collect();
        let closed = guard::frozen(tx, school.0, &ids)?;
        let mut left = Vec::new();
        let mut taken = Vec::new();
        for payment in payments::payments_by_id(tx, &ids)? {
            let member = members.iter().find(|member| member.payment_id == payment.id);
            let stands = member.map(|member| member.decision_id) == payment.decision_id;
            let words = if !stands {
                since(tx, &payment, member.map(|member| member.decision_id))?
            } else if closed.contains(&payment.id) {
                Some(Bilingual::new(
                    "Kỳ của dòng này đã khóa sổ. Muốn hoàn tác, đề nghị kế toán trưởng mở lại kỳ.",
                    "The month of this line is closed. To undo it, ask the chief accountant to open the month again.",
                ))
            } else {
                taken.push(payment);
                continue;
            };
            if let Some(words) = words {
                let text = words.text(lang).to_owned();
                left.push(Left { payment: PaymentId(payment.id), text });
            }
        }
        let by = By { actor: actor.as_str(), at, import: None };
        if !taken.is_empty() {
            take_back(tx, school.0, &taken, (by, reason))?;
            groups::mark_undone(tx, row.id, actor.as_str(), at)?;
            let undone: Vec<i64> = taken.iter().map(|payment| payment.id).collect();
            let fact = AuditFact {
                actor: actor.as_str().to_owned(),
                action: "group.undo",
                subject_kind: "decision_group",
                subject_id: row.id,
                detail: serde_json::json!({ "payments": undone }).to_string(),
            };
            audit::append(tx, school.0, at, vec![fact])?;
            settle::replay(tx, &school_row, &Replay::undecided(), at)?;
        }
        Ok(GroupUndone { group, taken_back: taken.len(), left })
    })
}

/// Takes back one decision of a person. The same again changes nothing; where somebody has decided
/// otherwise since, it is refused with who, what and when.
pub fn undo_payment(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, payment): (SchoolId, PaymentId),
    decision: DecisionId,
    reason: Option<&str>,
) -> Result<PaymentState, ServiceError> {
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let row = payments::payment(tx, payment.0)?.filter(|row| row.school_id == school.0);
        if let Some(row) = row.filter(|row| row.decision_id != Some(decision.0))
            && since(tx, &row, Some(decision.0))?.is_none()
        {
            return Ok(decide::state_of(&row));
        }
        let row = decide::load_payment(tx, school, payment, Some(decision))?;
        if row.decided_by == MACHINE {
            return Err(ServiceError::conflict(
                "not_by_a_person",
                "Dòng này do máy khớp. Muốn đổi, hãy bỏ khớp và ghi lý do.",
                "The machine decided about this line. To change it, take the use back with a reason.",
            ));
        }
        let by = By { actor: actor.as_str(), at: clock.now(), import: None };
        take_back(tx, school.0, &[row], (by, reason))?;
        settle::replay(tx, &school_row, &Replay::undecided(), by.at)?;
        decide::state(tx, school, payment)
    })
}

/// Writes that some payments are used for nothing, and gives those that the machine had decided about
/// before back to it.
fn take_back(
    tx: &mut Tx<'_>,
    school: i64,
    rows: &[PaymentRow],
    (by, reason): (By<'_>, Option<&str>),
) -> Result<(), ServiceError> {
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty()).unwrap_or(UNDONE);
    let mut answers = Vec::with_capacity(rows.len());
    let mut machines = Vec::new();
    for row in rows {
        decide::refuse_reversal(tx, row)?;
        payer_memory::forget(tx, row)?;
        let history = decisions::history(tx, row.id)?;
        let before = history.iter().rev().find(|one| Some(one.id) < row.decision_id);
        if before.is_some_and(|before| before.decided_by == MACHINE) {
            machines.push(row.id);
        }
        answers.push(Answer {
            payment: row.id,
            fresh: row.decision_id.is_none(),
            kind: "unmatched",
            rule: decide::REVERSAL.to_owned(),
            body: serde_json::json!({ "uses": [] }).to_string(),
            uses: Vec::new(),
            channel: None,
            confidence: 0,
            note: Some(reason.to_owned()),
        });
    }
    ledger::write_answers(tx, school, &answers, by)?;
    for payment in machines {
        payments::hand_to_machine(tx, payment)?;
    }
    Ok(())
}

/// What somebody else has decided since a decision; `None` where that was only taken back.
fn since(
    tx: &mut Tx<'_>,
    row: &PaymentRow,
    decision: Option<i64>,
) -> Result<Option<Bilingual>, ServiceError> {
    let history = decisions::history(tx, row.id)?;
    let next = history.iter().find(|one| Some(one.id) > decision);
    if next.is_some_and(|next| next.rule == decide::REVERSAL) {
        return Ok(None);
    }
    let holding = history.iter().find(|one| Some(one.id) == row.decision_id);
    let at = holding.map(|one| one.decided_at);
    let by = names::renamed(tx, &row.decided_by)?;
    Ok(Some(decide::meanwhile(&by, &row.decision_kind, at)))
}
