//! Changing authorities: adding, moving, renaming and ending them. Nothing is overwritten but the name
//! now; what was stays with its days.

use serde::{Deserialize, Serialize};

use super::refusals::{
    circle, day_needed, ends_too_late, kind_unknown, name_needed, not_there, rename_too_early,
    taken,
};
use super::standing::{followers, placements};
use super::{dates_reversed, find, record, tree};
use crate::clock::Clock;
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::AuthorityId;
use crate::domain::organisation::{AuthorityKind, ParentChange, Span, Tree, Unit, overlap};
use crate::service::directory::NewAuthority;
use crate::service::limits;
use crate::service::{Actor, ServiceError};
use crate::store::audit::SYSTEM_CHAIN;
use crate::store::directory::{self as rows, AuthorityRow};
use crate::store::organisation::{self as kept, FormerNameRow, ParentRow, SuccessorRow};
use crate::store::{Store, Tx};

/// What happens to an authority.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields, rename_all = "snake_case", tag = "change")]
#[garde(allow_unvalidated)]
pub enum AuthorityChange {
    /// From a day on it is under another authority, or under none.
    Move {
        /// The code of the authority above; none where absent.
        #[garde(length(chars, max = limits::WORD))]
        parent: Option<String>,
        /// The first day.
        #[schema(value_type = String, format = Date)]
        from: Day,
    },
    /// From a day on it has another code or name; without a day its name is corrected.
    Rename {
        /// The new code; the same where absent.
        #[garde(length(chars, max = limits::WORD))]
        code: Option<String>,
        /// The new name; the same where absent.
        #[garde(length(chars, max = limits::NAME))]
        name: Option<String>,
        /// The first day.
        #[schema(value_type = Option<String>, format = Date)]
        from: Option<Day>,
    },
    /// It ends; its row, its days and its schools' history stay.
    End {
        /// Its last day.
        #[schema(value_type = String, format = Date)]
        on: Day,
        /// The codes of those that follow.
        #[serde(default)]
        #[garde(inner(length(chars, max = limits::NAME)))]
        followed_by: Vec<String>,
    },
}

/// What a change did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Changed {
    /// Whether anything is different now.
    pub changed: bool,
    /// What to look at: schools and units that are under nobody now.
    #[schema(value_type = Vec<Object>)]
    pub notes: Vec<Diagnostic>,
}

/// Changes an authority.
pub fn change(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    code: &str,
    change: &AuthorityChange,
) -> Result<Changed, ServiceError> {
    store.write(|tx| {
        let mut tree = tree(tx)?;
        let unit = find(&tree, code, None)?.unit.clone();
        apply(tx, (clock, actor), &mut tree, &unit, change)
    })
}

/// Adds an authority to the database and to `tree`.
pub(crate) fn add(
    tx: &mut Tx<'_>,
    by: (&dyn Clock, &Actor),
    tree: &mut Tree,
    new: &NewAuthority,
) -> Result<AuthorityId, ServiceError> {
    let (code, name) = (new.code.trim(), new.name.trim());
    if code.is_empty() || name.is_empty() {
        return Err(ServiceError::refused(name_needed()));
    }
    let kind = AuthorityKind::parse(&new.kind)
        .ok_or_else(|| ServiceError::refused(kind_unknown(&new.kind)))?;
    let span = super::span(new.valid_from, new.valid_to)?;
    let present = tree.units().any(|unit| unit.code == code);
    if present || tree.code_taken(code, span, None).is_some() {
        return Err(taken(code));
    }
    let first_parent = match new.parent.as_deref().map(str::trim).filter(|code| !code.is_empty()) {
        Some(parent) => Some(find(tree, parent, span.from())?.unit.id),
        None => None,
    };
    let row = AuthorityRow {
        id: tx.next_id()?,
        code: code.to_owned(),
        name: name.to_owned(),
        kind: kind.as_str().to_owned(),
        parent_id: first_parent.map(|id| id.0),
        valid_from: span.from(),
        valid_to: span.to(),
    };
    rows::insert_authority(tx, &row)?;
    let detail = serde_json::json!({
        "code": code, "from": span.from(), "kind": kind, "parent": row.parent_id, "to": span.to(),
    });
    record(tx, by, SYSTEM_CHAIN, "authority.add", ("authority", row.id), &detail)?;
    let id = AuthorityId(row.id);
    tree.put(Unit { id, code: row.code, name: row.name, kind, span, first_parent });
    Ok(id)
}

pub(crate) fn apply(
    tx: &mut Tx<'_>,
    by: (&dyn Clock, &Actor),
    tree: &mut Tree,
    unit: &Unit,
    change: &AuthorityChange,
) -> Result<Changed, ServiceError> {
    match change {
        AuthorityChange::Move { parent, from } => {
            let parent = match parent {
                Some(code) => Some(find(tree, code, Some(*from))?.unit.clone()),
                None => None,
            };
            move_to(tx, by, tree, unit, parent.as_ref(), *from)
        }
        AuthorityChange::Rename { code, name, from } => {
            rename(tx, by, tree, unit, (code.as_deref(), name.as_deref()), *from)
        }
        AuthorityChange::End { on, followed_by } => {
            let mut changed = end(tx, by, tree, unit, *on)?;
            for code in followed_by {
                let next = find(tree, code, on.succ_opt())?.unit.clone();
                changed.changed |= follow(tx, by, tree, unit, &next)?;
            }
            changed.notes = left_alone(tx, tree, unit.id)?;
            Ok(changed)
        }
    }
}

