//! The invoices of a round that was issued: their sums, pages of them, and withdrawing one.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::access::Permission;
use crate::domain::invoice::{InvoiceEvent, InvoiceState};
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, address};
use crate::http::pages::forms::Faults;
use crate::http::pages::posted::Posted;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::workbook;
use crate::http::pages::{Page, go_saying, show, show_with};
use crate::http::{Context, on_worker};
use crate::service::cancel as use_case;
use crate::service::fees::lists;
use crate::service::fees::round_pages::{self, RoundFigures};
use crate::service::fees::rounds::RoundView;
use crate::service::fees::show::{self as views, InvoiceDetail, PageFilter};
use crate::service::notices::{self, Ask};
use crate::service::queue::InvoiceView;

/// Invoices on a page.
const LIMIT: u32 = 50;

/// The states of an invoice, in the order in which lists offer them.
const STATES: [InvoiceState; 5] = [
    InvoiceState::Open,
    InvoiceState::PartlyPaid,
    InvoiceState::Paid,
    InvoiceState::Waived,
    InvoiceState::Cancelled,
];

/// Which invoices.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct InvoiceFilter {
    state: String,
    after: Option<i64>,
}

/// An invoice with its state for people.
struct Line {
    invoice: InvoiceView,
    class: &'static str,
    words: String,
}

#[derive(Template)]
#[template(path = "pages/rounds/invoices.html")]
struct OfRound {
    s: Shell,
    round: RoundView,
    figures: RoundFigures,
    lines: Vec<Line>,
    /// What may be asked for: its stable name and its words.
    states: Vec<(&'static str, String)>,
    state: String,
    next: String,
    /// Somebody owes something whom no mail reaches.
    unreached: bool,
}

impl OfRound {
    /// Notices to be printed for whoever owes something of the round.
    fn notices(&self, without_mail: bool) -> String {
        let without_mail = if without_mail { "1" } else { "" };
        let query = [("round", self.round.code.as_str()), ("without_mail", without_mail)];
        address(&self.s.link("/notices"), &query)
    }
}

const fn class(state: InvoiceState) -> &'static str {
    match state {
        InvoiceState::Paid => "done",
        InvoiceState::PartlyPaid => "doing",
        InvoiceState::Open => "check",
        InvoiceState::Waived | InvoiceState::Cancelled => "todo",
    }
}

/// A round with its invoices.
pub(super) async fn render(
    context: &web::Data<Context>,
    at: At,
    (round, figures): (RoundView, RoundFigures),
    filter: InvoiceFilter,
    request: &HttpRequest,
) -> Page {
    let (inner, school) = (context.clone(), at.school.id);
    let wanted = PageFilter {
        round: Some(round.code.clone()),
        student: None,
        state: STATES.into_iter().find(|state| state.as_str() == filter.state),
        after: filter.after,
        limit: LIMIT,
    };
    let owed = figures.open.is_positive();
    let of = Ask { round: Some(round.code.clone()), without_mail: true, ..Ask::default() };
    let ((invoices, next), unreached) = on_worker(move || {
        let unreached = owed && notices::is_any(&inner.store, &*inner.clock, school, &of)?;
        Ok((views::invoices(&inner.store, school, &wanted)?, unreached))
    })
    .await?;
    let s = at.shell.under_word("menu-rounds", "/rounds");
    let (id, state) = (round.id, filter.state);
    let next = next
        .map(|after| s.link(format!("/rounds/{id}?state={state}&after={after}")))
        .unwrap_or_default();
    let words = |state| lists::state(state).text(s.language()).to_owned();
    let lines = invoices
        .into_iter()
        .map(|invoice| Line { class: class(invoice.state), words: words(invoice.state), invoice })
        .collect();
    let states = STATES.into_iter().map(|state| (state.as_str(), words(state))).collect();
    show(&OfRound { s, round, figures, lines, states, state, next, unreached }, request)
}

