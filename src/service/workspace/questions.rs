//! Questions beside the queue: whether two lines are one payment, and what was announced but could
//! not be taken in.

use crate::domain::id::SchoolId;
use crate::service::inbox::view::{self, DeliveryView};
use crate::service::rulings::{self, Question};
use crate::service::{ServiceError, Store};
use crate::store::Tx;
use crate::store::rulings::{self as doubts};
use crate::store::{inbox, webhooks};

/// Counts stop here.
pub(super) const CAP: i64 = 1_000;

/// How many questions wait for a person, each up to 1,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Waiting {
    /// Payments that may be others.
    pub identity: i64,
    /// Notifications that the machine gave up.
    pub dead_letters: i64,
}

/// How many questions of a school wait.
pub fn waiting(store: &Store, school: SchoolId) -> Result<Waiting, ServiceError> {
    store.read(|tx| count(tx, school.0))
}

pub(super) fn count(tx: &mut Tx<'_>, school: i64) -> Result<Waiting, ServiceError> {
    Ok(Waiting {
        identity: doubts::count_doubts(tx, school, CAP)?,
        dead_letters: inbox::count_dead(tx, school, CAP)?,
    })
}

/// A page of the payments that may be others, in the order in which the doubts arose; with where the
/// next page begins.
pub fn identity_page(
    store: &Store,
    school: SchoolId,
    after: Option<i64>,
    limit: u32,
) -> Result<(Vec<Question>, Option<i64>), ServiceError> {
    let limit = i64::from(limit.clamp(1, 200));
    store.read(|tx| {
        let mut rows = doubts::doubts_page(tx, school.0, after, limit.saturating_add(1))?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let next = rows.last().filter(|_| more).map(|row| row.id);
        let questions =
            rows.into_iter().map(|row| rulings::question(tx, row)).collect::<Result<_, _>>()?;
        Ok((questions, next))
    })
}

/// A page of the notifications that were given up, newest first; with where the next page begins.
pub fn dead_page(
    store: &Store,
    school: SchoolId,
    before: Option<i64>,
    limit: u32,
) -> Result<(Vec<DeliveryView>, Option<i64>), ServiceError> {
    let limit = i64::from(limit.clamp(1, view::MOST_SHOWN));
    store.read(|tx| {
        let mut rows = inbox::dead_page(tx, school.0, before, limit.saturating_add(1))?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let next = rows.last().filter(|_| more).map(|row| row.id);
        let known = webhooks::endpoints_of(tx, school.0)?;
        let shown = rows
            .iter()
            .map(|row| {
                let endpoint = known.iter().find(|endpoint| endpoint.id == row.endpoint_id);
                view::view(row, endpoint)
            })
            .collect();
        Ok((shown, next))
    })
}
