//! The OpenAPI 3.1 document of the API.

use actix_web::{HttpResponse, get};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::routes::WhoMay;
use super::{
    accounts, backtest, bank_accounts, cash, corrections, events, exemptions, exports, families,
    fees, identity, letters, lists, organisation, payments, payouts, periods, receipts,
    refund_requests, refunds, reported, reports, rounds, statements, student_imports, students,
    webhooks, witnesses,
};
use crate::domain::id::{DecisionId, EntryId, ImportId, PaymentId, RulingId, SchoolId};
use crate::domain::money::Vnd;
use crate::http::health;

/// Says to OpenAPI that a newtype over `i64` is the number it is.
macro_rules! integer_schema {
    ($($name:ty),+) => { $(
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                i64::schema()
            }
        }
        impl utoipa::ToSchema for $name {}
    )+ };
}

integer_schema!(Vnd, SchoolId, ImportId, EntryId, PaymentId, DecisionId, RulingId);

/// The API as a document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Doisoat",
        description = "Bank statements in, settled invoices and each school's cashless rate out. \
            Amounts are whole đồng. Errors are RFC 9457 problem documents in Vietnamese, or in \
            English by Accept-Language."
    ),
    paths(
        health::healthz,
        health::readyz,
        lists::schools,
        lists::imports,
        lists::invoices,
        lists::change_invoice,
        lists::family_credit,
        lists::import_students,
        lists::import_invoices,
        students::page,
        students::template,
        students::promote,
        students::show,
        students::transfer,
        students::leave,
        students::take_back,
        student_imports::plan,
        student_imports::show,
        student_imports::bad_rows,
        student_imports::commit,
        student_imports::undo,
        statements::plan,
        statements::show,
        statements::commit,
        statements::undo,
        backtest::show,
        accounts::days,
        accounts::mappings,
        accounts::forget_mapping,
        payments::page,
        payments::show,
        payments::explanation,
        payments::allocate,
        payments::confirm,
        payments::reverse,
        payments::refuse,
        payments::cash,
        payments::void_cash,
        cash::vouchers,
        cash::voucher,
        cash::batch,
        cash::slips,
        cash::record_slip,
        cash::void_slip,
        cash::list_deposits,
        cash::assign,
        cash::release,
        cash::book,
        cash::counts,
        cash::count,
        identity::questions,
        identity::list,
        identity::rule,
        identity::lines,
        webhooks::list,
        webhooks::create,
        webhooks::change,
        webhooks::deliveries,
        webhooks::delivery,
        webhooks::replay,
        events::endpoints,
        events::create_endpoint,
        events::change_endpoint,
        events::deliveries_page,
        events::delivery,
        events::replay,
        payouts::list,
        payouts::assign,
        payouts::release,
        payouts::set_terms,
        periods::list,
        periods::check,
        periods::close,
        periods::reopen,
        webhooks::pulls,
        webhooks::set_pull,
        webhooks::stop_pull,
        witnesses::show,
        exports::file,
        organisation::list,
        organisation::show,
        organisation::create,
        organisation::change_authority,
        organisation::show_school,
        organisation::change_school,
        organisation::place,
        organisation::add_alias,
        organisation::put_satellite,
        bank_accounts::list,
        bank_accounts::create,
        bank_accounts::change,
        bank_accounts::list_virtual,
        bank_accounts::create_virtual,
        bank_accounts::end_virtual,
        reports::cashless,
        reports::path,
        reports::consolidated,
        reports::plan,
        reports::remind_all,
        reports::looks_list,
        reported::list,
        reported::one_month,
        reported::one_version,
        reported::report_month,
        reported::write,
        fees::items,
        fees::set_item,
        fees::add_price,
        fees::official_codes,
        fees::add_official_codes,
        fees::set_zone,
        fees::import_choices,
        exemptions::list,
        exemptions::import,
        exemptions::end,
        rounds::list,
        rounds::show,
        rounds::set,
        rounds::import_quantities,
        rounds::preview,
        rounds::issue,
        corrections::invoice,
        corrections::correct,
        corrections::reissue,
        corrections::ask_write_off,
        corrections::list_write_offs,
        corrections::decide_write_off,
        refunds::list,
        refunds::order,
        refunds::end,
        refund_requests::list,
        refund_requests::propose,
        refund_requests::decide,
        refund_requests::withdraw,
        refund_requests::limit,
        refund_requests::set_limit,
        receipts::page,
        receipts::show,
        receipts::pdf,
        receipts::ask_void,
        receipts::set_invoice,
        receipts::waiting,
        receipts::decide_void,
        receipts::terms,
        receipts::set_terms,
        receipts::print_notices,
        receipts::print_class_lists,
        letters::list,
        letters::again,
        letters::notify,
        letters::preview,
        letters::remind,
        letters::terms,
        letters::set_terms,
        families::list_claims,
        families::answer_claim,
        families::access_log,
        families::export_student,
        families::ask_erasure,
        families::list_erasures,
        families::decide_erasure,
        families::satisfaction,
    ),
    components(schemas(crate::http::problem::ProblemBody)),
    modifiers(&KeySecurity, &WhoMay)
)]
pub struct Document;

struct KeySecurity;

impl Modify for KeySecurity {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(
            HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some("An API key made by `doisoat user create`."))
                .build(),
        );
        api.components.get_or_insert_default().add_security_scheme("key", scheme);
    }
}

/// The document; it says nothing of any school, so it needs no key.
#[get("/openapi.json")]
pub async fn document() -> HttpResponse {
    match Document::openapi().to_json() {
        Ok(json) => HttpResponse::Ok().content_type("application/json").body(json),
        Err(error) => {
            tracing::error!(%error, "the OpenAPI document could not be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}
