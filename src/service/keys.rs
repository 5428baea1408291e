//! API keys: made once, shown once, stored as a hash, limited to a school or an authority.

use serde::Serialize;

use crate::clock::{Clock, local_day};
use crate::domain::access::{Role, Scope};
use crate::domain::id::SchoolId;
use crate::ids::IdSource;
use crate::service::sessions::tokens;
use crate::service::{Actor, ServiceError, directory};
use crate::store::access::{self, ApiKeyRow};
use crate::store::audit::{self, AuditFact, SYSTEM_CHAIN};
use crate::store::{Store, StoreError};

/// What a new key may reach, by codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The whole installation.
    Everything,
    /// One school.
    School(String),
    /// Every school under an authority.
    Authority(String),
}

/// A key as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyView {
    /// Its id, to revoke it by.
    pub id: i64,
    /// What it was made for.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// What it may reach.
    pub scope: Scope,
    /// Whether it still works.
    pub live: bool,
}

/// Whoever presented a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The key's id.
    pub key: i64,
    /// For the audit log.
    pub actor: Actor,
    /// What it may do.
    pub role: Role,
    /// What it may reach.
    pub scope: Scope,
}

/// Makes a key and returns its secret, which is kept nowhere.
pub fn create(
    store: &Store,
    (clock, ids): (&dyn Clock, &dyn IdSource),
    actor: &Actor,
    name: &str,
    role: Role,
    reach: &Reach,
) -> Result<(i64, String), ServiceError> {
    let secret = format!("dsk_{}", tokens::fresh(ids));
    store.write(|tx| {
        let (school_id, authority_id) = match reach {
            Reach::Everything => (None, None),
            Reach::School(code) => (Some(directory::load_school(tx, code)?.id), None),
            Reach::Authority(code) => (None, Some(directory::load_authority(tx, code)?.id)),
        };
        let row = ApiKeyRow {
            id: tx.next_id()?,
            name: name.to_owned(),
            key_hash: tokens::hash(&secret),
            role: role.as_str().to_owned(),
            school_id,
            authority_id,
            created_at: clock.now(),
            revoked_at: None,
        };
        access::insert_key(tx, &row)?;
        let detail = serde_json::json!({ "name": name, "role": role }).to_string();
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "key.create",
            subject_kind: "api_key",
            subject_id: row.id,
            detail,
        };
        audit::append(tx, SYSTEM_CHAIN, clock.now(), vec![fact])?;
        Ok((row.id, secret.clone()))
    })
}

/// Every key, live or not.
pub fn list(store: &Store) -> Result<Vec<KeyView>, ServiceError> {
    store.read(|tx| {
        access::keys(tx)?
            .into_iter()
            .map(|row| {
                Ok(KeyView {
                    id: row.id,
                    role: role_of(&row)?,
                    scope: scope_of(&row),
                    live: row.revoked_at.is_none(),
                    name: row.name,
                })
            })
            .collect()
    })
}

/// Makes a key useless from now on.
pub fn revoke(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    id: i64,
) -> Result<(), ServiceError> {
    store.write(|tx| {
        if access::revoke_key(tx, id, clock.now())? == 0 {
            return Err(ServiceError::not_found("key", "khóa API", "live key", &id.to_string()));
        }
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "key.revoke",
            subject_kind: "api_key",
            subject_id: id,
            detail: "{}".to_owned(),
        };
        Ok(audit::append(tx, SYSTEM_CHAIN, clock.now(), vec![fact])?)
    })
}

/// Who holds this secret, or `None`. The look-up is by hash, so its timing tells nothing of the
/// secret.
pub fn authenticate(store: &Store, secret: &str) -> Result<Option<Caller>, ServiceError> {
    store.read(|tx| {
        let Some(row) = access::key_by_hash(tx, &tokens::hash(secret))? else { return Ok(None) };
        Ok(Some(Caller {
            key: row.id,
            actor: Actor::named(&row.name),
            role: role_of(&row)?,
            scope: scope_of(&row),
        }))
    })
}

/// Whether a scope reaches a school today.
pub fn reaches(
    store: &Store,
    clock: &dyn Clock,
    scope: Scope,
    school: SchoolId,
) -> Result<bool, ServiceError> {
    Ok(match scope {
        Scope::Everything => true,
        Scope::School(own) => own == school,
        Scope::Authority(_) => {
            visible_schools(store, clock, scope)?.iter().any(|view| view.id == school)
        }
    })
}

/// The schools a caller may see today, by id.
pub fn visible_schools(
    store: &Store,
    clock: &dyn Clock,
    scope: Scope,
) -> Result<Vec<directory::SchoolView>, ServiceError> {
    match scope {
        Scope::Everything => directory::schools(store),
        Scope::Authority(authority) => {
            directory::schools_under(store, authority, local_day(clock.now()))
        }
        Scope::School(school) => {
            let mut all = directory::schools(store)?;
            all.retain(|view| view.id == school);
            Ok(all)
        }
    }
}

fn role_of(row: &ApiKeyRow) -> Result<Role, ServiceError> {
    Role::parse(&row.role)
        .ok_or_else(|| StoreError::Corrupt(format!("role of api key {}", row.id)).into())
}

fn scope_of(row: &ApiKeyRow) -> Scope {
    Scope::of(row.school_id, row.authority_id)
}
