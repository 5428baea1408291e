//! Who may sign in, and what they may do where.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::error::{PageError, encoded};
use super::fields::attempt;
use super::forms::Faults;
use super::posted::Posted;
use super::routes::{form, page};
use super::shell::{Said, Shell};
use super::visitor::Visitor;
use super::{Page, go_saying, show, show_with};
use crate::domain::access::{Permission, Role, Scope};
use crate::domain::lang::{Bilingual, Lang};
use crate::http::api::routes::{Needs, Route};
use crate::http::later::Later;
use crate::http::{Context, on_worker};
use crate::service::directory;
use crate::service::keys::Reach;
use crate::service::mail::Desk;
use crate::service::users::{self, LinkKind, NewUser, UserView};

const MANAGE: Needs = Needs::Installation(Permission::ManageKeys);

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/people", MANAGE),
    form("/people", MANAGE).fresh(),
    form("/people/{id}/disable", MANAGE).fresh(),
    form("/people/{id}/enable", MANAGE).fresh(),
    form("/people/{id}/link", MANAGE).fresh(),
    form("/people/{id}/factor", MANAGE).fresh(),
    form("/people/{id}/grants", MANAGE).fresh(),
    form("/people/{id}/grants/{grant}/remove", MANAGE).fresh(),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(list)
        .service(invite)
        .service(disable)
        .service(enable)
        .service(send_link)
        .service(reset_factor)
        .service(add_grant)
        .service(remove_grant);
}

/// People of one page.
const PEOPLE: i64 = 50;

#[derive(Template)]
#[template(path = "pages/account/people.html")]
struct PeoplePage {
    s: Shell,
    people: Vec<Line>,
    next: String,
    roles: Vec<(&'static str, String)>,
    typed: NewPerson,
    faults: Faults,
}

struct Line {
    view: UserView,
    grants: Vec<(i64, String)>,
}

/// Where the list goes on.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    after: Option<String>,
}

/// Lists everybody, by address.
#[get("/people")]
pub async fn list(
    context: web::Data<Context>,
    visitor: Visitor,
    query: Later<web::Query<ListQuery>>,
    request: HttpRequest,
) -> Page {
    visitor.everywhere(Permission::ManageKeys)?;
    let after = query.now()?.into_inner().after.unwrap_or_default();
    let faults = Faults::new(visitor.who.lang);
    let page = people_of(&context, &visitor, after, NewPerson::default(), faults).await?;
    show(&page, &request)
}

async fn people_of(
    context: &web::Data<Context>,
    visitor: &Visitor,
    after: String,
    typed: NewPerson,
    faults: Faults,
) -> Result<PeoplePage, PageError> {
    let (inner, lang) = (context.clone(), visitor.who.lang);
    let (people, more) = on_worker(move || {
        let mut people = users::list(&inner.store, &after, PEOPLE + 1)?;
        let wanted = usize::try_from(PEOPLE).unwrap_or(usize::MAX);
        let more = people.len() > wanted;
        people.truncate(wanted);
        let schools = directory::schools(&inner.store)?;
        let authorities = directory::authority_names(&inner.store)?;
        let place = |scope: Scope| match scope {
            Scope::Everything => {
                Bilingual::new("toàn hệ thống", "everywhere").text(lang).to_owned()
            }
            Scope::School(id) => schools
                .iter()
                .find(|school| school.id == id)
                .map(|school| school.name.clone())
                .unwrap_or_default(),
            Scope::Authority(id) => authorities
                .iter()
                .find(|(authority, _)| *authority == id)
                .map(|(_, name)| name.clone())
                .unwrap_or_default(),
        };
        let lines: Vec<Line> = people
            .into_iter()
            .map(|view| Line {
                grants: view
                    .grants
                    .iter()
                    .map(|one| {
                        let role = one.grant.role.title();
                        (one.id, format!("{} · {}", role.text(lang), place(one.grant.scope)))
                    })
                    .collect(),
                view,
            })
            .collect();
        Ok((lines, more))
    })
    .await?;
    let next = people
        .last()
        .filter(|_| more)
        .map(|line| format!("/people?after={}", encoded(&line.view.email)))
        .unwrap_or_default();
    let roles = Role::ALL
        .into_iter()
        .map(|role| (role.as_str(), role.title().text(lang).to_owned()))
        .collect();
    Ok(PeoplePage { s: visitor.shell(), people, next, roles, typed, faults })
}

/// Somebody new as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewPerson {
    email: String,
    name: String,
    role: String,
    reach: String,
    code: String,
}

/// A role and where, as typed.
fn grant_typed(faults: &mut Faults, role: &str, reach: &str, code: &str) -> Option<(Role, Reach)> {
    let code = code.trim().to_owned();
    let role = Role::parse(role);
    if role.is_none() {
        faults.add("role", &Bilingual::new("Chọn vai trò.", "Choose a role."));
    }
    let reach = match reach {
        "everything" => Reach::Everything,
        _ if code.is_empty() => {
            faults.add(
                "code",
                &Bilingual::new(
                    "Ghi mã trường hoặc mã đơn vị quản lý.",
                    "Write the code of the school or of the authority.",
                ),
            );
            return None;
        }
        "authority" => Reach::Authority(code),
        _ => Reach::School(code),
    };
    role.map(|role| (role, reach))
}

