//! What shows that payments happened: each entry of a file that is taken in, and what it is to its
//! payment.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Text};

use super::schema::{entries, evidence, payments};
use super::statements::EntryRow;
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};
use crate::domain::identity::announces;

/// A row of `evidence`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = evidence, treat_none_as_default_value = false)]
pub struct EvidenceRow {
    pub id: i64,
    pub school_id: i64,
    pub payment_id: i64,
    pub import_id: Option<i64>,
    pub entry_id: Option<i64>,
    pub bank_account_id: Option<i64>,
    pub kind: String,
    pub source: String,
    pub own_key: String,
    pub own_ordinal: i64,
    pub at: NaiveDateTime,
}

pub fn insert(tx: &mut Tx<'_>, rows: &[EvidenceRow]) -> Result<(), StoreError> {
    dialect::insert_all::<evidence::table, EvidenceRow>(tx, evidence::table, rows)
}

/// Everything that shows the payments of an account booked between two days, of some amounts or of
/// all, with the entries, oldest payment first.
pub fn sightings(
    tx: &mut Tx<'_>,
    account: i64,
    (from, to): (NaiveDate, NaiveDate),
    amounts: Option<&[i64]>,
) -> Result<Vec<(EvidenceRow, EntryRow)>, StoreError> {
    let query = evidence::table
        .inner_join(payments::table)
        .inner_join(entries::table)
        .filter(payments::bank_account_id.eq(account))
        .filter(payments::booking_date.between(from, to))
        .filter(payments::voided.eq(false))
        .filter(evidence::kind.ne("withdrawn"))
        .order((payments::id, evidence::id))
        .select((EvidenceRow::as_select(), EntryRow::as_select()));
    let Some(amounts) = amounts else { return Ok(query.load(tx.conn())?) };
    let mut found = Vec::new();
    for chunk in amounts.chunks(IDS_PER_QUERY) {
        found.extend(
            query
                .filter(payments::amount_dong.eq_any(chunk))
                .load::<(EvidenceRow, EntryRow)>(tx.conn())?,
        );
    }
    Ok(found)
}

/// Payments that an import shows, with what kind of evidence.
pub fn of_import(tx: &mut Tx<'_>, import: i64) -> Result<Vec<EvidenceRow>, StoreError> {
    Ok(evidence::table
        .filter(evidence::import_id.eq(import))
        .order(evidence::id)
        .select(EvidenceRow::as_select())
        .load(tx.conn())?)
}

/// All evidence that holds for a payment, with its entries.
pub fn of_payment(
    tx: &mut Tx<'_>,
    payment: i64,
) -> Result<Vec<(EvidenceRow, EntryRow)>, StoreError> {
    Ok(evidence::table
        .inner_join(entries::table)
        .filter(evidence::payment_id.eq(payment))
        .filter(evidence::kind.ne("withdrawn"))
        .order(evidence::id)
        .select((EvidenceRow::as_select(), EntryRow::as_select()))
        .load(tx.conn())?)
}

/// The first entry that shows a line of an account, known by source, own key and ordinal.
pub fn of_line(
    tx: &mut Tx<'_>,
    account: i64,
    (source, own_key, own_ordinal): (&str, &str, i64),
) -> Result<Option<(EvidenceRow, EntryRow)>, StoreError> {
    Ok(evidence::table
        .inner_join(entries::table)
        .filter(evidence::bank_account_id.eq(account))
        .filter(evidence::source.eq(source))
        .filter(evidence::own_key.eq(own_key))
        .filter(evidence::own_ordinal.eq(own_ordinal))
        .filter(evidence::kind.eq_any(["first", "witness"]))
        .select((EvidenceRow::as_select(), EntryRow::as_select()))
        .first(tx.conn())
        .optional()?)
}

/// The evidence that holds of one entry.
pub fn of_entry(tx: &mut Tx<'_>, entry: i64) -> Result<Option<EvidenceRow>, StoreError> {
    Ok(evidence::table
        .filter(evidence::entry_id.eq(entry))
        .filter(evidence::kind.ne("withdrawn"))
        .select(EvidenceRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// A payment of money in that only announcements show, or only statements.
#[derive(Clone, Debug, QueryableByName)]
pub struct LonePaymentRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = BigInt)]
    pub account: i64,
    #[diesel(sql_type = BigInt)]
    pub amount_dong: i64,
    #[diesel(sql_type = Date)]
    pub day: NaiveDate,
    #[diesel(sql_type = BigInt)]
    pub entry_id: i64,
    /// 1 where announcements show it, 0 where statements do.
    #[diesel(sql_type = BigInt)]
    pub announced: i64,
}

