//! One page for people: each school's rate and the last imports.

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use chrono::Datelike as _;

use super::auth::Authenticated;
use super::problem::Problem;
use super::{Context, on_worker};
use crate::clock::local_day;
use crate::domain::access::{Permission, permits};
use crate::domain::calendar::vietnamese_day;
use crate::domain::money::group_digits;
use crate::service::queue::ImportView;
use crate::service::{keys, overview, queue};

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    today: String,
    school_year: String,
    rows: Vec<overview::SchoolLine>,
    /// `None` for those who may not see files.
    imports: Option<Vec<ImportLine>>,
}

struct ImportLine {
    school: String,
    file_name: String,
    format: String,
    state: &'static str,
    /// Payments that were new, that were known, and that were settled.
    counts: [String; 3],
}

/// The overview of every school the key may see.
#[get("/")]
pub async fn home(
    context: web::Data<Context>,
    who: Authenticated,
) -> Result<HttpResponse, Problem> {
    who.may(Permission::ReadFigures)?;
    let today = local_day(context.clock.now());
    let (rows, imports) = on_worker(move || {
        let schools = keys::visible_schools(&context.store, &*context.clock, who.0.scope)?;
        let ids: Vec<_> = schools.iter().map(|school| school.id).collect();
        // Who sees figures only is not told which files a school took in.
        let imports = if permits(who.0.role, who.0.scope, Permission::ReadBooks) {
            Some(queue::imports(&context.store, &ids, 20)?)
        } else {
            None
        };
        let rows = overview::schools(&context.store, &schools, today, context.cashless)?;
        let line = |import: ImportView| {
            let school = schools.iter().find(|school| school.id == import.school);
            import_line(school.map(|school| school.name.clone()).unwrap_or_default(), import)
        };
        let imports = imports.map(|imports| imports.into_iter().map(line).collect::<Vec<_>>());
        Ok((rows, imports))
    })
    .await?;
    let year = overview::school_year(today);
    let school_year = format!("{}–{}", year.from().year(), year.to().year());
    let page = Home { today: vietnamese_day(today), school_year, rows, imports };
    let html = page.render().map_err(|error| {
        tracing::error!(%error, "a page could not be rendered");
        Problem::internal()
    })?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ))
        .body(html))
}

/// The page's stylesheet.
#[get("/style.css")]
pub async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .body(include_str!("../../templates/style.css"))
}

fn import_line(school: String, import: ImportView) -> ImportLine {
    let counts = ["payments", "duplicates", "settled"].map(|name| {
        let count = import.outcome.get(name).and_then(serde_json::Value::as_i64);
        count.map_or_else(|| "–".to_owned(), |count| group_digits(&count.to_string()))
    });
    ImportLine {
        school,
        file_name: import.file_name,
        format: import.layout.unwrap_or(import.format),
        state: match import.state.as_str() {
            "planned" => "Chờ ghi nhận",
            "committed" => "Đã ghi nhận",
            _ => "Đã hoàn tác",
        },
        counts,
    }
}
