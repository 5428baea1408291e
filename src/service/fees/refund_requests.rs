//! Refunds above the school's limit: one person proposes, nothing moves, another agrees or refuses. Who
//! proposed may withdraw.
//!
//! What was proposed is done as it would have been done at once, when it is agreed on: credit that was
//! used meanwhile, or a payment that somebody decided about since, is refused then, in words.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::refund_limit;
use super::refunds::{self, RefundTerms};
use super::{carry, record};
use crate::clock::Clock;
use crate::domain::allocation;
use crate::domain::id::{DecisionId, PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::service::decide::{self, PersonalUse};
use crate::service::second_person::{self, ASKED};
use crate::service::{Actor, MACHINE, ServiceError, directory, ledger, limits};
use crate::store::payments::PaymentRow;
use crate::store::people::{self, StudentRow};
use crate::store::refund_requests::{self as store, RefundRequestRow};
use crate::store::{Store, Tx, corrections};

/// A refund that takes two persons.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RefundProposal {
    /// Credit of a family.
    Credit(#[garde(dive)] RefundTerms),
    /// A payment, or a part of it, to whoever sent it.
    Payment(#[garde(dive)] PaymentRefund),
}

/// How a payment is to be used, a part of it paid back.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct PaymentRefund {
    /// The payment's number.
    pub payment: i64,
    /// The decision that was seen.
    #[serde(default)]
    pub decision_id: Option<i64>,
    /// What it is used for, and how much of it goes back.
    #[garde(dive)]
    pub uses: PersonalUse,
}

/// A proposed refund as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RefundRequestView {
    /// Its number.
    pub id: i64,
    /// What was proposed.
    pub proposal: RefundProposal,
    /// How much goes back, in đồng.
    pub amount: Vnd,
    /// The name of the student whose family it is; empty where it is about a payment only.
    pub student_name: String,
    /// The student's class.
    pub class: String,
    /// Why.
    pub reason: String,
    /// `asked`, `approved`, `refused` or `withdrawn`.
    pub state: String,
    /// Who proposed it.
    pub asked_by: String,
    /// When, in UTC.
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: NaiveDateTime,
    /// Who agreed, refused, or took it back.
    pub decided_by: Option<String>,
    /// Why it was refused.
    pub answer: Option<String>,
    /// The refund that was ordered when it was agreed on.
    pub refund: Option<i64>,
}

/// What a second person says.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(tag = "decision", rename_all = "snake_case", deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub enum RefundAnswer {
    /// It is done now.
    Agree {},
    /// It is not done.
    Refuse {
        /// Why.
        #[garde(custom(limits::reason), length(chars, max = limits::TEXT))]
        reason: String,
    },
}

/// Proposes a refund. Nothing moves before somebody else agrees.
pub fn propose(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    proposal: &RefundProposal,
) -> Result<RefundRequestView, ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let mut row = match proposal {
            RefundProposal::Credit(terms) => of_credit(tx, school, terms)?,
            RefundProposal::Payment(asked) => of_payment(tx, school, asked)?,
        };
        row.id = tx.next_id()?;
        actor.as_str().clone_into(&mut row.asked_by);
        row.asked_at = clock.now();
        store::insert(tx, &row)?;
        note(tx, actor, row.asked_at, "refund.propose", &row)?;
        shown(tx, vec![row]).map(first)
    })
}

