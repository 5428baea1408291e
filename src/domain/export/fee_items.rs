//! `Tổng hợp theo khoản thu`: dues and collections of a period by fee item and class.

use std::collections::BTreeMap;

use super::facts::{Books, Filter, Line, Paid};
use super::sheet::{Cell, Column, Sheet};
use crate::domain::calendar::Period;
use crate::domain::cashless::{Counting, Rate};
use crate::domain::money::Vnd;

const COLUMNS: &[Column] = &[
    Column::plain("fee_item_code", "Mã khoản thu", 14),
    Column::plain("fee_item", "Khoản thu", 26),
    Column::plain("class", "Lớp", 8),
    Column::sum("gross", "Phải thu (đ)"),
    Column::sum("waived", "Miễn giảm (đ)"),
    Column::sum("net", "Phải nộp sau miễn giảm (đ)"),
    Column::sum("before", "Đã thu trước kỳ (đ)"),
    Column::sum("cashless", "Thu trong kỳ: không dùng tiền mặt (đ)"),
    Column::sum("not_cashless", "Thu trong kỳ: khác (đ)"),
    Column::sum("outstanding", "Còn phải thu (đ)"),
    Column::plain("rate", "Tỷ lệ không dùng tiền mặt (%)", 14),
];

#[derive(Clone, Copy, Default)]
struct Sums {
    gross: Vnd,
    waived: Vnd,
    net: Vnd,
    before: Vnd,
    cashless: Vnd,
    collected: Vnd,
}

impl Sums {
    fn add(&mut self, line: &Line, paid: Paid) -> Option<()> {
        self.gross = self.gross.checked_add(line.gross)?;
        self.waived = self.waived.checked_add(line.waived)?;
        self.net = self.net.checked_add(line.net)?;
        self.before = self.before.checked_add(paid.before)?;
        self.cashless = self.cashless.checked_add(paid.cashless)?;
        let within = paid.by_bank.checked_add(paid.in_cash)?;
        self.collected = self.collected.checked_add(within)?;
        Some(())
    }
}

/// The table; `None` when a sum leaves the range of amounts. What is cashless follows the same setting
/// as the cashless report.
#[must_use]
pub fn sheet(books: &Books, period: Period, filter: &Filter, counting: Counting) -> Option<Sheet> {
    let paid = books.paid(period, |channel, families| counting.is_cashless(channel, families))?;
    let mut groups: BTreeMap<(&str, &str, &str), Sums> = BTreeMap::new();
    for (line, paid) in books.lines.iter().zip(paid) {
        let Some(student) = books.student_of(line) else { continue };
        if Books::is_due(line, paid, period) && filter.fits(books, line) {
            let item = &line.fee_item;
            let key = (item.code.as_str(), item.name.as_str(), student.class.as_str());
            groups.entry(key).or_default().add(line, paid)?;
        }
    }
    let mut rows = Vec::with_capacity(groups.len());
    let (mut cashless, mut collected) = (Vnd::ZERO, Vnd::ZERO);
    for ((code, name, class), sums) in groups {
        cashless = cashless.checked_add(sums.cashless)?;
        collected = collected.checked_add(sums.collected)?;
        let paid = sums.before.checked_add(sums.collected)?;
        rows.push(vec![
            Cell::text(Some(code)),
            Cell::text(Some(name)),
            Cell::text(Some(class)),
            Cell::Dong(sums.gross),
            Cell::Dong(sums.waived),
            Cell::Dong(sums.net),
            Cell::Dong(sums.before),
            Cell::Dong(sums.cashless),
            Cell::Dong(sums.collected.checked_sub(sums.cashless)?),
            Cell::Dong(sums.net.checked_sub(paid)?),
            rate(sums.cashless, sums.collected),
        ]);
    }
    let mut sheet = Sheet::new(COLUMNS, rows)?;
    sheet.set_total("rate", rate(cashless, collected));
    sheet.notes.push(
        "Tỷ lệ = thu không dùng tiền mặt trong kỳ / tổng thu trong kỳ; chưa thu gì thì để trống."
            .to_owned(),
    );
    Some(sheet)
}

fn rate(part: Vnd, whole: Vnd) -> Cell {
    match Rate::new(part.dong(), whole.dong()) {
        Some(rate) if rate.has_data() => Cell::Rate(rate),
        _ => Cell::Empty,
    }
}
