//! Tells families about receipts: a letter is asked for in the transaction that issues or voids one.

use std::collections::{HashMap, HashSet};

use crate::domain::id::SchoolId;
use crate::service::ServiceError;
use crate::service::ledger::By;
use crate::service::letters::{self, LetterKind, NewLetter};
use crate::store::receipts::{ReceiptRow, VoidRow};
use crate::store::{Tx, letters as store};

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
    let kind = LetterKind::Receipt.as_str();
    let keys: Vec<String> = receipts.iter().map(|id| format!("{kind}:{id}")).collect();
    Ok(store::made(tx, school, &keys)?.into_iter().collect())
}
