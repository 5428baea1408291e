//! Exports of a school's books: loads what an export is made of, lets the domain put it together, writes
//! it in a format, and records who took what.

pub mod choices;
mod load;
pub mod profiled;
mod tables;

use serde::Serialize;

use crate::clock::{Clock, local_time};
use crate::domain::calendar::{Day, Period};
use crate::domain::cashless::Counting;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::export::Filter;
pub use crate::domain::export::Kind;
use crate::domain::id::SchoolId;
use crate::formats::export::{self as render, Export, ExportError};
use crate::service::directory;
use crate::service::{Actor, ServiceError};
use crate::store::audit::{self, AuditFact};
use crate::store::{Store, StoreError, directory as schools};

/// The longest period of one export: two years.
const MOST_DAYS: i64 = 732;

/// What an export is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// An Excel workbook.
    Xlsx,
    /// CSV for spreadsheets.
    Csv,
    /// JSON for programs.
    Json,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 3] = [Format::Xlsx, Format::Csv, Format::Json];

    /// The stable name, which is the ending of a file's name too.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Xlsx => "xlsx",
            Format::Csv => "csv",
            Format::Json => "json",
        }
    }

    /// The format of a stable name, in any case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| name.eq_ignore_ascii_case(format.as_str()))
    }

    /// What HTTP calls it.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Csv => "text/csv; charset=utf-8",
            Format::Json => "application/json",
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Which export.
    pub kind: Kind,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// Only this class.
    pub class: Option<String>,
    /// Only this fee item, by code.
    pub fee_item: Option<String>,
    /// Only this collection round, by code.
    pub round: Option<String>,
    /// Only this student, by code.
    pub student: Option<String>,
    /// What it is written as.
    pub format: Format,
}

/// A finished export.
#[derive(Clone, Debug)]
pub struct Made {
    /// A name for the file, in ASCII.
    pub file_name: String,
    /// What HTTP calls its content.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// How many rows it has.
    pub rows: usize,
    /// What a reader has to know, in Vietnamese.
    pub notes: Vec<String>,
}

/// Makes an export and records that it was made, before it is handed out. `counting` says which
/// doubtful money counts as cashless.
pub fn run(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, counting): (SchoolId, Counting),
    ask: &Ask,
) -> Result<Made, ServiceError> {
    let period = period(ask.from, ask.to)?;
    let asked = Filter {
        class: ask.class.clone(),
        fee_item: ask.fee_item.clone(),
        round: ask.round.clone(),
        student: ask.student.clone(),
    };
    if !ask.kind.takes_filters() && !asked.is_open() {
        return Err(ServiceError::refused(Diagnostic::new(
            "export_filter",
            format!(
                "{} không lọc được theo lớp, khoản thu, đợt thu hay học sinh. Hãy bỏ các điều kiện lọc này.",
                ask.kind.title()
            ),
            format!(
                "The export {} cannot be limited to a class, fee item, round or student. Leave these filters out.",
                ask.kind.as_str()
            ),
        )));
    }
    let at = clock.now();
    // Reading may take a while, and on SQLite whoever writes makes all others wait.
    let (export, student) = store.read(|tx| {
        let row = schools::school(tx, school.0)?.ok_or_else(|| {
            ServiceError::not_found("school", "trường", "school", &school.to_string())
        })?;
        let (filter, student) = load::resolve(tx, school, &asked)?;
        let sheet = tables::sheet(tx, school, (ask.kind, counting), period, &filter)?;
        let export = Export {
            kind: ask.kind,
            school_code: row.code,
            school: row.name,
            period,
            filter,
            made_by: actor.as_str().to_owned(),
            made_at: local_time(at),
            sheet,
        };
        Ok::<_, ServiceError>((export, student))
    })?;
    let bytes = match ask.format {
        Format::Xlsx => render::xlsx(&export),
        Format::Csv => render::csv(&export),
        Format::Json => render::json(&export),
    }
    .map_err(unwritten)?;
    let detail = serde_json::json!({
        "class": export.filter.class,
        "fee_item": export.filter.fee_item,
        "format": ask.format,
        "from": period.from(),
        "kind": ask.kind.as_str(),
        "round": export.filter.round,
        "rows": export.sheet.rows.len(),
        // Never a student's code: the number tells who has the database.
        "student": student,
        "to": period.to(),
    });
    record(store, clock, actor, school, &detail.to_string())?;
    Ok(Made {
        file_name: file_name(&export.school_code, ask.kind.as_str(), period, ask.format.as_str()),
        media_type: ask.format.media_type(),
        bytes,
        rows: export.sheet.rows.len(),
        notes: export.sheet.notes,
    })
}

fn record(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    detail: &str,
) -> Result<(), ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "export.make",
            subject_kind: "school",
            subject_id: school.0,
            detail: detail.to_owned(),
        };
        Ok(audit::append(tx, school.0, clock.now(), vec![fact])?)
    })
}

fn period(from: Day, to: Day) -> Result<Period, ServiceError> {
    Period::new(from, to)
        .filter(|period| (period.to() - period.from()).num_days() < MOST_DAYS)
        .ok_or_else(|| {
            ServiceError::refused(Diagnostic::new(
                "period",
                "Khoảng ngày không hợp lệ: ngày đầu không được sau ngày cuối và khoảng không quá hai năm. Chọn lại khoảng ngày.",
                "The period is not valid: it must not end before it starts, nor be longer than two years. Choose another.",
            ))
        })
}

/// `THCS-MAU_collections_2026-11-01_2026-11-30.xlsx`, in letters that every system and header takes.
fn file_name(school: &str, what: &str, period: Period, ending: &str) -> String {
    let school: String = crate::domain::text::fold(school)
        .chars()
        .map(|one| if one.is_ascii_alphanumeric() || one == '-' { one } else { '_' })
        .collect();
    format!("{school}_{what}_{}_{}.{ending}", period.from(), period.to())
}

fn unwritten(error: ExportError) -> ServiceError {
    match error {
        ExportError::Inexact(amount) => ServiceError::refused(Diagnostic::new(
            "amount_inexact",
            format!(
                "Số tiền {} ₫ quá lớn để Excel giữ đúng từng đồng. Hãy xuất dạng CSV hoặc JSON.",
                amount.grouped()
            ),
            format!(
                "Excel cannot keep the amount {} ₫ to the đồng. Export CSV or JSON instead.",
                amount.grouped()
            ),
        )),
        other => StoreError::Corrupt(format!("an export: {other}")).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::parse_iso_day;

    #[test]
    fn a_files_name_is_plain_ascii() {
        let day = |text| parse_iso_day(text).unwrap();
        let period = Period::new(day("2026-11-01"), day("2026-11-30")).unwrap();
        for (why, school, expected) in [
            ("a code", "THCS-MAU", "THCS-MAU_fees_2026-11-01_2026-11-30.csv"),
            ("marks and blanks", "Trường Đức", "TRUONG_DUC_fees_2026-11-01_2026-11-30.csv"),
            ("what ends a header", "a\"\r\nb", "A___B_fees_2026-11-01_2026-11-30.csv"),
        ] {
            assert_eq!(file_name(school, "fees", period, "csv"), expected, "{why}");
        }
    }
}
