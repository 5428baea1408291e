//! Refunds: what was ordered, saying that it was paid, cancelling it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::domain::money::Vnd;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, address, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::ServiceError;
use crate::service::fees::refund_limit;
use crate::service::fees::refund_requests::{
    self, RefundAnswer, RefundProposal, RefundRequestView,
};
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
    /// What waits for a second person; everything proposed where all states are shown.
    requests: Vec<RefundRequestView>,
    /// Who looks: nobody agrees to what they proposed.
    me: String,
    limit: Vnd,
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

/// Agrees to a proposed refund, or refuses it.
#[post("/s/{school}/receivables/refund-requests/{id}")]
pub async fn decide_proposed(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ApproveRefund).await?;
    let mut faults = Faults::new(at.lang());
    let (key, said) = match at.form.of("decision") {
        "agree" => ("owing-refund-agreed", RefundAnswer::Agree {}),
        "refuse" => {
            let reason = faults.text("reason", at.form.of("reason"));
            ("owing-refund-refused", RefundAnswer::Refuse { reason })
        }
        _ => return Err(Problem::no_such_page().into()),
    };
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done =
        move || refund_requests::answer(&inner.store, &*inner.clock, &actor, (school, id), &said);
    ended(&context, at, (key, id, faults), done, &request).await
}

/// Takes a proposed refund back.
#[post("/s/{school}/receivables/refund-requests/{id}/withdraw")]
pub async fn withdraw_proposed(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::Decide).await?;
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done = move || refund_requests::withdraw(&inner.store, &*inner.clock, &actor, (school, id));
    let faults = Faults::new(at.lang());
    ended(&context, at, ("owing-refund-withdrawn", id, faults), done, &request).await
}

async fn ended(
    context: &web::Data<Context>,
    at: At,
    (key, id, mut faults): (&str, i64, Faults),
    done: impl FnOnce() -> Result<RefundRequestView, ServiceError> + Send + 'static,
    request: &HttpRequest,
) -> Page {
    if faults.is_empty() {
        match attempt(done).await? {
            Ok(view) => {
                let said = Said { key: key.to_owned(), x: at.shell.dong(&view.amount), undo: None };
                return go_saying(&at.shell.link("/receivables/refunds"), &said);
            }
            Err(error) => faults.refused(error)?,
        }
    }
    let page = load(context, at, &Fields::default(), (Some(id), faults)).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, request)
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
    let ((rows, cursor), requests, limit) = on_worker(move || {
        let wanted = Some(wanted.as_str()).filter(|state| *state != "all");
        let asked = if wanted.is_some() { Some("asked") } else { None };
        Ok((
            refunds::page(&inner.store, school, (wanted, None, before), PAGE)?,
            refund_requests::list(&inner.store, school, asked, PAGE)?,
            refund_limit::show(&inner.store, school)?.limit,
        ))
    })
    .await?;
    let me = at.actor.as_str().to_owned();
    let path = at.shell.link("/receivables/refunds");
    let next = cursor
        .map(|before| address(&path, &[("state", &state), ("before", &before.to_string())]))
        .unwrap_or_default();
    let (s, typed) = (at.shell.under_receivables(), at.form);
    Ok(List { s, state, rows, next, requests, me, limit, tried, typed, faults })
}
