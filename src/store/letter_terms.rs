//! What schools set for letters: whether families are reminded, and the schools' own words.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::schema::{letter_terms, letter_wordings};
use super::{StoreError, Tx};

/// A row of `letter_terms`; its id is the school's.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = letter_terms, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct LetterTermsRow {
    pub id: i64,
    pub reminders: bool,
    /// The last day on which it was seen to who is to be reminded.
    pub reminded_on: Option<NaiveDate>,
}

/// A row of `letter_wordings`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = letter_wordings, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct LetterWordingRow {
    pub id: i64,
    pub school_id: i64,
    pub kind: String,
    pub language: String,
    pub intro: Option<String>,
    pub closing: Option<String>,
}

/// What a school says; nothing where it never did.
pub fn find(tx: &mut Tx<'_>, school: i64) -> Result<Option<LetterTermsRow>, StoreError> {
    Ok(letter_terms::table
        .find(school)
        .select(LetterTermsRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// Keeps what a school says, whose row the caller has locked.
pub fn set(tx: &mut Tx<'_>, row: &LetterTermsRow) -> Result<(), StoreError> {
    let changed = diesel::update(letter_terms::table.find(row.id)).set(row).execute(tx.conn())?;
    if changed == 0 {
        diesel::insert_into(letter_terms::table).values(row).execute(tx.conn())?;
    }
    Ok(())
}

/// When somebody last looked the letters over.
pub fn seen_at(tx: &mut Tx<'_>, school: i64) -> Result<Option<NaiveDateTime>, StoreError> {
    let seen: Option<Option<NaiveDateTime>> = letter_terms::table
        .find(school)
        .select(letter_terms::seen_at)
        .first(tx.conn())
        .optional()?;
    Ok(seen.flatten())
}

/// Keeps that, or that they are to be looked at again, for a school whose row the caller has locked.
pub fn set_seen(tx: &mut Tx<'_>, school: i64, at: Option<NaiveDateTime>) -> Result<(), StoreError> {
    if find(tx, school)?.is_none() {
        if at.is_none() {
            return Ok(());
        }
        set(tx, &LetterTermsRow { id: school, reminders: false, reminded_on: None })?;
    }
    diesel::update(letter_terms::table.find(school))
        .set(letter_terms::seen_at.eq(at))
        .execute(tx.conn())?;
    Ok(())
}

/// The schools whose families are to be reminded and for which nobody has seen to it on this day.
pub fn schools_to_remind(tx: &mut Tx<'_>, today: NaiveDate) -> Result<Vec<i64>, StoreError> {
    Ok(letter_terms::table
        .filter(letter_terms::reminders.eq(true))
        .filter(letter_terms::reminded_on.is_null().or(letter_terms::reminded_on.lt(today)))
        .order(letter_terms::id)
        .select(letter_terms::id)
        .load(tx.conn())?)
}

/// The school's own words, all of them.
pub fn wordings_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<LetterWordingRow>, StoreError> {
    Ok(letter_wordings::table
        .filter(letter_wordings::school_id.eq(school))
        .order((letter_wordings::kind, letter_wordings::language))
        .select(LetterWordingRow::as_select())
        .load(tx.conn())?)
}

/// Puts a school's words in the place of those there were; none where there is nothing to say.
pub fn set_wording(tx: &mut Tx<'_>, row: &LetterWordingRow) -> Result<(), StoreError> {
    let one = letter_wordings::table
        .filter(letter_wordings::school_id.eq(row.school_id))
        .filter(letter_wordings::kind.eq(&row.kind))
        .filter(letter_wordings::language.eq(&row.language));
    diesel::delete(one).execute(tx.conn())?;
    if row.intro.is_some() || row.closing.is_some() {
        diesel::insert_into(letter_wordings::table).values(row).execute(tx.conn())?;
    }
    Ok(())
}
