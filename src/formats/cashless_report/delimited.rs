//! CSV for spreadsheets: one row for each group and way of counting.

use super::{RenderError, chosen_view, views_of};
use crate::domain::cashless::{Figures, Rate, Report};
use crate::formats::export::neutral;

/// Excel takes a file without it for the machine's old code page.
const BYTE_ORDER_MARK: &str = "\u{feff}";

const HEADER: [&str; 24] = [
    "authority",
    "from",
    "to",
    "cut_off",
    "level",
    "school_code",
    "school_name",
    "class",
    "fee_item_code",
    "fee_item_name",
    "counting",
    "reported",
    "by_amount_numerator",
    "by_amount_denominator",
    "by_amount_percent",
    "by_pupil_numerator",
    "by_pupil_denominator",
    "by_pupil_percent",
    "by_payment_numerator",
    "by_payment_denominator",
    "by_payment_percent",
    "by_school_numerator",
    "by_school_denominator",
    "by_school_percent",
];

/// What a row is about; empty where it does not apply.
#[derive(Clone, Copy, Default)]
struct Group<'a> {
    level: &'a str,
    school_code: &'a str,
    school_name: &'a str,
    class: &'a str,
    fee_item_code: &'a str,
    fee_item_name: &'a str,
}

/// The report as CSV in UTF-8: totals, fee items, schools, their classes and fee items, each under
/// the four ways of counting. A percentage is empty without data. Text that a spreadsheet would run
/// as a formula gets an apostrophe in front.
pub fn csv(report: &Report) -> Result<String, RenderError> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER)?;
    let mut put = |group: Group<'_>, figures: &Figures| rows(&mut writer, report, group, figures);
    put(Group { level: "authority", ..Group::default() }, &report.total)?;
    for section in &report.fee_items {
        let group = Group {
            level: "authority_fee_item",
            fee_item_code: &section.key.code,
            fee_item_name: &section.key.name,
            ..Group::default()
        };
        put(group, &section.figures)?;
    }
    for line in &report.schools {
        let school = Group {
            level: "school",
            school_code: &line.school.code,
            school_name: &line.school.name,
            ..Group::default()
        };
        put(school, &line.figures)?;
        for section in &line.classes {
            put(Group { level: "class", class: &section.key, ..school }, &section.figures)?;
        }
        for section in &line.fee_items {
            let group = Group {
                level: "school_fee_item",
                fee_item_code: &section.key.code,
                fee_item_name: &section.key.name,
                ..school
            };
            put(group, &section.figures)?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| ::csv::Error::from(error.into_error()))?;
    // All that was written is text of ours.
    Ok(format!("{BYTE_ORDER_MARK}{}", String::from_utf8_lossy(&bytes)))
}

fn rows(
    writer: &mut ::csv::Writer<Vec<u8>>,
    report: &Report,
    group: Group<'_>,
    figures: &Figures,
) -> Result<(), RenderError> {
    let period = report.scope.period;
    for (counting, _, rates) in views_of(&figures.views) {
        let mut record = vec![
            neutral(&report.scope.authority_code),
            period.from().to_string(),
            period.to().to_string(),
            report.scope.cut_off.to_string(),
            group.level.to_owned(),
            neutral(group.school_code),
            neutral(group.school_name),
            neutral(group.class),
            neutral(group.fee_item_code),
            neutral(group.fee_item_name),
            counting.to_owned(),
            if counting == chosen_view(report) { "yes" } else { "" }.to_owned(),
        ];
        for rate in [rates.by_amount, rates.by_pupil, rates.by_payment, rates.by_school] {
            record.extend(cells(rate));
        }
        writer.write_record(&record)?;
    }
    Ok(())
}

fn cells(rate: Rate) -> [String; 3] {
    let percent = rate.percent(2).map(|percent| percent.to_string()).unwrap_or_default();
    [rate.numerator().to_string(), rate.denominator().to_string(), percent]
}