pub(crate) fn move_to(
    tx: &mut Tx<'_>,
    by: (&dyn Clock, &Actor),
    tree: &mut Tree,
    unit: &Unit,
    parent: Option<&Unit>,
    from: Day,
) -> Result<Changed, ServiceError> {
    let id = parent.map(|parent| parent.id);
    if tree.parent_on(unit.id, from) == id {
        return Ok(Changed::default());
    }
    for one in [Some(unit), parent].into_iter().flatten() {
        if !one.span.contains(from) {
            return Err(ServiceError::refused(not_there(one, from)));
        }
    }
    if let Err(day) = tree.try_change(ParentChange { unit: unit.id, parent: id, from }) {
        return Err(ServiceError::refused(circle(unit, parent.unwrap_or(unit), day.max(from))));
    }
    let row = ParentRow {
        id: tx.next_id()?,
        authority_id: unit.id.0,
        parent_id: id.map(|id| id.0),
        valid_from: from,
    };
    kept::put_parent(tx, &row)?;
    let detail = serde_json::json!({ "code": unit.code, "from": from, "parent": row.parent_id });
    record(tx, by, SYSTEM_CHAIN, "authority.move", ("authority", unit.id.0), &detail)?;
    Ok(Changed { changed: true, notes: Vec::new() })
}

fn rename(
    tx: &mut Tx<'_>,
    by: (&dyn Clock, &Actor),
    tree: &mut Tree,
    unit: &Unit,
    (code, name): (Option<&str>, Option<&str>),
    from: Option<Day>,
) -> Result<Changed, ServiceError> {
    let code = code.map_or(unit.code.as_str(), str::trim);
    let name = name.map_or(unit.name.as_str(), str::trim);
    if code.is_empty() || name.is_empty() {
        return Err(ServiceError::refused(name_needed()));
    }
    if code == unit.code && name == unit.name {
        return Ok(Changed::default());
    }
    match from {
        None if code != unit.code => return Err(ServiceError::refused(day_needed())),
        None => {}
        Some(from) => {
            let last = from.pred_opt().ok_or_else(|| ServiceError::refused(day_needed()))?;
            let known = tree.former_names(unit.id).last().and_then(|name| name.span.to());
            let since = known.and_then(|day| day.succ_opt()).or(unit.span.from());
            let days = Span::new(since, Some(last)).filter(|_| unit.span.contains(from));
            let Some(days) = days else {
                return Err(ServiceError::refused(rename_too_early(unit, since, from)));
            };
            // None but a unit of its own time may have had the code; its own former one it may take back.
            let ahead = Span::new(Some(from), unit.span.to()).unwrap_or(days);
            let present = tree.units().any(|one| one.code == code && one.id != unit.id);
            if code != unit.code
                && (present || tree.code_taken(code, ahead, Some(unit.id)).is_some())
            {
                return Err(taken(code));
            }
            was_called(tx, by, tree, unit, (&unit.code, &unit.name), days)?;
        }
    }
    kept::set_authority_name(tx, unit.id.0, code, name)?;
    let detail = serde_json::json!({
        "before": { "code": unit.code, "name": unit.name }, "code": code, "from": from, "name": name,
    });
    record(tx, by, SYSTEM_CHAIN, "authority.rename", ("authority", unit.id.0), &detail)?;
    tree.put(Unit { code: code.to_owned(), name: name.to_owned(), ..unit.clone() });
    Ok(Changed { changed: true, notes: Vec::new() })
}

/// Keeps what a unit was called.
pub(crate) fn was_called(
    tx: &mut Tx<'_>,
    by: (&dyn Clock, &Actor),
    tree: &mut Tree,
    unit: &Unit,
    (code, name): (&str, &str),
    days: Span,
) -> Result<(), ServiceError> {
    let Some(last) = days.to() else { return Err(ServiceError::refused(day_needed())) };
    let row = FormerNameRow {
        id: tx.next_id()?,
        authority_id: unit.id.0,
        code: code.to_owned(),
        name: name.to_owned(),
        valid_from: days.from(),
        valid_to: last,
    };
    kept::insert_former_name(tx, &row)?;
    let detail = serde_json::json!({ "code": code, "from": days.from(), "name": name, "to": last });
    record(tx, by, SYSTEM_CHAIN, "authority.was_called", ("authority", unit.id.0), &detail)?;
    tree.was_called(crate::domain::organisation::FormerName {
        unit: unit.id,
        code: row.code,
        name: row.name,
        span: days,
    });
    Ok(())
}

