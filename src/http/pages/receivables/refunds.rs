//! Refunds: what was ordered, saying that it was paid, cancelling it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, address, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::fees::refunds::{self, RefundEnd, RefundView};

/// How many a page shows.
const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "pages/receivables/refunds.html")]
struct List {
    s: Shell,
    state: String,
    rows: Vec<RefundView>,
    next: String,
    /// Of which refund somebody tried to say something, and what was typed.
    tried: Option<i64>,
    typed: Fields,
    faults: Faults,
}

impl List {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn is_tried(&self, id: &i64) -> bool {
        self.tried == Some(*id)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn typed(&self, id: &i64, name: &str) -> String {
        if self.is_tried(id) { self.typed.of(name).to_owned() } else { String::new() }
    }
}

/// The refunds, those that wait to be paid where no state is named.
#[get("/s/{school}/receivables/refunds")]
pub async fn list(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadBooks).await?;
    let query = Fields::parse(request.query_string().as_bytes());
    render(&load(&context, at, &query, (None, Faults::default())).await?, &request)
}

/// Says that a refund was paid, or cancels it.
#[post("/s/{school}/receivables/refunds/{id}")]
pub async fn close(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::Decide).await?;
    let form = &at.form;
    let mut faults = Faults::new(at.lang());
    let (key, end) = match form.of("end") {
        "paid" => {
            let on = faults.day("paid_on", form.of("paid_on"));
            let reference = form.some("reference");
            ("owing-refund-paid", on.map(|on| RefundEnd::Paid { on, reference }))
        }
        "cancelled" => {
            let reason = faults.text("reason", form.of("reason"));
            ("owing-refund-cancelled", Some(RefundEnd::Cancelled { reason }))
        }
        _ => return Err(Problem::no_such_page().into()),
    };
    if let (true, Some(end)) = (faults.is_empty(), end) {
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        let done = attempt(move || {
            refunds::close(&inner.store, &*inner.clock, &actor, (school, id), &end)
        })
        .await?;
        match done {
            Ok(view) => {
                let x = at.shell.dong(&view.terms.amount);
                let said = Said { key: key.to_owned(), x, undo: None };
                return go_saying(&at.shell.link("/receivables/refunds"), &said);
            }
            Err(error) => faults.refused(error)?,
        }
    }
    let page = load(&context, at, &Fields::default(), (Some(id), faults)).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

async fn load(
    context: &web::Data<Context>,
    at: At,
    query: &Fields,
    (tried, faults): (Option<i64>, Faults),
) -> Result<List, Problem> {
    let state = match query.of("state") {
        state @ ("paid" | "cancelled" | "all") => state,
        _ => "ordered",
    }
    .to_owned();
    let before: Option<i64> = query.of("before").parse().ok();
    let (inner, school, wanted) = (context.clone(), at.school.id, state.clone());
    let (rows, cursor) = on_worker(move || {
        let wanted = Some(wanted.as_str()).filter(|state| *state != "all");
        refunds::page(&inner.store, school, (wanted, None, before), PAGE)
    })
    .await?;
    let path = at.shell.link("/receivables/refunds");
    let next = cursor
        .map(|before| address(&path, &[("state", &state), ("before", &before.to_string())]))
        .unwrap_or_default();
    let (s, typed) = (at.shell.under_receivables(), at.form);
    Ok(List { s, state, rows, next, tried, typed, faults })
}
