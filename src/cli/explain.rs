//! `doisoat explain`: what became of one payment and why, from the books or from files alone.

mod render;

use std::path::PathBuf;

use super::{Env, Failure, Status, reconcile};
use crate::domain::calendar::vietnamese_day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::service::explain::{self, Explanation, Found};
use crate::service::{Store, directory};

/// What to explain.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["given", "invoices"]))]
pub struct Args {
    /// A payment: its number, the bank's reference, or a piece of the transfer's text
    #[arg(value_name = "ENTRY")]
    given: Option<String>,
    /// The school's code; every school when absent
    #[arg(long, conflicts_with = "invoices")]
    school: Option<String>,
    /// Without a database: an invoice list to match against
    #[arg(long, value_name = "FILE", requires = "statement", requires = "entry")]
    invoices: Option<PathBuf>,
    /// Without a database: a statement file
    #[arg(long, value_name = "FILE", requires = "invoices")]
    statement: Option<PathBuf>,
    /// Without a database: the entry within its statement, 0 is the first, as in reconcile --json
    #[arg(long, value_name = "N", requires = "invoices")]
    entry: Option<usize>,
    /// Without a database: the statement within the file, 0 is the first
    #[arg(long, value_name = "N", requires = "invoices", default_value_t = 0)]
    in_statement: usize,
    /// Without a database: confirmed payer accounts
    #[arg(long, value_name = "FILE", requires = "invoices")]
    payers: Option<PathBuf>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Explains what the arguments name. Where several payments may be meant, lists them.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let explanation = match (&args.invoices, &args.statement, args.entry, &args.given) {
        (Some(invoices), Some(statement), Some(entry), _) => {
            let asked = reconcile::Asked {
                invoices,
                payers: args.payers.as_deref(),
                statement,
                in_statement: args.in_statement,
                entry,
            };
            reconcile::explain(env, &asked)?
        }
        (_, _, _, Some(given)) => {
            let (_, store) = env.store()?;
            match from_books(env, &store, args.school.as_deref(), given)? {
                Some(explanation) => explanation,
                None => return Ok(Status::Refused),
            }
        }
        // The arguments are declared so that one of the two is there.
        _ => return Ok(Status::Refused),
    };
    if args.json {
        writeln!(env.out, "{}", serde_json::to_string(&explanation).unwrap_or_default())?;
    } else {
        render::write(&explanation, env.lang, env.out)?;
    }
    Ok(Status::Done)
}

/// The one payment that is meant; `None`, with all of them told, when there are several.
fn from_books(
    env: &mut Env<'_>,
    store: &Store,
    school: Option<&str>,
    given: &str,
) -> Result<Option<Explanation>, Failure> {
    let school: Option<SchoolId> = match school {
        Some(code) => Some(directory::find_school(store, code)?.id),
        None => None,
    };
    let found = explain::find(store, school, given)?;
    match found.as_slice() {
        [] => Err(Failure::Refused(vec![Diagnostic::new(
            "entry_not_found",
            format!(
                "Không có khoản tiền nào mang số, mã tham chiếu hay nội dung “{given}”. Kiểm tra lại, hoặc bỏ --school để tìm ở mọi trường."
            ),
            format!(
                "No payment has the number, reference or text “{given}”. Check it, or leave --school out to look in every school."
            ),
        )])),
        [one] => Ok(Some(explain::explain(store, one.school, one.payment, env.lang)?)),
        several => {
            let shown = several.len().min(explain::MOST);
            let (vi, en) = if several.len() > shown {
                (format!("hơn {shown}"), format!("More than {shown}"))
            } else {
                (shown.to_string(), shown.to_string())
            };
            env.tell(&[Diagnostic::new(
                "entry_ambiguous",
                format!("Có {vi} khoản tiền khớp với “{given}”. Chọn một số ở cột đầu:"),
                format!("{en} payments fit “{given}”. Choose a number from the first column:"),
            )])?;
            for one in several.iter().take(shown) {
                tell_found(env, one)?;
            }
            Ok(None)
        }
    }
}

fn tell_found(env: &mut Env<'_>, found: &Found) -> Result<(), Failure> {
    let sign = if found.credit_debit == "debit" { "-" } else { "+" };
    let day = match env.lang {
        Lang::Vi => vietnamese_day(found.booking_date),
        Lang::En => found.booking_date.to_string(),
    };
    let text = found.remittance.as_deref().unwrap_or("–");
    writeln!(
        env.err,
        "  {}  {}  {day}  {sign}{} ₫  {}  {}",
        found.payment,
        found.school_code,
        found.amount.grouped(),
        found.reference.as_deref().unwrap_or("–"),
        text.split_whitespace().collect::<Vec<_>>().join(" "),
    )?;
    Ok(())
}
