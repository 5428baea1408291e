//! `doisoat user`: people who sign in, API keys, and what each role may do.

mod people;

use clap::ValueEnum;

use super::{Env, Failure, Status};
use crate::clock::{Clock, SystemClock};
use crate::domain::access::{Permission, Role, Scope};
use crate::domain::lang::Lang;
use crate::ids::{IdSource, RandomIds};
use crate::service::Actor;
use crate::service::keys::{self, KeyView, Reach};

/// What to do with people and keys.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Add a person; prints the secret of an invitation, with which they set a password
    Add(people::AddArgs),
    /// List the people, each with what they may do
    People {
        /// As JSON: one array of people
        #[arg(long)]
        json: bool,
    },
    /// Make a person unable to sign in, at once
    Disable {
        /// The person's e-mail address
        email: String,
    },
    /// Let a disabled person sign in again
    Enable {
        /// The person's e-mail address
        email: String,
    },
    /// Print the secret of a link with which a person sets another password
    ResetPassword {
        /// The person's e-mail address
        email: String,
    },
    /// Take a lost second factor away; the person enrols another one
    ResetFactor {
        /// The person's e-mail address
        email: String,
    },
    /// Let a person do something more; prints the grant's number
    Grant(people::GrantArgs),
    /// Take a grant away
    Ungrant {
        /// The person's e-mail address
        email: String,
        /// The grant's number, as `user people` shows it
        grant: i64,
    },
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

impl RoleArg {
    fn role(self, for_authority: bool) -> Role {
        match self {
            RoleArg::Accountant => Role::Accountant,
            RoleArg::Cashier => Role::Cashier,
            RoleArg::ChiefAccountant => Role::ChiefAccountant,
            RoleArg::Head => Role::Head,
            RoleArg::Supervisor => Role::Supervisor,
            RoleArg::Administrator => Role::Administrator,
            RoleArg::Reader if for_authority => Role::Supervisor,
            RoleArg::Auditor | RoleArg::Reader => Role::Auditor,
        }
    }
}

impl CreateArgs {
    fn role(&self) -> Role {
        // A key for which nobody said what it may do only reads.
        self.role.unwrap_or(RoleArg::Reader).role(self.authority.is_some())
    }
}

/// Does what was asked with people, keys or roles.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    match &args.what {
        What::Add(new) => people::add(env, new)?,
        What::People { json } => people::people(env, *json)?,
        What::Disable { email } => people::set_enabled(env, email, false)?,
        What::Enable { email } => people::set_enabled(env, email, true)?,
        What::ResetPassword { email } => people::reset_password(env, email)?,
        What::ResetFactor { email } => people::reset_factor(env, email)?,
        What::Grant(new) => people::grant(env, new)?,
        What::Ungrant { email, grant } => people::ungrant(env, email, *grant)?,
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
