//! Money that was announced and money that a statement shows, each without the other: whether they
//! may be the same, told differently. Nothing proves it, so a person is asked, and meanwhile the
//! statement's line is not settled by the machine: its money counts as what was announced.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::across::in_time;
use crate::domain::calendar::Day;
use crate::domain::text::{fold, squeeze};

/// The most questions that one line of a statement raises.
const MOST_LIKE: usize = 3;

/// A text with fewer letters and digits does not tell which payment it is of.
const TELLING: usize = 12;

/// Shorter words are in every text.
const SHORTEST_WORD: usize = 3;

/// A payment that only announcements show, or only statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lone<'a> {
    /// Whether it is announced.
    pub announced: bool,
    /// The account, by any number of the caller's.
    pub account: i64,
    /// How much, in đồng; money in.
    pub amount: i64,
    /// Its day.
    pub day: Day,
    /// Its text.
    pub text: &'a str,
    /// The payer's account, where told.
    pub payer: Option<&'a str>,
}

/// Pairs of places in `lone`: a payment of a statement's, and the announced one that it may be.
#[must_use]
pub fn perhaps_announced(lone: &[Lone<'_>]) -> Vec<(usize, usize)> {
    let mut announced: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
    for (place, one) in lone.iter().enumerate().filter(|(_, one)| one.announced) {
        announced.entry((one.account, one.amount)).or_default().push(place);
    }
    let mut pairs = Vec::new();
    for (place, booked) in lone.iter().enumerate().filter(|(_, one)| !one.announced) {
        let near = announced.get(&(booked.account, booked.amount)).into_iter().flatten();
        let mut like: Vec<(Reverse<usize>, Day, &str, usize)> = near
            .filter_map(|other| {
                let one = lone.get(*other).filter(|one| in_time(one.day, booked.day))?;
                Some((Reverse(likeness(one, booked)?), one.day, one.text, *other))
            })
            .collect();
        like.sort_unstable();
        pairs.extend(like.into_iter().take(MOST_LIKE).map(|(.., other)| (place, other)));
    }
    pairs
}

/// How much two texts have in common, in words; `None` where they speak of different things.
fn likeness(announced: &Lone<'_>, booked: &Lone<'_>) -> Option<usize> {
    let (one, other) = (squeeze(announced.text), squeeze(booked.text));
    if let (Some(one), Some(other)) = (announced.payer, booked.payer) {
        // Two payers' accounts are two payments; the same one makes them likely the same.
        return (squeeze(one) == squeeze(other)).then_some(usize::MAX);
    }
    if one.len() < TELLING || other.len() < TELLING {
        return Some(0);
    }
    let folded = fold(announced.text);
    let words: Vec<String> = folded
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| word.len() >= SHORTEST_WORD)
        .map(squeeze)
        .collect();
    let shared = words.iter().filter(|word| other.contains(word.as_str())).count();
    // A word with a figure in it is a code, a class or a reference: one of them has to be in both.
    let telling =
        |word: &&String| word.len() >= 5 && word.bytes().any(|byte| byte.is_ascii_digit());
    let codes: Vec<&String> = words.iter().filter(telling).collect();
    if !codes.is_empty() && !codes.iter().any(|code| other.contains(code.as_str())) {
        return None;
    }
    (shared * 2 >= words.len()).then_some(shared)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lone(announced: bool, day: u32, text: &str) -> Lone<'_> {
        let day = Day::from_ymd_opt(2026, 11, day).unwrap();
        Lone { announced, account: 1, amount: 1_250_000, day, text, payer: None }
    }

    #[test]
    fn only_what_may_be_the_same_is_asked_about() {
        let announced = "HPK3M9Q2X HANH 6A1";
        for (why, day, text, asked) in [
            ("cut, with a code that is in both", 26, "MBVCB.99.HPK3M9Q2X HANH", true),
            ("no text at all", 26, "", true),
            ("another pupil's code", 26, "HPT7C2N4V KHANG 6A2 nop tien", false),
            ("the next banking day", 27, "HPK3M9Q2X", true),
            ("later than a bank takes", 30, "HPK3M9Q2X HANH 6A1 x", false),
            ("before it was announced", 25, "HPK3M9Q2X HANH 6A1 x", false),
        ] {
            let all = [lone(true, 26, announced), lone(false, day, text)];
            assert_eq!(perhaps_announced(&all).len(), usize::from(asked), "{why}: {text}");
        }
    }

    #[test]
    fn two_payers_are_two_payments() {
        let one = Lone { payer: Some("1903 0001"), ..lone(true, 26, "nop tien") };
        let same =
            Lone { payer: Some("19030001"), ..lone(false, 26, "hoc phi thang 11 chau Hanh") };
        let other = Lone { payer: Some("19030002"), ..same.clone() };
        assert_eq!(perhaps_announced(&[one.clone(), same]), [(1, 0)]);
        assert_eq!(perhaps_announced(&[one, other]), []);
    }
}
