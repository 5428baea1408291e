//! What staff and card terminals carried to the bank, and which vouchers or slips each line carries.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use super::{month_of, today};
use crate::domain::access::Permission;
use crate::domain::id::PaymentId;
use crate::domain::period::Month;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::cash::Days;
use crate::service::cash::deposits::{self, Carries, Deposits, Numbers, Release};

#[derive(Template)]
#[template(path = "pages/cash/deposits.html")]
struct List {
    s: Shell,
    month: Month,
    written: String,
    found: Deposits,
    faults: Faults,
    /// Which line somebody tried to say something of, and what was typed.
    tried: Option<i64>,
    typed: Fields,
}

impl List {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn is_tried(&self, payment: &PaymentId) -> bool {
        self.tried == Some(payment.0)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn typed(&self, payment: &PaymentId, name: &str) -> String {
        if self.is_tried(payment) { self.typed.of(name).to_owned() } else { String::new() }
    }
}

/// The lines of the bank of a month that carry cash or slips, and every open one.
#[get("/s/{school}/cash/deposits")]
pub async fn list(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadCash).await?;
    let asked = Fields::parse(request.query_string().as_bytes());
    let month = month_of(asked.of("month"), today(&context)).ok_or_else(Problem::internal)?;
    render(&load(&context, at, month, (None, Faults::default())).await?, &request)
}

/// Says which vouchers or slips a line carries.
#[post("/s/{school}/cash/deposits/{deposit}/assign")]
pub async fn assign(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::Decide).await?;
    let mut faults = Faults::new(at.lang());
    let wanted = Carries {
        vouchers: ranges(&at.form, &mut faults),
        year: at.form.of("year").trim().parse().ok(),
        slips: at.form.numbers("slip").into_iter().map(PaymentId).collect(),
    };
    if faults.is_empty() {
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        let done = attempt(move || {
            let of = (school, PaymentId(id));
            deposits::assign(&inner.store, &*inner.clock, &actor, of, &wanted)
        })
        .await?;
        match done {
            Ok(view) => {
                let key = "cash-deposit-matched".to_owned();
                let said = Said { key, x: at.shell.dong(&view.amount), undo: None };
                return go_saying(&at.shell.link("/cash/deposits"), &said);
            }
            Err(error) => faults.refused(error)?,
        }
    }
    again(&context, at, id, faults, &request).await
}

/// Takes a deposit apart.
#[post("/s/{school}/cash/deposits/{deposit}/release")]
pub async fn release(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::Decide).await?;
    let mut faults = Faults::new(at.lang());
    let reason = faults.text("reason", at.form.of("reason"));
    if faults.is_empty() {
        let wanted = Release { reason, to_machine: at.form.has("to_machine") };
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        let done = attempt(move || {
            let of = (school, PaymentId(id));
            deposits::release(&inner.store, &*inner.clock, &actor, of, &wanted)
        })
        .await?;
        match done {
            Ok(_) => {
                let said = Said { key: "cash-deposit-released".to_owned(), ..Said::default() };
                return go_saying(&at.shell.link("/cash/deposits"), &said);
            }
            Err(error) => faults.refused(error)?,
        }
    }
    again(&context, at, id, faults, &request).await
}

/// Reads numbers as people write them: `12-18, 20`; with `/2026` behind them or without.
fn ranges(form: &Fields, faults: &mut Faults) -> Vec<Numbers> {
    let mut found = Vec::new();
    for part in form.of("numbers").split([',', ';']).map(str::trim).filter(|part| !part.is_empty())
    {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let number = |text: &str| text.split('/').next().and_then(|one| one.trim().parse().ok());
        match (number(from), number(to)) {
            (Some(from), Some(to)) => found.push(Numbers { from, to }),
            _ => faults.add(
                "",
                &crate::domain::lang::Bilingual::new(
                    format!("“{part}” không phải là số phiếu thu. Ghi như 12-18, 20."),
                    format!("“{part}” is no voucher number. Write them like 12-18, 20."),
                ),
            ),
        }
    }
    found
}

async fn again(
    context: &web::Data<Context>,
    at: At,
    id: i64,
    faults: Faults,
    request: &HttpRequest,
) -> Page {
    let month = Month::of(today(context)).ok_or_else(Problem::internal)?;
    let page = load(context, at, month, (Some(id), faults)).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, request)
}

async fn load(
    context: &web::Data<Context>,
    at: At,
    month: Month,
    (tried, faults): (Option<i64>, Faults),
) -> Result<List, Problem> {
    let (inner, school) = (context.clone(), at.school.id);
    let days = Days { from: Some(month.first()), to: Some(month.last()) };
    let found = on_worker(move || deposits::list(&inner.store, school, days)).await?;
    let (s, typed) = (at.shell.under_cash(), at.form);
    Ok(List { s, month, written: month.vietnamese(), found, faults, tried, typed })
}
