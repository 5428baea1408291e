//! The students of a school by name and class, and their guardians, as texts are searched for them.

mod find;
mod spelling;

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use super::Map;
use crate::domain::remittance::Remittance;
use crate::domain::text::squeeze;
use spelling::canonical;

pub(super) use find::{FullName, InClass, Mentions};
pub(super) use spelling::without_telex;

/// A name glued to other letters is looked for only when it is this long.
const SHORTEST_GLUED_NAME: usize = 8;

/// A sender's name shorter than this may be any word.
const SHORTEST_SENDER: usize = 6;

/// Of students who share given name and class, or full name and class, no more are looked at: a
/// decision must not take longer the larger the school is.
pub(super) const MOST_BEARERS: usize = 12;

/// A word's number in the vocabulary.
type Word = u32;

/// A class's number.
type Class = u32;

type Bytes = Box<[u8]>;

/// What a word of a text may be.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    /// Its number, where it is part of a name.
    word: Option<Word>,
    /// Whether a class begins with it: `6` of `6A1`, `LA` of `Lá 1`.
    opens_class: bool,
}

/// A student's name and class as they are compared.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// The words of the name; the given name is the last.
    pub words: Box<[Word]>,
    /// The class; `None` when unknown.
    pub class: Option<Class>,
    /// The number of the full name; `None` for a name of one word.
    full: Option<usize>,
}

/// A node of the tree of names, reached from another by a word; the root is 0.
type Node = u32;

/// What ends at a node.
#[derive(Clone, Copy, Debug, Default)]
struct End {
    student: Option<usize>,
    guardian: Option<usize>,
}

/// The students of a school, by place.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    students: Vec<Named>,
    vocabulary: Map<Bytes, Entry>,
    /// How many students bear each word.
    frequency: Vec<u32>,
    /// Full names as sequences of words.
    tree: Map<(Node, Word), Node>,
    ends: Vec<End>,
    /// The number of each full name, its words without blanks.
    full: Map<Bytes, usize>,
    /// The first three letters of full names: most words of a text begin none.
    beginnings: HashSet<[u8; 3], RandomState>,
    /// The lengths of full names, the longest first.
    lengths: Vec<usize>,
    /// The students who bear a full name, by its number.
    bearers: Vec<Vec<usize>>,
    bearers_in_class: Map<(usize, Class), Vec<usize>>,
    /// The number of each guardian's name, without blanks, and the guardian's children.
    guardians: Map<Bytes, usize>,
    children: Vec<Vec<usize>>,
    class_numbers: Map<Bytes, Class>,
    in_class: Map<(Class, Word), Vec<usize>>,
    by_given: Map<Word, Vec<usize>>,
    last_two: Map<(Word, Word), Vec<usize>>,
}

impl Names {
    /// Takes the students' names, classes and guardians, by place.
    pub(super) fn new<'a>(
        students: impl Iterator<Item = (&'a str, &'a str, &'a [String])>,
    ) -> Names {
        let mut names = Names::default();
        names.ends.push(End::default());
        for (place, (name, class, guardians)) in students.enumerate() {
            names.add(place, name, class);
            for guardian in guardians {
                names.add_guardian(place, guardian);
            }
        }
        let lengths: HashSet<usize> = names.full.keys().map(|name| name.len()).collect();
        names.lengths = lengths.into_iter().collect();
        names.lengths.sort_unstable_by(|a, b| b.cmp(a));
        names.beginnings = names
            .full
            .keys()
            .filter_map(|name| name.get(..3).and_then(|first| first.try_into().ok()))
            .collect();
        names.add_other_writings();
        names
    }

