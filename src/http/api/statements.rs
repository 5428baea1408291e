//! Statement files: plan, look, commit, undo.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;

use super::idempotency::Once;
use crate::domain::access::Permission;
use crate::domain::id::ImportId;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::{Context, on_worker, upload};
use crate::service::commit::{self as commit_use_case, Committed};
use crate::service::plan::{self as plan_use_case, NewFile, Plan};
use crate::service::undo::{self as undo_use_case, Undone};
use crate::service::{MappingText, ServiceError};

/// How the file is called, and whose it is where it does not say.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct FileQuery {
    /// The file's name, for people.
    file_name: Option<String>,
    /// The account's number, for files that state none.
    account: Option<String>,
    /// The answer to `columns_unknown`: which column of the table holds what, by its letter or its
    /// heading in quotes, as `date=A,amount=C,memo=D+E,unsigned=credit`. Kept for the account.
    columns: Option<String>,
}

/// Reads a bank statement file and stores what it would do. The same bytes again give the same plan.
#[utoipa::path(post, path = "/api/v1/schools/{school}/statements", tag = "statements", security(("key" = [])),
    params(("school" = String, Path), FileQuery, ("Idempotency-Key" = String, Header)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Plan), (status = 413, description = "too large"),
        (status = 422, description = "not a statement that can be trusted")))]
#[post("/schools/{school}/statements")]
pub async fn plan(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<FileQuery>>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ImportStatements)
            .await?;
    let query = query.now()?.into_inner();
    let columns: Option<MappingText> = match &query.columns {
        Some(text) => Some(text.parse().map_err(ServiceError::refused)?),
        None => None,
    };
    let admitted = upload::admit(&context, &who.0.actor, school.id).await?;
    let (file, digest) = upload::to_file(body, context.max_upload_bytes, admitted).await?;
    let parts = [request.path(), request.query_string(), &digest];
    let once = Once::from_headers(request.headers(), &who.0, &parts)?;
    once.carry_out(&context, StatusCode::CREATED, move |inner| {
        let name = query.file_name.as_deref().unwrap_or("statement");
        let new = NewFile {
            account: query.account.as_deref(),
            columns: columns.as_ref(),
            ..NewFile::plain(name, &file)
        };
        let (store, clock) = (&inner.store, &*inner.clock);
        plan_use_case::run(store, clock, &inner.reader, &who.0.actor, school.id, &new)
    })
    .await
}

/// A plan, or what became of it.
#[utoipa::path(get, path = "/api/v1/schools/{school}/statements/{id}", tag = "statements", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path)), responses((status = 200, body = Plan)))]
#[get("/schools/{school}/statements/{id}")]
pub async fn show(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ReadBooks).await?;
    let stored =
        on_worker(move || plan_use_case::find(&context.store, school.id, ImportId(id))).await?;
    Ok(HttpResponse::Ok().json(stored))
}

/// Records a plan: its payments, the machine's decisions, the allocations. Once, however often asked.
#[utoipa::path(post, path = "/api/v1/schools/{school}/statements/{id}/commit", tag = "statements", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = Committed), (status = 409, description = "it was undone")))]
#[post("/schools/{school}/statements/{id}/commit")]
pub async fn commit(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ImportStatements).await?;
    let once = Once::from_headers(request.headers(), &who.0, &[request.path()])?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let (store, clock) = (&inner.store, &*inner.clock);
        commit_use_case::run(store, clock, &who.0.actor, school.id, ImportId(id))
    })
    .await
}

/// Undoes an import: what only it showed never happened.
#[utoipa::path(post, path = "/api/v1/schools/{school}/statements/{id}/undo", tag = "statements", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = Undone)))]
#[post("/schools/{school}/statements/{id}/undo")]
pub async fn undo(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ImportStatements).await?;
    let once = Once::from_headers(request.headers(), &who.0, &[request.path()])?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let (store, clock) = (&inner.store, &*inner.clock);
        undo_use_case::run(store, clock, &who.0.actor, school.id, ImportId(id))
    })
    .await
}
