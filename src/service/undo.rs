//! Undoes the import of a statement file: what only it showed never happened.

use chrono::NaiveDate;
use serde::Serialize;

use crate::clock::Clock;
use crate::domain::id::{ImportId, SchoolId};
use crate::service::commit::{richness, speak_through};
use crate::service::entry::{self, Accounts};
use crate::service::ledger::{self, Answer, By};
use crate::service::plan::load_import;
use crate::service::settle::{self, Replay};
use crate::service::{Actor, ServiceError, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::payments::{self, EvidenceRow, PaymentRow};
use crate::store::statements::{self, EntryRow};
use crate::store::{Store, Tx};

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
        let import = load_import(tx, school, id)?;
        let at = clock.now();
        let mut undone = Undone { id, payments_voided: 0, payments_kept: 0 };
        match import.state.as_str() {
            "planned" => {
                statements::delete_plan(tx, import.id)?;
                return Ok(undone);
            }
            "undone" => return Ok(undone),
            _ => {}
        }
        let mut touched: Vec<i64> = payments::evidence_of_import(tx, import.id)?
            .into_iter()
            .filter(|row| row.kind != "withdrawn")
            .map(|row| row.payment_id)
            .collect();
        touched.sort_unstable();
        touched.dedup();
        payments::withdraw_evidence(tx, import.id)?;

        let mut rest: std::collections::HashMap<i64, Vec<(EvidenceRow, Option<EntryRow>)>> =
            std::collections::HashMap::new();
        for (row, entry) in payments::evidence_of_payments(tx, &touched)? {
            rest.entry(row.payment_id).or_default().push((row, entry));
        }
        let accounts = entry::accounts(tx, school.0)?;
        let mut first_day: Option<NaiveDate> = None;
        let mut gone = Vec::new();
        let mut answers = Vec::new();
        for payment in payments::payments_by_id(tx, &touched)? {
            if let Some(left) = rest.get(&payment.id) {
                if let Some(day) = keep(tx, &payment, left, &accounts)? {
                    first_day = Some(first_day.map_or(day, |first| first.min(day)));
                }
                undone.payments_kept += 1;
                continue;
            }
            let day = payment.booking_date;
            first_day = Some(first_day.map_or(day, |first| first.min(day)));
            gone.push(payment.id);
            answers.push(Answer {
                payment: payment.id,
                fresh: payment.decision_id.is_none(),
                kind: "unmatched",
                rule: "import-undone/1".to_owned(),
                body: serde_json::json!({ "uses": [] }).to_string(),
                uses: Vec::new(),
                channel: None,
                note: None,
            });
        }
        undone.payments_voided = u64::try_from(gone.len()).unwrap_or(u64::MAX);
        let by = By { actor: actor.as_str(), at, import: Some(import.id) };
        ledger::write_answers(tx, school.0, &answers, by)?;
        payments::void_payments(tx, &gone)?;
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
        if let Some(day) = first_day {
            settle::replay(tx, &school_row, &Replay::from(day, import.id), at)?;
        }
        Ok(undone)
    })
}

/// A payment that another file shows: its first remaining duplicate becomes the witness, and its
/// text comes from what is left. The first day on which another text changes something.
fn keep(
    tx: &mut Tx<'_>,
    payment: &PaymentRow,
    left: &[(EvidenceRow, Option<EntryRow>)],
    accounts: &Accounts,
) -> Result<Option<NaiveDate>, ServiceError> {
    let mut sources: Vec<&str> = left
        .iter()
        .filter(|(row, _)| row.kind != "duplicate")
        .map(|(row, _)| row.source.as_str())
        .collect();
    for (row, _) in left {
        if row.kind == "duplicate" && !sources.contains(&row.source.as_str()) {
            sources.push(&row.source);
            payments::set_evidence_kind(tx, row.id, "witness")?;
        }
    }
    let still_there =
        left.iter().any(|(_, entry)| entry.as_ref().map(|entry| entry.id) == payment.entry_id);
    if still_there {
        return Ok(None);
    }
    let best = left
        .iter()
        .filter_map(|(_, entry)| entry.as_ref())
        .max_by(|one, other| richness(one).cmp(&richness(other)));
    best.map(|entry| speak_through(tx, payment, entry, accounts)).transpose()
}
