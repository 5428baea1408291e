//! Vouchers: the list, one to print, voiding one.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::domain::id::PaymentId;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, address, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::{Context, on_worker};
use crate::service::cash::pages::{self, Asked, Paper, TakenCursor};
use crate::service::cash::{self, Days, VoucherView};

#[derive(Template)]
#[template(path = "pages/cash/vouchers.html")]
struct List {
    s: Shell,
    from: String,
    to: String,
    text: String,
    faults: Faults,
    rows: Vec<VoucherView>,
    next: String,
}

/// The vouchers of some days, the last first.
#[get("/s/{school}/cash/vouchers")]
pub async fn list(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadCash).await?;
    let asked = Fields::parse(request.query_string().as_bytes());
    let (from, to, text) = (asked.of("from"), asked.of("to"), asked.of("text").trim());
    let mut faults = Faults::new(at.lang());
    let days = Days { from: faults.day_or_none("from", from), to: faults.day_or_none("to", to) };
    let wanted =
        Asked { days, text: text.to_owned(), before: TakenCursor::decode(asked.of("before")) };
    let school = at.school.id;
    let found = attempt(move || pages::vouchers(&context.store, school, &wanted)).await?;
    let (rows, cursor) = match found {
        Ok(found) => found,
        Err(error) => {
            faults.refused(error)?;
            (Vec::new(), None)
        }
    };
    let path = at.shell.link("/cash/vouchers");
    let next = cursor.map(|cursor| {
        address(&path, &[("from", from), ("to", to), ("text", text), ("before", &cursor.encode())])
    });
    let s = at.shell.under_cash();
    let (from, to, text) = (from.to_owned(), to.to_owned(), text.to_owned());
    render(&List { s, from, to, text, faults, rows, next: next.unwrap_or_default() }, &request)
}

#[derive(Template)]
#[template(path = "pages/cash/voucher.html")]
struct VoucherPage {
    s: Shell,
    school: String,
    paper: Paper,
    /// Whether the browser is to print it at once.
    print: bool,
    reason: String,
    faults: Faults,
}

/// A voucher as it is printed, with the search for the next student.
#[get("/s/{school}/cash/vouchers/{voucher}")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadCash).await?;
    let print = Fields::parse(request.query_string().as_bytes()).of("print") == "now";
    let page = load(&context, at, id, (print, String::new(), Faults::default())).await?;
    render(&page, &request)
}

/// Voids a voucher: its number stays.
#[post("/s/{school}/cash/vouchers/{voucher}/void")]
pub async fn void(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::VoidCash).await?;
    let mut faults = Faults::new(at.lang());
    let reason = faults.text("reason", at.form.of("reason"));
    if faults.is_empty() {
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        let why = reason.clone();
        let voided = attempt(move || {
            let of = (school, PaymentId(id));
            cash::void(&inner.store, &*inner.clock, &actor, of, &why)
        })
        .await?;
        match voided {
            Ok(voucher) => {
                let x = format!("{}/{}", voucher.number, voucher.year);
                let said = Said { key: "cash-voucher-voided".to_owned(), x, undo: None };
                return go_saying(&at.shell.link(format!("/cash/vouchers/{id}")), &said);
            }
            Err(error) => faults.refused(error)?,
        }
    }
    let page = load(&context, at, id, (false, reason, faults)).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

async fn load(
    context: &web::Data<Context>,
    at: At,
    id: i64,
    (print, reason, faults): (bool, String, Faults),
) -> Result<VoucherPage, crate::http::problem::Problem> {
    let (inner, school) = (context.clone(), at.school.id);
    let paper = on_worker(move || pages::paper(&inner.store, school, PaymentId(id))).await?;
    let words = at.shell.t("cash-vouchers");
    let s = at.shell.under_cash().under(words, "/cash/vouchers");
    Ok(VoucherPage { s, school: at.school.name, paper, print, reason, faults })
}
