//! `Sổ quỹ tiền mặt`: cash vouchers in the order of their days, withdrawn ones with their numbers, what
//! was carried to the bank as far as it is known, and the balance after each.

use super::sheet::{Beside, Cell, Column, Sheet};
use crate::domain::calendar::{Day, Period, vietnamese_day};
use crate::domain::money::Vnd;

const COLUMNS: &[Column] = &[
    Column::plain("day", "Ngày", 12),
    Column::plain("document", "Số chứng từ", 20),
    Column::plain("person", "Người nộp", 26),
    Column::plain("text", "Diễn giải", 40),
    Column::sum("received", "Thu (đ)"),
    Column::sum("paid_out", "Chi (đ)"),
    Column::sum("cancelled", "Phiếu đã hủy (đ)"),
    Column { name: "balance", heading: "Tồn quỹ (đ)", width: 16, summed: false },
];

/// A cash voucher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voucher {
    /// The day the cash was taken.
    pub day: Day,
    /// The calendar year of its number.
    pub year: i32,
    /// Its number.
    pub number: i64,
    /// Who brought the cash.
    pub payer: String,
    /// What was written on it.
    pub note: Option<String>,
    /// How much, in đồng.
    pub amount: Vnd,
    /// The day it was withdrawn, when it was.
    pub voided_on: Option<Day>,
}

/// Cash of the school's that arrived at the bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deposit {
    /// The bank's day.
    pub day: Day,
    /// The bank's reference.
    pub reference: Option<String>,
    /// The bank account's number.
    pub account: Option<String>,
    /// How much, in đồng.
    pub amount: Vnd,
}

/// A voucher's number as documents show it.
#[must_use]
pub fn voucher_number(number: i64, year: i32) -> String {
    format!("PT{number:05}/{year}")
}

