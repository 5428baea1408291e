//! What parents write into a transfer, and what they do to the code on the way.

use crate::demo::random::Dice;
use crate::domain::text::fold;

/// The symbols a payment code is made of, for slips of the finger.
const CODE_SYMBOLS: &str = "234679CFHJKMNPQRTVX";

/// Who a memo speaks of.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The full name.
    pub name: &'a str,
    /// Its last word.
    pub given: &'a str,
    /// The class.
    pub class: &'a str,
    /// Whether the bank passes Vietnamese letters on.
    pub marks: bool,
}

/// A memo with the whole code in it, as parents who were asked to copy it write it.
pub fn with_code(dice: &mut Dice, code: &str, about: About<'_>) -> String {
    let About { name, given, class, marks } = about;
    let (full, short) = (fold(name), fold(given));
    let class = written_class(dice, class);
    match dice.below(100) {
        0..22 => code.to_owned(),
        22..50 => format!("{code} {short} {class}"),
        50..64 => format!("{code} {full}"),
        64..73 => format!("{full} {class} {code}"),
        73..79 => format!("nop tien cho con {code}"),
        79..84 => format!("{code}."),
        84..89 => format!("TT {code} {short}"),
        89..92 => format!("{code}{short}{}", class.replace(' ', "")),
        92..95 => format!("nopj tieenf {code}"),
        95..97 if marks => format!("{code} {given} {class}"),
        97..98 if marks => format!("{code} {}", question_marks(name)),
        _ => format!("{code} SDT 0000{}", dice.digits(6)),
    }
}

/// The code with a blank, a point or a hyphen in its middle.
pub fn split(dice: &mut Dice, code: &str) -> String {
    let at = usize::try_from(dice.between(2, 6)).unwrap_or(2);
    let between = dice.word(&[" ", " ", " ", ".", "-"]);
    let (head, tail) = code.split_at_checked(at).unwrap_or((code, ""));
    format!("{head}{between}{tail}")
}

/// The code with one symbol after its prefix replaced by another.
pub fn slip(dice: &mut Dice, code: &str) -> String {
    let at = usize::try_from(dice.between(2, 8)).unwrap_or(2);
    let symbols: Vec<char> = CODE_SYMBOLS.chars().collect();
    code.chars()
        .enumerate()
        .map(|(place, symbol)| {
            if place != at {
                return symbol;
            }
            let others: Vec<char> =
                symbols.iter().copied().filter(|other| *other != symbol).collect();
            dice.pick(&others).copied().unwrap_or(symbol)
        })
        .collect()
}

/// The code without its last two symbols, as after a limit of length.
#[must_use]
pub fn cut(code: &str) -> &str {
    code.split_at_checked(code.len().saturating_sub(2)).map_or(code, |(head, _)| head)
}

/// A memo that names the student and the class and has no code.
pub fn name_and_class(dice: &mut Dice, about: About<'_>) -> String {
    let (full, class) = (fold(about.name), written_class(dice, about.class));
    match dice.below(4) {
        0 => format!("{full} {class} nop tien thang 11"),
        1 => format!("{full} lop {class}"),
        2 => format!("nop hoc phi cho con {full} {class}"),
        _ => format!("{} {class} nop tien", fold(about.given)),
    }
}

/// A memo that says nothing about anybody.
pub fn bare(dice: &mut Dice) -> &'static str {
    dice.word(&["nop hoc phi", "TT HP", "Chuyen tien", "nop tien thang 11", "nop tien an cho con"])
}

fn written_class(dice: &mut Dice, class: &str) -> String {
    let folded = fold(class);
    match dice.below(8) {
        0 => folded.to_ascii_lowercase(),
        1 => format!("lop {folded}"),
        2 => match folded.split_once('A') {
            Some((grade, rest)) if !rest.is_empty() => format!("{grade} A{rest}"),
            _ => folded,
        },
        _ => folded,
    }
}

/// What a system without Vietnamese letters makes of a name: `Nguy?n`.
fn question_marks(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii() { letter } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::squeeze;

    const ABOUT: About<'static> =
        About { name: "Nguyễn Thị Hạnh", given: "Hạnh", class: "6A1", marks: true };

    #[test]
    fn a_whole_code_stays_whole_in_every_memo() {
        let mut dice = Dice::new(2);
        for _ in 0..300 {
            let memo = with_code(&mut dice, "HPK3M9Q2X", ABOUT);
            assert!(memo.contains("HPK3M9Q2X"), "{memo}");
            assert!(squeeze(&split(&mut dice, "HPK3M9Q2X")) == "HPK3M9Q2X");
        }
    }

    #[test]
    fn a_slip_changes_one_symbol_behind_the_prefix() {
        let mut dice = Dice::new(2);
        for _ in 0..300 {
            let wrong = slip(&mut dice, "HPK3M9Q2X");
            let differing = wrong.chars().zip("HPK3M9Q2X".chars()).filter(|(a, b)| a != b).count();
            assert_eq!((differing, wrong.len(), &wrong[..2]), (1, 9, "HP"), "{wrong}");
        }
        assert_eq!(cut("HPK3M9Q2X"), "HPK3M9Q");
    }
}
