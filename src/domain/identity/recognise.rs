//! Which lines show one payment, and which payments may be known already.

use std::collections::{HashMap, HashSet};

use super::classes::Classes;
use super::doubt::{self, Doubt};
use super::line::{Lines, Ruling};
use super::{Key, LONGEST_DELAY_DAYS, across, proof};
use crate::domain::calendar::Day;

/// What lines show.
#[derive(Clone, Debug, Default)]
pub struct Recognised {
    /// For each payment the indexes of its lines.
    pub payments: Vec<Vec<usize>>,
    /// Payments that may be others.
    pub doubts: Vec<Doubt>,
}

/// Recognises the payments that some lines show: all of [`Lines`], or everything that [`reach`]
/// finds from a few. `rulings` come newest first. What comes out depends on the lines alone, not on
/// the order in which they were gathered.
#[must_use]
pub fn recognise(
    lines: &Lines,
    among: impl IntoIterator<Item = usize>,
    rulings: &[Ruling],
) -> Recognised {
    let order = lines.in_order(among);
    let mut classes = Classes::ruled(lines, rulings);
    proof::join_within_sources(lines, &order, &mut classes);
    let payments = across::payments(lines, &order, &classes);
    let doubts = doubt::find(lines, &order, &payments, &classes);
    Recognised { payments, doubts }
}

/// All lines on which the recognition of some lines can depend, these among them: lines of the same
/// day, direction and amount, lines of the same reference (or, beside announcements, of the same
/// text) as long as no gap is longer than a bank takes, lines that a person spoke of together, and so
/// on from each of those.
#[must_use]
pub fn reach(
    lines: &Lines,
    from: impl IntoIterator<Item = usize>,
    rulings: &[Ruling],
) -> Vec<usize> {
    let mut by_group: HashMap<Key, Vec<usize>> = HashMap::new();
    let mut by_reference: HashMap<Key, Vec<(Day, usize)>> = HashMap::new();
    let mut by_words: HashMap<Key, Vec<(Day, usize)>> = HashMap::new();
    for index in 0..lines.len() {
        let Some(line) = lines.get(index) else { continue };
        by_group.entry(line.print.group).or_default().push(index);
        if let Some(reference) = line.print.reference {
            by_reference.entry(reference).or_default().push((line.print.day, index));
        }
        if let Some(words) = line.print.words {
            by_words.entry(words).or_default().push((line.print.day, index));
        }
    }
    // A text on other days says something only beside an announcement.
    by_words.retain(|_, of_words| of_words.iter().any(|(_, line)| lines.is_announced(*line)));
    // Each run of a reference or a text, and where each line's runs are.
    let mut runs: Vec<Vec<usize>> = Vec::new();
    let mut runs_of: HashMap<usize, Vec<usize>> = HashMap::new();
    for (_, mut under_key) in by_reference.into_iter().chain(by_words) {
        under_key.sort_unstable();
        let near = |one: &(Day, usize), next: &(Day, usize)| {
            (next.0 - one.0).num_days() <= LONGEST_DELAY_DAYS
        };
        for run in under_key.chunk_by(near) {
            for (_, line) in run {
                runs_of.entry(*line).or_default().push(runs.len());
            }
            runs.push(run.iter().map(|(_, line)| *line).collect());
        }
    }
    let mut ruled: HashMap<usize, Vec<usize>> = HashMap::new();
    for ruling in rulings {
        if let (Some(one), Some(other)) = (lines.find(&ruling.one), lines.find(&ruling.other)) {
            ruled.entry(one).or_default().push(other);
            ruled.entry(other).or_default().push(one);
        }
    }

    let mut reached: HashSet<usize> = HashSet::new();
    let mut waiting: Vec<usize> = from.into_iter().collect();
    while let Some(index) = waiting.pop() {
        if !reached.insert(index) {
            continue;
        }
        let Some(line) = lines.get(index) else { continue };
        // Whoever comes first to a key takes all of its lines along, and nobody has to again.
        waiting.extend(by_group.remove(&line.print.group).unwrap_or_default());
        for run in runs_of.get(&index).into_iter().flatten() {
            waiting.append(runs.get_mut(*run).unwrap_or(&mut Vec::new()));
        }
        waiting.extend(ruled.get(&index).into_iter().flatten());
    }
    let mut reached: Vec<usize> = reached.into_iter().collect();
    reached.sort_unstable();
    reached
}

#[cfg(test)]
mod tests;
