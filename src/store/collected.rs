//! What every cashless rate is made of: a row for each allocation to a line of an invoice, with what
//! a rate needs to know of it as it was then. Rows are only added.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Text, Timestamp};

use super::reports::id_list;
use super::schema::{collected_facts, fee_items};
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};
use crate::domain::calendar::parse_iso_day;

/// A row of `collected_facts`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, QueryableByName)]
#[diesel(table_name = collected_facts, treat_none_as_default_value = false)]
pub struct FactRow {
    pub id: i64,
    pub school_id: i64,
    pub allocation_id: i64,
    pub payment_id: i64,
    pub invoice_line_id: i64,
    pub student_id: i64,
    pub family_id: i64,
    pub class: String,
    pub fee_item_code: String,
    pub channel: String,
    pub booking_date: NaiveDate,
    pub amount_dong: i64,
    pub cause: String,
    pub at: NaiveDateTime,
}

/// Writes down what some allocations of a school are about that were just added, all with ids from
/// `first` to `last`: a reversal repeats what it takes back, whatever that would be called by now.
pub fn add_settled(
    tx: &mut Tx<'_>,
    school: i64,
    (first, last): (i64, i64),
) -> Result<(), StoreError> {
    const COLUMNS: &str = "INSERT INTO collected_facts (id, school_id, allocation_id, payment_id, \
         invoice_line_id, student_id, family_id, class, fee_item_code, channel, booking_date, \
         amount_dong, cause, at) ";
    const ADDED: &str =
        "a.id >= $1 AND a.id <= $2 AND a.school_id = $3 AND a.target = 'invoice' AND a.reverses_id";
    for select in [
        format!(
            "SELECT a.id, a.school_id, c.allocation_id, c.payment_id, c.invoice_line_id, \
             c.student_id, c.family_id, c.class, c.fee_item_code, c.channel, c.booking_date, \
             a.amount_dong, 'reversed', a.at FROM allocations a \
             JOIN collected_facts c ON {LAST} WHERE {ADDED} IS NOT NULL",
            LAST = last_of("a.reverses_id"),
        ),
        format!(
            "SELECT a.id, a.school_id, a.id, a.payment_id, a.invoice_line_id, s.id, s.family_id, \
             COALESCE(i.class, s.class), f.code, p.channel, p.booking_date, a.amount_dong, \
             'settled', a.at FROM allocations a JOIN payments p ON p.id = a.payment_id \
             JOIN invoices i ON i.id = a.invoice_id JOIN students s ON s.id = i.student_id \
             JOIN invoice_lines l ON l.id = a.invoice_line_id \
             JOIN fee_items f ON f.id = l.fee_item_id WHERE {ADDED} IS NULL"
        ),
    ] {
        diesel::sql_query(format!("{COLUMNS}{select}"))
            .bind::<BigInt, _>(first)
            .bind::<BigInt, _>(last)
            .bind::<BigInt, _>(school)
            .execute(tx.conn())?;
    }
    Ok(())
}

/// That `c` is the row that says last what an allocation is about.
fn last_of(allocation: &str) -> String {
    format!(
        "c.allocation_id = {allocation} AND c.id = (SELECT MAX(o.id) FROM collected_facts o \
         WHERE o.allocation_id = {allocation} AND o.amount_dong > 0)"
    )
}

pub fn insert(tx: &mut Tx<'_>, rows: &[FactRow]) -> Result<(), StoreError> {
    for row in rows {
        tx.touched.day(row.school_id, row.booking_date);
    }
    dialect::insert_all::<collected_facts::table, FactRow>(tx, collected_facts::table, rows)
}

/// Rows that hold and say another channel or day of a payment than it has now.
pub fn behind_payment(tx: &mut Tx<'_>, payment: i64) -> Result<Vec<FactRow>, StoreError> {
    let sql = format!(
        "SELECT c.* FROM allocations a JOIN payments p ON p.id = a.payment_id \
         JOIN collected_facts c ON {} WHERE a.payment_id = $1 AND {STANDING} \
         AND (c.channel <> p.channel OR c.booking_date <> p.booking_date) ORDER BY c.id",
        last_of("a.id")
    );
    Ok(diesel::sql_query(sql).bind::<BigInt, _>(payment).load(tx.conn())?)
}

