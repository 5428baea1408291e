//! Which invoices a payment settles, and why. See [`facts`] for what goes in, [`decision`] for what
//! comes out, and [`Book::decide`] for the rules.

mod answer;
mod book;
mod channel;
mod codes;
mod combine;
mod confidence;
mod contradiction;
mod decide;
pub mod decision;
mod evidence;
pub mod facts;
mod fit;
pub mod lesson;
mod list;
mod names;
pub mod payouts;
mod pieces;
mod rank;
pub mod reasons;
mod refused;
pub mod returns;
mod rival;
pub mod rules;
pub mod session;
mod split;
mod words;

pub use book::Book;
pub use channel::channel;
pub use combine::MOST_INVOICES;
pub use list::{check_codes, check_codes_beside};

/// A map whose keys come from the school's own lists. Whoever writes a transfer's text only looks
/// keys up, so that a fast hash is no way to make it slow.
type Map<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;

#[cfg(test)]
pub(crate) mod tests;
