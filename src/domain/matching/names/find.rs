//! Whom a text names.

use super::super::codes::Found;
use super::super::pieces::{Kind, Piece, pieces};
use super::super::words;
use super::spelling::canonical;
use super::{Class, Entry, Names, Node, SHORTEST_GLUED_NAME, Word, push_part, without_telex};
use crate::domain::remittance::Remittance;

/// A name spans at most so many pieces of a text.
const LONGEST_NAME_PIECES: usize = 10;

/// More students than this under one pair of words are too many to propose.
const MOST_BY_TWO_WORDS: usize = 40;

/// So many pieces of a payer's words are searched for names; no memo has more.
const MOST_PIECES: usize = 160;

/// A given name broken at a line end is no longer than this.
const LONGEST_BROKEN: usize = 8;

/// So many mentions of one kind are kept: a bulk transfer names a class, not a school.
const MOST_MENTIONS: usize = 80;

/// A full name in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct FullName {
    /// The name's number.
    pub number: usize,
    /// The first byte of the squeezed text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A class in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct ClassName {
    /// The class's number.
    pub class: Class,
    /// The first byte of the squeezed text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A student whom given name and class name together, or the last two words of the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct InClass {
    /// The student, by place.
    pub student: usize,
    /// Where the given name stands.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// Whom a text names.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Mentions {
    /// Full names, the longest where they overlap.
    pub full: Vec<FullName>,
    /// Guardians in full, by their number.
    pub guardians: Vec<FullName>,
    /// Full names of pupils that are the sender's own.
    pub by_sender: Vec<FullName>,
    /// Known classes.
    pub classes: Vec<ClassName>,
    /// Students by given name and class.
    pub in_class: Vec<InClass>,
    /// Students whose last two words stand side by side.
    pub by_two_words: Vec<InClass>,
    /// The words that may name somebody, each once.
    pub words: Vec<Word>,
    /// Whether the text is too long to be searched for names to its end.
    pub truncated: bool,
}

impl Mentions {
    /// Whether the text has this class.
    pub(in super::super) fn has_class(&self, class: Option<Class>) -> bool {
        self.classes.iter().any(|found| Some(found.class) == class)
    }
}

impl Names {
    /// Whom the payer's own words name.
    pub(in super::super) fn find(&self, read: &Remittance, codes: &Found) -> Mentions {
        let mut mentions = Mentions::default();
        let mut pieces = pieces(read, codes);
        mentions.truncated = pieces.len() > MOST_PIECES;
        pieces.truncate(MOST_PIECES);
        let known: Vec<Entry> = pieces.iter().map(|piece| self.look_up(read, *piece)).collect();
        self.find_classes(read, &pieces, &known, &mut mentions);
        self.find_full(read, &pieces, &known, &mut mentions);
        for (piece, entry) in pieces.iter().zip(&known) {
            let naming = piece.kind == Kind::Letters && piece.end - piece.start >= 2;
            if let (true, Some(word)) = (naming, entry.word)
                && !mentions.words.contains(&word)
            {
                mentions.words.push(word);
            }
        }
        self.find_in_classes(read, &pieces, &known, &mut mentions);
        self.find_two_words(&pieces, &known, &mut mentions);
        mentions
    }

    fn look_up(&self, read: &Remittance, piece: Piece) -> Entry {
        let letters = read.slice(piece.start, piece.end);
        if let Some(entry) = self.vocabulary.get(&*canonical(letters)) {
            return *entry;
        }
        if piece.kind == Kind::Digits {
            return Entry::default();
        }
        without_telex(letters)
            .and_then(|plain| self.vocabulary.get(&*canonical(&plain)).copied())
            .unwrap_or_default()
    }

