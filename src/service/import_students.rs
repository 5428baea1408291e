//! Takes in a list of students: good rows are kept, bad rows are told.

use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::formats::roster::Table;
use crate::service::students::{Options, imports};
use crate::service::{Actor, ServiceError};
use crate::store::Store;

/// What became of a list, or would.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ListOutcome {
    /// Rows that were new.
    pub added: u64,
    /// Rows that changed something known.
    pub updated: u64,
    /// Rows that said what was known.
    pub unchanged: u64,
    /// What is wrong with the rows that were not taken.
    #[schema(value_type = Vec<Object>)]
    pub bad: Vec<Diagnostic>,
    /// What was taken all the same and is worth a look.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub warnings: Vec<Diagnostic>,
    /// The number by which a list of students can be undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<i64>,
}

/// Adds and updates the students of a school from a CSV or XLSX list, in one step: a plan that is
/// committed at once (see [`imports`]).
pub fn run(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    list: &Table,
) -> Result<ListOutcome, ServiceError> {
    let source = imports::Source { file_name: imports::UNNAMED, list };
    imports::take_in(store, clock, actor, school, source, &Options::default())
}
