//! The six schools of the demo and how their families pay; everything here is invented.

use crate::demo::banks::Bank;
use crate::demo::format::StatementFormat as Format;
use crate::demo::spec::Level;

/// The code of the province.
pub const PROVINCE: &str = "TINH-MAU";
/// The code of the district that ended on 30 June 2025.
pub const FORMER_DISTRICT: &str = "HUYEN-MAU-CU";
/// The code of the commune that took over from the district.
pub const COMMUNE: &str = "XA-MAU-THUONG";
/// The code of the other commune.
pub const WARD: &str = "PHUONG-MAU-HA";

/// How a school keeps its lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListStyle {
    /// CSV, amounts as plain digits.
    Csv,
    /// CSV with semicolons, amounts with points between thousands.
    CsvGrouped,
    /// XLSX with numbers as numbers and days as days.
    Xlsx,
}

/// A statement file a school will deliver: days of November 2026, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The first day of the month it covers.
    pub from: u32,
    /// The last day of the month it covers.
    pub to: u32,
    /// Its format.
    pub format: Format,
    /// What its name ends in.
    pub name: &'static str,
}

/// A school of the demo.
#[derive(Clone, Copy, Debug)]
pub struct Profile<'a> {
    /// Its code.
    pub code: &'a str,
    /// Its name without the remark that it is made up.
    pub name: &'a str,
    /// What it teaches.
    pub level: Level,
    /// The authority it belongs to since July 2025.
    pub authority: &'a str,
    /// The authority it belonged to before.
    pub formerly: &'a str,
    /// Its bank.
    pub bank: Bank,
    /// Its account's number.
    pub account: &'a str,
    /// The account holder as the bank prints it.
    pub holder: &'a str,
    /// What its student codes begin with.
    pub student_prefix: &'a str,
    /// How many students it has.
    pub students: usize,
    /// Whether each student has a virtual account.
    pub virtual_accounts: bool,
    /// Percentage of invoices its families pay by transfer within the three weeks; 0 for a school
    /// to which no family pays anything.
    pub transfer: u32,
    /// Percentage of invoices its families pay in notes.
    pub cash: u32,
    /// How it keeps its lists.
    pub lists: ListStyle,
    /// Its statement files in the order of their delivery.
    pub deliveries: &'a [Delivery],
}

const fn week(number: u32, format: Format, name: &'static str) -> Delivery {
    let from = 2 + 7 * (number - 1);
    Delivery { from, to: from + 6, format, name }
}

