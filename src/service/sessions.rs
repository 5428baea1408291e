//! Who is signed in: sessions, how they begin, and how they end.
//!
//! A session's secret is shown to its browser once; the database has its SHA-256. What a person may
//! do is read with every request, so a right that is taken away is gone at the next one.

pub(super) mod factor;
pub(super) mod passwords;
pub(super) mod record;
mod sign_in;
pub(super) mod throttle;
pub(super) mod tokens;

use chrono::{NaiveDateTime, TimeDelta};

use crate::clock::Clock;
use crate::domain::access::{Grant, Permission, Role, Scope, permits};
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::service::{Actor, ServiceError};
use crate::store::sessions::{self, SessionRow};
use crate::store::users::{self, GrantRow, UserRow};
use crate::store::{Store, StoreError, Tx};

pub use sign_in::{Outcome, prove_again, second_step, sign_in};
pub(super) use sign_in::{counted, start, step_after_proof};

/// A session nobody used for so long is over.
const IDLE: TimeDelta = TimeDelta::minutes(30);
/// A session is over after so long, however it is used.
const LONGEST: TimeDelta = TimeDelta::hours(12);
/// How long a proof of identity is fresh.
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// When a session was last seen is written this often at most.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);
/// What has expired is kept for so long.
const KEPT: TimeDelta = TimeDelta::days(1);

/// Who is behind a live session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about the person")]
pub struct SignedIn {
    /// The person's id.
    pub user: i64,
    /// The session's id.
    pub session: i64,
    /// For the audit log.
    pub actor: Actor,
    /// What people call them.
    pub name: String,
    /// With what they sign in.
    pub email: String,
    /// The language they read.
    pub lang: Lang,
    /// What they may do, and where.
    pub grants: Vec<Grant>,
    /// Whether they proved who they are within the last ten minutes.
    pub fresh: bool,
    /// Whether the account has a second factor.
    pub second_factor: bool,
    /// Whether they have a password; whoever has none signs in with the provider of identities only.
    pub has_password: bool,
    /// Whether they have a role that needs a second factor and none yet: until they have enrolled one,
    /// a door lets them do nothing else.
    pub must_enrol: bool,
}

impl SignedIn {
    /// Whether a grant allows what is `needed`: anywhere, or in one school. An authority's figures are
    /// asked for without a school; whether a school is under it is for the tree of the day to say.
    #[must_use]
    pub fn may(&self, needed: Permission, school: Option<SchoolId>) -> bool {
        self.grants.iter().any(|grant| {
            let there = match (school, grant.scope) {
                (None, _) | (Some(_), Scope::Everything) => true,
                (Some(asked), Scope::School(held)) => asked == held,
                (Some(_), Scope::Authority(_)) => false,
            };
            there && permits(grant.role, grant.scope, needed)
        })
    }

    /// Refuses somebody who has not proved lately who they are.
    pub(super) fn check_fresh(&self) -> Result<(), ServiceError> {
        if self.fresh {
            return Ok(());
        }
        Err(ServiceError::conflict(
            "proof_needed",
            "Vì an toàn, anh/chị cần nhập lại mật khẩu hoặc mã xác thực trước khi làm việc này.",
            "For safety, enter your password or a code again before you do this.",
        ))
    }
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Its id, to end it by.
    pub id: i64,
    /// When it began, in UTC.
    pub created_at: NaiveDateTime,
    /// When it was last used, to the minute, in UTC.
    pub last_seen_at: NaiveDateTime,
    /// When it ends however it is used, in UTC.
    pub expires_at: NaiveDateTime,
}

/// Who a cookie's secret belongs to; `None` when the session was idle for half an hour, is older than
/// twelve hours, was revoked, or the person disabled.
pub fn of_secret(
    store: &Store,
    clock: &dyn Clock,
    secret: &str,
) -> Result<Option<SignedIn>, ServiceError> {
    let now = clock.now();
    let hash = tokens::hash(secret);
    let found = store.read(|tx| {
        let Some(session) = sessions::find_by_secret(tx, &hash)? else { return Ok(None) };
        let idle = now.signed_duration_since(session.last_seen_at) > IDLE;
        if idle || now >= session.expires_at {
            return Ok(None);
        }
        let Some(user) = live_user(tx, session.user_id)? else { return Ok(None) };
        let grants = users::grants_of(tx, user.id)?;
        Ok::<_, ServiceError>(Some((session, user, grants)))
    })?;
    let Some((session, user, grants)) = found else { return Ok(None) };
    if now.signed_duration_since(session.last_seen_at) >= SEEN_EVERY {
        // Whoever only looks waits for nobody's import; the next page is another time to note it.
        store.write_if_free(|tx| sessions::touch(tx, session.id, now))?;
    }
    signed_in(now, &session, user, &grants).map(Some)
}

