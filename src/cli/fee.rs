//! `doisoat fee`: fee items, their prices, codes of authorities, zones of the price list.

use super::{Env, Failure, Status};
use crate::clock::SystemClock;
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::fee::Unit;
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::service::fees::catalogue::{self, ItemTerms, ItemView, OfficialCode, PriceTerms};
use crate::service::{Actor, directory};

/// What to do with fee items.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Add a fee item, or change what an item with this code is
    Set(SetArgs),
    /// Give a fee item a price; the open one for the same students ends the day before
    Price(PriceArgs),
    /// List the fee items with their prices, in the order in which money goes to them
    List {
        /// The school's code
        #[arg(long)]
        school: String,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// List the authorities' codes that hold for a school, or add codes to an authority
    Official(OfficialArgs),
    /// Say in which zone of the price list a school lies, or one of its students
    Zone {
        /// The school's code
        #[arg(long)]
        school: String,
        /// Only for this student
        #[arg(long, value_name = "CODE")]
        student: Option<String>,
        /// As the price list names it; no zone when absent
        zone: Option<String>,
    },
}

#[derive(Debug, clap::Args)]
struct SetArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The item's code
    code: String,
    /// Its name, for people
    #[arg(long)]
    name: String,
    /// time, day, month, term, year or piece
    #[arg(long, default_value = "month")]
    unit: String,
    /// Families may do without; only who chose it is charged
    #[arg(long)]
    optional: bool,
    /// Which item money goes to first; 0 is first
    #[arg(long, default_value_t = 100)]
    priority: i32,
    /// The authority's code it is mapped to
    #[arg(long, value_name = "CODE")]
    official_code: Option<String>,
    /// Its last day; rounds that begin later do not take it
    #[arg(long, value_name = "YYYY-MM-DD")]
    retired_on: Option<Day>,
}

#[derive(Debug, clap::Args)]
struct PriceArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The item, by code or name
    item: String,
    /// Of one unit, in đồng; 0 where it costs nothing
    #[arg(allow_negative_numbers = true)]
    price: i64,
    /// For this zone only
    #[arg(long)]
    zone: Option<String>,
    /// For this level only: preschool, primary, `lower_secondary`, `upper_secondary`
    #[arg(long)]
    level: Option<String>,
    /// For this grade only, 1 to 12
    #[arg(long)]
    grade: Option<u8>,
    /// The first day it holds
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<Day>,
    /// The last day it holds
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<Day>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("whose").required(true).args(["school", "authority"]))]
struct OfficialArgs {
    /// Show those that hold for this school today
    #[arg(long)]
    school: Option<String>,
    /// Add codes to this authority
    #[arg(long, requires = "codes")]
    authority: Option<String>,
    /// A code to add and what it stands for
    #[arg(long = "code", value_name = "CODE=NAME", requires = "authority")]
    codes: Vec<String>,
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
        What::Set(args) => {
            let terms = ItemTerms {
                name: args.name.clone(),
                unit: Unit::parse(&args.unit).ok_or_else(|| unknown_unit(&args.unit))?,
                compulsory: !args.optional,
                priority: args.priority,
                official_code: args.official_code.clone(),
                retired_on: args.retired_on,
            };
            let at = (school(&args.school)?, args.code.as_str());
            catalogue::set_item(&store, &SystemClock, &actor, at, &terms)?;
        }
        What::Price(args) => {
            let terms = PriceTerms {
                price: Vnd::new(args.price),
                zone: args.zone.clone(),
                level: args.level.clone(),
                grade: args.grade,
                from: args.from,
                to: args.to,
            };
            let at = (school(&args.school)?, args.item.as_str());
            catalogue::set_price(&store, &SystemClock, &actor, at, &terms)?;
            let item = catalogue::item(&store, at.0, &args.item)?;
            if args.json { env.json(&item)? } else { tell_item(env, &item)? }
        }
        What::List { school: code, json } => {
            for item in catalogue::items(&store, school(code)?)? {
                if *json { env.json(&item)? } else { tell_item(env, &item)? }
            }
        }
        What::Official(args) => {
            if let Some(authority) = &args.authority {
                let codes: Vec<OfficialCode> =
                    args.codes.iter().map(|text| official_code(text)).collect::<Result<_, _>>()?;
                let added =
                    catalogue::add_official_codes(&store, &SystemClock, &actor, authority, &codes)?;
                match env.lang {
                    Lang::Vi => writeln!(env.out, "Đã thêm {added} mã.")?,
                    Lang::En => writeln!(env.out, "{added} codes added.")?,
                }
            } else if let Some(code) = &args.school {
                for one in catalogue::official_codes(&store, &SystemClock, school(code)?)? {
                    if args.json {
                        env.json(&one)?;
                    } else {
                        writeln!(env.out, "{:<16}{}", one.code, one.name)?;
                    }
                }
            }
        }
        What::Zone { school: code, student, zone } => {
            let at = (school(code)?, student.as_deref());
            catalogue::set_zone(&store, &SystemClock, &actor, at, zone.as_deref())?;
        }
    }
    Ok(Status::Done)
}

