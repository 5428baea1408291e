//! `doisoat template`: workbooks to be filled in and imported.

use std::path::PathBuf;

use super::{Env, Failure, Status, write_file};
use crate::service::directory;
use crate::service::students::export;

/// What kind of workbook.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Students: blank with an example, or with a school's students, to be edited and imported again
    Students {
        /// Fill it with the students of this school
        #[arg(long)]
        school: Option<String>,
        /// Where to write the workbook
        #[arg(long, value_name = "FILE.xlsx")]
        out: PathBuf,
    },
}

/// Writes the workbook that the arguments name; a blank one needs no database.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let What::Students { school, out } = &args.what;
    let bytes = match school {
        None => export::blank()?,
        Some(code) => {
            let (_, store) = env.store()?;
            export::filled(&store, directory::find_school(&store, code)?.id)?
        }
    };
    write_file(out, &bytes)?;
    writeln!(env.out, "{}", out.display())?;
    Ok(Status::Done)
}
