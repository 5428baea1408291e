//! Collection rounds: drafts, what students had, the issue, and the invoices that came of it.

mod edit;
mod invoices;
mod issue;
mod list;
mod load;
mod quantities;
mod terms;

use actix_web::web;

use super::routes::{form, page};
use crate::domain::access::Permission;
use crate::http::api::routes::{Needs, Route};

const READS: Needs = Needs::AtSchool(Permission::ReadPeople);
const ISSUES: Needs = Needs::AtSchool(Permission::IssueInvoices);
const CORRECTS: Needs = Needs::AtSchool(Permission::CorrectInvoices);
const IMPORTS: Needs = Needs::AtSchool(Permission::ImportLists);

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/s/{school}/rounds", READS),
    page("/s/{school}/rounds/new", ISSUES),
    form("/s/{school}/rounds/new", ISSUES),
    page("/s/{school}/rounds/{id}", READS),
    form("/s/{school}/rounds/{id}", ISSUES),
    page("/s/{school}/rounds/{id}/quantities", READS),
    form("/s/{school}/rounds/{id}/quantities", ISSUES),
    page("/s/{school}/rounds/{id}/issue", ISSUES),
    form("/s/{school}/rounds/{id}/issue/confirm", ISSUES),
    form("/s/{school}/rounds/{id}/issue", ISSUES),
    page("/s/{school}/rounds/{id}/without-email", ISSUES),
    page("/s/{school}/rounds/{id}/invoices/list", READS),
    page("/s/{school}/rounds/{id}/invoices/{invoice}/cancel", CORRECTS),
    form("/s/{school}/rounds/{id}/invoices/{invoice}/cancel", CORRECTS),
    form("/s/{school}/rounds/{id}/invoices/{invoice}/reinstate", CORRECTS),
    page("/s/{school}/invoices/import", IMPORTS),
    form("/s/{school}/invoices/import", IMPORTS),
    page("/s/{school}/invoices/imports/{id}", IMPORTS),
    page("/s/{school}/invoices/imports/{id}/bad-rows", IMPORTS),
    form("/s/{school}/invoices/imports/{id}/commit", IMPORTS),
    form("/s/{school}/invoices/imports/{id}/undo", IMPORTS),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(list::list)
        .service(edit::begin)
        .service(edit::create)
        .service(edit::show)
        .service(edit::change)
        .service(quantities::show)
        .service(quantities::set)
        .service(issue::preview)
        .service(issue::confirm)
        .service(issue::carry_out)
        .service(issue::without_email)
        .service(invoices::download)
        .service(invoices::ask)
        .service(invoices::cancel)
        .service(invoices::reinstate)
        .service(load::begin)
        .service(load::load)
        .service(load::plan)
        .service(load::bad_rows)
        .service(load::commit)
        .service(load::take_back);
}
