//! `doisoat family`: families' pages, and personal data given out, given up or forgotten.

use std::path::PathBuf;

use super::{Env, Failure, Status, write_file};
use crate::app;
use crate::clock::{Clock as _, SystemClock, local_day};
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::domain::school_year::Term;
use crate::ids::RandomIds;
use crate::service::families::{links, looks, survey};
use crate::service::family_links::Addresses;
use crate::service::privacy::{erasure, export, retention};
use crate::service::students::view;
use crate::service::{Actor, ServiceError, directory};

/// What to do with families and their data.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Print the address of the family's page; written down in the access log
    Link(Of),
    /// Revoke the addresses of the family's page
    Revoke(Of),
    /// Write everything about a student into a ZIP archive; written down in the access log
    Export {
        #[command(flatten)]
        of: Of,
        /// The archive
        #[arg(long)]
        out: PathBuf,
    },
    /// Ask for a student's personal data to be erased; somebody else has to agree
    Erase {
        #[command(flatten)]
        of: Of,
        /// Why
        #[arg(long)]
        reason: String,
        /// Who asks
        #[arg(long)]
        by: String,
    },
    /// Agree to an erasure that somebody else asked for; it cannot be taken back
    Agree(Decision),
    /// Refuse an erasure
    Refuse(Decision),
    /// Print the access log as CSV
    Log {
        /// The school's code
        #[arg(long)]
        school: String,
    },
    /// Forget what is older than [privacy] in the settings says
    Forget,
    /// How content families are in a term, school by school
    Survey {
        /// The term, as 2026-2027/1; that of today when absent
        #[arg(long)]
        term: Option<String>,
    },
}

#[derive(Debug, clap::Args)]
struct Of {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The student's code
    #[arg(long)]
    student: String,
}

#[derive(Debug, clap::Args)]
struct Decision {
    /// The erasure's number
    erasure: i64,
    /// The school's code
    #[arg(long)]
    school: String,
    /// Who decides
    #[arg(long)]
    by: String,
}

/// Does what the arguments name.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (config, store) = env.store()?;
    let (clock, actor) = (&SystemClock, Actor::named("cli"));
    let school = |code: &str| directory::find_school(&store, code).map(|school| school.id);
    let student = |of: &Of| -> Result<(SchoolId, i64), ServiceError> {
        let school = school(&of.school)?;
        Ok((school, view::id_of(&store, school, &of.student)?))
    };
    let keys = app::keyring(&config);
    match &args.what {
        What::Link(of) => {
            let (school, id) = student(of)?;
            let of = (school, looks::family_of(&store, school, id)?);
            let with =
                Addresses { public_url: &config.server.public_url, ids: &RandomIds, keys: &keys };
            let address = links::for_staff(&store, clock, &actor, with, of)?;
            writeln!(env.out, "{address}")?;
        }
        What::Revoke(of) => {
            let (school, id) = student(of)?;
            let of = (school, looks::family_of(&store, school, id)?);
            let revoked = links::revoke(&store, clock, &actor, of)?;
            match env.lang {
                Lang::Vi => writeln!(env.out, "Đã hủy {revoked} địa chỉ.")?,
                Lang::En => writeln!(env.out, "{revoked} addresses are revoked.")?,
            }
        }
        What::Export { of, out } => {
            let (school, id) = student(of)?;
            let what = (school, id, env.lang);
            let bytes = export::archive(&store, clock, &keys, &actor, what)?;
            write_file(out, &bytes)?;
        }
        What::Erase { of, reason, by } => {
            let told = erasure::ask(&store, clock, &Actor::named(by), student(of)?, reason)?;
            env.json(&told)?;
        }
        What::Agree(one) | What::Refuse(one) => {
            let agree = matches!(args.what, What::Agree(_));
            let of = (school(&one.school)?, one.erasure);
            let told = erasure::decide(&store, clock, &Actor::named(&one.by), of, agree)?;
            env.json(&told)?;
        }
        What::Log { school: code } => {
            let asked = looks::AskedLooks::default();
            let bytes = looks::csv(&store, school(code)?, &asked)?;
            env.out.write_all(&bytes)?;
        }
        What::Forget => {
            let gone = retention::run(&store, clock, app::retention(&config))?;
            env.json(&gone)?;
        }
        What::Survey { term } => {
            let term = match term {
                None => Term::of(local_day(clock.now())),
                Some(text) => Term::parse(text).ok_or_else(|| unknown_term(text))?,
            };
            let schools = directory::schools(&store)?;
            let ids: Vec<SchoolId> = schools.iter().map(|school| school.id).collect();
            env.json(&survey::of_schools(&store, &ids, term)?)?;
        }
    }
    Ok(Status::Done)
}

fn unknown_term(text: &str) -> ServiceError {
    ServiceError::refused(crate::domain::diagnostic::Diagnostic::new(
        "term",
        format!("“{text}” không phải học kỳ. Ghi như 2026-2027/1."),
        format!("“{text}” is no term. Write it as 2026-2027/1."),
    ))
}
