//! Refunds above the school's limit: proposed by one person, agreed to or refused by another. These
//! answers name accounts of persons, so that they are for the school's accountants only.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use serde::Deserialize;

use super::idempotency::Once;
use crate::domain::access::Permission;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::fees::refund_limit::{self, RefundLimit};
use crate::service::fees::refund_requests::{
    self, RefundAnswer, RefundProposal, RefundRequestView,
};

/// The most requests of an answer.
const MOST: u32 = 200;

/// Which proposed refunds.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct RefundRequestQuery {
    /// `asked`, `approved`, `refused` or `withdrawn`; all when absent.
    state: Option<String>,
}

const STATES: [&str; 4] = ["asked", "approved", "refused", "withdrawn"];

/// Proposed refunds of a school, newest first, at most 200.
#[utoipa::path(get, path = "/api/v1/schools/{school}/refund-requests", tag = "refunds", security(("key" = [])),
    params(("school" = String, Path), RefundRequestQuery), responses((status = 200, body = Vec<RefundRequestView>)))]
#[get("/schools/{school}/refund-requests")]
pub async fn list(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<RefundRequestQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let RefundRequestQuery { state } = query.now()?.into_inner();
    if state.as_deref().is_some_and(|state| !STATES.contains(&state)) {
        return Err(Problem::bad_request(
            "state",
            "Tham số state phải là asked, approved, refused hoặc withdrawn.",
            "The parameter state must be asked, approved, refused or withdrawn.",
        ));
    }
    let found =
        on_worker(move || refund_requests::list(&context.store, school.id, state.as_deref(), MOST))
            .await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Proposes a refund above the limit. Nothing moves before somebody else agrees.
#[utoipa::path(post, path = "/api/v1/schools/{school}/refund-requests", tag = "refunds", security(("key" = [])),
    params(("school" = String, Path), ("Idempotency-Key" = String, Header)), request_body = RefundProposal,
    responses((status = 200, body = RefundRequestView),
        (status = 409, description = "not enough credit, decided meanwhile, or proposed already")))]
#[post("/schools/{school}/refund-requests")]
pub async fn propose(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    request: HttpRequest,
    body: Later<Valid<RefundProposal>>,
) -> Result<HttpResponse, Problem> {
    let school = school_for(&context, &who.0, path.now()?.into_inner(), Permission::Decide).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        refund_requests::propose(&inner.store, &*inner.clock, &who.0.actor, school.id, &wanted)
    })
    .await
}

/// Agrees to a proposed refund, which is done then, or refuses it with a reason.
#[utoipa::path(post, path = "/api/v1/schools/{school}/refund-requests/{id}/decision", tag = "refunds", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    request_body = RefundAnswer,
    responses((status = 200, body = RefundRequestView),
        (status = 409, description = "decided already, by who proposed it, or no longer possible")))]
#[post("/schools/{school}/refund-requests/{id}/decision")]
pub async fn decide(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
    body: Later<Valid<RefundAnswer>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ApproveRefund).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let at = (school.id, id);
        refund_requests::answer(&inner.store, &*inner.clock, &who.0.actor, at, &wanted)
    })
    .await
}

/// Takes a proposed refund back; only who proposed it.
#[utoipa::path(post, path = "/api/v1/schools/{school}/refund-requests/{id}/withdrawal", tag = "refunds", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = RefundRequestView),
        (status = 409, description = "decided already, or proposed by somebody else")))]
#[post("/schools/{school}/refund-requests/{id}/withdrawal")]
pub async fn withdraw(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::Decide).await?;
    let once = Once::of_body(&request, &who.0, &id)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        refund_requests::withdraw(&inner.store, &*inner.clock, &who.0.actor, (school.id, id))
    })
    .await
}

/// Above how much a refund takes two persons.
#[utoipa::path(get, path = "/api/v1/schools/{school}/refund-limit", tag = "refunds", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = RefundLimit)))]
#[get("/schools/{school}/refund-limit")]
pub async fn limit(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let found = on_worker(move || refund_limit::show(&context.store, school.id)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Sets above how much a refund takes two persons.
#[utoipa::path(put, path = "/api/v1/schools/{school}/refund-limit", tag = "refunds", security(("key" = [])),
    params(("school" = String, Path)), request_body = RefundLimit, responses((status = 200, body = RefundLimit)))]
#[put("/schools/{school}/refund-limit")]
pub async fn set_limit(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    body: Later<Valid<RefundLimit>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ManageDirectory).await?;
    let wanted = body.now()?.into_inner();
    let set = on_worker(move || {
        refund_limit::set(&context.store, &*context.clock, &who.0.actor, school.id, wanted)
    })
    .await?;
    Ok(HttpResponse::Ok().json(set))
}
