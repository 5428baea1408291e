//! Receipts: the list, one with its history, printing them, voiding, and what anybody who holds one may
//! ask; also the paper for families that no mail reaches.

mod list;
mod one;
mod paper;
mod public;

use actix_web::web;

use super::routes::{form, page};
use super::shell::Shell;
use crate::domain::access::Permission;
use crate::domain::receipt::ReceiptState;
use crate::http::api::routes::{Needs, Route};

const PEOPLE: Needs = Needs::AtSchool(Permission::ReadPeople);
const DECIDE: Needs = Needs::AtSchool(Permission::Decide);
const APPROVE: Needs = Needs::AtSchool(Permission::ApproveReceiptVoid);
const CORRECT: Needs = Needs::AtSchool(Permission::CorrectInvoices);
const SET_UP: Needs = Needs::AtSchool(Permission::ManageDirectory);

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/s/{school}/receipts", PEOPLE),
    page("/s/{school}/receipts/print", PEOPLE),
    form("/s/{school}/receipts/terms", SET_UP).fresh(),
    form("/s/{school}/receipts/voids/{id}", APPROVE),
    page("/s/{school}/receipts/{receipt}", PEOPLE),
    page("/s/{school}/receipts/{receipt}/pdf", PEOPLE),
    form("/s/{school}/receipts/{receipt}/void", DECIDE),
    form("/s/{school}/receipts/{receipt}/invoice", CORRECT),
    form("/s/{school}/receipts/{receipt}/send", DECIDE),
    page("/s/{school}/notices", PEOPLE),
    page("/s/{school}/class-lists", PEOPLE),
    page(
        "/r/{code}",
        Needs::Nothing(
            "whoever holds a receipt may ask whether it is genuine, and learns no more than it says",
        ),
    ),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(list::show)
        .service(list::set_terms)
        .service(list::decide)
        .service(paper::chosen)
        .service(paper::print_notices)
        .service(paper::print_class_lists)
        .service(paper::one)
        .service(one::show)
        .service(one::void)
        .service(one::invoice)
        .service(one::send)
        .service(public::ask);
}

impl Shell {
    /// The same below the receipts.
    fn under_receipts(self) -> Shell {
        let words = self.t("menu-receipts");
        self.under(words, "/receipts")
    }

    /// The class and the words of a receipt's state.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn receipt_state(&self, state: &ReceiptState) -> (&'static str, String) {
        match state {
            ReceiptState::Live => ("done", self.t("receipts-state-live")),
            ReceiptState::Replaced => ("todo", self.t("receipts-state-replaced")),
            ReceiptState::Voided => ("unmet", self.t("receipts-state-voided")),
        }
    }
}
