//! Issues a round: what everybody owes is computed, shown, and then written exactly as it was shown.

mod plan;
mod refusals;

use std::collections::HashMap;

use serde::Serialize;

use super::{carry, record, rounds};
use crate::clock::{Clock, local_day};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::money::Vnd;
use crate::domain::payment_code::Prefix;
use crate::service::settle::{self, Replay};
use crate::service::{Actor, ServiceError, directory, letters};
use crate::store::{Store, rounds as store};
pub(super) use plan::Plan;

/// What issuing a round would do, or did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Issue {
    /// Students the round is for.
    pub students: u64,
    /// Invoices: students with at least one line.
    pub invoices: u64,
    /// Of those, with nothing to pay because all is waived.
    pub waived_invoices: u64,
    /// Before exemptions, in đồng.
    pub gross: Vnd,
    /// Waived, in đồng.
    pub waived: Vnd,
    /// Due, in đồng.
    pub net: Vnd,
    /// Credit of the families that pays for some of it at once, in đồng.
    pub credit_used: Vnd,
    /// Families whose credit is used.
    pub credit_families: u64,
    /// The same sums by fee item, in the order of the invoice.
    #[serde(skip)]
    pub items: Vec<ItemSum>,
    /// Codes of students whose family has no e-mail address.
    pub without_email: Vec<String>,
    /// Codes of students without a single line.
    pub without_lines: Vec<String>,
    /// What keeps the round from being issued.
    #[schema(value_type = Vec<Object>)]
    pub problems: Vec<Diagnostic>,
    /// Of everything that would be written; send it back to issue exactly this.
    pub fingerprint: String,
}

/// What one fee item comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemSum {
    /// The item's name.
    pub name: String,
    /// Students who are charged for it.
    pub students: u64,
    /// Units they had.
    pub quantity: i64,
    /// Before exemptions, in đồng.
    pub gross: Vnd,
    /// Waived, in đồng.
    pub waived: Vnd,
    /// Due, in đồng.
    pub net: Vnd,
}

/// Computes a draft without writing anything.
pub fn preview(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
    round: &str,
) -> Result<Issue, ServiceError> {
    let day = local_day(clock.now());
    store.read(|tx| {
        let round = rounds::load(tx, school, round)?;
        rounds::must_be_draft(tx, &round)?;
        let plan = Plan::make(tx, school, &round, day, &HashMap::new())?;
        plan.summary(tx, school)
    })
}

/// Issues a draft: invoices with numbers, codes and instalments; families' credit is used at once, and
/// payments that waited for these invoices are looked at again. `expected` is the fingerprint of the
/// preview: where the figures are others by now, nothing is written.
pub fn issue(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    prefixes: &[Prefix],
    of: (SchoolId, &str),
    expected: &str,
) -> Result<Issue, ServiceError> {
    issue_and_tell(store, clock, actor, prefixes, of, (expected, false))
}

/// The same; where `tell` says so, families are told by mail what they owe.
pub fn issue_and_tell(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    prefixes: &[Prefix],
    (school, round): (SchoolId, &str),
    (expected, tell): (&str, bool),
) -> Result<Issue, ServiceError> {
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let round = rounds::load(tx, school, round)?;
        rounds::must_be_draft(tx, &round)?;
        let now = clock.now();
        let plan = Plan::make(tx, school, &round, local_day(now), &HashMap::new())?;
        let mut issue = plan.summary(tx, school)?;
        if !issue.problems.is_empty() {
            return Err(ServiceError::Refused(issue.problems));
        }
        if issue.invoices == 0 {
            return Err(nothing_to_issue());
        }
        if issue.fingerprint != expected {
            return Err(changed_since());
        }
        let written = plan.write(tx, school, prefixes, now, None)?;
        let by = (actor.as_str(), now);
        store::mark_issued(tx, round.id, (&issue.fingerprint, by.0, by.1))?;
        let detail = serde_json::json!({
            "code": round.code, "fingerprint": issue.fingerprint, "invoices": issue.invoices,
            "net_dong": issue.net.dong(),
        });
        record(tx, school.0, (actor, now), ("round.issue", "round", round.id), &detail)?;
        let carried = carry::use_credit(tx, school, &written, by)?;
        issue.credit_used = carried.used;
        issue.credit_families = carried.families;
        settle::replay(tx, &school_row, &Replay::undecided(), now)?;
        if tell {
            letters::ask_for_round(tx, school, round.id, (actor, now))?;
        }
        Ok(issue)
    })
}

fn nothing_to_issue() -> ServiceError {
    ServiceError::conflict(
        "nothing_to_issue",
        "Đợt thu không có học sinh nào phải thu. Kiểm tra phạm vi, khoản thu và số lượng.",
        "Nobody owes anything in this round. Check whom it is for, its items and quantities.",
    )
}

fn changed_since() -> ServiceError {
    ServiceError::conflict(
        "round_changed",
        "Số liệu đợt thu đã thay đổi sau khi xem trước. Xem lại rồi phát hành.",
        "The figures of the round have changed since the preview. Look at them again, then issue.",
    )
}
