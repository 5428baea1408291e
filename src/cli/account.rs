//! `doisoat account` and `doisoat virtual-account`: where money arrives, and from when to when.

use super::authority::{days, tell_changed};
use super::{Env, Failure, Status};
use crate::clock::SystemClock;
use crate::domain::calendar::Day;
use crate::domain::lang::Lang;
use crate::service::accounts::{self, AccountChange, NewAccount};
use crate::service::virtual_accounts::{self, NewVirtualAccount};
use crate::service::{Actor, directory};

/// What to do with a school's accounts.
#[derive(Debug, clap::Args)]
pub struct AccountArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Add an account on which the school receives money
    Add(AddArgs),
    /// List the accounts of a school
    List(ListArgs),
    /// Say on which day an account ended; late statements are still taken
    End(EndArgs),
    /// Correct the holder's name
    Holder(HolderArgs),
}

#[derive(Debug, clap::Args)]
struct AddArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The bank's BIN, six digits
    #[arg(long)]
    bin: String,
    /// The account's number
    #[arg(long)]
    number: String,
    /// The holder's name
    #[arg(long)]
    holder: String,
    /// The first day (YYYY-MM-DD)
    #[arg(long)]
    from: Option<Day>,
    /// The last day
    #[arg(long)]
    to: Option<Day>,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// One JSON object for each account
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct NamedArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The account's number
    #[arg(long)]
    number: String,
    /// The bank's BIN, where the school has the number at several banks
    #[arg(long)]
    bin: Option<String>,
}

#[derive(Debug, clap::Args)]
struct EndArgs {
    #[command(flatten)]
    named: NamedArgs,
    /// The last day (YYYY-MM-DD)
    #[arg(long)]
    on: Day,
}

#[derive(Debug, clap::Args)]
struct HolderArgs {
    #[command(flatten)]
    named: NamedArgs,
    /// The holder's name, as the bank has it
    #[arg(long)]
    holder: String,
}

/// What to do with students' virtual accounts.
#[derive(Debug, clap::Args)]
pub struct VirtualAccountArgs {
    #[command(subcommand)]
    what: VirtualWhat,
}

#[derive(Debug, clap::Subcommand)]
enum VirtualWhat {
    /// Give a student a virtual account
    Add(VirtualAddArgs),
    /// List the virtual accounts of a school, or of one student
    List(VirtualListArgs),
    /// Say on which day a virtual account ends
    End(VirtualEndArgs),
}

#[derive(Debug, clap::Args)]
struct VirtualAddArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The school's code of the student
    #[arg(long)]
    student: String,
    /// The virtual account's number
    #[arg(long)]
    number: String,
    /// The first day (YYYY-MM-DD)
    #[arg(long)]
    from: Option<Day>,
    /// The last day
    #[arg(long)]
    to: Option<Day>,
}

#[derive(Debug, clap::Args)]
struct VirtualListArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The school's code of the student
    #[arg(long)]
    student: Option<String>,
    /// One JSON object for each virtual account
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct VirtualEndArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The school's code of the student
    #[arg(long)]
    student: String,
    /// The virtual account's number
    #[arg(long)]
    number: String,
    /// The last day (YYYY-MM-DD)
    #[arg(long)]
    on: Day,
}

/// Does what the arguments name with a school's accounts.
pub fn run(env: &mut Env<'_>, args: &AccountArgs) -> Result<Status, Failure> {
    let (_, store) = env.store()?;
    let actor = Actor::named("cli");
    let change = |named: &NamedArgs, change: AccountChange| {
        let school = directory::find_school(&store, &named.school)?.id;
        let id = accounts::find(&store, school, &named.number, named.bin.as_deref())?;
        accounts::change(&store, &SystemClock, &actor, (school, id), &change)
    };
    match &args.what {
        What::Add(args) => {
            let new = NewAccount {
                bin: args.bin.clone(),
                number: args.number.clone(),
                holder: args.holder.clone(),
                from: args.from,
                to: args.to,
            };
            let school = directory::find_school(&store, &args.school)?.id;
            accounts::add(&store, &SystemClock, &actor, school, &new)?;
        }
        What::List(args) => {
            let school = directory::find_school(&store, &args.school)?.id;
            for one in accounts::list(&store, &SystemClock, school)? {
                if args.json {
                    env.json(&one)?;
                    continue;
                }
                let offered = match (one.offered, env.lang) {
                    (true, _) => "",
                    (false, Lang::Vi) => " · không dùng để thu mới",
                    (false, Lang::En) => " · not offered for new payments",
                };
                let days = days(env.lang, one.from, one.to);
                writeln!(env.out, "{:<8}{:<20}{}{days}{offered}", one.bin, one.number, one.holder)?;
            }
        }
        What::End(args) => {
            let end = AccountChange { to: Some(args.on), holder: None };
            let changed = change(&args.named, end)?;
            tell_changed(env, &changed)?;
        }
        What::Holder(args) => {
            let named = AccountChange { to: None, holder: Some(args.holder.clone()) };
            let changed = change(&args.named, named)?;
            tell_changed(env, &changed)?;
        }
    }
    Ok(Status::Done)
}

/// Does what the arguments name with students' virtual accounts.
pub fn run_virtual(env: &mut Env<'_>, args: &VirtualAccountArgs) -> Result<Status, Failure> {
    let (_, store) = env.store()?;
    let actor = Actor::named("cli");
    match &args.what {
        VirtualWhat::Add(args) => {
            let new = NewVirtualAccount {
                student_code: args.student.clone(),
                number: args.number.clone(),
                from: args.from,
                to: args.to,
            };
            let school = directory::find_school(&store, &args.school)?.id;
            virtual_accounts::add(&store, &SystemClock, &actor, school, &new)?;
        }
        VirtualWhat::List(args) => {
            let school = directory::find_school(&store, &args.school)?.id;
            let student = args.student.as_deref();
            for one in virtual_accounts::list(&store, &SystemClock, school, student)? {
                if args.json {
                    env.json(&one)?;
                } else {
                    let days = days(env.lang, one.from, one.to);
                    writeln!(env.out, "{:<24}{}{days}", one.number, one.student_code)?;
                }
            }
        }
        VirtualWhat::End(args) => {
            let school = directory::find_school(&store, &args.school)?.id;
            let id = virtual_accounts::find(&store, school, &args.student, &args.number)?;
            let at = (school, id);
            let changed = virtual_accounts::end(&store, &SystemClock, &actor, at, args.on)?;
            tell_changed(env, &changed)?;
        }
    }
    Ok(Status::Done)
}
