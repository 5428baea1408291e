//! Who owes what, by student or by class.

use actix_web::{HttpRequest, get, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::http::pages::fields::{Fields, address};
use crate::http::pages::shell::Shell;
use crate::http::pages::visitor::Visitor;
use crate::http::pages::{Page, show as render};
use crate::http::{Context, on_worker};
use crate::service::receivables::{
    self, Asked, Choices, ClassLine, OwingCursor, State, StudentLine,
};

#[derive(Template)]
#[template(path = "pages/receivables/list.html")]
struct List {
    s: Shell,
    by_class: bool,
    asked: Asked,
    choices: Choices,
    classes: Vec<ClassLine>,
    students: Vec<StudentLine>,
    /// None where it means too many students to be added up for a page.
    total: Option<ClassLine>,
    next: String,
    /// The same filter by student, by class, and as a workbook.
    by_student_link: String,
    by_class_link: String,
    workbook: String,
    /// Where those of the filter are reminded.
    remind: String,
}

impl List {
    fn class_link(&self, class: &str) -> String {
        let round = self.asked.round.map(|round| round.to_string()).unwrap_or_default();
        let state = self.asked.state.as_str();
        let query = [("class", class), ("round", round.as_str()), ("state", state)];
        address(&self.s.link("/receivables"), &query)
    }
}

/// The list, with the sums of everything the filter means.
#[get("/s/{school}/receivables")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadPeople).await?;
    let query = Fields::parse(request.query_string().as_bytes());
    let by_class = query.of("by") == "class";
    let asked = Asked {
        class: query.some("class"),
        round: query.of("round").parse().ok(),
        state: State::named(query.of("state")),
        year: at.shell.year,
        text: query.of("text").trim().chars().take(100).collect(),
        after: OwingCursor::decode(query.of("after")),
    };
    let (wanted, school) = (asked.clone(), at.school.id);
    let (choices, classes, (students, cursor), total) = on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        let (mut classes, mut students) = (Vec::new(), (Vec::new(), None));
        if by_class {
            classes = receivables::classes(store, clock, school, &wanted)?;
        } else {
            students = receivables::students(store, clock, school, &wanted)?;
        }
        let choices = receivables::choices(store, school)?;
        let total = receivables::total(store, clock, school, &wanted, by_class)?;
        Ok((choices, classes, students, total))
    })
    .await?;
    let here = at.shell.link("/receivables");
    let round = asked.round.map(|round| round.to_string()).unwrap_or_default();
    let class = asked.class.as_deref().unwrap_or_default();
    let filter = [
        ("class", class),
        ("round", &round),
        ("state", asked.state.as_str()),
        ("text", &asked.text),
    ];
    let with = |more: (&'static str, &str)| {
        let mut query: Vec<(&str, &str)> = filter.to_vec();
        query.push(more);
        address(&here, &query)
    };
    let page = List {
        by_class,
        classes,
        students,
        total,
        next: cursor.map(|cursor| with(("after", &cursor.encode()))).unwrap_or_default(),
        by_student_link: with(("by", "")),
        by_class_link: with(("by", "class")),
        workbook: address(&at.shell.link("/exports"), &[("kind", "receivables"), ("class", class)]),
        remind: address(
            &at.shell.link("/mail/remind"),
            &[("class", class), ("round", &round), ("state", asked.state.as_str())],
        ),
        choices,
        s: at.shell,
        asked,
    };
    render(&page, &request)
}
