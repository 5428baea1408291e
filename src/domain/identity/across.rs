//! How lines of one source join the payments that other sources show.

use std::collections::{HashMap, HashSet, VecDeque};

use super::classes::Classes;
use super::line::{Line, Lines, gather};
use super::{Key, LARGEST_GROUP, LONGEST_DELAY_DAYS};
use crate::domain::banking_days::next_banking_day;
use crate::domain::calendar::Day;

/// A text shorter than this is no evidence when it is part of another.
const SHORTEST_CUT_TEXT: usize = 12;

/// The payments that lines show: for each its lines.
pub(super) fn payments(lines: &Lines, order: &[usize], classes: &Classes) -> Vec<Vec<usize>> {
    let mut joining = Joining {
        lines,
        classes,
        placed: HashMap::new(),
        payments: Vec::new(),
        by_reference: HashMap::new(),
        by_text: HashMap::new(),
        by_group: HashMap::new(),
        by_words: HashMap::new(),
    };
    let by_source =
        gather(order.iter().filter_map(|index| Some((lines.get(*index)?.source, *index))));
    for (_, of_source) in by_source {
        joining.by_reference_on_the_day(&of_source);
        joining.by_lone_reference(&of_source);
        joining.by_text(&of_source);
        joining.by_cut_text(&of_source);
        joining.by_next_banking_day(&of_source);
        for line in of_source {
            joining.place_alone(line);
        }
    }
    joining.payments.into_iter().map(|payment| payment.lines).collect()
}

/// A payment and what shows it so far.
#[derive(Debug, Default)]
struct Payment {
    lines: Vec<usize>,
    classes: Vec<usize>,
    sources: Vec<usize>,
}

/// Lines under one key: nearly always one, which then needs no memory of its own.
#[derive(Debug, Default)]
struct Few {
    first: Option<usize>,
    more: Vec<usize>,
}

impl Few {
    fn push(&mut self, place: usize) {
        if self.first.is_none() {
            self.first = Some(place);
        } else {
            self.more.push(place);
        }
    }

    fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.first.iter().chain(&self.more).copied()
    }
}

/// The passes over the lines of one source after the other. Each looks once at every line and at
/// every placed line under its keys, so all of them together are linear.
struct Joining<'a> {
    lines: &'a Lines,
    classes: &'a Classes,
    /// The payment of each class that has one.
    placed: HashMap<usize, usize>,
    payments: Vec<Payment>,
    by_reference: HashMap<Key, Few>,
    by_text: HashMap<Key, Few>,
    by_group: HashMap<Key, Few>,
    by_words: HashMap<Key, Few>,
}

