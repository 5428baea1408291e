//! What a person decides about a payment: use it, take a use back. Nothing is edited; each decision
//! reverses what stood before and stays in the history.

use serde::{Deserialize, Serialize};

use crate::clock::{Clock, local_time};
use crate::domain::allocation::{self, Use};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::{DecisionId, FamilyId, InvoiceId, PaymentId, SchoolId};
use crate::domain::lang::Bilingual;
use crate::domain::matching::decision::{Decision, Proposal};
use crate::domain::money::Vnd;
use crate::service::cash::deposits;
use crate::service::ledger::{self, Answer, By};
use crate::service::periods::guard;
use crate::service::settle::{self, Replay};
use crate::service::users::names;
use crate::service::{Actor, ServiceError, directory, limits, payer_memory, payouts};
use crate::store::payments::{self, PaymentRow};
use crate::store::{Store, Tx, decisions, fees, people};

/// How a person uses a payment. What is not named stays unallocated.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
pub struct PersonalUse {
    /// Invoices by code, with the đồng for each.
    #[garde(custom(limits::at_most(limits::USES)), inner(custom(limits::code_with_amount)))]
    pub allocations: Vec<(String, Vnd)>,
    /// Kept as credit of the family of this student (by student code), with the đồng.
    #[garde(inner(custom(limits::code_with_amount)))]
    pub family_credit: Option<(String, Vnd)>,
    /// Paid back to the payer.
    #[garde(inner(custom(limits::positive)))]
    pub refund: Option<Vnd>,
    /// No fee: set aside.
    #[garde(inner(custom(limits::positive)))]
    pub set_aside: Option<Vnd>,
    /// Why; needed where money is set aside or paid back.
    #[garde(length(chars, max = limits::TEXT))]
    pub reason: Option<String>,
}

/// How a payment stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PaymentState {
    /// Which.
    pub id: PaymentId,
    /// The holding decision: send it back with the next change, so that two people do not overwrite
    /// each other.
    pub decision_id: Option<DecisionId>,
    /// Its kind.
    pub decision: String,
    /// Who decided.
    pub decided_by: String,
    /// The whole amount.
    pub amount: Vnd,
    /// Allocated to invoices.
    pub allocated: Vnd,
    /// Kept as family credit.
    pub family_credit: Vnd,
    /// Paid back.
    pub refunded: Vnd,
    /// Set aside.
    pub set_aside: Vnd,
    /// The rest.
    pub unallocated: Vnd,
}

/// Uses a payment as a person says. `expected` is the decision the person saw.
pub fn allocate(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, payment): (SchoolId, PaymentId),
    expected: Option<DecisionId>,
    wanted: &PersonalUse,
) -> Result<PaymentState, ServiceError> {
    refuse_without_reason(wanted)?;
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let row = load_payment(tx, school, payment, expected)?;
        apply(tx, (clock, actor), &school_row, &row, (wanted, BY_PERSON))?;
        state(tx, school, payment)
    })
}

/// Refuses to pay back or to set aside without a reason.
pub(crate) fn refuse_without_reason(wanted: &PersonalUse) -> Result<(), ServiceError> {
    let needed = wanted.refund.is_some() || wanted.set_aside.is_some();
    if needed && wanted.reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
        return Err(reason_needed());
    }
    Ok(())
}

/// Uses a payment, which the caller has loaded and whose school is locked, by this rule.
pub(crate) fn apply(
    tx: &mut Tx<'_>,
    (clock, actor): (&dyn Clock, &Actor),
    school: &crate::store::directory::SchoolRow,
    row: &PaymentRow,
    (wanted, rule): (&PersonalUse, &str),
) -> Result<(), ServiceError> {
    let (uses, families) = uses_of(tx, SchoolId(school.id), wanted)?;
    if uses.iter().any(|used| !matches!(used, Use::SetAside { .. })) {
        payouts::refuse_use(tx, row.id)?;
    }
    deposits::refuse_use(tx, row.id)?;
    allocation::unallocated(Vnd::new(row.amount_dong), &uses).map_err(ledger::refused)?;
    let kind = if wanted.set_aside.is_some() && wanted.allocations.is_empty() {
        "not_income"
    } else if uses.is_empty() {
        "unmatched"
    } else {
        "settled"
    };
    payer_memory::learn(tx, row, &families, clock.now())?;
    answer(tx, clock, actor, school, row, (kind, rule, uses), wanted.reason.clone())
}

/// Confirms the proposal at `index` (0 is the first) of a payment's holding decision.
pub fn confirm(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, payment): (SchoolId, PaymentId),
    expected: Option<DecisionId>,
    index: usize,
) -> Result<PaymentState, ServiceError> {
    let (seen, proposal, credit) = store.read(|tx| {
        let row = load_payment(tx, school, payment, expected)?;
        let proposal = proposal_at(tx, &row, index)?;
        let of: Vec<i64> = proposal.credit_for.into_iter().map(|student| student.0).collect();
        let student = people::students_by_id(tx, &of)?.into_iter().next();
        let credit = student.map(|student| (student.code, proposal.credit));
        Ok::<_, ServiceError>((row.decision_id.map(DecisionId), proposal, credit))
    })?;
    let wanted = PersonalUse {
        family_credit: credit,
        allocations: proposal
            .allocations
            .into_iter()
            .map(|share| (share.code, share.amount))
            .collect(),
        ..PersonalUse::default()
    };
    // What is confirmed is this proposal: when another decision came in between, it is not.
    allocate(store, clock, actor, (school, payment), seen, &wanted)
}

