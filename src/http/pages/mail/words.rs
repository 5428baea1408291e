//! "Mẫu email": how each letter reads, the school's own words in it, and whether families are reminded.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::NaiveDateTime;

use crate::domain::access::Permission;
use crate::domain::lang::Lang;
use crate::http::later::Later;
use crate::http::pages::fields::attempt;
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::ServiceError;
use crate::service::letters::message::Said as LetterWords;
use crate::service::letters::message::wording::{VARIABLES, Variable};
use crate::service::letters::{self, LetterKind, OwnWords, Settings, Terms, WORDED};
use crate::service::mail::Desk;

#[derive(Template)]
#[template(path = "pages/mail/words.html")]
struct Words {
    s: Shell,
    terms: Terms,
    settings: Settings,
    rows: Vec<(&'static str, bool, bool)>,
    /// When somebody looked them over, in UTC.
    approved: Option<NaiveDateTime>,
}

#[derive(Template)]
#[template(path = "pages/mail/word.html")]
struct Word {
    s: Shell,
    words: OwnWords,
    sample: LetterWords,
    /// The picture of the code in it, as a `data:` address.
    picture: String,
    variables: [Variable; 6],
    faults: Faults,
    /// Whether what is shown is not kept yet.
    trial: bool,
}

impl Words {
    /// The days of the schedule, as people write them.
    fn days(&self) -> String {
        let days = self.settings.plan.days.map(|day| format!("{day:+}"));
        days.join(", ")
    }
}

impl Word {
    /// A variable as it is written into a text.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn written(&self, one: &Variable) -> String {
        format!("{{{{ {} }}}}", one.name)
    }
}

/// The kinds, and whether the school has words of its own for them.
#[get("/s/{school}/mail/words")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadPeople).await?;
    let (inner, school) = (context.clone(), at.school.id);
    let (terms, approved, rows) = on_worker(move || {
        let mut rows = Vec::with_capacity(WORDED.len());
        for kind in WORDED {
            let own = |lang| {
                let words = letters::words_of(&inner.store, school, (kind, lang))?;
                Ok::<_, ServiceError>(!(words.intro.is_empty() && words.closing.is_empty()))
            };
            rows.push((kind.as_str(), own(Lang::Vi)?, own(Lang::En)?));
        }
        let approved = letters::approved_at(&inner.store, school)?;
        Ok((letters::show_terms(&inner.store, school)?, approved, rows))
    })
    .await?;
    let s = at.shell.under_word("menu-mail", "/mail");
    render(&Words { s, terms, settings: context.letters, rows, approved }, &request)
}

/// Lets families be reminded, or ends that.
#[post("/s/{school}/mail/words")]
pub async fn switch(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
) -> Page {
    let at = visitor.at(&context, &path, Permission::IssueInvoices).await?;
    let wanted = Terms { reminders: at.form.has("reminders") };
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    on_worker(move || letters::set_terms(&inner.store, &*inner.clock, &actor, school, wanted))
        .await?;
    let key = if wanted.reminders { "letters-said-on" } else { "letters-said-off" };
    let said = Said { key: key.to_owned(), ..Said::default() };
    go_saying(&at.shell.link("/mail/words"), &said)
}

/// Says that the letters were looked over and are good as they are.
#[post("/s/{school}/mail/words/approval")]
pub async fn approve(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
) -> Page {
    let at = visitor.at(&context, &path, Permission::IssueInvoices).await?;
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    on_worker(move || letters::approve(&inner.store, &*inner.clock, &actor, school)).await?;
    let said = Said { key: "letters-said-approved".to_owned(), ..Said::default() };
    go_saying(&at.shell.link("/mail/words"), &said)
}

/// One kind in one language, as it reads now.
#[get("/s/{school}/mail/words/{kind}/{lang}")]
pub async fn edit(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, String, String)>>,
    request: HttpRequest,
) -> Page {
    let (code, kind, lang) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadPeople).await?;
    let of = named(&kind, &lang)?;
    let (inner, school) = (context.clone(), at.school.id);
    let words = on_worker(move || letters::words_of(&inner.store, school, of)).await?;
    render(&load(&context, at, words, (Faults::default(), false)).await?, &request)
}

/// Shows how words would read, sends that to whoever asks, keeps them, or goes back to the product's.
#[post("/s/{school}/mail/words/{kind}/{lang}")]
pub async fn keep(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, String, String)>>,
    request: HttpRequest,
) -> Page {
    let (code, kind, lang) = path.now()?.into_inner();
    let mut at = visitor.at(&context, &code, Permission::IssueInvoices).await?;
    let of = named(&kind, &lang)?;
    let reset = at.form.of("what") == "reset";
    let written = |name: &str| if reset { String::new() } else { at.form.of(name).to_owned() };
    let words =
        OwnWords { kind: of.0, lang: of.1, intro: written("intro"), closing: written("closing") };
    let mut faults = Faults::new(at.lang());
    let tried = at.form.of("what") == "test";
    if tried || at.form.of("what") == "preview" {
        for problem in letters::problems(&words) {
            faults.refused_in(ServiceError::refused(problem), &["intro", "closing"])?;
        }
    } else {
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        let kept = words.clone();
        let done =
            attempt(move || letters::set_words(&inner.store, &*inner.clock, &actor, school, &kept))
                .await?;
        match done {
            Ok(()) => {
                let key = if reset { "letters-said-reset" } else { "letters-said-kept" };
                let said = Said { key: key.to_owned(), ..Said::default() };
                return go_saying(&at.shell.link(format!("/mail/words/{kind}/{lang}")), &said);
            }
            Err(error) => faults.refused_in(error, &["intro", "closing"])?,
        }
    }
    let good = faults.is_empty();
    if tried && good {
        let (inner, school, kept) = (context.clone(), at.school.id, words.clone());
        let (name, email) = (at.who.name.clone(), at.who.email.clone());
        let x = email.clone();
        on_worker(move || {
            let desk = Desk { letterhead: &inner.letterhead, ids: &*inner.ids, keys: &inner.keys };
            let (store, clock) = (&inner.store, &*inner.clock);
            letters::send_sample(
                store,
                clock,
                (desk, &inner.origin),
                school,
                &kept,
                (&name, &email),
            )
        })
        .await?;
        at.shell.said = Some(Said { key: "letters-said-tested".to_owned(), x, undo: None });
    }
    let status = if good { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = load(&context, at, words, (faults, true)).await?;
    show_with(status, &page, &request)
}

fn named(kind: &str, lang: &str) -> Result<(LetterKind, Lang), Problem> {
    let kind = LetterKind::named(kind).filter(|kind| WORDED.contains(kind));
    let lang = [Lang::Vi, Lang::En].into_iter().find(|known| known.code() == lang);
    kind.zip(lang).ok_or_else(Problem::no_such_page)
}

async fn load(
    context: &web::Data<Context>,
    at: At,
    words: OwnWords,
    (faults, trial): (Faults, bool),
) -> Result<Word, Problem> {
    let (inner, school, of) = (context.clone(), at.school.id, words.clone());
    let (sample, picture) =
        on_worker(move || letters::sample_with(&inner.store, school, &of)).await?;
    let picture = picture
        .map(|bytes| format!("data:image/png;base64,{}", BASE64_STANDARD.encode(bytes)))
        .unwrap_or_default();
    let s = at.shell.under_word("menu-mail", "/mail").under_word("letters-words", "/mail/words");
    Ok(Word { s, words, sample, picture, variables: VARIABLES, faults, trial })
}
