//! The classes of a school, and naming them.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::access::Permission;
use crate::domain::lang::Bilingual;
use crate::http::later::Later;
use crate::http::pages::error::encoded;
use crate::http::pages::forms::Faults;
use crate::http::pages::posted::Posted;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show_with};
use crate::http::{Context, on_worker};
use crate::service::students::class_list::{self, ClassView};

/// Classes that are named at once.
const MOST: usize = 300;
/// Characters of a class's name.
const LONGEST: usize = 64;

#[derive(Template)]
#[template(path = "pages/students/classes.html")]
struct ClassPage {
    s: Shell,
    classes: Vec<ClassView>,
    students: i64,
    typed: String,
    faults: Faults,
}

impl ClassPage {
    fn href(&self, class: &str) -> String {
        self.s.keep_year(self.s.link(format!("/students?class={}", encoded(class))))
    }

    /// The class as a list to be printed.
    fn list(&self, class: &str) -> String {
        self.s.keep_year(self.s.link(format!("/class-lists?class={}", encoded(class))))
    }
}

/// The classes with how many students each has.
#[get("/s/{school}/students/classes")]
pub async fn list(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<String>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadPeople).await?;
    let faults = Faults::new(at.lang());
    render(&context, at, (String::new(), faults), &request).await
}

/// Names of classes.
#[derive(Debug, Deserialize)]
pub struct DefineForm {
    #[serde(default)]
    names: String,
}

/// Names classes: one a line, or separated by commas.
#[post("/s/{school}/students/classes")]
pub async fn define(
    context: web::Data<Context>,
    sent: Posted<DefineForm>,
    path: Later<web::Path<String>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::ImportLists).await?;
    let typed = sent.form.names;
    let names: Vec<String> = typed
        .split([',', ';', '\n', '\t'])
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    let mut faults = Faults::new(at.lang());
    if names.is_empty() || names.len() > MOST {
        faults.add(
            "names",
            &Bilingual::new(
                format!(
                    "Ghi từ 1 đến {MOST} tên lớp, mỗi lớp một dòng hoặc cách nhau bằng dấu phẩy."
                ),
                format!("Write 1 to {MOST} names of classes, one a line or with commas between."),
            ),
        );
    } else if let Some(long) = names.iter().find(|name| name.chars().count() > LONGEST) {
        let long: String = long.chars().take(30).collect();
        faults.add(
            "names",
            &Bilingual::new(
                format!("Tên lớp “{long}…” quá dài. Ghi mỗi lớp một dòng."),
                format!("The name “{long}…” is too long. Write one class a line."),
            ),
        );
    }
    if !faults.is_empty() {
        return render(&context, at, (typed, faults), &request).await;
    }
    let (actor, school, count) = (at.actor, at.school.id, names.len());
    on_worker(move || class_list::define(&context.store, &*context.clock, &actor, school, &names))
        .await?;
    let key = "students-said-classes".to_owned();
    let said = Said { key, x: count.to_string(), undo: None };
    go_saying(&at.shell.link("/students/classes"), &said)
}

async fn render(
    context: &web::Data<Context>,
    at: At,
    (typed, faults): (String, Faults),
    request: &HttpRequest,
) -> Page {
    let (inner, school, year) = (context.clone(), at.school.id, at.shell.year);
    let classes = on_worker(move || class_list::list(&inner.store, school, year)).await?;
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let students = classes.iter().map(|class| class.students).sum();
    let s = at.shell.under_word("menu-students", "/students");
    show_with(status, &ClassPage { s, classes, students, typed, faults }, request)
}
