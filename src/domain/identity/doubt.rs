//! Payments that may be known already: lines of one source and one text, of which nothing proves
//! that they are one, and nothing that they are two.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::LARGEST_GROUP;
use super::classes::Classes;
use super::line::{Line, Lines, gather};
use super::proof::{alike, surely_two};

/// Why two payments may be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    /// Two files show equal lines with different references, or one with and one without.
    OtherReference,
    /// One file repeats a line, and its running balance did not move.
    BalanceStood,
}

impl Why {
    /// `other_reference` or `balance_stood`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Why::OtherReference => "other_reference",
            Why::BalanceStood => "balance_stood",
        }
    }
}

/// A payment that may be another one, which stands without doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The payment in doubt.
    pub payment: usize,
    /// The payment it may be.
    pub like: usize,
    /// The two lines that look alike, each payment's own.
    pub lines: (usize, usize),
    /// What the doubt rests on.
    pub why: Why,
}

/// Finds the payments in doubt. As many payments stand without doubt as are surely different.
pub(super) fn find(
    lines: &Lines,
    order: &[usize],
    payments: &[Vec<usize>],
    classes: &Classes,
) -> Vec<Doubt> {
    let mut payment_of: HashMap<usize, usize> = HashMap::new();
    for (payment, of_payment) in payments.iter().enumerate() {
        payment_of.extend(of_payment.iter().map(|line| (*line, payment)));
    }
    let groups = gather(order.iter().filter_map(|index| Some((alike(lines.get(*index)?), *index))));
    let mut found = Finding { lines, payments, classes, payment_of, edges: Vec::new() };
    let mut crowded = Vec::new();
    for (_, group) in groups.into_iter().filter(|(_, group)| group.len() > 1) {
        found.repeated(&group, &mut crowded);
        found.unlike_references(&group, &mut crowded);
    }
    found.settle(crowded)
}

struct Finding<'a> {
    lines: &'a Lines,
    payments: &'a [Vec<usize>],
    classes: &'a Classes,
    payment_of: HashMap<usize, usize>,
    /// Payments that may be one.
    edges: Vec<Doubt>,
}

