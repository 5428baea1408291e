//! Passwords that somebody sets knowing who they are.

use super::{NewUser, add, check};
use crate::clock::Clock;
use crate::domain::access::password;
use crate::ids::IdSource;
use crate::service::sessions::throttle::Subject;
use crate::service::sessions::{
    SignedIn, counted, end_all, load_user, lock_user, passwords, record, start, throttle, tokens,
};
use crate::service::{Actor, ServiceError};
use crate::store::{Store, sessions, users};

/// Adds a person with a password, so that they sign in without an invitation; their id.
pub fn create(
    store: &Store,
    (clock, ids): (&dyn Clock, &dyn IdSource),
    actor: &Actor,
    new: &NewUser,
    password: &str,
) -> Result<i64, ServiceError> {
    let address = check(new)?;
    let needed = new.grants.iter().any(|(role, _)| role.needs_second_factor());
    let second = needed && !new.second_factor_exempt;
    let password = password::choose(password, &address, second).map_err(ServiceError::refused)?;
    let hash = passwords::hash(ids, &password)?;
    store.write(|tx| Ok(add(tx, clock, actor, new, (&address, Some(&hash)))?.id))
}

/// Changes the password of whoever is signed in. Every session ends, this one too, with everything
/// that was under way; the secret is a new session's.
pub fn change_password(
    store: &Store,
    (clock, ids): (&dyn Clock, &dyn IdSource),
    who: &SignedIn,
    old: &str,
    new: &str,
) -> Result<String, ServiceError> {
    // Whoever must set a second factor up does nothing else before.
    let second = who.second_factor || who.must_enrol;
    let password = password::choose(new, &who.email, second).map_err(ServiceError::refused)?;
    let subjects = [Subject::Account(&who.email)];
    let locked = counted(store, clock.now(), &subjects)?;
    let seen = store.read(|tx| load_user(tx, who.user))?;
    let right = passwords::verify(old, seen.password_hash.as_deref());
    let hash = passwords::hash(ids, &password)?;
    let secret = tokens::fresh(ids);
    let changed = store.write(|tx| {
        let user = lock_user(tx, who.user)?;
        let live = sessions::find(tx, who.session)?.is_some() && user.disabled_at.is_none();
        if !right || !live || user.password_hash != seen.password_hash {
            record::failed(tx, clock, Some((user.id, &user.email)), "password", locked)?;
            return Ok::<_, ServiceError>(false);
        }
        throttle::forgive(tx, clock.now(), &subjects)?;
        set(tx, clock, &who.actor, user.id, &hash)?;
        start(tx, clock, &user, "password", &secret)?;
        Ok(true)
    })?;
    if changed {
        return Ok(secret);
    }
    Err(ServiceError::conflict(
        "password_wrong",
        "Mật khẩu hiện tại không đúng. Hãy nhập lại.",
        "The present password is not right. Enter it again.",
    ))
}

/// Sets a password inside another use case's transaction: what somebody who knew the old one could
/// still use ends with it.
pub(super) fn set(
    tx: &mut crate::store::Tx<'_>,
    clock: &dyn Clock,
    actor: &Actor,
    user: i64,
    hash: &str,
) -> Result<(), ServiceError> {
    let now = clock.now();
    users::set_password(tx, user, hash, now)?;
    record::of(tx, clock, actor, "password.change", user, &serde_json::json!({}))?;
    sessions::use_tokens_of(tx, user, now)?;
    end_all(tx, clock, actor, user, None)
}
