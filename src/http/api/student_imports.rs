//! Lists of students: plan, look, commit, undo, and the bad rows to correct.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use std::io::Read as _;

use super::idempotency::Once;
use super::students::workbook;
use crate::domain::access::Permission;
use crate::domain::lang::Lang;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::{Context, on_worker, upload};
use crate::service::students::undo::UndoneStudents;
use crate::service::students::{ImportView, Mode, Options, imports, undo as undo_use_case};
use crate::service::{ServiceError, intake};

/// How a list is called and how it is to be taken in.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// The file's name, for people.
    file_name: Option<String>,
    /// `new`, `update` or `both`; `both` when absent.
    #[param(value_type = Option<String>)]
    mode: Option<Mode>,
    /// Takes classes that are none of the school's.
    create_classes: Option<bool>,
    /// The school's classes, separated by commas: others are bad rows from then on.
    classes: Option<String>,
    /// The school year of new enrolments, as `2026-2027`; that of the day when absent.
    year: Option<String>,
}

impl ListQuery {
    fn options(&self) -> Result<Options, ServiceError> {
        Ok(Options {
            mode: self.mode.unwrap_or_default(),
            create_classes: self.create_classes.unwrap_or(false),
            classes: self
                .classes
                .iter()
                .flat_map(|list| list.split(','))
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty())
                .collect(),
            year: match &self.year {
                Some(text) => Some(text.parse().map_err(ServiceError::refused)?),
                None => None,
            },
        })
    }
}

/// Reads a list of students (CSV or XLSX with a header row) and keeps what it would do.
#[utoipa::path(post, path = "/api/v1/schools/{school}/student-imports", tag = "students", security(("key" = [])),
    params(("school" = String, Path), ListQuery, ("Idempotency-Key" = String, Header)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = ImportView), (status = 413, description = "too large"),
        (status = 422, description = "not a list we can read")))]
#[post("/schools/{school}/student-imports")]
pub async fn plan(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<ListQuery>>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ImportLists).await?;
    let query = query.now()?.into_inner();
    let options = query.options()?;
    let admitted = upload::admit(&context, &who.0.actor, school.id).await?;
    let (mut file, digest) = upload::to_file(body, context.max_upload_bytes, admitted).await?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(upload::failed)?;
    let parts = [request.path(), request.query_string(), &digest];
    let once = Once::from_headers(request.headers(), &who.0, &parts)?;
    once.carry_out(&context, StatusCode::CREATED, move |inner| {
        let list = intake::list(&inner.reader.of_school(school.id.0), &bytes)?;
        let file_name = query.file_name.as_deref().unwrap_or(imports::UNNAMED);
        let source = imports::Source { file_name, list: &list };
        imports::plan(&inner.store, &*inner.clock, &who.0.actor, school.id, source, &options)
    })
    .await
}

/// A plan, or what became of it.
#[utoipa::path(get, path = "/api/v1/schools/{school}/student-imports/{id}", tag = "students", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path)), responses((status = 200, body = ImportView)))]
#[get("/schools/{school}/student-imports/{id}")]
pub async fn show(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ImportLists).await?;
    let found = on_worker(move || imports::show(&context.store, school.id, id)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// In which language the reasons are.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ReasonQuery {
    /// `vi` or `en`; `vi` when absent.
    #[param(value_type = Option<String>)]
    lang: Option<Lang>,
}

/// The bad rows as they stood, each with its reasons, as a workbook that can be corrected and
/// imported again.
#[utoipa::path(get, path = "/api/v1/schools/{school}/student-imports/{id}/bad-rows", tag = "students", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ReasonQuery),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
#[get("/schools/{school}/student-imports/{id}/bad-rows")]
pub async fn bad_rows(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    query: Later<web::Query<ReasonQuery>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ImportLists).await?;
    let lang = query.now()?.into_inner().lang.unwrap_or_default();
    let bytes = on_worker(move || imports::bad_rows(&context.store, school.id, id, lang)).await?;
    Ok(workbook("dong-loi.xlsx", bytes))
}

/// Carries a plan out: good rows are kept, bad rows are told. Once, however often asked.
#[utoipa::path(post, path = "/api/v1/schools/{school}/student-imports/{id}/commit", tag = "students", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = ImportView), (status = 409, description = "it was undone")))]
#[post("/schools/{school}/student-imports/{id}/commit")]
pub async fn commit(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ImportLists).await?;
    let once = Once::from_headers(request.headers(), &who.0, &[request.path()])?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        imports::commit(&inner.store, &*inner.clock, &who.0.actor, school.id, id)
    })
    .await
}

/// Undoes an import while no invoice, no money and no later change depends on it.
#[utoipa::path(post, path = "/api/v1/schools/{school}/student-imports/{id}/undo", tag = "students", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = UndoneStudents), (status = 409, description = "something depends on it, or it is not committed")))]
#[post("/schools/{school}/student-imports/{id}/undo")]
pub async fn undo(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ImportLists).await?;
    let once = Once::from_headers(request.headers(), &who.0, &[request.path()])?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        undo_use_case::run(&inner.store, &*inner.clock, &who.0.actor, school.id, id)
    })
    .await
}
