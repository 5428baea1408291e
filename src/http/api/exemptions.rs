//! Who need not pay. Why is answered to few.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};

use super::idempotency::Once;
use super::lists::import_list;
use crate::domain::access::{Permission, permits};
use crate::domain::calendar::Day;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::fees::exemptions::{self, ExemptionView};
use crate::service::import_students::ListOutcome;
use crate::service::intake;

/// The exemptions of a school. Grounds and documents are only for administrators.
#[utoipa::path(get, path = "/api/v1/schools/{school}/exemptions", tag = "fees", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Vec<ExemptionView>)))]
#[get("/schools/{school}/exemptions")]
pub async fn list(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadPeople).await?;
    let with_grounds = permits(who.0.role, who.0.scope, Permission::ReadRestricted);
    let found =
        on_worker(move || exemptions::list(&context.store, school.id, with_grounds)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Takes in a list of exemptions: the bytes of a CSV or XLSX file with the columns `student_code`,
/// `ground`, `percent`, `from`, and `fee_item`, `to` and `document` where they are known.
#[utoipa::path(post, path = "/api/v1/schools/{school}/exemptions", tag = "fees", security(("key" = [])),
    params(("school" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = ListOutcome), (status = 422, description = "not a list we can read")))]
#[post("/schools/{school}/exemptions")]
pub async fn import(
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
            exemptions::import(&context.store, &*context.clock, actor, school.id, &table)
        },
    )
    .await
}

/// When an exemption ends.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ExemptionEnd {
    /// Its last day.
    #[schema(value_type = String, format = Date)]
    last: Day,
}

/// Ends an exemption on its last day. Invoices that were issued stay as they are.
#[utoipa::path(post, path = "/api/v1/schools/{school}/exemptions/{id}/end", tag = "fees", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    request_body = ExemptionEnd,
    responses((status = 200, body = ExemptionEnd), (status = 422, description = "before its first day")))]
#[post("/schools/{school}/exemptions/{id}/end")]
pub async fn end(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
    body: Later<Valid<ExemptionEnd>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ImportLists).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let at = (school.id, id);
        exemptions::end(&inner.store, &*inner.clock, &who.0.actor, at, wanted.last)?;
        Ok(wanted)
    })
    .await
}
