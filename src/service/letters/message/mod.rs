//! What mail to families says: from what a letter is about to its subject, its text, its page and the
//! pictures of its QR codes. Pure: the same letter is the same message, to the byte.

mod english;
mod page;
mod qr;
pub mod said;
mod vietnamese;
pub mod wording;

pub use page::{Composed, Unmade, compose};
pub use qr::png as picture;
pub use said::Said;

use crate::domain::calendar::Day;
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;
use crate::domain::reminder::Step;

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
    },
    /// Something is still open.
    Reminder {
        /// How urgent it is.
        step: Step,
        /// What is to be paid, child by child.
        bills: Vec<Bill>,
    },
    /// Money arrived.
    Receipt(Receipt),
    /// A receipt does not hold any more.
    ReceiptVoided {
        /// Its number.
        number: String,
        /// What a person gave as the reason.
        reason: Option<String>,
        /// The number of the one that took its place.
        replaced_by: Option<String>,
    },
    /// Credit goes back to the family.
    Refund {
        /// How much.
        amount: Vnd,
        /// The account it goes to, by its last digits.
        account: String,
        /// When it was paid, where it was.
        paid_on: Option<Day>,
    },
    /// The family said that it had paid, and somebody looked.
    ClaimAnswered {
        /// When it said so.
        asked_on: Day,
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
}
