//! An Excel workbook that can be printed and signed: the table, and a sheet that says what it is.

use chrono::{Datelike, Timelike};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
};

use super::{Export, ExportError};
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::export::{Cell, Kind, Sheet};
use crate::domain::money::Vnd;
use crate::domain::text::still;

/// Excel keeps numbers as doubles; beyond this one they are no longer whole.
const LARGEST_EXACT: u64 = 1 << 53;

/// Excel shows and keeps fifteen digits of what is typed or edited.
const LARGEST_SHOWN: u64 = 999_999_999_999_999;

/// The row of the headings: the title stands above.
const HEADINGS: u32 = 4;

/// A4.
const PAPER: u8 = 9;

struct Formats {
    title: Format,
    centred: Format,
    head: Format,
    text: Format,
    day: Format,
    dong: Format,
    dong_text: Format,
    percent: Format,
    total: Format,
    total_dong: Format,
    total_percent: Format,
    label: Format,
    wrap: Format,
    signature: Format,
}

impl Formats {
    fn new() -> Formats {
        let cell = || Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::Top);
        let bold = || cell().set_bold();
        let centred = || Format::new().set_align(FormatAlign::CenterAcross);
        Formats {
            title: centred().set_bold().set_font_size(14.0),
            centred: centred(),
            head: bold().set_text_wrap().set_align(FormatAlign::Center),
            text: cell().set_num_format("@").set_text_wrap(),
            day: cell().set_num_format("dd/mm/yyyy"),
            dong: cell().set_num_format("#,##0"),
            dong_text: cell().set_num_format("@").set_align(FormatAlign::Right),
            percent: cell().set_num_format("0.00"),
            total: bold(),
            total_dong: bold().set_num_format("#,##0"),
            total_percent: bold().set_num_format("0.00"),
            label: Format::new().set_bold().set_align(FormatAlign::Top),
            wrap: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            signature: Format::new().set_bold().set_align(FormatAlign::Center),
        }
    }
}

/// The export as an `.xlsx` file; the same export gives the same bytes. Days are days, amounts are
/// numbers, codes are texts, nothing is a formula. Fails for an amount that Excel would round.
pub fn xlsx(export: &Export) -> Result<Vec<u8>, ExportError> {
    let formats = Formats::new();
    let mut workbook = Workbook::new();
    // Not the machine's clock: the same books at the same time are the same file.
    let made = excel_day(export.made_at.date())?.and_hms(
        u16::try_from(export.made_at.hour()).unwrap_or(0),
        u8::try_from(export.made_at.minute()).unwrap_or(0),
        export.made_at.second(),
    )?;
    let properties = DocProperties::new()
        .set_title(export.kind.title())
        .set_company(&export.school)
        .set_author(&export.made_by)
        .set_creation_datetime(&made);
    workbook.set_properties(&properties);
    let mut as_text = 0;
    table(workbook.add_worksheet(), export, &formats, &mut as_text)?;
    information(workbook.add_worksheet(), export, &formats, as_text)?;
    Ok(workbook.save_to_buffer()?)
}

/// A list as a screen shows it, ready to be written out.
#[derive(Clone, Debug)]
pub struct Listing {
    /// What it shows; the sheet's name too, of at most 31 characters.
    pub title: &'static str,
    /// The school's name.
    pub school: String,
    /// What it is limited to, who made it and when: name and value.
    pub facts: Vec<(&'static str, String)>,
    /// When, as clocks in Vietnam showed.
    pub made_at: chrono::NaiveDateTime,
    /// The table.
    pub sheet: Sheet,
}

/// The list as an `.xlsx` file, with a sheet that says what it is. Fails for an amount that Excel
/// would round.
pub fn listing(of: &Listing) -> Result<Vec<u8>, ExportError> {
    let formats = Formats::new();
    let mut workbook = Workbook::new();
    let made = excel_day(of.made_at.date())?;
    let properties = DocProperties::new()
        .set_title(of.title)
        .set_company(&of.school)
        .set_creation_datetime(&made);
    workbook.set_properties(&properties);
    let sheet = workbook.add_worksheet();
    sheet.set_name(of.title)?;
    for (column, about) in (0_u16..).zip(of.sheet.columns) {
        sheet.write_string_with_format(0, column, about.heading, &formats.head)?;
        sheet.set_column_width(column, f64::from(about.width))?;
    }
    let shown = [&formats.dong, &formats.percent];
    let mut row = 1;
    for cells in &of.sheet.rows {
        for (column, cell) in (0_u16..).zip(cells) {
            write(sheet, (row, column), cell, &formats, shown)?;
        }
        row += 1;
    }
    sheet.write_string_with_format(row, 0, "Tổng cộng", &formats.total)?;
    for (column, cell) in (0_u16..).zip(&of.sheet.totals).skip(1) {
        let shown = [&formats.total_dong, &formats.total_percent];
        write(sheet, (row, column), cell, &formats, shown)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    page(sheet);
    let about = workbook.add_worksheet();
    about.set_name("Thông tin")?;
    let notes = of.sheet.notes.iter().map(|note| ("Ghi chú", note));
    let facts = of.facts.iter().map(|(name, value)| (*name, value));
    for (row, (name, value)) in (0_u32..).zip(facts.chain(notes)) {
        about.write_string_with_format(row, 0, name, &formats.label)?;
        about.write_string_with_format(row, 1, still(value), &formats.wrap)?;
    }
    about.set_column_width(0, 30)?.set_column_width(1, 90)?;
    Ok(workbook.save_to_buffer()?)
}

/// The sheet's name: Excel takes at most 31 characters.
const fn sheet_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Collections => "Bảng kê thu tiền",
        Kind::Receivables => "Phải thu học sinh",
        Kind::CashBook => "Sổ quỹ tiền mặt",
        Kind::BankReconciliation => "Đối chiếu ngân hàng",
        Kind::FeeItems => "Theo khoản thu",
    }
}