/// The table; `None` when a sum leaves the range of amounts. `vouchers` and `deposits` are all of the
/// school's up to the last day; what lies before the period makes the opening balance.
#[must_use]
pub fn sheet(vouchers: &[Voucher], deposits: &[Deposit], period: Period) -> Option<Sheet> {
    let live = |voucher: &&Voucher| voucher.voided_on.is_none();
    let earlier_in = vouchers.iter().filter(live).filter(|one| one.day < period.from());
    let earlier_out = deposits.iter().filter(|one| one.day < period.from());
    let opening = Vnd::checked_sum(earlier_in.map(|one| one.amount))?
        .checked_sub(Vnd::checked_sum(earlier_out.map(|one| one.amount))?)?;

    // What came in on a day comes before what was carried away on it.
    let mut moves: Vec<(Day, bool, i32, i64, &str, Move<'_>)> = Vec::new();
    for one in vouchers.iter().filter(|one| period.contains(one.day)) {
        moves.push((one.day, false, one.year, one.number, "", Move::In(one)));
    }
    for one in deposits.iter().filter(|one| period.contains(one.day)) {
        let reference = one.reference.as_deref().unwrap_or_default();
        moves.push((one.day, true, 0, one.amount.dong(), reference, Move::Out(one)));
    }
    moves.sort_by(|one, other| {
        (one.0, one.1, one.2, one.3, one.4).cmp(&(other.0, other.1, other.2, other.3, other.4))
    });

    let mut balance = opening;
    let mut lowest = opening;
    let mut rows = vec![vec![
        Cell::Day(period.from()),
        Cell::Empty,
        Cell::Empty,
        Cell::text(Some("Số dư đầu kỳ")),
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
        Cell::Dong(opening),
    ]];
    for (_, _, _, _, _, moved) in &moves {
        let row = match moved {
            Move::In(voucher) => {
                if voucher.voided_on.is_none() {
                    balance = balance.checked_add(voucher.amount)?;
                }
                voucher.row(balance)
            }
            Move::Out(deposit) => {
                balance = balance.checked_sub(deposit.amount)?;
                deposit.row(balance)
            }
        };
        lowest = lowest.min(balance);
        rows.push(row);
    }
    let mut sheet = Sheet::new(COLUMNS, rows)?;
    sheet.set_total("balance", Cell::Dong(balance));
    sheet.beside = vec![
        Beside { name: "opening", words: "Tồn quỹ đầu kỳ", amount: opening },
        Beside { name: "closing", words: "Tồn quỹ cuối kỳ", amount: balance },
    ];
    sheet.notes.push(
        "Phần chi chỉ gồm tiền mặt nộp vào ngân hàng mà sao kê cho thấy và đã ghi là không phải khoản thu; \
         các khoản chi khác không có trong hệ thống."
            .to_owned(),
    );
    if lowest < Vnd::ZERO {
        sheet.notes.push(format!(
            "Tồn quỹ có lúc âm ({} ₫): có tiền đã nộp vào ngân hàng mà chưa có phiếu thu. Hãy kiểm tra lại.",
            lowest.grouped()
        ));
    }
    Some(sheet)
}

enum Move<'a> {
    In(&'a Voucher),
    Out(&'a Deposit),
}

impl Voucher {
    fn row(&self, balance: Vnd) -> Vec<Cell> {
        let (received, cancelled, text) = match self.voided_on {
            None => (self.amount, Vnd::ZERO, self.note.clone().unwrap_or_default()),
            Some(day) => {
                (Vnd::ZERO, self.amount, format!("Phiếu đã hủy ngày {}", vietnamese_day(day)))
            }
        };
        vec![
            Cell::Day(self.day),
            Cell::Text(voucher_number(self.number, self.year)),
            Cell::text(Some(&self.payer)),
            Cell::text(Some(&text)),
            Cell::Dong(received),
            Cell::Dong(Vnd::ZERO),
            Cell::Dong(cancelled),
            Cell::Dong(balance),
        ]
    }
}

impl Deposit {
    fn row(&self, balance: Vnd) -> Vec<Cell> {
        let account = self.account.as_deref().unwrap_or_default();
        vec![
            Cell::Day(self.day),
            Cell::text(self.reference.as_deref()),
            Cell::Empty,
            Cell::Text(format!("Nộp tiền mặt vào tài khoản {account}")),
            Cell::Dong(Vnd::ZERO),
            Cell::Dong(self.amount),
            Cell::Dong(Vnd::ZERO),
            Cell::Dong(balance),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::parse_iso_day;

    fn day(text: &str) -> Day {
        parse_iso_day(text).unwrap()
    }

    fn voucher(on: &str, number: i64, dong: i64, voided: Option<&str>) -> Voucher {
        Voucher {
            day: day(on),
            year: 2026,
            number,
            payer: "Người nộp mẫu".to_owned(),
            note: None,
            amount: Vnd::new(dong),
            voided_on: voided.map(day),
        }
    }

    #[test]
    fn the_balance_runs_on_and_a_withdrawn_voucher_keeps_its_number_and_moves_nothing() {
        let vouchers = [
            voucher("2026-10-30", 1, 100, None),
            voucher("2026-11-02", 3, 30, Some("2026-11-03")),
            voucher("2026-11-02", 2, 20, None),
        ];
        let deposit = |on: &str, dong| Deposit {
            day: day(on),
            reference: Some("FT1".to_owned()),
            account: Some("0101".to_owned()),
            amount: Vnd::new(dong),
        };
        let deposits = [deposit("2026-10-31", 60), deposit("2026-11-02", 80)];
        let november = Period::new(day("2026-11-01"), day("2026-11-30")).unwrap();
        let sheet = sheet(&vouchers, &deposits, november).unwrap();
        let last = |row: &Vec<Cell>| match row.last() {
            Some(Cell::Dong(balance)) => balance.dong(),
            other => panic!("{other:?}"),
        };
        let balances: Vec<i64> = sheet.rows.iter().map(last).collect();
        assert_eq!(balances, [40, 60, 60, -20]);
        assert_eq!(sheet.rows[2][1], Cell::Text("PT00003/2026".to_owned()));
        assert_eq!(sheet.sum("received"), Some(Vnd::new(20)));
        assert_eq!(sheet.sum("cancelled"), Some(Vnd::new(30)));
        assert_eq!(sheet.sum("paid_out"), Some(Vnd::new(80)));
        assert!(sheet.notes.iter().any(|note| note.contains("-20")), "{:?}", sheet.notes);
    }
}
