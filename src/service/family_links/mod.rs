//! The private pages of families: an address that nobody can guess, holds for a time and can be
//! revoked. Who has it sees what the family owes and paid; nothing more is asked.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{NaiveDateTime, TimeDelta};

use crate::domain::id::SchoolId;
use crate::ids::IdSource;
use crate::keyring::{Keyring, Sealed};
use crate::service::ServiceError;
use crate::service::sessions::tokens::hash;
use crate::store::Tx;
use crate::store::family_links::{self as store, FamilyLinkRow};

/// How much of a secret stands in an address: 160 bits, 27 letters.
const SECRET_BYTES: usize = 20;

/// For how many days an address holds.
pub const HOLDS_DAYS: i64 = 120;

/// An address that ends within so many days is not sent any more: a family shall have time to use it.
const AT_LEAST_DAYS: i64 = 30;

/// What making an address takes.
#[derive(Clone, Copy)]
pub struct Addresses<'a> {
    /// Where the service is found, e.g. `https://thu.truong.test`.
    pub public_url: &'a str,
    /// Unguessable numbers.
    pub ids: &'a dyn IdSource,
    /// What seals the secret.
    pub keys: &'a Keyring,
}

/// What a secret opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// The page of this family.
    Family {
        /// The link's id.
        link: i64,
        /// The school.
        school: SchoolId,
        /// The family.
        family: i64,
    },
    /// It was one until it expired; the family may ask for another.
    Expired {
        /// The school.
        school: SchoolId,
        /// The family.
        family: i64,
    },
}

/// The address of a family's private page: the one that was given before where that holds long
/// enough, or a new one.
pub fn address(
    tx: &mut Tx<'_>,
    with: Addresses<'_>,
    (school, family): (SchoolId, i64),
    at: NaiveDateTime,
) -> Result<String, ServiceError> {
    let enough = at.checked_add_signed(TimeDelta::days(AT_LEAST_DAYS)).unwrap_or(at);
    let known = store::of_family(tx, family)?.into_iter().next();
    if let Some(row) = known.filter(|row| row.school_id == school.0 && row.expires_at > enough) {
        let sealed = Sealed { key_id: row.key_id, text: row.sealed };
        let secret = with.keys.open(&owner(row.id), &sealed)?;
        return Ok(written(with.public_url, &secret));
    }
    let random = with.ids.secret();
    // Counted secrets of made-up data differ at the end.
    let secret = BASE64_URL_SAFE_NO_PAD
        .encode(random.get(random.len().saturating_sub(SECRET_BYTES)..).unwrap_or(&random));
    let id = tx.next_id()?;
    let sealed = with.keys.seal(with.ids, &owner(id), &secret)?;
    let row = FamilyLinkRow {
        id,
        school_id: school.0,
        family_id: family,
        secret_hash: hash(&secret),
        key_id: sealed.key_id,
        sealed: sealed.text,
        made_at: at,
        expires_at: at.checked_add_signed(TimeDelta::days(HOLDS_DAYS)).unwrap_or(at),
        revoked_at: None,
        revoked_by: None,
    };
    store::insert(tx, &row)?;
    Ok(written(with.public_url, &secret))
}

/// What a secret from an address opens at this time; one that was revoked is as unknown as one that
/// never was.
pub fn open(
    tx: &mut Tx<'_>,
    secret: &str,
    at: NaiveDateTime,
) -> Result<Option<Opened>, ServiceError> {
    let found = store::find(tx, &hash(secret))?.filter(|row| row.revoked_at.is_none());
    Ok(found.map(|row| {
        let (school, family) = (SchoolId(row.school_id), row.family_id);
        if row.expires_at > at {
            Opened::Family { link: row.id, school, family }
        } else {
            Opened::Expired { school, family }
        }
    }))
}

/// Revokes every address of a family's page; how many there were.
pub fn revoke(
    tx: &mut Tx<'_>,
    family: i64,
    by: (NaiveDateTime, &str),
) -> Result<usize, ServiceError> {
    Ok(store::revoke(tx, family, by)?)
}

fn written(public_url: &str, secret: &str) -> String {
    format!("{}/f/{secret}", public_url.trim_end_matches('/'))
}

fn owner(id: i64) -> String {
    format!("family link {id}")
}
