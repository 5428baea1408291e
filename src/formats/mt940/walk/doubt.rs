//! Lines inside the text of an entry that look like the end of its message. Banks cut long texts
//! wherever a line is full, so that a time of day can leave `:20:15` at the start of a line and a
//! dash alone in one. What follows tells which it was; until then both are possible.

use super::{End, LONGEST_FIELD, Stage, Walk};
use crate::formats::mt940::field::first_line;
use crate::formats::mt940::lines::Line;
use crate::formats::mt940::message;
use crate::formats::mt940::tag::{Shape, Tag, shape};

/// Lines that are held back until it is known what they are.
pub(super) struct Doubt {
    like: Like,
    pub(super) text: String,
    line: u64,
}

/// What a doubtful line looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Like {
    /// The dash that ends a message.
    Dash,
    /// `:20:`, which begins the next one.
    Reference,
}

/// What comes behind a doubtful line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Field(Tag),
    Dash,
    Envelope,
    EndOfFile,
}

impl Walk<'_, '_> {
    /// Whether the field at hand belongs to an entry of a message that is not closed.
    fn in_open_entry(&self) -> bool {
        let of_entry = match self.tag {
            Some(Tag::Line) => true,
            Some(Tag::Narrative) => self.entry.is_some(),
            _ => false,
        };
        of_entry && self.page.as_ref().is_some_and(|page| page.stage == Stage::Joined)
    }

    /// Whether a line that has the shape of a field is text of the entry at hand for certain: a tag
    /// that has no place there and is all digits, as a part of a time is.
    pub(super) fn is_of_the_text(&self, tag: Tag, bare: bool) -> bool {
        let out_of_place = match tag {
            Tag::Other | Tag::Time => true,
            // Behind what looks like the next message's first field these are its further ones.
            Tag::Related | Tag::Account | Tag::Number => self.doubt.is_none(),
            _ => false,
        };
        bare && out_of_place && self.tag == Some(Tag::Narrative) && self.in_open_entry()
    }

    /// Holds a line back if it cannot be known yet whether it is text.
    pub(super) fn hold_back(&mut self, like: Like, line: Line<'_>) -> bool {
        let held = self.in_open_entry();
        if held {
            self.doubt = Some(Doubt { like, text: line.text.to_owned(), line: line.number });
        }
        held
    }

    /// Decides what the lines held back were, by what comes behind them.
    pub(super) fn decide(&mut self, next: Next) {
        let Some(doubt) = self.doubt.take() else { return };
        let over = match (doubt.like, next) {
            (Like::Dash, Next::Field(Tag::Reference)) => true,
            (_, Next::Field(tag)) => tag.of_head(),
            (Like::Dash, Next::Envelope) | (_, Next::EndOfFile) => true,
            (Like::Reference, Next::Envelope) | (_, Next::Dash) => false,
        };
        if over {
            self.end_field();
            match doubt.like {
                Like::Dash => self.end_by_mark(doubt.line),
                Like::Reference => {
                    self.end_message(doubt.line.saturating_sub(1), End::Next);
                    if let Shape::Field { tag, value, .. } = shape(first_line(&doubt.text)) {
                        self.begin_field(tag, value, doubt.line);
                    }
                }
            }
        } else if self.value.len() + doubt.text.len() > LONGEST_FIELD {
            self.fail(message::too_long(doubt.line));
            self.stopped = true;
        } else {
            self.value.push('\n');
            self.value.push_str(&doubt.text);
        }
    }
}
