//! The figures of an authority: where its schools stand, what is missing to the target, why it moved
//! and where it is heading. Sums only: nobody can be recognised in them.

mod chart;
mod content;
mod lines;
mod plan;
mod reported;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;
use chrono::Months;
use serde::Deserialize;

use self::chart::Chart;
use self::content::ContentCard;
pub(super) use self::lines::percent;
use self::lines::{GapLine, MovedLine, PlaceLine};
use self::reported::ReportedLine;
use super::error::{PageError, encoded};
use super::routes::{form, page};
use super::shell::Shell;
use super::visitor::Visitor;
use super::{Page, go, show};
use crate::clock::local_day;
use crate::domain::access::{Permission, Scope, permits};
use crate::domain::cashless::disclosure::above_schools;
use crate::domain::cashless::{RoundedPercent, Status};
use crate::domain::money::Vnd;
use crate::domain::period::Month;
use crate::http::api::routes::{Needs, Route};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::dashboard::{self, Asked, By, ClassLine, Dashboard};
use crate::service::report::{self, Whose};
use crate::service::reported::{MonthDetail, month as month_of_school, overview};
use crate::service::{ServiceError, Store, directory};

const FIGURES: Needs = Needs::Anywhere(
    Permission::ReadFigures,
    "the authority must be within the visitor's reach; another one is as if there were none",
);

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/figures", FIGURES),
    page("/figures/{authority}", FIGURES),
    page("/figures/{authority}/schools/{code}", FIGURES),
    page("/figures/{authority}/file", FIGURES),
    page("/figures/{authority}/plan", FIGURES),
    form(
        "/figures/{authority}/remind",
        Needs::Anywhere(
            Permission::CommentFigures,
            "the authority must be within the visitor's reach",
        ),
    ),
    form(
        "/figures/{authority}/schools/{code}/comments",
        Needs::Anywhere(
            Permission::CommentFigures,
            "the school must be under an authority within the visitor's reach",
        ),
    ),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(begin)
        .service(download)
        .service(plan::page)
        .service(school_page)
        .service(authority_page)
        .service(reported::remind_schools)
        .service(reported::write_to_school);
}

/// How many months can be chosen.
const MONTHS: u32 = 24;

/// What of which month.
#[derive(Debug, Default, Deserialize)]
pub struct FiguresQuery {
    month: Option<String>,
    by: Option<String>,
    level: Option<String>,
    status: Option<String>,
    format: Option<String>,
}

