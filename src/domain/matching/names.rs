//! The students of a school by name and class, and whom a text names.

use std::collections::{HashMap, HashSet};

use super::codes::Found;
use super::pieces::{Kind, Piece, pieces};
use super::words;
use crate::domain::remittance::Remittance;
use crate::domain::text::squeeze;

/// A name spans at most so many pieces of a text.
const LONGEST_NAME_PIECES: usize = 10;

/// A name glued to other letters is looked for only when it is this long.
const SHORTEST_GLUED_NAME: usize = 8;

/// More students than this under one pair of words are too many to propose.
const MOST_BY_TWO_WORDS: usize = 40;

/// Of students who share given name and class, or full name and class, no more are looked at: a
/// decision must not take longer the larger the school is.
pub(super) const MOST_BEARERS: usize = 12;

type Bytes = Box<[u8]>;

/// A student's name and class as they are compared.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// The words of the name, folded; the given name is the last.
    pub words: Vec<Bytes>,
    /// The class, e.g. `6A1`, `1/2`, `LA1`; empty when unknown.
    pub class: Bytes,
}

/// The students of a school, by place.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    students: Vec<Named>,
    /// The number of each full name.
    full: HashMap<Bytes, usize>,
    /// The students who bear it, by its number.
    bearers: Vec<Vec<usize>>,
    /// For each student the number of the name.
    numbers: Vec<Option<usize>>,
    bearers_in_class: HashMap<(usize, Bytes), Vec<usize>>,
    glued_lengths: Vec<usize>,
    in_class: HashMap<(Bytes, Bytes), Vec<usize>>,
    classes: HashSet<Bytes>,
    last_two: HashMap<(Bytes, Bytes), Vec<usize>>,
    frequency: HashMap<Bytes, usize>,
}

/// A full name in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FullName {
    /// The name's number.
    pub number: usize,
    /// The first byte of the squeezed text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A class in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ClassName {
    /// As classes are compared.
    pub class: Bytes,
    /// The first byte of the squeezed text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Whether it can be nothing else; `7/3` may be a day.
    pub certain: bool,
}

/// A student whom given name and class name together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct InClass {
    /// The student, by place.
    pub student: usize,
    /// Where the given name stands.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// Whom a text names.
#[derive(Clone, Debug, Default)]
pub(super) struct Mentions {
    /// Full names, the longest where they overlap.
    pub full: Vec<FullName>,
    /// Known classes.
    pub classes: Vec<ClassName>,
    /// Students by given name and class.
    pub in_class: Vec<InClass>,
    /// Students whose last two words stand side by side.
    pub by_two_words: Vec<InClass>,
    /// The words that may name somebody.
    pub words: HashSet<Bytes>,
}

impl Mentions {
    /// Whether the text has this class.
    pub(super) fn has_class(&self, class: &[u8]) -> bool {
        self.classes.iter().any(|found| &*found.class == class)
    }
}

