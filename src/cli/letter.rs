//! `doisoat letter`: mail to families: what became of it, sending it again, notices and reminders.

use std::io;

use super::{Env, Failure, Status};
use crate::app;
use crate::clock::SystemClock;
use crate::domain::lang::Lang;
use crate::service::fees::rounds;
use crate::service::letters::{self, AskedLetters, LetterView, Preview, Terms, Which};
use crate::service::{Actor, directory};

/// What to do with letters.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// List letters with what became of each copy, newest first
    List(ListArgs),
    /// Send a letter again: what failed leaves once more, whoever was passed over is looked at anew
    Again {
        /// The school's code
        #[arg(long)]
        school: String,
        /// The letter's number
        id: i64,
    },
    /// Tell the families of an issued round what it asks of them; whoever was told gets nothing again
    Notify {
        /// The school's code
        #[arg(long)]
        school: String,
        /// The round's code
        round: String,
    },
    /// Show whom a reminder would reach, and why not the others; with --send, remind them
    Remind(RemindArgs),
    /// Let families be reminded by the schedule, or end that; shows it when neither is said
    Schedule {
        /// The school's code
        #[arg(long)]
        school: String,
        /// `on` or `off`
        #[arg(value_parser = ["on", "off"])]
        state: Option<String>,
    },
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// Only this kind, e.g. notice or reminder
    #[arg(long)]
    kind: Option<String>,
    /// Only sent, waiting, failed, unsure or skipped ones
    #[arg(long)]
    outcome: Option<String>,
    /// Only notices of the round with this code
    #[arg(long)]
    round: Option<String>,
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

#[derive(Debug, clap::Args)]
struct RemindArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// Only families with a child in this class
    #[arg(long)]
    class: Option<String>,
    /// Only of what the round with this code asks
    #[arg(long)]
    round: Option<String>,
    /// Only of what is overdue
    #[arg(long)]
    overdue: bool,
    /// Remind them
    #[arg(long)]
    send: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Does what the arguments name.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (config, store) = env.store()?;
    let actor = Actor::named("cli");
    match &args.what {
        What::List(args) => {
            let school = directory::find_school(&store, &args.school)?.id;
            let round = match &args.round {
                Some(code) => Some(rounds::id_of(&store, school, code)?),
                None => None,
            };
            let asked = AskedLetters {
                round,
                kind: args.kind.clone(),
                outcome: args.outcome.clone(),
                before: args.before,
                limit: args.limit,
            };
            for one in letters::list(&store, &SystemClock, school, &asked)?.letters {
                if args.json {
                    env.json(&one)?;
                } else {
                    tell(env, &one)?;
                }
            }
        }
        What::Again { school, id } => {
            let school = directory::find_school(&store, school)?.id;
            letters::again(&store, &SystemClock, &actor, (school, *id))?;
            match env.lang {
                Lang::Vi => writeln!(env.out, "Thư {id} sẽ được gửi lại.")?,
                Lang::En => writeln!(env.out, "Letter {id} will be sent again.")?,
            }
        }
        What::Notify { school, round } => {
            let school = directory::find_school(&store, school)?.id;
            let families = letters::notify(&store, &SystemClock, &actor, (school, round))?;
            match env.lang {
                Lang::Vi => writeln!(env.out, "Thông báo cho {families} gia đình.")?,
                Lang::En => writeln!(env.out, "{families} families are told.")?,
            }
        }
        What::Remind(args) => {
            let school = directory::find_school(&store, &args.school)?.id;
            let round = match &args.round {
                Some(code) => Some(rounds::id_of(&store, school, code)?),
                None => None,
            };
            let which = Which { class: args.class.clone(), round, overdue: args.overdue };
            let settings = app::letter_settings(&config);
            let mut shown = letters::preview(&store, &SystemClock, &settings, school, &which)?;
            if args.send {
                let ask = (school, &which, shown.fingerprint.as_str());
                shown = letters::remind(&store, &SystemClock, &actor, &settings, ask)?;
            }
            if args.json {
                env.json(&shown)?;
            } else {
                tell_preview(env, &shown, args.send)?;
            }
        }
        What::Schedule { school, state } => {
            let school = directory::find_school(&store, school)?.id;
            let terms = match state.as_deref() {
                Some(state) => {
                    let wanted = Terms { reminders: state == "on" };
                    letters::set_terms(&store, &SystemClock, &actor, school, wanted)?
                }
                None => letters::show_terms(&store, school)?,
            };
            let words = match (env.lang, terms.reminders) {
                (Lang::Vi, true) => "Tự động nhắc nộp: bật.",
                (Lang::Vi, false) => "Tự động nhắc nộp: tắt.",
                (Lang::En, true) => "Reminders by schedule: on.",
                (Lang::En, false) => "Reminders by schedule: off.",
            };
            writeln!(env.out, "{words}")?;
        }
    }
    Ok(Status::Done)
}

fn tell(env: &mut Env<'_>, one: &LetterView) -> io::Result<()> {
    let children = one.children.join(", ");
    writeln!(env.out, "{:>8}  {}  {} {}  {children}", one.id, one.asked_at, one.kind, one.outcome)?;
    for copy in &one.copies {
        let to = copy.to.as_deref().unwrap_or("–");
        let became = copy.state.as_deref().or(copy.reason.as_deref()).unwrap_or_default();
        let problem = copy.problem.as_deref().map(|why| format!(" ({why})")).unwrap_or_default();
        writeln!(env.out, "          {to}  {became}{problem}")?;
    }
    Ok(())
}

fn tell_preview(env: &mut Env<'_>, shown: &Preview, sent: bool) -> io::Result<()> {
    let (families, open) = (shown.families, shown.open.grouped());
    match (env.lang, sent) {
        (Lang::Vi, false) => writeln!(
            env.out,
            "Sẽ nhắc {families} gia đình, còn nợ {open} đồng. Thêm --send để gửi."
        )?,
        (Lang::Vi, true) => writeln!(env.out, "Đã nhắc {families} gia đình, còn nợ {open} đồng.")?,
        (Lang::En, false) => writeln!(
            env.out,
            "{families} families would be reminded of {open} đồng. Add --send to do it."
        )?,
        (Lang::En, true) => writeln!(env.out, "{families} families were reminded of {open} đồng.")?,
    }
    for one in &shown.skipped {
        writeln!(env.out, "  {}: {}", one.reason, one.families)?;
    }
    Ok(())
}
