//! `doisoat school`: setting up who is who.

mod places;

use chrono::NaiveDate;

use super::{Env, Failure, Status, backtest, coverage};
use crate::app;
use crate::clock::SystemClock;
use crate::domain::calendar::vietnamese_day;
use crate::domain::lang::Lang;
use crate::domain::setting::{Setting, Settings};
use crate::service::backtest::Ask;
use crate::service::directory::{self, NewBankAccount, NewSchool};
use crate::service::{Actor, Store, organisation, settings};

/// What to do with schools.
#[derive(Debug, clap::Args)]
pub struct SchoolArgs {
    #[command(subcommand)]
    what: SchoolWhat,
}

#[derive(Debug, clap::Subcommand)]
enum SchoolWhat {
    /// Add a school
    Add {
        /// Its code
        #[arg(long)]
        code: String,
        /// Its name
        #[arg(long)]
        name: String,
        /// preschool, primary, lower-secondary, upper-secondary…
        #[arg(long, default_value = "")]
        level: String,
        /// The authority it is under
        #[arg(long)]
        authority: Option<String>,
        /// Since when (YYYY-MM-DD)
        #[arg(long, requires = "authority")]
        from: Option<NaiveDate>,
        /// Until when
        #[arg(long, requires = "authority")]
        to: Option<NaiveDate>,
    },
    /// Add an account on which the school receives money
    Account {
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
    },
    /// Say on which day a school closed; its codes are known as a closed school's from then on
    Close {
        /// The school's code
        #[arg(long)]
        school: String,
        /// Its last day (YYYY-MM-DD)
        #[arg(long)]
        on: NaiveDate,
    },
    /// Say which authority a school is under from a day on
    Place(places::PlaceArgs),
    /// Add another code under which a school is known, or say when one ended
    Alias(places::AliasArgs),
    /// Say where a school teaches besides its main place
    Satellite(places::SatelliteArgs),
    /// Say which levels a school teaches; a combined one has several
    Levels(places::LevelsArgs),
    /// Say by whom a school is kept
    Ownership(places::OwnershipArgs),
    /// Show which days the statements of its accounts cover, and what is missing
    Coverage(coverage::Args),
    /// Show a school with its codes, places and settings
    Show {
        /// The school's code
        #[arg(long)]
        school: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change its settings, for what is decided from now on and what is still open
    Set(SetArgs),
    /// List the schools
    List {
        /// One JSON object for each school
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
struct SetArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// `settle_in_part=on|off`, `settle_known_payer=on|off`
    #[arg(long = "setting", value_name = "NAME=VALUE", required = true)]
    settings: Vec<String>,
    /// Switch on what the school's own history speaks against
    #[arg(long)]
    despite_misses: bool,
}

/// Adds a school or an account, or lists the schools.
pub fn school(env: &mut Env<'_>, args: &SchoolArgs) -> Result<Status, Failure> {
    let (config, store) = env.store()?;
    let actor = Actor::named("cli");
    match &args.what {
        SchoolWhat::Coverage(args) => return coverage::run(env, &store, args),
        SchoolWhat::Add { code, name, level, authority, from, to } => {
            let new = NewSchool {
                code: code.clone(),
                name: name.clone(),
                level: level.clone(),
                policy: app::policy(&config),
            };
            directory::add_school(&store, &SystemClock, &actor, &new)?;
            if let Some(authority) = authority {
                let valid = (*from, *to);
                directory::place_school(&store, &SystemClock, &actor, code, authority, valid)?;
            }
        }
        SchoolWhat::Account { school, bin, number, holder } => {
            let new =
                NewBankAccount { bin: bin.clone(), number: number.clone(), holder: holder.clone() };
            directory::add_bank_account(&store, &SystemClock, &actor, school, &new)?;
        }
        SchoolWhat::Close { school, on } => {
            directory::close_school(&store, &SystemClock, &actor, school, *on)?;
        }
        SchoolWhat::Show { school, json } => {
            let found = organisation::school::show(&store, school)?;
            let settings = settings::show(&store, school)?.settings;
            if *json {
                env.json(&places::Shown { school: found, settings })?;
            } else {
                let view = &found.school;
                writeln!(env.out, "{:<16}{:<17} {}", view.code, view.level, view.name)?;
                places::tell(env, &found)?;
                show_settings(env, settings)?;
                env.tell(&found.notes)?;
            }
        }
        SchoolWhat::Set(args) => set(env, &store, &actor, args)?,
        SchoolWhat::Place(args) => places::place(env, &store, args)?,
        SchoolWhat::Alias(args) => places::alias(env, &store, args)?,
        SchoolWhat::Satellite(args) => places::satellite(env, &store, args)?,
        SchoolWhat::Levels(args) => places::levels(env, &store, args)?,
        SchoolWhat::Ownership(args) => places::ownership(env, &store, args)?,
        SchoolWhat::List { json: true } => {
            for view in directory::schools(&store)? {
                env.json(&view)?;
            }
        }
        SchoolWhat::List { json: false } => {
            for view in directory::schools(&store)? {
                let closed = match (view.closed_on, env.lang) {
                    (None, _) => String::new(),
                    (Some(day), Lang::Vi) => {
                        format!(" (ngừng hoạt động từ sau ngày {})", vietnamese_day(day))
                    }
                    (Some(day), Lang::En) => format!(" (closed after {day})"),
                };
                writeln!(env.out, "{:<16}{:<17} {}{closed}", view.code, view.level, view.name)?;
            }
        }
    }
    Ok(Status::Done)
}

/// Changes settings. Letting the machine settle for known payers shows first what it would have done.
fn set(env: &mut Env<'_>, store: &Store, actor: &Actor, args: &SetArgs) -> Result<(), Failure> {
    let changes = backtest::changes(&args.settings)?;
    let present = settings::show(store, &args.school)?.settings;
    let school = directory::find_school(store, &args.school)?.id;
    if settings::needs_backtest(present, &changes) {
        let ask = Ask { changes: changes.clone(), ..Ask::default() };
        let found = crate::service::backtest::run(store, school, &ask)?;
        backtest::summary(&found, env.lang, env.out)?;
        writeln!(env.out)?;
    }
    let now = settings::set(store, &SystemClock, actor, school, &changes, args.despite_misses)?;
    show_settings(env, now)
}

fn show_settings(env: &mut Env<'_>, settings: Settings) -> Result<(), Failure> {
    for setting in Setting::ALL {
        writeln!(env.out, "  {}: {}", setting.name(), backtest::on_off(setting, settings))?;
    }
    Ok(())
}
