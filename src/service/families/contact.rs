//! Another name, address or number of a guardian, proposed by the family. Having the page's address is
//! not enough to redirect the school's mail: whoever reads the known address has to agree, and whoever
//! reads the new one; where none is known, the school does.

use chrono::{NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};

use super::family_actor;
use super::links::Entry;
use crate::clock::Clock;
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::keyring::{Keyring, Sealed};
use crate::service::mail::{self, Desk, NewMail, messages};
use crate::service::sessions::tokens;
use crate::service::students::contacts::{self, GuardianTerms};
use crate::service::{Actor, ServiceError, StoreError, directory};
use crate::store::contact_proposals::{self as store, ProposalRow};
use crate::store::{Store, Tx, directory as schools, people, roster};

/// For how many days a proposal waits.
const WAITS_DAYS: i64 = 14;

/// Proposals a family may make in thirty days.
const MOST_LATELY: i64 = 5;

/// What a family proposes; a field left empty stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// The number.
    pub phone: String,
}

/// A proposal that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalView {
    /// Its number.
    pub id: i64,
    /// The student's row.
    pub student: i64,
    /// The student's name.
    pub name: String,
    /// Whether the known address has agreed; none where it need not.
    pub old_agreed: Option<bool>,
    /// Whether the new address has agreed; none where it need not.
    pub new_agreed: Option<bool>,
    /// What is proposed, for the school only.
    pub wanted: Option<Wanted>,
    /// When, in UTC.
    pub made_at: NaiveDateTime,
}

/// What a link in a mail agrees to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The school's name.
    pub school: String,
    /// The class and given names are not told here: only that a contact changes.
    pub lang: Lang,
    /// Whether this address has agreed already.
    pub agreed: bool,
}

/// How agreeing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreed {
    /// The contact is changed.
    Changed,
    /// The other address, or the school, has to agree too.
    Waits,
}

/// Keeps what a family proposes and asks the addresses it is about.
pub fn propose(
    store: &Store,
    clock: &dyn Clock,
    desk: Desk<'_>,
    public_url: &str,
    (entry, student, position): (Entry, i64, i32),
    wanted: &Wanted,
) -> Result<(), ServiceError> {
    let now = clock.now();
    let read = contacts::read_one(&terms_of(wanted))?;
    let wanted = Wanted { name: read.name, email: read.email, phone: read.phone };
    if wanted == Wanted::default() {
        return Err(nothing());
    }
    store.write(|tx| {
        let school = directory::lock_school(tx, entry.school)?;
        let row = people::student_by_id(tx, entry.school.0, student)?
            .filter(|row| row.family_id == entry.family)
            .ok_or_else(|| {
                ServiceError::not_found("student", "học sinh số", "student", &student.to_string())
            })?;
        let known = roster::belongings_of_student(tx, row.id)?.guardians;
        let known = known.into_iter().find(|one| one.position == position);
        if known.is_none() && position != 1 {
            return Err(nothing());
        }
        let since = now.checked_sub_signed(TimeDelta::days(30)).unwrap_or(now);
        let waits = store::waiting(tx, (None, Some(entry.family)), now)?;
        let same = waits.iter().any(|one| one.student_id == student && one.position == position);
        if same || store::lately(tx, entry.family, since)? >= MOST_LATELY {
            return Err(waits_already());
        }
        let old = known.as_ref().and_then(|one| one.email.clone());
        let new =
            Some(wanted.email.clone()).filter(|new| !new.is_empty() && Some(new) != old.as_ref());
        let lang = match known.as_ref().map(|one| one.language.as_str()) {
            Some("en") => Lang::En,
            _ => Lang::Vi,
        };
        let id = tx.next_id()?;
        let (old_secret, new_secret) = (tokens::fresh(desk.ids), tokens::fresh(desk.ids));
        for (address, secret, which, asked) in [
            (&old, &old_secret, "old", messages::Asked::Known),
            (&new, &new_secret, "new", messages::Asked::New),
        ] {
            let Some(address) = address else { continue };
            let link = format!("{public_url}/fc/{secret}");
            let mail = NewMail {
                school: Some(entry.school),
                kind: "contact_change",
                to_name: String::new(),
                to_email: address.clone(),
                content: messages::contact_change(&school.name, &link, (asked, WAITS_DAYS), lang),
                inline: Vec::new(),
                attachments: Vec::new(),
                lang,
                dedupe_key: format!("contact_change:{id}:{which}"),
            };
            mail::queue(tx, desk, now, &mail)?;
        }
        let json = serde_json::to_string(&wanted)
            .map_err(|error| StoreError::Corrupt(format!("a proposal as JSON: {error}")))?;
        let sealed = desk.keys.seal(desk.ids, &owner(id), &json)?;
        let row = ProposalRow {
            id,
            school_id: entry.school.0,
            family_id: entry.family,
            student_id: student,
            position,
            key_id: sealed.key_id,
            sealed: sealed.text,
            state: "waiting".to_owned(),
            needs_old: old.is_some(),
            needs_new: new.is_some(),
            old_hash: old.map(|_| tokens::hash(&old_secret)),
            new_hash: new.map(|_| tokens::hash(&new_secret)),
            old_confirmed_at: None,
            new_confirmed_at: None,
            made_at: now,
            expires_at: now.checked_add_signed(TimeDelta::days(WAITS_DAYS)).unwrap_or(now),
            decided_by: None,
            decided_at: None,
        };
        store::insert(tx, &row)?;
        let actor = family_actor(entry.family);
        let detail = serde_json::json!({ "student": student });
        let what = ("contact.propose", "contact_proposal", id);
        super::record(tx, entry.school.0, (&actor, now), what, &detail)
    })
}

