//! What a school and the authorities above it write to each other about a month's figures.

use chrono::NaiveDateTime;
use serde::Serialize;

use crate::clock::Clock;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::period::Month;
use crate::formats::cashless_report::canonical::instant;
use crate::service::{Actor, ServiceError, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::reported::{self, CommentRow};
use crate::store::{Store, Tx};

/// Characters of what is written at once.
pub const MOST_CHARACTERS: usize = 1_000;

/// How many are shown.
const SHOWN: i64 = 100;

/// Who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The school.
    School,
    /// An authority above it.
    Authority,
}

impl Side {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Side::School => "school",
            Side::Authority => "authority",
        }
    }
}

/// What somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Comment {
    /// `school` or `authority`.
    pub side: String,
    /// Who wrote it.
    pub written_by: String,
    /// When, in UTC.
    pub written_at: String,
    /// What.
    pub words: String,
    /// The moment, for pages.
    #[serde(skip)]
    pub at: NaiveDateTime,
}

/// Writes something about a school's month. Nothing, and more than [`MOST_CHARACTERS`], is refused.
pub fn comment(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, month): (SchoolId, Month),
    (side, words): (Side, &str),
) -> Result<Comment, ServiceError> {
    let words = words.trim();
    if words.is_empty() || words.chars().count() > MOST_CHARACTERS {
        return Err(ServiceError::refused(Diagnostic::new(
            "comment_length",
            format!("Ý kiến phải có chữ và không dài quá {MOST_CHARACTERS} ký tự."),
            format!("A comment needs words, and at most {MOST_CHARACTERS} characters."),
        )));
    }
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let row = CommentRow {
            id: tx.next_id()?,
            school_id: school.0,
            month: month.first(),
            side: side.as_str().to_owned(),
            written_by: actor.as_str().to_owned(),
            at: clock.now(),
            words: words.to_owned(),
        };
        reported::insert_comment(tx, &row)?;
        let detail = serde_json::json!({ "month": month.to_string(), "side": side.as_str() });
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "figures.comment",
            subject_kind: "figure_comment",
            subject_id: row.id,
            detail: detail.to_string(),
        };
        audit::append(tx, school.0, row.at, vec![fact])?;
        Ok(shown(row))
    })
}

pub(super) fn load(
    tx: &mut Tx<'_>,
    school: i64,
    month: Month,
) -> Result<Vec<Comment>, ServiceError> {
    let rows = reported::comments(tx, school, month.first(), SHOWN)?;
    Ok(rows.into_iter().map(shown).collect())
}

fn shown(row: CommentRow) -> Comment {
    Comment {
        side: row.side,
        written_by: row.written_by,
        written_at: instant(row.at),
        words: row.words,
        at: row.at,
    }
}
