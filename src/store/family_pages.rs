//! Families' pages: what the school says of itself there, how often they are opened, who of the staff
//! looked at which family, how content families are, and on what grounds their data is kept.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer, Text, Timestamp};

use super::schema::{
    entries, family_bases, family_looks, family_page_settings, guardians, students, survey_answers,
};
use super::{StoreError, Tx};

/// A row of `family_looks`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = family_looks, treat_none_as_default_value = false)]
pub struct LookRow {
    pub id: i64,
    pub school_id: i64,
    pub family_id: i64,
    /// `page`, `address`, `claim`, `photo`, `export`, `student`, `account` or `receipt`.
    pub what: String,
    pub actor: String,
    pub at: NaiveDateTime,
}

/// A row of `family_bases`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = family_bases, treat_none_as_default_value = false)]
pub struct BasisRow {
    pub id: i64,
    pub school_id: i64,
    pub family_id: i64,
    pub words: String,
    pub on_day: NaiveDate,
    pub recorded_by: String,
    pub recorded_at: NaiveDateTime,
}

/// A row of `survey_answers`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = survey_answers, treat_none_as_default_value = false)]
pub struct AnswerRow {
    pub id: i64,
    pub school_id: i64,
    pub family_id: i64,
    pub term: String,
    pub score: i32,
    pub words: String,
    pub answered_at: NaiveDateTime,
    /// The receipt it was asked after; empty for answers of older versions.
    pub receipt_id: Option<i64>,
}

/// The accountant's telephone as families are told it.
pub fn telephone(tx: &mut Tx<'_>, school: i64) -> Result<Option<String>, StoreError> {
    Ok(family_page_settings::table
        .filter(family_page_settings::school_id.eq(school))
        .select(family_page_settings::telephone)
        .first(tx.conn())
        .optional()?)
}

/// Says which it is. The caller holds the school's lock.
pub fn set_telephone(
    tx: &mut Tx<'_>,
    school: i64,
    telephone: &str,
    (by, at): (&str, NaiveDateTime),
) -> Result<(), StoreError> {
    let id = tx.next_id()?;
    diesel::sql_query(
        "INSERT INTO family_page_settings (id, school_id, telephone, changed_by, changed_at) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (school_id) DO UPDATE SET \
         telephone = excluded.telephone, changed_by = excluded.changed_by, changed_at = excluded.changed_at",
    )
    .bind::<BigInt, _>(id)
    .bind::<BigInt, _>(school)
    .bind::<Text, _>(telephone)
    .bind::<Text, _>(by)
    .bind::<Timestamp, _>(at)
    .execute(tx.conn())?;
    Ok(())
}

/// Counts that a page was opened by a link on a day.
pub fn count_opening(
    tx: &mut Tx<'_>,
    (school, family, link): (i64, i64, i64),
    day: NaiveDate,
) -> Result<(), StoreError> {
    let id = tx.next_id()?;
    diesel::sql_query(
        "INSERT INTO family_openings (id, school_id, family_id, link_id, day, openings) \
         VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (link_id, day) DO UPDATE SET \
         openings = family_openings.openings + 1",
    )
    .bind::<BigInt, _>(id)
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(family)
    .bind::<BigInt, _>(link)
    .bind::<Date, _>(day)
    .execute(tx.conn())?;
    Ok(())
}

#[derive(QueryableByName)]
struct OpenedRow {
    #[diesel(sql_type = Date)]
    day: NaiveDate,
    #[diesel(sql_type = BigInt)]
    openings: i64,
}

/// How often a family's page was opened, day by day, the last first.
pub fn openings(
    tx: &mut Tx<'_>,
    family: i64,
    limit: i64,
) -> Result<Vec<(NaiveDate, i64)>, StoreError> {
    let rows: Vec<OpenedRow> = diesel::sql_query(
        "SELECT day, CAST(SUM(openings) AS BIGINT) AS openings FROM family_openings \
         WHERE family_id = $1 GROUP BY day ORDER BY day DESC LIMIT $2",
    )
    .bind::<BigInt, _>(family)
    .bind::<BigInt, _>(limit)
    .load(tx.conn())?;
    Ok(rows.into_iter().map(|row| (row.day, row.openings)).collect())
}

