//! What the figures of schools add up to, kept so that whoever looks at them need not go through the
//! ledger. Whoever writes money counts on which parts it was in, in the same transaction; what was added
//! up before is good as long as the count is the same.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::schema::{added_figures, figure_marks, invoices, payments};
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};

/// The part of a school's figures that no month is in: what is owed.
pub const DUES: &str = "dues";

/// The part of the figures in which what was booked on a day is: `YYYY-MM`.
#[must_use]
pub fn part_of(day: NaiveDate) -> String {
    day.format("%Y-%m").to_string()
}

/// What a transaction has written of what figures are made of.
#[derive(Debug, Default)]
pub(super) struct Touched {
    payments: Vec<i64>,
    invoices: Vec<i64>,
    parts: BTreeSet<(i64, String)>,
}

impl Touched {
    /// Payments whose totals, day or channel change.
    pub(super) fn payments(&mut self, ids: impl IntoIterator<Item = i64>) {
        self.payments.extend(ids);
    }

    /// Invoices of which something else is owed now.
    pub(super) fn invoices(&mut self, ids: impl IntoIterator<Item = i64>) {
        self.invoices.extend(ids);
    }

    /// What was booked at a school on a day.
    pub(super) fn day(&mut self, school: i64, day: NaiveDate) {
        self.parts.insert((school, part_of(day)));
    }

    /// What a school is owed.
    pub(super) fn dues(&mut self, school: i64) {
        self.parts.insert((school, DUES.to_owned()));
    }
}

/// Counts on what a transaction touched; its last act.
pub(super) fn count_on(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let touched = std::mem::take(&mut tx.touched);
    let mut parts = touched.parts;
    parts.extend(months_of(tx, &touched.payments)?);
    for chunk in distinct(touched.invoices).chunks(IDS_PER_QUERY) {
        let schools: Vec<i64> = invoices::table
            .filter(invoices::id.eq_any(chunk))
            .select(invoices::school_id)
            .distinct()
            .load(tx.conn())?;
        parts.extend(schools.into_iter().map(|school| (school, DUES.to_owned())));
    }
    // In one order: two transactions that touch the same parts wait for each other in line.
    for (school, part) in parts {
        let known = figure_marks::table
            .filter(figure_marks::school_id.eq(school))
            .filter(figure_marks::part.eq(&part));
        let counted = diesel::update(known)
            .set(figure_marks::changes.eq(figure_marks::changes + 1))
            .execute(tx.conn())?;
        if counted == 0 {
            let id = tx.next_id()?;
            diesel::insert_into(figure_marks::table)
                .values((
                    figure_marks::id.eq(id),
                    figure_marks::school_id.eq(school),
                    figure_marks::part.eq(&part),
                    figure_marks::changes.eq(1_i64),
                ))
                .execute(tx.conn())?;
        }
    }
    Ok(())
}

/// The schools and months of some payments as they stand now. Before the day of a payment changes this
/// is asked for as well: the month it leaves is another one, too.
pub(super) fn months_of(
    tx: &mut Tx<'_>,
    ids: &[i64],
) -> Result<BTreeSet<(i64, String)>, StoreError> {
    let mut found = BTreeSet::new();
    for chunk in distinct(ids.to_vec()).chunks(IDS_PER_QUERY) {
        let days: Vec<(i64, NaiveDate)> = payments::table
            .filter(payments::id.eq_any(chunk))
            .select((payments::school_id, payments::booking_date))
            .distinct()
            .load(tx.conn())?;
        found.extend(days.into_iter().map(|(school, day)| (school, part_of(day))));
    }
    Ok(found)
}

/// Counts on the months in which some payments are now, before they move.
pub(super) fn leave_months(tx: &mut Tx<'_>, ids: &[i64]) -> Result<(), StoreError> {
    let left = months_of(tx, ids)?;
    tx.touched.parts.extend(left);
    Ok(())
}

fn distinct(mut ids: Vec<i64>) -> Vec<i64> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// How much of what was added up is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// The school as a whole.
    Totals,
    /// Its channels and fee items as well.
    Parts,
    /// Its classes as well.
    Classes,
}

/// What a part adds up to, as JSON texts; empty beyond what was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddedRow {
    /// How often what it is made of had been written.
    pub changes: i64,
    /// The school as a whole.
    pub totals: String,
    /// Its channels and fee items.
    pub parts: String,
    /// Its classes.
    pub classes: String,
}

