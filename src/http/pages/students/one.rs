//! One student with everything known, and what may be done.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, web};
use askama::Template;

use crate::clock::local_day;
use crate::domain::access::Permission;
use crate::domain::calendar::vietnamese_day;
use crate::http::later::Later;
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::Shell;
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, show_with};
use crate::http::{Context, on_worker};
use crate::service::fees::exemptions::{self, ExemptionLine};
use crate::service::fees::lists;
use crate::service::fees::show::{self as invoices, PageFilter};
use crate::service::queue::InvoiceView;
use crate::service::students::StudentDetail;
use crate::service::students::class_list::{self, ClassView};
use crate::service::students::view::{self, EnrolmentView};

/// Invoices that are shown with a student: more than anybody has in a school year.
const INVOICES: u32 = 50;

/// What was typed into the forms of the page.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    /// Which form: `transfer`, `leave` or `return`; none when empty.
    pub form: &'static str,
    /// The class.
    pub class: String,
    /// The day.
    pub on: String,
    /// Why.
    pub reason: String,
    /// Whether the class may be new.
    pub new_class: bool,
}

#[derive(Template)]
#[template(path = "pages/students/one.html")]
struct One {
    s: Shell,
    id: i64,
    detail: StudentDetail,
    exemptions: Vec<ExemptionLine>,
    invoices: Vec<InvoiceView>,
    classes: Vec<ClassView>,
    typed: Typed,
    faults: Faults,
    today: String,
    /// Whether whoever looks may know grounds and whole numbers.
    restricted: bool,
}

impl One {
    fn scheme(&self, scheme: &str) -> String {
        self.s.t(format!("students-scheme-{scheme}"))
    }

    fn kind(&self, kind: &str) -> String {
        self.s.t(format!("students-kind-{kind}"))
    }

    fn ended(&self, one: &EnrolmentView) -> String {
        match &one.ended_by {
            Some(ended_by) => self.s.t(format!("students-ended-{ended_by}")),
            None => self.s.t("students-ended-not"),
        }
    }

    fn day(&self, form: &str) -> &str {
        if self.typed.form == form { &self.typed.on } else { &self.today }
    }

    fn state(&self, invoice: &InvoiceView) -> String {
        lists::state(invoice.state).text(self.s.language()).to_owned()
    }
}

/// A student with everything known. Personal numbers in full only for those who may know.
#[get("/s/{school}/students/{id}")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadPeople).await?;
    let faults = Faults::new(at.lang());
    render(&context, at, id, (Typed::default(), faults), &request).await
}

/// The page with what was typed into it, and what is wrong with that.
pub(super) async fn render(
    context: &web::Data<Context>,
    at: At,
    id: i64,
    (typed, faults): (Typed, Faults),
    request: &HttpRequest,
) -> Page {
    let school = at.school.id;
    let restricted = at.who.may(Permission::ReadRestricted, Some(school));
    let today = vietnamese_day(local_day(context.clock.now()));
    let inner = context.clone();
    let (detail, exemptions, invoices, classes) = on_worker(move || {
        let store = &inner.store;
        let detail = view::detail_by_id(store, school, id, restricted)?;
        let filter = PageFilter {
            student: Some(detail.student.code.clone()),
            limit: INVOICES,
            ..PageFilter::default()
        };
        let (invoices, _) = invoices::invoices(store, school, &filter)?;
        let exemptions = exemptions::of_student(store, school, id, restricted)?;
        Ok((detail, exemptions, invoices, class_list::list(store, school, None)?))
    })
    .await?;
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let s = at.shell.under_word("menu-students", "/students");
    let page =
        One { s, id, detail, exemptions, invoices, classes, typed, faults, today, restricted };
    show_with(status, &page, request)
}
