//! `doisoat user`: API keys.

use clap::ValueEnum;

use super::{Env, Failure, Status};
use crate::clock::{Clock, SystemClock};
use crate::domain::access::{Role, Scope};
use crate::domain::lang::Lang;
use crate::ids::{IdSource, RandomIds};
use crate::service::Actor;
use crate::service::keys::{self, Reach};

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
    List,
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
    /// What it may do
    #[arg(long, value_enum, default_value = "reader")]
    role: RoleArg,
    /// Only this school
    #[arg(long, conflicts_with = "authority")]
    school: Option<String>,
    /// Only the figures of the schools under this authority
    #[arg(long)]
    authority: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RoleArg {
    /// Read
    Reader,
    /// Read, import, decide, record cash
    Accountant,
    /// Everything
    Admin,
}

/// Makes, lists or revokes keys.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (_, store) = env.store()?;
    let actor = Actor::named("cli");
    match &args.what {
        What::Create(new) => {
            let role = match new.role {
                RoleArg::Reader => Role::Reader,
                RoleArg::Accountant => Role::Accountant,
                RoleArg::Admin => Role::Admin,
            };
            let reach = match (&new.school, &new.authority) {
                (Some(code), _) => Reach::School(code.clone()),
                (None, Some(code)) => Reach::Authority(code.clone()),
                (None, None) => Reach::Everything,
            };
            let ports: (&dyn Clock, &dyn IdSource) = (&SystemClock, &RandomIds);
            let (id, secret) = keys::create(&store, ports, &actor, &new.name, role, &reach)?;
            writeln!(env.out, "{secret}")?;
            let words = match env.lang {
                Lang::Vi => "Khóa chỉ hiện một lần. Số khóa:",
                Lang::En => "The key is shown only once. Its number:",
            };
            writeln!(env.err, "{words} {id}")?;
        }
        What::List => {
            for key in keys::list(&store)? {
                let scope = match key.scope {
                    Scope::Everything => "*".to_owned(),
                    Scope::Authority(id) => format!("authority {id}"),
                    Scope::School(id) => format!("school {id}"),
                };
                let live = if key.live { "live" } else { "revoked" };
                let role = key.role.as_str();
                writeln!(env.out, "{:>6}  {live:<8}{role:<11}{scope:<16}{}", key.id, key.name)?;
            }
        }
        What::Revoke { id } => keys::revoke(&store, &SystemClock, &actor, *id)?,
    }
    Ok(Status::Done)
}
