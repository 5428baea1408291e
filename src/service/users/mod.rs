//! The people who sign in: who they are, what they may do, how they get in.

mod grants;
mod links;
pub mod names;
mod passwords;
mod second_factor;
mod sending;

use chrono::NaiveDateTime;

use crate::clock::Clock;
use crate::domain::access::{Grant, Role, email};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Lang;
use crate::service::keys::Reach;
use crate::service::limits::NAME;
use crate::service::sessions::{self, end_all, grant_of, lang_name, lang_of, lock_user, record};
use crate::service::{Actor, ServiceError};
use crate::store::users::{self, GrantRow, UserRow};
use crate::store::{Store, Tx};

pub use grants::{grant, revoke_grant};
pub use links::{
    LinkKind, LinkOwner, LinkToSend, accept_invitation, invite, invite_again, peek, request_reset,
    reset, reset_link,
};
pub use passwords::{change_password, create};
pub use second_factor::{
    Enrolment, begin_totp, confirm_totp, new_recovery_codes, recovery_codes_left, reset_factor,
};
pub use sending::send_link;

/// A person to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// With what they sign in, as typed.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// The language they read.
    pub lang: Lang,
    /// Whether their roles ask for no second factor: in demonstrations, and where the operator says so.
    pub second_factor_exempt: bool,
    /// What they may do, and where.
    pub grants: Vec<(Role, Reach)>,
}

/// A grant as lists show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantView {
    /// Its id, to take it away by.
    pub id: i64,
    /// What it allows, and where.
    pub grant: Grant,
}

/// A person as lists show them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserView {
    /// Their id.
    pub id: i64,
    /// With what they sign in.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// The language they read.
    pub lang: Lang,
    /// What they may do, and where.
    pub grants: Vec<GrantView>,
    /// Whether they have set a password: before, the invitation waits.
    pub has_password: bool,
    /// Whether the account has a second factor.
    pub second_factor: bool,
    /// Whether their roles ask for none.
    pub second_factor_exempt: bool,
    /// Since when they cannot sign in, in UTC.
    pub disabled_at: Option<NaiveDateTime>,
}

fn view(row: UserRow, grants: &[GrantRow]) -> Result<UserView, ServiceError> {
    let own = grants.iter().filter(|grant| grant.user_id == row.id);
    let grants = own.map(|grant| Ok(GrantView { id: grant.id, grant: grant_of(grant)? }));
    Ok(UserView {
        grants: grants.collect::<Result<_, ServiceError>>()?,
        id: row.id,
        lang: lang_of(&row),
        has_password: row.password_hash.is_some(),
        second_factor: row.totp_sealed.is_some(),
        second_factor_exempt: row.second_factor_exempt,
        disabled_at: row.disabled_at,
        email: row.email,
        name: row.name,
    })
}

/// Up to `limit` people after an address, by address; from the first one after the empty address.
pub fn list(store: &Store, after: &str, limit: i64) -> Result<Vec<UserView>, ServiceError> {
    store.read(|tx| {
        let rows = users::after(tx, after, limit)?;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let grants = users::grants_of_all(tx, &ids)?;
        rows.into_iter().map(|row| view(row, &grants)).collect()
    })
}

/// The person with this id.
pub fn by_id(store: &Store, id: i64) -> Result<UserView, ServiceError> {
    store.read(|tx| {
        let row = users::find(tx, id)?.ok_or_else(|| unknown(&id.to_string()))?;
        let grants = users::grants_of(tx, row.id)?;
        view(row, &grants)
    })
}

/// The person with this address.
pub fn find(store: &Store, address: &str) -> Result<UserView, ServiceError> {
    let address = email::normalise(address);
    store.read(|tx| {
        let row = users::find_by_email(tx, &address)?.ok_or_else(|| unknown(&address))?;
        let grants = users::grants_of(tx, row.id)?;
        view(row, &grants)
    })
}

/// Makes a person unable to sign in and ends what they are signed in to.
pub fn disable(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    user: i64,
) -> Result<(), ServiceError> {
    store.write(|tx| {
        if lock_user(tx, user)?.disabled_at.is_some() {
            return Ok(());
        }
        let now = clock.now();
        users::set_disabled(tx, user, Some(now))?;
        record::of(tx, clock, actor, "user.disable", user, &serde_json::json!({}))?;
        crate::store::sessions::use_tokens_of(tx, user, now)?;
        end_all(tx, clock, actor, user, None)
    })
}

/// Lets a disabled person sign in again, with the password they had.
pub fn enable(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    user: i64,
) -> Result<(), ServiceError> {
    store.write(|tx| {
        if lock_user(tx, user)?.disabled_at.is_none() {
            return Ok(());
        }
        users::set_disabled(tx, user, None)?;
        record::of(tx, clock, actor, "user.enable", user, &serde_json::json!({}))
    })
}

/// Says which language a person reads.
pub fn set_language(store: &Store, user: i64, lang: Lang) -> Result<(), ServiceError> {
    store.write(|tx| {
        sessions::load_user(tx, user)?;
        users::set_lang(tx, user, lang_name(lang))?;
        Ok(())
    })
}

/// Adds a person, without a password or with the hash of one.
fn add(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    actor: &Actor,
    new: &NewUser,
    (address, password_hash): (&str, Option<&str>),
) -> Result<UserRow, ServiceError> {
    if users::find_by_email(tx, address)?.is_some() {
        return Err(ServiceError::conflict(
            "user_exists",
            format!("Đã có người dùng với email “{address}”. Hãy sửa quyền của người đó."),
            format!(
                "There is a user with the e-mail address “{address}”. Change their rights instead."
            ),
        ));
    }
    let now = clock.now();
    let row = UserRow {
        id: tx.next_id()?,
        email: address.to_owned(),
        name: new.name.trim().to_owned(),
        lang: lang_name(new.lang).to_owned(),
        password_hash: password_hash.map(str::to_owned),
        password_set_at: password_hash.map(|_| now),
        totp_key_id: None,
        totp_sealed: None,
        totp_since: None,
        totp_last_step: None,
        pending_key_id: None,
        pending_sealed: None,
        pending_since: None,
        second_factor_exempt: new.second_factor_exempt,
        created_by: actor.as_str().to_owned(),
        created_at: now,
        disabled_at: None,
    };
    users::insert(tx, &row)?;
    let detail = serde_json::json!({
        "email": row.email,
        "second_factor_exempt": row.second_factor_exempt,
    });
    record::of(tx, clock, actor, "user.add", row.id, &detail)?;
    for (role, reach) in &new.grants {
        grants::add(tx, clock, actor, row.id, *role, reach)?;
    }
    Ok(row)
}

/// The normalised address of somebody who can be added.
fn check(new: &NewUser) -> Result<String, ServiceError> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(ServiceError::refused(Diagnostic::new(
            "user_name",
            format!("Họ tên cần có từ 1 đến {NAME} ký tự. Hãy nhập lại họ tên người dùng."),
            format!("A name has 1 to {NAME} characters. Enter the user's name again."),
        )));
    }
    email::parse(&new.email).map_err(ServiceError::refused)
}

fn unknown(address: &str) -> ServiceError {
    ServiceError::not_found("user", "người dùng", "user", address)
}
