//! Lists a school makes itself: students, invoices, confirmed payers, as CSV or XLSX with a header row.

pub mod columns;
pub mod invoices;
pub mod organisation;
pub mod payers;
pub mod rows;
pub mod students;
pub mod table;
pub mod write;

pub use columns::Column;
pub use invoices::{invoices_of, read_invoices};
pub use payers::{payers_of, read_payers};
pub use rows::{InvoiceRow, ListResult, PayerRow, Rows, StudentRow};
pub use students::{read_students, students_of};
pub use table::{Table, TableRow, read_table};
pub use write::{write_csv, write_xlsx};

#[cfg(test)]
mod tests;