impl Names {
    /// Takes the students' names and classes, by place.
    pub(super) fn new<'a>(students: impl Iterator<Item = (&'a str, &'a str)>) -> Names {
        let mut names = Names::default();
        for (place, (name, class)) in students.enumerate() {
            names.add(place, name, class);
        }
        let lengths: HashSet<usize> = names
            .full
            .keys()
            .map(|name| name.len())
            .filter(|length| *length >= SHORTEST_GLUED_NAME)
            .collect();
        names.glued_lengths = lengths.into_iter().collect();
        names.glued_lengths.sort_unstable_by(|a, b| b.cmp(a));
        names
    }

    fn add(&mut self, place: usize, name: &str, class: &str) {
        let words = split_name(name);
        let class = class_key(class);
        for word in &words {
            *self.frequency.entry(word.clone()).or_default() += 1;
        }
        let number = (words.len() >= 2).then(|| {
            let next = self.bearers.len();
            *self.full.entry(words.concat().into_boxed_slice()).or_insert(next)
        });
        self.numbers.push(number);
        if let Some(number) = number {
            if number == self.bearers.len() {
                self.bearers.push(Vec::new());
            }
            if let Some(bearers) = self.bearers.get_mut(number) {
                bearers.push(place);
            }
            push_few(self.bearers_in_class.entry((number, class.clone())).or_default(), place);
        }
        if let [.., middle, given] = words.as_slice() {
            self.last_two.entry((middle.clone(), given.clone())).or_default().push(place);
        }
        if let (Some(given), false) = (words.last(), class.is_empty()) {
            push_few(self.in_class.entry((class.clone(), given.clone())).or_default(), place);
        }
        if !class.is_empty() {
            self.classes.insert(class.clone());
        }
        self.students.push(Named { words, class });
    }

    /// Whether a student bears the full name of a number.
    pub(super) fn bears(&self, student: usize, number: usize) -> bool {
        self.numbers.get(student).copied().flatten() == Some(number)
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
        let classes = mentions.classes.iter().map(|found| (number, found.class.clone()));
        classes.filter_map(|key| self.bearers_in_class.get(&key)).flatten().copied().collect()
    }

    /// A student's name and class.
    pub(super) fn student(&self, place: usize) -> Option<&Named> {
        self.students.get(place)
    }

    /// Whom the payer's own words name.
    pub(super) fn find(&self, read: &Remittance, codes: &Found) -> Mentions {
        let pieces = pieces(read, codes);
        let mut mentions =
            Mentions { classes: self.find_classes(read, &pieces), ..Mentions::default() };
        mentions.full = self.find_full(read, &pieces);
        for piece in pieces.iter().filter(|piece| piece.kind == Kind::Letters) {
            let word = read.slice(piece.start, piece.end);
            if word.len() >= 2 && self.frequency.contains_key(word) {
                mentions.words.insert(word.into());
            }
        }
        for class in &mentions.classes {
            for piece in pieces.iter().filter(|piece| piece.kind == Kind::Letters) {
                if class.start < piece.end && piece.start < class.end {
                    continue;
                }
                let key = (class.class.clone(), read.slice(piece.start, piece.end).into());
                for student in self.in_class.get(&key).into_iter().flatten() {
                    if !mentions.in_class.iter().any(|known| known.student == *student) {
                        let (start, end) = (piece.start, piece.end);
                        mentions.in_class.push(InClass { student: *student, start, end });
                    }
                }
            }
        }
        for pair in pieces.windows(2) {
            let [middle, given] = pair else { continue };
            if middle.kind == Kind::Everyday && given.kind == Kind::Everyday {
                continue;
            }
            let key = (
                read.slice(middle.start, middle.end).into(),
                read.slice(given.start, given.end).into(),
            );
            let students = self.last_two.get(&key).map(Vec::as_slice).unwrap_or_default();
            if students.len() <= MOST_BY_TWO_WORDS {
                let (start, end) = (middle.start, given.end);
                mentions.by_two_words.extend(students.iter().map(|student| InClass {
                    student: *student,
                    start,
                    end,
                }));
            }
        }
        mentions
    }

    fn find_classes(&self, read: &Remittance, pieces: &[Piece]) -> Vec<ClassName> {
        let mut found: Vec<ClassName> = Vec::new();
        let mut index = 0;
        while let Some(first) = pieces.get(index) {
            let digits = first.kind == Kind::Digits;
            let mut next = index + 1;
            if first.opens || digits {
                let before = index.checked_sub(1).and_then(|before| pieces.get(before));
                let before = before.map(|piece| read.slice(piece.start, piece.end));
                let after_word = matches!(before, Some(b"LOP" | b"L"));
                let dated = matches!(before, Some(b"NGAY" | b"HOM"));
                let mut key = Vec::new();
                let mut best = None;
                for (count, piece) in pieces.iter().skip(index).take(6).enumerate() {
                    push_part(&mut key, read.slice(piece.start, piece.end));
                    let bare = key.iter().all(|byte| byte.is_ascii_digit() || *byte == b'/');
                    let divided = key.contains(&b'/') && !dated;
                    let allowed = !bare || after_word || divided;
                    if piece.closes && allowed && self.classes.contains(key.as_slice()) {
                        best = Some((count + 1, piece.end, key.clone(), !bare || after_word));
                    }
                }
                if let Some((count, end, class, certain)) = best {
                    let start = first.start;
                    found.push(ClassName { class: class.into(), start, end, certain });
                    next = index + count;
                }
            }
            index = next;
        }
        found
    }

    fn find_full(&self, read: &Remittance, pieces: &[Piece]) -> Vec<FullName> {
        let mut found: Vec<FullName> = Vec::new();
        for (index, first) in pieces.iter().enumerate() {
            for (count, last) in pieces.iter().skip(index).take(LONGEST_NAME_PIECES).enumerate() {
                let name = read.slice(first.start, last.end);
                let Some(number) = self.full.get(name).copied() else { continue };
                let certain = count > 0 || name.len() >= SHORTEST_GLUED_NAME;
                if certain && !words::is_everyday(name) {
                    found.push(FullName { number, start: first.start, end: last.end });
                }
            }
            self.find_glued(read, *first, &mut found);
        }
        found.sort_by_key(|name| (std::cmp::Reverse(name.end - name.start), name.start));
        let mut longest: Vec<FullName> = Vec::new();
        for name in found {
            let within = |known: &FullName| known.start <= name.start && name.end <= known.end;
            if !longest.iter().any(within) {
                longest.push(name);
            }
        }
        longest.sort_by_key(|name| name.start);
        longest
    }

    /// Names within one long run of letters, where all blanks were lost.
    fn find_glued(&self, read: &Remittance, piece: Piece, found: &mut Vec<FullName>) {
        if piece.kind == Kind::Digits || piece.end - piece.start <= SHORTEST_GLUED_NAME {
            return;
        }
        for start in piece.start..piece.end {
            for length in &self.glued_lengths {
                let end = start + length;
                if end > piece.end || (start == piece.start && end == piece.end) {
                    continue;
                }
                if let Some(number) = self.full.get(read.slice(start, end)).copied() {
                    found.push(FullName { number, start, end });
                }
            }
        }
    }

    /// How much of a student's name is among the words, in percent. Rare words weigh more, and the
    /// given name twice.
    pub(super) fn likeness(&self, student: usize, words: &HashSet<Bytes>) -> u32 {
        let Some(named) = self.students.get(student) else { return 0 };
        let (mut all, mut found) = (0, 0);
        for (index, word) in named.words.iter().enumerate() {
            let bearers = self.frequency.get(word).copied().unwrap_or(1).max(1);
            let rarity = (self.students.len() / bearers + 1).ilog2() + 1;
            let weight = if index + 1 == named.words.len() { rarity * 2 } else { rarity };
            all += weight;
            if words.contains(word) {
                found += weight;
            }
        }
        (found * 100).checked_div(all).unwrap_or(0)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names::new(
            [
                ("Nguyễn Văn An", "6A1"),
                ("Nguyễn Văn An Khang", "6A2"),
                ("Trần Thị Bình", "Lớp 1/2"),
                ("Y H'Bia", "Lá 1"),
                ("Lê Phi", "6A1"),
                ("Nguyễn Văn Ân", "7B"),
            ]
            .into_iter(),
        )
    }

    #[test]
    fn full_names_are_found_however_they_are_written() {
        for (why, text, expected) in [
            ("plain", "NGUYEN VAN AN nop", &[&[0, 5][..]][..]),
            ("marks, and who shares the folded name", "Nguyễn Văn Ân", &[&[0, 5]]),
            ("the longest wins", "nguyen van an khang 6A2", &[&[1]]),
            ("two names", "Nguyen Van An va Tran Thi Binh", &[&[0, 5], &[2]]),
            ("without blanks", "NGUYENVANAN", &[&[0, 5]]),
            ("glued to other words", "HOCPHINGUYENVANANKHANGNOP", &[&[1]]),
            ("an apostrophe", "Y H'Bia", &[&[3]]),
            ("glued to a number", "123NGUYEN VAN AN6A1", &[&[0, 5]]),
            ("part of a name", "VAN AN 6A1", &[]),
            (
                "a sender's name in the bank's own words",
                "nop.CT tu 0351000000000 NGUYEN VAN AN toi 1018000000 TRUONG",
                &[],
            ),
        ] {
            let names = names();
            let found = names.find(&Remittance::read(text, None), &Found::default());
            let students: Vec<_> =
                found.full.iter().map(|name| names.bearers[name.number].as_slice()).collect();
            assert_eq!(students, expected, "{why}: {text}");
        }
    }

    #[test]
    fn classes_are_found_in_all_spellings() {
        for (why, text, expected) in [
            ("plain", "AN 6A1", &["6A1"][..]),
            ("lower case", "an 6a1", &["6A1"]),
            ("apart", "AN 6 A1", &["6A1"]),
            ("all apart", "AN 6 A 1", &["6A1"]),
            ("with the word", "an lop 6A1", &["6A1"]),
            ("glued to the word", "an lop6a1", &["6A1"]),
            ("glued to the name", "AN6A1", &["6A1"]),
            ("with a stroke", "Binh lop 1/2", &["1/2"]),
            ("without the word", "Binh 1/2", &["1/2"]),
            ("a date is none", "Binh ngay 1/2", &[]),
            ("a nursery class", "be Bia la 1", &["LA1"]),
            ("longer than a class", "AN 6A12", &[]),
            ("unknown", "AN 9C", &[]),
        ] {
            let found = names().find(&Remittance::read(text, None), &Found::default());
            let classes: Vec<_> =
                found.classes.iter().map(|found| String::from_utf8_lossy(&found.class)).collect();
            assert_eq!(classes, expected, "{why}: {text}");
        }
    }

    #[test]
    fn given_name_and_class_name_a_student_but_everyday_words_do_not() {
        for (why, text, expected) in [
            ("given name and class", "AN 6A1 hoc phi", &[0][..]),
            ("of another class", "AN 6A2", &[]),
            ("a name that is an everyday word", "HOC PHI 6A1", &[]),
            ("the same word as a name", "PHI 6A1", &[4]),
        ] {
            let found = names().find(&Remittance::read(text, None), &Found::default());
            let students: Vec<_> = found.in_class.iter().map(|named| named.student).collect();
            assert_eq!(students, expected, "{why}: {text}");
        }
    }

    #[test]
    fn rare_words_and_the_given_name_weigh_more() {
        let names = names();
        let of = |text: &str| {
            let found = names.find(&Remittance::read(text, None), &Found::default());
            names.likeness(2, &found.words)
        };
        assert_eq!(of("TRAN THI BINH"), 100);
        assert!(of("BINH") > of("TRAN"), "{} {}", of("BINH"), of("TRAN"));
        assert_eq!(of("KHANG"), 0);
    }
}