/// The invoices of a round as a workbook.
#[get("/s/{school}/rounds/{id}/invoices/list")]
pub async fn download(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadPeople).await?;
    let (school, lang) = (at.school.id, at.lang());
    let bytes = on_worker(move || {
        let (round, _) = round_pages::by_id(&context.store, school, id)?;
        lists::invoices(&context.store, school, &round.code, lang)
    })
    .await?;
    Ok(workbook("khoan-phai-thu.xlsx", bytes))
}

#[derive(Template)]
#[template(path = "pages/rounds/cancel.html")]
struct Cancel {
    s: Shell,
    round: i64,
    invoice: InvoiceDetail,
    reason: String,
    faults: Faults,
}

/// Why an invoice is withdrawn.
#[derive(Debug, Deserialize)]
pub struct ReasonForm {
    #[serde(default)]
    reason: String,
}

/// Asks why an invoice is withdrawn.
#[get("/s/{school}/rounds/{id}/invoices/{invoice}/cancel")]
pub async fn ask(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, round, invoice) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::CorrectInvoices).await?;
    let faults = Faults::new(at.lang());
    question(&context, at, (round, invoice), (String::new(), faults), &request).await
}

/// Withdraws an invoice on which no money is.
#[post("/s/{school}/rounds/{id}/invoices/{invoice}/cancel")]
pub async fn cancel(
    context: web::Data<Context>,
    sent: Posted<ReasonForm>,
    path: Later<web::Path<(String, i64, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, round, invoice) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::CorrectInvoices).await?;
    let mut faults = Faults::new(at.lang());
    let typed = sent.form.reason;
    let reason: String = faults.text("reason", &typed).chars().take(1_000).collect();
    if !faults.is_empty() {
        return question(&context, at, (round, invoice), (typed, faults), &request).await;
    }
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let outcome = on_worker(move || {
        let (store, clock) = (&inner.store, &*inner.clock);
        let code = views::code_of(store, school, invoice)?;
        let event = InvoiceEvent::Cancel;
        Ok(use_case::run(store, clock, &actor, (school, &code), event, &reason).map(|_| code))
    })
    .await?;
    match outcome {
        Ok(code) => {
            let back = at.shell.link(format!("/rounds/{round}"));
            let undo = Some(format!("{back}/invoices/{invoice}/reinstate"));
            go_saying(&back, &Said { key: "rounds-said-cancelled".to_owned(), x: code, undo })
        }
        Err(error) => {
            faults.refused(error)?;
            question(&context, at, (round, invoice), (typed, faults), &request).await
        }
    }
}

/// Takes back that an invoice was withdrawn.
#[post("/s/{school}/rounds/{id}/invoices/{invoice}/reinstate")]
pub async fn reinstate(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    path: Later<web::Path<(String, i64, i64)>>,
) -> Page {
    let (code, round, invoice) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::CorrectInvoices).await?;
    let reason = at.shell.t("rounds-reinstate-reason");
    let (actor, school) = (at.actor.clone(), at.school.id);
    let code = on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        let code = views::code_of(store, school, invoice)?;
        let event = InvoiceEvent::Reinstate;
        use_case::run(store, clock, &actor, (school, &code), event, &reason).map(|_| code)
    })
    .await?;
    let said = Said { key: "rounds-said-reinstated".to_owned(), x: code, undo: None };
    go_saying(&at.shell.link(format!("/rounds/{round}")), &said)
}

async fn question(
    context: &web::Data<Context>,
    at: At,
    (round, invoice): (i64, i64),
    (reason, faults): (String, Faults),
    request: &HttpRequest,
) -> Page {
    let (inner, school) = (context.clone(), at.school.id);
    let invoice = on_worker(move || {
        let code = views::code_of(&inner.store, school, invoice)?;
        views::invoice(&inner.store, &*inner.clock, school, &code)
    })
    .await?;
    let s = at
        .shell
        .under_word("menu-rounds", "/rounds")
        .under(invoice.round_name.clone(), &format!("/rounds/{round}"));
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    show_with(status, &Cancel { s, round, invoice, reason, faults }, request)
}
