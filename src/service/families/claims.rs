//! "I paid, but…": a family says what it paid and when, and the school answers. What a family says
//! moves no money and proves nothing; it only points a person to where to look.

mod refused;
mod told;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

pub use told::{Candidate, Child, ClaimDetail, ClaimLine, ClaimView};

use refused::{answered, at, check, not_taken, too_many, unknown};
use told::{candidate, lines, views};

use super::links::Entry;
use super::looks::{self, Look};
use super::{family_actor, record};
use crate::clock::{Clock, local_day};
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::formats::photo;
use crate::ids::IdSource;
use crate::keyring::{Keyring, Sealed};
use crate::service::letters::{self, LetterKind, NewLetter};
use crate::service::{Actor, ServiceError, StoreError, directory, limits};
use crate::store::claims::{self as store, ClaimRow, PhotoRow};
use crate::store::{Store, Tx, payments};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// Questions of a family that may wait at once, and that it may ask in thirty days.
const MOST_WAITING: i64 = 3;
const MOST_LATELY: i64 = 10;

/// The longest text, in characters.
const LONGEST: usize = 1_000;

/// How many days before and after the day a family names money is looked for: it reaches the
/// statement later, at Tết by more than a week.
const DAYS_BEFORE: i64 = 3;
const DAYS_AFTER: i64 = 12;

/// Candidates, and claims, that are shown beside each other.
const SHOWN_BESIDE: i64 = 10;

/// Questions of a page.
const PAGE: i64 = 50;

/// What a family says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewClaim {
    /// How much, in đồng.
    pub amount: Option<Vnd>,
    /// When.
    pub paid_on: Option<Day>,
    /// The payer's bank; may be empty.
    pub bank: String,
    /// The last digits of the payer's account; may be empty.
    pub account_end: String,
    /// What else there is to say; may be empty.
    pub words: String,
    /// A picture as it was sent, where one was.
    pub photo: Option<Vec<u8>>,
}

/// What the school says to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The money was found.
    Matched,
    /// It was not.
    NotFound,
    /// Something is still needed.
    PleaseSend,
}

impl Answer {
    /// The name in the database and in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Answer::Matched => "matched",
            Answer::NotFound => "not_found",
            Answer::PleaseSend => "please_send",
        }
    }

    /// The answer with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Answer> {
        [Answer::Matched, Answer::NotFound, Answer::PleaseSend]
            .into_iter()
            .find(|answer| answer.as_str() == name)
    }
}

/// An answer to be given.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct AnswerTerms {
    /// Which.
    pub answer: Answer,
    /// The payment that was found; only with `matched`.
    #[serde(default)]
    pub payment: Option<i64>,
    /// What is said to the family beside it; may be empty, but for `please_send`.
    #[serde(default)]
    #[garde(length(chars, max = limits::TEXT))]
    pub words: String,
}

