//! What schools reported of a month, as the authorities above them see it, and what they write about it.

use actix_web::{post, web};

use super::{FiguresQuery, lines, reached, scopes};
use crate::domain::access::{Permission, Scope, permits};
use crate::domain::period::Month;
use crate::domain::reporting_period::ReportingPeriod;
use crate::http::later::Later;
use crate::http::pages::error::encoded;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::Visitor;
use crate::http::pages::{Page, go_saying};
use crate::http::{Context, on_worker};
use crate::service::mail::Desk;
use crate::service::reported::{self, ConsolidatedView, RateView, Side, Standing};
use crate::service::{dashboard, directory};

/// A school and what it reported of the month.
pub struct ReportedLine {
    pub code: String,
    pub name: String,
    pub version: String,
    pub reported: String,
    pub now: String,
    pub differs: bool,
}

impl ReportedLine {
    pub fn of(one: &Standing, s: &Shell) -> ReportedLine {
        let lang = s.language();
        ReportedLine {
            code: one.code.clone(),
            name: one.name.clone(),
            version: one.reported.map(|(version, _)| version.to_string()).unwrap_or_default(),
            reported: one.reported.map(|(_, rate)| lines::percent(rate, lang)).unwrap_or_default(),
            now: lines::percent(one.now, lang),
            differs: one.differs(),
        }
    }
}

/// What the schools reported of a month, together.
pub struct Together {
    pub reported: String,
    pub schools: String,
    pub rate: String,
    pub by_pupil: String,
    pub sha256: String,
}

impl Together {
    pub fn of(one: &ConsolidatedView, s: &Shell) -> Together {
        let shown = |rate: &RateView| lines::percent(rate.rate, s.language());
        Together {
            reported: one.reported.to_string(),
            schools: one.schools.to_string(),
            rate: shown(&one.rates.by_amount),
            by_pupil: shown(&one.rates.by_pupil),
            sha256: one.sha256.clone(),
        }
    }
}

/// Whether somebody may write to schools from above.
pub fn may_write(visitor: &Visitor) -> bool {
    let mut grants = visitor.who.grants.iter();
    grants.any(|grant| {
        !matches!(grant.scope, Scope::School(_))
            && permits(grant.role, grant.scope, Permission::CommentFigures)
    })
}

/// Writes to a school about a month.
#[post("/figures/{authority}/schools/{code}/comments")]
pub async fn write_to_school(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<(String, String)>,
    query: Later<web::Query<FiguresQuery>>,
) -> Page {
    visitor.may(Permission::CommentFigures)?;
    let ((authority, code), query) = (path.into_inner(), query.now()?.into_inner());
    let month: Month = query.month(&context)?;
    let (scopes, actor) = (scopes(&visitor, Permission::CommentFigures), visitor.who.actor.clone());
    let words = visitor.form.of("words").to_owned();
    let (own, at) = (authority.clone(), code.clone());
    on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        reached(store, &scopes, &own, ReportingPeriod::Month(month))?;
        dashboard::is_under(store, (&own, &at), month.last())?;
        let school = directory::find_school(store, &at)?.id;
        reported::comment(store, clock, &actor, (school, month), (Side::Authority, &words))
    })
    .await?;
    let said = Said { key: "reported-written".to_owned(), x: month.vietnamese(), undo: None };
    let (authority, code) = (encoded(&authority), encoded(&code));
    go_saying(&format!("/figures/{authority}/schools/{code}?period={month}"), &said)
}

/// Asks the schools that have not reported a month for it.
#[post("/figures/{authority}/remind")]
pub async fn remind_schools(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    query: Later<web::Query<FiguresQuery>>,
) -> Page {
    visitor.may(Permission::CommentFigures)?;
    let (authority, query) = (path.into_inner(), query.now()?.into_inner());
    let month: Month = query.month(&context)?;
    let (scopes, actor) = (scopes(&visitor, Permission::CommentFigures), visitor.who.actor.clone());
    let (inner, own) = (context.clone(), authority.clone());
    let done = on_worker(move || {
        let (store, clock) = (&inner.store, &*inner.clock);
        reached(store, &scopes, &own, ReportingPeriod::Month(month))?;
        let desk = Desk { letterhead: &inner.letterhead, ids: &*inner.ids, keys: &inner.keys };
        let at = (desk, &*inner.origin);
        reported::remind(store, clock, at, &actor, (&own, month))
    })
    .await?;
    let key = match (done.schools, done.nobody.is_empty()) {
        (0, _) => "reported-asked-before",
        (_, true) => "reported-asked",
        (_, false) => "reported-asked-some",
    };
    let x = if done.nobody.is_empty() { done.schools.to_string() } else { done.nobody.join(", ") };
    let said = Said { key: key.to_owned(), x, undo: None };
    go_saying(&format!("/figures/{}?period={month}", encoded(&authority)), &said)
}
