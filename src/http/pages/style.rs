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
use crate::domain::school_year::SchoolYear;
use crate::http::api::routes::{Needs, Route};
use crate::http::problem::Problem;
use crate::service::list_problems::RowProblem;

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
    problems: Vec<RowProblem>,
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
    shell.year = Some(SchoolYear::beginning(2026));
    let problems = vec![RowProblem {
        row: "17".to_owned(),
        column: "Số tiền".to_owned(),
        value: "1,25tr".to_owned(),
        reason: "Không phải là số.".to_owned(),
        remedy: "Ghi số đồng, ví dụ 1.250.000.".to_owned(),
    }];
    let none = Faults::new(lang);
    show(&StylePage { s: shell, faults, none, problems, amounts }, &request)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    const PAGE: &str = include_str!("../../../templates/pages/style.html");
    const PARTS: &str = include_str!("../../../templates/parts.html");
    const LAYOUT: &str = include_str!("../../../templates/layout.html");
    const STYLE: &str = include_str!("../../../templates/assets/doisoat.css");

    #[test]
    fn every_macro_that_pages_share_is_shown() {
        let macros = PARTS.split("{% macro ").skip(1).map(|rest| rest.split('(').next().unwrap());
        let missing: Vec<&str> =
            macros.filter(|name| !PAGE.contains(&format!("call parts::{name}("))).collect();
        assert_eq!(missing, Vec::<&str>::new());
    }

    /// The classes that the stylesheet's selectors name.
    fn classes() -> BTreeSet<&'static str> {
        let mut found = BTreeSet::new();
        for (at, _) in STYLE.match_indices('.') {
            let rest = &STYLE[at + 1..];
            let end = rest.find(|c: char| !(c.is_ascii_lowercase() || c == '-'));
            let name = &rest[..end.unwrap_or(rest.len())];
            // A point within braces that hold no braces belongs to a number.
            let inside = STYLE[..at].rfind(['{', '}', ';']).map(|at| STYLE.as_bytes()[at]);
            let declared = rest.find(['{', '}', ';']).map(|at| rest.as_bytes()[at]);
            if !name.is_empty() && (inside != Some(b'{') || declared == Some(b'{')) {
                found.insert(name);
            }
        }
        found
    }

    #[test]
    fn every_class_of_the_stylesheet_is_shown() {
        let shown: BTreeSet<&str> = [PAGE, PARTS, LAYOUT]
            .iter()
            .flat_map(|text| text.split("class=\"").skip(1))
            .flat_map(|rest| rest.split('"').next().unwrap().split([' ', '}', '{', '%']))
            .collect();
        // What the script and the body wear.
        let worn = ["scripted", "alone", "bare", "gone", "idle"];
        let known = classes();
        assert!(known.contains("card") && known.contains("drop"), "{known:?}");
        let missing: Vec<&str> = known
            .into_iter()
            .filter(|class| !shown.contains(class) && !worn.contains(class))
            .collect();
        assert_eq!(missing, Vec::<&str>::new());
    }
}
