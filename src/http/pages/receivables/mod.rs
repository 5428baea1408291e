//! Receivables: who owes what, one student's account, and what is corrected there.

mod account;
mod invoice;
mod list;
mod refunds;
mod write_offs;

use actix_web::web;

use super::routes::{form, page};
use super::shell::Shell;
use crate::domain::access::Permission;
use crate::http::api::routes::{Needs, Route};

const PEOPLE: Needs = Needs::AtSchool(Permission::ReadPeople);
const BOOKS: Needs = Needs::AtSchool(Permission::ReadBooks);
const CORRECT: Needs = Needs::AtSchool(Permission::CorrectInvoices);
const DECIDE: Needs = Needs::AtSchool(Permission::Decide);
const APPROVE: Needs = Needs::AtSchool(Permission::ApproveWriteOff);
const APPROVE_REFUND: Needs = Needs::AtSchool(Permission::ApproveRefund);

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/s/{school}/receivables", PEOPLE),
    page("/s/{school}/receivables/write-offs", BOOKS),
    form("/s/{school}/receivables/write-offs/{id}", APPROVE),
    page("/s/{school}/receivables/refunds", BOOKS),
    form("/s/{school}/receivables/refunds/{id}", DECIDE),
    form("/s/{school}/receivables/refund-requests/{id}", APPROVE_REFUND),
    form("/s/{school}/receivables/refund-requests/{id}/withdraw", DECIDE),
    page("/s/{school}/receivables/{student}", PEOPLE),
    form("/s/{school}/receivables/{student}/refund", DECIDE),
    page("/s/{school}/receivables/{student}/invoices/{invoice}", PEOPLE),
    form("/s/{school}/receivables/{student}/invoices/{invoice}", CORRECT),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(list::show)
        .service(write_offs::list)
        .service(write_offs::decide)
        .service(refunds::list)
        .service(refunds::close)
        .service(refunds::decide_proposed)
        .service(refunds::withdraw_proposed)
        .service(account::show)
        .service(account::refund)
        .service(invoice::show)
        .service(invoice::correct);
}

impl Shell {
    /// The same below the receivables.
    fn under_receivables(self) -> Shell {
        let words = self.t("menu-receivables");
        self.under(words, "/receivables")
    }
}
