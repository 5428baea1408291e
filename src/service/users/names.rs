//! What people are called, by the address that records carry of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{NaiveDateTime, TimeDelta};

use crate::clock::Clock;
use crate::service::{MACHINE, ServiceError};
use crate::store::users;
use crate::store::{Store, Tx};

/// How long names are kept where nobody was added meanwhile.
const KEPT: TimeDelta = TimeDelta::seconds(60);

/// What begins the name of whoever is not the machine.
const PERSON: &str = "user:";

/// Somebody who did something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// What people call them, with the address where two are called the same.
    pub name: String,
    /// The address, where it does not stand in the name already.
    pub address: String,
}

/// The names of everybody, copied cheaply.
#[derive(Clone, Debug, Default)]
pub struct Names {
    by_address: Arc<BTreeMap<String, String>>,
    shared: Arc<BTreeSet<String>>,
}

impl Names {
    fn of(people: Vec<(String, String)>) -> Names {
        let (mut seen, mut shared) = (BTreeSet::new(), BTreeSet::new());
        for (_, name) in &people {
            if !seen.insert(name.clone()) {
                shared.insert(name.clone());
            }
        }
        Names { by_address: Arc::new(people.into_iter().collect()), shared: Arc::new(shared) }
    }

    /// Who is meant by what a record carries, or by an address; `None` for programs and the machine.
    #[must_use]
    pub fn person(&self, actor: &str) -> Option<Person> {
        let address = actor.strip_prefix(PERSON).unwrap_or(actor);
        let name = self.by_address.get(address)?;
        Some(if self.shared.contains(name) {
            Person { name: format!("{name} ({address})"), address: String::new() }
        } else {
            Person { name: name.clone(), address: address.to_owned() }
        })
    }

    /// The addresses of those in whose name a text stands.
    #[must_use]
    pub fn called(&self, text: &str) -> Vec<String> {
        let wanted = crate::domain::text::fold(text.trim());
        let named = self.by_address.iter();
        named
            .filter(|(_, name)| {
                !wanted.is_empty() && crate::domain::text::fold(name).contains(&wanted)
            })
            .map(|(address, _)| address.clone())
            .collect()
    }
}

/// The names as they were read last: pages ask for them again and again.
#[derive(Debug, Default)]
pub struct Known(Mutex<Option<(NaiveDateTime, i64, Names)>>);

impl Known {
    /// The names of everybody; read again once somebody was added, and every minute.
    pub fn names(&self, store: &Store, clock: &dyn Clock) -> Result<Names, ServiceError> {
        let now = clock.now();
        let count = store.read(users::count)?;
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, known, names)) = kept
            && known == count
            && now.signed_duration_since(at) < KEPT
        {
            return Ok(names);
        }
        let names = all(store)?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, count, names.clone()));
        Ok(names)
    }
}

/// The names of everybody.
pub fn all(store: &Store) -> Result<Names, ServiceError> {
    Ok(Names::of(store.read(users::names)?))
}

/// What records carry of somebody, with what people call them in the place of the address.
pub(crate) fn renamed(tx: &mut Tx<'_>, actor: &str) -> Result<String, ServiceError> {
    if actor == MACHINE {
        return Ok(actor.to_owned());
    }
    let address = actor.strip_prefix(PERSON).unwrap_or(actor);
    let Some(row) = users::find_by_email(tx, address)? else { return Ok(actor.to_owned()) };
    Ok(if users::called(tx, &row.name)? > 1 {
        format!("{PERSON}{} ({address})", row.name)
    } else {
        format!("{PERSON}{}", row.name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_called_by_their_names_and_by_their_addresses_where_two_have_one() {
        let people = [("hoa@a.vn", "Lê Thị Hoa"), ("lan@a.vn", "Mai Lan"), ("lan@b.vn", "Mai Lan")];
        let names = Names::of(people.map(|(a, n)| (a.to_owned(), n.to_owned())).to_vec());
        for (why, actor, name, address) in [
            ("as records carry it", "user:hoa@a.vn", "Lê Thị Hoa", "hoa@a.vn"),
            ("the address alone", "hoa@a.vn", "Lê Thị Hoa", "hoa@a.vn"),
            ("two of one name", "user:lan@b.vn", "Mai Lan (lan@b.vn)", ""),
        ] {
            let person = Person { name: name.to_owned(), address: address.to_owned() };
            assert_eq!(names.person(actor), Some(person), "{why}");
        }
        for actor in [MACHINE, "user:cli", "user:machine"] {
            assert_eq!(names.person(actor), None, "{actor}");
        }
        assert_eq!(names.called("thi hoa"), ["hoa@a.vn"]);
        assert_eq!(names.called("LAN"), ["lan@a.vn", "lan@b.vn"]);
        assert_eq!(names.called(" "), Vec::<String>::new());
    }
}
