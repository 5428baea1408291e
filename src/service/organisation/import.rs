//! Takes in a list of authorities and of where schools belong: good rows are kept, bad rows are told.

use std::collections::{BTreeMap, BTreeSet};

use super::bad_rows::{
    another_unit, code_of_other, day_of_code_needed, day_of_move_needed, ends_otherwise, in_row,
    name_needed, unknown, waits_in_circle,
};
use super::change::{self, AuthorityChange};
use super::{find, places, record, span, tree};
use crate::clock::Clock;
use crate::domain::matching::facts::Policy;
use crate::domain::organisation::{AuthorityKind, Level, Span, Tree, Unit};
use crate::formats::roster::Table;
use crate::formats::roster::organisation::{
    FOLLOWED_BY, OrganisationRow, PARENT, Subject, organisation_of,
};
use crate::service::directory::NewAuthority;
use crate::service::import_students::ListOutcome;
use crate::service::{Actor, ServiceError, directory};
use crate::store::audit::SYSTEM_CHAIN;
use crate::store::directory::{self as stored, SchoolRow};
use crate::store::organisation::aliases_named;
use crate::store::{Store, Tx};

/// Adds and changes authorities and schools' places from a CSV or XLSX list. The same list again
/// changes nothing. A school that is new gets `policy`.
pub fn run(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    policy: Policy,
    list: &Table,
) -> Result<ListOutcome, ServiceError> {
    let rows = organisation_of(list).map_err(ServiceError::refused)?;
    store.write(|tx| {
        let outcome = ListOutcome { bad: rows.bad.clone(), ..ListOutcome::default() };
        let tree = tree(tx)?;
        let mut run = Run { by: (clock, actor), policy, tree, outcome };
        run.authorities(tx, &rows.good)?;
        run.schools(tx, &rows.good)?;
        let mut outcome = run.outcome;
        outcome.bad.sort_by_key(|problem| problem.place.as_ref().and_then(|place| place.row));
        let detail = serde_json::json!({
            "added": outcome.added, "bad": outcome.bad.len(), "updated": outcome.updated,
        });
        let by = (clock, actor);
        record(tx, by, SYSTEM_CHAIN, "organisation.import", ("organisation", 0), &detail)?;
        Ok(outcome)
    })
}

/// What a row did.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Did {
    Nothing,
    Changed,
    Added,
}

impl Did {
    const fn change(changed: bool) -> Did {
        if changed { Did::Changed } else { Did::Nothing }
    }
}

struct Run<'a> {
    by: (&'a dyn Clock, &'a Actor),
    policy: Policy,
    tree: Tree,
    outcome: ListOutcome,
}

