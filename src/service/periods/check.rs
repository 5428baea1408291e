//! What stands in the way of closing a month, each with where to put it right.

use chrono::{Datelike, NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::clock::{Clock, local_day};
use crate::domain::calendar::Day;
use crate::domain::id::SchoolId;
use crate::domain::money::Vnd;
use crate::domain::period::Month;
use crate::service::{ServiceError, cash, coverage};
use crate::store::directory::SchoolRow;
use crate::store::periods::{self, CountedRow, PeriodRow};
use crate::store::{Store, Tx};

/// The one thing that a close may accept.
pub(super) const ACCEPTABLE: &str = "statement_days";

/// Something that was accepted although it stood in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// `statement_days`; nothing else can be accepted.
    pub code: String,
    /// Why.
    pub reason: String,
}

/// Something that stands in the way of closing a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CheckItem {
    /// `month_not_over`, `statement_days`, `open_queue`, `dead_letters`, `identity_questions`,
    /// `cash_not_counted` or `voucher_gap`.
    pub code: &'static str,
    /// The account it is about.
    pub account: Option<String>,
    /// How many days, payments, notifications or numbers.
    pub count: i64,
    /// How much money, in đồng, where it is known.
    #[schema(value_type = i64)]
    pub amount: Vnd,
    /// How much cash was taken in the month and how much of it was carried to the bank, in đồng,
    /// where the till is to be counted: a till that is empty is counted as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub till: Option<Till>,
    /// Whether a close may accept it with a reason.
    pub acceptable: bool,
    /// The path of the API where it is put right.
    pub fix_url: String,
    /// The command that puts it right.
    pub fix_command: String,
}

/// What went through the till in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Till {
    /// What was taken, in đồng.
    #[schema(value_type = i64)]
    pub taken: Vnd,
    /// What was carried to the bank, in đồng.
    #[schema(value_type = i64)]
    pub carried: Vnd,
}

/// What stands in the way of closing a month; nothing where it can be closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Checklist {
    /// `YYYY-MM`.
    pub month: String,
    /// `open`, `closed` or `reopened`.
    pub state: String,
    /// What stands in the way.
    #[schema(value_type = Vec<CheckItem>)]
    pub items: Vec<CheckItem>,
}

/// What stands in the way of closing a month of a school.
pub fn check(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
    month: Month,
) -> Result<Checklist, ServiceError> {
    let today = local_day(clock.now());
    store.read(|tx| {
        let row = crate::store::directory::school(tx, school.0)?.ok_or_else(|| {
            ServiceError::not_found("school", "trường", "school", &school.to_string())
        })?;
        let known = periods::periods_of(tx, school.0)?;
        let state = known.iter().find(|row| row.month == month.first());
        Ok(Checklist {
            month: month.to_string(),
            state: state.map_or("open", |row| row.state.as_str()).to_owned(),
            items: items(tx, &row, month, (&known, today))?,
        })
    })
}

pub(super) fn items(
    tx: &mut Tx<'_>,
    school: &SchoolRow,
    month: Month,
    (known, today): (&[PeriodRow], Day),
) -> Result<Vec<CheckItem>, ServiceError> {
    let at = Place { school: &school.code, month };
    let days = (month.first(), month.last());
    let mut items = Vec::new();
    let left = (month.last() - today).num_days() + 1;
    if left > 0 {
        items.push(at.item("month_not_over", (left, 0), "periods", "period check"));
    }
    items.extend(statement_days(tx, school, at)?);

    // What came late for a month that is closed waits in the queue of this one.
    let mut queue = periods::open_queue(tx, school.id, days)?;
    for row in known.iter().filter(|row| row.state == "closed" && row.month < month.first()) {
        let Some(closed) = Month::of(row.month) else { continue };
        let late = periods::open_queue(tx, school.id, (closed.first(), closed.last()))?;
        queue.count = queue.count.saturating_add(late.count);
        queue.amount_dong = queue.amount_dong.saturating_add(late.amount_dong);
    }
    let found = |row: &CountedRow| (row.count, row.amount_dong);
    items.push(at.item("open_queue", found(&queue), "payments", "decide queue"));
    let dead = periods::dead_letters(tx, school.id, after(month))?;
    let command = "webhook deliveries --state dead";
    let dead = at.item("dead_letters", found(&dead), "webhook-deliveries?state=dead", command);
    items.push(dead);
    let doubts = periods::in_doubt(tx, school.id, days)?;
    let command = "identity questions";
    let doubts = at.item("identity_questions", found(&doubts), "identity-questions", command);
    items.push(doubts);

    let command = format!("cash count --on {} ĐỒNG", month.last());
    let uncounted = not_counted(tx, school.id, month)?;
    let till = (i64::from(uncounted.is_some()), uncounted.unwrap_or_default().dong());
    let item = at.item("cash_not_counted", till, "cash/counts", &command);
    let (taken, carried) = cash::went_through(tx, school.id, days)?;
    items.push(CheckItem { till: uncounted.map(|_| Till { taken, carried }), ..item });
    let series = periods::series(tx, school.id, month.first().year())?;
    let gaps = series.last.unwrap_or_default().saturating_sub(series.count);
    let command = format!("cash list --from {} --to {}", days.0, days.1);
    items.push(at.item("voucher_gap", (gaps, 0), "cash", &command));
    items.retain(|item| item.count > 0);
    Ok(items)
}

