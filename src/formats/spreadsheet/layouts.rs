//! The banks' exports as data: one declarative profile each, in `profiles/`, over one general reader.
//!
//! Columns are read by their words in any case. A profile names what was recognised and states the
//! few habits in which an export differs from what the general reader would take for granted.

use std::sync::LazyLock;

use serde::Deserialize;

use super::header::Columns;
use super::letterhead::{Letterhead, spaced};
use super::synonyms::Field;
use crate::domain::text::squeeze;

/// The layout of a table whose words are known, of no bank in particular.
pub const GENERIC: &str = "generic";
/// The layout of a table whose columns a person has named.
pub const MAPPED: &str = "mapped";

/// The profiles, one file a bank, in the order in which they are tried.
const FILES: [&str; 15] = [
    include_str!("profiles/vietcombank.toml"),
    include_str!("profiles/bidv.toml"),
    include_str!("profiles/vietinbank.toml"),
    include_str!("profiles/mb.toml"),
    include_str!("profiles/techcombank.toml"),
    include_str!("profiles/acb.toml"),
    include_str!("profiles/agribank.toml"),
    include_str!("profiles/sacombank.toml"),
    include_str!("profiles/vpbank.toml"),
    include_str!("profiles/tpbank.toml"),
    include_str!("profiles/vib.toml"),
    include_str!("profiles/msb.toml"),
    include_str!("profiles/ocb.toml"),
    include_str!("profiles/shb.toml"),
    include_str!("profiles/hdbank.toml"),
];

/// How sure a profile is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Independent public readers of the export agree.
    Observed,
    /// Only a part of the export is known.
    Partial,
    /// Nothing but the words that banks have in common.
    Assumed,
}

impl Certainty {
    /// `observed`, `partial` or `assumed`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Certainty::Observed => "observed",
            Certainty::Partial => "partial",
            Certainty::Assumed => "assumed",
        }
    }
}

/// In which order an export lists its entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The file itself has to tell.
    #[default]
    Either,
    /// Newest entry on top.
    NewestFirst,
    /// Oldest entry on top.
    OldestFirst,
}

/// Where the figure of a balance stands, seen from its label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BalanceValue {
    /// In the label's own cell or to its right.
    #[default]
    Beside,
    /// In the cell below.
    Below,
}

/// In what an export differs from other tables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Habits {
    /// A blank day means the day above.
    pub fills_dates_down: bool,
    /// The day's cell holds the document number too.
    pub date_holds_reference: bool,
    /// Whether money out is negative in its own column; unknown where not stated.
    pub negative_debits: Option<bool>,
    /// The order of the entries.
    pub order: Order,
    /// The mark between thousands; it settles figures of currencies with cents.
    pub thousands: Option<char>,
    /// The mark before decimals.
    pub decimal: Option<char>,
    /// Where balances stand.
    pub balance_value: BalanceValue,
}

/// Words as a profile writes them, compared without marks, blanks and case.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct Word {
    written: String,
    /// Folded, and without blanks and punctuation.
    pub squeezed: String,
}

impl From<String> for Word {
    fn from(written: String) -> Word {
        Word { squeezed: squeeze(&written), written }
    }
}

impl Word {
    fn written(&self) -> &str {
        &self.written
    }
}

/// Labels around the table that only this export has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Labels {
    /// Words that tell that a number is not the account's present one.
    pub ignored_account_words: Vec<Word>,
    /// Beginnings of the label of the opening balance.
    pub opening: Vec<Word>,
    /// Beginnings of the label of the closing balance.
    pub closing: Vec<Word>,
}

/// What shows that a file is of this export; all of it has to be there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Signs {
    /// Words of the text above the table.
    titles: Vec<Word>,
    /// Words of the sheet's name.
    sheet: Option<Word>,
    /// Headings that have to be there.
    headings: Vec<Word>,
    /// Headings that must not be there.
    lacks: Vec<Word>,
    /// Meanings that a column has to have.
    fields: Vec<Field>,
    /// File formats, where the export exists in these only.
    formats: Vec<String>,
    /// More columns than this are another export.
    most_columns: Option<usize>,
    /// The text above the table names this bank and no other.
    bank_named: bool,
}

/// A heading that means something else in this export than elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnHeading {
    /// The heading, or one part of a bilingual one.
    pub heading: Word,
    /// What the column holds.
    pub field: Field,
}

/// One export of one bank.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its stable name.
    pub id: String,
    /// The name that its files are recorded under, where that is another profile's.
    recorded_as: Option<String>,
    /// The bank.
    #[serde(skip)]
    pub bank: String,
    /// The bank's number at NAPAS.
    #[serde(skip)]
    pub bin: String,
    /// What names the bank in a text, as whole words.
    #[serde(skip)]
    names: Vec<String>,
    /// Which export of the bank it is.
    pub export: String,
    /// How sure it is.
    pub certainty: Certainty,
    /// What it is based on.
    pub basis: String,
    /// The invented files that show it.
    pub fixtures: Vec<String>,
    recognise: Vec<Signs>,
    /// Headings that mean something else here.
    #[serde(default)]
    pub columns: Vec<OwnHeading>,
    /// In what it differs.
    #[serde(default)]
    pub habits: Habits,
    /// First words of rows that are no entries, besides the usual ones.
    #[serde(default)]
    pub stop_words: Vec<Word>,
    /// Labels of its own.
    #[serde(default)]
    pub labels: Labels,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    bank: String,
    bin: String,
    names: Vec<String>,
    profile: Vec<Profile>,
}

