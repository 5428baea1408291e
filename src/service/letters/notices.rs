//! Tells families what a round asks of them: one letter a family, however many children it has.

use chrono::NaiveDateTime;

use super::{LetterKind, NewLetter, ask};
use crate::clock::Clock;
use crate::domain::id::SchoolId;
use crate::service::{Actor, ServiceError, directory, fees::rounds};
use crate::store::audit::{self, AuditFact};
use crate::store::letters as store;
use crate::store::{Store, Tx};

/// Asks for the notices of a round in the transaction that issues it, which holds the school's lock; how
/// many families there are.
pub fn ask_for_round(
    tx: &mut Tx<'_>,
    school: SchoolId,
    round: i64,
    (by, at): (&Actor, NaiveDateTime),
) -> Result<usize, ServiceError> {
    let families = store::families_of_round(tx, school.0, round)?;
    let wanted: Vec<NewLetter> = families
        .iter()
        .map(|(family, invoice)| NewLetter {
            school,
            kind: LetterKind::Notice,
            family: *family,
            about: *invoice,
            key: format!("{round}:{family}"),
        })
        .collect();
    ask(tx, by.as_str(), at, &wanted)?;
    let detail = serde_json::json!({ "families": wanted.len() }).to_string();
    let fact = AuditFact {
        actor: by.as_str().to_owned(),
        action: "letters.notify",
        subject_kind: "round",
        subject_id: round,
        detail,
    };
    audit::append(tx, school.0, at, vec![fact])?;
    Ok(wanted.len())
}

/// Tells the families of a round that was issued; those that were told get nothing again. How many
/// families there are.
pub fn notify(
    db: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, round): (SchoolId, &str),
) -> Result<usize, ServiceError> {
    db.write(|tx| {
        directory::lock_school(tx, school)?;
        let round = rounds::load(tx, school, round)?;
        if round.issued_at.is_none() {
            return Err(ServiceError::conflict(
                "round_not_issued",
                "Đợt thu chưa phát hành nên chưa có gì để thông báo. Hãy phát hành trước.",
                "The round has not been issued, so there is nothing to tell. Issue it first.",
            ));
        }
        ask_for_round(tx, school, round.id, (actor, clock.now()))
    })
}
