//! One receipt: what it says, what came before and after it, and what may be done.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::receipts::{self, Detail, InvoiceElsewhere};

#[derive(Template)]
#[template(path = "pages/receipts/one.html")]
struct One {
    s: Shell,
    detail: Detail,
    /// Whether somebody asked to void it and nobody has decided yet.
    waits: bool,
    typed: Fields,
    faults: Faults,
}

impl One {
    /// What stands in a field: what was typed, else what is known.
    fn of(&self, name: &str) -> String {
        if self.typed.has(name) {
            return self.typed.of(name).to_owned();
        }
        let known = self.detail.receipt.elsewhere.clone().unwrap_or_default();
        let text = match name {
            "symbol" => known.symbol,
            "number" => known.number,
            "lookup_code" => known.lookup_code,
            "lookup_url" => known.lookup_url,
            _ => None,
        };
        text.unwrap_or_default()
    }
}

/// A receipt.
#[get("/s/{school}/receipts/{receipt}")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadPeople).await?;
    let faults = Faults::new(at.lang());
    render(&load(&context, at, id, faults).await?, &request)
}

/// Asks that a receipt be voided.
#[post("/s/{school}/receipts/{receipt}/void")]
pub async fn void(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::Decide).await?;
    let mut faults = Faults::new(at.lang());
    let reason = faults.text("reason", at.form.of("reason"));
    if faults.is_empty() {
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        let done = attempt(move || {
            receipts::ask_void(&inner.store, &*inner.clock, &actor, (school, id), &reason)
        })
        .await?;
        match done {
            Ok(request) => {
                let key = match request.state.as_str() {
                    "asked" => "receipts-void-asked",
                    _ => "receipts-voided-now",
                };
                return said(&at, id, key);
            }
            Err(error) => faults.refused(error)?,
        }
    }
    let page = load(&context, at, id, faults).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

/// Says which electronic invoice was issued elsewhere.
#[post("/s/{school}/receipts/{receipt}/invoice")]
pub async fn invoice(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::CorrectInvoices).await?;
    let mut faults = Faults::new(at.lang());
    let short = |name: &str| at.form.some(name).map(|text| text.chars().take(64).collect());
    let wanted = InvoiceElsewhere {
        symbol: short("symbol"),
        number: short("number"),
        lookup_code: short("lookup_code"),
        lookup_url: at.form.some("lookup_url"),
    };
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done = attempt(move || {
        receipts::set_elsewhere(&inner.store, &*inner.clock, &actor, (school, id), &wanted)
    })
    .await?;
    match done {
        Ok(_) => return said(&at, id, "receipts-invoice-set"),
        Err(error) => faults.refused_in(error, &["lookup_url"])?,
    }
    let page = load(&context, at, id, faults).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

/// Sends a receipt to its family once more.
#[post("/s/{school}/receipts/{receipt}/send")]
pub async fn send(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::Decide).await?;
    let mut faults = Faults::new(at.lang());
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done =
        attempt(move || receipts::send_again(&inner.store, &*inner.clock, &actor, (school, id)))
            .await?;
    match done {
        Ok(_) => return said(&at, id, "receipts-sent-again"),
        Err(error) => faults.refused(error)?,
    }
    let page = load(&context, at, id, faults).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

fn said(at: &At, id: i64, key: &str) -> Page {
    let said = Said { key: key.to_owned(), x: String::new(), undo: None };
    go_saying(&at.shell.link(format!("/receipts/{id}")), &said)
}

async fn load(
    context: &web::Data<Context>,
    at: At,
    id: i64,
    faults: Faults,
) -> Result<One, Problem> {
    let (inner, school) = (context.clone(), at.school.id);
    let detail = on_worker(move || receipts::show(&inner.store, school, id)).await?;
    let waits = detail.requests.iter().any(|request| request.state == "asked");
    Ok(One { s: at.shell.under_receipts(), detail, waits, typed: at.form, faults })
}
