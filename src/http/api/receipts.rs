//! Receipts and paper for families.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use serde::{Deserialize, Serialize};

use super::idempotency::Once;
use crate::domain::access::Permission;
use crate::domain::calendar::Day;
use crate::domain::lang::Lang;
use crate::domain::receipt::ReceiptState;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::limits;
use crate::service::notices::{self, Ask};
use crate::service::receipts::{
    self, Asked, Cursor, Detail, InvoiceElsewhere, ReceiptView, RequestView, Terms, WaitingRequest,
};

/// Receipts on a page where nothing else is asked for.
const PAGE: u32 = 50;

/// Which receipts.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ReceiptQuery {
    /// Issued on this day or later, `YYYY-MM-DD`.
    #[param(value_type = Option<String>)]
    from: Option<Day>,
    /// Issued on this day or earlier.
    #[param(value_type = Option<String>)]
    to: Option<Day>,
    /// Only of this class.
    class: Option<String>,
    /// `live`, `replaced` or `voided`.
    #[param(value_type = Option<String>)]
    state: Option<ReceiptState>,
    /// A number, a verification code, or parts of a student's name or code.
    text: Option<String>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// At most so many, up to 200.
    limit: Option<u32>,
}

/// A page of receipts.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReceiptPage {
    /// The receipts, the last number first.
    items: Vec<ReceiptView>,
    /// Where the next page begins; absent on the last one.
    next: Option<String>,
}

/// A page of a school's receipts, the last number first.
#[utoipa::path(get, path = "/api/v1/schools/{school}/receipts", tag = "receipts", security(("key" = [])),
    params(("school" = String, Path), ReceiptQuery), responses((status = 200, body = ReceiptPage)))]
#[get("/schools/{school}/receipts")]
pub async fn page(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<ReceiptQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadPeople).await?;
    let query = query.now()?.into_inner();
    let before = match &query.cursor {
        None => None,
        Some(text) => Some(Cursor::decode(text).ok_or_else(bad_cursor)?),
    };
    let asked = Asked {
        from: query.from,
        to: query.to,
        class: query.class,
        state: query.state,
        year: None,
        text: query.text.unwrap_or_default().chars().take(200).collect(),
        before,
    };
    let limit = query.limit.unwrap_or(PAGE).clamp(1, 200);
    let (items, next) =
        on_worker(move || receipts::page(&context.store, school.id, &asked, limit)).await?;
    Ok(HttpResponse::Ok().json(ReceiptPage { items, next: next.map(Cursor::encode) }))
}

fn bad_cursor() -> Problem {
    Problem::bad_request(
        "cursor",
        "Tham số cursor không đúng. Dùng giá trị next của trang trước.",
        "The parameter cursor is wrong. Use the value next of the page before.",
    )
}

/// One receipt, every receipt of the same payment, and who asked to void it.
#[utoipa::path(get, path = "/api/v1/schools/{school}/receipts/{id}", tag = "receipts", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path)), responses((status = 200, body = Detail)))]
#[get("/schools/{school}/receipts/{id}")]
pub async fn show(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ReadPeople).await?;
    let found = on_worker(move || receipts::show(&context.store, school.id, id)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// In which language paper is made.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PaperQuery {
    /// `vi` or `en`; `vi` when absent.
    #[param(value_type = Option<String>)]
    lang: Option<Lang>,
}

/// A receipt as PDF.
#[utoipa::path(get, path = "/api/v1/schools/{school}/receipts/{id}/pdf", tag = "receipts", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), PaperQuery),
    responses((status = 200, content_type = "application/pdf", description = "the receipt")))]
#[get("/schools/{school}/receipts/{id}/pdf")]
pub async fn pdf(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    query: Later<web::Query<PaperQuery>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ReadPeople).await?;
    let lang = query.now()?.lang.unwrap_or_default();
    let bytes =
        on_worker(move || receipts::pdf(&context.store, school.id, &[id], (lang, &context.origin)))
            .await?;
    Ok(pdf_file("receipt.pdf", bytes))
}

/// A PDF that a browser may show.
pub(crate) fn pdf_file(name: &str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")))
        .body(bytes)
}

/// Why a receipt is to be voided.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
pub struct VoidReason {
    /// For the audit log and the family.
    #[garde(custom(limits::reason), length(chars, max = limits::TEXT))]
    reason: String,
}

/// Asks that a receipt be voided: what it confirms is taken back. One that was not sent to the family is
/// voided at once; else nothing changes before somebody else agrees.
#[utoipa::path(post, path = "/api/v1/schools/{school}/receipts/{id}/void", tag = "receipts", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    request_body = VoidReason,
    responses((status = 200, body = RequestView), (status = 409, description = "it holds no longer, one waits already, or its month is closed")))]
#[post("/schools/{school}/receipts/{id}/void")]
pub async fn ask_void(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
    body: Later<Valid<VoidReason>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::Decide).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let of = (school.id, id);
        receipts::ask_void(&inner.store, &*inner.clock, &who.0.actor, of, &wanted.reason)
    })
    .await
}

