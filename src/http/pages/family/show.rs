//! The page itself, and its codes as files.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;

use super::{Came, enter, kept_private};
use crate::domain::invoice::InvoiceState;
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::http::later::Later;
use crate::http::pages::assets;
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::Shell;
use crate::http::pages::words::Words;
use crate::http::pages::{Page, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::families::claims::ClaimView;
use crate::service::families::links;
use crate::service::families::page::{self as service, FamilyPage, Guardian, Paid, Which};
use crate::service::family_bill::{ChildBill, InvoiceBill};
use crate::service::fees::transfer::Transfer;

/// What was typed into the forms of the page, to stand there again.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Which form: `claim`, `contact` or `survey`; none when empty.
    pub form: &'static str,
    /// The amount.
    pub amount: String,
    /// The day.
    pub paid_on: String,
    /// The bank.
    pub bank: String,
    /// The account's end.
    pub account_end: String,
    /// What else was said.
    pub words: String,
    /// Whose contact: student and guardian.
    pub whose: String,
    /// A name.
    pub name: String,
    /// An address.
    pub email: String,
    /// A number.
    pub phone: String,
}

/// How a page is to be shown.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The address of the family's page, under which its forms are; empty where the staff look.
    pub base: String,
    /// What was just done.
    pub said: &'static str,
    /// What was typed.
    pub typed: Typed,
    /// What is wrong with that.
    pub faults: Faults,
}

#[derive(Template)]
#[template(path = "family/page.html")]
struct FamilyTemplate {
    s: Shell,
    page: FamilyPage,
    view: View,
}

#[expect(
    clippy::unused_self,
    clippy::trivially_copy_pass_by_ref,
    reason = "templates call methods of themselves and hand out references"
)]
impl FamilyTemplate {
    fn script(&self) -> &'static str {
        &assets::FAMILY_SCRIPT.href
    }

    fn is_staff(&self) -> bool {
        self.view.base.is_empty()
    }

    /// Children that owe something.
    fn owing(&self) -> usize {
        self.page.bill.children.iter().filter(|child| child.open.is_positive()).count()
    }

    /// Whether one transfer for everybody is offered beside those of each child.
    fn together(&self) -> bool {
        self.owing() > 1 && self.page.bill.transfer.is_some()
    }

    fn drawing(&self, transfer: &Transfer) -> String {
        service::drawing(transfer)
    }

    fn paid(&self, child: &ChildBill) -> &[Paid] {
        self.page.paid.get(&child.student).map(Vec::as_slice).unwrap_or_default()
    }

    fn guardians(&self, child: &ChildBill) -> &[Guardian] {
        self.page.guardians.get(&child.student).map(Vec::as_slice).unwrap_or_default()
    }

    fn open<'a>(&self, child: &'a ChildBill) -> Vec<&'a InvoiceBill> {
        child.invoices.iter().filter(|invoice| invoice.open.is_positive()).collect()
    }

    fn earlier<'a>(&self, child: &'a ChildBill) -> Vec<&'a InvoiceBill> {
        let mut found: Vec<&InvoiceBill> =
            child.invoices.iter().filter(|invoice| !invoice.open.is_positive()).collect();
        found.reverse();
        found
    }

    /// How a child stands: the key of the words, which is a class of the stylesheet as well.
    fn child_state(&self, child: &ChildBill) -> &'static str {
        let live = || child.invoices.iter().filter(|one| one.state != InvoiceState::Cancelled);
        if child.open.is_positive() {
            if live().any(|one| one.open.is_positive() && one.paid.is_positive()) {
                "partly"
            } else {
                "open"
            }
        } else if self.page.bill.credit.is_positive() && self.owing() == 0 {
            "over"
        } else if live().any(|one| one.paid.is_positive()) {
            "paid"
        } else {
            "none"
        }
    }

    fn state(&self, invoice: &InvoiceBill) -> &'static str {
        match invoice.state {
            InvoiceState::Waived => "waived",
            InvoiceState::Open => "open",
            InvoiceState::PartlyPaid => "partly",
            InvoiceState::Paid => "paid",
            InvoiceState::Cancelled => "cancelled",
        }
    }

    /// An amount as a bank's app takes it.
    fn plain(&self, amount: &Vnd) -> String {
        amount.to_string()
    }

    fn answer(&self, claim: &ClaimView) -> String {
        match &claim.answer {
            Some(answer) => self.s.t(format!("family-answer-{}", answer.replace('_', "-"))),
            None => self.s.t("family-claim-received"),
        }
    }

    fn state_key(&self, state: &str) -> String {
        format!("family-state-{state}")
    }

    /// What is said of a child that owes nothing.
    fn nothing_key(&self, child: &ChildBill) -> &'static str {
        if self.child_state(child) == "none" { "family-nothing" } else { "family-all-paid" }
    }

    fn has_transfer(&self, child: &ChildBill) -> bool {
        self.open(child).iter().any(|invoice| invoice.transfer.is_some())
    }

    /// By what the code of one invoice's transfer is asked for.
    fn of_invoice(&self, invoice: &InvoiceBill) -> String {
        format!("i{}", invoice.id)
    }

    fn whose(&self, child: &ChildBill, guardian: &Guardian) -> String {
        format!("{}-{}", child.student, guardian.position)
    }

    fn is_typed(&self, form: &str) -> bool {
        self.view.typed.form == form
    }
}

