//! Write-offs: what was asked for, and the second person's word.

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
use crate::service::fees::write_offs::{self, WriteOffLine};

/// How many a page shows.
const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "pages/receivables/write_offs.html")]
struct List {
    s: Shell,
    state: String,
    rows: Vec<WriteOffLine>,
    next: String,
    /// Who looks: nobody approves what they asked for.
    me: String,
    faults: Faults,
}

/// The write-offs, those that wait where no state is named.
#[get("/s/{school}/receivables/write-offs")]
pub async fn list(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadBooks).await?;
    let query = Fields::parse(request.query_string().as_bytes());
    render(&load(&context, at, &query, Faults::default()).await?, &request)
}

/// Agrees, or does not.
#[post("/s/{school}/receivables/write-offs/{id}")]
pub async fn decide(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ApproveWriteOff).await?;
    let agree = match at.form.of("decision") {
        "approve" => true,
        "refuse" => false,
        _ => return Err(Problem::no_such_page().into()),
    };
    let mut faults = Faults::new(at.lang());
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done = attempt(move || {
        write_offs::decide(&inner.store, &*inner.clock, &actor, (school, id), agree)
    })
    .await?;
    match done {
        Ok(view) => {
            let key = if agree { "owing-write-off-approved" } else { "owing-write-off-refused" };
            let said = Said { key: key.to_owned(), x: view.invoice, undo: None };
            return go_saying(&at.shell.link("/receivables/write-offs"), &said);
        }
        Err(error) => faults.refused(error)?,
    }
    let page = load(&context, at, &Fields::default(), faults).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

async fn load(
    context: &web::Data<Context>,
    at: At,
    query: &Fields,
    faults: Faults,
) -> Result<List, Problem> {
    let state = match query.of("state") {
        state @ ("approved" | "refused" | "all") => state,
        _ => "asked",
    }
    .to_owned();
    let before: Option<i64> = query.of("before").parse().ok();
    let (inner, school, wanted) = (context.clone(), at.school.id, state.clone());
    let (rows, cursor) = on_worker(move || {
        let wanted = Some(wanted.as_str()).filter(|state| *state != "all");
        write_offs::page(&inner.store, school, (wanted, before), PAGE)
    })
    .await?;
    let path = at.shell.link("/receivables/write-offs");
    let next = cursor
        .map(|before| address(&path, &[("state", &state), ("before", &before.to_string())]))
        .unwrap_or_default();
    let me = at.actor.as_str().to_owned();
    Ok(List { s: at.shell.under_receivables(), state, rows, next, me, faults })
}
