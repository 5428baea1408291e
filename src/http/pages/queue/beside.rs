//! Beside the queue: what was decided lately, and the questions that wait.

use actix_web::{HttpRequest, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::told;
use crate::domain::access::Permission;
use crate::domain::id::EntryId;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, attempt, pair};
use crate::http::pages::posted::Posted;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::Visitor;
use crate::http::pages::{Page, go_saying, show};
use crate::http::{Context, on_worker};
use crate::service::inbox::view::{self, DeliveryView};
use crate::service::rulings::{self, NewRuling, Pair, Question, Verdict};
use crate::service::workspace::history::{self, HistoryItem};
use crate::service::workspace::questions;

/// Items of one page.
const ITEMS: u32 = 50;

/// Questions of one page.
const QUESTIONS: u32 = 20;

/// Where a list goes on.
#[derive(Debug, Default, Deserialize)]
pub struct HistoryQuery {
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "pages/queue/history.html")]
struct History {
    s: Shell,
    items: Vec<HistoryItem>,
    next: String,
}

/// What persons decided lately, with what can be undone.
#[get("/s/{school}/history")]
pub async fn show_history(
    context: web::Data<Context>,
    visitor: Visitor,
    school: web::Path<String>,
    query: Later<web::Query<HistoryQuery>>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &school, Permission::ReadBooks).await?;
    let before = query.now()?.before;
    let (school, lang) = (at.school.id, at.lang());
    let (items, next) =
        on_worker(move || history::page(&context.store, school, before, ITEMS, lang)).await?;
    let words = at.shell.t("menu-queue");
    let base = at.shell.link("/history");
    let next = next.map(|id| format!("{base}?before={id}")).unwrap_or_default();
    show(&History { s: at.shell.under(words, "/queue"), items, next }, &request)
}

/// Where the two lists of questions go on.
#[derive(Debug, Default, Deserialize)]
pub struct QuestionsQuery {
    after: Option<i64>,
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "pages/queue/questions.html")]
struct QuestionsPage {
    s: Shell,
    asked: Vec<Question>,
    more_asked: String,
    dead: Vec<DeliveryView>,
    more_dead: String,
}

impl QuestionsPage {
    /// The key of the words that say why a question is asked.
    fn why(question: &Question) -> &'static str {
        match question.why.as_str() {
            "other_reference" => "question-other-reference",
            "balance_stood" => "question-balance-stood",
            _ => "question-announced",
        }
    }
}

/// Lines that may be one payment, and notifications that were given up.
#[get("/s/{school}/questions")]
pub async fn show_questions(
    context: web::Data<Context>,
    visitor: Visitor,
    school: web::Path<String>,
    query: Later<web::Query<QuestionsQuery>>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &school, Permission::ReadBooks).await?;
    let QuestionsQuery { after, before } = query.now()?.into_inner();
    let school = at.school.id;
    let ((questions, more), (dead, older)) = on_worker(move || {
        let store = &context.store;
        let questions = questions::identity_page(store, school, after, QUESTIONS)?;
        Ok((questions, questions::dead_page(store, school, before, ITEMS)?))
    })
    .await?;
    let words = at.shell.t("menu-queue");
    let base = at.shell.link("/questions");
    let page = QuestionsPage {
        more_asked: more.map(|id| format!("{base}?after={id}")).unwrap_or_default(),
        more_dead: older.map(|id| format!("{base}?before={id}")).unwrap_or_default(),
        s: at.shell.under(words, "/queue"),
        asked: questions,
        dead,
    };
    show(&page, &request)
}

/// Takes a person's word whether two lines are the same money.
#[post("/s/{school}/questions/rule")]
pub async fn rule(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    school: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = sent.visitor.at(&context, &school, Permission::Decide).await?;
    let back = at.shell.link("/questions");
    let same = sent.form.of("verdict") == "same";
    let (one, other) = pair(sent.form.of("lines")).unwrap_or_default();
    let asked = NewRuling {
        pair: Pair::Entries(EntryId(one), EntryId(other)),
        verdict: if same { Verdict::Same } else { Verdict::Distinct },
        reason: sent.form.of("reason").trim().chars().take(1_000).collect(),
        expected: Vec::new(),
    };
    let (school, actor) = (at.school.id, at.actor.clone());
    let done =
        attempt(move || rulings::rule(&context.store, &*context.clock, &actor, school, &asked))
            .await?;
    match done {
        Ok(_) => {
            let key = if same { "question-ruled-same" } else { "question-ruled-distinct" };
            go_saying(&back, &Said { key: key.to_owned(), x: String::new(), undo: None })
        }
        Err(error) => told(at, (String::new(), back), error, &request),
    }
}

/// Tries a notification again that was given up.
#[post("/s/{school}/questions/dead/{id}/retry")]
pub async fn retry(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
) -> Page {
    let (school, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &school, Permission::RetryDeliveries).await?;
    let (school, actor) = (at.school.id, at.actor.clone());
    on_worker(move || view::replay(&context.store, &*context.clock, &actor, school, id)).await?;
    let said = Said { key: "dead-retried".to_owned(), x: String::new(), undo: None };
    go_saying(&at.shell.link("/questions"), &said)
}

/// Sets a notification aside that was given up.
#[post("/s/{school}/questions/dead/{id}/drop")]
pub async fn drop_dead(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
) -> Page {
    let (school, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &school, Permission::RetryDeliveries).await?;
    let (school, actor) = (at.school.id, at.actor.clone());
    on_worker(move || view::drop_dead(&context.store, &*context.clock, &actor, school, id)).await?;
    let said = Said { key: "dead-dropped".to_owned(), x: String::new(), undo: None };
    go_saying(&at.shell.link("/questions"), &said)
}
