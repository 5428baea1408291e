//! Who is signed in where, secrets that work once, and how often somebody guessed wrong.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::{sessions, sign_in_attempts, user_tokens};
use super::{StoreError, Tx, dialect};

/// A row of `sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub struct SessionRow {
    pub id: i64,
    pub user_id: i64,
    pub secret_hash: String,
    pub created_at: NaiveDateTime,
    pub last_seen_at: NaiveDateTime,
    /// When the person last proved who they are.
    pub proved_at: NaiveDateTime,
    pub expires_at: NaiveDateTime,
    pub revoked_at: Option<NaiveDateTime>,
}

/// A row of `user_tokens`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = user_tokens, treat_none_as_default_value = false)]
pub struct TokenRow {
    pub id: i64,
    pub kind: String,
    pub user_id: Option<i64>,
    pub secret_hash: String,
    pub created_at: NaiveDateTime,
    pub expires_at: NaiveDateTime,
    pub used_at: Option<NaiveDateTime>,
}

/// A row of `sign_in_attempts`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sign_in_attempts)]
pub struct AttemptsRow {
    pub id: i64,
    pub subject_hash: String,
    pub failures: i64,
    pub last_at: NaiveDateTime,
    pub blocked_until: Option<NaiveDateTime>,
}

pub fn insert(tx: &mut Tx<'_>, row: &SessionRow) -> Result<(), StoreError> {
    diesel::insert_into(sessions::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

/// The session that was not revoked and has this secret.
pub fn find_by_secret(tx: &mut Tx<'_>, hash: &str) -> Result<Option<SessionRow>, StoreError> {
    Ok(sessions::table
        .filter(sessions::secret_hash.eq(hash))
        .filter(sessions::revoked_at.is_null())
        .select(SessionRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// The session that was not revoked and has this id.
pub fn find(tx: &mut Tx<'_>, id: i64) -> Result<Option<SessionRow>, StoreError> {
    Ok(sessions::table
        .find(id)
        .filter(sessions::revoked_at.is_null())
        .select(SessionRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// A person's sessions that were not revoked and have not expired, newest first.
pub fn live_of(
    tx: &mut Tx<'_>,
    user: i64,
    now: NaiveDateTime,
) -> Result<Vec<SessionRow>, StoreError> {
    Ok(sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .select(SessionRow::as_select())
        .load(tx.conn())?)
}

pub fn touch(tx: &mut Tx<'_>, id: i64, at: NaiveDateTime) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(id))
        .set(sessions::last_seen_at.eq(at))
        .execute(tx.conn())?;
    Ok(())
}

pub fn prove(tx: &mut Tx<'_>, id: i64, at: NaiveDateTime) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(id)).set(sessions::proved_at.eq(at)).execute(tx.conn())?;
    Ok(())
}

/// How many it revoked: 0 when there is none, or it was revoked before.
pub fn revoke(tx: &mut Tx<'_>, id: i64, at: NaiveDateTime) -> Result<usize, StoreError> {
    Ok(diesel::update(sessions::table.find(id).filter(sessions::revoked_at.is_null()))
        .set(sessions::revoked_at.eq(at))
        .execute(tx.conn())?)
}

/// Revokes a person's sessions but one, where one is named; how many.
pub fn revoke_of(
    tx: &mut Tx<'_>,
    user: i64,
    except: Option<i64>,
    at: NaiveDateTime,
) -> Result<usize, StoreError> {
    Ok(diesel::update(
        sessions::table
            .filter(sessions::user_id.eq(user))
            .filter(sessions::id.ne(except.unwrap_or_default()))
            .filter(sessions::revoked_at.is_null()),
    )
    .set(sessions::revoked_at.eq(at))
    .execute(tx.conn())?)
}

pub fn insert_token(tx: &mut Tx<'_>, row: &TokenRow) -> Result<(), StoreError> {
    diesel::insert_into(user_tokens::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

/// The secret of this kind that has neither expired nor been used.
pub fn live_token(
    tx: &mut Tx<'_>,
    kind: &str,
    hash: &str,
    now: NaiveDateTime,
) -> Result<Option<TokenRow>, StoreError> {
    Ok(user_tokens::table
        .filter(user_tokens::secret_hash.eq(hash))
        .filter(user_tokens::kind.eq(kind))
        .filter(user_tokens::used_at.is_null())
        .filter(user_tokens::expires_at.gt(now))
        .select(TokenRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// How many it used up: 0 when another transaction was first.
pub fn use_token(tx: &mut Tx<'_>, id: i64, at: NaiveDateTime) -> Result<usize, StoreError> {
    Ok(diesel::update(user_tokens::table.find(id).filter(user_tokens::used_at.is_null()))
        .set(user_tokens::used_at.eq(at))
        .execute(tx.conn())?)
}

/// Uses up everything a person could still sign in or set a password with.
pub fn use_tokens_of(tx: &mut Tx<'_>, user: i64, at: NaiveDateTime) -> Result<(), StoreError> {
    diesel::update(
        user_tokens::table
            .filter(user_tokens::user_id.eq(user))
            .filter(user_tokens::used_at.is_null()),
    )
    .set(user_tokens::used_at.eq(at))
    .execute(tx.conn())?;
    Ok(())
}

/// Forgets what expired before, and guesses nobody made since.
pub fn forget(tx: &mut Tx<'_>, before: NaiveDateTime) -> Result<(), StoreError> {
    diesel::delete(sessions::table.filter(sessions::expires_at.lt(before))).execute(tx.conn())?;
    diesel::delete(user_tokens::table.filter(user_tokens::expires_at.lt(before)))
        .execute(tx.conn())?;
    diesel::delete(sign_in_attempts::table.filter(sign_in_attempts::last_at.lt(before)))
        .execute(tx.conn())?;
    Ok(())
}

/// The wrong guesses at a subject, locked; there is a row from now on.
pub fn lock_attempts(
    tx: &mut Tx<'_>,
    subject_hash: &str,
    at: NaiveDateTime,
) -> Result<AttemptsRow, StoreError> {
    let id = tx.next_id()?;
    dialect::lock_attempts(tx, id, subject_hash, at)?;
    Ok(sign_in_attempts::table
        .filter(sign_in_attempts::subject_hash.eq(subject_hash))
        .select(AttemptsRow::as_select())
        .first(tx.conn())?)
}

pub fn set_attempts(tx: &mut Tx<'_>, row: &AttemptsRow) -> Result<(), StoreError> {
    diesel::update(sign_in_attempts::table.find(row.id))
        .set((
            sign_in_attempts::failures.eq(row.failures),
            sign_in_attempts::last_at.eq(row.last_at),
            sign_in_attempts::blocked_until.eq(row.blocked_until),
        ))
        .execute(tx.conn())?;
    Ok(())
}
