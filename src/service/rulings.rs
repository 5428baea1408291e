//! What a person says of payments that may be one: the same money, or two payments. It is kept for
//! ever, about the two lines of the bank's, and holds whatever files are taken back or come later.

use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::{DecisionId, EntryId, PaymentId, RulingId, SchoolId};
use crate::domain::money::Vnd;
use crate::service::decide::{self, PaymentState};
use crate::service::ledger::By;
use crate::service::recognise::{Changed, Recorder, Rulings, Window, gather};
use crate::service::settle::{self, Replay};
use crate::service::{Actor, ServiceError, directory, entry};
use crate::store::audit::{self, AuditFact};
use crate::store::payments::{self, EvidenceRow, PaymentRow};
use crate::store::rulings::{self, DoubtRow, RulingRow};
use crate::store::statements::{self, EntryRow};
use crate::store::{Store, Tx};

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
    /// that its file repeats while the running balance stands still.
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
        if let Some(row) = standing(&before, &two).filter(|row| row.kind == asked.verdict.as_str()) {
            let row = row.clone();
            return outcome(tx, school, &row, &two);
        }
        let row = check(tx, school, asked, &two)?;
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
        let recorder =
            Recorder { school: school.0, accounts: &accounts, rulings: said.said(), by };
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
        if let Some(day) = done.first_day {
            settle::replay(tx, &school_row, &Replay::ruled(day), at)?;
        }
        outcome(tx, school, &row, &two)
    })
}

/// The payments of a school that may be others, each with what it may be; oldest day first.
pub fn questions(store: &Store, school: SchoolId) -> Result<Vec<Question>, ServiceError> {
    store.read(|tx| {
        let mut questions = Vec::new();
        for row in rulings::doubts_of(tx, school.0)? {
            let DoubtRow { entry_id, like_entry_id, why, .. } = row;
            let lines = [line_view(tx, entry_id)?, line_view(tx, like_entry_id)?];
            questions.push(Question {
                payment: PaymentId(row.payment_id),
                like: PaymentId(row.like_payment_id),
                lines,
                why,
            });
        }
        Ok(questions)
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
        payments::evidence_of_payment(tx, payment.0)?
            .into_iter()
            .map(|(evidence, row)| view_of(tx, &evidence, row))
            .collect()
    })
}

/// A line that a person speaks of.
struct Spoken {
    /// An entry that shows it.
    entry: EntryRow,
    evidence: EvidenceRow,
    /// The day of the payment that it shows.
    booked_on: Day,
    /// The payment it was said of, which may have been merged since.
    named: i64,
}

fn spoken(
    tx: &mut Tx<'_>,
    (evidence, entry): (EvidenceRow, EntryRow),
    named: Option<i64>,
) -> Result<Spoken, ServiceError> {
    let payment = payments::payment(tx, evidence.payment_id)?;
    Ok(Spoken {
        booked_on: payment.map_or(entry.booking_date, |row| row.booking_date),
        named: named.unwrap_or(evidence.payment_id),
        evidence,
        entry,
    })
}

/// The two lines that the person speaks of.
fn find_two(
    tx: &mut Tx<'_>,
    school: SchoolId,
    asked: &NewRuling,
    before: &[RulingRow],
) -> Result<[Spoken; 2], ServiceError> {
    match asked.pair {
        Pair::Entries(one, other) => {
            let mut line = |id: EntryId| -> Result<Spoken, ServiceError> {
                let missing = || {
                    ServiceError::not_found("entry", "dòng sao kê", "entry", &id.to_string())
                };
                let evidence = payments::evidence_of_entry(tx, id.0)?
                    .filter(|row| row.school_id == school.0)
                    .ok_or_else(missing)?;
                let entry = statements::entries_by_id(tx, &[id.0])?
                    .into_iter()
                    .next()
                    .ok_or_else(missing)?;
                spoken(tx, (evidence, entry), None)
            };
            Ok([line(one)?, line(other)?])
        }
        Pair::Payments(one, other) => {
            // What was said of these payments before was said of two lines of theirs: since then one
            // of them may have become the other.
            let known = before.iter().find(|row| {
                let of = (row.one_payment_id, row.other_payment_id);
                of == (one.0, other.0) || of == (other.0, one.0)
            });
            if let Some(row) = known
                && let Some(two) = lines_of_ruling(tx, row)?
            {
                return Ok(two);
            }
            let mut load = |id: PaymentId| -> Result<PaymentRow, ServiceError> {
                payments::payment(tx, id.0)?
                    .filter(|row| row.school_id == school.0 && !row.voided)
                    .ok_or_else(|| missing_payment(id))
            };
            let (one, other) = (load(one)?, load(other)?);
            lines_of_payments(tx, &one, &other)
        }
    }
}