    fn find_classes(
        &self,
        read: &Remittance,
        pieces: &[Piece],
        known: &[Entry],
        mentions: &mut Mentions,
    ) {
        let mut key = Vec::new();
        let mut index = 0;
        while let (Some(first), Some(entry)) = (pieces.get(index), known.get(index)) {
            let mut next = index + 1;
            if first.opens || first.kind == Kind::Digits {
                let letters = read.slice(first.start, first.end);
                // `LOPLA 1` and `LMAM 2` begin with the word for a class, or its first letter.
                let glued = if entry.opens_class { None } else { self.behind_class_word(letters) };
                if entry.opens_class || glued.is_some() {
                    let before = index.checked_sub(1).and_then(|before| pieces.get(before));
                    let before = before.map(|piece| read.slice(piece.start, piece.end));
                    let after_word = glued.is_some() || matches!(before, Some(b"LOP" | b"L"));
                    let dated = matches!(before, Some(b"NGAY" | b"HOM"));
                    key.clear();
                    let mut best = None;
                    for (count, piece) in pieces.iter().skip(index).take(6).enumerate() {
                        let part = read.slice(piece.start, piece.end);
                        push_part(&mut key, glued.filter(|_| count == 0).unwrap_or(part));
                        let bare = key.iter().all(|byte| byte.is_ascii_digit() || *byte == b'/');
                        let divided = key.contains(&b'/') && !dated;
                        let allowed = !bare || after_word || divided;
                        if piece.closes
                            && allowed
                            && let Some(class) = self.class_numbers.get(key.as_slice())
                        {
                            best = Some((count + 1, piece.end, *class));
                        }
                    }
                    if let Some((count, end, class)) = best {
                        if mentions.classes.len() < MOST_MENTIONS {
                            mentions.classes.push(ClassName { class, start: first.start, end });
                        }
                        next = index + count;
                    }
                }
            }
            index = next;
        }
    }

