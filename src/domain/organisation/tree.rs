//! The authorities as a tree on any day.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{AuthorityKind, Span};
use crate::domain::calendar::Day;
use crate::domain::id::AuthorityId;

/// An authority as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its id.
    pub id: AuthorityId,
    /// Its code, the last one it had.
    pub code: String,
    /// Its name, the last one it had.
    pub name: String,
    /// What it is.
    pub kind: AuthorityKind,
    /// When it exists.
    pub span: Span,
    /// Whom it was under before its first change.
    pub first_parent: Option<AuthorityId>,
}

/// From a day on, a unit is under another one, or under none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParentChange {
    /// The unit.
    pub unit: AuthorityId,
    /// Whom it is under from then on.
    pub parent: Option<AuthorityId>,
    /// The first day.
    pub from: Day,
}

/// What a unit was called before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerName {
    /// The unit.
    pub unit: AuthorityId,
    /// Its code then.
    pub code: String,
    /// Its name then.
    pub name: String,
    /// When.
    pub span: Span,
}

/// What a code names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<'t> {
    /// The unit.
    pub unit: &'t Unit,
    /// The name under which it was found, when it is not its present one.
    pub former: Option<&'t FormerName>,
}

/// All authorities with their history.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    units: BTreeMap<AuthorityId, Unit>,
    changes: BTreeMap<AuthorityId, BTreeMap<Day, Option<AuthorityId>>>,
    former: Vec<FormerName>,
    successors: BTreeSet<(AuthorityId, AuthorityId)>,
}

impl Tree {
    /// Adds a unit, or says anew what one is.
    pub fn put(&mut self, unit: Unit) {
        self.units.insert(unit.id, unit);
    }

    /// Adds a change of whom a unit is under; a later word about the same day counts.
    pub fn change(&mut self, change: ParentChange) {
        self.changes.entry(change.unit).or_default().insert(change.from, change.parent);
    }

    /// Adds a change unless the unit would be above itself on some day: then the first such day.
    pub fn try_change(&mut self, change: ParentChange) -> Result<(), Day> {
        let of = self.changes.entry(change.unit).or_default();
        let before = of.insert(change.from, change.parent);
        let Some(day) = self.loops(change.unit) else { return Ok(()) };
        let of = self.changes.entry(change.unit).or_default();
        match before {
            Some(parent) => of.insert(change.from, parent),
            None => of.remove(&change.from),
        };
        Err(day)
    }

    /// Adds a former name.
    pub fn was_called(&mut self, name: FormerName) {
        self.former.push(name);
    }

    /// Adds who follows a unit.
    pub fn follow(&mut self, unit: AuthorityId, successor: AuthorityId) {
        self.successors.insert((unit, successor));
    }

