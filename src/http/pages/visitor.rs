//! Who looks at a page: somebody with a live session, at a school they may see.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use chrono::Datelike as _;

use super::error::{Expired, PageError, ProvePage};
use super::fields::Fields;
use super::posted;
use super::routes;
use super::shell::{AtSchool, Said, Shell};
use super::tour::panel;
use super::words::Words;
use crate::clock::local_day;
use crate::domain::access::{Permission, Scope, permits};
use crate::domain::lang::Lang;
use crate::domain::school_year::SchoolYear;
use crate::http::looked::Looker;
use crate::http::problem::{Problem, preferred_lang};
use crate::http::typed::has_zero;
use crate::http::{Context, on_worker, upload};
use crate::service::directory::{self, SchoolView};
use crate::service::sessions::{self, SignedIn};
use crate::service::users::names::Names;
use crate::service::{Actor, ServiceError, keys, overview, tour, workspace};

const SAID: &str = "doisoat-said";
const LANGUAGE: &str = "doisoat-lang";

/// The fields of a proof that is sent with a form.
const PASSWORD: &str = "proof-password";
const CODE: &str = "proof-code";

/// The name of the session's cookie: browsers keep one that begins with `__Host-` only from us, over
/// TLS, for the whole host. Without TLS, which is for trying things out on one machine, they would
/// not keep it at all.
#[must_use]
pub fn session_cookie_name(over_tls: bool) -> &'static str {
    if over_tls { "__Host-doisoat" } else { "doisoat" }
}

/// The cookie that holds a session's secret; an empty secret removes it.
#[must_use]
pub fn session_cookie(over_tls: bool, secret: &str) -> Cookie<'static> {
    let mut cookie = Cookie::build(session_cookie_name(over_tls), secret.to_owned())
        .path("/")
        .http_only(true)
        .secure(over_tls)
        .same_site(SameSite::Lax)
        .finish();
    if secret.is_empty() {
        cookie.set_max_age(Duration::ZERO);
    }
    cookie
}

/// The cookie by which the next page tells what was just done.
#[must_use]
pub fn said_cookie(said: &Said) -> Cookie<'static> {
    let json = serde_json::to_string(said).unwrap_or_default();
    Cookie::build(SAID, super::error::encoded(&json))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(60))
        .finish()
}

/// The cookie of the language that somebody chose before signing in.
#[must_use]
pub fn language_cookie(lang: Lang) -> Cookie<'static> {
    let name = if lang == Lang::En { "en" } else { "vi" };
    Cookie::build(LANGUAGE, name)
        .path("/")
        .same_site(SameSite::Lax)
        .max_age(Duration::days(365))
        .finish()
}

/// The language of somebody who is not signed in.
#[must_use]
pub fn language_of(request: &HttpRequest) -> Lang {
    match request.cookie(LANGUAGE).as_ref().map(Cookie::value) {
        Some("en") => Lang::En,
        Some("vi") => Lang::Vi,
        _ => preferred_lang(request.headers()),
    }
}

/// The language of whoever was found to be signed in, kept with the request for its errors.
#[derive(Clone, Copy, Debug)]
pub struct Speaks(pub Lang);

/// Somebody with a live session.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Who.
    pub who: SignedIn,
    /// What was filled in, where the request is a form.
    pub form: Fields,
    here: String,
    said: Option<Said>,
    names: Names,
    /// What was typed, uncut, where the request is a form.
    typed: Option<Bytes>,
    /// Whether the route is one for which they have to prove first who they are: said by the table of
    /// routes alone.
    unproven: bool,
    /// Whether there is a provider of identities.
    has_provider: bool,
    /// Whether it is a form that was sent, and no page that was asked for.
    sent: bool,
}

/// Somebody at a school, allowed to do what the page needs.
#[derive(Clone, Debug)]
pub struct At {
    /// The school.
    pub school: SchoolView,
    /// For audit records.
    pub actor: Actor,
    /// What stands around the page.
    pub shell: Shell,
    /// Who.
    pub who: SignedIn,
    /// What was filled in, where the request is a form.
    pub form: Fields,
}

impl FromRequest for Visitor {
    type Error = PageError;
    type Future = Pin<Box<dyn Future<Output = Result<Visitor, PageError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        // A file is left to whoever takes it in as it comes.
        let payload = is_form(&request).then(|| payload.take());
        Box::pin(async move { Ok(Visitor::of(&request, payload).await?.0) })
    }
}

/// Whether a request is a form that was filled in, without files.
fn is_form(request: &HttpRequest) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    *request.method() == Method::POST
        && kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

/// What somebody without a session gets: for a page the sign-in, for a form what was typed in it.
fn nobody(request: &HttpRequest, body: &[u8], here: String) -> PageError {
    if !is_form(request) {
        let next = if *request.method() == Method::GET { here } else { "/".to_owned() };
        return PageError::SignIn { next };
    }
    PageError::Expired(Box::new(Expired {
        s: Shell::plain(Words(language_of(request))),
        action: here,
        fields: form_urlencoded::parse(body).into_owned().collect(),
        files: Vec::new(),
    }))
}

