//! Gives credit back to a family: ordered with where it goes, then paid or cancelled.

use serde::{Deserialize, Serialize};

use super::corrections::{add_use, uses_of};
use super::{ItemsByWord, carry, record, refund_limit};
use crate::clock::Clock;
use crate::domain::allocation::Use;
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::money::Vnd;
use crate::service::ledger::{self, Answer, By};
use crate::service::letters::{self, LetterKind, NewLetter};
use crate::service::limits;
use crate::service::{Actor, ServiceError, decide, directory};
use crate::store::corrections::{self as store, RefundPartRow, RefundRow};
use crate::store::people::{self, StudentRow};
use crate::store::{Store, Tx, fees};

/// What is to go back, and where to.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct RefundTerms {
    /// The student whose family it is.
    #[garde(length(chars, max = limits::WORD))]
    pub student: String,
    /// How much, in đồng; at most the family's credit.
    pub amount: Vnd,
    /// The fee item it was paid for, by code or name.
    #[serde(default)]
    #[garde(length(chars, max = limits::WORD))]
    pub item: Option<String>,
    /// The receiving bank's six digits (BIN).
    #[garde(length(chars, max = limits::WORD))]
    pub bin: String,
    /// The receiving account.
    #[garde(length(chars, max = limits::WORD))]
    pub account: String,
    /// Its holder.
    #[garde(length(chars, max = limits::NAME))]
    pub holder: String,
    /// Why.
    #[garde(custom(limits::reason), length(chars, max = limits::TEXT))]
    pub reason: String,
}

/// A refund as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RefundView {
    /// Its number.
    pub id: i64,
    /// What is to go back, and where to.
    #[serde(flatten)]
    pub terms: RefundTerms,
    /// The student's name.
    pub student_name: String,
    /// The student's class.
    pub class: String,
    /// `ordered`, `paid` or `cancelled`.
    pub state: String,
    /// Who ordered it.
    pub ordered_by: String,
    /// The day it was paid.
    #[schema(value_type = Option<String>, format = Date)]
    pub paid_on: Option<Day>,
    /// The bank's reference of the payment.
    pub reference: Option<String>,
}

/// What becomes of a refund that was ordered.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub enum RefundEnd {
    /// The money left.
    Paid {
        /// On this day.
        #[schema(value_type = String, format = Date)]
        on: Day,
        /// The bank's reference.
        #[serde(default)]
        #[garde(length(chars, max = limits::WORD))]
        reference: Option<String>,
    },
    /// It stays as credit after all.
    Cancelled {
        /// Why.
        #[garde(custom(limits::reason), length(chars, max = limits::TEXT))]
        reason: String,
    },
}

/// Orders a refund: the family's credit is kept for it, the oldest first.
pub fn order(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    terms: &RefundTerms,
) -> Result<RefundView, ServiceError> {
    let account = checked(terms)?;
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let student = student_of(tx, school, &terms.student)?;
        refund_limit::refuse_order_alone(tx, school, &student, (terms.amount, clock.now()))?;
        let by = (actor.as_str(), actor);
        let row = place(tx, clock, by, school, (&student, terms, &account))?;
        view(tx, row)
    })
}

/// Checks what can be checked without the database; the account without what people write between its
/// digits.
pub(super) fn checked(terms: &RefundTerms) -> Result<String, ServiceError> {
    if terms.reason.trim().is_empty() {
        return Err(decide::reason_needed());
    }
    let account = directory::account_number(&terms.account);
    let bin_is_one = terms.bin.len() == 6 && terms.bin.bytes().all(|byte| byte.is_ascii_digit());
    if account.is_empty() || !bin_is_one || terms.holder.trim().is_empty() {
        return Err(ServiceError::refused(Diagnostic::new(
            "refund_account",
            "Cần mã BIN 6 chữ số của ngân hàng, số tài khoản và tên chủ tài khoản nhận tiền hoàn.",
            "The bank's six-digit BIN, the account and its holder are needed for a refund.",
        )));
    }
    if !terms.amount.is_positive() {
        return Err(carry::too_little_credit());
    }
    Ok(account)
}

/// The student with this code.
pub(super) fn student_of(
    tx: &mut Tx<'_>,
    school: SchoolId,
    code: &str,
) -> Result<StudentRow, ServiceError> {
    people::find_student(tx, school.0, code)?
        .ok_or_else(|| ServiceError::not_found("student", "học sinh", "student", code))
}

