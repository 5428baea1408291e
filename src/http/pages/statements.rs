//! Statements: which days are covered, files taken in, a file's plan before it is recorded.

mod columns;
mod upload;

use actix_web::{HttpRequest, get, post, web};
use askama::Template;
use chrono::Datelike as _;
use serde::Deserialize;

use super::routes::{form, page};
use super::shell::{Said, Shell};
use super::visitor::Visitor;
use super::{Page, go_saying, show};
use crate::clock::local_day;
use crate::domain::access::Permission;
use crate::domain::calendar::Day;
use crate::domain::continuity::DayState;
use crate::domain::id::ImportId;
use crate::domain::money::Vnd;
use crate::domain::period::Month;
use crate::http::api::routes::{Needs, Route};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::commit::Committed;
use crate::service::list_problems::RowProblem;
use crate::service::piles::{self, Line, PageOf, Pile};
use crate::service::plan::{self, Plan};
use crate::service::statement_files::{self, FileLine};
use crate::service::{commit, coverage, layout_title, undo};

const READ: Needs = Needs::AtSchool(Permission::ReadBooks);
const WRITE: Needs = Needs::AtSchool(Permission::ImportStatements);

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/s/{school}/statements", READ),
    form("/s/{school}/statements", WRITE),
    page("/s/{school}/statements/columns/{id}", WRITE),
    form("/s/{school}/statements/columns/{id}", WRITE).fresh(),
    page("/s/{school}/statements/refused/{id}/bad-rows", WRITE),
    page("/s/{school}/statements/{id}", READ),
    form("/s/{school}/statements/{id}/commit", WRITE),
    form("/s/{school}/statements/{id}/undo", WRITE),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(show_list)
        .service(upload::upload)
        .service(columns::ask)
        .service(columns::take_answer)
        .service(upload::bad_rows)
        .service(show_file)
        .service(record)
        .service(take_back);
}

/// Files of one page.
const FILES: u32 = 25;
/// Lines of a file that are shown while no pile is open.
const SAMPLE: u32 = 20;
/// Lines of a pile on a page.
const LINES: u32 = 50;

/// Which month's days, and where the list of files goes on.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    month: Option<String>,
    before: Option<i64>,
}

/// The days of one account in a month.
struct Strip {
    account: String,
    days: Vec<StripDay>,
    missing: u64,
}

struct StripDay {
    number: u32,
    class: &'static str,
    told: &'static str,
    import: Option<ImportId>,
}

#[derive(Template)]
#[template(path = "pages/statements/list.html")]
pub(super) struct List {
    s: Shell,
    month: String,
    earlier: String,
    later: Option<String>,
    strips: Vec<Strip>,
    files: Vec<FileLine>,
    next: String,
    /// Why the file that was just sent was not taken.
    wrong: Wrong,
}

/// What is wrong with a file that was sent.
#[derive(Default)]
pub(super) struct Wrong {
    /// What is about all of it.
    told: Vec<String>,
    /// What is about single rows: as many as a page shows.
    rows: Vec<RowProblem>,
    /// How much that is in all.
    count: usize,
    /// Where all of it is had as a workbook.
    workbook: String,
}

impl Wrong {
    fn plain(told: Vec<String>) -> Wrong {
        Wrong { told, ..Wrong::default() }
    }

    const fn is_empty(&self) -> bool {
        self.told.is_empty() && self.rows.is_empty()
    }
}

/// The days covered, the files, and the place to drop one.
#[get("/s/{school}/statements")]
pub async fn show_list(
    context: web::Data<Context>,
    visitor: Visitor,
    school: web::Path<String>,
    query: Later<web::Query<ListQuery>>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &school, Permission::ReadBooks).await?;
    let query = query.now()?.into_inner();
    let page = list_of(&context, at, query, Wrong::default()).await?;
    show(&page, &request)
}

