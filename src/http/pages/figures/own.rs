//! A school's own figures: what its authority sees of it, whole, and who is behind what is missing.

use actix_web::{HttpRequest, get, web};
use askama::Template;

use super::view::View;
use super::{FiguresQuery, Periods};
use crate::domain::access::Permission;
use crate::domain::lang::Lang;
use crate::http::later::Later;
use crate::http::pages::shell::Shell;
use crate::http::pages::visitor::Visitor;
use crate::http::pages::{Page, show};
use crate::http::{Context, on_worker};
use crate::service::behind::{self, Behind, FamilyBehind};
use crate::service::dashboard;

#[derive(Template)]
#[template(path = "pages/figures/own.html")]
struct OwnPage {
    s: Shell,
    view: View,
    periods: Periods,
    behind: Behind,
}

impl OwnPage {
    fn lang(&self) -> Lang {
        self.s.language()
    }

    fn channels(&self, family: &FamilyBehind) -> String {
        let told: Vec<&str> = family.channels.iter().map(|one| one.label(self.lang())).collect();
        told.join(", ")
    }
}

/// The school's month, term or year.
#[get("/s/{school}/figures")]
pub async fn own_page(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    query: Later<web::Query<FiguresQuery>>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadPeople).await?;
    let period = query.now()?.into_inner().period(&context)?;
    let periods = Periods::of(&context);
    let (school, code) = (at.school.id, at.school.code.clone());
    let (found, behind) = on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        let settings = context.cashless;
        let found = dashboard::of_own_school(store, clock, &code, period, settings)?;
        Ok((found, behind::of_school(store, school, period, settings)?))
    })
    .await?;
    let s = at.shell.under_word("menu-reported", "/reported");
    let mut view = View::of(&found, &s);
    // The parts of one school are its classes.
    for (heading, _) in &mut view.gaps {
        if *heading == "figures-gap-places" {
            *heading = "figures-gap-classes";
        }
    }
    show(&OwnPage { s, view, periods, behind }, &request)
}
