//! Letters for people: what became of each, and having one made again.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use serde::Serialize;

use super::recipients;
use crate::clock::{Clock, local_day};
use crate::domain::id::SchoolId;
use crate::service::{Actor, ServiceError, directory, mail};
use crate::store::audit::{self, AuditFact};
use crate::store::letter_copies::{self as store, CopyRow, LookedAt};
use crate::store::{Store, letters};

/// The most letters of a page.
const MOST_SHOWN: u32 = 200;

/// The newest letters that are counted by outcome: a list takes as long for a school of many years.
pub const COUNTED: i64 = 2_000;

/// A letter as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LetterView {
    /// Its id.
    pub id: i64,
    /// What it is, e.g. `notice`.
    pub kind: String,
    /// The family's id.
    pub family: i64,
    /// The children, by given name and class.
    pub children: Vec<String>,
    /// `waiting`, `sent`, `failed`, `unsure` (nobody can know whether it is there) or `skipped`.
    pub outcome: String,
    /// Who asked for it, or the machine.
    pub asked_by: String,
    /// When it was asked for, in UTC.
    pub asked_at: String,
    /// When it is made into mail, in UTC, where it waits for that.
    pub due_at: Option<String>,
    /// What became of it for each who was to get it.
    pub copies: Vec<CopyView>,
}

/// What became of a letter for one who was to get it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CopyView {
    /// The mail, where there is one.
    pub mail: Option<i64>,
    /// The address.
    pub to: Option<String>,
    /// The mail's state, e.g. `sent`.
    pub state: Option<String>,
    /// Where sending failed, e.g. `recipient`: the server refused the address.
    pub problem: Option<String>,
    /// When it was sent, in UTC.
    pub sent_at: Option<String>,
    /// Why there is no mail, e.g. `no_email`.
    pub reason: Option<String>,
    /// Whether the product's words stand in it because the school's own failed.
    pub own_words_failed: bool,
}

/// Which letters are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedLetters {
    /// Only notices of this round, by its row.
    pub round: Option<i64>,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only this outcome.
    pub outcome: Option<String>,
    /// Older than this letter.
    pub before: Option<i64>,
    /// How many, at most 200.
    pub limit: u32,
}

/// Some letters, and where the next ones begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LetterPage {
    /// Newest first.
    pub letters: Vec<LetterView>,
    /// The cursor of the next page, if there is one.
    pub next: Option<i64>,
}

/// How many letters came to which outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Outcomes {
    /// Sent.
    pub sent: i64,
    /// Still to be made or to be sent.
    pub waiting: i64,
    /// Not sent, and not tried again.
    pub failed: i64,
    /// Nobody can know.
    pub unsure: i64,
    /// Nobody gets them.
    pub skipped: i64,
    /// Whether only the newest [`COUNTED`] letters were counted.
    pub newest_only: bool,
}

fn looked_at(school: SchoolId, asked: &AskedLetters, limit: i64) -> LookedAt<'_> {
    LookedAt {
        school: school.0,
        round: asked.round.unwrap_or_default(),
        kind: asked.kind.as_deref().unwrap_or_default(),
        outcome: asked.outcome.as_deref().unwrap_or_default(),
        before: asked.before.unwrap_or_default(),
        limit,
    }
}

/// How many letters are sent again by one request.
const AT_ONCE: usize = 500;

/// Letters of a school, newest first.
pub fn list(
    db: &Store,
    clock: &dyn Clock,
    school: SchoolId,
    asked: &AskedLetters,
) -> Result<LetterPage, ServiceError> {
    let limit = i64::from(asked.limit.clamp(1, MOST_SHOWN));
    let today = local_day(clock.now());
    db.read(|tx| {
        let mut rows = store::page(tx, &looked_at(school, asked, limit.saturating_add(1)))?;
        let shown = usize::try_from(limit).unwrap_or_default();
        let more = rows.len() > shown;
        rows.truncate(shown);
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let families: Vec<i64> = rows.iter().map(|row| row.family_id).collect();
        let mut copies: BTreeMap<i64, Vec<CopyView>> = BTreeMap::new();
        for row in store::of_letters(tx, &ids)? {
            copies.entry(row.letter_id).or_default().push(copy(row));
        }
        let households = recipients::load(tx, school, &families, today)?;
        let next = rows.last().map(|row| row.id).filter(|_| more);
        let letters = rows
            .into_iter()
            .map(|row| LetterView {
                children: households
                    .get(&row.family_id)
                    .into_iter()
                    .flat_map(|household| &household.children)
                    .map(|(name, class)| format!("{name} ({class})"))
                    .collect(),
                copies: copies.remove(&row.id).unwrap_or_default(),
                id: row.id,
                kind: row.kind,
                family: row.family_id,
                outcome: row.outcome,
                asked_by: row.asked_by,
                asked_at: instant(row.asked_at),
                due_at: row.due_at.map(instant),
            })
            .collect();
        Ok(LetterPage { letters, next })
    })
}

