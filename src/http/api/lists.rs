//! Schools, their lists of students and invoices, and their imports.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use std::io::Read as _;

use super::idempotency::Once;
use crate::domain::access::Permission;
use crate::domain::invoice::{InvoiceEvent, InvoiceState};
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker, upload};
use crate::service::directory::SchoolView;
use crate::service::fees::show::{self, PageFilter};
use crate::service::import_students::ListOutcome;
use crate::service::limits;
use crate::service::queue::{self, FamilyCredit, ImportView, InvoiceView};
use crate::service::{
    Actor, ServiceError, cancel, import_invoices as invoices_use_case,
    import_students as students_use_case, intake, keys,
};

/// The schools the key may see.
#[utoipa::path(get, path = "/api/v1/schools", tag = "schools", security(("key" = [])),
    responses((status = 200, body = Vec<SchoolView>)))]
#[get("/schools")]
pub async fn schools(
    context: web::Data<Context>,
    who: Authenticated,
) -> Result<HttpResponse, Problem> {
    who.may(Permission::ReadFigures)?;
    let schools =
        on_worker(move || keys::visible_schools(&context.store, &*context.clock, who.0.scope))
            .await?;
    Ok(HttpResponse::Ok().json(schools))
}

/// The latest statement imports of a school, newest first.
#[utoipa::path(get, path = "/api/v1/schools/{school}/imports", tag = "statements", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Vec<ImportView>)))]
#[get("/schools/{school}/imports")]
pub async fn imports(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let imports = on_worker(move || queue::imports(&context.store, &[school.id], 200)).await?;
    Ok(HttpResponse::Ok().json(imports))
}

/// Which invoices.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct InvoiceQuery {
    /// `waived`, `open`, `partly_paid`, `paid` or `cancelled`; all when absent.
    #[param(value_type = Option<String>)]
    state: Option<InvoiceState>,
    /// Only those of the round with this code.
    round: Option<String>,
    /// Only those of the student with this code.
    student: Option<String>,
    /// Where the page begins, from the `Link` of the page before.
    after: Option<i64>,
    /// 1 to 200; 50 where only `after` is given, and all when neither is.
    limit: Option<u32>,
}

impl InvoiceQuery {
    /// What a page shows. Where no page is asked for, it holds everything.
    fn filter(&self) -> PageFilter {
        let limit = match (self.limit, self.after) {
            (None, None) => u32::MAX,
            (limit, _) => limit.unwrap_or(50).clamp(1, 200),
        };
        PageFilter {
            round: self.round.clone(),
            student: self.student.clone(),
            state: self.state,
            after: self.after,
            limit,
        }
    }

    /// The query of the page that begins after an invoice.
    fn next(&self, after: i64, limit: u32) -> String {
        let mut next = form_urlencoded::Serializer::new(String::new());
        next.append_pair("limit", &limit.to_string()).append_pair("after", &after.to_string());
        let state = self.state.map(InvoiceState::as_str);
        let filters = [
            ("round", self.round.as_deref()),
            ("student", self.student.as_deref()),
            ("state", state),
        ];
        for (name, value) in filters {
            if let Some(value) = value {
                next.append_pair(name, value);
            }
        }
        next.finish()
    }
}

/// The invoices of a school; by pages where a limit is given.
#[utoipa::path(get, path = "/api/v1/schools/{school}/invoices", tag = "invoices", security(("key" = [])),
    params(("school" = String, Path), InvoiceQuery),
    responses((status = 200, body = Vec<InvoiceView>, description = "`Link: <…>; rel=\"next\"` when there is more")))]
#[get("/schools/{school}/invoices")]
pub async fn invoices(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<InvoiceQuery>>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadPeople).await?;
    let query = query.now()?.into_inner();
    let filter = query.filter();
    let limit = filter.limit;
    let (invoices, next) =
        on_worker(move || show::invoices(&context.store, school.id, &filter)).await?;
    let mut response = HttpResponse::Ok();
    if let Some(after) = next {
        let link = format!("<{}?{}>; rel=\"next\"", request.path(), query.next(after, limit));
        response.insert_header(("Link", link));
    }
    Ok(response.json(invoices))
}

