//! Reminds families of what they still owe: by the school's schedule, or because a person asks for it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDateTime, TimeDelta};
use serde::Serialize;

use super::{LetterKind, NewLetter, Settings, Skip, ask, recipients};
use crate::clock::{Clock, local_day, local_time};
use crate::domain::calendar::Day;
use crate::domain::id::SchoolId;
use crate::domain::money::Vnd;
use crate::domain::reminder::{self, Owing, Step, Today};
use crate::service::{Actor, MACHINE, ServiceError, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::letter_terms::{self, LetterTermsRow};
use crate::store::letters::{self as store, OpenRow};
use crate::store::{Store, Tx};

/// How far back reminders matter, in days: longer than any pause and any schedule.
const LOOK_BACK_DAYS: i64 = 150;

/// Whom a person reminds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Which {
    /// Only families with a child in this class.
    pub class: Option<String>,
    /// Only of what this round asks, by its row.
    pub round: Option<i64>,
    /// Only of what is overdue.
    pub overdue: bool,
}

/// Whom a reminder would reach.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ReminderPreview)]
pub struct Preview {
    /// Families that get one.
    pub families: usize,
    /// What they owe, in đồng.
    pub open: Vnd,
    /// Families that get none, and why.
    pub skipped: Vec<Skipped>,
    /// Of exactly these families and sums; send it back to remind them.
    pub fingerprint: String,
}

/// Families that get no reminder for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Skipped {
    /// The reason, e.g. `no_email`.
    pub reason: String,
    /// How many.
    pub families: usize,
    /// Their children, by given name and class; the first few.
    pub children: Vec<String>,
}

/// Children that a preview names for each reason.
const NAMED: usize = 20;

/// Whom a reminder would reach now.
pub fn preview(
    db: &Store,
    clock: &dyn Clock,
    settings: &Settings,
    school: SchoolId,
    which: &Which,
) -> Result<Preview, ServiceError> {
    db.read(|tx| Ok(choose(tx, settings, school, which, clock.now())?.1))
}

/// Reminds exactly those families that a preview showed; where they are others by now, nobody.
pub fn remind(
    db: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    settings: &Settings,
    (school, which, expected): (SchoolId, &Which, &str),
) -> Result<Preview, ServiceError> {
    db.write(|tx| {
        directory::lock_school(tx, school)?;
        let now = clock.now();
        let today = local_day(now);
        let (chosen, shown) = choose(tx, settings, school, which, now)?;
        if shown.fingerprint != expected {
            return Err(ServiceError::conflict(
                "reminder_changed",
                "Danh sách gia đình cần nhắc đã thay đổi sau khi xem trước. Hãy xem lại rồi gửi.",
                "The families to be reminded have changed since the preview. Look again, then send.",
            ));
        }
        let wanted: Vec<NewLetter> = chosen
            .iter()
            .map(|(family, owing)| {
                let step = Step::by_hand(today, owing.oldest, &settings.plan);
                new_letter(school, (*family, owing.about), &today.to_string(), step)
            })
            .collect();
        ask(tx, actor.as_str(), now, &wanted)?;
        record(tx, actor.as_str(), school, now, wanted.len())?;
        Ok(shown)
    })
}

/// Asks for the reminders of the day in every school that wants them and for which nobody has done so
/// today, outside of quiet hours; whether there was anything to do.
pub fn remind_due(
    db: &Store,
    clock: &dyn Clock,
    settings: &Settings,
) -> Result<bool, ServiceError> {
    let now = clock.now();
    if settings.quiet.until(local_time(now)).is_some() {
        return Ok(false);
    }
    let today = local_day(now);
    let schools = db.read(|tx| letter_terms::schools_to_remind(tx, today))?;
    for school in &schools {
        let school = SchoolId(*school);
        db.write(|tx| {
            directory::lock_school(tx, school)?;
            let terms = letter_terms::find(tx, school.0)?;
            let waits = |row: &LetterTermsRow| row.reminders && row.reminded_on != Some(today);
            let Some(mut terms) = terms.filter(waits) else { return Ok(()) };
            let wanted = of_the_day(tx, settings, school, now)?;
            ask(tx, MACHINE, now, &wanted)?;
            if !wanted.is_empty() {
                record(tx, MACHINE, school, now, wanted.len())?;
            }
            terms.reminded_on = Some(today);
            Ok::<_, ServiceError>(letter_terms::set(tx, &terms)?)
        })?;
    }
    Ok(!schools.is_empty())
}

/// What a family owes of what is asked about.
struct OwingFamily {
    open: Vnd,
    oldest: Option<Day>,
    /// The invoice a letter is about: the first one due.
    about: i64,
    dues: BTreeSet<Day>,
}

fn by_family(rows: &[OpenRow]) -> Result<BTreeMap<i64, OwingFamily>, ServiceError> {
    let mut families: BTreeMap<i64, OwingFamily> = BTreeMap::new();
    for row in rows {
        let open = Vnd::new(row.open_dong);
        let family = families.entry(row.family_id).or_insert_with(|| OwingFamily {
            open: Vnd::ZERO,
            oldest: row.due_on,
            about: row.invoice_id,
            dues: BTreeSet::new(),
        });
        family.open = family.open.checked_add(open).ok_or_else(ServiceError::overflow)?;
        family.dues.extend(row.due_on);
        if let Some(due) = row.due_on.filter(|due| family.oldest.is_none_or(|oldest| *due < oldest))
        {
            family.oldest = Some(due);
            family.about = row.invoice_id;
        }
    }
    Ok(families)
}

