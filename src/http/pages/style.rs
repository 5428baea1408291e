//! Every part that pages are made of, on one page: for whoever works on how they look. A program that
//! was built for use does not have it.

use actix_web::{HttpRequest, get, web};
use askama::Template;

use super::forms::Faults;
use super::routes::page;
use super::shell::{Said, Shell};
use super::visitor::language_of;
use super::words::Words;
use super::{Page, show};
use crate::domain::lang::Bilingual;
use crate::domain::money::Vnd;
use crate::http::api::routes::{Needs, Route};
use crate::http::problem::Problem;

/// What visitors need.
pub const ROUTES: &[Route] =
    &[page("/style", Needs::Nothing("it shows made-up things, in development only"))];

/// Adds the page.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(parts);
}

#[derive(Template)]
#[template(path = "pages/style.html")]
struct StylePage {
    s: Shell,
    faults: Faults,
    none: Faults,
    amounts: Vec<(&'static str, Vnd, Vnd)>,
}

/// Shows every table, form, chip, summary of errors and empty state.
#[get("/style")]
pub async fn parts(request: HttpRequest) -> Page {
    if !cfg!(debug_assertions) {
        return Err(Problem::no_such_page().into());
    }
    let lang = language_of(&request);
    let mut shell = Shell::plain(Words(lang));
    "/style".clone_into(&mut shell.here);
    shell.said = Some(Said {
        key: "statement-recorded".to_owned(),
        x: "232".to_owned(),
        undo: Some("/style".to_owned()),
    });
    let mut faults = Faults::new(lang);
    faults.dong("amount", "1,25tr");
    faults.day("day", "hôm nay");
    faults.add("", &Bilingual::new("Kỳ tháng 10 đã khóa sổ.", "October is closed."));
    let amounts = vec![
        ("Tiền ăn bán trú", Vnd::new(1_250_000), Vnd::new(1_000_000)),
        ("Nước uống", Vnd::new(60_000), Vnd::new(60_000)),
        ("Học 2 buổi/ngày", Vnd::new(-180_000), Vnd::ZERO),
    ];
    let none = Faults::new(lang);
    show(&StylePage { s: shell, faults, none, amounts }, &request)
}
