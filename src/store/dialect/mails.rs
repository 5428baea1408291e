//! Mail, queued once and taken by one worker at a time.

use chrono::NaiveDateTime;
use diesel::RunQueryDsl;

use super::IdRow;
use crate::store::connection::AnyConnection;
use crate::store::mails::MailRow;
use crate::store::schema::mails;
use crate::store::{StoreError, Tx};

/// Adds a mail unless one with its key is there; whether it is new.
pub fn insert_new_mail(tx: &mut Tx<'_>, row: &MailRow) -> Result<bool, StoreError> {
    let insert = diesel::insert_into(mails::table).values(row.clone());
    let written = match tx.conn() {
        AnyConnection::Sqlite(c) => {
            insert.on_conflict(mails::dedupe_key).do_nothing().execute(c)?
        }
        AnyConnection::Pg(c) => insert.on_conflict(mails::dedupe_key).do_nothing().execute(c)?,
    };
    Ok(written > 0)
}

/// Locks the mail that has been due longest of those that nobody holds, passing over those that
/// another worker is just taking.
pub fn lock_due_mail(tx: &mut Tx<'_>, now: NaiveDateTime) -> Result<Option<i64>, StoreError> {
    let query = "SELECT id FROM mails WHERE due_at <= $1 \
                 AND (leased_until IS NULL OR leased_until <= $2) ORDER BY due_at, id LIMIT 1";
    let skip = match tx.conn() {
        AnyConnection::Sqlite(_) => "",
        AnyConnection::Pg(_) => " FOR UPDATE SKIP LOCKED",
    };
    let rows: Vec<IdRow> = diesel::sql_query(format!("{query}{skip}"))
        .bind::<diesel::sql_types::Timestamp, _>(now)
        .bind::<diesel::sql_types::Timestamp, _>(now)
        .load(tx.conn())?;
    Ok(rows.first().map(|row| row.id))
}