pub(super) async fn list_of(
    context: &web::Data<Context>,
    at: super::visitor::At,
    query: ListQuery,
    wrong: Wrong,
) -> Result<List, super::error::PageError> {
    let today = local_day(context.clock.now());
    let asked = query.month.as_deref().and_then(|text| text.parse::<Month>().ok());
    let month = asked.or_else(|| Month::of(today)).ok_or_else(Problem::internal)?;
    let (first, last) = (month.first(), month.last());
    let (inner, school) = (context.clone(), at.school.id);
    let (coverage, (files, next)) = on_worker(move || {
        let coverage = coverage::run(&inner.store, school, None, first, last)?;
        let files = statement_files::list(&inner.store, school, query.before.map(ImportId), FILES)?;
        Ok((coverage, files))
    })
    .await?;
    let strips = coverage
        .into_iter()
        .map(|one| Strip {
            missing: u64::try_from(
                one.days.iter().filter(|day| day.day <= today && day.state.is_gap()).count(),
            )
            .unwrap_or_default(),
            account: one.account,
            days: one
                .days
                .into_iter()
                .map(|day| strip_day(day.day, day.state, &day.imports, today))
                .collect(),
        })
        .collect();
    let base = at.shell.link("/statements");
    Ok(List {
        month: month.vietnamese(),
        earlier: first
            .pred_opt()
            .and_then(Month::of)
            .map(|month| format!("{base}?month={month}"))
            .unwrap_or_default(),
        later: last
            .succ_opt()
            .and_then(Month::of)
            .filter(|following| following.first() <= today)
            .map(|month| format!("{base}?month={month}")),
        strips,
        files,
        next: next.map(|id| format!("{base}?before={id}")).unwrap_or_default(),
        wrong,
        s: at.shell,
    })
}

fn strip_day(day: Day, state: DayState, imports: &[ImportId], today: Day) -> StripDay {
    let (class, told) = match state {
        _ if day > today => ("later", "day-later"),
        DayState::Covered => ("covered", "day-covered"),
        DayState::Quiet => ("quiet", "day-quiet"),
        DayState::Missing => ("gap", "day-missing"),
        DayState::Unknown => ("gap", "day-unknown"),
    };
    StripDay { number: day.day(), class, told, import: imports.last().copied() }
}

#[derive(Template)]
#[template(path = "pages/statements/file.html")]
struct FilePage {
    s: Shell,
    plan: Plan,
    /// The bank whose layout it has, and its kind.
    kind: String,
    warnings: Vec<String>,
    /// The piles of its lines, each with how many lie in it.
    piles: Vec<(Pile, u64)>,
    /// The pile that is open.
    open: Option<Pile>,
    lines: Vec<Line>,
    /// Where its next page is.
    next: String,
    entries: u64,
    credits: Vnd,
    debits: Vnd,
    /// Whether opening, movements and closing agree, of those statements that state both.
    balanced: Option<bool>,
    /// What recording it would do, or did; `None` of a file too long to be tried out.
    outcome: Option<Committed>,
}

impl FilePage {
    /// Whether a pile can be opened: of a file that was taken back nothing holds any more.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn opens(&self, count: &u64) -> bool {
        self.plan.state != "undone" && *count > 0
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn title(&self, pile: &Pile) -> String {
        self.s.t(format!("pile-{}", pile.as_str()))
    }

    /// What was decided about a line, in words.
    fn decided(&self, line: &Line) -> String {
        match line.decision.as_str() {
            "settled" | "proposed" | "unmatched" => self.s.t(format!("pile-{}", line.decision)),
            "" => String::new(),
            _ => self.s.t("pile-not-income"),
        }
    }
}

/// Which lines of a file are shown.
#[derive(Debug, Default, Deserialize)]
pub struct FileQuery {
    #[serde(default)]
    pile: String,
    after: Option<i64>,
}

