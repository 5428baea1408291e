//! The catalogue of fee items, and one item with its prices.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use super::terms::{ItemForm, PriceForm};
use crate::clock::local_day;
use crate::domain::access::Permission;
use crate::domain::calendar::{Day, valid_on};
use crate::domain::fee::Unit;
use crate::http::later::Later;
use crate::http::pages::forms::Faults;
use crate::http::pages::posted::Posted;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as show_page, show_with};
use crate::http::{Context, on_worker};
use crate::service::fees::catalogue::{self, ItemView, OfficialCode, PriceTerms};
use crate::service::fees::items;

#[derive(Template)]
#[template(path = "pages/fees/list.html")]
struct List {
    s: Shell,
    items: Vec<ItemView>,
    today: Day,
}

impl List {
    fn unit(&self, item: &ItemView) -> String {
        item.terms.unit.label().text(self.s.language()).to_owned()
    }

    /// The prices that hold today.
    fn prices<'a>(&self, item: &'a ItemView) -> Vec<&'a PriceTerms> {
        item.prices.iter().filter(|one| valid_on(self.today, one.from, one.to)).collect()
    }

    fn for_whom(&self, price: &PriceTerms) -> String {
        for_whom(&self.s, price)
    }

    fn retired(&self, item: &ItemView) -> bool {
        item.terms.retired_on.is_some_and(|last| last < self.today)
    }
}

/// For whom a price is, in words.
fn for_whom(s: &Shell, price: &PriceTerms) -> String {
    let mut words = Vec::new();
    if let Some(zone) = &price.zone {
        words.push(s.with("fees-for-zone", zone));
    }
    if let Some(level) = &price.level {
        words.push(s.t(format!("fees-level-{level}")));
    }
    if let Some(grade) = price.grade {
        words.push(s.with("fees-for-grade", grade.to_string()));
    }
    if words.is_empty() { s.t("fees-for-all") } else { words.join(", ") }
}

/// The fee items of a school in the order in which money goes to them.
#[get("/s/{school}/fees")]
pub async fn list(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<String>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadPeople).await?;
    let (school, today) = (at.school.id, local_day(context.clock.now()));
    let items = on_worker(move || catalogue::items(&context.store, school)).await?;
    show_page(&List { s: at.shell, items, today }, &request)
}

#[derive(Template)]
#[template(path = "pages/fees/item.html")]
struct ItemPage {
    s: Shell,
    /// Nothing for a new one.
    item: Option<ItemView>,
    form: ItemForm,
    price: PriceForm,
    official: Vec<OfficialCode>,
    faults: Faults,
}

impl ItemPage {
    fn units(&self) -> Vec<(&'static str, String)> {
        let lang = self.s.language();
        Unit::ALL
            .into_iter()
            .map(|unit| (unit.as_str(), unit.label().text(lang).to_owned()))
            .collect()
    }

    fn levels(&self) -> Vec<(&'static str, String)> {
        ["preschool", "primary", "lower_secondary", "upper_secondary"]
            .into_iter()
            .map(|level| (level, self.s.t(format!("fees-level-{level}"))))
            .collect()
    }

    fn for_whom(&self, price: &PriceTerms) -> String {
        for_whom(&self.s, price)
    }
}

/// An empty form.
#[get("/s/{school}/fees/new")]
pub async fn begin(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<String>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::IssueInvoices).await?;
    let (inner, school) = (context.clone(), at.school.id);
    let known = on_worker(move || catalogue::items(&inner.store, school)).await?.len();
    let faults = Faults::new(at.lang());
    render(&context, at, None, (ItemForm::blank(known), PriceForm::default(), faults), &request)
        .await
}

