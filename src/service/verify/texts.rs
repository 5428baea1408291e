//! What people typed into the audit log, beside the hashes that the chain holds of it.

use std::collections::BTreeMap;

use crate::store::audit::AuditRecordRow;
use crate::store::audit_texts::{self, AuditTextRow};

/// What is wrong with the texts beside a record: each stands where the record has its hash, and has that
/// hash unless it was given up.
pub(super) fn wrong(record: &AuditRecordRow, texts: &[AuditTextRow]) -> Vec<String> {
    let of = format!("chain {}: record {}", record.chain_id, record.sequence);
    let mut hashes: BTreeMap<String, String> =
        audit_texts::hashes(&record.detail).into_iter().collect();
    let mut wrong = Vec::new();
    for text in texts {
        let place = &text.place;
        let Some(expected) = hashes.remove(place) else {
            wrong.push(format!("{of}: has a text at {place} that nobody typed"));
            continue;
        };
        if let (Some(salt), Some(words)) = (&text.salt, &text.words)
            && audit_texts::text_hash(salt, words) != expected
        {
            wrong.push(format!("{of}: its text at {place} was changed"));
        }
    }
    wrong.extend(hashes.keys().map(|place| format!("{of}: its text at {place} is missing")));
    wrong
}
