//! `doisoat receipt`: what was confirmed to families.

use std::io;
use std::path::PathBuf;

use super::{Env, Failure, Status, write_file};
use crate::clock::SystemClock;
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Lang;
use crate::domain::receipt::{ReceiptNumber, ReceiptState};
use crate::service::receipts::{
    self, Asked, Cursor, InvoiceElsewhere, ReceiptView, RequestView, Terms,
};
use crate::service::{Actor, Store, directory};

/// What to do with receipts.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// List receipts, the last number first
    List {
        /// The school's code
        #[arg(long)]
        school: String,
        /// Issued on this day or later
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Option<Day>,
        /// Issued on this day or earlier
        #[arg(long, value_name = "YYYY-MM-DD")]
        to: Option<Day>,
        /// Only of this class
        #[arg(long)]
        class: Option<String>,
        /// Only those that hold, were replaced or were voided
        #[arg(long, value_parser = ["live", "replaced", "voided"])]
        state: Option<String>,
        /// A number, or parts of a student's name or code
        #[arg(long, default_value = "")]
        text: String,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Show one with everything that belongs to it
    Show {
        #[command(flatten)]
        at: At,
    },
    /// Write receipts into one PDF
    Pdf {
        /// The receipts' numbers, such as BL-2026-000123
        #[arg(required = true)]
        receipts: Vec<String>,
        /// The school's code
        #[arg(long)]
        school: String,
        /// The file to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Void one; if the family has it, ask for it: a second person has to approve
    Void {
        #[command(flatten)]
        at: At,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// List what waits for a second person
    Waiting {
        /// The school's code
        #[arg(long)]
        school: String,
    },
    /// Agree to void a receipt, as somebody else than who asked
    Approve {
        #[command(flatten)]
        request: OfRequest,
    },
    /// Leave a receipt as it is
    Refuse {
        #[command(flatten)]
        request: OfRequest,
    },
    /// Say which electronic invoice other software issued for the same money
    Invoice {
        #[command(flatten)]
        at: At,
        /// Its symbol
        #[arg(long)]
        symbol: Option<String>,
        /// Its number
        #[arg(long)]
        number: Option<String>,
        /// The code to look it up with
        #[arg(long)]
        lookup_code: Option<String>,
        /// The page to look it up on
        #[arg(long)]
        lookup_url: Option<String>,
    },
    /// Show or change whether receipts are issued, for what is settled from now on
    Terms {
        /// The school's code
        #[arg(long)]
        school: String,
        /// Whether they are
        #[arg(long, value_parser = ["on", "off"])]
        issue: Option<String>,
        /// Only for money that came on this day or later
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Option<Day>,
    },
}

#[derive(Debug, clap::Args)]
struct At {
    /// The receipt's number, such as BL-2026-000123
    receipt: String,
    /// The school's code
    #[arg(long)]
    school: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct OfRequest {
    /// The request, as `waiting` lists it
    request: i64,
    /// The school's code
    #[arg(long)]
    school: String,
}

/// Does what the arguments name.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (config, store) = env.store()?;
    let id = |code: &str| directory::find_school(&store, code).map(|school| school.id);
    match &args.what {
        What::List { school, from, to, class, state, text, json } => {
            let mut asked = Asked {
                from: *from,
                to: *to,
                class: class.clone(),
                state: state.as_deref().and_then(ReceiptState::parse),
                text: text.clone(),
                year: None,
                before: None,
            };
            let school = id(school)?;
            loop {
                let (rows, next) = receipts::page(&store, school, &asked, 200)?;
                for one in &rows {
                    if *json { env.json(one)? } else { tell(env, one)? }
                }
                let Some(next): Option<Cursor> = next else { break };
                asked.before = Some(next);
            }
        }
        What::Show { at } => {
            let school = id(&at.school)?;
            let receipt = find(&store, &at.school, &at.receipt)?;
            let detail = receipts::show(&store, school, receipt)?;
            if at.json {
                env.json(&detail)?;
            } else {
                tell(env, &detail.receipt)?;
                for line in &detail.receipt.lines {
                    let amount = line.amount.grouped();
                    writeln!(env.out, "    {:>14} ₫  {} · {}", amount, line.item, line.round)?;
                }
                writeln!(env.out, "    {}", detail.receipt.verify_code)?;
                for one in &detail.requests {
                    tell_request(env, one)?;
                }
            }
        }
        What::Pdf { receipts: numbers, school, out } => {
            let mut ids = Vec::with_capacity(numbers.len());
            for number in numbers {
                ids.push(find(&store, school, number)?);
            }
            let site = (env.lang, config.server.public_url.as_str());
            let bytes = receipts::pdf(&store, id(school)?, &ids, site)?;
            write_file(out, &bytes)?;
        }
        What::Void { at, reason } => {
            let of = (id(&at.school)?, find(&store, &at.school, &at.receipt)?);
            let request =
                receipts::ask_void(&store, &SystemClock, &Actor::named("cli"), of, reason)?;
            if at.json { env.json(&request)? } else { tell_request(env, &request)? }
        }
        What::Waiting { school } => {
            for one in receipts::waiting(&store, id(school)?)? {
                write!(env.out, "{}  {}  ", one.number, one.student)?;
                tell_request(env, &one.request)?;
            }
        }
        What::Approve { request } => decide(env, &store, request, true)?,
        What::Refuse { request } => decide(env, &store, request, false)?,
        What::Invoice { at, symbol, number, lookup_code, lookup_url } => {
            let of = (id(&at.school)?, find(&store, &at.school, &at.receipt)?);
            let wanted = InvoiceElsewhere {
                symbol: symbol.clone(),
                number: number.clone(),
                lookup_code: lookup_code.clone(),
                lookup_url: lookup_url.clone(),
            };
            let actor = Actor::named("cli");
            let view = receipts::set_elsewhere(&store, &SystemClock, &actor, of, &wanted)?;
            if at.json { env.json(&view)? } else { tell(env, &view)? }
        }
        What::Terms { school, issue, from } => {
            let school = id(school)?;
            let known = receipts::terms(&store, school)?;
            let wanted = Terms {
                issue: issue.as_deref().map_or(known.issue, |word| word == "on"),
                from: from.or(known.from),
            };
            let actor = Actor::named("cli");
            let terms = receipts::set_terms(&store, &SystemClock, &actor, school, wanted)?;
            env.json(&terms)?;
        }
    }
    Ok(Status::Done)
}

fn decide(env: &mut Env<'_>, store: &Store, of: &OfRequest, agree: bool) -> Result<(), Failure> {
    let school = directory::find_school(store, &of.school)?.id;
    let actor = Actor::named("cli");
    let told = receipts::decide_void(store, &SystemClock, &actor, (school, of.request), agree)?;
    Ok(tell_request(env, &told)?)
}

/// The receipt with this number.
fn find(store: &Store, school: &str, number: &str) -> Result<i64, Failure> {
    let school = directory::find_school(store, school)?.id;
    let unknown = || {
        Failure::Refused(vec![Diagnostic::new(
            "receipt_not_found",
            format!("Không tìm thấy biên lai “{number}”. Ghi số đầy đủ, ví dụ BL-2026-000123."),
            format!(
                "There is no receipt “{number}”. Write the whole number, such as BL-2026-000123."
            ),
        )])
    };
    ReceiptNumber::parse(number).ok_or_else(unknown)?;
    let asked = Asked { text: number.to_owned(), ..Asked::default() };
    let (rows, _) = receipts::page(store, school, &asked, 1)?;
    rows.first().map(|row| row.id).ok_or_else(unknown)
}

fn tell(env: &mut Env<'_>, one: &ReceiptView) -> io::Result<()> {
    let state = match (one.state, env.lang) {
        (ReceiptState::Live, Lang::Vi) => "có hiệu lực",
        (ReceiptState::Live, Lang::En) => "valid",
        (ReceiptState::Replaced, Lang::Vi) => "đã thay thế",
        (ReceiptState::Replaced, Lang::En) => "replaced",
        (ReceiptState::Voided, Lang::Vi) => "đã hủy",
        (ReceiptState::Voided, Lang::En) => "voided",
    };
    let by = one.replaced_by.as_deref().map(|by| format!(" → {by}")).unwrap_or_default();
    writeln!(
        env.out,
        "{}  {}  {:<12}{} {}  {:>14} ₫  {state}{by}",
        one.number,
        vietnamese_day(one.issued_on),
        one.student_code,
        one.student,
        one.class,
        one.amount.grouped()
    )
}

fn tell_request(env: &mut Env<'_>, one: &RequestView) -> io::Result<()> {
    let state = match (one.state.as_str(), env.lang) {
        ("asked", Lang::Vi) => "chờ duyệt",
        ("asked", Lang::En) => "waits",
        ("approved", Lang::Vi) => "đã hủy",
        ("approved", Lang::En) => "voided",
        (_, Lang::Vi) => "không duyệt",
        (_, Lang::En) => "not agreed",
    };
    writeln!(env.out, "{:>8}  {state} · {} · {}", one.id, one.asked_by, one.reason)
}
