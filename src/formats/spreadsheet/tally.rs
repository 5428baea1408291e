//! The sums and the running balances of one statement: they prove that no row is missing or misread.

use rust_decimal::Decimal;

use super::layouts::Order;
use super::totals::{Read, Stated};
use crate::domain::calendar::Day;
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::money::Currency;
use crate::domain::statement::{CreditDebit, Entry, EntryStatus};
use crate::formats::balance::readable;

/// Figures are added up as integers of this many decimals, the most that a figure may have.
const DECIMALS: u32 = 8;

/// What the entries of a statement add up to.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Nothing once a sum left its range.
    sums: Option<Sums>,
    /// The sums at the last total row, for totals of a page.
    at_total: Sums,
    entries: u64,
    first_day: Option<Day>,
    last_day: Option<Day>,
    /// The balance after the entry above, and what that entry moved.
    above: Option<(i128, i128)>,
    oldest_first: Chain,
    newest_first: Chain,
}

/// What came in and went out, and by how many entries.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    credit: i128,
    debit: i128,
    count: u64,
}

/// What the statements before this one added up to; nothing once a sum left its range.
#[derive(Clone, Copy, Debug)]
pub struct EarlierSums(Option<Sums>);

impl Default for EarlierSums {
    fn default() -> Self {
        EarlierSums(Some(Sums::default()))
    }
}

impl EarlierSums {
    /// Adds a finished statement.
    pub fn add(&mut self, tally: &Tally) {
        self.0 = self.0.zip(tally.sums).and_then(|(before, sums)| before.plus(sums));
    }
}

impl Sums {
    fn plus(self, other: Sums) -> Option<Sums> {
        Some(Sums {
            credit: self.credit.checked_add(other.credit)?,
            debit: self.debit.checked_add(other.debit)?,
            count: self.count.checked_add(other.count)?,
        })
    }

    fn since(self, before: Sums) -> Option<Read> {
        let figure = |sum: i128| Decimal::try_from_i128_with_scale(sum, DECIMALS).ok();
        Some(Read {
            credit: figure(self.credit.checked_sub(before.credit)?)?.normalize(),
            debit: figure(self.debit.checked_sub(before.debit)?)?.normalize(),
            count: self.count.checked_sub(before.count)?,
        })
    }
}

/// Whether a row says the same as the one above it, and its balance proves that it moved nothing.
#[must_use]
pub fn is_repeated(above: &Entry, below: &Entry) -> bool {
    above.balance_after.is_some()
        && above.balance_after == below.balance_after
        && above.amount == below.amount
        && !below.amount.is_zero()
        && above.credit_debit == below.credit_debit
        && above.booking_date == below.booking_date
        && above.reference == below.reference
        && above.remittance == below.remittance
        && above.counterparty_account == below.counterparty_account
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
        Tally { sums: Some(Sums::default()), ..Tally::default() }
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

    /// Counts an entry, in file order. One that `repeats` the row above is no link of the balances.
    pub fn add(&mut self, entry: &Entry, repeats: bool) {
        self.entries += 1;
        self.first_day.get_or_insert(entry.booking_date);
        self.last_day = Some(entry.booking_date);
        if entry.status != EntryStatus::Booked {
            return;
        }
        let amount = scaled(entry.amount);
        self.sums = self.sums.zip(amount).and_then(|(mut sums, amount)| {
            let side = match entry.credit_debit {
                CreditDebit::Credit => &mut sums.credit,
                CreditDebit::Debit => &mut sums.debit,
            };
            *side = side.checked_add(amount)?;
            sums.count += 1;
            Some(sums)
        });
        if repeats {
            return;
        }
        let moved = amount.map(|amount| match entry.credit_debit {
            CreditDebit::Credit => amount,
            CreditDebit::Debit => -amount,
        });
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
        let read = self.sums?.since(Sums::default())?;
        let sum = read.credit.checked_sub(read.debit)?;
        if opening.checked_add(sum) == Some(closing) {
            return None;
        }
        let shown = |figure: Decimal| readable(figure, Some(currency));
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

    /// Compares a row of totals with the entries since the statement's start, or since the last
    /// such row, and with all of the file; a warning when it is the total of none of them.
    #[must_use]
    pub fn check_total(
        &mut self,
        row: u64,
        stated: &Stated,
        before: &EarlierSums,
        currency: Currency,
    ) -> Option<Diagnostic> {
        let sums = self.sums?;
        let whole = sums.since(Sums::default())?;
        let page = sums.since(self.at_total)?;
        self.at_total = sums;
        let of_file = before.0.and_then(|before| sums.plus(before)?.since(Sums::default()));
        let agrees = stated.agrees(&whole)
            || stated.agrees(&page)
            || of_file.is_some_and(|file| stated.agrees(&file));
        (!agrees).then(|| stated.mismatch(&whole, Some(row), currency))
    }

    /// Compares totals that labels state with all entries; a warning when they disagree.
    #[must_use]
    pub fn check_stated(&self, stated: &Stated, currency: Currency) -> Option<Diagnostic> {
        let whole = self.sums?.since(Sums::default())?;
        (!stated.agrees(&whole)).then(|| stated.mismatch(&whole, None, currency))
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
