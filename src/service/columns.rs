//! How people said the columns of an account's tables are to be read: kept, so that they are asked
//! once.

use chrono::NaiveDateTime;
use serde::Serialize;

use crate::clock::Clock;
use crate::domain::id::SchoolId;
use crate::formats::ColumnMapping;
use crate::service::{Actor, ServiceError, directory, entry};
use crate::store::audit::{self, AuditFact};
use crate::store::columns::{self, ColumnMappingRow};
use crate::store::directory::bank_accounts_of;
use crate::store::{Store, Tx};

/// A kept mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct KeptMapping {
    /// Its id, to forget it by.
    pub id: i64,
    /// The account whose files it is for.
    pub account: String,
    /// Which column holds what.
    #[schema(value_type = Object)]
    pub mapping: ColumnMapping,
    /// Who said so.
    pub saved_by: String,
    /// When, in UTC.
    #[schema(value_type = String, format = DateTime)]
    pub saved_at: NaiveDateTime,
}

/// All mappings kept for a school's accounts, the latest first.
pub fn list(store: &Store, school: SchoolId) -> Result<Vec<KeptMapping>, ServiceError> {
    store.read(|tx| {
        let accounts = entry::accounts(tx, school.0)?;
        let kept = columns::mappings_of(tx, school.0)?.into_iter().filter_map(|row| {
            Some(KeptMapping {
                id: row.id,
                account: entry::number_of(&accounts, row.bank_account_id)
                    .unwrap_or_default()
                    .to_owned(),
                mapping: serde_json::from_str(&row.mapping).ok()?,
                saved_by: row.saved_by,
                saved_at: row.saved_at,
            })
        });
        Ok(kept.collect())
    })
}

/// Forgets a mapping; the next file with such headings is asked about again.
pub fn forget(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    id: i64,
) -> Result<(), ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        if !columns::delete_mapping(tx, school.0, id)? {
            return Err(ServiceError::not_found(
                "column_mapping",
                "cách đọc cột",
                "column mapping",
                &id.to_string(),
            ));
        }
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "columns.forget",
            subject_kind: "column_mapping",
            subject_id: id,
            detail: "{}".to_owned(),
        };
        audit::append(tx, school.0, clock.now(), vec![fact])?;
        Ok(())
    })
}

/// What readers are told about a school's files.
pub(crate) fn of_school(
    tx: &mut Tx<'_>,
    school: SchoolId,
) -> Result<Vec<ColumnMapping>, ServiceError> {
    let rows = columns::mappings_of(tx, school.0)?;
    Ok(rows.into_iter().filter_map(|row| serde_json::from_str(&row.mapping).ok()).collect())
}

/// Keeps a mapping for each of the accounts numbered `numbers`.
pub(crate) fn save(
    tx: &mut Tx<'_>,
    school: SchoolId,
    numbers: &[&str],
    mapping: &ColumnMapping,
    actor: &Actor,
    at: NaiveDateTime,
) -> Result<(), ServiceError> {
    let text = serde_json::to_string(mapping).unwrap_or_default();
    for account in bank_accounts_of(tx, school.0)? {
        if !numbers.contains(&account.number.as_str()) {
            continue;
        }
        let row = ColumnMappingRow {
            id: tx.next_id()?,
            school_id: school.0,
            bank_account_id: account.id,
            headings_key: mapping.headings_key(),
            mapping: text.clone(),
            saved_by: actor.as_str().to_owned(),
            saved_at: at,
        };
        columns::save_mapping(tx, &row)?;
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "columns.save",
            subject_kind: "column_mapping",
            subject_id: row.id,
            detail: text.clone(),
        };
        audit::append(tx, school.0, at, vec![fact])?;
    }
    Ok(())
}
