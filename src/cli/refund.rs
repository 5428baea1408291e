//! `doisoat refund`: credit that goes back to families.

use std::io;

use super::{Env, Failure, Status};
use crate::clock::SystemClock;
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::service::fees::refunds::{self, RefundEnd, RefundTerms, RefundView};
use crate::service::{Actor, directory};

/// What to do with refunds.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Order a refund: the family's credit is kept for it, the oldest first
    Order(OrderArgs),
    /// List refunds, newest first
    List {
        /// The school's code
        #[arg(long)]
        school: String,
        /// Only ordered, paid or cancelled ones
        #[arg(long, value_parser = ["ordered", "paid", "cancelled"])]
        state: Option<String>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Say that a refund was paid
    Paid {
        #[command(flatten)]
        at: At,
        /// The day the money left
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Day,
        /// The bank's reference
        #[arg(long)]
        reference: Option<String>,
    },
    /// Take an order back: the money is credit again
    Cancel {
        #[command(flatten)]
        at: At,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, clap::Args)]
struct At {
    /// The refund's number
    refund: i64,
    /// The school's code
    #[arg(long)]
    school: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct OrderArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The student whose family it is
    #[arg(long, value_name = "CODE")]
    student: String,
    /// How much, in đồng; at most the family's credit
    #[arg(long, value_name = "DONG")]
    amount: i64,
    /// The fee item it was paid for
    #[arg(long)]
    item: Option<String>,
    /// The receiving bank's BIN, six digits
    #[arg(long)]
    bin: String,
    /// The receiving account
    #[arg(long)]
    account: String,
    /// Its holder
    #[arg(long)]
    holder: String,
    /// Why
    #[arg(long)]
    reason: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Does what the arguments name.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (_, store) = env.store()?;
    let actor = Actor::named("cli");
    let school = |code: &str| directory::find_school(&store, code).map(|school| school.id);
    let (told, json) = match &args.what {
        What::Order(args) => {
            let terms = RefundTerms {
                student: args.student.clone(),
                amount: Vnd::new(args.amount),
                item: args.item.clone(),
                bin: args.bin.clone(),
                account: args.account.clone(),
                holder: args.holder.clone(),
                reason: args.reason.clone(),
            };
            let school = school(&args.school)?;
            (vec![refunds::order(&store, &SystemClock, &actor, school, &terms)?], args.json)
        }
        What::List { school: code, state, json } => {
            (refunds::list(&store, school(code)?, state.as_deref())?, *json)
        }
        What::Paid { at, on, reference } => {
            let end = RefundEnd::Paid { on: *on, reference: reference.clone() };
            let place = (school(&at.school)?, at.refund);
            (vec![refunds::close(&store, &SystemClock, &actor, place, &end)?], at.json)
        }
        What::Cancel { at, reason } => {
            let end = RefundEnd::Cancelled { reason: reason.clone() };
            let place = (school(&at.school)?, at.refund);
            (vec![refunds::close(&store, &SystemClock, &actor, place, &end)?], at.json)
        }
    };
    for one in &told {
        if json { env.json(one)? } else { tell(env, one)? }
    }
    Ok(Status::Done)
}

fn tell(env: &mut Env<'_>, one: &RefundView) -> io::Result<()> {
    let state = match (one.state.as_str(), env.lang) {
        ("ordered", Lang::Vi) => "chờ chi",
        ("ordered", Lang::En) => "ordered",
        ("paid", Lang::Vi) => "đã chi",
        ("paid", Lang::En) => "paid",
        (_, Lang::Vi) => "đã hủy",
        (_, Lang::En) => "cancelled",
    };
    let on = one.paid_on.map(|day| format!(" {}", vietnamese_day(day))).unwrap_or_default();
    let reference = one.reference.as_deref().map(|text| format!(" {text}")).unwrap_or_default();
    let terms = &one.terms;
    let item = terms.item.as_deref().map(|item| format!(" · {item}")).unwrap_or_default();
    writeln!(
        env.out,
        "{:>8}  {:<12}{} {}  {:>14} ₫  → {} {} {} · {state}{on}{reference}{item} · {}",
        one.id,
        terms.student,
        one.student_name,
        one.class,
        terms.amount.grouped(),
        terms.bin,
        terms.account,
        terms.holder,
        terms.reason
    )
}
