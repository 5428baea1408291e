//! What families ask: the list, one question beside the money it may be about, and its answer.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as show_page, show_with};
use crate::http::{Context, on_worker};
use crate::service::families::claims::{
    self as service, Answer, AnswerTerms, ClaimDetail, ClaimLine,
};

type Pairs = Later<web::Query<Vec<(String, String)>>>;

#[derive(Template)]
#[template(path = "pages/families/claims.html")]
struct List {
    s: Shell,
    all: bool,
    waiting: u64,
    lines: Vec<ClaimLine>,
    next: String,
}

impl List {
    fn answer(&self, line: &ClaimLine) -> String {
        answer_key(&self.s, line)
    }
}

fn answer_key(s: &Shell, line: &ClaimLine) -> String {
    match &line.claim.answer {
        Some(answer) => s.t(format!("claims-answer-{}", answer.replace('_', "-"))),
        None => s.t("claims-waiting"),
    }
}

/// The questions that wait, the oldest first; or all of them, the last first.
#[get("/s/{school}/claims")]
pub async fn list(
    context: web::Data<Context>,
    visitor: Visitor,
    school: web::Path<String>,
    query: Pairs,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &school, Permission::ReadBooks).await?;
    let query = Fields::from(query.now()?.into_inner());
    let all = query.of("state") == "all";
    let from = query.of("from").parse().ok();
    let (inner, school) = (context.clone(), at.school.id);
    let ((lines, next), waiting) = on_worker(move || {
        let found = service::page(&inner.store, (school, !all), from)?;
        Ok((found, service::waiting(&inner.store, school)?))
    })
    .await?;
    let state = if all { "state=all&" } else { "" };
    let next = next.map(|from| at.shell.link(format!("/claims?{state}from={from}")));
    let s = at.shell.under_word("menu-queue", "/queue");
    show_page(&List { s, all, waiting, lines, next: next.unwrap_or_default() }, &request)
}

#[derive(Template)]
#[template(path = "pages/families/claim.html")]
struct One {
    s: Shell,
    detail: ClaimDetail,
    typed: Fields,
    faults: Faults,
}

impl One {
    fn answer(&self) -> String {
        answer_key(&self.s, &self.detail.line)
    }

    fn is(&self, answer: &str) -> bool {
        self.typed.of("answer") == answer
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand out references")]
    fn is_payment(&self, payment: &i64) -> bool {
        self.typed.of("payment") == payment.to_string()
    }

    fn decision(&self, decision: &str) -> String {
        self.s.t(format!("claims-decision-{}", decision.replace('_', "-")))
    }
}

/// One question, with equal amounts near its day.
#[get("/s/{school}/claims/{id}")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadBooks).await?;
    let faults = Faults::new(at.lang());
    render(&context, at, id, (Fields::default(), faults), &request).await
}

async fn render(
    context: &web::Data<Context>,
    at: At,
    id: i64,
    (typed, faults): (Fields, Faults),
    request: &HttpRequest,
) -> Page {
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let detail =
        on_worker(move || service::show(&inner.store, &*inner.clock, &actor, (school, id))).await?;
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let s = at.shell.under_word("menu-queue", "/queue").under_word("claims-title", "/claims");
    show_with(status, &One { s, detail, typed, faults }, request)
}

/// The picture that came with a question.
#[get("/s/{school}/claims/{id}/photo")]
pub async fn show_photo(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadBooks).await?;
    let (actor, school) = (at.actor, at.school.id);
    let picture = on_worker(move || {
        let ports = (&context.store, &*context.clock, &context.keys);
        service::picture(ports.0, ports.1, ports.2, &actor, (school, id))
    })
    .await?;
    Ok(HttpResponse::Ok()
        .content_type("image/jpeg")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, "inline; filename=\"anh.jpg\""))
        .body(picture))
}

/// Answers a question.
#[post("/s/{school}/claims/{id}")]
pub async fn send_answer(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::Decide).await?;
    let mut faults = Faults::new(at.lang());
    if let Some(answer) = Answer::named(at.form.of("answer")) {
        let terms = AnswerTerms {
            answer,
            payment: at.form.of("payment").trim().parse().ok(),
            words: at.form.of("words").to_owned(),
        };
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        let done = attempt(move || {
            service::answer(&inner.store, &*inner.clock, &actor, (school, id), &terms)
        })
        .await?;
        match done {
            Ok(()) => {
                let said = Said { key: "claims-said".to_owned(), ..Said::default() };
                return go_saying(&at.shell.link("/claims"), &said);
            }
            Err(error) => faults.refused_in(error, &["payment", "words"])?,
        }
    } else {
        faults.text("answer", "");
    }
    let typed = at.form.clone();
    render(&context, at, id, (typed, faults), &request).await
}
