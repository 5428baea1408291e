//! Tells families about receipts: a letter is asked for in the transaction that issues or voids one.

use std::collections::{HashMap, HashSet};

use super::{ReceiptView, load, load_live};
use crate::clock::Clock;
use crate::domain::id::SchoolId;
use crate::service::ledger::By;
use crate::service::letters::{self, LetterKind, NewLetter};
use crate::service::{Actor, ServiceError, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::people;
use crate::store::receipts::{ReceiptRow, VoidRow};
use crate::store::{Store, Tx, letters as store};

/// Asks for the letters about receipts that were issued and voided together. A family that was told of
/// the receipt before is told that it holds no more, and what took its place, in one letter; one that
/// was not hears of the new one only. `families` tells whose a student is.
pub(super) fn ask(
    tx: &mut Tx<'_>,
    school: i64,
    (issued, voided): (&[ReceiptRow], &[(VoidRow, i64)]),
    families: &HashMap<i64, i64>,
    by: By<'_>,
) -> Result<(), ServiceError> {
    let ids: Vec<i64> = voided.iter().map(|(row, _)| row.receipt_id).collect();
    let told = sent(tx, school, &ids)?;
    let mut wanted = Vec::with_capacity(issued.len());
    let mut letter = |kind: LetterKind, receipt: i64, student: i64| {
        if let Some(family) = families.get(&student) {
            wanted.push(NewLetter {
                school: SchoolId(school),
                kind,
                family: *family,
                about: receipt,
                key: receipt.to_string(),
            });
        }
    };
    for (row, student) in voided.iter().filter(|(row, _)| told.contains(&row.receipt_id)) {
        letter(LetterKind::ReceiptVoided, row.receipt_id, *student);
    }
    for row in issued {
        if row.replaces_id.is_none_or(|before| !told.contains(&before)) {
            letter(LetterKind::Receipt, row.id, row.student_id);
        }
    }
    letters::ask(tx, by.actor, by.at, &wanted)
}

/// Which of some receipts were sent to their families.
pub(super) fn sent(
    tx: &mut Tx<'_>,
    school: i64,
    receipts: &[i64],
) -> Result<HashSet<i64>, ServiceError> {
    Ok(store::made(tx, school, LetterKind::Receipt.as_str(), receipts)?.into_iter().collect())
}

/// Sends a receipt that holds to its family once more; within a minute once.
pub fn send_again(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, receipt): (SchoolId, i64),
) -> Result<ReceiptView, ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let row = load_live(tx, school, receipt)?;
        let student = people::students_by_id(tx, &[row.student_id])?.into_iter().next();
        let family = student.map(|student| student.family_id).unwrap_or_default();
        let at = clock.now();
        let letter = NewLetter {
            school,
            kind: LetterKind::Receipt,
            family,
            about: row.id,
            key: format!("{}:{}", row.id, at.format("%Y%m%d%H%M")),
        };
        letters::ask(tx, actor.as_str(), at, &[letter])?;
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "receipt.send",
            subject_kind: "receipt",
            subject_id: row.id,
            detail: "{}".to_owned(),
        };
        audit::append(tx, school.0, at, vec![fact])?;
        load(tx, school, row.id)
    })
}
