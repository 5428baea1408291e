//! A movement together with what only its author knows: what the words mean and whom they name.

use crate::demo::movement::Movement;
use crate::demo::simulate::manner::Manner;
use crate::domain::money::Vnd;

/// What the payer's words say about invoices, told by the one who wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Nothing that names an invoice for certain.
    Nothing,
    /// The whole codes of these bills.
    Codes(Vec<usize>),
    /// The code of a bill with one symbol replaced, beside the student's full name or the class.
    Slip(usize),
    /// The virtual account of a student.
    Account(usize),
}

/// What a person who cannot rely on a code has to go by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clue {
    /// A code that is damaged, paid, or came with another amount, but leads to this one answer.
    Leads,
    /// The family, and the amount.
    Family(usize),
    /// Students who are so described.
    Described(Description),
    /// Nothing from which one answer follows.
    Nothing,
}

/// What is said of a student; folded, and `None` where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// The full name.
    pub name: Option<String>,
    /// The given name.
    pub given: Option<String>,
    /// The class as the list has it.
    pub class: Option<String>,
    /// The guardian's name.
    pub guardian: Option<String>,
}

/// A movement and its story.
#[derive(Clone, Debug)]
pub struct Told {
    /// What happens on the account.
    pub movement: Movement,
    /// How it came to look as it does.
    pub manner: Manner,
    /// What the payer wrote, without what banks added.
    pub words: String,
    /// What its words say about invoices.
    pub evidence: Evidence,
    /// What a person has to go by.
    pub clue: Clue,
    /// The students it is about: naming them is no objection.
    pub about: Vec<usize>,
    /// What it is meant for.
    pub pays: Vec<(usize, Vnd)>,
    /// Whether something else makes it doubtful, whatever its words say.
    pub doubtful: bool,
}
