//! Stores the statements and entries of a planned file, a thousand rows at a time.

use std::collections::HashMap;
use std::ops::ControlFlow;

use rust_decimal::Decimal;

use crate::containment::Contents;
use crate::domain::calendar::Period;
use crate::domain::identity::{Fingerprint, Key};
use crate::domain::money::{Vnd, whole_dong};
use crate::domain::statement::{Entry, Event};
use crate::service::ServiceError;
use crate::service::survey::{Surveyed, not_dong};
use crate::store::directory::BankAccountRow;
use crate::store::statements::{self, EntryRow, ImportRow, StatementRow};
use crate::store::{ROWS_PER_STATEMENT, Tx};

/// One file on its way into the database: its import and its statements with their accounts; none
/// where the file was known already and its events are passed over.
pub(super) struct Part {
    /// How many statements of the events are its own.
    pub statements: usize,
    /// What is stored of it.
    pub stored: Option<(ImportRow, Vec<(StatementRow, BankAccountRow)>)>,
}

/// The rows of a file's statements.
pub(super) fn statement_rows(
    tx: &mut Tx<'_>,
    import: &ImportRow,
    surveyed: &[Surveyed],
    accounts: Vec<BankAccountRow>,
) -> Result<Vec<(StatementRow, BankAccountRow)>, ServiceError> {
    let mut rows = Vec::with_capacity(accounts.len());
    for ((position, statement), account) in (0_i32..).zip(surveyed).zip(accounts) {
        rows.push((statement_row(tx, import, position, statement, &account)?, account));
    }
    Ok(rows)
}

/// Stores the statements and entries of all parts, going once through the events.
pub(super) fn store(
    tx: &mut Tx<'_>,
    parts: &[Part],
    contents: &mut Contents,
) -> Result<(), ServiceError> {
    let mut total = 0;
    for (_, rows) in parts.iter().filter_map(|part| part.stored.as_ref()) {
        let rows: Vec<StatementRow> = rows.iter().map(|(row, _)| row.clone()).collect();
        total += rows.iter().map(|row| row.entry_count).sum::<i64>();
        statements::insert_statements(tx, &rows)?;
    }
    tx.reserve_ids(total.unsigned_abs())?;
    let mut writer = EntryWriter { tx, rows: Vec::new(), ordinals: HashMap::new() };
    let mut places = parts.iter().flat_map(|part| {
        (0..part.statements).map(move |index| {
            part.stored.as_ref().and_then(|(import, rows)| {
                rows.get(index).map(|(row, account)| Place { import, row, account, index })
            })
        })
    });
    let mut current = places.next().flatten();
    let mut position = 0_i64;
    let mut failed: Option<ServiceError> = None;
    contents
        .replay(&mut |event| {
            match (event, current) {
                (Event::Entry(entry), Some(place)) => {
                    position += 1;
                    if let Err(error) = writer.add(place, position, &entry) {
                        failed = Some(error);
                        return ControlFlow::Break(());
                    }
                }
                // Of a file that is known already.
                (Event::Entry(_), None) => {}
                (Event::Statement(_), _) => {
                    current = places.next().flatten();
                    position = 0;
                    // Equal lines are told apart within their own file.
                    if current.is_some_and(|place| place.index == 0) {
                        writer.ordinals.clear();
                    }
                }
            }
            ControlFlow::Continue(())
        })
        .map_err(ServiceError::spool)?;
    match failed {
        Some(error) => Err(error),
        None => writer.flush(),
    }
}

/// Where an entry belongs.
#[derive(Clone, Copy)]
struct Place<'p> {
    import: &'p ImportRow,
    row: &'p StatementRow,
    account: &'p BankAccountRow,
    /// The statement's place within its file.
    index: usize,
}

fn statement_row(
    tx: &mut Tx<'_>,
    import: &ImportRow,
    position: i32,
    statement: &Surveyed,
    account: &BankAccountRow,
) -> Result<StatementRow, ServiceError> {
    let dong = |figure: Decimal| {
        whole_dong(figure).map(Vnd::dong).ok_or_else(|| {
            ServiceError::refused(not_dong("số dư của sao kê", "the statement's balances"))
        })
    };
    let header = &statement.header;
    Ok(StatementRow {
        id: tx.next_id()?,
        school_id: import.school_id,
        import_id: import.id,
        bank_account_id: account.id,
        position,
        reference: header.reference.clone(),
        sequence: header.sequence.clone(),
        opening_dong: header.opening.map(|balance| dong(balance.amount)).transpose()?,
        opening_on: header.opening.and_then(|balance| balance.date),
        closing_dong: header.closing.map(|balance| dong(balance.amount)).transpose()?,
        closing_on: header.closing.and_then(|balance| balance.date),
        credits_dong: dong(statement.credits)?,
        debits_dong: dong(statement.debits)?,
        entry_count: statement.entries,
        first_on: statement.first_on,
        last_on: statement.last_on,
        period_from: header.period.map(Period::from),
        period_to: header.period.map(Period::to),
        copy: header.copy,
    })
}

struct EntryWriter<'t, 'c> {
    tx: &'t mut Tx<'c>,
    rows: Vec<EntryRow>,
    /// How often each key came up in this file so far: equal rows of one file are told apart.
    ordinals: HashMap<Key, i64>,
}

impl EntryWriter<'_, '_> {
    fn add(&mut self, place: Place<'_>, position: i64, entry: &Entry) -> Result<(), ServiceError> {
        let Some(amount) = whole_dong(entry.amount) else {
            return Err(ServiceError::refused(not_dong(&entry.position, &entry.position)));
        };
        let keys = Fingerprint::of(Some(&place.account.number), entry);
        let ordinal = self.ordinals.entry(keys.own).or_insert(-1);
        *ordinal += 1;
        self.rows.push(EntryRow {
            id: self.tx.next_id()?,
            school_id: place.import.school_id,
            import_id: place.import.id,
            statement_id: place.row.id,
            bank_account_id: place.account.id,
            position,
            place: entry.position.clone(),
            booking_date: entry.booking_date,
            value_date: entry.value_date,
            credit_debit: entry.credit_debit.as_str().to_owned(),
            amount_dong: amount.dong(),
            status: entry.status.as_str().to_owned(),
            reversal: entry.reversal,
            reference: entry.reference.clone(),
            end_to_end_id: entry.end_to_end_id.clone(),
            remittance: entry.remittance.clone(),
            counterparty_name: entry.counterparty_name.clone(),
            counterparty_account: entry.counterparty_account.clone(),
            counterparty_bank: entry.counterparty_bank.clone(),
            balance_after_dong: entry.balance_after.and_then(whole_dong).map(Vnd::dong),
            own_key: keys.own.to_string(),
            own_ordinal: *ordinal,
            text_key: keys.text.to_string(),
            reference_key: keys.reference.map(|key| key.to_string()),
            source_id: entry.extras.source_id().map(str::to_owned),
            virtual_account: entry.extras.virtual_account().map(str::to_owned),
        });
        if self.rows.len() >= ROWS_PER_STATEMENT {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), ServiceError> {
        statements::insert_entries(self.tx, &self.rows)?;
        self.rows.clear();
        Ok(())
    }
}
