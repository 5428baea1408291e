//! `doisoat refund`: credit that goes back to families.

use std::io;

use super::{Env, Failure, Status};
use crate::clock::SystemClock;
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::service::fees::refund_limit::{self, RefundLimit};
use crate::service::fees::refund_requests::{
    self, Placed, RefundAnswer, RefundProposal, RefundRequestView,
};
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
    /// List refunds that were proposed because they are above the school's limit, newest first
    Proposed {
        /// The school's code
        #[arg(long)]
        school: String,
        /// Only those that wait, were approved, refused or withdrawn
        #[arg(long, value_parser = ["asked", "approved", "refused", "withdrawn"])]
        state: Option<String>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Agree to a proposed refund; not for whoever proposed it
    Agree(At),
    /// Refuse a proposed refund
    Refuse {
        #[command(flatten)]
        at: At,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Take a proposed refund back; only for whoever proposed it
    Withdraw(At),
    /// Show above how much a refund takes two persons, or set it
    Limit {
        /// The school's code
        #[arg(long)]
        school: String,
        /// The limit from now on, in đồng
        #[arg(long, value_name = "DONG")]
        set: Option<i64>,
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
            let done = refunds::order(&store, &SystemClock, &actor, school, &terms);
            let asked = RefundProposal::Credit(terms);
            let placed = (done, &asked);
            match refund_requests::done_or_proposed(&store, &SystemClock, &actor, school, placed)? {
                Placed::Done(view) => (vec![view], args.json),
                Placed::Proposed(one) => return show_proposed(env, &[*one], args.json),
            }
        }
        What::Proposed { school: code, state, json } => {
            let found = refund_requests::list(&store, school(code)?, state.as_deref(), u32::MAX)?;
            return show_proposed(env, &found, *json);
        }
        What::Agree(at) => {
            let place = (school(&at.school)?, at.refund);
            let said = RefundAnswer::Agree {};
            let one = refund_requests::answer(&store, &SystemClock, &actor, place, &said)?;
            return show_proposed(env, &[one], at.json);
        }
        What::Refuse { at, reason } => {
            let place = (school(&at.school)?, at.refund);
            let said = RefundAnswer::Refuse { reason: reason.clone() };
            let one = refund_requests::answer(&store, &SystemClock, &actor, place, &said)?;
            return show_proposed(env, &[one], at.json);
        }
        What::Withdraw(at) => {
            let place = (school(&at.school)?, at.refund);
            let one = refund_requests::withdraw(&store, &SystemClock, &actor, place)?;
            return show_proposed(env, &[one], at.json);
        }
        What::Limit { school: code, set } => {
            let school = school(code)?;
            let limit = match set {
                Some(dong) => {
                    let wanted = RefundLimit { limit: Vnd::new(*dong) };
                    refund_limit::set(&store, &SystemClock, &actor, school, wanted)?
                }
                None => refund_limit::show(&store, school)?,
            };
            writeln!(env.out, "{} ₫", limit.limit.grouped())?;
            return Ok(Status::Done);
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

fn show_proposed(
    env: &mut Env<'_>,
    found: &[RefundRequestView],
    json: bool,
) -> Result<Status, Failure> {
    for one in found {
        if json {
            env.json(one)?;
            continue;
        }
        let state = match (one.state.as_str(), env.lang) {
            ("asked", Lang::Vi) => "chờ người thứ hai duyệt",
            ("asked", Lang::En) => "waits for a second person",
            ("approved", Lang::Vi) => "đã duyệt",
            ("approved", Lang::En) => "approved",
            ("refused", Lang::Vi) => "đã từ chối",
            ("refused", Lang::En) => "refused",
            (_, Lang::Vi) => "đã rút",
            (_, Lang::En) => "withdrawn",
        };
        let whose = match &one.proposal {
            RefundProposal::Credit(terms) => {
                format!("{} {} {}", terms.student, one.student_name, one.class)
            }
            RefundProposal::Payment(asked) => format!("#{}", asked.payment),
        };
        let answer = one.answer.as_deref().map(|text| format!(" · {text}")).unwrap_or_default();
        writeln!(
            env.out,
            "{:>8}  {whose}  {:>14} ₫ · {state} · {} · {}{answer}",
            one.id,
            one.amount.grouped(),
            one.asked_by,
            one.reason
        )?;
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
