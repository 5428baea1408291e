//! Spellings of one word that mean the same: `i` for `y`, and what a Telex keyboard leaves when it
//! is switched off.

use std::borrow::Cow;

/// A folded word in the spelling under which it is kept: `MY` and `MI`, `QUY` and `QUI`, `THUY` and
/// `THUI` are the same name. `MAY` stays: it is not `MAI`.
pub(super) fn canonical(word: &[u8]) -> Cow<'_, [u8]> {
    let ends_alike = match word {
        [.., before, b'Y'] => {
            before.is_ascii_alphabetic() && (*before == b'U' || !is_vowel(*before))
        }
        _ => false,
    };
    if !ends_alike {
        return Cow::Borrowed(word);
    }
    let mut word = word.to_vec();
    if let Some(last) = word.last_mut() {
        *last = b'I';
    }
    Cow::Owned(word)
}

/// What somebody meant who typed Telex without it: `NGUYEENX` is `NGUYEN`, `DDINHJ` is `DINH`,
/// `HUOWNGF` is `HUONG`. `None` when nothing of the word is a Telex key.
///
/// The keys `s f r x j z` set a tone behind a vowel, where no Vietnamese syllable has those letters;
/// `w` gives a vowel its horn, a doubled vowel its roof, a doubled `d` its stroke.
pub(in crate::domain::matching) fn without_telex(word: &[u8]) -> Option<Vec<u8>> {
    // Nearly all words are plain: that is found out without writing anything.
    let mut typed = Typed::default();
    let changed = word.len() >= 3
        && word.iter().all(u8::is_ascii_alphabetic)
        && (0..word.len()).any(|place| typed.read(word, place) != Some(Key::Letter));
    if !changed {
        return None;
    }
    let mut typed = Typed::default();
    let plain: Vec<u8> = (0..word.len())
        .filter_map(|place| match typed.read(word, place)? {
            Key::Letter => word.get(place).copied(),
            Key::Horn => Some(b'U'),
            Key::Mark => None,
        })
        .collect();
    (plain.len() < word.len() && plain.len() >= 2).then_some(plain)
}

/// What a key stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Letter,
    /// `w` for a `ư` of its own.
    Horn,
    /// A tone, a horn, a roof, a stroke of a letter before.
    Mark,
}

/// A word while its keys are read.
#[derive(Default)]
struct Typed {
    last: Option<u8>,
    vowel_seen: bool,
}

impl Typed {
    /// What the key at a place stands for.
    fn read(&mut self, word: &[u8], place: usize) -> Option<Key> {
        let letter = *word.get(place)?;
        let last = self.last;
        let key = match letter {
            b'S' | b'F' | b'R' | b'X' | b'J' | b'Z' | b'W' if self.vowel_seen => Key::Mark,
            b'W' => Key::Horn,
            b'D' if place == 1 && last == Some(b'D') => Key::Mark,
            b'A' | b'E' | b'O' if last == Some(letter) => Key::Mark,
            // `NGUYENE`: the roof typed at the end of the word.
            b'A' | b'E' | b'O'
                if place + 1 == word.len()
                    && last.is_some_and(|last| !is_vowel(last))
                    && word.get(..place).is_some_and(|before| before.contains(&letter)) =>
            {
                Key::Mark
            }
            _ => Key::Letter,
        };
        if key != Key::Mark {
            self.last = Some(letter);
            self.vowel_seen |= is_vowel(letter) || key == Key::Horn;
        }
        Some(key)
    }
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'A' | b'E' | b'I' | b'O' | b'U' | b'Y')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i_and_y_are_one_name_where_they_sound_alike() {
        for (why, word, expected) in [
            ("after a consonant", "MY", "MI"),
            ("written with i", "LI", "LI"),
            ("after qu", "QUY", "QUI"),
            ("after another u", "THUY", "THUI"),
            ("another sound", "MAY", "MAY"),
            ("alone", "Y", "Y"),
        ] {
            assert_eq!(&*canonical(word.as_bytes()), expected.as_bytes(), "{why}");
        }
    }

    #[test]
    fn what_telex_leaves_is_taken_off() {
        for (why, word, expected) in [
            ("a tone at the end", "HANHJ", Some("HANH")),
            ("a tone behind the vowel", "HAJNH", Some("HANH")),
            ("a roof and a tone", "NGUYEENX", Some("NGUYEN")),
            ("a roof at the end", "NGUYENE", Some("NGUYEN")),
            ("a stroke", "DDINH", Some("DINH")),
            ("a horn", "HUOWNGF", Some("HUONG")),
            ("a horn alone", "TWF", Some("TU")),
            ("everyday words", "TIEENF", Some("TIEN")),
            ("a word that begins with such a letter", "SANG", None),
            ("a plain word", "HANH", None),
            ("too short", "AS", None),
            ("digits", "6A1", None),
        ] {
            let found = without_telex(word.as_bytes());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{why}: {word}");
        }
    }
}