/// What is known of a file when it is to be recognised.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The file's format.
    pub format: &'a str,
    /// The text above the table and the sheet's name.
    pub head: &'a Letterhead,
    /// The table's columns, once its header is found.
    pub columns: Option<&'a Columns>,
}

impl Profile {
    /// The name its files are recorded under, [`crate::formats::Reading::layout`].
    #[must_use]
    pub fn layout(&self) -> &str {
        self.recorded_as.as_deref().unwrap_or(&self.id)
    }

    /// Whether a row that starts with these words is no entry in this export.
    #[must_use]
    pub fn stops_at(&self, label: &str) -> bool {
        !self.stop_words.is_empty() && {
            let label = squeeze(label);
            self.stop_words.iter().any(|word| word.squeezed == label)
        }
    }

    /// The ways in which it is recognised, for people.
    #[must_use]
    pub fn recognised_by(&self) -> Vec<String> {
        self.recognise.iter().map(Signs::described).collect()
    }
}

impl Signs {
    fn hold(&self, seen: Seen<'_>, named_bank: Option<&str>, bin: &str) -> bool {
        let needs_columns = !self.headings.is_empty()
            || !self.lacks.is_empty()
            || !self.fields.is_empty()
            || self.most_columns.is_some();
        let columns_fit = || match seen.columns {
            None => !needs_columns,
            Some(columns) => {
                let headings = columns.words.as_slice();
                let filled = headings.iter().filter(|heading| !heading.is_empty()).count();
                self.headings.iter().all(|word| has(headings, &word.squeezed))
                    && !self.lacks.iter().any(|word| has(headings, &word.squeezed))
                    && self.fields.iter().all(|field| columns.holds(*field))
                    && self.most_columns.is_none_or(|most| filled <= most)
            }
        };
        // What only headings tell does not hold against another bank's name.
        let told_by_name = !self.titles.is_empty() || self.sheet.is_some();
        if !told_by_name && named_bank.is_some_and(|named| named != bin) {
            return false;
        }
        (self.formats.is_empty() || self.formats.iter().any(|format| format == seen.format))
            && self.titles.iter().all(|title| seen.head.title.contains(&title.squeezed))
            && self.sheet.as_ref().is_none_or(|sheet| seen.head.sheet.contains(&sheet.squeezed))
            && (!self.bank_named || named_bank == Some(bin))
            && columns_fit()
    }

    fn described(&self) -> String {
        let list = |what: &str, words: &mut dyn Iterator<Item = &str>| {
            let words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
            (!words.is_empty()).then(|| format!("{what} {}", words.join(" + ")))
        };
        let written = Word::written;
        let parts = [
            list("title", &mut self.titles.iter().map(written)),
            list("sheet", &mut self.sheet.iter().map(written)),
            list("headings", &mut self.headings.iter().map(written)),
            list("without", &mut self.lacks.iter().map(written)),
            (!self.fields.is_empty()).then(|| "day and document number in one column".to_owned()),
            self.most_columns.map(|most| format!("at most {most} columns")),
            list("in", &mut self.formats.iter().map(String::as_str)),
            self.bank_named.then(|| "name, BIN or domain of the bank in the letterhead".to_owned()),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// Whether a heading is, or starts as, the word.
fn has(headings: &[String], word: &str) -> bool {
    headings.iter().any(|heading| heading.split(' ').any(|part| part.starts_with(word)))
}

/// What a file is called in front of people: the bank whose layout was recognised and the kind of file,
/// such as `Vietcombank – Excel`; the kind alone where no bank is known by it.
#[must_use]
pub fn title(format: &str, layout: Option<&str>) -> String {
    let kind = match format {
        "xlsx" | "xls" => "Excel".to_owned(),
        "spreadsheetml" => "Excel (XML)".to_owned(),
        "webhook" => "Webhook".to_owned(),
        other => other.to_uppercase(),
    };
    let bank = layout.and_then(|layout| profiles().iter().find(|profile| profile.id == layout));
    match bank {
        Some(profile) => format!("{} – {kind}", profile.bank),
        None => kind,
    }
}

/// All profiles, in the order in which they are tried.
#[must_use]
pub fn profiles() -> &'static [Profile] {
    // A file that is no profile would be left out; the tests read every one of them.
    static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
        FILES.into_iter().flat_map(|file| parse(file).unwrap_or_default()).collect()
    });
    &PROFILES
}

fn parse(file: &str) -> Result<Vec<Profile>, toml::de::Error> {
    let File { bank, bin, names, profile } = toml::from_str(file)?;
    let mut names: Vec<String> = names.iter().map(|name| spaced(name)).collect();
    names.push(format!(" BIN {bin} "));
    let filled = profile.into_iter().map(|profile| Profile {
        bank: bank.clone(),
        bin: bin.clone(),
        names: names.clone(),
        ..profile
    });
    Ok(filled.collect())
}

/// The export that a table is of, or nothing for a table of no known bank.
#[must_use]
pub fn recognise(seen: Seen<'_>) -> Option<&'static Profile> {
    let bank = named_bank(seen.head);
    profiles()
        .iter()
        .find(|profile| profile.recognise.iter().any(|signs| signs.hold(seen, bank, &profile.bin)))
}

/// The one bank that the text above the table names; nothing where it names two.
fn named_bank(head: &Letterhead) -> Option<&'static str> {
    let mut named = None;
    for profile in profiles() {
        let bin = profile.bin.as_str();
        if named != Some(bin) && profile.names.iter().any(|name| head.words.contains(name)) {
            if named.is_some() {
                return None;
            }
            named = Some(bin);
        }
    }
    named
}

#[cfg(test)]
mod tests;
