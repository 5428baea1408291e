//! The rules as tables: what a school knows, what a transfer says, what must come of it.

mod doubtful;
mod people;
pub mod school;
mod settlement;
mod without_codes;
mod world;
