//! `doisoat report witnesses`: what announcements and statements say, each without the other.

use std::io;

use chrono::NaiveDate;

use crate::cli::{Env, Failure, Status};
use crate::clock::SystemClock;
use crate::domain::calendar::vietnamese_day;
use crate::domain::lang::Lang;
use crate::service::directory;
use crate::service::witnesses::{self, Listed, USUAL_BANKING_DAYS};

/// Which school, and how long a payment may take.
#[derive(Debug, clap::Args)]
pub struct WitnessArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// Banking days an announced payment has to come on a statement
    #[arg(long, default_value_t = USUAL_BANKING_DAYS)]
    banking_days: u32,
    /// The first day to look at (YYYY-MM-DD); 400 days back when absent
    #[arg(long)]
    since: Option<NaiveDate>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Prints the report.
pub fn run(env: &mut Env<'_>, args: &WitnessArgs) -> Result<Status, Failure> {
    let (_, store) = env.store()?;
    let school = directory::find_school(&store, &args.school)?;
    let asked = (args.banking_days.min(60), args.since);
    let report = witnesses::run(&store, &SystemClock, school.id, asked)?;
    if args.json {
        env.json(&report)?;
        return Ok(Status::Done);
    }
    let days = report.banking_days;
    let (unproven, unannounced, by_hand) = match env.lang {
        Lang::Vi => (
            format!("Đã báo có, quá {days} ngày làm việc chưa thấy trên sao kê"),
            "Có trên sao kê nhưng không được báo có".to_owned(),
            "Người dùng xác nhận báo có và dòng sao kê là một".to_owned(),
        ),
        Lang::En => (
            format!("Announced, on no statement after {days} banking days"),
            "On a statement, never announced".to_owned(),
            "One payment because a person said so".to_owned(),
        ),
    };
    for (heading, list) in [
        (unproven, &report.unproven),
        (unannounced, &report.unannounced),
        (by_hand, &report.by_hand),
    ] {
        tell(env, &heading, list)?;
    }
    Ok(Status::Done)
}

fn tell(env: &mut Env<'_>, heading: &str, list: &Listed) -> io::Result<()> {
    writeln!(env.out, "{heading}: {} · {} ₫", list.count, list.amount.grouped())?;
    for one in &list.payments {
        let announced = match one.announced_by.as_slice() {
            [] => String::new(),
            names => format!("  {}", names.join(", ")),
        };
        let missing = match (one.day_covered, env.lang) {
            (true, _) => "",
            (false, Lang::Vi) => "  (chưa có sao kê ngày này)",
            (false, Lang::En) => "  (no statement covers this day)",
        };
        writeln!(
            env.out,
            "  {}  {:>15} ₫  ****{}  #{}{announced}{missing}",
            vietnamese_day(one.day),
            one.amount.grouped(),
            one.account,
            one.payment
        )?;
    }
    Ok(())
}
