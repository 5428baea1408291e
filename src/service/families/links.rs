//! The address of a family's page: opened, asked for again, given to the staff, revoked.

use chrono::NaiveDateTime;

use super::looks::{self, Look};
use super::{family_actor, record};
use crate::clock::{Clock, local_day};
use crate::domain::id::SchoolId;
use crate::service::family_links::{self, Addresses, Opened};
use crate::service::letters::{self, LetterKind, NewLetter};
use crate::service::sessions::throttle::{self, Charge, Subject};
use crate::service::{Actor, ServiceError, directory};
use crate::store::family_pages as store;
use crate::store::{Store, Tx};

/// Whose page an address opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The link.
    pub link: i64,
    /// The school.
    pub school: SchoolId,
    /// The family.
    pub family: i64,
}

/// How an attempt to open a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is a family's page.
    Open(Entry),
    /// It was one until it expired.
    Expired,
    /// Whoever asks has guessed too often and has to wait so many seconds.
    Wait(u64),
    /// There is no such page: never was, or was revoked.
    Unknown,
}

/// Opens a page by its secret. A wrong one is counted against the network it comes from, a right one
/// is not: whoever has guessed too often is answered nothing for a while, but families behind the same
/// address still get to their pages.
pub fn enter(
    store: &Store,
    clock: &dyn Clock,
    secret: &str,
    from: &str,
) -> Result<Outcome, ServiceError> {
    let now = clock.now();
    match store.read(|tx| family_links::open(tx, secret, now))? {
        Some(Opened::Family { link, school, family }) => {
            return Ok(Outcome::Open(Entry { link, school, family }));
        }
        Some(Opened::Expired { .. }) => return Ok(Outcome::Expired),
        None => {}
    }
    Ok(wrong(store, clock, from)?.map_or(Outcome::Unknown, Outcome::Wait))
}

/// Counts a wrong secret against the network it comes from; how many seconds that has to wait, if it
/// has guessed too often.
pub fn wrong(store: &Store, clock: &dyn Clock, from: &str) -> Result<Option<u64>, ServiceError> {
    let charge = throttle::charge(store, clock.now(), &[Subject::Guess(from)])?;
    throttle::tell("family_page", charge);
    Ok(match charge {
        Charge::Wait(seconds) => Some(seconds),
        Charge::Counted { .. } => None,
    })
}

/// Counts that a family opened its page on a day. Losing a count is no reason to show no page.
pub fn count(store: &Store, clock: &dyn Clock, entry: Entry) {
    let day = local_day(clock.now());
    let of = (entry.school.0, entry.family, entry.link);
    let counted = store.write(|tx| Ok::<(), ServiceError>(store::count_opening(tx, of, day)?));
    if let Err(error) = counted {
        tracing::warn!(%error, link.id = entry.link, "an opening of a page was not counted");
    }
}

/// Has a new address mailed to the family whose old one expired. Whoever asks is answered the same in
/// every case: only the family's own addresses get to know.
pub fn renew(
    store: &Store,
    clock: &dyn Clock,
    secret: &str,
    from: &str,
) -> Result<(), ServiceError> {
    let now = clock.now();
    if let Charge::Wait(_) = throttle::charge(store, now, &[Subject::Guess(from)])? {
        return Ok(());
    }
    store.write(|tx| {
        let Some(Opened::Expired { school, family }) = family_links::open(tx, secret, now)? else {
            return Ok(());
        };
        directory::lock_school(tx, school)?;
        let letter = NewLetter {
            school,
            kind: LetterKind::LinkRenewed,
            family,
            about: family,
            // Once a day, however often it is asked for.
            key: format!("{family}:{}", local_day(now)),
        };
        letters::ask(tx, family_actor(family).as_str(), now, &[letter])
    })
}

/// The address of a family's page for the staff, who may read it aloud or print it; written down as a
/// look at the family.
pub fn for_staff(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    with: Addresses<'_>,
    (school, family): (SchoolId, i64),
) -> Result<String, ServiceError> {
    let now = clock.now();
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        looks::note_in(tx, (school, family), Look::Address, (actor, now))?;
        family_links::address(tx, with, (school, family), now)
    })
}

/// Revokes every address of a family's page and makes a new one.
pub fn make_new(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    with: Addresses<'_>,
    (school, family): (SchoolId, i64),
) -> Result<String, ServiceError> {
    let now = clock.now();
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        looks::note_in(tx, (school, family), Look::Address, (actor, now))?;
        revoke_in(tx, (school, family), (actor, now))?;
        family_links::address(tx, with, (school, family), now)
    })
}

/// Revokes every address of a family's page; how many there were.
pub fn revoke(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, family): (SchoolId, i64),
) -> Result<usize, ServiceError> {
    let now = clock.now();
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        looks::known(tx, school, family)?;
        revoke_in(tx, (school, family), (actor, now))
    })
}

fn revoke_in(
    tx: &mut Tx<'_>,
    (school, family): (SchoolId, i64),
    (actor, at): (&Actor, NaiveDateTime),
) -> Result<usize, ServiceError> {
    let revoked = family_links::revoke(tx, family, (at, actor.as_str()))?;
    let detail = serde_json::json!({ "revoked": revoked });
    let what = ("family.link_revoke", "family", family);
    record(tx, school.0, (actor, at), what, &detail)?;
    Ok(revoked)
}

/// Has a family's guardians written to in another language from now on.
pub fn speak(
    store: &Store,
    clock: &dyn Clock,
    entry: Entry,
    in_english: bool,
) -> Result<(), ServiceError> {
    let language = if in_english { "en" } else { "vi" };
    store.write(|tx| {
        let (school, family) = (entry.school, entry.family);
        if store::languages(tx, family)?.iter().all(|known| known == language) {
            return Ok(());
        }
        directory::lock_school(tx, school)?;
        store::set_language(tx, family, language)?;
        let actor = family_actor(family);
        let detail = serde_json::json!({ "language": language });
        let what = ("family.language", "family", family);
        record(tx, school.0, (&actor, clock.now()), what, &detail)
    })
}
