//! Layouts as data: what other programs take in, one TOML file each. Those in `profiles/` are neutral
//! ones of our own, as no vendor's layout is known; a school copies one and changes it.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::profile_errors as wrong;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::export::journal::{self, Accounts};
use crate::domain::export::{Column, roster};

/// The profiles that come with the program.
const FILES: [&str; 4] = [
    include_str!("profiles/journal-pairs.toml"),
    include_str!("profiles/journal-sides.toml"),
    include_str!("profiles/students.toml"),
    include_str!("profiles/fees.toml"),
];

/// What a profile has a row for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rows {
    /// Each sum that came in, for an accounting program.
    Journal,
    /// Each student.
    Students,
    /// Each line of each invoice.
    Fees,
}

impl Rows {
    /// The stable name that commands and addresses use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Rows::Journal => "journal",
            Rows::Students => "students",
            Rows::Fees => "fees",
        }
    }

    /// The rows of a stable name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Rows> {
        [Rows::Journal, Rows::Students, Rows::Fees].into_iter().find(|rows| rows.as_str() == name)
    }

    /// What a row says: the fields that columns may take.
    #[must_use]
    pub const fn fields(self) -> &'static [Column] {
        match self {
            Rows::Journal => journal::FIELDS,
            Rows::Students => roster::STUDENT_FIELDS,
            Rows::Fees => roster::FEE_FIELDS,
        }
    }

    /// The profile that is taken where nobody names one.
    #[must_use]
    pub const fn usual(self) -> &'static str {
        match self {
            Rows::Journal => "journal-pairs",
            Rows::Students => "students",
            Rows::Fees => "fees",
        }
    }
}

/// In how many rows an entry of the journal is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Layout {
    /// One, with both accounts.
    #[default]
    Pairs,
    /// Two, one for each side.
    Sides,
}

/// How a day is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum DateFormat {
    /// `2026-11-23`
    #[default]
    #[serde(rename = "yyyy-mm-dd")]
    Iso,
    /// `23/11/2026`
    #[serde(rename = "dd/mm/yyyy")]
    Vietnamese,
    /// `23112026`
    #[serde(rename = "ddmmyyyy")]
    DayFirst,
    /// `20261123`
    #[serde(rename = "yyyymmdd")]
    YearFirst,
}

/// How letters are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// As they are.
    #[default]
    AsIs,
    /// All capital.
    Upper,
    /// All small.
    Lower,
}

/// Where a column's cells come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A place in [`Rows::fields`].
    Field(usize),
    /// Always the same.
    Constant(String),
}

/// A column of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileColumn {
    /// Its heading.
    pub heading: String,
    /// Where its cells come from.
    pub source: Source,
    /// How days are written.
    pub date: DateFormat,
    /// How letters are written.
    pub case: Case,
    /// Whether texts lose their marks.
    pub fold: bool,
    /// The most characters of a cell.
    pub max_width: Option<usize>,
}

