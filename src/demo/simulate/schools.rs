//! The schools of a simulated province: banks in turn, so that every statement format occurs.

use chrono::Datelike;

use crate::demo::banks::Bank;
use crate::demo::format::StatementFormat as Format;
use crate::demo::schools::{Delivery, ListStyle, Profile as DemoProfile};
use crate::demo::simulate::profiles::{ClassStyle, CodeStyle, Profile};
use crate::demo::spec::{AccountSpec, Level};
use crate::demo::world::MADE_UP;
use crate::domain::calendar::Day;

/// The first day of November 2026 that statements cover.
pub const FIRST_DAY: u32 = 2;
/// The last one.
pub const LAST_DAY: u32 = 29;

/// A school before anybody pays.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Its number in the province, from 1.
    pub number: u32,
    /// Its code.
    pub code: String,
    /// Its name, which says that it is made up.
    pub name: String,
    /// What it teaches.
    pub level: Level,
    /// Its bank.
    pub bank: Bank,
    /// Its account.
    pub account: AccountSpec,
    /// How many students it has.
    pub students: usize,
    /// Its classes in the order of its lists.
    pub classes: Vec<String>,
    /// Where its codes come from.
    pub codes: CodeStyle,
    /// Whether each student has a virtual account.
    pub virtual_accounts: bool,
    /// How it keeps its lists.
    pub lists: ListStyle,
    deliveries: Vec<Delivery>,
}

impl Setup {
    /// The school of a number.
    #[must_use]
    pub fn new(profile: &Profile, place: usize, students: usize) -> Setup {
        let number = u32::try_from(place).unwrap_or(u32::MAX).saturating_add(1);
        let bank = turn(&Bank::ALL, place).unwrap_or(Bank::Bidv);
        let level = turn(profile.levels, place).unwrap_or(Level::Primary);
        let (short, long) = match level {
            Level::Preschool => ("MN", "Trường Mầm non"),
            Level::Primary => ("TH", "Trường Tiểu học"),
            Level::LowerSecondary => ("THCS", "Trường THCS"),
            Level::UpperSecondary => ("THPT", "Trường THPT"),
        };
        let style = turn(profile.classes, place).unwrap_or(ClassStyle::Usual);
        Setup {
            number,
            code: format!("{short}-MAU-{number:02}"),
            name: format!("{long} Mẫu {number} ({MADE_UP})"),
            level,
            bank,
            account: AccountSpec {
                bin: bank.bin().to_owned(),
                bank: bank.name().to_owned(),
                bic: bank.bic().to_owned(),
                number: format!("9900{number:04}0{number:04}"),
                holder: format!("TRUONG {short} MAU SO {number}"),
            },
            students,
            classes: class_names(level, style, students.div_ceil(profile.class_size)),
            codes: turn(profile.codes, place).unwrap_or(CodeStyle::Ours),
            virtual_accounts: profile.virtual_accounts && bank == Bank::Bidv,
            lists: turn(&[ListStyle::Csv, ListStyle::CsvGrouped, ListStyle::Xlsx], place / 2)
                .unwrap_or(ListStyle::Csv),
            deliveries: deliveries(bank),
        }
    }

    /// The formats in which a day's movements are delivered.
    pub fn formats_on(&self, day: Day) -> impl Iterator<Item = Format> {
        let day = day.day();
        self.deliveries
            .iter()
            .filter(move |one| (one.from..=one.to).contains(&day))
            .map(|one| one.format)
    }

    /// The school as the parts shared with the demo want it.
    #[must_use]
    pub fn as_demo(&self) -> DemoProfile<'_> {
        DemoProfile {
            code: &self.code,
            name: &self.name,
            level: self.level,
            authority: "",
            formerly: "",
            bank: self.bank,
            account: &self.account.number,
            holder: &self.account.holder,
            student_prefix: "MS",
            students: self.students,
            virtual_accounts: self.virtual_accounts,
            transfer: 1,
            cash: 0,
            lists: self.lists,
            deliveries: &self.deliveries,
        }
    }
}

fn turn<T: Copy>(choices: &[T], place: usize) -> Option<T> {
    choices.iter().copied().cycle().nth(place.checked_rem(choices.len())?)
}

/// Four weeks; at MB one week comes in two formats, at Vietcombank two files overlap.
fn deliveries(bank: Bank) -> Vec<Delivery> {
    let week = |number: u32, format, name| {
        let from = FIRST_DAY + 7 * (number - 1);
        Delivery { from, to: from + 6, format, name }
    };
    match bank {
        Bank::Vietcombank => vec![
            week(1, Format::VietcombankCashup, "cashup"),
            week(2, Format::VietcombankRetail, "vcb"),
            Delivery { from: 13, to: 18, format: Format::VietcombankRetail, name: "vcb-goi-dau" },
            week(3, Format::VietcombankSigned, "vcb"),
            week(4, Format::Camt053V08, "camt053"),
        ],
        Bank::Mb => vec![
            week(1, Format::Mb, "mb"),
            week(2, Format::Mt940, "mt940"),
            week(2, Format::Mb, "mb"),
            week(3, Format::Mt940Blocks, "mt940"),
            week(4, Format::Mt940, "mt940"),
        ],
        Bank::VietinBank => vec![
            week(1, Format::VietinBank, "vietinbank"),
            week(2, Format::Camt053V02, "camt053"),
            week(3, Format::Csv, "vietinbank"),
            week(4, Format::Camt053V02, "camt053"),
        ],
        Bank::Bidv => vec![
            week(1, Format::Bidv, "bidv"),
            week(2, Format::Csv, "bidv"),
            week(3, Format::Csv, "bidv"),
            week(4, Format::Camt053V02, "camt053"),
        ],
        Bank::Techcombank => vec![
            week(1, Format::Camt053V08, "camt053"),
            week(2, Format::Techcombank, "tcb"),
            week(3, Format::Camt053V08, "camt053"),
            week(4, Format::Csv, "tcb"),
        ],
        Bank::Acb => vec![
            week(1, Format::Acb, "acb"),
            week(2, Format::Csv, "acb"),
            week(3, Format::Mt940Blocks, "mt940"),
            week(4, Format::Csv, "acb"),
        ],
    }
}

/// So many classes, spread over the grades of the level.
fn class_names(level: Level, style: ClassStyle, count: usize) -> Vec<String> {
    let grades: &[&str] = match level {
        Level::Preschool => &["Mầm", "Chồi", "Lá"],
        Level::Primary => &["1", "2", "3", "4", "5"],
        Level::LowerSecondary => &["6", "7", "8", "9"],
        Level::UpperSecondary => &["10", "11", "12"],
    };
    let per_grade = count.div_ceil(grades.len()).max(1);
    let letters = ["A", "B", "C", "D", "E", "G", "H", "I", "K", "L"];
    let within = |parallel: usize| match (level, style) {
        (Level::Preschool, _) => format!(" {}", parallel + 1),
        (_, ClassStyle::Slash) => format!("/{}", parallel + 1),
        (Level::Primary, ClassStyle::Usual) => {
            letters.get(parallel).map_or_else(|| format!("A{parallel}"), |one| (*one).to_owned())
        }
        (Level::Primary, ClassStyle::Satellites) => match parallel {
            0 => "A".to_owned(),
            hamlet => format!("A T{hamlet}"),
        },
        _ => format!("A{}", parallel + 1),
    };
    grades
        .iter()
        .flat_map(|grade| (0..per_grade).map(move |parallel| (grade, parallel)))
        .map(|(grade, parallel)| format!("{grade}{}", within(parallel)))
        .collect()
}