/// Adds a fee item.
#[post("/s/{school}/fees/new")]
pub async fn add(
    context: web::Data<Context>,
    sent: Posted<ItemForm>,
    path: Later<web::Path<String>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::IssueInvoices).await?;
    let (form, mut faults) = (sent.form, Faults::new(at.lang()));
    let Some(terms) = form.read(&mut faults) else {
        return render(&context, at, None, (form, PriceForm::default(), faults), &request).await;
    };
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let (item_code, name) = (form.code.clone(), terms.name.clone());
    let outcome = on_worker(move || {
        Ok(items::add(&inner.store, &*inner.clock, &actor, (school, &item_code), &terms))
    })
    .await?;
    match outcome {
        Ok(id) => {
            let said = Said { key: "fees-said-added".to_owned(), x: name, undo: None };
            go_saying(&at.shell.link(format!("/fees/{}", id.0)), &said)
        }
        Err(error) => {
            faults.refused(error)?;
            render(&context, at, None, (form, PriceForm::default(), faults), &request).await
        }
    }
}

/// A fee item with its prices.
#[get("/s/{school}/fees/{id}")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadPeople).await?;
    let item = item_of(&context, &at, id).await?;
    let (form, faults) = (ItemForm::of(&item), Faults::new(at.lang()));
    render(&context, at, Some(item), (form, PriceForm::default(), faults), &request).await
}

/// Changes a fee item; a last day retires it.
#[post("/s/{school}/fees/{id}")]
pub async fn change(
    context: web::Data<Context>,
    sent: Posted<ItemForm>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::IssueInvoices).await?;
    let item = item_of(&context, &at, id).await?;
    let mut faults = Faults::new(at.lang());
    let form = ItemForm { code: item.code.clone(), ..sent.form };
    let Some(terms) = form.read(&mut faults) else {
        let typed = (form, PriceForm::default(), faults);
        return render(&context, at, Some(item), typed, &request).await;
    };
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let name = terms.name.clone();
    let outcome = on_worker(move || {
        Ok(items::change(&inner.store, &*inner.clock, &actor, (school, id), &terms))
    })
    .await?;
    match outcome {
        Ok(()) => {
            let said = Said { key: "fees-said-changed".to_owned(), x: name, undo: None };
            go_saying(&at.shell.link(format!("/fees/{id}")), &said)
        }
        Err(error) => {
            faults.refused(error)?;
            let typed = (form, PriceForm::default(), faults);
            render(&context, at, Some(item), typed, &request).await
        }
    }
}

/// Gives a fee item a price; the open one for the same students ends the day before.
#[post("/s/{school}/fees/{id}/prices")]
pub async fn add_price(
    context: web::Data<Context>,
    sent: Posted<PriceForm>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::IssueInvoices).await?;
    let item = item_of(&context, &at, id).await?;
    let (price, mut faults) = (sent.form, Faults::new(at.lang()));
    let Some(terms) = price.read(&mut faults) else {
        let typed = (ItemForm::of(&item), price, faults);
        return render(&context, at, Some(item), typed, &request).await;
    };
    // Posted twice it is there already.
    if !item.prices.contains(&terms) {
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        let (item_code, wanted) = (item.code.clone(), terms.clone());
        let outcome = on_worker(move || {
            let of = (school, item_code.as_str());
            Ok(catalogue::set_price(&inner.store, &*inner.clock, &actor, of, &wanted))
        })
        .await?;
        if let Err(error) = outcome {
            faults.refused(error)?;
            let typed = (ItemForm::of(&item), price, faults);
            return render(&context, at, Some(item), typed, &request).await;
        }
    }
    let said =
        Said { key: "fees-said-priced".to_owned(), x: at.shell.dong(&terms.price), undo: None };
    go_saying(&at.shell.link(format!("/fees/{id}")), &said)
}

async fn item_of(
    context: &web::Data<Context>,
    at: &At,
    id: i64,
) -> Result<ItemView, crate::http::problem::Problem> {
    let (inner, school) = (context.clone(), at.school.id);
    on_worker(move || items::by_id(&inner.store, school, id)).await
}

async fn render(
    context: &web::Data<Context>,
    at: At,
    item: Option<ItemView>,
    (form, price, faults): (ItemForm, PriceForm, Faults),
    request: &HttpRequest,
) -> Page {
    let (inner, school) = (context.clone(), at.school.id);
    let official =
        on_worker(move || catalogue::official_codes(&inner.store, &*inner.clock, school)).await?;
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let s = at.shell.under_word("menu-fees", "/fees");
    show_with(status, &ItemPage { s, item, form, price, official, faults }, request)
}