/// Such payments of an account between two days, of some amounts, or of all where none is given.
pub fn lone_payments(
    tx: &mut Tx<'_>,
    account: i64,
    (from, to): (NaiveDate, NaiveDate),
    amounts: &[i64],
) -> Result<Vec<LonePaymentRow>, StoreError> {
    let announced = "CAST(CASE WHEN v.source LIKE 'notification:%' THEN 1 ELSE 0 END AS BIGINT)";
    let mut found = Vec::new();
    let chunks: Vec<&[i64]> =
        if amounts.is_empty() { vec![amounts] } else { amounts.chunks(IDS_PER_QUERY).collect() };
    for chunk in chunks {
        let list: Vec<String> = chunk.iter().map(ToString::to_string).collect();
        let of_amounts = match list.as_slice() {
            [] => String::new(),
            list => format!(" AND p.amount_dong IN ({})", list.join(", ")),
        };
        found.extend(
            diesel::sql_query(format!(
                "SELECT p.id AS id, p.bank_account_id AS account, p.amount_dong AS amount_dong, \
                 p.booking_date AS day, p.entry_id AS entry_id, MIN({announced}) AS announced \
                 FROM payments p JOIN evidence v ON v.payment_id = p.id AND v.kind <> 'withdrawn' \
                 WHERE p.bank_account_id = $1 AND p.booking_date BETWEEN $2 AND $3 \
                 AND p.credit_debit = 'credit' AND NOT p.voided AND p.entry_id IS NOT NULL{of_amounts} \
                 GROUP BY p.id, p.bank_account_id, p.amount_dong, p.booking_date, p.entry_id \
                 HAVING MIN({announced}) = MAX({announced}) ORDER BY p.id"
            ))
            .bind::<BigInt, _>(account)
            .bind::<Date, _>(from)
            .bind::<Date, _>(to)
            .load::<LonePaymentRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// Whether anything was ever announced on an account.
pub fn has_announcements(tx: &mut Tx<'_>, account: i64) -> Result<bool, StoreError> {
    let found: Option<i64> = evidence::table
        .filter(evidence::bank_account_id.eq(account))
        .filter(evidence::kind.eq_any(["first", "witness"]))
        .filter(evidence::source.like("notification:%"))
        .select(evidence::id)
        .first(tx.conn())
        .optional()?;
    Ok(found.is_some())
}

/// The first day for which anything was announced on an account.
pub fn first_announced(tx: &mut Tx<'_>, account: i64) -> Result<Option<NaiveDate>, StoreError> {
    Ok(evidence::table
        .inner_join(entries::table)
        .filter(evidence::bank_account_id.eq(account))
        .filter(evidence::kind.eq_any(["first", "witness"]))
        .filter(evidence::source.like("notification:%"))
        .select(diesel::dsl::min(entries::booking_date))
        .first(tx.conn())?)
}

/// Those of some payments that only announcements show.
pub fn only_announced(
    tx: &mut Tx<'_>,
    payments: &[i64],
) -> Result<std::collections::HashSet<i64>, StoreError> {
    let mut announced = std::collections::HashSet::new();
    let mut booked = std::collections::HashSet::new();
    for chunk in payments.chunks(IDS_PER_QUERY) {
        let found: Vec<(i64, String)> = evidence::table
            .filter(evidence::payment_id.eq_any(chunk))
            .filter(evidence::kind.ne("withdrawn"))
            .select((evidence::payment_id, evidence::source))
            .distinct()
            .load(tx.conn())?;
        for (payment, source) in found {
            let side = if announces(&source) { &mut announced } else { &mut booked };
            side.insert(payment);
        }
    }
    announced.retain(|payment| !booked.contains(payment));
    Ok(announced)
}

/// The payments of a school and the entries that show them.
pub fn shown(tx: &mut Tx<'_>, school: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    let found: Vec<(i64, Option<i64>)> = evidence::table
        .filter(evidence::school_id.eq(school))
        .filter(evidence::kind.ne("withdrawn"))
        .filter(evidence::entry_id.is_not_null())
        .select((evidence::payment_id, evidence::entry_id))
        .load(tx.conn())?;
    Ok(found.into_iter().filter_map(|(payment, entry)| Some((payment, entry?))).collect())
}

/// Marks all evidence of an import as withdrawn.
pub fn withdraw(tx: &mut Tx<'_>, import: i64) -> Result<(), StoreError> {
    diesel::update(evidence::table.filter(evidence::import_id.eq(import)))
        .set(evidence::kind.eq("withdrawn"))
        .execute(tx.conn())?;
    Ok(())
}

/// Lets a piece of evidence show a payment, as what kind.
pub fn set(tx: &mut Tx<'_>, id: i64, payment: i64, kind: &str) -> Result<(), StoreError> {
    diesel::update(evidence::table.find(id))
        .set((evidence::payment_id.eq(payment), evidence::kind.eq(kind)))
        .execute(tx.conn())?;
    Ok(())
}

/// An entry of an import and the payment that an equal line of the same source showed before.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct KnownLineRow {
    #[diesel(sql_type = BigInt)]
    pub entry_id: i64,
    #[diesel(sql_type = BigInt)]
    pub payment_id: i64,
}

/// The booked entries of an import that its source has shown before, in another file.
pub fn known_lines(
    tx: &mut Tx<'_>,
    import: i64,
    source: &str,
) -> Result<Vec<KnownLineRow>, StoreError> {
    // SQLite takes `$1` for a name and counts names as they appear: they must appear in order.
    Ok(diesel::sql_query(
        "SELECT e.id AS entry_id, v.payment_id AS payment_id FROM entries e \
         JOIN evidence v ON v.bank_account_id = e.bank_account_id AND v.source = $1 \
         AND v.own_key = e.own_key AND v.own_ordinal = e.own_ordinal \
         AND v.kind IN ('first', 'witness') \
         WHERE e.import_id = $2 AND e.status = 'booked' ORDER BY e.id",
    )
    .bind::<Text, _>(source)
    .bind::<BigInt, _>(import)
    .load(tx.conn())?)
}

/// Whether another source shows payments of an account between two days.
pub fn has_other_sources(
    tx: &mut Tx<'_>,
    account: i64,
    source: &str,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<bool, StoreError> {
    let found: Option<i64> = evidence::table
        .inner_join(payments::table)
        .filter(payments::bank_account_id.eq(account))
        .filter(payments::booking_date.between(from, to))
        .filter(payments::voided.eq(false))
        .filter(evidence::kind.eq_any(["first", "witness"]))
        .filter(evidence::source.ne(source))
        .select(evidence::id)
        .first(tx.conn())
        .optional()?;
    Ok(found.is_some())
}
