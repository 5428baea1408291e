//! Many rows overwritten by one statement.

use diesel::RunQueryDsl;

use crate::store::connection::AnyConnection;
use crate::store::{StoreError, Tx};

/// Overwrites columns of the rows that have the ids of `rows`, all of them in one statement.
pub fn update_from_json<R: serde::Serialize>(
    tx: &mut Tx<'_>,
    table: &'static str,
    columns: &[&str],
    rows: &[R],
) -> Result<(), StoreError> {
    let json = serde_json::to_string(rows)
        .map_err(|error| StoreError::Corrupt(format!("rows of {table}: {error}")))?;
    let source = match tx.conn() {
        AnyConnection::Sqlite(_) => {
            let values: Vec<String> = std::iter::once(&"id")
                .chain(columns)
                .map(|column| format!("json_extract(value, '$.{column}') AS {column}"))
                .collect();
            format!("(SELECT {} FROM json_each($1))", values.join(", "))
        }
        AnyConnection::Pg(_) => format!("json_populate_recordset(NULL::{table}, $1::json)"),
    };
    let sets: Vec<String> =
        columns.iter().map(|column| format!("{column} = new_row.{column}")).collect();
    diesel::sql_query(format!(
        "UPDATE {table} SET {} FROM {source} AS new_row WHERE {table}.id = new_row.id",
        sets.join(", ")
    ))
    .bind::<diesel::sql_types::Text, _>(json)
    .execute(tx.conn())?;
    Ok(())
}
