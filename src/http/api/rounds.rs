//! Collection rounds: drafts, what issuing one would do, and the issue.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use serde::{Deserialize, Serialize};

use super::idempotency::Once;
use super::lists::import_list;
use crate::domain::access::Permission;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::fees::issuing::{self, Issue};
use crate::service::fees::quantities;
use crate::service::fees::rounds::{self, RoundTerms, RoundView};
use crate::service::import_students::ListOutcome;
use crate::service::intake;
use crate::service::limits;

/// The rounds of a school, newest first.
#[utoipa::path(get, path = "/api/v1/schools/{school}/rounds", tag = "rounds", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Vec<RoundView>)))]
#[get("/schools/{school}/rounds")]
pub async fn list(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadPeople).await?;
    let found = on_worker(move || rounds::list(&context.store, school.id)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// The round with this code.
#[utoipa::path(get, path = "/api/v1/schools/{school}/rounds/{code}", tag = "rounds", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path)), responses((status = 200, body = RoundView)))]
#[get("/schools/{school}/rounds/{code}")]
pub async fn show(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ReadPeople).await?;
    let found = on_worker(move || rounds::find(&context.store, school.id, &code)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Makes a draft, or changes one; sent twice it says the same. A round that was issued or listed is
/// never changed.
#[utoipa::path(put, path = "/api/v1/schools/{school}/rounds/{code}", tag = "rounds", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path)), request_body = RoundTerms,
    responses((status = 200, body = RoundView), (status = 409, description = "issued already")))]
#[put("/schools/{school}/rounds/{code}")]
pub async fn set(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    body: Later<Valid<RoundTerms>>,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::IssueInvoices).await?;
    let terms = body.now()?.into_inner();
    let set = on_worker(move || {
        let at = (school.id, code.as_str());
        rounds::set(&context.store, &*context.clock, &who.0.actor, at, &terms)?;
        rounds::find(&context.store, school.id, code.trim())
    })
    .await?;
    Ok(HttpResponse::Ok().json(set))
}

/// Takes in how much each student had: the bytes of a CSV or XLSX file with the columns `student_code`,
/// `fee_item` and `quantity`.
#[utoipa::path(post, path = "/api/v1/schools/{school}/rounds/{code}/quantities", tag = "rounds", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = ListOutcome), (status = 409, description = "issued already")))]
#[post("/schools/{school}/rounds/{code}/quantities")]
pub async fn import_quantities(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    import_list(
        context,
        who,
        (school, Permission::IssueInvoices),
        &request,
        body,
        move |context, actor, school, bytes| {
            let table = intake::list(&context.reader.of_school(school.id.0), bytes)?;
            let at = (school.id, code.as_str());
            quantities::import(&context.store, &*context.clock, actor, at, &table)
        },
    )
    .await
}

/// What issuing a draft would do: counts, sums, credit that would be used, who has no e-mail, and what
/// keeps it from being issued. Nothing is written.
#[utoipa::path(get, path = "/api/v1/schools/{school}/rounds/{code}/preview", tag = "rounds", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path)),
    responses((status = 200, body = Issue), (status = 409, description = "no draft any more")))]
#[get("/schools/{school}/rounds/{code}/preview")]
pub async fn preview(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ReadPeople).await?;
    let found =
        on_worker(move || issuing::preview(&context.store, &*context.clock, school.id, &code))
            .await?;
    Ok(HttpResponse::Ok().json(found))
}

/// What is to be issued.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct IssueWanted {
    /// The fingerprint of the preview.
    #[garde(length(chars, max = limits::WORD))]
    fingerprint: String,
    /// Whether families are told by mail what they owe.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    notify: bool,
}

/// Issues a draft exactly as its preview showed it. Where the figures are others by now, nothing is
/// written.
#[utoipa::path(post, path = "/api/v1/schools/{school}/rounds/{code}/issue", tag = "rounds", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = IssueWanted,
    responses((status = 200, body = Issue),
        (status = 409, description = "issued already, or changed since the preview"),
        (status = 422, description = "something keeps it from being issued")))]
#[post("/schools/{school}/rounds/{code}/issue")]
pub async fn issue(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
    body: Later<Valid<IssueWanted>>,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::IssueInvoices).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let (clock, actor) = (&*inner.clock, &who.0.actor);
        let at = (school.id, code.as_str());
        let asked = (wanted.fingerprint.as_str(), wanted.notify);
        issuing::issue_and_tell(&inner.store, clock, actor, &inner.prefixes, at, asked)
    })
    .await
}
