//! What an export may be limited to, by the codes that it is asked with.

use crate::domain::id::SchoolId;
use crate::service::ServiceError;
use crate::store::{Store, fees, roster};

/// Classes by name; rounds and fee items by code, with their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// The classes.
    pub classes: Vec<String>,
    /// The rounds, the latest first.
    pub rounds: Vec<(String, String)>,
    /// The fee items.
    pub items: Vec<(String, String)>,
}

/// What a school's exports may be limited to.
pub fn choices(store: &Store, school: SchoolId) -> Result<Choices, ServiceError> {
    store.read(|tx| {
        let rounds = fees::rounds_of(tx, school.0)?.into_iter().rev();
        let items = fees::fee_items_of(tx, school.0)?.into_iter();
        Ok(Choices {
            classes: roster::classes_of(tx, school.0)?.into_iter().map(|row| row.name).collect(),
            rounds: rounds.map(|row| (row.code, row.name)).collect(),
            items: items.map(|row| (row.code, row.name)).collect(),
        })
    })
}
