//! What a payment gateway pays out: which of the payments it collected a sum on the school's bank
//! account contains, net of what the gateway keeps.
//!
//! A payout is matched to a *run*: payments that follow each other, voids and refunds counting
//! against them. Runs of whole days come first, since that is how gateways settle; only where none
//! fits are runs looked at that begin or end within a day. A run is taken only if it is the only one
//! that fits and no other payout fits nothing but it; whatever that settles is taken out, and the
//! rest is looked at again. So a payout is never given one of two sets that fit equally well, and
//! the order in which things became known does not matter.
//!
//! With known fees the sum has to be right to the đồng. The fee of a payment is rounded half up, and
//! so is the fee of a sum for gateways that compute it so; whether the fee of money given back is
//! given back too is tried both ways. The fee recorded is always what is missing.

mod days;
mod fee;
mod sums;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::{Deserialize, Serialize};

use crate::domain::calendar::Day;
use crate::domain::money::Vnd;

pub use days::days_named;
pub use fee::{Fee, Terms};
use sums::Sums;

/// A gateway pays out within so many days; what is older is not looked at.
const LATEST_DAYS: i64 = 31;

/// Runs that begin or end within a day are looked for among so many payments at most.
const MOST_ITEMS: usize = 2_000;

/// As many runs as a person can compare.
const MOST_CANDIDATES: usize = 5;

/// A payment the gateway collected, or its void or refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Which payment.
    pub id: i64,
    /// The gateway's day.
    pub day: Day,
    /// Its place among those of its day, by content.
    pub place: (usize, String),
    /// More than nothing.
    pub amount: Vnd,
    /// Whether the money was given back rather than collected.
    pub back: bool,
    /// The payment that was given back, where it is known.
    pub undoes: Option<i64>,
}

/// A line of a bank statement that may be a payout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which payment.
    pub id: i64,
    /// The bank's day.
    pub day: Day,
    /// What arrived.
    pub amount: Vnd,
    /// Whether its text names the gateway. A line that only has the right amount takes nothing but
    /// whole days, and only what no line with a name may be.
    pub named: bool,
    /// The days its text names: see [`days_named`].
    pub days: Vec<Day>,
}

/// Payments a payout contains, or may contain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The payments, in the gateway's order.
    pub items: Vec<i64>,
    /// What they add up to.
    pub gross: Vnd,
    /// What the gateway kept of it.
    pub fee: Vnd,
}

/// Why a payout is not matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// No run of payments comes to this amount.
    NothingFits,
    /// More than one does.
    SeveralFit,
    /// Another payout may be the same payments.
    AnotherPayout,
    /// The school has several accounts at this gateway, and the text names none of them.
    WhichAccount,
    /// It may be a line that is known already.
    InDoubt,
    /// A person took the match back.
    Released,
}

impl Why {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Why::NothingFits => "nothing_fits",
            Why::SeveralFit => "several_fit",
            Why::AnotherPayout => "another_payout",
            Why::WhichAccount => "which_account",
            Why::InDoubt => "in_doubt",
            Why::Released => "released",
        }
    }
}

/// What is known of a payout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The only payments it can be.
    Matched(Run),
    /// Not certain: why, and what it may be, at most five.
    Open(Why, Vec<Run>),
}

/// Matches the payouts of one gateway account to its payments that no person has matched. The same
/// payments and lines in any order give the same outcomes, one for each line.
#[must_use]
pub fn match_payouts(items: &[Item], lines: &[Line], terms: Terms) -> BTreeMap<i64, Outcome> {
    let mut free: Vec<&Item> = items.iter().filter(|item| item.amount.is_positive()).collect();
    free.sort_by_key(|item| (item.day, &item.place, item.id));
    let mut open: Vec<&Line> = lines.iter().filter(|line| line.amount.is_positive()).collect();
    open.sort_by_key(|line| (line.day, line.id));
    let mut outcomes: BTreeMap<i64, Outcome> =
        lines.iter().map(|line| (line.id, Outcome::Open(Why::NothingFits, Vec::new()))).collect();
    loop {
        let whole = round(&free, &open, terms, Depth::WholeDays);
        let mut taken = whole.taken;
        if taken.is_empty() {
            taken = round(&free, &open, terms, Depth::Payments).taken;
        }
        if taken.is_empty() {
            taken = round(&free, &open, terms, Depth::Unnamed).taken;
        }
        if taken.is_empty() {
            break;
        }
        let mut gone: HashSet<i64> = HashSet::new();
        for (line, run) in taken {
            gone.extend(&run.items);
            open.retain(|one| one.id != line);
            outcomes.insert(line, Outcome::Matched(run));
        }
        free.retain(|item| !gone.contains(&item.id));
    }
    // What is left is open, for the reason found when nothing moved any more.
    let left = round(&free, &open, terms, Depth::Payments);
    for (line, runs) in left.fits {
        let why = match runs.len() {
            0 => Why::NothingFits,
            1 => Why::AnotherPayout,
            _ => Why::SeveralFit,
        };
        let shown = runs.into_iter().take(MOST_CANDIDATES).collect();
        outcomes.insert(line, Outcome::Open(why, shown));
    }
    outcomes
}

