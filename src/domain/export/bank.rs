//! `Bảng đối chiếu số dư tiền gửi ngân hàng`: each bank account's balances over a period, and what
//! became of the money that came in.

use super::sheet::{Cell, Column, Sheet};
use crate::domain::calendar::{Day, Period, vietnamese_day};
use crate::domain::continuity::Gap;
use crate::domain::money::Vnd;

const COLUMNS: &[Column] = &[
    Column::plain("account", "Số tài khoản", 18),
    Column::sum("opening", "Số dư đầu kỳ (đ)"),
    Column::sum("credits", "Tiền vào (đ)"),
    Column::sum("debits", "Tiền ra (đ)"),
    Column::sum("closing", "Số dư tính được (đ)"),
    Column::sum("stated", "Số dư theo sao kê (đ)"),
    Column::sum("rest", "Chênh lệch chưa giải thích (đ)"),
    Column::sum("allocated", "Tiền vào: đã khớp khoản phải thu (đ)"),
    Column::sum("family_credit", "Tiền vào: số dư gia đình (đ)"),
    Column::sum("refunded", "Tiền vào: đã hoàn trả (đ)"),
    Column::sum("set_aside", "Tiền vào: phần để riêng (đ)"),
    Column::sum("not_income", "Tiền vào: không phải khoản thu (đ)"),
    Column::sum("unallocated", "Tiền vào: chưa khớp (đ)"),
    Column::sum("announced", "Đã báo có, chưa có trên sao kê (đ)"),
    Column::plain("remarks", "Ghi chú", 50),
];

/// A statement of an account, and what its entries say around two days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stated {
    /// The first day it covers.
    pub from: Day,
    /// The last day it covers.
    pub to: Day,
    /// Its opening balance, in đồng.
    pub opening: Option<Vnd>,
    /// Its closing balance.
    pub closing: Option<Vnd>,
    /// In less out of its entries before the first day of the period.
    pub before: Vnd,
    /// In less out of its entries up to the last day of the period.
    pub until: Vnd,
    /// In less out of all its entries.
    pub net: Vnd,
}

/// What became of the money that statements show, in đồng.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// Money in.
    pub credits: Vnd,
    /// Money out.
    pub debits: Vnd,
    /// Allocated to invoices.
    pub allocated: Vnd,
    /// Kept as a family's credit.
    pub family_credit: Vnd,
    /// Given back.
    pub refunded: Vnd,
    /// Set aside by a person, where the rest was used otherwise.
    pub set_aside: Vnd,
    /// Set aside whole: no income at all.
    pub not_income: Vnd,
    /// Nobody has decided about it.
    pub unallocated: Vnd,
    /// Announced by a provider and on no statement yet.
    pub announced: Vnd,
}

/// An account over a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub number: String,
    /// Its committed statements, by their days.
    pub statements: Vec<Stated>,
    /// Its money.
    pub uses: Uses,
    /// Where money moved that no statement shows, within the period.
    pub gaps: Vec<Gap>,
    /// How many days of the period no statement says anything about.
    pub unknown_days: usize,
}

/// The table; `None` when a sum leaves the range of amounts.
#[must_use]
pub fn sheet(accounts: &[Account], period: Period) -> Option<Sheet> {
    let mut rows = Vec::with_capacity(accounts.len());
    for account in accounts {
        rows.push(account.row(period)?);
    }
    let mut sheet = Sheet::new(COLUMNS, rows)?;
    sheet.notes.push(
        "Số dư tính được = số dư đầu kỳ + tiền vào − tiền ra. Chênh lệch chưa giải thích phải bằng 0."
            .to_owned(),
    );
    for account in accounts {
        let number = &account.number;
        let remarks = account.remarks(period)?;
        sheet.notes.extend(remarks.into_iter().map(|words| format!("Tài khoản {number}: {words}")));
    }
    Some(sheet)
}

/// A balance, and the statement it is taken from.
type Known<'a> = (Vnd, &'a Stated);

