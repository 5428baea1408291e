//! What fingers, keyboards and banks do to a code and to the words around it.

use unicode_normalization::UnicodeNormalization;

use crate::demo::random::Dice;
use crate::demo::simulate::bills::other_symbol;
use crate::domain::payment_code::symbol_value;
use crate::domain::text::fold;

/// Letters and digits that people take for another one.
const LOOK_ALIKES: [(char, &str); 20] = [
    ('0', "O"),
    ('1', "IL"),
    ('2', "Z"),
    ('3', "8E"),
    ('4', "A"),
    ('5', "S"),
    ('6', "Gb"),
    ('7', "1"),
    ('8', "B"),
    ('9', "g"),
    ('B', "8"),
    ('C', "G"),
    ('F', "E"),
    ('I', "1L"),
    ('J', "I"),
    ('L', "1I"),
    ('O', "0"),
    ('Q', "O0"),
    ('S', "5"),
    ('V', "U"),
];

/// The code with a blank, a point or a hyphen in its middle.
pub fn split(code: &str, dice: &mut Dice) -> String {
    let last = u32::try_from(code.len()).unwrap_or(4).saturating_sub(2);
    let at = usize::try_from(dice.between(2, last)).unwrap_or(2);
    let between = dice.word(&[" ", " ", " ", ".", "-"]);
    let (head, tail) = code.split_at_checked(at).unwrap_or((code, ""));
    format!("{head}{between}{tail}")
}

/// The code with `count` symbols behind its prefix replaced by others of our alphabet.
pub fn slips(code: &str, count: usize, dice: &mut Dice) -> String {
    let mut places: Vec<usize> = (2..code.len()).collect();
    dice.shuffle(&mut places);
    places.truncate(count);
    code.chars()
        .enumerate()
        .map(|(at, symbol)| if places.contains(&at) { other_symbol(symbol, dice) } else { symbol })
        .collect()
}

/// The code with two different neighbours changed; the code itself when it has none.
pub fn swapped(code: &str, dice: &mut Dice) -> String {
    let mut symbols: Vec<char> = code.chars().collect();
    let places: Vec<usize> = symbols
        .windows(2)
        .enumerate()
        .skip(2)
        .filter(|(_, pair)| pair.first() != pair.last())
        .map(|(at, _)| at)
        .collect();
    if let Some(at) = dice.pick(&places) {
        symbols.swap(*at, at + 1);
    }
    symbols.into_iter().collect()
}

/// The code without one symbol behind its prefix.
pub fn missing(code: &str, dice: &mut Dice) -> String {
    let gone = 2 + dice.index(code.len().saturating_sub(2)).unwrap_or(0);
    code.chars().enumerate().filter(|(at, _)| *at != gone).map(|(_, symbol)| symbol).collect()
}

/// The code with one symbol doubled or one too many.
pub fn inserted(code: &str, dice: &mut Dice) -> String {
    let at = 2 + dice.index(code.len().saturating_sub(2)).unwrap_or(0);
    let mut longer = String::with_capacity(code.len() + 1);
    for (place, symbol) in code.chars().enumerate() {
        longer.push(symbol);
        if place == at {
            longer.push(if dice.percent(60) { symbol } else { other_symbol(symbol, dice) });
        }
    }
    longer
}

/// The code with up to `count` symbols behind its prefix typed as what they look like; the second
/// is how many were.
pub fn look_alikes(code: &str, count: usize, dice: &mut Dice) -> (String, usize) {
    let like = |symbol: char| LOOK_ALIKES.iter().find(|(known, _)| *known == symbol);
    let mut places: Vec<usize> = code
        .chars()
        .enumerate()
        .skip(2)
        .filter(|(_, symbol)| like(*symbol).is_some())
        .map(|(at, _)| at)
        .collect();
    dice.shuffle(&mut places);
    places.truncate(count);
    let typed = code
        .chars()
        .enumerate()
        .map(|(at, symbol)| {
            let choices: Vec<char> = like(symbol)
                .filter(|_| places.contains(&at))
                .map(|(_, alike)| alike.chars().collect())
                .unwrap_or_default();
            dice.pick(&choices).copied().unwrap_or(symbol)
        })
        .collect();
    (typed, places.len())
}

