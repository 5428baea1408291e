//! Rounds as screens show them: pages of a list with sums, one by its id.

use std::collections::HashMap;

use chrono::{Datelike as _, Months};
use sha2::{Digest as _, Sha256};

use super::rounds::{self, RoundTerms, RoundView};
use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::id::{RoundId, SchoolId};
use crate::domain::money::Vnd;
use crate::domain::school_year::SchoolYear;
use crate::domain::text::hex;
use crate::service::{Actor, ServiceError};
use crate::store::fees::RoundRow;
use crate::store::rounds::{self as store, RoundSums};
use crate::store::{Store, Tx};

/// What the invoices of a round come to, without those that are cancelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoundFigures {
    /// How many there are.
    pub invoices: u64,
    /// How many more are cancelled.
    pub cancelled: u64,
    /// Before exemptions, in đồng.
    pub gross: Vnd,
    /// Waived, in đồng.
    pub waived: Vnd,
    /// Due, in đồng.
    pub net: Vnd,
    /// Paid, in đồng.
    pub paid: Vnd,
    /// Still owed, in đồng.
    pub open: Vnd,
}

/// A round as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundLine {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// `listed` (read from a list), `draft` or `issued`.
    pub state: String,
    /// The last day to pay.
    pub due_on: Option<Day>,
    /// What its invoices come to; a draft has none.
    pub figures: RoundFigures,
}

/// Rounds of a school, or of one of its years, newest first, and the id before which the next page begins.
pub fn page(
    store: &Store,
    school: SchoolId,
    (year, before): (Option<SchoolYear>, Option<i64>),
    limit: u32,
) -> Result<(Vec<RoundLine>, Option<i64>), ServiceError> {
    store.read(|tx| {
        let from = (year.and_then(SchoolYear::days), before);
        let mut rows = store::page(tx, school.0, from, i64::from(limit) + 1)?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let next = rows.last().map(|row| row.id).filter(|_| more);
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let sums: HashMap<i64, RoundSums> =
            store::sums_of(tx, &ids)?.into_iter().map(|sums| (sums.round_id, sums)).collect();
        let lines = rows.into_iter().map(|row| RoundLine {
            figures: figures(sums.get(&row.id).copied().unwrap_or_default(), 0),
            id: row.id,
            name: row.name,
            state: row.state,
            due_on: row.due_on,
        });
        Ok((lines.collect(), next))
    })
}

/// The round with this id, and what its invoices come to.
pub fn by_id(
    store: &Store,
    school: SchoolId,
    id: i64,
) -> Result<(RoundView, RoundFigures), ServiceError> {
    store.read(|tx| {
        let row = load_by_id(tx, school, id)?;
        let sums = store::sums_of(tx, &[row.id])?.into_iter().next().unwrap_or_default();
        let cancelled = store::cancelled_in(tx, row.id)?;
        Ok((rounds::view(tx, row)?, figures(sums, cancelled)))
    })
}

fn figures(sums: RoundSums, cancelled: i64) -> RoundFigures {
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    RoundFigures {
        invoices: count(sums.invoices),
        cancelled: count(cancelled),
        gross: Vnd::new(sums.gross_dong),
        waived: Vnd::new(sums.waived_dong),
        net: Vnd::new(sums.net_dong),
        paid: Vnd::new(sums.paid_dong),
        open: Vnd::new(sums.net_dong.saturating_sub(sums.paid_dong)),
    }
}

pub(super) fn load_by_id(
    tx: &mut Tx<'_>,
    school: SchoolId,
    id: i64,
) -> Result<RoundRow, ServiceError> {
    store::find_by_id(tx, school.0, id)?
        .ok_or_else(|| ServiceError::not_found("round", "đợt thu số", "round", &id.to_string()))
}

/// Makes a draft under a code that no round has. Sending the same twice makes it once.
pub fn create(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, code): (SchoolId, &str),
    terms: &RoundTerms,
) -> Result<RoundId, ServiceError> {
    rounds::check(code, terms)?;
    rounds::put(store, clock, actor, (school, code.trim()), terms, |known, said| {
        let same = said
            .is_some_and(|said| RoundTerms { account: terms.account.clone(), ..said } == *terms);
        if same { Ok(()) } else { Err(taken(known)) }
    })
}

