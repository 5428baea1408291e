//! Payments without a code: who may be meant, ranked for a person to choose.

use std::collections::BTreeMap;

use super::answer::{Answer, MOST_PROPOSALS, Objection, plain, propose};
use super::book::Book;
use super::combine::sets_adding_up;
use super::decide::{not_income, not_income_by_text};
use super::decision::{Decision, DecisionKind, Reason};
use super::evidence::Evidence;
use super::fit::fill;
use super::reasons;
use crate::domain::money::Vnd;

/// Confirmations after which a payer counts as known.
const TIMES_UNTIL_KNOWN: u32 = 3;

/// A name less alike than this is no hint.
const LEAST_LIKENESS: u32 = 50;

/// A refusal keeps a student from being offered to the same payer for so many days; one said twice
/// counts twice as long.
const REFUSED_DAYS: i64 = 180;

/// Of more candidates than this those with the least evidence are not looked at.
const MOST_CANDIDATES: usize = 24;

/// So many points ahead of all others an answer is clearly the likeliest.
const CLEAR_LEAD: u32 = 20;

/// A student and what speaks for them.
#[derive(Debug, Default)]
struct Candidate {
    points: u32,
    reasons: Vec<Reason>,
    /// The invoice that a damaged code means.
    invoice: Option<usize>,
}

impl Candidate {
    fn add(&mut self, points: u32, reason: Reason) {
        if !self.reasons.iter().any(|known| known.code == reason.code) {
            self.points += points;
            self.reasons.push(reason);
        }
    }
}

impl Book {
    /// Decides without a certain code or account.
    pub(super) fn without_code(&self, seen: &Evidence<'_>) -> Decision {
        let amount = seen.payment.amount;
        if seen.is_without_codes()
            && let Some(reason) = not_income_by_text(seen)
        {
            return not_income(amount, reason);
        }
        if let Some(decision) = self.known_payer(seen) {
            return decision;
        }
        let mut said: Vec<Reason> = seen
            .codes
            .unknown
            .iter()
            .map(|(code, start, end)| {
                reasons::at(self.foreign_code(code), seen.read.origin(*start, *end))
            })
            .collect();
        if seen.expired_account {
            said.push(reasons::account_expired());
        }
        let ranked = self.ranked(self.candidates(seen), seen);
        if !ranked.is_empty() {
            return self.propose_ranked(seen, said, ranked);
        }
        match self.with_open_amount(amount) {
            (1, Some(invoice))
                if self.owner(invoice).is_none_or(|owner| !self.is_refused(seen, owner)) =>
            {
                let answer = self.whole([invoice]);
                said.extend(answer.reasons.iter().cloned());
                propose(self, amount, "amount-only/1", said, vec![answer])
            }
            (count, _) => {
                said.push(match count {
                    0 => reasons::nothing_found(),
                    _ => reasons::same_amount(count),
                });
                plain(DecisionKind::Unmatched, amount, "nothing/1", said)
            }
        }
    }

    /// A payer confirmed often enough, where the school lets the machine settle for such.
    fn known_payer(&self, seen: &Evidence<'_>) -> Option<Decision> {
        let [payer] = seen.payers.as_slice() else { return None };
        let trusted = self.policy.settle_known_payer
            && payer.confirmed >= TIMES_UNTIL_KNOWN
            && payer.contradicted == 0
            && seen.is_without_codes();
        if !trusted {
            return None;
        }
        let sets = sets_adding_up(&self.open_of_family(payer.family), seen.payment.amount);
        let ([set], false) = (sets.as_slice(), sets.is_empty()) else { return None };
        let [invoice] = set.as_slice() else { return None };
        if self.owner(*invoice).is_some_and(|owner| self.is_refused(seen, owner)) {
            return None;
        }
        let answer = self.whole([*invoice]).because([reasons::payer_known(payer.confirmed)]);
        let mut objections = Vec::new();
        let students = answer.students(self);
        let named = seen.mentions.in_class.iter().chain(&seen.mentions.by_two_words);
        for named in named {
            if !students.contains(&named.student) {
                let (name, class) = self.shown(named.student);
                let instead = self.fit(named.student, seen.payment.amount).0;
                let reason = reasons::contradiction(name, class);
                objections.push(Objection::for_others(reason, vec![instead]));
            }
        }
        let own = |student: usize| self.family_of(student) == Some(payer.family);
        let other_parent = seen
            .mentions
            .guardians
            .iter()
            .any(|one| !self.names.children(one.number).iter().any(|child| own(*child)));
        let other_class = self.is_other_class_only(seen, &students);
        // Autonomy needs silence about names, or the pupil's own.
        let other_name = self.is_other_name_only(seen, &students);
        if other_parent || other_class || other_name {
            objections.push(Objection::because(reasons::ambiguous(2)));
        }
        Some(self.finish(seen, "known-payer/1", answer, objections))
    }

