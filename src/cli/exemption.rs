//! `doisoat exemption`: who need not pay. Grounds are printed only where they are asked for.

use super::{Env, Failure, Status};
use crate::clock::SystemClock;
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::lang::Lang;
use crate::service::fees::exemptions;
use crate::service::{Actor, directory};

/// What to do with exemptions.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// List the exemptions of a school
    List {
        /// The school's code
        #[arg(long)]
        school: String,
        /// Show why, and the document: sensitive personal data
        #[arg(long)]
        grounds: bool,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// End an exemption; invoices that were issued stay as they are
    End {
        /// The school's code
        #[arg(long)]
        school: String,
        /// The exemption's number, as the list shows it
        exemption: i64,
        /// Its last day
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Day,
    },
}

/// Does what the arguments name.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (_, store) = env.store()?;
    match &args.what {
        What::List { school, grounds, json } => {
            let school = directory::find_school(&store, school)?.id;
            for one in exemptions::list(&store, school, *grounds)? {
                if *json {
                    env.json(&one)?;
                    continue;
                }
                let all = match env.lang {
                    Lang::Vi => "mọi khoản",
                    Lang::En => "all items",
                };
                let mut why = String::new();
                for part in one.ground.iter().chain(&one.document) {
                    why.push_str("  ");
                    why.push_str(part);
                }
                writeln!(
                    env.out,
                    "{:>8}  {:<16}{:<16}{:>3} %  {}–{}{why}",
                    one.id,
                    one.student_code,
                    one.fee_item.as_deref().unwrap_or(all),
                    one.percent,
                    vietnamese_day(one.from),
                    one.to.map_or_else(|| "…".to_owned(), vietnamese_day)
                )?;
            }
        }
        What::End { school, exemption, on } => {
            let school = directory::find_school(&store, school)?.id;
            let actor = Actor::named("cli");
            exemptions::end(&store, &SystemClock, &actor, (school, *exemption), *on)?;
        }
    }
    Ok(Status::Done)
}
