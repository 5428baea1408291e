//! What a made-up province consists of: plain data and the bytes of files, ready to be taken in
//! through the same doors as real ones.

use std::collections::HashMap;

use crate::demo::format::StatementFile;
use crate::demo::truth::Truth;
use crate::domain::calendar::Day;
use crate::domain::money::Vnd;

/// A whole made-up province.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    /// The top of the tree of authorities.
    pub province: AuthoritySpec,
    /// The authorities below it, parents before children; one ended when the district level did.
    pub authorities: Vec<AuthoritySpec>,
    /// The schools with their files.
    pub schools: Vec<SchoolSpec>,
    /// What every line of every statement really was.
    pub truth: Vec<Truth>,
}

impl World {
    /// What each entry of each statement file really was, by the file's name and the entry's place
    /// in it, counted from 0.
    #[must_use]
    pub fn truth_by_place(&self) -> HashMap<(&str, usize), &Truth> {
        self.truth
            .iter()
            .flat_map(|truth| {
                truth.seen_in.iter().map(move |place| ((place.file.as_str(), place.entry), truth))
            })
            .collect()
    }
}

/// Which kind of authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuthorityKind {
    /// Tỉnh.
    Province,
    /// Huyện, a level that ended on 30 June 2025.
    District,
    /// Xã or phường.
    Commune,
}

impl AuthorityKind {
    /// `province`, `district` or `commune`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            AuthorityKind::Province => "province",
            AuthorityKind::District => "district",
            AuthorityKind::Commune => "commune",
        }
    }
}

/// An authority and the days on which it existed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthoritySpec {
    /// Its code.
    pub code: String,
    /// Its name, which says that it is made up.
    pub name: String,
    /// Its kind.
    pub kind: AuthorityKind,
    /// The code of the authority above; `None` for the province.
    pub parent: Option<String>,
    /// First day; open when `None`.
    pub valid_from: Option<Day>,
    /// Last day; open when `None`.
    pub valid_to: Option<Day>,
}

/// Which level a school teaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// Mầm non.
    Preschool,
    /// Tiểu học.
    Primary,
    /// Trung học cơ sở.
    LowerSecondary,
    /// Trung học phổ thông.
    UpperSecondary,
}

impl Level {
    /// `preschool`, `primary`, `lower_secondary` or `upper_secondary`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Preschool => "preschool",
            Level::Primary => "primary",
            Level::LowerSecondary => "lower_secondary",
            Level::UpperSecondary => "upper_secondary",
        }
    }
}

/// A file as it would arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// Its name, unique in the world; readers never rely on it.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A school's account at a bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSpec {
    /// The bank's NAPAS number (BIN).
    pub bin: String,
    /// The bank's short name.
    pub bank: String,
    /// The bank's BIC.
    pub bic: String,
    /// The account's number.
    pub number: String,
    /// The holder's name as banks print it.
    pub holder: String,
}

/// The authority a school belongs to, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacementSpec {
    /// The authority's code.
    pub authority_code: String,
    /// First day; open when `None`.
    pub valid_from: Option<Day>,
    /// Last day; open when `None`.
    pub valid_to: Option<Day>,
}

/// A school, its lists, its statements and its cash vouchers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchoolSpec {
    /// Its code.
    pub code: String,
    /// Its name, which says that it is made up.
    pub name: String,
    /// What it teaches.
    pub level: Level,
    /// The authority it belongs to today.
    pub authority_code: String,
    /// All authorities it ever belonged to, oldest first; the last is today's.
    pub placements: Vec<PlacementSpec>,
    /// Where it takes money.
    pub account: AccountSpec,
    /// How many students its list has.
    pub students: usize,
    /// Its student list.
    pub students_file: NamedFile,
    /// Its invoice lists, one for each collection round.
    pub invoice_files: Vec<NamedFile>,
    /// Its statement files in the order of their delivery.
    pub statement_files: Vec<StatementFile>,
    /// What it took in notes.
    pub cash: Vec<CashSpec>,
}

/// A cash voucher: notes taken at the school for one invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CashSpec {
    /// The payment code of the invoice it pays.
    pub payment_code: String,
    /// Whose invoice.
    pub student_code: String,
    /// How much.
    pub amount: Vnd,
    /// The day of the voucher.
    pub day: Day,
    /// Who brought it.
    pub payer: String,
    /// The voucher's number at the school.
    pub voucher: String,
}