fn signed_in(
    now: NaiveDateTime,
    session: &SessionRow,
    user: UserRow,
    grants: &[GrantRow],
) -> Result<SignedIn, ServiceError> {
    let grants = grants.iter().map(grant_of).collect::<Result<Vec<Grant>, _>>()?;
    let second_factor = user.totp_sealed.is_some();
    let needed = grants.iter().any(|grant| grant.role.needs_second_factor());
    Ok(SignedIn {
        user: user.id,
        session: session.id,
        actor: Actor::named(&user.email),
        fresh: now.signed_duration_since(session.proved_at) <= FRESH,
        second_factor,
        has_password: user.password_hash.is_some(),
        must_enrol: needed && !second_factor && !user.second_factor_exempt,
        lang: lang_of(&user),
        name: user.name,
        email: user.email,
        grants,
    })
}

/// Ends one session.
pub fn sign_out(store: &Store, clock: &dyn Clock, session: i64) -> Result<(), ServiceError> {
    store.write(|tx| {
        let Some(row) = sessions::find(tx, session)? else { return Ok(()) };
        sessions::revoke(tx, session, clock.now())?;
        let user = load_user(tx, row.user_id)?;
        let detail = serde_json::json!({ "session": session });
        record::of(tx, clock, &Actor::named(&user.email), "session.end", user.id, &detail)
    })
}

/// Ends one session of a person's, who may have lost the device.
pub fn revoke(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    user: i64,
    session: i64,
) -> Result<(), ServiceError> {
    store.write(|tx| {
        let own = sessions::find(tx, session)?.filter(|row| row.user_id == user);
        if own.is_none() {
            let key = session.to_string();
            return Err(ServiceError::not_found("session", "phiên đăng nhập", "session", &key));
        }
        sessions::revoke(tx, session, clock.now())?;
        let detail = serde_json::json!({ "session": session });
        record::of(tx, clock, actor, "session.revoke", user, &detail)
    })
}

/// Ends every session of a person's, but for one where it is named.
pub fn revoke_all(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    user: i64,
    except: Option<i64>,
) -> Result<(), ServiceError> {
    store.write(|tx| {
        load_user(tx, user)?;
        end_all(tx, clock, actor, user, except)
    })
}

/// Ends the sessions inside another use case's transaction.
pub(super) fn end_all(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    actor: &Actor,
    user: i64,
    except: Option<i64>,
) -> Result<(), ServiceError> {
    let ended = sessions::revoke_of(tx, user, except, clock.now())?;
    if ended == 0 {
        return Ok(());
    }
    let detail = serde_json::json!({ "sessions": ended });
    record::of(tx, clock, actor, "session.revoke", user, &detail)
}

/// A person's sessions that are still live, newest first.
pub fn list(store: &Store, clock: &dyn Clock, user: i64) -> Result<Vec<SessionView>, ServiceError> {
    let now = clock.now();
    store.read(|tx| {
        let rows = sessions::live_of(tx, user, now)?;
        let live = rows
            .into_iter()
            .filter(|row| now.signed_duration_since(row.last_seen_at) <= IDLE)
            .map(|row| SessionView {
                id: row.id,
                created_at: row.created_at,
                last_seen_at: row.last_seen_at,
                expires_at: row.expires_at,
            });
        Ok(live.collect())
    })
}

pub(super) fn grant_of(row: &GrantRow) -> Result<Grant, ServiceError> {
    let role = Role::parse(&row.role)
        .ok_or_else(|| StoreError::Corrupt(format!("role of grant {}", row.id)))?;
    Ok(Grant { role, scope: Scope::of(row.school_id, row.authority_id) })
}

pub(super) fn lang_of(user: &UserRow) -> Lang {
    if user.lang == "en" { Lang::En } else { Lang::Vi }
}

/// The name of a language as it is stored.
pub(super) const fn lang_name(lang: Lang) -> &'static str {
    match lang {
        Lang::Vi => "vi",
        Lang::En => "en",
    }
}

/// The person with this id, unless disabled.
fn live_user(tx: &mut Tx<'_>, id: i64) -> Result<Option<UserRow>, ServiceError> {
    Ok(users::find(tx, id)?.filter(|user| user.disabled_at.is_none()))
}

/// The person with this id, locked until the transaction ends.
pub(super) fn lock_user(tx: &mut Tx<'_>, id: i64) -> Result<UserRow, ServiceError> {
    crate::store::dialect::lock_user(tx, id)?;
    load_user(tx, id)
}

pub(super) fn load_user(tx: &mut Tx<'_>, id: i64) -> Result<UserRow, ServiceError> {
    users::find(tx, id)?
        .ok_or_else(|| ServiceError::not_found("user", "người dùng", "user", &id.to_string()))
}

/// A time so much later.
pub(super) fn later(now: NaiveDateTime, step: TimeDelta) -> NaiveDateTime {
    now.checked_add_signed(step).unwrap_or(now)
}
