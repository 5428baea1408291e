//! The report of a month, term or year as an office prints and signs it.

use super::{DEFINITIONS, settings_in_words};
use crate::domain::cashless::{Exclusion, LeftOutSum, Rate, Rates, Report, RoundedPercent, Status};
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::domain::reporting_period::ReportingPeriod;
use crate::formats::paper::{AnnexPaper, FiguresPaper, FiguresRow, PaperError, figures_paper};

/// The report as PDF/A; `above` is the office above, empty for none; `annex` is what the schools handed
/// in of a month. The same report gives the same bytes.
pub fn pdf(
    report: &Report,
    period: ReportingPeriod,
    above: &str,
    annex: Option<AnnexPaper>,
) -> Result<Vec<u8>, PaperError> {
    let mut notes: Vec<String> =
        DEFINITIONS.iter().take(2).map(|(_, name, what)| format!("{name}: {what}.")).collect();
    notes.extend(settings_in_words(report));
    notes.extend(report.notes.iter().map(|note| note.message.text(Lang::Vi).to_owned()));
    let rows = report
        .schools
        .iter()
        .map(|line| row(&line.school.name, &line.figures.reported, (line.status, &line.left_out)));
    figures_paper(&FiguresPaper {
        above: above.to_owned(),
        office: report.scope.authority_name.clone(),
        period: period.shown(Lang::Vi),
        cut_off: report.scope.cut_off,
        total: row("Tổng cộng", &report.total.reported, (report.status, &report.left_out)),
        rows: rows.collect(),
        notes,
        annex,
    })
}

fn row(name: &str, rates: &Rates, (status, left_out): (Status, &[LeftOutSum])) -> FiguresRow {
    let shown = |rate: Rate| RoundedPercent::of(rate, 1).vietnamese();
    let amount = rates.by_amount;
    let cash = amount.denominator().saturating_sub(amount.numerator());
    let open = left_out.iter().find(|sum| sum.why == Exclusion::Unpaid);
    FiguresRow {
        name: name.to_owned(),
        by_amount: shown(amount),
        by_pupil: shown(rates.by_pupil),
        cashless: Vnd::new(amount.numerator()).grouped(),
        cash: Vnd::new(cash).grouped(),
        open: open.map_or(Vnd::ZERO, |sum| sum.amount).grouped(),
        status: status.label(Lang::Vi).to_owned(),
    }
}
