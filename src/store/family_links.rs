//! The private pages of families.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::family_links;
use super::{StoreError, Tx};

/// A row of `family_links`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = family_links, treat_none_as_default_value = false)]
pub struct FamilyLinkRow {
    pub id: i64,
    pub school_id: i64,
    pub family_id: i64,
    /// SHA-256 of the secret in the address, in hexadecimal digits.
    pub secret_hash: String,
    /// The key the secret is sealed with.
    pub key_id: String,
    pub sealed: String,
    pub made_at: NaiveDateTime,
    pub expires_at: NaiveDateTime,
    pub revoked_at: Option<NaiveDateTime>,
    pub revoked_by: Option<String>,
}

pub fn insert(tx: &mut Tx<'_>, row: &FamilyLinkRow) -> Result<(), StoreError> {
    diesel::insert_into(family_links::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// The link whose secret has this hash, whatever has become of it.
pub fn find(tx: &mut Tx<'_>, secret_hash: &str) -> Result<Option<FamilyLinkRow>, StoreError> {
    Ok(family_links::table
        .filter(family_links::secret_hash.eq(secret_hash))
        .select(FamilyLinkRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// The family's links that nobody revoked, the one that holds longest first.
pub fn of_family(tx: &mut Tx<'_>, family: i64) -> Result<Vec<FamilyLinkRow>, StoreError> {
    Ok(family_links::table
        .filter(family_links::family_id.eq(family))
        .filter(family_links::revoked_at.is_null())
        .order((family_links::expires_at.desc(), family_links::id.desc()))
        .select(FamilyLinkRow::as_select())
        .load(tx.conn())?)
}

/// Revokes every link of a family that still stood; how many did.
pub fn revoke(
    tx: &mut Tx<'_>,
    family: i64,
    (at, by): (NaiveDateTime, &str),
) -> Result<usize, StoreError> {
    let standing = family_links::table
        .filter(family_links::family_id.eq(family))
        .filter(family_links::revoked_at.is_null());
    Ok(diesel::update(standing)
        .set((family_links::revoked_at.eq(at), family_links::revoked_by.eq(by)))
        .execute(tx.conn())?)
}
