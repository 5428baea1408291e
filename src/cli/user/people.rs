//! People who sign in, from the command line: to begin with, and where nobody can sign in any more.

use std::io::Read as _;

use clap::ValueEnum;
use serde_json::json;

use super::RoleArg;
use crate::cli::{Env, Failure};
use crate::clock::{Clock, SystemClock};
use crate::domain::access::{Role, Scope};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Lang;
use crate::ids::{IdSource, RandomIds};
use crate::service::keys::Reach;
use crate::service::users::{self, LinkToSend, NewUser, UserView};
use crate::service::{Actor, Store};

/// People read for one line each at a time.
const PAGE: i64 = 500;
/// The longest input a password is looked for in.
const INPUT_BYTES: u64 = 64 * 1024;

const PORTS: (&dyn Clock, &dyn IdSource) = (&SystemClock, &RandomIds);

#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    /// With what the person signs in, and where the invitation goes
    #[arg(long)]
    email: String,
    /// The person's name
    #[arg(long)]
    name: String,
    /// What the person may do
    #[arg(long, value_enum)]
    role: RoleArg,
    #[command(flatten)]
    reach: ReachArgs,
    /// The language the person reads
    #[arg(long, value_enum, default_value = "vi")]
    language: LanguageArg,
    /// Read a password from standard input instead of printing an invitation
    #[arg(long)]
    password_stdin: bool,
    /// Never ask this person for a second factor
    #[arg(long)]
    no_second_factor: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct GrantArgs {
    /// The person's e-mail address
    email: String,
    /// What the person may do
    #[arg(long, value_enum)]
    role: RoleArg,
    #[command(flatten)]
    reach: ReachArgs,
}

/// Where it holds; one of the three.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct ReachArgs {
    /// In this school
    #[arg(long)]
    school: Option<String>,
    /// For the figures of the schools under this authority
    #[arg(long)]
    authority: Option<String>,
    /// In the whole installation
    #[arg(long)]
    everything: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LanguageArg {
    /// Tiếng Việt
    Vi,
    /// English
    En,
}

impl ReachArgs {
    fn reach(&self) -> Reach {
        match (&self.school, &self.authority) {
            (Some(code), _) => Reach::School(code.clone()),
            (None, Some(code)) => Reach::Authority(code.clone()),
            (None, None) => Reach::Everything,
        }
    }
}

/// The role that was named; the old word for one who only reads is an auditor's.
fn role(arg: RoleArg, reach: &Reach) -> Role {
    arg.role(matches!(reach, Reach::Authority(_)))
}

fn actor() -> Actor {
    Actor::named("cli")
}

pub(super) fn add(env: &mut Env<'_>, args: &AddArgs) -> Result<(), Failure> {
    let (_, store) = env.store()?;
    let reach = args.reach.reach();
    let new = NewUser {
        email: args.email.clone(),
        name: args.name.clone(),
        lang: match args.language {
            LanguageArg::Vi => Lang::Vi,
            LanguageArg::En => Lang::En,
        },
        second_factor_exempt: args.no_second_factor,
        grants: vec![(role(args.role, &reach), reach)],
    };
    if args.password_stdin {
        let id = users::create(&store, PORTS, &actor(), &new, &password_typed()?)?;
        let words = match env.lang {
            Lang::Vi => "Đã thêm người dùng số",
            Lang::En => "Added user number",
        };
        writeln!(env.err, "{words} {id}")?;
        return Ok(());
    }
    let (_, link) = users::invite(&store, PORTS, &actor(), &new)?;
    let words = match env.lang {
        Lang::Vi => "Mã mời chỉ hiện một lần, dùng được trong 7 ngày, để đặt mật khẩu cho",
        Lang::En => "The invitation is shown only once and works for 7 days, to set a password for",
    };
    tell(env, &link, words)
}

fn tell(env: &mut Env<'_>, link: &LinkToSend, words: &str) -> Result<(), Failure> {
    writeln!(env.out, "{}", link.secret)?;
    writeln!(env.err, "{words} {}", link.email)?;
    Ok(())
}

/// The first line of standard input.
fn password_typed() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin().lock().take(INPUT_BYTES).read_to_string(&mut text)?;
    match text.lines().next().filter(|line| !line.is_empty()) {
        Some(line) => Ok(line.to_owned()),
        None => Err(Failure::Refused(vec![Diagnostic::new(
            "password_missing",
            "Chưa có mật khẩu. Hãy đưa mật khẩu vào dòng đầu của dữ liệu vào (stdin).",
            "There is no password. Give it on the first line of standard input.",
        )])),
    }
}

