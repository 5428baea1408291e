//! The addresses at which a school's other software is told of events.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::Policy;
use super::kind::{self, EventKind};
use super::outbox;
use crate::clock::Clock;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::formats::notification::standard;
use crate::ids::IdSource;
use crate::keyring::Keyring;
use crate::outbound::{OutboundError, check_url};
use crate::service::webhooks::{self, SecretView, refused};
use crate::service::{Actor, ServiceError, directory, limits};
use crate::store::audit::{self, AuditFact};
use crate::store::events::{self as store, EventEndpointRow};
use crate::store::webhooks::{Owner, live_secrets, retire_secret};
use crate::store::{Store, Tx};

/// Every event is written once for each endpoint that wants it, so there are not many.
const MOST_OPEN: usize = 16;

/// An endpoint to be made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
pub struct NewEventEndpoint {
    /// Where events are posted to: `https`, on the public Internet unless the operator allows more.
    #[garde(custom(limits::filled), length(chars, max = limits::URL))]
    pub url: String,
    /// The kinds to be told of: `payment.settled`, `payment.reversed`, `invoice.paid`,
    /// `statement.imported`, `period.closed`, `period.reopened`, `receipt.issued`; all where none is given.
    #[serde(default)]
    #[garde(custom(limits::at_most(limits::KINDS)), inner(length(chars, max = limits::WORD)))]
    pub kinds: Vec<String>,
    /// What people call it.
    #[serde(default)]
    #[garde(length(chars, max = limits::NAME))]
    pub name: String,
}

/// An endpoint as lists show it. Secrets are never shown again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct EventEndpointView {
    /// Its id.
    pub id: i64,
    /// What people call it.
    pub name: String,
    /// Where events are posted to.
    pub url: String,
    /// The kinds it is told of.
    pub kinds: Vec<String>,
    /// Whether it is told anything.
    pub open: bool,
    /// Why it is not: `closed` by a person, or `gone`, as it answered itself.
    pub closed_why: Option<String>,
    /// Until when it is left alone after a delivery failed, in UTC.
    pub paused_until: Option<String>,
    /// The secrets that live, one or two; what is sent is signed with each.
    #[schema(value_type = Vec<SecretView>)]
    pub secrets: Vec<SecretView>,
    /// Deliveries that wait.
    pub waiting: i64,
    /// Deliveries it has.
    pub sent: i64,
    /// Deliveries that were given up; each can be replayed.
    pub dead: i64,
}

/// An endpoint that was made or changed, with its new secret where one was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MadeEventEndpoint {
    /// The endpoint.
    pub endpoint: EventEndpointView,
    /// The secret, `whsec_…`; it is told this once.
    pub secret: Option<String>,
}

/// What to change about an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventChange {
    /// Adds a second secret: what is sent is signed with both until the first is retired.
    Rotate,
    /// Ends a secret.
    Retire {
        /// The secret's id.
        secret: i64,
    },
    /// Is told nothing more.
    Close,
    /// Is told again, what waited included.
    Open,
    /// Is sent something at once that says nothing, to see whether it arrives.
    Test,
    /// Is told of other kinds, from now on.
    Kinds {
        /// Their names; all where there is none.
        kinds: Vec<String>,
    },
    /// Is somewhere else.
    Url {
        /// Where.
        url: String,
    },
}

/// Makes an endpoint. Its secret is told in this answer only.
pub fn create(
    db: &Store,
    (clock, ids, keys): (&dyn Clock, &dyn IdSource, &Keyring),
    policy: &Policy,
    actor: &Actor,
    school: SchoolId,
    new: &NewEventEndpoint,
) -> Result<MadeEventEndpoint, ServiceError> {
    let kinds = kinds_named(&new.kinds)?;
    check_url(&new.url, policy).map_err(not_there)?;
    let secret = new_secret(ids);
    db.write(|tx| {
        directory::lock_school(tx, school)?;
        ensure_room(tx, school)?;
        let at = clock.now();
        let row = EventEndpointRow {
            id: tx.next_id()?,
            school_id: school.0,
            url: new.url.clone(),
            kinds: kind::joined(&kinds),
            name: new.name.trim().to_owned(),
            created_by: actor.as_str().to_owned(),
            created_at: at,
            disabled_at: None,
            disabled_why: None,
            paused_until: None,
        };
        store::insert_endpoint(tx, &row)?;
        let owner = (school, Owner::Events(row.id));
        webhooks::add_secret(tx, (ids, keys), actor, owner, &secret, at)?;
        // Addresses may carry a key of the receiver's; the audit chain keeps them for ever.
        let detail = serde_json::json!({ "kinds": row.kinds });
        record(tx, &row, actor.as_str(), "events.create", &detail, at)?;
        Ok(MadeEventEndpoint { endpoint: view(tx, &row)?, secret: Some(secret.clone()) })
    })
}

