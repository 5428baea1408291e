//! Signing in: a password, then the second factor where there is one.
//!
//! Hashing a password takes a while, so it happens between transactions: the guess is counted in one
//! before, and what was proved is acted upon in one after, if the account is still the same.

use std::fmt;

use chrono::NaiveDateTime;

use super::throttle::{self, Charge, Subject};
use super::tokens::{self, Kind};
use super::{KEPT, LONGEST, factor, later, live_user, lock_user, passwords, record};
use crate::clock::Clock;
use crate::domain::access::email;
use crate::ids::IdSource;
use crate::keyring::Keyring;
use crate::service::{Actor, ServiceError};
use crate::store::sessions::{self, SessionRow};
use crate::store::users::{self, UserRow};
use crate::store::{Store, Tx};

/// How an attempt to sign in ended.
#[derive(Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A session began.
    SignedIn {
        /// What its cookie holds.
        secret: String,
    },
    /// The password was right, and the account has a second factor.
    CodeNeeded {
        /// What proves the password in the second step, for ten minutes.
        ticket: String,
    },
    /// Not these: nobody learns which of them was wrong.
    Refused,
    /// Too many wrong attempts; this one was not looked at.
    Throttled {
        /// How long to wait.
        seconds: u64,
    },
}

impl fmt::Debug for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::SignedIn { .. } => out.write_str("SignedIn(…)"),
            Outcome::CodeNeeded { .. } => out.write_str("CodeNeeded(…)"),
            Outcome::Refused => out.write_str("Refused"),
            Outcome::Throttled { seconds } => write!(out, "Throttled({seconds} s)"),
        }
    }
}

/// Signs somebody in with a password. `from` is the client's address; it is kept as a hash, to count
/// guesses by.
pub fn sign_in(
    store: &Store,
    clock: &dyn Clock,
    ids: &dyn IdSource,
    address: &str,
    password: &str,
    from: &str,
) -> Result<Outcome, ServiceError> {
    let address = email::normalise(address);
    let subjects = [Subject::Account(&address), Subject::Address(from)];
    let locked = match throttle::charge(store, clock.now(), &subjects)? {
        Charge::Wait(seconds) => return Ok(Outcome::Throttled { seconds }),
        Charge::Counted { locked } => locked,
    };
    let user = store.read(|tx| users::find_by_email(tx, &address))?;
    let stored = user.as_ref().and_then(|user| user.password_hash.as_deref());
    let right = passwords::verify(password, stored);
    let secret = tokens::fresh(ids);
    store.write(|tx| {
        // Somebody may have changed the password, or disabled the account, meanwhile.
        let still = match &user {
            Some(seen) if right => Some(lock_user(tx, seen.id)?)
                .filter(|now| now.password_hash == seen.password_hash)
                .filter(|now| now.disabled_at.is_none()),
            _ => None,
        };
        let Some(user) = still else {
            let known = user.as_ref().map(|user| (user.id, user.email.as_str()));
            record::failed(tx, clock, known, "password", locked)?;
            return Ok(Outcome::Refused);
        };
        throttle::forgive(tx, clock.now(), &subjects)?;
        step_after_proof(tx, clock, &user, "password", &secret)
    })
}

/// What follows a proof that is not the second factor: the session, or the question for a code.
pub(in crate::service) fn step_after_proof(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    user: &UserRow,
    by: &str,
    secret: &str,
) -> Result<Outcome, ServiceError> {
    let secret = secret.to_owned();
    if user.totp_sealed.is_some() {
        tokens::keep(tx, clock, Kind::Ticket, Some(user.id), &secret)?;
        return Ok(Outcome::CodeNeeded { ticket: secret });
    }
    start(tx, clock, user, by, &secret)?;
    Ok(Outcome::SignedIn { secret })
}

/// Proves the second factor: a code of the app, or a recovery code.
pub fn second_step(
    store: &Store,
    clock: &dyn Clock,
    ids: &dyn IdSource,
    keys: &Keyring,
    ticket: &str,
    code: &str,
    from: &str,
) -> Result<Outcome, ServiceError> {
    let Some(user) = store.read(|tx| ticket_owner(tx, clock, ticket))? else {
        return Ok(Outcome::Refused);
    };
    let subjects = [Subject::Code(user), Subject::Address(from)];
    let locked = match throttle::charge(store, clock.now(), &subjects)? {
        Charge::Wait(seconds) => return Ok(Outcome::Throttled { seconds }),
        Charge::Counted { locked } => locked,
    };
    let secret = tokens::fresh(ids);
    store.write(|tx| {
        let user = lock_user(tx, user)?;
        let live = user.disabled_at.is_none() && ticket_owner(tx, clock, ticket)?.is_some();
        let proof = if live { factor::check(tx, keys, &user, code, clock.now())? } else { None };
        let Some(proof) = proof else {
            record::failed(tx, clock, Some((user.id, &user.email)), "second_factor", locked)?;
            return Ok(Outcome::Refused);
        };
        tokens::consume(tx, clock, Kind::Ticket, ticket)?;
        throttle::forgive(tx, clock.now(), &subjects)?;
        note_recovery(tx, clock, &user, proof)?;
        start(tx, clock, &user, proof.as_str(), &secret)?;
        Ok(Outcome::SignedIn { secret: secret.clone() })
    })
}

