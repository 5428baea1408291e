//! `doisoat identity`: payments that may be one, and what a person says of them.

use std::io;

use super::{Env, Failure, Status};
use crate::clock::SystemClock;
use crate::domain::id::{EntryId, PaymentId};
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::service::rulings::{self, LineView, NewRuling, Pair, Question, Ruled, Verdict};
use crate::service::{Actor, directory};

/// What to ask or to say.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Show the payments that may be others; the machine settles none of them
    Questions(ListArgs),
    /// Say that two payments are the same money, or that both are real
    Rule(RuleArgs),
    /// Show what was said so far, newest first
    Rulings(ListArgs),
    /// Show the bank's lines that a payment rests on
    Lines {
        /// The school's code
        #[arg(long)]
        school: String,
        /// The payment's number
        payment: i64,
    },
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("verdict").required(true).args(["same", "distinct"]))]
struct RuleArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// They are the same money: one payment
    #[arg(long)]
    same: bool,
    /// Both are real: two payments
    #[arg(long)]
    distinct: bool,
    /// The numbers are those of two entries, not of payments: to take apart what was put together
    #[arg(long)]
    entries: bool,
    /// Why
    #[arg(long)]
    reason: String,
    /// One number
    one: i64,
    /// The other
    other: i64,
}

/// Asks or says what the arguments name.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (_, store) = env.store()?;
    match &args.what {
        What::Questions(list) => {
            let school = directory::find_school(&store, &list.school)?;
            let questions = rulings::questions(&store, school.id)?;
            if list.json {
                json_lines(env, &questions)?;
            } else {
                for question in &questions {
                    tell_question(env, question)?;
                }
            }
        }
        What::Rule(rule) => {
            let school = directory::find_school(&store, &rule.school)?;
            let pair = if rule.entries {
                Pair::Entries(EntryId(rule.one), EntryId(rule.other))
            } else {
                Pair::Payments(PaymentId(rule.one), PaymentId(rule.other))
            };
            let asked = NewRuling {
                pair,
                verdict: if rule.same { Verdict::Same } else { Verdict::Distinct },
                reason: rule.reason.clone(),
                expected: Vec::new(),
            };
            let actor = Actor::named("cli");
            let ruled = rulings::rule(&store, &SystemClock, &actor, school.id, &asked)?;
            tell_ruled(env, &ruled)?;
        }
        What::Rulings(list) => {
            let school = directory::find_school(&store, &list.school)?;
            let said = rulings::list(&store, school.id)?;
            if list.json {
                json_lines(env, &said)?;
            } else {
                for one in &said {
                    let holds = match (one.holds, env.lang) {
                        (true, _) => "",
                        (false, Lang::Vi) => "  (đã thay)",
                        (false, Lang::En) => "  (replaced)",
                    };
                    let [a, b] = one.payments;
                    writeln!(
                        env.out,
                        "{}  {}  {a} {b}  {}  {}{holds}",
                        one.decided_at,
                        one.ruling.as_str(),
                        one.decided_by,
                        one.reason
                    )?;
                }
            }
        }
        What::Lines { school, payment } => {
            let school = directory::find_school(&store, school)?;
            for line in rulings::lines_of(&store, school.id, PaymentId(*payment))? {
                tell_line(env, &line)?;
            }
        }
    }
    Ok(Status::Done)
}

fn json_lines<T: serde::Serialize>(env: &mut Env<'_>, all: &[T]) -> io::Result<()> {
    for one in all {
        env.json(one)?;
    }
    Ok(())
}

fn tell_question(env: &mut Env<'_>, question: &Question) -> io::Result<()> {
    let why = match (question.why.as_str(), env.lang) {
        ("announced", Lang::Vi) => "dịch vụ đã báo có, sao kê ghi khác nội dung",
        ("announced", Lang::En) => {
            "a notification announced it, the statement tells it differently"
        }
        ("balance_stood", Lang::Vi) => "tệp lặp lại dòng này nhưng số dư không đổi",
        ("balance_stood", Lang::En) => "its file repeats the line, but the balance did not move",
        (_, Lang::Vi) => "hai tệp ghi cùng nội dung nhưng mã tham chiếu khác nhau",
        (_, Lang::En) => "two files show equal lines with different references",
    };
    let (payment, like) = (question.payment, question.like);
    match env.lang {
        Lang::Vi => writeln!(env.out, "Khoản tiền {payment} có thể là khoản {like}: {why}")?,
        Lang::En => writeln!(env.out, "Payment {payment} may be payment {like}: {why}")?,
    }
    for line in &question.lines {
        tell_line(env, line)?;
    }
    writeln!(env.out)
}

fn tell_line(env: &mut Env<'_>, line: &LineView) -> io::Result<()> {
    let sign = if line.credit_debit == "debit" { "-" } else { "+" };
    let balance = line.balance_after.map_or_else(|| "–".to_owned(), Vnd::grouped);
    let words = match env.lang {
        Lang::Vi => ["dòng sao kê", "khoản tiền", "số dư"],
        Lang::En => ["entry", "payment", "balance"],
    };
    let [entry, payment, after] = words;
    writeln!(
        env.out,
        "  {entry} {} · {payment} {} · {} {} · {} · {sign}{} ₫ · {} · {} · {after} {balance}",
        line.entry,
        line.payment,
        line.file,
        line.place,
        line.booking_date,
        line.amount.grouped(),
        line.reference.as_deref().unwrap_or("–"),
        line.remittance.as_deref().unwrap_or("–"),
    )
}

fn tell_ruled(env: &mut Env<'_>, ruled: &Ruled) -> io::Result<()> {
    let numbers: Vec<String> =
        ruled.payments.iter().map(|payment| payment.id.to_string()).collect();
    let numbers = numbers.join(", ");
    match (ruled.payments.len(), env.lang) {
        (1, Lang::Vi) => writeln!(env.out, "Đã ghi nhận: là một khoản tiền, số {numbers}."),
        (1, Lang::En) => writeln!(env.out, "Recorded: one payment, number {numbers}."),
        (_, Lang::Vi) => writeln!(env.out, "Đã ghi nhận: là hai khoản tiền, số {numbers}."),
        (_, Lang::En) => writeln!(env.out, "Recorded: two payments, numbers {numbers}."),
    }
}
