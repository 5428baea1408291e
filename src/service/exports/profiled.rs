//! Exports for other programs, as profiles say: journals, students, fees.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Made, file_name, load, period, record};
use crate::clock::Clock;
use crate::domain::calendar::{Day, Period};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::export::journal::{self, JournalError};
use crate::domain::export::roster::{self, Contact};
use crate::domain::export::{Filter, Sheet};
use crate::domain::id::SchoolId;
pub use crate::formats::export::{Profile, Rows};
use crate::formats::export::{built_in, profiled_text, read_profile};
use crate::service::{Actor, ServiceError};
use crate::store::{Store, Tx, directory as schools, people};

/// A profile as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProfileView {
    /// Its stable name.
    pub id: String,
    /// What it has a row for.
    pub rows: &'static str,
    /// What it is.
    pub name: String,
    /// What it is based on.
    pub basis: String,
    /// Its columns' headings.
    pub columns: Vec<String>,
    /// Every field that a profile of such rows may take: name and meaning.
    pub fields: Vec<(&'static str, &'static str)>,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct ProfileAsk {
    /// The profile.
    pub profile: Profile,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// What it is limited to.
    pub filter: Filter,
}

/// The profiles that come with the program.
#[must_use]
pub fn profiles() -> Vec<ProfileView> {
    built_in()
        .into_iter()
        .map(|profile| ProfileView {
            rows: profile.rows.as_str(),
            columns: profile.columns.into_iter().map(|column| column.heading).collect(),
            fields: profile.rows.fields().iter().map(|one| (one.name, one.heading)).collect(),
            id: profile.id,
            name: profile.name,
            basis: profile.basis,
        })
        .collect()
}

/// The profile of this name that comes with the program; the usual one of such rows where none is named.
pub fn profile(rows: Rows, id: Option<&str>) -> Result<Profile, ServiceError> {
    let id = id.unwrap_or(rows.usual());
    let found = built_in().into_iter().find(|profile| profile.id == id);
    let profile = found.ok_or_else(|| {
        let known: Vec<String> = built_in().into_iter().map(|profile| profile.id).collect();
        let known = known.join(", ");
        ServiceError::NotFound(Box::new(Diagnostic::new(
            "profile_not_found",
            format!("Không có mẫu “{id}”. Các mẫu có sẵn: {known}."),
            format!("There is no profile “{id}”. There are: {known}."),
        )))
    })?;
    of_rows(profile, rows)
}

/// Reads a profile of the school's own; `name` is what its file is called.
pub fn own_profile(rows: Rows, name: &str, text: &str) -> Result<Profile, ServiceError> {
    of_rows(read_profile(name, text).map_err(ServiceError::refused)?, rows)
}

fn of_rows(profile: Profile, rows: Rows) -> Result<Profile, ServiceError> {
    if profile.rows == rows {
        return Ok(profile);
    }
    let (id, is, wanted) = (&profile.id, profile.rows.as_str(), rows.as_str());
    Err(ServiceError::refused(Diagnostic::new(
        "profile_rows",
        format!("Mẫu “{id}” dùng cho {is}, không dùng cho {wanted}. Chọn mẫu khác."),
        format!("The profile “{id}” is for {is}, not for {wanted}. Choose another."),
    )))
}

/// Makes the export and records that it was made. A journal that does not balance is refused.
pub fn run(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    ask: &ProfileAsk,
) -> Result<Made, ServiceError> {
    let period = period(ask.from, ask.to)?;
    let profile = &ask.profile;
    let (code, filter, student, sheet) = store.read(|tx| {
        let row = schools::school(tx, school.0)?.ok_or_else(|| {
            ServiceError::not_found("school", "trường", "school", &school.to_string())
        })?;
        let (filter, student) = load::resolve(tx, school, &ask.filter)?;
        let sheet = sheet(tx, school, profile, period, &filter)?;
        Ok::<_, ServiceError>((row.code, filter, student, sheet))
    })?;
    let bytes = profiled_text(profile, &sheet).map_err(ServiceError::refused)?;
    let detail = serde_json::json!({
        "class": filter.class,
        "fee_item": filter.fee_item,
        "format": "csv",
        "from": period.from(),
        "kind": profile.rows.as_str(),
        "profile": profile.id,
        "round": filter.round,
        "rows": sheet.rows.len(),
        "student": student,
        "to": period.to(),
    });
    record(store, clock, actor, school, &detail.to_string())?;
    Ok(Made {
        file_name: file_name(&code, profile.rows.as_str(), period, "csv"),
        media_type: super::Format::Csv.media_type(),
        bytes,
        rows: sheet.rows.len(),
        notes: Vec::new(),
    })
}

fn sheet(
    tx: &mut Tx<'_>,
    school: SchoolId,
    profile: &Profile,
    period: Period,
    filter: &Filter,
) -> Result<Sheet, ServiceError> {
    let books = load::books(tx, school, period.to())?;
    let sheet = match profile.rows {
        Rows::Journal => {
            return journal::sheet(&books, period, filter, &profile.accounts).map_err(refused);
        }
        Rows::Fees => roster::fees(&books, period, filter),
        Rows::Students => {
            let contacts: BTreeMap<String, Contact> = people::students_of(tx, school.0)?
                .into_iter()
                .map(|row| {
                    let contact =
                        Contact { guardian: row.guardian_name, email: row.email, phone: row.phone };
                    (row.code, contact)
                })
                .collect();
            roster::students(&books, period, filter, &contacts)
        }
    };
    sheet.ok_or_else(ServiceError::overflow)
}

fn refused(error: JournalError) -> ServiceError {
    match error {
        JournalError::NoAccount(mapping, key) => ServiceError::refused(Diagnostic::new(
            "journal_account",
            format!(
                "Mẫu chưa có tài khoản cho “{key}” trong [{mapping}]. Thêm {key} (hoặc default) rồi xuất lại."
            ),
            format!(
                "The profile names no account for “{key}” in [{mapping}]. Add {key} (or default), then export again."
            ),
        )),
        JournalError::Unbalanced { debit, credit } => ServiceError::refused(Diagnostic::new(
            "journal_unbalanced",
            format!(
                "Tổng Nợ {} ₫ khác tổng Có {} ₫ nên không xuất. Kiểm tra các tài khoản để trống trong [accounts] của mẫu.",
                debit.grouped(),
                credit.grouped()
            ),
            format!(
                "Debits of {} ₫ are not credits of {} ₫, so nothing is exported. Check accounts left empty in [accounts] of the profile.",
                debit.grouped(),
                credit.grouped()
            ),
        )),
        JournalError::Range => ServiceError::overflow(),
    }
}
