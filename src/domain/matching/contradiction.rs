//! Whether a text speaks for somebody other than the students an answer would pay for.

use super::answer::{Answer, Objection};
use super::book::Book;
use super::codes::Hit;
use super::evidence::Evidence;
use super::names::{FullName, InClass};
use super::reasons;
use crate::domain::payment_code::PaymentCode;

/// Of others whom a text names so many are shown.
const MOST_OTHERS: usize = 3;

impl Book {
    /// What forbids to pay for these students: the text names another in full, or by given name and
    /// class where the amount or the silence about the first speak for that other.
    pub(super) fn contradictions(
        &self,
        seen: &Evidence<'_>,
        answer: &Answer,
        students: &[usize],
    ) -> Vec<Objection> {
        if seen.mentions.full.is_empty()
            && seen.mentions.in_class.is_empty()
            && seen.mentions.by_two_words.is_empty()
        {
            return Vec::new();
        }
        let mut others: Vec<(usize, bool)> = Vec::new();
        for name in &seen.mentions.full {
            // Whose class is there too is a pupil, unless that is how one who is paid for is named.
            let by_class = !self.names.bearers_in(name.number, &seen.mentions).is_empty()
                && !seen.mentions.in_class.iter().any(|own| students.contains(&own.student));
            if !by_class && self.is_their_parent(seen, name.start, name.end, students) {
                continue;
            }
            let named = self.others_named(seen, *name, students);
            others.extend(named.into_iter().map(|other| (other, true)));
        }
        if others.is_empty() {
            others.extend(self.others_by_class(seen, answer, students).map(|other| (other, false)));
        }
        others.sort_unstable();
        others.dedup_by_key(|(other, _)| *other);
        others
            .into_iter()
            .take(MOST_OTHERS)
            .map(|(other, in_full)| {
                let (name, class) = self.shown(other);
                let (instead, fits) = self.fit(other, seen.payment.amount);
                // A code may be copied from another's notice; a name and a class are written by hand.
                let by_hand = in_full
                    && fits > 0
                    && self
                        .names
                        .student(other)
                        .is_some_and(|named| seen.mentions.has_class(named.class));
                let how = if in_full {
                    reasons::name_found()
                } else {
                    reasons::name_similar(self.names.likeness(other, &seen.mentions.words))
                };
                let instead = instead.because([how]);
                let mut ways = self.other_ways(&instead, seen.payment.amount);
                ways.insert(0, instead);
                Objection::for_others(reasons::contradiction(name, class), ways).likelier(by_hand)
            })
            .collect()
    }

    /// What the amount pays exactly for pupils whom the text names in full and whose codes are not
    /// there: a code may be copied from another's notice.
    pub(super) fn named_instead(&self, seen: &Evidence<'_>, students: &[usize]) -> Vec<Answer> {
        let mut answers = Vec::new();
        for name in &seen.mentions.full {
            if self.is_their_parent(seen, name.start, name.end, students) {
                continue;
            }
            let at = seen.read.origin(name.start, name.end);
            for other in self.others_named(seen, *name, students).into_iter().take(MOST_OTHERS) {
                let (answer, fits) = self.fit(other, seen.payment.amount);
                if fits > 0 {
                    answers.push(answer.because([reasons::at(reasons::name_found(), at)]));
                }
            }
        }
        answers
    }

    /// Whether a code that is no word of its own, so that chance has more ways to it, is beside a
    /// class that is not its pupil's, or beside other names only. A code without check symbols, of
    /// which a slip may make another's, is held to the class even where it is a word.
    pub(super) fn names_another(&self, seen: &Evidence<'_>, hit: &Hit) -> bool {
        let tokens = seen.read.tokens();
        let alone = tokens.iter().any(|t| t.start == hit.start && t.end == hit.end);
        let checked = PaymentCode::from_symbols(seen.read.slice(hit.start, hit.end)).is_ok();
        let owner = self.owner(hit.invoice).filter(|owner| self.names.student(*owner).is_some());
        let Some(owner) = owner.filter(|_| !alone || !checked) else { return false };
        self.is_other_class_only(seen, &[owner])
            || (!alone && self.is_other_name_only(seen, &[owner]))
    }

