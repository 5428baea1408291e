//! The access log: who of the staff looked at what of which family. Added to only; what is older than
//! the settings say is forgotten.

use chrono::NaiveDateTime;

use crate::clock::{Clock, local_day, local_time};
use crate::domain::calendar::Day;
use crate::domain::id::SchoolId;
use crate::domain::text::still;
use crate::service::{Actor, ServiceError, StoreError, directory};
use crate::store::family_pages::{self as store, BasisRow, LookRow};
use crate::store::{Store, Tx, people};

/// Looks of a page.
const PAGE: i64 = 50;

/// The most looks of a file.
const MOST_IN_FILE: i64 = 100_000;

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The family's page as the family sees it.
    Page,
    /// The address of that page.
    Address,
    /// What the family asked.
    Claim,
    /// The picture it sent.
    Photo,
    /// Everything that is known, as a file.
    Export,
    /// A student's own page, with contacts.
    Student,
    /// What is owed and was paid.
    Account,
    /// A receipt.
    Receipt,
}

impl Look {
    /// The name in the database and in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Look::Page => "page",
            Look::Address => "address",
            Look::Claim => "claim",
            Look::Photo => "photo",
            Look::Export => "export",
            Look::Student => "student",
            Look::Account => "account",
            Look::Receipt => "receipt",
        }
    }
}

/// A look that was written down.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct LookView {
    /// Its number.
    pub id: i64,
    /// When, in UTC.
    #[schema(value_type = String, format = DateTime)]
    pub at: NaiveDateTime,
    /// Who looked.
    pub actor: String,
    /// At what: `page`, `address`, `claim`, `photo`, `export`, `student`, `account` or `receipt`.
    pub what: String,
    /// The family's number.
    pub family: i64,
    /// The codes of its children at the school.
    pub students: Vec<String>,
}

/// Which looks are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedLooks {
    /// At this family only.
    pub family: Option<i64>,
    /// By somebody in whose name this stands.
    pub actor: String,
    /// Before this one.
    pub before: Option<i64>,
}

/// Writes down that somebody looked. Nothing is shown unless it could be written down.
pub fn note(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    of: (SchoolId, i64),
    look: Look,
) -> Result<(), ServiceError> {
    store.write(|tx| note_in(tx, of, look, (actor, clock.now())))
}

/// The same in a transaction that is running.
pub(in crate::service) fn note_in(
    tx: &mut Tx<'_>,
    (school, family): (SchoolId, i64),
    look: Look,
    (actor, at): (&Actor, NaiveDateTime),
) -> Result<(), ServiceError> {
    known(tx, school, family)?;
    let row = LookRow {
        id: tx.next_id()?,
        school_id: school.0,
        family_id: family,
        what: look.as_str().to_owned(),
        actor: actor.as_str().to_owned(),
        at,
    };
    Ok(store::insert_look(tx, &row)?)
}

/// Refuses a family of another school as one that does not exist.
pub(super) fn known(tx: &mut Tx<'_>, school: SchoolId, family: i64) -> Result<(), ServiceError> {
    if store::family_exists(tx, school.0, family)? { Ok(()) } else { Err(no_family(family)) }
}

/// There is no such family at the school.
pub(super) fn no_family(family: i64) -> ServiceError {
    ServiceError::not_found("family", "gia đình số", "family", &family.to_string())
}

/// A page of a school's looks, the last first, and where the next begins.
pub fn page(
    store: &Store,
    school: SchoolId,
    asked: &AskedLooks,
) -> Result<(Vec<LookView>, Option<i64>), ServiceError> {
    let mut found = load(store, school, asked, PAGE.saturating_add(1))?;
    let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().map(|look| look.id).filter(|_| more);
    Ok((found, next))
}

/// The same as CSV for spreadsheets, at most 100,000 looks.
pub fn csv(store: &Store, school: SchoolId, asked: &AskedLooks) -> Result<Vec<u8>, ServiceError> {
    let broken = |error: csv::Error| StoreError::Corrupt(format!("a file of looks: {error}"));
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(["at", "actor", "what", "family", "students"]).map_err(broken)?;
    for look in load(store, school, asked, MOST_IN_FILE)? {
        let at = local_time(look.at).format("%Y-%m-%d %H:%M:%S").to_string();
        let students = look.students.join(" ");
        let actor = guarded(&look.actor);
        writer
            .write_record([&at, &actor, &look.what, &look.family.to_string(), &guarded(&students)])
            .map_err(broken)?;
    }
    let bytes = writer.into_inner();
    Ok(bytes.map_err(|error| StoreError::Corrupt(format!("a file of looks: {error}")))?)
}

/// A text that no spreadsheet takes for a formula.
fn guarded(text: &str) -> String {
    let text = still(text);
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.into_owned()
    }
}