/// The schools, in the order of their codes' serial ranges.
pub const SCHOOLS: [Profile<'static>; 6] = [
    Profile {
        code: "THCS-BINH-MINH",
        name: "Trường THCS Bình Minh",
        level: Level::LowerSecondary,
        authority: COMMUNE,
        formerly: FORMER_DISTRICT,
        bank: Bank::Mb,
        account: "9900000100001",
        holder: "TRUONG THCS BINH MINH MAU",
        student_prefix: "BM26",
        students: 560,
        virtual_accounts: false,
        transfer: 72,
        cash: 9,
        lists: ListStyle::Xlsx,
        deliveries: &[
            week(1, Format::Mb, "mb"),
            week(2, Format::Mt940, "mt940"),
            week(2, Format::Mb, "mb"),
            week(3, Format::Mt940Blocks, "mt940"),
        ],
    },
    Profile {
        code: "TH-HOA-SEN",
        name: "Trường Tiểu học Hoa Sen",
        level: Level::Primary,
        authority: COMMUNE,
        formerly: FORMER_DISTRICT,
        bank: Bank::Vietcombank,
        account: "9900000200",
        holder: "TRUONG TIEU HOC HOA SEN MAU",
        student_prefix: "HS",
        students: 620,
        virtual_accounts: false,
        transfer: 44,
        cash: 40,
        lists: ListStyle::CsvGrouped,
        deliveries: &[
            week(1, Format::VietcombankCashup, "cashup"),
            week(2, Format::VietcombankRetail, "vcb"),
            Delivery { from: 13, to: 18, format: Format::VietcombankRetail, name: "vcb-goi-dau" },
            week(3, Format::VietcombankSigned, "vcb"),
        ],
    },
    Profile {
        code: "MN-SAO-MAI",
        name: "Trường Mầm non Sao Mai",
        level: Level::Preschool,
        authority: COMMUNE,
        formerly: FORMER_DISTRICT,
        bank: Bank::Acb,
        account: "99000003",
        holder: "TRUONG MAM NON SAO MAI MAU",
        student_prefix: "SM",
        students: 260,
        virtual_accounts: false,
        transfer: 0,
        cash: 0,
        lists: ListStyle::Csv,
        deliveries: &[
            week(1, Format::Acb, "acb"),
            week(2, Format::Acb, "acb"),
            week(3, Format::Acb, "acb"),
        ],
    },
    Profile {
        code: "TH-SONG-XANH",
        name: "Trường Tiểu học Sông Xanh",
        level: Level::Primary,
        authority: WARD,
        formerly: PROVINCE,
        bank: Bank::Bidv,
        account: "99000000400004",
        holder: "TRUONG TIEU HOC SONG XANH MAU",
        student_prefix: "04",
        students: 540,
        virtual_accounts: true,
        transfer: 70,
        cash: 8,
        lists: ListStyle::Xlsx,
        deliveries: &[
            week(1, Format::Bidv, "bidv"),
            week(2, Format::Csv, "bidv"),
            week(3, Format::Bidv, "bidv"),
        ],
    },
    Profile {
        code: "THCS-DOI-THONG",
        name: "Trường THCS Đồi Thông",
        level: Level::LowerSecondary,
        authority: WARD,
        formerly: PROVINCE,
        bank: Bank::Techcombank,
        account: "99000050000005",
        holder: "TRUONG THCS DOI THONG MAU",
        student_prefix: "DT26",
        students: 480,
        virtual_accounts: false,
        transfer: 79,
        cash: 3,
        lists: ListStyle::Csv,
        deliveries: &[
            week(1, Format::Camt053V08, "camt053"),
            week(2, Format::Techcombank, "tcb"),
            week(3, Format::Camt053V08, "camt053"),
        ],
    },
    Profile {
        code: "THPT-BIEN-HO",
        name: "Trường THPT Biển Hồ",
        level: Level::UpperSecondary,
        authority: PROVINCE,
        formerly: PROVINCE,
        bank: Bank::VietinBank,
        account: "990000600006",
        holder: "TRUONG THPT BIEN HO MAU",
        student_prefix: "BH",
        students: 540,
        virtual_accounts: false,
        transfer: 62,
        cash: 17,
        lists: ListStyle::Xlsx,
        deliveries: &[
            week(1, Format::VietinBank, "vietinbank"),
            week(1, Format::VietinBank, "vietinbank (1)"),
            week(2, Format::Camt053V02, "camt053"),
            week(3, Format::VietinBank, "vietinbank"),
        ],
    },
];

/// The classes of a level, in the order of the school's lists.
#[must_use]
pub fn classes(level: Level) -> Vec<String> {
    let graded = |grades: std::ops::RangeInclusive<u32>, letters: &[&str]| {
        grades
            .flat_map(|grade| letters.iter().map(move |letter| format!("{grade}{letter}")))
            .collect()
    };
    match level {
        Level::Preschool => ["Mầm", "Chồi", "Lá"]
            .iter()
            .flat_map(|stage| (1..=3).map(move |number| format!("{stage} {number}")))
            .collect(),
        Level::Primary => graded(1..=5, &["A", "B", "C", "D"]),
        Level::LowerSecondary => graded(6..=9, &["A1", "A2", "A3", "A4"]),
        Level::UpperSecondary => graded(10..=12, &["A1", "A2", "A3", "A4", "A5"]),
    }
}
