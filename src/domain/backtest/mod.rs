//! What another setting would have done with payments whose outcome is known: the machine's answers
//! under two settings, judged by what stood. [`Replay`] folds over the history, [`Judge`] counts.

mod judge;
mod replay;

pub use judge::{Confirmed, Confirmer, Count, Difference, Judge, Said, Tally, Verdict};
pub use replay::Replay;
