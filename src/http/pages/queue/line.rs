//! One line with everything known about it, and using it by hand.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use super::acts::said;
use super::{back_to, told};
use crate::domain::access::Permission;
use crate::domain::calendar::Day;
use crate::domain::id::{DecisionId, PaymentId};
use crate::domain::lang::Bilingual;
use crate::domain::money::Vnd;
use crate::domain::typed::dong;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::posted::Posted;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show_with};
use crate::http::{Context, on_worker};
use crate::service::ServiceError;
use crate::service::explain::OtherUse;
use crate::service::families::claims::{self, ClaimLine};
use crate::service::fees::refund_requests::{self, Placed, RefundRequestView};
use crate::service::workspace::split::{Rest, Split, split};
use crate::service::workspace::{self, Candidate, Detail, Tab};

/// The most characters of a search or a reason.
const TEXT: usize = 1_000;

/// What stands in the form.
#[derive(Clone, Debug, Default)]
struct Typed {
    find: String,
    shares: Vec<(String, String)>,
    rest: String,
    credit: String,
    reason: String,
    next: String,
}

impl Typed {
    fn of(fields: &Fields) -> Typed {
        let text = |name: &str| fields.of(name).trim().chars().take(TEXT).collect::<String>();
        let mut shares: Vec<(String, String)> = fields
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix("pay-")?, value.trim())))
            .filter(|(_, value)| !value.is_empty())
            .map(|(code, value)| (code.to_owned(), value.to_owned()))
            .collect();
        // A button that gives the rest to one invoice: `CODE=AMOUNT`.
        if let Some((code, amount)) = fields.of("only").split_once('=') {
            shares.retain(|(known, _)| known != code);
            shares.push((code.to_owned(), amount.to_owned()));
        }
        Typed {
            shares,
            find: text("find"),
            rest: text("rest"),
            credit: text("credit"),
            reason: text("reason"),
            next: text("next"),
        }
    }

    fn share(&self, code: &str) -> Option<&str> {
        self.shares.iter().find(|(known, _)| known == code).map(|(_, typed)| typed.as_str())
    }
}

/// An invoice to which money of the line may go.
struct ShareLine {
    student: String,
    student_code: String,
    class: String,
    guardian: String,
    code: String,
    open: Vnd,
    due_on: Option<Day>,
    exact: bool,
    /// What a button gives it at once; nothing where there is no such button.
    pays: Option<Vnd>,
    typed: String,
}

#[derive(Template)]
#[template(path = "pages/queue/line.html")]
#[expect(clippy::struct_excessive_bools, reason = "each answers one question of its own")]
struct LinePage {
    s: Shell,
    detail: Detail,
    typed: Typed,
    faults: Faults,
    shares: Vec<ShareLine>,
    /// Students to whose family the rest may be credited: code and words.
    students: Vec<(String, String)>,
    nothing_found: bool,
    /// Questions of families that may be about it.
    asked: Vec<ClaimLine>,
    /// A refund of it that waits for a second person.
    refund: Option<RefundRequestView>,
    /// Whether a person may use it by hand.
    open: bool,
    /// Whether a decision of a person can be undone.
    undoable: bool,
    /// Whether the machine's use of it can be taken back.
    reversible: bool,
    back: String,
}

impl LinePage {
    fn version(&self) -> String {
        self.detail.row.version.map(|version| version.to_string()).unwrap_or_default()
    }

    /// The key of the words for a use that pays no invoice.
    fn use_key(one: &OtherUse) -> &'static str {
        match one.target.as_str() {
            "family_credit" => "use-credit",
            "refund" => "use-refund",
            _ => "use-aside",
        }
    }
}

/// Everything about a line. The same address with what was typed so far shows that again, so that
/// students can be looked for one after the other.
#[get("/s/{school}/queue/{id}")]
pub async fn show_line(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    query: Later<web::Query<Fields>>,
    request: HttpRequest,
) -> Page {
    let (school, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &school, Permission::ReadBooks).await?;
    let typed = Typed::of(&query.now()?.into_inner());
    let faults = Faults::new(at.lang());
    page(&context, at, id, (typed, faults), StatusCode::OK, &request).await
}

/// Uses a line by hand: shares of invoices, and what becomes of the rest.
#[post("/s/{school}/queue/{id}/use")]
pub async fn use_line(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (school, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &school, Permission::Decide).await?;
    let typed = Typed::of(&sent.form);
    let mut faults = Faults::new(at.lang());
    let asked = asked(&typed, &mut faults);
    if !faults.is_empty() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return page(&context, at, id, (typed, faults), status, &request).await;
    }
    let seen = sent.form.of("version").parse().ok().map(DecisionId);
    let (inner, actor) = (context.clone(), at.actor.clone());
    let of = (at.school.id, PaymentId(id));
    let done =
        attempt(move || split(&inner.store, &*inner.clock, &actor, of, seen, &asked)).await?;
    let line = format!("/queue/{id}");
    match done {
        Ok(Placed::Proposed(one)) => {
            let x = at.shell.dong(&one.amount);
            let said = Said { key: "owing-refund-proposed".to_owned(), x, undo: None };
            go_saying(&back_to(&at.shell, &typed.next, &line), &said)
        }
        Ok(Placed::Done(state)) => {
            go_saying(&back_to(&at.shell, &typed.next, &line), &said(&at, "queue-used", &state))
        }
        Err(error @ (ServiceError::Refused(_) | ServiceError::NotFound(_))) => {
            faults.refused(error)?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(&context, at, id, (typed, faults), status, &request).await
        }
        Err(error) => {
            let ways = (at.shell.link(&line), back_to(&at.shell, &typed.next, "/queue"));
            told(at, ways, error, &request)
        }
    }
}