fn load(
    store: &Store,
    school: SchoolId,
    asked: &AskedLooks,
    limit: i64,
) -> Result<Vec<LookView>, ServiceError> {
    store.read(|tx| {
        let by = (asked.family, asked.actor.trim(), asked.before);
        let rows = store::looks(tx, school.0, by, limit)?;
        let mut families: Vec<i64> = rows.iter().map(|row| row.family_id).collect();
        families.sort_unstable();
        families.dedup();
        let students = people::students_of_families(tx, school.0, &families)?;
        Ok(rows
            .into_iter()
            .map(|row| LookView {
                students: students
                    .iter()
                    .filter(|student| student.family_id == row.family_id)
                    .map(|student| student.code.clone())
                    .collect(),
                id: row.id,
                at: row.at,
                actor: row.actor,
                what: row.what,
                family: row.family_id,
            })
            .collect())
    })
}

/// On what grounds a family's data is kept, as somebody noted it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct BasisView {
    /// The grounds: a law, a contract, consent and how it was given.
    pub words: String,
    /// The day from which they hold.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// Who noted it.
    pub recorded_by: String,
}

/// The grounds that are noted, the last first.
pub(super) fn bases(tx: &mut Tx<'_>, family: i64) -> Result<Vec<BasisView>, ServiceError> {
    let rows = store::bases(tx, family)?;
    Ok(rows
        .into_iter()
        .map(|row| BasisView { words: row.words, on: row.on_day, recorded_by: row.recorded_by })
        .collect())
}

/// Notes on what grounds a family's data is kept; the note before stays.
pub fn note_basis(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, family): (SchoolId, i64),
    (words, on): (&str, Day),
) -> Result<(), ServiceError> {
    let now = clock.now();
    let words = words.trim();
    if words.is_empty() || words.chars().count() > 500 || on > local_day(now) {
        return Err(ServiceError::refused(crate::domain::diagnostic::Diagnostic::new(
            "basis",
            "Ghi căn cứ trong tối đa 500 ký tự, và một ngày không ở tương lai.",
            "Write the grounds in at most 500 characters, and a day that is not in the future.",
        )));
    }
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        known(tx, school, family)?;
        let row = BasisRow {
            id: tx.next_id()?,
            school_id: school.0,
            family_id: family,
            words: words.to_owned(),
            on_day: on,
            recorded_by: actor.as_str().to_owned(),
            recorded_at: now,
        };
        store::insert_basis(tx, &row)?;
        let detail = serde_json::json!({ "on": on });
        super::record(tx, school.0, (actor, now), ("family.basis", "family", family), &detail)
    })
}

/// Says by what telephone families reach the accountant; empty for none.
pub fn set_telephone(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    typed: &str,
) -> Result<(), ServiceError> {
    let now = clock.now();
    let text = typed.trim();
    let fits = text.chars().count() <= 60
        && text.chars().all(|c| c.is_alphanumeric() || " .,+()-/;:".contains(c));
    if !fits {
        return Err(ServiceError::refused(crate::domain::diagnostic::Diagnostic::new(
            "telephone",
            "Số điện thoại chỉ gồm chữ, số và dấu ngăn cách, tối đa 60 ký tự, ví dụ 0256 3875 123 (cô Lan).",
            "A telephone number has letters, digits and separators only, at most 60 of them.",
        )));
    }
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        store::set_telephone(tx, school.0, text, (actor.as_str(), now))?;
        let detail = serde_json::json!({ "filled": !text.is_empty() });
        super::record(tx, school.0, (actor, now), ("school.telephone", "school", school.0), &detail)
    })
}

/// The accountant's telephone as families are told it; empty for none.
pub fn telephone(store: &Store, school: SchoolId) -> Result<String, ServiceError> {
    Ok(store.read(|tx| store::telephone(tx, school.0))?.unwrap_or_default())
}

/// The family of a student of a school, by their rows.
pub fn family_of(store: &Store, school: SchoolId, student: i64) -> Result<i64, ServiceError> {
    let row = store.read(|tx| people::student_by_id(tx, school.0, student))?;
    row.map(|row| row.family_id).ok_or_else(|| {
        ServiceError::not_found("student", "học sinh số", "student", &student.to_string())
    })
}

/// A family as the staff see it beside a student.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilyCard {
    /// The student's name.
    pub student: String,
    /// The family's number.
    pub family: i64,
    /// Until when the page's address holds; none where there is none that does.
    pub holds_until: Option<Day>,
    /// How often the page was opened, day by day, the last first.
    pub openings: Vec<(Day, i64)>,
    /// Who looked at the family lately.
    pub looks: Vec<LookView>,
    /// On what grounds its data is kept, the last note first.
    pub bases: Vec<BasisView>,
}

/// A family as the staff see it beside a student.
pub fn card(
    store: &Store,
    clock: &dyn Clock,
    (school, student): (SchoolId, i64),
) -> Result<FamilyCard, ServiceError> {
    let family = family_of(store, school, student)?;
    let asked = AskedLooks { family: Some(family), ..AskedLooks::default() };
    let looks = load(store, school, &asked, 10)?;
    store.read(|tx| {
        let now = clock.now();
        let row = people::student_by_id(tx, school.0, student)?;
        let links = crate::store::family_links::of_family(tx, family)?;
        let holds = links.first().map(|link| link.expires_at).filter(|until| *until > now);
        Ok(FamilyCard {
            student: row.map(|row| row.name).unwrap_or_default(),
            family,
            holds_until: holds.map(local_day),
            openings: store::openings(tx, family, 14)?,
            looks,
            bases: bases(tx, family)?,
        })
    })
}