impl FiguresQuery {
    /// The month; the last one that is over where none is asked for.
    fn month(&self, context: &Context) -> Result<Month, PageError> {
        let today = local_day(context.clock.now());
        match self.month.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => text.parse().map_err(|_no_month| bad_month().into()),
            None => Month::of(today).ok_or_else(|| bad_month().into()),
        }
    }

    fn asked(&self) -> Asked {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let status = self.status.as_deref();
        Asked {
            by: if self.by.as_deref() == Some("pupil") { By::Pupil } else { By::Amount },
            level: filled(&self.level),
            status: [Status::Met, Status::Nearly, Status::NotMet, Status::NoData]
                .into_iter()
                .find(|known| status == Some(known.as_str())),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/figures/authority.html")]
struct AuthorityPage {
    s: Shell,
    code: String,
    view: View,
    months: Vec<(String, String)>,
    asked: Asked,
    by_pupil: bool,
    levels: Vec<(String, String)>,
    statuses: Vec<(&'static str, &'static str, bool)>,
    places: Vec<PlaceLine>,
    below: Vec<lines::BelowLine>,
    silent: Vec<String>,
    content: ContentCard,
    reports: Vec<ReportedLine>,
    /// How many schools owe a report, where the visitor may ask them for it.
    owing: usize,
}

#[derive(Template)]
#[template(path = "pages/figures/school.html")]
struct SchoolPage {
    s: Shell,
    code: String,
    school: String,
    view: View,
    months: Vec<(String, String)>,
    classes: Vec<(ClassLine, String, String)>,
    reported: MonthDetail,
    may_write: bool,
}

/// What both pages show.
struct View {
    name: String,
    month: String,
    shown_month: String,
    rate: String,
    by_pupil: String,
    by_payment: String,
    status: (&'static str, &'static str),
    cashless: String,
    cash: String,
    change: String,
    chart: Chart,
    gap: String,
    gaps: Vec<(&'static str, Vec<GapLine>)>,
    moved: Vec<MovedLine>,
    outlook: String,
    target: u32,
    standing: [usize; 4],
    notes: Vec<String>,
}

/// The figures somebody may see: of one authority at once, of several by choice.
#[get("/figures")]
pub async fn begin(context: web::Data<Context>, visitor: Visitor, request: HttpRequest) -> Page {
    visitor.may(Permission::ReadFigures)?;
    let scopes = scopes(&visitor, Permission::ReadFigures);
    let today = local_day(context.clock.now());
    let tops = on_worker(move || dashboard::tops(&context.store, &scopes, today)).await?;
    match tops.as_slice() {
        [(code, _)] => go(&format!("/figures/{}", encoded(code))),
        _ => show(&ChoicePage { s: visitor.shell(), tops }, &request),
    }
}

#[derive(Template)]
#[template(path = "pages/figures/choice.html")]
struct ChoicePage {
    s: Shell,
    tops: Vec<(String, String)>,
}

/// An authority's month.
#[get("/figures/{authority}")]
pub async fn authority_page(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    query: Later<web::Query<FiguresQuery>>,
    request: HttpRequest,
) -> Page {
    visitor.may(Permission::ReadFigures)?;
    let (code, query) = (path.into_inner(), query.now()?.into_inner());
    let (month, asked) = (query.month(&context)?, query.asked());
    let months = months(&context);
    let is_over = month.last() < local_day(context.clock.now());
    let scopes = scopes(&visitor, Permission::ReadFigures);
    let (own, wanted) = (code.clone(), asked.clone());
    let (found, reports, survey) = on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        reached(store, &scopes, &own, month)?;
        let settings = context.cashless;
        let found = dashboard::of_authority(store, clock, &own, (month, &wanted), settings)?;
        let reports = overview(store, &found.report, month)?;
        Ok((found, reports, dashboard::satisfaction(store, clock, &own, month)?))
    })
    .await?;
    let s = visitor.shell();
    let lang = s.language();
    let view = View::of(&found, &s);
    let owing = reports.iter().filter(|one| one.reported.is_none()).count();
    let may_ask = is_over && reported::may_write(&visitor);
    let places = found.ranking.iter().map(|one| PlaceLine::of(one, asked.by, &s)).collect();
    let below = found.below.iter().map(|one| lines::BelowLine::of(one, lang)).collect();
    let statuses = [Status::Met, Status::Nearly, Status::NotMet, Status::NoData]
        .map(|one| (one.as_str(), one.label(lang), asked.status == Some(one)));
    let levels = found.levels.iter().map(|level| (level.clone(), level_name(&s, level))).collect();
    let silent = found.path.silent.iter().map(|school| school.name.clone()).collect();
    let page = AuthorityPage {
        content: ContentCard::of(&survey, &s),
        code,
        view,
        months,
        by_pupil: asked.by == By::Pupil,
        asked,
        levels,
        statuses: statuses.to_vec(),
        places,
        below,
        silent,
        reports: reports.iter().map(|one| ReportedLine::of(one, &s)).collect(),
        owing: if may_ask { owing } else { 0 },
        s,
    };
    show(&page, &request)
}

/// One school's month, as its authority may see it.
#[get("/figures/{authority}/schools/{code}")]
pub async fn school_page(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<(String, String)>,
    query: Later<web::Query<FiguresQuery>>,
    request: HttpRequest,
) -> Page {
    visitor.may(Permission::ReadFigures)?;
    let ((code, school), query) = (path.into_inner(), query.now()?.into_inner());
    let month = query.month(&context)?;
    let months = months(&context);
    let scopes = scopes(&visitor, Permission::ReadFigures);
    let (own, at) = (code.clone(), school.clone());
    let (found, reported) = on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        reached(store, &scopes, &own, month)?;
        let settings = context.cashless;
        let found = dashboard::of_school(store, clock, (&own, &at), month, settings)?;
        let id = directory::find_school(store, &at)?.id;
        Ok((found, month_of_school(store, clock, id, month, settings)?))
    })
    .await?;
    let may_write = reported::may_write(&visitor);
    let mut s = visitor.shell();
    s.crumbs.push((s.t("figures-title"), format!("/figures/{}?month={month}", encoded(&code))));
    let view = View::of(&found, &s);
    let classes = found
        .classes
        .iter()
        .map(|class| {
            let shown = |rate| RoundedPercent::of(rate, 1).vietnamese();
            let (amount, pupil) =
                class.rates.map(|(a, p)| (shown(a), shown(p))).unwrap_or_default();
            (class.clone(), amount, pupil)
        })
        .collect();
    show(&SchoolPage { s, code, school, view, months, classes, reported, may_write }, &request)
}

