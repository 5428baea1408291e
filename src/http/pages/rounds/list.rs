//! The rounds of a school, newest first.

use actix_web::{HttpRequest, get, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::access::Permission;
use crate::http::later::Later;
use crate::http::pages::shell::Shell;
use crate::http::pages::visitor::Visitor;
use crate::http::pages::{Page, show};
use crate::http::{Context, on_worker};
use crate::service::fees::round_pages::{self, RoundLine};

/// Rounds on a page.
const LIMIT: u32 = 50;

/// Where the page begins.
#[derive(Debug, Default, Deserialize)]
pub struct Before {
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "pages/rounds/list.html")]
struct List {
    s: Shell,
    rounds: Vec<RoundLine>,
    next: String,
}

impl List {
    fn state(&self, state: &str) -> String {
        self.s.t(format!("rounds-state-{state}"))
    }
}

/// The rounds with what their invoices come to.
#[get("/s/{school}/rounds")]
pub async fn list(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<String>>,
    query: Later<web::Query<Before>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadPeople).await?;
    let (from, school) = ((at.shell.year, query.now()?.before), at.school.id);
    let (rounds, next) =
        on_worker(move || round_pages::page(&context.store, school, from, LIMIT)).await?;
    let s = at.shell;
    let next = next.map(|id| s.link(format!("/rounds?before={id}"))).unwrap_or_default();
    show(&List { s, rounds, next }, &request)
}
