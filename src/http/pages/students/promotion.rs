//! The end of a school year: what every class becomes, looked at before it is done.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::clock::local_day;
use crate::domain::access::Permission;
use crate::domain::calendar::vietnamese_day;
use crate::domain::lang::Bilingual;
use crate::domain::roster::SchoolYear;
use crate::http::later::Later;
use crate::http::pages::fields::Fields;
use crate::http::pages::forms::Faults;
use crate::http::pages::posted::Posted;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show_with};
use crate::http::{Context, on_worker};
use crate::service::students::promote::{self, ClassMove};
use crate::service::students::{PromotionOutcome, PromotionRequest};

/// A class of the preview with what was typed for it.
struct Line {
    from: String,
    to: String,
    leaves: bool,
    students: u64,
}

#[derive(Template)]
#[template(path = "pages/students/promotion.html")]
struct Promotion {
    s: Shell,
    from_year: String,
    on: String,
    last_grade: String,
    outcome: Option<PromotionOutcome>,
    lines: Vec<Line>,
    problems: Vec<String>,
    faults: Faults,
}

/// What the promotion would do; asked for by the fields of its form.
#[get("/s/{school}/students/promotion")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<String>>,
    query: Later<web::Query<Fields>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ImportLists).await?;
    let form = query.now()?.into_inner();
    let faults = Faults::new(at.lang());
    // A school year may have been chosen for what is shown, which asks for nothing yet.
    if !form.has("from_year") {
        let today = local_day(context.clock.now());
        let form = Fields::from(vec![
            ("from_year".to_owned(), SchoolYear::of(today).to_string()),
            ("on".to_owned(), vietnamese_day(today)),
        ]);
        return render(at, &form, None, faults, &request);
    }
    let mut faults = faults;
    let Some(wanted) = wanted(&form, &mut faults) else {
        return render(at, &form, None, faults, &request);
    };
    let outcome = run(&context, &at, wanted).await?;
    match outcome {
        Ok(outcome) => render(at, &form, Some(outcome), faults, &request),
        Err(error) => {
            faults.refused(error)?;
            render(at, &form, None, faults, &request)
        }
    }
}

/// Does what was shown.
#[post("/s/{school}/students/promotion")]
pub async fn carry_out(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    path: Later<web::Path<String>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::ImportLists).await?;
    let form = sent.form;
    let mut faults = Faults::new(at.lang());
    let Some(wanted) = wanted(&form, &mut faults) else {
        return render(at, &form, None, faults, &request);
    };
    let again = wanted.clone();
    match run(&context, &at, PromotionRequest { commit: true, ..wanted }).await? {
        Ok(outcome) => {
            let key = "students-said-promoted".to_owned();
            let said = Said { key, x: outcome.promoted.to_string(), undo: None };
            go_saying(&at.shell.link("/students/classes"), &said)
        }
        Err(error) => {
            faults.refused(error)?;
            let seen = run(&context, &at, again).await?.ok();
            render(at, &form, seen, faults, &request)
        }
    }
}

/// Carries out, or looks at, what is wanted. The outer failure is ours, the inner one a refusal.
async fn run(
    context: &web::Data<Context>,
    at: &At,
    wanted: PromotionRequest,
) -> Result<Result<PromotionOutcome, crate::service::ServiceError>, crate::http::problem::Problem> {
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    on_worker(move || Ok(promote::run(&inner.store, &*inner.clock, &actor, school, &wanted))).await
}

fn wanted(form: &Fields, faults: &mut Faults) -> Option<PromotionRequest> {
    let year = form.of("from_year").parse::<SchoolYear>();
    if let Err(told) = &year {
        faults.add("from_year", &told.message);
    }
    let on = faults.day("on", form.of("on"));
    let grade = form.of("last_grade").trim();
    let last_grade = grade.parse::<i32>().ok().filter(|grade| (1..=12).contains(grade));
    if !grade.is_empty() && last_grade.is_none() {
        faults.add("last_grade", &Bilingual::new(
            "Khối cuối cấp là số từ 1 đến 12. Để trống nếu theo cấp học của trường.",
            "The last grade is a number of 1 to 12. Leave it blank for that of the school's level.",
        ));
    }
    let classes = form
        .every("from")
        .zip(form.every("to"))
        .map(|(from, to)| {
            let to = to.trim();
            ClassMove { from: from.to_owned(), to: (!to.is_empty()).then(|| to.to_owned()) }
        })
        .collect();
    let (from_year, on) = (year.ok()?, on?);
    faults.is_empty().then_some(PromotionRequest {
        from_year,
        on,
        classes,
        last_grade,
        commit: false,
    })
}

fn render(
    at: At,
    form: &Fields,
    outcome: Option<PromotionOutcome>,
    faults: Faults,
    request: &HttpRequest,
) -> Page {
    let of = |name: &str| form.of(name).to_owned();
    let lang = at.lang();
    let told = outcome.iter().flat_map(|outcome| &outcome.problems);
    let problems = told.map(|one| one.message.text(lang).to_owned()).collect();
    let lines = outcome.iter().flat_map(|outcome| &outcome.classes).map(|class| Line {
        from: class.from.clone(),
        to: class.to.clone().unwrap_or_default(),
        leaves: class.leaves,
        students: class.students,
    });
    let page = Promotion {
        from_year: of("from_year"),
        on: of("on"),
        last_grade: of("last_grade"),
        lines: lines.collect(),
        s: at.shell.under_word("menu-students", "/students"),
        outcome,
        problems,
        faults,
    };
    let status =
        if page.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    show_with(status, &page, request)
}
