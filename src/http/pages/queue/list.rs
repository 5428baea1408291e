//! A page of the queue, and the same as a workbook.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::domain::calendar::{Day, vietnamese_day};
use crate::http::later::Later;
use crate::http::pages::error::encoded;
use crate::http::pages::shell::Shell;
use crate::http::pages::visitor::Visitor;
use crate::http::pages::{Page, show};
use crate::http::{Context, on_worker};
use crate::service::accounts::{self, AccountView};
use crate::service::families::claims;
use crate::service::workspace::questions::{self, Waiting};
use crate::service::workspace::queue::{self, QueuePage};
use crate::service::workspace::{Filter, Row, Tab, listing};

/// Lines of one page.
const LINES: u32 = 50;

/// The pairs of an address's query.
pub(super) type Pairs = Later<web::Query<Vec<(String, String)>>>;

struct TabLink {
    href: String,
    label: &'static str,
    count: String,
    sum: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "pages/queue/list.html")]
struct List {
    s: Shell,
    tabs: Vec<TabLink>,
    tab: Tab,
    filter: Filter,
    /// Whether anything but a tab is asked for.
    narrowed: bool,
    accounts: Vec<AccountView>,
    /// The rules of the lines shown, by name and in words.
    rules: Vec<(String, String)>,
    rows: Vec<Row>,
    may_tick: bool,
    next: String,
    looked_back_to: Option<Day>,
    too_many_students: bool,
    export: String,
    questions: Waiting,
    /// Questions of families that wait.
    asked: u64,
}

impl List {
    fn from(&self) -> String {
        self.filter.from.map(vietnamese_day).unwrap_or_default()
    }

    fn to(&self) -> String {
        self.filter.to.map(vietnamese_day).unwrap_or_default()
    }

    fn text(&self) -> &str {
        self.filter.text.as_deref().unwrap_or_default()
    }

    fn class(&self) -> &str {
        self.filter.class.as_deref().unwrap_or_default()
    }

    fn is_account(&self, account: &AccountView) -> bool {
        self.filter.account.as_deref() == Some(account.number.as_str())
    }

    fn is_rule(&self, rule: &str) -> bool {
        self.filter.rule.as_deref() == Some(rule)
    }
}

/// A page of the queue.
#[get("/s/{school}/queue")]
pub async fn show_list(
    context: web::Data<Context>,
    visitor: Visitor,
    school: web::Path<String>,
    query: Pairs,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &school, Permission::ReadBooks).await?;
    let query = query.now()?.into_inner();
    let pairs = query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let filter = Filter::from_pairs(pairs);
    let cursor = query.into_iter().find(|(name, _)| name == "cursor").map(|(_, value)| value);
    let (inner, school, lang, asked) = (context.clone(), at.school.id, at.lang(), filter.clone());
    let (found, accounts, questions, asked) = on_worker(move || {
        let found = queue::page(&inner.store, school, &asked, (cursor.as_deref(), LINES), lang)?;
        let accounts = accounts::list(&inner.store, &*inner.clock, school)?;
        let questions = questions::waiting(&inner.store, school)?;
        Ok((found, accounts, questions, claims::waiting(&inner.store, school)?))
    })
    .await?;
    let base = at.shell.link("/queue");
    let QueuePage { rows, next, looked_back_to, too_many_students, counts } = found;
    let tabs = counts
        .iter()
        .map(|one| TabLink {
            href: with_query(&base, &Filter { tab: one.tab, ..filter.clone() }.query()),
            label: one.tab.label(lang),
            count: one.text(),
            sum: one.sum.map(|sum| at.shell.dong(&sum)).unwrap_or_default(),
            current: one.tab == filter.tab,
        })
        .collect();
    let mut rules: Vec<(String, String)> = Vec::new();
    for row in &rows {
        let name = row.rule.split('/').next().unwrap_or_default();
        if !name.is_empty() && !rules.iter().any(|(known, _)| known == name) {
            rules.push((name.to_owned(), row.rule_text.clone()));
        }
    }
    if let Some(rule) =
        filter.rule.as_deref().filter(|rule| !rules.iter().any(|(known, _)| known == rule))
    {
        rules.push((rule.to_owned(), rule.to_owned()));
    }
    let query = filter.query();
    let next = next.map(|cursor| {
        let cursor = format!("cursor={}", encoded(&cursor));
        let joint = if query.is_empty() { "" } else { "&" };
        format!("{base}?{query}{joint}{cursor}")
    });
    let page = List {
        tabs,
        tab: filter.tab,
        narrowed: filter != Filter { tab: filter.tab, ..Filter::default() },
        accounts,
        rules,
        may_tick: at.shell.may("decide") && rows.iter().any(|row| row.bulk),
        rows,
        next: next.unwrap_or_default(),
        looked_back_to,
        too_many_students,
        export: with_query(&at.shell.link("/queue/export"), &query),
        questions,
        asked,
        filter,
        s: at.shell,
    };
    show(&page, &request)
}

fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// The lines of a filter as a workbook.
#[get("/s/{school}/queue/export")]
pub async fn export(
    context: web::Data<Context>,
    visitor: Visitor,
    school: web::Path<String>,
    query: Pairs,
) -> Page {
    let at = visitor.at(&context, &school, Permission::ExportBooks).await?;
    let query = query.now()?.into_inner();
    let pairs = query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let filter = Filter::from_pairs(pairs);
    let (school, actor) = (at.school.id, at.actor);
    let bytes = on_worker(move || {
        listing::workbook(&context.store, &*context.clock, &actor, school, &filter)
    })
    .await?;
    Ok(HttpResponse::Ok()
        .content_type("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"doi-soat.xlsx\""))
        .body(bytes))
}
