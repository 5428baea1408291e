//! `doisoat verify`: the invariants, one line each.

use super::{Env, Failure, Status};
use crate::domain::lang::Lang;
use crate::service::verify;

/// How to print.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// One JSON object for each invariant
    #[arg(long)]
    json: bool,
}

/// Checks the books; refused when an invariant does not hold.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (_, store) = env.store()?;
    let findings = verify::run(&store)?;
    let mut status = Status::Done;
    for finding in &findings {
        if args.json {
            let line = serde_json::to_string(finding).map_err(std::io::Error::from)?;
            writeln!(env.out, "{line}")?;
        } else {
            let mark = if finding.holds() { "✔" } else { "✘" };
            let words = match env.lang {
                Lang::Vi => finding.vi,
                Lang::En => finding.en,
            };
            writeln!(env.out, "{mark} {:<4}{words} ({})", finding.invariant, finding.checked)?;
            for fault in &finding.faults {
                writeln!(env.out, "      {fault}")?;
            }
        }
        if !finding.holds() {
            status = Status::Refused;
        }
    }
    Ok(status)
}
