//! Elements that are passed over with all they contain: scripts, lists of choices, what is hidden.

use super::tags::Tag;

/// An element that is passed over until its end.
#[derive(Debug)]
pub struct Skipped {
    name: Vec<u8>,
    kind: Tag,
    /// Elements of the same name inside it.
    depth: u32,
    /// Tables inside it, itself included.
    tables: u32,
    /// Whether it would be seen if the page did not hide it, and nobody was told yet.
    hides: bool,
}

/// What the end of a tag means for an element that is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// It goes on.
    On,
    /// It ends here.
    Ended,
    /// What contains it ends here.
    Overrun,
}

impl Skipped {
    /// Begins to pass over an element.
    pub fn new(name: &[u8], kind: Tag, hidden: bool) -> Skipped {
        Skipped {
            name: name.to_vec(),
            kind,
            depth: 0,
            tables: u32::from(kind == Tag::Table),
            hides: hidden && kind != Tag::Title,
        }
    }

    /// Whether it is the title of the page.
    pub fn is_title(&self) -> bool {
        self.kind == Tag::Title
    }

    /// Whether a text in it is the first that a person would miss.
    pub fn is_told_first(&mut self) -> bool {
        std::mem::take(&mut self.hides)
    }

    /// Whether a tag that starts is inside. The next cell or row ends what is open in the cell before.
    pub fn holds_start(&mut self, name: &[u8], kind: Tag) -> bool {
        if kind == Tag::Table {
            self.tables += 1;
        } else if self.tables == 0 && self.is_part_of_table_around(kind) {
            return false;
        } else if name == self.name {
            self.depth += 1;
        }
        true
    }

    /// What a tag that ends means.
    pub fn take_end(&mut self, name: &[u8], kind: Tag) -> Skip {
        if kind == Tag::Table {
            if self.tables == 0 {
                return Skip::Overrun;
            }
            self.tables -= 1;
            return if self.tables == 0 && self.kind == Tag::Table {
                Skip::Ended
            } else {
                Skip::On
            };
        }
        if name != self.name {
            let overrun = self.tables == 0 && self.is_part_of_table_around(kind);
            return if overrun { Skip::Overrun } else { Skip::On };
        }
        if self.depth == 0 {
            return Skip::Ended;
        }
        self.depth -= 1;
        Skip::On
    }

    /// Whether such a tag belongs to the table that the element stands in. A group of rows holds
    /// rows and cells, and ends where the next group starts.
    fn is_part_of_table_around(&self, kind: Tag) -> bool {
        kind == Tag::Group || (self.kind != Tag::Group && matches!(kind, Tag::Row | Tag::Cell))
    }
}
