//! Who looked at which family; everything about a student as a file; names given up.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, address, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show, show_with};
use crate::http::{Context, on_worker};
use crate::service::families::looks::{self, AskedLooks, LookView};
use crate::service::privacy::erasure::{self as erasing, ErasureView};
use crate::service::privacy::export as exporting;

type Pairs = Later<web::Query<Vec<(String, String)>>>;

#[derive(Template)]
#[template(path = "pages/families/log.html")]
struct Log {
    s: Shell,
    actor: String,
    looks: Vec<LookView>,
    next: String,
    file: String,
}

impl Log {
    fn what(&self, look: &LookView) -> String {
        self.s.t(format!("families-look-{}", look.what))
    }
}

fn asked(query: &Fields) -> AskedLooks {
    AskedLooks {
        family: query.of("family").parse().ok(),
        actor: query.of("actor").trim().to_owned(),
        before: query.of("before").parse().ok(),
    }
}

/// The access log.
#[get("/s/{school}/families/log")]
pub async fn log(
    context: web::Data<Context>,
    visitor: Visitor,
    school: web::Path<String>,
    query: Pairs,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &school, Permission::ReadPrivacy).await?;
    let query = Fields::from(query.now()?.into_inner());
    let asked = asked(&query);
    let actor = asked.actor.clone();
    let family = asked.family.map(|id| id.to_string()).unwrap_or_default();
    let school = at.school.id;
    let (looks, next) = on_worker(move || looks::page(&context.store, school, &asked)).await?;
    let link = |path: &str, before: &str| {
        let query = [("actor", actor.as_str()), ("family", family.as_str()), ("before", before)];
        address(&at.shell.link(path), &query)
    };
    let next = next.map(|id| link("/families/log", &id.to_string())).unwrap_or_default();
    let file = link("/families/log/csv", "");
    let s = at.shell.under_word("menu-families", "/families");
    show(&Log { s, actor, looks, next, file }, &request)
}

/// The same as a file.
#[get("/s/{school}/families/log/csv")]
pub async fn csv(
    context: web::Data<Context>,
    visitor: Visitor,
    school: web::Path<String>,
    query: Pairs,
) -> Page {
    let at = visitor.at(&context, &school, Permission::ReadPrivacy).await?;
    let asked = AskedLooks { before: None, ..asked(&Fields::from(query.now()?.into_inner())) };
    let school = at.school.id;
    let bytes = on_worker(move || looks::csv(&context.store, school, &asked)).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"nhat-ky-xem.csv\""))
        .body(bytes))
}

#[derive(Template)]
#[template(path = "pages/families/erasures.html")]
#[expect(clippy::struct_field_names, reason = "the page is about them")]
struct Erasures {
    s: Shell,
    erasures: Vec<ErasureView>,
    me: String,
    faults: Faults,
}

impl Erasures {
    fn state(&self, one: &ErasureView) -> String {
        self.s.t(format!("families-erasure-{}", one.state))
    }

    fn may_agree(&self, one: &ErasureView) -> bool {
        one.state == "asked" && self.s.may("manage_privacy")
    }

    fn is_mine(&self, one: &ErasureView) -> bool {
        one.asked_by == self.me
    }
}

/// Names that are asked to be given up, and those that were.
#[get("/s/{school}/families/erasures")]
pub async fn list_erasures(
    context: web::Data<Context>,
    visitor: Visitor,
    school: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &school, Permission::ReadPrivacy).await?;
    let faults = Faults::new(at.lang());
    render(&context, at, faults, &request).await
}

async fn render(
    context: &web::Data<Context>,
    at: At,
    faults: Faults,
    request: &HttpRequest,
) -> Page {
    let (inner, school) = (context.clone(), at.school.id);
    let erasures = on_worker(move || erasing::list(&inner.store, school)).await?;
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let me = at.actor.as_str().to_owned();
    let s = at.shell.under_word("menu-families", "/families");
    show_with(status, &Erasures { s, erasures, me, faults }, request)
}

/// Agrees that a name is given up, or does not.
#[post("/s/{school}/families/erasures/{id}")]
pub async fn decide(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ManagePrivacy).await?;
    let agree = at.form.of("decision") == "agree";
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done =
        attempt(move || erasing::decide(&inner.store, &*inner.clock, &actor, (school, id), agree))
            .await?;
    match done {
        Ok(view) => {
            let key = if agree { "families-said-erased" } else { "families-said-kept" };
            let said = Said { key: key.to_owned(), x: view.code, undo: None };
            go_saying(&at.shell.link("/families/erasures"), &said)
        }
        Err(error) => {
            let faults = Faults::refusal(at.lang(), error)?;
            render(&context, at, faults, &request).await
        }
    }
}

/// Everything about a student as an archive.
#[get("/s/{school}/students/{id}/export")]
pub async fn export(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ManagePrivacy).await?;
    let (school, lang, actor) = (at.school.id, at.lang(), at.actor);
    let bytes = on_worker(move || {
        let what = (school, id, lang);
        exporting::archive(&context.store, &*context.clock, &context.keys, &actor, what)
    })
    .await?;
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"du-lieu.zip\""))
        .body(bytes))
}

/// Asks for a student's name to be given up.
#[post("/s/{school}/students/{id}/erase")]
pub async fn erase(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ManagePrivacy).await?;
    let reason = at.form.of("reason").to_owned();
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done =
        attempt(move || erasing::ask(&inner.store, &*inner.clock, &actor, (school, id), &reason))
            .await?;
    match done {
        Ok(_) => {
            let said = Said { key: "families-said-asked".to_owned(), ..Said::default() };
            go_saying(&at.shell.link("/families/erasures"), &said)
        }
        Err(error) => {
            let faults = Faults::refusal(at.lang(), error)?;
            render(&context, at, faults, &request).await
        }
    }
}
