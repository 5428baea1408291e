//! `doisoat period`: what stands in the way of closing a month, closing it, opening it again.

use std::io;

use super::{Env, Failure, Status};
use crate::clock::SystemClock;
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::domain::period::{Month, Sums};
use crate::service::periods::{self, Accepted, CheckItem, PeriodView};
use crate::service::{Actor, Store, directory};

/// What to do with a month.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Show what stands in the way of closing a month; exit 1 if anything does
    Check(At),
    /// Close a month
    Close {
        #[command(flatten)]
        at: At,
        /// Accept days without a statement: statement_days=REASON
        #[arg(long, value_name = "CODE=REASON", value_parser = accepted)]
        accept: Vec<Accepted>,
    },
    /// Open a closed month again, the last closed one first
    Reopen {
        #[command(flatten)]
        at: At,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// List the months that were closed, and what each close states
    List {
        /// The school's code
        #[arg(long)]
        school: String,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
struct At {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The month
    #[arg(long, value_name = "YYYY-MM")]
    month: Month,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl At {
    fn school(&self, store: &Store) -> Result<SchoolId, Failure> {
        Ok(directory::find_school(store, &self.school)?.id)
    }
}

fn accepted(text: &str) -> Result<Accepted, String> {
    let (code, reason) =
        text.split_once('=').ok_or_else(|| "write statement_days=REASON".to_owned())?;
    Ok(Accepted { code: code.trim().to_owned(), reason: reason.trim().to_owned() })
}

/// Does what the arguments name.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (_, store) = env.store()?;
    let (clock, actor) = (SystemClock, Actor::named("cli"));
    match &args.what {
        What::Check(at) => {
            let list = periods::check(&store, &clock, at.school(&store)?, at.month)?;
            if at.json {
                env.json(&list)?;
            } else {
                for item in &list.items {
                    tell_item(env, item)?;
                }
                if list.items.is_empty() {
                    match env.lang {
                        Lang::Vi => writeln!(
                            env.out,
                            "Kỳ tháng {} đủ điều kiện khóa sổ.",
                            at.month.vietnamese()
                        )?,
                        Lang::En => {
                            writeln!(
                                env.out,
                                "Nothing stands in the way of closing {}.",
                                at.month
                            )?;
                        }
                    }
                }
            }
            if !list.items.is_empty() {
                return Ok(Status::Refused);
            }
        }
        What::Close { at, accept } => {
            let school = at.school(&store)?;
            let done = periods::close(&store, &clock, &actor, school, at.month, accept)?;
            tell(env, at.json, &done)?;
        }
        What::Reopen { at, reason } => {
            let school = at.school(&store)?;
            let done = periods::reopen(&store, &clock, &actor, school, at.month, reason)?;
            tell(env, at.json, &done)?;
        }
        What::List { school, json } => {
            let school = directory::find_school(&store, school)?.id;
            for one in periods::list(&store, school)? {
                tell(env, *json, &one)?;
            }
        }
    }
    Ok(Status::Done)
}

fn tell_item(env: &mut Env<'_>, item: &CheckItem) -> io::Result<()> {
    let what = match (item.code, env.lang) {
        ("month_not_over", Lang::Vi) => "ngày nữa mới hết tháng",
        ("month_not_over", Lang::En) => "days left of the month",
        ("statement_days", Lang::Vi) => "ngày chưa có sao kê",
        ("statement_days", Lang::En) => "days without a statement",
        ("open_queue", Lang::Vi) => "khoản tiền chưa xử lý",
        ("open_queue", Lang::En) => "payments not decided",
        ("dead_letters", Lang::Vi) => "thông báo chuyển tiền chưa đọc được",
        ("dead_letters", Lang::En) => "notifications that could not be handled",
        ("identity_questions", Lang::Vi) => "khoản tiền có thể trùng khoản khác",
        ("identity_questions", Lang::En) => "payments that may be others",
        ("cash_not_counted", Lang::Vi) => "lần kiểm kê quỹ cuối tháng còn thiếu",
        ("cash_not_counted", Lang::En) => "count of the till missing",
        (_, Lang::Vi) => "số phiếu thu bị thiếu",
        (_, Lang::En) => "voucher numbers missing",
    };
    let account = item.account.as_deref().map(|number| format!(" · {number}")).unwrap_or_default();
    writeln!(
        env.out,
        "✘ [{}] {} {what}{account} · {} ₫\n    {}",
        item.code,
        item.count,
        item.amount.grouped(),
        item.fix_command
    )
}

fn tell(env: &mut Env<'_>, json: bool, one: &PeriodView) -> io::Result<()> {
    if json {
        return env.json(one);
    }
    let state = match (one.state.as_str(), env.lang) {
        ("closed", Lang::Vi) => "đã khóa sổ",
        ("closed", Lang::En) => "closed",
        (_, Lang::Vi) => "đã mở lại",
        (_, Lang::En) => "opened again",
    };
    let reason = one.reason.as_deref().map(|reason| format!(" · {reason}")).unwrap_or_default();
    writeln!(env.out, "{} · {state} · {} · {}{reason}", one.month, one.changed_by, one.changed_at)?;
    for close in &one.closes {
        let (version, hash) = (close.version, close.sha256.get(..12).unwrap_or_default());
        let figures = &close.figures;
        writeln!(env.out, "  v{version} · {} · sha256 {hash}…", close.closed_by)?;
        tell_sums(env, &figures.own)?;
        let (left, owed) = (figures.receivables.invoices, figures.receivables.amount.grouped());
        let vouchers = figures.vouchers.count;
        let range = figures.vouchers.first.zip(figures.vouchers.last);
        let range = range.map(|(first, last)| format!(" ({first}–{last})")).unwrap_or_default();
        match env.lang {
            Lang::Vi => writeln!(
                env.out,
                "    {vouchers} phiếu thu{range} · còn phải thu {left} khoản, {owed} ₫"
            )?,
            Lang::En => writeln!(
                env.out,
                "    {vouchers} vouchers{range} · {left} invoices owed, {owed} ₫"
            )?,
        }
        if !close.late.is_empty() {
            let (count, sum) = (close.late.len(), figures.late.collected.grouped());
            match env.lang {
                Lang::Vi => {
                    writeln!(env.out, "    {count} khoản đến muộn của kỳ trước, gạch nợ {sum} ₫")?;
                }
                Lang::En => writeln!(
                    env.out,
                    "    {count} late payments of months before, {sum} ₫ collected"
                )?,
            }
        }
        for accepted in &close.accepted {
            writeln!(env.out, "    ✔ {}: {}", accepted.code, accepted.reason)?;
        }
    }
    Ok(())
}

fn tell_sums(env: &mut Env<'_>, sums: &Sums) -> io::Result<()> {
    let (count, received, collected) =
        (sums.payments, sums.received.grouped(), sums.collected.grouped());
    let (credit, back) = (sums.family_credit.grouped(), sums.refunded.grouped());
    let (aside, left) = (sums.set_aside.grouped(), sums.unallocated.grouped());
    match env.lang {
        Lang::Vi => writeln!(
            env.out,
            "    {count} khoản tiền vào {received} ₫ · gạch nợ {collected} ₫ · số dư gia đình {credit} ₫ · hoàn trả {back} ₫ · để riêng {aside} ₫ · chưa phân bổ {left} ₫"
        ),
        Lang::En => writeln!(
            env.out,
            "    {count} payments {received} ₫ · collected {collected} ₫ · family credit {credit} ₫ · paid back {back} ₫ · set aside {aside} ₫ · unallocated {left} ₫"
        ),
    }
}