/// The month as a file: a workbook, paper to sign, or what programs read.
#[get("/figures/{authority}/file")]
pub async fn download(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    query: Later<web::Query<FiguresQuery>>,
) -> Page {
    visitor.may(Permission::ReadFigures)?;
    let (code, query) = (path.into_inner(), query.now()?.into_inner());
    let month = query.month(&context)?;
    let scopes = scopes(&visitor, Permission::ReadFigures);
    let format = query.format.as_deref().unwrap_or("xlsx");
    let (kind, ending) = match format {
        "xlsx" => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
        "pdf" => ("application/pdf", "pdf"),
        "csv" => ("text/csv; charset=utf-8", "csv"),
        "json" => ("application/json", "json"),
        _ => return Err(Problem::no_such_page().into()),
    };
    let bytes = on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        reached(store, &scopes, &code, month)?;
        let whose = Whose::Authority(code);
        let found = report::cashless(store, clock, &whose, month.days(), None, context.cashless)?;
        let found = above_schools(found);
        match ending {
            "pdf" => report::to_pdf(store, &found, month),
            "csv" => report::to_csv(&found).map(Into::into),
            "json" => report::to_json(&found).map(Into::into),
            _ => report::to_xlsx(&found),
        }
    })
    .await?;
    let name = format!("attachment; filename=\"ty-le-khong-tien-mat-{month}.{ending}\"");
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(bytes))
}

/// Where the visitor may do something with figures.
fn scopes(visitor: &Visitor, needed: Permission) -> Vec<Scope> {
    let grants = visitor.who.grants.iter();
    grants
        .filter(|grant| permits(grant.role, grant.scope, needed))
        .map(|grant| grant.scope)
        .collect()
}

fn reached(
    store: &Store,
    scopes: &[Scope],
    authority: &str,
    month: Month,
) -> Result<(), ServiceError> {
    if dashboard::may_see(store, scopes, authority, month.last())? {
        return Ok(());
    }
    Err(ServiceError::not_found("authority", "đơn vị quản lý", "authority", authority))
}

/// The months that can be chosen, the newest first: as addresses have them, and for people.
fn months(context: &Context) -> Vec<(String, String)> {
    let today = local_day(context.clock.now());
    (0..MONTHS)
        .filter_map(|ago| today.checked_sub_months(Months::new(ago)).and_then(Month::of))
        .map(|month| (month.to_string(), month.vietnamese()))
        .collect()
}

fn level_name(s: &Shell, level: &str) -> String {
    s.t(format!("settings-level-{level}"))
}

impl View {
    fn of(found: &Dashboard, s: &Shell) -> View {
        let lang = s.language();
        let path = &found.path;
        let rates = found.report.total.reported;
        let amount = rates.by_amount;
        let shown = |rate| lines::percent(rate, lang);
        let cash = amount.denominator().saturating_sub(amount.numerator());
        let mut gaps = Vec::new();
        if let Some(gap) = &path.by_place {
            gaps.push(("figures-gap-places", lines::gaps(gap, |part| part.name.clone())));
        }
        if let Some(gap) = &path.by_fee_item {
            gaps.push(("figures-gap-items", lines::gaps(gap, |part| part.name.clone())));
        }
        if let Some(gap) = &path.by_channel {
            gaps.push(("figures-gap-channels", lines::gaps(gap, |one| one.label(lang).to_owned())));
        }
        gaps.retain(|(_, parts)| !parts.is_empty());
        let whole = path.by_place.as_ref().map(|gap| gap.points);
        let whole = whole.or_else(|| path.by_fee_item.as_ref().map(|gap| gap.points));
        View {
            name: path.name.clone(),
            month: found.month.to_string(),
            shown_month: found.month.vietnamese(),
            rate: shown(amount),
            by_pupil: shown(rates.by_pupil),
            by_payment: shown(rates.by_payment),
            status: (found.report.status.label(lang), lines::status_class(found.report.status)),
            cashless: s.dong(&Vnd::new(amount.numerator())),
            cash: s.dong(&Vnd::new(cash)),
            change: path.change.as_ref().map(|one| lines::signed(one.points)).unwrap_or_default(),
            chart: Chart::of(path, lang),
            gap: whole.map(lines::two).unwrap_or_default(),
            gaps,
            moved: path.change.as_ref().map(lines::moved).unwrap_or_default(),
            outlook: lines::outlook(path, s),
            target: path.settings.target_percent,
            standing: found.standing,
            notes: path.notes.iter().map(|one| one.message.text(lang).to_owned()).collect(),
        }
    }
}

fn bad_month() -> Problem {
    Problem::bad_request(
        "month",
        "Tháng phải là năm và tháng, ví dụ 2026-11. Hãy chọn trong danh sách.",
        "A month is a year and a month, for example 2026-11. Choose one from the list.",
    )
}
