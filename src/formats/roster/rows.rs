//! The rows of the lists a school makes itself.

use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::fee::Share;
use crate::domain::money::Vnd;

/// The readable rows of a list and what is wrong with the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows<T> {
    /// Rows that could be read, in file order.
    pub good: Vec<T>,
    /// One diagnostic for each thing wrong, with row and column.
    pub bad: Vec<Diagnostic>,
}

/// A row of an invoice list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceRow {
    /// The row in the file, counted from 1.
    pub row: u64,
    /// The payment code (mã thanh toán); absent where the product is to issue it.
    pub code: Option<String>,
    /// The school's own student code (mã học sinh).
    pub student_code: String,
    /// The student's full name; empty when the list leaves it to the roster.
    pub student_name: String,
    /// The class; empty when the list leaves it to the roster.
    pub class: String,
    /// What is still to be paid, in đồng: gross less waived.
    pub amount_due: Vnd,
    /// The fee before exemptions, when stated.
    pub gross: Option<Vnd>,
    /// What is waived of it, when stated.
    pub waived: Option<Vnd>,
    /// The family key.
    pub family: Option<String>,
    /// The last day to pay.
    pub due_on: Option<Day>,
    /// The student's own virtual account.
    pub virtual_account: Option<String>,
    /// The collection round.
    pub round: Option<String>,
    /// The fee item (khoản thu).
    pub fee_item: Option<String>,
}

/// A row of a student list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudentRow {
    /// The row in the file, counted from 1.
    pub row: u64,
    /// The school's own student code.
    pub code: String,
    /// The full name.
    pub name: String,
    /// The class.
    pub class: String,
    /// The family key; a student without one is a family of its own.
    pub family: Option<String>,
    /// The guardian's name.
    pub guardian_name: Option<String>,
    /// The guardian's e-mail.
    pub email: Option<String>,
    /// The guardian's phone.
    pub phone: Option<String>,
    /// The student's own virtual account.
    pub virtual_account: Option<String>,
}

/// A row of a list of confirmed payer accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayerRow {
    /// The row in the file, counted from 1.
    pub row: u64,
    /// The account the family pays from.
    pub account: String,
    /// The family key.
    pub family: String,
}

/// What reading a list ends in: its rows, or why the file as a whole is of no use.
pub type ListResult<T> = Result<Rows<T>, Diagnostic>;

/// A row of a list of quantities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuantityRow {
    /// The row in the file, counted from 1.
    pub row: u64,
    /// The school's own student code.
    pub student_code: String,
    /// The fee item's code or name.
    pub fee_item: String,
    /// How many units the student had.
    pub quantity: i64,
}

/// A row of a list of what families chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceRow {
    /// The row in the file, counted from 1.
    pub row: u64,
    /// The school's own student code.
    pub student_code: String,
    /// The fee item's code or name.
    pub fee_item: String,
    /// The first day.
    pub valid_from: Day,
    /// The last day.
    pub valid_to: Option<Day>,
}

/// A row of a list of exemptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExemptionRow {
    /// The row in the file, counted from 1.
    pub row: u64,
    /// The school's own student code.
    pub student_code: String,
    /// The fee item's code or name; all items when absent.
    pub fee_item: Option<String>,
    /// The ground, by its code.
    pub ground: String,
    /// What is waived.
    pub share: Option<Share>,
    /// The paper that proves it.
    pub document: Option<String>,
    /// The first day.
    pub valid_from: Day,
    /// The last day.
    pub valid_to: Option<Day>,
}
