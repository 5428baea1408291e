//! How the installation as a whole is: what waits and since when.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Timestamp};

use super::connection::AnyConnection;
use super::{StoreError, Tx};

/// A queue: how much of it waits, since when, and what was given up.
#[derive(Clone, Debug, Default, PartialEq, Eq, QueryableByName)]
pub struct QueueRow {
    #[diesel(sql_type = BigInt)]
    pub waiting: i64,
    #[diesel(sql_type = Nullable<Timestamp>)]
    pub oldest: Option<NaiveDateTime>,
    #[diesel(sql_type = BigInt)]
    pub dead: i64,
}

/// What came and is to be handled.
pub fn inbox(tx: &mut Tx<'_>) -> Result<QueueRow, StoreError> {
    of(
        tx,
        "SELECT (SELECT COUNT(*) FROM notifications WHERE state = 'waiting') AS waiting, \
            (SELECT MIN(received_at) FROM notifications WHERE state = 'waiting') AS oldest, \
            (SELECT COUNT(*) FROM notifications WHERE state = 'dead') AS dead",
    )
}

/// What is to be sent to other programs.
pub fn outbox(tx: &mut Tx<'_>) -> Result<QueueRow, StoreError> {
    of(
        tx,
        "SELECT (SELECT COUNT(*) FROM event_deliveries WHERE state = 'waiting') AS waiting, \
            (SELECT MIN(e.at) FROM event_deliveries d JOIN events e ON e.id = d.event_id \
             WHERE d.state = 'waiting') AS oldest, \
            (SELECT COUNT(*) FROM event_deliveries WHERE state = 'dead') AS dead",
    )
}

/// Mail that is to be sent.
pub fn mails(tx: &mut Tx<'_>) -> Result<QueueRow, StoreError> {
    of(
        tx,
        "SELECT (SELECT COUNT(*) FROM mails WHERE state = 'waiting') AS waiting, \
            (SELECT MIN(created_at) FROM mails WHERE state = 'waiting') AS oldest, \
            (SELECT COUNT(*) FROM mails WHERE state IN ('failed', 'unsure')) AS dead",
    )
}

/// Which database it is.
pub fn database(tx: &mut Tx<'_>) -> &'static str {
    match tx.conn() {
        AnyConnection::Sqlite(_) => "SQLite",
        AnyConnection::Pg(_) => "PostgreSQL",
    }
}

fn of(tx: &mut Tx<'_>, sql: &str) -> Result<QueueRow, StoreError> {
    Ok(diesel::sql_query(sql).get_result(tx.conn())?)
}