    fn add(&mut self, place: usize, name: &str, class: &str) {
        let split = split_name(name);
        let words: Box<[Word]> = split.iter().map(|word| self.number(word)).collect();
        for word in &words {
            let index = usize::try_from(*word).unwrap_or(usize::MAX);
            if let Some(count) = self.frequency.get_mut(index) {
                *count = count.saturating_add(1);
            }
        }
        let class = self.class_number(&class_key(class));
        let node = (words.len() >= 2).then(|| self.node(&words));
        let full = node.map(|node| {
            let next = self.bearers.len();
            // Names are one when they are written alike without blanks, or sound alike.
            let known = self.full.get(split.concat().as_slice()).copied().unwrap_or(next);
            let end = self.ends.get_mut(node);
            let number = end.map_or(known, |end| *end.student.get_or_insert(known));
            self.full.entry(split.concat().into_boxed_slice()).or_insert(number);
            if number == next {
                self.bearers.push(Vec::new());
            }
            number
        });
        if let Some(bearers) = full.and_then(|number| self.bearers.get_mut(number)) {
            bearers.push(place);
        }
        if let (Some(number), Some(class)) = (full, class) {
            push_few(self.bearers_in_class.entry((number, class)).or_default(), place);
        }
        if let [.., middle, given] = *words {
            self.last_two.entry((middle, given)).or_default().push(place);
        }
        if let Some(given) = words.last() {
            push_few(self.by_given.entry(*given).or_default(), place);
        }
        if let (Some(given), Some(class)) = (words.last(), class) {
            push_few(self.in_class.entry((class, *given)).or_default(), place);
        }
        self.students.push(Named { words, class, full });
    }

    fn add_guardian(&mut self, child: usize, name: &str) {
        let split = split_name(name);
        if split.len() < 2 {
            return;
        }
        let words: Vec<Word> = split.iter().map(|word| self.number(word)).collect();
        let next = self.children.len();
        let node = self.node(&words);
        let end = self.ends.get_mut(node);
        let number = end.map_or(next, |end| *end.guardian.get_or_insert(next));
        self.guardians.entry(split.concat().into_boxed_slice()).or_insert(number);
        if number == next {
            self.children.push(Vec::new());
        }
        if let Some(children) = self.children.get_mut(number)
            && children.last() != Some(&child)
        {
            push_few(children, child);
        }
    }

    /// The number of a word, a new one where it has none.
    fn number(&mut self, word: &[u8]) -> Word {
        let next = self.frequency.len();
        let entry = self.vocabulary.entry(canonical(word).into()).or_default();
        let number = *entry.word.get_or_insert(u32::try_from(next).unwrap_or(u32::MAX));
        if usize::try_from(number) == Ok(next) {
            self.frequency.push(0);
        }
        number
    }

    /// Where a name ends in the tree, which grows by what it lacks.
    fn node(&mut self, words: &[Word]) -> usize {
        let end = words.iter().fold(0, |node, word| {
            let next = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
            let node = *self.tree.entry((node, *word)).or_insert(next);
            if node == next {
                self.ends.push(End::default());
            }
            node
        });
        usize::try_from(end).unwrap_or(usize::MAX)
    }

    fn class_number(&mut self, key: &[u8]) -> Option<Class> {
        if key.is_empty() {
            return None;
        }
        let next = u32::try_from(self.class_numbers.len()).unwrap_or(u32::MAX);
        let number = *self.class_numbers.entry(key.into()).or_insert(next);
        let head = first_run(key);
        self.vocabulary.entry(canonical(head).into()).or_default().opens_class = true;
        Some(number)
    }

    /// `6/2` for `6A2` where the grade has only one class of that number.
    fn add_other_writings(&mut self) {
        let mut other: HashMap<Bytes, Option<Class>> = HashMap::new();
        for (key, number) in &self.class_numbers {
            let digits = |byte: &u8| byte.is_ascii_digit();
            let grade = key.iter().take_while(|byte| digits(byte)).count();
            let tail = key.iter().rev().take_while(|byte| digits(byte)).count();
            let letters = key.len().saturating_sub(grade + tail);
            if (1..=2).contains(&grade) && (1..=2).contains(&tail) && letters == 1 {
                let (Some(grade), Some(tail)) = (key.get(..grade), key.get(grade + 1..)) else {
                    continue;
                };
                let written = [grade, b"/", tail].concat().into_boxed_slice();
                other
                    .entry(written)
                    .and_modify(|known| *known = known.filter(|known| known == number))
                    .or_insert(Some(*number));
            }
        }
        for (written, number) in other {
            if let Some(number) = number {
                self.class_numbers.entry(written).or_insert(number);
            }
        }
    }

