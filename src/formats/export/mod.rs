//! Exports as files: an Excel workbook, CSV for spreadsheets, JSON for programs. Pure: from a table and
//! what is known about it to bytes.

mod delimited;
mod guard;
mod json;
mod profile;
mod profile_errors;
mod profiled;
mod workbook;

pub use delimited::csv;
pub use guard::neutral;
pub use json::json;
pub use profile::{Profile, Rows, built_in, read as read_profile};
pub use profiled::text as profiled_text;
pub use workbook::{Listing, listing, xlsx};

use chrono::NaiveDateTime;

use crate::domain::calendar::{Period, vietnamese_day};
use crate::domain::export::{Filter, Kind, Sheet};
use crate::domain::money::Vnd;

/// An export, ready to be written out.
#[derive(Clone, Debug)]
pub struct Export {
    /// What it shows.
    pub kind: Kind,
    /// The school's code.
    pub school_code: String,
    /// The school's name.
    pub school: String,
    /// The days it is about.
    pub period: Period,
    /// What it is limited to.
    pub filter: Filter,
    /// Who asked for it.
    pub made_by: String,
    /// When, as clocks in Vietnam showed.
    pub made_at: NaiveDateTime,
    /// The table.
    pub sheet: Sheet,
}

impl Export {
    /// The filters in words, each with its value.
    fn filters(&self) -> Vec<(&'static str, &str)> {
        let Filter { class, fee_item, round, student } = &self.filter;
        let all = [
            ("Lọc theo lớp", class),
            ("Lọc theo khoản thu", fee_item),
            ("Lọc theo đợt thu", round),
            ("Lọc theo học sinh", student),
        ];
        all.into_iter().filter_map(|(words, value)| Some((words, value.as_deref()?))).collect()
    }

    /// `Từ ngày 01/11/2026 đến ngày 30/11/2026`.
    fn period_in_words(&self) -> String {
        let (from, to) = (self.period.from(), self.period.to());
        format!("Từ ngày {} đến ngày {}", vietnamese_day(from), vietnamese_day(to))
    }

    /// The instant in words, `24/11/2026 08:00:00`.
    fn made_at_in_words(&self) -> String {
        format!("{} {}", vietnamese_day(self.made_at.date()), self.made_at.format("%H:%M:%S"))
    }
}

/// Why an export could not be written out.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// An amount that a workbook cannot keep to the đồng.
    #[error("a workbook cannot keep {} đồng exactly", .0.grouped())]
    Inexact(Vnd),
    /// CSV.
    #[error(transparent)]
    Csv(#[from] ::csv::Error),
    /// JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The workbook.
    #[error(transparent)]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}

#[cfg(test)]
mod profile_tests;
#[cfg(test)]
mod tests;
