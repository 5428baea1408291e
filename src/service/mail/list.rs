//! The queue for people: what was sent and what was not, and sending it again.

use chrono::NaiveDateTime;
use serde::Serialize;

use super::owner;
use crate::clock::Clock;
use crate::domain::id::SchoolId;
use crate::keyring::{Keyring, Sealed};
use crate::service::{Actor, ServiceError, directory};
use crate::store::audit::{self, AuditFact, SYSTEM_CHAIN};
use crate::store::mails::{self as store, MailFilter, MailRow};
use crate::store::{Store, Tx};

/// The most mails of a page.
const MOST_SHOWN: u32 = 200;

/// A mail as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MailView {
    /// Its id.
    pub id: i64,
    /// The id of the school it is about, if any.
    pub school: Option<i64>,
    /// What it is, e.g. `invitation`.
    pub kind: String,
    /// The recipient's name.
    pub to_name: String,
    /// The recipient's address.
    pub to_email: String,
    /// Its subject.
    pub subject: String,
    /// By which mail servers know it, the same however often it is sent.
    pub message_id: String,
    /// `waiting`, `sent`, `failed`, or `unsure`: nobody can know whether it is there.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// How often nobody could know whether the server took it: so many copies may be there more.
    pub unsure_times: i64,
    /// When it is tried next, in UTC, where it will be.
    pub due_at: Option<String>,
    /// The server's last code.
    pub status: Option<i64>,
    /// Where the last attempt failed: `connect`, `tls`, `greeting`, `login`, `sender`, `recipient`,
    /// `data`, `answer`, `folder`, `address`, `key` or `lost`.
    pub problem: Option<String>,
    /// The server's own words.
    pub words: Option<String>,
    /// When it was queued, in UTC.
    pub created_at: String,
    /// When the server took it, in UTC.
    pub sent_at: Option<String>,
}

/// A mail with what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MailDetail {
    /// The mail.
    #[serde(flatten)]
    pub mail: MailView,
    /// The whole message as it goes over the wire.
    pub message: String,
}

/// Which mails are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedMails {
    /// Only those about this school.
    pub school: Option<SchoolId>,
    /// Only those in this state.
    pub state: Option<String>,
    /// Only those of this kind.
    pub kind: Option<String>,
    /// How many, at most 200.
    pub limit: u32,
}

/// Some mails, and where the next ones begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MailPage {
    /// Newest first.
    pub mails: Vec<MailView>,
    /// The cursor of the next page, if there is one.
    pub next: Option<i64>,
}

/// Mails, newest first, from a cursor on.
pub fn list(db: &Store, asked: &AskedMails, cursor: Option<i64>) -> Result<MailPage, ServiceError> {
    let limit = i64::from(asked.limit.clamp(1, MOST_SHOWN));
    let filter = MailFilter {
        school: asked.school.map(|school| school.0),
        state: asked.state.as_deref(),
        kind: asked.kind.as_deref(),
        before: cursor,
        limit: limit.saturating_add(1),
    };
    let rows = db.read(|tx| Ok::<_, ServiceError>(store::page(tx, &filter)?))?;
    let shown = usize::try_from(limit).unwrap_or_default();
    let more = rows.len() > shown;
    let mails: Vec<MailView> = rows.iter().take(shown).map(view).collect();
    let next = mails.last().map(|last| last.id).filter(|_| more);
    Ok(MailPage { mails, next })
}

/// One mail with what it says.
pub fn show(db: &Store, keys: &Keyring, id: i64) -> Result<MailDetail, ServiceError> {
    let row = db.read(|tx| load(tx, id))?;
    if row.sealed.is_empty() {
        return Err(forgotten());
    }
    let sealed = Sealed { key_id: row.key_id.clone(), text: row.sealed.clone() };
    let message = keys.open(&owner(row.id), &sealed)?;
    Ok(MailDetail { mail: view(&row), message })
}

/// Sends a mail again, at once and with the same Message-ID: the recipient may have it already.
pub fn resend(
    db: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    id: i64,
) -> Result<MailView, ServiceError> {
    db.write(|tx| {
        let row = load(tx, id)?;
        if row.sealed.is_empty() {
            return Err(forgotten());
        }
        if let Some(school) = row.school_id {
            directory::lock_school(tx, SchoolId(school))?;
        }
        let at = clock.now();
        if !store::requeue(tx, &row, at)? {
            return Err(ServiceError::conflict(
                "mail_on_its_way",
                "Thư này đang được gửi. Hãy xem lại sau vài phút.",
                "This mail is on its way just now. Look again in some minutes.",
            ));
        }
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "mail.resend",
            subject_kind: "mail",
            subject_id: id,
            detail: serde_json::json!({ "kind": row.kind, "before": row.state }).to_string(),
        };
        audit::append(tx, row.school_id.unwrap_or(SYSTEM_CHAIN), at, vec![fact])?;
        Ok(view(&load(tx, id)?))
    })
}

/// What it said is not kept any more.
fn forgotten() -> ServiceError {
    ServiceError::conflict(
        "mail_forgotten",
        "Nội dung thư này đã được xoá theo thời hạn lưu giữ, nên không xem hoặc gửi lại được nữa.",
        "What this mail said was deleted when its time was over: it cannot be read or sent again.",
    )
}

fn load(tx: &mut Tx<'_>, id: i64) -> Result<MailRow, ServiceError> {
    store::find(tx, id)?
        .ok_or_else(|| ServiceError::not_found("mail", "thư", "mail", &id.to_string()))
}

fn view(row: &MailRow) -> MailView {
    MailView {
        id: row.id,
        school: row.school_id,
        kind: row.kind.clone(),
        to_name: row.to_name.clone(),
        to_email: row.to_email.clone(),
        subject: row.subject.clone(),
        message_id: row.message_id.clone(),
        state: row.state.clone(),
        attempts: row.attempts,
        unsure_times: row.unsure_times,
        due_at: row.due_at.map(instant),
        status: row.status,
        problem: row.problem.clone(),
        words: row.words.clone(),
        created_at: instant(row.created_at),
        sent_at: row.sent_at.map(instant),
    }
}

fn instant(at: NaiveDateTime) -> String {
    format!("{}Z", at.format("%Y-%m-%dT%H:%M:%S%.3f"))
}
