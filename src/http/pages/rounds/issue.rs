//! The issue of a round: what would be written, the question, and the writing. What was seen is what
//! is issued: its fingerprint travels with the form.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::access::Permission;
use crate::http::later::Later;
use crate::http::pages::forms::Faults;
use crate::http::pages::posted::Posted;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::workbook;
use crate::http::pages::{Page, go, go_saying, show, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::ServiceError;
use crate::service::fees::issuing::{self, Issue};
use crate::service::fees::rounds::RoundView;
use crate::service::fees::{lists, round_pages};

/// Codes that are named on the page.
const NAMED: usize = 20;

#[derive(Template)]
#[template(path = "pages/rounds/issue.html")]
struct Preview {
    s: Shell,
    id: i64,
    name: String,
    issue: Issue,
    problems: Vec<String>,
    faults: Faults,
    /// Whether other figures were seen before.
    stale: bool,
}

impl Preview {
    fn without_lines(&self) -> String {
        let mut named: Vec<&str> =
            self.issue.without_lines.iter().take(NAMED).map(String::as_str).collect();
        if self.issue.without_lines.len() > NAMED {
            named.push("…");
        }
        named.join(", ")
    }
}

#[derive(Template)]
#[template(path = "pages/rounds/confirm.html")]
struct Confirm {
    s: Shell,
    id: i64,
    name: String,
    issue: Issue,
}

/// What was seen.
#[derive(Debug, Deserialize)]
pub struct SeenForm {
    #[serde(default)]
    fingerprint: String,
    /// Whether families are told by mail.
    #[serde(default)]
    notify: Option<String>,
}

async fn round_of(context: &web::Data<Context>, at: &At, id: i64) -> Result<RoundView, Problem> {
    let (inner, school) = (context.clone(), at.school.id);
    Ok(on_worker(move || round_pages::by_id(&inner.store, school, id)).await?.0)
}

async fn computed(
    context: &web::Data<Context>,
    at: &At,
    round: &RoundView,
) -> Result<Issue, Problem> {
    let (inner, school, code) = (context.clone(), at.school.id, round.code.clone());
    on_worker(move || issuing::preview(&inner.store, &*inner.clock, school, &code)).await
}

/// What issuing would do.
#[get("/s/{school}/rounds/{id}/issue")]
pub async fn preview(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::IssueInvoices).await?;
    let round = round_of(&context, &at, id).await?;
    if round.state != "draft" {
        return go(&at.shell.link(format!("/rounds/{id}")));
    }
    let issue = computed(&context, &at, &round).await?;
    let faults = Faults::new(at.lang());
    render(at, (round, issue), (false, faults), &request)
}

/// Asks once more, with the number of invoices and their sum.
#[post("/s/{school}/rounds/{id}/issue/confirm")]
pub async fn confirm(
    context: web::Data<Context>,
    sent: Posted<SeenForm>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::IssueInvoices).await?;
    let round = round_of(&context, &at, id).await?;
    if round.state != "draft" {
        return go(&at.shell.link(format!("/rounds/{id}")));
    }
    let issue = computed(&context, &at, &round).await?;
    if issue.fingerprint != sent.form.fingerprint || !issue.problems.is_empty() {
        let faults = Faults::new(at.lang());
        return render(at, (round, issue), (true, faults), &request);
    }
    let s = under(at.shell, &round);
    show(&Confirm { s, id, name: round.name, issue }, &request)
}

/// Issues what was seen. Where the figures are others by now nothing is written, and they are shown.
#[post("/s/{school}/rounds/{id}/issue")]
pub async fn carry_out(
    context: web::Data<Context>,
    sent: Posted<SeenForm>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::IssueInvoices).await?;
    let round = round_of(&context, &at, id).await?;
    let back = at.shell.link(format!("/rounds/{id}"));
    if round.state != "draft" {
        return go(&back);
    }
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let tell = sent.form.notify.is_some();
    let (of, seen) = (round.code.clone(), sent.form.fingerprint);
    let outcome = on_worker(move || {
        let (store, clock) = (&inner.store, &*inner.clock);
        let asked = (seen.as_str(), tell);
        Ok(issuing::issue_and_tell(store, clock, &actor, &inner.prefixes, (school, &of), asked))
    })
    .await?;
    let error = match outcome {
        Ok(issue) => {
            let x = at.shell.number(issue.invoices);
            let key = if tell { "letters-said-issued" } else { "rounds-said-issued" };
            let to = if tell { at.shell.link(format!("/mail?round={id}")) } else { back };
            return go_saying(&to, &Said { key: key.to_owned(), x, undo: None });
        }
        Err(error) => error,
    };
    let told = |code: &str| error.diagnostics().iter().any(|one| one.code == code);
    if told("round_issued") {
        return go(&back);
    }
    let stale = told("round_changed");
    let mut faults = Faults::new(at.lang());
    if !stale && !matches!(error, ServiceError::Refused(_)) {
        faults.refused(error)?;
    }
    let issue = computed(&context, &at, &round).await?;
    render(at, (round, issue), (stale, faults), &request)
}

/// The students of a draft whose family has no e-mail address, as a workbook.
#[get("/s/{school}/rounds/{id}/without-email")]
pub async fn without_email(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::IssueInvoices).await?;
    let round = round_of(&context, &at, id).await?;
    let (school, lang) = (at.school.id, at.lang());
    let bytes = on_worker(move || {
        lists::without_email(&context.store, &*context.clock, (school, &round.code), lang)
    })
    .await?;
    Ok(workbook("chua-co-email.xlsx", bytes))
}

fn under(s: Shell, round: &RoundView) -> Shell {
    let path = format!("/rounds/{}", round.id);
    s.under_word("menu-rounds", "/rounds").under(round.name.clone(), &path)
}

fn render(
    at: At,
    (round, issue): (RoundView, Issue),
    (stale, faults): (bool, Faults),
    request: &HttpRequest,
) -> Page {
    let lang = at.lang();
    let problems = issue.problems.iter().map(|one| one.message.text(lang).to_owned()).collect();
    let ok = faults.is_empty() && !stale;
    let status = if ok { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let s = under(at.shell, &round);
    let page = Preview { s, id: round.id, name: round.name, issue, problems, faults, stale };
    show_with(status, &page, request)
}
