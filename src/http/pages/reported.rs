//! What the school reports of its months: how each stands, its figures, reporting and restating it, and
//! what is written about it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use super::fields::{attempt, month_of};
use super::figures::percent;
use super::forms::Faults;
use super::routes::{form, page};
use super::shell::{Said, Shell};
use super::visitor::{At, Visitor};
use super::{Page, go_saying, show as render, show_with};
use crate::clock::local_day;
use crate::domain::access::Permission;
use crate::domain::cashless::{Rate, Rates};
use crate::domain::lang::Bilingual;
use crate::domain::money::Vnd;
use crate::domain::period::Month;
use crate::http::api::routes::{Needs, Route};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::ServiceError;
use crate::service::reported::{self, MonthDetail, MonthView, Side, Submission, VersionView};

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/s/{school}/reported", Needs::AtSchool(Permission::ReadFigures)),
    page("/s/{school}/reported/{month}", Needs::AtSchool(Permission::ReadFigures)),
    form("/s/{school}/reported/{month}", Needs::AtSchool(Permission::ReportFigures)),
    form("/s/{school}/reported/{month}/comments", Needs::AtSchool(Permission::CommentFigures)),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(list).service(show).service(report_month).service(write_comment);
}

/// How many months are listed besides those that were reported.
const MONTHS: usize = 12;

/// A month of the list.
struct Line {
    month: Month,
    over: bool,
    view: Option<MonthView>,
}

impl Line {
    fn last(&self) -> Option<&VersionView> {
        self.view.as_ref().and_then(|view| view.versions.last())
    }

    fn differs(&self) -> bool {
        self.view.as_ref().is_some_and(|view| view.differs)
    }

    /// The beginning of the fingerprint, by which people tell two apart.
    fn mark(&self) -> String {
        let sha256 = self.last().and_then(|last| last.sha256.get(..12)).unwrap_or_default();
        format!("{sha256}…")
    }
}

#[derive(Template)]
#[template(path = "pages/reported/list.html")]
struct List {
    s: Shell,
    rows: Vec<Line>,
}

impl List {
    fn rate(&self, rates: &Rates) -> String {
        percent(rates.by_amount, self.s.language())
    }
}

/// The months and what was reported of them.
#[get("/s/{school}/reported")]
pub async fn list(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadFigures).await?;
    let school = at.school.id;
    let today = local_day(context.clock.now());
    let known = on_worker(move || {
        reported::list(&context.store, &*context.clock, school, context.cashless)
    })
    .await?;
    let mut rows: Vec<Line> = Vec::new();
    let mut next = Month::of(today);
    while let Some(month) = next.filter(|_| rows.len() < MONTHS) {
        rows.push(Line { month, over: month.last() < today, view: None });
        next = month.first().pred_opt().and_then(Month::of);
    }
    for view in known.into_iter().rev() {
        let Ok(month) = view.month.parse::<Month>() else { continue };
        match rows.iter_mut().find(|row| row.month == month) {
            Some(row) => row.view = Some(view),
            None => rows.push(Line { month, over: true, view: Some(view) }),
        }
    }
    if let Some(year) = at.shell.year {
        // A year that is chosen is shown whole, as far as it has come.
        let days = year.days();
        rows.retain(|row| days.is_some_and(|days| days.contains(row.month.first())));
        let mut next = days.and_then(|days| Month::of(days.from()));
        while let Some(month) = next.filter(|month| {
            month.first() <= today && days.is_some_and(|days| days.contains(month.first()))
        }) {
            if !rows.iter().any(|row| row.month == month) {
                rows.push(Line { month, over: month.last() < today, view: None });
            }
            next = month.last().succ_opt().and_then(Month::of);
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.month));
    render(&List { s: at.shell, rows }, &request)
}

#[derive(Template)]
#[template(path = "pages/reported/month.html")]
struct MonthPage {
    s: Shell,
    month: Month,
    detail: MonthDetail,
    note: String,
    reason: String,
    words: String,
    faults: Faults,
}

impl MonthPage {
    fn percent(&self, rate: &Rate) -> String {
        percent(*rate, self.s.language())
    }

    fn cashless(&self) -> String {
        self.s.dong(&Vnd::new(self.rates().by_amount.numerator()))
    }

    fn collected(&self) -> String {
        self.s.dong(&Vnd::new(self.rates().by_amount.denominator()))
    }

    fn rates(&self) -> &Rates {
        &self.detail.now.total.reported
    }

    fn of(&self, rate: &Rate) -> String {
        self.s.with2(
            "reported-of",
            self.s.number(rate.numerator()),
            self.s.number(rate.denominator()),
        )
    }

    /// Whether it can be reported now.
    fn open(&self) -> bool {
        self.detail.view.state == "not_reported" || self.detail.view.differs
    }

    fn restates(&self) -> bool {
        !self.detail.view.versions.is_empty()
    }
}

/// A month: its figures, what was reported, what happened since.
#[get("/s/{school}/reported/{month}")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Page {
    let (code, month) = path.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadFigures).await?;
    let month = month_of(&month)?;
    render(&load(&context, at, month, Faults::default()).await?, &request)
}

/// Reports a month, or restates it.
#[post("/s/{school}/reported/{month}")]
pub async fn report_month(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Page {
    let (code, month) = path.into_inner();
    let at = visitor.at(&context, &code, Permission::ReportFigures).await?;
    let month = month_of(&month)?;
    let mut faults = Faults::new(at.lang());
    if !at.form.has("checked") {
        faults.add(
            "checked",
            &Bilingual::new(
                "Đánh dấu đã kiểm tra số liệu trước khi báo cáo.",
                "Tick that you checked the figures before you report them.",
            ),
        );
        let page = load(&context, at, month, faults).await?;
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request);
    }
    let said = Submission {
        note: at.form.some("note"),
        reason: at.form.some("reason"),
        seen: at.form.some("seen"),
    };
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done = attempt(move || {
        let (store, clock) = (&inner.store, &*inner.clock);
        reported::submit(store, clock, &actor, (school, month), &said, inner.cashless)
    })
    .await?;
    after(&context, at, (month, "reported-done"), done.map(drop), &request).await
}

/// Writes to the authority about a month.
#[post("/s/{school}/reported/{month}/comments")]
pub async fn write_comment(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Page {
    let (code, month) = path.into_inner();
    let at = visitor.at(&context, &code, Permission::CommentFigures).await?;
    let month = month_of(&month)?;
    let words = at.form.of("words").to_owned();
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done = attempt(move || {
        let (store, clock) = (&inner.store, &*inner.clock);
        reported::comment(store, clock, &actor, (school, month), (Side::School, &words))
    })
    .await?;
    after(&context, at, (month, "reported-written"), done.map(drop), &request).await
}

async fn after(
    context: &web::Data<Context>,
    at: At,
    (month, key): (Month, &str),
    done: Result<(), ServiceError>,
    request: &HttpRequest,
) -> Page {
    match done {
        Ok(()) => {
            let said = Said { key: key.to_owned(), x: month.vietnamese(), undo: None };
            go_saying(&at.shell.link(format!("/reported/{month}")), &said)
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
    let detail = on_worker(move || {
        reported::month(&inner.store, &*inner.clock, school, month, inner.cashless)
    })
    .await?;
    let above = at.shell.t("menu-reported");
    Ok(MonthPage {
        month,
        detail,
        note: at.form.of("note").to_owned(),
        reason: at.form.of("reason").to_owned(),
        words: at.form.of("words").to_owned(),
        s: at.shell.under(above, "/reported"),
        faults,
    })
}
