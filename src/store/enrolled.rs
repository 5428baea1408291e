//! Which class students were in in a school year: their last one of it, where they changed.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::schema::enrolments;
use super::{IDS_PER_QUERY, StoreError, Tx};

/// What makes a row of `enrolments n` the last one of its student in its year.
pub const LAST_OF_YEAR: &str = "NOT EXISTS (SELECT 1 FROM enrolments later \
    WHERE later.school_id = n.school_id AND later.student_id = n.student_id \
    AND later.school_year = n.school_year AND later.id > n.id)";

/// The class of each student of a school who was in one in that year, such as `2026-2027`.
pub fn classes_in(
    tx: &mut Tx<'_>,
    school: i64,
    year: &str,
) -> Result<BTreeMap<i64, String>, StoreError> {
    let rows = enrolments::table
        .filter(enrolments::school_id.eq(school))
        .filter(enrolments::school_year.eq(year))
        .select((enrolments::id, enrolments::student_id, enrolments::class))
        .load(tx.conn())?;
    Ok(last_ones(rows))
}

/// The same of some students only.
pub fn classes_of_students(
    tx: &mut Tx<'_>,
    school: i64,
    students: &[i64],
    year: &str,
) -> Result<BTreeMap<i64, String>, StoreError> {
    let mut rows = Vec::new();
    for chunk in students.chunks(IDS_PER_QUERY) {
        rows.extend(
            enrolments::table
                .filter(enrolments::school_id.eq(school))
                .filter(enrolments::student_id.eq_any(chunk))
                .filter(enrolments::school_year.eq(year))
                .select((enrolments::id, enrolments::student_id, enrolments::class))
                .load::<(i64, i64, String)>(tx.conn())?,
        );
    }
    Ok(last_ones(rows))
}

/// Put in order here, as `roster::belongings_of` does, so that no index is walked for it.
fn last_ones(mut rows: Vec<(i64, i64, String)>) -> BTreeMap<i64, String> {
    rows.sort_unstable();
    rows.into_iter().map(|(_, student, class)| (student, class)).collect()
}
