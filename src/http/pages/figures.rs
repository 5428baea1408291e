//! The figures of an authority: where its schools stand, what is missing to the target, why it moved
//! and where it is heading. Sums only: nobody can be recognised in them.

mod chart;
mod content;
mod lines;
mod looks;
mod own;
mod plan;
mod reported;
mod view;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;
use chrono::Months;
use serde::Deserialize;

use self::content::ContentCard;
use self::lines::PlaceLine;
pub(super) use self::lines::percent;
use self::reported::{ReportedLine, Together};
use self::view::View;
use super::error::{PageError, encoded};
use super::routes::{form, page};
use super::shell::Shell;
use super::visitor::Visitor;
use super::{Page, go, show};
use crate::clock::local_day;
use crate::domain::access::{Permission, Scope, permits};
use crate::domain::calendar::Day;
use crate::domain::cashless::disclosure::above_schools;
use crate::domain::cashless::{RoundedPercent, Status};
use crate::domain::organisation::Ownership;
use crate::domain::period::Month;
use crate::domain::reporting_period::ReportingPeriod;
use crate::domain::school_year::{SchoolYear, Term};
use crate::domain::typed;
use crate::http::api::routes::{Needs, Route};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::dashboard::{self, Asked, By, ClassLine};
use crate::service::figure_looks::{self, Looked, Seen};
use crate::service::report::{self, Whose};
use crate::service::reported::{MonthDetail, consolidated, month as month_of_school, overview};
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
    page("/figures/{authority}/looks", FIGURES),
    page("/s/{school}/figures", Needs::AtSchool(Permission::ReadPeople)),
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
        .service(looks::looks_page)
        .service(own::own_page)
        .service(school_page)
        .service(authority_page)
        .service(reported::remind_schools)
        .service(reported::write_to_school);
}

/// How many months can be chosen, and terms, and school years.
const MONTHS: u32 = 24;
const TERMS: usize = 4;
const YEARS: usize = 3;

/// What of which month, term or year.
#[derive(Debug, Default, Deserialize)]
pub struct FiguresQuery {
    #[serde(alias = "month")]
    period: Option<String>,
    by: Option<String>,
    level: Option<String>,
    place: Option<String>,
    ownership: Option<String>,
    status: Option<String>,
    format: Option<String>,
    /// Of a file: the last day whose allocations and reports count.
    as_of: Option<String>,
}

