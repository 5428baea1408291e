//! What the matcher is told: students, invoices, payers, one payment.

use crate::domain::calendar::Day;
use crate::domain::id::{FamilyId, InvoiceId, StudentId};
use crate::domain::money::Vnd;
use crate::domain::statement::{CreditDebit, EntryStatus};

/// A student of the school.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudentFacts {
    /// Who.
    pub id: StudentId,
    /// The household that pays.
    pub family: FamilyId,
    /// The school's student code.
    pub code: String,
    /// The full name as the school writes it.
    pub name: String,
    /// The class, e.g. `6A1`.
    pub class: String,
    /// The student's own virtual accounts.
    pub virtual_accounts: Vec<VirtualAccountFacts>,
    /// The full names of parents and guardians, as the school writes them.
    pub guardians: Vec<String>,
}

/// A virtual account and the days on which it meant this student.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualAccountFacts {
    /// The number, letters and digits.
    pub number: String,
    /// First day; open when `None`.
    pub from: Option<Day>,
    /// Last day; open when `None`.
    pub to: Option<Day>,
}

/// Whether an invoice still takes money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvoiceStanding {
    /// It has something left to pay.
    Open,
    /// Paid in full.
    Paid,
    /// Withdrawn by the school.
    Cancelled,
}

/// An invoice and what is left of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceFacts {
    /// Which.
    pub id: InvoiceId,
    /// Whose.
    pub student: StudentId,
    /// The payment code printed on the notice, ours or issued elsewhere.
    pub code: String,
    /// Net due less what is allocated; zero unless `Open`.
    pub open: Vnd,
    /// Whether it still takes money.
    pub standing: InvoiceStanding,
    /// The last day to pay.
    pub due_on: Option<Day>,
    /// The collection round, for people to read.
    pub round: Option<String>,
}

/// A payer account a person has confirmed for a family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayerFacts {
    /// The account the money came from.
    pub account: String,
    /// The family it paid for.
    pub family: FamilyId,
    /// How often a person confirmed that.
    pub confirmed: u32,
    /// How often a person decided otherwise.
    pub contradicted: u32,
}

/// A student whom a person refused for a payer: not offered again for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalFacts {
    /// The account the money came from.
    pub account: String,
    /// The student it was not for.
    pub student: StudentId,
    /// The day of the latest refusal.
    pub refused_on: Day,
    /// How often it was refused.
    pub times: u32,
}

/// A code of ours that is not the school's own, as the database knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// Another school issued it.
    OtherSchool {
        /// The school's name.
        school: String,
    },
    /// A school issued it that has closed.
    ClosedSchool {
        /// The school's name.
        school: String,
        /// The last day of the school.
        closed_on: Day,
    },
}

/// What a school lets the machine do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Settle an invoice in part when its code came with less than is open.
    pub settle_in_part: bool,
    /// Settle without a code for a payer confirmed at least three times and never contradicted.
    pub settle_known_payer: bool,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy { settle_in_part: true, settle_known_payer: false }
    }
}

/// One entry as the matcher sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentFacts<'a> {
    /// The bank's day.
    pub booking_date: Day,
    /// Money in or out.
    pub credit_debit: CreditDebit,
    /// Never negative.
    pub amount: Vnd,
    /// Booked, pending, for information.
    pub status: EntryStatus,
    /// Whether the bank marks it as undoing an earlier entry.
    pub reversal: bool,
    /// The account credited: a virtual account names its student.
    pub account: Option<&'a str>,
    /// The virtual account credited, where the witness tells it apart from the account.
    pub virtual_account: Option<&'a str>,
    /// Whether a gateway told of it, which holds the money: no text makes it anything but a payment.
    pub gateway: bool,
    /// The payer's end-to-end id.
    pub end_to_end_id: Option<&'a str>,
    /// The transfer's text.
    pub remittance: Option<&'a str>,
    /// The other side's name.
    pub counterparty_name: Option<&'a str>,
    /// The other side's account.
    pub counterparty_account: Option<&'a str>,
    /// Students whom a person refused for this very payment: never offered for it again.
    pub refused: &'a [StudentId],
}
