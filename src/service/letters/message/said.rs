//! What every letter consists of, in one language: what a template prints, in order.

use super::{Bill, Letter, Transfer, Whole, vietnamese};
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;

/// A letter in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// One line, without a child's name or an amount.
    pub subject: String,
    /// What lists of mail show beside the subject.
    pub preview: String,
    /// The heading.
    pub title: String,
    /// The greeting.
    pub greeting: String,
    /// Paragraphs before.
    pub intro: Vec<String>,
    /// What it is about, line by line.
    pub facts: Vec<Fact>,
    /// What is to be paid.
    pub bills: Vec<Card>,
    /// The one button.
    pub button: String,
    /// For readers in whose program the button does nothing.
    pub by_hand: String,
    /// Paragraphs after.
    pub closing: Vec<String>,
    /// Why it came.
    pub footer: Vec<String>,
    /// Ends reminders, where it is one.
    pub unsubscribe: Option<String>,
}

/// Something with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub value: String,
    /// What is to be heeded.
    pub note: &'static str,
    /// Whether it is to be copied: letters and digits that must not be mistaken.
    pub exact: bool,
}

impl Fact {
    /// A name and a value.
    pub(super) fn of(name: &'static str, value: impl Into<String>) -> Fact {
        Fact { name, value: value.into(), note: "", exact: false }
    }

    /// The same to be copied.
    pub(super) fn exact(name: &'static str, value: &str, note: &'static str) -> Fact {
        Fact { name, value: value.to_owned(), note, exact: true }
    }
}

/// What a child owes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Whose it is and what for.
    pub heading: String,
    /// What is to be known about it; may be empty.
    pub note: &'static str,
    /// How much, and by when.
    pub facts: Vec<Fact>,
    /// How it is transferred.
    pub transfer: Vec<Fact>,
    /// The name of the QR code's picture; empty without one.
    pub cid: String,
    /// What the picture is, for whoever does not see it.
    pub alt: String,
}

/// The names of a card's lines in a language.
pub(super) struct CardNames {
    pub open: &'static str,
    pub due: &'static str,
    pub bank: &'static str,
    pub account: &'static str,
    pub holder: &'static str,
    pub amount: &'static str,
    pub content: &'static str,
    pub keep: &'static str,
    pub whole: &'static str,
    pub whole_note: &'static str,
    pub alt: &'static str,
}

/// What is to be paid, card by card: first the one for all, where there is one.
pub(super) fn cards(
    (bills, whole): (&[Bill], Option<&Whole>),
    names: &CardNames,
    heading: impl Fn(&Bill) -> String,
) -> Vec<Card> {
    let mut cards = Vec::with_capacity(bills.len().saturating_add(1));
    if let Some(Whole { due_on, transfer }) = whole {
        let heading = names.whole.to_owned();
        let about = (transfer.amount, *due_on, Some(transfer));
        cards.push(Card { note: names.whole_note, ..card(heading, about, "qr".to_owned(), names) });
    }
    for (number, bill) in (1..).zip(bills) {
        let about = (bill.open, bill.due_on, bill.transfer.as_ref());
        cards.push(card(heading(bill), about, format!("qr{number}"), names));
    }
    cards
}

fn card(
    heading: String,
    (open, due_on, how): (Vnd, Option<Day>, Option<&Transfer>),
    cid: String,
    names: &CardNames,
) -> Card {
    let mut facts = vec![Fact::of(names.open, dong(open))];
    if let Some(day) = due_on {
        facts.push(Fact::of(names.due, vietnamese_day(day)));
    }
    let mut transfer = Vec::new();
    if let Some(how) = how {
        transfer.push(Fact::of(names.bank, how.bank.clone()));
        transfer.push(Fact::exact(names.account, &how.account, ""));
        transfer.push(Fact::of(names.holder, how.holder.clone()));
        transfer.push(Fact::of(names.amount, dong(how.amount)));
        transfer.push(Fact::exact(names.content, &how.content, names.keep));
    }
    let has_qr = how.is_some_and(|how| how.qr.is_some());
    Card {
        heading,
        note: "",
        facts,
        transfer,
        cid: if has_qr { cid } else { String::new() },
        alt: names.alt.to_owned(),
    }
}

/// `1.250.000 ₫`, never broken at its end.
pub(super) fn dong(amount: Vnd) -> String {
    format!("{}\u{a0}₫", amount.grouped())
}

/// Each line of a text that is not blank.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The words of a letter.
#[must_use]
pub fn of(letter: &Letter) -> Said {
    let mut said = match letter.lang {
        Lang::Vi => vietnamese::say(letter),
        Lang::En => super::english::say(letter),
    };
    if let Some(own) = &letter.own.intro {
        said.intro = paragraphs(own);
    }
    if let Some(own) = &letter.own.closing {
        said.closing = paragraphs(own);
    }
    said
}
