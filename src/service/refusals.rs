//! What persons said a payment is not: "not for this student". It is kept for ever; how long it
//! counts is the matcher's to know.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use crate::clock::{Clock, local_day};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::{DecisionId, PaymentId, SchoolId, StudentId};
use crate::domain::matching::facts::RefusalFacts;
use crate::service::decide::{self, PaymentState};
use crate::service::settle::{self, Replay};
use crate::service::users::names;
use crate::service::{Actor, MACHINE, ServiceError, directory, limits, payer_memory};
use crate::store::audit::{self, AuditFact};
use crate::store::payments::{self, PaymentRow};
use crate::store::people::{self, StudentRow};
use crate::store::refusals::{self, RefusalRow};
use crate::store::{Store, Tx, fees};

/// Whom a payment is not for: a proposal by its place, or a student.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The proposal; 0 is the first. Each of its students is refused.
    #[garde(skip)]
    pub proposal: Option<usize>,
    /// The student, by the school's code. One of the two is given.
    #[garde(length(chars, max = limits::WORD))]
    pub student_code: Option<String>,
    /// Why, where there is something to say.
    #[garde(length(chars, max = limits::TEXT))]
    pub reason: Option<String>,
}

/// Records that a payment is not for a student and lets the machine decide about it again. What the
/// machine had settled for the student is taken back; a payment that a person has used must be
/// reversed first. The same refusal again changes nothing.
pub fn refuse(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, payment): (SchoolId, PaymentId),
    expected: Option<DecisionId>,
    asked: &Refusal,
) -> Result<PaymentState, ServiceError> {
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let row = decide::load_payment(tx, school, payment, expected)?;
        let by_person = row.decided_by != MACHINE;
        let standing = payer_memory::families_standing(tx, &row)?;
        if by_person && is_used(&row) {
            return Err(decided_by_a_person(&names::renamed(tx, &row.decided_by)?));
        }
        let students = students_meant(tx, school, &row, asked)?;
        let known = Refusals::load(tx, school.0)?;
        let known = known.for_payment(row.id).to_vec();
        let new: Vec<&StudentRow> =
            students.iter().filter(|student| !known.contains(&StudentId(student.id))).collect();
        if new.is_empty() {
            return Ok(decide::state_of(&row));
        }

        let at = clock.now();
        let account = payer_memory::payer_account(tx, &row)?;
        let reason = asked.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
        let mut rows = Vec::with_capacity(new.len());
        for student in &new {
            rows.push(RefusalRow {
                id: tx.next_id()?,
                school_id: school.0,
                payment_id: row.id,
                student_id: student.id,
                account: account.clone(),
                refused_on: local_day(at),
                refused_by: actor.as_str().to_owned(),
                refused_at: at,
                reason: reason.map(str::to_owned),
            });
        }
        refusals::insert_refusals(tx, &rows)?;
        let facts = rows.iter().map(|refusal| AuditFact {
            actor: actor.as_str().to_owned(),
            action: "payment.refuse",
            subject_kind: "payment",
            subject_id: row.id,
            detail: serde_json::json!({
                "reason": refusal.reason, "refusal": refusal.id, "student": refusal.student_id,
            })
            .to_string(),
        });
        audit::append(tx, school.0, at, facts.collect())?;
        // Money that stood settled for the student stood there wrongly.
        let lost: Vec<i64> = new
            .iter()
            .map(|student| student.family_id)
            .filter(|family| standing.contains(family))
            .collect();
        payer_memory::contradict(tx, &row, &lost)?;

        if by_person {
            payments::hand_to_machine(tx, row.id)?;
        }
        let replay = if row.allocated_dong > 0 {
            Replay::ruled(row.booking_date)
        } else {
            Replay::undecided()
        };
        settle::replay(tx, &school_row, &replay, at)?;
        decide::state(tx, school, payment)
    })
}

const fn is_used(row: &PaymentRow) -> bool {
    row.allocated_dong > 0
        || row.credited_dong > 0
        || row.refunded_dong > 0
        || row.set_aside_dong > 0
}

