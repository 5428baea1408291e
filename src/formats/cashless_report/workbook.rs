//! An Excel workbook: rates, classes, fee items, channels, and a sheet that says what it all means.

use chrono::Datelike;
use rust_xlsxwriter::{
    Chart, ChartType, ConditionalFormatDataBar, ConditionalFormatType, DocProperties,
    ExcelDateTime, Format, FormatAlign, Workbook, Worksheet,
};

use super::{DEFINITIONS, RenderError, chosen_view, settings_in_words, views_of};
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::cashless::{Figures, Rate, Rates, Report, RoundedPercent};
use crate::domain::lang::Lang;

/// Excel keeps numbers as doubles; beyond this one they are no longer whole.
const LARGEST_EXACT: u64 = 1 << 53;

const RATE_HEADINGS: [&str; 12] = [
    "Theo số tiền: không dùng tiền mặt (đ)",
    "Theo số tiền: đã thu (đ)",
    "Theo số tiền (%)",
    "Theo học sinh: không dùng tiền mặt",
    "Theo học sinh: đã nộp",
    "Theo học sinh (%)",
    "Theo giao dịch: không dùng tiền mặt",
    "Theo giao dịch: tất cả",
    "Theo giao dịch (%)",
    "Theo trường: đã triển khai",
    "Theo trường: trong phạm vi",
    "Theo trường (%)",
];

struct Formats {
    head: Format,
    count: Format,
    percent: Format,
    right: Format,
    wrap: Format,
}

/// The report as an `.xlsx` file; the same report gives the same bytes. Figures are numbers, codes
/// are text, nothing is a formula. A percentage that rounding would turn into 0 or 100 is written as
/// `>0 %` or `<100 %`, and no data as `–`.
pub fn xlsx(report: &Report) -> Result<Vec<u8>, RenderError> {
    let formats = Formats {
        head: Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top),
        count: Format::new().set_num_format("#,##0"),
        percent: Format::new().set_num_format("0.00"),
        right: Format::new().set_align(FormatAlign::Right),
        wrap: Format::new().set_text_wrap().set_align(FormatAlign::Top),
    };
    let mut workbook = Workbook::new();
    // Not the machine's clock: a report made twice is the same file.
    let cut_off = excel_day(report.scope.cut_off)?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title("Tỷ lệ thu không dùng tiền mặt")
            .set_creation_datetime(&cut_off),
    );
    schools(workbook.add_worksheet(), report, &formats)?;
    classes(workbook.add_worksheet(), report, &formats)?;
    fee_items(workbook.add_worksheet(), report, &formats)?;
    views(workbook.add_worksheet(), report, &formats)?;
    sums(workbook.add_worksheet(), report, &formats)?;
    if !report.schools.is_empty() {
        chart(workbook.add_worksheet(), report)?;
    }
    information(workbook.add_worksheet(), report, &formats)?;
    Ok(workbook.save_to_buffer()?)
}

fn schools(sheet: &mut Worksheet, report: &Report, formats: &Formats) -> Result<(), RenderError> {
    sheet.set_name("Trường")?;
    heading(sheet, &["Mã trường", "Trường", "Trạng thái", "Số liệu đến ngày"], formats)?;
    let mut row = 1;
    for line in &report.schools {
        sheet.write_string(row, 0, &line.school.code)?;
        sheet.write_string(row, 1, &line.school.name)?;
        sheet.write_string(row, 2, line.status.label(Lang::Vi))?;
        if let Some(day) = line.data_until {
            let format = Format::new().set_num_format("dd/mm/yyyy");
            sheet.write_datetime_with_format(row, 3, &excel_day(day)?, &format)?;
        }
        rates(sheet, row, 4, &line.figures.reported, formats)?;
        row += 1;
    }
    sheet.write_string_with_format(row, 1, "Tổng cộng", &formats.head)?;
    sheet.write_string(row, 2, report.status.label(Lang::Vi))?;
    rates(sheet, row, 4, &report.total.reported, formats)?;
    let bar = ConditionalFormatDataBar::new()
        .set_minimum(ConditionalFormatType::Number, 0)
        .set_maximum(ConditionalFormatType::Number, 100);
    sheet.add_conditional_format(1, 6, row, 6, &bar)?;
    sheet.set_column_width(1, 32)?;
    Ok(())
}