impl Visitor {
    /// Who sent a request, and the body where its `payload` is to be read.
    pub(super) async fn of(
        request: &HttpRequest,
        payload: Option<Payload>,
    ) -> Result<(Visitor, Bytes), PageError> {
        let context = request
            .app_data::<web::Data<Context>>()
            .cloned()
            .ok_or_else(|| PageError::from(Problem::internal()))?;
        let secret = request
            .cookie(session_cookie_name(context.over_tls))
            .map(|cookie| cookie.value().to_owned())
            .filter(|secret| !secret.is_empty());
        let who = match secret {
            None => None,
            Some(secret) => {
                let inner = context.clone();
                on_worker(move || {
                    let (store, clock) = (&inner.store, &*inner.clock);
                    let who = sessions::of_secret(store, clock, &secret)?;
                    who.map(|who| Ok((who, inner.people.names(store, clock)?))).transpose()
                })
                .await?
            }
        };
        let body = match payload {
            Some(payload) => posted::read(payload).await?,
            None => Bytes::new(),
        };
        let here = request.uri().path_and_query().map_or("/", |whole| whole.as_str()).to_owned();
        let Some((who, names)) = who else {
            return Err(nobody(request, &body, here));
        };
        request.extensions_mut().insert(Speaks(who.lang));
        request.extensions_mut().insert(Looker(who.actor.clone()));
        if has_zero(request.query_string().as_bytes()) || has_zero(&body) {
            return Err(upload::form_unread().into());
        }
        let enrolling = ["/account", "/prove"].iter().any(|path| here.starts_with(path));
        if who.must_enrol && !enrolling {
            return Err(PageError::ProveAgain { next: "/account/second-factor".to_owned() });
        }
        let said = request.cookie(SAID).and_then(|cookie| {
            let (json, _) = form_urlencoded::parse(cookie.value().as_bytes()).next()?;
            serde_json::from_str(&json).ok()
        });
        let typed = is_form(request).then(|| body.clone());
        let form = Fields::parse(&body);
        let pattern = request.match_pattern().unwrap_or_default();
        let unproven = !who.fresh && routes::needs_proof(request.method().as_str(), &pattern);
        let has_provider = context.provider.is_some();
        let sent = *request.method() != Method::GET;
        let mut visitor =
            Visitor { who, form, here, said, names, typed, unproven, has_provider, sent };
        let mut body = body;
        if visitor.form.has(PASSWORD) || visitor.form.has(CODE) {
            let (password, code) = visitor.take_proof();
            // Who proved it in another tab sends the form without any.
            if !password.is_empty() || code.is_some() {
                visitor.prove(&context, password, code).await?;
            }
            body = visitor.typed.clone().unwrap_or_default();
        }
        // At a school, whoever may not do it is told that first.
        if !pattern.starts_with("/s/") {
            visitor.refuse_unproven()?;
        }
        Ok((visitor, body))
    }

    /// Takes a proof out of the form that came with it: the password and the code.
    fn take_proof(&mut self) -> (String, Option<String>) {
        let proof = (self.form.of(PASSWORD).to_owned(), self.form.some(CODE));
        let kept = without_proof(self.typed.as_deref().unwrap_or_default());
        self.form = Fields::parse(&kept);
        self.typed = Some(kept);
        proof
    }

    /// Lets a form go on if the proof that came with it is good.
    async fn prove(
        &mut self,
        context: &web::Data<Context>,
        password: String,
        code: Option<String>,
    ) -> Result<(), PageError> {
        let (inner, session) = (context.clone(), self.who.session);
        let proven = on_worker(move || {
            let (store, clock, code) = (&inner.store, &*inner.clock, code.as_deref());
            sessions::prove_again(store, clock, &inner.keys, session, &password, code)
        })
        .await?;
        if !proven {
            let told = self.words().t("prove-refused");
            let page = first(self.proof_page(String::new()), &self.here, self.typed.as_ref());
            return Err(PageError::ProveFirst(Box::new(ProvePage { told, ..page })));
        }
        self.who.fresh = true;
        self.unproven = false;
        Ok(())
    }

    /// The page that asks for a proof.
    #[must_use]
    pub fn proof_page(&self, next: String) -> ProvePage {
        ProvePage {
            s: self.shell(),
            next,
            action: String::new(),
            fields: Vec::new(),
            code_too: self.who.second_factor,
            has_password: self.who.has_password,
            has_provider: self.has_provider,
            told: String::new(),
        }
    }

    /// Words in the visitor's language.
    #[must_use]
    pub fn words(&self) -> Words {
        Words(self.who.lang)
    }

    /// What stands around a page that is about no school.
    #[must_use]
    pub fn shell(&self) -> Shell {
        Shell::of(self.words(), self.who.name.clone(), self.here.clone(), self.said.clone())
            .naming(self.names.clone())
            .managing(self.everywhere(Permission::ManageKeys).is_ok())
    }

    /// The school year that the address asks for.
    fn year(&self) -> Option<SchoolYear> {
        let (_, query) = self.here.split_once('?')?;
        let mut fields = form_urlencoded::parse(query.as_bytes());
        SchoolYear::parse(&fields.find(|(name, _)| name == "year")?.1)
    }