fn ticket_owner(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    ticket: &str,
) -> Result<Option<i64>, ServiceError> {
    Ok(tokens::find(tx, clock, Kind::Ticket, ticket)?.and_then(|row| row.user_id))
}

fn note_recovery(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    user: &UserRow,
    proof: factor::Proof,
) -> Result<(), ServiceError> {
    if proof != factor::Proof::RecoveryCode {
        return Ok(());
    }
    let left = users::recovery_codes_left(tx, user.id)?;
    let detail = serde_json::json!({ "left": left });
    record::of(tx, clock, &Actor::named(&user.email), "recovery_code.use", user.id, &detail)
}

/// Begins a session of its own, whatever the browser had before.
pub(in crate::service) fn start(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    user: &UserRow,
    by: &str,
    secret: &str,
) -> Result<(), ServiceError> {
    let now = clock.now();
    sessions::forget(tx, later(now, -KEPT))?;
    let row = SessionRow {
        id: tx.next_id()?,
        user_id: user.id,
        secret_hash: tokens::hash(secret),
        created_at: now,
        last_seen_at: now,
        proved_at: now,
        expires_at: later(now, LONGEST),
        revoked_at: None,
    };
    sessions::insert(tx, &row)?;
    let detail = serde_json::json!({ "by": by, "session": row.id });
    record::of(tx, clock, &Actor::named(&user.email), "sign_in.done", user.id, &detail)
}

/// Proves again who is behind a session, which is fresh then. An empty password is none: whoever
/// signs in elsewhere has only a code. What is given must be right, and something must be given.
pub fn prove_again(
    store: &Store,
    clock: &dyn Clock,
    keys: &Keyring,
    session: i64,
    password: &str,
    code: Option<&str>,
) -> Result<bool, ServiceError> {
    let now = clock.now();
    let seen = store.read(|tx| match sessions::find(tx, session)? {
        Some(row) => live_user(tx, row.user_id),
        None => Ok(None),
    })?;
    let Some(seen) = seen else { return Ok(false) };
    let code = code.map(str::trim).filter(|code| !code.is_empty());
    if password.is_empty() && code.is_none() {
        return Ok(false);
    }
    let mut subjects = Vec::with_capacity(2);
    if !password.is_empty() {
        subjects.push(Subject::Account(&seen.email));
    }
    if code.is_some() {
        subjects.push(Subject::Code(seen.id));
    }
    let locked = counted(store, now, &subjects)?;
    let right = password.is_empty() || passwords::verify(password, seen.password_hash.as_deref());
    store.write(|tx| {
        let user = lock_user(tx, seen.id)?;
        let live = user.disabled_at.is_none()
            && user.password_hash == seen.password_hash
            && sessions::find(tx, session)?.is_some();
        let proof = match code {
            Some(code) if right && live => factor::check(tx, keys, &user, code, now)?,
            _ => None,
        };
        if !right || !live || (code.is_some() && proof.is_none()) {
            record::failed(tx, clock, Some((user.id, &user.email)), "proof", locked)?;
            return Ok(false);
        }
        throttle::forgive(tx, now, &subjects)?;
        if let Some(proof) = proof {
            note_recovery(tx, clock, &user, proof)?;
        }
        sessions::prove(tx, session, now)?;
        let detail = serde_json::json!({ "session": session });
        record::of(tx, clock, &Actor::named(&user.email), "session.prove", user.id, &detail)?;
        Ok(true)
    })
}

/// Counts a guess, or says how long to wait; whether it was the last before a wait.
pub(in crate::service) fn counted(
    store: &Store,
    now: NaiveDateTime,
    subjects: &[Subject<'_>],
) -> Result<bool, ServiceError> {
    match throttle::charge(store, now, subjects)? {
        Charge::Wait(seconds) => Err(throttle::too_many(seconds)),
        Charge::Counted { locked } => Ok(locked),
    }
}
