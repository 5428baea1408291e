//! A school's months: what stands in the way of closing one, closing it, opening it again.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};

use super::idempotency::Once;
use crate::domain::access::Permission;
use crate::domain::period::Month;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::limits;
use crate::service::periods::{self as use_case, Accepted, Checklist, PeriodView};

/// The months that were ever closed, each with every close and what it states.
#[utoipa::path(get, path = "/api/v1/schools/{school}/periods", tag = "periods", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Vec<PeriodView>)))]
#[get("/schools/{school}/periods")]
pub async fn list(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let found = on_worker(move || use_case::list(&context.store, school.id)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// What stands in the way of closing a month, each with where to put it right.
#[utoipa::path(get, path = "/api/v1/schools/{school}/periods/{month}/check", tag = "periods", security(("key" = [])),
    params(("school" = String, Path), ("month" = String, Path, description = "`YYYY-MM`")),
    responses((status = 200, body = Checklist)))]
#[get("/schools/{school}/periods/{month}/check")]
pub async fn check(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let (school, month) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ReadBooks).await?;
    let month = month_of(&month)?;
    let found =
        on_worker(move || use_case::check(&context.store, &*context.clock, school.id, month))
            .await?;
    Ok(HttpResponse::Ok().json(found))
}

/// What is accepted although it stands in the way.
#[derive(Debug, Default, Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Closing {
    /// Only `statement_days`, with a reason.
    #[serde(default)]
    accept: Vec<Accepted>,
}

/// Closes a month: refused with everything that stands in the way.
#[utoipa::path(post, path = "/api/v1/schools/{school}/periods/{month}/close", tag = "periods", security(("key" = [])),
    params(("school" = String, Path), ("month" = String, Path, description = "`YYYY-MM`"), ("Idempotency-Key" = String, Header)),
    request_body = Closing,
    responses((status = 200, body = PeriodView), (status = 422, description = "what stands in the way"), (status = 409, description = "closed already")))]
#[post("/schools/{school}/periods/{month}/close")]
pub async fn close(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
    body: Later<Valid<Closing>>,
) -> Result<HttpResponse, Problem> {
    let (school, month) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ClosePeriod).await?;
    let month = month_of(&month)?;
    let closing = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &closing)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let actor = &who.0.actor;
        use_case::close(&inner.store, &*inner.clock, actor, school.id, month, &closing.accept)
    })
    .await
}

/// Why a month is opened again.
#[derive(Debug, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Reopening {
    /// For the history.
    #[garde(custom(limits::reason), length(chars, max = limits::TEXT))]
    reason: String,
}

/// Opens a closed month again, the last closed one first. The close stays as it was.
#[utoipa::path(post, path = "/api/v1/schools/{school}/periods/{month}/reopen", tag = "periods", security(("key" = [])),
    params(("school" = String, Path), ("month" = String, Path, description = "`YYYY-MM`"), ("Idempotency-Key" = String, Header)),
    request_body = Reopening,
    responses((status = 200, body = PeriodView), (status = 409, description = "not closed, or a later month is")))]
#[post("/schools/{school}/periods/{month}/reopen")]
pub async fn reopen(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
    body: Later<Valid<Reopening>>,
) -> Result<HttpResponse, Problem> {
    let (school, month) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ReopenPeriod).await?;
    let month = month_of(&month)?;
    let reason = body.now()?.into_inner().reason;
    let once = Once::from_headers(request.headers(), &who.0, &[request.path(), &reason])?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let actor = &who.0.actor;
        use_case::reopen(&inner.store, &*inner.clock, actor, school.id, month, &reason)
    })
    .await
}

fn month_of(text: &str) -> Result<Month, Problem> {
    text.parse().map_err(|_no_month| {
        Problem::bad_request(
            "month",
            "Tháng phải viết như 2026-10.",
            "A month must be written like 2026-10.",
        )
    })
}
