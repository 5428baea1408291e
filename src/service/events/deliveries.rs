//! The outbox for people: what was sent and what was not, and sending it again.

use serde::Serialize;

use super::endpoints::{self, instant};
use crate::clock::Clock;
use crate::domain::id::SchoolId;
use crate::service::{Actor, ServiceError, directory};
use crate::store::events::{self as store, DeliveryFilter, EventDeliveryRow, EventRow, Leased};
use crate::store::{Store, Tx};

/// The most deliveries of a page.
pub const MOST_SHOWN: u32 = 200;

/// A delivery as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct EventDeliveryView {
    /// Its id.
    pub id: i64,
    /// The endpoint it goes to.
    pub endpoint: i64,
    /// What the receiver knows the event by, the header `webhook-id`.
    pub message: String,
    /// The kind of event.
    pub kind: String,
    /// When it happened, in UTC.
    pub at: String,
    /// `waiting`, `sent` or `dead`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, in UTC, where it waits.
    pub due_at: Option<String>,
    /// The status of the last answer.
    pub status: Option<i64>,
    /// Why the last attempt failed: `status`, `redirect`, `gone`, `no_secret`, or why there was no
    /// answer: `refused`, `dns`, `connect`, `tls`, `timeout`, `too_large`, `protocol`.
    pub problem: Option<String>,
    /// When the receiver took it, in UTC.
    pub sent_at: Option<String>,
}

/// A delivery with what is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct EventDeliveryDetail {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: EventDeliveryView,
    /// The body, to the letter.
    pub body: String,
}

/// Which deliveries are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedEvents {
    /// Only those of this endpoint.
    pub endpoint: Option<i64>,
    /// Only those in this state.
    pub state: Option<String>,
    /// Only those older than this id.
    pub before: Option<i64>,
    /// How many, at most [`MOST_SHOWN`].
    pub limit: u32,
}

/// A school's deliveries, newest first.
pub fn page(
    db: &Store,
    school: SchoolId,
    asked: &AskedEvents,
) -> Result<Vec<EventDeliveryView>, ServiceError> {
    db.read(|tx| {
        if let Some(id) = asked.endpoint {
            endpoints::own(tx, school, id)?;
        }
        let filter = DeliveryFilter {
            endpoint: asked.endpoint,
            state: asked.state.as_deref(),
            before: asked.before,
            limit: i64::from(asked.limit.clamp(1, MOST_SHOWN)),
        };
        let rows = store::page(tx, school.0, &filter)?;
        Ok(rows.iter().map(|(delivery, event)| view(delivery, event)).collect())
    })
}

/// Deliveries of any school that were given up, newest first.
pub fn given_up(
    db: &Store,
    limit: u32,
) -> Result<Vec<(SchoolId, EventDeliveryView)>, ServiceError> {
    let rows = db.read(|tx| store::given_up(tx, i64::from(limit.min(MOST_SHOWN))))?;
    let shown = |(delivery, event): &(EventDeliveryRow, EventRow)| {
        (SchoolId(delivery.school_id), view(delivery, event))
    };
    Ok(rows.iter().map(shown).collect())
}

/// One delivery with what is sent.
pub fn show(db: &Store, school: SchoolId, id: i64) -> Result<EventDeliveryDetail, ServiceError> {
    db.read(|tx| {
        let Leased { delivery, event, .. } = own(tx, school, id)?;
        Ok(EventDeliveryDetail { delivery: view(&delivery, &event), body: event.body })
    })
}

/// Sends something again, at once and under the same id: the receiver may have it already.
pub fn replay(
    db: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    id: i64,
) -> Result<EventDeliveryView, ServiceError> {
    db.write(|tx| {
        directory::lock_school(tx, school)?;
        let endpoint = own(tx, school, id)?.endpoint;
        let endpoint = store::lock_endpoint(tx, endpoint.id)?.unwrap_or(endpoint);
        if endpoint.disabled_at.is_some() {
            return Err(endpoints::closed());
        }
        let at = clock.now();
        store::requeue(tx, id, at)?;
        // A person says that it works now.
        store::pause(tx, endpoint.id, None)?;
        let detail = serde_json::json!({ "delivery": id });
        endpoints::record(tx, &endpoint, actor.as_str(), "events.replay", &detail, at)?;
        let Leased { delivery, event, .. } = own(tx, school, id)?;
        Ok(view(&delivery, &event))
    })
}

fn own(tx: &mut Tx<'_>, school: SchoolId, id: i64) -> Result<Leased, ServiceError> {
    store::find(tx, id)?.filter(|found| found.delivery.school_id == school.0).ok_or_else(|| {
        ServiceError::not_found("event_delivery", "lượt gửi", "delivery", &id.to_string())
    })
}

fn view(delivery: &EventDeliveryRow, event: &EventRow) -> EventDeliveryView {
    EventDeliveryView {
        id: delivery.id,
        endpoint: delivery.endpoint_id,
        message: event.message_id.clone(),
        kind: event.kind.clone(),
        at: instant(event.at),
        state: delivery.state.clone(),
        attempts: delivery.attempts,
        due_at: (delivery.state == "waiting").then(|| instant(delivery.due_at)),
        status: delivery.status,
        problem: delivery.problem.clone(),
        sent_at: delivery.sent_at.map(instant),
    }
}