/// The rates of the first sheet as columns up to 100 %. A school without data has none.
fn chart(sheet: &mut Worksheet, report: &Report) -> Result<(), RenderError> {
    sheet.set_name("Biểu đồ")?;
    let last = u32::try_from(report.schools.len()).unwrap_or(u32::MAX);
    let mut chart = Chart::new(ChartType::Column);
    chart
        .add_series()
        .set_name("Theo số tiền (%)")
        .set_categories(("Trường", 1, 1, last, 1))
        .set_values(("Trường", 1, 6, last, 6));
    chart.title().set_name("Tỷ lệ thu không dùng tiền mặt theo số tiền (%)");
    chart.y_axis().set_min(0).set_max(100);
    chart.legend().set_hidden();
    // As wide as the names of its schools take, up to what a screen shows.
    let width = last.saturating_mul(28).clamp(640, 2_400);
    chart.set_width(width).set_height(420);
    sheet.insert_chart(0, 0, &chart)?;
    Ok(())
}

fn classes(sheet: &mut Worksheet, report: &Report, formats: &Formats) -> Result<(), RenderError> {
    sheet.set_name("Lớp")?;
    heading(sheet, &["Mã trường", "Trường", "Lớp"], formats)?;
    let sections = report
        .schools
        .iter()
        .flat_map(|line| line.classes.iter().map(move |section| (line, section)));
    for (row, (line, section)) in (1..).zip(sections) {
        sheet.write_string(row, 0, &line.school.code)?;
        sheet.write_string(row, 1, &line.school.name)?;
        sheet.write_string(row, 2, &section.key)?;
        rates(sheet, row, 3, &section.figures.reported, formats)?;
    }
    sheet.set_column_width(1, 32)?;
    Ok(())
}

fn fee_items(sheet: &mut Worksheet, report: &Report, formats: &Formats) -> Result<(), RenderError> {
    sheet.set_name("Khoản thu")?;
    heading(sheet, &["Mã trường", "Trường", "Mã khoản thu", "Khoản thu"], formats)?;
    let mut row = 1;
    for line in &report.schools {
        for section in &line.fee_items {
            sheet.write_string(row, 0, &line.school.code)?;
            sheet.write_string(row, 1, &line.school.name)?;
            sheet.write_string(row, 2, &section.key.code)?;
            sheet.write_string(row, 3, &section.key.name)?;
            rates(sheet, row, 4, &section.figures.reported, formats)?;
            row += 1;
        }
    }
    for section in &report.fee_items {
        sheet.write_string_with_format(row, 1, "Tổng cộng", &formats.head)?;
        sheet.write_string(row, 2, &section.key.code)?;
        sheet.write_string(row, 3, &section.key.name)?;
        rates(sheet, row, 4, &section.figures.reported, formats)?;
        row += 1;
    }
    sheet.set_column_width(1, 32)?.set_column_width(3, 24)?;
    Ok(())
}

fn views(sheet: &mut Worksheet, report: &Report, formats: &Formats) -> Result<(), RenderError> {
    sheet.set_name("Cách tính")?;
    heading(sheet, &["Mã trường", "Trường", "Cách tính", "Đang dùng"], formats)?;
    let schools = report
        .schools
        .iter()
        .map(|line| (line.school.code.as_str(), line.school.name.as_str(), &line.figures));
    let groups = schools.chain([("", "Tổng cộng", &report.total)]);
    let lines = groups.flat_map(|(code, name, figures): (&str, &str, &Figures)| {
        views_of(&figures.views).map(|view| (code, name, view))
    });
    for (row, (code, name, (view, words, view_rates))) in (1..).zip(lines) {
        sheet.write_string(row, 0, code)?;
        sheet.write_string(row, 1, name)?;
        sheet.write_string(row, 2, words)?;
        sheet.write_string(row, 3, if view == chosen_view(report) { "x" } else { "" })?;
        rates(sheet, row, 4, view_rates, formats)?;
    }
    sheet.set_column_width(1, 32)?.set_column_width(2, 44)?;
    Ok(())
}

