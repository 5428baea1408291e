//! Mail that stays in memory, to be looked at.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Outcome, Parcel};

/// What was sent, to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The recipient.
    pub to: String,
    /// The whole message.
    pub message: String,
}

/// Takes every message; copies share what they hold.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    kept: Arc<Mutex<Vec<Kept>>>,
}

impl Memory {
    /// What was sent so far, in its order.
    #[must_use]
    pub fn sent(&self) -> Vec<Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes one message.
    pub(super) fn send(&self, parcel: Parcel<'_>, begin: &mut dyn FnMut() -> bool) -> Outcome {
        if !begin() {
            return Outcome::NotBegun;
        }
        let message = String::from_utf8_lossy(parcel.message).into_owned();
        let kept = Kept { to: parcel.to.to_owned(), message };
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(kept);
        Outcome::Sent { words: String::new() }
    }
}