impl FiguresQuery {
    /// The month, term or year; this month where none is asked for.
    fn period(&self, context: &Context) -> Result<ReportingPeriod, PageError> {
        let today = local_day(context.clock.now());
        let found = match self.period.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => text.parse().ok(),
            None => Month::of(today).map(ReportingPeriod::Month),
        };
        found.ok_or_else(|| bad_period().into())
    }

    /// The month; of a term or a year the last one that has begun.
    fn month(&self, context: &Context) -> Result<Month, PageError> {
        let period = self.period(context)?;
        let today = local_day(context.clock.now());
        let begun = period.months().into_iter().rfind(|month| month.first() <= today);
        match period {
            ReportingPeriod::Month(month) => Ok(month),
            _ => begun.ok_or_else(|| bad_period().into()),
        }
    }

    /// The last day that counts, of a file.
    fn as_of(&self) -> Result<Option<Day>, PageError> {
        let Some(text) = self.as_of.as_deref().filter(|text| !text.trim().is_empty()) else {
            return Ok(None);
        };
        typed::day(text).map(Some).ok_or_else(|| {
            Problem::bad_request(
                "as_of",
                "Ghi ngày như 05/11/2026, hoặc để trống để lấy số liệu đến hôm nay.",
                "Write a day such as 05/11/2026, or leave it empty for the figures of today.",
            )
            .into()
        })
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
            place: filled(&self.place),
            ownership: self.ownership.as_deref().and_then(Ownership::parse),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/figures/authority.html")]
struct AuthorityPage {
    s: Shell,
    code: String,
    view: View,
    periods: Periods,
    /// Whether it is a month: of others nothing is reported.
    is_month: bool,
    asked: Asked,
    /// The kind of owner that was chosen; empty for all.
    kind: &'static str,
    /// What was chosen besides, for links that lead on.
    kept: String,
    by_pupil: bool,
    levels: Vec<lines::GroupLine>,
    ownerships: Vec<lines::GroupLine>,
    statuses: Vec<(&'static str, &'static str, bool)>,
    places: Vec<PlaceLine>,
    below: Vec<lines::GroupLine>,
    silent: Vec<String>,
    content: ContentCard,
    reports: Vec<ReportedLine>,
    /// Of a month: all reports together.
    together: Option<Together>,
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
    periods: Periods,
    classes: Vec<(ClassLine, String, String)>,
    /// Of a month.
    reported: Option<MonthDetail>,
    may_write: bool,
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

/// An authority's month, term or year.
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
    let (period, asked) = (query.period(&context)?, query.asked());
    let periods = Periods::of(&context);
    let is_over = period.days().to() < local_day(context.clock.now());
    let scopes = scopes(&visitor, Permission::ReadFigures);
    let (own, wanted) = (code.clone(), asked.clone());
    let actor = visitor.who.actor.clone();
    let (found, handed_in, survey) = on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        reached(store, &scopes, &own, period)?;
        let settings = context.cashless;
        let found = dashboard::of_authority(store, clock, &own, (period, &wanted), settings)?;
        let handed_in = match period {
            ReportingPeriod::Month(month) => Some(consolidated(store, &own, month, None)?),
            _ => None,
        };
        figure_looks::note(
            store,
            clock,
            &actor,
            &Looked::authority(&own, Seen::Dashboard, period),
        )?;
        Ok((found, handed_in, dashboard::satisfaction(store, clock, &own, period)?))
    })
    .await?;
    let s = visitor.shell();
    let lang = s.language();
    let view = View::of(&found, &s);
    let reports = handed_in.as_ref().map(|one| overview(&found.report, one)).unwrap_or_default();
    let owing = reports.iter().filter(|one| one.reported.is_none()).count();
    let may_ask = is_over && reported::may_write(&visitor);
    let places = found.ranking.iter().map(|one| PlaceLine::of(one, asked.by, &s)).collect();
    let below = found.below.iter().map(|one| lines::GroupLine::of(one, lang)).collect();
    let statuses = [Status::Met, Status::Nearly, Status::NotMet, Status::NoData]
        .map(|one| (one.as_str(), one.label(lang), asked.status == Some(one)));
    let mut levels: Vec<lines::GroupLine> =
        found.levels.iter().map(|one| lines::GroupLine::of(one, lang)).collect();
    for level in &mut levels {
        level.name = level_name(&s, &level.code);
    }
    let ownerships = found
        .ownerships
        .iter()
        .map(|one| {
            let kind = Ownership::parse(&one.code).map_or("", |kind| kind.label(lang));
            lines::GroupLine { name: kind.to_owned(), ..lines::GroupLine::of(one, lang) }
        })
        .collect();
    let silent = found.path.silent.iter().map(|school| school.name.clone()).collect();
    let page = AuthorityPage {
        content: ContentCard::of(&survey, &s),
        code,
        view,
        periods,
        is_month: matches!(period, ReportingPeriod::Month(_)),
        by_pupil: asked.by == By::Pupil,
        kept: kept(&asked),
        kind: asked.ownership.map_or("", Ownership::as_str),
        asked,
        levels,
        ownerships,
        statuses: statuses.to_vec(),
        places,
        below,
        silent,
        reports: reports.iter().map(|one| ReportedLine::of(one, &s)).collect(),
        together: handed_in.map(|one| Together::of(&one, &s)),
        owing: if may_ask { owing } else { 0 },
        s,
    };
    show(&page, &request)
}

/// One school's month, term or year, as its authority may see it.
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
    let period = query.period(&context)?;
    let periods = Periods::of(&context);
    let scopes = scopes(&visitor, Permission::ReadFigures);
    let (own, at) = (code.clone(), school.clone());
    let actor = visitor.who.actor.clone();
    let (found, reported) = on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        reached(store, &scopes, &own, period)?;
        let settings = context.cashless;
        let found = dashboard::of_school(store, clock, (&own, &at), period, settings)?;
        let id = directory::find_school(store, &at)?.id;
        let reported = match period {
            ReportingPeriod::Month(month) => {
                Some(month_of_school(store, clock, id, month, settings)?)
            }
            _ => None,
        };
        figure_looks::note(store, clock, &actor, &Looked::school(&own, id, Seen::School, period))?;
        Ok((found, reported))
    })
    .await?;
    let may_write = reported::may_write(&visitor);
    let mut s = visitor.shell();
    s.crumbs.push((s.t("figures-title"), figures_url(&code, &period.to_string())));
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
    show(&SchoolPage { s, code, school, view, periods, classes, reported, may_write }, &request)
}

