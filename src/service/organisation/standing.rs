//! Whether an authority can be asked about a period, and which of its days decides.

use std::collections::{BTreeMap, HashSet};

use super::{find, former_code_note, placed, tree};
use crate::domain::calendar::{Day, Period, vietnamese_day};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::AuthorityId;
use crate::domain::organisation::{Placed, Tree, Unit};
use crate::service::ServiceError;
use crate::store::directory as rows;
use crate::store::{Store, Tx};

/// How many units or schools a message names.
const NAMED: usize = 10;

/// An authority that exists on the last day of a period, as it was called then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Its id.
    pub id: AuthorityId,
    /// Its code on that day.
    pub code: String,
    /// Its name on that day.
    pub name: String,
    /// What whoever reads the figures must know.
    pub notes: Vec<Diagnostic>,
}

/// The authority that `code` names on the last day of the period. One that does not exist then is
/// refused with who was, or is, in its place.
pub(crate) fn standing(
    store: &Store,
    code: &str,
    period: Period,
) -> Result<Standing, ServiceError> {
    store.read(|tx| {
        let tree = tree(tx)?;
        let found = find(&tree, code, Some(period.to()))?;
        let unit = found.unit;
        let all = placements(tx, &tree)?;
        if unit.span.to().is_some_and(|last| last < period.to()) {
            return Err(ServiceError::refused(ended(&tree, unit, &all, period)));
        }
        if unit.span.from().is_some_and(|first| period.to() < first) {
            return Err(ServiceError::refused(not_yet(&tree, unit, &all, period)));
        }
        let (now_code, name) = tree.called(unit, period.to());
        let mut notes = Vec::new();
        if now_code != code {
            notes.push(former_code_note(code, now_code, name));
        }
        notes.extend(crossed(tx, &tree, unit, &all, period)?);
        Ok(Standing { id: unit.id, code: now_code.to_owned(), name: name.to_owned(), notes })
    })
}

/// Every placement, by school.
pub(super) fn placements(
    tx: &mut Tx<'_>,
    tree: &Tree,
) -> Result<BTreeMap<i64, Vec<Placed>>, ServiceError> {
    let mut all: BTreeMap<i64, Vec<Placed>> = BTreeMap::new();
    let found = rows::placements(tx)?;
    for (row, one) in found.iter().zip(placed(tree, &found)?) {
        all.entry(row.school_id).or_default().push(one);
    }
    Ok(all)
}

/// The schools placed under some authorities on a day.
pub(super) fn schools_on(
    all: &BTreeMap<i64, Vec<Placed>>,
    under: &HashSet<AuthorityId>,
    day: Day,
) -> HashSet<i64> {
    let holds = |one: &Placed| {
        under.contains(&one.authority) && one.holds.is_some_and(|span| span.contains(day))
    };
    all.iter().filter(|(_, placed)| placed.iter().any(holds)).map(|(school, _)| *school).collect()
}

/// Who follows a unit that ended: those that were named, and those its schools went to; each with how
/// many of its schools.
pub(super) fn followers<'t>(
    tree: &'t Tree,
    unit: &Unit,
    all: &BTreeMap<i64, Vec<Placed>>,
) -> Vec<(&'t Unit, usize)> {
    let mut found: BTreeMap<AuthorityId, usize> =
        tree.successors(unit.id).into_iter().map(|id| (id, 0)).collect();
    let days = unit.span.to().and_then(|last| Some((last, last.succ_opt()?)));
    if let Some((last, next)) = days {
        count_moves(all, (unit.id, last), next, &mut found);
    }
    named(tree, found)
}

/// Whom a unit follows, in the same way.
fn followed<'t>(
    tree: &'t Tree,
    unit: &Unit,
    all: &BTreeMap<i64, Vec<Placed>>,
) -> Vec<(&'t Unit, usize)> {
    let mut found: BTreeMap<AuthorityId, usize> =
        tree.predecessors(unit.id).into_iter().map(|id| (id, 0)).collect();
    let days = unit.span.from().and_then(|first| Some((first, first.pred_opt()?)));
    if let Some((first, before)) = days {
        count_moves(all, (unit.id, first), before, &mut found);
    }
    named(tree, found)
}

/// Counts where schools that are under a unit on one day are on another.
fn count_moves(
    all: &BTreeMap<i64, Vec<Placed>>,
    (unit, day): (AuthorityId, Day),
    other: Day,
    found: &mut BTreeMap<AuthorityId, usize>,
) {
    let on = |placed: &[Placed], day: Day| {
        let here = placed.iter().find(|one| one.holds.is_some_and(|span| span.contains(day)));
        here.map(|one| one.authority)
    };
    for placed in all.values().filter(|placed| on(placed, day) == Some(unit)) {
        if let Some(there) = on(placed, other).filter(|there| *there != unit) {
            let count = found.entry(there).or_default();
            *count = count.saturating_add(1);
        }
    }
}

fn named(tree: &Tree, found: BTreeMap<AuthorityId, usize>) -> Vec<(&Unit, usize)> {
    let mut units: Vec<_> =
        found.into_iter().filter_map(|(id, count)| Some((tree.unit(id)?, count))).collect();
    units.sort_by(|one, two| one.0.code.cmp(&two.0.code));
    units
}

