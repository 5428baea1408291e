//! What people may do, and where; it holds from their next request on.

use crate::clock::Clock;
use crate::domain::access::{Role, Scope};
use crate::service::keys::Reach;
use crate::service::sessions::{grant_of, lock_user, record};
use crate::service::{Actor, ServiceError, directory};
use crate::store::users::{self, GrantRow};
use crate::store::{Store, Tx};

/// Allows a person something more; the grant's id, also where they held it before.
pub fn grant(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    user: i64,
    role: Role,
    reach: &Reach,
) -> Result<i64, ServiceError> {
    store.write(|tx| {
        lock_user(tx, user)?;
        add(tx, clock, actor, user, role, reach)
    })
}

/// Grants inside another use case's transaction.
pub(super) fn add(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    actor: &Actor,
    user: i64,
    role: Role,
    reach: &Reach,
) -> Result<i64, ServiceError> {
    let (school_id, authority_id) = match reach {
        Reach::Everything => (None, None),
        Reach::School(code) => (Some(directory::load_school(tx, code)?.id), None),
        Reach::Authority(code) => (None, Some(directory::load_authority(tx, code)?.id)),
    };
    let scope = Scope::of(school_id, authority_id);
    for row in users::grants_of(tx, user)? {
        let held = grant_of(&row)?;
        if held.role == role && held.scope == scope {
            return Ok(row.id);
        }
    }
    let row = GrantRow {
        id: tx.next_id()?,
        user_id: user,
        role: role.as_str().to_owned(),
        school_id,
        authority_id,
        granted_by: actor.as_str().to_owned(),
        granted_at: clock.now(),
    };
    users::insert_grant(tx, &row)?;
    let detail = serde_json::json!({ "grant": row.id, "role": role, "scope": scope });
    record::of(tx, clock, actor, "grant.add", user, &detail)?;
    Ok(row.id)
}

/// Takes a grant away from a person.
pub fn revoke_grant(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    user: i64,
    grant: i64,
) -> Result<(), ServiceError> {
    store.write(|tx| {
        lock_user(tx, user)?;
        let row = users::grants_of(tx, user)?.into_iter().find(|row| row.id == grant);
        let Some(row) = row else {
            let key = grant.to_string();
            return Err(ServiceError::not_found("grant", "quyền", "grant", &key));
        };
        let held = grant_of(&row)?;
        users::delete_grant(tx, grant)?;
        let detail = serde_json::json!({ "grant": grant, "role": held.role, "scope": held.scope });
        record::of(tx, clock, actor, "grant.remove", user, &detail)
    })
}