/// Takes back whatever a payment is used for. The machine does not use it again by itself.
pub fn reverse(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, payment): (SchoolId, PaymentId),
    expected: Option<DecisionId>,
    reason: &str,
) -> Result<PaymentState, ServiceError> {
    if reason.trim().is_empty() {
        return Err(reason_needed());
    }
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let row = load_payment(tx, school, payment, expected)?;
        refuse_reversal(tx, &row)?;
        payer_memory::learn(tx, &row, &[], clock.now())?;
        let nothing = ("unmatched", REVERSAL, Vec::new());
        answer(tx, clock, actor, &school_row, &row, nothing, Some(reason.to_owned()))?;
        state(tx, school, payment)
    })
}

/// The rule of a decision by which a person uses a payment.
pub(crate) const BY_PERSON: &str = "person/1";

/// The rule of a decision that one person proposed and another agreed to.
pub(crate) const BY_TWO: &str = "person-agreed/1";

/// The rule of a decision by which a person takes back what stood.
pub(crate) const REVERSAL: &str = "person-reversal/1";

/// Refuses to take back what has a door of its own.
pub(crate) fn refuse_reversal(tx: &mut Tx<'_>, row: &PaymentRow) -> Result<(), ServiceError> {
    if row.channel == "cash_at_school" {
        return Err(ServiceError::conflict(
            "cash_voucher",
            "Đây là phiếu thu tiền mặt. Hãy hủy phiếu thu, số phiếu vẫn được giữ lại.",
            "This is a cash voucher. Void the voucher; its number is kept.",
        ));
    }
    if row.channel == "pos" && row.bank_account_id.is_none() {
        return Err(ServiceError::conflict(
            "pos_slip",
            "Đây là phiếu quẹt thẻ. Hãy hủy phiếu quẹt thẻ.",
            "This is a card slip. Void the slip.",
        ));
    }
    deposits::refuse_use(tx, row.id)
}

/// How a payment stands now.
pub fn find(
    store: &Store,
    school: SchoolId,
    payment: PaymentId,
) -> Result<PaymentState, ServiceError> {
    store.read(|tx| state(tx, school, payment))
}

