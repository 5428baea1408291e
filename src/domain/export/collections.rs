//! `Bảng kê thu tiền`: every sum that came in within a period, by what it was for.

use super::facts::{Books, Filter, Student};
use super::sheet::{Beside, Cell, Column, Sheet};
use crate::domain::calendar::Period;
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;

const COLUMNS: &[Column] = &[
    Column::plain("day", "Ngày thu", 12),
    Column::plain("document", "Số chứng từ", 20),
    Column::plain("payer", "Người nộp", 26),
    Column::plain("student_code", "Mã học sinh", 14),
    Column::plain("student_name", "Họ và tên", 26),
    Column::plain("class", "Lớp", 8),
    Column::plain("invoice", "Mã thanh toán", 15),
    Column::plain("round", "Đợt thu", 20),
    Column::plain("fee_item", "Khoản thu", 22),
    Column::plain("channel", "Hình thức thu", 22),
    Column::plain("use", "Nội dung", 26),
    Column::sum("amount", "Số tiền (đ)"),
];

/// The table; `None` when a sum leaves the range of amounts. Money set aside as no fee and money given
/// back is told beside it.
#[must_use]
pub fn sheet(books: &Books, period: Period, filter: &Filter) -> Option<Sheet> {
    let mut rows = Vec::new();
    let (mut for_dues, mut as_credit, mut open) = (Vnd::ZERO, Vnd::ZERO, Vnd::ZERO);
    let (mut set_aside, mut refunded) = (Vnd::ZERO, Vnd::ZERO);
    for receipt in books.receipts.iter().filter(|receipt| period.contains(receipt.day)) {
        let row = |student: Option<&Student>, line: [Option<&str>; 3], said: &str, amount: Vnd| {
            let [invoice, round, fee_item] = line;
            vec![
                Cell::Day(receipt.day),
                Cell::text(receipt.document.as_deref()),
                Cell::text(receipt.payer.as_deref()),
                Cell::text(student.map(|student| student.code.as_str())),
                Cell::text(student.map(|student| student.name.as_str())),
                Cell::text(student.map(|student| student.class.as_str())),
                Cell::text(invoice),
                Cell::text(round),
                Cell::text(fee_item),
                Cell::text(Some(receipt.channel.label(Lang::Vi))),
                Cell::text(Some(said)),
                Cell::Dong(amount),
            ]
        };
        for part in &receipt.parts {
            let Some(line) = books.lines.get(part.line) else { continue };
            if filter.fits(books, line) {
                for_dues = for_dues.checked_add(part.amount)?;
                let of_line = [&line.invoice, &line.round_name, &line.fee_item.name];
                let of_line = of_line.map(|text| Some(text.as_str()));
                rows.push(row(books.student_of(line), of_line, "Thu khoản phải thu", part.amount));
            }
        }
        for (family, amount) in &receipt.credits {
            let student = books.first_of(*family);
            if student.is_some_and(|student| filter.fits_credit(student)) {
                as_credit = as_credit.checked_add(*amount)?;
                rows.push(row(student, [None; 3], "Số dư của gia đình", *amount));
            }
        }
        if filter.is_open() {
            if receipt.unallocated.is_positive() {
                open = open.checked_add(receipt.unallocated)?;
                rows.push(row(None, [None; 3], "Chưa khớp với khoản thu nào", receipt.unallocated));
            }
            set_aside = set_aside.checked_add(receipt.set_aside)?;
            refunded = refunded.checked_add(receipt.refunded)?;
        }
    }
    let mut sheet = Sheet::new(COLUMNS, rows)?;
    sheet.beside = vec![
        beside("allocated", "Trong đó thu theo khoản phải thu", for_dues),
        beside("family_credit", "Trong đó ghi vào số dư của gia đình", as_credit),
    ];
    if filter.is_open() {
        sheet.beside.extend([
            beside("unallocated", "Trong đó chưa khớp với khoản thu nào", open),
            beside("set_aside", "Không đưa vào bảng: không phải khoản thu", set_aside),
            beside("refunded", "Không đưa vào bảng: đã hoàn trả", refunded),
        ]);
    } else {
        sheet.notes.push(
            "Bảng có lọc: tiền chưa khớp, không phải khoản thu và đã hoàn trả không được tính ở đây."
                .to_owned(),
        );
    }
    Some(sheet)
}

const fn beside(name: &'static str, words: &'static str, amount: Vnd) -> Beside {
    Beside { name, words, amount }
}
