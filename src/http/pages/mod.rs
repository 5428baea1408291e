//! Pages for people: HTML rendered here, complete without a script.

pub mod account;
pub mod assets;
pub mod audit;
pub mod cash;
pub mod error;
pub mod exports;
pub mod families;
pub mod family;
pub mod fees;
pub mod fields;
pub mod figures;
pub mod forms;
pub mod help;
pub mod home;
pub mod lists;
pub mod mail;
pub mod people;
pub mod periods;
pub mod plain;
pub mod posted;
pub mod queue;
pub mod receipts;
pub mod receivables;
pub mod reported;
pub mod rounds;
pub mod routes;
pub mod schools;
pub mod search;
pub mod sent;
pub mod settings;
pub mod shell;
pub mod sign_in;
pub mod statements;
pub mod students;
pub mod style;
pub mod tour;
pub mod visitor;
pub mod words;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use error::PageError;
use shell::Said;

use super::problem::Problem;

/// What a handler of a page gives.
pub type Page = Result<HttpResponse, PageError>;

/// What pages may load and do: their own files, nothing inline, nobody else's.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Renders a page.
pub fn show(template: &impl Template, request: &HttpRequest) -> Page {
    show_with(StatusCode::OK, template, request)
}

/// Renders a page with another status, such as 422 for a form with mistakes.
pub fn show_with(status: StatusCode, template: &impl Template, request: &HttpRequest) -> Page {
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "a page could not be rendered");
        PageError::from(Problem::internal())
    })?;
    let said = request.cookie("doisoat-said").is_some();
    let mut response = if assets::takes_gzip(request.headers()) {
        let mut response = HttpResponse::build(status);
        response
            .insert_header((header::CONTENT_ENCODING, "gzip"))
            .insert_header((header::VARY, "Accept-Encoding"));
        dressed(&mut response).body(assets::packed(plain::plain(&html).as_bytes()))
    } else {
        html_of(status, html)
    };
    if said {
        // It was told now.
        let mut gone = visitor::said_cookie(&Said::default());
        gone.make_removal();
        gone.set_path("/");
        // A cookie of ours is a header that can be written.
        let _ = response.add_cookie(&gone);
    }
    Ok(response)
}

/// An answer of HTML.
#[must_use]
#[expect(clippy::needless_pass_by_value, reason = "a page is handed over")]
pub fn html_of(status: StatusCode, html: String) -> HttpResponse {
    let html = plain::plain(&html).into_owned();
    dressed(&mut HttpResponse::build(status)).body(html)
}

fn dressed(response: &mut actix_web::HttpResponseBuilder) -> &mut actix_web::HttpResponseBuilder {
    response
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header(("Cross-Origin-Opener-Policy", "same-origin"))
        .insert_header(("Permissions-Policy", "camera=(), geolocation=(), microphone=()"))
}

/// A workbook, to be kept as a file.
#[must_use]
pub fn workbook(name: &str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((
            header::CONTENT_TYPE,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(bytes)
}

/// Sends the browser on after a form: a reload sends nothing twice.
pub fn go(to: &str) -> Page {
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish())
}

/// The same, and the next page tells what was done.
pub fn go_saying(to: &str, said: &Said) -> Page {
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to))
        .cookie(visitor::said_cookie(said))
        .finish())
}

/// Adds the pages.
pub fn routes(config: &mut actix_web::web::ServiceConfig) {
    config
        .service(assets::asset)
        .configure(sign_in::routes)
        .configure(account::routes)
        .configure(people::routes)
        .configure(style::routes)
        .configure(schools::routes)
        .configure(figures::routes)
        .configure(home::routes)
        .configure(queue::routes)
        .configure(search::routes)
        .configure(help::routes)
        .configure(statements::routes)
        .configure(students::routes)
        .configure(families::routes)
        .configure(fees::routes)
        .configure(rounds::routes)
        .configure(cash::routes)
        .configure(receipts::routes)
        .configure(receivables::routes)
        .configure(mail::routes)
        .configure(periods::routes)
        .configure(reported::routes)
        .configure(exports::routes)
        .configure(audit::routes)
        .configure(settings::routes)
        .configure(tour::routes);
}
