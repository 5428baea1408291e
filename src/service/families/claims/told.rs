//! Claims as families and the staff see them.

use chrono::NaiveDateTime;
use serde::Serialize;

use crate::domain::calendar::Day;
use crate::domain::id::SchoolId;
use crate::domain::money::Vnd;
use crate::service::ServiceError;
use crate::store::claims::{self as store, CandidateRow, ClaimRow};
use crate::store::{Tx, people};

/// A claim as the family sees it, and as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ClaimView {
    /// Its number.
    pub id: i64,
    /// The family's number.
    pub family: i64,
    /// How much, in đồng.
    pub amount: Vnd,
    /// When, as the family says.
    #[schema(value_type = String, format = Date)]
    pub paid_on: Day,
    /// The payer's bank; may be empty.
    pub bank: String,
    /// The last digits of the payer's account; may be empty.
    pub account_end: String,
    /// What else was said.
    pub words: String,
    /// Whether there is a picture.
    pub photo: bool,
    /// When it was asked, in UTC.
    #[schema(value_type = String, format = DateTime)]
    pub made_at: NaiveDateTime,
    /// The answer: `matched`, `not_found` or `please_send`; none while it waits.
    pub answer: Option<String>,
    /// What was said beside it.
    pub answer_words: String,
    /// The payment that was found.
    pub payment: Option<i64>,
    /// Who answered.
    pub answered_by: Option<String>,
    /// When, in UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<NaiveDateTime>,
}

/// A claim with whose it is, for the school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ClaimLine {
    /// The claim.
    #[serde(flatten)]
    pub claim: ClaimView,
    /// The family's children.
    pub children: Vec<Child>,
}

/// A child of the family that asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Child {
    /// The student's row.
    pub id: i64,
    /// The student's code.
    pub code: String,
    /// The name.
    pub name: String,
    /// The class.
    pub class: String,
}

/// Money that a claim may be about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ClaimCandidate)]
pub struct Candidate {
    /// The payment.
    pub payment: i64,
    /// The bank's day.
    #[schema(value_type = String, format = Date)]
    pub day: Day,
    /// How much, in đồng.
    pub amount: Vnd,
    /// `settled`, `proposed`, `unmatched`, …
    pub decision: String,
    /// What the bank's line says.
    pub text: String,
}

/// A claim with the money it may be about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ClaimDetail {
    /// The claim.
    #[serde(flatten)]
    pub line: ClaimLine,
    /// Equal amounts near that day; what nobody has used comes first.
    pub candidates: Vec<Candidate>,
}

pub(super) fn views(tx: &mut Tx<'_>, rows: Vec<ClaimRow>) -> Result<Vec<ClaimView>, ServiceError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let photos = store::with_photo(tx, &ids)?;
    Ok(rows
        .into_iter()
        .map(|row| ClaimView {
            photo: photos.contains(&row.id),
            id: row.id,
            family: row.family_id,
            amount: Vnd::new(row.amount_dong),
            paid_on: row.paid_on,
            bank: row.bank,
            account_end: row.account_end,
            words: row.words,
            made_at: row.made_at,
            answer: row.answer,
            answer_words: row.answer_words.unwrap_or_default(),
            payment: row.payment_id,
            answered_by: row.answered_by,
            answered_at: row.answered_at,
        })
        .collect())
}

pub(super) fn lines(
    tx: &mut Tx<'_>,
    school: SchoolId,
    views: Vec<ClaimView>,
) -> Result<Vec<ClaimLine>, ServiceError> {
    let mut families: Vec<i64> = views.iter().map(|view| view.family).collect();
    families.sort_unstable();
    families.dedup();
    let students = people::students_of_families(tx, school.0, &families)?;
    Ok(views
        .into_iter()
        .map(|claim| ClaimLine {
            children: students
                .iter()
                .filter(|student| student.family_id == claim.family)
                .map(|student| Child {
                    id: student.id,
                    code: student.code.clone(),
                    name: student.name.clone(),
                    class: student.class.clone(),
                })
                .collect(),
            claim,
        })
        .collect())
}

pub(super) fn candidate(row: CandidateRow) -> Candidate {
    Candidate {
        payment: row.id,
        day: row.booking_date,
        amount: Vnd::new(row.amount_dong),
        decision: row.decision_kind,
        text: row.remittance,
    }
}
