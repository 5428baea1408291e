//! Confirming many lines at once: only those of one rule that nothing warns of, after a person has
//! seen how many they are and their sum; all in one transaction, and kept together to be undone
//! together.

use std::collections::HashMap;

use serde::Serialize;

use super::rows::{Around, blocking, named};
use crate::clock::Clock;
use crate::domain::allocation::Use;
use crate::domain::calendar::vietnamese_day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::{DecisionId, FamilyId, InvoiceId, PaymentId, SchoolId};
use crate::domain::lang::{Bilingual, Lang};
use crate::domain::matching::decision::{Decision, Proposal};
use crate::domain::money::Vnd;
use crate::service::cash::deposits;
use crate::service::explain::rule_text;
use crate::service::ledger::{self, Answer, By};
use crate::service::periods::guard;
use crate::service::settle::{self, Replay};
use crate::service::users::names;
use crate::service::{Actor, ServiceError, Store, decide, directory, payer_memory, payouts};
use crate::store::audit::{self, AuditFact};
use crate::store::decisions::{self, DecisionRow};
use crate::store::groups::{self, GroupMemberRow, GroupRow};
use crate::store::payments::{self, PaymentRow};
use crate::store::{Tx, fees, people};

/// The most lines that are confirmed at once.
pub const MOST: usize = 200;

/// A line that a person ticked, and the decision that the person saw.
pub type Ticked = (PaymentId, DecisionId);

/// What a person is about to confirm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Preview {
    /// How many lines.
    pub count: usize,
    /// Their sum.
    pub sum: Vnd,
    /// The rule that proposed all of them, with its version.
    pub rule: String,
    /// What the rule says.
    pub rule_text: String,
}

/// A line that somebody, or the machine, has decided about since the person saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Conflict {
    /// Which line.
    pub payment: PaymentId,
    /// Who decided meanwhile: `machine` or `user:NAME`.
    pub decided_by: String,
    /// The same in words: who, what and when.
    pub text: String,
}

/// What confirming did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct BulkDone {
    /// The group, to be undone as one; none where nothing was confirmed.
    pub group: Option<i64>,
    /// How many lines were confirmed.
    pub confirmed: usize,
    /// Their sum.
    pub sum: Vnd,
    /// The lines that were left as somebody else has decided.
    pub conflicts: Vec<Conflict>,
}

/// What confirming the first proposals of some lines would do. Refuses, each by name and with the
/// reason, lines that cannot be confirmed together with others.
pub fn preview(
    store: &Store,
    school: SchoolId,
    ticked: &[Ticked],
    lang: Lang,
) -> Result<Preview, ServiceError> {
    check_number(ticked)?;
    store.read(|tx| {
        let seen = Seen::load(tx, school, ticked)?;
        let mut refused = seen.refused;
        refused.extend(
            seen.meanwhile.iter().map(|(row, words)| named_line(row, "decided_meanwhile", words)),
        );
        if !refused.is_empty() {
            return Err(ServiceError::Refused(refused));
        }
        Ok(Preview {
            count: seen.ready.len(),
            sum: sum_of(seen.ready.iter().map(|one| &one.row))?,
            rule_text: rule_text(&seen.rule, lang),
            rule: seen.rule,
        })
    })
}