fn sums(sheet: &mut Worksheet, report: &Report, formats: &Formats) -> Result<(), RenderError> {
    sheet.set_name("Kênh thu")?;
    let head = ["Mã trường", "Trường", "Loại", "Nội dung", "Số lượng", "Số tiền (đ)"];
    for (column, words) in (0..).zip(head) {
        sheet.write_string_with_format(0, column, words, &formats.head)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let mut lines = Vec::new();
    for line in &report.schools {
        let (code, name) = (line.school.code.as_str(), line.school.name.as_str());
        lines.extend(line.channels.iter().map(|sum| {
            (code, name, "Kênh thu", sum.channel.label(Lang::Vi), sum.payments, sum.amount)
        }));
        lines.extend(line.left_out.iter().map(|sum| {
            (code, name, "Ngoài tỷ lệ", sum.why.label(Lang::Vi), sum.count, sum.amount)
        }));
    }
    for (row, (code, name, kind, words, count, amount)) in (1..).zip(lines) {
        for (column, text) in (0..).zip([code, name, kind, words]) {
            sheet.write_string(row, column, text)?;
        }
        whole(sheet, row, 4, count, formats)?;
        whole(sheet, row, 5, amount.dong(), formats)?;
    }
    sheet.set_column_width(1, 32)?.set_column_width(3, 44)?.set_column_width(5, 18)?;
    Ok(())
}

fn information(
    sheet: &mut Worksheet,
    report: &Report,
    formats: &Formats,
) -> Result<(), RenderError> {
    sheet.set_name("Thông tin")?;
    let scope = &report.scope;
    let mut lines = vec![
        ("Đơn vị".to_owned(), format!("{} ({})", scope.authority_name, scope.authority_code)),
        ("Tiền vào từ ngày".to_owned(), vietnamese_day(scope.period.from())),
        ("Tiền vào đến ngày".to_owned(), vietnamese_day(scope.period.to())),
        ("Số liệu chốt đến hết ngày".to_owned(), vietnamese_day(scope.cut_off)),
        ("Số trường trong phạm vi".to_owned(), report.schools.len().to_string()),
        ("Số trường có số liệu".to_owned(), report.schools_with_data.to_string()),
    ];
    lines.extend(
        DEFINITIONS.map(|(_, heading, definition)| (heading.to_owned(), definition.to_owned())),
    );
    lines.extend(settings_in_words(report).map(|words| ("Thiết lập".to_owned(), words)));
    lines.push((
        "Làm tròn".to_owned(),
        "Tỷ lệ làm tròn đến 2 chữ số, nửa đơn vị làm tròn lên; chưa đủ 100 % thì không ghi 100 %."
            .to_owned(),
    ));
    lines.push((
        "Nhiều trường".to_owned(),
        "Tỷ lệ chung là tổng tử số trên tổng mẫu số, nên trường thu nhiều có trọng số lớn hơn; không phải trung bình cộng các tỷ lệ."
            .to_owned(),
    ));
    let notes = report.notes.iter();
    lines.extend(notes.map(|note| ("Lưu ý".to_owned(), note.message.text(Lang::Vi).to_owned())));
    for (row, (name, words)) in (0..).zip(&lines) {
        sheet.write_string_with_format(row, 0, name, &formats.head)?;
        sheet.write_string_with_format(row, 1, words, &formats.wrap)?;
    }
    sheet.set_column_width(0, 28)?.set_column_width(1, 96)?;
    Ok(())
}

fn heading(sheet: &mut Worksheet, names: &[&str], formats: &Formats) -> Result<(), RenderError> {
    for (column, words) in (0..).zip(names.iter().chain(&RATE_HEADINGS)) {
        sheet.write_string_with_format(0, column, *words, &formats.head)?;
        sheet.set_column_width(column, 16)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn rates(
    sheet: &mut Worksheet,
    row: u32,
    first: u16,
    rates: &Rates,
    formats: &Formats,
) -> Result<(), RenderError> {
    let all = [rates.by_amount, rates.by_pupil, rates.by_payment, rates.by_school];
    for (column, rate) in (first..).step_by(3).zip(all) {
        whole(sheet, row, column, rate.numerator(), formats)?;
        whole(sheet, row, column + 1, rate.denominator(), formats)?;
        percent(sheet, row, column + 2, rate, formats)?;
    }
    Ok(())
}

fn whole(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    number: i64,
    formats: &Formats,
) -> Result<(), RenderError> {
    let digits = number.to_string();
    // Through its digits: there is no conversion that says when it is not exact.
    match digits.parse::<f64>() {
        Ok(exact) if number.unsigned_abs() <= LARGEST_EXACT => {
            sheet.write_number_with_format(row, column, exact, &formats.count)?
        }
        _ => sheet.write_string_with_format(row, column, &digits, &formats.right)?,
    };
    Ok(())
}

fn percent(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    rate: Rate,
    formats: &Formats,
) -> Result<(), RenderError> {
    let shown = RoundedPercent::of(rate, 2);
    let number = match shown {
        RoundedPercent::Percent(percent) => percent.to_string().parse::<f64>().ok(),
        _ => None,
    };
    match number {
        Some(number) => sheet.write_number_with_format(row, column, number, &formats.percent)?,
        None => sheet.write_string_with_format(row, column, shown.vietnamese(), &formats.right)?,
    };
    Ok(())
}

fn excel_day(day: Day) -> Result<ExcelDateTime, RenderError> {
    let part = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
    let year = u16::try_from(day.year()).unwrap_or(u16::MAX);
    Ok(ExcelDateTime::from_ymd(year, part(day.month()), part(day.day()))?)
}
