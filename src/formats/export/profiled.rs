//! A table written as a profile says.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::neutral;
use super::profile::{Case, DateFormat, Profile, ProfileColumn, Source};
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::export::{Cell, Sheet};

/// Fields of which a part is better than nothing; of all others it would be another value.
const MAY_BE_CUT: [&str; 8] = [
    "payer",
    "description",
    "student_name",
    "guardian_name",
    "round",
    "fee_item",
    "channel",
    "class",
];

/// The table as the profile's text file. Refused where a code, a day or an amount is longer than its
/// column may be; names and descriptions are cut.
pub fn text(profile: &Profile, sheet: &Sheet) -> Result<Vec<u8>, Diagnostic> {
    let start: &[u8] = if profile.byte_order_mark { b"\xEF\xBB\xBF" } else { b"" };
    let mut writer = ::csv::WriterBuilder::new()
        .delimiter(profile.separator)
        .terminator(::csv::Terminator::CRLF)
        .from_writer(start.to_vec());
    if profile.header {
        let headings = profile.columns.iter().map(|column| neutral(&column.heading));
        writer.write_record(headings).map_err(|error| unwritten(&error))?;
    }
    for (number, row) in (1_u64..).zip(&sheet.rows) {
        let mut record = Vec::with_capacity(profile.columns.len());
        for column in &profile.columns {
            record.push(cell(column, sheet, row).map_err(|text| too_long(number, column, &text))?);
        }
        writer.write_record(record).map_err(|error| unwritten(&error))?;
    }
    writer.into_inner().map_err(|error| unwritten(error.error()))
}

/// A cell's text, or the text that is too long for its column.
fn cell(column: &ProfileColumn, sheet: &Sheet, row: &[Cell]) -> Result<String, String> {
    let (text, is_text, may_be_cut) = match &column.source {
        Source::Constant(constant) => (constant.clone(), true, false),
        Source::Field(at) => {
            let name = sheet.columns.get(*at).map_or("", |field| field.name);
            let (text, is_text) = match row.get(*at) {
                None | Some(Cell::Empty) => (String::new(), true),
                Some(Cell::Text(text)) => (text.clone(), true),
                Some(Cell::Day(day)) => (written(*day, column.date), false),
                Some(Cell::Dong(amount)) => (amount.to_string(), false),
                Some(Cell::Rate(rate)) => {
                    (rate.percent(2).map(|rate| rate.to_string()).unwrap_or_default(), false)
                }
            };
            (text, is_text, MAY_BE_CUT.contains(&name))
        }
    };
    if !is_text {
        return fits(text, column.max_width);
    }
    let text = if column.fold { without_marks(&text) } else { text };
    let text = match column.case {
        Case::AsIs => text,
        Case::Upper => text.to_uppercase(),
        Case::Lower => text.to_lowercase(),
    };
    let text = match column.max_width {
        Some(width) if may_be_cut => text.chars().take(width).collect(),
        _ => fits(text, column.max_width)?,
    };
    Ok(neutral(&text))
}

fn fits(text: String, width: Option<usize>) -> Result<String, String> {
    let too_long = width.is_some_and(|width| text.chars().count() > width);
    if too_long { Err(text) } else { Ok(text) }
}

fn written(day: Day, format: DateFormat) -> String {
    match format {
        DateFormat::Iso => day.to_string(),
        DateFormat::Vietnamese => vietnamese_day(day),
        DateFormat::DayFirst => day.format("%d%m%Y").to_string(),
        DateFormat::YearFirst => day.format("%Y%m%d").to_string(),
    }
}

/// The letters without their marks, in the case they had; `đ` has no decomposition.
fn without_marks(text: &str) -> String {
    text.nfd()
        .filter(|letter| !is_combining_mark(*letter))
        .map(|letter| match letter {
            'đ' => 'd',
            'Đ' => 'D',
            other => other,
        })
        .collect()
}

fn too_long(row: u64, column: &ProfileColumn, text: &str) -> Diagnostic {
    let (heading, width) = (&column.heading, column.max_width.unwrap_or_default());
    Diagnostic::new(
        "profile_too_long",
        format!(
            "Dòng {row}, cột “{heading}”: “{text}” dài hơn {width} ký tự và không được cắt. Tăng max_width của cột này."
        ),
        format!(
            "Row {row}, column “{heading}”: “{text}” is longer than {width} characters and must not be cut. Raise max_width of this column."
        ),
    )
    .at(Place::cell(row, heading))
}

fn unwritten(error: &dyn std::error::Error) -> Diagnostic {
    Diagnostic::new(
        "cannot_write",
        format!("Không ghi được tệp: {error}."),
        format!("The file cannot be written: {error}."),
    )
}
