//! One invoice: its lines and parts, and what is corrected: a credit note, issuing it anew, cancelling
//! it, taking that back, asking for a write-off.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use super::account::state_of;
use crate::domain::access::Permission;
use crate::domain::invoice::{InvoiceEvent, InvoiceState};
use crate::domain::lang::Bilingual;
use crate::domain::money::Vnd;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::cancel;
use crate::service::fees::credit_notes::{self, LineCredit};
use crate::service::fees::show::{self as invoices, InvoiceDetail};
use crate::service::fees::write_offs::{self, WriteOffTerms};
use crate::service::receivables;

#[derive(Template)]
#[template(path = "pages/receivables/invoice.html")]
struct InvoicePage {
    s: Shell,
    detail: InvoiceDetail,
    typed: Fields,
    faults: Faults,
}

impl InvoicePage {
    fn state(&self) -> (&'static str, String) {
        state_of(&self.s, self.detail.invoice.state)
    }

    fn cancelled(&self) -> bool {
        self.detail.invoice.state == InvoiceState::Cancelled
    }

    /// What was typed in the form of one kind.
    fn typed(&self, what: &str, name: impl AsRef<str>) -> String {
        if self.typed.of("what") == what {
            self.typed.of(name.as_ref()).to_owned()
        } else {
            String::new()
        }
    }

    fn tried(&self, what: &str) -> bool {
        self.typed.of("what") == what
    }
}

/// An invoice.
#[get("/s/{school}/receivables/{student}/invoices/{invoice}")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, student, invoice) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadPeople).await?;
    render(&load(&context, at, (student, invoice), Faults::default()).await?, &request)
}

/// What is to be done to an invoice.
enum What {
    Credit { seen: Option<Vnd>, credits: Vec<LineCredit> },
    Reissue,
    Cancel,
    Reinstate,
    WriteOff(Vnd),
}

/// Corrects an invoice.
#[post("/s/{school}/receivables/{student}/invoices/{invoice}")]
pub async fn correct(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, student, invoice) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::CorrectInvoices).await?;
    let mut faults = Faults::new(at.lang());
    let reason = faults.text("reason", at.form.of("reason"));
    let what = what(&at.form, &mut faults)?;
    if let (true, Some(what)) = (faults.is_empty(), what) {
        let key = match what {
            What::Credit { .. } => "owing-credited",
            What::Reissue => "owing-reissued",
            What::Cancel => "owing-cancelled",
            What::Reinstate => "owing-reinstated",
            What::WriteOff(_) => "owing-write-off-asked",
        };
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        let done = attempt(move || {
            let (store, clock) = (&inner.store, &*inner.clock);
            let code = receivables::invoice_code(store, school, (student, invoice))?;
            let of = (school, code.as_str());
            match what {
                What::Credit { seen, credits } => {
                    let of = (school, code.as_str(), seen);
                    credit_notes::correct_seen(store, clock, &actor, of, &credits, &reason)?;
                }
                What::Reissue => {
                    let prefixes = &inner.prefixes;
                    credit_notes::reissue(store, clock, &actor, prefixes, of, &[], &reason)?;
                }
                What::Cancel => {
                    cancel::run(store, clock, &actor, of, InvoiceEvent::Cancel, &reason)?;
                }
                What::Reinstate => {
                    cancel::run(store, clock, &actor, of, InvoiceEvent::Reinstate, &reason)?;
                }
                What::WriteOff(amount) => {
                    let terms = WriteOffTerms { amount, reason };
                    write_offs::ask(store, clock, &actor, of, &terms)?;
                }
            }
            Ok(code)
        })
        .await?;
        match done {
            Ok(x) => {
                let said = Said { key: key.to_owned(), x, undo: None };
                // What was issued anew is another invoice.
                let to = if key == "owing-reissued" {
                    format!("/receivables/{student}")
                } else {
                    format!("/receivables/{student}/invoices/{invoice}")
                };
                return go_saying(&at.shell.link(to), &said);
            }
            Err(error) => faults.refused(error)?,
        }
    }
    let page = load(&context, at, (student, invoice), faults).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

/// Reads what is to be done; `None` where something typed is wrong.
fn what(form: &Fields, faults: &mut Faults) -> Result<Option<What>, Problem> {
    Ok(Some(match form.of("what") {
        "credit" => {
            let mut credits = Vec::new();
            for (index, item) in
                (0..).map_while(|index| Some((index, form.some(&format!("item-{index}"))?)))
            {
                let units = form.some(&format!("quantity-{index}"));
                let amount = form.some(&format!("amount-{index}"));
                if units.is_none() && amount.is_none() {
                    continue;
                }
                let quantity = match units {
                    None => None,
                    Some(text) => {
                        let number: Option<i64> = text.parse().ok();
                        if number.is_none() {
                            faults.add("", &no_number(&text));
                        }
                        number
                    }
                };
                let amount = amount.and_then(|typed| faults.dong("", &typed));
                credits.push(LineCredit { item, quantity, amount });
            }
            What::Credit { seen: form.of("seen").parse().ok().map(Vnd::new), credits }
        }
        "reissue" => What::Reissue,
        "cancel" => What::Cancel,
        "reinstate" => What::Reinstate,
        "write-off" => match faults.dong("amount", form.of("amount")) {
            Some(amount) => What::WriteOff(amount),
            None => return Ok(None),
        },
        _ => return Err(Problem::no_such_page()),
    }))
}

fn no_number(text: &str) -> Bilingual {
    Bilingual::new(
        format!("“{text}” không phải là số lượng. Ghi một số nguyên, ví dụ 2."),
        format!("“{text}” is no quantity. Write a whole number, such as 2."),
    )
}

async fn load(
    context: &web::Data<Context>,
    at: At,
    of: (i64, i64),
    faults: Faults,
) -> Result<InvoicePage, Problem> {
    let (inner, school) = (context.clone(), at.school.id);
    let detail = on_worker(move || {
        let code = receivables::invoice_code(&inner.store, school, of)?;
        invoices::invoice(&inner.store, &*inner.clock, school, &code)
    })
    .await?;
    let s = at.shell.under_receivables();
    let s = s.under(&detail.invoice.student_name, &format!("/receivables/{}", of.0));
    Ok(InvoicePage { s, detail, typed: at.form, faults })
}
