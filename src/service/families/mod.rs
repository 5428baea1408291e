//! The families' side: their private page, what they ask and propose there, and what the school's
//! staff see of it.

pub mod claims;
pub mod contact;
pub mod links;
pub mod looks;
pub mod page;
pub mod shown;
pub mod survey;

use chrono::NaiveDateTime;

use super::{Actor, ServiceError};
use crate::store::Tx;
use crate::store::audit::{self, AuditFact};

/// Whom records name where a family itself did something: the family's number, no name.
fn family_actor(family: i64) -> Actor {
    Actor::named(&format!("family {family}"))
}

/// Appends one audit record to the school's chain, whose lock the caller holds.
fn record(
    tx: &mut Tx<'_>,
    school: i64,
    (actor, at): (&Actor, NaiveDateTime),
    (action, subject_kind, subject_id): (&'static str, &'static str, i64),
    detail: &serde_json::Value,
) -> Result<(), ServiceError> {
    let actor = actor.as_str().to_owned();
    let detail = detail.to_string();
    let fact = AuditFact { actor, action, subject_kind, subject_id, detail };
    Ok(audit::append(tx, school, at, vec![fact])?)
}
