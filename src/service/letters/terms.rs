//! What a school sets for its letters: whether families are reminded, and its own words.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::LetterKind;
use super::message::wording;
use crate::clock::Clock;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::service::{Actor, ServiceError, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::letter_terms::{self as store, LetterTermsRow, LetterWordingRow};
use crate::store::{Store, Tx};

/// The kinds around which a school may put its own words.
pub const WORDED: [LetterKind; 7] = [
    LetterKind::Notice,
    LetterKind::Reminder,
    LetterKind::Receipt,
    LetterKind::ReceiptVoided,
    LetterKind::Refund,
    LetterKind::ClaimAnswered,
    LetterKind::LinkRenewed,
];

/// What a school sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LetterTerms)]
pub struct Terms {
    /// Whether families are reminded of what they owe without anybody asking for it.
    pub reminders: bool,
}

/// A school's own words for a kind of letter in a language; empty where the product's stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnWords {
    /// The kind.
    pub kind: LetterKind,
    /// The language.
    pub lang: Lang,
    /// Before what the letter tells.
    pub intro: String,
    /// After it.
    pub closing: String,
}

/// What a school has set.
pub fn show_terms(db: &Store, school: SchoolId) -> Result<Terms, ServiceError> {
    db.read(|tx| {
        let row = store::find(tx, school.0)?;
        Ok(Terms { reminders: row.is_some_and(|row| row.reminders) })
    })
}

/// Sets whether families are reminded.
pub fn set_terms(
    db: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    wanted: Terms,
) -> Result<Terms, ServiceError> {
    db.write(|tx| {
        directory::lock_school(tx, school)?;
        let before = store::find(tx, school.0)?;
        if before.as_ref().is_some_and(|row| row.reminders) != wanted.reminders {
            let row = LetterTermsRow {
                id: school.0,
                reminders: wanted.reminders,
                reminded_on: before.and_then(|row| row.reminded_on),
            };
            store::set(tx, &row)?;
            let detail = serde_json::json!({ "reminders": wanted.reminders }).to_string();
            let fact = AuditFact {
                actor: actor.as_str().to_owned(),
                action: "letters.set",
                subject_kind: "school",
                subject_id: school.0,
                detail,
            };
            audit::append(tx, school.0, clock.now(), vec![fact])?;
        }
        Ok(wanted)
    })
}

/// Keeps that somebody looked the letters to families over and is content with them. Once, until the
/// words change.
pub fn approve(
    db: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
) -> Result<(), ServiceError> {
    db.write(|tx| {
        directory::lock_school(tx, school)?;
        if store::seen_at(tx, school.0)?.is_some() {
            return Ok(());
        }
        let now = clock.now();
        store::set_seen(tx, school.0, Some(now))?;
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "letters.approve",
            subject_kind: "school",
            subject_id: school.0,
            detail: "{}".to_owned(),
        };
        Ok(audit::append(tx, school.0, now, vec![fact])?)
    })
}

/// When somebody looked them over, in UTC; `None` where nobody has since the words changed.
pub fn approved_at(db: &Store, school: SchoolId) -> Result<Option<NaiveDateTime>, ServiceError> {
    Ok(db.read(|tx| store::seen_at(tx, school.0))?)
}

/// A school's own words for a kind in a language.
pub fn words_of(
    db: &Store,
    school: SchoolId,
    (kind, lang): (LetterKind, Lang),
) -> Result<OwnWords, ServiceError> {
    let rows = db.read(|tx| wordings(tx, school))?;
    let row = rows.into_iter().find(|row| row.kind == kind.as_str() && row.language == lang.code());
    let (intro, closing) = row.map_or((None, None), |row| (row.intro, row.closing));
    Ok(OwnWords {
        kind,
        lang,
        intro: intro.unwrap_or_default(),
        closing: closing.unwrap_or_default(),
    })
}

/// Keeps a school's own words; where both are blank, the product's stand again. Words that cannot be
/// filled in are refused with the line and what to do.
pub fn set_words(
    db: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    words: &OwnWords,
) -> Result<(), ServiceError> {
    let problems = problems(words);
    if !problems.is_empty() {
        return Err(ServiceError::Refused(problems));
    }
    db.write(|tx| {
        directory::lock_school(tx, school)?;
        let row = LetterWordingRow {
            id: tx.next_id()?,
            school_id: school.0,
            kind: words.kind.as_str().to_owned(),
            language: words.lang.code().to_owned(),
            intro: filled(&words.intro),
            closing: filled(&words.closing),
        };
        store::set_wording(tx, &row)?;
        store::set_seen(tx, school.0, None)?;
        let detail = serde_json::json!({
            "closing": row.closing, "intro": row.intro, "kind": row.kind, "language": row.language,
        });
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "letters.words",
            subject_kind: "school",
            subject_id: school.0,
            detail: detail.to_string(),
        };
        Ok(audit::append(tx, school.0, clock.now(), vec![fact])?)
    })
}

/// What is wrong with words.
#[must_use]
pub fn problems(words: &OwnWords) -> Vec<Diagnostic> {
    [("intro", &words.intro), ("closing", &words.closing)]
        .into_iter()
        .filter_map(|(field, written)| {
            let mut problem = wording::check(written).err()?;
            let mut place = problem.place.take().unwrap_or_default();
            place.column = Some(field.to_owned());
            Some(problem.at(place))
        })
        .collect()
}

/// All of a school's own words.
pub(super) fn wordings(
    tx: &mut Tx<'_>,
    school: SchoolId,
) -> Result<Vec<LetterWordingRow>, ServiceError> {
    Ok(store::wordings_of(tx, school.0)?)
}

fn filled(text: &str) -> Option<String> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