/// How many of the newest letters came to which outcome.
pub fn counts(
    db: &Store,
    school: SchoolId,
    asked: &AskedLetters,
) -> Result<Outcomes, ServiceError> {
    let rows = db.read(|tx| store::counts(tx, &looked_at(school, asked, COUNTED)))?;
    let counted = rows.iter().map(|row| row.letters).sum::<i64>();
    let of = |name: &str| rows.iter().find(|row| row.outcome == name).map_or(0, |row| row.letters);
    Ok(Outcomes {
        sent: of("sent"),
        waiting: of("waiting"),
        failed: of("failed"),
        unsure: of("unsure"),
        skipped: of("skipped"),
        newest_only: counted >= COUNTED,
    })
}

/// Has a letter sent again: mails of it that failed leave at once with the same Message-ID, even where
/// the address was refused before, and whoever got none is looked at anew. Whoever has it gets nothing
/// twice.
pub fn again(
    db: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, id): (SchoolId, i64),
) -> Result<(), ServiceError> {
    let failed = db.write(|tx| {
        directory::lock_school(tx, school)?;
        let now = clock.now();
        let row = letters::find(tx, id)?.filter(|row| row.school_id == school.0);
        let Some(row) = row else {
            return Err(ServiceError::not_found("letter", "thư số", "letter", &id.to_string()));
        };
        let copies = store::of_letters(tx, &[id])?;
        let sent = copies.iter().any(|copy| copy.mail_state.as_deref() == Some("sent"));
        let open = copies.iter().any(|copy| copy.mail_state.as_deref() == Some("waiting"));
        if row.state == "waiting" || open {
            return Err(ServiceError::conflict(
                "letter_on_its_way",
                "Thư này đang chờ gửi. Hãy xem lại sau vài phút.",
                "This letter is on its way. Look again in some minutes.",
            ));
        }
        let failed: Vec<(i64, String)> = copies
            .iter()
            .filter(|copy| copy.mail_state.as_deref().is_some_and(|state| state != "sent"))
            .filter_map(|copy| Some((copy.mail_id?, copy.to_email.clone()?)))
            .collect();
        if failed.is_empty() && sent && copies.iter().all(|copy| copy.reason.is_none()) {
            return Err(ServiceError::conflict(
                "letter_sent",
                "Thư này đã gửi đến mọi địa chỉ của gia đình.",
                "This letter was sent to every address of the family.",
            ));
        }
        for (_, email) in &failed {
            super::set_refused(tx, (school.0, email), None)?;
        }
        // Whoever was passed over is asked about again; whoever has a mail gets no other.
        letters::reopen(tx, id, now)?;
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "letter.again",
            subject_kind: "letter",
            subject_id: id,
            detail: serde_json::json!({ "kind": row.kind, "mails": failed.len() }).to_string(),
        };
        audit::append(tx, school.0, now, vec![fact])?;
        Ok(failed)
    })?;
    for (id, _) in failed {
        match mail::resend(db, clock, actor, id) {
            Ok(_) | Err(ServiceError::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Has letters sent again that failed or of which nobody knows, of those asked for: at most
/// 500, the newest first. How many, and whether there are more.
pub fn again_all(
    db: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    asked: &AskedLetters,
) -> Result<(usize, bool), ServiceError> {
    let mut ids = Vec::new();
    let mut asked = AskedLetters { before: None, limit: MOST_SHOWN, ..asked.clone() };
    if !matches!(asked.outcome.as_deref(), Some("failed" | "unsure")) {
        asked.outcome = Some("failed".to_owned());
    }
    while ids.len() <= AT_ONCE {
        let page = list(db, clock, school, &asked)?;
        ids.extend(page.letters.into_iter().map(|letter| letter.id));
        asked.before = page.next;
        if page.next.is_none() {
            break;
        }
    }
    let more = ids.len() > AT_ONCE;
    ids.truncate(AT_ONCE);
    let mut sent = 0_usize;
    for id in ids {
        match again(db, clock, actor, (school, id)) {
            Ok(()) => sent = sent.saturating_add(1),
            // Somebody was faster, or its text is not kept any more.
            Err(ServiceError::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok((sent, more))
}

fn copy(row: CopyRow) -> CopyView {
    CopyView {
        mail: row.mail_id,
        to: row.to_email,
        state: row.mail_state,
        problem: row.problem,
        sent_at: row.sent_at.map(instant),
        reason: row.reason,
        own_words_failed: row.own_words_failed,
    }
}

fn instant(at: NaiveDateTime) -> String {
    format!("{}Z", at.format("%Y-%m-%dT%H:%M:%S%.3f"))
}
