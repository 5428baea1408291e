//! What became of a letter for each who was to get it, and letters as people look at them.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamp};

use super::schema::letter_copies;
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};

/// A row of `letter_copies`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = letter_copies, treat_none_as_default_value = false)]
pub struct LetterCopyRow {
    pub id: i64,
    pub school_id: i64,
    pub letter_id: i64,
    /// The mail, where there is one.
    pub mail_id: Option<i64>,
    /// Why there is none.
    pub reason: Option<String>,
    /// Whether the product's words stand for the school's own, which failed.
    pub own_words_failed: bool,
    pub at: NaiveDateTime,
}

pub fn insert(tx: &mut Tx<'_>, rows: &[LetterCopyRow]) -> Result<(), StoreError> {
    dialect::insert_all::<_, LetterCopyRow>(tx, letter_copies::table, rows)
}

/// Forgets why nobody got a letter, which is looked at anew.
pub fn forget_reasons(tx: &mut Tx<'_>, letter: i64) -> Result<(), StoreError> {
    let reasons = letter_copies::table
        .filter(letter_copies::letter_id.eq(letter))
        .filter(letter_copies::mail_id.is_null());
    diesel::delete(reasons).execute(tx.conn())?;
    Ok(())
}

/// The letter that a mail is a copy of.
pub fn letter_of_mail(tx: &mut Tx<'_>, mail: i64) -> Result<Option<i64>, StoreError> {
    Ok(letter_copies::table
        .filter(letter_copies::mail_id.eq(mail))
        .select(letter_copies::letter_id)
        .first(tx.conn())
        .optional()?)
}

/// Says of a copy that it is not sent after all, and why.
pub fn withdraw(tx: &mut Tx<'_>, mail: i64, reason: &str) -> Result<(), StoreError> {
    diesel::update(letter_copies::table.filter(letter_copies::mail_id.eq(mail)))
        .set((letter_copies::mail_id.eq(None::<i64>), letter_copies::reason.eq(reason)))
        .execute(tx.conn())?;
    Ok(())
}

/// The mails a letter already became.
pub fn mails_of_letter(tx: &mut Tx<'_>, letter: i64) -> Result<Vec<i64>, StoreError> {
    let found: Vec<Option<i64>> = letter_copies::table
        .filter(letter_copies::letter_id.eq(letter))
        .filter(letter_copies::mail_id.is_not_null())
        .order(letter_copies::id)
        .select(letter_copies::mail_id)
        .load(tx.conn())?;
    Ok(found.into_iter().flatten().collect())
}

/// When letters to these families became mail since a moment: the family and the letter, each once.
pub fn made_since(
    tx: &mut Tx<'_>,
    school: i64,
    families: &[i64],
    since: NaiveDateTime,
) -> Result<Vec<(i64, String)>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        family_id: i64,
        #[diesel(sql_type = Text)]
        kind: String,
    }
    let mut found = Vec::new();
    for chunk in families.chunks(IDS_PER_QUERY) {
        let list: Vec<String> = chunk.iter().map(i64::to_string).collect();
        let rows: Vec<Row> = diesel::sql_query(format!(
            "SELECT l.family_id AS family_id, l.kind AS kind FROM letters l \
             WHERE l.school_id = $1 AND l.family_id IN ({}) AND l.state = 'made' \
             AND EXISTS (SELECT 1 FROM letter_copies c WHERE c.letter_id = l.id \
             AND c.mail_id IS NOT NULL AND c.at > $2)",
            list.join(",")
        ))
        .bind::<BigInt, _>(school)
        .bind::<Timestamp, _>(since)
        .load(tx.conn())?;
        found.extend(rows.into_iter().map(|row| (row.family_id, row.kind)));
    }
    Ok(found)
}

/// Which letters are looked at.
#[derive(Clone, Debug, Default)]
pub struct LookedAt<'a> {
    pub school: i64,
    /// Only notices of this round; of all where 0.
    pub round: i64,
    /// Only this kind; all where empty.
    pub kind: &'a str,
    /// Only this outcome; all where empty.
    pub outcome: &'a str,
    /// Older than this letter; from the newest on where 0.
    pub before: i64,
    pub limit: i64,
}

/// A letter as people look at it.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct LookedRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = BigInt)]
    pub family_id: i64,
    /// `waiting`, `sent`, `failed`, `unsure` or `skipped`.
    #[diesel(sql_type = Text)]
    pub outcome: String,
    #[diesel(sql_type = Text)]
    pub asked_by: String,
    #[diesel(sql_type = Timestamp)]
    pub asked_at: NaiveDateTime,
    #[diesel(sql_type = Nullable<Timestamp>)]
    pub due_at: Option<NaiveDateTime>,
}

