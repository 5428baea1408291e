//! Which days of a school's accounts its statements cover: the calendar an accountant looks at before
//! closing a month.

use serde::Serialize;

use crate::domain::calendar::{Day, Period};
use crate::domain::continuity::{Continuity, CoveredDay, Covering, Gap, Overlap};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::{ImportId, SchoolId};
use crate::domain::money::Vnd;
use crate::service::directory::account_number;
use crate::service::{ServiceError, Store};
use crate::store::Tx;
use crate::store::directory::bank_accounts_of;
use crate::store::statements::{self, StatementRow};

/// The longest period that is shown at once: a year and a day.
const MOST_DAYS: i64 = 367;

/// What an account's statements cover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Coverage {
    /// The account's number.
    pub account: String,
    /// Each day of the period asked for.
    pub days: Vec<CoveredDay>,
    /// Where money moved that no statement shows, within the period.
    pub gaps: Vec<Gap>,
    /// Days that several files cover, within the period. Their money counts once.
    pub overlaps: Vec<KnownAgain>,
    /// The last day that any statement covers.
    #[schema(value_type = Option<String>, format = Date)]
    pub last_day: Option<Day>,
}

/// Days that two files cover, and what the later one showed again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct KnownAgain {
    /// Which days, of which imports.
    #[serde(flatten)]
    pub overlap: Overlap,
    /// Entries of the later file's import that were known, on these days.
    pub entries: i64,
    /// Their money in, in đồng.
    pub credits: Vnd,
    /// Their money out.
    pub debits: Vnd,
}

/// The coverage of one account of a school, or of all, from one day to another.
pub fn run(
    store: &Store,
    school: SchoolId,
    account: Option<&str>,
    from: Day,
    to: Day,
) -> Result<Vec<Coverage>, ServiceError> {
    let period = Period::new(from, to)
        .filter(|period| (period.to() - period.from()).num_days() < MOST_DAYS)
        .ok_or_else(period_refused)?;
    let wanted = account.map(account_number);
    store.read(|tx| {
        let accounts = bank_accounts_of(tx, school.0)?;
        let chosen: Vec<_> = accounts
            .into_iter()
            // A gateway has no statements.
            .filter(|row| row.gateway.is_none())
            .filter(|row| wanted.as_ref().is_none_or(|number| row.number == *number))
            .collect();
        if chosen.is_empty()
            && let Some(number) = &wanted
        {
            return Err(ServiceError::not_found("account", "tài khoản", "account", number));
        }
        chosen
            .into_iter()
            .map(|row| {
                let continuity = continuity(tx, row.id, &[])?;
                let within = |first: Day, last: Day| first <= period.to() && last >= period.from();
                let mut overlaps = Vec::new();
                for overlap in continuity.overlaps() {
                    if within(overlap.from, overlap.to) {
                        overlaps.push(known_again(tx, row.id, *overlap)?);
                    }
                }
                let gaps = continuity.gaps().iter();
                Ok(Coverage {
                    account: row.number,
                    days: continuity.calendar(period),
                    gaps: gaps.filter(|gap| within(gap.after, gap.before)).copied().collect(),
                    overlaps,
                    last_day: continuity.last_day(),
                })
            })
            .collect()
    })
}

/// The continuity of all committed statements of an account, and of those among `coming`.
pub(crate) fn continuity(
    tx: &mut Tx<'_>,
    account: i64,
    coming: &[StatementRow],
) -> Result<Continuity, ServiceError> {
    let rows = statements::committed_statements(tx, account)?;
    let own = coming.iter().filter(|row| row.bank_account_id == account);
    Ok(Continuity::of(rows.iter().chain(own).filter_map(covering).collect()))
}

/// The first and the last day that a statement covers.
pub(crate) fn days_of(row: &StatementRow) -> Option<(Day, Day)> {
    covering(row).map(|covering| (covering.days.from(), covering.days.to()))
}

/// What a statement covers; nothing where it has neither period, entries nor dated balances.
fn covering(row: &StatementRow) -> Option<Covering> {
    let stated = row.period_from.zip(row.period_to);
    // A balance's own day may be the one before: it says where the statement ends, not where it
    // starts.
    let last = row.last_on.max(row.closing_on);
    let first = row.first_on.or(last);
    let (from, to) = stated.or(first.zip(last))?;
    Some(Covering {
        import: ImportId(row.import_id),
        days: Period::new(from, to)?,
        opening: row.opening_dong.map(Vnd::new),
        closing: row.closing_dong.map(Vnd::new),
    })
}

fn known_again(
    tx: &mut Tx<'_>,
    account: i64,
    overlap: Overlap,
) -> Result<KnownAgain, ServiceError> {
    let sums =
        statements::known_of_import(tx, overlap.later.0, account, (overlap.from, overlap.to))?;
    let (mut entries, mut credits, mut debits) = (0_i64, Vnd::ZERO, Vnd::ZERO);
    for (direction, count, sum) in sums {
        entries = entries.checked_add(count).ok_or_else(ServiceError::overflow)?;
        let side = if direction == "credit" { &mut credits } else { &mut debits };
        *side = Vnd::new(sum);
    }
    Ok(KnownAgain { overlap, entries, credits, debits })
}

fn period_refused() -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "period",
        "Khoảng ngày không hợp lệ: ngày đầu không được sau ngày cuối và khoảng không quá một năm. Chọn lại khoảng ngày.",
        "The period is not valid: it must not end before it starts, nor be longer than a year. Choose another.",
    ))
}
