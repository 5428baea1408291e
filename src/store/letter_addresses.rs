//! What is known of addresses a school writes to, by their hashes.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::letter_addresses;
use super::{IDS_PER_QUERY, StoreError, Tx};

/// A row of `letter_addresses`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = letter_addresses, treat_none_as_default_value = false)]
pub struct LetterAddressRow {
    pub id: i64,
    pub school_id: i64,
    pub address_hash: String,
    /// SHA-256 of the secret by which reminders are ended.
    pub secret_hash: String,
    /// The key the secret is sealed with.
    pub key_id: String,
    pub sealed: String,
    /// Since when it wants no reminders.
    pub unsubscribed_at: Option<NaiveDateTime>,
    /// Since when it is known that no mail can go there.
    pub refused_at: Option<NaiveDateTime>,
}

pub fn insert(tx: &mut Tx<'_>, row: &LetterAddressRow) -> Result<(), StoreError> {
    diesel::insert_into(letter_addresses::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// What is known of these addresses of a school.
pub fn known(
    tx: &mut Tx<'_>,
    school: i64,
    hashes: &[String],
) -> Result<Vec<LetterAddressRow>, StoreError> {
    let mut found = Vec::new();
    for chunk in hashes.chunks(IDS_PER_QUERY) {
        found.extend(
            letter_addresses::table
                .filter(letter_addresses::school_id.eq(school))
                .filter(letter_addresses::address_hash.eq_any(chunk))
                .select(LetterAddressRow::as_select())
                .load::<LetterAddressRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// The address whose secret has this hash.
pub fn by_secret(
    tx: &mut Tx<'_>,
    secret_hash: &str,
) -> Result<Option<LetterAddressRow>, StoreError> {
    Ok(letter_addresses::table
        .filter(letter_addresses::secret_hash.eq(secret_hash))
        .select(LetterAddressRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// Says since when an address wants no reminders, or that it wants them again.
pub fn set_unsubscribed(
    tx: &mut Tx<'_>,
    id: i64,
    at: Option<NaiveDateTime>,
) -> Result<(), StoreError> {
    diesel::update(letter_addresses::table.find(id))
        .set(letter_addresses::unsubscribed_at.eq(at))
        .execute(tx.conn())?;
    Ok(())
}

/// Says since when no mail can go to an address, or that it is tried again.
pub fn set_refused(
    tx: &mut Tx<'_>,
    (school, address_hash): (i64, &str),
    at: Option<NaiveDateTime>,
) -> Result<(), StoreError> {
    let one = letter_addresses::table
        .filter(letter_addresses::school_id.eq(school))
        .filter(letter_addresses::address_hash.eq(address_hash));
    diesel::update(one).set(letter_addresses::refused_at.eq(at)).execute(tx.conn())?;
    Ok(())
}