/// How often some parts together were written at each of some schools that has any of them.
pub fn marks(
    tx: &mut Tx<'_>,
    schools: &[i64],
    parts: &[String],
) -> Result<BTreeMap<i64, i64>, StoreError> {
    let mut found = BTreeMap::new();
    for chunk in schools.chunks(IDS_PER_QUERY) {
        let rows: Vec<(i64, i64)> = figure_marks::table
            .filter(figure_marks::school_id.eq_any(chunk))
            .filter(figure_marks::part.eq_any(parts))
            .select((figure_marks::school_id, figure_marks::changes))
            .load(tx.conn())?;
        for (school, changes) in rows {
            let sum: &mut i64 = found.entry(school).or_default();
            *sum = sum.saturating_add(changes);
        }
    }
    Ok(found)
}

/// What is kept of a part of some schools, by school, good or not.
pub fn kept(
    tx: &mut Tx<'_>,
    schools: &[i64],
    part: &str,
    depth: Depth,
) -> Result<BTreeMap<i64, AddedRow>, StoreError> {
    type Own = (i64, i64, String);
    let mut found = BTreeMap::new();
    for chunk in schools.chunks(IDS_PER_QUERY) {
        let rows = added_figures::table
            .filter(added_figures::school_id.eq_any(chunk))
            .filter(added_figures::part.eq(part));
        let own = (added_figures::school_id, added_figures::changes, added_figures::totals);
        let (parts, classes) = (added_figures::parts, added_figures::classes);
        let rows: Vec<(Own, String, String)> = match depth {
            Depth::Totals => rows
                .select(own)
                .load::<Own>(tx.conn())?
                .into_iter()
                .map(|own| (own, String::new(), String::new()))
                .collect(),
            Depth::Parts => rows
                .select((own, parts))
                .load::<(Own, String)>(tx.conn())?
                .into_iter()
                .map(|(own, parts)| (own, parts, String::new()))
                .collect(),
            Depth::Classes => rows.select((own, parts, classes)).load(tx.conn())?,
        };
        found.extend(rows.into_iter().map(|((school, changes, totals), parts, classes)| {
            (school, AddedRow { changes, totals, parts, classes })
        }));
    }
    Ok(found)
}

/// Keeps what a part of schools adds up to, unless somebody kept something newer. Fails where somebody
/// keeps one of them for the first time just now: then it is kept.
pub fn keep(tx: &mut Tx<'_>, part: &str, made: &[(i64, AddedRow)]) -> Result<(), StoreError> {
    let mut known: BTreeMap<i64, i64> = BTreeMap::new();
    let schools: Vec<i64> = made.iter().map(|(school, _)| *school).collect();
    for chunk in schools.chunks(IDS_PER_QUERY) {
        let rows: Vec<(i64, i64)> = added_figures::table
            .filter(added_figures::school_id.eq_any(chunk))
            .filter(added_figures::part.eq(part))
            .select((added_figures::school_id, added_figures::changes))
            .load(tx.conn())?;
        known.extend(rows);
    }
    let mut new = Vec::new();
    for (school, row) in made {
        match known.get(school) {
            Some(changes) if *changes >= row.changes => {}
            Some(_) => {
                let own = added_figures::table
                    .filter(added_figures::school_id.eq(school))
                    .filter(added_figures::part.eq(part));
                let texts = (
                    added_figures::changes.eq(row.changes),
                    added_figures::totals.eq(&row.totals),
                    added_figures::parts.eq(&row.parts),
                    added_figures::classes.eq(&row.classes),
                );
                diesel::update(own).set(texts).execute(tx.conn())?;
            }
            None => new.push(NewRow {
                id: tx.next_id()?,
                school_id: *school,
                part: part.to_owned(),
                changes: row.changes,
                totals: row.totals.clone(),
                parts: row.parts.clone(),
                classes: row.classes.clone(),
            }),
        }
    }
    dialect::insert_all::<added_figures::table, NewRow>(tx, added_figures::table, &new)
}

#[derive(Insertable)]
#[diesel(table_name = added_figures, treat_none_as_default_value = false)]
struct NewRow {
    id: i64,
    school_id: i64,
    part: String,
    changes: i64,
    totals: String,
    parts: String,
    classes: String,
}

/// Ids, schools and parts of what is kept, after one of them, at most so many.
pub fn all(tx: &mut Tx<'_>, after: i64, limit: i64) -> Result<Vec<(i64, i64, String)>, StoreError> {
    Ok(added_figures::table
        .filter(added_figures::id.gt(after))
        .order(added_figures::id)
        .limit(limit)
        .select((added_figures::id, added_figures::school_id, added_figures::part))
        .load(tx.conn())?)
}
