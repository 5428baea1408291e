//! Families: what they ask, who looked at them, how content they are; and a student's personal data,
//! given out or given up.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};

use super::idempotency::Once;
use crate::clock::local_day;
use crate::domain::access::Permission;
use crate::domain::id::SchoolId;
use crate::domain::school_year::Term;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::{Problem, preferred_lang};
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::families::claims::{self, AnswerTerms, ClaimLine};
use crate::service::families::looks::{self, AskedLooks, LookView};
use crate::service::families::survey::{self, Survey};
use crate::service::privacy::erasure::{self, ErasureView};
use crate::service::privacy::export as exporting;
use crate::service::students::view;
use crate::service::{keys, limits};

/// Which questions.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ClaimQuery {
    /// All, the last first, instead of those that wait, the oldest first.
    all: Option<bool>,
    /// Where the page begins: `next` of the page before.
    from: Option<i64>,
}

/// A page of questions.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ClaimList {
    claims: Vec<ClaimLine>,
    /// Where the next page begins; absent on the last.
    next: Option<i64>,
}

/// What families ask: "I paid, but…".
#[utoipa::path(get, path = "/api/v1/schools/{school}/claims", tag = "families", security(("key" = [])),
    params(("school" = String, Path), ClaimQuery), responses((status = 200, body = ClaimList)))]
#[get("/schools/{school}/claims")]
pub async fn list_claims(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<ClaimQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let ClaimQuery { all, from } = query.now()?.into_inner();
    let waiting = !all.unwrap_or(false);
    let (claims, next) =
        on_worker(move || claims::page(&context.store, (school.id, waiting), from)).await?;
    Ok(HttpResponse::Ok().json(ClaimList { claims, next }))
}

/// Answers a question. The family is written to; no money moves.
#[utoipa::path(post, path = "/api/v1/schools/{school}/claims/{id}/answer", tag = "families", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    request_body = AnswerTerms,
    responses((status = 200), (status = 409, description = "answered already")))]
#[post("/schools/{school}/claims/{id}/answer")]
pub async fn answer_claim(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
    body: Later<Valid<AnswerTerms>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::Decide).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        claims::answer(&inner.store, &*inner.clock, &who.0.actor, (school.id, id), &wanted)
    })
    .await
}

/// Which looks.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct LookQuery {
    /// At this family only.
    family: Option<i64>,
    /// By somebody in whose name this stands.
    actor: Option<String>,
    /// Before this one: `next` of the page before.
    before: Option<i64>,
}

/// A page of looks.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LookList {
    looks: Vec<LookView>,
    /// Where the next page begins; absent on the last.
    next: Option<i64>,
}

/// Who looked at which family, the last first.
#[utoipa::path(get, path = "/api/v1/schools/{school}/access-log", tag = "families", security(("key" = [])),
    params(("school" = String, Path), LookQuery), responses((status = 200, body = LookList)))]
#[get("/schools/{school}/access-log")]
pub async fn access_log(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<LookQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadPrivacy).await?;
    let LookQuery { family, actor, before } = query.now()?.into_inner();
    let asked = AskedLooks { family, actor: actor.unwrap_or_default(), before };
    let (looks, next) = on_worker(move || looks::page(&context.store, school.id, &asked)).await?;
    Ok(HttpResponse::Ok().json(LookList { looks, next }))
}

/// Everything about a student as a ZIP archive; written down in the access log.
#[utoipa::path(get, path = "/api/v1/schools/{school}/students/{code}/export", tag = "families", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path)),
    responses((status = 200, content_type = "application/zip", body = Vec<u8>)))]
#[get("/schools/{school}/students/{code}/export")]
pub async fn export_student(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ManagePrivacy).await?;
    let lang = preferred_lang(request.headers());
    let bytes = on_worker(move || {
        let id = view::id_of(&context.store, school.id, &code)?;
        let what = (school.id, id, lang);
        exporting::archive(&context.store, &*context.clock, &context.keys, &who.0.actor, what)
    })
    .await?;
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"du-lieu.zip\""))
        .body(bytes))
}

/// Why a name is to be given up.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ErasureTerms {
    /// The reason.
    #[garde(custom(limits::reason), length(chars, max = limits::TEXT))]
    reason: String,
}

/// Asks for a student's name to be given up; somebody else has to agree.
#[utoipa::path(post, path = "/api/v1/schools/{school}/students/{code}/erasure", tag = "families", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = ErasureTerms,
    responses((status = 201, body = ErasureView), (status = 409, description = "at the school, or asked already"),
        (status = 422, description = "money is open")))]
#[post("/schools/{school}/students/{code}/erasure")]
pub async fn ask_erasure(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
    body: Later<Valid<ErasureTerms>>,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ManagePrivacy).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::CREATED, move |inner| {
        let id = view::id_of(&inner.store, school.id, &code)?;
        erasure::ask(&inner.store, &*inner.clock, &who.0.actor, (school.id, id), &wanted.reason)
    })
    .await
}

/// The erasures of a school, the last first.
#[utoipa::path(get, path = "/api/v1/schools/{school}/erasures", tag = "families", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Vec<ErasureView>)))]
#[get("/schools/{school}/erasures")]
pub async fn list_erasures(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadPrivacy).await?;
    let found = on_worker(move || erasure::list(&context.store, school.id)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Whether somebody agrees.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ErasureConsent {
    /// Agrees, or refuses.
    agree: bool,
}

/// Agrees to an erasure, which cannot be taken back, or refuses it. Who asked cannot agree.
#[utoipa::path(post, path = "/api/v1/schools/{school}/erasures/{id}/decision", tag = "families", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    request_body = ErasureConsent,
    responses((status = 200, body = ErasureView), (status = 409, description = "decided already, or by whoever asked")))]
#[post("/schools/{school}/erasures/{id}/decision")]
pub async fn decide_erasure(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
    body: Later<Valid<ErasureConsent>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ManagePrivacy).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let what = (school.id, id);
        erasure::decide(&inner.store, &*inner.clock, &who.0.actor, what, wanted.agree)
    })
    .await
}

/// Which term.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SurveyQuery {
    /// The term, as `2026-2027/1`; that of the day when absent.
    term: Option<String>,
}

/// How content families are in a term, school by school and in all. No share is told of fewer than
/// five answers.
#[utoipa::path(get, path = "/api/v1/reports/satisfaction", tag = "reports", security(("key" = [])),
    params(SurveyQuery), responses((status = 200, body = Survey)))]
#[get("/reports/satisfaction")]
pub async fn satisfaction(
    context: web::Data<Context>,
    who: Authenticated,
    query: Later<web::Query<SurveyQuery>>,
) -> Result<HttpResponse, Problem> {
    who.may(Permission::ReadFigures)?;
    let term = match query.now()?.into_inner().term {
        None => Term::of(local_day(context.clock.now())),
        Some(text) => Term::parse(&text).ok_or_else(|| {
            Problem::bad_request(
                "term",
                "Tham số term có dạng 2026-2027/1 hoặc 2026-2027/2.",
                "The parameter term reads 2026-2027/1 or 2026-2027/2.",
            )
        })?,
    };
    let survey = on_worker(move || {
        let schools = keys::visible_schools(&context.store, &*context.clock, who.0.scope)?;
        let ids: Vec<SchoolId> = schools.iter().map(|school| school.id).collect();
        survey::of_schools(&context.store, &ids, term)
    })
    .await?;
    Ok(HttpResponse::Ok().json(survey))
}
