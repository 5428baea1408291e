//! Fee items, what families chose of them, and who need not pay.

mod choices;
mod exemptions;
mod items;
mod terms;

use actix_web::web;

use super::routes::{form, page};
use crate::domain::access::Permission;
use crate::http::api::routes::{Needs, Route};

const READS: Needs = Needs::AtSchool(Permission::ReadPeople);
const ISSUES: Needs = Needs::AtSchool(Permission::IssueInvoices);
const IMPORTS: Needs = Needs::AtSchool(Permission::ImportLists);

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/s/{school}/fees", READS),
    page("/s/{school}/fees/new", ISSUES),
    form("/s/{school}/fees/new", ISSUES),
    page("/s/{school}/fees/choices", READS),
    form("/s/{school}/fees/choices", IMPORTS),
    page("/s/{school}/fees/exemptions", READS),
    form("/s/{school}/fees/exemptions", IMPORTS),
    form("/s/{school}/fees/exemptions/{id}/end", IMPORTS),
    page("/s/{school}/fees/{id}", READS),
    form("/s/{school}/fees/{id}", ISSUES),
    form("/s/{school}/fees/{id}/prices", ISSUES),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(items::list)
        .service(items::begin)
        .service(items::add)
        .service(choices::show)
        .service(choices::set)
        .service(exemptions::list)
        .service(exemptions::add)
        .service(exemptions::end)
        .service(items::show)
        .service(items::change)
        .service(items::add_price);
}
