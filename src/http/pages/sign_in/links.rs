//! Links of mails: an invitation, and the way back for whoever forgot the password. Looking uses
//! nothing up.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::{address_of, shell_of};
use crate::domain::access::password;
use crate::http::later::Later;
use crate::http::pages::fields::attempt;
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::words::Words;
use crate::http::pages::{Page, go_saying, show, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker, typed};
use crate::service::Store;
use crate::service::mail::Desk;
use crate::service::users::{self, LinkKind, LinkOwner};

#[derive(Template)]
#[template(path = "pages/account/forgotten.html")]
struct Forgotten {
    s: Shell,
    sent: bool,
}

/// Asks for the address of whoever forgot the password.
#[get("/forgotten")]
pub async fn forgotten(request: HttpRequest) -> Page {
    show(&Forgotten { s: shell_of(&request), sent: false }, &request)
}

/// An address as typed.
#[derive(Deserialize)]
pub struct Address {
    email: String,
}

/// Sends a link, and says the same whether or not there is such a person.
#[post("/forgotten")]
pub async fn send_reset(
    context: web::Data<Context>,
    form: Later<typed::Form<Address>>,
    request: HttpRequest,
) -> Page {
    let (typed, from) = (form.now()?.into_inner(), address_of(&request));
    on_worker(move || {
        let (store, clock, ids) = (&context.store, &*context.clock, &*context.ids);
        let Some(link) = users::request_reset(store, (clock, ids), &typed.email, &from)? else {
            return Ok(());
        };
        let desk = Desk { letterhead: &context.letterhead, ids, keys: &context.keys };
        users::send_link(store, clock, desk, &context.origin, LinkKind::Reset, &link)
    })
    .await?;
    show(&Forgotten { s: shell_of(&request), sent: true }, &request)
}

#[derive(Template)]
#[template(path = "pages/account/new-password.html")]
struct NewPassword {
    s: Shell,
    owner: LinkOwner,
    action: String,
    is_invitation: bool,
    /// The fewest characters of the password.
    fewest: String,
    faults: Faults,
}

/// A password as typed.
#[derive(Deserialize)]
pub struct Chosen {
    password: String,
    again: String,
}

/// Shows an invitation.
#[get("/invitations/{secret}")]
pub async fn invitation(
    context: web::Data<Context>,
    secret: web::Path<String>,
    request: HttpRequest,
) -> Page {
    ask(context, LinkKind::Invitation, secret.into_inner(), &request).await
}

/// Shows a link to set another password.
#[get("/password/{secret}")]
pub async fn reset_page(
    context: web::Data<Context>,
    secret: web::Path<String>,
    request: HttpRequest,
) -> Page {
    ask(context, LinkKind::Reset, secret.into_inner(), &request).await
}

/// Sets the first password.
#[post("/invitations/{secret}")]
pub async fn accept(
    context: web::Data<Context>,
    secret: web::Path<String>,
    form: Later<typed::Form<Chosen>>,
    request: HttpRequest,
) -> Page {
    set(context, LinkKind::Invitation, secret.into_inner(), form.now()?.into_inner(), &request)
        .await
}

/// Sets another password.
#[post("/password/{secret}")]
pub async fn reset(
    context: web::Data<Context>,
    secret: web::Path<String>,
    form: Later<typed::Form<Chosen>>,
    request: HttpRequest,
) -> Page {
    set(context, LinkKind::Reset, secret.into_inner(), form.now()?.into_inner(), &request).await
}

async fn owner_of(
    context: &web::Data<Context>,
    kind: LinkKind,
    secret: String,
) -> Result<LinkOwner, Problem> {
    let inner = context.clone();
    let owner = on_worker(move || users::peek(&inner.store, &*inner.clock, kind, &secret)).await?;
    owner.ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "link_over",
            "Liên kết này đã dùng hoặc đã hết hạn. Bấm “Quên mật khẩu” ở trang đăng nhập để nhận liên kết mới.",
            "This link was used or has expired. Choose “Forgot the password” where you sign in to get another.",
        )
    })
}

fn page(owner: LinkOwner, kind: LinkKind, faults: Faults, request: &HttpRequest) -> NewPassword {
    NewPassword {
        s: Shell::plain(Words(owner.lang)),
        action: request.path().to_owned(),
        is_invitation: kind == LinkKind::Invitation,
        fewest: password::fewest(owner.second_factor).to_string(),
        owner,
        faults,
    }
}

async fn ask(
    context: web::Data<Context>,
    kind: LinkKind,
    secret: String,
    request: &HttpRequest,
) -> Page {
    let owner = owner_of(&context, kind, secret).await?;
    let faults = Faults::new(owner.lang);
    show(&page(owner, kind, faults, request), request)
}

async fn set(
    context: web::Data<Context>,
    kind: LinkKind,
    secret: String,
    chosen: Chosen,
    request: &HttpRequest,
) -> Page {
    let owner = owner_of(&context, kind, secret.clone()).await?;
    let mut faults = Faults::new(owner.lang);
    if chosen.password == chosen.again {
        let done = attempt(move || {
            let (store, clock, ids): (&Store, _, _) =
                (&context.store, &*context.clock, &*context.ids);
            match kind {
                LinkKind::Invitation => {
                    users::accept_invitation(store, (clock, ids), &secret, &chosen.password)
                }
                LinkKind::Reset => users::reset(store, (clock, ids), &secret, &chosen.password),
            }
        })
        .await?;
        match done {
            Ok(()) => {
                let said = Said { key: "password-set".to_owned(), x: owner.email, undo: None };
                return go_saying("/sign-in", &said);
            }
            Err(error) => {
                faults.refused(error)?;
            }
        }
    } else {
        let told = crate::domain::lang::Bilingual::new(
            "Hai lần nhập mật khẩu không giống nhau. Nhập lại cả hai.",
            "The two passwords differ. Type both again.",
        );
        faults.add("again", &told);
    }
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page(owner, kind, faults, request), request)
}
