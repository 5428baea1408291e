//! `doisoat students`: who is at a school, and what changes in a school year.

use std::path::PathBuf;

use super::{Env, Failure, Status, read_list};
use crate::clock::SystemClock;
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::lang::Lang;
use crate::domain::roster::SchoolYear;
use crate::formats::roster::class_moves_of;
use crate::service::students::promote::ClassMove;
use crate::service::students::view::{self, Asked, StudentDetail, StudentView};
use crate::service::students::{
    Leaving, PromotionOutcome, PromotionRequest, Return, Transfer, moves, promote,
};
use crate::service::{Actor, Store, directory, intake};

/// What to do with students.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// List students in the order of names
    List(ListArgs),
    /// Show one student with everything known; personal numbers are masked
    Show(OneArgs),
    /// Put a student into another class
    Transfer {
        #[command(flatten)]
        one: OneArgs,
        /// The class
        #[arg(long)]
        class: String,
        /// The first day there (YYYY-MM-DD)
        #[arg(long)]
        on: Day,
        /// Take a class that is none of the school's
        #[arg(long)]
        create_class: bool,
    },
    /// Say that a student is no longer at the school
    Leave {
        #[command(flatten)]
        one: OneArgs,
        /// The first day on which the student is no longer there (YYYY-MM-DD)
        #[arg(long)]
        on: Day,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Take a student who left back in
    Return {
        #[command(flatten)]
        one: OneArgs,
        /// The first day (YYYY-MM-DD)
        #[arg(long)]
        on: Day,
        /// The class; the last one where absent
        #[arg(long)]
        class: Option<String>,
        /// Take a class that is none of the school's
        #[arg(long)]
        create_class: bool,
    },
    /// Move every class up at the end of a school year; the last grade leaves
    Promote(PromoteArgs),
}

#[derive(Debug, clap::Args)]
struct OneArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The student's code
    student: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// Only this class
    #[arg(long)]
    class: Option<String>,
    /// Words of the name, the class or the code, with or without diacritics
    #[arg(long)]
    search: Option<String>,
    /// Those who left as well
    #[arg(long)]
    with_left: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct PromoteArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The year that ends, as 2026-2027
    #[arg(long, value_name = "YEAR")]
    from_year: String,
    /// The first day in the new classes (YYYY-MM-DD)
    #[arg(long)]
    on: Day,
    /// A list (CSV or XLSX) with the columns `Lớp cũ` and `Lớp mới`; blank to leave
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// The school's last grade; that of its level where absent
    #[arg(long)]
    last_grade: Option<i32>,
    /// Do it; else it is only shown
    #[arg(long)]
    commit: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Students of one page.
const PAGE: u32 = 1_000;

/// Does what the arguments name.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (_, store) = env.store()?;
    let actor = Actor::named("cli");
    let school = |code: &str| directory::find_school(&store, code).map(|school| school.id);
    match &args.what {
        What::List(args) => list(env, &store, args),
        What::Show(one) => {
            let found = view::detail(&store, school(&one.school)?, &one.student)?;
            show(env, one, &found)
        }
        What::Transfer { one, class, on, create_class } => {
            let wanted = Transfer { class: class.clone(), on: *on, create_class: *create_class };
            let at = (school(&one.school)?, one.student.as_str());
            let now = moves::transfer(&store, &SystemClock, &actor, at, &wanted)?;
            show(env, one, &now)
        }
        What::Leave { one, on, reason } => {
            let wanted = Leaving { on: *on, reason: reason.clone() };
            let at = (school(&one.school)?, one.student.as_str());
            let now = moves::leave(&store, &SystemClock, &actor, at, &wanted)?;
            show(env, one, &now)
        }
        What::Return { one, on, class, create_class } => {
            let wanted = Return { on: *on, class: class.clone(), create_class: *create_class };
            let at = (school(&one.school)?, one.student.as_str());
            let now = moves::take_back(&store, &SystemClock, &actor, at, &wanted)?;
            show(env, one, &now)
        }
        What::Promote(args) => {
            let wanted = PromotionRequest {
                from_year: args
                    .from_year
                    .parse::<SchoolYear>()
                    .map_err(|wrong| Failure::Usage(vec![wrong]))?,
                on: args.on,
                classes: class_moves(env, args)?,
                last_grade: args.last_grade,
                commit: args.commit,
            };
            let at = school(&args.school)?;
            let outcome = promote::run(&store, &SystemClock, &actor, at, &wanted)?;
            tell_promotion(env, args, &outcome)
        }
    }
}

