//! Lists a school makes itself: students, invoices, confirmed payers, as CSV or XLSX with a header row.

pub mod class_moves;
pub mod columns;
pub mod fees;
pub mod invoices;
pub mod organisation;
pub mod payers;
mod repeats;
pub mod rows;
pub mod students;
pub mod table;
pub mod template;
pub mod write;

pub use class_moves::{ClassMoveRow, class_moves_of};
pub use columns::Column;
pub use fees::{choices_of, exemptions_of, quantities_of};
pub use invoices::{invoices_of, read_invoices};
pub use payers::{payers_of, read_payers};
pub use rows::{
    ChoiceRow, ExemptionRow, GuardianCells, InvoiceRow, ListResult, PayerRow, QuantityRow, Rows,
    StudentList, StudentRow, Told,
};
pub use students::{COLLECTIONS, EXEMPTIONS, read_students, student_list, students_of};
pub use table::{Table, TableRow, read_table};
pub use write::{write_csv, write_list, write_xlsx};

#[cfg(test)]
mod student_tests;
#[cfg(test)]
mod tests;
