//! Receipts in pages, the last number first, and one with everything that belongs to it.

use serde::Serialize;

use super::{ReceiptView, RequestView, load, views, voiding};
use crate::domain::calendar::Day;
use crate::domain::id::SchoolId;
use crate::domain::receipt::{ReceiptNumber, ReceiptState, VerifyCode};
use crate::domain::school_year::SchoolYear;
use crate::domain::text::fold;
use crate::service::ServiceError;
use crate::store::Store;
use crate::store::receipts::{self, ReceiptPage};

/// Which receipts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Issued on this day or later.
    pub from: Option<Day>,
    /// Issued on this day or earlier.
    pub to: Option<Day>,
    /// Only of this class.
    pub class: Option<String>,
    /// Only in this state.
    pub state: Option<ReceiptState>,
    /// Only of this school year.
    pub year: Option<SchoolYear>,
    /// A number, a code, or parts of a student's name or code.
    pub text: String,
    /// Before this one.
    pub before: Option<Cursor>,
}

/// Where a page begins: after a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(i32, i64);

impl Cursor {
    /// The cursor as part of a link.
    #[must_use]
    pub fn encode(self) -> String {
        format!("{}.{}", self.0, self.1)
    }

    /// Reads what [`Cursor::encode`] wrote.
    #[must_use]
    pub fn decode(text: &str) -> Option<Cursor> {
        let (year, number) = text.split_once('.')?;
        Some(Cursor(year.parse().ok()?, number.parse().ok()?))
    }
}

/// A page of at most `limit` receipts, and where the next one begins.
pub fn page(
    store: &Store,
    school: SchoolId,
    asked: &Asked,
    limit: u32,
) -> Result<(Vec<ReceiptView>, Option<Cursor>), ServiceError> {
    let number = ReceiptNumber::parse(&asked.text);
    let code = VerifyCode::parse(&asked.text);
    let words = if number.is_some() || code.is_some() {
        Vec::new()
    } else {
        let text = fold(&asked.text).replace(['%', '_', '\\'], " ");
        text.split_whitespace().take(8).map(str::to_owned).collect()
    };
    let wanted = ReceiptPage {
        from: asked.from,
        to: asked.to,
        class: asked.class.clone(),
        live: asked.state.map(|state| state == ReceiptState::Live),
        replaced: asked
            .state
            .filter(|state| *state != ReceiptState::Live)
            .map(|state| state == ReceiptState::Replaced),
        year: asked.year.map(SchoolYear::first_year),
        number: number.map(|of| (of.year.first_year(), of.number)),
        code: code.map(|code| code.as_str().to_owned()),
        words,
        before: asked.before.map(|cursor| (cursor.0, cursor.1)),
        limit: i64::from(limit) + 1,
    };
    store.read(|tx| {
        let mut rows = receipts::page(tx, school.0, &wanted)?;
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > most;
        rows.truncate(most);
        let next = rows.last().filter(|_| more).map(|(row, _)| Cursor(row.school_year, row.number));
        Ok((views(tx, rows)?, next))
    })
}

/// A receipt with what came before and after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ReceiptDetail)]
pub struct Detail {
    /// The receipt.
    pub receipt: ReceiptView,
    /// Every receipt of the same payment, oldest first: of this student and of others it paid for.
    #[schema(value_type = Vec<ReceiptView>)]
    pub of_payment: Vec<ReceiptView>,
    /// Who asked to void it, oldest first.
    #[schema(value_type = Vec<RequestView>)]
    pub requests: Vec<RequestView>,
    /// Whether it was sent to the family, so that voiding it takes two persons.
    pub sent: bool,
}

/// A receipt with what belongs to it.
pub fn show(store: &Store, school: SchoolId, id: i64) -> Result<Detail, ServiceError> {
    store.read(|tx| {
        let receipt = load(tx, school, id)?;
        let rows = receipts::of_payment(tx, receipt.payment.0)?;
        let of_payment = views(tx, rows)?;
        let requests = receipts::requests_of(tx, &[id])?.into_iter().map(voiding::view).collect();
        let sent = super::letter::sent(tx, school.0, &[id])?.contains(&id);
        Ok(Detail { receipt, of_payment, requests, sent })
    })
}

/// A request that waits for a second person, with what it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WaitingRequest {
    /// The request.
    #[schema(value_type = RequestView)]
    pub request: RequestView,
    /// The receipt's number.
    pub number: String,
    /// The student's name.
    pub student: String,
}

/// The requests of a school that wait for a second person, oldest first.
pub fn waiting(store: &Store, school: SchoolId) -> Result<Vec<WaitingRequest>, ServiceError> {
    store.read(|tx| {
        receipts::waiting(tx, school.0)?
            .into_iter()
            .map(|(request, receipt)| {
                Ok(WaitingRequest {
                    request: voiding::view(request),
                    number: super::issue::number_of(&receipt).to_string(),
                    student: super::content_of(&receipt)?.student,
                })
            })
            .collect()
    })
}

/// The classes that a school's receipts name, for a list to choose from.
pub fn classes(store: &Store, school: SchoolId) -> Result<Vec<String>, ServiceError> {
    store.read(|tx| Ok(receipts::classes(tx, school.0)?))
}
