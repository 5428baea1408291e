//! Statement files that were refused: what is wrong with which rows, kept for a day so that it can be
//! taken away as a workbook. Of a file in which one row is wrong nothing is taken: nothing is guessed.

use chrono::TimeDelta;

use crate::clock::Clock;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::formats::roster::{Table, TableRow, write_xlsx};
use crate::service::list_problems::RowProblem;
use crate::service::{Actor, ServiceError};
use crate::store::refused_files::{self, RefusedFileRow};
use crate::store::{Store, StoreError};

/// How long it is kept, in hours.
const KEPT_HOURS: i64 = 24;

/// Keeps what is wrong with a file; its number.
pub fn keep(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    (file_name, problems): (&str, &[Diagnostic]),
) -> Result<i64, ServiceError> {
    let now = clock.now();
    let problems = serde_json::to_string(problems)
        .map_err(|error| StoreError::Corrupt(format!("problems as JSON: {error}")))?;
    store.write(|tx| {
        if let Some(before) = now.checked_sub_signed(TimeDelta::hours(KEPT_HOURS)) {
            refused_files::forget_before(tx, before)?;
        }
        let row = RefusedFileRow {
            id: tx.next_id()?,
            school_id: school.0,
            file_name: file_name.to_owned(),
            problems: problems.clone(),
            sent_by: actor.as_str().to_owned(),
            sent_at: now,
        };
        refused_files::insert(tx, &row)?;
        Ok(row.id)
    })
}

/// What is wrong with a file as a workbook: each row and column, what stands there, why it cannot be
/// read and what to do.
pub fn workbook(
    store: &Store,
    school: SchoolId,
    id: i64,
    lang: Lang,
) -> Result<Vec<u8>, ServiceError> {
    let row = store.read(|tx| refused_files::find(tx, school.0, id))?.ok_or_else(|| {
        ServiceError::not_found("file", "tệp bị từ chối số", "refused file", &id.to_string())
    })?;
    let problems: Vec<Diagnostic> = serde_json::from_str(&row.problems)
        .map_err(|error| StoreError::Corrupt(format!("refused file {id}: {error}")))?;
    let headers = match lang {
        Lang::Vi => ["Tệp", "Dòng", "Cột", "Giá trị", "Lý do", "Cách sửa"],
        Lang::En => ["File", "Row", "Column", "Value", "Reason", "What to do"],
    };
    let rows = (2_u64..).zip(&problems).map(|(number, told)| {
        let RowProblem { row: at, column, value, reason, remedy } =
            RowProblem::of(told, None, lang);
        TableRow {
            row: number,
            cells: vec![row.file_name.clone(), at, column, value, reason, remedy],
        }
    });
    let table = Table { headers: headers.map(str::to_owned).to_vec(), rows: rows.collect() };
    write_xlsx(&table).map_err(ServiceError::refused)
}