    /// Whether a student bears the full name of a number.
    pub(super) fn bears(&self, student: usize, number: usize) -> bool {
        self.students.get(student).and_then(|named| named.full) == Some(number)
    }

    /// Whether only one student's name has this word.
    pub(super) fn is_unique(&self, word: Word) -> bool {
        usize::try_from(word).is_ok_and(|index| self.frequency.get(index) == Some(&1))
    }

    /// How many students of the school bear a student's full name.
    pub(super) fn namesakes(&self, student: usize) -> usize {
        let number = self.students.get(student).and_then(|named| named.full);
        number.and_then(|number| self.bearers.get(number)).map_or(1, Vec::len)
    }

    /// Some students who bear a full name: those of the text's classes where there are any.
    pub(super) fn bearers(&self, number: usize, mentions: &Mentions) -> Vec<usize> {
        let in_class = self.bearers_in(number, mentions);
        if in_class.is_empty() {
            let all = self.bearers.get(number).map(Vec::as_slice).unwrap_or_default();
            return all.iter().copied().take(MOST_BEARERS).collect();
        }
        in_class
    }

    /// Some students who bear a full name and are of a class that the text has.
    pub(super) fn bearers_in(&self, number: usize, mentions: &Mentions) -> Vec<usize> {
        let classes = mentions.classes.iter().map(|found| (number, found.class));
        classes.filter_map(|key| self.bearers_in_class.get(&key)).flatten().copied().collect()
    }

    /// Takes a name for a parent's, not for a pupil's who is called the same, where the bank says
    /// that the sender bears it, or where the rest of the text means a child of that parent.
    pub(super) fn set_parents_apart(
        &self,
        read: &Remittance,
        sender: &[u8],
        mentions: &mut Mentions,
    ) {
        let mut parents: Vec<(usize, usize, bool)> = Vec::new();
        for guardian in &mentions.guardians {
            let (start, end) = (guardian.start, guardian.end);
            let outside = |mention: &InClass| mention.end <= start || end <= mention.start;
            let children = self.children(guardian.number);
            let named = mentions.full.iter().any(|name| {
                (name.end <= start || end <= name.start)
                    && children.iter().any(|child| self.bears(*child, name.number))
            });
            let in_class = mentions.in_class.iter().chain(&mentions.by_two_words);
            let meant = in_class.filter(|mention| outside(mention));
            let meant = named || meant.map(|one| one.student).any(|one| children.contains(&one));
            if meant || read.slice(start, end) == sender {
                parents.push((start, end, meant));
            }
        }
        if sender.len() >= SHORTEST_SENDER {
            let own =
                mentions.full.iter().filter(|name| read.slice(name.start, name.end) == sender);
            parents.extend(own.map(|name| (name.start, name.end, false)));
        }
        let within = |start: usize, end: usize| {
            parents.iter().any(|parent| parent.0 <= start && end <= parent.1)
        };
        if !parents.is_empty() {
            let own = |name: &&FullName| read.slice(name.start, name.end) == sender;
            mentions.by_sender = mentions.full.iter().filter(own).copied().collect();
            // Whose class is there too is a pupil, unless the parent's own child is named.
            let for_child = |name: &FullName| {
                parents
                    .iter()
                    .any(|(start, end, meant)| *meant && *start <= name.start && name.end <= *end)
            };
            let kept: Vec<FullName> = mentions
                .full
                .iter()
                .filter(|name| {
                    !within(name.start, name.end)
                        || (!for_child(name) && !self.bearers_in(name.number, mentions).is_empty())
                })
                .copied()
                .collect();
            mentions.full = kept;
            mentions.in_class.retain(|mention| !within(mention.start, mention.end));
            mentions.by_two_words.retain(|mention| !within(mention.start, mention.end));
        }
    }

