//! One line of the queue with everything that is known about it.

use serde::Serialize;

use super::candidates::{Candidate, of_words};
use super::rows::{self, Row};
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::lang::Lang;
use crate::service::explain::{self, Explanation};
use crate::service::periods::guard;
use crate::service::rulings::{self, LineView};
use crate::service::{ServiceError, Store};
use crate::store::payments;

/// A line with its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = LineDetail)]
pub struct Detail {
    /// As the queue shows it.
    pub row: Row,
    /// What was found, what was decided and why, and every step of its history.
    pub explanation: Explanation,
    /// The lines of files and announcements that show it.
    pub lines: Vec<LineView>,
    /// Students of whom exactly what is left is open; none where nothing is left.
    pub candidates: Vec<Candidate>,
    /// Whether it stands in a closed month, so that nothing about it can be changed.
    pub closed: bool,
}

/// Everything about one payment of a school.
pub fn detail(
    store: &Store,
    school: SchoolId,
    payment: PaymentId,
    lang: Lang,
) -> Result<Detail, ServiceError> {
    let explanation = explain::explain(store, school, payment, lang)?;
    let lines = rulings::lines_of(store, school, payment)?;
    store.read(|tx| {
        let missing =
            || ServiceError::not_found("payment", "khoản tiền", "payment", &payment.to_string());
        let found = payments::with_entry(tx, payment.0)?
            .filter(|(row, _)| row.school_id == school.0)
            .ok_or_else(missing)?;
        let closed = !guard::frozen(tx, school.0, &[found.0.id])?.is_empty();
        let row = rows::rows(tx, vec![found], lang)?.into_iter().next().ok_or_else(missing)?;
        let candidates = if row.unallocated.is_positive() && !closed {
            of_words(tx, school.0, "", row.unallocated)?
        } else {
            Vec::new()
        };
        Ok(Detail { row, explanation, lines, candidates, closed })
    })
}