    /// What follows the word for a class in letters where a class begins so.
    fn behind_class_word<'a>(&self, letters: &'a [u8]) -> Option<&'a [u8]> {
        let opens = |rest: &&[u8]| {
            !rest.is_empty()
                && self.vocabulary.get(&*canonical(rest)).is_some_and(|entry| entry.opens_class)
        };
        let behind = |word: &[u8]| letters.strip_prefix(word).filter(opens);
        behind(b"LOP").or_else(|| behind(b"L"))
    }

    fn find_full(
        &self,
        read: &Remittance,
        pieces: &[Piece],
        known: &[Entry],
        mentions: &mut Mentions,
    ) {
        let mut found: Vec<FullName> = Vec::new();
        for (index, first) in pieces.iter().enumerate() {
            if first.kind == Kind::Digits {
                continue;
            }
            self.walk(read, pieces, known, (index, &mut found, &mut mentions.guardians));
            let begins = read.slice(first.start, first.start + 3);
            if <[u8; 3]>::try_from(begins).is_ok_and(|three| self.beginnings.contains(&three)) {
                for (count, last) in pieces.iter().skip(index).take(LONGEST_NAME_PIECES).enumerate()
                {
                    let name = read.slice(first.start, last.end);
                    let certain = count > 0 || name.len() >= SHORTEST_GLUED_NAME;
                    if certain
                        && let Some(number) = self.full_name(name)
                        && !words::is_everyday(name)
                    {
                        found.push(FullName { number, start: first.start, end: last.end });
                    }
                }
            }
            self.find_glued(read, *first, &mut found);
        }
        mentions.full = longest(found);
        mentions.guardians = longest(std::mem::take(&mut mentions.guardians));
    }

    /// Follows the words from one on through the tree of names.
    fn walk(
        &self,
        read: &Remittance,
        pieces: &[Piece],
        known: &[Entry],
        (index, full, guardians): (usize, &mut Vec<FullName>, &mut Vec<FullName>),
    ) {
        let Some(first) = pieces.get(index) else { return };
        let mut node: Node = 0;
        for (piece, entry) in pieces.iter().zip(known).skip(index).take(LONGEST_NAME_PIECES) {
            let Some(word) = entry.word else { return };
            let Some(next) = self.tree.get(&(node, word)) else { return };
            node = *next;
            let index = usize::try_from(node).unwrap_or(usize::MAX);
            let Some(end) = self.ends.get(index) else { return };
            if end.student.is_none() && end.guardian.is_none()
                || words::is_everyday(read.slice(first.start, piece.end))
            {
                continue;
            }
            let place = |number| FullName { number, start: first.start, end: piece.end };
            full.extend(end.student.map(place));
            guardians.extend(end.guardian.map(place));
        }
    }

    fn full_name(&self, name: &[u8]) -> Option<usize> {
        self.lengths.binary_search_by(|length| name.len().cmp(length)).ok()?;
        self.full.get(name).copied()
    }

    /// Names within one long run of letters, where all blanks were lost.
    fn find_glued(&self, read: &Remittance, piece: Piece, found: &mut Vec<FullName>) {
        if piece.end - piece.start <= SHORTEST_GLUED_NAME {
            return;
        }
        for start in piece.start..piece.end {
            let begins = <[u8; 3]>::try_from(read.slice(start, start + 3));
            if !begins.is_ok_and(|three| self.beginnings.contains(&three)) {
                continue;
            }
            for length in self.lengths.iter().filter(|length| **length >= SHORTEST_GLUED_NAME) {
                let end = start + length;
                if end > piece.end
                    || (start == piece.start && end == piece.end)
                    || found.len() >= MOST_MENTIONS
                {
                    continue;
                }
                if let Some(number) = self.full.get(read.slice(start, end)).copied() {
                    found.push(FullName { number, start, end });
                }
            }
        }
    }

    fn find_in_classes(
        &self,
        read: &Remittance,
        pieces: &[Piece],
        known: &[Entry],
        mentions: &mut Mentions,
    ) {
        let mut looked_at: Vec<Class> = Vec::new();
        let mut found: Vec<InClass> = Vec::new();
        for class in &mentions.classes {
            if looked_at.contains(&class.class) {
                continue;
            }
            looked_at.push(class.class);
            let apart = |piece: &Piece| piece.end <= class.start || class.end <= piece.start;
            let mut name = |word: Word, start: usize, end: usize| {
                for student in self.in_class.get(&(class.class, word)).into_iter().flatten() {
                    let known = found.iter().any(|one| one.student == *student);
                    if !known && found.len() < MOST_MENTIONS {
                        found.push(InClass { student: *student, start, end });
                    }
                }
            };
            for (index, (piece, entry)) in pieces.iter().zip(known).enumerate() {
                if piece.kind == Kind::Digits || !apart(piece) {
                    continue;
                }
                // `LAN 11 A2` is Lan of 11A2; `LAN 11` may be the eleventh time.
                let naming = piece.kind == Kind::Letters
                    || (piece.end == class.start
                        && words::introduces_number(read.slice(piece.start, piece.end)));
                if let (true, Some(word)) = (naming, entry.word) {
                    name(word, piece.start, piece.end);
                }
                // `N\nAM` is Nam, broken at a line end.
                let next = pieces.get(index + 1).filter(|next| next.kind == Kind::Letters);
                if let Some(next) = next
                    && piece.kind == Kind::Letters
                    && apart(next)
                    && next.end - piece.start <= LONGEST_BROKEN
                    && let Some(word) = self.broken(read.slice(piece.start, next.end))
                {
                    name(word, piece.start, next.end);
                }
            }
        }
        // Of a broken name and a shorter one at its end the broken one is meant.
        if found.len() > 1 {
            let all = found.clone();
            found.retain(|one| {
                !all.iter().any(|other| {
                    (other.start < one.start && one.end <= other.end)
                        || (other.start <= one.start && one.end < other.end)
                })
            });
        }
        mentions.in_class = found;
    }

    /// The word that two pieces are together.
    fn broken(&self, letters: &[u8]) -> Option<Word> {
        self.vocabulary.get(&*canonical(letters)).and_then(|entry| entry.word)
    }

    fn find_two_words(&self, pieces: &[Piece], known: &[Entry], mentions: &mut Mentions) {
        for (pair, entries) in pieces.windows(2).zip(known.windows(2)) {
            let ([middle, given], [one, two]) = (pair, entries) else { continue };
            let (Some(one), Some(two)) = (one.word, two.word) else { continue };
            if middle.kind == Kind::Everyday && given.kind == Kind::Everyday {
                continue;
            }
            let students = self.last_two.get(&(one, two)).map(Vec::as_slice).unwrap_or_default();
            if students.len() <= MOST_BY_TWO_WORDS && mentions.by_two_words.len() < MOST_MENTIONS {
                let (start, end) = (middle.start, given.end);
                mentions.by_two_words.extend(students.iter().map(|student| InClass {
                    student: *student,
                    start,
                    end,
                }));
            }
        }
    }
}

/// The names that lie within no longer one, in the order of the text.
fn longest(mut found: Vec<FullName>) -> Vec<FullName> {
    if found.len() < 2 {
        return found;
    }
    found.sort_by_key(|name| (name.start, std::cmp::Reverse(name.end), name.number));
    let mut kept: Vec<FullName> = Vec::new();
    let mut reach = 0;
    for name in found {
        // Sorted so, a name lies within an earlier one when it ends no later than any so far.
        if name.end > reach && kept.len() < MOST_MENTIONS {
            reach = name.end;
            kept.push(name);
        }
    }
    kept
}
