//! Lists of students: a file is loaded, looked at, taken in, and taken back.

use std::io::Read as _;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::access::Permission;
use crate::domain::lang::Bilingual;
use crate::http::later::Later;
use crate::http::pages::fields::Fields;
use crate::http::pages::forms::Faults;
use crate::http::pages::lists::{self, Before, Past, STUDENTS};
use crate::http::pages::posted::{Posted, WithFile};
use crate::http::pages::sent;
use crate::http::pages::shell::Shell;
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go, show_with, workbook};
use crate::http::{Context, on_worker, upload};
use crate::service::intake;
use crate::service::students::{Mode, Options, export, imports, undo as undo_use_case};

#[derive(Template)]
#[template(path = "pages/students/import.html")]
struct Begin {
    s: Shell,
    mode: Mode,
    create_classes: bool,
    faults: Faults,
    past: Past,
}

/// Step 1: the template, the file, and what was loaded before.
#[get("/s/{school}/students/import")]
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
    render(&context, at, (Mode::default(), false, faults), before, &request).await
}

async fn render(
    context: &web::Data<Context>,
    at: At,
    (mode, create_classes, faults): (Mode, bool, Faults),
    before: Option<i64>,
    request: &HttpRequest,
) -> Page {
    let past = Past::load(context, &at, &STUDENTS, before).await?;
    let s = at.shell.under_word("menu-students", "/students");
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    show_with(status, &Begin { s, mode, create_classes, faults, past }, request)
}

/// Reads the file and keeps what it would do.
#[post("/s/{school}/students/import")]
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
                "Chưa chọn tệp. Chọn tệp danh sách học sinh rồi bấm Kiểm tra tệp.",
                "No file was chosen. Choose the list of students, then press Check the file.",
            ),
        );
        return render(&context, at, (Mode::default(), false, faults), None, &request).await;
    };
    let mode = match form.field("mode") {
        Some("new") => Mode::New,
        Some("update") => Mode::Update,
        _ => Mode::Both,
    };
    let create_classes = form.field("create_classes").is_some();
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let planned = on_worker(move || {
        let mut bytes = Vec::new();
        form.file.read_to_end(&mut bytes).map_err(crate::service::ServiceError::spool)?;
        let options = Options { mode, create_classes, ..Options::default() };
        Ok(intake::list(&inner.reader.of_school(school.0), &bytes).and_then(|list| {
            let source = imports::Source { file_name: &form.file_name, list: &list };
            imports::plan(&inner.store, &*inner.clock, &actor, school, source, &options)
        }))
    })
    .await?;
    match planned {
        Ok(plan) => go(&at.shell.link(format!("/students/imports/{}", plan.id))),
        Err(error) => {
            faults.refused(error)?;
            render(&context, at, (mode, create_classes, faults), None, &request).await
        }
    }
}

/// Whether the workbook is to hold students.
#[derive(Debug, Deserialize)]
pub struct TemplateQuery {
    #[serde(default)]
    filled: String,
}

/// The workbook for student lists: blank with an example, or filled to be edited and loaded again.
#[get("/s/{school}/students/import/template")]
pub async fn template(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<String>>,
    query: Later<web::Query<TemplateQuery>>,
) -> Page {
    let code = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ImportLists).await?;
    let (filled, school) = (!query.now()?.filled.is_empty(), at.school.id);
    let bytes =
        on_worker(
            move || {
                if filled { export::filled(&context.store, school) } else { export::blank() }
            },
        )
        .await?;
    Ok(workbook("hoc-sinh.xlsx", bytes))
}

/// Step 2, what a list would do; step 3, what it did.
#[get("/s/{school}/students/imports/{id}")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ImportLists).await?;
    let faults = Faults::new(at.lang());
    lists::show(&context, at, (&STUDENTS, id), faults, &request).await
}

/// The bad rows as they stood, each with its reasons, to be corrected and loaded again.
#[get("/s/{school}/students/imports/{id}/bad-rows")]
pub async fn bad_rows(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ImportLists).await?;
    lists::bad_rows(context, at, (STUDENTS.kind, id)).await
}

/// Takes the good rows in. Once, however often it is sent.
#[post("/s/{school}/students/imports/{id}/commit")]
pub async fn commit(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::ImportLists).await?;
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let outcome =
        on_worker(move || Ok(imports::commit(&inner.store, &*inner.clock, &actor, school, id)))
            .await?;
    lists::committed(&context, at, (&STUDENTS, id), outcome, &request).await
}

/// Takes an import back while nothing depends on it.
#[post("/s/{school}/students/imports/{id}/undo")]
pub async fn take_back(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::ImportLists).await?;
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let outcome =
        on_worker(move || Ok(undo_use_case::run(&inner.store, &*inner.clock, &actor, school, id)))
            .await?;
    lists::taken_back(&context, at, (&STUDENTS, id), outcome, &request).await
}