impl Run<'_> {
    /// Authorities first, each after the one above it, whatever the order of the rows; then who
    /// follows whom.
    fn authorities(
        &mut self,
        tx: &mut Tx<'_>,
        rows: &[OrganisationRow],
    ) -> Result<(), ServiceError> {
        let mut left: Vec<(&OrganisationRow, AuthorityKind)> = rows
            .iter()
            .filter_map(|row| match row.subject {
                Subject::Authority(kind) => Some((row, kind)),
                Subject::School => None,
            })
            .collect();
        // A row about an earlier time first, so that a unit is known before it moves.
        left.sort_by_key(|(row, _)| row.from);
        let mut done: Vec<(&OrganisationRow, Did)> = Vec::new();
        loop {
            let before = left.len();
            let mut waiting = Vec::new();
            for (row, kind) in left {
                let known = row
                    .parent
                    .as_deref()
                    .is_none_or(|code| self.tree.find(code, row.from).is_some());
                if !known {
                    waiting.push((row, kind));
                    continue;
                }
                match self.authority(tx, row, kind) {
                    Ok(did) => done.push((row, did)),
                    Err(error) => self.refuse(row, error)?,
                }
            }
            left = waiting;
            if left.is_empty() || left.len() == before {
                break;
            }
        }
        let codes: BTreeSet<&str> = left.iter().map(|(row, _)| row.code.as_str()).collect();
        for (row, _) in &left {
            let parent = row.parent.as_deref().unwrap_or_default();
            self.outcome.bad.push(if codes.contains(parent) {
                waits_in_circle(row, parent)
            } else {
                unknown(row, &PARENT, parent)
            });
        }
        for (row, did) in done {
            match self.followers(tx, row) {
                Ok(changed) => self.count(did.max(Did::change(changed))),
                Err(error) => self.refuse(row, error)?,
            }
        }
        Ok(())
    }

    fn authority(
        &mut self,
        tx: &mut Tx<'_>,
        row: &OrganisationRow,
        kind: AuthorityKind,
    ) -> Result<Did, ServiceError> {
        let known = self.tree.units().find(|unit| unit.code == row.code).cloned();
        if let Some(unit) = known {
            return self.known_authority(tx, row, kind, &unit).map(Did::change);
        }
        let former = row.former_code.as_deref();
        let renamed = former.and_then(|code| {
            self.tree.units().find(|unit| unit.code == code && unit.kind == kind).cloned()
        });
        if let Some(unit) = renamed {
            let first = row.former_until.and_then(|last| last.succ_opt()).or(row.from);
            if first.is_none() {
                return Err(ServiceError::refused(day_of_code_needed(row)));
            }
            let change = AuthorityChange::Rename {
                code: Some(row.code.clone()),
                name: row.name.clone(),
                from: first,
            };
            change::apply(tx, self.by, &mut self.tree, &unit, &change)?;
            return Ok(Did::Changed);
        }
        let Some(name) = row.name.clone() else {
            return Err(ServiceError::refused(name_needed(row)));
        };
        let until = match former {
            Some(_) => Some(
                row.former_until.ok_or_else(|| ServiceError::refused(day_of_code_needed(row)))?,
            ),
            None => None,
        };
        let new = NewAuthority {
            code: row.code.clone(),
            name,
            kind: kind.as_str().to_owned(),
            parent: row.parent.clone(),
            valid_from: row.from,
            valid_to: row.to,
        };
        if let (Some(code), Some(until)) = (former, until) {
            self.free(code, span(row.from, Some(until))?, row)?;
        }
        let id = change::add(tx, self.by, &mut self.tree, &new)?;
        if let (Some(code), Some(until), Some(unit)) = (former, until, self.tree.unit(id).cloned())
        {
            let days = span(row.from, Some(until))?;
            change::was_called(tx, self.by, &mut self.tree, &unit, (code, &unit.name), days)?;
        }
        Ok(Did::Added)
    }

    /// A row about a unit that is known: it may move, end, or have had another code.
    fn known_authority(
        &mut self,
        tx: &mut Tx<'_>,
        row: &OrganisationRow,
        kind: AuthorityKind,
        unit: &Unit,
    ) -> Result<bool, ServiceError> {
        let names = self.tree.former_names(unit.id);
        let same_name = row
            .name
            .as_deref()
            .is_none_or(|name| name == unit.name || names.iter().any(|former| former.name == name));
        if kind != unit.kind || !same_name {
            return Err(ServiceError::refused(another_unit(row, unit)));
        }
        let new_former = row
            .former_code
            .as_deref()
            .filter(|code| names.iter().all(|former| former.code != **code));
        if let Some(last) = row.to
            && unit.span.to().is_some_and(|known| known != last)
        {
            return Err(ServiceError::refused(ends_otherwise(row, unit)));
        }
        // Everything that can be refused is looked at before anything is written.
        let former = match new_former {
            Some(code) => {
                let until = row.former_until;
                let until = until.ok_or_else(|| ServiceError::refused(day_of_code_needed(row)))?;
                let days = span(unit.span.from(), Some(until))?;
                self.free(code, days, row)?;
                Some((code.to_owned(), days))
            }
            None => None,
        };
        span(unit.span.from(), row.to)?;
        let mut changed = false;
        if let Some(parent) = &row.parent {
            let parent = find(&self.tree, parent, row.from)?.unit.clone();
            let since = row.from.or(unit.span.from());
            let now = match since {
                Some(day) => self.tree.parent_on(unit.id, day),
                None => unit.first_parent,
            };
            if now != Some(parent.id) {
                let Some(from) = row.from else {
                    return Err(ServiceError::refused(day_of_move_needed(row)));
                };
                let by = self.by;
                changed |=
                    change::move_to(tx, by, &mut self.tree, unit, Some(&parent), from)?.changed;
            }
        }
        if let Some((code, days)) = former {
            change::was_called(tx, self.by, &mut self.tree, unit, (&code, &unit.name), days)?;
            changed = true;
        }
        if let (Some(last), None) = (row.to, unit.span.to()) {
            changed |= change::end(tx, self.by, &mut self.tree, unit, last)?.changed;
        }
        Ok(changed)
    }

    /// Refuses a former code that another unit has or had on these days.
    fn free(&self, code: &str, days: Span, row: &OrganisationRow) -> Result<(), ServiceError> {
        let but = self.tree.units().find(|unit| unit.code == row.code).map(|unit| unit.id);
        match self.tree.code_taken(code, days, but) {
            Some(unit) => Err(ServiceError::refused(code_of_other(row, code, unit))),
            None => Ok(()),
        }
    }

    fn followers(&mut self, tx: &mut Tx<'_>, row: &OrganisationRow) -> Result<bool, ServiceError> {
        if row.followed_by.is_empty() {
            return Ok(false);
        }
        let unit = find(&self.tree, &row.code, row.from)?.unit.clone();
        let mut next = Vec::new();
        for code in &row.followed_by {
            let found = self.tree.find(code, row.to.and_then(|last| last.succ_opt()));
            let found =
                found.ok_or_else(|| ServiceError::refused(unknown(row, &FOLLOWED_BY, code)))?;
            next.push(found.unit.clone());
        }
        let mut changed = false;
        for one in &next {
            changed |= change::follow(tx, self.by, &mut self.tree, &unit, one)?;
        }
        Ok(changed)
    }

    /// Schools, each row where one belongs; those of one school from the earliest on.
    fn schools(&mut self, tx: &mut Tx<'_>, rows: &[OrganisationRow]) -> Result<(), ServiceError> {
        let mut wanted: Vec<&OrganisationRow> =
            rows.iter().filter(|row| row.subject == Subject::School).collect();
        wanted.sort_by_key(|row| row.from);
        let mut known: BTreeMap<&str, SchoolRow> = BTreeMap::new();
        for row in &wanted {
            match directory::load_school(tx, &row.code) {
                Ok(school) => {
                    known.insert(&row.code, school);
                }
                // A code that several schools had is told below, with its row.
                Err(ServiceError::NotFound(_) | ServiceError::Conflict(_)) => {}
                Err(other) => return Err(other),
            }
        }
        // Always in the same order, so that two such lists do not wait for each other.
        let locked: BTreeSet<i64> = known.values().map(|school| school.id).collect();
        for id in locked {
            stored::lock_school(tx, id)?;
        }
        for row in wanted {
            let school = known.get(row.code.as_str()).cloned();
            match self.school(tx, row, school) {
                Ok((school, did)) => {
                    known.insert(&row.code, school);
                    self.count(did);
                }
                Err(error) => self.refuse(row, error)?,
            }
        }
        Ok(())
    }

    fn school(
        &mut self,
        tx: &mut Tx<'_>,
        row: &OrganisationRow,
        known: Option<SchoolRow>,
    ) -> Result<(SchoolRow, Did), ServiceError> {
        // Everything that can be refused is looked at before anything is written.
        let unit = match &row.parent {
            Some(code) => {
                let found = self.tree.find(code, row.from);
                let found =
                    found.ok_or_else(|| ServiceError::refused(unknown(row, &PARENT, code)))?;
                Some(found.unit.clone())
            }
            None => None,
        };
        let days = span(row.from, row.to)?;
        let alias_days = span(None, row.former_until)?;
        if let Some(code) = &row.former_code {
            let id = known.as_ref().map(|school| school.id);
            let present = known.as_ref().map_or(&row.code, |school| &school.code);
            places::known_alias(tx, id, present, code, alias_days)?;
        }
        let (mut school, mut did) = match known {
            Some(school) => (school, Did::Nothing),
            None => (self.new_school(tx, row, unit.as_ref(), days)?, Did::Added),
        };
        if let Some(unit) = &unit {
            let changed = places::place_in(tx, self.by, &self.tree, school.id, unit, days)?;
            did = did.max(Did::change(changed));
        }
        if !row.levels.is_empty() {
            did = did.max(Did::change(places::levels_in(tx, self.by, &school, &row.levels)?));
            school.level = Level::joined(&row.levels);
        }
        if let Some(kind) = row.ownership {
            did = did.max(Did::change(places::ownership_in(tx, self.by, &school, kind)?));
            school.ownership = Some(kind.as_str().to_owned());
        }
        if let Some(code) = &row.former_code {
            let changed = places::alias_in(tx, self.by, &school, code, alias_days)?;
            did = did.max(Did::change(changed));
        }
        Ok((school, did))
    }

    fn new_school(
        &mut self,
        tx: &mut Tx<'_>,
        row: &OrganisationRow,
        unit: Option<&Unit>,
        days: Span,
    ) -> Result<SchoolRow, ServiceError> {
        let Some(name) = row.name.clone() else {
            return Err(ServiceError::refused(name_needed(row)));
        };
        if !aliases_named(tx, &row.code)?.is_empty() {
            return Err(places::code_taken(&row.code));
        }
        if let Some(unit) = unit {
            places::within(unit, days)?;
        }
        let school = SchoolRow {
            id: tx.next_id()?,
            code: row.code.clone(),
            name,
            level: Level::joined(&row.levels),
            settle_in_part: self.policy.settle_in_part,
            settle_known_payer: self.policy.settle_known_payer,
            closed_on: None,
            ownership: row.ownership.map(|kind| kind.as_str().to_owned()),
        };
        stored::insert_school(tx, &school)?;
        let detail = serde_json::json!({ "code": school.code });
        record(tx, self.by, school.id, "school.add", ("school", school.id), &detail)?;
        Ok(school)
    }

    fn count(&mut self, did: Did) {
        let count = match did {
            Did::Added => &mut self.outcome.added,
            Did::Changed => &mut self.outcome.updated,
            Did::Nothing => &mut self.outcome.unchanged,
        };
        *count = count.saturating_add(1);
    }

    /// Tells what is wrong with a row; only the database's own failures end the import.
    fn refuse(&mut self, row: &OrganisationRow, error: ServiceError) -> Result<(), ServiceError> {
        let told = error.diagnostics().to_vec();
        if told.is_empty() {
            return Err(error);
        }
        self.outcome.bad.extend(told.into_iter().map(|one| in_row(row, one)));
        Ok(())
    }
}
