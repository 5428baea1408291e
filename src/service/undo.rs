//! Undoes the import of a statement file: what only it showed never happened.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use serde::Serialize;

use crate::clock::Clock;
use crate::domain::id::{ImportId, SchoolId};
use crate::service::ledger::{self, Answer, By};
use crate::service::plan::imports_named;
use crate::service::recognise::{Changed, Recorder, Rulings, Window, announced, gather};
use crate::service::returns::first_held_back;
use crate::service::settle::{self, Replay};
use crate::service::{Actor, ServiceError, directory, entry};
use crate::store::audit::{self, AuditFact};
use crate::store::directory::SchoolRow;
use crate::store::statements::ImportRow;
use crate::store::{Store, Tx, evidence, payments, rulings, statements};

/// What undoing an import changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Undone {
    /// Which import.
    pub id: ImportId,
    /// Payments that nothing shows any more.
    pub payments_voided: u64,
    /// Payments that another file shows too, and that stay.
    pub payments_kept: u64,
}

/// Undoes a committed import; a plan that was never committed is dropped without a trace.
pub fn run(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    id: ImportId,
) -> Result<Undone, ServiceError> {
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let mut total = Undone { id, payments_voided: 0, payments_kept: 0 };
        // The last file of an archive first, as it was committed last.
        for import in imports_named(tx, school, id)?.into_iter().rev() {
            let one = undo_one(tx, &school_row, &import, actor, clock.now())?;
            total.payments_voided = total.payments_voided.saturating_add(one.payments_voided);
            total.payments_kept = total.payments_kept.saturating_add(one.payments_kept);
        }
        Ok(total)
    })
}

fn undo_one(
    tx: &mut Tx<'_>,
    school_row: &SchoolRow,
    import: &ImportRow,
    actor: &Actor,
    at: NaiveDateTime,
) -> Result<Undone, ServiceError> {
    let school = SchoolId(school_row.id);
    let id = ImportId(import.id);
    let mut undone = Undone { id, payments_voided: 0, payments_kept: 0 };
    match import.state.as_str() {
        "planned" => {
            statements::delete_plan(tx, import.id)?;
            return Ok(undone);
        }
        "undone" => return Ok(undone),
        _ => {}
    }
    let mut touched: Vec<i64> = evidence::of_import(tx, import.id)?
        .into_iter()
        .filter(|row| row.kind != "withdrawn")
        .map(|row| row.payment_id)
        .collect();
    touched.sort_unstable();
    touched.dedup();
    let accounts = entry::accounts(tx, school.0)?;
    let said = Rulings::load(tx, school.0)?;
    let by = By { actor: actor.as_str(), at, import: Some(import.id) };
    let around = Window::of(&statements::statements_of(tx, import.id)?);
    let changed = Changed::TakenBack(import.id);
    let (scene, among) = gather(tx, &accounts, &said, (around.widened(), false), &changed)?;
    evidence::withdraw(tx, import.id)?;
    let recorder = Recorder { school: school.0, accounts: &accounts, rulings: said.said(), by };
    let left = recorder.run(tx, &scene, &among)?;
    let mut first_day = left.first_day;
    let mut gone = Vec::new();
    let mut out = BTreeSet::new();
    let mut answers = Vec::new();
    for payment in payments::payments_by_id(tx, &touched)? {
        if left.standing.contains(&payment.id) || left.merged.contains(&payment.id) {
            undone.payments_kept += 1;
            continue;
        }
        let day = payment.booking_date;
        first_day = Some(first_day.map_or(day, |first| first.min(day)));
        gone.push(payment.id);
        if payment.credit_debit == "debit" {
            out.insert(payment.amount_dong);
        }
        answers.push(Answer {
            payment: payment.id,
            fresh: payment.decision_id.is_none(),
            kind: "unmatched",
            rule: "import-undone/1".to_owned(),
            body: serde_json::json!({ "uses": [] }).to_string(),
            uses: Vec::new(),
            channel: None,
            confidence: 0,
            note: None,
        });
    }
    undone.payments_voided = u64::try_from(gone.len()).unwrap_or(u64::MAX);
    ledger::write_answers(tx, school.0, &answers, by)?;
    payments::void_payments(tx, &gone)?;
    let doubts = rulings::doubts_about(tx, &gone)?;
    rulings::delete_doubts(tx, &doubts.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let asked_of = announced::refresh(tx, school.0, &accounts, (&around, None))?;
    statements::mark_undone(tx, import.id, actor.as_str(), at)?;
    let detail = serde_json::json!({
        "file": import.file_name, "sha256": import.sha256, "voided": undone.payments_voided,
    });
    let fact = AuditFact {
        actor: actor.as_str().to_owned(),
        action: "import.undo",
        subject_kind: "import",
        subject_id: import.id,
        detail: detail.to_string(),
    };
    audit::append(tx, school.0, at, vec![fact])?;
    first_day =
        [first_day, asked_of, first_held_back(tx, school.0, &out)?].into_iter().flatten().min();
    if let Some(day) = first_day {
        settle::replay(tx, school_row, &Replay::from(day, import.id), at)?;
    }
    Ok(undone)
}
