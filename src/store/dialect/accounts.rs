//! Locks and counts of people who sign in.

use diesel::RunQueryDsl;
use diesel::sql_types::{BigInt, Text, Timestamp};

use crate::store::connection::AnyConnection;
use crate::store::{StoreError, Tx};

/// Locks a person's row until the transaction ends, letting rows refer to it meanwhile.
pub fn lock_user(tx: &mut Tx<'_>, id: i64) -> Result<(), StoreError> {
    if let AnyConnection::Pg(c) = tx.conn() {
        diesel::sql_query("SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE")
            .bind::<BigInt, _>(id)
            .execute(c)?;
    }
    Ok(())
}

/// Sees to it that a count of guesses is there, and locks it until the transaction ends.
pub fn lock_attempts(
    tx: &mut Tx<'_>,
    id: i64,
    subject_hash: &str,
    at: chrono::NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::sql_query(
        "INSERT INTO sign_in_attempts (id, subject_hash, failures, last_at) VALUES ($1, $2, 0, $3) \
         ON CONFLICT (subject_hash) DO UPDATE SET subject_hash = excluded.subject_hash",
    )
    .bind::<BigInt, _>(id)
    .bind::<Text, _>(subject_hash)
    .bind::<Timestamp, _>(at)
    .execute(tx.conn())?;
    Ok(())
}
