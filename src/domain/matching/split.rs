//! One transfer for several pupils of several families, who are named and whose codes are not there:
//! a class teacher's, an employer's.

use std::collections::BTreeMap;

use super::answer::Answer;
use super::book::Book;
use super::evidence::Evidence;
use super::fit::fill;
use super::reasons;
use crate::domain::money::Vnd;

/// More pupils than this are not split by names: a person takes the list to hand.
const MOST_PUPILS: usize = 60;

/// More sums than this are not tried; the first found ones do.
const MOST_SUMS: usize = 4_096;

impl Book {
    /// The pupils a text names, in its order, each with what the amount may pay of theirs; and
    /// whether the whole adds up. `None` unless pupils of two families are named, each for certain.
    pub(super) fn split_by_names(&self, seen: &Evidence<'_>) -> Option<(Answer, bool)> {
        let pupils = self.named_pupils(seen);
        let mut families: Vec<_> = pupils.iter().filter_map(|one| self.family_of(*one)).collect();
        families.sort_unstable();
        families.dedup();
        if families.len() < 2 || pupils.len() > MOST_PUPILS {
            return None;
        }
        let amount = seen.payment.amount;
        let open: Vec<Vec<(usize, Vnd)>> =
            pupils.iter().map(|pupil| self.open_of_student(*pupil)).collect();
        if let Some(chosen) = exact_choice(&open, amount) {
            let mut answer = self.whole(chosen);
            answer.reasons.insert(0, reasons::many_names(pupils.len()));
            return Some((answer, true));
        }
        // The oldest invoice of each comes first, so that nobody's second is paid before
        // another's first.
        let rounds = open.iter().map(Vec::len).max().unwrap_or_default();
        let in_turn: Vec<(usize, Vnd)> = (0..rounds)
            .flat_map(|round| open.iter().filter_map(move |own| own.get(round)))
            .copied()
            .collect();
        let mut answer = fill(&in_turn, amount);
        answer.reasons.insert(0, reasons::many_names(pupils.len()));
        (!answer.shares.is_empty()).then_some((answer, false))
    }

    /// Pupils whom the text names and nobody else could be meant by, in the order of the text.
    fn named_pupils(&self, seen: &Evidence<'_>) -> Vec<usize> {
        let mut named: Vec<(usize, usize)> = Vec::new();
        for name in &seen.mentions.full {
            if let [student] = self.names.bearers(name.number, &seen.mentions)[..] {
                named.push((name.start, student));
            }
        }
        for mention in &seen.mentions.in_class {
            let alone = seen
                .mentions
                .in_class
                .iter()
                .filter(|other| (other.start, other.end) == (mention.start, mention.end))
                .count()
                == 1;
            let in_full = seen
                .mentions
                .full
                .iter()
                .any(|name| name.start <= mention.start && mention.end <= name.end);
            if alone && !in_full {
                named.push((mention.start, mention.student));
            }
        }
        named.sort_unstable();
        let mut pupils: Vec<usize> = Vec::new();
        for (_, student) in named {
            if !pupils.contains(&student) {
                pupils.push(student);
            }
        }
        pupils
    }
}

/// For each pupil one invoice, or all, so that the sum is the amount.
fn exact_choice(open: &[Vec<(usize, Vnd)>], amount: Vnd) -> Option<Vec<usize>> {
    let mut sums: BTreeMap<Vnd, Vec<usize>> = BTreeMap::from([(Vnd::ZERO, Vec::new())]);
    for own in open {
        let all = Vnd::checked_sum(own.iter().map(|(_, open)| *open))?;
        let mut ways: Vec<(Vnd, Vec<usize>)> =
            own.iter().map(|(place, open)| (*open, vec![*place])).collect();
        ways.push((all, own.iter().map(|(place, _)| *place).collect()));
        let mut next: BTreeMap<Vnd, Vec<usize>> = BTreeMap::new();
        for (sum, chosen) in &sums {
            for (more, places) in &ways {
                let Some(sum) = sum.checked_add(*more).filter(|sum| *sum <= amount) else {
                    continue;
                };
                if next.len() < MOST_SUMS {
                    next.entry(sum).or_insert_with(|| [chosen.as_slice(), places].concat());
                }
            }
        }
        sums = next;
    }
    sums.remove(&amount).filter(|chosen| !chosen.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pupil_pays_one_invoice_or_all() {
        let open = |pupils: &[&[i64]]| -> Vec<Vec<(usize, Vnd)>> {
            let mut next = 0..;
            pupils
                .iter()
                .map(|own| own.iter().map(|dong| (next.next().unwrap(), Vnd::new(*dong))).collect())
                .collect()
        };
        for (why, pupils, amount, expected) in [
            ("one each", &[&[100, 70][..], &[100, 70]][..], 200, Some(&[0, 2][..])),
            ("all of one", &[&[100, 70], &[100]], 270, Some(&[0, 1, 2])),
            ("the smaller ones", &[&[100, 70], &[100, 70]], 140, Some(&[1, 3])),
            ("nothing fits", &[&[100, 70], &[100, 70]], 150, None),
            ("one who owes nothing", &[&[100], &[]], 100, Some(&[0])),
            ("no amount", &[&[100], &[70]], 0, None),
        ] {
            let found = exact_choice(&open(pupils), Vnd::new(amount));
            let same = |places: &Vec<usize>| {
                let mut places = places.clone();
                places.sort_unstable();
                places
            };
            assert_eq!(found.as_ref().map(same).as_deref(), expected, "{why}");
        }
    }
}
