//! Cash that staff carried to the bank, and what card terminals were paid out: which vouchers or
//! slips a line of the bank carries.
//!
//! A line carries a set only if it is the only one, of all sets of what was taken up to that day and
//! not carried yet, that adds up to it to the đồng. Two sets that fit are a question for a person,
//! and so are two lines that fit the same voucher. The order in which things became known does not
//! matter.

use std::collections::{BTreeMap, HashSet};

use crate::domain::calendar::Day;
use crate::domain::money::Vnd;

/// Sets a person can compare.
const MOST_SETS: usize = 5;

/// Sums looked at for one line at most: vouchers times the steps of their sum.
const MOST_CELLS: usize = 64_000_000;

/// What was taken: a voucher or a slip, by its payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The payment it stands for.
    pub id: i64,
    /// The day it was taken.
    pub day: Day,
    /// Its place among those of its day.
    pub place: i64,
    /// More than nothing.
    pub amount: Vnd,
}

/// A line of the bank that may carry some of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which payment.
    pub id: i64,
    /// The bank's day.
    pub day: Day,
    /// What arrived.
    pub amount: Vnd,
}

/// Why a line's contents are not certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// No set adds up to it.
    NothingFits,
    /// More than one set does.
    SeveralFit,
    /// Another line may carry some of the same.
    AnotherLine,
    /// There is too much to look at every set.
    TooMany,
}

impl Why {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Why::NothingFits => "nothing_fits",
            Why::SeveralFit => "several_fit",
            Why::AnotherLine => "another_line",
            Why::TooMany => "too_many",
        }
    }
}

/// What is known of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The only set it can carry, oldest first.
    Carries(Vec<i64>),
    /// Not certain: why, and what it may carry, at most five sets, those of older vouchers first.
    Open(Why, Vec<Vec<i64>>),
}

/// Sets of vouchers or slips, each oldest first.
type Sets = Vec<Vec<i64>>;

/// Finds what each line carries of what was taken and not carried yet. The same facts in any order
/// give the same outcomes, one for each line.
#[must_use]
pub fn match_deposits(taken: &[Taken], lines: &[Line]) -> BTreeMap<i64, Outcome> {
    let mut free: Vec<Taken> =
        taken.iter().copied().filter(|one| one.amount.is_positive()).collect();
    free.sort_by_key(|one| (one.day, one.place, one.id));
    let mut open: Vec<Line> = lines.to_vec();
    open.sort_by_key(|line| (line.day, line.id));
    let mut outcomes = BTreeMap::new();
    loop {
        let fits: Vec<(Line, Result<Sets, Why>)> =
            open.iter().map(|line| (*line, sets(&free, *line))).collect();
        let only = |fit: &Result<Sets, Why>| match fit {
            Ok(sets) if sets.len() == 1 => sets.first().cloned(),
            _ => None,
        };
        let mut times: BTreeMap<i64, usize> = BTreeMap::new();
        for id in fits.iter().filter_map(|(_, fit)| only(fit)).flatten() {
            *times.entry(id).or_default() += 1;
        }
        let alone = |set: &Vec<i64>| set.iter().all(|id| times.get(id) == Some(&1));
        let mut gone: HashSet<i64> = HashSet::new();
        for (line, fit) in &fits {
            if let Some(set) = only(fit).filter(alone) {
                gone.extend(&set);
                outcomes.insert(line.id, Outcome::Carries(set));
            }
        }
        if gone.is_empty() {
            for (line, fit) in fits {
                let outcome = match fit {
                    Err(why) => Outcome::Open(why, Vec::new()),
                    Ok(sets) => {
                        let why = match sets.len() {
                            0 => Why::NothingFits,
                            1 => Why::AnotherLine,
                            _ => Why::SeveralFit,
                        };
                        Outcome::Open(why, sets.into_iter().take(MOST_SETS).collect())
                    }
                };
                outcomes.insert(line.id, outcome);
            }
            return outcomes;
        }
        free.retain(|one| !gone.contains(&one.id));
        open.retain(|line| !outcomes.contains_key(&line.id));
    }
}

