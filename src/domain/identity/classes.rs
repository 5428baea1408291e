//! Lines put together because they show the same money, and lines kept apart because they do not.

use std::collections::HashMap;

use super::line::{Lines, Ruling};

/// Classes of lines. A class goes by one of its lines, its head.
#[derive(Clone, Debug)]
pub(super) struct Classes {
    heads: Vec<usize>,
    /// The members of classes of more than one line.
    members: HashMap<usize, Vec<usize>>,
    /// Lines that a person said are two payments.
    apart: Vec<(usize, usize)>,
}

impl Classes {
    /// Each line alone, but for what persons said, the newest ruling first: an older one that
    /// contradicts newer ones counts no more.
    pub fn ruled(lines: &Lines, rulings: &[Ruling]) -> Classes {
        let mut classes = Classes {
            heads: (0..lines.len()).collect(),
            members: HashMap::new(),
            apart: Vec::new(),
        };
        for ruling in rulings {
            let (Some(one), Some(other)) = (lines.find(&ruling.one), lines.find(&ruling.other))
            else {
                continue;
            };
            let shown = |line| lines.get(line).is_some_and(|line| !line.seen.is_empty());
            let (a, b) = (classes.head(one), classes.head(other));
            if a == b || classes.kept_apart(a, b) || !shown(one) || !shown(other) {
                continue;
            }
            if ruling.same {
                classes.join(one, other);
            } else {
                classes.apart.push((one, other));
            }
        }
        classes
    }

    /// The head of a line's class.
    pub fn head(&self, line: usize) -> usize {
        self.heads.get(line).copied().unwrap_or(line)
    }

    /// The lines of the class with this head.
    pub fn members<'a>(&'a self, head: &'a usize) -> &'a [usize] {
        self.members.get(head).map_or(std::slice::from_ref(head), Vec::as_slice)
    }

    /// Whether a person said that lines of two classes are two payments.
    pub fn kept_apart(&self, one: usize, other: usize) -> bool {
        self.apart.iter().any(|(a, b)| {
            let (a, b) = (self.head(*a), self.head(*b));
            (a, b) == (one, other) || (a, b) == (other, one)
        })
    }

    /// Whether a person kept any line apart from others.
    pub fn any_apart(&self) -> bool {
        !self.apart.is_empty()
    }

    /// Whether a person kept this class apart from any.
    pub fn is_kept_apart(&self, class: usize) -> bool {
        self.apart.iter().any(|(a, b)| self.head(*a) == class || self.head(*b) == class)
    }

    /// Puts the classes of two lines together.
    pub fn join(&mut self, one: usize, other: usize) {
        let (keep, gone) = (self.head(one), self.head(other));
        if keep == gone {
            return;
        }
        let moved = self.members.remove(&gone).unwrap_or_else(|| vec![gone]);
        for line in &moved {
            if let Some(head) = self.heads.get_mut(*line) {
                *head = keep;
            }
        }
        self.members.entry(keep).or_insert_with(|| vec![keep]).extend(moved);
    }
}
