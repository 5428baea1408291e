//! The accountant's desk: the review queue a page at a time, one line with everything about it,
//! confirming many lines and undoing, the questions that wait, and what there is to do today.

pub mod bulk;
mod candidates;
mod detail;
mod filter;
pub mod history;
mod home;
pub mod questions;
pub mod queue;
mod rows;
mod search;
mod undo;

pub use candidates::{Candidate, OpenInvoice, candidates};
pub use detail::{Detail, detail};
pub use filter::{Filter, Tab, parse_day};
pub use home::{Home, MissingDays, Task, TaskState, home};
pub use rows::{Choice, Row};
pub use undo::{GroupUndone, Left, undo_group, undo_payment};
