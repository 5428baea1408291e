//! Pages: of a message over several files, and of a statement within one.

use super::message;
use super::spot::Paged;
use crate::domain::diagnostic::Diagnostic;

/// What a pagination element has said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageDraft {
    pub number: Option<u32>,
    pub last: Option<bool>,
}

/// Which page something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// From 1.
    pub number: u32,
    /// Whether the bank says that another follows, or that none does.
    pub last: Option<bool>,
    /// What is divided.
    pub of: Paged,
}

impl Page {
    /// The page that an element states, if it does.
    pub const fn new(draft: PageDraft, of: Paged) -> Option<Page> {
        match draft.number {
            Some(number) => Some(Page { number, last: draft.last, of }),
            None => None,
        }
    }

    /// Whether `next` is the page after this one of the same thing.
    pub fn is_followed_by(self, next: Page) -> bool {
        self.of == next.of
            && self.last != Some(true)
            && self.number.checked_add(1) == Some(next.number)
    }

    /// Whether a page after this one exists or may exist.
    pub fn may_go_on(self) -> bool {
        self.last != Some(true)
    }

    /// A warning when pages before this one are missing.
    pub fn misses_earlier(self, line: u64) -> Option<Diagnostic> {
        (self.number > 1).then(|| message::earlier_pages_missing(self.of, self.number, line))
    }

    /// A warning when a page after this one is announced and did not come.
    pub fn misses_next(self, line: u64) -> Option<Diagnostic> {
        (self.last == Some(false)).then(|| message::next_page_missing(self.of, self.number, line))
    }
}

/// The pages of the messages in a file; nearly always one.
#[derive(Debug, Default)]
pub struct MessagePages {
    current: Option<Page>,
}

impl MessagePages {
    /// Takes note of a group header that ends on `line`; warnings for pages that did not come.
    pub fn follow(&mut self, next: Option<Page>, line: u64) -> Vec<Diagnostic> {
        let before = std::mem::replace(&mut self.current, next);
        let continues = before.zip(next).is_some_and(|(before, next)| before.is_followed_by(next));
        if continues {
            return Vec::new();
        }
        let unfinished = before.and_then(|before| before.misses_next(line));
        let headless = next.and_then(|next| next.misses_earlier(line));
        unfinished.into_iter().chain(headless).collect()
    }

    /// The page of the message being read.
    pub const fn current(&self) -> Option<Page> {
        self.current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(number: u32, last: bool) -> Option<Page> {
        Page::new(PageDraft { number: Some(number), last: Some(last) }, Paged::Message)
    }

    #[test]
    fn pages_that_did_not_come_are_named() {
        for (why, pages, missing) in [
            ("no pages", vec![None], 0),
            ("one page", vec![page(1, true)], 0),
            ("two pages", vec![page(1, false), page(2, true)], 0),
            ("the first is missing", vec![page(2, true)], 1),
            ("the last is missing", vec![page(1, false)], 1),
            ("the one between is missing", vec![page(1, false), page(3, true)], 2),
            ("two whole messages", vec![page(1, true), page(1, true)], 0),
            ("no message says more", vec![page(1, false), None], 1),
        ] {
            let mut seen = MessagePages::default();
            let mut notes = Vec::new();
            for next in pages {
                notes.extend(seen.follow(next, 1));
            }
            notes.extend(seen.follow(None, 1));
            assert_eq!(notes.len(), missing, "{why}: {notes:?}");
        }
    }
}