    /// Whether the text names classes, and none of them is one of these students'.
    pub(super) fn is_other_class_only(&self, seen: &Evidence<'_>, students: &[usize]) -> bool {
        !seen.mentions.classes.is_empty()
            && !students.iter().any(|student| {
                let class = self.names.student(*student).and_then(|named| named.class);
                seen.mentions.has_class(class)
            })
    }

    /// Whether the text has words of names, and none of them is one of these students' given name.
    pub(super) fn is_other_name_only(&self, seen: &Evidence<'_>, students: &[usize]) -> bool {
        !seen.mentions.words.is_empty() && !self.is_given_named(seen, students)
    }

    /// Whether a place lies within the name of a guardian of the students who would be paid for.
    fn is_their_parent(
        &self,
        seen: &Evidence<'_>,
        start: usize,
        end: usize,
        paid: &[usize],
    ) -> bool {
        let families = || paid.iter().filter_map(|student| self.family_of(*student));
        seen.mentions.guardians.iter().any(|guardian| {
            guardian.start <= start
                && end <= guardian.end
                && self.names.children(guardian.number).iter().any(|child| {
                    self.family_of(*child).is_some_and(|own| families().any(|one| one == own))
                })
        })
    }

    /// Bearers of a full name who are not paid for; none when one of them is, unless the text's
    /// class tells that it means another.
    fn others_named(&self, seen: &Evidence<'_>, name: FullName, paid: &[usize]) -> Vec<usize> {
        let mut own = paid.iter().filter(|student| self.names.bears(**student, name.number));
        let class_is_named = |student: &usize| {
            self.names.student(*student).is_some_and(|named| seen.mentions.has_class(named.class))
        };
        let others = match own.clone().next() {
            None => self.names.bearers(name.number, &seen.mentions),
            Some(_) if own.any(class_is_named) => Vec::new(),
            Some(_) => self.names.bearers_in(name.number, &seen.mentions),
        };
        others.into_iter().filter(|other| !paid.contains(other)).collect()
    }

