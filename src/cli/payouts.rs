//! `doisoat payouts`: what gateways paid out, and which payments each payout contains.

use std::io;

use serde::Serialize;

use super::{Env, Failure, Status};
use crate::clock::SystemClock;
use crate::domain::calendar::Day;
use crate::domain::id::PaymentId;
use crate::domain::lang::Lang;
use crate::service::payouts::{
    self, Asked, Assignment, GatewayView, NewTerms, OpenPayoutView, PayoutView, Release,
};
use crate::service::{Actor, directory};

/// What to do with payouts.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// List payouts with their payments, what is not certain, and what each gateway still holds
    List(ListArgs),
    /// Say which payments of a gateway a payout contains
    Assign(AssignArgs),
    /// Take a match back; the payout stays open
    Release(ReleaseArgs),
    /// Say what a gateway keeps of each payment; without figures show what is agreed
    Terms(TermsArgs),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// Only matched ones that arrived on this day or later
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<Day>,
    /// Only matched ones that arrived on this day or before
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<Day>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct AssignArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The payment at the bank
    payout: i64,
    /// The payments at the gateway, voids and refunds too
    #[arg(required = true)]
    payments: Vec<i64>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct ReleaseArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The payment at the bank
    payout: i64,
    /// Why
    #[arg(long)]
    reason: String,
    /// Let the machine match it again
    #[arg(long)]
    to_machine: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct TermsArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// vnpay, momo or zalopay
    #[arg(long, requires = "merchant")]
    gateway: Option<String>,
    /// The merchant's code there
    #[arg(long, requires = "gateway")]
    merchant: Option<String>,
    /// Millionths of each amount: 11000 is 1.1 %
    #[arg(long, requires = "gateway")]
    fee_millionths: Option<i64>,
    /// Đồng for each payment besides
    #[arg(long, requires = "gateway")]
    fee_dong: Option<i64>,
    /// The highest share of a sum that its fee may be, in millionths; 35000 where absent
    #[arg(long, requires = "gateway")]
    most_fee_millionths: Option<i64>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// Does what the arguments name.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (_, store) = env.store()?;
    let actor = Actor::named("cli");
    let school = |code: &str| directory::find_school(&store, code).map(|school| school.id);
    match &args.what {
        What::List(args) => {
            let asked = Asked { from: args.from, to: args.to };
            let found = payouts::list(&store, school(&args.school)?, asked)?;
            if args.json {
                return to_json(env, &found);
            }
            for one in &found.matched {
                tell_matched(env, one)?;
            }
            for one in &found.open {
                tell_open(env, one)?;
            }
            for one in &found.gateways {
                tell_gateway(env, one)?;
            }
        }
        What::Assign(args) => {
            let wanted =
                Assignment { payments: args.payments.iter().map(|id| PaymentId(*id)).collect() };
            let at = (school(&args.school)?, PaymentId(args.payout));
            let done = payouts::assign(&store, &SystemClock, &actor, at, &wanted)?;
            if args.json {
                return to_json(env, &done);
            }
            tell_matched(env, &done)?;
        }
        What::Release(args) => {
            let wanted = Release { reason: args.reason.clone(), to_machine: args.to_machine };
            let at = (school(&args.school)?, PaymentId(args.payout));
            let done = payouts::release(&store, &SystemClock, &actor, at, &wanted)?;
            if args.json {
                return to_json(env, &done);
            }
            for one in &done.matched {
                tell_matched(env, one)?;
            }
            for one in &done.open {
                tell_open(env, one)?;
            }
        }
        What::Terms(args) => {
            let school = school(&args.school)?;
            let set = match (&args.gateway, &args.merchant) {
                (Some(gateway), Some(merchant)) => {
                    let new = NewTerms {
                        gateway: gateway.clone(),
                        merchant: merchant.clone(),
                        fee_millionths: args.fee_millionths,
                        fee_dong: args.fee_dong,
                        most_fee_millionths: args.most_fee_millionths,
                    };
                    vec![payouts::set_terms(&store, &SystemClock, &actor, school, &new)?]
                }
                _ => payouts::list(&store, school, Asked::default())?.gateways,
            };
            for one in &set {
                if args.json {
                    to_json(env, one)?;
                } else {
                    tell_gateway(env, one)?;
                }
            }
        }
    }
    Ok(Status::Done)
}

fn to_json(env: &mut Env<'_>, value: &impl Serialize) -> Result<Status, Failure> {
    env.json(value)?;
    Ok(Status::Done)
}

