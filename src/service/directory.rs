//! Authorities, schools and bank accounts: setting up who is who.

use serde::Serialize;

use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::id::{AuthorityId, BankAccountId, SchoolId};
use crate::domain::matching::facts::Policy;
use crate::domain::organisation::Ownership;
use crate::service::accounts::{self, NewAccount};
use crate::service::{Actor, ServiceError, organisation};
use crate::store::audit::{self, AuditFact};
use crate::store::directory::{self, AuthorityRow, SchoolRow};
use crate::store::organisation::aliases_named;
use crate::store::{Store, Tx};

/// An authority to be added.
#[derive(Clone, Debug)]
pub struct NewAuthority {
    /// Unique, as scripts name it.
    pub code: String,
    /// For people.
    pub name: String,
    /// `province`, `department`, `district`, `commune`, …
    pub kind: String,
    /// The code of the authority above.
    pub parent: Option<String>,
    /// First day of its existence.
    pub valid_from: Option<Day>,
    /// Last day of its existence.
    pub valid_to: Option<Day>,
}

/// A school to be added.
#[derive(Clone, Debug)]
pub struct NewSchool {
    /// Unique, as scripts name it.
    pub code: String,
    /// For people.
    pub name: String,
    /// `preschool`, `primary`, `lower-secondary`, `upper-secondary`, …
    pub level: String,
    /// What the machine may do there.
    pub policy: Policy,
}

/// An account money arrives on.
#[derive(Clone, Debug)]
pub struct NewBankAccount {
    /// The bank's six digits (BIN).
    pub bin: String,
    /// The account's number.
    pub number: String,
    /// The holder's name.
    pub holder: String,
}

/// A school as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SchoolView {
    /// Its id.
    pub id: SchoolId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: String,
    /// By whom it is kept, where that is known: `public`, `community` or `private`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub ownership: Option<Ownership>,
    /// Its last day, when it has closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub closed_on: Option<Day>,
}

/// Adds an authority to the tree.
pub fn add_authority(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    new: &NewAuthority,
) -> Result<AuthorityId, ServiceError> {
    store.write(|tx| {
        let mut tree = organisation::tree(tx)?;
        organisation::change::add(tx, (clock, actor), &mut tree, new)
    })
}

/// Adds a school, without a place in the tree and without accounts.
pub fn add_school(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    new: &NewSchool,
) -> Result<SchoolId, ServiceError> {
    store.write(|tx| {
        if directory::find_school(tx, &new.code)?.is_some() {
            return Err(taken("school", &new.code));
        }
        if !aliases_named(tx, &new.code)?.is_empty() {
            return Err(organisation::places::code_taken(&new.code));
        }
        let row = SchoolRow {
            id: tx.next_id()?,
            code: new.code.clone(),
            name: new.name.clone(),
            level: new.level.clone(),
            settle_in_part: new.policy.settle_in_part,
            settle_known_payer: new.policy.settle_known_payer,
            closed_on: None,
            ownership: None,
        };
        directory::insert_school(tx, &row)?;
        record(tx, clock, actor, row.id, "school.add", "school", row.id, &new.code)?;
        Ok(SchoolId(row.id))
    })
}

/// Says on which day a school closed: its codes are told as those of a closed school from then on.
/// Files can still be imported, and its reports stay as they are.
pub fn close_school(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: &str,
    closed_on: Day,
) -> Result<(), ServiceError> {
    store.write(|tx| {
        let school = load_school(tx, school)?;
        directory::lock_school(tx, school.id)?;
        directory::set_closed_on(tx, school.id, closed_on)?;
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "school.close",
            subject_kind: "school",
            subject_id: school.id,
            detail: serde_json::json!({ "closed_on": closed_on, "code": school.code }).to_string(),
        };
        Ok(audit::append(tx, school.id, clock.now(), vec![fact])?)
    })
}

