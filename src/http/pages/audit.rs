//! The audit log: who did what and when, and its file.

pub mod told;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;
use serde_json::Value;

use super::fields::{Fields, address};
use super::forms::Faults;
use super::routes::page;
use super::shell::Shell;
use super::visitor::{At, Visitor};
use super::{Page, show as render};
use crate::domain::access::Permission;
use crate::http::api::routes::{Needs, Route};
use crate::http::{Context, on_worker};
use crate::service::audit_log::actions::AREAS;
use crate::service::audit_log::{self, Asked, FileWords, Log, RecordView};
use told::{Told, says_something, worded};

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/s/{school}/audit", Needs::AtSchool(Permission::ReadBooks)),
    page("/s/{school}/audit/csv", Needs::AtSchool(Permission::ReadBooks)),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(csv).service(show);
}

#[derive(Template)]
#[template(path = "pages/books/audit.html")]
struct AuditPage {
    s: Shell,
    typed: Fields,
    log: Log,
    next: String,
    file: String,
    faults: Faults,
}

impl AuditPage {
    fn told(&self) -> Told<'_> {
        Told { s: &self.s, invoices: &self.log.invoices }
    }

    /// The words of an action, or its name where there are none.
    fn action(&self, action: &str) -> String {
        worded(&self.s, "audit-action-", action)
    }

    /// What a record says besides what changed, as far as it says anything.
    fn facts(&self, row: &RecordView) -> Vec<(String, String)> {
        let facts = row.facts.iter().filter(|(_, value)| says_something(value));
        let facts = facts.map(|(key, value)| (self.key(key), self.value(key, value)));
        facts.filter(|(_, told)| !told.is_empty()).collect()
    }

    fn chosen(&self, area: &str) -> bool {
        self.typed.of("area") == area
    }

    fn kind(&self, kind: &str) -> String {
        worded(&self.s, "audit-kind-", kind)
    }

    fn link(&self, row: &RecordView) -> String {
        self.told().link(row)
    }

    fn key(&self, key: &str) -> String {
        self.told().key(key)
    }

    fn value(&self, key: &str, value: &Value) -> String {
        self.told().value(key, value)
    }
}

/// The log, the last first.
#[get("/s/{school}/audit")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadBooks).await?;
    let typed = Fields::parse(request.query_string().as_bytes());
    let mut faults = Faults::new(at.lang());
    let asked = asked(&at, &typed, &mut faults);
    let school = at.school.id;
    let erased = at.shell.t("audit-erased");
    let log = on_worker(move || audit_log::page(&context.store, Some(school), &asked, &erased));
    let log = log.await?;
    let with = |path: &str, before: &str| {
        let mut query: Vec<(&str, &str)> =
            ["actor", "area", "from", "to"].map(|name| (name, typed.of(name))).to_vec();
        query.push(("before", before));
        address(&at.shell.link(path), &query)
    };
    let next = log.next.map(|before| with("/audit", &before.to_string())).unwrap_or_default();
    let file = with("/audit/csv", "");
    render(&AuditPage { s: at.shell, typed, log, next, file, faults }, &request)
}

/// The same as a file.
#[get("/s/{school}/audit/csv")]
pub async fn csv(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadBooks).await?;
    let typed = Fields::parse(request.query_string().as_bytes());
    let asked = Asked { before: None, ..asked(&at, &typed, &mut Faults::new(at.lang())) };
    let (school, s) = (at.school.id, at.shell);
    let bytes = on_worker(move || {
        let words = FileWords {
            action: &|action| worded(&s, "audit-action-", action),
            kind: &|kind| worded(&s, "audit-kind-", kind),
            person: &|actor| s.actor(actor),
            erased: &s.t("audit-erased"),
        };
        audit_log::csv(&context.store, school, &asked, &words)
    })
    .await?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"nhat-ky.csv\""))
        .body(bytes))
}

fn asked(at: &At, typed: &Fields, faults: &mut Faults) -> Asked {
    let actor: String = typed.of("actor").chars().take(100).collect();
    Asked {
        addresses: at.shell.called(&actor),
        actor,
        area: typed.of("area").to_owned(),
        from: faults.day_or_none("from", typed.of("from")),
        to: faults.day_or_none("to", typed.of("to")),
        before: typed.of("before").parse().ok(),
    }
}
