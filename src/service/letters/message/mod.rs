//! What mail to families says: from what a letter is about to its subject, its text, its page and the
//! pictures of its QR codes. Pure: the same letter is the same message, to the byte.

mod english;
mod page;
pub mod said;
mod vietnamese;
pub mod wording;

pub use page::{Composed, Unmade, compose, compose_as};
pub use said::Said;

use crate::domain::calendar::Day;
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;
use crate::domain::reminder::Step;
use crate::formats::qr::Qr;

/// Points of a square in the picture of a code: sharp at twice the size at which it is shown.
const POINTS: usize = 8;

/// A letter with everything it tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The language of whoever it is for.
    pub lang: Lang,
    /// The school's name.
    pub school: String,
    /// Whom it is for; may be empty.
    pub guardian: String,
    /// The address of the family's private page.
    pub link: String,
    /// The address at which reminders are ended, where the letter is one.
    pub unsubscribe: Option<String>,
    /// The school's own words, where it has any.
    pub own: Own,
    /// What it is about.
    pub matter: Matter,
}

/// A school's own words around what a letter tells, as plain text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// Before; the product's words where absent.
    pub intro: Option<String>,
    /// After; the product's words where absent.
    pub closing: Option<String>,
}

/// What a letter is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matter {
    /// A round was issued.
    Notice {
        /// The round's name.
        round: String,
        /// What is to be paid, child by child.
        bills: Vec<Bill>,
        /// One transfer for all of it, in the place of the children's own.
        whole: Option<Whole>,
    },
    /// Something is still open.
    Reminder {
        /// How urgent it is.
        step: Step,
        /// What is to be paid, child by child.
        bills: Vec<Bill>,
        /// One transfer for all of it, in the place of the children's own.
        whole: Option<Whole>,
    },
    /// Money arrived.
    Receipt(Receipt),
    /// A receipt does not hold any more.
    ReceiptVoided(Voided),
    /// Credit goes back to the family.
    Refund(Refund),
    /// The family said that it had paid, and somebody looked.
    ClaimAnswered {
        /// When it said so.
        asked_on: Day,
        /// How much it said.
        amount: Vnd,
        /// The day on which it said it had paid.
        paid_on: Day,
        /// Whether the money was found.
        found: bool,
        /// What the school says to it; may be empty.
        answer: String,
    },
    /// The private page has another address.
    LinkRenewed,
}

/// Money that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its number.
    pub number: String,
    /// The number of the one whose place it takes.
    pub replaces: Option<String>,
    /// When the money arrived.
    pub day: Day,
    /// By which way.
    pub channel: Channel,
    /// How much.
    pub amount: Vnd,
    /// What it pays.
    pub paid: Vec<Paid>,
    /// Whether the receipt itself comes along.
    pub attached: bool,
}

/// A receipt that does not hold any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voided {
    /// Its number.
    pub number: String,
    /// When its money had arrived.
    pub day: Day,
    /// How much it was over.
    pub amount: Vnd,
    /// What a person gave as the reason.
    pub reason: Option<String>,
    /// The one that took its place.
    pub replaced_by: Option<Replacement>,
}

/// A receipt that took another's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// Its number.
    pub number: String,
    /// How much it is over.
    pub amount: Vnd,
}

/// Credit that goes back to a family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// The child it was paid for, by the given name; empty where nobody is known any more.
    pub child: String,
    /// How much.
    pub amount: Vnd,
    /// The bank it goes to; empty where its name is not known.
    pub bank: String,
    /// The account it goes to, by its last digits.
    pub account: String,
    /// When it was paid, where it was.
    pub paid_on: Option<Day>,
    /// The bank's reference of that payment, where it was noted.
    pub reference: Option<String>,
}

/// What money pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// The child, by the given name.
    pub child: String,
    /// Its class.
    pub class: String,
    /// What for: a round's or an item's name, or credit.
    pub what: String,
    /// How much.
    pub amount: Vnd,
}

/// What a child owes, and how it is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// The child, by the given name.
    pub child: String,
    /// Its class.
    pub class: String,
    /// The round's name.
    pub round: String,
    /// The last day to pay it.
    pub due_on: Option<Day>,
    /// How much is open.
    pub open: Vnd,
    /// How it is transferred; absent where the school takes it otherwise.
    pub transfer: Option<Transfer>,
}

/// What all children owe together, paid at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// The first day on which something of it is due.
    pub due_on: Option<Day>,
    /// How it is transferred.
    pub transfer: Transfer,
}

/// What a bank app asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The bank's name.
    pub bank: String,
    /// The account.
    pub account: String,
    /// Whose it is.
    pub holder: String,
    /// How much.
    pub amount: Vnd,
    /// What has to be written.
    pub content: String,
    /// The text of the VietQR code, where one can be made.
    pub qr: Option<String>,
}

impl Letter {
    /// What is to be paid, where the letter is about that.
    #[must_use]
    pub fn bills(&self) -> &[Bill] {
        match &self.matter {
            Matter::Notice { bills, .. } | Matter::Reminder { bills, .. } => bills,
            _ => &[],
        }
    }

    /// The one transfer for all that is to be paid, where there is one.
    #[must_use]
    pub fn whole(&self) -> Option<&Whole> {
        match &self.matter {
            Matter::Notice { whole, .. } | Matter::Reminder { whole, .. } => whole.as_ref(),
            _ => None,
        }
    }

    /// How each card of the letter is paid, in the order of the cards.
    pub fn transfers(&self) -> impl Iterator<Item = Option<&Transfer>> {
        let whole = self.whole().map(|whole| Some(&whole.transfer));
        whole.into_iter().chain(self.bills().iter().map(|bill| bill.transfer.as_ref()))
    }
}

/// The picture of a code's text, as every mail program shows it; `None` where the text is too long.
#[must_use]
pub fn picture(text: &str) -> Option<Vec<u8>> {
    Qr::of(text).map(|code| code.png(POINTS))
}
