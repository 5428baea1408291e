//! Takes in a statement file as a plan: read twice, checked whole, stored entry by entry. Nothing of
//! it counts until the plan is committed, and what is committed is exactly what was planned.

use std::collections::HashMap;
use std::ops::ControlFlow;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::{ImportId, SchoolId};
use crate::domain::identity::{Fingerprint, Key, source_kind};
use crate::domain::money::{Vnd, whole_dong};
use crate::domain::statement::{Entry, Event};
use crate::formats::{Options, Source, statement_file};
use crate::service::directory::account_number;
use crate::service::survey::{self, Survey, Surveyed, digest, not_dong};
use crate::service::{Actor, ServiceError, directory, entry};
use crate::store::directory::{BankAccountRow, bank_accounts_numbered, bank_accounts_of};
use crate::store::statements::{self, EntryRow, ImportRow, StatementRow};
use crate::store::{ROWS_PER_STATEMENT, Store, Tx};

/// A file as it arrives.
pub struct NewFile<'a> {
    /// The name it came with; shown, never used as a path.
    pub name: &'a str,
    /// The account it belongs to, where the file does not say.
    pub account: Option<&'a str>,
}

/// What a plan says of one statement. Amounts are đồng.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PlannedStatement {
    /// The account's number.
    pub account: String,
    /// The balance before, when stated.
    pub opening: Option<Vnd>,
    /// Money in.
    pub credits: Vnd,
    /// Money out.
    pub debits: Vnd,
    /// The balance after, when stated.
    pub closing: Option<Vnd>,
    /// How many entries it has.
    pub entries: i64,
    /// The first booking day.
    #[schema(value_type = Option<String>, format = Date)]
    pub first_on: Option<Day>,
    /// The last booking day.
    #[schema(value_type = Option<String>, format = Date)]
    pub last_on: Option<Day>,
}

/// A stored plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Plan {
    /// Its id, to commit or undo it by.
    pub id: ImportId,
    /// `planned`, or `committed` when the same bytes were taken in before.
    pub state: String,
    /// The file's name.
    pub file_name: String,
    /// The recognised format.
    pub format: String,
    /// The recognised bank layout.
    pub layout: Option<String>,
    /// What a person should look at.
    #[schema(value_type = Vec<Object>)]
    pub warnings: Vec<Diagnostic>,
    /// Its statements.
    pub statements: Vec<PlannedStatement>,
}

/// Reads a statement file for a school and stores it as a plan. The same bytes again give the same
/// plan. Refuses a file that cannot be trusted, that does not add up, or of a foreign account;
/// nothing is written then.
pub fn run(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    file: &NewFile<'_>,
    source: &mut impl Source,
) -> Result<Plan, ServiceError> {
    let (sha256, size_bytes) = digest(source)?;
    if let Some(known) = store.read(|tx| -> Result<_, ServiceError> {
        match statements::find_same_file(tx, school.0, &sha256)? {
            Some(row) => load(tx, row).map(Some),
            None => Ok(None),
        }
    })? {
        return Ok(known);
    }

    let survey = survey::survey(source)?;
    let now = clock.now();
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        if let Some(row) = statements::find_same_file(tx, school.0, &sha256)? {
            return load(tx, row);
        }
        let accounts = accounts_of(tx, school, file, &survey.statements)?;
        let format = survey.reading.format.clone().unwrap_or_default();
        let row = ImportRow {
            id: tx.next_id()?,
            school_id: school.0,
            file_name: file.name.to_owned(),
            sha256: sha256.clone(),
            size_bytes,
            source: source_kind(&format, survey.reading.layout.as_deref()),
            format,
            layout: survey.reading.layout.clone(),
            state: "planned".to_owned(),
            warnings: serde_json::to_string(&survey.reading.warnings).unwrap_or_default(),
            planned_by: actor.as_str().to_owned(),
            planned_at: now,
            committed_by: None,
            committed_at: None,
            undone_by: None,
            undone_at: None,
            outcome: None,
        };
        statements::insert_import(tx, &row)?;
        store_entries(tx, &row, &survey, &accounts, source)?;
        load(tx, row)
    })
}

/// The plan with this id, at this school.
pub fn find(store: &Store, school: SchoolId, id: ImportId) -> Result<Plan, ServiceError> {
    store.read(|tx| {
        let row = load_import(tx, school, id)?;
        load(tx, row)
    })
}

pub(crate) fn load_import(
    tx: &mut Tx<'_>,
    school: SchoolId,
    id: ImportId,
) -> Result<ImportRow, ServiceError> {
    statements::import(tx, id.0)?.filter(|row| row.school_id == school.0).ok_or_else(|| {
        ServiceError::not_found("import", "lần nhập sao kê", "import", &id.to_string())
    })
}