pub(crate) fn end(
    tx: &mut Tx<'_>,
    by: (&dyn Clock, &Actor),
    tree: &mut Tree,
    unit: &Unit,
    on: Day,
) -> Result<Changed, ServiceError> {
    if unit.span.to() == Some(on) {
        return Ok(Changed::default());
    }
    let span = Span::new(unit.span.from(), Some(on))
        .ok_or_else(|| ServiceError::refused(dates_reversed(unit.span.from(), Some(on))))?;
    tree.put(Unit { span, ..unit.clone() });
    // A later end than before may bring two placements of a school together.
    for placed in placements(tx, tree)?.values() {
        if let Some((one, other)) = overlap(placed)
            && [one.authority, other.with.authority].contains(&unit.id)
        {
            tree.put(unit.clone());
            return Err(ServiceError::refused(ends_too_late(unit, on)));
        }
    }
    kept::set_authority_end(tx, unit.id.0, Some(on))?;
    let detail = serde_json::json!({ "before": unit.span.to(), "code": unit.code, "to": on });
    record(tx, by, SYSTEM_CHAIN, "authority.end", ("authority", unit.id.0), &detail)?;
    Ok(Changed { changed: true, notes: Vec::new() })
}

pub(crate) fn follow(
    tx: &mut Tx<'_>,
    by: (&dyn Clock, &Actor),
    tree: &mut Tree,
    unit: &Unit,
    next: &Unit,
) -> Result<bool, ServiceError> {
    if unit.id == next.id {
        return Err(ServiceError::refused(Diagnostic::new(
            "follows_itself",
            format!("{} không thể kế tục chính mình. Ghi mã của đơn vị khác.", unit.code),
            format!("{} cannot follow itself. Give another unit's code.", unit.code),
        )));
    }
    if tree.successors(unit.id).contains(&next.id) {
        return Ok(false);
    }
    let row = SuccessorRow { id: tx.next_id()?, authority_id: unit.id.0, successor_id: next.id.0 };
    kept::insert_successor(tx, &row)?;
    let detail = serde_json::json!({ "code": unit.code, "successor": next.code });
    record(tx, by, SYSTEM_CHAIN, "authority.follow", ("authority", unit.id.0), &detail)?;
    tree.follow(unit.id, next.id);
    Ok(true)
}

/// The schools and the units that are under nobody on the day after a unit ended.
fn left_alone(
    tx: &mut Tx<'_>,
    tree: &Tree,
    id: AuthorityId,
) -> Result<Vec<Diagnostic>, ServiceError> {
    let Some(unit) = tree.unit(id) else { return Ok(Vec::new()) };
    let Some((last, next)) = unit.span.to().and_then(|last| Some((last, last.succ_opt()?))) else {
        return Ok(Vec::new());
    };
    let all = placements(tx, tree)?;
    let holds = |placed: &[_], day| {
        placed.iter().any(|one: &crate::domain::organisation::Placed| {
            one.holds.is_some_and(|span| span.contains(day))
        })
    };
    let alone: Vec<i64> =
        all.iter()
            .filter(|(_, placed)| {
                placed.iter().any(|one| {
                    one.authority == id && one.holds.is_some_and(|span| span.contains(last))
                }) && !holds(placed, next)
            })
            .map(|(school, _)| *school)
            .collect();
    let mut notes = Vec::new();
    if !alone.is_empty() {
        let mut codes: Vec<String> = rows::schools(tx)?
            .into_iter()
            .filter(|row| alone.contains(&row.id) && row.closed_on.is_none_or(|day| day > last))
            .map(|row| row.code)
            .collect();
        codes.sort_unstable();
        if !codes.is_empty() {
            let codes = codes.join(", ");
            notes.push(Diagnostic::new(
                "schools_without_authority",
                format!(
                    "Từ ngày {} các trường sau chưa thuộc đơn vị nào: {codes}. Chuyển từng trường bằng school place.",
                    vietnamese_day(next)
                ),
                format!(
                    "From {next} on these schools are under nobody: {codes}. Place each with school place."
                ),
            ));
        }
    }
    let orphans: Vec<&str> = tree
        .units()
        .filter(|one| one.span.contains(next) && tree.parent_on(one.id, next) == Some(id))
        .map(|one| one.code.as_str())
        .collect();
    if !orphans.is_empty() {
        let codes = orphans.join(", ");
        notes.push(Diagnostic::new(
            "units_without_parent",
            format!(
                "Từ ngày {} các đơn vị sau chưa có cấp trên: {codes}. Chuyển từng đơn vị bằng authority move.",
                vietnamese_day(next)
            ),
            format!(
                "From {next} on these units have nobody above them: {codes}. Move each with authority move."
            ),
        ));
    }
    if notes.is_empty() && followers(tree, unit, &all).is_empty() {
        notes.push(Diagnostic::new(
            "no_successor",
            format!("Chưa ghi đơn vị nào kế tục {}. Thêm bằng --followed-by.", unit.code),
            format!("Nobody is known to follow {}. Name them with --followed-by.", unit.code),
        ));
    }
    Ok(notes)
}
