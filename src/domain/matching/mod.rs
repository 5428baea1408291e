//! Which invoices a payment settles, and why. See [`facts`] for what goes in, [`decision`] for what
//! comes out, and [`Book::decide`] for the rules.

mod answer;
mod book;
mod channel;
mod codes;
mod combine;
mod contradiction;
mod decide;
pub mod decision;
mod evidence;
pub mod facts;
mod fit;
mod list;
mod names;
mod pieces;
mod rank;
pub mod reasons;
pub mod returns;
mod rival;
pub mod session;
mod split;
mod words;

pub use book::Book;
pub use channel::channel;
pub use list::{check_codes, check_codes_beside};

#[cfg(test)]
pub(crate) mod tests;