/// Keeps what a family says; the claim's number.
pub fn make(
    store: &Store,
    clock: &dyn Clock,
    (ids, keys): (&dyn IdSource, &Keyring),
    entry: Entry,
    new: &NewClaim,
) -> Result<i64, ServiceError> {
    let now = clock.now();
    let (amount, paid_on) = check(new, local_day(now))?;
    // Before the transaction: a picture takes longer to draw than a school may be locked.
    let picture = match &new.photo {
        Some(bytes) => Some(photo::redrawn(bytes).map_err(not_taken)?),
        None => None,
    };
    store.write(|tx| {
        directory::lock_school(tx, entry.school)?;
        let since = now.checked_sub_signed(TimeDelta::days(30)).unwrap_or(now);
        let (waiting, lately) = store::counts(tx, entry.family, since)?;
        if waiting >= MOST_WAITING || lately >= MOST_LATELY {
            return Err(too_many());
        }
        let row = ClaimRow {
            id: tx.next_id()?,
            school_id: entry.school.0,
            family_id: entry.family,
            amount_dong: amount.dong(),
            paid_on,
            bank: new.bank.trim().to_owned(),
            account_end: new.account_end.trim().to_owned(),
            words: new.words.trim().to_owned(),
            state: "waiting".to_owned(),
            made_at: now,
            answer: None,
            answer_words: None,
            payment_id: None,
            answered_by: None,
            answered_at: None,
        };
        store::insert(tx, &row)?;
        if let Some(picture) = &picture {
            let id = tx.next_id()?;
            let sealed = keys.seal(ids, &owner(id), &BASE64.encode(picture))?;
            let size_bytes = i64::try_from(picture.len()).unwrap_or(i64::MAX);
            let photo = PhotoRow {
                id,
                school_id: entry.school.0,
                claim_id: row.id,
                key_id: sealed.key_id,
                sealed: sealed.text,
                size_bytes,
                made_at: now,
            };
            store::insert_photo(tx, &photo)?;
        }
        let detail =
            serde_json::json!({ "amount_dong": row.amount_dong, "photo": picture.is_some() });
        let actor = family_actor(entry.family);
        record(tx, entry.school.0, (&actor, now), ("claim.make", "claim", row.id), &detail)?;
        Ok(row.id)
    })
}

/// Answers a claim: the family is written to, and nothing else changes. Who answers that it was matched
/// names a payment of the school that came in; what that pays is decided in the queue, not here.
pub fn answer(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, claim): (SchoolId, i64),
    terms: &AnswerTerms,
) -> Result<(), ServiceError> {
    let now = clock.now();
    let words = terms.words.trim();
    if words.chars().count() > LONGEST || (terms.answer == Answer::PleaseSend && words.is_empty()) {
        return Err(ServiceError::refused(at(
            "words",
            Diagnostic::new(
                "claim_words",
                "Ghi rõ cần gia đình gửi thêm gì, tối đa 1.000 ký tự.",
                "Say what the family is to send, in at most 1,000 characters.",
            ),
        )));
    }
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let mut row = find(tx, school, claim)?;
        if row.state != "waiting" {
            return Err(answered(&row));
        }
        let payment = terms.payment.filter(|_| terms.answer == Answer::Matched);
        if terms.answer == Answer::Matched {
            let found = match payment {
                Some(id) => payments::payment(tx, id)?,
                None => None,
            };
            let fits = found.is_some_and(|one| {
                one.school_id == school.0 && !one.voided && one.credit_debit == "credit"
            });
            if !fits {
                return Err(ServiceError::refused(at(
                    "payment",
                    Diagnostic::new(
                        "claim_payment",
                        "Chọn giao dịch đã tìm thấy: một khoản tiền vào của trường.",
                        "Choose the payment that was found: money that came in to the school.",
                    ),
                )));
            }
        }
        row.answer = Some(terms.answer.as_str().to_owned());
        row.answer_words = Some(words.to_owned());
        row.payment_id = payment;
        row.answered_by = Some(actor.as_str().to_owned());
        row.answered_at = Some(now);
        if store::answer(tx, &row)? == 0 {
            return Err(answered(&row));
        }
        let letter = NewLetter {
            school,
            kind: LetterKind::ClaimAnswered,
            family: row.family_id,
            about: row.id,
            key: row.id.to_string(),
        };
        letters::ask(tx, actor.as_str(), now, &[letter])?;
        let detail = serde_json::json!({ "answer": terms.answer.as_str(), "payment": payment });
        record(tx, school.0, (actor, now), ("claim.answer", "claim", row.id), &detail)
    })
}

/// The claims of a family, the last first.
pub(super) fn of_family(
    tx: &mut Tx<'_>,
    family: i64,
    limit: i64,
) -> Result<Vec<ClaimView>, ServiceError> {
    let rows = store::of_family(tx, family, limit)?;
    views(tx, rows)
}