/// Says which electronic invoice or receipt other software issued for the same money; empty takes back
/// what was said.
#[utoipa::path(put, path = "/api/v1/schools/{school}/receipts/{id}/invoice", tag = "receipts", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path)), request_body = InvoiceElsewhere,
    responses((status = 200, body = ReceiptView), (status = 409, description = "it holds no longer"),
        (status = 422, description = "the address does not begin with https://")))]
#[put("/schools/{school}/receipts/{id}/invoice")]
pub async fn set_invoice(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    body: Later<Valid<InvoiceElsewhere>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::CorrectInvoices).await?;
    let wanted = body.now()?.into_inner();
    let found = on_worker(move || {
        let of = (school.id, id);
        receipts::set_elsewhere(&context.store, &*context.clock, &who.0.actor, of, &wanted)
    })
    .await?;
    Ok(HttpResponse::Ok().json(found))
}

/// What waits for a second person, oldest first.
#[utoipa::path(get, path = "/api/v1/schools/{school}/receipt-voids", tag = "receipts", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Vec<WaitingRequest>)))]
#[get("/schools/{school}/receipt-voids")]
pub async fn waiting(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let found = on_worker(move || receipts::waiting(&context.store, school.id)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Whether somebody agrees.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct VoidConsent {
    /// `true` voids it, `false` leaves the receipt as it is.
    approve: bool,
}

/// Agrees to void a receipt, or does not. Who asked cannot agree.
#[utoipa::path(post, path = "/api/v1/schools/{school}/receipt-voids/{id}/decision", tag = "receipts", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    request_body = VoidConsent,
    responses((status = 200, body = RequestView), (status = 409, description = "decided already, or by who asked")))]
#[post("/schools/{school}/receipt-voids/{id}/decision")]
pub async fn decide_void(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
    body: Later<Valid<VoidConsent>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ApproveReceiptVoid).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let of = (school.id, id);
        receipts::decide_void(&inner.store, &*inner.clock, &who.0.actor, of, wanted.approve)
    })
    .await
}

/// Whether receipts are issued.
#[utoipa::path(get, path = "/api/v1/schools/{school}/receipt-terms", tag = "receipts", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Terms)))]
#[get("/schools/{school}/receipt-terms")]
pub async fn terms(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadPeople).await?;
    let found = on_worker(move || receipts::terms(&context.store, school.id)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Says whether receipts are issued, and from which day on: for what is settled from now on.
#[utoipa::path(put, path = "/api/v1/schools/{school}/receipt-terms", tag = "receipts", security(("key" = [])),
    params(("school" = String, Path)), request_body = Terms, responses((status = 200, body = Terms)))]
#[put("/schools/{school}/receipt-terms")]
pub async fn set_terms(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    body: Later<Valid<Terms>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ManageDirectory).await?;
    let wanted = body.now()?.into_inner();
    let found = on_worker(move || {
        receipts::set_terms(&context.store, &*context.clock, &who.0.actor, school.id, wanted)
    })
    .await?;
    Ok(HttpResponse::Ok().json(found))
}

/// For whom paper is made.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct NoticeQuery {
    /// Only this class.
    class: Option<String>,
    /// Only what is open of this collection round, by code.
    round: Option<String>,
    /// Only families that no mail reaches.
    #[serde(default)]
    without_mail: bool,
    /// `vi` or `en`; `vi` when absent.
    #[param(value_type = Option<String>)]
    lang: Option<Lang>,
}

impl NoticeQuery {
    fn ask(self) -> (Ask, Lang) {
        let lang = self.lang.unwrap_or_default();
        let ask = Ask {
            class: self.class,
            round: self.round,
            without_mail: self.without_mail,
            year: None,
        };
        (ask, lang)
    }
}

/// Notices with a QR code for everybody who owes something, four on a sheet, as PDF.
#[utoipa::path(get, path = "/api/v1/schools/{school}/notices", tag = "receipts", security(("key" = [])),
    params(("school" = String, Path), NoticeQuery),
    responses((status = 200, content_type = "application/pdf", description = "the notices"),
        (status = 409, description = "nobody owes anything of it")))]
#[get("/schools/{school}/notices")]
pub async fn print_notices(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<NoticeQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadPeople).await?;
    let (ask, lang) = query.now()?.into_inner().ask();
    let bytes = on_worker(move || {
        notices::notices_pdf(&context.store, &*context.clock, school.id, &ask, lang)
    })
    .await?;
    Ok(pdf_file("notices.pdf", bytes))
}

/// Lists of the classes with what each student owes and room for a signature, as PDF.
#[utoipa::path(get, path = "/api/v1/schools/{school}/class-lists", tag = "receipts", security(("key" = [])),
    params(("school" = String, Path), NoticeQuery),
    responses((status = 200, content_type = "application/pdf", description = "the lists"),
        (status = 409, description = "nobody is in the class")))]
#[get("/schools/{school}/class-lists")]
pub async fn print_class_lists(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<NoticeQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadPeople).await?;
    let (ask, lang) = query.now()?.into_inner().ask();
    let bytes = on_worker(move || {
        notices::class_lists_pdf(&context.store, &*context.clock, school.id, &ask, lang)
    })
    .await?;
    Ok(pdf_file("class-lists.pdf", bytes))
}