fn answer(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    actor: &Actor,
    school: &crate::store::directory::SchoolRow,
    row: &PaymentRow,
    (kind, rule, uses): (&'static str, &str, Vec<Use>),
    note: Option<String>,
) -> Result<(), ServiceError> {
    let at = clock.now();
    let answer = Answer {
        payment: row.id,
        fresh: row.decision_id.is_none(),
        kind,
        rule: rule.to_owned(),
        body: serde_json::json!({ "uses": uses }).to_string(),
        uses,
        channel: None,
        confidence: 0,
        note,
    };
    let by = By { actor: actor.as_str(), at, import: None };
    ledger::write_answers(tx, school.id, &[answer], by)?;
    // What this took or gave back may change what the machine can say about others.
    settle::replay(tx, school, &Replay::undecided(), at)
}

pub(crate) fn load_payment(
    tx: &mut Tx<'_>,
    school: SchoolId,
    payment: PaymentId,
    expected: Option<DecisionId>,
) -> Result<PaymentRow, ServiceError> {
    let row = payments::payment(tx, payment.0)?
        .filter(|row| row.school_id == school.0 && !row.voided)
        .ok_or_else(|| {
            ServiceError::not_found("payment", "khoản tiền", "payment", &payment.to_string())
        })?;
    if row.credit_debit != "credit" {
        return Err(ServiceError::conflict(
            "money_out",
            "Đây là tiền ra, không phân bổ được vào khoản phải thu.",
            "This is money out; it cannot be allocated to invoices.",
        ));
    }
    if expected.is_some_and(|expected| Some(expected.0) != row.decision_id) {
        return Err(decided_meanwhile(tx, &row));
    }
    // Every door by which a person reaches a payment leads through here.
    guard::payments_open(tx, &[row.id])?;
    Ok(row)
}

pub(crate) fn state(
    tx: &mut Tx<'_>,
    school: SchoolId,
    payment: PaymentId,
) -> Result<PaymentState, ServiceError> {
    let row =
        payments::payment(tx, payment.0)?.filter(|row| row.school_id == school.0).ok_or_else(
            || ServiceError::not_found("payment", "khoản tiền", "payment", &payment.to_string()),
        )?;
    Ok(state_of(&row))
}

/// How a payment stands, from its row.
pub(crate) fn state_of(row: &PaymentRow) -> PaymentState {
    let used = [row.allocated_dong, row.credited_dong, row.refunded_dong, row.set_aside_dong];
    let rest = used.iter().fold(row.amount_dong, |rest, part| rest.saturating_sub(*part));
    PaymentState {
        id: PaymentId(row.id),
        decision_id: row.decision_id.map(DecisionId),
        decision: row.decision_kind.clone(),
        decided_by: row.decided_by.clone(),
        amount: Vnd::new(row.amount_dong),
        allocated: Vnd::new(row.allocated_dong),
        family_credit: Vnd::new(row.credited_dong),
        refunded: Vnd::new(row.refunded_dong),
        set_aside: Vnd::new(row.set_aside_dong),
        unallocated: Vnd::new(rest),
    }
}

/// The proposal at `index` (0 is the first) of a payment's holding decision.
pub(crate) fn proposal_at(
    tx: &mut Tx<'_>,
    row: &PaymentRow,
    index: usize,
) -> Result<Proposal, ServiceError> {
    let ids: Vec<i64> = row.decision_id.into_iter().collect();
    let body = decisions::decisions_by_id(tx, &ids)?.into_iter().next().map(|row| row.body);
    body.and_then(|body| serde_json::from_str::<Decision>(&body).ok())
        .and_then(|decision| decision.proposals.into_iter().nth(index))
        .ok_or_else(|| ServiceError::not_found("proposal", "gợi ý", "proposal", &index.to_string()))
}

/// The uses a person asked for, and the families they serve.
pub(crate) fn uses_of(
    tx: &mut Tx<'_>,
    school: SchoolId,
    wanted: &PersonalUse,
) -> Result<(Vec<Use>, Vec<i64>), ServiceError> {
    let students = people::students_of(tx, school.0)?;
    let mut uses = Vec::new();
    let mut families = Vec::new();
    for (code, amount) in &wanted.allocations {
        let invoice = fees::find_invoice(tx, school.0, code)?
            .filter(|invoice| !invoice.cancelled)
            .ok_or_else(|| {
                ServiceError::not_found("invoice", "khoản phải thu mang mã", "invoice", code)
            })?;
        families.extend(
            students
                .iter()
                .find(|student| student.id == invoice.student_id)
                .map(|student| student.family_id),
        );
        uses.push(Use::Invoice { invoice: InvoiceId(invoice.id), amount: *amount });
    }
    if let Some((code, amount)) = &wanted.family_credit {
        let student = students
            .iter()
            .find(|student| student.code == *code)
            .ok_or_else(|| ServiceError::not_found("student", "học sinh", "student", code))?;
        families.push(student.family_id);
        uses.push(Use::FamilyCredit { family: FamilyId(student.family_id), amount: *amount });
    }
    if let Some(amount) = wanted.refund {
        uses.push(Use::Refund { amount });
    }
    if let Some(amount) = wanted.set_aside {
        uses.push(Use::SetAside { amount });
    }
    families.sort_unstable();
    families.dedup();
    Ok((uses, families))
}

/// Somebody else decided since the person looked: who, what and when.
pub(crate) fn decided_meanwhile(tx: &mut Tx<'_>, row: &PaymentRow) -> ServiceError {
    let ids: Vec<i64> = row.decision_id.into_iter().collect();
    let holding = match decisions::decisions_by_id(tx, &ids) {
        Ok(rows) => rows.into_iter().next(),
        Err(error) => return error.into(),
    };
    let by = match names::renamed(tx, &row.decided_by) {
        Ok(by) => by,
        Err(error) => return error,
    };
    let words = meanwhile(&by, &row.decision_kind, holding.map(|one| one.decided_at));
    ServiceError::conflict("decided_meanwhile", words.vi, words.en)
}

/// That somebody, or the machine, has just decided about a line.
pub(crate) fn meanwhile(
    decided_by: &str,
    kind: &str,
    decided_at: Option<chrono::NaiveDateTime>,
) -> Bilingual {
    let by = decided_by.strip_prefix("user:");
    let (vi, en) = match (by, kind) {
        (None, _) => ("xét lại", "looked again at"),
        (Some(_), "settled") => ("xác nhận", "confirmed"),
        (Some(_), "unmatched") => ("bỏ khớp", "taken back the use of"),
        (Some(_), "not_income") => ("để riêng", "set aside"),
        (Some(_), _) => ("xử lý", "decided about"),
    };
    let (who_vi, who_en) = by.map_or(("Máy", "The machine"), |name| (name, name));
    let (mut when_vi, mut when_en) = (String::new(), String::new());
    if let Some(at) = decided_at.map(local_time) {
        when_vi = format!(" lúc {} ngày {}", at.format("%H:%M"), at.format("%d/%m/%Y"));
        when_en = format!(" at {} on {}", at.format("%H:%M"), at.format("%Y-%m-%d"));
    }
    Bilingual::new(
        format!("{who_vi} vừa {vi} dòng này{when_vi}. Tải lại để xem kết quả."),
        format!("{who_en} has just {en} this line{when_en}. Reload to see the outcome."),
    )
}

pub(crate) fn reason_needed() -> ServiceError {
    let message = Bilingual::new("Cần ghi lý do cho việc này.", "A reason is needed for this.");
    ServiceError::refused(Diagnostic::new("reason_needed", message.vi, message.en))
}
