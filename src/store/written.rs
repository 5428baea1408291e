//! What people wrote themselves beside a student's dues, to the family and as reasons, written anew when
//! the student's name goes.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::{StoreError, Tx};

/// What people write themselves, beside a student's dues and to or of its family: each table and column
/// with the condition that finds it, in which `$1` is the student and `$2` the family.
const WRITTEN: [(&str, &str, &str); 10] = [
    ("credit_notes", "reason", "invoice_id IN (SELECT id FROM invoices WHERE student_id = $1)"),
    ("write_offs", "reason", "invoice_id IN (SELECT id FROM invoices WHERE student_id = $1)"),
    ("refunds", "reason", "student_id = $1"),
    ("refund_requests", "reason", "student_id = $1"),
    ("refund_requests", "answer", "student_id = $1 AND answer IS NOT NULL"),
    ("erasures", "reason", "student_id = $1"),
    ("claims", "words", "family_id = $2"),
    ("claims", "answer_words", "family_id = $2 AND answer_words IS NOT NULL"),
    ("survey_answers", "words", "family_id = $2"),
    ("family_bases", "words", "family_id = $2"),
];

#[derive(QueryableByName)]
struct WrittenRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    words: String,
}

/// Writes anew what people wrote about a student, as `without` says it without the name. What it leaves
/// as it is stays untouched.
pub fn rewrite(
    tx: &mut Tx<'_>,
    (student, family): (i64, i64),
    without: &dyn Fn(&str) -> String,
) -> Result<(), StoreError> {
    for (table, column, condition) in WRITTEN {
        let rows: Vec<WrittenRow> = diesel::sql_query(format!(
            "SELECT id, {column} AS words FROM {table} WHERE $1 > 0 AND $2 > 0 AND ({condition}) ORDER BY id"
        ))
        .bind::<BigInt, _>(student)
        .bind::<BigInt, _>(family)
        .load(tx.conn())?;
        put(tx, (table, column), rows, without)?;
    }
    Ok(())
}

/// Where else reasons stand, which may name any student of the school.
const REASONS: [(&str, &str); 6] = [
    ("decisions", "note"),
    ("match_refusals", "reason"),
    ("identity_rulings", "reason"),
    ("receipt_voids", "reason"),
    ("receipt_requests", "reason"),
    ("periods", "reason"),
];

/// Writes anew what people gave as their reasons at a school, as [`rewrite`] does.
pub fn rewrite_reasons(
    tx: &mut Tx<'_>,
    school: i64,
    without: &dyn Fn(&str) -> String,
) -> Result<(), StoreError> {
    for (table, column) in REASONS {
        let rows: Vec<WrittenRow> = diesel::sql_query(format!(
            "SELECT id, {column} AS words FROM {table} WHERE school_id = $1 AND {column} IS NOT NULL ORDER BY id"
        ))
        .bind::<BigInt, _>(school)
        .load(tx.conn())?;
        put(tx, (table, column), rows, without)?;
    }
    Ok(())
}

fn put(
    tx: &mut Tx<'_>,
    (table, column): (&str, &str),
    rows: Vec<WrittenRow>,
    without: &dyn Fn(&str) -> String,
) -> Result<(), StoreError> {
    for row in rows {
        let next = without(&row.words);
        if next != row.words {
            diesel::sql_query(format!("UPDATE {table} SET {column} = $1 WHERE id = $2"))
                .bind::<Text, _>(next)
                .bind::<BigInt, _>(row.id)
                .execute(tx.conn())?;
        }
    }
    Ok(())
}
