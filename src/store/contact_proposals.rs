//! What families propose to be written to by instead.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::contact_proposals;
use super::{StoreError, Tx};

/// A row of `contact_proposals`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = contact_proposals, treat_none_as_default_value = false)]
pub struct ProposalRow {
    pub id: i64,
    pub school_id: i64,
    pub family_id: i64,
    pub student_id: i64,
    /// Which guardian, from 1.
    pub position: i32,
    /// The key the proposal is sealed with.
    pub key_id: String,
    pub sealed: String,
    /// `waiting`, `accepted`, `refused` or `lapsed`.
    pub state: String,
    /// Whether whoever reads the known address has to agree, and whoever reads the new one.
    pub needs_old: bool,
    pub needs_new: bool,
    pub old_hash: Option<String>,
    pub new_hash: Option<String>,
    pub old_confirmed_at: Option<NaiveDateTime>,
    pub new_confirmed_at: Option<NaiveDateTime>,
    pub made_at: NaiveDateTime,
    pub expires_at: NaiveDateTime,
    pub decided_by: Option<String>,
    pub decided_at: Option<NaiveDateTime>,
}

pub fn insert(tx: &mut Tx<'_>, row: &ProposalRow) -> Result<(), StoreError> {
    diesel::insert_into(contact_proposals::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// A proposal of a school.
pub fn find(tx: &mut Tx<'_>, school: i64, id: i64) -> Result<Option<ProposalRow>, StoreError> {
    Ok(contact_proposals::table
        .find(id)
        .filter(contact_proposals::school_id.eq(school))
        .select(ProposalRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// The proposal of which one secret has this hash.
pub fn by_secret(tx: &mut Tx<'_>, hash: &str) -> Result<Option<ProposalRow>, StoreError> {
    Ok(contact_proposals::table
        .filter(contact_proposals::old_hash.eq(hash).or(contact_proposals::new_hash.eq(hash)))
        .select(ProposalRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// What waits of a school, or of one family of it, the oldest first.
pub fn waiting(
    tx: &mut Tx<'_>,
    (school, family): (Option<i64>, Option<i64>),
    now: NaiveDateTime,
) -> Result<Vec<ProposalRow>, StoreError> {
    let mut query = contact_proposals::table
        .filter(contact_proposals::state.eq("waiting"))
        .filter(contact_proposals::expires_at.gt(now))
        .into_boxed();
    if let Some(school) = school {
        query = query.filter(contact_proposals::school_id.eq(school));
    }
    if let Some(family) = family {
        query = query.filter(contact_proposals::family_id.eq(family));
    }
    Ok(query
        .order(contact_proposals::id)
        .limit(100)
        .select(ProposalRow::as_select())
        .load(tx.conn())?)
}

/// How many a family made since.
pub fn lately(tx: &mut Tx<'_>, family: i64, since: NaiveDateTime) -> Result<i64, StoreError> {
    Ok(contact_proposals::table
        .filter(contact_proposals::family_id.eq(family))
        .filter(contact_proposals::made_at.ge(since))
        .count()
        .get_result(tx.conn())?)
}

/// Writes down who agreed and what became of it.
pub fn update(tx: &mut Tx<'_>, row: &ProposalRow) -> Result<(), StoreError> {
    diesel::update(contact_proposals::table.find(row.id))
        .set((
            contact_proposals::state.eq(&row.state),
            contact_proposals::old_confirmed_at.eq(row.old_confirmed_at),
            contact_proposals::new_confirmed_at.eq(row.new_confirmed_at),
            contact_proposals::decided_by.eq(&row.decided_by),
            contact_proposals::decided_at.eq(row.decided_at),
        ))
        .execute(tx.conn())?;
    Ok(())
}
