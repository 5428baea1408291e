//! Collection rounds.
use crate::http::api::routes::Route;
/// What visitors need.
pub const ROUTES: &[Route] = &[];
/// Adds the pages.
pub fn routes(_config: &mut actix_web::web::ServiceConfig) {}