impl Finding<'_> {
    /// Runs of lines that a file repeats while its running balance stands still.
    fn repeated(&mut self, group: &[usize], crowded: &mut Vec<Doubt>) {
        let equal = gather(group.iter().filter_map(|index| {
            let line = self.lines.get(*index)?;
            let stated = line.print.balance.is_some() && line.print.moves;
            stated.then_some((line.print.own, *index))
        }));
        for (_, equal) in equal.into_iter().filter(|(_, equal)| equal.len() > 1) {
            let mut run: Vec<usize> = Vec::new();
            for index in equal {
                let goes_on = run.last().is_some_and(|before| self.follow(*before, index));
                if !goes_on {
                    self.run(&run, crowded);
                    run.clear();
                }
                run.push(index);
            }
            self.run(&run, crowded);
        }
    }

    /// Whether one line comes right after the other in every statement that shows both. Equal lines
    /// have their ordinals in the order of their file.
    fn follow(&self, one: usize, next: usize) -> bool {
        let (Some(one), Some(next)) = (self.lines.get(one), self.lines.get(next)) else {
            return false;
        };
        let mut both = 0;
        for seen in &next.seen {
            for before in one.seen.iter().filter(|before| before.file == seen.file) {
                both += 1;
                let follows = before.statement == seen.statement
                    && before.position.checked_add(1) == Some(seen.position);
                if !follows {
                    return false;
                }
            }
        }
        both > 0
    }

    fn run(&mut self, run: &[usize], crowded: &mut Vec<Doubt>) {
        let few = run.len() <= LARGEST_GROUP;
        for (place, line) in run.iter().enumerate() {
            let before = if few { run.get(..place) } else { run.get(..place.min(1)) };
            for earlier in before.unwrap_or_default() {
                let edge = self.edge(*line, *earlier, Why::BalanceStood);
                if few { self.edges.extend(edge) } else { crowded.extend(edge) }
            }
        }
    }

    /// Lines that no file shows together and that no balances tell apart.
    fn unlike_references(&mut self, group: &[usize], crowded: &mut Vec<Doubt>) {
        let all: Vec<(usize, &Line)> =
            group.iter().filter_map(|index| Some((*index, self.lines.get(*index)?))).collect();
        // Nearly always one file shows them all, or balances tell them all apart.
        if all.iter().all(|(_, line)| line.print.balance.is_some()) {
            return;
        }
        let Some((base, of_base)) = Finding::fullest_file(&all) else { return };
        if of_base == all.len() {
            return;
        }
        if all.len() > LARGEST_GROUP {
            let shown = |line: &Line| line.seen.iter().any(|seen| seen.file == base);
            let first = all.iter().find(|(_, line)| shown(line)).map(|(first, _)| *first);
            let rest = all.iter().filter(|(_, line)| !shown(line));
            if let Some(first) = first {
                crowded.extend(
                    rest.filter_map(|(line, _)| self.edge(*line, first, Why::OtherReference)),
                );
            }
            return;
        }
        for (place, (line, one)) in all.iter().enumerate() {
            for (earlier, other) in all.iter().take(place) {
                if !surely_two(self.lines, one, other) {
                    let edge = self.edge(*line, *earlier, Why::OtherReference);
                    self.edges.extend(edge);
                }
            }
        }
    }

    /// The file that shows most of some lines, and how many; of several the one that shows the first.
    fn fullest_file(all: &[(usize, &Line)]) -> Option<(i64, usize)> {
        let files = gather(
            all.iter()
                .enumerate()
                .flat_map(|(rank, (_, line))| line.seen.iter().map(move |seen| (seen.file, rank))),
        );
        files
            .into_iter()
            .max_by_key(|(_, shown)| (shown.len(), Reverse(shown.clone())))
            .map(|(file, shown)| (file, shown.len()))
    }

    fn edge(&self, one: usize, other: usize, why: Why) -> Option<Doubt> {
        let (payment, like) = (*self.payment_of.get(&one)?, *self.payment_of.get(&other)?);
        (payment != like).then_some(Doubt { payment, like, lines: (one, other), why })
    }

    /// Whether anything at all proves that two payments are two.
    fn surely_two(&self, doubt: &Doubt) -> bool {
        if self.classes.any_apart() {
            let apart = |one: &usize, other: &usize| {
                self.classes.kept_apart(self.classes.head(*one), self.classes.head(*other))
            };
            if self.any_pair(doubt, &apart) {
                return true;
            }
        }
        // That a file shows a line twice proves nothing where just this is the doubt.
        let doubted = self.lines.get(doubt.lines.0).map(|line| line.source);
        let doubted = doubted.filter(|_| doubt.why == Why::BalanceStood);
        self.any_pair(doubt, &|one, other| match (self.lines.get(*one), self.lines.get(*other)) {
            (Some(one), Some(other)) if one.source == other.source => {
                Some(one.source) != doubted
                    && (self.lines.together(one, other)
                        || (alike(one) == alike(other) && surely_two(self.lines, one, other)))
            }
            _ => false,
        })
    }

    fn any_pair(&self, doubt: &Doubt, holds: &dyn Fn(&usize, &usize) -> bool) -> bool {
        let of = |payment: usize| self.payments.get(payment).map(Vec::as_slice).unwrap_or_default();
        of(doubt.payment).iter().any(|one| of(doubt.like).iter().any(|other| holds(one, other)))
    }

    /// Lets as many payments stand as are surely different, those first that may be the fewest
    /// others and that most sources show; the others are in doubt.
    fn settle(mut self, crowded: Vec<Doubt>) -> Vec<Doubt> {
        let mut edges = std::mem::take(&mut self.edges);
        edges.retain(|edge| !self.surely_two(edge));
        let mut near: HashMap<usize, HashSet<usize>> = HashMap::new();
        for edge in &edges {
            near.entry(edge.payment).or_default().insert(edge.like);
            near.entry(edge.like).or_default().insert(edge.payment);
        }
        let mut ranked: Vec<usize> = near.keys().copied().collect();
        ranked.sort_by_cached_key(|payment| {
            (
                near.get(payment).map_or(0, HashSet::len),
                Reverse(self.sources(*payment)),
                self.content(*payment),
            )
        });
        let mut stand: HashSet<usize> = HashSet::new();
        for payment in ranked {
            let near = near.get(&payment);
            if near.is_none_or(|near| near.is_disjoint(&stand)) {
                stand.insert(payment);
            }
        }
        let mut doubts: Vec<Doubt> = Vec::new();
        let mut told: HashSet<(usize, usize)> = HashSet::new();
        for edge in edges {
            let turned = Doubt {
                payment: edge.like,
                like: edge.payment,
                lines: (edge.lines.1, edge.lines.0),
                why: edge.why,
            };
            let doubt = if stand.contains(&edge.payment) { turned } else { edge };
            if stand.contains(&doubt.like) && told.insert((doubt.payment, doubt.like)) {
                doubts.push(doubt);
            }
        }
        for doubt in crowded {
            if !self.surely_two(&doubt) && told.insert((doubt.payment, doubt.like)) {
                doubts.push(doubt);
            }
        }
        doubts
    }

    fn sources(&self, payment: usize) -> usize {
        let of_payment = self.payments.get(payment).map(Vec::as_slice).unwrap_or_default();
        let sources: HashSet<usize> = of_payment
            .iter()
            .filter_map(|line| self.lines.get(*line).map(|line| line.source))
            .collect();
        sources.len()
    }

    fn content(&self, payment: usize) -> impl Ord + use<> {
        let of_payment = self.payments.get(payment).map(Vec::as_slice).unwrap_or_default();
        of_payment
            .iter()
            .filter_map(|line| {
                self.lines.get(*line).map(|line| (line.print.day, line.print.own, line.ordinal))
            })
            .min()
    }
}
