//! `doisoat backtest`: tries another setting on a school's confirmed history.

use std::io::{self, Write};

use chrono::NaiveDate;

use super::{Env, Failure, Status};
use crate::domain::backtest::{Confirmer, Count, Difference, Said, Tally, Verdict};
use crate::domain::calendar::vietnamese_day;
use crate::domain::lang::Lang;
use crate::domain::matching::decision::Share;
use crate::domain::money::group_digits;
use crate::domain::setting::{Setting, SettingChange, Settings};
use crate::service::backtest::{self, Ask, Backtest};
use crate::service::directory;

/// Differences that are shown without `--all`, misses aside.
const SHOWN: usize = 20;

/// What to try, on what.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The school's code
    #[arg(long)]
    school: String,
    /// A setting to try: `settle_in_part=on|off`, `settle_known_payer=on|off`
    #[arg(long = "setting", value_name = "NAME=VALUE", required = true)]
    settings: Vec<String>,
    /// The first day to judge (YYYY-MM-DD); what came before counts as it stood
    #[arg(long)]
    from: Option<NaiveDate>,
    /// The last day to judge
    #[arg(long)]
    to: Option<NaiveDate>,
    /// Judge only what persons decided, not what the machine settled and nobody took back
    #[arg(long)]
    persons_only: bool,
    /// Show every difference
    #[arg(long)]
    all: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Tries and shows. Exit status 1 where the change settles anything wrongly that is not today.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let changes = changes(&args.settings)?;
    let (_, store) = env.store()?;
    let school = directory::find_school(&store, &args.school)?;
    let ask = Ask { changes, from: args.from, to: args.to, persons_only: args.persons_only };
    let found = backtest::run(&store, school.id, &ask)?;
    if args.json {
        serde_json::to_writer(&mut *env.out, &found).map_err(io::Error::from)?;
        writeln!(env.out)?;
    } else {
        summary(&found, env.lang, env.out)?;
        differences(&found.judged.differences, args.all, env.lang, env.out)?;
    }
    Ok(if found.has_new_miss() { Status::Refused } else { Status::Done })
}

/// Settings as they are named on the command line.
pub(super) fn changes(named: &[String]) -> Result<Vec<SettingChange>, Failure> {
    let mut changes = Vec::with_capacity(named.len());
    let mut wrong = Vec::new();
    for text in named {
        match SettingChange::parse(text) {
            Ok(change) => changes.push(change),
            Err(one) => wrong.push(one),
        }
    }
    if wrong.is_empty() { Ok(changes) } else { Err(Failure::Usage(wrong)) }
}

/// The value of a setting as it is written.
pub(super) const fn on_off(setting: Setting, settings: Settings) -> &'static str {
    let on = match setting {
        Setting::SettleInPart => settings.settle_in_part,
        Setting::SettleKnownPayer => settings.settle_known_payer,
    };
    if on { "on" } else { "off" }
}

/// Shows what was tried, on what, and the table of both settings.
pub(super) fn summary(found: &Backtest, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let pick = |vi: &'static str, en: &'static str| match lang {
        Lang::Vi => vi,
        Lang::En => en,
    };
    writeln!(
        out,
        "{}",
        pick("Thử lại trên lịch sử, không ghi gì", "Tried on the history, nothing written")
    )?;
    for setting in Setting::ALL {
        let present = on_off(setting, found.present_settings);
        let changed = on_off(setting, found.changed_settings);
        let arrow = if present == changed { String::new() } else { format!(" → {changed}") };
        writeln!(out, "  {}: {present}{arrow}", setting.name())?;
    }
    history(found, lang, out)?;
    let judged = &found.judged;
    writeln!(out)?;
    writeln!(
        out,
        "{:<34}{:>28}{:>28}",
        "",
        pick("hiện nay", "today"),
        pick("sau khi đổi", "after the change")
    )?;
    let (present, changed) = (rows(&judged.present), rows(&judged.changed));
    for ((vi, en, present), (.., changed)) in present.into_iter().zip(changed) {
        writeln!(out, "{:<34}{:>28}{:>28}", pick(vi, en), cell(present), cell(changed))?;
    }
    writeln!(out)?;
    let relieved = cell(judged.relieved);
    match lang {
        Lang::Vi => writeln!(out, "Người không còn phải xem: {relieved}")?,
        Lang::En => writeln!(out, "A person would no longer look at: {relieved}")?,
    }
    if judged.burdened.payments > 0 {
        let burdened = cell(judged.burdened);
        match lang {
            Lang::Vi => writeln!(out, "Người phải xem thêm: {burdened}")?,
            Lang::En => writeln!(out, "A person would look at in addition: {burdened}")?,
        }
    }
    let new_misses = cell(judged.new_misses);
    match (lang, found.has_new_miss(), judged.differences.is_empty()) {
        (Lang::Vi, true, _) => writeln!(out, "SAI THÊM vì thiết lập mới: {new_misses}"),
        (Lang::En, true, _) => writeln!(out, "WRONG because of the change: {new_misses}"),
        (Lang::Vi, _, false) => writeln!(out, "Thiết lập mới không làm sai thêm khoản nào."),
        (Lang::En, _, false) => writeln!(out, "The change settles nothing more wrongly."),
        (Lang::Vi, _, true) => writeln!(
            out,
            "Hai thiết lập cho kết quả như nhau: lịch sử này chưa nói được thiết lập mới tốt hay không."
        ),
        (Lang::En, _, true) => writeln!(
            out,
            "Both settings come out the same: this history does not tell whether the change is good."
        ),
    }
}

