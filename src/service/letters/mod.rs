//! Letters to families: what they are to be told is written down in the transaction of the fact
//! itself, and made into mail afterwards, outside of it: a page of a letter and a picture of its
//! code take longer than money may be locked.

mod addresses;
mod compose;
mod facts;
mod list;
pub mod message;
mod notices;
mod recipients;
mod reminders;
mod sheet;
mod terms;
mod trial;
mod withdraw;

use chrono::NaiveDateTime;

pub use addresses::{Subscription, look, set_reminders};
pub(crate) use addresses::{hash_of as address_hash, set_refused};
pub use compose::{Composer, Made};
pub use list::{
    AskedLetters, COUNTED, CopyView, LetterPage, LetterView, Outcomes, again, again_all, counts,
    list,
};
pub use notices::{ask_for_round, notify};
pub use reminders::{Preview, Which, preview, remind, remind_due};
pub use sheet::workbook;
pub use terms::{
    OwnWords, Terms, WORDED, approve, approved_at, problems, set_terms, set_words, show_terms,
    words_of,
};
pub use trial::{sample, sample_with, send_sample};
pub(crate) use withdraw::withdraw;

use crate::domain::id::SchoolId;
use crate::domain::reminder::{Plan, QuietHours};
use crate::service::ServiceError;
use crate::store::letters::{self as store, LetterRow};
use crate::store::{Store, Tx};

/// What a letter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LetterKind {
    /// What is owed for a round; about the invoice.
    Notice,
    /// That it is not paid yet; about the invoice.
    Reminder,
    /// That money arrived; about the receipt.
    Receipt,
    /// That a receipt holds no more, and which one took its place, if any; about the old receipt.
    ReceiptVoided,
    /// That money goes back; about the refund.
    Refund,
    /// What the school answered to "I paid, but…"; about the claim.
    ClaimAnswered,
    /// The address of the private page, asked for again; about the family.
    LinkRenewed,
    /// Asks whether a change of an address or a number is wanted; about the proposed change.
    ContactChange,
}

impl LetterKind {
    /// All of them.
    pub const ALL: [LetterKind; 8] = [
        LetterKind::Notice,
        LetterKind::Reminder,
        LetterKind::Receipt,
        LetterKind::ReceiptVoided,
        LetterKind::Refund,
        LetterKind::ClaimAnswered,
        LetterKind::LinkRenewed,
        LetterKind::ContactChange,
    ];

    /// The name in the database, in answers and in figures.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            LetterKind::Notice => "notice",
            LetterKind::Reminder => "reminder",
            LetterKind::Receipt => "receipt",
            LetterKind::ReceiptVoided => "receipt_voided",
            LetterKind::Refund => "refund",
            LetterKind::ClaimAnswered => "claim_answered",
            LetterKind::LinkRenewed => "link_renewed",
            LetterKind::ContactChange => "contact_change",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<LetterKind> {
        LetterKind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// The kinds that leave by day only: a family may sleep on what it owes, and what it asked for or is
/// waiting for goes at any time.
pub const BY_DAY: [&str; 2] = [LetterKind::Notice.as_str(), LetterKind::Reminder.as_str()];

/// Why somebody gets no letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skip {
    /// The family has no address.
    NoEmail,
    /// A mail server refused the address for good.
    AddressRefused,
    /// They want no reminders.
    Unsubscribed,
    /// Nothing is owed any more.
    AlreadyPaid,
    /// The family was written to so often or so recently.
    LimitReached,
    /// Every child has left the school.
    LeftSchool,
    /// What it is about is not there any more.
    NothingToTell,
    /// It cannot be made into a mail: what stands in it is too long or cannot be sent.
    NotMade,
}

impl Skip {
    /// All of them.
    pub const ALL: [Skip; 8] = [
        Skip::NoEmail,
        Skip::AddressRefused,
        Skip::Unsubscribed,
        Skip::AlreadyPaid,
        Skip::LimitReached,
        Skip::LeftSchool,
        Skip::NothingToTell,
        Skip::NotMade,
    ];

    /// The name in the database and in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Skip::NoEmail => "no_email",
            Skip::AddressRefused => "address_refused",
            Skip::Unsubscribed => "unsubscribed",
            Skip::AlreadyPaid => "already_paid",
            Skip::LimitReached => "limit_reached",
            Skip::LeftSchool => "left_school",
            Skip::NothingToTell => "nothing_to_tell",
            Skip::NotMade => "not_made",
        }
    }
}

/// When and how often families are written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// When no notices and reminders leave.
    pub quiet: QuietHours,
    /// When families are reminded.
    pub plan: Plan,
    /// Minutes for which a receipt that was just issued is not written about: so long whoever decided
    /// can take it back alone.
    pub receipt_after_minutes: u32,
    /// How many letters a family gets within 24 hours at most.
    pub most_a_day: usize,
    /// How many letters are made at once.
    pub batch: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            quiet: QuietHours::default(),
            plan: Plan::default(),
            receipt_after_minutes: 10,
            most_a_day: 4,
            batch: 20,
        }
    }
}

/// A letter to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLetter {
    /// The school it is from.
    pub school: SchoolId,
    /// What it is.
    pub kind: LetterKind,
    /// The family it goes to.
    pub family: i64,
    /// The row it is about; see [`LetterKind`].
    pub about: i64,
    /// What is told, beside the kind, e.g. the receipt's id, or the invoice's and the step of the
    /// reminder: asking twice for the same is asking once.
    pub key: String,
}

/// Asks for letters in the transaction of the facts they tell, which holds the lock of their school;
/// each goes once, however often it is asked for. `by` is who did what is told, or the machine.
pub fn ask(
    tx: &mut Tx<'_>,
    by: &str,
    at: NaiveDateTime,
    wanted: &[NewLetter],
) -> Result<(), ServiceError> {
    if wanted.is_empty() {
        return Ok(());
    }
    tx.reserve_ids(u64::try_from(wanted.len()).unwrap_or(u64::MAX))?;
    let mut rows = Vec::with_capacity(wanted.len());
    for letter in wanted {
        rows.push(LetterRow {
            id: tx.next_id()?,
            school_id: letter.school.0,
            kind: letter.kind.as_str().to_owned(),
            family_id: letter.family,
            about_id: letter.about,
            dedupe_key: format!("{}:{}", letter.kind.as_str(), letter.key),
            state: "waiting".to_owned(),
            due_at: Some(at),
            asked_by: by.to_owned(),
            asked_at: at,
        });
    }
    Ok(store::insert_new(tx, &rows)?)
}

/// Puts off everything that is due until a time: for made-up data, of which nobody needs thousands of
/// letters. How many were.
pub fn put_off(
    store: &Store,
    now: NaiveDateTime,
    until: NaiveDateTime,
) -> Result<usize, ServiceError> {
    store.write(|tx| Ok(self::store::put_off_due(tx, now, until)?))
}
