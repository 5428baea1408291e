//! The inbox for people: what came, what became of it, and trying again what was given up.

use serde::Serialize;

use crate::clock::Clock;
use crate::domain::id::{ImportId, SchoolId};
use crate::service::{Actor, ServiceError, directory, webhooks};
use crate::store::inbox::{self, Handled, InboxFilter, NotificationRow};
use crate::store::webhooks as endpoints;
use crate::store::{Store, Tx};

/// The most notifications of a page.
pub const MOST_SHOWN: u32 = 200;

/// A notification as lists show it, without what it says of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DeliveryView {
    /// Its id.
    pub id: i64,
    /// The endpoint it came to.
    pub endpoint: String,
    /// The provider.
    pub provider: String,
    /// The provider's own id.
    pub provider_id: String,
    /// `webhook`, or `pull` where we asked for it.
    pub came_by: String,
    /// When it came, in UTC.
    pub received_at: String,
    /// `waiting`, `done` or `dead`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it waits or was given up: `unknown_kind: …`, `unknown_account`, `unreadable`, …
    pub problem: Option<String>,
    /// What became of it: `payment`, `reversal`, `failed`, `known`, `test`, `money_out`, `dropped`.
    pub kind: Option<String>,
    /// The import it became, to be undone like a file's.
    #[schema(value_type = Option<i64>)]
    pub import: Option<ImportId>,
}

/// A notification with all that was kept of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DeliveryDetail {
    /// The notification.
    #[serde(flatten)]
    pub delivery: DeliveryView,
    /// The query string it came with, without the signature.
    pub query: String,
    /// Headers that were kept: none that proves anything.
    #[schema(value_type = Object)]
    pub headers: serde_json::Value,
    /// The body as it came.
    pub body: String,
}

/// Which notifications are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Only those of this endpoint.
    pub endpoint: Option<String>,
    /// Only those in this state.
    pub state: Option<String>,
    /// Only those older than this id.
    pub before: Option<i64>,
    /// How many, at most [`MOST_SHOWN`].
    pub limit: u32,
}

/// A school's notifications, newest first.
pub fn page(
    store: &Store,
    school: SchoolId,
    asked: &Asked,
) -> Result<Vec<DeliveryView>, ServiceError> {
    store.read(|tx| {
        let endpoint = match &asked.endpoint {
            Some(id) => Some(webhooks::own(tx, school, id)?.id),
            None => None,
        };
        let filter = InboxFilter {
            endpoint,
            state: asked.state.as_deref(),
            before: asked.before,
            limit: i64::from(asked.limit.clamp(1, MOST_SHOWN)),
        };
        let rows = inbox::page(tx, school.0, &filter)?;
        let known = endpoints::endpoints_of(tx, school.0)?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let endpoint = known.iter().find(|endpoint| endpoint.id == row.endpoint_id);
                view(&row, endpoint)
            })
            .collect())
    })
}

/// One notification with what was kept of it.
pub fn show(store: &Store, school: SchoolId, id: i64) -> Result<DeliveryDetail, ServiceError> {
    store.read(|tx| {
        let row = own(tx, school, id)?;
        let endpoint = endpoints::endpoint(tx, row.endpoint_id)?;
        Ok(DeliveryDetail {
            delivery: view(&row, endpoint.as_ref()),
            query: row.query,
            headers: serde_json::from_str(&row.headers).unwrap_or_default(),
            body: row.body,
        })
    })
}

/// Puts a notification that was given up back into the queue.
pub fn replay(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    id: i64,
) -> Result<DeliveryView, ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let row = own(tx, school, id)?;
        let at = clock.now();
        if row.state != "waiting" {
            inbox::requeue(tx, row.id, at)?;
            let detail = serde_json::json!({ "notification": row.id });
            webhooks::record(
                tx,
                school,
                actor,
                "notification.replay",
                row.endpoint_id,
                &detail,
                at,
            )?;
        }
        let row = own(tx, school, id)?;
        let endpoint = endpoints::endpoint(tx, row.endpoint_id)?;
        Ok(view(&row, endpoint.as_ref()))
    })
}

/// Sets a notification that was given up aside for good. It is kept as it came; the same again
/// changes nothing.
pub fn drop_dead(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    id: i64,
) -> Result<DeliveryView, ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let row = own(tx, school, id)?;
        let at = clock.now();
        if row.state == "dead" {
            let dropped = Handled {
                id: row.id,
                state: "done",
                problem: row.problem.clone(),
                outcome: Some(serde_json::json!({ "kind": "dropped" }).to_string()),
                import: None,
                due_at: None,
            };
            inbox::finish(tx, &[dropped], at)?;
            let detail = serde_json::json!({ "notification": row.id });
            let action = "notification.drop";
            webhooks::record(tx, school, actor, action, row.endpoint_id, &detail, at)?;
        }
        let row = own(tx, school, id)?;
        let endpoint = endpoints::endpoint(tx, row.endpoint_id)?;
        Ok(view(&row, endpoint.as_ref()))
    })
}

fn own(tx: &mut Tx<'_>, school: SchoolId, id: i64) -> Result<NotificationRow, ServiceError> {
    inbox::find(tx, id)?.filter(|row| row.school_id == school.0).ok_or_else(|| {
        ServiceError::not_found("delivery", "thông báo", "delivery", &id.to_string())
    })
}

/// A notification as lists show it.
pub(crate) fn view(
    row: &NotificationRow,
    endpoint: Option<&endpoints::EndpointRow>,
) -> DeliveryView {
    let outcome: serde_json::Value =
        row.outcome.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    DeliveryView {
        id: row.id,
        endpoint: endpoint.map(|row| row.public_id.clone()).unwrap_or_default(),
        provider: endpoint.map(|row| row.provider.clone()).unwrap_or_default(),
        provider_id: row.provider_id.clone(),
        came_by: row.came_by.clone(),
        received_at: format!("{}Z", row.received_at.format("%Y-%m-%dT%H:%M:%S%.3f")),
        state: row.state.clone(),
        attempts: row.attempts,
        problem: row.problem.clone(),
        kind: outcome.get("kind").and_then(|kind| kind.as_str()).map(str::to_owned),
        import: row.import_id.map(ImportId),
    }
}