/// The amounts a gateway may pay out for whole days, with known fees: to pass over lines of any other
/// amount.
#[must_use]
pub fn whole_day_amounts(items: &[Item], terms: Terms) -> HashSet<i64> {
    let mut sorted: Vec<&Item> = items.iter().collect();
    sorted.sort_by_key(|item| (item.day, &item.place, item.id));
    let sums = Sums::of(&sorted, terms);
    let day = |place: usize| sorted.get(place).map(|item| item.day);
    let cuts: Vec<usize> = (0..=sorted.len())
        .filter(|place| *place == 0 || day(*place) != day(place.wrapping_sub(1)))
        .collect();
    let mut amounts = HashSet::new();
    for (place, from) in cuts.iter().enumerate() {
        for to in
            cuts.iter().skip(place + 1).take(LATEST_DAYS.unsigned_abs().try_into().unwrap_or(31))
        {
            amounts.extend(sums.nets((*from, *to)));
        }
    }
    amounts
}

/// How far the search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Depth {
    /// Runs of whole days, for lines that name the gateway.
    WholeDays,
    /// The same, and where none fits any run.
    Payments,
    /// Runs of whole days, for lines that do not name the gateway as well.
    Unnamed,
}

struct Round {
    /// The runs that fit each line that was looked at.
    fits: BTreeMap<i64, Vec<Run>>,
    /// The lines with the only run that each can be.
    taken: Vec<(i64, Run)>,
}

fn round(free: &[&Item], open: &[&Line], terms: Terms, depth: Depth) -> Round {
    let mut fits: BTreeMap<i64, Vec<Run>> = BTreeMap::new();
    for line in open.iter().filter(|line| line.named || depth == Depth::Unnamed) {
        let latest = free.partition_point(|item| item.day <= line.day);
        let oldest = free.partition_point(|item| (line.day - item.day).num_days() > LATEST_DAYS);
        let within = free.get(oldest..latest.max(oldest)).unwrap_or_default();
        let mut runs = runs_of(within, line, terms, true);
        if line.days.iter().any(|day| *day != line.day) && runs.len() > 1 {
            narrow(&mut runs, within, &line.days);
        }
        if runs.is_empty() && depth == Depth::Payments && within.len() <= MOST_ITEMS {
            runs = runs_of(within, line, terms, false);
        }
        if !line.named {
            // Without a fee any transfer of the same amount would fit.
            runs.retain(|run| run.fee.is_positive());
        }
        fits.insert(line.id, runs);
    }
    let only: Vec<(i64, &Run)> = fits
        .iter()
        .filter_map(|(line, runs)| match runs.as_slice() {
            [run] => Some((*line, run)),
            _ => None,
        })
        .collect();
    let mut claims: BTreeMap<i64, usize> = BTreeMap::new();
    for item in only.iter().flat_map(|(_, run)| &run.items) {
        *claims.entry(*item).or_default() += 1;
    }
    let alone = |run: &Run| run.items.iter().all(|item| claims.get(item) == Some(&1));
    let taken = only
        .iter()
        .filter(|(_, run)| alone(run))
        .map(|(line, run)| (*line, (*run).clone()))
        .collect();
    Round { fits, taken }
}

/// The runs that a line may be.
fn runs_of(items: &[&Item], line: &Line, terms: Terms, whole_days: bool) -> Vec<Run> {
    let sums = Sums::of(items, terms);
    let day = |place: usize| items.get(place).map(|item| item.day);
    let cut = |place: usize| {
        place == 0 || place == items.len() || day(place) != day(place.wrapping_sub(1))
    };
    let mut found: Vec<(usize, usize)> = Vec::new();
    for from in (0..items.len()).filter(|place| !whole_days || cut(*place)) {
        for to in from + 1..=items.len() {
            if sums.beyond((from, to), line.amount) {
                break;
            }
            if (!whole_days || cut(to)) && sums.fits((from, to), line.amount) {
                found.push((from, to));
            }
        }
    }
    let same = |one: &(usize, usize), other: &(usize, usize)| {
        other.0 <= one.0 && one.1 <= other.1 && one != other && {
            let before = items.get(other.0..one.0).unwrap_or_default();
            let behind = items.get(one.1..other.1).unwrap_or_default();
            cancels_out(before.iter().chain(behind))
        }
    };
    // A payment voided before it was paid out may stand at either end of a run: that is no other run.
    let shortest = found.iter().filter(|run| !found.iter().any(|other| same(other, run)));
    shortest
        .filter_map(|(from, to)| {
            let gross = sums.gross((*from, *to))?;
            Some(Run {
                items: items.get(*from..*to)?.iter().map(|item| item.id).collect(),
                gross,
                fee: gross.checked_sub(line.amount)?,
            })
        })
        .collect()
}

/// Whether items are nothing but payments and what undid them.
fn cancels_out<'a>(items: impl Iterator<Item = &'a &'a Item>) -> bool {
    let (back, collected): (Vec<&Item>, Vec<&Item>) = items.copied().partition(|item| item.back);
    let undone: BTreeSet<Option<i64>> = back.iter().map(|item| item.undoes).collect();
    undone.len() == back.len() && undone == collected.iter().map(|item| Some(item.id)).collect()
}

/// Of several runs keeps those that end with the last day the text names, and begin with the first
/// where it names more; all where none does. The day of the payout itself says nothing.
fn narrow(runs: &mut Vec<Run>, items: &[&Item], days: &[Day]) {
    let day_of = |id: Option<&i64>| {
        let id = id?;
        items.iter().find(|item| item.id == *id).map(|item| item.day)
    };
    let (first, last) = (days.iter().min().copied(), days.iter().max().copied());
    let told = |run: &Run| {
        day_of(run.items.last()) == last && (first == last || day_of(run.items.first()) == first)
    };
    if runs.iter().any(told) {
        runs.retain(told);
    }
}

#[cfg(test)]
mod tests;