fn class_moves(env: &Env<'_>, args: &PromoteArgs) -> Result<Vec<ClassMove>, Failure> {
    let Some(path) = &args.map else { return Ok(Vec::new()) };
    let table = intake::list(&env.reader()?, &read_list(path)?)?;
    let rows = class_moves_of(&table).map_err(|wrong| Failure::Refused(vec![wrong]))?;
    if !rows.bad.is_empty() {
        return Err(Failure::Refused(rows.bad));
    }
    Ok(rows.good.into_iter().map(|row| ClassMove { from: row.from, to: row.to }).collect())
}

fn list(env: &mut Env<'_>, store: &Store, args: &ListArgs) -> Result<Status, Failure> {
    let school = directory::find_school(store, &args.school)?.id;
    let (class, search) = (args.class.clone(), args.search.clone());
    let asked = Asked { class, search, with_left: args.with_left, year: None };
    let mut cursor = None;
    loop {
        let (students, next) = view::page(store, school, &asked, cursor.as_ref(), PAGE)?;
        for student in &students {
            if args.json {
                env.json(student)?;
            } else {
                line(env, student)?;
            }
        }
        match next {
            Some(next) => cursor = Some(next),
            None => return Ok(Status::Done),
        }
    }
}

fn line(env: &mut Env<'_>, student: &StudentView) -> Result<(), Failure> {
    let left = match (student.left_on, env.lang) {
        (None, _) => String::new(),
        (Some(day), Lang::Vi) => format!(" (nghỉ từ {})", vietnamese_day(day)),
        (Some(day), Lang::En) => format!(" (left on {day})"),
    };
    let StudentView { code, class, name, .. } = student;
    Ok(writeln!(env.out, "{code:<14}{class:<10}{name}{left}")?)
}

fn show(env: &mut Env<'_>, one: &OneArgs, found: &StudentDetail) -> Result<Status, Failure> {
    if one.json {
        env.json(found)?;
        return Ok(Status::Done);
    }
    line(env, &found.student)?;
    for number in &found.identifiers {
        writeln!(env.out, "  {:<18}{}", number.scheme, number.value)?;
    }
    for guardian in &found.guardians {
        let parts = [&guardian.name, &guardian.relation, &guardian.email, &guardian.phone];
        let parts: Vec<&str> = parts.into_iter().filter_map(|part| part.as_deref()).collect();
        writeln!(env.out, "  {}", parts.join(" · "))?;
    }
    for sibling in &found.family.siblings {
        write!(env.out, "  + ")?;
        line(env, sibling)?;
    }
    for time in &found.enrolments {
        let day = |day: Option<Day>| day.map_or_else(|| "…".to_owned(), vietnamese_day);
        let ended = time.ended_by.as_deref().unwrap_or_default();
        writeln!(
            env.out,
            "  {} {:<10}{} – {} {ended}",
            time.school_year,
            time.class,
            day(time.from),
            day(time.to)
        )?;
    }
    if let Some(reason) = &found.left_reason {
        writeln!(env.out, "  {reason}")?;
    }
    Ok(Status::Done)
}

fn tell_promotion(
    env: &mut Env<'_>,
    args: &PromoteArgs,
    outcome: &PromotionOutcome,
) -> Result<Status, Failure> {
    let status = if outcome.problems.is_empty() { Status::Done } else { Status::Refused };
    if args.json {
        env.json(outcome)?;
        return Ok(status);
    }
    let out = match env.lang {
        Lang::Vi => "ra trường",
        Lang::En => "leave",
    };
    for class in &outcome.classes {
        let to = match &class.to {
            Some(to) => to.as_str(),
            None if class.leaves => out,
            None => "?",
        };
        writeln!(env.out, "  {:<10}→ {to:<12}{:>6}", class.from, class.students)?;
    }
    let (up, leaving, year) = (outcome.promoted, outcome.leaving, outcome.to_year);
    match (env.lang, outcome.committed) {
        (Lang::Vi, false) => writeln!(
            env.out,
            "Dự kiến năm học {year}: lên lớp {up} · ra trường {leaving}. Thêm --commit để ghi nhận."
        )?,
        (Lang::Vi, true) => {
            writeln!(env.out, "Đã ghi nhận năm học {year}: lên lớp {up} · ra trường {leaving}.")?;
        }
        (Lang::En, false) => writeln!(
            env.out,
            "Planned for {year}: {up} go up · {leaving} leave. Add --commit to record it."
        )?,
        (Lang::En, true) => {
            writeln!(env.out, "Recorded for {year}: {up} go up · {leaving} leave.")?;
        }
    }
    env.tell(&outcome.problems)?;
    Ok(status)
}