/// Units in a sentence: `XA-A (Xã A, 3 trường), XA-B (Xã B)`.
fn listed(units: &[(&Unit, usize)]) -> (String, String) {
    let of = |schools: fn(usize) -> String, more: fn(usize) -> String| {
        let mut words: Vec<String> = units
            .iter()
            .take(NAMED)
            .map(|(unit, count)| {
                let schools = if *count > 0 { schools(*count) } else { String::new() };
                format!("{} ({}{schools})", unit.code, unit.name)
            })
            .collect();
        if units.len() > NAMED {
            words.push(more(units.len() - NAMED));
        }
        words.join(", ")
    };
    (
        of(|n| format!(", {n} trường"), |n| format!("{n} đơn vị khác")),
        of(
            |n| if n == 1 { ", 1 school".to_owned() } else { format!(", {n} schools") },
            |n| format!("{n} more"),
        ),
    )
}

fn ended(tree: &Tree, unit: &Unit, all: &BTreeMap<i64, Vec<Placed>>, period: Period) -> Diagnostic {
    let last = unit.span.to().unwrap_or(period.to());
    let next = last.succ_opt().unwrap_or(last);
    let (vi, en) = listed(&followers(tree, unit, all));
    let (vi_who, en_who) = if vi.is_empty() {
        (
            "Chưa có đơn vị nào được ghi là kế tục.".to_owned(),
            "No unit is known to follow it.".to_owned(),
        )
    } else {
        (format!("Đơn vị kế tục: {vi}."), format!("It is followed by: {en}."))
    };
    let (vi_how, en_how) = if period.contains(last) {
        (
            format!(
                "Kỳ báo cáo đi qua ngày này, và ngày cuối kỳ quyết định trường thuộc đơn vị nào: hãy lấy riêng đến {} ở đơn vị này, từ {} ở các đơn vị kế tục.",
                vietnamese_day(last),
                vietnamese_day(next)
            ),
            format!(
                "The period crosses that day, and its last day decides where a school belongs: ask this unit until {last} and those that follow from {next} on."
            ),
        )
    } else {
        (
            format!(
                "Hãy lấy báo cáo ở đơn vị kế tục, hoặc chọn kỳ kết thúc không sau ngày {}.",
                vietnamese_day(last)
            ),
            format!("Ask those that follow, or choose a period that ends on {last} or before."),
        )
    };
    Diagnostic::new(
        "authority_ended",
        format!(
            "{} ({}) đã kết thúc ngày {}; ngày cuối kỳ là {}. {vi_who} {vi_how}",
            unit.name,
            unit.code,
            vietnamese_day(last),
            vietnamese_day(period.to())
        ),
        format!(
            "{} ({}) ended on {last}; the last day of the period is {}. {en_who} {en_how}",
            unit.name,
            unit.code,
            period.to()
        ),
    )
}

fn not_yet(
    tree: &Tree,
    unit: &Unit,
    all: &BTreeMap<i64, Vec<Placed>>,
    period: Period,
) -> Diagnostic {
    let first = unit.span.from().unwrap_or(period.to());
    let (vi, en) = listed(&followed(tree, unit, all));
    let (vi_who, en_who) = if vi.is_empty() {
        (String::new(), String::new())
    } else {
        (format!(" Trước đó là: {vi}."), format!(" Before it there was: {en}."))
    };
    Diagnostic::new(
        "authority_not_yet",
        format!(
            "{} ({}) bắt đầu ngày {}; ngày cuối kỳ là {}.{vi_who} Hãy lấy báo cáo ở đơn vị trước đó, hoặc chọn kỳ kết thúc từ ngày {} trở đi.",
            unit.name,
            unit.code,
            vietnamese_day(first),
            vietnamese_day(period.to()),
            vietnamese_day(first)
        ),
        format!(
            "{} ({}) began on {first}; the last day of the period is {}.{en_who} Ask the unit before it, or choose a period that ends on {first} or later.",
            unit.name,
            unit.code,
            period.to()
        ),
    )
}

/// What changed within the period, when anything did: the last day decides.
fn crossed(
    tx: &mut Tx<'_>,
    tree: &Tree,
    unit: &Unit,
    all: &BTreeMap<i64, Vec<Placed>>,
    period: Period,
) -> Result<Option<Diagnostic>, ServiceError> {
    let at = |day| schools_on(all, &tree.under(unit.id, day), day);
    let (before, after) = (at(period.from()), at(period.to()));
    if before == after && unit.span.contains(period.from()) {
        return Ok(None);
    }
    let codes: BTreeMap<i64, String> =
        rows::schools(tx)?.into_iter().map(|row| (row.id, row.code)).collect();
    let of = |schools: &HashSet<i64>, other: &HashSet<i64>| {
        let mut names: Vec<&str> =
            schools.difference(other).filter_map(|id| codes.get(id).map(String::as_str)).collect();
        names.sort_unstable();
        let count = names.len();
        let dots = if count > NAMED { ", …" } else { "" };
        let names = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        (count, if count == 0 { String::new() } else { format!(" ({names}{dots})") })
    };
    let ((came, who_came), (left, who_left)) = (of(&after, &before), of(&before, &after));
    let (vi_since, en_since) = match unit.span.from().filter(|first| *first > period.from()) {
        Some(first) => (
            format!("{} có từ ngày {}. ", unit.name, vietnamese_day(first)),
            format!("{} exists since {first}. ", unit.name),
        ),
        None => (String::new(), String::new()),
    };
    Ok(Some(Diagnostic::new(
        "period_crosses_change",
        format!(
            "{vi_since}Kỳ báo cáo đi qua ngày thay đổi: trường được tính cả kỳ ở đơn vị quản lý trường vào ngày cuối kỳ, {}. So với ngày đầu kỳ: thêm {came} trường{who_came}, bớt {left} trường{who_left}.",
            vietnamese_day(period.to())
        ),
        format!(
            "{en_since}The period crosses a change: a school counts for the whole period under whom it is on the last day, {}. Schools against the first day: {came} more{who_came}, {left} fewer{who_left}.",
            period.to()
        ),
    )))
}