pub(super) fn people(env: &mut Env<'_>, as_json: bool) -> Result<(), Failure> {
    let (_, store) = env.store()?;
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let page = users::list(&store, &after, PAGE)?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.email);
        all.extend(page);
    }
    if as_json {
        return Ok(env.json(&all.iter().map(listed).collect::<Vec<_>>())?);
    }
    for user in &all {
        let state = match (user.disabled_at, user.has_password) {
            (Some(_), _) => "disabled",
            (None, true) => "active",
            (None, false) => "invited",
        };
        let factor = match (user.second_factor, user.second_factor_exempt) {
            (true, _) => "2fa",
            (false, true) => "exempt",
            (false, false) => "-",
        };
        writeln!(env.out, "{:<9}{factor:<8}{:<34}{}", state, user.email, user.name)?;
        for held in &user.grants {
            let (role, place) = (held.grant.role, place(held.grant.scope));
            writeln!(env.out, "  {:>6}  {:<17}{place}", held.id, role.as_str())?;
        }
    }
    Ok(())
}

fn place(scope: Scope) -> String {
    match scope {
        Scope::Everything => "*".to_owned(),
        Scope::Authority(id) => format!("authority {id}"),
        Scope::School(id) => format!("school {id}"),
    }
}

fn listed(user: &UserView) -> serde_json::Value {
    let grants: Vec<serde_json::Value> = user
        .grants
        .iter()
        .map(|held| json!({ "id": held.id, "role": held.grant.role, "scope": held.grant.scope }))
        .collect();
    json!({
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "lang": user.lang,
        "has_password": user.has_password,
        "second_factor": user.second_factor,
        "second_factor_exempt": user.second_factor_exempt,
        "disabled_at": user.disabled_at,
        "grants": grants,
    })
}

fn id_of(store: &Store, email: &str) -> Result<i64, Failure> {
    Ok(users::find(store, email)?.id)
}

pub(super) fn set_enabled(env: &mut Env<'_>, email: &str, enabled: bool) -> Result<(), Failure> {
    let (_, store) = env.store()?;
    let user = id_of(&store, email)?;
    if enabled {
        users::enable(&store, &SystemClock, &actor(), user)?;
    } else {
        users::disable(&store, &SystemClock, &actor(), user)?;
    }
    Ok(())
}

pub(super) fn reset_password(env: &mut Env<'_>, email: &str) -> Result<(), Failure> {
    let (_, store) = env.store()?;
    let user = users::find(&store, email)?;
    if user.has_password {
        let link = users::reset_link(&store, PORTS, &actor(), email)?;
        let words = match env.lang {
            Lang::Vi => "Mã chỉ hiện một lần, dùng được trong 1 giờ, để đặt lại mật khẩu cho",
            Lang::En => {
                "The code is shown only once and works for 1 hour, to reset the password of"
            }
        };
        return tell(env, &link, words);
    }
    let link = users::invite_again(&store, PORTS, &actor(), user.id)?;
    let words = match env.lang {
        Lang::Vi => "Mã mời mới chỉ hiện một lần, dùng được trong 7 ngày, để đặt mật khẩu cho",
        Lang::En => {
            "The new invitation is shown only once and works for 7 days, to set a password for"
        }
    };
    tell(env, &link, words)
}

pub(super) fn reset_factor(env: &mut Env<'_>, email: &str) -> Result<(), Failure> {
    let (_, store) = env.store()?;
    let user = id_of(&store, email)?;
    Ok(users::reset_factor(&store, &SystemClock, &actor(), user)?)
}

pub(super) fn grant(env: &mut Env<'_>, args: &GrantArgs) -> Result<(), Failure> {
    let (_, store) = env.store()?;
    let user = id_of(&store, &args.email)?;
    let reach = args.reach.reach();
    let role = role(args.role, &reach);
    let id = users::grant(&store, &SystemClock, &actor(), user, role, &reach)?;
    writeln!(env.out, "{id}")?;
    Ok(())
}

pub(super) fn ungrant(env: &mut Env<'_>, email: &str, grant: i64) -> Result<(), Failure> {
    let (_, store) = env.store()?;
    let user = id_of(&store, email)?;
    Ok(users::revoke_grant(&store, &SystemClock, &actor(), user, grant)?)
}
