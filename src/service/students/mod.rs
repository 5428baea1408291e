//! Students: lists taken in with a preview and a way back, the changes of a school year, and what is
//! shown of them.

mod classes;
mod merge;
mod notes;
pub(in crate::service) mod person;
mod roll;

pub mod class_list;
pub mod contacts;
pub mod export;
pub mod imports;
pub mod moves;
pub mod order;
pub mod promote;
pub mod undo;
pub mod view;

pub use crate::formats::roster::Table;
pub use imports::{ImportView, Mode, Options};
pub use moves::{Leaving, Return, Transfer};
pub use promote::{PromotionOutcome, PromotionRequest};
pub use view::{StudentCursor, StudentDetail, StudentView};
