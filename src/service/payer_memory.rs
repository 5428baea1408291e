//! What persons say of the accounts that families pay from, by decisions and in lists of students. Brothers and sisters share
//! one memory: it is kept for each family. The machine's own decisions teach nothing.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;

use crate::domain::id::FamilyId;
use crate::domain::matching::lesson::lesson;
use crate::service::{ServiceError, directory};
use crate::store::payments::PaymentRow;
use crate::store::people::{self, PayerAccountRow};
use crate::store::statements::entries_by_id;
use crate::store::{StoreError, Tx, decisions, fees};

/// Remembers that a person said which family a payment is for, before what stood is reversed: see
/// [`lesson`].
pub(crate) fn learn(
    tx: &mut Tx<'_>,
    row: &PaymentRow,
    families: &[i64],
    at: NaiveDateTime,
) -> Result<(), ServiceError> {
    let standing = families_standing(tx, row)?;
    let Some(account) = payer_account(tx, row)? else { return Ok(()) };
    let known = people::payers_of_account(tx, row.school_id, &account)?;
    let ids = |families: &[i64]| families.iter().copied().map(FamilyId).collect::<Vec<_>>();
    let before = known.iter().map(|payer| FamilyId(payer.family_id));
    let Some(lesson) = lesson(&ids(families), before, &ids(&standing)) else { return Ok(()) };
    let lost: Vec<i64> = lesson.contradicted.iter().map(|family| family.0).collect();
    contradict(tx, row, &lost)?;
    let Some(FamilyId(family)) = lesson.confirmed else { return Ok(()) };
    let payer = known.into_iter().find(|payer| payer.family_id == family);
    let is_new = payer.is_none();
    let mut payer = match payer {
        Some(payer) => payer,
        None => unknown(tx, row, account, family)?,
    };
    payer.confirmed = payer.confirmed.saturating_add(1);
    payer.confirmed_at = Some(at);
    keep(tx, &payer, is_new)
}

/// Remembers what a list of students says: from which accounts families pay. It counts as said once
/// by a person; what is known already stays as it is.
pub(crate) fn take_listed(
    tx: &mut Tx<'_>,
    (school, import): (i64, i64),
    said: &BTreeSet<(String, i64)>,
    at: NaiveDateTime,
) -> Result<(), StoreError> {
    let mut accounts: Vec<&str> = said.iter().map(|(account, _)| account.as_str()).collect();
    accounts.dedup();
    let known: BTreeSet<(String, i64)> = people::payers_of_accounts(tx, school, &accounts)?
        .into_iter()
        .map(|row| (row.account, row.family_id))
        .collect();
    let mut rows = Vec::new();
    for (account, family) in said.difference(&known) {
        rows.push(PayerAccountRow {
            id: tx.next_id()?,
            school_id: school,
            family_id: *family,
            account: account.clone(),
            confirmed: 1,
            contradicted: 0,
            confirmed_at: Some(at),
            import_id: Some(import),
        });
    }
    people::insert_payers(tx, &rows)
}

/// Remembers that a person took a payment away from some families.
pub(crate) fn contradict(
    tx: &mut Tx<'_>,
    row: &PaymentRow,
    families: &[i64],
) -> Result<(), ServiceError> {
    if families.is_empty() {
        return Ok(());
    }
    let Some(account) = payer_account(tx, row)? else { return Ok(()) };
    let known = people::payers_of_account(tx, row.school_id, &account)?;
    for family in families {
        let payer = known.iter().find(|payer| payer.family_id == *family).cloned();
        let is_new = payer.is_none();
        let mut payer = match payer {
            Some(payer) => payer,
            None => unknown(tx, row, account.clone(), *family)?,
        };
        payer.contradicted = payer.contradicted.saturating_add(1);
        keep(tx, &payer, is_new)?;
    }
    Ok(())
}

/// Forgets what confirming a payment taught, as the person takes the confirmation itself back: unlike
/// [`contradict`], it says nothing against the family.
pub(crate) fn forget(tx: &mut Tx<'_>, row: &PaymentRow) -> Result<(), ServiceError> {
    let standing = families_standing(tx, row)?;
    let (Some(account), [family]) = (payer_account(tx, row)?, standing.as_slice()) else {
        return Ok(());
    };
    let known = people::payers_of_account(tx, row.school_id, &account)?;
    if let Some(mut payer) = known.into_iter().find(|payer| payer.family_id == *family) {
        payer.confirmed = payer.confirmed.saturating_sub(1).max(0);
        keep(tx, &payer, false)?;
    }
    Ok(())
}

/// The account a payment came from, as it is compared; `None` where the bank does not say.
pub(crate) fn payer_account(
    tx: &mut Tx<'_>,
    row: &PaymentRow,
) -> Result<Option<String>, ServiceError> {
    let entry = match row.entry_id {
        Some(id) => entries_by_id(tx, &[id])?.into_iter().next(),
        None => None,
    };
    let account = entry.and_then(|entry| entry.counterparty_account);
    Ok(account.map(|text| directory::account_number(&text)).filter(|text| !text.is_empty()))
}

/// The families that a payment is used for now.
pub(crate) fn families_standing(
    tx: &mut Tx<'_>,
    row: &PaymentRow,
) -> Result<Vec<i64>, ServiceError> {
    let rows = decisions::standing_allocations(tx, &[row.id])?;
    let mut families: Vec<i64> = rows.iter().filter_map(|row| row.family_id).collect();
    let mut invoices: Vec<i64> = rows.iter().filter_map(|row| row.invoice_id).collect();
    invoices.sort_unstable();
    invoices.dedup();
    let students: Vec<i64> =
        fees::invoices_by_id(tx, &invoices)?.into_iter().map(|row| row.student_id).collect();
    let students = people::students_by_id(tx, &students)?;
    families.extend(students.into_iter().map(|row| row.family_id));
    families.sort_unstable();
    families.dedup();
    Ok(families)
}

fn unknown(
    tx: &mut Tx<'_>,
    row: &PaymentRow,
    account: String,
    family: i64,
) -> Result<PayerAccountRow, ServiceError> {
    Ok(PayerAccountRow {
        id: tx.next_id()?,
        school_id: row.school_id,
        family_id: family,
        account,
        confirmed: 0,
        contradicted: 0,
        confirmed_at: None,
        import_id: None,
    })
}

fn keep(tx: &mut Tx<'_>, payer: &PayerAccountRow, is_new: bool) -> Result<(), ServiceError> {
    if is_new {
        people::insert_payer(tx, payer)?;
    } else {
        people::update_payer(tx, payer)?;
    }
    Ok(())
}
