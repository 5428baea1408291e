//! What became of every letter, filtered; sending one again.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, address, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::workbook;
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::fees::round_pages;
use crate::service::letters::{self, AskedLetters, LetterKind, LetterView, Outcomes};

/// Letters of a page.
const PAGE: u32 = 50;

/// What can become of a letter.
const OUTCOMES: [&str; 5] = ["sent", "waiting", "failed", "unsure", "skipped"];

#[derive(Template)]
#[template(path = "pages/mail/list.html")]
struct List {
    s: Shell,
    asked: AskedLetters,
    /// The round whose notices are shown.
    round: Option<(i64, String)>,
    rows: Vec<LetterView>,
    counts: Outcomes,
    next: String,
    faults: Faults,
}

impl List {
    fn is_kind(&self, kind: &str) -> bool {
        self.asked.kind.as_deref() == Some(kind)
    }

    fn outcomes(&self) -> [(&'static str, i64); 5] {
        let counts = self.counts;
        [
            ("sent", counts.sent),
            ("waiting", counts.waiting),
            ("failed", counts.failed),
            ("unsure", counts.unsure),
            ("skipped", counts.skipped),
        ]
    }

    fn link(&self, outcome: &str) -> String {
        filtered(&self.s.link("/mail"), &self.asked, outcome, "")
    }

    fn download(&self) -> String {
        let outcome = self.asked.outcome.as_deref().unwrap_or_default();
        filtered(&self.s.link("/mail/list"), &self.asked, outcome, "")
    }

    /// What a request to send all of them again is about.
    fn back(&self) -> String {
        let outcome = self.asked.outcome.as_deref().unwrap_or_default();
        filtered("", &self.asked, outcome, "").trim_start_matches('?').to_owned()
    }

    fn is_outcome(&self, outcome: &str) -> bool {
        self.asked.outcome.as_deref().unwrap_or_default() == outcome
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn class(&self, outcome: &str) -> &'static str {
        match outcome {
            "sent" => "done",
            "waiting" => "doing",
            "skipped" => "todo",
            _ => "unmet",
        }
    }
}

fn filtered(path: &str, asked: &AskedLetters, outcome: &str, before: &str) -> String {
    let round = asked.round.map(|round| round.to_string()).unwrap_or_default();
    let kind = asked.kind.as_deref().unwrap_or_default();
    address(path, &[("round", &round), ("kind", kind), ("outcome", outcome), ("before", before)])
}

fn read(query: &Fields, limit: u32) -> AskedLetters {
    AskedLetters {
        round: query.of("round").parse().ok(),
        kind: query.some("kind").filter(|kind| LetterKind::named(kind).is_some()),
        outcome: query.some("outcome").filter(|one| OUTCOMES.contains(&one.as_str())),
        before: query.of("before").parse().ok(),
        limit,
    }
}

/// The list.
#[get("/s/{school}/mail")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadPeople).await?;
    let query = Fields::parse(request.query_string().as_bytes());
    render(&load(&context, at, &query, Faults::default()).await?, &request)
}

/// The list as a workbook.
#[get("/s/{school}/mail/list")]
pub async fn download(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadPeople).await?;
    let asked = read(&Fields::parse(request.query_string().as_bytes()), 200);
    let (school, s) = (at.school.id, at.shell);
    let lang = s.language();
    let words = move |key: &str| s.t(key);
    let bytes = on_worker(move || {
        letters::workbook(&context.store, &*context.clock, (school, &asked), (lang, &words))
    })
    .await?;
    Ok(workbook("thu-gui-phu-huynh.xlsx", bytes))
}

/// Sends a letter again.
#[post("/s/{school}/mail/letters/{letter}")]
pub async fn again(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::IssueInvoices).await?;
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done =
        attempt(move || letters::again(&inner.store, &*inner.clock, &actor, (school, id))).await?;
    let back = Fields::parse(at.form.of("back").as_bytes());
    if let Err(error) = done {
        let faults = Faults::refusal(at.lang(), error)?;
        let page = load(&context, at, &back, faults).await?;
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request);
    }
    let said = Said { key: "letters-said-again".to_owned(), ..Said::default() };
    let asked = read(&back, PAGE);
    let outcome = asked.outcome.clone().unwrap_or_default();
    go_saying(&filtered(&at.shell.link("/mail"), &asked, &outcome, ""), &said)
}

/// Sends letters again that failed, all that are asked for.
#[post("/s/{school}/mail/again")]
pub async fn again_all(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
) -> Page {
    let at = visitor.at(&context, &path, Permission::IssueInvoices).await?;
    let (actor, school) = (at.actor.clone(), at.school.id);
    let asked = read(&Fields::parse(at.form.of("back").as_bytes()), PAGE);
    let wanted = asked.clone();
    let (sent, more) = on_worker(move || {
        letters::again_all(&context.store, &*context.clock, &actor, school, &wanted)
    })
    .await?;
    let key = if more { "letters-said-again-more" } else { "letters-said-again-all" };
    let said = Said { key: key.to_owned(), x: at.shell.number(sent), undo: None };
    let outcome = asked.outcome.clone().unwrap_or_default();
    go_saying(&filtered(&at.shell.link("/mail"), &asked, &outcome, ""), &said)
}

/// Tells the families of an issued round what it asks of them.
#[post("/s/{school}/mail/rounds/{round}")]
pub async fn notify(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::IssueInvoices).await?;
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done = attempt(move || {
        let (round, _) = round_pages::by_id(&inner.store, school, id)?;
        letters::notify(&inner.store, &*inner.clock, &actor, (school, &round.code))
    })
    .await?;
    match done {
        Ok(families) => {
            let x = at.shell.number(families);
            let said = Said { key: "letters-said-notified".to_owned(), x, undo: None };
            go_saying(&at.shell.link(format!("/mail?round={id}")), &said)
        }
        Err(error) => {
            let faults = Faults::refusal(at.lang(), error)?;
            let query = Fields::parse(format!("round={id}").as_bytes());
            let page = load(&context, at, &query, faults).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
        }
    }
}

async fn load(
    context: &web::Data<Context>,
    at: At,
    query: &Fields,
    faults: Faults,
) -> Result<List, Problem> {
    let asked = read(query, PAGE);
    let (inner, school, wanted) = (context.clone(), at.school.id, asked.clone());
    let (page, counts, round) = on_worker(move || {
        let page = letters::list(&inner.store, &*inner.clock, school, &wanted)?;
        let counts = letters::counts(&inner.store, school, &wanted)?;
        let round = match wanted.round {
            Some(id) => {
                let (round, _) = round_pages::by_id(&inner.store, school, id)?;
                Some((id, round.name))
            }
            None => None,
        };
        Ok((page, counts, round))
    })
    .await?;
    let outcome = asked.outcome.clone().unwrap_or_default();
    let next = page
        .next
        .map(|before| filtered(&at.shell.link("/mail"), &asked, &outcome, &before.to_string()));
    let mut s = at.shell;
    if let Some((id, name)) = &round {
        s = s.under_word("menu-rounds", "/rounds").under(name.clone(), &format!("/rounds/{id}"));
    }
    let next = next.unwrap_or_default();
    Ok(List { s, asked, round, rows: page.letters, counts, next, faults })
}
