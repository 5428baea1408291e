//! Lists that are taken in with a check first: what those of students and of invoices have in common.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use serde::Deserialize;

use super::forms::Faults;
use super::shell::{Said, Shell};
use super::visitor::At;
use super::{Page, go_saying, show_with, workbook};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::ServiceError;
use crate::service::list_problems::RowProblem;
use crate::service::students::ImportView;
use crate::service::students::imports::{self, ImportLine, Kind};

/// Past imports on a page.
const LIMIT: u32 = 20;
/// Problems that are shown; all of them are in the workbook of bad rows.
pub const PROBLEMS: usize = 200;

/// What a kind of list is called, and where its pages are.
#[derive(Debug)]
pub struct About {
    /// Its kind.
    pub kind: Kind,
    /// What its own words begin with.
    words: &'static str,
    /// The page above: its word and its place.
    above: (&'static str, &'static str),
    /// Where a file is loaded; each import is below the same with an `s`.
    begin: &'static str,
}

/// Lists of students.
pub const STUDENTS: About = About {
    kind: Kind::Students,
    words: "students",
    above: ("menu-students", "/students"),
    begin: "/students/import",
};

/// Lists of invoices.
pub const INVOICES: About = About {
    kind: Kind::Invoices,
    words: "invoices",
    above: ("menu-rounds", "/rounds"),
    begin: "/invoices/import",
};

impl About {
    /// Where an import is shown.
    #[must_use]
    pub fn place(&self, id: i64) -> String {
        format!("{}s/{id}", self.begin)
    }

    /// One of its own words.
    fn own(&self, s: &Shell, key: &str) -> String {
        s.t(format!("{}-{key}", self.words))
    }
}

/// Where the list of past imports goes on.
#[derive(Debug, Default, Deserialize)]
pub struct Before {
    /// Before the import with this number.
    pub before: Option<i64>,
}

/// Past imports of a school, and the address of the page after them.
pub struct Past {
    imports: Vec<ImportLine>,
    next: String,
    about: &'static About,
}

impl Past {
    /// A page of them.
    pub async fn load(
        context: &web::Data<Context>,
        at: &At,
        about: &'static About,
        before: Option<i64>,
    ) -> Result<Past, Problem> {
        let (inner, of) = (context.clone(), (at.school.id, about.kind));
        let (imports, next) =
            on_worker(move || imports::page(&inner.store, of, before, LIMIT)).await?;
        let next = next.map(|id| at.shell.link(format!("{}?before={id}", about.begin)));
        Ok(Past { imports, next: next.unwrap_or_default(), about })
    }

    /// Those of the page.
    #[must_use]
    pub fn imports(&self) -> &[ImportLine] {
        &self.imports
    }

    /// Where the next page is; empty where there is none.
    #[must_use]
    pub fn next(&self) -> &str {
        &self.next
    }

    /// Where one of them is shown.
    #[must_use]
    pub fn place(&self, one: &ImportLine) -> String {
        self.about.place(one.id)
    }
}

#[derive(Template)]
#[template(path = "pages/lists/plan.html")]
struct Plan {
    s: Shell,
    about: &'static About,
    import: ImportView,
    problems: Vec<RowProblem>,
    warnings: Vec<RowProblem>,
    faults: Faults,
}

impl Plan {
    fn own(&self, key: &str) -> String {
        self.about.own(&self.s, key)
    }

    fn here(&self) -> String {
        self.s.link(self.about.place(self.import.id))
    }
}

/// Step 2, what a list would do; step 3, what it did.
pub async fn show(
    context: &web::Data<Context>,
    at: At,
    (about, id): (&'static About, i64),
    faults: Faults,
    request: &HttpRequest,
) -> Page {
    let (inner, school, lang) = (context.clone(), at.school.id, at.lang());
    let named = (about.kind, id);
    let (import, problems) =
        on_worker(move || imports::examined(&inner.store, school, named, (lang, PROBLEMS))).await?;
    let told = import.outcome.warnings.iter().take(PROBLEMS);
    let warnings = told.map(|one| RowProblem::of(one, None, lang)).collect();
    let title = about.own(&at.shell, "import-title");
    let s = at.shell.under_word(about.above.0, about.above.1).under(title, about.begin);
    let page = Plan { s, about, import, problems, warnings, faults };
    let status =
        if page.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    show_with(status, &page, request)
}

/// The bad rows as they stood, each with its reasons, to be corrected and loaded again.
pub async fn bad_rows(context: web::Data<Context>, at: At, named: (Kind, i64)) -> Page {
    let (school, lang) = (at.school.id, at.lang());
    let bytes = on_worker(move || imports::bad_rows(&context.store, school, named, lang)).await?;
    Ok(workbook("dong-loi.xlsx", bytes))
}

/// The page after the good rows were taken in, or why they were not.
pub async fn committed(
    context: &web::Data<Context>,
    at: At,
    of: (&'static About, i64),
    outcome: Result<ImportView, ServiceError>,
    request: &HttpRequest,
) -> Page {
    let (about, id) = of;
    match outcome {
        Ok(done) => {
            let here = at.shell.link(about.place(id));
            let key = format!("{}-said-imported", about.words);
            let undo = Some(format!("{here}/undo"));
            go_saying(&here, &Said { key, x: at.shell.number(done.good_rows), undo })
        }
        Err(error) => {
            let faults = Faults::refusal(at.lang(), error)?;
            show(context, at, of, faults, request).await
        }
    }
}

/// The page after an import was taken back, or why it was not.
pub async fn taken_back<T>(
    context: &web::Data<Context>,
    at: At,
    of: (&'static About, i64),
    outcome: Result<T, ServiceError>,
    request: &HttpRequest,
) -> Page {
    let (about, id) = of;
    match outcome {
        Ok(_) => {
            let key = format!("{}-said-undone", about.words);
            let said = Said { key, x: id.to_string(), undo: None };
            go_saying(&at.shell.link(about.place(id)), &said)
        }
        Err(error) => {
            let faults = Faults::refusal(at.lang(), error)?;
            show(context, at, of, faults, request).await
        }
    }
}
