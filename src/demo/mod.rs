//! A made-up province to try the product on: schools, students, invoices, statements. Pure; nothing
//! in it is real, and the same seed always gives the same bytes.

pub mod banks;
pub mod delivery;
pub mod error;
pub mod fees;
pub mod format;
pub mod lists;
pub mod measure;
pub mod memo;
pub mod movement;
pub mod names;
pub mod payments;
pub mod random;
pub mod roll;
pub mod schools;
pub mod sheet;
pub mod simulate;
pub mod spec;
pub mod till;
pub mod truth;
pub mod world;
pub mod wrapping;
pub mod writers;

#[cfg(test)]
mod lists_readback;
#[cfg(test)]
mod readback;
#[cfg(test)]
mod settling;
#[cfg(test)]
mod tests;
