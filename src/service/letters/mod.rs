//! Letters to families: what they are to be told is written down in the transaction of the fact
//! itself, and made into mail afterwards, outside of it: a page of a letter and a picture of its
//! code take longer than money may be locked.

use chrono::NaiveDateTime;

use crate::domain::id::SchoolId;
use crate::service::ServiceError;
use crate::store::Tx;
use crate::store::letters::{self as store, LetterRow};

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
