//! The review queue: lines that wait for a person, each with what it may pay; deciding and undoing.

mod acts;
mod beside;
mod bulk;
mod line;
mod list;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;

use super::routes::{form, page};
use super::shell::Shell;
use super::visitor::At;
use super::{Page, show_with};
use crate::domain::access::Permission;
use crate::http::api::routes::{Needs, Route};
use crate::service::ServiceError;

const READ: Needs = Needs::AtSchool(Permission::ReadBooks);
const EXPORT: Needs = Needs::AtSchool(Permission::ExportBooks);
const DECIDE: Needs = Needs::AtSchool(Permission::Decide);
const RETRY: Needs = Needs::AtSchool(Permission::RetryDeliveries);

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/s/{school}/queue", READ),
    page("/s/{school}/queue/export", EXPORT),
    form("/s/{school}/queue/bulk", DECIDE),
    form("/s/{school}/queue/bulk/confirm", DECIDE),
    form("/s/{school}/queue/groups/{id}/undo", DECIDE),
    page("/s/{school}/queue/{id}", READ),
    form("/s/{school}/queue/{id}/confirm", DECIDE),
    form("/s/{school}/queue/{id}/use", DECIDE),
    form("/s/{school}/queue/{id}/refuse", DECIDE),
    form("/s/{school}/queue/{id}/reverse", DECIDE),
    form("/s/{school}/queue/{id}/undo/{decision}", DECIDE),
    page("/s/{school}/history", READ),
    page("/s/{school}/questions", READ),
    form("/s/{school}/questions/rule", DECIDE),
    form("/s/{school}/questions/dead/{id}/retry", RETRY),
    form("/s/{school}/questions/dead/{id}/drop", RETRY),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(list::show_list)
        .service(list::export)
        .service(bulk::ask)
        .service(bulk::confirm)
        .service(bulk::take_back)
        .service(line::show_line)
        .service(acts::confirm)
        .service(line::use_line)
        .service(acts::refuse)
        .service(acts::reverse)
        .service(acts::take_back)
        .service(beside::show_history)
        .service(beside::show_questions)
        .service(beside::rule)
        .service(beside::retry)
        .service(beside::drop_dead);
}

/// Where a form came from, so that it is gone back to; only ever a page of the same school.
fn back_to(shell: &Shell, next: &str, otherwise: &str) -> String {
    let own = shell.link("/");
    let ours = next.starts_with(&own)
        && next.len() <= 2_000
        && !next.contains('\\')
        && !next.chars().any(char::is_control);
    if ours { next.to_owned() } else { shell.link(otherwise) }
}

#[derive(Template)]
#[template(path = "pages/queue/told.html")]
struct Told {
    s: Shell,
    conflict: bool,
    messages: Vec<String>,
    line: String,
    back: String,
}

/// Says why something was not done: who did what meanwhile, or what does not fit; with the ways on.
fn told(
    at: At,
    (line, back): (String, String),
    error: ServiceError,
    request: &HttpRequest,
) -> Page {
    let status = match &error {
        ServiceError::Conflict(_) => StatusCode::CONFLICT,
        ServiceError::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => return Err(error.into()),
    };
    let lang = at.lang();
    let messages =
        error.diagnostics().iter().map(|one| one.message.text(lang).to_owned()).collect();
    say(at, status, messages, (line, back), request)
}

fn say(
    at: At,
    status: StatusCode,
    messages: Vec<String>,
    (line, back): (String, String),
    request: &HttpRequest,
) -> Page {
    let words = at.shell.t("menu-queue");
    let s = at.shell.under(words, "/queue");
    let conflict = status == StatusCode::CONFLICT;
    show_with(status, &Told { s, conflict, messages, line, back }, request)
}