/// A school's endpoints.
pub fn list(db: &Store, school: SchoolId) -> Result<Vec<EventEndpointView>, ServiceError> {
    db.read(|tx| store::endpoints_of(tx, school.0)?.iter().map(|row| view(tx, row)).collect())
}

/// Changes an endpoint; with the new secret where one was made.
pub fn change(
    db: &Store,
    (clock, ids, keys): (&dyn Clock, &dyn IdSource, &Keyring),
    policy: &Policy,
    actor: &Actor,
    (school, id): (SchoolId, i64),
    change: &EventChange,
) -> Result<MadeEventEndpoint, ServiceError> {
    db.write(|tx| {
        directory::lock_school(tx, school)?;
        let found = own(tx, school, id)?;
        // A worker may just be closing it.
        let mut row = store::lock_endpoint(tx, found.id)?.unwrap_or(found);
        let at = clock.now();
        let mut told = None;
        let (action, detail) = match change {
            EventChange::Rotate => {
                if live_secrets(tx, Owner::Events(row.id))?.len() >= 2 {
                    return Err(refused::two_live());
                }
                let secret = new_secret(ids);
                let owner = (school, Owner::Events(row.id));
                webhooks::add_secret(tx, (ids, keys), actor, owner, &secret, at)?;
                told = Some(secret);
                ("events.rotate", serde_json::json!({}))
            }
            EventChange::Retire { secret } => {
                let live = live_secrets(tx, Owner::Events(row.id))?;
                if !live.iter().any(|row| row.id == *secret) {
                    return Err(refused::missing_secret(*secret));
                }
                if live.len() < 2 {
                    return Err(refused::last_secret());
                }
                retire_secret(tx, *secret, at)?;
                ("events.retire", serde_json::json!({ "secret": secret }))
            }
            EventChange::Close => {
                row.disabled_at = Some(at);
                row.disabled_why = Some("closed".to_owned());
                ("events.close", serde_json::json!({}))
            }
            EventChange::Open => {
                if row.disabled_at.is_some() {
                    ensure_room(tx, school)?;
                }
                row.disabled_at = None;
                row.disabled_why = None;
                row.paused_until = None;
                ("events.open", serde_json::json!({}))
            }
            EventChange::Test => {
                if row.disabled_at.is_some() {
                    return Err(closed());
                }
                row.paused_until = None;
                outbox::trial(tx, (row.school_id, row.id), at)?;
                ("events.test", serde_json::json!({}))
            }
            EventChange::Kinds { kinds } => {
                row.kinds = kind::joined(&kinds_named(kinds)?);
                ("events.kinds", serde_json::json!({ "kinds": row.kinds }))
            }
            EventChange::Url { url } => {
                check_url(url, policy).map_err(not_there)?;
                row.url.clone_from(url);
                row.paused_until = None;
                ("events.url", serde_json::json!({}))
            }
        };
        store::update_endpoint(tx, &row)?;
        record(tx, &row, actor.as_str(), action, &detail, at)?;
        Ok(MadeEventEndpoint { endpoint: view(tx, &row)?, secret: told })
    })
}

/// An endpoint of a school.
pub(super) fn own(
    tx: &mut Tx<'_>,
    school: SchoolId,
    id: i64,
) -> Result<EventEndpointRow, ServiceError> {
    store::endpoint(tx, id)?.filter(|row| row.school_id == school.0).ok_or_else(|| {
        ServiceError::not_found(
            "event_endpoint",
            "địa chỉ nhận sự kiện",
            "event endpoint",
            &id.to_string(),
        )
    })
}

