//! `doisoat mail`: what was sent to people and what was not, and whether mail can leave at all.

use std::io;

use super::{Env, Failure, Status};
use crate::app;
use crate::clock::{Clock as _, SystemClock};
use crate::domain::lang::Lang;
use crate::ids::RandomIds;
use crate::service::mail::{self, AskedMails, MailView, Trial};
use crate::service::{Actor, directory};

/// What to do with mail.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// List mail, newest first
    List(ListArgs),
    /// Show one mail with the whole message
    Show {
        /// The mail's number
        id: i64,
    },
    /// Send a mail again with the same Message-ID; whoever serves or works sends it within a second
    Resend {
        /// The mail's number
        id: i64,
    },
    /// Send a test message at once, past the queue; exit 1 where it did not leave
    Test {
        /// The address it goes to
        #[arg(long)]
        to: String,
    },
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Only mail about this school (its code)
    #[arg(long)]
    school: Option<String>,
    /// Only waiting, unsure, sent or failed ones
    #[arg(long)]
    state: Option<String>,
    /// Only this kind, e.g. invitation
    #[arg(long)]
    kind: Option<String>,
    /// Only those older than this number
    #[arg(long)]
    before: Option<i64>,
    /// How many, at most 200
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// Does what the arguments name.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    match &args.what {
        What::Test { to } => return test(env, to),
        What::List(args) => list(env, args)?,
        What::Show { id } => {
            let (config, store) = env.store()?;
            let found = mail::show(&store, &app::keyring(&config), *id)?;
            tell(env, &found.mail)?;
            writeln!(env.out, "\n{}", found.message)?;
        }
        What::Resend { id } => {
            let (_, store) = env.store()?;
            let again = mail::resend(&store, &SystemClock, &Actor::named("cli"), *id)?;
            tell(env, &again)?;
        }
    }
    Ok(Status::Done)
}

fn list(env: &mut Env<'_>, args: &ListArgs) -> Result<(), Failure> {
    let (_, store) = env.store()?;
    let school = match &args.school {
        Some(code) => Some(directory::find_school(&store, code)?.id),
        None => None,
    };
    let (state, kind) = (args.state.clone(), args.kind.clone());
    let asked = AskedMails { school, state, kind, limit: args.limit };
    for one in mail::list(&store, &asked, args.before)?.mails {
        if args.json {
            env.json(&one)?;
        } else {
            tell(env, &one)?;
        }
    }
    Ok(())
}

fn test(env: &mut Env<'_>, to: &str) -> Result<Status, Failure> {
    let config = env.config()?;
    let system = |error: app::MailSetupError| Failure::System(error.to_string());
    let mailer = app::mailer(&config).map_err(system)?;
    let letterhead = app::letterhead(&config).map_err(system)?;
    let at = SystemClock.now();
    let trial = mail::send_test(&*mailer, (&letterhead, &RandomIds), at, to, env.lang)?;
    match trial {
        Trial::Left(words) => {
            match env.lang {
                Lang::Vi => writeln!(env.out, "Đã gửi thư thử đến {to}. {words}")?,
                Lang::En => writeln!(env.out, "A test message to {to} has left. {words}")?,
            }
            Ok(Status::Done)
        }
        Trial::Failed { place, status, words } => {
            let status = status.map(|status| format!(" {status}")).unwrap_or_default();
            match env.lang {
                Lang::Vi => writeln!(
                    env.err,
                    "Chưa gửi được thư thử đến {to} ({place}{status}): {words}. Hãy kiểm tra mục [mail] trong cấu hình."
                )?,
                Lang::En => writeln!(
                    env.err,
                    "No test message has left for {to} ({place}{status}): {words}. Check [mail] in the settings."
                )?,
            }
            Ok(Status::Refused)
        }
    }
}

fn tell(env: &mut Env<'_>, one: &MailView) -> io::Result<()> {
    let state = match (env.lang, one.state.as_str()) {
        (Lang::Vi, "waiting") => "chờ gửi",
        (Lang::Vi, "sent") => "đã gửi",
        (Lang::Vi, "unsure") => "không rõ đã đến chưa",
        (Lang::Vi, _) => "không gửi được",
        (Lang::En, state) => state,
    };
    let status = one.status.map(|status| format!(" {status}")).unwrap_or_default();
    let problem = one.problem.as_ref().map(|why| format!(" {why}")).unwrap_or_default();
    writeln!(
        env.out,
        "{:>8}  {}  {} → {}  {state} ({}){problem}{status}",
        one.id, one.created_at, one.kind, one.to_email, one.attempts
    )?;
    if let Some(words) = one.words.as_ref().filter(|_| one.problem.is_some()) {
        writeln!(env.out, "          {words}")?;
    }
    match (one.unsure_times, env.lang) {
        (0, _) => Ok(()),
        (times, Lang::Vi) => {
            writeln!(env.out, "          Có thể đã đến thêm {times} bản (cùng Message-ID).")
        }
        (times, Lang::En) => {
            writeln!(env.out, "          Up to {times} more copies may be there (same Message-ID).")
        }
    }
}
