//! Months: what stands in the way of closing one, what a close states, opening one again.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;
use chrono::NaiveDateTime;

use super::fields::{attempt, month_of};
use super::forms::Faults;
use super::routes::{form, page};
use super::shell::{Said, Shell};
use super::visitor::{At, Visitor};
use super::{Page, go_saying, show as render, show_with};
use crate::domain::access::Permission;
use crate::domain::payment::Channel;
use crate::domain::period::Month;
use crate::http::api::routes::{Needs, Route};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::periods::months::{self, MonthDetail, MonthLine};
use crate::service::periods::{self, Accepted, CheckItem, CloseView};

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/s/{school}/periods", Needs::AtSchool(Permission::ReadBooks)),
    page("/s/{school}/periods/{month}", Needs::AtSchool(Permission::ReadBooks)),
    form("/s/{school}/periods/{month}/close", Needs::AtSchool(Permission::ClosePeriod)),
    form("/s/{school}/periods/{month}/reopen", Needs::AtSchool(Permission::ReopenPeriod)),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(list).service(show).service(close_month).service(reopen_month);
}

#[derive(Template)]
#[template(path = "pages/periods/list.html")]
struct List {
    s: Shell,
    rows: Vec<MonthLine>,
}

/// A moment as the pages show it.
fn moment(s: &Shell, written: &str) -> String {
    let text = written.trim_end_matches('Z');
    let read = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S");
    read.map_or_else(|_| written.to_owned(), |at| s.moment(&at))
}

impl List {
    fn moment(&self, written: &str) -> String {
        moment(&self.s, written)
    }
}

/// The months and how they stand.
#[get("/s/{school}/periods")]
pub async fn list(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadBooks).await?;
    let school = at.school.id;
    let rows = on_worker(move || months::months(&context.store, &*context.clock, school)).await?;
    render(&List { s: at.shell, rows }, &request)
}

/// A line of the checklist: everything that is looked at, whether it stands in the way or not.
struct Check {
    code: &'static str,
    /// What stands in the way.
    found: Vec<CheckItem>,
    /// Where it is put right.
    fix: String,
}

impl Check {
    fn acceptable(&self) -> bool {
        self.found.iter().all(|item| item.acceptable)
    }
}

/// What is looked at, and where it is put right.
const CHECKS: [(&str, &str); 7] = [
    ("month_not_over", ""),
    ("statement_days", "/statements"),
    ("open_queue", "/queue"),
    ("dead_letters", "/settings/notifications?state=dead"),
    ("identity_questions", "/queue"),
    ("cash_not_counted", "/cash/counts?month="),
    ("voucher_gap", "/cash/vouchers"),
];

#[derive(Template)]
#[template(path = "pages/periods/month.html")]
struct MonthPage {
    s: Shell,
    school: String,
    month: Month,
    state: String,
    checks: Vec<Check>,
    /// Whether everything that stands in the way may be accepted with a reason.
    can_close: bool,
    needs_reason: bool,
    detail: MonthDetail,
    accept_reason: String,
    reopen_reason: String,
    faults: Faults,
}

impl MonthPage {
    fn moment(&self, written: &str) -> String {
        moment(&self.s, written)
    }

    fn channel(&self, name: &str) -> String {
        let known = Channel::parse(name).map(|channel| channel.label(self.s.language()));
        known.unwrap_or(name).to_owned()
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn item(&self, id: &i64) -> String {
        self.detail.items.get(id).cloned().unwrap_or_default()
    }

    /// The close that holds, or the last one.
    fn last(&self) -> Option<&CloseView> {
        self.detail.period.as_ref().and_then(|period| period.closes.last())
    }
}

/// A month: its checklist, and what its close states.
#[get("/s/{school}/periods/{month}")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Page {
    let (code, month) = path.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadBooks).await?;
    let month = month_of(&month)?;
    render(&load(&context, at, month, Faults::default()).await?, &request)
}

/// Closes a month.
#[post("/s/{school}/periods/{month}/close")]
pub async fn close_month(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Page {
    let (code, month) = path.into_inner();
    let at = visitor.at(&context, &code, Permission::ClosePeriod).await?;
    let month = month_of(&month)?;
    let accept: Vec<Accepted> = at
        .form
        .some("accept_reason")
        .map(|reason| Accepted { code: "statement_days".to_owned(), reason })
        .into_iter()
        .collect();
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done = attempt(move || {
        periods::close(&inner.store, &*inner.clock, &actor, school, month, &accept)
    })
    .await?;
    after(&context, at, (month, "closing-closed"), done.map(drop), &request).await
}

/// Opens a closed month again.
#[post("/s/{school}/periods/{month}/reopen")]
pub async fn reopen_month(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Page {
    let (code, month) = path.into_inner();
    let at = visitor.at(&context, &code, Permission::ReopenPeriod).await?;
    let month = month_of(&month)?;
    let reason = at.form.of("reason").to_owned();
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done = attempt(move || {
        periods::reopen(&inner.store, &*inner.clock, &actor, school, month, &reason)
    })
    .await?;
    after(&context, at, (month, "closing-reopened"), done.map(drop), &request).await
}

async fn after(
    context: &web::Data<Context>,
    at: At,
    (month, key): (Month, &str),
    done: Result<(), crate::service::ServiceError>,
    request: &HttpRequest,
) -> Page {
    match done {
        Ok(()) => {
            let said = Said { key: key.to_owned(), x: month.vietnamese(), undo: None };
            go_saying(&at.shell.link(format!("/periods/{month}")), &said)
        }
        Err(error) => {
            let faults = Faults::refusal(at.lang(), error)?;
            let page = load(context, at, month, faults).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, request)
        }
    }
}

async fn load(
    context: &web::Data<Context>,
    at: At,
    month: Month,
    faults: Faults,
) -> Result<MonthPage, Problem> {
    let (inner, school) = (context.clone(), at.school.id);
    let detail =
        on_worker(move || months::month(&inner.store, &*inner.clock, school, month)).await?;
    let items = &detail.checklist.items;
    let checks = CHECKS.map(|(code, fix)| Check {
        code,
        found: items.iter().filter(|item| item.code == code).cloned().collect(),
        fix: match fix {
            "" => String::new(),
            fix if fix.ends_with('=') => at.shell.link(format!("{fix}{month}")),
            fix => at.shell.link(fix),
        },
    });
    let words = at.shell.t("menu-close");
    Ok(MonthPage {
        school: at.school.name,
        month,
        state: detail.checklist.state.clone(),
        can_close: items.iter().all(|item| item.acceptable),
        needs_reason: items.iter().any(|item| item.acceptable),
        checks: checks.into(),
        detail,
        accept_reason: at.form.of("accept_reason").to_owned(),
        reopen_reason: at.form.of("reason").to_owned(),
        s: at.shell.under(words, "/periods"),
        faults,
    })
}
