//! Lists to take away: the invoices of a round, and whose family has no e-mail address.

use super::issuing;
use super::show::{self, PageFilter};
use crate::clock::Clock;
use crate::domain::calendar::vietnamese_day;
use crate::domain::id::SchoolId;
use crate::domain::invoice::InvoiceState;
use crate::domain::lang::{Bilingual, Lang};
use crate::formats::roster::{Table, TableRow, write_list};
use crate::service::ServiceError;
use crate::store::{Store, people};

/// Invoices that are loaded at a time.
const AT_A_TIME: u32 = 1_000;

/// The invoices of the round with this code as a workbook: codes are texts, amounts are numbers.
pub fn invoices(
    store: &Store,
    school: SchoolId,
    round: &str,
    lang: Lang,
) -> Result<Vec<u8>, ServiceError> {
    let mut table = Table { headers: headings(lang, &INVOICE_HEADINGS), rows: Vec::new() };
    let mut filter =
        PageFilter { round: Some(round.to_owned()), limit: AT_A_TIME, ..PageFilter::default() };
    loop {
        let (views, next) = show::invoices(store, school, &filter)?;
        for view in views {
            let cells = vec![
                view.student_code,
                view.student_name,
                view.class,
                view.code,
                view.gross.dong().to_string(),
                view.waived.dong().to_string(),
                view.net.dong().to_string(),
                view.paid.dong().to_string(),
                view.due_on.map(vietnamese_day).unwrap_or_default(),
                state(view.state).text(lang).to_owned(),
            ];
            table.rows.push(TableRow { row: 0, cells });
        }
        match next {
            Some(after) => filter.after = Some(after),
            None => break,
        }
    }
    write_list(&table, &[4, 5, 6, 7]).map_err(ServiceError::refused)
}

/// The students of a draft whose family has no e-mail address, as a workbook.
pub fn without_email(
    store: &Store,
    clock: &dyn Clock,
    (school, round): (SchoolId, &str),
    lang: Lang,
) -> Result<Vec<u8>, ServiceError> {
    let codes = issuing::preview(store, clock, school, round)?.without_email;
    let mut table = Table { headers: headings(lang, &REACH_HEADINGS), rows: Vec::new() };
    store.read(|tx| {
        for code in &codes {
            let Some(row) = people::find_student(tx, school.0, code)? else { continue };
            let cells = vec![
                row.code,
                row.name,
                row.class,
                row.guardian_name.unwrap_or_default(),
                row.phone.unwrap_or_default(),
            ];
            table.rows.push(TableRow { row: 0, cells });
        }
        Ok::<_, ServiceError>(())
    })?;
    table.rows.sort_by(|one, other| one.cells.get(2).cmp(&other.cells.get(2)));
    write_list(&table, &[]).map_err(ServiceError::refused)
}

/// What people call a state of an invoice.
#[must_use]
pub fn state(state: InvoiceState) -> Bilingual {
    match state {
        InvoiceState::Waived => Bilingual::new("Được miễn", "Waived"),
        InvoiceState::Open => Bilingual::new("Chưa nộp", "Open"),
        InvoiceState::PartlyPaid => Bilingual::new("Nộp một phần", "Partly paid"),
        InvoiceState::Paid => Bilingual::new("Đã nộp đủ", "Paid"),
        InvoiceState::Cancelled => Bilingual::new("Đã hủy", "Cancelled"),
    }
}

const INVOICE_HEADINGS: [(&str, &str); 10] = [
    ("Mã học sinh", "Student code"),
    ("Họ và tên", "Name"),
    ("Lớp", "Class"),
    ("Mã thanh toán", "Payment code"),
    ("Trước miễn giảm", "Before exemptions"),
    ("Miễn giảm", "Waived"),
    ("Phải thu", "Due"),
    ("Đã thu", "Paid"),
    ("Hạn nộp", "Due date"),
    ("Trạng thái", "State"),
];

const REACH_HEADINGS: [(&str, &str); 5] = [
    ("Mã học sinh", "Student code"),
    ("Họ và tên", "Name"),
    ("Lớp", "Class"),
    ("Họ tên phụ huynh", "Guardian"),
    ("Số điện thoại", "Phone"),
];

fn headings(lang: Lang, words: &[(&str, &str)]) -> Vec<String> {
    let one = |(vi, en): &(&str, &str)| match lang {
        Lang::Vi => (*vi).to_owned(),
        Lang::En => (*en).to_owned(),
    };
    words.iter().map(one).collect()
}
