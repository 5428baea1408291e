//! Who supervises which school on which day: units that begin, end, move and change their names.

mod kind;
mod level;
mod ownership;
mod placement;
mod span;
mod tree;

pub use kind::AuthorityKind;
pub use level::{Level, UnknownLevel};
pub use ownership::Ownership;
pub use placement::{Overlap, Placed, Placing, gaps, overlap, place};
pub use span::Span;
pub use tree::{FormerName, Found, ParentChange, Tree, Unit};

#[cfg(test)]
mod tests;
