//! `doisoat notice`: paper for families.

use std::path::PathBuf;

use super::{Env, Failure, Status, write_file};
use crate::clock::SystemClock;
use crate::service::directory;
use crate::service::notices::{self, Ask};

/// Which paper to make.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Notices with a QR code for everybody who owes something, four on a sheet
    Print {
        #[command(flatten)]
        of: Of,
        /// Only families that no mail reaches
        #[arg(long)]
        without_mail: bool,
    },
    /// Lists by class with what each student owes and room for a signature
    ClassList {
        #[command(flatten)]
        of: Of,
    },
}

#[derive(Debug, clap::Args)]
struct Of {
    /// The school's code
    #[arg(long)]
    school: String,
    /// Only this class
    #[arg(long)]
    class: Option<String>,
    /// Only what is open of this collection round, by code
    #[arg(long)]
    round: Option<String>,
    /// The PDF to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Does what the arguments name.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (_, store) = env.store()?;
    let (of, without_mail) = match &args.what {
        What::Print { of, without_mail } => (of, *without_mail),
        What::ClassList { of } => (of, false),
    };
    let school = directory::find_school(&store, &of.school)?.id;
    let ask = Ask { class: of.class.clone(), round: of.round.clone(), without_mail, year: None };
    let bytes = match &args.what {
        What::Print { .. } => notices::notices_pdf(&store, &SystemClock, school, &ask, env.lang)?,
        What::ClassList { .. } => {
            notices::class_lists_pdf(&store, &SystemClock, school, &ask, env.lang)?
        }
    };
    write_file(&of.out, &bytes)?;
    Ok(Status::Done)
}
