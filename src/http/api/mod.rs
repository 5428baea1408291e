//! `/api/v1`: JSON over the use cases, described by OpenAPI 3.1.

pub mod accounts;
pub mod backtest;
pub mod bank_accounts;
pub mod cash;
pub mod corrections;
pub mod events;
pub mod exemptions;
pub mod exports;
pub mod families;
pub mod fees;
pub mod idempotency;
pub mod identity;
pub mod letters;
pub mod lists;
pub mod openapi;
pub mod organisation;
pub mod payments;
pub mod payouts;
pub mod periods;
pub mod receipts;
pub mod refund_requests;
pub mod refunds;
pub mod reported;
pub mod reports;
pub mod rounds;
pub mod routes;
pub mod statements;
pub mod student_imports;
pub mod students;
pub mod webhooks;
pub mod witnesses;

use actix_web::web;

/// Adds the routes below `/api/v1`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .app_data(web::JsonConfig::default().limit(256 * 1024))
        .service(openapi::document)
        .service(lists::schools)
        .service(lists::imports)
        .service(lists::invoices)
        .service(lists::change_invoice)
        .service(lists::family_credit)
        .service(lists::import_students)
        .service(lists::import_invoices)
        .service(students::page)
        .service(students::template)
        .service(students::promote)
        .service(students::show)
        .service(students::transfer)
        .service(students::leave)
        .service(students::take_back)
        .service(student_imports::plan)
        .service(student_imports::show)
        .service(student_imports::bad_rows)
        .service(student_imports::commit)
        .service(student_imports::undo)
        .service(statements::plan)
        .service(statements::show)
        .service(statements::commit)
        .service(statements::undo)
        .service(backtest::show)
        .service(accounts::days)
        .service(accounts::mappings)
        .service(accounts::forget_mapping)
        .service(payments::page)
        .service(payments::show)
        .service(payments::explanation)
        .service(payments::allocate)
        .service(payments::confirm)
        .service(payments::reverse)
        .service(payments::refuse)
        .service(payments::cash)
        .service(payments::void_cash)
        .service(cash::vouchers)
        .service(cash::voucher)
        .service(cash::batch)
        .service(cash::slips)
        .service(cash::record_slip)
        .service(cash::void_slip)
        .service(cash::list_deposits)
        .service(cash::assign)
        .service(cash::release)
        .service(cash::book)
        .service(cash::counts)
        .service(cash::count)
        .service(identity::questions)
        .service(identity::list)
        .service(identity::rule)
        .service(identity::lines)
        .service(webhooks::list)
        .service(webhooks::create)
        .service(webhooks::change)
        .service(webhooks::deliveries)
        .service(webhooks::delivery)
        .service(webhooks::replay)
        .service(events::endpoints)
        .service(events::create_endpoint)
        .service(events::change_endpoint)
        .service(events::deliveries_page)
        .service(events::delivery)
        .service(events::replay)
        .service(payouts::list)
        .service(payouts::assign)
        .service(payouts::release)
        .service(payouts::set_terms)
        .service(periods::list)
        .service(periods::check)
        .service(periods::close)
        .service(periods::reopen)
        .service(webhooks::pulls)
        .service(webhooks::set_pull)
        .service(webhooks::stop_pull)
        .service(witnesses::show)
        .service(exports::file)
        .service(organisation::list)
        .service(organisation::show)
        .service(organisation::create)
        .service(organisation::change_authority)
        .service(organisation::show_school)
        .service(organisation::change_school)
        .service(organisation::place)
        .service(organisation::add_alias)
        .service(organisation::put_satellite)
        .service(bank_accounts::list)
        .service(bank_accounts::create)
        .service(bank_accounts::change)
        .service(bank_accounts::list_virtual)
        .service(bank_accounts::create_virtual)
        .service(bank_accounts::end_virtual)
        .service(reports::cashless)
        .service(reports::path)
        .service(reports::consolidated)
        .service(reports::plan)
        .service(reports::remind_all)
        .service(reports::looks_list)
        .service(reported::list)
        .service(reported::one_month)
        .service(reported::one_version)
        .service(reported::report_month)
        .service(reported::write)
        .configure(fee_routes);
}

/// What students owe: fee items, rounds, invoices and what becomes of them.
fn fee_routes(config: &mut web::ServiceConfig) {
    config
        .service(fees::items)
        .service(fees::set_item)
        .service(fees::add_price)
        .service(fees::official_codes)
        .service(fees::add_official_codes)
        .service(fees::set_zone)
        .service(fees::import_choices)
        .service(exemptions::list)
        .service(exemptions::import)
        .service(exemptions::end)
        .service(rounds::list)
        .service(rounds::show)
        .service(rounds::set)
        .service(rounds::import_quantities)
        .service(rounds::preview)
        .service(rounds::issue)
        .service(corrections::invoice)
        .service(corrections::correct)
        .service(corrections::reissue)
        .service(corrections::ask_write_off)
        .service(corrections::list_write_offs)
        .service(corrections::decide_write_off)
        .service(refunds::list)
        .service(refunds::order)
        .service(refunds::end)
        .service(refund_requests::list)
        .service(refund_requests::propose)
        .service(refund_requests::decide)
        .service(refund_requests::withdraw)
        .service(refund_requests::limit)
        .service(refund_requests::set_limit)
        .service(receipts::page)
        .service(receipts::show)
        .service(receipts::pdf)
        .service(receipts::ask_void)
        .service(receipts::set_invoice)
        .service(receipts::waiting)
        .service(receipts::decide_void)
        .service(receipts::terms)
        .service(receipts::set_terms)
        .service(receipts::print_notices)
        .service(receipts::print_class_lists)
        .service(letters::list)
        .service(letters::again)
        .service(letters::notify)
        .service(letters::preview)
        .service(letters::remind)
        .service(letters::terms)
        .service(letters::set_terms)
        .service(families::list_claims)
        .service(families::answer_claim)
        .service(families::access_log)
        .service(families::export_student)
        .service(families::ask_erasure)
        .service(families::list_erasures)
        .service(families::decide_erasure)
        .service(families::satisfaction);
}
