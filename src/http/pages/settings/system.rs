//! The installation: how it is, and the keys of other programs.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::{Permission, Role, Scope};
use crate::http::later::Later;
use crate::http::pages::error::encoded;
use crate::http::pages::fields::{Fields, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::Visitor;
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::ServiceError;
use crate::service::directory;
use crate::service::health::{self, Health};
use crate::service::keys::{self, KeyView, Reach};

#[derive(Template)]
#[template(path = "pages/settings/system.html")]
struct System {
    s: Shell,
    health: Health,
    keys: Vec<KeyView>,
    /// What the places are called that keys reach.
    places: Vec<(Scope, String)>,
    typed: Fields,
    /// A key that was just made: it is shown this once.
    secret: String,
    faults: Faults,
}

impl System {
    /// Where what a school sends to other programs is shown.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn events(&self, school: &str) -> String {
        format!("/s/{}/settings/events", encoded(school))
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn role(&self, role: &Role) -> String {
        role.title().text(self.s.language()).to_owned()
    }

    fn reach(&self, scope: &Scope) -> String {
        if let Some((_, name)) = self.places.iter().find(|(place, _)| place == scope) {
            return name.clone();
        }
        match scope {
            Scope::Everything => self.s.t("system-reach-everything"),
            Scope::School(id) => self.s.with("system-reach-school", id.to_string()),
            Scope::Authority(id) => self.s.with("system-reach-authority", id.to_string()),
        }
    }
}

/// How everything is.
#[get("/system")]
pub async fn show(context: web::Data<Context>, visitor: Visitor, request: HttpRequest) -> Page {
    visitor.everywhere(Permission::ManageKeys)?;
    let page = load(&context, visitor.shell(), (String::new(), Faults::default())).await?;
    render(&page, &request)
}

/// Makes a key; its secret stands on the answer and nowhere else.
#[post("/system/keys")]
pub async fn create_key(
    context: web::Data<Context>,
    visitor: Visitor,
    request: HttpRequest,
) -> Page {
    visitor.everywhere(Permission::ManageKeys)?;
    let (s, form) = (visitor.shell(), visitor.form);
    let mut faults = Faults::new(s.language());
    let name = faults.text("name", form.of("name"));
    let role = Role::parse(form.of("role")).ok_or_else(Problem::no_such_page)?;
    let reach = match (form.some("school"), form.some("authority")) {
        (Some(code), _) => Reach::School(code),
        (None, Some(code)) => Reach::Authority(code),
        (None, None) => Reach::Everything,
    };
    if faults.is_empty() {
        let (inner, actor) = (context.clone(), visitor.who.actor.clone());
        let made = attempt(move || {
            let known = keys::list(&inner.store)?;
            if known.iter().any(|key| key.live && key.name == name) {
                return Err(named_already(&name));
            }
            let ports = (&*inner.clock, &*inner.ids);
            keys::create(&inner.store, ports, &actor, &name, role, &reach)
        })
        .await?;
        match made {
            Ok((_, secret)) => {
                return render(&load(&context, s, (secret, faults)).await?, &request);
            }
            Err(error) => faults.refused(error)?,
        }
    }
    let page = System { typed: form, ..load(&context, s, (String::new(), faults)).await? };
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

/// Makes a key useless.
#[post("/system/keys/{key}")]
pub async fn revoke_key(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<i64>>,
    request: HttpRequest,
) -> Page {
    visitor.everywhere(Permission::ManageKeys)?;
    let id = path.now()?.into_inner();
    let (inner, actor) = (context.clone(), visitor.who.actor.clone());
    let done = attempt(move || keys::revoke(&inner.store, &*inner.clock, &actor, id)).await?;
    if let Err(error) = done {
        let s = visitor.shell();
        let faults = Faults::refusal(s.language(), error)?;
        let page = load(&context, s, (String::new(), faults)).await?;
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request);
    }
    let said = Said { key: "system-key-revoked".to_owned(), ..Said::default() };
    go_saying("/system", &said)
}

fn named_already(name: &str) -> ServiceError {
    ServiceError::conflict(
        "key_named",
        format!("Đã có khóa API đang dùng tên “{name}”. Đặt tên khác, hoặc thu hồi khóa cũ trước."),
        format!("A live API key is called “{name}”. Choose another name, or revoke it first."),
    )
}

async fn load(
    context: &web::Data<Context>,
    s: Shell,
    (secret, faults): (String, Faults),
) -> Result<System, Problem> {
    let inner = context.clone();
    let (health, keys, places) = on_worker(move || {
        let schools = directory::schools(&inner.store)?.into_iter();
        let authorities = directory::authority_names(&inner.store)?.into_iter();
        let places = schools
            .map(|school| (Scope::School(school.id), school.name))
            .chain(authorities.map(|(id, name)| (Scope::Authority(id), name)))
            .collect();
        Ok((health::show(&inner.store)?, keys::list(&inner.store)?, places))
    })
    .await?;
    Ok(System { s, health, keys, places, typed: Fields::default(), secret, faults })
}
