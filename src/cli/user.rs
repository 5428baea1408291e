//! `doisoat user`: API keys, and what each role may do.

use clap::ValueEnum;

use super::{Env, Failure, Status};
use crate::clock::{Clock, SystemClock};
use crate::domain::access::{Permission, Role, Scope};
use crate::domain::lang::Lang;
use crate::ids::{IdSource, RandomIds};
use crate::service::Actor;
use crate::service::keys::{self, KeyView, Reach};

/// What to do with keys.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make a key; its secret is printed once and kept nowhere
    Create(CreateArgs),
    /// List the keys
    List {
        /// As JSON: one array of keys
        #[arg(long)]
        json: bool,
    },
    /// List the roles, each with what it may do
    Roles,
    /// Make a key useless
    Revoke {
        /// The key's number
        id: i64,
    },
}

#[derive(Debug, clap::Args)]
struct CreateArgs {
    /// Whose key it is, for the audit log
    #[arg(long)]
    name: String,
    /// What it may do [default: supervisor with --authority, else auditor]
    #[arg(long, value_enum)]
    role: Option<RoleArg>,
    /// Only this school
    #[arg(long, conflicts_with = "authority")]
    school: Option<String>,
    /// Only the figures of the schools under this authority, whatever the role
    #[arg(long)]
    authority: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum RoleArg {
    /// kế toán: lists, statements, decisions, cash; the daily work
    Accountant,
    /// thủ quỹ: records cash, sees students and invoices
    Cashier,
    /// kế toán trưởng: as an accountant; also voids, closes, reopens, approves
    #[value(alias = "chief-accountant")]
    ChiefAccountant,
    /// thủ trưởng: reads all, approves write-offs
    Head,
    /// cán bộ quản lý: sees figures only
    Supervisor,
    /// quản trị: sets up, and may do everything where one person does
    #[value(alias = "admin")]
    Administrator,
    /// kiểm toán: reads all, writes nothing
    Auditor,
    /// What auditor and supervisor were called when they were one
    #[value(hide = true)]
    Reader,
}

impl CreateArgs {
    fn role(&self) -> Role {
        match self.role {
            Some(RoleArg::Accountant) => Role::Accountant,
            Some(RoleArg::Cashier) => Role::Cashier,
            Some(RoleArg::ChiefAccountant) => Role::ChiefAccountant,
            Some(RoleArg::Head) => Role::Head,
            Some(RoleArg::Supervisor) => Role::Supervisor,
            Some(RoleArg::Administrator) => Role::Administrator,
            Some(RoleArg::Reader) | None if self.authority.is_some() => Role::Supervisor,
            Some(RoleArg::Auditor | RoleArg::Reader) | None => Role::Auditor,
        }
    }
}

/// Makes, lists or revokes keys, or lists the roles.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    match &args.what {
        What::Create(new) => create(env, new)?,
        What::List { json } => {
            let (_, store) = env.store()?;
            let found = keys::list(&store)?;
            if *json {
                env.json(&found)?;
            } else {
                list_keys(env, &found)?;
            }
        }
        What::Roles => list_roles(env)?,
        What::Revoke { id } => {
            let (_, store) = env.store()?;
            keys::revoke(&store, &SystemClock, &Actor::named("cli"), *id)?;
        }
    }
    Ok(Status::Done)
}

fn create(env: &mut Env<'_>, new: &CreateArgs) -> Result<(), Failure> {
    let (_, store) = env.store()?;
    let reach = match (&new.school, &new.authority) {
        (Some(code), _) => Reach::School(code.clone()),
        (None, Some(code)) => Reach::Authority(code.clone()),
        (None, None) => Reach::Everything,
    };
    let ports: (&dyn Clock, &dyn IdSource) = (&SystemClock, &RandomIds);
    let actor = Actor::named("cli");
    let (id, secret) = keys::create(&store, ports, &actor, &new.name, new.role(), &reach)?;
    writeln!(env.out, "{secret}")?;
    let words = match env.lang {
        Lang::Vi => "Khóa chỉ hiện một lần. Số khóa:",
        Lang::En => "The key is shown only once. Its number:",
    };
    writeln!(env.err, "{words} {id}")?;
    Ok(())
}

fn list_keys(env: &mut Env<'_>, found: &[KeyView]) -> Result<(), Failure> {
    for key in found {
        let scope = match key.scope {
            Scope::Everything => "*".to_owned(),
            Scope::Authority(id) => format!("authority {id}"),
            Scope::School(id) => format!("school {id}"),
        };
        let live = if key.live { "live" } else { "revoked" };
        let role = key.role.as_str();
        let title = key.role.title();
        writeln!(
            env.out,
            "{:>6}  {live:<8}{role:<17}{:<17}{scope:<16}{}",
            key.id,
            title.text(Lang::Vi),
            key.name
        )?;
    }
    Ok(())
}

fn list_roles(env: &mut Env<'_>) -> Result<(), Failure> {
    for role in Role::ALL {
        let title = role.title();
        let held: Vec<&str> = Permission::ALL
            .into_iter()
            .filter(|permission| role.may(*permission))
            .map(Permission::as_str)
            .collect();
        writeln!(env.out, "{:<17}{:<17}{}", role.as_str(), title.text(Lang::Vi), held.join(" "))?;
    }
    Ok(())
}
