//! The guardians of a student, corrected.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::http::later::Later;
use crate::http::pages::fields::Fields;
use crate::http::pages::forms::Faults;
use crate::http::pages::posted::Posted;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show_with};
use crate::http::{Context, on_worker};
use crate::service::students::contacts::{self, GuardianTerms};
use crate::service::students::view;

/// Guardians that the form has room for.
const ROOM: usize = 2;

#[derive(Template)]
#[template(path = "pages/students/contact.html")]
struct Contact {
    s: Shell,
    id: i64,
    student: String,
    class: String,
    guardians: Vec<GuardianTerms>,
    faults: Faults,
}

/// The form.
#[get("/s/{school}/students/{id}/contact")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ImportLists).await?;
    let faults = Faults::new(at.lang());
    render(&context, at, id, None, faults, &request).await
}

/// Keeps what was typed.
#[post("/s/{school}/students/{id}/contact")]
pub async fn change(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::ImportLists).await?;
    let typed: Vec<GuardianTerms> =
        (1..=ROOM.max(many(&sent.form))).map(|number| typed(&sent.form, number)).collect();
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let wanted = typed.clone();
    let outcome = on_worker(move || {
        let code = view::code_of(&inner.store, school, id)?;
        Ok(contacts::set(&inner.store, &*inner.clock, &actor, (school, &code), &wanted))
    })
    .await?;
    match outcome {
        Ok(detail) => {
            let key = "students-said-contact".to_owned();
            let said = Said { key, x: detail.student.name, undo: None };
            go_saying(&at.shell.link(format!("/students/{id}")), &said)
        }
        Err(error) => {
            let faults = Faults::refusal(at.lang(), error)?;
            render(&context, at, id, Some(typed), faults, &request).await
        }
    }
}

/// How many guardians a form is about.
fn many(form: &Fields) -> usize {
    form.iter().filter(|(name, _)| name.starts_with("name_")).count().min(10)
}

fn typed(form: &Fields, number: usize) -> GuardianTerms {
    let of =
        |name: &str| -> String { form.of(&format!("{name}_{number}")).chars().take(200).collect() };
    GuardianTerms {
        name: of("name"),
        relation: of("relation"),
        email: of("email"),
        phone: of("phone"),
        in_english: of("language") == "en",
    }
}

async fn render(
    context: &web::Data<Context>,
    at: At,
    id: i64,
    typed: Option<Vec<GuardianTerms>>,
    faults: Faults,
    request: &HttpRequest,
) -> Page {
    let (inner, school) = (context.clone(), at.school.id);
    let detail = on_worker(move || view::detail_by_id(&inner.store, school, id, false)).await?;
    let mut guardians = typed.unwrap_or_else(|| {
        let text = |text: Option<String>| text.unwrap_or_default();
        detail
            .guardians
            .into_iter()
            .map(|one| GuardianTerms {
                name: text(one.name),
                relation: text(one.relation),
                email: text(one.email),
                phone: text(one.phone),
                in_english: one.language == "en",
            })
            .collect()
    });
    let room = ROOM.max(guardians.len());
    guardians.resize(room, GuardianTerms::default());
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (student, class) = (detail.student.name, detail.student.class);
    let s = at
        .shell
        .under_word("menu-students", "/students")
        .under(student.clone(), &format!("/students/{id}"));
    show_with(status, &Contact { s, id, student, class, guardians, faults }, request)
}