    /// Students named by given name and class (or by their last two words) who are not paid for.
    fn others_by_class<'a>(
        &'a self,
        seen: &'a Evidence<'_>,
        answer: &Answer,
        paid: &'a [usize],
    ) -> impl Iterator<Item = usize> + 'a {
        let amount = seen.payment.amount;
        let exact = answer.credit.is_zero()
            && answer.shares.iter().all(|(place, share)| self.open_at(*place) == Some(*share));
        // An invoice that no code names is paid because the amount adds up: then whoever is named
        // beside may be meant as well.
        let inferred = answer.shares.len() > 1
            && answer.shares.iter().any(|(place, _)| {
                !seen.named.iter().any(|named| named.invoice == *place)
                    && self.owner(*place).is_none_or(|owner| !seen.holders.contains(&owner))
            });
        let in_class = seen
            .mentions
            .in_class
            .iter()
            .filter(move |named| !self.is_their_parent(seen, named.start, named.end, paid));
        let by_class = in_class.map(|named| named.student).filter(move |other| {
            let own_is_named = paid.iter().any(|student| self.is_named_too(seen, *student, *other));
            !own_is_named || inferred || (!exact && self.owes_exactly(*other, amount))
        });
        let by_words = seen
            .mentions
            .by_two_words
            .iter()
            .filter(move |named| !self.is_their_parent(seen, named.start, named.end, paid))
            .filter(move |named| {
                let other = named.student;
                let same = |one: &&InClass| (one.start, one.end) == (named.start, named.end);
                let only = seen.mentions.by_two_words.iter().filter(same).count() == 1;
                let instead_of_own = only && !self.is_given_named(seen, paid);
                inferred || instead_of_own || (!exact && self.owes_exactly(other, amount))
            })
            .map(|named| named.student)
            .filter(move |other| !self.is_spelt_by(*other, paid));
        by_class.chain(by_words).filter(|other| {
            let namesake = paid.iter().any(|student| self.same_given_and_class(*student, *other));
            !paid.contains(other) && !namesake
        })
    }

    /// Whether a text that names `other` by given name and class names this student as well: in
    /// full, by another given name, or by the same one with this student's class.
    fn is_named_too(&self, seen: &Evidence<'_>, student: usize, other: usize) -> bool {
        if seen.mentions.full.iter().any(|name| self.names.bears(student, name.number)) {
            return true;
        }
        let (Some(own), Some(other)) = (self.names.student(student), self.names.student(other))
        else {
            return false;
        };
        if seen.mentions.in_class.iter().any(|mention| mention.student == student) {
            return true;
        }
        let given = own.words.last();
        let written = given.is_some_and(|given| seen.mentions.words.contains(given));
        written && (given != other.words.last() || seen.mentions.has_class(own.class))
    }

    /// Whether the last two words of a name are words of the names of those who are paid for:
    /// `MY THUY` are two sisters.
    fn is_spelt_by(&self, other: usize, paid: &[usize]) -> bool {
        let words = |student: usize| {
            self.names.student(student).map(|named| &*named.words).unwrap_or_default()
        };
        let last_two = words(other).iter().rev().take(2);
        last_two.into_iter().all(|word| paid.iter().any(|own| words(*own).contains(word)))
    }

    /// Whether the text has the given name of one of the students.
    pub(super) fn is_given_named(&self, seen: &Evidence<'_>, students: &[usize]) -> bool {
        students.iter().any(|student| {
            let given = self.names.student(*student).and_then(|named| named.words.last());
            given.is_some_and(|given| seen.mentions.words.contains(given))
        })
    }

    fn same_given_and_class(&self, one: usize, other: usize) -> bool {
        match (self.names.student(one), self.names.student(other)) {
            (Some(one), Some(other)) => {
                one.class == other.class && one.words.last() == other.words.last()
            }
            _ => false,
        }
    }

    /// Whether the text names this student, or this student's class and nobody else.
    pub(super) fn confirms(&self, seen: &Evidence<'_>, student: usize) -> bool {
        let in_full = seen.mentions.full.iter().any(|name| self.names.bears(student, name.number));
        if in_full {
            return true;
        }
        let Some(named) = self.names.student(student) else { return false };
        // A pupil of one name who alone in the school is called so.
        if let [word] = *named.words
            && seen.mentions.words.contains(&word)
            && self.names.is_unique(word)
        {
            return true;
        }
        // `7/3` may also be a day, but seldom just the one that is the pupil's class.
        let only_class = match seen.mentions.classes.as_slice() {
            [] => false,
            classes => classes.iter().all(|found| Some(found.class) == named.class),
        };
        let nobody_else = seen.mentions.full.is_empty()
            && seen.mentions.in_class.iter().all(|other| {
                other.student == student || self.same_given_and_class(student, other.student)
            });
        // `THAO 6A1` is no witness for An of 6A1, in whichever class Thao is.
        let of_all = seen.mentions.by_two_words.iter();
        let nobody_else = nobody_else
            && of_all.map(|other| other.student).all(|other| {
                let other = self.names.student(other);
                other.is_some_and(|one| one.words.last() == named.words.last())
            });
        only_class && nobody_else
    }

    /// A student's name and class as the school writes them.
    pub(super) fn shown(&self, student: usize) -> (&str, &str) {
        self.students
            .get(student)
            .map(|student| (student.name.as_str(), student.class.as_str()))
            .unwrap_or_default()
    }
}
