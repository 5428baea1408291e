//! `doisoat school coverage`: a strip of days for each account, and what lies between statements.

use std::io::{self, Write};

use chrono::{Datelike, NaiveDate};

use super::{Env, Failure, Status};
use crate::domain::calendar::vietnamese_day;
use crate::domain::continuity::{CoveredDay, DayState};
use crate::domain::lang::Lang;
use crate::service::coverage::{self, Coverage};
use crate::service::{Store, directory};

/// Which days, of which account.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The school's code
    #[arg(long)]
    school: String,
    /// One account; all of the school's without it
    #[arg(long)]
    account: Option<String>,
    /// First day (YYYY-MM-DD)
    #[arg(long)]
    from: NaiveDate,
    /// Last day
    #[arg(long)]
    to: NaiveDate,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints it. Exit status 1 where money moved that no statement shows.
pub fn run(env: &mut Env<'_>, store: &Store, args: &Args) -> Result<Status, Failure> {
    let school = directory::find_school(store, &args.school)?;
    let found = coverage::run(store, school.id, args.account.as_deref(), args.from, args.to)?;
    if args.json {
        serde_json::to_writer(&mut *env.out, &found).map_err(io::Error::from)?;
        writeln!(env.out)?;
    } else {
        for one in &found {
            tell(one, env.lang, env.out)?;
        }
    }
    let whole = found.iter().all(|one| one.gaps.is_empty());
    Ok(if whole { Status::Done } else { Status::Refused })
}

fn tell(one: &Coverage, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let last = one.last_day.map_or("–".to_owned(), vietnamese_day);
    match lang {
        Lang::Vi => writeln!(out, "Tài khoản {} · sao kê đến ngày {last}", one.account)?,
        Lang::En => writeln!(out, "Account {} · statements up to {last}", one.account)?,
    }
    for month in
        one.days.chunk_by(|a, b| (a.day.year(), a.day.month()) == (b.day.year(), b.day.month()))
    {
        let Some(first) = month.first() else { continue };
        let strip: String = month.iter().map(sign).collect();
        let start = first.day.day();
        writeln!(out, "  {:02}/{}  {start:>2} {strip}", first.day.month(), first.day.year())?;
    }
    match lang {
        Lang::Vi => writeln!(
            out,
            "  █ có sao kê   ─ không phát sinh (số dư hai bên khớp)   ✘ thiếu sao kê   · chưa biết"
        )?,
        Lang::En => {
            writeln!(out, "  █ covered   ─ nothing moved (balances meet)   ✘ missing   · unknown")?;
        }
    }
    for gap in &one.gaps {
        let (after, before) = (vietnamese_day(gap.after), vietnamese_day(gap.before));
        let (moved, closing, opening) =
            (gap.moved.grouped(), gap.closing.grouped(), gap.opening.grouped());
        match lang {
            Lang::Vi => writeln!(
                out,
                "  Thiếu giữa {after} và {before}: số dư cuối {closing}, số dư đầu kế tiếp {opening}, lệch {moved} ₫"
            )?,
            Lang::En => writeln!(
                out,
                "  Missing between {after} and {before}: closed at {closing}, opens at {opening}, {moved} ₫ apart"
            )?,
        }
    }
    for again in &one.overlaps {
        let (from, to) = (vietnamese_day(again.overlap.from), vietnamese_day(again.overlap.to));
        let (entries, credits) = (again.entries, again.credits.grouped());
        match lang {
            Lang::Vi => writeln!(
                out,
                "  Trùng ngày {from}–{to}: {entries} dòng đã có từ trước, tiền vào {credits} ₫, chỉ tính một lần"
            )?,
            Lang::En => writeln!(
                out,
                "  Overlap {from}–{to}: {entries} entries known before, {credits} ₫ in, counted once"
            )?,
        }
    }
    Ok(())
}

const fn sign(day: &CoveredDay) -> char {
    match day.state {
        DayState::Covered => '█',
        DayState::Quiet => '─',
        DayState::Missing => '✘',
        DayState::Unknown => '·',
    }
}