fn students_meant(
    tx: &mut Tx<'_>,
    school: SchoolId,
    row: &PaymentRow,
    asked: &Refusal,
) -> Result<Vec<StudentRow>, ServiceError> {
    match (asked.proposal, asked.student_code.as_deref()) {
        (None, Some(code)) => {
            let student = people::find_student(tx, school.0, code)?
                .ok_or_else(|| ServiceError::not_found("student", "học sinh", "student", code))?;
            Ok(vec![student])
        }
        (Some(index), None) => {
            let proposal = decide::proposal_at(tx, row, index)?;
            let invoices: Vec<i64> =
                proposal.allocations.iter().map(|share| share.invoice.0).collect();
            let mut ids: Vec<i64> = fees::invoices_by_id(tx, &invoices)?
                .into_iter()
                .map(|invoice| invoice.student_id)
                .collect();
            ids.sort_unstable();
            ids.dedup();
            if ids.is_empty() {
                return Err(nobody_named());
            }
            Ok(people::students_by_id(tx, &ids)?)
        }
        _ => Err(nobody_named()),
    }
}

fn nobody_named() -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "refusal_of_whom",
        "Cần nêu một gợi ý có học sinh (proposal) hoặc một mã học sinh (student_code), chỉ một trong hai.",
        "Name a proposal that has a student (proposal) or one student (student_code), and only one of the two.",
    ))
}

fn decided_by_a_person(by: &str) -> ServiceError {
    let by = by.strip_prefix("user:").unwrap_or(by);
    ServiceError::conflict(
        "used_by_person",
        format!(
            "Khoản tiền này đã được {by} phân bổ. Hãy bỏ khớp trước, rồi mới từ chối học sinh."
        ),
        format!("{by} has used this payment. Reverse that first, then refuse the student."),
    )
}

/// The refusals of a school that still count against a later confirmation.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    by_payment: HashMap<i64, Vec<StudentId>>,
    by_payer: Vec<RefusalFacts>,
}

impl Refusals {
    /// Those of a school. One that is older than a confirmation of the same payment or account for
    /// the same family has been overtaken.
    pub fn load(tx: &mut Tx<'_>, school: i64) -> Result<Refusals, ServiceError> {
        let mut rows = refusals::refusals_of(tx, school)?;
        if rows.is_empty() {
            return Ok(Refusals::default());
        }
        let mut students: Vec<i64> = rows.iter().map(|row| row.student_id).collect();
        students.sort_unstable();
        students.dedup();
        let families: HashMap<i64, i64> = people::students_by_id(tx, &students)?
            .into_iter()
            .map(|row| (row.id, row.family_id))
            .collect();
        let by_account: HashMap<(String, i64), NaiveDateTime> = people::payers_of(tx, school)?
            .into_iter()
            .filter_map(|row| Some(((row.account, row.family_id), row.confirmed_at?)))
            .collect();
        let of_payment: HashMap<(i64, i64), NaiveDateTime> = refusals::personal_uses(tx, school)?
            .into_iter()
            .map(|row| ((row.payment_id, row.family_id), row.at))
            .collect();
        rows.retain(|row| {
            let family = families.get(&row.student_id).copied().unwrap_or_default();
            let account = row.account.clone().unwrap_or_default();
            let confirmed = by_account.get(&(account, family));
            let used = of_payment.get(&(row.payment_id, family));
            confirmed.max(used).is_none_or(|later| row.refused_at > *later)
        });
        let moved: HashMap<i64, i64> = refusals::moved(tx, school)?
            .into_iter()
            .map(|row| (row.payment_id, row.now_payment_id))
            .collect();
        for row in &mut rows {
            row.payment_id = moved.get(&row.payment_id).copied().unwrap_or(row.payment_id);
        }
        Ok(Refusals::of(rows))
    }

    fn of(rows: Vec<RefusalRow>) -> Refusals {
        let mut refusals = Refusals::default();
        for row in rows {
            let student = StudentId(row.student_id);
            let of_payment = refusals.by_payment.entry(row.payment_id).or_default();
            if !of_payment.contains(&student) {
                of_payment.push(student);
            }
            let Some(account) = row.account else { continue };
            let known = refusals
                .by_payer
                .iter_mut()
                .find(|known| known.account == account && known.student == student);
            if let Some(known) = known {
                known.times = known.times.saturating_add(1);
                known.refused_on = known.refused_on.max(row.refused_on);
            } else {
                let refused_on = row.refused_on;
                refusals.by_payer.push(RefusalFacts { account, student, refused_on, times: 1 });
            }
        }
        refusals
    }

    /// Whom persons refused for payers' accounts.
    pub fn of_payers(&self) -> Vec<RefusalFacts> {
        self.by_payer.clone()
    }

    /// Whom persons refused for one payment.
    pub fn for_payment(&self, payment: i64) -> &[StudentId] {
        self.by_payment.get(&payment).map(Vec::as_slice).unwrap_or_default()
    }
}
