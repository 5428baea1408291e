//! What is known of the addresses a school writes to: who wants no reminders, and where no mail can go.
//! An address is known by its hash alone, and found from outside by a secret that every reminder to it
//! carries.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::NaiveDateTime;
use sha2::{Digest, Sha256};

use crate::clock::Clock;
use crate::domain::id::SchoolId;
use crate::domain::text::hex;
use crate::keyring::Sealed;
use crate::service::family_links::Addresses;
use crate::service::{ServiceError, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::letter_addresses::{self as store, LetterAddressRow};
use crate::store::{Store, Tx, directory as schools};

/// How much of a secret stands in an address: 160 bits.
const SECRET_BYTES: usize = 20;

/// Who ends reminders and wants them again.
const FAMILY: &str = "family";

/// An address as whoever has its secret sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The school's name.
    pub school: String,
    /// Whether reminders go there.
    pub reminders: bool,
}

/// By which an address of a school is found; it is read out of nothing that is stored.
pub(crate) fn hash_of(email: &str) -> String {
    hex(&Sha256::digest(email.trim().to_lowercase().as_bytes()))
}

/// What is known of addresses, by hash.
pub(super) fn known(
    tx: &mut Tx<'_>,
    school: SchoolId,
    hashes: &[String],
) -> Result<BTreeMap<String, LetterAddressRow>, ServiceError> {
    let rows = store::known(tx, school.0, hashes)?;
    Ok(rows.into_iter().map(|row| (row.address_hash.clone(), row)).collect())
}

/// Makes an address known to a school, whose row is locked; what is known of it.
pub(super) fn make_known(
    tx: &mut Tx<'_>,
    with: Addresses<'_>,
    school: SchoolId,
    hash: &str,
) -> Result<LetterAddressRow, ServiceError> {
    let random = with.ids.secret();
    let secret = BASE64_URL_SAFE_NO_PAD
        .encode(random.get(random.len().saturating_sub(SECRET_BYTES)..).unwrap_or(&random));
    let id = tx.next_id()?;
    let sealed = with.keys.seal(with.ids, &owner(id), &secret)?;
    let row = LetterAddressRow {
        id,
        school_id: school.0,
        address_hash: hash.to_owned(),
        secret_hash: hex(&Sha256::digest(secret.as_bytes())),
        key_id: sealed.key_id,
        sealed: sealed.text,
        unsubscribed_at: None,
        refused_at: None,
    };
    store::insert(tx, &row)?;
    Ok(row)
}

/// The address at which reminders to somebody are ended.
pub(super) fn way_out(with: Addresses<'_>, row: &LetterAddressRow) -> Result<String, ServiceError> {
    let sealed = Sealed { key_id: row.key_id.clone(), text: row.sealed.clone() };
    let secret = with.keys.open(&owner(row.id), &sealed)?;
    Ok(format!("{}/reminders/{secret}", with.public_url.trim_end_matches('/')))
}

/// Says that a mail server refused an address of a school for good, or that it is tried again.
pub(crate) fn set_refused(
    tx: &mut Tx<'_>,
    (school, email): (i64, &str),
    at: Option<NaiveDateTime>,
) -> Result<(), ServiceError> {
    Ok(store::set_refused(tx, (school, &hash_of(email)), at)?)
}

/// What the secret of an address says; nothing where there is no such secret.
pub fn look(db: &Store, secret: &str) -> Result<Option<Subscription>, ServiceError> {
    db.read(|tx| {
        let Some(row) = find(tx, secret)? else { return Ok(None) };
        Ok(Some(view(tx, &row)?))
    })
}

/// Ends reminders to an address, or has them sent again; whoever has its secret may. Nothing where
/// there is no such secret.
pub fn set_reminders(
    db: &Store,
    clock: &dyn Clock,
    secret: &str,
    wanted: bool,
) -> Result<Option<Subscription>, ServiceError> {
    db.write(|tx| {
        let Some(row) = find(tx, secret)? else { return Ok(None) };
        directory::lock_school(tx, SchoolId(row.school_id))?;
        let Some(row) = find(tx, secret)? else { return Ok(None) };
        if wanted == row.unsubscribed_at.is_some() {
            let at = clock.now();
            store::set_unsubscribed(tx, row.id, (!wanted).then_some(at))?;
            let fact = AuditFact {
                actor: FAMILY.to_owned(),
                action: if wanted { "letter.subscribe" } else { "letter.unsubscribe" },
                subject_kind: "letter_address",
                subject_id: row.id,
                detail: "{}".to_owned(),
            };
            audit::append(tx, row.school_id, at, vec![fact])?;
        }
        let Some(row) = find(tx, secret)? else { return Ok(None) };
        Ok(Some(view(tx, &row)?))
    })
}

fn find(tx: &mut Tx<'_>, secret: &str) -> Result<Option<LetterAddressRow>, ServiceError> {
    Ok(store::by_secret(tx, &hex(&Sha256::digest(secret.as_bytes())))?)
}

fn view(tx: &mut Tx<'_>, row: &LetterAddressRow) -> Result<Subscription, ServiceError> {
    let school = schools::school(tx, row.school_id)?.map(|school| school.name);
    Ok(Subscription {
        school: school.unwrap_or_default(),
        reminders: row.unsubscribed_at.is_none(),
    })
}

fn owner(id: i64) -> String {
    format!("letter address {id}")
}