/// A profile, ready to be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its stable name.
    pub id: String,
    /// What it is, for people.
    pub name: String,
    /// What it is based on.
    pub basis: String,
    /// What it has a row for.
    pub rows: Rows,
    /// The accounts of a journal.
    pub accounts: Accounts,
    /// Between cells.
    pub separator: u8,
    /// Whether the file begins with headings.
    pub header: bool,
    /// Whether the file begins with a byte order mark.
    pub byte_order_mark: bool,
    /// Its columns, in order.
    pub columns: Vec<ProfileColumn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    name: String,
    #[serde(default)]
    basis: String,
    rows: Rows,
    layout: Option<Spanned<Layout>>,
    separator: Option<Spanned<String>>,
    encoding: Option<Spanned<String>>,
    header: Option<bool>,
    byte_order_mark: Option<bool>,
    accounts: Option<Spanned<FileAccounts>>,
    column: Vec<Spanned<FileColumn>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileAccounts {
    debit: BTreeMap<String, String>,
    credit: BTreeMap<String, String>,
    family_credit: Option<String>,
    unallocated: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileColumn {
    heading: String,
    field: Option<Spanned<String>>,
    constant: Option<String>,
    #[serde(default)]
    date: DateFormat,
    #[serde(default)]
    case: Case,
    #[serde(default)]
    fold: bool,
    max_width: Option<Spanned<usize>>,
}

/// The profiles that come with the program.
#[must_use]
pub fn built_in() -> Vec<Profile> {
    // One that cannot be read would be left out; a test reads every one of them.
    FILES.into_iter().filter_map(|file| read("", file).ok()).collect()
}

/// Reads a profile; `name` is what its file is called in messages. What is not known is refused with its
/// line and what is known.
pub fn read(name: &str, text: &str) -> Result<Profile, Diagnostic> {
    let line = |span: &Range<usize>| {
        let before = text.get(..span.start).unwrap_or_default();
        u64::try_from(before.matches('\n').count() + 1).unwrap_or(u64::MAX)
    };
    let file: File = toml::from_str(text).map_err(|error| {
        wrong::syntax(name, line(&error.span().unwrap_or_default()), error.message())
    })?;
    let accounts = accounts(&file).map_err(|span| match span {
        Some(span) => wrong::not_for_lists(name, line(&span)),
        None => wrong::no_accounts(name),
    })?;
    if let Some(encoding) = &file.encoding
        && !encoding.get_ref().eq_ignore_ascii_case("utf-8")
    {
        return Err(wrong::encoding(name, line(&encoding.span()), encoding.get_ref()));
    }
    let separator = match &file.separator {
        None => b',',
        Some(separator) => separator_byte(separator.get_ref())
            .ok_or_else(|| wrong::separator(name, line(&separator.span()), separator.get_ref()))?,
    };
    let mut columns = Vec::with_capacity(file.column.len());
    for spanned in &file.column {
        let column = spanned.get_ref();
        let source = match (&column.field, &column.constant) {
            (Some(field), None) => {
                let fields = file.rows.fields();
                let known = fields.iter().position(|one| one.name == field.get_ref());
                Source::Field(known.ok_or_else(|| {
                    wrong::unknown_field(name, line(&field.span()), field.get_ref(), file.rows)
                })?)
            }
            (None, Some(constant)) => Source::Constant(constant.clone()),
            _ => return Err(wrong::one_source(name, line(&spanned.span()), &column.heading)),
        };
        if let Some(width) = &column.max_width
            && *width.get_ref() == 0
        {
            return Err(wrong::no_width(name, line(&width.span()), &column.heading));
        }
        columns.push(ProfileColumn {
            heading: column.heading.clone(),
            source,
            date: column.date,
            case: column.case,
            fold: column.fold,
            max_width: column.max_width.as_ref().map(|width| *width.get_ref()),
        });
    }
    if columns.is_empty() {
        return Err(wrong::no_columns(name));
    }
    Ok(Profile {
        id: file.id,
        name: file.name,
        basis: file.basis,
        rows: file.rows,
        accounts,
        separator,
        header: file.header.unwrap_or(true),
        byte_order_mark: file.byte_order_mark.unwrap_or(true),
        columns,
    })
}

/// The accounts of a journal; where a list has what only a journal may, its place.
fn accounts(file: &File) -> Result<Accounts, Option<Range<usize>>> {
    if file.rows != Rows::Journal {
        let accounts = file.accounts.as_ref().map(Spanned::span);
        let extra = accounts.or(file.layout.as_ref().map(Spanned::span));
        return extra.map_or(Ok(Accounts::default()), |span| Err(Some(span)));
    }
    let named = file.accounts.as_ref().ok_or(None)?.get_ref();
    Ok(Accounts {
        debit: named.debit.clone(),
        credit: named.credit.clone(),
        family_credit: named.family_credit.clone(),
        unallocated: named.unallocated.clone(),
        sides: file.layout.as_ref().is_some_and(|layout| *layout.get_ref() == Layout::Sides),
    })
}

fn separator_byte(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [byte @ (b',' | b';' | b'|' | b'\t')] => Some(*byte),
        _ => None,
    }
}