/// The worst that became of any of a letter's mails.
const LOOKED: &str = "SELECT l.id AS id, l.kind AS kind, l.family_id AS family_id, \
     CASE WHEN l.state <> 'made' THEN l.state \
     WHEN EXISTS (SELECT 1 FROM letter_copies c JOIN mails m ON m.id = c.mail_id WHERE c.letter_id = l.id AND m.state = 'failed') THEN 'failed' \
     WHEN EXISTS (SELECT 1 FROM letter_copies c JOIN mails m ON m.id = c.mail_id WHERE c.letter_id = l.id AND m.state = 'unsure') THEN 'unsure' \
     WHEN EXISTS (SELECT 1 FROM letter_copies c JOIN mails m ON m.id = c.mail_id WHERE c.letter_id = l.id AND m.state = 'waiting') THEN 'waiting' \
     ELSE 'sent' END AS outcome, l.asked_by AS asked_by, l.asked_at AS asked_at, l.due_at AS due_at \
     FROM letters l WHERE l.school_id = $1 AND ($2 = 0 OR (l.kind = 'notice' AND l.about_id IN \
     (SELECT i.id FROM invoices i WHERE i.round_id = $2))) AND ($3 = '' OR l.kind = $3)";

/// The letters that may have come to an outcome, by an index: few are anything but sent, and nobody
/// looks through all the others for them.
fn may_be(outcome: &str) -> String {
    let mails = |state: &str| {
        format!(
            "SELECT c.letter_id FROM mails m JOIN letter_copies c ON c.mail_id = m.id \
             WHERE m.school_id = $1 AND m.state = '{state}' AND m.state <> 'sent'"
        )
    };
    let letters = |state: &str| {
        format!(
            "SELECT o.id FROM letters o WHERE o.school_id = $1 AND o.state = '{state}' \
             AND o.state <> 'made'"
        )
    };
    match outcome {
        "failed" | "unsure" => format!(" AND l.id IN ({})", mails(outcome)),
        "waiting" => {
            format!(" AND l.id IN ({} UNION ALL {})", mails("waiting"), letters("waiting"))
        }
        "skipped" => format!(" AND l.id IN ({})", letters("skipped")),
        _ => String::new(),
    }
}

/// Letters, newest first.
pub fn page(tx: &mut Tx<'_>, asked: &LookedAt<'_>) -> Result<Vec<LookedRow>, StoreError> {
    Ok(diesel::sql_query(format!(
        "SELECT * FROM ({LOOKED}{}) q WHERE ($4 = '' OR q.outcome = $4) \
         AND ($5 = 0 OR q.id < $5) ORDER BY q.id DESC LIMIT $6",
        may_be(asked.outcome)
    ))
    .bind::<BigInt, _>(asked.school)
    .bind::<BigInt, _>(asked.round)
    .bind::<Text, _>(asked.kind)
    .bind::<Text, _>(asked.outcome)
    .bind::<BigInt, _>(asked.before)
    .bind::<BigInt, _>(asked.limit)
    .load(tx.conn())?)
}

/// How many letters came to an outcome.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct OutcomeRow {
    #[diesel(sql_type = Text)]
    pub outcome: String,
    #[diesel(sql_type = BigInt)]
    pub letters: i64,
}

/// How many letters came to which outcome, among the newest up to the limit.
pub fn counts(tx: &mut Tx<'_>, asked: &LookedAt<'_>) -> Result<Vec<OutcomeRow>, StoreError> {
    Ok(diesel::sql_query(format!(
        "SELECT q.outcome AS outcome, COUNT(*) AS letters \
         FROM ({LOOKED} ORDER BY l.id DESC LIMIT $4) q GROUP BY q.outcome"
    ))
    .bind::<BigInt, _>(asked.school)
    .bind::<BigInt, _>(asked.round)
    .bind::<Text, _>(asked.kind)
    .bind::<BigInt, _>(asked.limit)
    .load(tx.conn())?)
}

/// What became of some letters, copy by copy.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct CopyRow {
    #[diesel(sql_type = BigInt)]
    pub letter_id: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub mail_id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    pub own_words_failed: bool,
    #[diesel(sql_type = Nullable<Text>)]
    pub to_email: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub mail_state: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub problem: Option<String>,
    #[diesel(sql_type = Nullable<Timestamp>)]
    pub sent_at: Option<NaiveDateTime>,
}

/// The copies of some letters, in their order.
pub fn of_letters(tx: &mut Tx<'_>, letters: &[i64]) -> Result<Vec<CopyRow>, StoreError> {
    let mut found = Vec::new();
    for chunk in letters.chunks(IDS_PER_QUERY) {
        let list: Vec<String> = chunk.iter().map(i64::to_string).collect();
        let rows: Vec<CopyRow> = diesel::sql_query(format!(
            "SELECT c.letter_id AS letter_id, c.mail_id AS mail_id, c.reason AS reason, \
             c.own_words_failed AS own_words_failed, m.to_email AS to_email, \
             m.state AS mail_state, m.problem AS problem, m.sent_at AS sent_at \
             FROM letter_copies c LEFT JOIN mails m ON m.id = c.mail_id \
             WHERE c.letter_id IN ({}) ORDER BY c.letter_id, c.id",
            list.join(",")
        ))
        .load(tx.conn())?;
        found.extend(rows);
    }
    Ok(found)
}