/// Takes in a list of students: the bytes of a CSV or XLSX file with a header row.
#[utoipa::path(post, path = "/api/v1/schools/{school}/students", tag = "schools", security(("key" = [])),
    params(("school" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = ListOutcome), (status = 422, description = "not a list we can read")))]
#[post("/schools/{school}/students")]
pub async fn import_students(
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
        |context, actor, school, list| {
            let list = intake::list(&context.reader.of_school(school.id.0), list)?;
            students_use_case::run(&context.store, &*context.clock, actor, school.id, &list)
        },
    )
    .await
}

/// Takes in a list of invoices: the bytes of a CSV or XLSX file with a header row.
#[utoipa::path(post, path = "/api/v1/schools/{school}/invoices", tag = "invoices", security(("key" = [])),
    params(("school" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = ListOutcome), (status = 422, description = "not a list we can read")))]
#[post("/schools/{school}/invoices")]
pub async fn import_invoices(
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
        |context, actor, school, list| {
            let prefixes = &context.prefixes;
            let list = intake::list(&context.reader.of_school(school.id.0), list)?;
            invoices_use_case::run(
                &context.store,
                &*context.clock,
                actor,
                school.id,
                prefixes,
                &list,
            )
        },
    )
    .await
}

/// Takes in the bytes of a list that a use case knows how to read.
pub(super) async fn import_list(
    context: web::Data<Context>,
    who: Authenticated,
    (school, needed): (String, Permission),
    request: &HttpRequest,
    body: web::Payload,
    use_case: impl FnOnce(&Context, &Actor, &SchoolView, &[u8]) -> Result<ListOutcome, ServiceError>
    + Send
    + 'static,
) -> Result<HttpResponse, Problem> {
    let school = school_for(&context, &who.0, school, needed).await?;
    let admitted = upload::admit(&context, &who.0.actor, school.id).await?;
    let (mut file, digest) = upload::to_file(body, context.max_upload_bytes, admitted).await?;
    let mut list = Vec::new();
    file.read_to_end(&mut list).map_err(upload::failed)?;
    let once = Once::from_headers(request.headers(), &who.0, &[request.path(), &digest])?;
    let actor = who.0.actor;
    once.carry_out(&context, StatusCode::OK, move |inner| use_case(inner, &actor, &school, &list))
        .await
}

/// What happens to an invoice, and why.
#[derive(Debug, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
pub struct InvoiceChange {
    /// `true` withdraws the invoice, `false` takes the withdrawal back.
    #[garde(skip)]
    cancelled: bool,
    /// For the audit log.
    #[garde(custom(limits::reason), length(chars, max = limits::TEXT))]
    reason: String,
}

/// The state an invoice is in now.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct InvoiceNow {
    /// `waived`, `open`, `partly_paid`, `paid` or `cancelled`.
    #[schema(value_type = String)]
    state: InvoiceState,
}

/// Withdraws an invoice, or takes the withdrawal back. Refused while money is on it.
#[utoipa::path(post, path = "/api/v1/schools/{school}/invoices/{code}/state", tag = "invoices", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = InvoiceChange,
    responses((status = 200, body = InvoiceNow), (status = 409, description = "money is on it")))]
#[post("/schools/{school}/invoices/{code}/state")]
pub async fn change_invoice(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
    change: Later<Valid<InvoiceChange>>,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::CorrectInvoices).await?;
    let InvoiceChange { cancelled, reason } = change.now()?.into_inner();
    let parts = [request.path(), if cancelled { "cancel" } else { "reinstate" }, &reason];
    let once = Once::from_headers(request.headers(), &who.0, &parts)?;
    let event = if cancelled { InvoiceEvent::Cancel } else { InvoiceEvent::Reinstate };
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let at = (school.id, code.as_str());
        cancel::run(&inner.store, &*inner.clock, &who.0.actor, at, event, &reason)
            .map(|state| InvoiceNow { state })
    })
    .await
}

/// The families of a school that have credit: money kept for what they will owe.
#[utoipa::path(get, path = "/api/v1/schools/{school}/family-credit", tag = "payments", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Vec<FamilyCredit>)))]
#[get("/schools/{school}/family-credit")]
pub async fn family_credit(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadPeople).await?;
    let credit = on_worker(move || queue::family_credit(&context.store, school.id)).await?;
    Ok(HttpResponse::Ok().json(credit))
}
