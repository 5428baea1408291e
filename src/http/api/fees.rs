//! Fee items and their prices, the codes of authorities, zones of the price list, and what families
//! chose.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use serde::{Deserialize, Serialize};

use super::idempotency::Once;
use super::lists::import_list;
use crate::domain::access::{Permission, Scope};
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::fees::catalogue::{self, ItemTerms, ItemView, OfficialCode, PriceTerms};
use crate::service::fees::choices;
use crate::service::import_students::ListOutcome;
use crate::service::intake;
use crate::service::limits;

/// The fee items of a school with their prices, in the order in which money goes to them.
#[utoipa::path(get, path = "/api/v1/schools/{school}/fee-items", tag = "fees", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Vec<ItemView>)))]
#[get("/schools/{school}/fee-items")]
pub async fn items(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadPeople).await?;
    let items = on_worker(move || catalogue::items(&context.store, school.id)).await?;
    Ok(HttpResponse::Ok().json(items))
}

/// Adds a fee item, or changes what an item with this code is. Sent twice it says the same.
#[utoipa::path(put, path = "/api/v1/schools/{school}/fee-items/{code}", tag = "fees", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path)), request_body = ItemTerms,
    responses((status = 200, body = ItemView), (status = 422, description = "a name is missing")))]
#[put("/schools/{school}/fee-items/{code}")]
pub async fn set_item(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    body: Later<Valid<ItemTerms>>,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::IssueInvoices).await?;
    let terms = body.now()?.into_inner();
    let set = on_worker(move || {
        let at = (school.id, code.as_str());
        catalogue::set_item(&context.store, &*context.clock, &who.0.actor, at, &terms)?;
        catalogue::item(&context.store, school.id, &code)
    })
    .await?;
    Ok(HttpResponse::Ok().json(set))
}

/// Gives a fee item a price. The open price for the same students ends the day before.
#[utoipa::path(post, path = "/api/v1/schools/{school}/fee-items/{code}/prices", tag = "fees", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = PriceTerms,
    responses((status = 200, body = ItemView), (status = 409, description = "two prices would hold together")))]
#[post("/schools/{school}/fee-items/{code}/prices")]
pub async fn add_price(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
    body: Later<Valid<PriceTerms>>,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::IssueInvoices).await?;
    let terms = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &terms)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let at = (school.id, code.as_str());
        catalogue::set_price(&inner.store, &*inner.clock, &who.0.actor, at, &terms)?;
        catalogue::item(&inner.store, school.id, &code)
    })
    .await
}

/// The codes for kinds of fees that the authorities above a school use today.
#[utoipa::path(get, path = "/api/v1/schools/{school}/official-codes", tag = "fees", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Vec<OfficialCode>)))]
#[get("/schools/{school}/official-codes")]
pub async fn official_codes(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadPeople).await?;
    let codes =
        on_worker(move || catalogue::official_codes(&context.store, &*context.clock, school.id))
            .await?;
    Ok(HttpResponse::Ok().json(codes))
}

/// How many codes were new.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CodesAdded {
    /// Codes that were not known before.
    added: usize,
}

/// Adds an authority's codes for kinds of fees; those that are known stay as they are. Only for an
/// administrator of the whole installation.
#[utoipa::path(post, path = "/api/v1/authorities/{authority}/official-codes", tag = "fees", security(("key" = [])),
    params(("authority" = String, Path)), request_body = Vec<OfficialCode>,
    responses((status = 200, body = CodesAdded), (status = 404, description = "no such authority")))]
#[post("/authorities/{authority}/official-codes")]
pub async fn add_official_codes(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    body: Later<Valid<Vec<OfficialCode>>>,
) -> Result<HttpResponse, Problem> {
    who.may(Permission::ManageDirectory)?;
    if who.0.scope != Scope::Everything {
        return Err(Problem::forbidden());
    }
    let authority = path.now()?.into_inner();
    let codes = body.now()?.into_inner();
    let added = on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        catalogue::add_official_codes(store, clock, &who.0.actor, &authority, &codes)
    })
    .await?;
    Ok(HttpResponse::Ok().json(CodesAdded { added }))
}

/// In which zone of the price list a school lies, or one of its students lives.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct FeeZone {
    /// The student's code; the whole school when absent.
    #[serde(default)]
    #[garde(length(chars, max = limits::WORD))]
    student: Option<String>,
    /// As the price list names it; no zone when absent.
    #[garde(length(chars, max = limits::WORD))]
    zone: Option<String>,
}

/// Says in which zone of the price list a school lies, or one of its students. Sent twice it says the
/// same.
#[utoipa::path(put, path = "/api/v1/schools/{school}/fee-zone", tag = "fees", security(("key" = [])),
    params(("school" = String, Path)), request_body = FeeZone,
    responses((status = 200, body = FeeZone), (status = 404, description = "no such student")))]
#[put("/schools/{school}/fee-zone")]
pub async fn set_zone(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    body: Later<Valid<FeeZone>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::IssueInvoices).await?;
    let wanted = body.now()?.into_inner();
    let set = on_worker(move || {
        let at = (school.id, wanted.student.as_deref());
        let zone = wanted.zone.as_deref();
        catalogue::set_zone(&context.store, &*context.clock, &who.0.actor, at, zone)?;
        Ok(wanted)
    })
    .await?;
    Ok(HttpResponse::Ok().json(set))
}

/// Takes in what families chose: the bytes of a CSV or XLSX file with the columns `student_code`,
/// `fee_item`, `from` and `to`.
#[utoipa::path(post, path = "/api/v1/schools/{school}/fee-choices", tag = "fees", security(("key" = [])),
    params(("school" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = ListOutcome), (status = 422, description = "not a list we can read")))]
#[post("/schools/{school}/fee-choices")]
pub async fn import_choices(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    import_list(
        context,
        who,
        (path.now()?.into_inner(), Permission::ImportLists),
        &request,
        body,
        |context, actor, school, bytes| {
            let table = intake::list(&context.reader.of_school(school.id.0), bytes)?;
            choices::import(&context.store, &*context.clock, actor, school.id, &table)
        },
    )
    .await
}
