//! Counting the till: what was there at the end of a day, beside what the cash book said.

use serde::{Deserialize, Serialize};

use super::book::balance_on;
use crate::clock::{Clock, local_day};
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::money::Vnd;
use crate::service::limits;
use crate::service::periods::guard;
use crate::service::{Actor, ServiceError, directory};
use crate::store::Store;
use crate::store::audit::{self, AuditFact};
use crate::store::cash::{self, CountRow};

/// What somebody counted.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewCount {
    /// At the end of which day, `YYYY-MM-DD`.
    #[schema(value_type = String, format = Date)]
    pub counted_on: Day,
    /// What was in the till, in đồng.
    #[schema(value_type = i64)]
    pub counted: Vnd,
    /// Who was there, why it differs.
    #[garde(length(chars, max = limits::TEXT))]
    pub note: Option<String>,
}

/// A count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CountView {
    /// At the end of which day.
    #[schema(value_type = String, format = Date)]
    pub counted_on: Day,
    /// What the cash book said then, in đồng.
    #[schema(value_type = i64)]
    pub book: Vnd,
    /// What was in the till.
    #[schema(value_type = i64)]
    pub counted: Vnd,
    /// Counted less booked: less than nothing is missing.
    #[schema(value_type = i64)]
    pub difference: Vnd,
    /// Who was there, why it differs.
    pub note: Option<String>,
    /// Who recorded it.
    pub counted_by: String,
}

/// Records a count. Counting again on the same day adds another, and the last one holds; what is said
/// again word for word, as when a form is sent twice, adds nothing.
pub fn count(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    new: &NewCount,
) -> Result<CountView, ServiceError> {
    if new.counted < Vnd::ZERO {
        return Err(ServiceError::refused(Diagnostic::new(
            "count_negative",
            "Số tiền kiểm kê không được âm. Nhập lại số tiền có thật trong quỹ.",
            "A counted amount cannot be less than nothing. Enter what is in the till.",
        )));
    }
    let at = clock.now();
    if new.counted_on > local_day(at) {
        return Err(ServiceError::refused(Diagnostic::new(
            "count_in_future",
            "Ngày kiểm kê quỹ chưa đến. Chọn hôm nay hoặc một ngày trước đó.",
            "The day of the count is still to come. Choose today or a day before.",
        )));
    }
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        guard::day_open(tx, school.0, new.counted_on)?;
        let book = balance_on(tx, school.0, new.counted_on)?;
        let same = cash::counts(tx, school.0, (new.counted_on, new.counted_on))?.pop();
        if let Some(same) = same.filter(|row| {
            (row.book_dong, row.counted_dong) == (book.dong(), new.counted.dong())
                && row.note == new.note
                && row.counted_by == actor.as_str()
        }) {
            return view(same);
        }
        let row = CountRow {
            id: tx.next_id()?,
            school_id: school.0,
            counted_on: new.counted_on,
            book_dong: book.dong(),
            counted_dong: new.counted.dong(),
            note: new.note.clone(),
            counted_by: actor.as_str().to_owned(),
            counted_at: at,
        };
        cash::insert_count(tx, &row)?;
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "cash.count",
            subject_kind: "cash_count",
            subject_id: row.id,
            detail: serde_json::json!({
                "book": row.book_dong, "counted": row.counted_dong, "on": row.counted_on,
            })
            .to_string(),
        };
        audit::append(tx, school.0, at, vec![fact])?;
        view(row)
    })
}

/// The counts between two days, in the order they were made.
pub fn counts(
    store: &Store,
    school: SchoolId,
    from: Day,
    to: Day,
) -> Result<Vec<CountView>, ServiceError> {
    store.read(|tx| cash::counts(tx, school.0, (from, to))?.into_iter().map(view).collect())
}

fn view(row: CountRow) -> Result<CountView, ServiceError> {
    let (book, counted) = (Vnd::new(row.book_dong), Vnd::new(row.counted_dong));
    Ok(CountView {
        counted_on: row.counted_on,
        book,
        counted,
        difference: counted.checked_sub(book).ok_or_else(ServiceError::overflow)?,
        note: row.note,
        counted_by: row.counted_by,
    })
}
