//! Which of a few open invoices add up to an amount.

use crate::domain::money::Vnd;

/// More open invoices than this are not combined: too many sets would add up by chance.
pub const MOST_INVOICES: usize = 12;

/// More answers than this are not listed.
const MOST_ANSWERS: usize = 5;

/// The sets of items that add up to `target` exactly, up to six; each set in the items' order.
/// Empty also when there are more than twelve items.
pub(super) fn sets_adding_up(items: &[(usize, Vnd)], target: Vnd) -> Vec<Vec<usize>> {
    if items.len() > MOST_INVOICES {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut chosen = Vec::new();
    search(items, target, &mut chosen, &mut found);
    found
}

fn search(items: &[(usize, Vnd)], left: Vnd, chosen: &mut Vec<usize>, found: &mut Vec<Vec<usize>>) {
    if left.is_zero() {
        if !chosen.is_empty() {
            found.push(chosen.clone());
        }
        return;
    }
    for (index, (item, amount)) in items.iter().enumerate() {
        if found.len() > MOST_ANSWERS {
            return;
        }
        let Some(rest) = left.checked_sub(*amount) else { continue };
        if rest < Vnd::ZERO || !amount.is_positive() {
            continue;
        }
        chosen.push(*item);
        search(items.get(index + 1..).unwrap_or_default(), rest, chosen, found);
        chosen.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_sets_that_add_up_are_found() {
        let items: Vec<_> = [300, 200, 100, 100].into_iter().map(Vnd::new).enumerate().collect();
        for (why, target, expected) in [
            ("one way", 700, &[&[0, 1, 2, 3][..]][..]),
            ("none", 50, &[]),
            ("more than all", 800, &[]),
            ("nothing", 0, &[]),
            ("three ways", 400, &[&[0, 2], &[0, 3], &[1, 2, 3]]),
        ] {
            assert_eq!(sets_adding_up(&items, Vnd::new(target)), expected, "{why}");
        }
        let many: Vec<_> = (0..13).map(|item| (item, Vnd::new(1))).collect();
        assert!(sets_adding_up(&many, Vnd::new(13)).is_empty());
    }
}
