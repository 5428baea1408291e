//! The guided tour: how far each person has come in it.

use crate::clock::Clock;
use crate::service::ServiceError;
use crate::service::sessions::lock_user;
use crate::store::Store;
use crate::store::tours::{self, TourRow};

/// How many steps there are.
pub const STEPS: usize = 7;

/// How far somebody has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// They have not been asked yet.
    #[default]
    Offered,
    /// At this step, from 1.
    At(usize),
    /// It is over, or they did not want it.
    Over,
}

/// How far a person has come.
pub fn of(store: &Store, user: i64) -> Result<Progress, ServiceError> {
    let row = store.read(|tx| tours::find(tx, user))?;
    Ok(match row.map(|row| usize::try_from(row.step).unwrap_or_default()) {
        None => Progress::Offered,
        Some(step @ 1..=STEPS) => Progress::At(step),
        Some(_) => Progress::Over,
    })
}

/// Puts a person at a step; 0, or one that there is not, ends the tour. It can be begun again.
pub fn go_to(
    store: &Store,
    clock: &dyn Clock,
    user: i64,
    step: usize,
) -> Result<Progress, ServiceError> {
    let step = if step <= STEPS { step } else { 0 };
    store.write(|tx| {
        lock_user(tx, user)?;
        let row = TourRow {
            id: user,
            step: i64::try_from(step).unwrap_or_default(),
            changed_at: clock.now(),
        };
        tours::set(tx, &row)?;
        Ok(if step == 0 { Progress::Over } else { Progress::At(step) })
    })
}
