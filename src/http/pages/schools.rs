//! The first page of whoever sees more than one school: each school's rate, and the way into it.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, get, web};
use askama::Template;
use chrono::Datelike as _;

use super::error::encoded;
use super::routes::page;
use super::shell::Shell;
use super::visitor::Visitor;
use super::{Page, go, show};
use crate::clock::local_day;
use crate::domain::access::Permission;
use crate::domain::calendar::vietnamese_day;
use crate::http::api::routes::{Needs, Route};
use crate::http::{Context, on_worker};
use crate::service::{keys, overview};

/// What visitors need.
pub const ROUTES: &[Route] = &[page(
    "/",
    Needs::Anywhere(
        Permission::ReadFigures,
        "lists the schools the visitor's roles reach and no other",
    ),
)];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(home);
}

#[derive(Template)]
#[template(path = "pages/schools.html")]
struct Schools {
    s: Shell,
    today: String,
    school_year: String,
    rows: Vec<overview::SchoolLine>,
    /// Whether whoever looks may go into a school: an authority sees figures only.
    linked: bool,
}

/// The schools somebody may see; whoever has one goes straight into it.
#[get("/")]
pub async fn home(context: web::Data<Context>, visitor: Visitor, request: HttpRequest) -> Page {
    visitor.may(Permission::ReadFigures)?;
    let today = local_day(context.clock.now());
    let linked = visitor.who.may(Permission::ReadPeople, None);
    let (grants, lang) = (visitor.who.grants.clone(), visitor.who.lang);
    let (schools, rows) = on_worker(move || {
        let mut seen = BTreeMap::new();
        for grant in grants {
            for view in keys::visible_schools(&context.store, &*context.clock, grant.scope)? {
                seen.insert(view.id, view);
            }
        }
        let schools: Vec<_> = seen.into_values().collect();
        if linked && schools.len() == 1 {
            return Ok((schools, Vec::new()));
        }
        let rows = overview::schools(&context.store, &schools, today, (context.cashless, lang))?;
        Ok((schools, rows))
    })
    .await?;
    if let ([only], true) = (schools.as_slice(), linked) {
        return go(&format!("/s/{}", encoded(&only.code)));
    }
    let year = overview::school_year(today);
    let school_year = format!("{}–{}", year.from().year(), year.to().year());
    let s = visitor.shell();
    show(&Schools { s, today: vietnamese_day(today), school_year, rows, linked }, &request)
}