/// A month, term or year as a file: a workbook, paper to sign, or what programs read.
#[get("/figures/{authority}/file")]
pub async fn download(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    query: Later<web::Query<FiguresQuery>>,
) -> Page {
    visitor.may(Permission::ReadFigures)?;
    let (code, query) = (path.into_inner(), query.now()?.into_inner());
    let period = query.period(&context)?;
    let scopes = scopes(&visitor, Permission::ReadFigures);
    let actor = visitor.who.actor.clone();
    let format = query.format.as_deref().unwrap_or("xlsx");
    let (kind, ending) = match format {
        "xlsx" => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
        "pdf" => ("application/pdf", "pdf"),
        "csv" => ("text/csv; charset=utf-8", "csv"),
        "json" => ("application/json", "json"),
        _ => return Err(Problem::no_such_page().into()),
    };
    let as_of = query.as_of()?;
    let bytes = on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        reached(store, &scopes, &code, period)?;
        figure_looks::note(store, clock, &actor, &Looked::authority(&code, Seen::File, period))?;
        let (whose, days) = (Whose::Authority(code), period.days());
        let found = report::cashless(store, clock, &whose, days, as_of, context.cashless)?;
        let found = above_schools(found);
        match ending {
            "pdf" => report::to_pdf(store, &found, period, as_of),
            "csv" => report::to_csv(&found).map(Into::into),
            "json" => report::to_json(&found).map(Into::into),
            _ => report::to_xlsx(&found),
        }
    })
    .await?;
    let named = period.to_string().replace('/', "-");
    let name = format!("attachment; filename=\"ty-le-khong-tien-mat-{named}.{ending}\"");
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
    period: ReportingPeriod,
) -> Result<(), ServiceError> {
    if dashboard::may_see(store, scopes, authority, period.days().to())? {
        return Ok(());
    }
    Err(ServiceError::not_found("authority", "đơn vị quản lý", "authority", authority))
}

/// What can be chosen, the newest first: as addresses have it, and for people.
struct Periods {
    months: Vec<(String, String)>,
    terms: Vec<(String, String)>,
    years: Vec<(String, String)>,
}

impl Periods {
    fn of(context: &Context) -> Periods {
        let today = local_day(context.clock.now());
        let year = SchoolYear::of(today);
        let term = Term::of(today);
        let told = |one: ReportingPeriod| {
            let days = one.days();
            let named = match one {
                ReportingPeriod::Month(month) => month.vietnamese(),
                ReportingPeriod::Term(term) => format!("{}/{}", term.year(), term.number()),
                ReportingPeriod::Year(year) => year.to_string(),
            };
            (days.from() <= today).then(|| (one.to_string(), named))
        };
        let terms = std::iter::successors(Some(term), |term| Some(term.before())).take(TERMS);
        let years = std::iter::successors(Some(year), |year| Some(year.before())).take(YEARS);
        Periods {
            months: months(context),
            terms: terms.filter_map(|term| told(ReportingPeriod::Term(term))).collect(),
            years: years.filter_map(|year| told(ReportingPeriod::Year(year))).collect(),
        }
    }
}

/// The months that can be chosen, the newest first: as addresses have them, and for people.
fn months(context: &Context) -> Vec<(String, String)> {
    let today = local_day(context.clock.now());
    (0..MONTHS)
        .filter_map(|ago| today.checked_sub_months(Months::new(ago)).and_then(Month::of))
        .map(|month| (month.to_string(), month.vietnamese()))
        .collect()
}

/// How schools were ranked and filtered, as an address says it on.
fn kept(asked: &Asked) -> String {
    let by = (asked.by == By::Pupil).then_some("pupil");
    let ownership = asked.ownership.map(Ownership::as_str);
    let status = asked.status.map(Status::as_str);
    [("by", by), ("level", asked.level.as_deref()), ("ownership", ownership), ("status", status)]
        .into_iter()
        .filter_map(|(name, value)| Some(format!("&{name}={}", encoded(value?))))
        .collect()
}

/// Where the figures of an authority are.
fn figures_url(authority: &str, period: &str) -> String {
    format!("/figures/{}?period={}", encoded(authority), encoded(period))
}

fn level_name(s: &Shell, level: &str) -> String {
    s.t(format!("settings-level-{level}"))
}

fn bad_period() -> Problem {
    Problem::bad_request(
        "period",
        "Kỳ phải là tháng (2026-11), học kỳ (2026-2027/1) hoặc năm học (2026-2027). Hãy chọn trong danh sách.",
        "A period is a month (2026-11), a term (2026-2027/1) or a school year (2026-2027). Choose one from the list.",
    )
}
