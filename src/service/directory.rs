//! Authorities, schools and bank accounts: setting up who is who.

use serde::Serialize;

use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::{AuthorityId, BankAccountId, SchoolId};
use crate::domain::matching::facts::Policy;
use crate::service::{Actor, ServiceError};
use crate::store::audit::{self, AuditFact, SYSTEM_CHAIN};
use crate::store::directory::{self, AuthorityRow, BankAccountRow, PlacementRow, SchoolRow};
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
        if directory::find_authority(tx, &new.code)?.is_some() {
            return Err(taken("authority", &new.code));
        }
        let parent_id = match &new.parent {
            Some(code) => Some(load_authority(tx, code)?.id),
            None => None,
        };
        let row = AuthorityRow {
            id: tx.next_id()?,
            code: new.code.clone(),
            name: new.name.clone(),
            kind: new.kind.clone(),
            parent_id,
            valid_from: new.valid_from,
            valid_to: new.valid_to,
        };
        directory::insert_authority(tx, &row)?;
        record(tx, clock, actor, SYSTEM_CHAIN, "authority.add", "authority", row.id, &new.code)?;
        Ok(AuthorityId(row.id))
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
        let row = SchoolRow {
            id: tx.next_id()?,
            code: new.code.clone(),
            name: new.name.clone(),
            level: new.level.clone(),
            settle_in_part: new.policy.settle_in_part,
            settle_known_payer: new.policy.settle_known_payer,
            closed_on: None,
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

/// Places a school under an authority from one day to another.
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
        let authority = load_authority(tx, authority)?;
        directory::lock_school(tx, school.id)?;
        let row = PlacementRow {
            id: tx.next_id()?,
            school_id: school.id,
            authority_id: authority.id,
            valid_from: valid.0,
            valid_to: valid.1,
        };
        directory::insert_placement(tx, &row)?;
        record(
            tx,
            clock,
            actor,
            school.id,
            "school.place",
            "authority",
            authority.id,
            &authority.code,
        )
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
    let number = account_number(&new.number);
    if number.is_empty() || new.bin.len() != 6 || !new.bin.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ServiceError::refused(Diagnostic::new(
            "bank_account",
            "Cần số tài khoản và mã BIN 6 chữ số của ngân hàng, ví dụ 970436.",
            "An account number and the bank's six-digit BIN are needed, e.g. 970436.",
        )));
    }
    store.write(|tx| {
        let school = load_school(tx, school)?;
        directory::lock_school(tx, school.id)?;
        if directory::bank_accounts_numbered(tx, &number)?.iter().any(|row| row.bin == new.bin) {
            return Err(taken("bank_account", &number));
        }
        let row = BankAccountRow {
            id: tx.next_id()?,
            school_id: school.id,
            bin: new.bin.clone(),
            number: number.clone(),
            holder: new.holder.clone(),
            valid_from: None,
            valid_to: None,
            gateway: None,
        };
        directory::insert_bank_account(tx, &row)?;
        record(tx, clock, actor, school.id, "bank_account.add", "bank_account", row.id, &new.bin)?;
        Ok(BankAccountId(row.id))
    })
}

/// The school with this code.
pub fn find_school(store: &Store, code: &str) -> Result<SchoolView, ServiceError> {
    store.read(|tx| load_school(tx, code).map(view))
}

/// Every school, by code.
pub fn schools(store: &Store) -> Result<Vec<SchoolView>, ServiceError> {
    store.read(|tx| Ok(directory::schools(tx)?.into_iter().map(view).collect()))
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

/// The authority with this code.
pub fn find_authority(store: &Store, code: &str) -> Result<(AuthorityId, String), ServiceError> {
    store.read(|tx| load_authority(tx, code).map(|row| (AuthorityId(row.id), row.name)))
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
    use crate::domain::calendar::valid_on;
    let all = directory::authorities(tx)?;
    let mut below = std::collections::HashSet::from([authority.0]);
    // The tree is shallow; each round adds the next level until nothing is added.
    loop {
        let before = below.len();
        for row in &all {
            if row.parent_id.is_some_and(|parent| below.contains(&parent))
                && valid_on(day, row.valid_from, row.valid_to)
            {
                below.insert(row.id);
            }
        }
        if below.len() == before {
            break;
        }
    }
    Ok(directory::placements(tx)?
        .into_iter()
        .filter(|row| {
            below.contains(&row.authority_id) && valid_on(day, row.valid_from, row.valid_to)
        })
        .map(|row| row.school_id)
        .collect())
}

/// The authorities above a school on a day, the nearest first.
pub(crate) fn authorities_above(
    tx: &mut Tx<'_>,
    school: SchoolId,
    day: Day,
) -> Result<Vec<i64>, ServiceError> {
    use crate::domain::calendar::valid_on;
    let all = directory::authorities(tx)?;
    let mut above: Vec<i64> = directory::placements(tx)?
        .into_iter()
        .filter(|row| row.school_id == school.0 && valid_on(day, row.valid_from, row.valid_to))
        .map(|row| row.authority_id)
        .collect();
    let mut next = 0;
    while let Some(id) = above.get(next).copied() {
        let parent = all.iter().find(|row| row.id == id).and_then(|row| row.parent_id);
        above.extend(parent.filter(|parent| !above.contains(parent)));
        next += 1;
    }
    Ok(above)
}

pub(crate) fn load_school(tx: &mut Tx<'_>, code: &str) -> Result<SchoolRow, ServiceError> {
    directory::find_school(tx, code)?
        .ok_or_else(|| ServiceError::not_found("school", "trường", "school", code))
}

pub(crate) fn lock_school(tx: &mut Tx<'_>, id: SchoolId) -> Result<SchoolRow, ServiceError> {
    directory::lock_school(tx, id.0)?
        .ok_or_else(|| ServiceError::not_found("school", "trường", "school", &id.to_string()))
}

pub(crate) fn load_authority(tx: &mut Tx<'_>, code: &str) -> Result<AuthorityRow, ServiceError> {
    directory::find_authority(tx, code)?
        .ok_or_else(|| ServiceError::not_found("authority", "đơn vị quản lý", "authority", code))
}

fn view(row: SchoolRow) -> SchoolView {
    SchoolView {
        id: SchoolId(row.id),
        code: row.code,
        name: row.name,
        level: row.level,
        closed_on: row.closed_on,
    }
}

fn taken(kind: &str, key: &str) -> ServiceError {
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
