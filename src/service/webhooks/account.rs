//! Which account of the school an endpoint may speak of.

use super::refused::merchant_needed;
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::domain::notification::Provider;
use crate::domain::text::last_four;
use crate::service::ServiceError;
use crate::service::directory::account_number;
use crate::store::Tx;
use crate::store::directory::{BankAccountRow, bank_accounts_of, insert_bank_account};

/// The account an endpoint may speak of. A gateway's is made where there is none yet.
pub(super) fn account_of(
    tx: &mut Tx<'_>,
    school: SchoolId,
    provider: Provider,
    named: Option<&str>,
) -> Result<Option<BankAccountRow>, ServiceError> {
    let own = bank_accounts_of(tx, school.0)?;
    let number = named.map(account_number).filter(|number| !number.is_empty());
    // SePay has a gateway too, whose notifications name no account: it goes by SePay's own name.
    let by_gateway =
        provider.is_gateway() || provider == Provider::Sepay && number.as_deref() == Some("SEPAY");
    let gateway = by_gateway.then(|| provider.as_str().to_owned());
    match (number, gateway) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(merchant_needed()),
        (Some(number), None) => {
            let found = own.into_iter().find(|row| row.gateway.is_none() && row.number == number);
            found.map(Some).ok_or_else(|| {
                ServiceError::not_found("account", "tài khoản", "account", &last_four(&number))
            })
        }
        (Some(number), Some(gateway)) => {
            let known = own
                .into_iter()
                .find(|row| row.gateway.as_ref() == Some(&gateway) && row.number == number);
            if let Some(row) = known {
                return Ok(Some(row));
            }
            let row = BankAccountRow {
                id: tx.next_id()?,
                school_id: school.0,
                bin: gateway.to_uppercase(),
                number,
                holder: provider.label(Lang::Vi).to_owned(),
                valid_from: None,
                valid_to: None,
                gateway: Some(gateway),
            };
            insert_bank_account(tx, &row)?;
            Ok(Some(row))
        }
    }
}