fn table(
    sheet: &mut Worksheet,
    export: &Export,
    formats: &Formats,
    as_text: &mut u32,
) -> Result<(), ExportError> {
    let content = &export.sheet;
    sheet.set_name(sheet_name(export.kind))?;
    let last_column = u16::try_from(content.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.write_string(0, 0, still(&export.school))?;
    across(sheet, 1, last_column, &export.kind.title().to_uppercase(), &formats.title)?;
    across(sheet, 2, last_column, &export.period_in_words(), &formats.centred)?;
    let filters: Vec<String> =
        export.filters().iter().map(|(words, value)| format!("{words}: {value}")).collect();
    if !filters.is_empty() {
        across(sheet, 3, last_column, &filters.join(" · "), &formats.centred)?;
    }
    for (column, about) in (0_u16..).zip(content.columns) {
        sheet.write_string_with_format(HEADINGS, column, about.heading, &formats.head)?;
        sheet.set_column_width(column, f64::from(about.width))?;
    }
    let first = HEADINGS + 1;
    let mut row = first;
    for cells in &content.rows {
        for (column, cell) in (0_u16..).zip(cells) {
            let shown = [&formats.dong, &formats.percent];
            *as_text += u32::from(write(sheet, (row, column), cell, formats, shown)?);
        }
        row += 1;
    }
    let last = row.saturating_sub(1).max(HEADINGS);
    sheet.write_string_with_format(row, 0, "Tổng cộng", &formats.total)?;
    for (column, cell) in (0_u16..).zip(&content.totals).skip(1) {
        if *cell == Cell::Empty {
            sheet.write_blank(row, column, &formats.total)?;
        } else {
            let shown = [&formats.total_dong, &formats.total_percent];
            *as_text += u32::from(write(sheet, (row, column), cell, formats, shown)?);
        }
    }
    signatures(sheet, export, row + 2, last_column, formats)?;
    sheet.autofilter(HEADINGS, 0, last, last_column)?;
    sheet.set_freeze_panes(first, 0)?;
    page(sheet);
    sheet.set_repeat_rows(HEADINGS, HEADINGS)?;
    Ok(())
}

/// A line over the whole width of the table, centred without merged cells, which break filters.
fn across(
    sheet: &mut Worksheet,
    row: u32,
    last_column: u16,
    words: &str,
    format: &Format,
) -> Result<(), ExportError> {
    sheet.write_string_with_format(row, 0, words, format)?;
    for column in 1..=last_column {
        sheet.write_blank(row, column, format)?;
    }
    Ok(())
}

/// A4 landscape, as wide as the page, with the page's number.
fn page(sheet: &mut Worksheet) {
    sheet.set_landscape();
    sheet.set_paper_size(PAPER);
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    sheet.set_footer("&CTrang &P/&N");
}

fn signatures(
    sheet: &mut Worksheet,
    export: &Export,
    row: u32,
    last_column: u16,
    formats: &Formats,
) -> Result<(), ExportError> {
    // A narrow table has three columns to sign in only from edge to edge.
    let inset = u16::from(last_column > 4);
    let (left, middle, right) = (inset, last_column / 2, last_column.saturating_sub(inset));
    let day = export.made_at.date();
    let dated = format!("Ngày {} tháng {} năm {}", day.day(), day.month(), day.year());
    sheet.write_string(row, right, &dated)?;
    let places = [(left, "Người lập"), (middle, "Kế toán trưởng"), (right, "Thủ trưởng đơn vị")];
    for (column, who) in places {
        sheet.write_string_with_format(row + 1, column, who, &formats.signature)?;
        sheet.write_string(row + 2, column, "(Ký, họ tên)")?;
    }
    Ok(())
}

fn information(
    sheet: &mut Worksheet,
    export: &Export,
    formats: &Formats,
    as_text: u32,
) -> Result<(), ExportError> {
    sheet.set_name("Thông tin")?;
    let content = &export.sheet;
    let words = |name: &str, value: String| (name.to_owned(), Cell::Text(value));
    let mut lines = vec![
        words("Loại", format!("{} ({})", export.kind.title(), export.kind.as_str())),
        words("Trường", format!("{} ({})", export.school, export.school_code)),
        ("Từ ngày".to_owned(), Cell::Day(export.period.from())),
        ("Đến ngày".to_owned(), Cell::Day(export.period.to())),
    ];
    lines.extend(export.filters().into_iter().map(|(name, value)| words(name, value.to_owned())));
    lines.push(words("Người xuất", export.made_by.clone()));
    lines.push(words("Thời điểm xuất", export.made_at_in_words()));
    lines.push(words("Số dòng", content.rows.len().to_string()));
    for (column, sum) in content.sums() {
        lines.push((format!("Tổng: {}", column.heading), Cell::Dong(sum)));
    }
    for sum in &content.beside {
        lines.push((format!("{} (đ)", sum.words), Cell::Dong(sum.amount)));
    }
    lines.extend(content.notes.iter().map(|note| words("Ghi chú", note.clone())));
    if as_text > 0 {
        let note = format!(
            "{as_text} số tiền vượt 15 chữ số được ghi dạng chữ vì Excel không giữ đủ chữ số; \
             khi tính lại hãy dùng tệp CSV hoặc JSON."
        );
        lines.push(words("Ghi chú", note));
    }
    let plain = Format::new().set_num_format("#,##0").set_align(FormatAlign::Left);
    let day = Format::new().set_num_format("dd/mm/yyyy").set_align(FormatAlign::Left);
    for (row, (name, cell)) in (0_u32..).zip(&lines) {
        sheet.write_string_with_format(row, 0, name, &formats.label)?;
        match cell {
            Cell::Text(text) => {
                sheet.write_string_with_format(row, 1, still(text), &formats.wrap)?;
            }
            Cell::Day(on) => {
                sheet.write_datetime_with_format(row, 1, &excel_day(*on)?, &day)?;
            }
            other => {
                write(sheet, (row, 1), other, formats, [&plain, &plain])?;
            }
        }
    }
    sheet.set_column_width(0, 44)?.set_column_width(1, 90)?;
    page(sheet);
    Ok(())
}

/// Writes a cell as what it is; whether an amount had to be written as text.
fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    formats: &Formats,
    [dong, percent]: [&Format; 2],
) -> Result<bool, ExportError> {
    match cell {
        Cell::Empty => sheet.write_blank(row, column, &formats.text)?,
        Cell::Text(text) => {
            sheet.write_string_with_format(row, column, still(text), &formats.text)?
        }
        Cell::Day(day) => match excel_day(*day) {
            Ok(day) => sheet.write_datetime_with_format(row, column, &day, &formats.day)?,
            // Excel's calendar begins in 1900.
            Err(_) => {
                sheet.write_string_with_format(row, column, vietnamese_day(*day), &formats.text)?
            }
        },
        Cell::Dong(amount) => {
            let digits = amount.to_string();
            if let Some(number) = number(*amount, &digits)? {
                sheet.write_number_with_format(row, column, number, dong)?
            } else {
                sheet.write_string_with_format(row, column, &digits, &formats.dong_text)?;
                return Ok(true);
            }
        }
        Cell::Rate(rate) => {
            let shown = rate.percent(2).and_then(|rate| rate.to_string().parse::<f64>().ok());
            match shown {
                Some(number) => sheet.write_number_with_format(row, column, number, percent)?,
                None => sheet.write_blank(row, column, percent)?,
            }
        }
    };
    Ok(false)
}

/// The amount as Excel keeps it, or nothing where it has to be a text. Fails where Excel would round.
fn number(amount: Vnd, digits: &str) -> Result<Option<f64>, ExportError> {
    let size = amount.dong().unsigned_abs();
    if size > LARGEST_EXACT {
        return Err(ExportError::Inexact(amount));
    }
    if size > LARGEST_SHOWN {
        return Ok(None);
    }
    // Through its digits: there is no conversion that says when it is not exact.
    digits.parse().map(Some).map_err(|_not_a_number| ExportError::Inexact(amount))
}

fn excel_day(day: Day) -> Result<ExcelDateTime, ExportError> {
    let part = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
    let year = u16::try_from(day.year()).unwrap_or(u16::MAX);
    Ok(ExcelDateTime::from_ymd(year, part(day.month()), part(day.day()))?)
}