/// Confirms the first proposal of each line that is still as the person saw it; the others are told.
/// `expected` is the count and the sum that the person agreed to.
pub fn confirm(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    ticked: &[Ticked],
    (expected_count, expected_sum): (usize, Vnd),
    lang: Lang,
) -> Result<BulkDone, ServiceError> {
    check_number(ticked)?;
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let seen = Seen::load(tx, school, ticked)?;
        let meanwhile = seen.meanwhile.iter().map(|(row, _)| row);
        let all = sum_of(seen.ready.iter().map(|one| &one.row).chain(meanwhile))?;
        let count = seen.ready.len().saturating_add(seen.meanwhile.len());
        if !seen.refused.is_empty() {
            return Err(ServiceError::Refused(seen.refused));
        }
        if (count, all) != (expected_count, expected_sum) {
            return Err(other_sum(count, all));
        }
        let at = clock.now();
        let by = By { actor: actor.as_str(), at, import: None };
        let conflicts: Vec<Conflict> = seen
            .meanwhile
            .into_iter()
            .map(|(row, words)| Conflict {
                payment: PaymentId(row.id),
                decided_by: row.decided_by,
                text: words.text(lang).to_owned(),
            })
            .collect();
        if seen.ready.is_empty() {
            return Ok(BulkDone { group: None, confirmed: 0, sum: Vnd::ZERO, conflicts });
        }
        let mut answers = Vec::with_capacity(seen.ready.len());
        for one in &seen.ready {
            payer_memory::learn(tx, &one.row, &one.families, at)?;
            answers.push(Answer {
                payment: one.row.id,
                fresh: one.row.decision_id.is_none(),
                kind: "settled",
                rule: "person/1".to_owned(),
                body: serde_json::json!({ "uses": one.uses }).to_string(),
                uses: one.uses.clone(),
                channel: None,
                confidence: 0,
                note: None,
            });
        }
        ledger::write_answers(tx, school.0, &answers, by)?;
        let sum = sum_of(seen.ready.iter().map(|one| &one.row))?;
        let confirmed = seen.ready.len();
        let group = keep(tx, school, &seen.ready, (&seen.rule, sum, by))?;
        settle::replay(tx, &school_row, &Replay::undecided(), at)?;
        Ok(BulkDone { group: Some(group), confirmed, sum, conflicts })
    })
}

