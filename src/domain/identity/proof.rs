//! What proves that two lines of one source are the same, though the bank gave one of them another
//! reference later: the running balance after them, the statements they stand in.

use rust_decimal::Decimal;

use super::classes::Classes;
use super::line::{Line, Lines, Span, gather};
use super::{Key, LARGEST_GROUP};

/// What lines must share to be the same: source and text key, that is account, day, direction,
/// amount and text.
type Alike = (usize, Key);

pub(super) fn alike(line: &Line) -> Alike {
    (line.source, line.print.text)
}

/// Whether two lines of one source and text are proven to be two payments: a file shows both, the
/// account stood differently after them, or their source numbers its lines and no reference of the
/// bank's says that it gave one movement two numbers.
pub(super) fn surely_two(lines: &Lines, one: &Line, other: &Line) -> bool {
    lines.together(one, other)
        || balances(one, other).is_some_and(|(one, other)| one != other)
        || (numbered(one, other)
            && (one.print.reference.is_none() || one.print.reference != other.print.reference))
}

fn numbered(one: &Line, other: &Line) -> bool {
    one.print.numbered && other.print.numbered
}

fn balances(one: &Line, other: &Line) -> Option<(Decimal, Decimal)> {
    Some((one.print.balance?, other.print.balance?))
}

/// Puts together what is proven to be the same within each source.
pub(super) fn join_within_sources(lines: &Lines, order: &[usize], classes: &mut Classes) {
    let groups: Vec<(Alike, Vec<usize>)> =
        gather(order.iter().filter_map(|index| Some((alike(lines.get(*index)?), *index))))
            .into_iter()
            .filter(|(_, group)| group.len() > 1)
            .collect();
    for (_, group) in &groups {
        let by_balance = gather(
            group.iter().filter_map(|index| Some((lines.get(*index)?.print.balance?, *index))),
        );
        for (_, equal) in &by_balance {
            join_pairs(lines, equal, classes);
        }
        let by_reference = gather(
            group.iter().filter_map(|index| Some((lines.get(*index)?.print.reference?, *index))),
        );
        for (_, equal) in &by_reference {
            join_pairs(lines, equal, classes);
        }
        join_equal_statements(lines, group, classes);
    }
}

/// Lines equal in all that identifies them: each joins the first it may.
fn join_pairs(lines: &Lines, equal: &[usize], classes: &mut Classes) {
    if equal.len() < 2 || equal.len() > LARGEST_GROUP {
        return;
    }
    for (place, one) in equal.iter().enumerate() {
        for other in equal.iter().skip(place + 1) {
            join(lines, *one, *other, classes);
        }
    }
}

fn join(lines: &Lines, one: usize, other: usize, classes: &mut Classes) {
    let (a, b) = (classes.head(one), classes.head(other));
    if a == b || classes.kept_apart(a, b) {
        return;
    }
    let contradicted = classes.members(&a).iter().any(|one| {
        classes.members(&b).iter().any(|other| match (lines.get(*one), lines.get(*other)) {
            // Two numbers for one reference are a question for a person, never an answer.
            (Some(one), Some(other)) => {
                one.source == other.source
                    && (numbered(one, other) || surely_two(lines, one, other))
            }
            _ => true,
        })
    });
    if !contradicted {
        classes.join(one, other);
    }
}

/// Statements of the same days from the same balance to the same balance show the same lines: those
/// that only one of them has are those that only the other has, one to one, in their order.
fn join_equal_statements(lines: &Lines, group: &[usize], classes: &mut Classes) {
    let places = group.iter().flat_map(|index| {
        lines.get(*index).into_iter().flat_map(|line| &line.seen).filter_map(|seen| {
            Some(((*lines.span(seen.statement)?, seen.statement), (seen.position, *index)))
        })
    });
    let mut by_span: Vec<(Span, Vec<Vec<usize>>)> = Vec::new();
    for ((span, _), mut shown) in gather(places) {
        shown.sort_unstable();
        let shown: Vec<usize> = shown.into_iter().map(|(_, index)| index).collect();
        match by_span.iter_mut().find(|(known, _)| *known == span) {
            Some((_, statements)) => statements.push(shown),
            None => by_span.push((span, vec![shown])),
        }
        if by_span.len() > LARGEST_GROUP {
            return;
        }
    }
    // Statements come in an order of their content, whoever was read first.
    let rank = |shown: &Vec<usize>| -> Vec<Option<usize>> {
        shown.iter().map(|line| group.iter().position(|other| other == line)).collect()
    };
    for (_, mut statements) in by_span {
        if statements.len() < 2 {
            continue;
        }
        if group.len() <= LARGEST_GROUP {
            statements.sort_by_cached_key(rank);
        }
        for (place, one) in statements.iter().enumerate() {
            for other in statements.iter().skip(place + 1) {
                join_shown(lines, one, other, classes);
            }
        }
    }
}

fn join_shown(lines: &Lines, one: &[usize], other: &[usize], classes: &mut Classes) {
    let of = |shown: &[usize], classes: &Classes| -> std::collections::HashSet<usize> {
        shown.iter().map(|line| classes.head(*line)).collect()
    };
    let (in_one, in_other) = (of(one, classes), of(other, classes));
    let only = |shown: &[usize], elsewhere: &std::collections::HashSet<usize>| -> Vec<usize> {
        shown.iter().copied().filter(|line| !elsewhere.contains(&classes.head(*line))).collect()
    };
    let (one, other) = (only(one, &in_other), only(other, &in_one));
    if one.len() == other.len() {
        for (one, other) in one.into_iter().zip(other) {
            join(lines, one, other, classes);
        }
    }
}
