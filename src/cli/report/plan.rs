//! `doisoat report plan`.

use crate::app;
use crate::cli::{Env, Failure, Status};
use crate::clock::SystemClock;
use crate::domain::cashless::RoundedPercent;
use crate::domain::lang::Lang;
use crate::domain::period::Month;
use crate::service::digital_plan::{self, PlanView, Subject};

/// Whose plan, up to which month.
#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    /// The authority's code: every school under it on the last day of the month
    #[arg(long)]
    authority: String,
    /// The month
    #[arg(long, value_name = "YYYY-MM")]
    month: Month,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Prints the plan.
pub fn run(env: &mut Env<'_>, args: &PlanArgs) -> Result<Status, Failure> {
    let (config, store) = env.store()?;
    let settings = app::cashless_settings(&config);
    let (code, month) = (&args.authority, args.month);
    let plan = digital_plan::of_authority(&store, &SystemClock, code, month, settings)?;
    if args.json {
        env.json(&PlanView::of(&plan, month))?;
        return Ok(Status::Done);
    }
    let lang = env.lang;
    writeln!(env.out, "{} · {month}", plan.name)?;
    for line in &plan.lines {
        let shown = RoundedPercent::of(line.figure, 1).text(lang);
        let (part, whole) = (line.figure.numerator(), line.figure.denominator());
        writeln!(
            env.out,
            "  {}: {shown} / {} % · {part} / {whole} · {}",
            named(line.subject, lang),
            line.target,
            line.status().label(lang)
        )?;
    }
    Ok(Status::Done)
}

const fn named(subject: Subject, lang: Lang) -> &'static str {
    match (subject, lang) {
        (Subject::Schools, Lang::Vi) => "Trường thu không dùng tiền mặt",
        (Subject::Schools, Lang::En) => "Schools that take fees without cash",
        (Subject::Money, Lang::Vi) => "Số tiền thu không dùng tiền mặt",
        (Subject::Money, Lang::En) => "Money collected without cash",
        (Subject::Pupils, Lang::Vi) => "Học sinh nộp hoàn toàn không dùng tiền mặt",
        (Subject::Pupils, Lang::En) => "Pupils whose money all came without cash",
        (Subject::Identified, Lang::Vi) => "Học sinh có hồ sơ số và số định danh cá nhân",
        (Subject::Identified, Lang::En) => "Pupils with a digital record and a personal number",
        (Subject::Reports, Lang::Vi) => "Báo cáo tháng nộp trên phần mềm",
        (Subject::Reports, Lang::En) => "Monthly reports handed in here",
        (Subject::Content, Lang::Vi) => "Phụ huynh hài lòng",
        (Subject::Content, Lang::En) => "Families that are content",
    }
}