/// Agrees to a proposed refund, which then is done, or refuses it with a reason. Who proposed cannot
/// agree.
pub fn answer(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, request): (SchoolId, i64),
    said: &RefundAnswer,
) -> Result<RefundRequestView, ServiceError> {
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let mut row = load(tx, school, request)?;
        let action = match said {
            RefundAnswer::Agree {} => {
                let what = ("hoàn trả", "a refund");
                second_person::refuse_same(&row.asked_by, actor, what)?;
                match proposed(tx, &row)? {
                    RefundProposal::Credit(terms) => {
                        let account = refunds::checked(&terms)?;
                        let student = refunds::student_of(tx, school, &terms.student)?;
                        let by = (row.asked_by.as_str(), actor);
                        let of = (&student, &terms, account.as_str());
                        row.refund_id = Some(refunds::place(tx, clock, by, school, of)?.id);
                    }
                    RefundProposal::Payment(asked) => {
                        let payment = PaymentId(asked.payment);
                        let now = decide::load_payment(tx, school, payment, None)?;
                        if now.decision_id != row.decision_id && is_taken(&now) {
                            return Err(changed());
                        }
                        let how = (&asked.uses, decide::BY_TWO);
                        decide::apply(tx, (clock, actor), &school_row, &now, how)?;
                    }
                }
                "approved".clone_into(&mut row.state);
                "refund.agree"
            }
            RefundAnswer::Refuse { reason } => {
                if reason.trim().is_empty() {
                    return Err(decide::reason_needed());
                }
                "refused".clone_into(&mut row.state);
                row.answer = Some(reason.trim().to_owned());
                "refund.refuse"
            }
        };
        end(tx, clock, actor, row, action)
    })
}

/// Takes a proposal back; only who made it.
pub fn withdraw(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, request): (SchoolId, i64),
) -> Result<RefundRequestView, ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let mut row = load(tx, school, request)?;
        if row.asked_by != actor.as_str() {
            return Err(ServiceError::conflict(
                "refund_not_yours",
                "Chỉ người đề nghị mới rút được đề nghị hoàn trả này. Người có quyền duyệt có thể từ chối và ghi lý do.",
                "Only who proposed this refund can withdraw it. Whoever may agree can refuse it with a reason.",
            ));
        }
        "withdrawn".clone_into(&mut row.state);
        end(tx, clock, actor, row, "refund.withdraw")
    })
}

/// Proposed refunds of a school, newest first; of one state where it is named.
pub fn list(
    store: &Store,
    school: SchoolId,
    state: Option<&str>,
    limit: u32,
) -> Result<Vec<RefundRequestView>, ServiceError> {
    store.read(|tx| {
        let rows = store::page(tx, school.0, (state, None), i64::from(limit))?;
        shown(tx, rows)
    })
}

/// What waits for a second person about one payment.
pub fn waiting_for(
    store: &Store,
    school: SchoolId,
    payment: PaymentId,
) -> Result<Option<RefundRequestView>, ServiceError> {
    store.read(|tx| {
        let rows = store::page(tx, school.0, (Some(ASKED), Some(payment.0)), 1)?;
        Ok(shown(tx, rows)?.pop())
    })
}

fn of_credit(
    tx: &mut Tx<'_>,
    school: SchoolId,
    terms: &RefundTerms,
) -> Result<RefundRequestRow, ServiceError> {
    refunds::checked(terms)?;
    let student = refunds::student_of(tx, school, &terms.student)?;
    let credit = corrections::credit_of(tx, school.0)?
        .into_iter()
        .filter(|(_, family, _)| *family == student.family_id)
        .map(|(_, _, dong)| Vnd::new(dong));
    if terms.amount > Vnd::checked_sum(credit).ok_or_else(ServiceError::overflow)? {
        return Err(carry::too_little_credit());
    }
    for row in store::page(tx, school.0, (Some(ASKED), None), i64::MAX)? {
        let same = row.kind == CREDIT
            && row.student_id == Some(student.id)
            && row.amount_dong == terms.amount.dong();
        if same {
            return Err(waits());
        }
    }
    // What names a person stands in columns of its own, where it can be forgotten.
    let bare = RefundTerms { student: String::new(), reason: String::new(), ..terms.clone() };
    Ok(RefundRequestRow {
        kind: CREDIT.to_owned(),
        student_id: Some(student.id),
        amount_dong: terms.amount.dong(),
        reason: terms.reason.trim().to_owned(),
        ..empty(school, &RefundProposal::Credit(bare))?
    })
}

