//! Students: the list, one with everything known, changes of a school year, and lists taken in.

mod changes;
mod classes;
mod contact;
mod imports;
mod list;
mod one;
mod promotion;

use actix_web::web;

use super::routes::{form, page};
use crate::domain::access::Permission;
use crate::http::api::routes::{Needs, Route};

const READS: Needs = Needs::AtSchool(Permission::ReadPeople);
const IMPORTS: Needs = Needs::AtSchool(Permission::ImportLists);

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/s/{school}/students", READS),
    page("/s/{school}/students/classes", READS),
    form("/s/{school}/students/classes", IMPORTS),
    page("/s/{school}/students/promotion", IMPORTS),
    form("/s/{school}/students/promotion", IMPORTS),
    page("/s/{school}/students/import", IMPORTS),
    form("/s/{school}/students/import", IMPORTS),
    page("/s/{school}/students/import/template", IMPORTS),
    page("/s/{school}/students/imports/{id}", IMPORTS),
    page("/s/{school}/students/imports/{id}/bad-rows", IMPORTS),
    form("/s/{school}/students/imports/{id}/commit", IMPORTS),
    form("/s/{school}/students/imports/{id}/undo", IMPORTS),
    page("/s/{school}/students/{id}", READS),
    form("/s/{school}/students/{id}/transfer", IMPORTS),
    form("/s/{school}/students/{id}/leave", IMPORTS),
    form("/s/{school}/students/{id}/return", IMPORTS),
    page("/s/{school}/students/{id}/contact", IMPORTS),
    form("/s/{school}/students/{id}/contact", IMPORTS),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(list::list)
        .service(classes::list)
        .service(classes::define)
        .service(promotion::show)
        .service(promotion::carry_out)
        .service(imports::begin)
        .service(imports::load)
        .service(imports::template)
        .service(imports::show)
        .service(imports::bad_rows)
        .service(imports::commit)
        .service(imports::take_back)
        .service(one::show)
        .service(changes::transfer)
        .service(changes::leave)
        .service(changes::take_back)
        .service(contact::show)
        .service(contact::change);
}
