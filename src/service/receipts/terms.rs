//! Whether a school issues receipts, and from which day on.

use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::id::SchoolId;
use crate::service::{Actor, ServiceError, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::receipts::{self, TermsRow};
use crate::store::{Store, Tx};

/// Whether receipts are issued.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(as = ReceiptTerms)]
pub struct Terms {
    /// Whether they are.
    pub issue: bool,
    /// Only for money that came on this day or later; for all money where absent.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(default)]
    pub from: Option<Day>,
}

/// The terms of a school: receipts for everything, where nobody said otherwise.
pub fn terms(store: &Store, school: SchoolId) -> Result<Terms, ServiceError> {
    store.read(|tx| Ok(load(tx, school)?.0))
}

fn load(tx: &mut Tx<'_>, school: SchoolId) -> Result<(Terms, i64), ServiceError> {
    let row = receipts::terms(tx, school.0)?;
    Ok(row.map_or((Terms { issue: true, from: None }, 0), |row| {
        (Terms { issue: row.issue, from: row.from_day }, row.after_allocation)
    }))
}

/// Changes the terms. They hold for what is settled from now on: receipts that were issued stay, and
/// none is issued for what was settled before.
pub fn set_terms(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    wanted: Terms,
) -> Result<Terms, ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let (before, _) = load(tx, school)?;
        if before == wanted {
            return Ok(wanted);
        }
        let row = TermsRow {
            id: school.0,
            issue: wanted.issue,
            from_day: wanted.from,
            after_allocation: receipts::last_allocation(tx, school.0)?,
        };
        receipts::set_terms(tx, &row)?;
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "receipt.terms",
            subject_kind: "school",
            subject_id: school.0,
            detail: serde_json::json!({ "after": wanted, "before": before }).to_string(),
        };
        audit::append(tx, school.0, clock.now(), vec![fact])?;
        Ok(wanted)
    })
}
