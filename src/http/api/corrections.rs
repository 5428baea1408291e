//! One invoice, and what brings it down after it was issued: credit notes, a new issue, write-offs.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};

use super::idempotency::Once;
use crate::domain::access::Permission;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::fees::credit_notes::{self, CreditNote, LineCredit};
use crate::service::fees::show::{self, InvoiceDetail};
use crate::service::fees::write_offs::{self, WriteOffTerms, WriteOffView};
use crate::service::limits;

/// An invoice with its lines, instalments, credit notes, and the text of its VietQR code.
#[utoipa::path(get, path = "/api/v1/schools/{school}/invoices/{code}", tag = "invoices", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path)), responses((status = 200, body = InvoiceDetail)))]
#[get("/schools/{school}/invoices/{code}")]
pub async fn invoice(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ReadPeople).await?;
    let found =
        on_worker(move || show::invoice(&context.store, &*context.clock, school.id, &code)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// By how much which lines come down, and why.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Correction {
    /// Each line once.
    lines: Vec<LineCredit>,
    /// For the audit log and the family.
    #[garde(custom(limits::reason), length(chars, max = limits::TEXT))]
    reason: String,
}

/// Makes a credit note for lines of an invoice. What was paid beyond the rest becomes the family's
/// credit.
#[utoipa::path(post, path = "/api/v1/schools/{school}/invoices/{code}/credit-notes", tag = "invoices", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = Correction,
    responses((status = 200, body = CreditNote), (status = 409, description = "more than the line is")))]
#[post("/schools/{school}/invoices/{code}/credit-notes")]
pub async fn correct(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
    body: Later<Valid<Correction>>,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::CorrectInvoices).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let at = (school.id, code.as_str());
        let (lines, reason) = (&wanted.lines, &wanted.reason);
        credit_notes::correct(&inner.store, &*inner.clock, &who.0.actor, at, lines, reason)
    })
    .await
}

/// How many units of an item a student had.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OtherQuantity {
    /// The fee item, by code or name.
    item: String,
    /// How many units.
    quantity: i64,
}

/// Why an invoice is issued anew, and with what.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Reissue {
    /// Quantities that are not those of the round.
    #[serde(default)]
    quantities: Vec<OtherQuantity>,
    /// For the audit log and the family.
    #[garde(custom(limits::reason), length(chars, max = limits::TEXT))]
    reason: String,
}

/// Cancels an invoice and issues it anew, as prices, choices and exemptions are now. What was paid goes
/// to the new one.
#[utoipa::path(post, path = "/api/v1/schools/{school}/invoices/{code}/reissue", tag = "invoices", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = Reissue,
    responses((status = 200, body = CreditNote), (status = 409, description = "cancelled, or it came with a list")))]
#[post("/schools/{school}/invoices/{code}/reissue")]
pub async fn reissue(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
    body: Later<Valid<Reissue>>,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::CorrectInvoices).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let quantities: Vec<(String, i64)> =
            wanted.quantities.into_iter().map(|one| (one.item, one.quantity)).collect();
        credit_notes::reissue(
            &inner.store,
            &*inner.clock,
            &who.0.actor,
            &inner.prefixes,
            (school.id, &code),
            &quantities,
            &wanted.reason,
        )
    })
    .await
}

/// Asks for a write-off. Nothing changes before somebody else agrees.
#[utoipa::path(post, path = "/api/v1/schools/{school}/invoices/{code}/write-offs", tag = "invoices", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = WriteOffTerms,
    responses((status = 200, body = WriteOffView), (status = 409, description = "one waits already"),
        (status = 422, description = "more than is open")))]
#[post("/schools/{school}/invoices/{code}/write-offs")]
pub async fn ask_write_off(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
    body: Later<Valid<WriteOffTerms>>,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::CorrectInvoices).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let at = (school.id, code.as_str());
        write_offs::ask(&inner.store, &*inner.clock, &who.0.actor, at, &wanted)
    })
    .await
}

/// The write-offs of a school, newest first.
#[utoipa::path(get, path = "/api/v1/schools/{school}/write-offs", tag = "invoices", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Vec<WriteOffView>)))]
#[get("/schools/{school}/write-offs")]
pub async fn list_write_offs(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let list = on_worker(move || write_offs::list(&context.store, school.id)).await?;
    Ok(HttpResponse::Ok().json(list))
}

/// Whether somebody agrees.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Consent {
    /// `true` writes it off, `false` leaves the invoice as it is.
    approve: bool,
}

/// Agrees to a write-off, or does not. Who asked cannot agree.
#[utoipa::path(post, path = "/api/v1/schools/{school}/write-offs/{id}/decision", tag = "invoices", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    request_body = Consent,
    responses((status = 200, body = WriteOffView), (status = 409, description = "decided already, or by who asked")))]
#[post("/schools/{school}/write-offs/{id}/decision")]
pub async fn decide_write_off(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
    body: Later<Valid<Consent>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ApproveWriteOff).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let at = (school.id, id);
        write_offs::decide(&inner.store, &*inner.clock, &who.0.actor, at, wanted.approve)
    })
    .await
}
