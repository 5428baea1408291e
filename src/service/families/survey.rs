//! How content families are: one question after each receipt, and the share of those who are content.

use std::collections::BTreeMap;

use serde::Serialize;

use super::links::Entry;
use crate::clock::{Clock, local_day};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::satisfaction::{CONTENT_FROM, FEWEST, Share, TARGET_PERCENT};
use crate::domain::school_year::Term;
use crate::service::{ServiceError, directory};
use crate::store::family_pages::{self as store, AnswerRow};
use crate::store::{Store, Tx, directory as schools, people, receipts};

/// The longest remark, in characters.
pub const LONGEST: usize = 500;

/// Remarks that are shown to the school.
const REMARKS: i64 = 30;

/// Keeps a family's answer after its newest receipt. A second one is refused: the first one stands.
pub fn answer(
    db: &Store,
    clock: &dyn Clock,
    entry: Entry,
    (score, words): (i32, &str),
) -> Result<(), ServiceError> {
    let now = clock.now();
    let words = words.trim();
    if !(1..=5).contains(&score) || words.chars().count() > LONGEST {
        return Err(ServiceError::refused(Diagnostic::new(
            "survey",
            "Chọn một mức từ 1 đến 5; ý kiến tối đa 500 ký tự.",
            "Choose from 1 to 5; the remark has at most 500 characters.",
        )));
    }
    db.write(|tx| {
        directory::lock_school(tx, entry.school)?;
        let Some(receipt) = asks_after(tx, (entry.school, entry.family))? else {
            return Err(ServiceError::conflict(
                "survey_answered",
                "Gia đình đã trả lời sau biên lai gần nhất. Cảm ơn quý phụ huynh.",
                "Your family has answered after its last receipt. Thank you.",
            ));
        };
        let row = AnswerRow {
            id: tx.next_id()?,
            school_id: entry.school.0,
            family_id: entry.family,
            term: Term::of(local_day(now)).to_string(),
            score,
            words: words.to_owned(),
            answered_at: now,
            receipt_id: Some(receipt),
        };
        Ok(store::insert_answer(tx, &row)?)
    })
}

/// The receipt after which a family is asked: its newest one that holds, unless it has answered after
/// that or after the one whose place it took.
pub(super) fn asks_after(
    tx: &mut Tx<'_>,
    (school, family): (SchoolId, i64),
) -> Result<Option<i64>, ServiceError> {
    let students: Vec<i64> = people::students_of_family(tx, family)?
        .into_iter()
        .filter(|row| row.school_id == school.0)
        .map(|row| row.id)
        .collect();
    let found = receipts::of_students(tx, &students)?;
    let Some((newest, _)) = found.into_iter().find(|(_, voided)| voided.is_none()) else {
        return Ok(None);
    };
    let about: Vec<i64> = [Some(newest.id), newest.replaces_id].into_iter().flatten().collect();
    let answered = store::has_answered(tx, family, &about, newest.issued_at)?;
    Ok((!answered).then_some(newest.id))
}

/// How content the families of a group are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Satisfaction {
    /// The school's code; none for all that were asked for.
    pub school: Option<String>,
    /// The school's name.
    pub name: Option<String>,
    /// `share`, `too_few` (fewer than five answered) or `no_data`.
    pub state: &'static str,
    /// Families that are content (4 or 5); none where no share is told.
    pub content: Option<u64>,
    /// Families that answered; none where no share is told.
    pub answers: Option<u64>,
    /// Families that were asked, because a receipt was issued for them in the term; none where no share
    /// is told.
    pub asked: Option<u64>,
    /// The share in tenths of a percent; none where no share is told.
    pub tenths_of_percent: Option<u64>,
    /// Whether the target is reached; none where no share is told.
    pub reached: Option<bool>,
}

impl Satisfaction {
    fn of(school: Option<(String, String)>, share: Share, asked: u64) -> Satisfaction {
        let (content, answers) = match share {
            Share::Of { content, answers } => (Some(content), Some(answers)),
            Share::NoData | Share::TooFew => (None, None),
        };
        let (school, name) = school.unzip();
        Satisfaction {
            school,
            name,
            state: match share {
                Share::NoData => "no_data",
                Share::TooFew => "too_few",
                Share::Of { .. } => "share",
            },
            content,
            answers,
            // Whoever answered was asked, whatever has become of the receipt.
            asked: answers.map(|answers| asked.max(answers)),
            tenths_of_percent: share.tenths(),
            reached: share.reaches_target(),
        }
    }
}

/// The satisfaction of some schools' families in a term, school by school and in all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Survey {
    /// The term, as `2026-2027/1`.
    pub term: String,
    /// The share that is aimed for, in percent.
    pub target_percent: u32,
    /// All schools that were asked for together. Left out with `too_few` where it would tell what
    /// schools with fewer than five answers are not to tell.
    pub total: Satisfaction,
    /// Each of them.
    pub schools: Vec<Satisfaction>,
}

/// How content the families of some schools are in a term.
pub fn of_schools(store: &Store, wanted: &[SchoolId], term: Term) -> Result<Survey, ServiceError> {
    store.read(|tx| {
        let scores: BTreeMap<i64, (u64, u64)> = store::scores(tx, &term.to_string(), CONTENT_FROM)?
            .into_iter()
            .map(|(school, answers, content)| {
                (school, (content.unsigned_abs(), answers.unsigned_abs()))
            })
            .collect();
        let names: BTreeMap<i64, (String, String)> =
            schools::schools(tx)?.into_iter().map(|row| (row.id, (row.code, row.name))).collect();
        let asked_families: BTreeMap<i64, u64> = match term.days() {
            Some(days) => store::asked(tx, (days.from(), days.to()))?
                .into_iter()
                .map(|(school, families)| (school, families.unsigned_abs()))
                .collect(),
            None => BTreeMap::new(),
        };
        let mut told = Vec::with_capacity(wanted.len());
        let (mut content, mut answers, mut asked) = (0_u64, 0_u64, 0_u64);
        let (mut hidden, mut hidden_answers) = (0_u64, 0_u64);
        for school in wanted {
            let (good, all) = scores.get(&school.0).copied().unwrap_or_default();
            let asked_here = asked_families.get(&school.0).copied().unwrap_or_default();
            let share = Share::of(good, all);
            asked = asked.saturating_add(asked_here.max(all));
            content = content.saturating_add(good);
            answers = answers.saturating_add(all);
            if share == Share::TooFew {
                hidden = hidden.saturating_add(1);
                hidden_answers = hidden_answers.saturating_add(all);
            }
            told.push(Satisfaction::of(names.get(&school.0).cloned(), share, asked_here));
        }
        // What is hidden could be computed from the total and all the others: one school's answers,
        // or those of several that are too few together.
        let total = if hidden == 1 || (hidden > 0 && hidden_answers < FEWEST) {
            Share::TooFew
        } else {
            Share::of(content, answers)
        };
        Ok(Survey {
            term: term.to_string(),
            target_percent: TARGET_PERCENT,
            total: Satisfaction::of(None, total, asked),
            schools: told,
        })
    })
}

/// A school's own card: its share, and what families wrote where enough of them answered.
pub fn of_school(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
) -> Result<(Satisfaction, Vec<(i32, String)>), ServiceError> {
    let term = Term::of(local_day(clock.now()));
    let share = of_schools(store, &[school], term)?.total;
    let remarks = if share.state == "share" {
        store.read(|tx| store::survey_words(tx, (school.0, &term.to_string()), REMARKS))?
    } else {
        Vec::new()
    };
    Ok((share, remarks))
}