fn load(tx: &mut Tx<'_>, row: ImportRow) -> Result<Plan, ServiceError> {
    let accounts = entry::accounts(tx, row.school_id)?;
    let statements = statements::statements_of(tx, row.id)?
        .into_iter()
        .map(|statement| PlannedStatement {
            account: accounts.get(&statement.bank_account_id).cloned().unwrap_or_default(),
            opening: statement.opening_dong.map(Vnd::new),
            credits: Vnd::new(statement.credits_dong),
            debits: Vnd::new(statement.debits_dong),
            closing: statement.closing_dong.map(Vnd::new),
            entries: statement.entry_count,
            first_on: statement.first_on,
            last_on: statement.last_on,
        })
        .collect();
    Ok(Plan {
        id: ImportId(row.id),
        state: row.state,
        file_name: row.file_name,
        format: row.format,
        layout: row.layout,
        warnings: serde_json::from_str(&row.warnings).unwrap_or_default(),
        statements,
    })
}

/// The school's account each statement belongs to.
fn accounts_of(
    tx: &mut Tx<'_>,
    school: SchoolId,
    file: &NewFile<'_>,
    found: &[Surveyed],
) -> Result<Vec<BankAccountRow>, ServiceError> {
    let own = bank_accounts_of(tx, school.0)?;
    let mut accounts = Vec::with_capacity(found.len());
    for (index, statement) in found.iter().enumerate() {
        let stated = statement.header.account.as_deref().or(file.account).map(account_number);
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
                account_refused(stated.as_deref(), foreign).of_statement(index),
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

fn store_entries(
    tx: &mut Tx<'_>,
    import: &ImportRow,
    survey: &Survey,
    accounts: &[BankAccountRow],
    source: &mut impl Source,
) -> Result<(), ServiceError> {
    let mut rows = Vec::with_capacity(accounts.len());
    for ((position, statement), account) in (0_i32..).zip(&survey.statements).zip(accounts) {
        rows.push(statement_row(tx, import, position, statement, account)?);
    }
    statements::insert_statements(tx, &rows)?;
    let total: i64 = survey.statements.iter().map(|statement| statement.entries).sum();
    tx.reserve_ids(total.unsigned_abs())?;

    let mut writer = EntryWriter { tx, import, rows: Vec::new(), ordinals: HashMap::new() };
    let mut statements = rows.iter().zip(accounts);
    let mut current = statements.next();
    let mut position = 0_i64;
    let mut failed: Option<ServiceError> = None;
    let reading = statement_file::read(source, &Options::default(), &mut |event| {
        match event {
            Event::Entry(entry) => {
                position += 1;
                let stored = match current {
                    Some((statement, account)) => writer.add(statement, account, position, &entry),
                    None => Err(changed_meanwhile()),
                };
                if let Err(error) = stored {
                    failed = Some(error);
                    return ControlFlow::Break(());
                }
            }
            Event::Statement(_) => {
                current = statements.next();
                position = 0;
            }
        }
        ControlFlow::Continue(())
    });
    if let Some(error) = failed {
        return Err(error);
    }
    if reading != survey.reading {
        return Err(changed_meanwhile());
    }
    writer.flush()
}

fn changed_meanwhile() -> ServiceError {
    ServiceError::conflict(
        "file_changed",
        "Tệp thay đổi trong lúc đang đọc. Hãy tải lên lại.",
        "The file changed while it was being read. Upload it again.",
    )
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
    })
}

struct EntryWriter<'t, 'c, 'i> {
    tx: &'t mut Tx<'c>,
    import: &'i ImportRow,
    rows: Vec<EntryRow>,
    /// How often each key came up in this file so far: equal rows of one file are told apart.
    ordinals: HashMap<Key, i64>,
}

impl EntryWriter<'_, '_, '_> {
    fn add(
        &mut self,
        statement: &StatementRow,
        account: &BankAccountRow,
        position: i64,
        entry: &Entry,
    ) -> Result<(), ServiceError> {
        let dong = |figure: Decimal| whole_dong(figure).ok_or_else(changed_meanwhile);
        let keys = Fingerprint::of(Some(&account.number), entry);
        let ordinal = self.ordinals.entry(keys.own).or_insert(-1);
        *ordinal += 1;
        self.rows.push(EntryRow {
            id: self.tx.next_id()?,
            school_id: self.import.school_id,
            import_id: self.import.id,
            statement_id: statement.id,
            bank_account_id: account.id,
            position,
            place: entry.position.clone(),
            booking_date: entry.booking_date,
            value_date: entry.value_date,
            credit_debit: entry.credit_debit.as_str().to_owned(),
            amount_dong: dong(entry.amount)?.dong(),
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