/// What the form asks for; what is wrong with it becomes faults.
fn asked(typed: &Typed, faults: &mut Faults) -> Split {
    let mut shares = Vec::with_capacity(typed.shares.len());
    for (code, amount) in &typed.shares {
        match dong(amount).filter(|amount| *amount >= Vnd::ZERO) {
            Some(amount) if amount.is_zero() => {}
            Some(amount) => shares.push((code.clone(), amount)),
            None => faults.add("", &not_an_amount(code, amount)),
        }
    }
    let rest = match typed.rest.as_str() {
        "wait" => Some(Rest::Waits),
        "credit" if typed.credit.is_empty() => {
            faults.add("credit", &Bilingual::new(
                "Chọn học sinh có gia đình được ghi số dư. Nếu chưa thấy, hãy tìm học sinh trước.",
                "Choose the student whose family gets the credit. Look for the student first.",
            ));
            None
        }
        "credit" => Some(Rest::Credit(typed.credit.clone())),
        "refund" => Some(Rest::Refund),
        "aside" => Some(Rest::SetAside),
        _ => None,
    };
    let reason = Some(typed.reason.clone()).filter(|reason| !reason.is_empty());
    if matches!(rest, Some(Rest::Refund | Rest::SetAside)) && reason.is_none() {
        faults.add(
            "reason",
            &Bilingual::new(
                "Ghi lý do hoàn trả hoặc lý do đây không phải khoản thu.",
                "Write why it is paid back, or why it is no fee.",
            ),
        );
    }
    Split { shares, rest, reason }
}

fn not_an_amount(code: &str, amount: &str) -> Bilingual {
    Bilingual::new(
        format!("Khoản {code}: “{amount}” không phải là số tiền. Ghi số đồng, ví dụ 1.250.000."),
        format!("{code}: “{amount}” is not an amount. Write whole đồng, such as 1.250.000."),
    )
}

async fn page(
    context: &web::Data<Context>,
    at: At,
    id: i64,
    (typed, faults): (Typed, Faults),
    status: StatusCode,
    request: &HttpRequest,
) -> Page {
    let (inner, school, lang) = (context.clone(), at.school.id, at.lang());
    let (find, codes) = (typed.find.clone(), typed.shares.clone());
    let (detail, picked, found, asked, refund) = on_worker(move || {
        let (store, payment) = (&inner.store, PaymentId(id));
        let detail = workspace::detail(store, school, payment, lang)?;
        let codes: Vec<String> = codes.into_iter().map(|(code, _)| code).collect();
        let left = detail.row.unallocated;
        let picked = workspace::picked(store, school, &codes, left)?;
        let found = if find.is_empty() {
            // Nobody was looked for: only those of whom exactly this is open.
            let mut exact = detail.candidates.clone();
            for one in &mut exact {
                one.invoices.retain(|invoice| invoice.exact);
            }
            exact
        } else {
            workspace::candidates(store, school, payment, &find)?
        };
        let refund = refund_requests::waiting_for(store, school, payment)?;
        Ok((detail, picked, found, claims::beside(store, school, payment)?, refund))
    })
    .await?;
    let row = &detail.row;
    let by_person = !row.by_machine && row.rule.starts_with("person/");
    let used = !row.paid_for.is_empty() || row.family_credit.is_positive();
    let open = at.shell.may("decide")
        && !detail.closed
        && row.proof != "recorded"
        && detail.explanation.credit_debit == "credit"
        && row.tab != Tab::Returned;
    let shares = share_lines(&detail, &typed, picked.iter().chain(&found));
    let mut students: Vec<(String, String)> = Vec::new();
    for one in &shares {
        if !students.iter().any(|(code, _)| *code == one.student_code) {
            let words = format!("{} · {} · {}", one.student, one.class, one.student_code);
            students.push((one.student_code.clone(), words));
        }
    }
    let back = back_to(&at.shell, &typed.next, "/queue");
    let words = at.shell.t("menu-queue");
    let page = LinePage {
        nothing_found: !typed.find.is_empty() && found.is_empty(),
        open,
        undoable: open && by_person,
        reversible: open && row.by_machine && used,
        shares,
        students,
        asked,
        refund,
        back,
        s: at.shell.under(words, "/queue"),
        detail,
        typed,
        faults,
    };
    show_with(status, &page, request)
}

fn share_lines<'a>(
    detail: &Detail,
    typed: &Typed,
    candidates: impl Iterator<Item = &'a Candidate>,
) -> Vec<ShareLine> {
    let fresh = typed.shares.is_empty();
    let mut lines: Vec<ShareLine> = Vec::new();
    for share in &detail.row.paid_for {
        let stands = if fresh { share.amount.grouped() } else { String::new() };
        lines.push(ShareLine {
            student: share.student.clone(),
            student_code: share.student_code.clone(),
            class: share.class.clone(),
            guardian: String::new(),
            code: share.code.clone(),
            open: share.open_before.unwrap_or_default(),
            due_on: None,
            exact: false,
            pays: None,
            typed: typed.share(&share.code).map_or(stands, str::to_owned),
        });
    }
    for one in candidates {
        for invoice in &one.invoices {
            if lines.iter().any(|line| line.code == invoice.code) {
                continue;
            }
            lines.push(ShareLine {
                student: one.student.clone(),
                student_code: one.student_code.clone(),
                class: one.class.clone(),
                guardian: one.guardian.clone().unwrap_or_default(),
                code: invoice.code.clone(),
                open: invoice.open,
                due_on: invoice.due_on,
                exact: invoice.exact,
                pays: Some(invoice.pays).filter(|pays| pays.is_positive()),
                typed: typed.share(&invoice.code).unwrap_or_default().to_owned(),
            });
        }
    }
    lines
}
