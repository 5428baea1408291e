//! A school with everything that has dates: codes, levels, places and who supervises it.

use serde::Serialize;

use super::authorities::FormerView;
use super::{former_code_note, placed, places, tree};
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::organisation::{Level, gaps};
use crate::service::ServiceError;
use crate::service::directory::{SchoolView, load_school, view};
use crate::store::Store;
use crate::store::organisation as kept;

/// Another code of a school, or a place where it teaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AliasView {
    /// The code.
    pub code: String,
    /// Its first day.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Day>,
    /// Its last day.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
}

/// Under whom a school is, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PlacementView {
    /// The authority's code now.
    pub authority: String,
    /// Its name now.
    pub authority_name: String,
    /// The first day.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Day>,
    /// The last day; the authority's own where it ended.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
}

/// A school with its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SchoolDetail {
    /// The school as lists show it.
    #[serde(flatten)]
    pub school: SchoolView,
    /// `preschool`, `primary`, `lower_secondary`, `upper_secondary`, `continuing`.
    #[schema(value_type = Vec<String>)]
    pub levels: Vec<Level>,
    /// Its other codes.
    pub aliases: Vec<AliasView>,
    /// Where it teaches besides its main place.
    pub satellites: Vec<FormerView>,
    /// Under whom it was and is, the earliest first.
    pub placements: Vec<PlacementView>,
    /// What to know: found by another code, days under nobody.
    #[schema(value_type = Vec<Object>)]
    pub notes: Vec<Diagnostic>,
}

/// The school with this code, or with this other code.
pub fn show(store: &Store, code: &str) -> Result<SchoolDetail, ServiceError> {
    store.read(|tx| {
        let row = load_school(tx, code)?;
        let tree = tree(tx)?;
        let mut placed = placed(&tree, &kept::placements_of(tx, row.id)?)?;
        placed.sort_by_key(|one| one.span.from());
        let mut notes = Vec::new();
        if row.code != code {
            notes.push(former_code_note(code, &row.code, &row.name));
        }
        let open = gaps(&placed, row.closed_on);
        notes.extend(open.into_iter().map(|days| places::gap_note(&row.code, days)));
        let placements = placed
            .iter()
            .filter_map(|one| {
                let unit = tree.unit(one.authority)?;
                let days = one.holds.unwrap_or(one.span);
                Some(PlacementView {
                    authority: unit.code.clone(),
                    authority_name: unit.name.clone(),
                    from: days.from(),
                    to: days.to(),
                })
            })
            .collect();
        let aliases = kept::aliases_of(tx, row.id)?.into_iter().map(|row| AliasView {
            code: row.code,
            from: row.valid_from,
            to: row.valid_to,
        });
        let satellites = kept::satellites_of(tx, row.id)?.into_iter().map(|row| FormerView {
            code: row.code,
            name: row.name,
            from: row.valid_from,
            to: row.valid_to,
        });
        Ok(SchoolDetail {
            levels: Level::parse_all(&row.level).unwrap_or_default(),
            aliases: aliases.collect(),
            satellites: satellites.collect(),
            placements,
            notes,
            school: view(row),
        })
    })
}
