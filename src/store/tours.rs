//! How far people have come in the guided tour.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::tours;
use super::{StoreError, Tx};

/// A row of `tours`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = tours, treat_none_as_default_value = false)]
pub struct TourRow {
    /// The person's.
    pub id: i64,
    /// The step, from 1; 0 once it is over.
    pub step: i64,
    pub changed_at: NaiveDateTime,
}

pub fn find(tx: &mut Tx<'_>, user: i64) -> Result<Option<TourRow>, StoreError> {
    Ok(tours::table.find(user).select(TourRow::as_select()).first(tx.conn()).optional()?)
}

/// Writes how far somebody has come. The caller holds the lock of the person.
pub fn set(tx: &mut Tx<'_>, row: &TourRow) -> Result<(), StoreError> {
    let changed = diesel::update(tours::table.find(row.id))
        .set((tours::step.eq(row.step), tours::changed_at.eq(row.changed_at)))
        .execute(tx.conn())?;
    if changed == 0 {
        diesel::insert_into(tours::table).values(row.clone()).execute(tx.conn())?;
    }
    Ok(())
}
