//! `doisoat invoice`: invoices, and what brings one down after it was issued.

use super::invoice_text::{tell_invoice, tell_note, tell_row, tell_write_off};
use super::{Env, Failure, Status};
use crate::app;
use crate::clock::SystemClock;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::invoice::InvoiceState;
use crate::domain::money::Vnd;
use crate::service::fees::credit_notes::{self, LineCredit};
use crate::service::fees::show::{self, PageFilter};
use crate::service::fees::write_offs::{self, WriteOffTerms};
use crate::service::{Actor, directory};

/// What to do with invoices.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// List invoices
    List(ListArgs),
    /// Show an invoice with its lines, instalments and credit notes
    Show(At),
    /// Make a credit note: an invoice comes down, and what was paid beyond the rest becomes credit
    Credit(CreditArgs),
    /// Cancel an invoice and issue it anew, as prices, choices and exemptions are now
    Reissue(ReissueArgs),
    /// Ask to write off what will never be paid; somebody else has to agree
    WriteOff(WriteOffArgs),
    /// List what was asked to be written off, newest first
    WriteOffs {
        /// The school's code
        #[arg(long)]
        school: String,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Agree to a write-off that somebody else asked for, or refuse one
    Decide(DecideArgs),
}

#[derive(Debug, clap::Args)]
struct At {
    /// The invoice's payment code
    code: String,
    /// The school's code
    #[arg(long)]
    school: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// Only those of this round
    #[arg(long, value_name = "CODE")]
    round: Option<String>,
    /// Only those of this student
    #[arg(long, value_name = "CODE")]
    student: Option<String>,
    /// Only waived, open, `partly_paid`, paid or cancelled ones
    #[arg(long)]
    state: Option<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("by").required(true).multiple(true).args(["units", "amounts"]))]
struct CreditArgs {
    #[command(flatten)]
    at: At,
    /// So many units of an item less: MEALS=3
    #[arg(long, value_name = "ITEM=UNITS")]
    units: Vec<String>,
    /// So many đồng of an item less: MEALS=90000
    #[arg(long = "amount", value_name = "ITEM=DONG")]
    amounts: Vec<String>,
    /// Why
    #[arg(long)]
    reason: String,
}

#[derive(Debug, clap::Args)]
struct ReissueArgs {
    #[command(flatten)]
    at: At,
    /// How many units of an item, where it is not what the round says: MEALS=19
    #[arg(long, value_name = "ITEM=UNITS")]
    units: Vec<String>,
    /// Why
    #[arg(long)]
    reason: String,
}

#[derive(Debug, clap::Args)]
struct WriteOffArgs {
    #[command(flatten)]
    at: At,
    /// How much, in đồng; at most what is open
    #[arg(long, value_name = "DONG")]
    amount: i64,
    /// Why
    #[arg(long)]
    reason: String,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("answer").required(true).args(["approve", "refuse"]))]
struct DecideArgs {
    /// The write-off's number
    write_off: i64,
    /// The school's code
    #[arg(long)]
    school: String,
    /// Agree
    #[arg(long)]
    approve: bool,
    /// Leave the invoice as it is
    #[arg(long)]
    refuse: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Invoices read in one go.
const PAGE: u32 = 1_000;

/// Does what the arguments name.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (config, store) = env.store()?;
    let actor = Actor::named("cli");
    let school = |code: &str| directory::find_school(&store, code).map(|school| school.id);
    match &args.what {
        What::List(args) => {
            let school = school(&args.school)?;
            let mut filter = PageFilter {
                round: args.round.clone(),
                student: args.student.clone(),
                state: args.state.as_deref().map(state_of).transpose()?,
                after: None,
                limit: PAGE,
            };
            loop {
                let (page, next) = show::invoices(&store, school, &filter)?;
                for one in &page {
                    if args.json { env.json(one)? } else { tell_row(env, one)? }
                }
                if next.is_none() {
                    break;
                }
                filter.after = next;
            }
        }
        What::Show(at) => {
            let found = show::invoice(&store, &SystemClock, school(&at.school)?, &at.code)?;
            if at.json { env.json(&found)? } else { tell_invoice(env, &found)? }
        }
        What::Credit(args) => {
            let mut credits = Vec::new();
            for text in &args.units {
                let (item, units) = item_and_number(text)?;
                credits.push(LineCredit { item, quantity: Some(units), amount: None });
            }
            for text in &args.amounts {
                let (item, dong) = item_and_number(text)?;
                credits.push(LineCredit { item, quantity: None, amount: Some(Vnd::new(dong)) });
            }
            let at = (school(&args.at.school)?, args.at.code.as_str());
            let reason = &args.reason;
            let made = credit_notes::correct(&store, &SystemClock, &actor, at, &credits, reason)?;
            if args.at.json { env.json(&made)? } else { tell_note(env, &made)? }
        }
        What::Reissue(args) => {
            let units: Vec<(String, i64)> =
                args.units.iter().map(|text| item_and_number(text)).collect::<Result<_, _>>()?;
            let made = credit_notes::reissue(
                &store,
                &SystemClock,
                &actor,
                &app::prefixes(&config),
                (school(&args.at.school)?, &args.at.code),
                &units,
                &args.reason,
            )?;
            if args.at.json { env.json(&made)? } else { tell_note(env, &made)? }
        }
        What::WriteOff(args) => {
            let terms =
                WriteOffTerms { amount: Vnd::new(args.amount), reason: args.reason.clone() };
            let at = (school(&args.at.school)?, args.at.code.as_str());
            let asked = write_offs::ask(&store, &SystemClock, &actor, at, &terms)?;
            if args.at.json { env.json(&asked)? } else { tell_write_off(env, &asked)? }
        }
        What::WriteOffs { school: code, json } => {
            for one in write_offs::list(&store, school(code)?)? {
                if *json { env.json(&one)? } else { tell_write_off(env, &one)? }
            }
        }
        What::Decide(args) => {
            let at = (school(&args.school)?, args.write_off);
            let decided = write_offs::decide(&store, &SystemClock, &actor, at, args.approve)?;
            if args.json { env.json(&decided)? } else { tell_write_off(env, &decided)? }
        }
    }
    Ok(Status::Done)
}

fn state_of(text: &str) -> Result<InvoiceState, Failure> {
    use InvoiceState::{Cancelled, Open, Paid, PartlyPaid, Waived};
    [Waived, Open, PartlyPaid, Paid, Cancelled]
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or_else(|| {
            Failure::Usage(vec![Diagnostic::new(
                "state",
                format!("Không có trạng thái “{text}”. Dùng waived, open, partly_paid, paid hoặc cancelled."),
                format!("There is no state “{text}”. Use waived, open, partly_paid, paid or cancelled."),
            )])
        })
}

/// Reads `ITEM=NUMBER`; an item's name may hold the sign itself.
fn item_and_number(text: &str) -> Result<(String, i64), Failure> {
    let parts = text
        .rsplit_once('=')
        .and_then(|(item, number)| Some((item.to_owned(), number.trim().parse().ok()?)));
    parts.ok_or_else(|| {
        Failure::Usage(vec![Diagnostic::new(
            "item",
            format!("Không đọc được “{text}”. Ghi MÃ=SỐ, ví dụ MEALS=3."),
            format!("“{text}” cannot be read. Write ITEM=NUMBER, e.g. MEALS=3."),
        )])
    })
}
