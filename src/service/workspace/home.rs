//! What there is to do today, and what is still to be set up.

use chrono::TimeDelta;
use serde::Serialize;

use super::filter::Tab;
use super::questions::{self, Waiting};
use super::queue::{self, TabCount};
use crate::domain::calendar::Day;
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::domain::period::Month;
use crate::domain::text::last_four;
use crate::service::{ServiceError, Store, coverage};
use crate::store::queue::Walk;
use crate::store::setup::{self, SetUp};
use crate::store::{Tx, directory as schools, periods, queue as lines};

/// How far back missing days of statements are told.
const DAYS: i64 = 45;

/// What waits for the accountant of a school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Home {
    /// How many lines each tab of the queue has.
    pub counts: Vec<TabCount>,
    /// The sum of what is proposed, where it was counted to the end.
    pub proposed: Option<Vnd>,
    /// Days that no statement covers, of each account that has any.
    pub missing: Vec<MissingDays>,
    /// Questions beside the queue.
    pub questions: Waiting,
    /// The first month that is over and not closed, as `2026-10`.
    pub month_to_close: Option<String>,
    /// The tasks of setting up, in their order.
    pub tasks: Vec<Task>,
}

/// Days of an account that no statement covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = UncoveredDays)]
pub struct MissingDays {
    /// The last four digits of the account.
    pub account: String,
    /// The days, within the last 45 and before today.
    #[schema(value_type = Vec<String>)]
    pub days: Vec<Day>,
    /// The last day that any statement covers.
    #[schema(value_type = Option<String>, format = Date)]
    pub last_day: Option<Day>,
}

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Nothing is there yet.
    Todo,
    /// Something is there, not all of it.
    Doing,
    /// It is there.
    Done,
    /// It is there, and a person should look at it.
    Check,
}

impl TaskState {
    /// The status for people.
    #[must_use]
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (TaskState::Todo, Lang::Vi) => "Chưa làm",
            (TaskState::Todo, Lang::En) => "To do",
            (TaskState::Doing, Lang::Vi) => "Đang làm",
            (TaskState::Doing, Lang::En) => "In progress",
            (TaskState::Done, Lang::Vi) => "Hoàn thành",
            (TaskState::Done, Lang::En) => "Done",
            (TaskState::Check, Lang::Vi) => "Cần kiểm tra",
            (TaskState::Check, Lang::En) => "Needs review",
        }
    }
}

/// A task of setting up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Task {
    /// A stable name: `school`, `account`, `classes`, `students`, `fee_items`, `first_round`,
    /// `letters`, `access`.
    pub code: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// How far it is.
    pub state: TaskState,
}

/// What waits for the accountant of a school on a day.
pub fn home(store: &Store, school: SchoolId, today: Day, lang: Lang) -> Result<Home, ServiceError> {
    let missing = missing(store, school, today)?;
    store.read(|tx| {
        let row = schools::school(tx, school.0)?.ok_or_else(|| {
            ServiceError::not_found("school", "trường", "school", &school.to_string())
        })?;
        let counts = queue::counts(tx, school.0, (None, None))?;
        let proposed = counts.iter().find(|count| count.tab == Tab::Proposed);
        let named = !row.name.trim().is_empty() && !row.level.trim().is_empty();
        Ok(Home {
            proposed: proposed.and_then(|count| count.sum),
            counts,
            missing,
            questions: questions::count(tx, school.0)?,
            month_to_close: month_to_close(tx, school.0, today)?.map(|month| month.to_string()),
            tasks: tasks(setup::of_school(tx, school.0)?, named, lang),
        })
    })
}

/// How many payments of a school wait for a person, as a menu shows it: `37`, `999+`, empty for none.
pub fn waiting(store: &Store, school: SchoolId) -> Result<String, ServiceError> {
    store.read(|tx| {
        let mut all = 0_i64;
        for walk in [Walk::Proposed, Walk::Kind("unmatched"), Walk::InPart] {
            let row = lines::count(tx, school.0, (walk, (None, None)), questions::CAP)?;
            all = all.saturating_add(row.count);
        }
        Ok(match all {
            0 => String::new(),
            _ if all >= questions::CAP => format!("{}+", questions::CAP.saturating_sub(1)),
            _ => all.to_string(),
        })
    })
}

fn missing(store: &Store, school: SchoolId, today: Day) -> Result<Vec<MissingDays>, ServiceError> {
    let back = |days| today.checked_sub_signed(TimeDelta::days(days)).unwrap_or(today);
    let covered = coverage::run(store, school, None, back(DAYS), back(1))?;
    let without = covered.into_iter().map(|account| MissingDays {
        days: account
            .days
            .into_iter()
            .filter(|day| day.state.is_gap())
            .map(|day| day.day)
            .collect(),
        account: last_four(&account.account),
        last_day: account.last_day,
    });
    Ok(without.filter(|account| !account.days.is_empty()).collect())
}

/// The first month that has ended and is not closed, from the first payment on.
fn month_to_close(tx: &mut Tx<'_>, school: i64, today: Day) -> Result<Option<Month>, ServiceError> {
    let Some(mut month) = lines::first_day(tx, school)?.and_then(Month::of) else {
        return Ok(None);
    };
    let closed: Vec<Day> = periods::periods_of(tx, school)?
        .into_iter()
        .filter(|row| row.state == "closed")
        .map(|row| row.month)
        .collect();
    while closed.contains(&month.first()) {
        match month.last().succ_opt().and_then(Month::of) {
            Some(next) => month = next,
            None => return Ok(None),
        }
    }
    Ok(Some(month).filter(|month| month.last() < today))
}

fn tasks(has: SetUp, named: bool, lang: Lang) -> Vec<Task> {
    let done = |there| if there { TaskState::Done } else { TaskState::Todo };
    let words = |vi, en| match lang {
        Lang::Vi => vi,
        Lang::En => en,
    };
    let task = |code, label, state| Task { code, label, state };
    vec![
        task(
            "school",
            words("Thông tin trường", "The school"),
            match (named, has.placement) {
                (true, true) => TaskState::Done,
                (false, _) => TaskState::Todo,
                (true, false) => TaskState::Doing,
            },
        ),
        task(
            "account",
            words("Tài khoản ngân hàng", "Bank accounts"),
            match (has.account, has.statement) {
                (false, _) => TaskState::Todo,
                // Until money has been seen on it, nobody knows that the number is right.
                (true, false) => TaskState::Check,
                (true, true) => TaskState::Done,
            },
        ),
        task("classes", words("Lớp học", "Classes"), done(has.class)),
        task(
            "students",
            words("Học sinh", "Students"),
            match (has.student, has.student_without_class) {
                (false, _) => TaskState::Todo,
                (true, true) => TaskState::Check,
                (true, false) => TaskState::Done,
            },
        ),
        task("fee_items", words("Danh mục khoản thu", "Fee items"), done(has.fee_item)),
        task(
            "first_round",
            words("Đợt thu đầu tiên", "The first collection round"),
            match (has.round, has.issued) {
                (false, _) => TaskState::Todo,
                (true, false) => TaskState::Doing,
                (true, true) => TaskState::Done,
            },
        ),
        task(
            "letters",
            words("Mẫu email", "E-mail templates"),
            match (has.letters_seen, has.notice, has.letters_worded) {
                (true, _, _) => TaskState::Done,
                // Families get letters that nobody has looked at.
                (false, true, _) => TaskState::Check,
                (false, false, true) => TaskState::Doing,
                (false, false, false) => TaskState::Todo,
            },
        ),
        task("access", words("Người dùng & phân quyền", "Users and permissions"), done(has.access)),
    ]
}
