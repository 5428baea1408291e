//! Cash: taking it at the desk, vouchers, a class at once, card slips, what was carried to the bank,
//! counting the till, the cash book.

mod bank;
mod class;
mod desk;
mod slips;
mod till;
mod vouchers;

use actix_web::web;

use super::routes::{form, page};
use crate::clock::local_day;
use crate::domain::access::Permission;
use crate::domain::calendar::Day;
use crate::domain::period::Month;
use crate::http::Context;
use crate::http::api::routes::{Needs, Route};

const READ: Needs = Needs::AtSchool(Permission::ReadCash);
const TAKE: Needs = Needs::AtSchool(Permission::RecordCash);
const VOID: Needs = Needs::AtSchool(Permission::VoidCash);
const DECIDE: Needs = Needs::AtSchool(Permission::Decide);

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/s/{school}/cash", READ),
    page("/s/{school}/cash/students/{student}", TAKE),
    form("/s/{school}/cash/students/{student}", TAKE),
    page("/s/{school}/cash/class", TAKE),
    form("/s/{school}/cash/class", TAKE),
    page("/s/{school}/cash/vouchers", READ),
    page("/s/{school}/cash/vouchers/{voucher}", READ),
    form("/s/{school}/cash/vouchers/{voucher}/void", VOID),
    page("/s/{school}/cash/slips", READ),
    form("/s/{school}/cash/slips/{slip}/void", VOID),
    page("/s/{school}/cash/deposits", READ),
    form("/s/{school}/cash/deposits/{deposit}/assign", DECIDE),
    form("/s/{school}/cash/deposits/{deposit}/release", DECIDE),
    page("/s/{school}/cash/counts", READ),
    form("/s/{school}/cash/counts", TAKE),
    page("/s/{school}/cash/book", READ),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(desk::search)
        .service(desk::show)
        .service(desk::take)
        .service(class::show)
        .service(class::take)
        .service(vouchers::list)
        .service(vouchers::show)
        .service(vouchers::void)
        .service(slips::list)
        .service(slips::void)
        .service(bank::list)
        .service(bank::assign)
        .service(bank::release)
        .service(till::counts)
        .service(till::count)
        .service(till::book);
}

/// Today, where the school is.
fn today(context: &Context) -> Day {
    local_day(context.clock.now())
}

/// The month of an address or of a field, as `2026-11` or `11/2026`; the running one where it is neither.
fn month_of(text: &str, today: Day) -> Option<Month> {
    let typed = text.trim().split_once('/').map(|(month, year)| format!("{year}-{month:0>2}"));
    let typed = typed.as_deref().unwrap_or(text);
    typed.parse().ok().or_else(|| Month::of(today))
}
