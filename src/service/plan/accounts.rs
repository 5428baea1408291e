//! Which of the school's accounts a statement belongs to.

use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::service::ServiceError;
use crate::service::directory::account_number;
use crate::service::survey::Surveyed;
use crate::store::Tx;
use crate::store::directory::{BankAccountRow, bank_accounts_numbered, bank_accounts_of};

/// The school's account each statement belongs to: by the file's own word, else as `named`, else the
/// school's only one. `first` is the place of the first of them in the whole upload.
pub(super) fn accounts_of(
    tx: &mut Tx<'_>,
    school: SchoolId,
    named: Option<&str>,
    found: &[Surveyed],
    first: usize,
) -> Result<Vec<BankAccountRow>, ServiceError> {
    // A gateway's account has no statements.
    let mut own = bank_accounts_of(tx, school.0)?;
    own.retain(|row| row.gateway.is_none());
    let mut accounts = Vec::with_capacity(found.len());
    for (index, statement) in found.iter().enumerate() {
        let stated = statement.header.account.as_deref().or(named).map(account_number);
        let account = match (&stated, own.as_slice()) {
            (Some(number), _) => own.iter().find(|row| row.number == *number),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        let Some(account) = account else {
            let foreign = match &stated {
                Some(number) => !bank_accounts_numbered(tx, number)?.is_empty(),
                None => false,
            };
            return Err(ServiceError::refused(
                account_refused(stated.as_deref(), foreign)
                    .of_statement(first.saturating_add(index)),
            ));
        };
        accounts.push(account.clone());
    }
    Ok(accounts)
}

fn account_refused(stated: Option<&str>, foreign: bool) -> Diagnostic {
    match stated {
        // The last digits are enough to recognise one's own account, and tell nobody another's.
        Some(number) => {
            let tail: String =
                number.chars().skip(number.chars().count().saturating_sub(4)).collect();
            if foreign {
                Diagnostic::new(
                    "account_of_other_school",
                    format!(
                        "Sao kê này của tài khoản ****{tail}, thuộc trường khác. Chọn đúng trường rồi tải lại."
                    ),
                    format!(
                        "This statement is of account ****{tail}, which belongs to another school. Choose the right school and upload again."
                    ),
                )
            } else {
                Diagnostic::new(
                    "account_unknown",
                    format!(
                        "Trường chưa khai báo tài khoản ****{tail}. Khai báo tài khoản ngân hàng này rồi tải lại."
                    ),
                    format!(
                        "The school has no account ****{tail}. Add this bank account, then upload again."
                    ),
                )
            }
        }
        None => Diagnostic::new(
            "account_missing",
            "Tệp không ghi số tài khoản và trường có nhiều (hoặc chưa có) tài khoản. Cho biết tệp thuộc tài khoản nào.",
            "The file states no account number and the school has several accounts (or none). Say which account it belongs to.",
        ),
    }
}