fn of_payment(
    tx: &mut Tx<'_>,
    school: SchoolId,
    asked: &PaymentRefund,
) -> Result<RefundRequestRow, ServiceError> {
    decide::refuse_without_reason(&asked.uses)?;
    let amount = asked.uses.refund.unwrap_or_default();
    if !amount.is_positive() {
        return Err(ServiceError::refused(crate::domain::diagnostic::Diagnostic::new(
            "refund_nothing",
            "Đề nghị hoàn trả phải có số tiền hoàn trả.",
            "A proposed refund needs an amount to pay back.",
        )));
    }
    let seen = asked.decision_id.map(DecisionId);
    let payment = decide::load_payment(tx, school, PaymentId(asked.payment), seen)?;
    if !store::page(tx, school.0, (Some(ASKED), Some(payment.id)), 1)?.is_empty() {
        return Err(waits());
    }
    let (uses, _) = decide::uses_of(tx, school, &asked.uses)?;
    allocation::unallocated(Vnd::new(payment.amount_dong), &uses).map_err(ledger::refused)?;
    let student = match &asked.uses.family_credit {
        Some((code, _)) => Some(refunds::student_of(tx, school, code)?.id),
        None => None,
    };
    let bare = PersonalUse {
        reason: None,
        family_credit: asked.uses.family_credit.clone().map(|(_, amount)| (String::new(), amount)),
        ..asked.uses.clone()
    };
    let bare = PaymentRefund { decision_id: payment.decision_id, uses: bare, ..*asked };
    Ok(RefundRequestRow {
        kind: "payment".to_owned(),
        student_id: student,
        payment_id: Some(payment.id),
        decision_id: payment.decision_id,
        amount_dong: amount.dong(),
        reason: asked.uses.reason.clone().unwrap_or_default().trim().to_owned(),
        ..empty(school, &RefundProposal::Payment(bare))?
    })
}

const CREDIT: &str = "credit";

fn empty(school: SchoolId, bare: &RefundProposal) -> Result<RefundRequestRow, ServiceError> {
    Ok(RefundRequestRow {
        id: 0,
        school_id: school.0,
        kind: String::new(),
        student_id: None,
        payment_id: None,
        decision_id: None,
        amount_dong: 0,
        body: serde_json::to_string(bare).map_err(|_never| unreadable())?,
        reason: String::new(),
        state: ASKED.to_owned(),
        asked_by: String::new(),
        asked_at: NaiveDateTime::default(),
        decided_by: None,
        decided_at: None,
        answer: None,
        refund_id: None,
    })
}

/// Whether somebody, or the machine, uses a payment. Another proposal of the machine's is no use.
fn is_taken(row: &PaymentRow) -> bool {
    let used = [row.allocated_dong, row.credited_dong, row.refunded_dong, row.set_aside_dong];
    row.decided_by != MACHINE || used.iter().any(|dong| *dong != 0)
}

fn load(tx: &mut Tx<'_>, school: SchoolId, id: i64) -> Result<RefundRequestRow, ServiceError> {
    let row = store::find(tx, id)?.filter(|row| row.school_id == school.0).ok_or_else(|| {
        let key = id.to_string();
        ServiceError::not_found("refund_request", "đề nghị hoàn trả", "refund request", &key)
    })?;
    let words = ("Đề nghị hoàn trả", "refund request");
    second_person::refuse_decided(&row.state, "refund_request_decided", words)?;
    Ok(row)
}

/// What was proposed, with the student as they are called now.
fn proposed(tx: &mut Tx<'_>, row: &RefundRequestRow) -> Result<RefundProposal, ServiceError> {
    let ids: Vec<i64> = row.student_id.into_iter().collect();
    let student = people::students_by_id(tx, &ids)?.into_iter().next();
    whole(row, student.as_ref())
}

fn whole(
    row: &RefundRequestRow,
    student: Option<&StudentRow>,
) -> Result<RefundProposal, ServiceError> {
    let code = student.map(|student| student.code.clone()).unwrap_or_default();
    let mut proposal = serde_json::from_str(&row.body).map_err(|_broken| unreadable())?;
    match &mut proposal {
        RefundProposal::Credit(terms) => {
            terms.student = code;
            terms.reason.clone_from(&row.reason);
        }
        RefundProposal::Payment(asked) => {
            asked.uses.reason = Some(row.reason.clone());
            if let Some((of, _)) = &mut asked.uses.family_credit {
                *of = code;
            }
        }
    }
    Ok(proposal)
}

