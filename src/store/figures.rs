//! How much waits, for whoever watches the service.

use chrono::NaiveDateTime;
use diesel::dsl::{min, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::payments::UNDECIDED;
use super::schema::{event_deliveries, event_endpoints, events, mails, payments};
use super::{StoreError, Tx};

/// When what has waited longest to leave was queued: events of open endpoints, and mail.
pub fn oldest_outgoing(tx: &mut Tx<'_>) -> Result<Option<NaiveDateTime>, StoreError> {
    let event: Option<NaiveDateTime> = event_deliveries::table
        .inner_join(events::table)
        .inner_join(event_endpoints::table)
        .filter(event_deliveries::state.eq("waiting"))
        .filter(event_endpoints::disabled_at.is_null())
        .select(min(events::at))
        .get_result(tx.conn())?;
    let mail: Option<NaiveDateTime> = mails::table
        .filter(mails::due_at.is_not_null())
        .select(min(mails::created_at))
        .get_result(tx.conn())?;
    Ok([event, mail].into_iter().flatten().min())
}

/// How many payments of all schools wait for a person. Goes through all of them: an index would cost
/// every import more than this.
pub fn undecided(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(payments::table
        .filter(payments::voided.eq(false))
        .filter(payments::credit_debit.eq("credit"))
        .filter(payments::decision_kind.eq_any(UNDECIDED))
        .select(sql::<BigInt>("COUNT(*)"))
        .get_result(tx.conn())?)
}