/// The sets of `free`, which is in order, that add up to a line; at most one more than are shown.
fn sets(free: &[Taken], line: Line) -> Result<Sets, Why> {
    if !line.amount.is_positive() {
        return Ok(Vec::new());
    }
    let up_to: Vec<&Taken> = free.iter().filter(|one| one.day <= line.day).collect();
    let Some(all) = Vnd::checked_sum(up_to.iter().map(|one| one.amount)) else {
        return Err(Why::TooMany);
    };
    if all < line.amount {
        return Ok(Vec::new());
    }
    if all == line.amount {
        // Every amount is more than nothing, so no smaller set comes to it.
        return Ok(vec![up_to.iter().map(|one| one.id).collect()]);
    }
    let step = up_to.iter().fold(0, |step, one| divisor(step, one.amount.dong()));
    if step == 0 || line.amount.dong() % step != 0 {
        return Ok(Vec::new());
    }
    let size = |amount: Vnd| usize::try_from(amount.dong() / step).unwrap_or(usize::MAX);
    let goal = size(line.amount);
    let items: Vec<(i64, usize)> = up_to
        .iter()
        .map(|one| (one.id, size(one.amount)))
        .filter(|(_, part)| *part <= goal)
        .collect();
    if items.len().checked_mul(goal.saturating_add(1)).is_none_or(|cells| cells > MOST_CELLS) {
        return Err(Why::TooMany);
    }
    Ok(Reach::of(&items, goal).walk(&items, goal))
}

fn divisor(one: i64, other: i64) -> i64 {
    if other == 0 { one } else { divisor(other, one % other) }
}

/// Which sums the first so many vouchers can come to.
struct Reach {
    /// After each number of vouchers, a bit for each sum.
    after: Vec<Vec<u64>>,
}

impl Reach {
    fn of(items: &[(i64, usize)], goal: usize) -> Reach {
        let mut sums = vec![0_u64; goal / 64 + 1];
        if let Some(nothing) = sums.first_mut() {
            *nothing = 1;
        }
        let mut after = vec![sums.clone()];
        for (_, part) in items {
            add_shifted(&mut sums, *part);
            after.push(sums.clone());
        }
        Reach { after }
    }

    /// Takes the sets that come to `goal`, those without the newest first. Only sums that can be
    /// reached are followed, so that every way ends in a set.
    fn walk(&self, items: &[(i64, usize)], goal: usize) -> Sets {
        let mut found = Vec::new();
        let mut ways: Vec<(usize, usize, Vec<i64>)> = vec![(items.len(), goal, Vec::new())];
        while let Some((count, left, chosen)) = ways.pop() {
            if found.len() > MOST_SETS {
                break;
            }
            let reached =
                |count: usize, sum: usize| self.after.get(count).is_some_and(|sums| has(sums, sum));
            let Some(fewer) = count.checked_sub(1) else {
                if left == 0 {
                    found.push(chosen.into_iter().rev().collect());
                }
                continue;
            };
            let Some((id, part)) = items.get(fewer) else { continue };
            if let Some(rest) = left.checked_sub(*part)
                && reached(fewer, rest)
            {
                let mut with = chosen.clone();
                with.push(*id);
                ways.push((fewer, rest, with));
            }
            if reached(fewer, left) {
                ways.push((fewer, left, chosen));
            }
        }
        found
    }
}

/// Adds to the sums those that are greater by `part`, a word of them at a time.
fn add_shifted(sums: &mut [u64], part: usize) {
    let (words, bits) = (part / 64, part % 64);
    for at in (words..sums.len()).rev() {
        let low = sums.get(at - words).copied().unwrap_or_default();
        let carried = match (bits, (at - words).checked_sub(1)) {
            (1.., Some(below)) => sums.get(below).copied().unwrap_or_default() >> (64 - bits),
            _ => 0,
        };
        if let Some(word) = sums.get_mut(at) {
            *word |= (low << bits) | carried;
        }
    }
}