/// Rows that hold and say another family of some students than they have now, each with the family
/// they have now.
pub fn behind_students(
    tx: &mut Tx<'_>,
    students: &[i64],
) -> Result<Vec<(FactRow, i64)>, StoreError> {
    let mut found = Vec::new();
    for chunk in students.chunks(IDS_PER_QUERY) {
        let sql = format!(
            "SELECT c.* FROM invoices i JOIN students s ON s.id = i.student_id \
             JOIN allocations a ON a.invoice_id = i.id JOIN collected_facts c ON {} \
             WHERE i.student_id IN ({}) AND {STANDING} AND c.family_id <> s.family_id ORDER BY c.id",
            last_of("a.id"),
            id_list(chunk)
        );
        let rows: Vec<FactRow> = diesel::sql_query(sql).load(tx.conn())?;
        let now = families(tx, chunk)?;
        found.extend(rows.into_iter().filter_map(|row| {
            let family = now.iter().find(|(student, _)| *student == row.student_id)?.1;
            Some((row, family))
        }));
    }
    Ok(found)
}

/// That an allocation to an invoice was not taken back.
const STANDING: &str = "a.target = 'invoice' AND a.reverses_id IS NULL \
     AND NOT EXISTS (SELECT 1 FROM allocations r WHERE r.reverses_id = a.id)";

/// The family of each of some students.
pub fn families(tx: &mut Tx<'_>, students: &[i64]) -> Result<Vec<(i64, i64)>, StoreError> {
    use super::schema::students as table;
    let mut found = Vec::with_capacity(students.len());
    for chunk in students.chunks(IDS_PER_QUERY) {
        found.extend(
            table::table
                .filter(table::id.eq_any(chunk))
                .select((table::id, table::family_id))
                .load::<(i64, i64)>(tx.conn())?,
        );
    }
    Ok(found)
}

/// Money of one payment for one fee item of one student, reversals already subtracted. In the order of
/// schools, payments, students and fee items.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CollectedRow {
    pub school_id: i64,
    pub payment_id: i64,
    pub student_id: i64,
    pub fee_item_code: String,
    pub class: String,
    pub family_id: i64,
    pub channel: String,
    pub booking_date: NaiveDate,
    pub amount_dong: i64,
}

impl CollectedRow {
    /// Everything but the amount.
    fn is_of(&self, other: &CollectedRow) -> bool {
        let numbers =
            |row: &CollectedRow| (row.school_id, row.payment_id, row.student_id, row.family_id);
        numbers(self) == numbers(other)
            && self.fee_item_code == other.fee_item_code
            && self.class == other.class
            && self.channel == other.channel
            && self.booking_date == other.booking_date
    }
}

/// Up to where the ledger counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// What was written before this instant.
    Before(NaiveDateTime),
    /// Rows up to this one, itself included: what one school's ledger said when it was its last.
    Position(i64),
}

/// What was collected from payments booked between two days, as the ledger stood; of the schools
/// given.
pub fn collected(
    tx: &mut Tx<'_>,
    schools: &[i64],
    (from, to): (NaiveDate, NaiveDate),
    until: Until,
) -> Result<Vec<CollectedRow>, StoreError> {
    use collected_facts as facts;
    type Numbers = (i64, i64, i64, i64, i64);
    type Texts = (String, String, String, String);
    let mut rows = Vec::new();
    for chunk in schools.chunks(IDS_PER_QUERY) {
        let own = facts::table
            .filter(facts::school_id.eq_any(chunk))
            .filter(facts::booking_date.between(from, to));
        let told = (
            (
                facts::school_id,
                facts::payment_id,
                facts::student_id,
                facts::family_id,
                facts::amount_dong,
            ),
            // A day as text: most rows are of the day of the row before, and need not be read again.
            (
                facts::fee_item_code,
                facts::class,
                facts::channel,
                diesel::dsl::sql::<Text>("CAST(booking_date AS TEXT)"),
            ),
        );
        let found: Vec<(Numbers, Texts)> = match until {
            Until::Before(instant) => {
                own.filter(facts::at.lt(instant)).select(told).load(tx.conn())?
            }
            Until::Position(id) => own.filter(facts::id.le(id)).select(told).load(tx.conn())?,
        };
        let mut last: Option<(String, NaiveDate)> = None;
        rows.reserve(found.len());
        for (numbers, (fee_item_code, class, channel, day)) in found {
            let booking_date = match &last {
                Some((text, known)) if *text == day => *known,
                _ => {
                    let read = parse_iso_day(&day)
                        .ok_or_else(|| StoreError::Corrupt(format!("a day of a fact: {day:?}")))?;
                    last = Some((day, read));
                    read
                }
            };
            let (school_id, payment_id, student_id, family_id, amount_dong) = numbers;
            rows.push(CollectedRow {
                school_id,
                payment_id,
                student_id,
                fee_item_code,
                class,
                family_id,
                channel,
                booking_date,
                amount_dong,
            });
        }
    }
    netted(rows)
}

