//! An authority's month as its schools reported it, up to a moment: what an office signs, and computes
//! again years later from the same reports.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use serde::Serialize;

use super::compute::AsOf;
use super::unreadable;
use crate::clock::local_day;
use crate::domain::calendar::vietnamese_day;
use crate::domain::cashless::RoundedPercent;
use crate::domain::period::Month;
use crate::formats::cashless_report::canonical::{self, instant};
use crate::formats::cashless_report::consolidated::{self as form, HandedIn};
use crate::formats::cashless_report::{RateView, RatesView};
use crate::formats::paper::{AnnexPaper, AnnexRow};
use crate::service::organisation::standing::standing;
use crate::service::{ServiceError, directory};
use crate::store::Store;
use crate::store::reported::{self, ReportedRow};

/// How much of a school's fingerprint stands on paper, in characters.
const MARK: usize = 16;

/// A school and the report of it that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SchoolReport {
    /// The school's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Which of its reports; 0 where there is none.
    pub version: i32,
    /// When it was handed in, in UTC.
    pub as_of: Option<String>,
    /// Its fingerprint.
    pub sha256: Option<String>,
    /// The same moment, for paper.
    #[serde(skip)]
    pub at: Option<NaiveDateTime>,
    /// The rates it states.
    #[schema(value_type = Option<RatesView>)]
    pub rates: Option<RatesView>,
}

/// A month as the schools of an authority reported it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ConsolidatedView {
    /// The authority's code on the last day of the month.
    pub authority: String,
    /// Its name.
    pub name: String,
    /// `YYYY-MM`.
    pub month: String,
    /// How many schools are under it.
    pub schools: usize,
    /// How many of them reported.
    pub reported: usize,
    /// All reports together, each school by its money, pupils and payments.
    #[schema(value_type = RatesView)]
    pub rates: RatesView,
    /// The SHA-256 of the text that names the reports.
    pub sha256: String,
    /// The schools.
    #[schema(value_type = Vec<SchoolReport>)]
    pub lines: Vec<SchoolReport>,
    /// The text itself.
    #[serde(skip)]
    pub text: String,
}

impl ConsolidatedView {
    /// The annex of the report that an office signs.
    pub(crate) fn annex(&self) -> AnnexPaper {
        let percent = |rate: &RateView| RoundedPercent::of(rate.rate, 1).vietnamese();
        let rows = self.lines.iter().map(|line| {
            let rates = line.rates.as_ref();
            AnnexRow {
                name: line.name.clone(),
                version: rates.map(|_| line.version.to_string()).unwrap_or_default(),
                on: line
                    .at
                    .map_or_else(|| "chưa báo cáo".to_owned(), |at| vietnamese_day(local_day(at))),
                by_amount: rates.map(|rates| percent(&rates.by_amount)).unwrap_or_default(),
                by_pupil: rates.map(|rates| percent(&rates.by_pupil)).unwrap_or_default(),
                mark: line
                    .sha256
                    .as_deref()
                    .and_then(|hash| hash.get(..MARK))
                    .unwrap_or_default()
                    .to_owned(),
            }
        });
        // The moment of the last report that is in it: later ones do not change the paper.
        let until = self.lines.iter().filter_map(|line| line.at).max();
        let until = until.map(|at| format!(" --as-of {}", instant(at))).unwrap_or_default();
        let (authority, month) = (&self.authority, &self.month);
        AnnexPaper {
            period: month
                .parse()
                .map(|month: Month| format!("tháng {}", month.vietnamese()))
                .unwrap_or_default(),
            rows: rows.collect(),
            total: AnnexRow {
                name: format!("{} trên {} trường đã báo cáo", self.reported, self.schools),
                by_amount: percent(&self.rates.by_amount),
                by_pupil: percent(&self.rates.by_pupil),
                ..AnnexRow::default()
            },
            sha256: self.sha256.clone(),
            notes: vec![
                "Tỷ lệ chung cộng tử số và mẫu số của các trường, nên trường thu nhiều có trọng số lớn hơn. Mã kiểm của từng trường là 16 ký tự đầu của SHA-256 số liệu trường đã báo cáo.".to_owned(),
                format!("Tính lại mã kiểm chung: doisoat report consolidated --authority {authority} --month {month}{until} --fingerprint"),
            ],
        }
    }
}

/// What the schools under an authority on the last day of a month reported of it up to a moment; all
/// there is where none is given.
pub fn consolidated(
    store: &Store,
    code: &str,
    month: Month,
    as_of: Option<AsOf>,
) -> Result<ConsolidatedView, ServiceError> {
    let found = standing(store, code, month.days())?;
    let schools = directory::schools_under(store, found.id, month.last())?;
    let ids: Vec<i64> = schools.iter().map(|school| school.id.0).collect();
    let until = as_of.map(AsOf::instant);
    let rows = store.read(|tx| reported::of_month(tx, &ids, month.first()))?;
    // The rows of a school are in the order of their versions: the last one up to then stays.
    let last: HashMap<i64, ReportedRow> = rows
        .into_iter()
        .filter(|row| until.is_none_or(|until| row.as_of <= until))
        .map(|row| (row.school_id, row))
        .collect();
    let mut named = Vec::new();
    let mut lines = Vec::with_capacity(schools.len());
    for school in &schools {
        let mut line = SchoolReport {
            code: school.code.clone(),
            name: school.name.clone(),
            version: 0,
            as_of: None,
            at: None,
            sha256: None,
            rates: None,
        };
        if let Some(row) = last.get(&school.id.0) {
            let stated = canonical::stated(&row.figures).ok_or_else(|| unreadable(row.id))?;
            line.version = row.version;
            line.as_of = Some(instant(row.as_of));
            line.at = Some(row.as_of);
            line.sha256 = Some(row.sha256.clone());
            line.rates = Some(RatesView::of(&stated.rates));
            let sha256 = row.sha256.clone();
            let report = HandedIn { version: row.version, sha256, rates: stated.rates };
            named.push((stated.school, report));
        }
        lines.push(line);
    }
    let reports = named.iter().map(|(_, report)| report);
    let sum = form::together(reports).ok_or_else(ServiceError::overflow)?;
    let text = form::canonical(&found.code, month, (schools.len(), &named), &sum);
    Ok(ConsolidatedView {
        authority: found.code,
        name: found.name,
        month: month.to_string(),
        schools: schools.len(),
        reported: named.len(),
        rates: RatesView::of(&sum),
        sha256: canonical::fingerprint(&text),
        lines,
        text,
    })
}