    /// Everyone the evidence points to, by place.
    fn candidates(&self, seen: &Evidence<'_>) -> BTreeMap<usize, Candidate> {
        let mut candidates: BTreeMap<usize, Candidate> = BTreeMap::new();
        for (hit, damage) in &seen.codes.broken {
            if let Some(owner) = self.owner(hit.invoice) {
                let candidate = candidates.entry(owner).or_default();
                candidate.add(70, self.damage_reason(seen, hit, *damage));
                candidate.invoice = Some(hit.invoice);
            }
        }
        for name in &seen.mentions.full {
            let at = seen.read.origin(name.start, name.end);
            for student in self.names.bearers(name.number, &seen.mentions) {
                let reason = reasons::at(reasons::name_found(), at);
                candidates.entry(student).or_default().add(60, reason);
            }
        }
        let by_class = seen.mentions.in_class.iter().map(|named| (40, named));
        let by_words = seen.mentions.by_two_words.iter().map(|named| (25, named));
        for (points, named) in by_class.chain(by_words) {
            let likeness = self.names.likeness(named.student, &seen.mentions.words);
            if likeness < LEAST_LIKENESS && points < 40 {
                continue;
            }
            let at = seen.read.origin(named.start, named.end);
            let reason = reasons::at(reasons::name_similar(likeness), at);
            candidates.entry(named.student).or_default().add(points + likeness / 10, reason);
        }
        self.candidates_by_family(seen, &mut candidates);
        candidates.retain(|student, candidate| {
            candidate.invoice.is_some() || !self.is_refused(seen, *student)
        });
        for (student, candidate) in &mut candidates {
            let Some(named) = self.names.student(*student) else { continue };
            let class = seen.mentions.classes.iter().find(|found| Some(found.class) == named.class);
            if let Some(class) = class {
                let at = seen.read.origin(class.start, class.end);
                let reason = reasons::class_found(self.shown(*student).1);
                candidate.add(15, reasons::at(reason, at));
            }
            let given = named.words.last();
            if given.is_some_and(|given| seen.mentions.words.contains(given)) {
                // Of the children of one family the one whose given name is there.
                let likeness = self.names.likeness(*student, &seen.mentions.words);
                candidate.add(12, reasons::name_similar(likeness));
            }
        }
        candidates
    }

    /// Those for whom a parent's name or a known account speaks: whole families.
    fn candidates_by_family(
        &self,
        seen: &Evidence<'_>,
        candidates: &mut BTreeMap<usize, Candidate>,
    ) {
        let mut add = |children: &[usize], points: u32, reason: &Reason| {
            // A name that parents of several families share speaks for none of them much.
            let mut families: Vec<_> = children.iter().map(|one| self.family_of(*one)).collect();
            families.sort_unstable();
            families.dedup();
            let points = if families.len() > 1 { points / 3 } else { points };
            for child in children {
                candidates.entry(*child).or_default().add(points, reason.clone());
            }
        };
        for guardian in &seen.mentions.guardians {
            let at = seen.read.origin(guardian.start, guardian.end);
            let reason = reasons::at(reasons::guardian_found(), at);
            add(self.names.children(guardian.number), 45, &reason);
        }
        if let Ok(sender) = std::str::from_utf8(&seen.sender) {
            add(self.names.children_of(sender), 35, &reasons::guardian_sent());
        }
        for name in &seen.mentions.by_sender {
            let at = seen.read.origin(name.start, name.end);
            for student in self.names.bearers(name.number, &seen.mentions) {
                let reason = reasons::at(reasons::name_of_sender(), at);
                candidates.entry(student).or_default().add(25, reason);
            }
        }
        for payer in &seen.payers {
            let points = if payer.contradicted > 0 {
                10
            } else if payer.confirmed >= TIMES_UNTIL_KNOWN {
                45
            } else {
                35
            };
            for student in self.members(payer.family).iter().take(MOST_PROPOSALS) {
                let reason = reasons::payer_known(payer.confirmed);
                candidates.entry(*student).or_default().add(points, reason);
            }
        }
    }

    /// Whether a person said that this payment, or lately another of the same payer, was not for a
    /// student. Each refusal counts for [`REFUSED_DAYS`] days, so that a mistake fades.
    fn is_refused(&self, seen: &Evidence<'_>, student: usize) -> bool {
        let Some(id) = self.students.get(student).map(|student| student.id) else { return false };
        if seen.payment.refused.contains(&id) {
            return true;
        }
        let account = seen.payment.counterparty_account.unwrap_or_default();
        self.refusals(account).iter().any(|refusal| {
            let since = seen.payment.booking_date - refusal.refused_on;
            refusal.student == id
                && since.num_days() <= REFUSED_DAYS.saturating_mul(i64::from(refusal.times))
        })
    }

