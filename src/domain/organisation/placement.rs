//! Where a school belongs, and what a new placement does to those before it.

use crate::domain::calendar::Day;
use crate::domain::id::AuthorityId;

use super::Span;

/// A placement of a school as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The row.
    pub id: i64,
    /// Under whom.
    pub authority: AuthorityId,
    /// On which days, as it was said.
    pub span: Span,
    /// On which of them the authority exists: `None` when on none.
    pub holds: Option<Span>,
}

/// What becomes of a new placement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placing {
    /// It is known already.
    Known,
    /// It is added, after open ones were closed: each row and its last day.
    New {
        /// The rows that end, and when.
        close: Vec<(i64, Day)>,
    },
}

/// A new placement that has days with another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The other one.
    pub with: Placed,
    /// The days both have.
    pub days: Span,
}

/// Decides a new placement under `authority`; `holds` are those of its days on which the authority
/// exists. A placement without an end is closed by the next one; two that state their days and have
/// some in common are refused.
pub fn place(
    existing: &[Placed],
    authority: AuthorityId,
    span: Span,
    holds: Span,
) -> Result<Placing, Overlap> {
    let same = |one: &Placed| {
        one.authority == authority
            && one.span.from() == span.from()
            && (span.to().is_none() || one.span.to() == span.to())
    };
    if existing.iter().any(same) {
        return Ok(Placing::Known);
    }
    let mut close = Vec::new();
    for one in existing {
        let moved = span.from().filter(|from| {
            one.authority != authority
                && one.span.to().is_none()
                && one.span.from().is_none_or(|begun| begun < *from)
        });
        if let Some(last) = moved.and_then(|from| from.pred_opt()) {
            let ended = one.holds.and_then(Span::to);
            close.push((one.id, ended.map_or(last, |ended| ended.min(last))));
            continue;
        }
        if let Some(days) = one.holds.and_then(|other| other.both(holds)) {
            return Err(Overlap { with: *one, days });
        }
    }
    Ok(Placing::New { close })
}

/// Two placements of a school that have days in common, if there are any.
#[must_use]
pub fn overlap(placed: &[Placed]) -> Option<(Placed, Overlap)> {
    placed.iter().enumerate().find_map(|(index, one)| {
        placed.iter().skip(index + 1).find_map(|other| {
            let days = one.holds?.both(other.holds?)?;
            Some((*one, Overlap { with: *other, days }))
        })
    })
}

/// The days between a school's first placement and `until` on which it is under nobody.
#[must_use]
pub fn gaps(placed: &[Placed], until: Option<Day>) -> Vec<Span> {
    let mut spans: Vec<Span> = placed.iter().filter_map(|one| one.holds).collect();
    spans.sort_by_key(|span| span.from());
    let mut gaps = Vec::new();
    // The last day that is covered so far: `None` before the first span and after an open one.
    let mut covered: Option<Day> = None;
    for (index, span) in spans.iter().enumerate() {
        if let (Some(last), Some(from)) = (covered, span.from())
            && let Some((first, end)) = last.succ_opt().zip(from.pred_opt())
            && let Some(gap) = Span::new(Some(first), Some(end))
        {
            gaps.push(gap);
        }
        let Some(to) = span.to() else { return gaps };
        covered = if index == 0 { Some(to) } else { covered.max(Some(to)) };
    }
    if let Some(first) = covered.and_then(|last| last.succ_opt())
        && until.is_none_or(|until| first <= until)
        && let Some(gap) = Span::new(Some(first), until)
    {
        gaps.push(gap);
    }
    gaps
}
