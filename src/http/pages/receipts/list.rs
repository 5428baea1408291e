//! The receipts of a school, what waits for a second person, and whether receipts are issued.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::domain::calendar::vietnamese_day;
use crate::domain::receipt::ReceiptState;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, address, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::receipts::{self, Asked, Cursor, ReceiptView, Terms, WaitingRequest};

/// How many a page shows.
const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "pages/receipts/list.html")]
struct List {
    s: Shell,
    typed: Fields,
    state: &'static str,
    classes: Vec<String>,
    rows: Vec<ReceiptView>,
    waiting: Vec<WaitingRequest>,
    terms: Terms,
    next: String,
    /// Who looks: nobody approves what they asked for.
    me: String,
    faults: Faults,
}

/// The receipts, the last number first.
#[get("/s/{school}/receipts")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadPeople).await?;
    let query = Fields::parse(request.query_string().as_bytes());
    let faults = Faults::new(at.lang());
    render(&load(&context, at, query, faults).await?, &request)
}

/// Says whether receipts are issued, and from which day on.
#[post("/s/{school}/receipts/terms")]
pub async fn set_terms(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ManageDirectory).await?;
    let mut faults = Faults::new(at.lang());
    let from = faults.day_or_none("start", at.form.of("start"));
    if faults.is_empty() {
        let wanted = Terms { issue: at.form.has("issue"), from };
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        on_worker(move || receipts::set_terms(&inner.store, &*inner.clock, &actor, school, wanted))
            .await?;
        let said = Said { key: "receipts-terms-set".to_owned(), x: String::new(), undo: None };
        return go_saying(&at.shell.link("/receipts"), &said);
    }
    let page = load(&context, at, Fields::default(), faults).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

/// Agrees to void a receipt, or does not.
#[post("/s/{school}/receipts/voids/{id}")]
pub async fn decide(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ApproveReceiptVoid).await?;
    let agree = match at.form.of("decision") {
        "approve" => true,
        "refuse" => false,
        _ => return Err(Problem::no_such_page().into()),
    };
    let mut faults = Faults::new(at.lang());
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done = attempt(move || {
        receipts::decide_void(&inner.store, &*inner.clock, &actor, (school, id), agree)
    })
    .await?;
    match done {
        Ok(view) => {
            let key = if agree { "receipts-void-approved" } else { "receipts-void-refused" };
            let said = Said { key: key.to_owned(), x: String::new(), undo: None };
            let to = at.shell.link(format!("/receipts/{}", view.receipt));
            return go_saying(&to, &said);
        }
        Err(error) => faults.refused(error)?,
    }
    let page = load(&context, at, Fields::default(), faults).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

async fn load(
    context: &web::Data<Context>,
    at: At,
    query: Fields,
    mut faults: Faults,
) -> Result<List, Problem> {
    let asked = Asked {
        from: faults.day_or_none("from", query.of("from")),
        to: faults.day_or_none("to", query.of("to")),
        class: query.some("class"),
        state: ReceiptState::parse(query.of("state")),
        year: at.shell.year,
        text: query.of("text").trim().chars().take(200).collect(),
        before: Cursor::decode(query.of("before")),
    };
    let state = asked.state.map_or("", ReceiptState::as_str);
    let (inner, school) = (context.clone(), at.school.id);
    let books = at.shell.may("read_books");
    let (classes, (rows, cursor), waiting, terms) = on_worker(move || {
        let store = &inner.store;
        let waiting = if books { receipts::waiting(store, school)? } else { Vec::new() };
        Ok((
            receipts::classes(store, school)?,
            receipts::page(store, school, &asked, PAGE)?,
            waiting,
            receipts::terms(store, school)?,
        ))
    })
    .await?;
    let path = at.shell.link("/receipts");
    let next = cursor.map(|cursor| {
        let before = cursor.encode();
        let mut filter: Vec<(&str, &str)> = ["from", "to", "class", "state", "text"]
            .into_iter()
            .map(|name| (name, query.of(name)))
            .collect();
        filter.push(("before", &before));
        address(&path, &filter)
    });
    Ok(List {
        me: at.actor.as_str().to_owned(),
        s: at.shell,
        state,
        classes,
        rows,
        waiting,
        terms,
        next: next.unwrap_or_default(),
        typed: query,
        faults,
    })
}

impl List {
    fn start(&self) -> String {
        self.terms.from.map(vietnamese_day).unwrap_or_default()
    }

    fn is_state(&self, name: &str) -> bool {
        self.state == name
    }

    fn filtered(&self) -> bool {
        ["from", "to", "class", "state", "text", "before"]
            .iter()
            .any(|name| !self.typed.of(name).is_empty())
    }
}
