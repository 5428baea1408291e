//! Showing authorities: the tree on a day, one of them with its history and its schools.

use std::collections::HashSet;

use serde::Serialize;

use super::standing::{followers, placements, schools_on};
use super::{find, former_code_note, tree, unknown_authority};
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::AuthorityId;
use crate::domain::lang::Lang;
use crate::domain::organisation::{Tree, Unit};
use crate::service::ServiceError;
use crate::service::directory::{SchoolView, view};
use crate::store::Store;
use crate::store::directory as rows;

/// An authority as it is on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AuthorityView {
    /// Its code that day.
    pub code: String,
    /// Its name that day.
    pub name: String,
    /// `province`, `department`, `district`, `commune`, …
    pub kind: String,
    /// The kind in Vietnamese.
    pub kind_name: String,
    /// The code of the one above it that day.
    pub parent: Option<String>,
    /// How many are above it in this list.
    pub depth: usize,
    /// Its first day.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Day>,
    /// Its last day.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
}

/// What an authority was called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FormerView {
    /// Its code then.
    pub code: String,
    /// Its name then.
    pub name: String,
    /// The first day.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Day>,
    /// The last day.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
}

/// Whom an authority is under from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ParentView {
    /// The first day; absent for the time before the first change.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Day>,
    /// The code of the one above; absent where there is none.
    pub parent: Option<String>,
}

/// An authority with a number of schools.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FollowerView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// How many of the schools went there.
    pub schools: usize,
}

/// An authority with its history and its schools on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AuthorityDetail {
    /// The authority on that day.
    #[serde(flatten)]
    pub authority: AuthorityView,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// What it was called before, the earliest first.
    pub former: Vec<FormerView>,
    /// Whom it was and is under.
    pub parents: Vec<ParentView>,
    /// Who follows it, when it ended.
    pub followed_by: Vec<FollowerView>,
    /// Its schools on that day, at any depth.
    pub schools: Vec<SchoolView>,
    /// What to know of it: found by a former code, not there on that day.
    #[schema(value_type = Vec<Object>)]
    pub notes: Vec<Diagnostic>,
}

/// The authorities that exist on a day, each after the one above it; only `within` and below it, where
/// that is given.
pub fn list(
    store: &Store,
    on: Day,
    within: Option<AuthorityId>,
) -> Result<Vec<AuthorityView>, ServiceError> {
    store.read(|tx| {
        let tree = tree(tx)?;
        let visible: Option<HashSet<AuthorityId>> = within.map(|root| tree.under(root, on));
        let of = |(unit, depth): (&Unit, usize)| shown(&tree, unit, depth, on);
        let mut found: Vec<AuthorityView> = tree
            .listed(on)
            .into_iter()
            .filter(|(unit, _)| visible.as_ref().is_none_or(|ids| ids.contains(&unit.id)))
            .map(of)
            .collect();
        // What is shown begins at the top.
        let least = found.iter().map(|one| one.depth).min().unwrap_or_default();
        for one in &mut found {
            one.depth = one.depth.saturating_sub(least);
        }
        Ok(found)
    })
}

/// One authority, found by its code of that day, its present or a former one. For a caller limited to
/// `within`, one that is not below it on that day is as if there were none.
pub fn show(
    store: &Store,
    code: &str,
    on: Day,
    within: Option<AuthorityId>,
) -> Result<AuthorityDetail, ServiceError> {
    store.read(|tx| {
        let tree = tree(tx)?;
        let unit = find(&tree, code, Some(on))?.unit;
        if within.is_some_and(|root| !tree.is_under(unit.id, root, on)) {
            return Err(unknown_authority(code));
        }
        let all = placements(tx, &tree)?;
        let ids = schools_on(&all, &tree.under(unit.id, on), on);
        let mut schools = rows::schools(tx)?;
        schools.retain(|row| ids.contains(&row.id));
        let authority = shown(&tree, unit, 0, on);
        let mut notes = Vec::new();
        if authority.code != code {
            notes.push(former_code_note(code, &authority.code, &authority.name));
        }
        notes.extend(absent(unit, on));
        let code_of = |id: AuthorityId| tree.unit(id).map(|unit| unit.code.clone());
        let first = ParentView { from: None, parent: unit.first_parent.and_then(code_of) };
        let changes = tree
            .changes(unit.id)
            .into_iter()
            .map(|(day, parent)| ParentView { from: Some(day), parent: parent.and_then(code_of) });
        Ok(AuthorityDetail {
            on,
            former: tree
                .former_names(unit.id)
                .into_iter()
                .map(|name| FormerView {
                    code: name.code.clone(),
                    name: name.name.clone(),
                    from: name.span.from(),
                    to: name.span.to(),
                })
                .collect(),
            parents: std::iter::once(first).chain(changes).collect(),
            followed_by: followers(&tree, unit, &all)
                .into_iter()
                .map(|(unit, schools)| FollowerView {
                    code: unit.code.clone(),
                    name: unit.name.clone(),
                    schools,
                })
                .collect(),
            schools: schools.into_iter().map(view).collect(),
            authority,
            notes,
        })
    })
}

fn shown(tree: &Tree, unit: &Unit, depth: usize, on: Day) -> AuthorityView {
    let (code, name) = tree.called(unit, on);
    let parent = tree.parent_on(unit.id, on).and_then(|id| tree.unit(id));
    AuthorityView {
        code: code.to_owned(),
        name: name.to_owned(),
        kind: unit.kind.as_str().to_owned(),
        kind_name: unit.kind.label(Lang::Vi).to_owned(),
        parent: parent.map(|parent| tree.called(parent, on).0.to_owned()),
        depth,
        from: unit.span.from(),
        to: unit.span.to(),
    }
}

fn absent(unit: &Unit, on: Day) -> Option<Diagnostic> {
    (!unit.span.contains(on)).then(|| {
        let (vi, en) = (unit.span.text(Lang::Vi), unit.span.text(Lang::En));
        let day = crate::domain::calendar::vietnamese_day(on);
        Diagnostic::new(
            "authority_not_there",
            format!("Ngày {day}, {} không hoạt động ({vi}).", unit.name),
            format!("On {on} {} does not exist ({en}).", unit.name),
        )
    })
}