/// Places a school under an authority from one day to another; a placement without an end before it
/// is closed the day before.
pub fn place_school(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: &str,
    authority: &str,
    valid: (Option<Day>, Option<Day>),
) -> Result<(), ServiceError> {
    store.write(|tx| {
        let school = load_school(tx, school)?;
        directory::lock_school(tx, school.id)?;
        let tree = organisation::tree(tx)?;
        let unit = organisation::find(&tree, authority, valid.0)?.unit;
        let span = organisation::span(valid.0, valid.1)?;
        organisation::places::place_in(tx, (clock, actor), &tree, school.id, unit, span)?;
        Ok(())
    })
}

/// Adds a bank account to a school. The number is kept without blanks and points.
pub fn add_bank_account(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: &str,
    new: &NewBankAccount,
) -> Result<BankAccountId, ServiceError> {
    let school = find_school(store, school)?.id;
    let new = NewAccount {
        bin: new.bin.clone(),
        number: new.number.clone(),
        holder: new.holder.clone(),
        from: None,
        to: None,
    };
    accounts::add(store, clock, actor, school, &new).map(|account| account.id)
}

/// The school with this code.
pub fn find_school(store: &Store, code: &str) -> Result<SchoolView, ServiceError> {
    store.read(|tx| load_school(tx, code).map(view))
}

/// Every school, by code.
pub fn schools(store: &Store) -> Result<Vec<SchoolView>, ServiceError> {
    store.read(|tx| Ok(directory::schools(tx)?.into_iter().map(view).collect()))
}

/// Every authority there ever was, with its name as it was first written; by code.
pub fn authority_names(store: &Store) -> Result<Vec<(AuthorityId, String)>, ServiceError> {
    store.read(|tx| {
        let rows = directory::authorities(tx)?;
        Ok(rows.into_iter().map(|row| (AuthorityId(row.id), row.name)).collect())
    })
}

/// The schools under an authority, at any depth, on a day; by code.
pub fn schools_under(
    store: &Store,
    authority: AuthorityId,
    day: Day,
) -> Result<Vec<SchoolView>, ServiceError> {
    store.read(|tx| {
        let ids = school_ids_under(tx, authority, day)?;
        let mut schools = directory::schools(tx)?;
        schools.retain(|row| ids.contains(&row.id));
        Ok(schools.into_iter().map(view).collect())
    })
}

/// The ids of the schools under each of some authorities, at any depth, on a day.
pub fn schools_of_each(
    store: &Store,
    authorities: &[AuthorityId],
    day: Day,
) -> Result<Vec<std::collections::HashSet<i64>>, ServiceError> {
    store.read(|tx| school_ids_of_each(tx, authorities, day))
}

/// An account's number as it is compared: letters and digits only, capital.
#[must_use]
pub fn account_number(text: &str) -> String {
    crate::domain::text::squeeze(text)
}

pub(crate) fn school_ids_under(
    tx: &mut Tx<'_>,
    authority: AuthorityId,
    day: Day,
) -> Result<std::collections::HashSet<i64>, ServiceError> {
    Ok(school_ids_of_each(tx, &[authority], day)?.into_iter().next().unwrap_or_default())
}

fn school_ids_of_each(
    tx: &mut Tx<'_>,
    authorities: &[AuthorityId],
    day: Day,
) -> Result<Vec<std::collections::HashSet<i64>>, ServiceError> {
    let tree = organisation::tree(tx)?;
    let placements = directory::placements(tx)?;
    let placed = organisation::placed(&tree, &placements)?;
    let standing: Vec<(i64, AuthorityId)> = placements
        .iter()
        .zip(placed)
        .filter(|(_, one)| one.holds.is_some_and(|span| span.contains(day)))
        .map(|(row, one)| (row.school_id, one.authority))
        .collect();
    let of = |authority: &AuthorityId| {
        let below = tree.under(*authority, day);
        let own = standing.iter().filter(|(_, placed)| below.contains(placed));
        own.map(|(school, _)| *school).collect()
    };
    Ok(authorities.iter().map(of).collect())
}

