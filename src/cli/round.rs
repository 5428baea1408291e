//! `doisoat round`: collection rounds, what issuing one would do, and the issue.

use std::io;
use std::path::PathBuf;

use super::{Env, Failure, Status, import, read_list};
use crate::app;
use crate::clock::SystemClock;
use crate::domain::calendar::{Day, parse_iso_day, vietnamese_day};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::fee::{PlannedInstalment, Scope};
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::service::fees::issuing::{self, Issue};
use crate::service::fees::quantities;
use crate::service::fees::rounds::{self, ItemOfRound, RoundTerms, RoundView};
use crate::service::{Actor, directory, intake};

/// What to do with rounds.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make a draft, or change one: what is said here is the whole draft
    Set(SetArgs),
    /// List the rounds, newest first
    List {
        /// The school's code
        #[arg(long)]
        school: String,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Show a round
    Show(At),
    /// Take in how much each student had (CSV or XLSX: `student_code`, `fee_item`, `quantity`)
    Quantities {
        /// The round's code
        code: String,
        /// The list
        file: PathBuf,
        /// The school's code
        #[arg(long)]
        school: String,
    },
    /// Show what issuing a draft would do; writes nothing
    Preview(At),
    /// Issue a draft exactly as its preview showed it
    Issue(IssueArgs),
}

#[derive(Debug, clap::Args)]
struct At {
    /// The round's code
    code: String,
    /// The school's code
    #[arg(long)]
    school: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("for").args(["grades", "classes", "students"]))]
struct SetArgs {
    /// The round's code
    code: String,
    /// The school's code
    #[arg(long)]
    school: String,
    /// Its name, for people
    #[arg(long)]
    name: String,
    /// The first day of what is charged for; it decides prices, choices and exemptions
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Day,
    /// The last day of it
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Day,
    /// The last day to pay
    #[arg(long, value_name = "YYYY-MM-DD")]
    due_on: Day,
    /// Only for this grade; may be repeated. Without grade, class and student it is for everybody
    #[arg(long = "grade", value_name = "N")]
    grades: Vec<u8>,
    /// Only for this class; may be repeated
    #[arg(long = "class", value_name = "CLASS")]
    classes: Vec<String>,
    /// Only for this student; may be repeated
    #[arg(long = "student", value_name = "CODE")]
    students: Vec<String>,
    /// A fee item, how many units, and the round's own price: MEALS=22, BUS=1@250000, BOOKS
    #[arg(long = "item", value_name = "ITEM=UNITS@PRICE")]
    items: Vec<String>,
    /// A part in which an invoice may be paid: 50=2026-10-15
    #[arg(long = "instalment", value_name = "PERCENT=DAY")]
    instalments: Vec<String>,
    /// The account it is to be paid to, where the school has several
    #[arg(long)]
    account: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("seen").required(true).args(["fingerprint", "yes"]))]
struct IssueArgs {
    #[command(flatten)]
    at: At,
    /// The fingerprint that the preview printed
    #[arg(long)]
    fingerprint: Option<String>,
    /// Preview and issue in one step
    #[arg(long)]
    yes: bool,
}

/// Does what the arguments name.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (config, store) = env.store()?;
    let actor = Actor::named("cli");
    let school = |code: &str| directory::find_school(&store, code).map(|school| school.id);
    match &args.what {
        What::Set(args) => {
            let at = (school(&args.school)?, args.code.as_str());
            rounds::set(&store, &SystemClock, &actor, at, &terms_of(args)?)?;
            let set = rounds::find(&store, at.0, args.code.trim())?;
            if args.json { env.json(&set)? } else { tell_round(env, &set)? }
        }
        What::List { school: code, json } => {
            for round in rounds::list(&store, school(code)?)? {
                if *json { env.json(&round)? } else { tell_head(env, &round)? }
            }
        }
        What::Show(at) => {
            let found = rounds::find(&store, school(&at.school)?, &at.code)?;
            if at.json { env.json(&found)? } else { tell_round(env, &found)? }
        }
        What::Quantities { code, file, school: of } => {
            let reader = app::statement_reader(&config)?;
            let table = intake::list(&reader, &read_list(file)?)?;
            let at = (school(of)?, code.as_str());
            let outcome = quantities::import(&store, &SystemClock, &actor, at, &table)?;
            return import::tell_list(env, file, &outcome);
        }
        What::Preview(at) => {
            let found = issuing::preview(&store, &SystemClock, school(&at.school)?, &at.code)?;
            if at.json {
                env.json(&found)?;
            } else {
                tell_issue(env, &at.code, &found)?;
            }
            if !found.problems.is_empty() {
                env.tell(&found.problems)?;
                return Ok(Status::Refused);
            }
        }
        What::Issue(args) => {
            let school = school(&args.at.school)?;
            let code = args.at.code.as_str();
            let expected = match &args.fingerprint {
                Some(fingerprint) => fingerprint.clone(),
                None => issuing::preview(&store, &SystemClock, school, code)?.fingerprint,
            };
            let prefixes = app::prefixes(&config);
            let at = (school, code);
            let done = issuing::issue(&store, &SystemClock, &actor, &prefixes, at, &expected)?;
            if args.at.json {
                env.json(&done)?;
            } else {
                match env.lang {
                    Lang::Vi => writeln!(env.out, "Đã phát hành:")?,
                    Lang::En => writeln!(env.out, "Issued:")?,
                }
                tell_issue(env, code, &done)?;
            }
        }
    }
    Ok(Status::Done)
}