/// The lines of an earlier ruling, where files still show both.
fn lines_of_ruling(
    tx: &mut Tx<'_>,
    row: &RulingRow,
) -> Result<Option<[Spoken; 2]>, ServiceError> {
    let account = row.bank_account_id;
    let one = (row.one_source.as_str(), row.one_own_key.as_str(), row.one_own_ordinal);
    let other = (row.other_source.as_str(), row.other_own_key.as_str(), row.other_own_ordinal);
    let one = payments::evidence_of_line(tx, account, one)?;
    let other = payments::evidence_of_line(tx, account, other)?;
    let (Some(one), Some(other)) = (one, other) else { return Ok(None) };
    Ok(Some([
        spoken(tx, one, Some(row.one_payment_id))?,
        spoken(tx, other, Some(row.other_payment_id))?,
    ]))
}

/// The lines by which two payments are compared: those in doubt, else two of one source, else the
/// first of each.
fn lines_of_payments(
    tx: &mut Tx<'_>,
    one: &PaymentRow,
    other: &PaymentRow,
) -> Result<[Spoken; 2], ServiceError> {
    let doubts = rulings::doubts_about(tx, &[one.id, other.id])?;
    let doubted = doubts.iter().find_map(|row| {
        match (row.payment_id, row.like_payment_id) {
            of if of == (one.id, other.id) => Some((row.entry_id, row.like_entry_id)),
            of if of == (other.id, one.id) => Some((row.like_entry_id, row.entry_id)),
            _ => None,
        }
    });
    let of_one = payments::evidence_of_payment(tx, one.id)?;
    let of_other = payments::evidence_of_payment(tx, other.id)?;
    let (Some(first), Some(second)) = (of_one.first(), of_other.first()) else {
        return Err(not_from_the_bank());
    };
    let is = |id: i64| move |(_, entry): &&(EvidenceRow, EntryRow)| entry.id == id;
    let pair = doubted
        .and_then(|(a, b)| Some((of_one.iter().find(is(a))?, of_other.iter().find(is(b))?)))
        .or_else(|| {
            of_one.iter().find_map(|(row, entry)| {
                let same = of_other.iter().find(|(other, _)| other.source == row.source)?;
                Some((of_one.iter().find(is(entry.id))?, same))
            })
        })
        .unwrap_or((first, second));
    let (a, b) = (pair.0.clone(), pair.1.clone());
    Ok([spoken(tx, a, Some(one.id))?, spoken(tx, b, Some(other.id))?])
}

/// The newest ruling about two lines.
fn standing<'r>(rows: &'r [RulingRow], [one, other]: &[Spoken; 2]) -> Option<&'r RulingRow> {
    let (one, other) = (id_of(&one.evidence), id_of(&other.evidence));
    rows.iter().find(|row| {
        let of = ids_of(row);
        of == (one, other) || of == (other, one)
    })
}

/// By what a line is known.
type Id<'a> = (&'a str, &'a str, i64);

fn id_of(row: &EvidenceRow) -> Id<'_> {
    (&row.source, &row.own_key, row.own_ordinal)
}

fn ids_of(row: &RulingRow) -> (Id<'_>, Id<'_>) {
    (
        (&row.one_source, &row.one_own_key, row.one_own_ordinal),
        (&row.other_source, &row.other_own_key, row.other_own_ordinal),
    )
}

