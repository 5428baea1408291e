//! What people typed into the audit log of a student whose name is given up: the texts go, their hashes
//! and the chain stay.

use form_urlencoded::parse;

use super::spoken::Spoken;
use crate::domain::id::SchoolId;
use crate::service::ServiceError;
use crate::store::Tx;
use crate::store::audit_texts::{self, AuditTextRow};
use crate::store::people::StudentRow;

/// Texts that are looked through at a time.
const STEP: i64 = 2_000;

/// Gives up every text of records about the student alone, and every other in the school's chain that
/// has something the student was known by.
pub(super) fn forget(
    tx: &mut Tx<'_>,
    school: SchoolId,
    student: &StudentRow,
    known: &[Spoken],
) -> Result<(), ServiceError> {
    let mut gone = audit_texts::about_student(tx, school.0, (student.id, student.family_id))?;
    let mut after = i64::MIN;
    loop {
        let texts = audit_texts::after(tx, school.0, after, STEP)?;
        let Some(last) = texts.last() else { break };
        after = last.id;
        gone.extend(texts.iter().filter(|text| names(text, known)).map(|text| text.id));
    }
    Ok(audit_texts::give_up(tx, &gone)?)
}

fn names(row: &AuditTextRow, known: &[Spoken]) -> bool {
    let Some(words) = &row.words else { return false };
    if row.place.ends_with("/query") {
        // What a list was narrowed to is kept as a browser writes it.
        let typed: Vec<String> = parse(words.as_bytes()).map(|(_, value)| value.into()).collect();
        let typed = typed.join("\n");
        return known.iter().any(|one| one.stands_in(&typed));
    }
    known.iter().any(|one| one.stands_in(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_what_a_list_was_narrowed_to() {
        let row = |place: &str| AuditTextRow {
            id: 1,
            chain_id: 7,
            record_id: 2,
            place: place.to_owned(),
            salt: Some(String::new()),
            words: Some("tab=proposed&q=L%C3%AA+M%E1%BA%ABu".to_owned()),
        };
        let known = [Spoken::of("Lê Mẫu").unwrap()];
        assert!(names(&row("/query"), &known));
        assert!(!names(&row("/reason"), &known), "which nobody types elsewhere");
    }
}