/// Changes the draft with this id, as long as nobody else has changed it since it was `seen`.
pub fn change(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, id, seen): (SchoolId, i64, &str),
    terms: &RoundTerms,
) -> Result<(), ServiceError> {
    let code = store.read(|tx| load_by_id(tx, school, id))?.code;
    rounds::check(&code, terms)?;
    rounds::put(store, clock, actor, (school, &code), terms, |_, said| match said {
        Some(said) if stamp(&said) != seen && said != *terms => Err(changed_meanwhile()),
        _ => Ok(()),
    })?;
    Ok(())
}

/// By what a form says which terms it showed.
#[must_use]
pub fn stamp(terms: &RoundTerms) -> String {
    let json = serde_json::to_vec(terms).unwrap_or_default();
    hex(&Sha256::digest(&json))
}

/// What a round that follows on another one is: the same a month later. Its name is left to people.
#[must_use]
pub fn following(terms: &RoundTerms) -> RoundTerms {
    let later = |day: Day| day.checked_add_months(Months::new(1)).unwrap_or(day);
    let from = terms.to.succ_opt().unwrap_or(terms.to);
    let is_last_of_month = |day: Day| day.succ_opt().is_none_or(|next| next.day() == 1);
    let to = later(terms.to);
    // February's last day is followed by March's, not by the 28th.
    let to = if is_last_of_month(terms.to) {
        to.with_day(1).and_then(|first| later(first).pred_opt()).unwrap_or(to)
    } else {
        to
    };
    let mut next = RoundTerms { from, to, due_on: later(terms.due_on), ..terms.clone() };
    next.name = String::new();
    for part in &mut next.instalments {
        part.due_on = later(part.due_on);
    }
    next
}

fn taken(known: &RoundRow) -> ServiceError {
    let (code, name) = (&known.code, &known.name);
    ServiceError::conflict(
        "round_known",
        format!("Mã {code} đã dùng cho đợt thu “{name}”. Ghi mã khác, hoặc mở đợt thu đó để sửa."),
        format!(
            "The code {code} is that of the round “{name}”. Write another, or open that round."
        ),
    )
}

fn changed_meanwhile() -> ServiceError {
    ServiceError::conflict(
        "round_changed_meanwhile",
        "Có người khác vừa sửa đợt thu này. Mở lại đợt thu để xem nội dung mới rồi sửa tiếp; những gì anh/chị nhập vẫn còn ở đây.",
        "Somebody else has just changed this round. Open it again to see what is new, then go on; what you typed is still here.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fee::Scope;

    #[test]
    fn a_round_is_followed_by_the_next_month() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        for (why, from, to, due, next_from, next_to, next_due) in [
            (
                "a month",
                "2026-11-01",
                "2026-11-30",
                "2026-11-20",
                "2026-12-01",
                "2026-12-31",
                "2026-12-20",
            ),
            (
                "February",
                "2027-02-01",
                "2027-02-28",
                "2027-02-15",
                "2027-03-01",
                "2027-03-31",
                "2027-03-15",
            ),
            (
                "the last day",
                "2027-01-01",
                "2027-01-31",
                "2027-01-31",
                "2027-02-01",
                "2027-02-28",
                "2027-02-28",
            ),
            (
                "half a month",
                "2026-11-01",
                "2026-11-15",
                "2026-11-10",
                "2026-11-16",
                "2026-12-15",
                "2026-12-10",
            ),
        ] {
            let terms = RoundTerms {
                name: "T".to_owned(),
                scope: Scope::School,
                from: day(from),
                to: day(to),
                due_on: day(due),
                account: None,
                items: Vec::new(),
                instalments: Vec::new(),
            };
            let next = following(&terms);
            let found = (next.from, next.to, next.due_on, next.name.as_str());
            assert_eq!(found, (day(next_from), day(next_to), day(next_due), ""), "{why}");
        }
    }
}