fn unknown_unit(text: &str) -> Failure {
    let known: Vec<&str> = Unit::ALL.into_iter().map(Unit::as_str).collect();
    let known = known.join(", ");
    Failure::Usage(vec![Diagnostic::new(
        "unit",
        format!("Không có đơn vị tính “{text}”. Dùng một trong: {known}."),
        format!("There is no unit “{text}”. Use one of: {known}."),
    )])
}

fn official_code(text: &str) -> Result<OfficialCode, Failure> {
    let (code, name) = text.split_once('=').ok_or_else(|| {
        Failure::Usage(vec![Diagnostic::new(
            "code_and_name",
            format!("“{text}” thiếu dấu =. Ghi mã và tên, ví dụ HP01=Học phí."),
            format!("“{text}” has no =. Write code and name, e.g. HP01=Tuition."),
        )])
    })?;
    Ok(OfficialCode { code: code.to_owned(), name: name.to_owned() })
}

fn tell_item(env: &mut Env<'_>, item: &ItemView) -> std::io::Result<()> {
    let lang = env.lang;
    let terms = &item.terms;
    let unit = terms.unit.label();
    let must = match (terms.compulsory, lang) {
        (true, Lang::Vi) => "bắt buộc",
        (true, Lang::En) => "compulsory",
        (false, Lang::Vi) => "tự chọn",
        (false, Lang::En) => "optional",
    };
    let official =
        terms.official_code.as_deref().map(|code| format!(" · {code}")).unwrap_or_default();
    let retired = match (terms.retired_on, lang) {
        (None, _) => String::new(),
        (Some(day), Lang::Vi) => format!(" · thôi thu sau {}", vietnamese_day(day)),
        (Some(day), Lang::En) => format!(" · retired after {day}"),
    };
    writeln!(
        env.out,
        "{:<16}{:<32}{} · {must}{official}{retired}",
        item.code,
        terms.name,
        unit.text(lang)
    )?;
    for price in &item.prices {
        let mut whom: Vec<String> = Vec::new();
        let (zone, grade) = match lang {
            Lang::Vi => ("vùng", "khối"),
            Lang::En => ("zone", "grade"),
        };
        whom.extend(price.zone.as_ref().map(|name| format!("{zone} {name}")));
        whom.extend(price.level.clone());
        whom.extend(price.grade.map(|number| format!("{grade} {number}")));
        let day = |day: Option<Day>| day.map_or_else(|| "…".to_owned(), vietnamese_day);
        writeln!(
            env.out,
            "  {:>14} ₫  {}–{}  {}",
            price.price.grouped(),
            day(price.from),
            day(price.to),
            whom.join(" · ")
        )?;
    }
    Ok(())
}
