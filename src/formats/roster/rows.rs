//! The rows of the lists a school makes itself.

use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::fee::Share;
use crate::domain::money::Vnd;
use crate::domain::roster::Sex;

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
    /// The person's number of the state: twelve digits, or masked as an export has it.
    pub personal_number: Option<String>,
    /// The number in the ministry's database.
    pub education_code: Option<String>,
    /// A number of another kind.
    pub other_code: Option<String>,
    /// The day of birth.
    pub birth_date: Option<Day>,
    /// The sex.
    pub sex: Option<Sex>,
    /// How the school collects: `transfer` or `cash`.
    pub collection: Option<&'static str>,
    /// For which reason the student pays less, as the product's list has it.
    pub exemption: Option<&'static str>,
    /// The accounts the family pays from, as they are compared.
    pub payer_accounts: Vec<String>,
    /// The guardians the row names, the one above among them.
    pub guardians: Vec<GuardianCells>,
}

/// What a row says of one guardian; at least one of name, e-mail and phone is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GuardianCells {
    /// The name.
    pub name: Option<String>,
    /// Mother, father, …, as the school writes it.
    pub relation: Option<String>,
    /// An address that mail can go to.
    pub email: Option<String>,
    /// A number of Vietnam in one form.
    pub phone: Option<String>,
    /// `vi` or `en`.
    pub language: &'static str,
}

/// Which columns a student list has: of what it has no column it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one for each column that may be missing")]
pub struct Told {
    /// Mã gia đình.
    pub family: bool,
    /// The first guardian: name, relation or language.
    pub guardian: bool,
    /// The first guardian's e-mail.
    pub email: bool,
    /// The first guardian's phone.
    pub phone: bool,
    /// Anything of a second guardian.
    pub second_guardian: bool,
    /// Số định danh cá nhân.
    pub personal_number: bool,
    /// Mã định danh Bộ GD&ĐT.
    pub education_code: bool,
    /// Mã khác.
    pub other_code: bool,
    /// Ngày sinh.
    pub birth_date: bool,
    /// Giới tính.
    pub sex: bool,
    /// Hình thức thu.
    pub collection: bool,
    /// Diện miễn giảm.
    pub exemption: bool,
}

/// A student list as far as it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudentList {
    /// Readable rows, in file order.
    pub good: Vec<StudentRow>,
    /// One diagnostic for each thing wrong, with row and column.
    pub bad: Vec<Diagnostic>,
    /// What is kept all the same and worth a look.
    pub warnings: Vec<Diagnostic>,
    /// Which columns it has.
    pub told: Told,
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
