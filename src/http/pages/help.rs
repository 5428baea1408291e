//! Help: a short guide for each part of the work.

use actix_web::{HttpRequest, get, web};
use askama::Template;

use super::routes::page;
use super::shell::Shell;
use super::visitor::Visitor;
use super::{Page, show};
use crate::domain::access::Permission;
use crate::domain::lang::Lang;
use crate::http::Context;
use crate::http::api::routes::{Needs, Route};
use crate::http::later::Later;
use crate::http::problem::Problem;

const READ: Needs = Needs::AtSchool(Permission::ReadPeople);

/// What visitors need.
pub const ROUTES: &[Route] =
    &[page("/s/{school}/help", READ), page("/s/{school}/help/{area}", READ)];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(show_index).service(show_area);
}

/// A guide: its name in addresses, the key of its title, and its text in both languages.
struct Guide {
    area: &'static str,
    title: &'static str,
    vi: &'static str,
    en: &'static str,
}

macro_rules! guides {
    ($(($area:literal, $title:literal)),* $(,)?) => {
        [$(Guide {
            area: $area,
            title: $title,
            vi: include_str!(concat!("../../../templates/help/", $area, ".vi.html")),
            en: include_str!(concat!("../../../templates/help/", $area, ".en.html")),
        }),*]
    };
}

/// In the order of the menu.
static GUIDES: [Guide; 16] = guides![
    ("home", "menu-home"),
    ("students", "menu-students"),
    ("fees", "menu-fees"),
    ("rounds", "menu-rounds"),
    ("statements", "menu-statements"),
    ("queue", "menu-queue"),
    ("cash", "menu-cash"),
    ("receipts", "menu-receipts"),
    ("receivables", "menu-receivables"),
    ("mail", "menu-mail"),
    ("families", "menu-families"),
    ("exports", "menu-exports"),
    ("periods", "menu-close"),
    ("reported", "menu-reported"),
    ("audit", "menu-audit"),
    ("settings", "menu-settings"),
];

#[derive(Template)]
#[template(path = "pages/help.html")]
struct HelpPage {
    s: Shell,
    guides: &'static [Guide],
    /// The guide that is shown; none on the list of all.
    shown: Option<&'static Guide>,
}

impl HelpPage {
    fn text(&self, guide: &Guide) -> &'static str {
        match self.s.language() {
            Lang::Vi => guide.vi,
            Lang::En => guide.en,
        }
    }
}

/// The list of guides.
#[get("/s/{school}/help")]
pub async fn show_index(
    context: web::Data<Context>,
    visitor: Visitor,
    school: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &school, Permission::ReadPeople).await?;
    show(&HelpPage { s: at.shell, guides: &GUIDES, shown: None }, &request)
}

/// One guide.
#[get("/s/{school}/help/{area}")]
pub async fn show_area(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
) -> Page {
    let (school, area) = path.now()?.into_inner();
    let at = visitor.at(&context, &school, Permission::ReadPeople).await?;
    let shown = GUIDES.iter().find(|guide| guide.area == area);
    let Some(shown) = shown else { return Err(Problem::no_such_page().into()) };
    let words = at.shell.t("help");
    let s = at.shell.under(words, "/help");
    show(&HelpPage { s, guides: &GUIDES, shown: Some(shown) }, &request)
}
