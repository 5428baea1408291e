//! One box for everything: students and payments that a text finds.

use actix_web::{HttpRequest, get, web};
use askama::Template;
use serde::Deserialize;

use super::error::encoded;
use super::routes::page;
use super::shell::Shell;
use super::visitor::Visitor;
use super::{Page, show};
use crate::domain::access::Permission;
use crate::http::api::routes::{Needs, Route};
use crate::http::later::Later;
use crate::http::{Context, on_worker};
use crate::service::workspace::{self, Everything, Row};

/// What visitors need.
pub const ROUTES: &[Route] = &[page("/s/{school}/search", Needs::AtSchool(Permission::ReadPeople))];

/// Adds the page.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(search);
}

/// The most characters that are looked for.
const TEXT: usize = 200;

/// What was typed.
#[derive(Debug, Default, Deserialize)]
pub struct SearchQuery {
    text: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/search.html")]
struct SearchPage {
    s: Shell,
    text: String,
    found: Everything,
    /// All payments that the text finds.
    all_payments: String,
    /// All students that the text finds.
    all_students: String,
}

impl SearchPage {
    fn tab(&self, row: &Row) -> &'static str {
        row.tab.label(self.s.language())
    }
}

/// Looks for a text everywhere.
#[get("/s/{school}/search")]
pub async fn search(
    context: web::Data<Context>,
    visitor: Visitor,
    school: web::Path<String>,
    query: Later<web::Query<SearchQuery>>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &school, Permission::ReadPeople).await?;
    let typed = query.now()?.into_inner().text.unwrap_or_default();
    let text: String = typed.trim().chars().take(TEXT).collect();
    let (school, lang, asked) = (at.school.id, at.lang(), text.clone());
    let books = at.shell.may("read_books");
    let found =
        on_worker(move || workspace::everything(&context.store, school, &asked, books, lang))
            .await?;
    let s = at.shell;
    let page = SearchPage {
        all_payments: format!("{}?q={}", s.link("/queue"), encoded(&text)),
        all_students: format!("{}?text={}", s.link("/students"), encoded(&text)),
        s,
        text,
        found,
    };
    show(&page, &request)
}