fn terms_of(args: &SetArgs) -> Result<RoundTerms, Failure> {
    let scope = if !args.grades.is_empty() {
        Scope::Grades(args.grades.clone())
    } else if !args.classes.is_empty() {
        Scope::Classes(args.classes.clone())
    } else if !args.students.is_empty() {
        Scope::Students(args.students.clone())
    } else {
        Scope::School
    };
    Ok(RoundTerms {
        name: args.name.clone(),
        scope,
        from: args.from,
        to: args.to,
        due_on: args.due_on,
        account: args.account.clone(),
        items: args.items.iter().map(|text| item_of(text)).collect::<Result<_, _>>()?,
        instalments: args
            .instalments
            .iter()
            .map(|text| instalment_of(text))
            .collect::<Result<_, _>>()?,
    })
}

/// Reads `ITEM`, `ITEM=UNITS` or `ITEM=UNITS@PRICE`.
fn item_of(text: &str) -> Result<ItemOfRound, Failure> {
    let Some((item, rest)) = text.rsplit_once('=') else {
        return Ok(ItemOfRound { item: text.to_owned(), quantity: 1, price: None });
    };
    let (quantity, price) = match rest.split_once('@') {
        Some((quantity, price)) => (quantity, Some(price)),
        None => (rest, None),
    };
    let number = |text: &str| text.trim().parse::<i64>().ok();
    match (number(quantity), price.map(number)) {
        (Some(quantity), None) => Ok(ItemOfRound { item: item.to_owned(), quantity, price: None }),
        (Some(quantity), Some(Some(price))) => {
            Ok(ItemOfRound { item: item.to_owned(), quantity, price: Some(Vnd::new(price)) })
        }
        _ => Err(Failure::Usage(vec![Diagnostic::new(
            "item",
            format!(
                "Không đọc được “{text}”. Ghi MÃ=SỐ_LƯỢNG hoặc MÃ=SỐ_LƯỢNG@ĐƠN_GIÁ, ví dụ BUS=1@250000."
            ),
            format!(
                "“{text}” cannot be read. Write ITEM=UNITS or ITEM=UNITS@PRICE, e.g. BUS=1@250000."
            ),
        )])),
    }
}

fn instalment_of(text: &str) -> Result<PlannedInstalment, Failure> {
    let parts = text.split_once('=').and_then(|(percent, day)| {
        let percent = percent.trim().trim_end_matches('%').parse::<u8>().ok()?;
        Some(PlannedInstalment { percent, due_on: parse_iso_day(day.trim())? })
    });
    parts.ok_or_else(|| {
        Failure::Usage(vec![Diagnostic::new(
            "instalment",
            format!("Không đọc được “{text}”. Ghi TỶ_LỆ=NGÀY, ví dụ 50=2026-10-15."),
            format!("“{text}” cannot be read. Write PERCENT=DAY, e.g. 50=2026-10-15."),
        )])
    })
}