/// The code without its last `count` symbols.
#[must_use]
pub fn cut(code: &str, count: usize) -> &str {
    code.split_at_checked(code.len().saturating_sub(count)).map_or(code, |(head, _)| head)
}

/// Words as a Telex keyboard leaves them when it is switched off: `nguyeenx vawn an`.
#[must_use]
pub fn telex(text: &str) -> String {
    let word = |word: &str| {
        let mut typed = String::new();
        let mut tone = None;
        for part in word.to_lowercase().nfd() {
            match part {
                'đ' => typed.push_str("dd"),
                '\u{302}' => typed.extend(typed.chars().next_back()),
                '\u{306}' | '\u{31b}' => typed.push('w'),
                '\u{300}' => tone = Some('f'),
                '\u{301}' => tone = Some('s'),
                '\u{309}' => tone = Some('r'),
                '\u{303}' => tone = Some('x'),
                '\u{323}' => tone = Some('j'),
                plain => typed.push(plain),
            }
        }
        typed.extend(tone);
        typed
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// What a Telex keyboard that is switched on makes of a code; codes without vowels and `W` stay.
#[must_use]
pub fn typed_through_telex(code: &str) -> String {
    let mut typed: Vec<char> = Vec::new();
    for key in code.chars() {
        let before = typed.last().copied();
        let change = match (before, key) {
            (Some('A'), 'A') => Some('Â'),
            (Some('E'), 'E') => Some('Ê'),
            (Some('O'), 'O') => Some('Ô'),
            (Some('D'), 'D') => Some('Đ'),
            (Some('A'), 'W') => Some('Ă'),
            (Some('O'), 'W') => Some('Ơ'),
            (Some('U'), 'W') => Some('Ư'),
            (Some('A'), 'S') => Some('Á'),
            (Some('A'), 'F') => Some('À'),
            (Some('A'), 'R') => Some('Ả'),
            (Some('A'), 'X') => Some('Ã'),
            (Some('A'), 'J') => Some('Ạ'),
            (Some('E'), 'S' | 'F' | 'R' | 'X') => Some('É'),
            (Some('O'), 'S' | 'F' | 'R' | 'X') => Some('Ó'),
            (Some('U'), 'S' | 'F' | 'R' | 'X') => Some('Ú'),
            (Some('Y'), 'S' | 'F' | 'R' | 'X') => Some('Ý'),
            _ => None,
        };
        match change {
            Some(letter) => {
                typed.pop();
                typed.push(letter);
            }
            None => typed.push(key),
        }
    }
    typed.into_iter().collect()
}

/// The text broken by a blank every 30 to 35 characters, wherever that falls.
pub fn wrapped(text: &str, dice: &mut Dice) -> String {
    let width = usize::try_from(dice.between(30, 35)).unwrap_or(30);
    let mut broken = String::with_capacity(text.len() + text.len() / 30);
    for (place, letter) in text.chars().enumerate() {
        if place > 0 && place % width == 0 {
            broken.push(' ');
        }
        broken.push(letter);
    }
    broken
}

/// The text without points, hyphens, colons and the blanks beside them.
#[must_use]
pub fn without_separators(text: &str) -> String {
    text.split(['.', '-', ':', '/', '_', '#']).map(str::trim).collect::<Vec<_>>().join(" ")
}

/// A bank's number that begins as our codes do, far from any of them.
pub fn noise(dice: &mut Dice) -> String {
    let mut token = "HP".to_owned();
    while token.len() < 9 {
        let symbol = char::from_digit(dice.below(36), 36).unwrap_or('0').to_ascii_uppercase();
        let ours = u8::try_from(symbol).is_ok_and(|byte| symbol_value(byte).is_some());
        // Every second symbol is none of ours: such a number is no slip of a code.
        if token.len().is_multiple_of(2) != ours {
            token.push(symbol);
        }
    }
    token
}

/// A class as people write it.
pub fn class(class: &str, dice: &mut Dice) -> String {
    let folded = fold(class);
    let lower = folded.to_ascii_lowercase();
    match dice.below(12) {
        0 | 1 => lower,
        2 => format!("lop {folded}"),
        3 => format!("lop {lower}"),
        4 if folded.starts_with(|letter: char| letter.is_ascii_digit()) => format!("L{folded}"),
        5 => match folded.find(|letter: char| !letter.is_ascii_digit()) {
            Some(at) if at > 0 && folded.get(at..).is_some_and(|rest| rest.starts_with('A')) => {
                let (grade, rest) = folded.split_at_checked(at).unwrap_or((&folded, ""));
                format!("{grade} {rest}")
            }
            _ => folded.replace(' ', ""),
        },
        6 => format!("lop{lower}"),
        _ => folded,
    }
}

/// A name as people write it; the second is whether all its words are there as the list has them.
pub fn name(full: &str, marks: bool, dice: &mut Dice) -> (String, bool) {
    let folded = fold(full);
    let words: Vec<&str> = folded.split(' ').collect();
    match dice.below(20) {
        0..2 if words.len() > 2 => {
            let ends = [words.first(), words.last()];
            (ends.into_iter().flatten().copied().collect::<Vec<_>>().join(" "), false)
        }
        2 if folded.ends_with('Y') && folded.len() > 2 => {
            (format!("{}I", folded.trim_end_matches('Y')), false)
        }
        3..6 => (folded.to_lowercase(), true),
        6..8 if marks => (full.to_owned(), true),
        8 if marks => (full.nfd().collect(), true),
        9 if marks => (older_tones(full), true),
        _ => (folded, true),
    }
}

/// The other of the two ways to place a tone: `Hoà` and `Hòa`.
fn older_tones(name: &str) -> String {
    [("oà", "òa"), ("oá", "óa"), ("uý", "úy"), ("uỷ", "ủy")]
        .into_iter()
        .fold(name.to_owned(), |name, (new, old)| name.replace(new, old))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telex_keys_stay_where_the_keyboard_was_off() {
        for (why, text, expected) in [
            ("hat and tone", "Nguyễn Văn An", "nguyeenx vawn an"),
            ("the crossed d", "Đinh Thuỷ", "ddinh thuyr"),
            ("a horn", "Trường", "truwowngf"),
            ("no mark", "hoc phi", "hoc phi"),
        ] {
            assert_eq!(telex(text), expected, "{why}");
        }
        for (why, code, expected) in [
            ("ours has nothing to rewrite", "HPK3M9Q2X", "HPK3M9Q2X"),
            ("a doubled d", "HDD1234", "HĐ1234"),
            ("a tone key after a vowel", "KAS1234", "KÁ1234"),
        ] {
            assert_eq!(typed_through_telex(code), expected, "{why}");
        }
    }

    #[test]
    fn each_damage_is_as_large_as_its_name() {
        let mut dice = Dice::new(5);
        let differ =
            |one: &str, other: &str| one.chars().zip(other.chars()).filter(|(a, b)| a != b).count();
        for _ in 0..300 {
            let code = "HPK3M9Q2X";
            assert_eq!(differ(&slips(code, 1, &mut dice), code), 1);
            assert_eq!(differ(&slips(code, 2, &mut dice), code), 2);
            assert_eq!(differ(&swapped(code, &mut dice), code), 2);
            assert_eq!(missing(code, &mut dice).len(), 8);
            assert_eq!(inserted(code, &mut dice).len(), 10);
            let (typed, count) = look_alikes(code, 2, &mut dice);
            assert_eq!((differ(&typed, code), count), (2, 2), "{typed}");
            assert_eq!(cut(code, 2), "HPK3M9Q");
            assert_eq!(noise(&mut dice).len(), 9);
        }
    }
}
