//! Students and their dues, line by line, for the databases of others.

use std::collections::BTreeMap;

use super::facts::{Books, Filter, Line, Paid};
use super::sheet::{Cell, Column, Sheet};
use crate::domain::calendar::Period;
use crate::domain::money::Vnd;

/// What is said of a student; profiles take from these.
pub const STUDENT_FIELDS: &[Column] = &[
    Column::plain("student_code", "Mã học sinh", 14),
    Column::plain("student_name", "Họ và tên", 26),
    Column::plain("class", "Lớp", 8),
    Column::plain("guardian_name", "Họ tên phụ huynh", 26),
    Column::plain("email", "Email", 26),
    Column::plain("phone", "Số điện thoại", 14),
    Column::sum("gross", "Phải thu"),
    Column::sum("waived", "Miễn giảm"),
    Column::sum("net", "Phải nộp sau miễn giảm"),
    Column::sum("paid", "Đã thu đến hết kỳ"),
    Column::sum("outstanding", "Còn phải thu"),
];

/// What is said of a due; profiles take from these.
pub const FEE_FIELDS: &[Column] = &[
    Column::plain("student_code", "Mã học sinh", 14),
    Column::plain("student_name", "Họ và tên", 26),
    Column::plain("class", "Lớp", 8),
    Column::plain("invoice", "Mã thanh toán", 15),
    Column::plain("round_code", "Mã đợt thu", 15),
    Column::plain("round", "Đợt thu", 20),
    Column::plain("fee_item_code", "Mã khoản thu", 15),
    Column::plain("fee_item", "Khoản thu", 22),
    Column::plain("issued_on", "Ngày phát hành", 12),
    Column::plain("due_on", "Hạn nộp", 12),
    Column::sum("gross", "Phải thu"),
    Column::sum("waived", "Miễn giảm"),
    Column::sum("net", "Phải nộp sau miễn giảm"),
    Column::sum("paid", "Đã thu đến hết kỳ"),
    Column::sum("outstanding", "Còn phải thu"),
];

/// How a student's family is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// A parent's name.
    pub guardian: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// A telephone number.
    pub phone: Option<String>,
}

/// The amounts of a line: gross, waived, net, paid, outstanding.
fn amounts(line: &Line, paid: Paid) -> Option<[Vnd; 5]> {
    let paid = paid.all()?;
    Some([line.gross, line.waived, line.net, paid, line.net.checked_sub(paid)?])
}

/// Every student with the sums of what is due; `None` when a sum leaves the range of amounts.
/// `contacts` go by student code.
#[must_use]
pub fn students(
    books: &Books,
    period: Period,
    filter: &Filter,
    contacts: &BTreeMap<String, Contact>,
) -> Option<Sheet> {
    let mut sums = vec![[Vnd::ZERO; 5]; books.students.len()];
    for (line, paid) in books.lines.iter().zip(books.paid(period, |_, _| false)?) {
        let Some(sums) = sums.get_mut(line.student) else { continue };
        if Books::is_due(line, paid, period) && filter.fits(books, line) {
            for (sum, amount) in sums.iter_mut().zip(amounts(line, paid)?) {
                *sum = sum.checked_add(amount)?;
            }
        }
    }
    let none = Contact::default();
    let listed =
        books.students.iter().zip(sums).filter(|(student, _)| filter.fits_student(student));
    let rows = listed.map(|(student, sums)| {
        let contact = contacts.get(&student.code).unwrap_or(&none);
        let texts = [
            Some(student.code.as_str()),
            Some(student.name.as_str()),
            Some(student.class.as_str()),
            contact.guardian.as_deref(),
            contact.email.as_deref(),
            contact.phone.as_deref(),
        ];
        texts.into_iter().map(Cell::text).chain(sums.map(Cell::Dong)).collect()
    });
    Sheet::new(STUDENT_FIELDS, rows.collect())
}

/// Every due, a line a row; `None` when a sum leaves the range of amounts.
#[must_use]
pub fn fees(books: &Books, period: Period, filter: &Filter) -> Option<Sheet> {
    let mut rows = Vec::new();
    for (line, paid) in books.lines.iter().zip(books.paid(period, |_, _| false)?) {
        if !Books::is_due(line, paid, period) || !filter.fits(books, line) {
            continue;
        }
        let student = books.student_of(line);
        let item = &line.fee_item;
        let texts = [
            student.map(|student| student.code.as_str()),
            student.map(|student| student.name.as_str()),
            student.map(|student| student.class.as_str()),
            Some(line.invoice.as_str()),
            Some(line.round.as_str()),
            Some(line.round_name.as_str()),
            Some(item.code.as_str()),
            Some(item.name.as_str()),
        ];
        let days = [Cell::Day(line.issued_on), Cell::day(line.due_on)];
        let amounts = amounts(line, paid)?.map(Cell::Dong);
        rows.push(texts.into_iter().map(Cell::text).chain(days).chain(amounts).collect());
    }
    Sheet::new(FEE_FIELDS, rows)
}