/// The rows in their order, those of the same money as one, without what was taken back.
fn netted(mut rows: Vec<CollectedRow>) -> Result<Vec<CollectedRow>, StoreError> {
    rows.sort();
    let mut complete = true;
    rows.dedup_by(|row, kept| {
        let same = row.is_of(kept);
        if same {
            match kept.amount_dong.checked_add(row.amount_dong) {
                Some(sum) => kept.amount_dong = sum,
                None => complete = false,
            }
        }
        same
    });
    if !complete {
        return Err(StoreError::Corrupt("facts of one payment are too large together".to_owned()));
    }
    rows.retain(|row| row.amount_dong != 0);
    Ok(rows)
}

/// Money of payments booked between two days that was allocated at an instant or later and stands, by
/// school: how many payments, and how much.
pub fn allocated_since(
    tx: &mut Tx<'_>,
    schools: &[i64],
    (from, to): (NaiveDate, NaiveDate),
    instant: NaiveDateTime,
) -> Result<Vec<(i64, i64, i64)>, StoreError> {
    let sql = format!(
        "SELECT school_id, COUNT(DISTINCT payment_id) AS payments, \
         CAST(SUM(dong) AS BIGINT) AS dong FROM (SELECT school_id, payment_id, \
         SUM(amount_dong) AS dong FROM collected_facts WHERE booking_date >= $1 \
         AND booking_date <= $2 AND at >= $3 AND school_id IN ({}) \
         GROUP BY school_id, payment_id, allocation_id HAVING SUM(amount_dong) > 0) AS later \
         GROUP BY school_id ORDER BY school_id",
        id_list(schools)
    );
    let rows: Vec<LaterRow> = diesel::sql_query(sql)
        .bind::<Date, _>(from)
        .bind::<Date, _>(to)
        .bind::<Timestamp, _>(instant)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(|row| (row.school_id, row.payments, row.dong)).collect())
}

#[derive(QueryableByName)]
struct LaterRow {
    #[diesel(sql_type = BigInt)]
    school_id: i64,
    #[diesel(sql_type = BigInt)]
    payments: i64,
    #[diesel(sql_type = BigInt)]
    dong: i64,
}

/// Rows of payments of a school booked between two days that come after a position, in their order.
pub fn after(
    tx: &mut Tx<'_>,
    school: i64,
    (from, to): (NaiveDate, NaiveDate),
    position: i64,
) -> Result<Vec<FactRow>, StoreError> {
    Ok(collected_facts::table
        .filter(collected_facts::school_id.eq(school))
        .filter(collected_facts::booking_date.between(from, to))
        .filter(collected_facts::id.gt(position))
        .order(collected_facts::id)
        .select(FactRow::as_select())
        .load(tx.conn())?)
}

/// How many allocations of payments booked between two days were taken back up to a position, and
/// how much they were.
pub fn taken_back(
    tx: &mut Tx<'_>,
    school: i64,
    (from, to): (NaiveDate, NaiveDate),
    position: i64,
) -> Result<(i64, i64), StoreError> {
    use diesel::dsl::sql;
    Ok(collected_facts::table
        .filter(collected_facts::school_id.eq(school))
        .filter(collected_facts::booking_date.between(from, to))
        .filter(collected_facts::id.le(position))
        .filter(collected_facts::cause.eq("reversed"))
        .select((
            sql::<BigInt>("COUNT(*)"),
            sql::<BigInt>("CAST(COALESCE(-SUM(amount_dong), 0) AS BIGINT)"),
        ))
        .first(tx.conn())?)
}

/// The last row of a school, or the last one written before an instant; 0 where there is none.
pub fn position(
    tx: &mut Tx<'_>,
    school: i64,
    before: Option<NaiveDateTime>,
) -> Result<i64, StoreError> {
    let mut query =
        collected_facts::table.filter(collected_facts::school_id.eq(school)).into_boxed();
    if let Some(before) = before {
        query = query.filter(collected_facts::at.lt(before));
    }
    let last: Option<i64> = query.select(diesel::dsl::max(collected_facts::id)).first(tx.conn())?;
    Ok(last.unwrap_or(0))
}

/// What fee items are called now: school, code, name.
pub fn fee_item_names(
    tx: &mut Tx<'_>,
    schools: &[i64],
) -> Result<Vec<(i64, String, String)>, StoreError> {
    let mut found = Vec::new();
    for chunk in schools.chunks(IDS_PER_QUERY) {
        found.extend(
            fee_items::table
                .filter(fee_items::school_id.eq_any(chunk))
                .select((fee_items::school_id, fee_items::code, fee_items::name))
                .load::<(i64, String, String)>(tx.conn())?,
        );
    }
    Ok(found)
}
