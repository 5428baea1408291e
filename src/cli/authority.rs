//! `doisoat authority`: the units above schools, and what becomes of them.

use super::{Env, Failure, Status};
use crate::clock::{Clock as _, SystemClock, local_day};
use crate::domain::calendar::Day;
use crate::domain::lang::Lang;
use crate::domain::organisation::{AuthorityKind, Span};
use crate::service::directory::{self, NewAuthority};
use crate::service::organisation::authorities::{self, AuthorityDetail, AuthorityView};
use crate::service::organisation::change::{self, AuthorityChange, Changed};
use crate::service::{Actor, Store};

/// What to do with authorities.
#[derive(Debug, clap::Args)]
pub struct AuthorityArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Add an authority
    Add(AddArgs),
    /// List the authorities of a day, each after the one above it
    List(ListArgs),
    /// Show an authority with its history and its schools on a day
    Show(ShowArgs),
    /// Say whom an authority is under from a day on
    Move(MoveArgs),
    /// Give an authority another code or name from a day on; without a day correct its name
    Rename(RenameArgs),
    /// Say on which day an authority ended, and who follows
    End(EndArgs),
}

#[derive(Debug, clap::Args)]
struct AddArgs {
    /// Its code
    #[arg(long)]
    code: String,
    /// Its name
    #[arg(long)]
    name: String,
    /// province, department, district, commune…
    #[arg(long)]
    kind: String,
    /// The code of the authority above
    #[arg(long)]
    parent: Option<String>,
    /// First day (YYYY-MM-DD)
    #[arg(long)]
    from: Option<Day>,
    /// Last day
    #[arg(long)]
    to: Option<Day>,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// The day (YYYY-MM-DD); today when absent
    #[arg(long)]
    on: Option<Day>,
    /// One JSON object for each authority
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// Its code, also a former one
    code: String,
    /// The day (YYYY-MM-DD); today when absent
    #[arg(long)]
    on: Option<Day>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct MoveArgs {
    /// Its code
    code: String,
    /// The code of the authority above; without it there is none
    #[arg(long)]
    parent: Option<String>,
    /// The first day (YYYY-MM-DD)
    #[arg(long)]
    from: Day,
}

#[derive(Debug, clap::Args)]
struct RenameArgs {
    /// Its code now
    code: String,
    /// The new code
    #[arg(long, requires = "from")]
    new_code: Option<String>,
    /// The new name
    #[arg(long)]
    name: Option<String>,
    /// The first day of the new code or name (YYYY-MM-DD)
    #[arg(long)]
    from: Option<Day>,
}

#[derive(Debug, clap::Args)]
struct EndArgs {
    /// Its code
    code: String,
    /// Its last day (YYYY-MM-DD)
    #[arg(long)]
    on: Day,
    /// The code of an authority that follows; may be given several times
    #[arg(long, value_name = "CODE")]
    followed_by: Vec<String>,
}

/// Does what the arguments name.
pub fn run(env: &mut Env<'_>, args: &AuthorityArgs) -> Result<Status, Failure> {
    let (_, store) = env.store()?;
    let today = local_day(SystemClock.now());
    match &args.what {
        What::Add(args) => {
            let new = NewAuthority {
                code: args.code.clone(),
                name: args.name.clone(),
                kind: args.kind.clone(),
                parent: args.parent.clone(),
                valid_from: args.from,
                valid_to: args.to,
            };
            directory::add_authority(&store, &SystemClock, &Actor::named("cli"), &new)?;
        }
        What::List(args) => {
            for one in authorities::list(&store, args.on.unwrap_or(today), None)? {
                if args.json {
                    env.json(&one)?;
                } else {
                    tell(env, &one)?;
                }
            }
        }
        What::Show(args) => {
            let found = authorities::show(&store, &args.code, args.on.unwrap_or(today), None)?;
            if args.json {
                env.json(&found)?;
            } else {
                tell_whole(env, &found)?;
            }
        }
        What::Move(args) => {
            let what = AuthorityChange::Move { parent: args.parent.clone(), from: args.from };
            apply(env, &store, &args.code, &what)?;
        }
        What::Rename(args) => {
            let what = AuthorityChange::Rename {
                code: args.new_code.clone(),
                name: args.name.clone(),
                from: args.from,
            };
            apply(env, &store, &args.code, &what)?;
        }
        What::End(args) => {
            let followed_by = args.followed_by.clone();
            apply(env, &store, &args.code, &AuthorityChange::End { on: args.on, followed_by })?;
        }
    }
    Ok(Status::Done)
}

fn apply(
    env: &mut Env<'_>,
    store: &Store,
    code: &str,
    what: &AuthorityChange,
) -> Result<(), Failure> {
    let changed = change::change(store, &SystemClock, &Actor::named("cli"), code, what)?;
    tell_changed(env, &changed)
}

/// Says whether anything changed, and what to look at.
pub(super) fn tell_changed(env: &mut Env<'_>, changed: &Changed) -> Result<(), Failure> {
    let words = match (changed.changed, env.lang) {
        (true, Lang::Vi) => "Đã ghi nhận.",
        (true, Lang::En) => "Recorded.",
        (false, Lang::Vi) => "Đã như vậy từ trước, không có gì thay đổi.",
        (false, Lang::En) => "It was so before; nothing has changed.",
    };
    writeln!(env.out, "{words}")?;
    env.tell(&changed.notes)?;
    Ok(())
}

/// The days in words, where there are any.
pub(super) fn days(lang: Lang, from: Option<Day>, to: Option<Day>) -> String {
    match Span::new(from, to) {
        Some(span) if span != Span::ALWAYS => format!(" · {}", span.text(lang)),
        _ => String::new(),
    }
}

fn tell(env: &mut Env<'_>, one: &AuthorityView) -> Result<(), Failure> {
    let kind = AuthorityKind::parse(&one.kind).unwrap_or(AuthorityKind::Other).label(env.lang);
    let days = days(env.lang, one.from, one.to);
    let code = format!("{}{}", "  ".repeat(one.depth), one.code);
    writeln!(env.out, "{code:<24}{kind:<14}{}{days}", one.name)?;
    Ok(())
}

fn tell_whole(env: &mut Env<'_>, found: &AuthorityDetail) -> Result<(), Failure> {
    tell(env, &found.authority)?;
    let lang = env.lang;
    let say = |vi: &'static str, en: &'static str| match lang {
        Lang::Vi => vi,
        Lang::En => en,
    };
    for one in &found.parents {
        let Some(parent) = &one.parent else { continue };
        let days = days(lang, one.from, None);
        writeln!(env.out, "  {}: {parent}{days}", say("cấp trên", "under"))?;
    }
    for one in &found.former {
        let days = days(lang, one.from, one.to);
        writeln!(env.out, "  {}: {} {}{days}", say("trước đây", "formerly"), one.code, one.name)?;
    }
    for one in &found.followed_by {
        writeln!(
            env.out,
            "  {}: {} {} ({} {})",
            say("kế tục", "followed by"),
            one.code,
            one.name,
            one.schools,
            say("trường", "schools")
        )?;
    }
    for school in &found.schools {
        writeln!(env.out, "  {:<16}{:<17} {}", school.code, school.level, school.name)?;
    }
    env.tell(&found.notes)?;
    Ok(())
}