/// What a school's families were reminded of: the day of the last reminder, and the steps by due day.
#[derive(Default)]
struct Told {
    last: Option<Day>,
    steps: BTreeMap<Day, Vec<Step>>,
}

fn told(
    tx: &mut Tx<'_>,
    school: SchoolId,
    now: NaiveDateTime,
) -> Result<BTreeMap<i64, Told>, ServiceError> {
    let since = now.checked_sub_signed(TimeDelta::days(LOOK_BACK_DAYS)).unwrap_or(now);
    let mut families: BTreeMap<i64, Told> = BTreeMap::new();
    for row in store::asked_since(tx, (school.0, LetterKind::Reminder.as_str()), since)? {
        let told = families.entry(row.family_id).or_default();
        told.last = told.last.max(Some(local_day(row.asked_at)));
        // `reminder:<family>:<day>:<step>`
        let mut parts = row.dedupe_key.rsplit(':');
        let step = parts.next().and_then(Step::named);
        let due = parts.next().and_then(|day| day.parse::<Day>().ok());
        if let (Some(step), Some(due)) = (step, due) {
            told.steps.entry(due).or_default().push(step);
        }
    }
    Ok(families)
}

fn of_the_day(
    tx: &mut Tx<'_>,
    settings: &Settings,
    school: SchoolId,
    now: NaiveDateTime,
) -> Result<Vec<NewLetter>, ServiceError> {
    let today = local_day(now);
    let rows = store::open_invoices(tx, school.0)?;
    let mut told = told(tx, school, now)?;
    let mut wanted = Vec::new();
    for (family, owed) in by_family(&rows)? {
        let before = told.remove(&family).unwrap_or_default();
        let owing: Vec<Owing> = owed
            .dues
            .iter()
            .map(|due| Owing {
                due_on: *due,
                told: before.steps.get(due).cloned().unwrap_or_default(),
            })
            .collect();
        if let Today::Remind(due, step) =
            reminder::decide(today, &owing, before.last, &settings.plan)
        {
            wanted.push(new_letter(school, (family, owed.about), &due.to_string(), step));
        }
    }
    Ok(wanted)
}

fn choose(
    tx: &mut Tx<'_>,
    settings: &Settings,
    school: SchoolId,
    which: &Which,
    now: NaiveDateTime,
) -> Result<(Vec<(i64, OwingFamily)>, Preview), ServiceError> {
    let today = local_day(now);
    let mut rows = store::open_invoices(tx, school.0)?;
    rows.retain(|row| {
        which.class.as_ref().is_none_or(|class| *class == row.class)
            && which.round.is_none_or(|round| round == row.round_id)
            && (!which.overdue || row.due_on.is_some_and(|due| due < today))
    });
    let families = by_family(&rows)?;
    let ids: Vec<i64> = families.keys().copied().collect();
    let households = recipients::load(tx, school, &ids, today)?;
    let told = told(tx, school, now)?;
    let mut chosen = Vec::new();
    let mut shown = Preview::default();
    let mut skipped: BTreeMap<Skip, (usize, Vec<String>)> = BTreeMap::new();
    let mut seen = String::new();
    let pause = TimeDelta::days(i64::from(settings.plan.pause_days));
    for (family, owed) in families {
        let Some(household) = households.get(&family) else { continue };
        let recent = told
            .get(&family)
            .and_then(|told| told.last)
            .is_some_and(|last| today.signed_duration_since(last) < pause);
        let reached = household.recipients.iter().any(|one| one.skip(true).is_none());
        let skip = if household.left {
            Some(Skip::LeftSchool)
        } else if let (false, Some(first)) = (reached, household.recipients.first()) {
            first.skip(true)
        } else if !reached {
            Some(Skip::NoEmail)
        } else if recent {
            Some(Skip::LimitReached)
        } else {
            None
        };
        if let Some(skip) = skip {
            let (count, children) = skipped.entry(skip).or_default();
            *count = count.saturating_add(1);
            let room = NAMED.saturating_sub(children.len());
            let names = household.children.iter().map(|(name, class)| format!("{name} ({class})"));
            children.extend(names.take(room));
            continue;
        }
        shown.families = shown.families.saturating_add(1);
        shown.open = shown.open.checked_add(owed.open).ok_or_else(ServiceError::overflow)?;
        seen.extend([family.to_string(), owed.open.dong().to_string()].map(|part| part + ";"));
        chosen.push((family, owed));
    }
    shown.skipped = skipped
        .into_iter()
        .map(|(skip, (families, children))| Skipped {
            reason: skip.as_str().to_owned(),
            families,
            children,
        })
        .collect();
    shown.fingerprint = super::addresses::hash_of(&seen);
    Ok((chosen, shown))
}

fn new_letter(school: SchoolId, (family, about): (i64, i64), what: &str, step: Step) -> NewLetter {
    NewLetter {
        school,
        kind: LetterKind::Reminder,
        family,
        about,
        key: format!("{family}:{what}:{}", step.as_str()),
    }
}

fn record(
    tx: &mut Tx<'_>,
    by: &str,
    school: SchoolId,
    at: NaiveDateTime,
    families: usize,
) -> Result<(), ServiceError> {
    let fact = AuditFact {
        actor: by.to_owned(),
        action: "letters.remind",
        subject_kind: "school",
        subject_id: school.0,
        detail: serde_json::json!({ "families": families }).to_string(),
    };
    Ok(audit::append(tx, school.0, at, vec![fact])?)
}
