//! Lists of payer accounts that a school has confirmed.

use super::columns::{self as column, RowCells};
use super::rows::{ListResult, PayerRow, Rows};
use super::table::{Table, read_table};

/// Reads a list of confirmed payer accounts from the bytes of a CSV or XLSX file. A list without
/// account or family is of no use; a bad row is reported and left out.
pub fn read_payers(bytes: &[u8]) -> ListResult<PayerRow> {
    payers_of(&read_table(bytes)?)
}

/// Reads such a list from a table.
pub fn payers_of(table: &Table) -> ListResult<PayerRow> {
    let account = column::PAYER_ACCOUNT.require(table)?;
    let family = column::FAMILY.require(table)?;
    let mut rows = Rows { good: Vec::with_capacity(table.rows.len()), bad: Vec::new() };
    for row in &table.rows {
        let mut cells = RowCells::new(table, row);
        if cells.is_no_record(account) {
            continue;
        }
        let payer = PayerRow {
            row: row.row,
            account: cells.required(account).replace(' ', ""),
            family: cells.required(family),
        };
        if cells.problems.is_empty() {
            rows.good.push(payer);
        } else {
            rows.bad.append(&mut cells.problems);
        }
    }
    Ok(rows)
}
