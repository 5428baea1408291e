//! The settings of mail to families, and what each must be.

use serde::Deserialize;

use super::layers::Layers;
use super::rules::refused;
use crate::domain::diagnostic::Diagnostic;

/// When families are written to, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letters {
    /// The hour from which on no notices and reminders leave.
    pub quiet_from_hour: u32,
    /// The hour at which that ends.
    pub quiet_to_hour: u32,
    /// Days from the day something is due to each reminder, as written.
    pub reminder_days: Vec<String>,
    /// Days between two reminders of a family at least.
    pub reminder_pause_days: u32,
    /// Minutes from a decision to the mail with its receipt.
    pub receipt_after_minutes: u32,
    /// Letters a family gets within 24 hours at most.
    pub most_a_day: u32,
    /// Letters that are made into mail at once.
    pub batch: usize,
}

impl Letters {
    /// Days from the day something is due to each reminder; `None` where they are not three numbers.
    #[must_use]
    pub fn days(&self) -> Option<[i32; 3]> {
        let numbers: Vec<i32> =
            self.reminder_days.iter().map_while(|day| day.trim().parse().ok()).collect();
        numbers.try_into().ok()
    }
}

/// Every rule a setting of letters breaks.
pub(super) fn broken(layers: &Layers) -> Option<Diagnostic> {
    let setting = layers.get("letters", "reminder_days")?;
    let written = setting.value.as_array()?;
    let days: Vec<i32> = written
        .iter()
        .map_while(|day| day.as_str().and_then(|day| day.trim().parse().ok()))
        .collect();
    let good = days.len() == 3
        && written.len() == 3
        && days.is_sorted_by(|one, next| one < next)
        && days.iter().all(|day| (-30..=60).contains(day));
    (!good).then(|| {
        refused(
            "letters",
            "reminder_days",
            setting,
            "Ghi ba số ngày tăng dần từ -30 đến 60, ví dụ [\"-3\", \"3\", \"10\"].",
            "Write three rising numbers of days from -30 to 60, for example [\"-3\", \"3\", \"10\"].",
        )
    })
}