/// Keeps the credit for a refund that was checked, in a school that is locked: `ordered_by` asked for
/// it, and the actor made it hold.
pub(super) fn place(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    (ordered_by, actor): (&str, &Actor),
    school: SchoolId,
    (student, terms, account): (&StudentRow, &RefundTerms, &str),
) -> Result<RefundRow, ServiceError> {
    let now = clock.now();
    let waits = (Some("ordered"), Some(student.id), None);
    let waiting = store::refunds_page(tx, school.0, waits, i64::MAX)?;
    if waiting.iter().any(|row| row.amount_dong == terms.amount.dong() && row.account == account) {
        return Err(ordered_already(terms.amount));
    }
    let item = match &terms.item {
        Some(word) => Some(ItemsByWord::load(tx, school.0)?.load_one(word)?),
        None => None,
    };
    let id = tx.next_id()?;
    let mut rest = terms.amount;
    let mut parts = Vec::new();
    for (payment, family, dong) in store::credit_of(tx, school.0)? {
        let part = rest.min(Vnd::new(dong));
        if family != student.family_id || !part.is_positive() {
            continue;
        }
        rest = rest.checked_sub(part).ok_or_else(ServiceError::overflow)?;
        parts.push(RefundPartRow {
            id: tx.next_id()?,
            school_id: school.0,
            refund_id: id,
            payment_id: payment,
            amount_dong: part.dong(),
        });
    }
    if !rest.is_zero() {
        return Err(carry::too_little_credit());
    }
    let row = RefundRow {
        id,
        school_id: school.0,
        family_id: student.family_id,
        student_id: student.id,
        fee_item_id: item.map(|item| item.id),
        amount_dong: terms.amount.dong(),
        bin: terms.bin.clone(),
        account: account.to_owned(),
        holder: terms.holder.trim().to_owned(),
        reason: terms.reason.clone(),
        state: "ordered".to_owned(),
        ordered_by: ordered_by.to_owned(),
        ordered_at: now,
        closed_by: None,
        closed_at: None,
        paid_on: None,
        reference: None,
    };
    store::insert_refund(tx, &row, &parts)?;
    swap(tx, &row, &parts, true, By { actor: actor.as_str(), at: now, import: None })?;
    let detail = serde_json::json!({ "amount_dong": row.amount_dong });
    record(tx, school.0, (actor, now), ("refund.order", "refund", id), &detail)?;
    Ok(row)
}

/// Says that a refund was paid, or cancels it: then the money is credit again.
pub fn close(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, refund): (SchoolId, i64),
    end: &RefundEnd,
) -> Result<RefundView, ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let now = clock.now();
        let mut row = store::refund(tx, refund)?
            .filter(|row| row.school_id == school.0)
            .ok_or_else(|| {
                let key = refund.to_string();
                ServiceError::not_found("refund", "khoản hoàn trả", "refund", &key)
            })?;
        if row.state != "ordered" {
            return Err(ServiceError::conflict(
                "refund_closed",
                "Khoản hoàn trả này đã được xử lý xong. Tải lại để xem kết quả.",
                "This refund is closed. Reload to see the outcome.",
            ));
        }
        match end {
            RefundEnd::Paid { on, reference } => {
                "paid".clone_into(&mut row.state);
                row.paid_on = Some(*on);
                row.reference.clone_from(reference);
            }
            RefundEnd::Cancelled { reason } => {
                if reason.trim().is_empty() {
                    return Err(decide::reason_needed());
                }
                "cancelled".clone_into(&mut row.state);
                let parts = store::refund_parts_of(tx, row.id)?;
                let by = By { actor: actor.as_str(), at: now, import: None };
                swap(tx, &row, &parts, false, by)?;
            }
        }
        row.closed_by = Some(actor.as_str().to_owned());
        row.closed_at = Some(now);
        store::close_refund(tx, &row)?;
        if row.paid_on.is_some() {
            let letter = NewLetter {
                school,
                kind: LetterKind::Refund,
                family: row.family_id,
                about: row.id,
                key: row.id.to_string(),
            };
            letters::ask(tx, actor.as_str(), now, &[letter])?;
        }
        let detail = serde_json::json!({ "end": end });
        record(tx, school.0, (actor, now), ("refund.close", "refund", row.id), &detail)?;
        view(tx, row)
    })
}