/// What a link of a mail asks, while it waits. It goes on working.
pub fn peek(store: &Store, clock: &dyn Clock, secret: &str) -> Result<Option<Asked>, ServiceError> {
    let now = clock.now();
    store.read(|tx| {
        let Some((row, is_old)) = of_secret(tx, secret, now)? else { return Ok(None) };
        let school = schools::school(tx, row.school_id)?.ok_or_else(|| unknown(row.id))?;
        let language = crate::store::family_pages::languages(tx, row.family_id)?;
        let lang = if language.first().is_some_and(|l| l == "en") { Lang::En } else { Lang::Vi };
        let agreed = if is_old { row.old_confirmed_at } else { row.new_confirmed_at }.is_some();
        Ok(Some(Asked { school: school.name, lang, agreed }))
    })
}

/// Agrees by a link of a mail. The contact changes once every address that has to agree has, and one
/// that was known before is among them. `None` where nothing waits under this secret.
pub fn agree(
    store: &Store,
    clock: &dyn Clock,
    keys: &Keyring,
    secret: &str,
) -> Result<Option<Agreed>, ServiceError> {
    let now = clock.now();
    let row = store.write(|tx| {
        let Some((row, _)) = of_secret(tx, secret, now)? else { return Ok(None) };
        directory::lock_school(tx, SchoolId(row.school_id))?;
        // Again under the lock: the other address may agree at the same time.
        let Some((mut row, is_old)) = of_secret(tx, secret, now)? else { return Ok(None) };
        let seen = if is_old { &mut row.old_confirmed_at } else { &mut row.new_confirmed_at };
        *seen = seen.or(Some(now));
        store::update(tx, &row)?;
        Ok::<_, ServiceError>(Some(row))
    })?;
    let Some(row) = row else { return Ok(None) };
    let whole = row.needs_old
        && row.old_confirmed_at.is_some()
        && (!row.needs_new || row.new_confirmed_at.is_some());
    if !whole {
        return Ok(Some(Agreed::Waits));
    }
    carry_out(store, clock, keys, &family_actor(row.family_id), &row)?;
    Ok(Some(Agreed::Changed))
}

/// Accepts a proposal for the school, or refuses it.
pub fn decide(
    store: &Store,
    clock: &dyn Clock,
    keys: &Keyring,
    actor: &Actor,
    (school, proposal, accept): (SchoolId, i64, bool),
) -> Result<(), ServiceError> {
    let now = clock.now();
    let row =
        store.read(|tx| store::find(tx, school.0, proposal))?.ok_or_else(|| unknown(proposal))?;
    if accept {
        return carry_out(store, clock, keys, actor, &row);
    }
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        close(tx, &row, (actor, now), "refused")?;
        let detail = serde_json::json!({ "student": row.student_id });
        let what = ("contact.refuse", "contact_proposal", row.id);
        super::record(tx, school.0, (actor, now), what, &detail)
    })
}

fn carry_out(
    store: &Store,
    clock: &dyn Clock,
    keys: &Keyring,
    actor: &Actor,
    row: &ProposalRow,
) -> Result<(), ServiceError> {
    let school = SchoolId(row.school_id);
    let wanted = opened(keys, row)?;
    let code = store.read(|tx| people::student_by_id(tx, school.0, row.student_id))?;
    let code = code.map(|student| student.code).ok_or_else(|| unknown(row.id))?;
    let terms = terms_of(&wanted);
    contacts::correct(store, clock, actor, (school, &code), (row.position, &terms), |tx| {
        close(tx, row, (actor, clock.now()), "accepted")
    })
}

