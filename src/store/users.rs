//! People who sign in, what they may do, and their codes for a lost second factor.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::{recovery_codes, user_grants, users};
use super::{IDS_PER_QUERY, StoreError, Tx};

/// A row of `users`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
pub struct UserRow {
    pub id: i64,
    /// Normalised.
    pub email: String,
    pub name: String,
    pub lang: String,
    /// A PHC string; none before the invitation was accepted.
    pub password_hash: Option<String>,
    pub password_set_at: Option<NaiveDateTime>,
    pub totp_key_id: Option<String>,
    pub totp_sealed: Option<String>,
    pub totp_since: Option<NaiveDateTime>,
    /// The last step whose code was used.
    pub totp_last_step: Option<i64>,
    pub pending_key_id: Option<String>,
    pub pending_sealed: Option<String>,
    pub pending_since: Option<NaiveDateTime>,
    pub second_factor_exempt: bool,
    pub created_by: String,
    pub created_at: NaiveDateTime,
    pub disabled_at: Option<NaiveDateTime>,
}

/// A row of `user_grants`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = user_grants, treat_none_as_default_value = false)]
pub struct GrantRow {
    pub id: i64,
    pub user_id: i64,
    pub role: String,
    pub school_id: Option<i64>,
    pub authority_id: Option<i64>,
    pub granted_by: String,
    pub granted_at: NaiveDateTime,
}

/// A row of `recovery_codes`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = recovery_codes, treat_none_as_default_value = false)]
pub struct RecoveryCodeRow {
    pub id: i64,
    pub user_id: i64,
    pub code_hash: String,
    pub created_at: NaiveDateTime,
    pub used_at: Option<NaiveDateTime>,
}