/// The refunds of a school, newest first; of one state where it is named.
pub fn list(
    store: &Store,
    school: SchoolId,
    state: Option<&str>,
) -> Result<Vec<RefundView>, ServiceError> {
    store.read(|tx| {
        let mut rows = store::refunds_of(tx, school.0)?;
        rows.retain(|row| state.is_none_or(|state| row.state == state));
        rows.into_iter().map(|row| view(tx, row)).collect()
    })
}

/// A page of refunds, newest first, and the one after which the next page begins.
pub fn page(
    store: &Store,
    school: SchoolId,
    (state, student, before): (Option<&str>, Option<i64>, Option<i64>),
    limit: u32,
) -> Result<(Vec<RefundView>, Option<i64>), ServiceError> {
    store.read(|tx| {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let wanted = i64::from(limit).saturating_add(1);
        let mut rows = store::refunds_page(tx, school.0, (state, student, before), wanted)?;
        let more = rows.len() > most;
        rows.truncate(most);
        let next = rows.last().map(|row| row.id).filter(|_| more);
        let views: Result<Vec<RefundView>, ServiceError> =
            rows.into_iter().map(|row| view(tx, row)).collect();
        Ok((views?, next))
    })
}

fn ordered_already(amount: Vnd) -> ServiceError {
    let amount = amount.grouped();
    ServiceError::conflict(
        "refund_ordered",
        format!(
            "Học sinh này đã có lệnh hoàn trả {amount} ₫ vào chính tài khoản đó đang chờ chi. Ghi đã chi hoặc hủy lệnh cũ trước."
        ),
        format!(
            "A refund of {amount} ₫ for this student to this very account waits to be paid. Say that it was paid, or cancel it first."
        ),
    )
}

/// Turns credit into a refund, or back.
fn swap(
    tx: &mut Tx<'_>,
    refund: &RefundRow,
    parts: &[RefundPartRow],
    to_refund: bool,
    by: By<'_>,
) -> Result<(), ServiceError> {
    let payments: Vec<i64> = parts.iter().map(|part| part.payment_id).collect();
    let mut uses = uses_of(tx, &payments)?;
    let mut answers = Vec::with_capacity(parts.len());
    for part in parts {
        let amount = Vnd::new(part.amount_dong);
        let mut standing = uses.remove(&part.payment_id).unwrap_or_default();
        if to_refund {
            carry::take_credit(&mut standing, refund.family_id, amount)?;
            add_use(&mut standing, Use::Refund { amount })?;
        } else {
            take_refund(&mut standing, amount)?;
            add_use(&mut standing, carry::credit(refund.family_id, amount))?;
        }
        answers.push(Answer {
            payment: part.payment_id,
            fresh: false,
            kind: "settled",
            rule: "refund/1".to_owned(),
            body: serde_json::json!({ "uses": standing }).to_string(),
            uses: standing,
            channel: None,
            confidence: 0,
            note: Some(refund.reason.clone()),
        });
    }
    ledger::write_dated(tx, refund.school_id, &answers, by)
}

fn take_refund(uses: &mut Vec<Use>, wanted: Vnd) -> Result<(), ServiceError> {
    for used in uses.iter_mut() {
        if let Use::Refund { amount } = used {
            *amount = amount.checked_sub(wanted).ok_or_else(ServiceError::overflow)?;
        }
    }
    uses.retain(|used| !used.amount().is_zero());
    Ok(())
}

pub(super) fn view(tx: &mut Tx<'_>, row: RefundRow) -> Result<RefundView, ServiceError> {
    let student = people::students_by_id(tx, &[row.student_id])?.into_iter().next();
    let item = fees::fee_items_of(tx, row.school_id)?
        .into_iter()
        .find(|item| Some(item.id) == row.fee_item_id)
        .map(|item| item.code);
    let (student, student_name, class) =
        student.map(|student| (student.code, student.name, student.class)).unwrap_or_default();
    Ok(RefundView {
        id: row.id,
        terms: RefundTerms {
            student,
            amount: Vnd::new(row.amount_dong),
            item,
            bin: row.bin,
            account: row.account,
            holder: row.holder,
            reason: row.reason,
        },
        student_name,
        class,
        state: row.state,
        ordered_by: row.ordered_by,
        paid_on: row.paid_on,
        reference: row.reference,
    })
}
