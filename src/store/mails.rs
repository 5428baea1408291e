//! Mail on its way to people.

use chrono::NaiveDateTime;
use diesel::dsl::{exists, select, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::schema::mails;
use super::{StoreError, Tx, dialect};

/// A row of `mails`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = mails, treat_none_as_default_value = false)]
pub struct MailRow {
    pub id: i64,
    pub school_id: Option<i64>,
    pub kind: String,
    /// What is told, so that it is queued once.
    pub dedupe_key: String,
    pub message_id: String,
    pub from_email: String,
    pub to_name: String,
    pub to_email: String,
    pub subject: String,
    /// The key the message is sealed with.
    pub key_id: String,
    pub sealed: String,
    /// `waiting`, `unsure`, `sent` or `failed`.
    pub state: String,
    /// How often it was tried; each lease's fencing number.
    pub attempts: i64,
    /// How many of them came before a person sent it again: they count for the pauses no more.
    pub attempts_before: i64,
    /// How often nobody could know whether the server took it.
    pub unsure_times: i64,
    /// Empty where nothing is left to do.
    pub due_at: Option<NaiveDateTime>,
    pub leased_until: Option<NaiveDateTime>,
    /// When the attempt of this lease went so far that the server may have the message.
    pub begun_at: Option<NaiveDateTime>,
    /// The server's last code.
    pub status: Option<i64>,
    pub problem: Option<String>,
    /// The server's own words.
    pub words: Option<String>,
    pub created_at: NaiveDateTime,
    pub sent_at: Option<NaiveDateTime>,
}

/// Adds a mail unless one tells the same; whether it is new.
pub fn insert_new(tx: &mut Tx<'_>, row: &MailRow) -> Result<bool, StoreError> {
    dialect::insert_new_mail(tx, row)
}

pub fn find(tx: &mut Tx<'_>, id: i64) -> Result<Option<MailRow>, StoreError> {
    Ok(mails::table.find(id).select(MailRow::as_select()).first(tx.conn()).optional()?)
}

/// The id of the mail that tells this.
pub fn find_by_key(tx: &mut Tx<'_>, dedupe_key: &str) -> Result<Option<i64>, StoreError> {
    Ok(mails::table
        .filter(mails::dedupe_key.eq(dedupe_key))
        .select(mails::id)
        .first(tx.conn())
        .optional()?)
}

/// Whether anything may be due that nobody holds: a look that locks nothing.
pub fn is_anything_due(tx: &mut Tx<'_>, now: NaiveDateTime) -> Result<bool, StoreError> {
    let due = mails::table
        .filter(mails::due_at.le(now))
        .filter(mails::leased_until.is_null().or(mails::leased_until.le(now)));
    Ok(select(exists(due)).get_result(tx.conn())?)
}

/// Leases the mail that has been due longest and that nobody holds, until `until`. The number of
/// attempts is the lease's fencing number. Where the lease before ended after its attempt had begun
/// to hand the message over, nobody can know what became of it: that is counted here.
pub fn claim(
    tx: &mut Tx<'_>,
    (now, until): (NaiveDateTime, NaiveDateTime),
) -> Result<Option<MailRow>, StoreError> {
    let Some(id) = dialect::lock_due_mail(tx, now)? else { return Ok(None) };
    let Some(mut row) = find(tx, id)? else { return Ok(None) };
    row.attempts = row.attempts.saturating_add(1);
    row.leased_until = Some(until);
    if row.begun_at.take().is_some() {
        "unsure".clone_into(&mut row.state);
        row.unsure_times = row.unsure_times.saturating_add(1);
    }
    diesel::update(mails::table.find(id))
        .set((
            mails::attempts.eq(row.attempts),
            mails::leased_until.eq(row.leased_until),
            mails::begun_at.eq(row.begun_at),
            mails::state.eq(&row.state),
            mails::unsure_times.eq(row.unsure_times),
        ))
        .execute(tx.conn())?;
    Ok(Some(row))
}

/// Lets mails of these kinds that are due and that nobody holds wait until `until`. What is known of
/// the attempts before stays.
pub fn put_off(
    tx: &mut Tx<'_>,
    kinds: &[&str],
    (now, until): (NaiveDateTime, NaiveDateTime),
) -> Result<usize, StoreError> {
    let due = mails::table
        .filter(mails::due_at.le(now))
        .filter(mails::leased_until.is_null().or(mails::leased_until.le(now)))
        .filter(mails::kind.eq_any(kinds.iter().copied()));
    Ok(diesel::update(due).set(mails::due_at.eq(until)).execute(tx.conn())?)
}

/// Takes a mail out of the queue that is not to be sent.
pub fn remove(tx: &mut Tx<'_>, id: i64) -> Result<(), StoreError> {
    diesel::delete(mails::table.find(id)).execute(tx.conn())?;
    Ok(())
}

/// Says that the attempt goes so far that the server may have the message, and lengthens its lease;
/// `false`, and nothing is written, where the lease has passed to somebody else meanwhile.
pub fn begin(
    tx: &mut Tx<'_>,
    leased: &MailRow,
    (now, until): (NaiveDateTime, NaiveDateTime),
) -> Result<bool, StoreError> {
    let held = mails::table
        .filter(mails::id.eq(leased.id))
        .filter(mails::attempts.eq(leased.attempts))
        .filter(mails::leased_until.gt(now));
    let written = diesel::update(held)
        .set((mails::begun_at.eq(now), mails::leased_until.eq(until)))
        .execute(tx.conn())?;
    Ok(written > 0)
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempted {
    pub state: &'static str,
    /// When it is due again, if ever.
    pub due_at: Option<NaiveDateTime>,
    pub unsure_times: i64,
    pub status: Option<i64>,
    pub problem: Option<&'static str>,
    pub words: Option<String>,
    pub sent_at: Option<NaiveDateTime>,
}

/// Ends a lease and says what became of it; `false`, and nothing is written, where the lease has
/// passed to somebody else meanwhile.
pub fn finish(
    tx: &mut Tx<'_>,
    leased: &MailRow,
    attempted: &Attempted,
) -> Result<bool, StoreError> {
    let held = mails::table
        .filter(mails::id.eq(leased.id))
        .filter(mails::attempts.eq(leased.attempts))
        .filter(mails::leased_until.is_not_null());
    let written = diesel::update(held)
        .set((
            mails::state.eq(attempted.state),
            mails::due_at.eq(attempted.due_at),
            mails::leased_until.eq(None::<NaiveDateTime>),
            mails::begun_at.eq(None::<NaiveDateTime>),
            mails::unsure_times.eq(attempted.unsure_times),
            mails::status.eq(attempted.status),
            mails::problem.eq(attempted.problem),
            mails::words.eq(&attempted.words),
            mails::sent_at.eq(attempted.sent_at),
        ))
        .execute(tx.conn())?;
    Ok(written > 0)
}

/// Puts a mail back into the queue with all its attempts before it; `false`, and nothing is written,
/// where it is on its way just now.
pub fn requeue(tx: &mut Tx<'_>, row: &MailRow, at: NaiveDateTime) -> Result<bool, StoreError> {
    let state = if row.state == "unsure" { "unsure" } else { "waiting" };
    let free = mails::table
        .filter(mails::id.eq(row.id))
        .filter(mails::attempts.eq(row.attempts))
        .filter(mails::leased_until.is_null().or(mails::leased_until.le(at)));
    let written = diesel::update(free)
        .set((
            mails::state.eq(state),
            mails::attempts_before.eq(mails::attempts),
            mails::due_at.eq(at),
            mails::problem.eq(None::<String>),
            mails::words.eq(None::<String>),
            mails::status.eq(None::<i64>),
        ))
        .execute(tx.conn())?;
    Ok(written > 0)
}

/// Which mails a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct MailFilter<'a> {
    pub school: Option<i64>,
    pub state: Option<&'a str>,
    pub kind: Option<&'a str>,
    /// Older than this id.
    pub before: Option<i64>,
    pub limit: i64,
}

/// Mails, newest first.
pub fn page(tx: &mut Tx<'_>, filter: &MailFilter<'_>) -> Result<Vec<MailRow>, StoreError> {
    let mut query = mails::table.into_boxed();
    if let Some(school) = filter.school {
        query = query.filter(mails::school_id.eq(school));
    }
    if let Some(state) = filter.state {
        query = query.filter(mails::state.eq(state));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(mails::kind.eq(kind));
    }
    if let Some(before) = filter.before {
        query = query.filter(mails::id.lt(before));
    }
    Ok(query
        .order(mails::id.desc())
        .limit(filter.limit)
        .select(MailRow::as_select())
        .load(tx.conn())?)
}

/// How many mails are still to be sent.
pub fn queued(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(mails::table
        .filter(mails::due_at.is_not_null())
        .select(sql::<BigInt>("COUNT(*)"))
        .get_result(tx.conn())?)
}

/// How many mails are in a state.
pub fn in_state(tx: &mut Tx<'_>, state: &str) -> Result<i64, StoreError> {
    Ok(mails::table
        .filter(mails::state.eq(state))
        .select(sql::<BigInt>("COUNT(*)"))
        .get_result(tx.conn())?)
}