fn tell_head(env: &mut Env<'_>, round: &RoundView) -> io::Result<()> {
    let state = match (round.state.as_str(), env.lang) {
        ("draft", Lang::Vi) => "bản nháp",
        ("draft", Lang::En) => "draft",
        ("issued", Lang::Vi) => "đã phát hành",
        ("issued", Lang::En) => "issued",
        (_, Lang::Vi) => "từ danh sách",
        (_, Lang::En) => "from a list",
    };
    let by = round.issued_by.as_deref().map(|by| format!(" · {by}")).unwrap_or_default();
    let at = round.issued_at.as_deref().map(|at| format!(" · {at}")).unwrap_or_default();
    writeln!(env.out, "{:<16}{:<32}{state}{by}{at}", round.code, round.name)
}

fn tell_round(env: &mut Env<'_>, round: &RoundView) -> io::Result<()> {
    tell_head(env, round)?;
    let Some(terms) = &round.terms else { return Ok(()) };
    let (from, to, due) =
        (vietnamese_day(terms.from), vietnamese_day(terms.to), vietnamese_day(terms.due_on));
    let whom = whom(&terms.scope, env.lang);
    match env.lang {
        Lang::Vi => writeln!(env.out, "  {whom} · thu cho {from}–{to} · hạn nộp {due}")?,
        Lang::En => writeln!(env.out, "  {whom} · for {from}–{to} · due {due}")?,
    }
    if let Some(account) = &terms.account {
        let word = match env.lang {
            Lang::Vi => "tài khoản",
            Lang::En => "account",
        };
        writeln!(env.out, "  {word} {account}")?;
    }
    for item in &terms.items {
        let price = item.price.map(|price| format!(" × {} ₫", price.grouped())).unwrap_or_default();
        writeln!(env.out, "  {:<16}{:>6}{price}", item.item, item.quantity)?;
    }
    for part in &terms.instalments {
        writeln!(env.out, "  {:>3} %  {}", part.percent, vietnamese_day(part.due_on))?;
    }
    Ok(())
}

fn whom(scope: &Scope, lang: Lang) -> String {
    let named = |vi: &str, en: &str, which: &[String]| {
        let word = if lang == Lang::Vi { vi } else { en };
        format!("{word} {}", which.join(", "))
    };
    match scope {
        Scope::School => named("cả trường", "the whole school", &[]).trim_end().to_owned(),
        Scope::Grades(grades) => {
            let grades: Vec<String> = grades.iter().map(u8::to_string).collect();
            named("khối", "grades", &grades)
        }
        Scope::Classes(classes) => named("lớp", "classes", classes),
        Scope::Students(codes) => named("học sinh", "students", codes),
    }
}

/// The figures; who has no e-mail or no line is counted here and named in JSON.
fn tell_issue(env: &mut Env<'_>, code: &str, issue: &Issue) -> io::Result<()> {
    let (students, invoices, waived_invoices) =
        (issue.students, issue.invoices, issue.waived_invoices);
    let (gross, waived, net) = (issue.gross.grouped(), issue.waived.grouped(), issue.net.grouped());
    let (credit, families) = (issue.credit_used.grouped(), issue.credit_families);
    let (no_email, no_lines) = (issue.without_email.len(), issue.without_lines.len());
    let problems = issue.problems.len();
    let fingerprint = &issue.fingerprint;
    match env.lang {
        Lang::Vi => {
            writeln!(
                env.out,
                "{code}: {students} học sinh · {invoices} khoản phải thu, {waived_invoices} được miễn toàn bộ · {no_lines} học sinh không có khoản nào"
            )?;
            writeln!(env.out, "  Tổng {gross} ₫ · miễn giảm {waived} ₫ · phải thu {net} ₫")?;
            writeln!(env.out, "  Trừ số dư của {families} gia đình: {credit} ₫")?;
            writeln!(env.out, "  Học sinh không có email: {no_email}")?;
            writeln!(env.out, "  Vấn đề phải xử lý: {problems}")?;
            writeln!(env.out, "  Dấu vân tay: {fingerprint}")
        }
        Lang::En => {
            writeln!(
                env.out,
                "{code}: {students} students · {invoices} invoices, {waived_invoices} waived to nothing · {no_lines} students without a line"
            )?;
            writeln!(env.out, "  Gross {gross} ₫ · waived {waived} ₫ · due {net} ₫")?;
            writeln!(env.out, "  Credit of {families} families used: {credit} ₫")?;
            writeln!(env.out, "  Students without e-mail: {no_email}")?;
            writeln!(env.out, "  Problems: {problems}")?;
            writeln!(env.out, "  Fingerprint: {fingerprint}")
        }
    }
}