fn close(
    tx: &mut Tx<'_>,
    row: &ProposalRow,
    (actor, at): (&Actor, NaiveDateTime),
    state: &str,
) -> Result<(), ServiceError> {
    let now = store::find(tx, row.school_id, row.id)?.ok_or_else(|| unknown(row.id))?;
    if now.state != "waiting" {
        return Err(ServiceError::conflict(
            "proposal_decided",
            "Đề nghị này đã được xử lý. Tải lại để xem kết quả.",
            "This proposal has been decided about. Reload to see the outcome.",
        ));
    }
    let decided_by = Some(actor.as_str().to_owned());
    let next = ProposalRow { state: state.to_owned(), decided_by, decided_at: Some(at), ..now };
    Ok(store::update(tx, &next)?)
}

/// What waits of a school, with what is proposed.
pub fn of_school(
    store: &Store,
    clock: &dyn Clock,
    keys: &Keyring,
    school: SchoolId,
) -> Result<Vec<ProposalView>, ServiceError> {
    let now = clock.now();
    store.read(|tx| {
        let rows = store::waiting(tx, (Some(school.0), None), now)?;
        views(tx, rows, Some(keys))
    })
}

/// What waits of a family, without what is proposed.
pub(super) fn waiting(
    tx: &mut Tx<'_>,
    family: i64,
    now: NaiveDateTime,
) -> Result<Vec<ProposalView>, ServiceError> {
    let rows = store::waiting(tx, (None, Some(family)), now)?;
    views(tx, rows, None)
}

fn views(
    tx: &mut Tx<'_>,
    rows: Vec<ProposalRow>,
    keys: Option<&Keyring>,
) -> Result<Vec<ProposalView>, ServiceError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.student_id).collect();
    let students = people::students_by_id(tx, &ids)?;
    rows.into_iter()
        .map(|row| {
            let student = students.iter().find(|one| one.id == row.student_id);
            Ok(ProposalView {
                id: row.id,
                student: row.student_id,
                name: student.map(|one| one.name.clone()).unwrap_or_default(),
                old_agreed: row.needs_old.then_some(row.old_confirmed_at.is_some()),
                new_agreed: row.needs_new.then_some(row.new_confirmed_at.is_some()),
                wanted: keys.map(|keys| opened(keys, &row)).transpose()?,
                made_at: row.made_at,
            })
        })
        .collect()
}

fn of_secret(
    tx: &mut Tx<'_>,
    secret: &str,
    now: NaiveDateTime,
) -> Result<Option<(ProposalRow, bool)>, ServiceError> {
    let hash = tokens::hash(secret);
    let row = store::by_secret(tx, &hash)?;
    let row = row.filter(|row| row.state == "waiting" && row.expires_at > now);
    Ok(row.map(|row| {
        let is_old = row.old_hash.as_ref() == Some(&hash);
        (row, is_old)
    }))
}

pub(in crate::service) fn opened(
    keys: &Keyring,
    row: &ProposalRow,
) -> Result<Wanted, ServiceError> {
    let sealed = Sealed { key_id: row.key_id.clone(), text: row.sealed.clone() };
    let json = keys.open(&owner(row.id), &sealed)?;
    Ok(serde_json::from_str(&json)
        .map_err(|error| StoreError::Corrupt(format!("contact proposal {}: {error}", row.id)))?)
}

fn owner(id: i64) -> String {
    format!("contact proposal {id}")
}

fn terms_of(wanted: &Wanted) -> GuardianTerms {
    GuardianTerms {
        name: wanted.name.clone(),
        email: wanted.email.clone(),
        phone: wanted.phone.clone(),
        ..GuardianTerms::default()
    }
}

fn unknown(proposal: i64) -> ServiceError {
    ServiceError::not_found("proposal", "đề nghị số", "proposal", &proposal.to_string())
}

fn nothing() -> ServiceError {
    ServiceError::refused(
        Diagnostic::new(
            "contact_nothing",
            "Ghi thông tin cần sửa vào ít nhất một ô.",
            "Write what is to be corrected into one of the fields.",
        )
        .at(Place { column: Some("name".to_owned()), ..Place::default() }),
    )
}

fn waits_already() -> ServiceError {
    ServiceError::conflict(
        "contact_waits",
        "Đang có một đề nghị sửa chờ xác nhận. Xin xem hộp thư, hoặc gọi kế toán của trường.",
        "A correction waits to be confirmed. Look into your mailbox, or call the school's accountant.",
    )
}
