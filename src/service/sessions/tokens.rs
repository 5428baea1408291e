//! Secrets that were given to somebody and are known here by their hash only.

use chrono::TimeDelta;
use sha2::{Digest, Sha256};

use super::later;
use crate::clock::Clock;
use crate::domain::text::hex;
use crate::ids::IdSource;
use crate::service::ServiceError;
use crate::store::Tx;
use crate::store::sessions::{self, TokenRow};

/// What a secret is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Sets the first password.
    Invitation,
    /// Sets another password.
    Reset,
    /// Stands for a right password, until the second factor is proved.
    Ticket,
    /// Leads back from another provider of identities.
    Oidc,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Kind::Invitation => "invitation",
            Kind::Reset => "reset",
            Kind::Ticket => "ticket",
            Kind::Oidc => "oidc",
        }
    }

    const fn lives(self) -> TimeDelta {
        match self {
            Kind::Invitation => TimeDelta::days(7),
            Kind::Reset => TimeDelta::hours(1),
            Kind::Ticket | Kind::Oidc => TimeDelta::minutes(10),
        }
    }
}

/// 256 bits nobody has seen before, as text.
pub fn fresh(ids: &dyn IdSource) -> String {
    hex(&ids.secret())
}

/// How a secret is kept. It is random, so its hash needs no salt; a look-up by hash tells nothing of
/// the secret by its timing.
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// Keeps a secret that works once.
pub fn keep(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    kind: Kind,
    user: Option<i64>,
    secret: &str,
) -> Result<(), ServiceError> {
    let now = clock.now();
    let row = TokenRow {
        id: tx.next_id()?,
        kind: kind.as_str().to_owned(),
        user_id: user,
        secret_hash: hash(secret),
        created_at: now,
        expires_at: later(now, kind.lives()),
        used_at: None,
    };
    Ok(sessions::insert_token(tx, &row)?)
}

/// What is known of a secret that still works; it works on.
pub fn find(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    kind: Kind,
    secret: &str,
) -> Result<Option<TokenRow>, ServiceError> {
    Ok(sessions::live_token(tx, kind.as_str(), &hash(secret), clock.now())?)
}

/// Uses a secret up: `None` where it did not work any more.
pub fn consume(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    kind: Kind,
    secret: &str,
) -> Result<Option<TokenRow>, ServiceError> {
    let Some(row) = find(tx, clock, kind, secret)? else { return Ok(None) };
    // Of two who come at once, one is first.
    let used = sessions::use_token(tx, row.id, clock.now())?;
    Ok((used == 1).then_some(row))
}