/// A file: what was recognised, what it would do or did, and the lines of a pile.
#[get("/s/{school}/statements/{id}")]
pub async fn show_file(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    query: Later<web::Query<FileQuery>>,
    request: HttpRequest,
) -> Page {
    let (school, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &school, Permission::ReadBooks).await?;
    let query = query.now()?.into_inner();
    let open = Pile::parse(&query.pile);
    let limit = if open.is_some() || query.after.is_some() { LINES } else { SAMPLE };
    let asked = PageOf { after: query.after, limit };
    let (inner, school, id) = (context.clone(), at.school.id, ImportId(id));
    let (plan, outcome, (lines, next)) = on_worker(move || {
        let (store, of) = (&inner.store, (school, id));
        let plan = plan::find(store, school, id)?;
        let (outcome, lines) = match plan.state.as_str() {
            "planned" => piles::rehearsed(store, &*inner.clock, of, open, asked)?,
            _ => (
                statement_files::outcome(store, school, id)?,
                piles::of_file(store, of, open, asked)?,
            ),
        };
        Ok((plan, outcome, lines))
    })
    .await?;
    let sum = |of: fn(&plan::PlannedStatement) -> Vnd| {
        Vnd::checked_sum(plan.statements.iter().map(of)).unwrap_or(Vnd::ZERO)
    };
    let lang = at.lang();
    let next = next.map(|after| {
        let pile = open.map_or(String::new(), |pile| format!("pile={}&", pile.as_str()));
        at.shell.link(format!("/statements/{}?{pile}after={after}#lines", plan.id))
    });
    let counted = outcome.iter().flat_map(|done| Pile::ALL.map(|pile| (pile, pile.count(done))));
    let page = FilePage {
        piles: counted.filter(|(pile, count)| *count > 0 || pile.always()).collect(),
        open,
        next: next.unwrap_or_default(),
        warnings: plan.warnings.iter().map(|one| one.message.text(lang).to_owned()).collect(),
        kind: layout_title(&plan.format, plan.layout.as_deref()),
        entries: plan.statements.iter().map(|one| one.entries.unsigned_abs()).sum(),
        credits: sum(|one| one.credits),
        debits: sum(|one| one.debits),
        balanced: balanced(&plan),
        s: at.shell.under(request_words(lang), "/statements"),
        plan,
        lines,
        outcome,
    };
    show(&page, &request)
}

fn request_words(lang: crate::domain::lang::Lang) -> String {
    super::words::Words(lang).t("menu-statements")
}

/// Of those statements that state both balances.
fn balanced(plan: &Plan) -> Option<bool> {
    let stated = plan.statements.iter().filter_map(plan::PlannedStatement::balanced);
    stated.reduce(|all, one| all && one)
}

/// Records a file's payments.
#[post("/s/{school}/statements/{id}/commit")]
pub async fn record(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
) -> Page {
    let (school, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &school, Permission::ImportStatements).await?;
    let link = at.shell.link(format!("/statements/{id}"));
    let undo = at.shell.link(format!("/statements/{id}/undo"));
    let (school, actor) = (at.school.id, at.actor.clone());
    let done = on_worker(move || {
        commit::run(&context.store, &*context.clock, &actor, school, ImportId(id))
    })
    .await?;
    let said = Said {
        key: "statement-recorded".to_owned(),
        x: at.shell.number(done.payments),
        undo: Some(undo),
    };
    go_saying(&link, &said)
}

/// Takes back what only this file showed.
#[post("/s/{school}/statements/{id}/undo")]
pub async fn take_back(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
) -> Page {
    let (school, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &school, Permission::ImportStatements).await?;
    let link = at.shell.link(format!("/statements/{id}"));
    let (school, actor) = (at.school.id, at.actor.clone());
    on_worker(move || undo::run(&context.store, &*context.clock, &actor, school, ImportId(id)))
        .await?;
    let said = Said { key: "statement-undone".to_owned(), x: String::new(), undo: None };
    go_saying(&link, &said)
}
