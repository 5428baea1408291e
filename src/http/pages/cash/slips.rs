//! Card slips: the list, voiding one.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::domain::id::PaymentId;
use crate::http::Context;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, address, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::service::cash::pages::{self, Asked, TakenCursor};
use crate::service::cash::{self, Days, SlipView};

#[derive(Template)]
#[template(path = "pages/cash/slips.html")]
struct List {
    s: Shell,
    from: String,
    to: String,
    faults: Faults,
    /// Of which slip somebody tried to say that it does not count.
    tried: Option<i64>,
    rows: Vec<SlipView>,
    next: String,
}

impl List {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn is_tried(&self, payment: &PaymentId) -> bool {
        self.tried == Some(payment.0)
    }
}

/// The slips of some days, the last first.
#[get("/s/{school}/cash/slips")]
pub async fn list(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadCash).await?;
    let asked = Fields::parse(request.query_string().as_bytes());
    let faults = Faults::new(at.lang());
    render(&load(&context, at, &asked, (None, faults)).await?, &request)
}

/// Voids a slip: its invoices are open again.
#[post("/s/{school}/cash/slips/{slip}/void")]
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
        let voided = attempt(move || {
            let of = (school, PaymentId(id));
            cash::void_slip(&inner.store, &*inner.clock, &actor, of, &reason)
        })
        .await?;
        match voided {
            Ok(slip) => {
                let key = "cash-slip-voided".to_owned();
                let said = Said { key, x: slip.slip, undo: None };
                return go_saying(&at.shell.link("/cash/slips"), &said);
            }
            Err(error) => faults.refused(error)?,
        }
    }
    let page = load(&context, at, &Fields::default(), (Some(id), faults)).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

async fn load(
    context: &web::Data<Context>,
    at: At,
    asked: &Fields,
    (tried, mut faults): (Option<i64>, Faults),
) -> Result<List, crate::http::pages::error::PageError> {
    let (from, to) = (asked.of("from").to_owned(), asked.of("to").to_owned());
    let days = Days { from: faults.day_or_none("from", &from), to: faults.day_or_none("to", &to) };
    let before = TakenCursor::decode(asked.of("before"));
    let wanted = Asked { days, text: String::new(), before };
    let (inner, school) = (context.clone(), at.school.id);
    let (rows, cursor) = match attempt(move || pages::slips(&inner.store, school, &wanted)).await? {
        Ok(found) => found,
        Err(error) => {
            faults.refused(error)?;
            (Vec::new(), None)
        }
    };
    let path = at.shell.link("/cash/slips");
    let next = cursor
        .map(|cursor| address(&path, &[("from", &from), ("to", &to), ("before", &cursor.encode())]))
        .unwrap_or_default();
    Ok(List { s: at.shell.under_cash(), from, to, faults, tried, rows, next })
}