pub fn insert_look(tx: &mut Tx<'_>, row: &LookRow) -> Result<(), StoreError> {
    diesel::insert_into(family_looks::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// Whether somebody's look of a kind at a family has been written down since a moment.
pub fn has_looked(
    tx: &mut Tx<'_>,
    (school, family): (i64, i64),
    (what, actor): (&str, &str),
    since: NaiveDateTime,
) -> Result<bool, StoreError> {
    let same = family_looks::table
        .filter(family_looks::school_id.eq(school))
        .filter(family_looks::family_id.eq(family))
        .filter(family_looks::what.eq(what))
        .filter(family_looks::actor.eq(actor))
        .filter(family_looks::at.ge(since));
    Ok(select(exists(same)).get_result(tx.conn())?)
}

/// Looks at families of a school, the last first: at one family, by somebody in whose name `actor`
/// stands, before an id.
pub fn looks(
    tx: &mut Tx<'_>,
    school: i64,
    (family, actor, before): (Option<i64>, &str, Option<i64>),
    limit: i64,
) -> Result<Vec<LookRow>, StoreError> {
    let mut query = family_looks::table
        .filter(family_looks::school_id.eq(school))
        .filter(family_looks::id.lt(before.unwrap_or(i64::MAX)))
        .into_boxed();
    if let Some(family) = family {
        query = query.filter(family_looks::family_id.eq(family));
    }
    if !actor.is_empty() {
        let plain: String = actor.chars().filter(|c| !matches!(c, '%' | '_' | '\\')).collect();
        query = query.filter(family_looks::actor.like(format!("%{plain}%")));
    }
    Ok(query
        .order(family_looks::id.desc())
        .limit(limit)
        .select(LookRow::as_select())
        .load(tx.conn())?)
}

pub fn insert_basis(tx: &mut Tx<'_>, row: &BasisRow) -> Result<(), StoreError> {
    diesel::insert_into(family_bases::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// On what grounds a family's data is kept, the last note first.
pub fn bases(tx: &mut Tx<'_>, family: i64) -> Result<Vec<BasisRow>, StoreError> {
    Ok(family_bases::table
        .filter(family_bases::family_id.eq(family))
        .order(family_bases::id.desc())
        .select(BasisRow::as_select())
        .load(tx.conn())?)
}

pub fn insert_answer(tx: &mut Tx<'_>, row: &AnswerRow) -> Result<(), StoreError> {
    diesel::insert_into(survey_answers::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// Whether a family has answered after one of these receipts; an answer that is about none counts where
/// it was given since.
pub fn has_answered(
    tx: &mut Tx<'_>,
    family: i64,
    receipts: &[i64],
    since: NaiveDateTime,
) -> Result<bool, StoreError> {
    let of_these = survey_answers::receipt_id.eq_any(receipts.iter().copied().map(Some));
    let of_no_receipt =
        survey_answers::receipt_id.is_null().and(survey_answers::answered_at.ge(since));
    let answers = survey_answers::table
        .filter(survey_answers::family_id.eq(family))
        .filter(of_these.or(of_no_receipt));
    Ok(select(exists(answers)).get_result(tx.conn())?)
}

#[derive(QueryableByName)]
struct ScoresRow {
    #[diesel(sql_type = BigInt)]
    school_id: i64,
    #[diesel(sql_type = BigInt)]
    answers: i64,
    #[diesel(sql_type = BigInt)]
    content: i64,
}

/// School by school, how many families answered in a term, and how many of them are content. Of a
/// family that answered after several receipts the last answer counts.
pub fn scores(
    tx: &mut Tx<'_>,
    term: &str,
    content_from: i32,
) -> Result<Vec<(i64, i64, i64)>, StoreError> {
    let rows: Vec<ScoresRow> = diesel::sql_query(
        "SELECT school_id, COUNT(*) AS answers, \
         CAST(SUM(CASE WHEN score >= $1 THEN 1 ELSE 0 END) AS BIGINT) AS content \
         FROM survey_answers a WHERE term = $2 AND NOT EXISTS (SELECT 1 FROM survey_answers later \
         WHERE later.family_id = a.family_id AND later.term = a.term AND later.id > a.id) \
         GROUP BY school_id ORDER BY school_id",
    )
    .bind::<Integer, _>(content_from)
    .bind::<Text, _>(term)
    .load(tx.conn())?;
    Ok(rows.into_iter().map(|row| (row.school_id, row.answers, row.content)).collect())
}

#[derive(QueryableByName)]
struct AskedRow {
    #[diesel(sql_type = BigInt)]
    school_id: i64,
    #[diesel(sql_type = BigInt)]
    families: i64,
}

/// School by school, how many families a receipt was issued for from one day to another: so many were
/// asked how content they are.
pub fn asked(
    tx: &mut Tx<'_>,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<(i64, i64)>, StoreError> {
    let rows: Vec<AskedRow> = diesel::sql_query(
        "SELECT r.school_id, COUNT(DISTINCT s.family_id) AS families FROM receipts r \
         JOIN students s ON s.id = r.student_id WHERE r.issued_on >= $1 AND r.issued_on <= $2 \
         GROUP BY r.school_id ORDER BY r.school_id",
    )
    .bind::<Date, _>(from)
    .bind::<Date, _>(to)
    .load(tx.conn())?;
    Ok(rows.into_iter().map(|row| (row.school_id, row.families)).collect())
}

/// What families of a school wrote beside their answers in a term, the last first.
pub fn survey_words(
    tx: &mut Tx<'_>,
    (school, term): (i64, &str),
    limit: i64,
) -> Result<Vec<(i32, String)>, StoreError> {
    Ok(survey_answers::table
        .filter(survey_answers::school_id.eq(school))
        .filter(survey_answers::term.eq(term))
        .filter(survey_answers::words.ne(""))
        .order(survey_answers::id.desc())
        .limit(limit)
        .select((survey_answers::score, survey_answers::words))
        .load(tx.conn())?)
}

/// The languages of a family's guardians, those who are told first before.
pub fn languages(tx: &mut Tx<'_>, family: i64) -> Result<Vec<String>, StoreError> {
    Ok(guardians::table
        .inner_join(students::table.on(students::id.eq(guardians::student_id)))
        .filter(students::family_id.eq(family))
        .order((students::id, guardians::position))
        .select(guardians::language)
        .load(tx.conn())?)
}

/// Has a family's guardians written to in a language.
pub fn set_language(tx: &mut Tx<'_>, family: i64, language: &str) -> Result<usize, StoreError> {
    let of_family = students::table.filter(students::family_id.eq(family)).select(students::id);
    let ids: Vec<i64> = of_family.load(tx.conn())?;
    Ok(diesel::update(guardians::table.filter(guardians::student_id.eq_any(ids)))
        .set(guardians::language.eq(language))
        .execute(tx.conn())?)
}

/// The last day that any statement or notification of a school has told of.
pub fn last_booked_day(tx: &mut Tx<'_>, school: i64) -> Result<Option<NaiveDate>, StoreError> {
    Ok(entries::table
        .filter(entries::school_id.eq(school))
        .select(diesel::dsl::max(entries::booking_date))
        .first(tx.conn())?)
}

#[derive(QueryableByName)]
struct NoRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// The family whose id this is at a school.
pub fn family_exists(tx: &mut Tx<'_>, school: i64, family: i64) -> Result<bool, StoreError> {
    let row: Option<NoRow> =
        diesel::sql_query("SELECT id FROM families WHERE id = $1 AND school_id = $2")
            .bind::<BigInt, _>(family)
            .bind::<BigInt, _>(school)
            .get_result(tx.conn())
            .optional()?;
    Ok(row.is_some_and(|row| row.id == family))
}
