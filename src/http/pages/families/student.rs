//! A student's family: its page, who opened and who looked at it, and on what grounds its data is kept.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::clock::local_day;
use crate::domain::access::Permission;
use crate::domain::calendar::vietnamese_day;
use crate::http::later::Later;
use crate::http::pages::family::{View, render as render_family};
use crate::http::pages::fields::attempt;
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show_with};
use crate::http::{Context, on_worker};
use crate::service::families::looks::{self, FamilyCard, Look};
use crate::service::families::{links, page as family_page};
use crate::service::family_links::Addresses;

#[derive(Template)]
#[template(path = "pages/families/student.html")]
struct FamilyOfStudent {
    s: Shell,
    id: i64,
    card: FamilyCard,
    /// The page's address, where it was asked for.
    address: String,
    words: String,
    on: String,
    faults: Faults,
}

impl FamilyOfStudent {
    fn what(&self, what: &str) -> String {
        self.s.t(format!("families-look-{what}"))
    }
}

/// What is typed and shown besides.
#[derive(Default)]
struct Beside {
    address: String,
    words: Option<String>,
    on: Option<String>,
    faults: Faults,
}

/// The family of a student.
#[get("/s/{school}/students/{id}/family")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadPeople).await?;
    render(&context, at, id, Beside::default(), &request).await
}

async fn render(
    context: &web::Data<Context>,
    at: At,
    id: i64,
    beside: Beside,
    request: &HttpRequest,
) -> Page {
    let (inner, school) = (context.clone(), at.school.id);
    let card = on_worker(move || looks::card(&inner.store, &*inner.clock, (school, id))).await?;
    let today = vietnamese_day(local_day(context.clock.now()));
    let status =
        if beside.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let s = at
        .shell
        .under_word("menu-students", "/students")
        .under(card.student.clone(), &format!("/students/{id}"));
    let page = FamilyOfStudent {
        s,
        id,
        card,
        address: beside.address,
        words: beside.words.unwrap_or_default(),
        on: beside.on.unwrap_or(today),
        faults: beside.faults,
    };
    show_with(status, &page, request)
}

/// The page as the family sees it; written down.
#[get("/s/{school}/students/{id}/family/page")]
pub async fn show_page(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadPeople).await?;
    let (lang, actor, school) = (at.lang(), at.actor, at.school.id);
    let page = on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        let family = looks::family_of(store, school, id)?;
        looks::note(store, clock, &actor, (school, family), Look::Page)?;
        family_page::of_family(store, clock, (school, family))
    })
    .await?;
    render_family(lang, page, View::default(), StatusCode::OK, &request)
}

/// Shows the page's address, to be read aloud or copied; written down.
#[post("/s/{school}/students/{id}/family/address")]
pub async fn show_address(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ImportLists).await?;
    tell_address(&context, at, id, false, &request).await
}

/// Revokes the page's addresses and shows a new one.
#[post("/s/{school}/students/{id}/family/new")]
pub async fn make_new(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ImportLists).await?;
    tell_address(&context, at, id, true, &request).await
}

async fn tell_address(
    context: &web::Data<Context>,
    at: At,
    id: i64,
    new: bool,
    request: &HttpRequest,
) -> Page {
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let address = on_worker(move || {
        let (store, clock) = (&inner.store, &*inner.clock);
        let of = (school, looks::family_of(store, school, id)?);
        let with = Addresses { public_url: &inner.origin, ids: &*inner.ids, keys: &inner.keys };
        if new {
            links::make_new(store, clock, &actor, with, of)
        } else {
            links::for_staff(store, clock, &actor, with, of)
        }
    })
    .await?;
    render(context, at, id, Beside { address, ..Beside::default() }, request).await
}

/// Notes on what grounds the family's data is kept.
#[post("/s/{school}/students/{id}/family/basis")]
pub async fn note_basis(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ImportLists).await?;
    let (typed, on) = (at.form.of("words").to_owned(), at.form.of("on").to_owned());
    let mut faults = Faults::new(at.lang());
    let words = faults.text("words", &typed);
    let day = faults.day("on", &on);
    if let Some(day) = day.filter(|_| faults.is_empty()) {
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        let done = attempt(move || {
            let of = (school, looks::family_of(&inner.store, school, id)?);
            looks::note_basis(&inner.store, &*inner.clock, &actor, of, (&words, day))
        })
        .await?;
        match done {
            Ok(()) => {
                let said = Said { key: "families-said-basis".to_owned(), ..Said::default() };
                return go_saying(&at.shell.link(format!("/students/{id}/family")), &said);
            }
            Err(error) => faults.refused(error)?,
        }
    }
    let beside = Beside { words: Some(typed), on: Some(on), faults, ..Beside::default() };
    render(&context, at, id, beside, &request).await
}