/// Refuses what cannot be; else the row, but for who, when and why.
fn check(
    tx: &mut Tx<'_>,
    school: SchoolId,
    asked: &NewRuling,
    two: &[Spoken; 2],
) -> Result<RulingRow, ServiceError> {
    let [one, other] = two;
    if id_of(&one.evidence) == id_of(&other.evidence) {
        return Err(one_line(one.evidence.payment_id));
    }
    let (a, b) = (&one.entry, &other.entry);
    let alike = a.bank_account_id == b.bank_account_id
        && a.amount_dong == b.amount_dong
        && a.credit_debit == b.credit_debit;
    if !alike {
        return Err(unlike(a, b));
    }
    for line in two {
        let row = payments::payment(tx, line.evidence.payment_id)?;
        let seen = row.as_ref().and_then(|row| row.decision_id).map(DecisionId);
        if !asked.expected.is_empty() && !seen.is_some_and(|seen| asked.expected.contains(&seen)) {
            return Err(decide::decided_meanwhile(row.as_ref().map_or("", |row| &row.decided_by)));
        }
    }
    Ok(RulingRow {
        id: 0,
        school_id: school.0,
        bank_account_id: a.bank_account_id,
        kind: asked.verdict.as_str().to_owned(),
        one_source: one.evidence.source.clone(),
        one_own_key: one.evidence.own_key.clone(),
        one_own_ordinal: one.evidence.own_ordinal,
        one_booked_on: a.booking_date,
        other_source: other.evidence.source.clone(),
        other_own_key: other.evidence.own_key.clone(),
        other_own_ordinal: other.evidence.own_ordinal,
        other_booked_on: b.booking_date,
        one_payment_id: one.named,
        other_payment_id: other.named,
        reason: String::new(),
        decided_by: String::new(),
        decided_at: chrono::NaiveDateTime::default(),
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
        if let Some(evidence) = payments::evidence_of_entry(tx, line.entry.id)?
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
    let missing = || {
        ServiceError::not_found("entry", "dòng sao kê", "entry", &entry.to_string())
    };
    let evidence = payments::evidence_of_entry(tx, entry)?.ok_or_else(missing)?;
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

fn missing_payment(id: PaymentId) -> ServiceError {
    ServiceError::not_found("payment", "khoản tiền", "payment", &id.to_string())
}

fn not_from_the_bank() -> ServiceError {
    ServiceError::conflict(
        "not_from_the_bank",
        "Chỉ so sánh được các khoản tiền có dòng sao kê ngân hàng. Phiếu thu tiền mặt thì hủy phiếu nếu ghi trùng.",
        "Only payments that a bank statement shows can be compared. Void a cash voucher that was recorded twice.",
    )
}

/// Twice the same line: the entries say which two lines are meant.
fn one_line(payment: i64) -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "same_line",
        format!(
            "Cả hai đều là một dòng sao kê. Anh/chị hãy chọn hai dòng khác nhau; các dòng của khoản tiền {payment} xem ở mục “lines” của khoản tiền đó."
        ),
        format!(
            "Both are one line of the bank's. Choose two different lines; “lines” of payment {payment} lists those that it rests on."
        ),
    ))
}

fn unlike(one: &EntryRow, other: &EntryRow) -> ServiceError {
    let amount = |row: &EntryRow| Vnd::new(row.amount_dong).grouped();
    let (vi, en) = if one.bank_account_id != other.bank_account_id {
        (
            "Hai dòng thuộc hai tài khoản khác nhau".to_owned(),
            "The two lines are of different accounts".to_owned(),
        )
    } else if one.credit_debit != other.credit_debit {
        (
            "Một dòng là tiền vào, dòng kia là tiền ra".to_owned(),
            "One line is money in, the other money out".to_owned(),
        )
    } else {
        (
            format!("Hai dòng có số tiền khác nhau: {} ₫ và {} ₫", amount(one), amount(other)),
            format!("The two lines differ in amount: {} ₫ and {} ₫", amount(one), amount(other)),
        )
    };
    ServiceError::refused(Diagnostic::new(
        "payments_unlike",
        format!(
            "{vi}, nên chắc chắn là hai khoản tiền và không cần xác nhận. Anh/chị kiểm tra lại hai số vừa nhập."
        ),
        format!(
            "{en}, so they are surely two payments and nothing has to be said of them. Check the two numbers."
        ),
    ))
}
