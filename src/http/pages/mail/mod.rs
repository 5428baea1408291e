//! Mail to families: what became of every letter, reminders, and the school's own words.

mod ended;
mod list;
mod remind;
mod words;

use actix_web::web;

use super::routes::{form, page};
use crate::domain::access::Permission;
use crate::http::api::routes::{Needs, Route};

const READS: Needs = Needs::AtSchool(Permission::ReadPeople);
const SENDS: Needs = Needs::AtSchool(Permission::IssueInvoices);
const SECRET: Needs =
    Needs::Nothing("the address itself is the secret: whoever got the mail has it");

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/s/{school}/mail", READS),
    page("/s/{school}/mail/list", READS),
    page("/s/{school}/mail/remind", SENDS),
    form("/s/{school}/mail/remind", SENDS),
    page("/s/{school}/mail/words", READS),
    form("/s/{school}/mail/words", SENDS).fresh(),
    form("/s/{school}/mail/words/approval", SENDS),
    page("/s/{school}/mail/words/{kind}/{lang}", READS),
    form("/s/{school}/mail/words/{kind}/{lang}", SENDS).fresh(),
    form("/s/{school}/mail/again", SENDS),
    form("/s/{school}/mail/letters/{letter}", SENDS),
    form("/s/{school}/mail/rounds/{round}", SENDS),
    page("/reminders/{secret}", SECRET),
    form("/reminders/{secret}", SECRET),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(list::show)
        .service(list::download)
        .service(list::again_all)
        .service(list::again)
        .service(list::notify)
        .service(remind::preview)
        .service(remind::carry_out)
        .service(words::show)
        .service(words::switch)
        .service(words::approve)
        .service(words::edit)
        .service(words::keep)
        .service(ended::show)
        .service(ended::set);
}
