//! Very many rows added at once.

/// Adds rows like [`insert_all`](super::insert_all), and on PostgreSQL by `COPY` where there are more
/// than a statement's: it has nothing to parse and takes rows as they come. A macro, as the type of a
/// `COPY` of rows has no name outside Diesel.
macro_rules! load_all {
    ($tx:expr, $table:ident, $row:ty, $rows:expr) => {{
        let rows: &[$row] = $rows;
        match $tx.conn() {
            $crate::store::connection::AnyConnection::Pg(c)
                if rows.len() >= $crate::store::ROWS_PER_STATEMENT =>
            {
                use diesel::ExecuteCopyFromDsl as _;
                diesel::copy_from($table::table).from_insertable(rows).execute(c)?;
                Ok(())
            }
            _ => {
                $crate::store::dialect::insert_all::<$table::table, $row>($tx, $table::table, rows)
            }
        }
    }};
}

pub(crate) use load_all;
