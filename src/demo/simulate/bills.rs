//! What families owe: last month's meals, paid already, and three rounds of this month.

use std::collections::HashSet;

use crate::demo::error::DemoError;
use crate::demo::random::Dice;
use crate::demo::roll::Roll;
use crate::demo::simulate::profiles::CodeStyle;
use crate::domain::money::Vnd;
use crate::domain::payment_code::{ALPHABET, PaymentCode, Prefix};

/// A collection round.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    /// Its name on notices.
    pub name: &'static str,
    /// What is paid for.
    pub fee_item: &'static str,
    /// What its list's file name says.
    pub slug: &'static str,
    /// The last day to pay, a day of November 2026.
    pub due_on: u32,
    /// How many of a hundred students take part.
    pub share: u32,
}

/// The rounds; the first is last month's.
pub const ROUNDS: [Round; 4] = [
    Round {
        name: "Tiền ăn bán trú tháng 10/2026",
        fee_item: "Tiền ăn bán trú",
        slug: "tien-an-10",
        due_on: 2,
        share: 90,
    },
    Round {
        name: "Tiền ăn bán trú tháng 11/2026",
        fee_item: "Tiền ăn bán trú",
        slug: "tien-an-11",
        due_on: 15,
        share: 94,
    },
    Round {
        name: "Học 2 buổi/ngày tháng 11/2026",
        fee_item: "Học 2 buổi/ngày",
        slug: "hai-buoi",
        due_on: 20,
        share: 96,
    },
    Round {
        name: "Nước uống, vệ sinh học kỳ I năm học 2026-2027",
        fee_item: "Nước uống và vệ sinh",
        slug: "nuoc-uong",
        due_on: 27,
        share: 98,
    },
];

/// Whether a bill takes money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Open,
    /// Paid before the month began.
    Paid,
    /// Withdrawn by the school.
    Cancelled,
}

/// An invoice of one student in one round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// Its payment code.
    pub code: String,
    /// Where the student stands in [`Roll::pupils`].
    pub pupil: usize,
    /// Which of [`ROUNDS`].
    pub round: usize,
    /// The fee.
    pub fee: Vnd,
    /// Whether it takes money.
    pub standing: Standing,
}

impl Bill {
    /// What is owed when the month begins.
    #[must_use]
    pub fn due(&self) -> Vnd {
        if self.standing == Standing::Open { self.fee } else { Vnd::ZERO }
    }
}

/// Hands out codes: ours from one sequence for the whole province, a school's own by its style.
#[derive(Debug)]
pub struct Codes {
    prefix: Prefix,
    key: u64,
    serial: u64,
    issued: HashSet<String>,
}

impl Codes {
    /// No code is issued yet; the key decides the order of ours.
    pub fn new(key: u64) -> Result<Codes, DemoError> {
        Ok(Codes { prefix: Prefix::parse("HP")?, key, serial: 0, issued: HashSet::new() })
    }

    /// A code nobody has.
    pub fn issue(&mut self, style: CodeStyle, dice: &mut Dice) -> Result<String, DemoError> {
        loop {
            let code = match style {
                CodeStyle::Ours => {
                    let code = PaymentCode::issue_keyed(self.prefix, self.key, self.serial)
                        .ok_or(DemoError::CodesExhausted)?;
                    self.serial += 1;
                    code.to_string()
                }
                CodeStyle::Serial => format!("HS{}", dice.digits(7)),
                CodeStyle::Digits => dice.digits(9),
                CodeStyle::Mixed(length) => mixed(length, dice),
            };
            if self.issued.insert(code.clone()) {
                return Ok(code);
            }
        }
    }
}

/// Letters and digits of which at least two are digits, the first a letter.
fn mixed(length: usize, dice: &mut Dice) -> String {
    let mut code = String::with_capacity(length);
    while code.len() < length {
        let letter = match code.len() {
            0 => "KLMNPQTU".chars().nth(dice.index(8).unwrap_or(0)),
            2 | 5 => char::from_digit(dice.below(10), 10),
            _ => dice.pick(b"ABCDEFGHKLMNPQRSTUVXYZ0123456789").copied().map(char::from),
        };
        code.push(letter.unwrap_or('K'));
    }
    code
}

/// A symbol of our alphabet that is not `but`.
pub fn other_symbol(but: char, dice: &mut Dice) -> char {
    let others: Vec<char> =
        ALPHABET.iter().copied().map(char::from).filter(|symbol| *symbol != but).collect();
    dice.pick(&others).copied().unwrap_or('2')
}

/// Issues the bills of a school, round by round in the order of the class lists.
pub fn issue(
    style: CodeStyle,
    roll: &Roll,
    codes: &mut Codes,
    dice: &mut Dice,
) -> Result<Vec<Bill>, DemoError> {
    let mut bills = Vec::with_capacity(roll.pupils.len() * ROUNDS.len());
    for (number, round) in ROUNDS.iter().enumerate() {
        for (place, pupil) in roll.pupils.iter().enumerate() {
            if !dice.percent(round.share) {
                continue;
            }
            let fee = match number {
                0 | 1 => 28_000 * i64::from(dice.between(14, 21)),
                2 => 160_000 + 10_000 * grade(&pupil.class),
                _ => 126_000,
            };
            let fee = if number > 1 && dice.percent(6) { fee / 2 } else { fee };
            let standing = match number {
                0 => Standing::Paid,
                _ if dice.percent(2) => Standing::Cancelled,
                _ => Standing::Open,
            };
            bills.push(Bill {
                code: codes.issue(style, dice)?,
                pupil: place,
                round: number,
                fee: Vnd::new(fee),
                standing,
            });
        }
    }
    Ok(bills)
}

fn grade(class: &str) -> i64 {
    let digits: String = class.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_default()
}
