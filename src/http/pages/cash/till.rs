//! Counting the till, and the cash book of a month.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use super::{month_of, today};
use crate::domain::access::Permission;
use crate::domain::calendar::vietnamese_day;
use crate::domain::period::Month;
use crate::http::pages::fields::{Fields, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::cash::{self, Book, CountView, NewCount};

#[derive(Template)]
#[template(path = "pages/cash/counts.html")]
struct Counts {
    s: Shell,
    month: Month,
    /// The month as its field has it.
    written: String,
    rows: Vec<CountView>,
    counted_on: String,
    counted: String,
    note: String,
    faults: Faults,
}

/// The counts of a month.
#[get("/s/{school}/cash/counts")]
pub async fn counts(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadCash).await?;
    let asked = Fields::parse(request.query_string().as_bytes());
    let today = today(&context);
    let month = month_of(asked.of("month"), today).ok_or_else(Problem::internal)?;
    let day = vietnamese_day(month.last().min(today));
    let page = load(&context, at, month, Faults::default()).await?;
    render(&Counts { counted_on: day, ..page }, &request)
}

/// Records a count.
#[post("/s/{school}/cash/counts")]
pub async fn count(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::RecordCash).await?;
    let form = at.form.clone();
    let mut faults = Faults::new(at.lang());
    let counted_on = faults.day("counted_on", form.of("counted_on"));
    // An empty till is counted too.
    let counted = match form.of("counted").trim() {
        "0" => Some(crate::domain::money::Vnd::ZERO),
        typed => faults.dong("counted", typed),
    };
    let month = counted_on.and_then(Month::of).or_else(|| Month::of(today(&context)));
    let month = month.ok_or_else(Problem::internal)?;
    if let (Some(counted_on), Some(counted)) = (counted_on, counted) {
        let new = NewCount { counted_on, counted, note: form.some("note") };
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        let done =
            attempt(move || cash::count(&inner.store, &*inner.clock, &actor, school, &new)).await?;
        match done {
            Ok(view) => {
                let key = if view.difference.is_zero() {
                    "cash-counted-equal"
                } else {
                    "cash-counted-apart"
                };
                let x = at.shell.dong(&view.difference);
                let said = Said { key: key.to_owned(), x, undo: None };
                return go_saying(&at.shell.link(format!("/cash/counts?month={month}")), &said);
            }
            Err(error) => faults.refused(error)?,
        }
    }
    let page = load(&context, at, month, faults).await?;
    let typed = |name: &str| form.of(name).to_owned();
    let page = Counts {
        counted_on: typed("counted_on"),
        counted: typed("counted"),
        note: typed("note"),
        ..page
    };
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

async fn load(
    context: &web::Data<Context>,
    at: At,
    month: Month,
    faults: Faults,
) -> Result<Counts, Problem> {
    let (inner, school) = (context.clone(), at.school.id);
    let rows = on_worker(move || cash::counts(&inner.store, school, month.first(), month.last()));
    Ok(Counts {
        s: at.shell.under_cash(),
        month,
        written: month.vietnamese(),
        rows: rows.await?,
        counted_on: String::new(),
        counted: String::new(),
        note: String::new(),
        faults,
    })
}

#[derive(Template)]
#[template(path = "pages/cash/book.html")]
struct BookPage {
    s: Shell,
    month: Month,
    written: String,
    before: String,
    after: String,
    book: Book,
}

/// The cash book of a month with its running balance.
#[get("/s/{school}/cash/book")]
pub async fn book(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadCash).await?;
    let asked = Fields::parse(request.query_string().as_bytes());
    let month = month_of(asked.of("month"), today(&context)).ok_or_else(Problem::internal)?;
    let school = at.school.id;
    let book =
        on_worker(move || cash::book(&context.store, school, month.first(), month.last())).await?;
    let link = |day: Option<chrono::NaiveDate>| {
        day.and_then(Month::of).map(|month| format!("?month={month}")).unwrap_or_default()
    };
    let page = BookPage {
        before: link(month.first().pred_opt()),
        after: link(month.last().succ_opt()),
        s: at.shell.under_cash(),
        month,
        written: month.vietnamese(),
        book,
    };
    render(&page, &request)
}
