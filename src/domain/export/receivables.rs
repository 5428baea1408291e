//! `Sổ chi tiết phải thu học sinh`: what each student owes at the end of a period.

use std::collections::BTreeMap;

use super::facts::{Books, Filter, Line, Paid};
use super::sheet::{Cell, Column, Sheet};
use crate::domain::calendar::Period;
use crate::domain::id::FamilyId;
use crate::domain::money::Vnd;

const COLUMNS: &[Column] = &[
    Column::plain("student_code", "Mã học sinh", 14),
    Column::plain("student_name", "Họ và tên", 26),
    Column::plain("class", "Lớp", 8),
    Column::plain("invoice", "Mã thanh toán", 18),
    Column::plain("round", "Đợt thu", 20),
    Column::plain("issued_on", "Ngày phát hành", 12),
    Column::plain("due_on", "Hạn nộp", 12),
    Column::sum("gross", "Phải thu (đ)"),
    Column::sum("waived", "Miễn giảm (đ)"),
    Column::sum("net", "Phải nộp sau miễn giảm (đ)"),
    Column::sum("before", "Đã thu trước kỳ (đ)"),
    Column::sum("by_transfer", "Thu trong kỳ: chuyển khoản (đ)"),
    Column::sum("by_cash", "Thu trong kỳ: tiền mặt (đ)"),
    Column::sum("outstanding", "Còn phải thu (đ)"),
    Column::sum("credit", "Nộp thừa (đ)"),
];

#[derive(Clone, Copy, Default)]
struct Due {
    gross: Vnd,
    waived: Vnd,
    net: Vnd,
    paid: Paid,
}

impl Due {
    fn add(&mut self, line: &Line, paid: Paid) -> Option<()> {
        self.gross = self.gross.checked_add(line.gross)?;
        self.waived = self.waived.checked_add(line.waived)?;
        self.net = self.net.checked_add(line.net)?;
        self.paid.before = self.paid.before.checked_add(paid.before)?;
        self.paid.by_bank = self.paid.by_bank.checked_add(paid.by_bank)?;
        self.paid.in_cash = self.paid.in_cash.checked_add(paid.in_cash)?;
        Some(())
    }
}

/// The table; `None` when a sum leaves the range of amounts. A family's credit is a row of its own,
/// under the family's first student.
#[must_use]
pub fn sheet(books: &Books, period: Period, filter: &Filter) -> Option<Sheet> {
    let paid = books.paid(period, |_, _| false)?;
    // By class, student and invoice.
    let mut dues: BTreeMap<(&str, &str, &str), (&Line, Due)> = BTreeMap::new();
    for (line, paid) in books.lines.iter().zip(paid) {
        let Some(student) = books.student_of(line) else { continue };
        if Books::is_due(line, paid, period) && filter.fits(books, line) {
            let key = (student.class.as_str(), student.code.as_str(), line.invoice.as_str());
            dues.entry(key).or_insert((line, Due::default())).1.add(line, paid)?;
        }
    }
    let mut credits: BTreeMap<FamilyId, Vnd> = BTreeMap::new();
    for (family, amount) in books.receipts.iter().flat_map(|receipt| &receipt.credits) {
        let credit = credits.entry(*family).or_default();
        *credit = credit.checked_add(*amount)?;
    }
    let mut rows: Vec<((String, String, bool), Vec<Cell>)> = Vec::new();
    for ((class, code, invoice), (line, due)) in dues {
        let outstanding = due.net.checked_sub(due.paid.all()?)?;
        let student = books.student_of(line);
        rows.push((
            (class.to_owned(), code.to_owned(), false),
            vec![
                Cell::text(Some(code)),
                Cell::text(student.map(|student| student.name.as_str())),
                Cell::text(Some(class)),
                Cell::text(Some(invoice)),
                Cell::text(Some(&line.round_name)),
                Cell::Day(line.issued_on),
                Cell::day(line.due_on),
                Cell::Dong(due.gross),
                Cell::Dong(due.waived),
                Cell::Dong(due.net),
                Cell::Dong(due.paid.before),
                Cell::Dong(due.paid.by_bank),
                Cell::Dong(due.paid.in_cash),
                Cell::Dong(outstanding),
                Cell::Dong(Vnd::ZERO),
            ],
        ));
    }
    for (family, credit) in credits {
        let Some(student) = books.first_of(family).filter(|one| filter.fits_credit(one)) else {
            continue;
        };
        if credit.is_zero() {
            continue;
        }
        let mut cells = vec![
            Cell::text(Some(&student.code)),
            Cell::text(Some(&student.name)),
            Cell::text(Some(&student.class)),
            Cell::text(Some("Số dư của gia đình")),
        ];
        cells.resize(COLUMNS.len() - 1, Cell::Empty);
        cells.push(Cell::Dong(credit));
        rows.push(((student.class.clone(), student.code.clone(), true), cells));
    }
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    let mut sheet = Sheet::new(COLUMNS, rows.into_iter().map(|(_, cells)| cells).collect())?;
    sheet.notes.push(
        "Số dư (nộp thừa) tính theo gia đình, ghi ở học sinh có mã đứng đầu trong gia đình."
            .to_owned(),
    );
    sheet.notes.push(
        "Cột chuyển khoản gồm mọi khoản tiền về tài khoản của trường; cột tiền mặt gồm phiếu thu tại trường."
            .to_owned(),
    );
    Some(sheet)
}
