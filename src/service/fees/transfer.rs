//! How something owed is paid by transfer: the account, the amount and the text, as words to type
//! and as a VietQR code to scan.

use crate::domain::banks::bank_name;
use crate::domain::calendar::{Day, valid_on};
use crate::domain::id::SchoolId;
use crate::domain::money::Vnd;
use crate::formats::vietqr::{self, TransferRequest};
use crate::service::ServiceError;
use crate::store::Tx;
use crate::store::directory::{BankAccountRow, bank_accounts_of};

/// Everything a bank's app asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The receiving bank's number (BIN): six digits.
    pub bank_bin: String,
    /// The bank's name; its number where we know no name.
    pub bank: String,
    /// The receiving account, or the student's own virtual one.
    pub account: String,
    /// In whose name the account is.
    pub holder: String,
    /// How much, in đồng.
    pub amount: Vnd,
    /// The text to transfer with, at most 25 plain characters; it begins with the code.
    pub content: String,
    /// The text of the VietQR code.
    pub payload: String,
}

/// The accounts that take a school's transfers on one day.
#[derive(Clone, Debug)]
pub struct Accounts(Vec<BankAccountRow>);

impl Accounts {
    /// Those of a school that hold on `day`.
    pub fn of(tx: &mut Tx<'_>, school: SchoolId, day: Day) -> Result<Accounts, ServiceError> {
        let mut rows = bank_accounts_of(tx, school.0)?;
        rows.retain(|row| row.gateway.is_none() && valid_on(day, row.valid_from, row.valid_to));
        Ok(Accounts(rows))
    }

    /// The account a round names, or the school's only one; none where nobody said which of several.
    #[must_use]
    pub fn chosen(&self, named: Option<i64>) -> Option<&BankAccountRow> {
        let mut fitting = self.0.iter().filter(|row| named.is_none_or(|id| id == row.id));
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Some(one),
            _ => None,
        }
    }
}

/// The transfer that pays `amount` with this code, if the account and the amount make one. The words
/// after the code are for people; they are left out where there is no room.
#[must_use]
pub fn transfer(
    account: &BankAccountRow,
    own_number: Option<&str>,
    amount: Vnd,
    (code, words): (&str, &[&str]),
) -> Option<Transfer> {
    let content = vietqr::purpose(code, words);
    let number = own_number.unwrap_or(&account.number);
    let request = TransferRequest {
        bank_bin: &account.bin,
        account: number,
        amount: Some(amount),
        purpose: &content,
    };
    let payload = vietqr::payload(&request).ok()?;
    Some(Transfer {
        bank_bin: account.bin.clone(),
        bank: bank_name(&account.bin).unwrap_or(&account.bin).to_owned(),
        account: number.to_owned(),
        holder: account.holder.clone(),
        amount,
        content,
        payload,
    })
}