impl Joining<'_> {
    /// Lines that have no payment yet, gathered under a key.
    fn waiting<K: std::hash::Hash + Eq + Copy>(
        &self,
        lines: &[usize],
        key: impl Fn(&Line) -> Option<K>,
    ) -> Vec<(K, Vec<usize>)> {
        gather(lines.iter().filter_map(|index| {
            let line = self.lines.get(*index)?;
            let waits = !self.placed.contains_key(&self.classes.head(*index));
            Some((key(line).filter(|_| waits)?, *index))
        }))
    }

    /// The placed lines under a key whose payments `source` has not witnessed, one for each payment.
    fn free<'k>(
        &'k self,
        under: Option<&'k Few>,
        source: usize,
    ) -> impl Iterator<Item = (usize, &'k Line)> {
        let mut seen = HashSet::new();
        under
            .into_iter()
            .flat_map(Few::iter)
            .filter_map(|line| {
                let payment = *self.placed.get(&self.classes.head(line))?;
                Some((payment, self.lines.get(line)?))
            })
            .filter(move |(payment, _)| self.is_free(*payment, source))
            .filter(move |(payment, _)| seen.insert(*payment))
    }

    fn is_free(&self, payment: usize, source: usize) -> bool {
        self.payments.get(payment).is_some_and(|payment| !payment.sources.contains(&source))
    }

    fn source_of(&self, line: usize) -> usize {
        self.lines.get(line).map_or(usize::MAX, |line| line.source)
    }

    /// Whether a line's class may join a payment: they share no source, and no person kept them
    /// apart.
    fn may_join(&self, line: usize, payment: usize) -> bool {
        let class = self.classes.head(line);
        let Some(payment) = self.payments.get(payment) else { return false };
        !self.placed.contains_key(&class)
            && self
                .classes
                .members(&class)
                .iter()
                .all(|member| !payment.sources.contains(&self.source_of(*member)))
            && (!self.classes.any_apart()
                || payment.classes.iter().all(|other| !self.classes.kept_apart(class, *other)))
    }

    /// Joins lines to payments one to one, in their order; lines that a person kept apart from some
    /// come first, as they have fewer to choose from.
    fn pair(&mut self, mut waiting: Vec<usize>, payments: Vec<usize>) {
        if self.classes.any_apart() {
            waiting.sort_by_key(|line| !self.classes.is_kept_apart(self.classes.head(*line)));
        }
        let mut payments = VecDeque::from(payments);
        for line in waiting {
            let found = payments.iter().position(|payment| self.may_join(line, *payment));
            if let Some(payment) = found.and_then(|found| payments.remove(found)) {
                self.place(line, payment);
            }
        }
    }

    fn place_alone(&mut self, line: usize) {
        if !self.placed.contains_key(&self.classes.head(line)) {
            self.payments.push(Payment::default());
            self.place(line, self.payments.len() - 1);
        }
    }

    fn place(&mut self, line: usize, payment: usize) {
        let class = self.classes.head(line);
        self.placed.insert(class, payment);
        let Some(found) = self.payments.get_mut(payment) else { return };
        found.classes.push(class);
        for index in self.classes.members(&class) {
            let Some(line) = self.lines.get(*index).filter(|line| !line.seen.is_empty()) else {
                continue;
            };
            found.lines.push(*index);
            if !found.sources.contains(&line.source) {
                found.sources.push(line.source);
            }
            if let Some(reference) = line.print.reference {
                self.by_reference.entry(reference).or_default().push(*index);
            }
            self.by_text.entry(line.print.text).or_default().push(*index);
            self.by_group.entry(line.print.group).or_default().push(*index);
            if let Some(words) = line.print.words {
                self.by_words.entry(words).or_default().push(*index);
            }
        }
    }

    /// The same reference on the same day.
    fn by_reference_on_the_day(&mut self, of_source: &[usize]) {
        let key = |line: &Line| Some((line.print.reference?, line.print.day));
        for ((reference, day), waiting) in self.waiting(of_source, key) {
            let Some(source) = waiting.first().map(|line| self.source_of(*line)) else { continue };
            let payments = self
                .free(self.by_reference.get(&reference), source)
                .filter(|(_, line)| line.print.day == day)
                .map(|(payment, _)| payment)
                .collect();
            self.pair(waiting, payments);
        }
    }

    /// The same reference on another day, where there is one such line and one such payment within
    /// the days a bank may take: it may book on Monday what moved on Saturday, and a reference that
    /// repeats is none.
    fn by_lone_reference(&mut self, of_source: &[usize]) {
        for (reference, waiting) in self.waiting(of_source, |line| line.print.reference) {
            let Some(source) = waiting.first().map(|line| self.source_of(*line)) else { continue };
            let mut all: Vec<_> = waiting
                .iter()
                .filter_map(|index| Some((self.lines.get(*index)?.print.day, Ok(*index))))
                .chain(
                    self.free(self.by_reference.get(&reference), source)
                        .map(|(payment, line)| (line.print.day, Err(payment))),
                )
                .collect();
            all.sort_unstable();
            let runs: Vec<Vec<_>> = all
                .chunk_by(|(one, _), (next, _)| (*next - *one).num_days() <= LONGEST_DELAY_DAYS)
                .map(<[_]>::to_vec)
                .collect();
            for run in runs {
                if let [(_, Ok(line)), (_, Err(payment))] | [(_, Err(payment)), (_, Ok(line))] =
                    run.as_slice()
                {
                    self.pair(vec![*line], vec![*payment]);
                }
            }
        }
    }

    /// The same text on the same day.
    fn by_text(&mut self, of_source: &[usize]) {
        for (text, waiting) in self.waiting(of_source, |line| Some(line.print.text)) {
            let Some(source) = waiting.first().map(|line| self.source_of(*line)) else { continue };
            let free = self.free(self.by_text.get(&text), source);
            let payments = free.map(|(payment, _)| payment).collect();
            self.pair(waiting, payments);
        }
    }

    /// What was announced on a weekend, a holiday or late in the day is booked by the next banking
    /// day. There the text has to be the same; equal texts are interchangeable, the earlier first.
    fn by_next_banking_day(&mut self, of_source: &[usize]) {
        for (words, mut waiting) in self.waiting(of_source, |line| line.print.words) {
            let Some(first) = waiting.first() else { continue };
            let (source, announced) = (self.source_of(*first), self.lines.is_announced(*first));
            let mut there: Vec<(Day, usize)> = self
                .free(self.by_words.get(&words), source)
                .filter(|(payment, _)| self.is_announcement(*payment) != announced)
                .map(|(payment, line)| (line.print.day, payment))
                .collect();
            let day = |line: &usize| self.lines.get(*line).map(|line| line.print.day);
            waiting.sort_by_key(day);
            there.sort_by_key(|(day, _)| *day);
            let mut pairs = Vec::new();
            for line in waiting {
                let Some(here) = day(&line) else { continue };
                let fits = |(other, _): &(Day, usize)| {
                    if announced { in_time(here, *other) } else { in_time(*other, here) }
                };
                if let Some(found) = there.iter().position(fits) {
                    pairs.push((line, there.remove(found).1));
                }
            }
            for (line, payment) in pairs {
                self.pair(vec![line], vec![payment]);
            }
        }
    }

    /// Whether only announcements show a payment so far.
    fn is_announcement(&self, payment: usize) -> bool {
        let shown = self.payments.get(payment).map(|payment| payment.lines.as_slice());
        shown.unwrap_or_default().iter().all(|line| self.lines.is_announced(*line))
    }

    /// A text that is part of the other, where neither fits a third.
    fn by_cut_text(&mut self, of_source: &[usize]) {
        for (group, waiting) in self.waiting(of_source, |line| Some(line.print.group)) {
            let Some(source) = waiting.first().map(|line| self.source_of(*line)) else { continue };
            let free: Vec<_> = self.free(self.by_group.get(&group), source).collect();
            if waiting.len() > LARGEST_GROUP || free.len() > LARGEST_GROUP {
                continue;
            }
            let here = by_writing(waiting.iter().filter_map(|index| {
                Some((self.lines.get(*index)?.print.squeezed.as_str(), *index))
            }));
            let there = by_writing(
                free.iter().map(|(payment, line)| (line.print.squeezed.as_str(), *payment)),
            );
            let mut pairs = Vec::new();
            for (text, entries) in &here {
                let mut fitting = there.iter().filter(|(other, _)| one_is_part(text, other));
                let (Some((other, payments)), None) = (fitting.next(), fitting.next()) else {
                    continue;
                };
                let rivals = here.iter().filter(|(rival, _)| one_is_part(rival, other)).count();
                if rivals == 1 {
                    pairs.push((entries.clone(), payments.clone()));
                }
            }
            for (waiting, payments) in pairs {
                self.pair(waiting, payments);
            }
        }
    }
}

/// Whether a bank that announced money on one day may book it on another.
pub(super) fn in_time(announced: Day, booked: Day) -> bool {
    announced <= booked && booked <= next_banking_day(announced)
}

/// Items gathered by their text: equal texts are interchangeable.
fn by_writing<'a>(items: impl Iterator<Item = (&'a str, usize)>) -> Vec<(&'a str, Vec<usize>)> {
    gather(items)
}

fn one_is_part(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short.len() >= SHORTEST_CUT_TEXT && long.contains(short)
}