#[derive(Clone, Copy)]
struct Place<'a> {
    school: &'a str,
    month: Month,
}

impl Place<'_> {
    fn item(
        self,
        code: &'static str,
        (count, dong): (i64, i64),
        url: &str,
        command: &str,
    ) -> CheckItem {
        CheckItem {
            code,
            account: None,
            count,
            amount: Vnd::new(dong),
            till: None,
            acceptable: code == ACCEPTABLE,
            fix_url: format!("/api/v1/schools/{}/{url}", self.school),
            fix_command: format!("doisoat {command} --school {}", self.school),
        }
    }
}

/// Days of each account that no statement covers, and how much moved on them as far as that is known.
fn statement_days(
    tx: &mut Tx<'_>,
    school: &SchoolRow,
    at: Place<'_>,
) -> Result<Vec<CheckItem>, ServiceError> {
    let period = at.month.days();
    let mut items = Vec::new();
    for account in crate::store::directory::bank_accounts_of(tx, school.id)? {
        // A gateway has no statements.
        if account.gateway.is_some() {
            continue;
        }
        let continuity = coverage::continuity(tx, account.id, &[])?;
        let calendar = continuity.calendar(period);
        let days = calendar.into_iter().filter(|day| day.state.is_gap()).count();
        let moved = continuity
            .gaps()
            .iter()
            .filter(|gap| gap.after <= period.to() && gap.before >= period.from())
            .fold(0_i64, |sum, gap| sum.saturating_add(gap.moved.dong().saturating_abs()));
        let (from, to, number) = (period.from(), period.to(), &account.number);
        let url = format!("coverage?account={number}&from={from}&to={to}");
        let command = format!("school coverage --account {number} --from {from} --to {to}");
        let found = (i64::try_from(days).unwrap_or(i64::MAX), moved);
        let item = at.item(ACCEPTABLE, found, &url, &command);
        items.push(CheckItem { account: Some(account.number), ..item });
    }
    Ok(items)
}

/// What is in the till at the end of the month and was not counted after the last movement, if
/// anything ever was in it. A count beside another balance than the book has now is none.
fn not_counted(tx: &mut Tx<'_>, school: i64, month: Month) -> Result<Option<Vnd>, ServiceError> {
    let Some(last) = cash::last_movement(tx, school, month.last())? else { return Ok(None) };
    let balance = cash::balance_on(tx, school, month.last())?;
    if last < month.first() && balance.is_zero() {
        return Ok(None);
    }
    let counts = crate::store::cash::counts(tx, school, (month.first(), month.last()))?;
    let counted =
        counts.last().is_some_and(|row| row.counted_on >= last && row.book_dong == balance.dong());
    Ok((!counted).then_some(balance))
}

/// The first instant after the month ends in Vietnam (+07:00), in UTC.
fn after(month: Month) -> NaiveDateTime {
    month
        .last()
        .succ_opt()
        .and_then(|day| day.and_hms_opt(0, 0, 0))
        .and_then(|midnight| midnight.checked_sub_signed(TimeDelta::hours(7)))
        .unwrap_or(NaiveDateTime::MAX)
}
