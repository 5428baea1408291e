//! The lists a school makes itself: students, and the invoices of one round.

use crate::demo::error::DemoError;
use crate::demo::fees::{Invoice, Round, november};
use crate::demo::roll::Roll;
use crate::demo::schools::{ListStyle, Profile};
use crate::demo::sheet::{Cell, Sheet};
use crate::demo::spec::NamedFile;
use crate::domain::calendar::vietnamese_day;
use crate::domain::money::group_digits;

const STUDENT_HEADINGS: [&str; 8] = [
    "Mã học sinh",
    "Họ và tên",
    "Lớp",
    "Mã gia đình",
    "Họ tên phụ huynh",
    "Email",
    "Số điện thoại",
    "Tài khoản ảo",
];

const INVOICE_HEADINGS: [&str; 11] = [
    "Mã thanh toán",
    "Mã học sinh",
    "Họ và tên",
    "Lớp",
    "Khoản thu",
    "Mức thu",
    "Miễn giảm",
    "Còn phải thu",
    "Hạn nộp",
    "Đợt thu",
    "Mã gia đình",
];

/// The student list of a school.
pub fn students(profile: &Profile<'_>, roll: &Roll) -> Result<NamedFile, DemoError> {
    let columns = if profile.virtual_accounts { 8 } else { 7 };
    let rows = roll.pupils.iter().map(|pupil| {
        let family = roll.families.get(pupil.family);
        let family_text = |text: fn(&crate::demo::roll::Family) -> &String| {
            Cell::maybe(family.map(|family| text(family).as_str()))
        };
        vec![
            Cell::text(&pupil.code),
            Cell::text(&pupil.name),
            Cell::text(&pupil.class),
            family_text(|family| &family.key),
            family_text(|family| &family.guardian),
            family_text(|family| &family.email),
            family_text(|family| &family.phone),
            Cell::maybe(pupil.virtual_account.as_deref()),
        ]
    });
    list(profile, "hoc-sinh", &STUDENT_HEADINGS, columns, rows)
}

/// The invoice list of one round of a school.
pub fn invoices<'a>(
    profile: &Profile<'_>,
    roll: &Roll,
    round: &Round,
    invoices: impl Iterator<Item = &'a Invoice>,
) -> Result<NamedFile, DemoError> {
    let due_on = november(round.due_on)?;
    let rows = invoices.filter_map(|invoice| {
        let pupil = roll.pupils.get(invoice.pupil)?;
        Some(vec![
            Cell::text(&invoice.code),
            Cell::text(&pupil.code),
            Cell::text(&pupil.name),
            Cell::text(&pupil.class),
            Cell::text(round.fee_item),
            Cell::amount(invoice.gross.dong()),
            Cell::amount(invoice.waived.dong()),
            Cell::amount(invoice.due.dong()),
            Cell::Day(due_on),
            Cell::text(round.name),
            Cell::maybe(roll.families.get(pupil.family).map(|family| family.key.as_str())),
        ])
    });
    let name = format!("phai-thu_{}", round.slug);
    list(profile, &name, &INVOICE_HEADINGS, INVOICE_HEADINGS.len(), rows)
}

/// A list in the school's own style.
pub fn list(
    profile: &Profile<'_>,
    name: &str,
    headings: &[&str],
    columns: usize,
    rows: impl Iterator<Item = Vec<Cell>>,
) -> Result<NamedFile, DemoError> {
    let headings = headings.iter().copied().take(columns);
    let rows = rows.map(|row| row.into_iter().take(columns));
    let (ending, bytes) = match profile.lists {
        ListStyle::Xlsx => {
            let mut sheet = Sheet::new("Dữ liệu mẫu")?;
            sheet.texts(headings)?;
            for row in rows {
                sheet.row(row)?;
            }
            ("xlsx", sheet.finish()?)
        }
        ListStyle::Csv | ListStyle::CsvGrouped => {
            let grouped = profile.lists == ListStyle::CsvGrouped;
            // Excel takes a CSV for UTF-8 only when it begins with a byte order mark.
            let mut bytes = "\u{feff}".as_bytes().to_vec();
            let mut writer = csv::WriterBuilder::new()
                .delimiter(if grouped { b';' } else { b',' })
                .from_writer(&mut bytes);
            writer.write_record(headings)?;
            for row in rows {
                writer.write_record(row.map(|cell| plain(cell, grouped)))?;
            }
            writer.flush()?;
            drop(writer);
            ("csv", bytes)
        }
    };
    Ok(NamedFile { name: format!("{}_{name}.{ending}", profile.code), bytes })
}

fn plain(cell: Cell, grouped: bool) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Text(text) => text,
        Cell::Number(number) if grouped => group_digits(&number.to_string()),
        Cell::Number(number) => number.to_string(),
        Cell::Day(day) => vietnamese_day(day),
    }
}
