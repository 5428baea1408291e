//! Plans as they are shown: of one file, or of an archive of several.

use chrono::NaiveDateTime;
use serde::Serialize;

use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::ImportId;
use crate::domain::money::Vnd;
use crate::service::ServiceError;
use crate::service::entry::{self, Accounts, number_of};
use crate::store::Tx;
use crate::store::archives::{self, ArchiveRow};
use crate::store::statements::{self, ImportRow, StatementRow};

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
    /// The first day it says it covers.
    #[schema(value_type = Option<String>, format = Date)]
    pub period_from: Option<Day>,
    /// The last day it says it covers.
    #[schema(value_type = Option<String>, format = Date)]
    pub period_to: Option<Day>,
}

impl PlannedStatement {
    /// The first day it covers, as stated or else as seen.
    #[must_use]
    pub fn first_day(&self) -> Option<Day> {
        self.period_from.or(self.first_on)
    }

    /// The last day it covers.
    #[must_use]
    pub fn last_day(&self) -> Option<Day> {
        self.period_to.or(self.last_on)
    }

    /// Whether opening, movements and closing agree; `None` where it does not state both.
    #[must_use]
    pub fn balanced(&self) -> Option<bool> {
        let (opening, closing) = self.opening.zip(self.closing)?;
        let reached =
            opening.checked_add(self.credits).and_then(|sum| sum.checked_sub(self.debits));
        Some(reached == Some(closing))
    }

    /// A statement as it is stored.
    pub(crate) fn of(row: &StatementRow, accounts: &Accounts) -> PlannedStatement {
        PlannedStatement {
            account: number_of(accounts, row.bank_account_id).unwrap_or_default().to_owned(),
            opening: row.opening_dong.map(Vnd::new),
            credits: Vnd::new(row.credits_dong),
            debits: Vnd::new(row.debits_dong),
            closing: row.closing_dong.map(Vnd::new),
            entries: row.entry_count,
            first_on: row.first_on,
            last_on: row.last_on,
            period_from: row.period_from,
            period_to: row.period_to,
        }
    }
}

/// One file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PlannedPart {
    /// The id of its own import.
    pub id: ImportId,
    /// Its name in the archive.
    pub file_name: String,
    /// The recognised format.
    pub format: String,
    /// The recognised bank layout.
    pub layout: Option<String>,
    /// `planned`, `committed` or `undone`.
    pub state: String,
    /// Whether it was known before the archive came.
    pub known_before: bool,
}

/// A stored plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Plan {
    /// Its id, to commit or undo it by.
    pub id: ImportId,
    /// `planned`, `undone`, or `committed` when the same bytes were taken in before.
    pub state: String,
    /// The file's name.
    pub file_name: String,
    /// The recognised format; of an archive whose files differ, `zip`.
    pub format: String,
    /// The recognised bank layout.
    pub layout: Option<String>,
    /// What a person should look at.
    #[schema(value_type = Vec<Object>)]
    pub warnings: Vec<Diagnostic>,
    /// Its statements.
    pub statements: Vec<PlannedStatement>,
    /// `zip` or `gzip` where the statements came in an archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// The files of an archive; empty for a plain file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PlannedPart>,
    /// Who brought it, or recorded it.
    #[serde(skip)]
    pub by: String,
    /// When, in UTC.
    #[serde(skip)]
    pub at: NaiveDateTime,
    /// Whether the same bytes were there before they were sent now.
    #[serde(skip)]
    pub sent_before: bool,
}

/// The plan of one file.
pub(super) fn of_import(tx: &mut Tx<'_>, row: ImportRow) -> Result<Plan, ServiceError> {
    let accounts = entry::accounts(tx, row.school_id)?;
    let statements = statements::statements_of(tx, row.id)?
        .into_iter()
        .map(|statement| PlannedStatement::of(&statement, &accounts))
        .collect();
    Ok(Plan {
        id: ImportId(row.id),
        state: row.state,
        file_name: row.file_name,
        format: row.format,
        layout: row.layout,
        warnings: serde_json::from_str(&row.warnings).unwrap_or_default(),
        statements,
        container: None,
        parts: Vec::new(),
        by: row.committed_by.unwrap_or(row.planned_by),
        at: row.committed_at.unwrap_or(row.planned_at),
        sent_before: false,
    })
}

/// The plan of an archive: those of its files taken together.
pub(super) fn of_archive(tx: &mut Tx<'_>, row: ArchiveRow) -> Result<Plan, ServiceError> {
    let mut parts = Vec::new();
    let (mut warnings, mut all) = (Vec::new(), Vec::new());
    for (import, brought) in archives::imports_of(tx, row.id)? {
        let plan = of_import(tx, import)?;
        let before = all.len();
        warnings.extend(plan.warnings.into_iter().map(|mut note| {
            note.statement = note.statement.map(|index| index.saturating_add(before));
            note
        }));
        all.extend(plan.statements);
        parts.push(PlannedPart {
            id: plan.id,
            file_name: plan.file_name,
            format: plan.format,
            layout: plan.layout,
            state: plan.state,
            known_before: !brought,
        });
    }
    // What is still to be done counts: one file that waits makes the whole wait.
    let state = ["planned", "committed"]
        .into_iter()
        .find(|state| parts.iter().any(|part| part.state == *state))
        .unwrap_or("undone");
    let mut formats: Vec<&str> = parts.iter().map(|part| part.format.as_str()).collect();
    formats.dedup();
    let format = match formats.as_slice() {
        [one] => (*one).to_owned(),
        _ => row.container.clone(),
    };
    let mut layouts: Vec<&Option<String>> = parts.iter().map(|part| &part.layout).collect();
    layouts.dedup();
    let layout = match layouts.as_slice() {
        [one] => (*one).clone(),
        _ => None,
    };
    Ok(Plan {
        id: ImportId(row.id),
        state: state.to_owned(),
        file_name: row.file_name,
        format,
        layout,
        warnings,
        statements: all,
        container: Some(row.container),
        parts,
        by: row.planned_by,
        at: row.planned_at,
        sent_before: false,
    })
}