impl Account {
    /// The balance before the first day of the period.
    fn opening(&self, period: Period) -> Option<Known<'_>> {
        self.balance_before(period.from(), |one| one.before)
    }

    /// The balance after the last day of the period.
    fn stated(&self, period: Period) -> Option<Known<'_>> {
        let after = period.to().succ_opt()?;
        let found = self.balance_before(after, |one| one.until)?;
        // A statement that only begins later tells nothing of the period's end.
        (found.1.from <= period.to()).then_some(found)
    }

    /// From a statement that reaches the day, else the last one before it, else the first after it.
    fn balance_before(&self, day: Day, moved: impl Fn(&Stated) -> Vnd) -> Option<Known<'_>> {
        let reaches =
            |one: &&Stated| one.from <= day && one.to.succ_opt().is_none_or(|next| day <= next);
        let balance = |one: &Stated| match (one.opening, one.closing) {
            (Some(opening), _) => opening.checked_add(moved(one)),
            (None, Some(closing)) => closing.checked_sub(one.net.checked_sub(moved(one))?),
            (None, None) => None,
        };
        let known = |one: &&Stated| one.opening.or(one.closing).is_some();
        let all = || self.statements.iter().filter(known);
        let chosen = all()
            .filter(reaches)
            .max_by_key(|one| one.to)
            .or_else(|| all().filter(|one| one.to < day).max_by_key(|one| one.to))
            .or_else(|| all().min_by_key(|one| one.from))?;
        Some((balance(chosen)?, chosen))
    }

    fn row(&self, period: Period) -> Option<Vec<Cell>> {
        let uses = self.uses;
        let opening = self.opening(period).map(|known| known.0);
        let closing = match opening {
            Some(opening) => Some(opening.checked_add(uses.credits)?.checked_sub(uses.debits)?),
            None => None,
        };
        let stated = self.stated(period).map(|known| known.0);
        let rest = match (stated, closing) {
            (Some(stated), Some(closing)) => Some(stated.checked_sub(closing)?),
            _ => None,
        };
        let remarks = self.remarks(period)?.join(" ");
        Some(vec![
            Cell::text(Some(&self.number)),
            Cell::dong(opening),
            Cell::Dong(uses.credits),
            Cell::Dong(uses.debits),
            Cell::dong(closing),
            Cell::dong(stated),
            Cell::dong(rest),
            Cell::Dong(uses.allocated),
            Cell::Dong(uses.family_credit),
            Cell::Dong(uses.refunded),
            Cell::Dong(uses.set_aside),
            Cell::Dong(uses.not_income),
            Cell::Dong(uses.unallocated),
            Cell::Dong(uses.announced),
            Cell::text(Some(&remarks)),
        ])
    }

    fn remarks(&self, period: Period) -> Option<Vec<String>> {
        let mut remarks = Vec::new();
        let opening = self.opening(period);
        let stated = self.stated(period);
        match (opening, self.statements.is_empty()) {
            (None, true) => remarks.push("Chưa có sao kê nào.".to_owned()),
            (None, false) => {
                remarks.push("Sao kê không ghi số dư nên không đối chiếu được.".to_owned());
            }
            (Some((_, from)), _) if from.from > period.from() => remarks.push(format!(
                "Sao kê chỉ có từ ngày {}; số dư đầu kỳ lấy theo ngày đó.",
                vietnamese_day(from.from)
            )),
            (Some(_), _) => (),
        }
        if let Some((_, last)) = stated
            && last.to < period.to()
        {
            remarks.push(format!("Sao kê mới có đến ngày {}.", vietnamese_day(last.to)));
        }
        for gap in &self.gaps {
            remarks.push(format!(
                "Thiếu sao kê giữa ngày {} và ngày {}: số dư thay đổi {} ₫.",
                vietnamese_day(gap.after),
                vietnamese_day(gap.before),
                gap.moved.grouped()
            ));
        }
        if self.unknown_days > 0 && !self.statements.is_empty() {
            remarks.push(format!("{} ngày trong kỳ chưa có sao kê.", self.unknown_days));
        }
        if let (Some((opening, _)), Some((stated, _))) = (opening, stated) {
            let closing = opening.checked_add(self.uses.credits)?.checked_sub(self.uses.debits)?;
            let rest = stated.checked_sub(closing)?;
            if !rest.is_zero() {
                remarks.push(format!("Còn chênh lệch {} ₫ chưa giải thích.", rest.grouped()));
            }
        }
        Some(remarks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::parse_iso_day;

    fn day(text: &str) -> Day {
        parse_iso_day(text).unwrap()
    }

    fn stated(days: (&str, &str), balances: (Option<i64>, Option<i64>), net: [i64; 3]) -> Stated {
        let [before, until, net] = net.map(Vnd::new);
        let (opening, closing) = (balances.0.map(Vnd::new), balances.1.map(Vnd::new));
        Stated { from: day(days.0), to: day(days.1), opening, closing, before, until, net }
    }

    #[test]
    fn the_balance_around_a_period_is_taken_from_the_statement_that_knows_it() {
        let november = Period::new(day("2026-11-01"), day("2026-11-30")).unwrap();
        for (why, statements, opening, closing) in [
            ("none", vec![], None, None),
            (
                "exactly the month",
                vec![stated(("2026-11-01", "2026-11-30"), (Some(5), Some(9)), [0, 4, 4])],
                Some(5),
                Some(9),
            ),
            (
                "from before to behind",
                vec![stated(("2026-10-20", "2026-12-05"), (Some(5), Some(20)), [2, 7, 15])],
                Some(7),
                Some(12),
            ),
            (
                "only closing balances",
                vec![stated(("2026-10-20", "2026-12-05"), (None, Some(20)), [2, 7, 15])],
                Some(7),
                Some(12),
            ),
            (
                "no balances at all",
                vec![stated(("2026-11-01", "2026-11-30"), (None, None), [0, 4, 4])],
                None,
                None,
            ),
            (
                "the last one ended before",
                vec![stated(("2026-10-01", "2026-10-20"), (Some(1), Some(5)), [4, 4, 4])],
                Some(5),
                Some(5),
            ),
            (
                "the first one begins within",
                vec![stated(("2026-11-05", "2026-11-20"), (Some(3), Some(8)), [0, 5, 5])],
                Some(3),
                Some(8),
            ),
            (
                "the first one begins behind",
                vec![stated(("2026-12-01", "2026-12-20"), (Some(3), Some(8)), [0, 0, 5])],
                Some(3),
                None,
            ),
        ] {
            let account = Account {
                number: "01".to_owned(),
                statements,
                uses: Uses::default(),
                gaps: Vec::new(),
                unknown_days: 0,
            };
            let dong = |known: Option<Known<'_>>| known.map(|known| known.0.dong());
            assert_eq!(dong(account.opening(november)), opening, "opening: {why}");
            assert_eq!(dong(account.stated(november)), closing, "closing: {why}");
        }
    }
}