fn has(bits: &[u64], place: usize) -> bool {
    bits.get(place / 64).is_some_and(|word| word & (1 << (place % 64)) != 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(number: u32) -> Day {
        Day::from_ymd_opt(2026, 11, number).unwrap()
    }

    fn taken(list: &[(i64, u32, i64)]) -> Vec<Taken> {
        list.iter()
            .map(|(id, on, dong)| Taken {
                id: *id,
                day: day(*on),
                place: *id,
                amount: Vnd::new(*dong),
            })
            .collect()
    }

    fn line(id: i64, on: u32, dong: i64) -> Line {
        Line { id, day: day(on), amount: Vnd::new(dong) }
    }

    #[test]
    fn a_line_carries_the_only_set_that_adds_up_to_it() {
        let three = taken(&[(1, 2, 100_000), (2, 2, 200_000), (3, 4, 400_000)]);
        for (why, all, on, dong, expected) in [
            ("all of it", &three, 5, 700_000, Outcome::Carries(vec![1, 2, 3])),
            ("one in the middle", &three, 5, 200_000, Outcome::Carries(vec![2])),
            ("the oldest two", &three, 3, 300_000, Outcome::Carries(vec![1, 2])),
            ("one dong less", &three, 5, 299_999, Outcome::Open(Why::NothingFits, vec![])),
            ("more than there is", &three, 5, 800_000, Outcome::Open(Why::NothingFits, vec![])),
            (
                "taken after it was carried",
                &three,
                3,
                400_000,
                Outcome::Open(Why::NothingFits, vec![]),
            ),
            (
                "two sets fit, the older vouchers are shown first",
                &taken(&[(1, 2, 100_000), (2, 2, 200_000), (3, 3, 300_000)]),
                5,
                300_000,
                Outcome::Open(Why::SeveralFit, vec![vec![1, 2], vec![3]]),
            ),
            (
                "which of two equal ones",
                &taken(&[(1, 2, 100_000), (2, 3, 100_000)]),
                5,
                100_000,
                Outcome::Open(Why::SeveralFit, vec![vec![1], vec![2]]),
            ),
            ("nothing was taken", &vec![], 5, 1, Outcome::Open(Why::NothingFits, vec![])),
            (
                "sums nobody can go through",
                &taken(&[(1, 2, 999_999_999_989), (2, 2, 3), (3, 2, 1)]),
                5,
                999_999_999_992,
                Outcome::Open(Why::TooMany, vec![]),
            ),
        ] {
            let found = match_deposits(all, &[line(9, on, dong)]);
            assert_eq!(found.get(&9), Some(&expected), "{why}");
        }
    }

    #[test]
    fn two_lines_never_carry_the_same_voucher() {
        let two = taken(&[(1, 2, 100_000), (2, 2, 250_000)]);
        let found = match_deposits(&two, &[line(8, 3, 100_000), line(9, 4, 100_000)]);
        let open = Outcome::Open(Why::AnotherLine, vec![vec![1]]);
        assert_eq!(found.values().collect::<Vec<_>>(), [&open, &open]);
        // What the first carries is not there for the second.
        let found = match_deposits(
            &taken(&[(1, 2, 100_000), (2, 3, 100_000)]),
            &[line(8, 2, 100_000), line(9, 4, 100_000)],
        );
        assert_eq!(found.get(&8), Some(&Outcome::Carries(vec![1])));
        assert_eq!(found.get(&9), Some(&Outcome::Carries(vec![2])));
    }

    proptest! {
        #[test]
        fn the_sets_are_those_that_trying_all_finds(
            amounts in prop::collection::vec(1_i64..90, 1..9),
            goal in 1_i64..300,
        ) {
            let list: Vec<(i64, u32, i64)> =
                (1_i64..).zip(&amounts).map(|(id, dong)| (id, 2, dong * 1_000)).collect();
            let all = taken(&list);
            let mut expected = 0;
            for mask in 1_u32..(1 << amounts.len()) {
                let chosen = amounts.iter().enumerate().filter(|(at, _)| mask & (1 << at) != 0);
                expected += usize::from(chosen.map(|(_, dong)| dong).sum::<i64>() == goal);
            }
            let sets = sets(&all, line(99, 5, goal * 1_000)).unwrap();
            prop_assert_eq!(sets.len(), expected.min(MOST_SETS + 1));
            for set in sets {
                let sum: i64 = list.iter().filter(|one| set.contains(&one.0)).map(|one| one.2).sum();
                prop_assert_eq!(sum, goal * 1_000);
            }
        }

        #[test]
        fn the_order_of_facts_does_not_matter(
            amounts in prop::collection::vec((1_i64..6, 1_u32..9), 1..8),
            goals in prop::collection::vec((1_i64..20, 1_u32..9), 1..4),
        ) {
            let list: Vec<(i64, u32, i64)> =
                (1_i64..).zip(&amounts).map(|(id, (dong, on))| (id, *on, *dong)).collect();
            let lines: Vec<Line> =
                (100_i64..).zip(&goals).map(|(id, (dong, on))| line(id, *on, *dong)).collect();
            let all = taken(&list);
            let expected = match_deposits(&all, &lines);
            let back: Vec<Taken> = all.iter().rev().copied().collect();
            let lines_back: Vec<Line> = lines.iter().rev().copied().collect();
            prop_assert_eq!(&match_deposits(&back, &lines_back), &expected);
            let mut seen = HashSet::new();
            for outcome in expected.values() {
                if let Outcome::Carries(set) = outcome {
                    prop_assert!(set.iter().all(|id| seen.insert(*id)));
                }
            }
        }
    }
}
