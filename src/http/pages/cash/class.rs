//! A class's cash at once: a voucher for each student that was ticked, all or none.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use super::today;
use crate::domain::access::Permission;
use crate::domain::calendar::vietnamese_day;
use crate::domain::text::hex;
use crate::http::pages::fields::{Fields, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::{Context, on_worker};
use crate::service::cash::desk::{self, Payer};
use crate::service::cash::{BatchRow, NewBatch, record_batch};

/// A student of the class, with what was typed.
struct Row {
    payer: Payer,
    ticked: bool,
    amount: String,
}

#[derive(Template)]
#[template(path = "pages/cash/class.html")]
struct ClassPage {
    s: Shell,
    classes: Vec<String>,
    class: String,
    rows: Vec<Row>,
    received_on: String,
    once: String,
    faults: Faults,
}

/// The students of a class who owe something.
#[get("/s/{school}/cash/class")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::RecordCash).await?;
    let class = Fields::parse(request.query_string().as_bytes()).of("class").trim().to_owned();
    let typed = (vietnamese_day(today(&context)), hex(&context.ids.secret()));
    render(&load(&context, at, (class, typed), Faults::default()).await?, &request)
}

/// Records the vouchers.
#[post("/s/{school}/cash/class")]
pub async fn take(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::RecordCash).await?;
    let form = at.form.clone();
    let (class, once) = (form.of("class").to_owned(), form.of("once").to_owned());
    let mut faults = Faults::new(at.lang());
    let received_on = faults.day("received_on", form.of("received_on"));
    let ticked = form.numbers("student");
    let mut rows = Vec::with_capacity(ticked.len());
    for id in &ticked {
        let typed = form.of(&format!("amount-{id}"));
        let amount = if typed.trim().is_empty() { None } else { faults.dong("received_on", typed) };
        rows.push((*id, amount));
    }
    if let (true, Some(received_on)) = (faults.is_empty(), received_on) {
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        let (of_class, key) = (class.clone(), format!("form:{once}"));
        let made = attempt(move || {
            let known = desk::class_codes(&inner.store, school, &of_class)?;
            let rows = rows.into_iter().filter_map(|(id, amount)| {
                let student_code = known.get(&id)?.clone();
                Some(BatchRow { student_code, amount, payer: None, note: None })
            });
            let batch = NewBatch { received_on, rows: rows.collect(), request_key: Some(key) };
            record_batch(&inner.store, &*inner.clock, &actor, school, &batch)
        })
        .await?;
        match made {
            Ok(made) => {
                let key = "cash-batch-recorded".to_owned();
                let said = Said { key, x: made.len().to_string(), undo: None };
                return go_saying(&at.shell.link("/cash/vouchers"), &said);
            }
            Err(error) => faults.refused(error)?,
        }
    }
    let typed = (form.of("received_on").to_owned(), once);
    let mut page = load(&context, at, (class, typed), faults).await?;
    for row in &mut page.rows {
        row.ticked = ticked.contains(&row.payer.id);
        form.of(&format!("amount-{}", row.payer.id)).clone_into(&mut row.amount);
    }
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

async fn load(
    context: &web::Data<Context>,
    at: At,
    (class, (received_on, once)): (String, (String, String)),
    faults: Faults,
) -> Result<ClassPage, crate::http::problem::Problem> {
    let (inner, school, wanted) = (context.clone(), at.school.id, class.clone());
    let (classes, found) = on_worker(move || {
        let classes = desk::classes(&inner.store, school)?;
        Ok((classes, desk::class(&inner.store, school, &wanted)?))
    })
    .await?;
    let rows = found.into_iter().map(|payer| Row { payer, ticked: false, amount: String::new() });
    let (s, rows) = (at.shell.under_cash(), rows.collect());
    Ok(ClassPage { s, classes, class, rows, received_on, once, faults })
}
