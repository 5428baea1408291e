//! What the audit log is told of people who sign in: never a secret, never what was typed.

use serde_json::Value;

use crate::clock::Clock;
use crate::service::{Actor, ServiceError};
use crate::store::Tx;
use crate::store::audit::{self, AuditFact, SYSTEM_CHAIN};

/// Whom the log names where an address belongs to nobody: what was typed may be a password.
const NOBODY: &str = "unknown";

/// Appends that something happened to a person's account.
pub fn of(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    actor: &Actor,
    action: &'static str,
    user: i64,
    detail: &Value,
) -> Result<(), ServiceError> {
    let fact = AuditFact {
        actor: actor.as_str().to_owned(),
        action,
        subject_kind: "user",
        subject_id: user,
        detail: detail.to_string(),
    };
    Ok(audit::append(tx, SYSTEM_CHAIN, clock.now(), vec![fact])?)
}

/// Appends that somebody failed to prove who they are, also where nobody has that address.
pub fn failed(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    user: Option<(i64, &str)>,
    by: &str,
    locked: bool,
) -> Result<(), ServiceError> {
    let (id, email) = user.unwrap_or((0, NOBODY));
    let actor = Actor::named(email);
    of(tx, clock, &actor, "sign_in.failed", id, &serde_json::json!({ "by": by }))?;
    if locked {
        of(tx, clock, &actor, "sign_in.locked", id, &serde_json::json!({ "by": by }))?;
    }
    Ok(())
}
