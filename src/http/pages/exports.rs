//! Exports: the five books and what other programs read, as files. That one was taken is recorded, so
//! it is a form and not a link.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;

use super::fields::{Fields, attempt};
use super::forms::Faults;
use super::routes::{form, page};
use super::shell::Shell;
use super::visitor::{At, Visitor};
use super::{Page, show as render, show_with};
use crate::clock::local_day;
use crate::domain::access::Permission;
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::export::Filter;
use crate::domain::lang::Bilingual;
use crate::domain::period::Month;
use crate::domain::school_year::SchoolYear;
use crate::http::api::routes::{Needs, Route};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::exports::choices::{self, Choices};
use crate::service::exports::profiled::{self, ProfileAsk, ProfileView, Rows};
use crate::service::exports::{self, Ask, Format, Kind, Made};

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/s/{school}/exports", Needs::AtSchool(Permission::ExportBooks)),
    form("/s/{school}/exports", Needs::AtSchool(Permission::ExportBooks)),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(show).service(download);
}

#[derive(Template)]
#[template(path = "pages/books/exports.html")]
struct ExportsPage {
    s: Shell,
    typed: Fields,
    from: String,
    to: String,
    choices: Choices,
    profiles: Vec<ProfileView>,
    faults: Faults,
}

impl ExportsPage {
    /// The book that is chosen: the first where none is.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn is_chosen(&self, kind: &Kind) -> bool {
        let asked = self.typed.of("kind");
        kind.as_str() == asked || (asked.is_empty() && *kind == Kind::Collections)
    }

    fn is_profile(&self, id: &str) -> bool {
        self.typed.of("kind").strip_prefix("profile:") == Some(id)
    }
}

/// The form; what an address asks for is chosen already.
#[get("/s/{school}/exports")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ExportBooks).await?;
    let typed = Fields::parse(request.query_string().as_bytes());
    render(&load(&context, at, typed, Faults::default()).await?, &request)
}

/// Gives the file.
#[post("/s/{school}/exports")]
pub async fn download(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ExportBooks).await?;
    let typed = at.form.clone();
    let mut faults = Faults::new(at.lang());
    let days = (faults.day("from", typed.of("from")), faults.day("to", typed.of("to")));
    if let (Some(from), Some(to)) = days {
        match make(&context, &at, &typed, (from, to)).await? {
            Ok(made) => return Ok(file(made)),
            Err(error) => faults.refused(error)?,
        }
    }
    let page = load(&context, at, typed, faults).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

async fn make(
    context: &web::Data<Context>,
    at: &At,
    typed: &Fields,
    (from, to): (Day, Day),
) -> Result<Result<Made, crate::service::ServiceError>, Problem> {
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let (class, fee_item, round, student) =
        (typed.some("class"), typed.some("fee_item"), typed.some("round"), typed.some("student"));
    if let Some(id) = typed.of("kind").strip_prefix("profile:").map(str::to_owned) {
        let filter = Filter { class, fee_item, round, student };
        return attempt(move || {
            let view = profiled::profiles().into_iter().find(|profile| profile.id == id);
            let rows = view.and_then(|view| Rows::parse(view.rows)).unwrap_or(Rows::Journal);
            let profile = profiled::profile(rows, Some(&id))?;
            let ask = ProfileAsk { profile, from, to, filter };
            profiled::run(&inner.store, &*inner.clock, &actor, school, &ask)
        })
        .await;
    }
    let kind = Kind::parse(typed.of("kind")).ok_or_else(Problem::no_such_page)?;
    let format = Format::parse(typed.of("format")).unwrap_or(Format::Xlsx);
    let ask = Ask { kind, from, to, class, fee_item, round, student, format };
    attempt(move || {
        let of = (school, inner.cashless.counting);
        exports::run(&inner.store, &*inner.clock, &actor, of, &ask)
    })
    .await
}

/// A file to be kept.
pub(super) fn file(made: Made) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(made.media_type)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", made.file_name),
        ))
        .body(made.bytes)
}

async fn load(
    context: &web::Data<Context>,
    at: At,
    typed: Fields,
    faults: Faults,
) -> Result<ExportsPage, Problem> {
    let (inner, school) = (context.clone(), at.school.id);
    let choices = on_worker(move || choices::choices(&inner.store, school)).await?;
    let month = Month::of(local_day(context.clock.now())).ok_or_else(Problem::internal)?;
    let day = |name: &str, usual: Day| match typed.of(name) {
        "" => vietnamese_day(usual),
        written => written.to_owned(),
    };
    // The month of today, or the whole of the year that was chosen.
    let chosen = at.shell.year.and_then(SchoolYear::days);
    let (first, last) =
        chosen.map_or((month.first(), month.last()), |days| (days.from(), days.to()));
    let (from, to) = (day("from", first), day("to", last));
    let profiles = profiled::profiles();
    Ok(ExportsPage { s: at.shell, typed, from, to, choices, profiles, faults })
}

impl ExportsPage {
    /// What a profile is: those that come with the program in the reader's language, a school's own in
    /// its own words.
    fn name_of(&self, profile: &ProfileView) -> String {
        let en = match profile.id.as_str() {
            "journal-pairs" => "Journal of collections: a line each, with debit and credit account",
            "journal-sides" => "Journal of collections: two lines each, a debit and a credit",
            "fees" => "Fees of each student, a line each",
            "students" => "Students with what they owe and have paid",
            _ => &profile.name,
        };
        Bilingual::new(profile.name.clone(), en.to_owned()).text(self.s.language()).to_owned()
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn title(&self, kind: &Kind) -> String {
        let en = match kind {
            Kind::Collections => "List of collections",
            Kind::Receivables => "Ledger of receivables by student",
            Kind::CashBook => "Cash book",
            Kind::BankReconciliation => "Reconciliation of bank balances",
            Kind::FeeItems => "Summary by fee item",
        };
        Bilingual::new(kind.title(), en).text(self.s.language()).to_owned()
    }
}