/// Writes down which lines were confirmed together.
fn keep(
    tx: &mut Tx<'_>,
    school: SchoolId,
    ready: &[Ready],
    (rule, sum, by): (&str, Vnd, By<'_>),
) -> Result<i64, ServiceError> {
    let ids: Vec<i64> = ready.iter().map(|one| one.row.id).collect();
    let id = tx.next_id()?;
    let mut members = Vec::with_capacity(ids.len());
    for row in payments::payments_by_id(tx, &ids)? {
        let Some(decision_id) = row.decision_id else { continue };
        members.push(GroupMemberRow {
            id: tx.next_id()?,
            school_id: school.0,
            group_id: id,
            payment_id: row.id,
            decision_id,
        });
    }
    let group = GroupRow {
        id,
        school_id: school.0,
        rule: rule.to_owned(),
        payments: i64::try_from(members.len()).unwrap_or(i64::MAX),
        amount_dong: sum.dong(),
        last_decision_id: members.iter().map(|member| member.decision_id).max().unwrap_or_default(),
        decided_by: by.actor.to_owned(),
        decided_at: by.at,
        undone_by: None,
        undone_at: None,
    };
    groups::insert_group(tx, &group, &members)?;
    let detail = serde_json::json!({
        "amount_dong": sum.dong(), "payments": ids, "rule": rule,
    });
    let fact = AuditFact {
        actor: by.actor.to_owned(),
        action: "group.confirm",
        subject_kind: "decision_group",
        subject_id: id,
        detail: detail.to_string(),
    };
    audit::append(tx, school.0, by.at, vec![fact])?;
    Ok(id)
}

/// A line that can be confirmed.
struct Ready {
    row: PaymentRow,
    uses: Vec<Use>,
    families: Vec<i64>,
}

/// The ticked lines as they stand now.
struct Seen {
    rule: String,
    ready: Vec<Ready>,
    refused: Vec<Diagnostic>,
    meanwhile: Vec<(PaymentRow, Bilingual)>,
}

impl Seen {
    fn load(tx: &mut Tx<'_>, school: SchoolId, ticked: &[Ticked]) -> Result<Seen, ServiceError> {
        let ids: Vec<i64> = ticked.iter().map(|(payment, _)| payment.0).collect();
        let mut rows: HashMap<i64, PaymentRow> = payments::payments_by_id(tx, &ids)?
            .into_iter()
            .filter(|row| row.school_id == school.0 && !row.voided)
            .map(|row| (row.id, row))
            .collect();
        let holding: Vec<i64> = rows.values().filter_map(|row| row.decision_id).collect();
        let holding: HashMap<i64, DecisionRow> = decisions::decisions_by_id(tx, &holding)?
            .into_iter()
            .map(|row| (row.id, row))
            .collect();
        let closed = guard::frozen(tx, school.0, &ids)?;
        let mut seen = Seen {
            rule: String::new(),
            ready: Vec::new(),
            refused: Vec::new(),
            meanwhile: Vec::new(),
        };
        let mut chosen: Vec<(PaymentRow, Decision, Proposal)> = Vec::new();
        for (payment, version) in ticked {
            let row = rows.remove(&payment.0).ok_or_else(|| {
                ServiceError::not_found("payment", "khoản tiền", "payment", &payment.to_string())
            })?;
            let decision = row.decision_id.and_then(|id| holding.get(&id));
            if row.decision_id != Some(version.0) {
                let at = decision.map(|one| one.decided_at);
                let by = names::renamed(tx, &row.decided_by)?;
                let words = decide::meanwhile(&by, &row.decision_kind, at);
                seen.meanwhile.push((row, words));
                continue;
            }
            let body = decision.and_then(|one| serde_json::from_str::<Decision>(&one.body).ok());
            let first = body.as_ref().and_then(|body| body.proposals.first().cloned());
            match (body, first) {
                _ if closed.contains(&row.id) => seen.refuse(&row, "period_closed", &CLOSED),
                (Some(body), Some(first)) if !first.allocations.is_empty() => {
                    chosen.push((row, body, first));
                }
                _ => seen.refuse(&row, "no_proposal", &NO_PROPOSAL),
            }
        }
        seen.choose(tx, chosen)?;
        Ok(seen)
    }

    fn refuse(&mut self, row: &PaymentRow, code: &str, (vi, en): &(&'static str, &'static str)) {
        self.refused.push(named_line(row, code, &Bilingual::new(*vi, *en)));
    }

    /// Sorts out which of the lines can be confirmed together.
    fn choose(
        &mut self,
        tx: &mut Tx<'_>,
        chosen: Vec<(PaymentRow, Decision, Proposal)>,
    ) -> Result<(), ServiceError> {
        let invoices: Vec<i64> = chosen.iter().flat_map(|(_, body, _)| named(body)).collect();
        let around = Around::load(tx, invoices.clone())?;
        let families = families_of(tx, &invoices, &chosen)?;
        let mut open: HashMap<i64, Vnd> = HashMap::new();
        for (row, body, first) in chosen {
            if self.rule.is_empty() {
                self.rule = body.rule.to_string();
            }
            if body.rule != self.rule {
                self.refuse(&row, "mixed_rules", &MIXED);
                continue;
            }
            let warns = blocking(&body, &first, &around, Vnd::new(row.amount_dong));
            if let Some(warning) = warns.first() {
                self.refused.push(named_line(&row, &warning.code, &warning.text));
                continue;
            }
            let mut enough = true;
            for share in &first.allocations {
                let left =
                    open.entry(share.invoice.0).or_insert_with(|| around.open(share.invoice.0));
                match left.checked_sub(share.amount).filter(|rest| rest.dong() >= 0) {
                    Some(rest) => *left = rest,
                    None => enough = false,
                }
            }
            if !enough {
                self.refuse(&row, "already_paid", &TWICE);
                continue;
            }
            if let Err(error) =
                payouts::refuse_use(tx, row.id).and_then(|()| deposits::refuse_use(tx, row.id))
            {
                let Some(first) = error.diagnostics().first().cloned() else { return Err(error) };
                self.refused.push(named_line(&row, &first.code, &first.message));
                continue;
            }
            self.ready.push(ready(row, &first, &families));
        }
        Ok(())
    }
}

/// The families of some invoices' students, and of the students who would have credit: by invoice,
/// and by student.
type Families = (HashMap<i64, i64>, HashMap<i64, i64>);

fn families_of(
    tx: &mut Tx<'_>,
    invoices: &[i64],
    chosen: &[(PaymentRow, Decision, Proposal)],
) -> Result<Families, ServiceError> {
    let owed: HashMap<i64, i64> = fees::invoices_by_id(tx, invoices)?
        .into_iter()
        .map(|row| (row.id, row.student_id))
        .collect();
    let mut students: Vec<i64> = owed.values().copied().collect();
    students.extend(chosen.iter().filter_map(|(_, _, one)| one.credit_for.map(|of| of.0)));
    students.sort_unstable();
    students.dedup();
    let by_student: HashMap<i64, i64> = people::students_by_id(tx, &students)?
        .into_iter()
        .map(|row| (row.id, row.family_id))
        .collect();
    let by_invoice = owed
        .into_iter()
        .filter_map(|(invoice, student)| Some((invoice, *by_student.get(&student)?)))
        .collect();
    Ok((by_invoice, by_student))
}

fn ready(row: PaymentRow, first: &Proposal, (by_invoice, by_student): &Families) -> Ready {
    let mut families: Vec<i64> = first
        .allocations
        .iter()
        .filter_map(|share| by_invoice.get(&share.invoice.0).copied())
        .collect();
    let mut uses: Vec<Use> = first
        .allocations
        .iter()
        .map(|share| Use::Invoice { invoice: InvoiceId(share.invoice.0), amount: share.amount })
        .collect();
    let of = first.credit_for.and_then(|student| by_student.get(&student.0).copied());
    if let Some(family) = of.filter(|_| first.credit.is_positive()) {
        families.push(family);
        uses.push(Use::FamilyCredit { family: FamilyId(family), amount: first.credit });
    }
    families.sort_unstable();
    families.dedup();
    Ready { row, uses, families }
}

const CLOSED: (&str, &str) = (
    "Kỳ của dòng này đã khóa sổ. Bỏ chọn dòng này, hoặc đề nghị kế toán trưởng mở lại kỳ.",
    "The month of this line is closed. Untick it, or ask the chief accountant to open the month again.",
);

const NO_PROPOSAL: (&str, &str) = (
    "Dòng này không có gợi ý để xác nhận. Bỏ chọn rồi tìm khoản phải thu cho dòng này.",
    "This line has no proposal to confirm. Untick it and look for its invoice.",
);

const MIXED: (&str, &str) = (
    "Dòng này được gợi ý theo quy tắc khác. Chỉ xác nhận cùng lúc các dòng có cùng quy tắc; hãy bỏ chọn dòng này.",
    "Another rule proposed this line. Only lines of one rule are confirmed together; untick it.",
);

const TWICE: (&str, &str) = (
    "Khoản phải thu không còn đủ cho dòng này (có thể một dòng khác đã chọn cũng nộp cho khoản đó). Bỏ chọn rồi xem riêng.",
    "Too little is open for this line (another ticked line may pay the same invoice). Untick it and look at it alone.",
);

/// A reason with the line it is about.
fn named_line(row: &PaymentRow, code: &str, words: &Bilingual) -> Diagnostic {
    let sum = Vnd::new(row.amount_dong).grouped();
    let day = vietnamese_day(row.booking_date);
    Diagnostic::new(
        code,
        format!("Dòng ngày {day}, {sum} ₫ (số {}): {}", row.id, words.vi),
        format!("Line of {}, {sum} ₫ (number {}): {}", row.booking_date, row.id, words.en),
    )
}

fn sum_of<'a>(rows: impl Iterator<Item = &'a PaymentRow>) -> Result<Vnd, ServiceError> {
    Vnd::checked_sum(rows.map(|row| Vnd::new(row.amount_dong))).ok_or_else(ServiceError::overflow)
}

fn check_number(ticked: &[Ticked]) -> Result<(), ServiceError> {
    let mut ids: Vec<PaymentId> = ticked.iter().map(|(payment, _)| *payment).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || ids.len() != ticked.len() || ids.len() > MOST {
        return Err(ServiceError::refused(Diagnostic::new(
            "bulk_number",
            format!("Hãy chọn từ 1 đến {MOST} dòng, mỗi dòng một lần."),
            format!("Tick 1 to {MOST} lines, each once."),
        )));
    }
    Ok(())
}

fn other_sum(count: usize, sum: Vnd) -> ServiceError {
    let sum = sum.grouped();
    ServiceError::conflict(
        "bulk_changed",
        format!(
            "Các dòng đã chọn nay là {count} dòng, tổng {sum} ₫, khác với số anh/chị đã xem. Xem lại rồi xác nhận."
        ),
        format!(
            "The ticked lines are now {count}, {sum} ₫ together, not what you saw. Look again, then confirm."
        ),
    )
}