fn tell_matched(env: &mut Env<'_>, one: &PayoutView) -> io::Result<()> {
    let (amount, gross, fee) = (one.amount.grouped(), one.gross.grouped(), one.fee.grouped());
    let words = match env.lang {
        Lang::Vi => ["gồm", "khoản, cộng", "phí"],
        Lang::En => ["contains", "payments, sum", "fee"],
    };
    let [contains, sum, kept] = words;
    writeln!(
        env.out,
        "{:>8}  {}  {} {} · {amount} ₫ {contains} {} {sum} {gross} ₫, {kept} {fee} ₫ · {}",
        one.payment,
        one.day,
        one.gateway,
        one.merchant,
        one.items.len(),
        one.decided_by
    )?;
    for item in &one.items {
        writeln!(
            env.out,
            "          {:>8}  {}  {:>14} ₫  {}",
            item.payment,
            item.day,
            item.amount.grouped(),
            item.order.as_deref().unwrap_or("–")
        )?;
    }
    Ok(())
}

fn tell_open(env: &mut Env<'_>, one: &OpenPayoutView) -> io::Result<()> {
    let why = match (one.why.as_str(), env.lang) {
        ("several_fit", Lang::Vi) => "nhiều nhóm khoản cùng khớp",
        ("several_fit", Lang::En) => "more than one set of payments fits",
        ("another_payout", Lang::Vi) => "một khoản tiền về khác cũng khớp đúng nhóm này",
        ("another_payout", Lang::En) => "another payout fits the same payments",
        ("which_account", Lang::Vi) => "trường có nhiều tài khoản tại cổng này",
        ("which_account", Lang::En) => "the school has several accounts at this gateway",
        ("in_doubt", Lang::Vi) => "có thể là một dòng đã có",
        ("in_doubt", Lang::En) => "it may be a line known already",
        ("released", Lang::Vi) => "đã có người gỡ ghép",
        ("released", Lang::En) => "a person took the match back",
        (_, Lang::Vi) => "không nhóm khoản nào khớp",
        (_, Lang::En) => "no set of payments fits",
    };
    let gateway = one.gateway.as_deref().unwrap_or("–");
    writeln!(
        env.out,
        "{:>8}  {}  {gateway} · {} ₫ · ⚠ {why} · {}",
        one.payment,
        one.day,
        one.amount.grouped(),
        one.text.as_deref().unwrap_or("–")
    )?;
    for run in &one.candidates {
        let ids: Vec<String> = run.payments.iter().map(ToString::to_string).collect();
        let (gross, fee) = (run.gross.grouped(), run.fee.grouped());
        writeln!(env.out, "          ? {} = {gross} ₫ − {fee} ₫", ids.join(" "))?;
    }
    Ok(())
}

fn tell_gateway(env: &mut Env<'_>, one: &GatewayView) -> io::Result<()> {
    let (collected, back) = (one.collected.grouped(), one.reversed.grouped());
    let (out, fees, left) = (one.paid_out.grouped(), one.fees.grouped(), one.balance.grouped());
    let (gateway, merchant) = (&one.gateway, &one.merchant);
    match env.lang {
        Lang::Vi => writeln!(
            env.out,
            "{gateway} {merchant}: thu {collected} ₫, hoàn {back} ₫, đã chuyển về {out} ₫ (phí {fees} ₫), còn giữ {left} ₫"
        )?,
        Lang::En => writeln!(
            env.out,
            "{gateway} {merchant}: collected {collected} ₫, given back {back} ₫, paid out {out} ₫ (fees {fees} ₫), still there {left} ₫"
        )?,
    }
    let most = one.most_fee_millionths;
    match (env.lang, one.fee_millionths, one.fee_dong) {
        (Lang::Vi, None, None) => {
            writeln!(env.out, "  Phí: chưa biết, nhiều nhất {most} phần triệu")
        }
        (Lang::En, None, None) => writeln!(env.out, "  Fee: not known, at most {most} millionths"),
        (lang, share, dong) => {
            let (share, dong) = (share.unwrap_or_default(), dong.unwrap_or_default());
            match lang {
                Lang::Vi => writeln!(
                    env.out,
                    "  Phí: {share} phần triệu và {dong} ₫ mỗi khoản, ghép tay nhiều nhất {most} phần triệu"
                ),
                Lang::En => writeln!(
                    env.out,
                    "  Fee: {share} millionths and {dong} ₫ a payment, by hand at most {most} millionths"
                ),
            }
        }
    }
}