fn end(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    actor: &Actor,
    mut row: RefundRequestRow,
    action: &'static str,
) -> Result<RefundRequestView, ServiceError> {
    let now = clock.now();
    row.decided_by = Some(actor.as_str().to_owned());
    row.decided_at = Some(now);
    store::decide(tx, &row)?;
    note(tx, actor, now, action, &row)?;
    shown(tx, vec![row]).map(first)
}

fn note(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: NaiveDateTime,
    action: &'static str,
    row: &RefundRequestRow,
) -> Result<(), ServiceError> {
    let detail = serde_json::json!({ "amount_dong": row.amount_dong, "state": row.state });
    record(tx, row.school_id, (actor, now), (action, "refund_request", row.id), &detail)
}

fn shown(
    tx: &mut Tx<'_>,
    rows: Vec<RefundRequestRow>,
) -> Result<Vec<RefundRequestView>, ServiceError> {
    let ids: Vec<i64> = rows.iter().filter_map(|row| row.student_id).collect();
    let students: HashMap<i64, StudentRow> =
        people::students_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row)).collect();
    rows.into_iter()
        .map(|row| {
            let student = row.student_id.and_then(|id| students.get(&id));
            Ok(RefundRequestView {
                id: row.id,
                proposal: whole(&row, student)?,
                amount: Vnd::new(row.amount_dong),
                student_name: student.map(|one| one.name.clone()).unwrap_or_default(),
                class: student.map(|one| one.class.clone()).unwrap_or_default(),
                reason: row.reason,
                state: row.state,
                asked_by: row.asked_by,
                asked_at: row.asked_at,
                decided_by: row.decided_by,
                answer: row.answer,
                refund: row.refund_id,
            })
        })
        .collect()
}

/// The one of a list that was made of one.
fn first(mut views: Vec<RefundRequestView>) -> RefundRequestView {
    views.swap_remove(0)
}

/// What became of a refund that somebody wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placed<T> {
    /// It holds.
    Done(T),
    /// It waits for a second person.
    Proposed(Box<RefundRequestView>),
}

/// Does what one person may do alone, and proposes what they may not.
pub fn done_or_proposed<T>(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    (done, proposal): (Result<T, ServiceError>, &RefundProposal),
) -> Result<Placed<T>, ServiceError> {
    match done {
        Ok(done) => Ok(Placed::Done(done)),
        Err(error) if refund_limit::is_needed(&error) => {
            let asked = propose(store, clock, actor, school, proposal)?;
            Ok(Placed::Proposed(Box::new(asked)))
        }
        Err(error) => Err(error),
    }
}

fn waits() -> ServiceError {
    ServiceError::conflict(
        "refund_request_waits",
        "Đã có đề nghị hoàn trả khoản này đang chờ duyệt. Duyệt, từ chối hoặc rút đề nghị đó trước.",
        "This refund is proposed already and waits for consent. Agree to it, refuse it or withdraw it first.",
    )
}

fn changed() -> ServiceError {
    ServiceError::conflict(
        "refund_request_stale",
        "Giao dịch này đã được xử lý khác đi sau khi có đề nghị, nên không hoàn trả được theo đề nghị. Từ chối đề nghị này; nếu vẫn cần, lập đề nghị mới.",
        "This payment was decided about since the refund was proposed, so it cannot be done as proposed. Refuse it, and propose it anew if it is still needed.",
    )
}

fn unreadable() -> ServiceError {
    ServiceError::conflict(
        "refund_request_unreadable",
        "Không đọc được nội dung đề nghị hoàn trả này. Từ chối đề nghị và lập lại.",
        "This refund request cannot be read. Refuse it and propose it anew.",
    )
}
