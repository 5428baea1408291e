//! What is printed: one receipt, chosen ones, notices, lists of a class.

use actix_web::{HttpRequest, get, web};

use crate::domain::access::Permission;
use crate::http::api::receipts::pdf_file;
use crate::http::later::Later;
use crate::http::pages::Page;
use crate::http::pages::fields::Fields;
use crate::http::pages::visitor::{At, Visitor};
use crate::http::{Context, on_worker};
use crate::service::notices::{self, Ask};
use crate::service::receipts;

/// A receipt as PDF.
#[get("/s/{school}/receipts/{receipt}/pdf")]
pub async fn one(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadPeople).await?;
    print(&context, &at, vec![id]).await
}

/// The receipts that were ticked, as one PDF.
#[get("/s/{school}/receipts/print")]
pub async fn chosen(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadPeople).await?;
    let ids = Fields::parse(request.query_string().as_bytes()).numbers("row");
    print(&context, &at, ids).await
}

async fn print(context: &web::Data<Context>, at: &At, ids: Vec<i64>) -> Page {
    let (inner, school, lang) = (context.clone(), at.school.id, at.lang());
    let bytes =
        on_worker(move || receipts::pdf(&inner.store, school, &ids, (lang, &inner.origin))).await?;
    Ok(pdf_file("bien-lai.pdf", bytes))
}

/// Notices for everybody who owes something of what the address asks for.
#[get("/s/{school}/notices")]
pub async fn print_notices(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadPeople).await?;
    let ask = asked(&request);
    let (school, lang) = (at.school.id, at.lang());
    let bytes = on_worker(move || {
        notices::notices_pdf(&context.store, &*context.clock, school, &ask, lang)
    })
    .await?;
    Ok(pdf_file("giay-bao-thu.pdf", bytes))
}

/// Lists of the classes that the address asks for.
#[get("/s/{school}/class-lists")]
pub async fn print_class_lists(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadPeople).await?;
    let ask = Ask { year: at.shell.year, ..asked(&request) };
    let (school, lang) = (at.school.id, at.lang());
    let bytes = on_worker(move || {
        notices::class_lists_pdf(&context.store, &*context.clock, school, &ask, lang)
    })
    .await?;
    Ok(pdf_file("danh-sach-lop.pdf", bytes))
}

fn asked(request: &HttpRequest) -> Ask {
    let query = Fields::parse(request.query_string().as_bytes());
    Ask {
        class: query.some("class"),
        round: query.some("round"),
        without_mail: query.has("without_mail"),
        year: None,
    }
}
