//! Invoices from a list that the school made elsewhere: a file is loaded, looked at, taken in, and taken
//! back.

use std::io::Read as _;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::domain::lang::Bilingual;
use crate::http::later::Later;
use crate::http::pages::fields::Fields;
use crate::http::pages::forms::Faults;
use crate::http::pages::lists::{self, Before, INVOICES, Past};
use crate::http::pages::posted::{Posted, WithFile};
use crate::http::pages::sent;
use crate::http::pages::shell::Shell;
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go, show_with};
use crate::http::{Context, on_worker, upload};
use crate::service::students::imports;
use crate::service::{ServiceError, import_invoices, intake};

#[derive(Template)]
#[template(path = "pages/rounds/load.html")]
struct Load {
    s: Shell,
    faults: Faults,
    past: Past,
}

/// Step 1: the file, and what was loaded before.
#[get("/s/{school}/invoices/import")]
pub async fn begin(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<String>>,
    query: Later<web::Query<Before>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ImportLists).await?;
    let before = query.now()?.before;
    let faults = Faults::new(at.lang());
    render(&context, at, faults, before, &request).await
}

/// Reads the file and keeps what it would do.
#[post("/s/{school}/invoices/import")]
pub async fn load(
    context: web::Data<Context>,
    form: WithFile,
    path: Later<web::Path<String>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = form.visitor.at(&context, &code, Permission::ImportLists).await?;
    let admitted = upload::admit(&context, &at.actor, at.school.id).await?;
    let form = sent::read(form.parts, context.max_upload_bytes, admitted).await?;
    let mut faults = Faults::new(at.lang());
    let Some(mut form) = form else {
        faults.add(
            "file",
            &Bilingual::new(
                "Chưa chọn tệp. Chọn tệp danh sách khoản phải thu rồi bấm Kiểm tra tệp.",
                "No file was chosen. Choose the list of invoices, then press Check the file.",
            ),
        );
        return render(&context, at, faults, None, &request).await;
    };
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let planned = on_worker(move || {
        let mut bytes = Vec::new();
        form.file.read_to_end(&mut bytes).map_err(ServiceError::spool)?;
        Ok(intake::list(&inner.reader.of_school(school.0), &bytes).and_then(|list| {
            let source = imports::Source { file_name: &form.file_name, list: &list };
            imports::plan_invoices(&inner.store, &*inner.clock, &actor, school, source)
        }))
    })
    .await?;
    match planned {
        Ok(made) => go(&at.shell.link(INVOICES.place(made.id))),
        Err(error) => {
            faults.refused(error)?;
            render(&context, at, faults, None, &request).await
        }
    }
}

async fn render(
    context: &web::Data<Context>,
    at: At,
    faults: Faults,
    before: Option<i64>,
    request: &HttpRequest,
) -> Page {
    let past = Past::load(context, &at, &INVOICES, before).await?;
    let s = at.shell.under_word("menu-rounds", "/rounds");
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    show_with(status, &Load { s, faults, past }, request)
}

/// Step 2, what a list would do; step 3, what it did.
#[get("/s/{school}/invoices/imports/{id}")]
pub async fn plan(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ImportLists).await?;
    let faults = Faults::new(at.lang());
    lists::show(&context, at, (&INVOICES, id), faults, &request).await
}

/// The bad rows as they stood, each with its reasons, to be corrected and loaded again.
#[get("/s/{school}/invoices/imports/{id}/bad-rows")]
pub async fn bad_rows(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ImportLists).await?;
    lists::bad_rows(context, at, (INVOICES.kind, id)).await
}

/// Takes the good rows in. Once, however often it is sent.
#[post("/s/{school}/invoices/imports/{id}/commit")]
pub async fn commit(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::ImportLists).await?;
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let outcome = on_worker(move || {
        let (store, clock, named) = (&inner.store, &*inner.clock, (&*inner.prefixes, id));
        Ok(imports::commit_invoices(store, clock, &actor, school, named))
    })
    .await?;
    lists::committed(&context, at, (&INVOICES, id), outcome, &request).await
}

/// Takes an import back while nothing depends on it.
#[post("/s/{school}/invoices/imports/{id}/undo")]
pub async fn take_back(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::ImportLists).await?;
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let outcome = on_worker(move || {
        Ok(import_invoices::undo(&inner.store, &*inner.clock, &actor, school, id))
    })
    .await?;
    lists::taken_back(&context, at, (&INVOICES, id), outcome, &request).await
}
