//! The list of students, in the order of names, page by page.

use actix_web::{HttpRequest, get, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::access::Permission;
use crate::http::later::Later;
use crate::http::pages::shell::Shell;
use crate::http::pages::visitor::Visitor;
use crate::http::pages::{Page, show};
use crate::http::{Context, on_worker};
use crate::service::students::class_list;
use crate::service::students::view::{self, Asked, StudentCursor, StudentView};

/// Students on a page.
const LIMIT: u32 = 50;

/// Which students.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filter {
    #[serde(default)]
    class: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    left: String,
    #[serde(default)]
    cursor: String,
}

impl Filter {
    fn asked(&self, s: &Shell) -> Asked {
        let filled = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        Asked {
            class: filled(&self.class),
            search: filled(&self.text),
            // Of another year those who have left since belong to it as well.
            with_left: !self.left.is_empty() || s.is_other_year(),
            year: s.year,
        }
    }

    fn is_set(&self) -> bool {
        !(self.class.is_empty() && self.text.is_empty() && self.left.is_empty())
    }

    fn next(&self, cursor: &StudentCursor) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("class", &self.class), ("text", &self.text), ("left", &self.left)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.append_pair("cursor", &cursor.encode()).finish()
    }
}

#[derive(Template)]
#[template(path = "pages/students/list.html")]
struct List {
    s: Shell,
    filter: Filter,
    filtered: bool,
    classes: Vec<String>,
    students: Vec<StudentView>,
    next: String,
}

/// A school's students in the order of their names.
#[get("/s/{school}/students")]
pub async fn list(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<String>>,
    filter: Later<web::Query<Filter>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadPeople).await?;
    let filter = filter.now()?.into_inner();
    let (asked, cursor) = (filter.asked(&at.shell), StudentCursor::decode(&filter.cursor));
    let school = at.school.id;
    let (classes, (students, next)) = on_worker(move || {
        let classes = class_list::names(&context.store, school)?;
        Ok((classes, view::page(&context.store, school, &asked, cursor.as_ref(), LIMIT)?))
    })
    .await?;
    let s = at.shell;
    let next = next.map(|next| s.link(format!("/students?{}", filter.next(&next))));
    let (next, filtered) = (next.unwrap_or_default(), filter.is_set());
    show(&List { s, filter, filtered, classes, students, next }, &request)
}
