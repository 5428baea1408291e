//! Every route of the pages and what a visitor needs for it. Each area keeps its own rows beside its
//! handlers; the tests hold them against the handlers, the server, and every role.

use super::{
    account, audit, cash, exports, families, family, fees, figures, help, home, mail, people,
    periods, queue, receipts, receivables, reported, rounds, schools, search, settings, sign_in,
    statements, students, style, tour,
};
use crate::http::api::routes::{Needs, Route};

/// A row of the table.
#[must_use]
pub const fn page(path: &'static str, needs: Needs) -> Route {
    Route { method: "GET", path, needs, fresh: false }
}

/// A row of a form.
#[must_use]
pub const fn form(path: &'static str, needs: Needs) -> Route {
    Route { method: "POST", path, needs, fresh: false }
}

/// The areas' rows.
const AREAS: &[&[Route]] = &[
    OWN,
    sign_in::ROUTES,
    account::ROUTES,
    people::ROUTES,
    style::ROUTES,
    schools::ROUTES,
    figures::ROUTES,
    home::ROUTES,
    queue::ROUTES,
    search::ROUTES,
    help::ROUTES,
    statements::ROUTES,
    students::ROUTES,
    families::ROUTES,
    family::ROUTES,
    fees::ROUTES,
    rounds::ROUTES,
    cash::ROUTES,
    receipts::ROUTES,
    receivables::ROUTES,
    mail::ROUTES,
    periods::ROUTES,
    reported::ROUTES,
    exports::ROUTES,
    audit::ROUTES,
    settings::ROUTES,
    tour::ROUTES,
];

const OWN: &[Route] =
    &[page("/assets/{name}", Needs::Nothing("the look of the pages says nothing of anybody"))];

/// Every route of the pages.
pub fn all() -> impl Iterator<Item = &'static Route> {
    AREAS.iter().flat_map(|area| area.iter())
}

/// Whether whoever comes to a route must have proved lately who they are.
#[must_use]
pub fn needs_proof(method: &str, pattern: &str) -> bool {
    all().any(|route| route.fresh && route.method == method && route.path == pattern)
}
