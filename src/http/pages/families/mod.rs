//! Families as the school's staff see them: their questions, their pages, who looked at them, and
//! personal data given out or given up.

mod claims;
mod office;
mod privacy;
mod student;

use actix_web::web;

use super::routes::{form, page};
use crate::domain::access::Permission;
use crate::http::api::routes::{Needs, Route};

const READS: Needs = Needs::AtSchool(Permission::ReadPeople);
const BOOKS: Needs = Needs::AtSchool(Permission::ReadBooks);
const DECIDES: Needs = Needs::AtSchool(Permission::Decide);
const CHANGES: Needs = Needs::AtSchool(Permission::ImportLists);
const LOG: Needs = Needs::AtSchool(Permission::ReadPrivacy);
const PRIVACY: Needs = Needs::AtSchool(Permission::ManagePrivacy);

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/s/{school}/claims", BOOKS),
    page("/s/{school}/claims/{id}", BOOKS),
    page("/s/{school}/claims/{id}/photo", BOOKS),
    form("/s/{school}/claims/{id}", DECIDES),
    page("/s/{school}/families", READS),
    form("/s/{school}/families/telephone", CHANGES),
    form("/s/{school}/families/proposals/{id}", CHANGES),
    page("/s/{school}/families/log", LOG),
    page("/s/{school}/families/log/csv", LOG),
    page("/s/{school}/families/erasures", LOG),
    form("/s/{school}/families/erasures/{id}", PRIVACY),
    page("/s/{school}/students/{id}/family", READS),
    page("/s/{school}/students/{id}/family/page", READS),
    form("/s/{school}/students/{id}/family/address", CHANGES),
    form("/s/{school}/students/{id}/family/new", CHANGES),
    form("/s/{school}/students/{id}/family/basis", CHANGES),
    page("/s/{school}/students/{id}/export", PRIVACY).fresh(),
    form("/s/{school}/students/{id}/erase", PRIVACY),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(claims::list)
        .service(claims::show)
        .service(claims::show_photo)
        .service(claims::send_answer)
        .service(office::show)
        .service(office::set_telephone)
        .service(office::decide_proposal)
        .service(privacy::log)
        .service(privacy::csv)
        .service(privacy::list_erasures)
        .service(privacy::decide)
        .service(privacy::export)
        .service(privacy::erase)
        .service(student::show)
        .service(student::show_page)
        .service(student::show_address)
        .service(student::make_new)
        .service(student::note_basis);
}
