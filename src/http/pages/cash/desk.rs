//! The desk: search a student, tick what is paid, record it, print the voucher, search the next.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use super::today;
use crate::domain::access::Permission;
use crate::domain::calendar::vietnamese_day;
use crate::domain::text::hex;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go, go_saying, show as render, show_with};
use crate::http::{Context, on_worker};
use crate::service::cash::desk::{self, Desk, Means, Payer, Taking};

#[derive(Template)]
#[template(path = "pages/cash/search.html")]
struct Search {
    s: Shell,
    text: String,
    found: Vec<Payer>,
}

/// The search, and whom it finds. Whoever is found alone is at the desk at once.
#[get("/s/{school}/cash")]
pub async fn search(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadCash).await?;
    let text = Fields::parse(request.query_string().as_bytes()).of("text").trim().to_owned();
    let (wanted, school) = (text.clone(), at.school.id);
    let found = on_worker(move || desk::find(&context.store, school, &wanted)).await?;
    if let ([only], true) = (found.as_slice(), at.shell.may("record_cash")) {
        return go(&at.shell.link(format!("/cash/students/{}", only.id)));
    }
    render(&Search { s: at.shell, text, found }, &request)
}

/// What stands in the form.
#[derive(Debug, Default)]
struct Typed {
    ticked: Vec<i64>,
    amount: String,
    payer: String,
    received_on: String,
    note: String,
    terminal: String,
    slip: String,
    once: String,
    card: bool,
}

#[derive(Template)]
#[template(path = "pages/cash/desk.html")]
struct DeskPage {
    s: Shell,
    desk: Desk,
    typed: Typed,
    faults: Faults,
}

/// A student at the desk.
#[get("/s/{school}/cash/students/{student}")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, student) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::RecordCash).await?;
    let desk = load(&context, &at, student).await?;
    let typed = Typed {
        ticked: desk.invoices.iter().filter(|one| one.own).map(|one| one.id).collect(),
        payer: desk.guardian.clone().unwrap_or_else(|| desk.payer.name.clone()),
        received_on: vietnamese_day(today(&context)),
        once: hex(&context.ids.secret()),
        ..Typed::default()
    };
    let s = at.shell.under_cash();
    render(&DeskPage { s, desk, typed, faults: Faults::default() }, &request)
}

/// Takes the money and goes on to the voucher, where the next student is searched.
#[post("/s/{school}/cash/students/{student}")]
pub async fn take(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, student) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::RecordCash).await?;
    let form = &at.form;
    let mut faults = Faults::new(at.lang());
    let amount = if form.of("amount").trim().is_empty() {
        None
    } else {
        faults.dong("amount", form.of("amount"))
    };
    let payer = faults.text("payer", form.of("payer"));
    let received_on = faults.day("received_on", form.of("received_on"));
    let card = form.of("means") == "card";
    let means = if card {
        let terminal = faults.text("terminal", form.of("terminal"));
        Means::Card { terminal, slip: faults.text("slip", form.of("slip")) }
    } else {
        Means::Cash
    };
    let once = form.of("once").to_owned();
    if let (true, Some(received_on)) = (faults.is_empty(), received_on) {
        let taking = Taking {
            student,
            invoices: form.numbers("invoice"),
            amount,
            payer,
            received_on,
            note: form.some("note"),
            means,
            despite_waiting: form.has("despite"),
            request_key: format!("form:{once}"),
        };
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        let taken =
            attempt(move || desk::take(&inner.store, &*inner.clock, &actor, school, &taking))
                .await?;
        match taken {
            Ok(payment) if card => {
                let said = Said { key: "cash-slip-recorded".to_owned(), ..Said::default() };
                return go_saying(&at.shell.link(format!("/cash/slips?new={payment}")), &said);
            }
            Ok(payment) => {
                return go(&at.shell.link(format!("/cash/vouchers/{payment}?print=now")));
            }
            Err(error) => {
                faults.refused_in(error, &["amount", "invoice", "received_on", "despite"])?;
            }
        }
    }
    let typed = Typed {
        ticked: form.numbers("invoice"),
        amount: form.of("amount").to_owned(),
        payer: form.of("payer").to_owned(),
        received_on: form.of("received_on").to_owned(),
        note: form.of("note").to_owned(),
        terminal: form.of("terminal").to_owned(),
        slip: form.of("slip").to_owned(),
        once,
        card,
    };
    let desk = load(&context, &at, student).await?;
    let s = at.shell.under_cash();
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &DeskPage { s, desk, typed, faults }, &request)
}

async fn load(
    context: &web::Data<Context>,
    at: &At,
    student: i64,
) -> Result<Desk, crate::http::problem::Problem> {
    let (inner, school) = (context.clone(), at.school.id);
    on_worker(move || desk::desk(&inner.store, &*inner.clock, school, student)).await
}

impl Shell {
    /// The same below the cash desk.
    pub(super) fn under_cash(self) -> Shell {
        let words = self.t("menu-cash");
        self.under(words, "/cash")
    }
}