    /// The candidates' answers, best first, with their points.
    fn ranked(
        &self,
        candidates: BTreeMap<usize, Candidate>,
        seen: &Evidence<'_>,
    ) -> Vec<(u32, Answer)> {
        let amount = seen.payment.amount;
        let mut candidates: Vec<(usize, Candidate)> = candidates.into_iter().collect();
        // What an amount fits adds at most thirty points: those further behind never come first.
        if candidates.len() > MOST_PROPOSALS {
            candidates.sort_by_key(|(_, candidate)| std::cmp::Reverse(candidate.points));
            candidates.truncate(MOST_CANDIDATES);
            candidates.sort_by_key(|(student, _)| *student);
        }
        let mut ranked: Vec<(u32, Answer)> = candidates
            .into_iter()
            .map(|(student, candidate)| {
                let meant = candidate.invoice.and_then(|at| Some((at, self.open_at(at)?)));
                let (answer, fits) = match meant {
                    Some((place, open)) if open == amount => (self.whole([place]), 3),
                    Some(meant) if amount < meant.1 => (fill(&[meant], amount), 0),
                    _ => self.fit(student, amount),
                };
                let points = candidate.points + [0, 10, 20, 30].get(usize_of(fits)).unwrap_or(&0);
                let mut reasons = [candidate.reasons, answer.reasons].concat();
                let namesakes = self.names.namesakes(student);
                if namesakes > 1 && reasons.iter().any(|reason| reason.code == "name_similar") {
                    reasons.push(reasons::namesakes(namesakes));
                }
                (points, Answer { reasons, ..answer })
            })
            .collect();
        // A stable order among equals: as the students were given.
        ranked.sort_by_key(|(points, _)| std::cmp::Reverse(*points));
        ranked
    }

    fn propose_ranked(
        &self,
        seen: &Evidence<'_>,
        mut said: Vec<Reason>,
        mut ranked: Vec<(u32, Answer)>,
    ) -> Decision {
        let amount = seen.payment.amount;
        let best = ranked.first().map_or(0, |(points, _)| *points);
        let equals = ranked.iter().take_while(|(points, _)| *points == best).count();
        let split = self.split_by_names(seen);
        let single_fits =
            ranked.first().is_some_and(|(_, first)| first.credit.is_zero() && is_exact(first));
        if let Some((split, exact)) = split
            && (exact || !single_fits)
        {
            said.extend(split.reasons.iter().cloned());
            let singles = ranked.into_iter().map(|(_, answer)| answer);
            let answers = std::iter::once(split).chain(singles).collect();
            return propose(self, amount, "names-split/1", said, answers);
        }
        if let Some((_, first)) = ranked.first() {
            said.extend(first.reasons.iter().cloned());
        }
        if equals > 1 {
            said.push(reasons::ambiguous(equals));
            for (_, answer) in ranked.iter_mut().take(equals.min(MOST_PROPOSALS)) {
                answer.reasons.push(reasons::ambiguous(equals));
            }
        }
        let lead = ranked.get(1).map_or(best, |(points, _)| best - points);
        let mut answers: Vec<Answer> = ranked.into_iter().map(|(_, answer)| answer).collect();
        // Where one student is clearly meant, what else of theirs the amount may pay comes next.
        let others = answers.first().map(|first| self.other_ways(first, amount));
        let at = if lead >= CLEAR_LEAD { 1 } else { answers.len() };
        answers.splice(at..at, others.unwrap_or_default());
        propose(self, amount, "text-ranked/1", said, answers)
    }

    /// The other ways in which a student's open invoices make up the amount of an answer.
    pub(super) fn other_ways(&self, answer: &Answer, amount: Vnd) -> Vec<Answer> {
        let [student] = answer.students(self)[..] else { return Vec::new() };
        if !is_exact(answer) || !answer.credit.is_zero() {
            return Vec::new();
        }
        let own = self.open_of_student(student);
        let because: Vec<Reason> = answer
            .reasons
            .iter()
            .filter(|reason| !reason.code.starts_with("amount") && reason.code != "ambiguous")
            .cloned()
            .collect();
        sets_adding_up(&own, amount)
            .into_iter()
            .map(|set| self.whole(set))
            .filter(|other| other.shares != answer.shares)
            .map(|other| Answer { reasons: [because.clone(), other.reasons].concat(), ..other })
            .collect()
    }
}

/// Whether an answer pays what is open, no more and no less.
fn is_exact(answer: &Answer) -> bool {
    answer.reasons.iter().any(|reason| matches!(&*reason.code, "amount_exact" | "amount_sum"))
}

fn usize_of(fits: u32) -> usize {
    usize::try_from(fits).unwrap_or_default()
}