/// Nothing is sent to an address that is closed.
pub(super) fn closed() -> ServiceError {
    ServiceError::conflict(
        "event_endpoint_closed",
        "Địa chỉ nhận sự kiện này đang đóng. Hãy mở lại trước khi gửi.",
        "This event endpoint is closed. Open it before sending.",
    )
}

/// Appends to the chain of the endpoint's school, whose row the caller has locked.
pub(super) fn record(
    tx: &mut Tx<'_>,
    endpoint: &EventEndpointRow,
    actor: &str,
    action: &'static str,
    detail: &serde_json::Value,
    at: NaiveDateTime,
) -> Result<(), ServiceError> {
    let fact = AuditFact {
        actor: actor.to_owned(),
        action,
        subject_kind: "event_endpoint",
        subject_id: endpoint.id,
        detail: detail.to_string(),
    };
    Ok(audit::append(tx, endpoint.school_id, at, vec![fact])?)
}

/// An instant as answers write it.
pub(super) fn instant(at: NaiveDateTime) -> String {
    format!("{}Z", at.format("%Y-%m-%dT%H:%M:%S%.3f"))
}

fn new_secret(ids: &dyn IdSource) -> String {
    // 32 bytes, which are a secret of Standard Webhooks.
    standard::secret_of(&ids.secret()).map(|made| made.expose().to_owned()).unwrap_or_default()
}

fn ensure_room(tx: &mut Tx<'_>, school: SchoolId) -> Result<(), ServiceError> {
    if store::subscribers(tx, school.0)?.len() < MOST_OPEN {
        return Ok(());
    }
    Err(ServiceError::conflict(
        "event_endpoints_many",
        format!("Trường đã có {MOST_OPEN} địa chỉ nhận sự kiện đang mở. Hãy đóng bớt một địa chỉ."),
        format!(
            "The school has {MOST_OPEN} open event endpoints already. Close one of them first."
        ),
    ))
}

fn kinds_named(names: &[String]) -> Result<Vec<EventKind>, ServiceError> {
    let mut unknown = Vec::new();
    let mut kinds = Vec::new();
    for name in names {
        match EventKind::parse(name) {
            Some(kind) => kinds.push(kind),
            None => unknown.push(unknown_kind(name)),
        }
    }
    if !unknown.is_empty() {
        return Err(ServiceError::Refused(unknown));
    }
    let all = EventKind::ALL.into_iter();
    Ok(all.filter(|kind| names.is_empty() || kinds.contains(kind)).collect())
}

fn unknown_kind(name: &str) -> Diagnostic {
    let all = EventKind::ALL.map(EventKind::as_str).join(", ");
    Diagnostic::new(
        "event_kind_unknown",
        format!("Không có loại sự kiện “{name}”. Chọn trong: {all}."),
        format!("There is no kind of event “{name}”. Choose from: {all}."),
    )
}

fn not_there(error: OutboundError) -> ServiceError {
    let message = error.message();
    ServiceError::refused(Diagnostic::new("event_url_refused", message.vi, message.en))
}

fn view(tx: &mut Tx<'_>, row: &EventEndpointRow) -> Result<EventEndpointView, ServiceError> {
    let counts = store::counts(tx, &[row.id])?;
    let count = |state: &str| counts.iter().filter(|one| one.1 == state).map(|one| one.2).sum();
    let secrets = live_secrets(tx, Owner::Events(row.id))?;
    Ok(EventEndpointView {
        id: row.id,
        name: row.name.clone(),
        url: row.url.clone(),
        kinds: kind::split(&row.kinds).map(|kind| kind.as_str().to_owned()).collect(),
        open: row.disabled_at.is_none(),
        closed_why: row.disabled_why.clone(),
        paused_until: row.paused_until.map(instant),
        secrets: secrets
            .into_iter()
            .map(|secret| SecretView { id: secret.id, created_at: instant(secret.created_at) })
            .collect(),
        waiting: count("waiting"),
        sent: count("sent"),
        dead: count("dead"),
    })
}
