//! What a family sends from its page.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, post, web};

use super::show::base;
use super::{Came, Typed, View, enter, from, render, told};
use crate::domain::typed;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::visitor::language_of;
use crate::http::pages::{Page, go, sent};
use crate::http::problem::Problem;
use crate::http::upload::Admitted;
use crate::http::{Context, on_worker};
use crate::service::ServiceError;
use crate::service::families::claims::{self, NewClaim};
use crate::service::families::contact::{self, Wanted};
use crate::service::families::links::{self, Entry};
use crate::service::families::{page, survey};
use crate::service::mail::Desk;

type Form = Later<crate::http::typed::Form<Vec<(String, String)>>>;

/// The largest form with a picture: the picture and what is typed beside it.
const LARGEST_PHOTO: u64 = 5 * 1024 * 1024;

/// Has the family's guardians written to in the language that was chosen.
#[post("/f/{secret}/language")]
pub async fn choose_language(
    context: web::Data<Context>,
    secret: web::Path<String>,
    form: Form,
    request: HttpRequest,
) -> Page {
    let entry = match enter(&context, &secret, &request).await? {
        Came::In(entry) => entry,
        Came::Out(response) => return Ok(response),
    };
    let in_english = Fields::from(form.now()?.into_inner()).of("lang") == "en";
    on_worker(move || links::speak(&context.store, &*context.clock, entry, in_english)).await?;
    // Said in the address as well: a family without guardians has nowhere to keep it.
    go(&format!("{}?lang={}", base(&secret), if in_english { "en" } else { "vi" }))
}

/// Asks for another address. The answer is the same whether or not there was a family.
#[post("/f/{secret}/renew")]
pub async fn renew(
    context: web::Data<Context>,
    secret: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let (own, from) = (secret.into_inner(), from(&request));
    on_worker(move || links::renew(&context.store, &*context.clock, &own, &from)).await?;
    let words = ("family-renewed", "family-renewed-what");
    told(language_of(&request), StatusCode::OK, words, String::new(), &request)
}

/// Takes in what a family says it paid.
#[post("/f/{secret}/claims")]
pub async fn send_claim(
    context: web::Data<Context>,
    secret: web::Path<String>,
    body: Multipart,
    request: HttpRequest,
) -> Page {
    let entry = match enter(&context, &secret, &request).await? {
        Came::In(entry) => entry,
        Came::Out(response) => return Ok(response),
    };
    let (fields, file) = sent::read_all(body, LARGEST_PHOTO, Admitted::of_a_family()).await?;
    let form = Fields::from(fields);
    let cut = |name: &str| -> String { form.of(name).chars().take(1_001).collect() };
    let typed = Typed {
        form: "claim",
        amount: cut("amount"),
        paid_on: cut("paid_on"),
        bank: cut("bank"),
        account_end: cut("account_end"),
        words: cut("words"),
        ..Typed::default()
    };
    let photo = match file {
        None => None,
        Some(file) => {
            let most = usize::try_from(LARGEST_PHOTO).unwrap_or(usize::MAX);
            Some(file.bytes(most).ok_or_else(Problem::internal)?)
        }
    };
    let new = NewClaim {
        amount: typed::dong(&typed.amount),
        paid_on: typed::day(&typed.paid_on),
        bank: typed.bank.clone(),
        account_end: typed.account_end.clone(),
        words: typed.words.clone(),
        photo,
    };
    let inner = context.clone();
    let outcome = attempt(move || {
        claims::make(&inner.store, &*inner.clock, (&*inner.ids, &inner.keys), entry, &new)
    })
    .await?;
    let fields = &["amount", "paid_on", "account_end", "words", "photo"];
    answer(&context, (&secret, entry), outcome.map(drop), (typed, fields, "claim"), &request).await
}

/// Takes in another name, address or number.
#[post("/f/{secret}/contact")]
pub async fn send_contact(
    context: web::Data<Context>,
    secret: web::Path<String>,
    form: Form,
    request: HttpRequest,
) -> Page {
    let entry = match enter(&context, &secret, &request).await? {
        Came::In(entry) => entry,
        Came::Out(response) => return Ok(response),
    };
    let form = Fields::from(form.now()?.into_inner());
    let cut = |name: &str| -> String { form.of(name).trim().chars().take(200).collect() };
    let typed = Typed {
        form: "contact",
        whose: cut("whose"),
        name: cut("name"),
        email: cut("email"),
        phone: cut("phone"),
        ..Typed::default()
    };
    let whose = crate::http::pages::fields::pair(&typed.whose);
    let (student, position) = whose.ok_or_else(Problem::no_such_page)?;
    let position = i32::try_from(position).map_err(|_far_too_many| Problem::no_such_page())?;
    let wanted =
        Wanted { name: typed.name.clone(), email: typed.email.clone(), phone: typed.phone.clone() };
    let inner = context.clone();
    let outcome = attempt(move || {
        let desk = Desk { letterhead: &inner.letterhead, ids: &*inner.ids, keys: &inner.keys };
        let of = (entry, student, position);
        contact::propose(&inner.store, &*inner.clock, desk, &inner.origin, of, &wanted)
    })
    .await?;
    let fields = &["name", "email", "phone"];
    answer(&context, (&secret, entry), outcome, (typed, fields, "contact"), &request).await
}

/// Takes in how content a family is.
#[post("/f/{secret}/survey")]
pub async fn send_survey(
    context: web::Data<Context>,
    secret: web::Path<String>,
    form: Form,
    request: HttpRequest,
) -> Page {
    let entry = match enter(&context, &secret, &request).await? {
        Came::In(entry) => entry,
        Came::Out(response) => return Ok(response),
    };
    let form = Fields::from(form.now()?.into_inner());
    let typed = Typed { form: "survey", words: form.of("words").to_owned(), ..Typed::default() };
    let score = form.of("score").parse().unwrap_or_default();
    let (inner, words) = (context.clone(), typed.words.clone());
    let outcome =
        attempt(move || survey::answer(&inner.store, &*inner.clock, entry, (score, &words)))
            .await?;
    answer(&context, (&secret, entry), outcome, (typed, &[], "survey"), &request).await
}

/// Goes back to the page, which says what was done; or shows it with what was typed and why not.
async fn answer(
    context: &web::Data<Context>,
    (secret, entry): (&str, Entry),
    outcome: Result<(), ServiceError>,
    (typed, fields, said): (Typed, &[&'static str], &str),
    request: &HttpRequest,
) -> Page {
    let Err(error) = outcome else {
        return go(&format!("{}?said={said}#said", base(secret)));
    };
    let inner = context.clone();
    let page = on_worker(move || page::load(&inner.store, &*inner.clock, entry)).await?;
    let lang = page.lang;
    let mut faults = Faults::new(lang);
    faults.refused_in(error, fields)?;
    let view = View { base: base(secret), said: "", typed, faults };
    render(lang, page, view, StatusCode::UNPROCESSABLE_ENTITY, request)
}