    /// Some students whose given name a text has, whatever their class.
    pub(super) fn by_given_name(&self, mentions: &Mentions) -> impl Iterator<Item = usize> {
        let words = mentions.words.iter();
        words.filter_map(|word| self.by_given.get(word)).flatten().copied()
    }

    /// The children of a guardian found in a text.
    pub(super) fn children(&self, guardian: usize) -> &[usize] {
        self.children.get(guardian).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether any student's guardian is known by name.
    pub(super) fn knows_guardians(&self) -> bool {
        !self.guardians.is_empty()
    }

    /// The children of a guardian of this name.
    pub(super) fn children_of(&self, name: &str) -> &[usize] {
        let number = self.guardians.get(squeeze(name).as_bytes());
        number.map(|number| self.children(*number)).unwrap_or_default()
    }

    /// A student's name and class.
    pub(super) fn student(&self, place: usize) -> Option<&Named> {
        self.students.get(place)
    }

    /// How much of a student's name is among the words, in percent. Rare words weigh more, and the
    /// given name twice.
    pub(super) fn likeness(&self, student: usize, words: &[Word]) -> u32 {
        let Some(named) = self.students.get(student) else { return 0 };
        let (mut all, mut found) = (0, 0);
        for (index, word) in named.words.iter().enumerate() {
            let rarity = self.rarity(*word);
            let weight = if index + 1 == named.words.len() { rarity * 2 } else { rarity };
            all += weight;
            if words.contains(word) {
                found += weight;
            }
        }
        (found * 100).checked_div(all).unwrap_or(0)
    }

    /// How rare a word is: 1 when most students bear it, one more each time half as many do.
    fn rarity(&self, word: Word) -> u32 {
        let index = usize::try_from(word).unwrap_or(usize::MAX);
        let bearers = self.frequency.get(index).copied().unwrap_or(1).max(1);
        let students = u32::try_from(self.students.len()).unwrap_or(u32::MAX);
        (students / bearers).saturating_add(1).ilog2() + 1
    }
}

fn push_few(students: &mut Vec<usize>, student: usize) {
    if students.len() < MOST_BEARERS {
        students.push(student);
    }
}

/// The folded words of a name.
fn split_name(name: &str) -> Vec<Bytes> {
    let read = Remittance::read(name, None);
    read.tokens().iter().map(|token| read.word(*token).into()).collect()
}

/// A class as it is compared: `Lớp 6 A1` is `6A1`, `1/2` stays `1/2`.
fn class_key(class: &str) -> Bytes {
    let read = Remittance::read(class, None);
    let mut key = Vec::new();
    for (index, token) in read.tokens().iter().enumerate() {
        let word = read.word(*token);
        if index == 0 && word == b"LOP" {
            continue;
        }
        push_part(&mut key, word);
    }
    if squeeze(class).len() == key.len() && key.starts_with(b"LOP") {
        key.drain(..3);
    }
    key.into_boxed_slice()
}

/// Joins the parts of a class; digits that stood apart stay apart.
fn push_part(key: &mut Vec<u8>, part: &[u8]) {
    let meet =
        key.last().is_some_and(u8::is_ascii_digit) && part.first().is_some_and(u8::is_ascii_digit);
    if meet {
        key.push(b'/');
    }
    key.extend_from_slice(part);
}

/// The letters or the digits with which a class begins.
fn first_run(key: &[u8]) -> &[u8] {
    let digits = key.first().is_some_and(u8::is_ascii_digit);
    let alike = |byte: &&u8| byte.is_ascii_alphanumeric() && byte.is_ascii_digit() == digits;
    key.get(..key.iter().take_while(alike).count()).unwrap_or(key)
}

#[cfg(test)]
mod tests;
