//! The accountant's desk: the review queue a page at a time, one line with everything about it,
//! confirming many lines and undoing, the questions that wait, and what there is to do today.

pub mod bulk;
mod candidates;
mod detail;
mod everything;
mod filter;
pub mod history;
mod home;
pub mod listing;
pub mod questions;
pub mod queue;
mod rows;
mod search;
pub mod split;
mod undo;

pub use candidates::{Candidate, OpenInvoice, candidates, picked};
pub use detail::{Detail, detail};
pub use everything::{Everything, StudentHit, everything};
pub use filter::{Filter, Tab, parse_day};
pub use home::{Home, MissingDays, Task, TaskState, home, waiting};
pub use rows::{Choice, Row};
pub use undo::{GroupUndone, Left, undo_group, undo_payment};
