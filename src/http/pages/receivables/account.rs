//! A student's account: invoices, what paid them, credit, and giving it back.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::domain::invoice::InvoiceState;
use crate::domain::payment::Channel;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::fees::refund_requests::{self, Placed, RefundProposal};
use crate::service::fees::refunds::{self, RefundTerms, RefundView};
use crate::service::receivables::{self, Account};

#[derive(Template)]
#[template(path = "pages/receivables/account.html")]
struct AccountPage {
    s: Shell,
    account: Account,
    refunds: Vec<RefundView>,
    typed: Fields,
    faults: Faults,
}

impl AccountPage {
    /// What was paid in all.
    fn paid(&self) -> String {
        let sums = &self.account.student.sums;
        self.s.figure(&sums.by_transfer.checked_add(sums.by_cash).unwrap_or_default())
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn state(&self, state: &InvoiceState) -> (&'static str, String) {
        state_of(&self.s, *state)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn channel(&self, channel: &Channel) -> String {
        channel.label(self.s.language()).to_owned()
    }
}

/// The class and the words of an invoice's state.
pub(super) fn state_of(s: &Shell, state: InvoiceState) -> (&'static str, String) {
    match state {
        InvoiceState::Waived => ("none", s.t("owing-state-waived")),
        InvoiceState::Open => ("unmet", s.t("owing-state-open")),
        InvoiceState::PartlyPaid => ("doing", s.t("owing-state-partly")),
        InvoiceState::Paid => ("done", s.t("owing-state-paid")),
        InvoiceState::Cancelled => ("todo", s.t("owing-state-cancelled")),
    }
}

/// The account.
#[get("/s/{school}/receivables/{student}")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, student) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadPeople).await?;
    render(&load(&context, at, student, Faults::default()).await?, &request)
}

/// Orders that credit is given back.
#[post("/s/{school}/receivables/{student}/refund")]
pub async fn refund(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, student) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::Decide).await?;
    let form = &at.form;
    let mut faults = Faults::new(at.lang());
    let amount = faults.dong("amount", form.of("amount"));
    let bin = faults.text("bin", form.of("bin"));
    let account = faults.text("account", form.of("account"));
    let holder = faults.text("holder", form.of("holder"));
    let reason = faults.text("reason", form.of("reason"));
    if let (true, Some(amount)) = (faults.is_empty(), amount) {
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        let done = attempt(move || {
            let of = receivables::account(&inner.store, &*inner.clock, school, student)?;
            let terms = RefundTerms {
                student: of.student.code,
                amount,
                item: None,
                bin,
                account,
                holder,
                reason,
            };
            let (store, clock) = (&inner.store, &*inner.clock);
            let done = refunds::order(store, clock, &actor, school, &terms);
            let asked = RefundProposal::Credit(terms);
            refund_requests::done_or_proposed(store, clock, &actor, school, (done, &asked))
        })
        .await?;
        match done {
            Ok(placed) => {
                let (key, amount) = match &placed {
                    Placed::Done(view) => ("owing-refund-ordered", view.terms.amount),
                    Placed::Proposed(one) => ("owing-refund-proposed", one.amount),
                };
                let said = Said { key: key.to_owned(), x: at.shell.dong(&amount), undo: None };
                return go_saying(&at.shell.link(format!("/receivables/{student}")), &said);
            }
            Err(error) => faults.refused(error)?,
        }
    }
    let page = load(&context, at, student, faults).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

async fn load(
    context: &web::Data<Context>,
    at: At,
    student: i64,
    faults: Faults,
) -> Result<AccountPage, Problem> {
    let (inner, school) = (context.clone(), at.school.id);
    let books = at.shell.may("read_books");
    let (account, refunds) = on_worker(move || {
        let account = receivables::account(&inner.store, &*inner.clock, school, student)?;
        // Whoever only takes cash does not see to which accounts families are paid back.
        let refunds = if books {
            refunds::page(&inner.store, school, (None, Some(student), None), 50)?.0
        } else {
            Vec::new()
        };
        Ok((account, refunds))
    })
    .await?;
    let (s, typed) = (at.shell.under_receivables(), at.form);
    Ok(AccountPage { s, account, refunds, typed, faults })
}