pub fn insert(tx: &mut Tx<'_>, row: &UserRow) -> Result<(), StoreError> {
    diesel::insert_into(users::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn find(tx: &mut Tx<'_>, id: i64) -> Result<Option<UserRow>, StoreError> {
    Ok(users::table.find(id).select(UserRow::as_select()).first(tx.conn()).optional()?)
}

/// By the normalised address.
pub fn find_by_email(tx: &mut Tx<'_>, email: &str) -> Result<Option<UserRow>, StoreError> {
    Ok(users::table
        .filter(users::email.eq(email))
        .select(UserRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// Up to `limit` people after an address, by address.
pub fn after(tx: &mut Tx<'_>, email: &str, limit: i64) -> Result<Vec<UserRow>, StoreError> {
    Ok(users::table
        .filter(users::email.gt(email))
        .order(users::email)
        .limit(limit)
        .select(UserRow::as_select())
        .load(tx.conn())?)
}

/// How many people there are.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(users::table.count().get_result(tx.conn())?)
}

/// The address and the name of everybody.
pub fn names(tx: &mut Tx<'_>) -> Result<Vec<(String, String)>, StoreError> {
    Ok(users::table.order(users::id).select((users::email, users::name)).load(tx.conn())?)
}

/// How many people are called this.
pub fn called(tx: &mut Tx<'_>, name: &str) -> Result<i64, StoreError> {
    Ok(users::table.filter(users::name.eq(name)).count().get_result(tx.conn())?)
}

pub fn set_password(
    tx: &mut Tx<'_>,
    id: i64,
    hash: &str,
    at: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(users::table.find(id))
        .set((users::password_hash.eq(Some(hash)), users::password_set_at.eq(Some(at))))
        .execute(tx.conn())?;
    Ok(())
}

pub fn set_disabled(tx: &mut Tx<'_>, id: i64, at: Option<NaiveDateTime>) -> Result<(), StoreError> {
    diesel::update(users::table.find(id)).set(users::disabled_at.eq(at)).execute(tx.conn())?;
    Ok(())
}

pub fn set_lang(tx: &mut Tx<'_>, id: i64, lang: &str) -> Result<usize, StoreError> {
    Ok(diesel::update(users::table.find(id)).set(users::lang.eq(lang)).execute(tx.conn())?)
}

/// Keeps a second factor that is to be confirmed: the key's id and the sealed secret.
pub fn set_pending(
    tx: &mut Tx<'_>,
    id: i64,
    (key_id, sealed): (&str, &str),
    at: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(users::table.find(id))
        .set((
            users::pending_key_id.eq(Some(key_id)),
            users::pending_sealed.eq(Some(sealed)),
            users::pending_since.eq(Some(at)),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Makes the second factor that waited the one in use, its code of `step` being used.
pub fn confirm_pending(
    tx: &mut Tx<'_>,
    row: &UserRow,
    step: i64,
    at: NaiveDateTime,
) -> Result<(), StoreError> {
    const NOTHING: Option<&str> = None;
    diesel::update(users::table.find(row.id))
        .set((
            users::totp_key_id.eq(row.pending_key_id.as_deref()),
            users::totp_sealed.eq(row.pending_sealed.as_deref()),
            users::totp_since.eq(Some(at)),
            users::totp_last_step.eq(Some(step)),
            users::pending_key_id.eq(NOTHING),
            users::pending_sealed.eq(NOTHING),
            users::pending_since.eq(None::<NaiveDateTime>),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Takes the second factor away, and the one that waited.
pub fn clear_factor(tx: &mut Tx<'_>, id: i64) -> Result<(), StoreError> {
    const NOTHING: Option<&str> = None;
    const NEVER: Option<NaiveDateTime> = None;
    diesel::update(users::table.find(id))
        .set((
            users::totp_key_id.eq(NOTHING),
            users::totp_sealed.eq(NOTHING),
            users::totp_since.eq(NEVER),
            users::totp_last_step.eq(None::<i64>),
            users::pending_key_id.eq(NOTHING),
            users::pending_sealed.eq(NOTHING),
            users::pending_since.eq(NEVER),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub fn set_last_step(tx: &mut Tx<'_>, id: i64, step: i64) -> Result<(), StoreError> {
    diesel::update(users::table.find(id))
        .set(users::totp_last_step.eq(Some(step)))
        .execute(tx.conn())?;
    Ok(())
}

pub fn insert_grant(tx: &mut Tx<'_>, row: &GrantRow) -> Result<(), StoreError> {
    diesel::insert_into(user_grants::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn grants_of(tx: &mut Tx<'_>, user: i64) -> Result<Vec<GrantRow>, StoreError> {
    Ok(user_grants::table
        .filter(user_grants::user_id.eq(user))
        .order(user_grants::id)
        .select(GrantRow::as_select())
        .load(tx.conn())?)
}

/// What several people may do, in the order it was granted.
pub fn grants_of_all(tx: &mut Tx<'_>, users: &[i64]) -> Result<Vec<GrantRow>, StoreError> {
    let mut found = Vec::new();
    for chunk in users.chunks(IDS_PER_QUERY) {
        let rows: Vec<GrantRow> = user_grants::table
            .filter(user_grants::user_id.eq_any(chunk))
            .order(user_grants::id)
            .select(GrantRow::as_select())
            .load(tx.conn())?;
        found.extend(rows);
    }
    Ok(found)
}

/// People whose accounts work and who have one of some roles at a school itself, by name.
pub fn of_school(tx: &mut Tx<'_>, school: i64, roles: &[&str]) -> Result<Vec<UserRow>, StoreError> {
    let granted = user_grants::table
        .filter(user_grants::school_id.eq(school))
        .filter(user_grants::role.eq_any(roles))
        .select(user_grants::user_id);
    Ok(users::table
        .filter(users::id.eq_any(granted))
        .filter(users::disabled_at.is_null())
        .order((users::name, users::id))
        .select(UserRow::as_select())
        .load(tx.conn())?)
}

pub fn delete_grant(tx: &mut Tx<'_>, id: i64) -> Result<(), StoreError> {
    diesel::delete(user_grants::table.find(id)).execute(tx.conn())?;
    Ok(())
}

pub fn insert_recovery_code(tx: &mut Tx<'_>, row: &RecoveryCodeRow) -> Result<(), StoreError> {
    diesel::insert_into(recovery_codes::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

/// How many codes it made useless for good: 0 when there is no such code, or it was used.
pub fn use_recovery_code(
    tx: &mut Tx<'_>,
    user: i64,
    code_hash: &str,
    at: NaiveDateTime,
) -> Result<usize, StoreError> {
    Ok(diesel::update(
        recovery_codes::table
            .filter(recovery_codes::user_id.eq(user))
            .filter(recovery_codes::code_hash.eq(code_hash))
            .filter(recovery_codes::used_at.is_null()),
    )
    .set(recovery_codes::used_at.eq(at))
    .execute(tx.conn())?)
}

pub fn delete_recovery_codes(tx: &mut Tx<'_>, user: i64) -> Result<(), StoreError> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user)))
        .execute(tx.conn())?;
    Ok(())
}

/// How many codes are left.
pub fn recovery_codes_left(tx: &mut Tx<'_>, user: i64) -> Result<i64, StoreError> {
    Ok(recovery_codes::table
        .filter(recovery_codes::user_id.eq(user))
        .filter(recovery_codes::used_at.is_null())
        .count()
        .get_result(tx.conn())?)
}
