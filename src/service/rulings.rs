//! What a person says of payments that may be one: the same money, or two payments. It is kept for
//! ever, about the two lines of the bank's, and holds whatever files are taken back or come later.

mod pair;

use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::id::{DecisionId, EntryId, PaymentId, RulingId, SchoolId};
use crate::domain::money::Vnd;
use crate::service::decide::{self, PaymentState};
use crate::service::ledger::By;
use crate::service::periods::guard;
use crate::service::recognise::{Changed, Recorder, Rulings, Window, announced, gather};
use crate::service::settle::{self, Replay};
use crate::service::{Actor, ServiceError, directory, entry};
use crate::store::audit::{self, AuditFact};
use crate::store::evidence::{self, EvidenceRow};
use crate::store::rulings::{self, DoubtRow, RulingRow};
use crate::store::statements::{self, EntryRow};
use crate::store::{Store, Tx, payments};
use pair::{Spoken, check, find_two, ids_of, missing_payment, standing};

/// What a person can say of two payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// They are the same money; one payment.
    Same,
    /// Both are real; two payments.
    Distinct,
}

impl Verdict {
    /// `same` or `distinct`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Same => "same",
            Verdict::Distinct => "distinct",
        }
    }
}

/// Which two things a person speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// Two payments.
    Payments(PaymentId, PaymentId),
    /// Two entries: to take apart what was put together, or where payments are not named by number.
    Entries(EntryId, EntryId),
}

/// A bank's line as a file shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LineView {
    /// The entry.
    pub entry: EntryId,
    /// The payment that it shows.
    pub payment: PaymentId,
    /// The file's name.
    pub file: String,
    /// Where it stands in the file.
    pub place: String,
    /// The kind of file.
    pub source: String,
    /// The bank's day.
    #[schema(value_type = String, format = Date)]
    pub booking_date: Day,
    /// `credit` is money in.
    pub credit_debit: String,
    /// How much.
    pub amount: Vnd,
    /// The transfer's text.
    pub remittance: Option<String>,
    /// The bank's reference.
    pub reference: Option<String>,
    /// The account's balance after it, when stated.
    pub balance_after: Option<Vnd>,
}

/// A question for a person: may a payment be another one?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Question {
    /// The payment in doubt, which the machine does not settle.
    pub payment: PaymentId,
    /// The payment that it may be.
    pub like: PaymentId,
    /// The line of the payment in doubt, and the line that it looks like.
    #[schema(value_type = Vec<LineView>)]
    pub lines: [LineView; 2],
    /// `other_reference`: equal lines of two files with different references; `balance_stood`: a line
    /// that its file repeats while the running balance stands still; `announced`: money that a
    /// notification announced and a line of a statement that may be it, told differently.
    pub why: String,
}

/// What a person said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RulingView {
    /// Its id.
    pub id: RulingId,
    /// What was said.
    pub ruling: Verdict,
    /// The payments it was said of, as they were then.
    pub payments: [PaymentId; 2],
    /// Why.
    pub reason: String,
    /// Who said it.
    pub decided_by: String,
    /// When, in UTC.
    pub decided_at: String,
    /// Whether it holds: no newer one speaks of the same two lines.
    pub holds: bool,
}

/// What came of a ruling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Ruled {
    /// The ruling.
    pub ruling: RulingView,
    /// The payments that the two lines show now: one where they are the same.
    pub payments: Vec<PaymentState>,
}

/// What a person asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRuling {
    /// Which two.
    pub pair: Pair,
    /// What they are.
    pub verdict: Verdict,
    /// Why; needed.
    pub reason: String,
    /// The decisions the person saw: where any are given, those of both payments are among them.
    pub expected: Vec<DecisionId>,
}

/// Records what a person says of two payments and lets it take effect: payments that are the same
/// become one, what was put together wrongly comes apart, and the machine decides again from then
/// on. The same ruling again changes nothing.
pub fn rule(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    asked: &NewRuling,
) -> Result<Ruled, ServiceError> {
    if asked.reason.trim().is_empty() {
        return Err(decide::reason_needed());
    }
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let before = rulings::rulings_of(tx, school.0)?;
        let two = find_two(tx, school, asked, &before)?;
        if let Some(row) = standing(&before, &two).filter(|row| row.kind == asked.verdict.as_str())
        {
            let row = row.clone();
            return outcome(tx, school, &row, &two);
        }
        let row = check(tx, school, asked, &two)?;
        // What came late may be spoken of; two payments that closed months have stay as they are.
        let both = [row.one_payment_id, row.other_payment_id];
        let closed = guard::frozen(tx, school.0, &both)?;
        if both.iter().all(|id| closed.contains(id)) {
            guard::payments_open(tx, &both)?;
        }
        let at = clock.now();
        let row = RulingRow {
            id: tx.next_id()?,
            reason: asked.reason.trim().to_owned(),
            decided_by: actor.as_str().to_owned(),
            decided_at: at,
            ..row
        };
        rulings::insert_ruling(tx, &row)?;

        let accounts = entry::accounts(tx, school.0)?;
        let said = Rulings::load(tx, school.0)?;
        let mut window = Window::default();
        for line in &two {
            for day in [line.entry.booking_date, line.booked_on] {
                window.add(line.entry.bank_account_id, day, day);
            }
        }
        let [one, other] = &two;
        let changed = Changed::Ruled([one.entry.id, other.entry.id]);
        let (scene, among) = gather(tx, &accounts, &said, (window.widened(), false), &changed)?;
        let by = By { actor: actor.as_str(), at, import: None };
        let recorder = Recorder { school: school.0, accounts: &accounts, rulings: said.said(), by };
        let done = recorder.run(tx, &scene, &among)?;
        let detail = serde_json::json!({
            "ruling": row.kind, "entries": [one.entry.id, other.entry.id],
            "payments": [row.one_payment_id, row.other_payment_id],
            "merged": done.merged, "reason": row.reason,
        });
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "identity.rule",
            subject_kind: "identity_ruling",
            subject_id: row.id,
            detail: detail.to_string(),
        };
        audit::append(tx, school.0, at, vec![fact])?;
        let asked_of = announced::refresh(tx, school.0, &accounts, (&window, None))?;
        if let Some(day) = [done.first_day, asked_of].into_iter().flatten().min() {
            settle::replay(tx, &school_row, &Replay::ruled(day), at)?;
        }
        outcome(tx, school, &row, &two)
    })
}