/// Shows a page.
pub fn render(
    lang: Lang,
    page: FamilyPage,
    view: View,
    status: StatusCode,
    request: &HttpRequest,
) -> Page {
    let s = Shell::plain(Words(lang));
    show_with(status, &FamilyTemplate { s, page, view }, request).map(kept_private)
}

/// A family's page. Looking changes nothing but a count: mail scanners look as well.
#[get("/f/{secret}")]
pub async fn show_page(
    context: web::Data<Context>,
    secret: web::Path<String>,
    query: Later<web::Query<Vec<(String, String)>>>,
    request: HttpRequest,
) -> Page {
    let entry = match enter(&context, &secret, &request).await? {
        Came::In(entry) => entry,
        Came::Out(response) => return Ok(response),
    };
    let query = query.now()?.into_inner();
    let of =
        |name: &str| query.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
    let page = on_worker(move || {
        links::count(&context.store, &*context.clock, entry);
        service::load(&context.store, &*context.clock, entry)
    })
    .await?;
    let lang = match of("lang") {
        Some("en") => Lang::En,
        Some("vi") => Lang::Vi,
        _ => page.lang,
    };
    let said = match of("said") {
        Some("claim") => "family-said-claim",
        Some("contact") => "family-said-contact",
        Some("survey") => "family-said-survey",
        _ => "",
    };
    let view = View { base: base(&secret), said, ..View::default() };
    render(lang, page, view, StatusCode::OK, &request)
}

/// The address of a page by its secret.
pub(super) fn base(secret: &str) -> String {
    format!("/f/{}", crate::http::pages::error::encoded(secret))
}

/// The code of a transfer: a PNG to be kept, or a drawing to be shown.
#[get("/f/{secret}/qr/{which}")]
pub async fn show_code(
    context: web::Data<Context>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Page {
    let (secret, which) = path.into_inner();
    let entry = match enter(&context, &secret, &request).await? {
        Came::In(entry) => entry,
        Came::Out(response) => return Ok(response),
    };
    let (name, end) = which.split_once('.').unwrap_or((&which, ""));
    let which = Which::parse(name).ok_or_else(Problem::no_such_page)?;
    let is_png = match end {
        "png" => true,
        "svg" => false,
        _ => return Err(Problem::no_such_page().into()),
    };
    let picture = on_worker(move || {
        service::picture(&context.store, &*context.clock, entry, (which, is_png))
    })
    .await?;
    let picture = picture.ok_or_else(Problem::no_such_page)?;
    let mut response = HttpResponse::Ok();
    if is_png {
        response.content_type("image/png").insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"ma-qr-{name}.png\""),
        ));
    } else {
        response.content_type("image/svg+xml");
    }
    Ok(kept_private(response.body(picture)))
}

/// A receipt of the family as a PDF, in the language of its page.
#[get("/f/{secret}/receipts/{id}")]
pub async fn show_receipt(
    context: web::Data<Context>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Page {
    let (secret, id) = path.into_inner();
    let entry = match enter(&context, &secret, &request).await? {
        Came::In(entry) => entry,
        Came::Out(response) => return Ok(response),
    };
    let id: i64 = id.parse().map_err(|_no_number| Problem::no_such_page())?;
    let bytes = on_worker(move || {
        service::receipt(&context.store, &*context.clock, entry, (id, &context.origin))
    })
    .await?;
    let bytes = bytes.ok_or_else(Problem::no_such_page)?;
    Ok(kept_private(
        HttpResponse::Ok()
            .content_type("application/pdf")
            .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"bien-lai.pdf\""))
            .body(bytes),
    ))
}