/// A page of a school's claims: those that wait, the oldest first, or all, the last first. And the one
/// the next page begins with.
pub fn page(
    store: &Store,
    (school, waiting): (SchoolId, bool),
    from: Option<i64>,
) -> Result<(Vec<ClaimLine>, Option<i64>), ServiceError> {
    store.read(|tx| {
        let mut rows = store::page(tx, (school.0, waiting), from, PAGE.saturating_add(1))?;
        let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
        let more = rows.len() > most;
        rows.truncate(most);
        let next = rows.last().map(|row| row.id).filter(|_| more);
        let views = views(tx, rows)?;
        Ok((lines(tx, school, views)?, next))
    })
}

/// How many claims wait for an answer.
pub fn waiting(store: &Store, school: SchoolId) -> Result<u64, ServiceError> {
    Ok(store.read(|tx| store::waiting(tx, school.0))?.unsigned_abs())
}

/// One claim with the money it may be about, for somebody of the staff: written down as a look.
pub fn show(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, claim): (SchoolId, i64),
) -> Result<ClaimDetail, ServiceError> {
    store.write(|tx| {
        let row = find(tx, school, claim)?;
        let family = row.family_id;
        looks::note_in(tx, (school, family), Look::Claim, (actor, clock.now()))?;
        let span = around(row.paid_on, DAYS_BEFORE, DAYS_AFTER);
        let found = store::candidates(tx, (school.0, row.amount_dong), span, SHOWN_BESIDE)?;
        let views = views(tx, vec![row])?;
        let mut lines = lines(tx, school, views)?;
        let line = lines.pop().ok_or_else(|| unknown(claim))?;
        Ok(ClaimDetail { line, candidates: found.into_iter().map(candidate).collect() })
    })
}

/// The picture of a claim, a JPEG, for somebody of the staff: written down as a look.
pub fn picture(
    store: &Store,
    clock: &dyn Clock,
    keys: &Keyring,
    actor: &Actor,
    (school, claim): (SchoolId, i64),
) -> Result<Vec<u8>, ServiceError> {
    let row = store.write(|tx| {
        let of = find(tx, school, claim)?.family_id;
        let row = store::photo(tx, claim)?.ok_or_else(|| unknown(claim))?;
        looks::note_in(tx, (school, of), Look::Photo, (actor, clock.now()))?;
        Ok::<_, ServiceError>(row)
    })?;
    opened(keys, row)
}

pub(in crate::service) fn opened(keys: &Keyring, row: PhotoRow) -> Result<Vec<u8>, ServiceError> {
    let sealed = Sealed { key_id: row.key_id, text: row.sealed };
    let text = keys.open(&owner(row.id), &sealed)?;
    Ok(BASE64
        .decode(text)
        .map_err(|error| StoreError::Corrupt(format!("photo {}: {error}", row.id)))?)
}

/// Claims that wait and may be about a payment: shown beside it, never used for it.
pub fn beside(
    store: &Store,
    school: SchoolId,
    payment: PaymentId,
) -> Result<Vec<ClaimLine>, ServiceError> {
    store.read(|tx| {
        let Some(row) = payments::payment(tx, payment.0)?.filter(|row| row.school_id == school.0)
        else {
            return Ok(Vec::new());
        };
        let span = around(row.booking_date, DAYS_AFTER, DAYS_BEFORE);
        let rows = store::near(tx, (school.0, row.amount_dong), span, SHOWN_BESIDE)?;
        let views = views(tx, rows)?;
        lines(tx, school, views)
    })
}

fn around(day: Day, before: i64, after: i64) -> (Day, Day) {
    let from = day.checked_sub_signed(TimeDelta::days(before)).unwrap_or(day);
    (from, day.checked_add_signed(TimeDelta::days(after)).unwrap_or(day))
}

fn find(tx: &mut Tx<'_>, school: SchoolId, claim: i64) -> Result<ClaimRow, ServiceError> {
    store::find(tx, school.0, claim)?.ok_or_else(|| unknown(claim))
}

fn owner(id: i64) -> String {
    format!("claim photo {id}")
}