    /// The page that is shown; of a form that was sent the part of the work it belongs to, since
    /// nobody can ask for the answer to a form again.
    fn page(&self, code: &str) -> String {
        if !self.sent {
            return self.here.clone();
        }
        let mut parts = self.here.split(['/', '?']).skip(3);
        let part = parts.next().unwrap_or_default();
        format!("/s/{}/{part}", super::error::encoded(code))
    }

    /// Refuses whoever may not do what is `needed` anywhere.
    pub fn may(&self, needed: Permission) -> Result<(), PageError> {
        if self.who.may(needed, None) { Ok(()) } else { Err(forbidden().into()) }
    }

    /// Refuses whoever may not do what is `needed` in the whole installation.
    pub fn everywhere(&self, needed: Permission) -> Result<(), PageError> {
        let held = self.who.grants.iter();
        let mut held = held.filter(|grant| grant.scope == Scope::Everything);
        if held.any(|grant| permits(grant.role, grant.scope, needed)) {
            Ok(())
        } else {
            Err(forbidden().into())
        }
    }

    /// Refuses a session that has not proved itself within the last minutes, where the table of routes
    /// says so: bank accounts, secrets and rights are not changed by whoever finds a screen unlocked.
    fn refuse_unproven(&self) -> Result<(), PageError> {
        if !self.unproven {
            return Ok(());
        }
        Err(asking(self.proof_page(String::new()), &self.here, self.typed.as_ref()))
    }

    /// The school with this code, for a visitor who may do what is `needed` there. A school out of
    /// reach is answered like one that does not exist.
    pub async fn at(
        self,
        context: &web::Data<Context>,
        code: &str,
        needed: Permission,
    ) -> Result<At, PageError> {
        let (inner, code, who) = (context.clone(), code.to_owned(), self.who.clone());
        let (school, year, waiting, progress) = on_worker(move || {
            let view = directory::find_school(&inner.store, &code)?;
            let mut seen = false;
            for grant in &who.grants {
                seen = seen || keys::reaches(&inner.store, &*inner.clock, grant.scope, view.id)?;
            }
            if !seen {
                return Err(ServiceError::not_found("school", "trường", "school", &code));
            }
            let year = overview::school_year(local_day(inner.clock.now()));
            let waiting = if who.may(Permission::ReadBooks, Some(view.id)) {
                workspace::waiting(&inner.store, view.id)?
            } else {
                String::new()
            };
            Ok((view, year, waiting, tour::of(&inner.store, who.user)?))
        })
        .await?;
        if !self.who.may(needed, Some(school.id)) {
            return Err(forbidden().into());
        }
        let permissions: BTreeSet<Permission> = Permission::ALL
            .into_iter()
            .filter(|permission| self.who.may(*permission, Some(school.id)))
            .collect();
        let mut shell = self.shell();
        shell.year = self.year();
        let begins = year.from().year();
        let shown = shell.year.map_or(begins, SchoolYear::first_year);
        let at = AtSchool {
            code: school.code.clone(),
            name: school.name.clone(),
            year: format!("{shown}–{}", shown.saturating_add(1)),
            begins,
            page: self.page(&school.code),
            waiting,
        };
        let mut shell = shell.at(at, permissions);
        shell.tour = panel(&shell, progress);
        if self.unproven {
            let page = ProvePage { s: shell, ..self.proof_page(String::new()) };
            return Err(asking(page, &self.here, self.typed.as_ref()));
        }
        let actor = self.who.actor.clone();
        Ok(At { school, actor, shell, who: self.who, form: self.form })
    }
}

impl At {
    /// The reader's language.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.who.lang
    }
}

/// Asks for a proof: a form is kept on the page that asks, for anything else there is an address.
fn asking(page: ProvePage, here: &str, typed: Option<&Bytes>) -> PageError {
    match typed {
        Some(_) => PageError::ProveFirst(Box::new(first(page, here, typed))),
        None => PageError::ProveAgain { next: here.to_owned() },
    }
}

/// The page with the form that is to be sent with the proof.
fn first(page: ProvePage, here: &str, typed: Option<&Bytes>) -> ProvePage {
    let typed: &[u8] = typed.map_or(&[], |typed| typed);
    let fields = form_urlencoded::parse(typed).into_owned().collect();
    ProvePage { action: here.to_owned(), fields, ..page }
}

/// A form without the proof that was sent with it: no page shows a password.
fn without_proof(body: &[u8]) -> Bytes {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(body) {
        if name != PASSWORD && name != CODE {
            kept.append_pair(&name, &value);
        }
    }
    Bytes::from(kept.finish())
}

/// Signed in, but not for this.
fn forbidden() -> Problem {
    Problem::new(
        actix_web::http::StatusCode::FORBIDDEN,
        "not_permitted",
        "Anh/chị không có quyền xem hoặc làm việc này. Nếu cần, đề nghị người quản trị cấp quyền.",
        "You are not permitted to see or do this. If you need it, ask the administrator.",
    )
}
