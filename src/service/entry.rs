//! From rows to what the domain knows.

use std::collections::HashMap;

use crate::domain::matching::facts::PaymentFacts;
use crate::domain::money::{Currency, Vnd};
use crate::domain::statement::{Announced, CreditDebit, Entry, EntryExtras, EntryStatus};
use crate::store::directory::{BankAccountRow, bank_accounts_of};
use crate::store::statements::EntryRow;
use crate::store::{StoreError, Tx};

/// A school's account, as far as its entries need to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    /// Its number at the bank, or the merchant's code at a gateway.
    pub number: String,
    /// Whether a gateway keeps it.
    pub gateway: bool,
}

/// A school's accounts, by id.
pub(crate) type Accounts = HashMap<i64, Account>;

/// The accounts of some rows.
pub(crate) fn accounts_in(rows: Vec<BankAccountRow>) -> Accounts {
    rows.into_iter()
        .map(|row| (row.id, Account { number: row.number, gateway: row.gateway.is_some() }))
        .collect()
}

/// The number of an account.
pub(crate) fn number_of(accounts: &Accounts, id: i64) -> Option<&str> {
    accounts.get(&id).map(|account| account.number.as_str())
}

/// The accounts of a school.
pub(crate) fn accounts(tx: &mut Tx<'_>, school: i64) -> Result<Accounts, StoreError> {
    Ok(accounts_in(bank_accounts_of(tx, school)?))
}

/// The entry a row was made of.
pub(crate) fn entry_of(row: &EntryRow) -> Result<Entry, StoreError> {
    Ok(Entry {
        booking_date: row.booking_date,
        value_date: row.value_date,
        credit_debit: direction(row)?,
        amount: row.amount_dong.into(),
        currency: Currency::VND,
        status: status(row)?,
        reversal: row.reversal,
        reference: row.reference.clone(),
        end_to_end_id: row.end_to_end_id.clone(),
        remittance: row.remittance.clone(),
        counterparty_name: row.counterparty_name.clone(),
        counterparty_account: row.counterparty_account.clone(),
        counterparty_bank: row.counterparty_bank.clone(),
        balance_after: row.balance_after_dong.map(Into::into),
        extras: EntryExtras {
            announced: row.source_id.clone().map(|source_id| {
                Box::new(Announced { source_id, virtual_account: row.virtual_account.clone() })
            }),
            ..EntryExtras::default()
        },
        position: row.place.clone(),
    })
}

/// What the matcher is told of a row.
pub(crate) fn payment_facts<'a>(
    row: &'a EntryRow,
    accounts: &'a Accounts,
) -> Result<PaymentFacts<'a>, StoreError> {
    Ok(PaymentFacts {
        booking_date: row.booking_date,
        credit_debit: direction(row)?,
        amount: Vnd::new(row.amount_dong),
        status: status(row)?,
        reversal: row.reversal,
        account: number_of(accounts, row.bank_account_id),
        virtual_account: row.virtual_account.as_deref(),
        gateway: accounts.get(&row.bank_account_id).is_some_and(|account| account.gateway),
        end_to_end_id: row.end_to_end_id.as_deref(),
        remittance: row.remittance.as_deref(),
        counterparty_name: row.counterparty_name.as_deref(),
        counterparty_account: row.counterparty_account.as_deref(),
        refused: &[],
    })
}

fn direction(row: &EntryRow) -> Result<CreditDebit, StoreError> {
    match row.credit_debit.as_str() {
        "credit" => Ok(CreditDebit::Credit),
        "debit" => Ok(CreditDebit::Debit),
        other => Err(StoreError::Corrupt(format!("direction {other} of entry {}", row.id))),
    }
}

fn status(row: &EntryRow) -> Result<EntryStatus, StoreError> {
    [EntryStatus::Booked, EntryStatus::Pending, EntryStatus::Info]
        .into_iter()
        .find(|status| status.as_str() == row.status)
        .ok_or_else(|| StoreError::Corrupt(format!("status {} of entry {}", row.status, row.id)))
}