    /// Every unit, by id.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.units.values()
    }

    /// The unit with this id.
    #[must_use]
    pub fn unit(&self, id: AuthorityId) -> Option<&Unit> {
        self.units.get(&id)
    }

    /// What a unit was called, the earliest first.
    #[must_use]
    pub fn former_names(&self, id: AuthorityId) -> Vec<&FormerName> {
        let mut names: Vec<_> = self.former.iter().filter(|name| name.unit == id).collect();
        names.sort_by_key(|name| name.span.to());
        names
    }

    /// Who was said to follow a unit.
    #[must_use]
    pub fn successors(&self, id: AuthorityId) -> Vec<AuthorityId> {
        self.successors.iter().filter(|(of, _)| *of == id).map(|(_, next)| *next).collect()
    }

    /// Whom a unit was said to follow.
    #[must_use]
    pub fn predecessors(&self, id: AuthorityId) -> Vec<AuthorityId> {
        self.successors.iter().filter(|(_, next)| *next == id).map(|(of, _)| *of).collect()
    }

    /// The changes of whom a unit is under, by day.
    #[must_use]
    pub fn changes(&self, id: AuthorityId) -> Vec<(Day, Option<AuthorityId>)> {
        let of = self.changes.get(&id);
        of.into_iter().flatten().map(|(day, parent)| (*day, *parent)).collect()
    }

    /// Whom a unit is under on a day.
    #[must_use]
    pub fn parent_on(&self, id: AuthorityId, day: Day) -> Option<AuthorityId> {
        let changed = self.changes.get(&id).and_then(|all| all.range(..=day).next_back());
        match changed {
            Some((_, parent)) => *parent,
            None => self.units.get(&id)?.first_parent,
        }
    }

    /// A unit and all below it on a day, at any depth; nothing when it does not exist then.
    #[must_use]
    pub fn under(&self, root: AuthorityId, day: Day) -> HashSet<AuthorityId> {
        let mut children: BTreeMap<AuthorityId, Vec<AuthorityId>> = BTreeMap::new();
        for unit in self.units.values().filter(|unit| unit.span.contains(day)) {
            if let Some(parent) = self.parent_on(unit.id, day) {
                children.entry(parent).or_default().push(unit.id);
            }
        }
        let mut below = HashSet::new();
        let mut open = Vec::new();
        if self.units.get(&root).is_some_and(|unit| unit.span.contains(day)) {
            open.push(root);
        }
        while let Some(id) = open.pop() {
            if below.insert(id) {
                open.extend(children.get(&id).into_iter().flatten());
            }
        }
        below
    }

    /// The units of a day, each after the one above it and with how many are above it; by code among
    /// neighbours. A unit whose parent does not exist then stands at the top.
    #[must_use]
    pub fn listed(&self, day: Day) -> Vec<(&Unit, usize)> {
        let there = |id: &AuthorityId| self.units.get(id).is_some_and(|u| u.span.contains(day));
        let mut below: BTreeMap<Option<AuthorityId>, Vec<&Unit>> = BTreeMap::new();
        for unit in self.units.values().filter(|unit| unit.span.contains(day)) {
            let above = self.parent_on(unit.id, day).filter(there);
            below.entry(above).or_default().push(unit);
        }
        // What is taken from the end comes first.
        let mut take = |id: Option<AuthorityId>| {
            let mut units = below.remove(&id).unwrap_or_default();
            units.sort_by(|one, two| two.code.cmp(&one.code));
            units
        };
        let mut open: Vec<(&Unit, usize)> = take(None).into_iter().map(|unit| (unit, 0)).collect();
        let mut listed = Vec::new();
        while let Some((unit, depth)) = open.pop() {
            listed.push((unit, depth));
            open.extend(take(Some(unit.id)).into_iter().map(|other| (other, depth + 1)));
        }
        listed
    }

    /// Whether a unit is another one, or below it, on a day.
    #[must_use]
    pub fn is_under(&self, id: AuthorityId, other: AuthorityId, day: Day) -> bool {
        let mut at = Some(id);
        let mut seen = HashSet::new();
        while let Some(here) = at {
            if here == other {
                return true;
            }
            if !seen.insert(here) {
                return false;
            }
            at = self.parent_on(here, day);
        }
        false
    }

    /// The first day known on which a unit is above itself, if there is one.
    #[must_use]
    pub fn loops(&self, id: AuthorityId) -> Option<Day> {
        self.days().into_iter().find(|day| {
            let mut at = self.parent_on(id, *day);
            let mut seen = HashSet::new();
            while let Some(here) = at {
                if here == id {
                    return true;
                }
                if !seen.insert(here) {
                    return false;
                }
                at = self.parent_on(here, *day);
            }
            false
        })
    }

    /// A day of each time between two changes.
    fn days(&self) -> BTreeSet<Day> {
        let changed = self.changes.values().flat_map(BTreeMap::keys).copied();
        std::iter::once(Day::MIN).chain(changed).collect()
    }

    /// The days on which a unit has its present code.
    #[must_use]
    pub fn has_code(&self, unit: &Unit) -> Option<Span> {
        let since = self
            .former
            .iter()
            .filter(|name| name.unit == unit.id && name.code != unit.code)
            .filter_map(|name| name.span.to().and_then(|last| last.succ_opt()))
            .max();
        Span::new(since.or(unit.span.from()), unit.span.to())
    }

    /// The unit that a code names: on `day` if any had it then, else the one that has it now, else the
    /// one that had it last.
    #[must_use]
    pub fn find(&self, code: &str, day: Option<Day>) -> Option<Found<'_>> {
        let present = self.units.values().find(|unit| unit.code == code);
        let former = self.former.iter().filter(|name| name.code == code);
        let told = |name| self.told(name);
        if let Some(day) = day {
            let has =
                present.filter(|unit| self.has_code(unit).is_some_and(|span| span.contains(day)));
            if let Some(unit) = has {
                return Some(Found { unit, former: None });
            }
            if let Some(name) = former.clone().find(|name| name.span.contains(day)) {
                return told(name);
            }
        }
        if let Some(unit) = present {
            return Some(Found { unit, former: None });
        }
        former.max_by_key(|name| name.span.to()).and_then(told)
    }

    fn told<'t>(&'t self, name: &'t FormerName) -> Option<Found<'t>> {
        let unit = self.units.get(&name.unit)?;
        Some(Found { unit, former: (unit.code != name.code).then_some(name) })
    }

    /// What a unit is called on a day: code and name.
    #[must_use]
    pub fn called<'t>(&'t self, unit: &'t Unit, day: Day) -> (&'t str, &'t str) {
        let then = self.former_names(unit.id).into_iter().find(|name| name.span.contains(day));
        then.map_or((&unit.code, &unit.name), |name| (&name.code, &name.name))
    }

    /// Another unit that has or had a code on any of these days.
    #[must_use]
    pub fn code_taken(&self, code: &str, days: Span, but: Option<AuthorityId>) -> Option<&Unit> {
        let now = self.units.values().find(|unit| {
            unit.code == code
                && Some(unit.id) != but
                && self.has_code(unit).is_some_and(|span| span.both(days).is_some())
        });
        now.or_else(|| {
            let then = self.former.iter().find(|name| {
                name.code == code && Some(name.unit) != but && name.span.both(days).is_some()
            });
            then.and_then(|name| self.units.get(&name.unit))
        })
    }
}
