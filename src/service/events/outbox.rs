//! Records events, each with a delivery for every endpoint that asked for its kind.

use chrono::NaiveDateTime;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::kind::{self, EventKind};
use crate::clock::local_time;
use crate::domain::text::hex;
use crate::service::ServiceError;
use crate::store::Tx;
use crate::store::events::{self as store, EventDeliveryRow, EventRow};

/// The endpoints of a school that want to be told something, and what there is to tell them.
#[derive(Clone, Debug)]
pub(crate) struct Outbox {
    school: i64,
    /// The school's code, which events carry.
    pub code: String,
    endpoints: Vec<(i64, Vec<EventKind>)>,
    found: Vec<(EventKind, serde_json::Value)>,
}

/// What goes over the wire.
#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    timestamp: &'a str,
    data: &'a serde_json::Value,
}

impl Outbox {
    /// The outbox of a school; `None`, after one query, where nobody asked to be told any of `kinds`.
    pub fn open(
        tx: &mut Tx<'_>,
        school: i64,
        kinds: &[EventKind],
    ) -> Result<Option<Outbox>, ServiceError> {
        let mut endpoints: Vec<(i64, Vec<EventKind>)> = Vec::new();
        for (id, wanted) in store::subscribers(tx, school)? {
            let wanted: Vec<EventKind> =
                kind::split(&wanted).filter(|kind| kinds.contains(kind)).collect();
            if !wanted.is_empty() {
                endpoints.push((id, wanted));
            }
        }
        if endpoints.is_empty() {
            return Ok(None);
        }
        let row = crate::store::directory::school(tx, school)?;
        let code = row.map(|row| row.code).unwrap_or_default();
        Ok(Some(Outbox { school, code, endpoints, found: Vec::new() }))
    }

    /// Whether anybody wants to be told this.
    pub fn wants(&self, kind: EventKind) -> bool {
        self.endpoints.iter().any(|(_, kinds)| kinds.contains(&kind))
    }

    /// Adds something to tell, which is dropped where nobody wants to know.
    pub fn push(&mut self, kind: EventKind, data: serde_json::Value) {
        if self.wants(kind) {
            self.found.push((kind, data));
        }
    }

    /// Writes what there is to tell, in its order.
    pub fn write(self, tx: &mut Tx<'_>, at: NaiveDateTime) -> Result<(), ServiceError> {
        if self.found.is_empty() {
            return Ok(());
        }
        let ids = self.found.len().saturating_mul(self.endpoints.len().saturating_add(1));
        tx.reserve_ids(u64::try_from(ids).unwrap_or(u64::MAX))?;
        let timestamp = stamp(at);
        let mut events = Vec::with_capacity(self.found.len());
        let mut deliveries = Vec::new();
        for (kind, data) in &self.found {
            let body = Body { r#type: kind.as_str(), timestamp: &timestamp, data };
            let body = serde_json::to_string(&body).unwrap_or_default();
            let event = tx.next_id()?;
            for (endpoint, _) in self.endpoints.iter().filter(|(_, kinds)| kinds.contains(kind)) {
                deliveries.push(waiting(tx.next_id()?, (self.school, event, *endpoint), at));
            }
            events.push(EventRow {
                id: event,
                school_id: self.school,
                message_id: message_id(event, &body),
                kind: kind.as_str().to_owned(),
                body,
                at,
            });
        }
        store::insert_events(tx, &events)?;
        store::insert_deliveries(tx, &deliveries)?;
        Ok(())
    }
}

/// The kind of what is sent to see whether it arrives.
const TRIAL: &str = "endpoint.test";

/// Writes something for one endpoint that says nothing, whatever kinds it asked for.
pub(super) fn trial(
    tx: &mut Tx<'_>,
    (school, endpoint): (i64, i64),
    at: NaiveDateTime,
) -> Result<(), ServiceError> {
    let code = crate::store::directory::school(tx, school)?.map(|row| row.code);
    let data = serde_json::json!({ "school": code });
    let body = Body { r#type: TRIAL, timestamp: &stamp(at), data: &data };
    let body = serde_json::to_string(&body).unwrap_or_default();
    let (id, delivery) = (tx.next_id()?, tx.next_id()?);
    let event = EventRow {
        id,
        school_id: school,
        message_id: message_id(id, &body),
        kind: TRIAL.to_owned(),
        body,
        at,
    };
    store::insert_events(tx, &[event])?;
    Ok(store::insert_deliveries(tx, &[waiting(delivery, (school, id, endpoint), at)])?)
}

fn stamp(at: NaiveDateTime) -> String {
    local_time(at).format("%Y-%m-%dT%H:%M:%S%.3f+07:00").to_string()
}

/// A delivery that nobody has tried yet.
fn waiting(
    id: i64,
    (school, event, endpoint): (i64, i64, i64),
    at: NaiveDateTime,
) -> EventDeliveryRow {
    EventDeliveryRow {
        id,
        school_id: school,
        event_id: event,
        endpoint_id: endpoint,
        state: "waiting".to_owned(),
        attempts: 0,
        attempts_before: 0,
        due_at: at,
        leased_until: None,
        status: None,
        problem: None,
        sent_at: None,
    }
}

/// By which a receiver knows an event again. Of the row's id, so that no two are equal, and of the
/// content, so that two installations that tell one receiver do not say the same.
fn message_id(event: i64, body: &str) -> String {
    let digest = Sha256::digest(format!("{event}.{body}"));
    format!("evt_{}", hex(digest.get(..16).unwrap_or_default()))
}