/// The authorities above a school on a day, the nearest first.
pub(crate) fn authorities_above(
    tx: &mut Tx<'_>,
    school: SchoolId,
    day: Day,
) -> Result<Vec<i64>, ServiceError> {
    let tree = organisation::tree(tx)?;
    let placements = directory::placements(tx)?;
    let placed = organisation::placed(&tree, &placements)?;
    let mut above: Vec<AuthorityId> = placements
        .iter()
        .zip(placed)
        .filter(|(row, one)| {
            row.school_id == school.0 && one.holds.is_some_and(|span| span.contains(day))
        })
        .map(|(_, one)| one.authority)
        .collect();
    let mut next = 0;
    while let Some(id) = above.get(next).copied() {
        above.extend(tree.parent_on(id, day).filter(|parent| !above.contains(parent)));
        next += 1;
    }
    Ok(above.into_iter().map(|id| id.0).collect())
}

/// The school with this code now, else the only one that has or had it besides.
pub(crate) fn load_school(tx: &mut Tx<'_>, code: &str) -> Result<SchoolRow, ServiceError> {
    if let Some(row) = directory::find_school(tx, code)? {
        return Ok(row);
    }
    let mut schools: Vec<i64> =
        aliases_named(tx, code)?.into_iter().map(|row| row.school_id).collect();
    schools.sort_unstable();
    schools.dedup();
    let found = match schools.as_slice() {
        [] => None,
        [only] => directory::school(tx, *only)?,
        _ => {
            return Err(ServiceError::conflict(
                "school_code_ambiguous",
                format!("“{code}” là mã cũ của nhiều trường. Dùng mã hiện nay của trường."),
                format!("“{code}” is a former code of several schools. Use the school's code now."),
            ));
        }
    };
    found.ok_or_else(|| ServiceError::not_found("school", "trường", "school", code))
}

pub(crate) fn lock_school(tx: &mut Tx<'_>, id: SchoolId) -> Result<SchoolRow, ServiceError> {
    directory::lock_school(tx, id.0)?
        .ok_or_else(|| ServiceError::not_found("school", "trường", "school", &id.to_string()))
}

/// The authority with this code now, else the one that had it last.
pub(crate) fn load_authority(tx: &mut Tx<'_>, code: &str) -> Result<AuthorityRow, ServiceError> {
    if let Some(row) = directory::find_authority(tx, code)? {
        return Ok(row);
    }
    let tree = organisation::tree(tx)?;
    let found = organisation::find(&tree, code, None)?;
    directory::find_authority(tx, &found.unit.code)?
        .ok_or_else(|| organisation::unknown_authority(code))
}

pub(crate) fn view(row: SchoolRow) -> SchoolView {
    SchoolView {
        id: SchoolId(row.id),
        code: row.code,
        name: row.name,
        level: row.level,
        ownership: row.ownership.as_deref().and_then(Ownership::parse),
        closed_on: row.closed_on,
    }
}

pub(crate) fn taken(kind: &str, key: &str) -> ServiceError {
    ServiceError::conflict(
        &format!("{kind}_exists"),
        format!("“{key}” đã có trong hệ thống. Hãy dùng mã khác hoặc sửa bản ghi đã có."),
        format!("“{key}” exists already. Use another code or change the existing record."),
    )
}

#[expect(clippy::too_many_arguments, reason = "an audit record has this many parts")]
fn record(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    actor: &Actor,
    chain: i64,
    action: &'static str,
    subject_kind: &'static str,
    subject_id: i64,
    key: &str,
) -> Result<(), ServiceError> {
    let detail = serde_json::json!({ "code": key }).to_string();
    let fact =
        AuditFact { actor: actor.as_str().to_owned(), action, subject_kind, subject_id, detail };
    Ok(audit::append(tx, chain, clock.now(), vec![fact])?)
}