/// Adds somebody and sends them an invitation.
#[post("/people")]
pub async fn invite(
    context: web::Data<Context>,
    Posted { visitor, form: typed }: Posted<NewPerson>,
    request: HttpRequest,
) -> Page {
    visitor.everywhere(Permission::ManageKeys)?;
    let mut faults = Faults::new(visitor.who.lang);
    let email = faults.text("email", &typed.email);
    let name = faults.text("name", &typed.name);
    let grant = grant_typed(&mut faults, &typed.role, &typed.reach, &typed.code);
    if let (Some(grant), true) = (grant, faults.is_empty()) {
        let (inner, actor, lang) = (context.clone(), visitor.who.actor.clone(), Lang::Vi);
        let new = NewUser {
            email: email.clone(),
            name,
            lang,
            second_factor_exempt: false,
            grants: vec![grant],
        };
        let done = attempt(move || {
            let (store, clock, ids) = (&inner.store, &*inner.clock, &*inner.ids);
            let (_, link) = users::invite(store, (clock, ids), &actor, &new)?;
            let desk = Desk { letterhead: &inner.letterhead, ids, keys: &inner.keys };
            users::send_link(store, clock, desk, &inner.origin, LinkKind::Invitation, &link)
        })
        .await?;
        match done {
            Ok(()) => {
                return go_saying(
                    "/people",
                    &Said { key: "person-invited".to_owned(), x: email, undo: None },
                );
            }
            Err(error) => faults.refused(error)?,
        }
    }
    let page = people_of(&context, &visitor, String::new(), typed, faults).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

/// Runs what changes one person, for whoever may and has just proved who they are.
async fn change(
    context: web::Data<Context>,
    visitor: Visitor,
    key: &str,
    work: impl FnOnce(&Context, &crate::service::Actor) -> Result<(), crate::service::ServiceError>
    + Send
    + 'static,
) -> Page {
    visitor.everywhere(Permission::ManageKeys)?;
    let actor = visitor.who.actor.clone();
    on_worker(move || work(&context, &actor)).await?;
    go_saying("/people", &Said { key: key.to_owned(), ..Said::default() })
}

/// Lets somebody sign in no more; their sessions end.
#[post("/people/{id}/disable")]
pub async fn disable(
    context: web::Data<Context>,
    visitor: Visitor,
    id: Later<web::Path<i64>>,
) -> Page {
    let id = id.now()?.into_inner();
    change(context, visitor, "person-disabled", move |context, actor| {
        users::disable(&context.store, &*context.clock, actor, id)
    })
    .await
}

/// Lets somebody sign in again.
#[post("/people/{id}/enable")]
pub async fn enable(
    context: web::Data<Context>,
    visitor: Visitor,
    id: Later<web::Path<i64>>,
) -> Page {
    let id = id.now()?.into_inner();
    change(context, visitor, "person-enabled", move |context, actor| {
        users::enable(&context.store, &*context.clock, actor, id)
    })
    .await
}

/// Sends another link: an invitation to whoever never came, else one to set another password.
#[post("/people/{id}/link")]
pub async fn send_link(
    context: web::Data<Context>,
    visitor: Visitor,
    id: Later<web::Path<i64>>,
) -> Page {
    let id = id.now()?.into_inner();
    change(context, visitor, "person-link-sent", move |context, actor| {
        let (store, clock, ids) = (&context.store, &*context.clock, &*context.ids);
        let person = users::by_id(store, id)?;
        let (kind, link) = if person.has_password {
            (LinkKind::Reset, users::reset_link(store, (clock, ids), actor, &person.email)?)
        } else {
            (LinkKind::Invitation, users::invite_again(store, (clock, ids), actor, id)?)
        };
        let desk = Desk { letterhead: &context.letterhead, ids, keys: &context.keys };
        users::send_link(store, clock, desk, &context.origin, kind, &link)
    })
    .await
}

/// Takes away a second factor that was lost.
#[post("/people/{id}/factor")]
pub async fn reset_factor(
    context: web::Data<Context>,
    visitor: Visitor,
    id: Later<web::Path<i64>>,
) -> Page {
    let id = id.now()?.into_inner();
    change(context, visitor, "person-factor-reset", move |context, actor| {
        users::reset_factor(&context.store, &*context.clock, actor, id)
    })
    .await
}

/// A further role as typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct NewGrant {
    role: String,
    reach: String,
    code: String,
}

/// Allows somebody something more.
#[post("/people/{id}/grants")]
pub async fn add_grant(
    context: web::Data<Context>,
    Posted { visitor, form: typed }: Posted<NewGrant>,
    id: Later<web::Path<i64>>,
    request: HttpRequest,
) -> Page {
    visitor.everywhere(Permission::ManageKeys)?;
    let id = id.now()?.into_inner();
    let mut faults = Faults::new(visitor.who.lang);
    let Some((role, reach)) = grant_typed(&mut faults, &typed.role, &typed.reach, &typed.code)
    else {
        let page =
            people_of(&context, &visitor, String::new(), NewPerson::default(), faults).await?;
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request);
    };
    change(context, visitor, "person-granted", move |context, actor| {
        users::grant(&context.store, &*context.clock, actor, id, role, &reach).map(|_id| ())
    })
    .await
}

/// Takes a role away.
#[post("/people/{id}/grants/{grant}/remove")]
pub async fn remove_grant(
    context: web::Data<Context>,
    visitor: Visitor,
    ids: Later<web::Path<(i64, i64)>>,
) -> Page {
    let (id, grant) = ids.now()?.into_inner();
    change(context, visitor, "person-grant-removed", move |context, actor| {
        users::revoke_grant(&context.store, &*context.clock, actor, id, grant)
    })
    .await
}