/// The rows of the table with their names.
const fn rows(tally: &Tally) -> [(&'static str, &'static str, Count); 6] {
    [
        ("Máy tự xử lý, đúng", "Settled alone, right", tally.hits),
        ("Máy tự xử lý, SAI", "Settled alone, WRONG", tally.misses),
        ("Để người xử lý", "Left to a person", tally.left),
        ("  gợi ý đầu tiên đúng", "  first proposal right", tally.first_right),
        ("  đúng ở gợi ý thứ 2, 3", "  second or third right", tally.among_three),
        ("  không gợi ý đúng", "  not among the first three", tally.not_proposed),
    ]
}

/// Which payments were judged, and by whose word.
fn history(found: &Backtest, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let judged = &found.judged;
    let days = match (found.first_day, found.last_day) {
        (Some(first), Some(last)) => {
            format!("{} – {}", vietnamese_day(first), vietnamese_day(last))
        }
        _ => "–".to_owned(),
    };
    let (persons, machine) = (cell(judged.by_persons), cell(judged.by_machine));
    let left_out = cell(found.not_confirmed);
    match lang {
        Lang::Vi => {
            writeln!(out, "Tiền vào qua ngân hàng đã có kết quả, {days}:")?;
            writeln!(out, "  người quyết định: {persons}")?;
            if !found.persons_only {
                writeln!(out, "  máy tự khớp và chưa ai lấy lại: {machine}")?;
            }
            writeln!(out, "  chưa có kết quả, không tính: {left_out}")
        }
        Lang::En => {
            writeln!(out, "Money in by way of the bank with a known outcome, {days}:")?;
            writeln!(out, "  decided by persons: {persons}")?;
            if !found.persons_only {
                writeln!(out, "  settled by the machine and never taken back: {machine}")?;
            }
            writeln!(out, "  without an outcome, not counted: {left_out}")
        }
    }
}

/// A number of payments and their sum: `12 · 15.000.000 ₫`.
fn cell(count: Count) -> String {
    format!("{} · {} ₫", group_digits(&count.payments.to_string()), count.amount.grouped())
}

fn differences(all: &[Difference], every: bool, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let mut others = 0_usize;
    for one in all {
        if !one.is_miss() {
            others += 1;
            if others > SHOWN && !every {
                continue;
            }
        }
        difference(one, lang, out)?;
    }
    let hidden = others.saturating_sub(SHOWN);
    if hidden > 0 && !every {
        let words = match lang {
            Lang::Vi => format!("Còn {hidden} khoản khác nhau nữa; thêm --all để xem hết."),
            Lang::En => format!("{hidden} more differences; add --all to see them."),
        };
        writeln!(out, "\n{words}")?;
    }
    Ok(())
}

fn difference(one: &Difference, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let pick = |vi: &'static str, en: &'static str| match lang {
        Lang::Vi => vi,
        Lang::En => en,
    };
    let mark = if one.is_miss() { pick("  SAI", "  WRONG") } else { "" };
    writeln!(
        out,
        "\n{}  {} ₫  #{}{mark}",
        vietnamese_day(one.booking_date),
        one.amount.grouped(),
        one.payment
    )?;
    if let Some(text) = &one.remittance {
        writeln!(out, "  \"{}\"", text.split_whitespace().collect::<Vec<_>>().join(" "))?;
    }
    let by = match one.confirmed_by {
        Confirmer::Person => pick("người quyết định", "by a person"),
        Confirmer::Machine => pick("máy tự khớp", "by the machine"),
    };
    let stood = shares(&one.stood, pick("không khoản nào", "no invoice"));
    writeln!(out, "  {:<14}{stood} ({by})", pick("kết quả", "what stood"))?;
    writeln!(out, "  {:<14}{}", pick("hiện nay", "today"), said(&one.present, lang))?;
    writeln!(out, "  {:<14}{}", pick("sau khi đổi", "changed"), said(&one.changed, lang))
}

fn said(said: &Said, lang: Lang) -> String {
    let (vi, en) = match said.verdict {
        Verdict::Hit => ("tự khớp, đúng", "alone, right"),
        Verdict::Miss => ("tự khớp, SAI", "alone, WRONG"),
        Verdict::FirstRight => ("hỏi người, gợi ý đầu đúng", "asks, first proposal right"),
        Verdict::AmongThree => ("hỏi người, gợi ý 2–3 đúng", "asks, second or third right"),
        Verdict::NotProposed => ("hỏi người, không gợi ý đúng", "asks, none right"),
    };
    let (verdict, nothing) = match lang {
        Lang::Vi => (vi, "không khoản nào"),
        Lang::En => (en, "no invoice"),
    };
    format!("{verdict}: {} [{}]", shares(&said.allocations, nothing), said.rule)
}

fn shares(shares: &[Share], nothing: &str) -> String {
    if shares.is_empty() {
        return nothing.to_owned();
    }
    let each: Vec<String> =
        shares.iter().map(|one| format!("{} {} ₫", one.code, one.amount.grouped())).collect();
    each.join(" + ")
}
