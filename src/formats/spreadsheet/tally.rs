//! The sums and the running balances of one statement: they prove that no row is missing or misread.

use rust_decimal::Decimal;

use super::layouts::Order;
use crate::domain::calendar::Day;
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::money::{Currency, group_digits, plain_figure};
use crate::domain::statement::{CreditDebit, Entry, EntryStatus};

/// Figures are added up as integers of this many decimals, the most that a figure may have.
const DECIMALS: u32 = 8;

/// What the entries of a statement add up to.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    sum: Option<i128>,
    entries: u64,
    first_day: Option<Day>,
    last_day: Option<Day>,
    /// The balance after the entry above, and what that entry moved.
    above: Option<(i128, i128)>,
    oldest_first: Chain,
    newest_first: Chain,
}

/// The breaks of the running balance under one order of rows.
#[derive(Clone, Debug, Default)]
struct Chain {
    links: u64,
    breaks: u64,
    first_break: Option<String>,
}

impl Chain {
    fn link(&mut self, holds: bool, position: &str) {
        self.links += 1;
        if !holds {
            self.breaks += 1;
            if self.first_break.is_none() {
                self.first_break = Some(position.to_owned());
            }
        }
    }
}

impl Tally {
    /// A tally of nothing.
    #[must_use]
    pub fn new() -> Tally {
        Tally { sum: Some(0), ..Tally::default() }
    }

    /// How many entries were counted.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// Whether running balances prove the direction of the entries.
    #[must_use]
    pub fn balances_prove_directions(&self) -> bool {
        let proven = |chain: &Chain| chain.links > 0 && chain.breaks == 0;
        proven(&self.oldest_first) || proven(&self.newest_first)
    }

    /// Counts an entry, in file order.
    pub fn add(&mut self, entry: &Entry) {
        self.entries += 1;
        self.first_day.get_or_insert(entry.booking_date);
        self.last_day = Some(entry.booking_date);
        if entry.status != EntryStatus::Booked {
            return;
        }
        let moved = scaled(entry.amount).map(|amount| match entry.credit_debit {
            CreditDebit::Credit => amount,
            CreditDebit::Debit => -amount,
        });
        self.sum = self.sum.zip(moved).and_then(|(sum, moved)| sum.checked_add(moved));
        let Some((balance, moved)) = entry.balance_after.and_then(scaled).zip(moved) else {
            self.above = None;
            return;
        };
        if let Some((above, above_moved)) = self.above {
            let down = above.checked_add(moved) == Some(balance);
            let up = above.checked_sub(above_moved) == Some(balance);
            self.oldest_first.link(down, &entry.position);
            self.newest_first.link(up, &entry.position);
        }
        self.above = Some((balance, moved));
    }

    /// Notes that a row was left out, so that the next balance proves nothing.
    pub fn skip_row(&mut self) {
        self.above = None;
    }

    /// Compares opening, movements and closing; a warning when they disagree.
    #[must_use]
    pub fn check_closing(
        &self,
        opening: Option<Decimal>,
        closing: Option<Decimal>,
        currency: Currency,
    ) -> Option<Diagnostic> {
        let (opening, closing) = (opening?, closing?);
        let sum = Decimal::try_from_i128_with_scale(self.sum?, DECIMALS).ok()?.normalize();
        if opening.checked_add(sum) == Some(closing) {
            return None;
        }
        let shown = |figure: Decimal| shown_figure(figure, currency);
        let (opening, moved, closing) = (shown(opening), shown(sum), shown(closing));
        Some(Diagnostic::new(
            "closing_balance_mismatch",
            format!(
                "Số dư đầu {opening} + phát sinh {moved} ≠ số dư cuối {closing}. Có thể thiếu dòng; tải lại sao kê đủ ngày."
            ),
            format!(
                "Opening balance {opening} + movements {moved} ≠ closing balance {closing}. Rows may be missing; download the full statement again."
            ),
        ))
    }

    /// Follows the running balances in the file's own order; a warning when they break.
    #[must_use]
    pub fn check_chain(&self, order: Order) -> Option<Diagnostic> {
        let descending = match (self.first_day, self.last_day) {
            (Some(first), Some(last)) if first != last => first > last,
            // One day says nothing about the order; the export or the balances themselves do.
            _ => match order {
                Order::NewestFirst => true,
                Order::OldestFirst => false,
                Order::Either => self.newest_first.breaks < self.oldest_first.breaks,
            },
        };
        let chain = if descending { &self.newest_first } else { &self.oldest_first };
        let position = chain.first_break.as_ref()?;
        let row = position.strip_prefix("row ").and_then(|row| row.parse().ok()).unwrap_or(0);
        let breaks = chain.breaks;
        Some(
            Diagnostic::new(
                "running_balance_mismatch",
                format!("Số dư từng dòng không nối tiếp nhau ở {breaks} chỗ, đầu tiên tại dòng {row}. Có thể thiếu dòng hoặc sai số tiền; đối chiếu với sao kê gốc."),
                format!("The running balance does not follow from the row before it in {breaks} places, first at row {row}. A row may be missing or an amount wrong; compare with the original statement."),
            )
            .at(Place::row(row)),
        )
    }
}

/// A figure as an integer of [`DECIMALS`] decimals.
fn scaled(figure: Decimal) -> Option<i128> {
    const LIMIT: u128 = 10_000_000_000_000_000_000_000_000_000;
    const POWERS: [i128; 9] =
        [100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];
    let power = POWERS.get(usize::try_from(figure.scale()).ok()?)?;
    let mantissa = figure.mantissa();
    // Below 10^28 the product stays below 10^36, far from wrapping.
    (mantissa.unsigned_abs() < LIMIT).then(|| mantissa.wrapping_mul(*power))
}

/// A figure for people: grouped by points, decimals behind a comma.
fn shown_figure(figure: Decimal, currency: Currency) -> String {
    let plain = plain_figure(figure, Some(currency));
    match plain.split_once('.') {
        Some((whole, fraction)) => format!("{},{fraction}", group_digits(whole)),
        None => group_digits(&plain),
    }
}