/// The payments of a school that may be others, each with what it may be; oldest day first.
pub fn questions(store: &Store, school: SchoolId) -> Result<Vec<Question>, ServiceError> {
    store.read(|tx| {
        rulings::doubts_of(tx, school.0)?.into_iter().map(|row| question(tx, row)).collect()
    })
}

/// A doubt as it is put to a person.
pub(crate) fn question(tx: &mut Tx<'_>, row: DoubtRow) -> Result<Question, ServiceError> {
    let lines = [line_view(tx, row.entry_id)?, line_view(tx, row.like_entry_id)?];
    Ok(Question {
        payment: PaymentId(row.payment_id),
        like: PaymentId(row.like_payment_id),
        lines,
        why: row.why,
    })
}

/// Everything that was ever said of a school's payments, newest first.
pub fn list(store: &Store, school: SchoolId) -> Result<Vec<RulingView>, ServiceError> {
    store.read(|tx| {
        let rows = rulings::rulings_of(tx, school.0)?;
        Ok(rows.iter().enumerate().map(|(place, row)| view(row, &rows, place)).collect())
    })
}

/// The lines that show a payment, by which it can be taken apart.
pub fn lines_of(
    store: &Store,
    school: SchoolId,
    payment: PaymentId,
) -> Result<Vec<LineView>, ServiceError> {
    store.read(|tx| {
        payments::payment(tx, payment.0)?
            .filter(|row| row.school_id == school.0)
            .ok_or_else(|| missing_payment(payment))?;
        evidence::of_payment(tx, payment.0)?
            .into_iter()
            .map(|(evidence, row)| view_of(tx, &evidence, row))
            .collect()
    })
}

fn outcome(
    tx: &mut Tx<'_>,
    school: SchoolId,
    row: &RulingRow,
    two: &[Spoken; 2],
) -> Result<Ruled, ServiceError> {
    let mut ids = Vec::new();
    for line in two {
        if let Some(evidence) = evidence::of_entry(tx, line.entry.id)?
            && !ids.contains(&evidence.payment_id)
        {
            ids.push(evidence.payment_id);
        }
    }
    let payments = ids
        .into_iter()
        .map(|id| decide::state(tx, school, PaymentId(id)))
        .collect::<Result<_, _>>()?;
    Ok(Ruled { ruling: view(row, &[], 0), payments })
}

/// A ruling as it is shown; `rows` are all of them, newest first, and `place` is its own.
fn view(row: &RulingRow, rows: &[RulingRow], place: usize) -> RulingView {
    let (one, other) = ids_of(row);
    let newer = rows.iter().take(place).any(|newer| {
        let of = ids_of(newer);
        of == (one, other) || of == (other, one)
    });
    RulingView {
        id: RulingId(row.id),
        ruling: if row.kind == "same" { Verdict::Same } else { Verdict::Distinct },
        payments: [PaymentId(row.one_payment_id), PaymentId(row.other_payment_id)],
        reason: row.reason.clone(),
        decided_by: row.decided_by.clone(),
        decided_at: format!("{}Z", row.decided_at.format("%Y-%m-%dT%H:%M:%S%.6f")),
        holds: !newer,
    }
}

fn line_view(tx: &mut Tx<'_>, entry: i64) -> Result<LineView, ServiceError> {
    let missing = || ServiceError::not_found("entry", "dòng sao kê", "entry", &entry.to_string());
    let evidence = evidence::of_entry(tx, entry)?.ok_or_else(missing)?;
    let row = statements::entries_by_id(tx, &[entry])?.into_iter().next().ok_or_else(missing)?;
    view_of(tx, &evidence, row)
}

fn view_of(
    tx: &mut Tx<'_>,
    evidence: &EvidenceRow,
    row: EntryRow,
) -> Result<LineView, ServiceError> {
    let file = statements::import(tx, row.import_id)?.map(|import| import.file_name);
    Ok(LineView {
        entry: EntryId(row.id),
        payment: PaymentId(evidence.payment_id),
        file: file.unwrap_or_default(),
        place: row.place,
        source: evidence.source.clone(),
        booking_date: row.booking_date,
        credit_debit: row.credit_debit,
        amount: Vnd::new(row.amount_dong),
        remittance: row.remittance,
        reference: row.reference,
        balance_after: row.balance_after_dong.map(Vnd::new),
    })
}
