//! What stands around every page: who is signed in, where they are, what was just done.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;

use super::assets;
use super::tour::Panel;
use super::words::Words;
use crate::clock::local_time;
use crate::domain::access::Permission;
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::lang::Bilingual;
use crate::domain::money::{Vnd, group_digits};
use crate::domain::school_year::SchoolYear;
use crate::service::users::names::{Names, Person};

/// What templates know besides their own content; `s` in all of them.
#[derive(Clone, Debug, Default)]
pub struct Shell {
    words: Words,
    /// Who is signed in.
    pub user: Option<String>,
    /// At which school, where a page is about one.
    pub school: Option<AtSchool>,
    /// The page's own path with its query, to come back to.
    pub here: String,
    /// The pages above this one: words and address.
    pub crumbs: Vec<(String, String)>,
    /// What was just done.
    pub said: Option<Said>,
    /// The panel of the guided tour, where there is one.
    pub tour: Option<Panel>,
    /// The school year that was chosen; lists show all years where none was.
    pub year: Option<SchoolYear>,
    /// Whether whoever looks runs the installation: its people and how it is.
    pub manages: bool,
    permissions: BTreeSet<Permission>,
    names: Names,
}

/// The school a page is about.
#[derive(Clone, Debug, Default)]
pub struct AtSchool {
    /// Its code, as it stands in addresses.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The school year that was chosen, or that of the day, such as `2026–2027`.
    pub year: String,
    /// The calendar year in which the school year of the day begins.
    pub begins: i32,
    /// The page that can be asked for again, with its query: of a form the part of the work it belongs to.
    pub page: String,
    /// How many payments wait for a person, as the menu shows it; empty for none.
    pub waiting: String,
}

/// What was just done, told on the next page.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Said {
    /// The key of the words.
    pub key: String,
    /// What is put into them.
    pub x: String,
    /// The address to which an empty form is sent to undo it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<String>,
}

/// A line of the menu.
#[derive(Clone, Copy, Debug)]
pub struct MenuItem {
    /// The key of its words.
    pub key: &'static str,
    /// Where it leads, under the school.
    pub path: &'static str,
    /// Who sees it.
    pub needs: Permission,
}

/// The menu of a school, in the order of a term.
const MENU: [MenuItem; 16] = [
    MenuItem { key: "menu-home", path: "", needs: Permission::ReadPeople },
    MenuItem { key: "menu-students", path: "/students", needs: Permission::ReadPeople },
    MenuItem { key: "menu-fees", path: "/fees", needs: Permission::ReadPeople },
    MenuItem { key: "menu-rounds", path: "/rounds", needs: Permission::ReadPeople },
    MenuItem { key: "menu-statements", path: "/statements", needs: Permission::ReadBooks },
    MenuItem { key: "menu-queue", path: "/queue", needs: Permission::ReadBooks },
    MenuItem { key: "menu-cash", path: "/cash", needs: Permission::ReadCash },
    MenuItem { key: "menu-receipts", path: "/receipts", needs: Permission::ReadPeople },
    MenuItem { key: "menu-receivables", path: "/receivables", needs: Permission::ReadPeople },
    MenuItem { key: "menu-mail", path: "/mail", needs: Permission::ReadPeople },
    MenuItem { key: "menu-families", path: "/families", needs: Permission::ReadPeople },
    MenuItem { key: "menu-exports", path: "/exports", needs: Permission::ExportBooks },
    MenuItem { key: "menu-close", path: "/periods", needs: Permission::ReadBooks },
    MenuItem { key: "menu-reported", path: "/reported", needs: Permission::ReadFigures },
    MenuItem { key: "menu-audit", path: "/audit", needs: Permission::ReadBooks },
    MenuItem { key: "menu-settings", path: "/settings", needs: Permission::ReadBooks },
];

/// How many school years are offered: the next one, that of the day, and those before.
const YEARS: i32 = 5;

/// A school year as people write it, `2026–2027`.
fn named(year: SchoolYear) -> String {
    year.to_string().replace('-', "–")
}

impl Shell {
    /// A shell with nobody and nothing in it.
    #[must_use]
    pub fn plain(words: Words) -> Shell {
        Shell { words, ..Shell::default() }
    }

    /// The shell of somebody who is signed in.
    #[must_use]
    pub fn of(words: Words, user: String, here: String, said: Option<Said>) -> Shell {
        Shell { words, user: Some(user), here, said, ..Shell::default() }
    }

    /// The same for somebody who runs the installation, if they do.
    #[must_use]
    pub fn managing(mut self, manages: bool) -> Shell {
        self.manages = manages;
        self
    }

    /// The same about a school, for somebody who may do these things there.
    #[must_use]
    pub fn at(mut self, school: AtSchool, permissions: BTreeSet<Permission>) -> Shell {
        self.school = Some(school);
        self.permissions = permissions;
        self
    }

    /// The same with a page above this one.
    #[must_use]
    pub fn under(mut self, words: impl Into<String>, path: &str) -> Shell {
        let href = self.link(path);
        self.crumbs.push((words.into(), href));
        self
    }

    /// The same with the words behind a key.
    #[must_use]
    pub fn under_word(self, key: &str, path: &str) -> Shell {
        let words = self.t(key);
        self.under(words, path)
    }

    /// An address under the school.
    #[must_use]
    pub fn link(&self, path: impl AsRef<str>) -> String {
        let path = path.as_ref();
        match &self.school {
            Some(school) => format!("/s/{}{path}", super::error::encoded(&school.code)),
            None => path.to_owned(),
        }
    }

    /// Whether whoever looks may do something here.
    #[must_use]
    pub fn may(&self, name: &str) -> bool {
        self.permissions.iter().any(|permission| permission.as_str() == name)
    }

    /// The lines of the menu that whoever looks may follow.
    #[must_use]
    pub fn menu(&self) -> Vec<MenuItem> {
        MENU.into_iter().filter(|item| self.permissions.contains(&item.needs)).collect()
    }

    /// Where a line of the menu leads: on with the year that was chosen.
    #[must_use]
    pub fn menu_link(&self, item: &MenuItem) -> String {
        self.keep_year(self.link(item.path))
    }

    /// An address with the year that was chosen.
    #[must_use]
    pub fn keep_year(&self, href: impl AsRef<str>) -> String {
        let href = href.as_ref();
        let Some(year) = self.year.filter(|_| !href.is_empty()) else { return href.to_owned() };
        let (href, place) = match href.split_once('#') {
            Some((href, place)) => (href, format!("#{place}")),
            None => (href, String::new()),
        };
        let mark = if href.contains('?') { '&' } else { '?' };
        format!("{href}{mark}year={year}{place}")
    }

    /// Whether a year was chosen that is not the one of the day.
    #[must_use]
    pub fn is_other_year(&self) -> bool {
        let begins = self.school.as_ref().map(|school| school.begins);
        self.year.is_some_and(|year| Some(year.first_year()) != begins)
    }

    /// The school years to choose from, the next one first, and all of them: the words, the address,
    /// and whether it is chosen.
    #[must_use]
    pub fn years(&self) -> Vec<(String, String, bool)> {
        let Some(school) = &self.school else { return Vec::new() };
        let (path, query) = school.page.split_once('?').unwrap_or((&school.page, ""));
        let address = |year: Option<SchoolYear>| {
            let mut kept = form_urlencoded::Serializer::new(String::new());
            for (name, value) in form_urlencoded::parse(query.as_bytes()) {
                // Where a page began is another place in another year.
                if !["year", "before", "after", "cursor", "month"].contains(&&*name) {
                    kept.append_pair(&name, &value);
                }
            }
            if let Some(year) = year {
                kept.append_pair("year", &year.to_string());
            }
            let kept = kept.finish();
            if kept.is_empty() { path.to_owned() } else { format!("{path}?{kept}") }
        };
        let mut found: Vec<_> = (0..YEARS)
            .map(|back| SchoolYear::beginning(school.begins.saturating_add(1).saturating_sub(back)))
            .map(|year| (named(year), address(Some(year)), self.year == Some(year)))
            .collect();
        found.push((self.t("school-years-all"), address(None), self.year.is_none()));
        found
    }

    /// Where the guide to the page is.
    #[must_use]
    pub fn help(&self) -> String {
        let below = self.here.split('?').next().unwrap_or_default();
        let below = below.strip_prefix(&self.link("")).unwrap_or_default();
        let first = below.trim_start_matches('/').split('/').next().unwrap_or_default();
        let area = match first {
            "" | "search" | "tour" | "help" => "home",
            "class-lists" => "students",
            "invoices" | "notices" => "rounds",
            "history" | "questions" => "queue",
            "claims" => "families",
            "figures" => "reported",
            other => other,
        };
        if first == "help" { self.link("/help") } else { self.link(format!("/help/{area}")) }
    }

    /// Whether a line of the menu is where we are.
    #[must_use]
    pub fn is_here(&self, item: &MenuItem) -> bool {
        let path = self.here.split('?').next().unwrap_or_default();
        let link = self.link(item.path);
        path == link
            || (!item.path.is_empty()
                && path.strip_prefix(&link).is_some_and(|rest| rest.starts_with('/')))
    }

    /// The language's code.
    #[must_use]
    pub const fn lang(&self) -> &'static str {
        match self.words.0 {
            crate::domain::lang::Lang::Vi => "vi",
            crate::domain::lang::Lang::En => "en",
        }
    }

    /// The language.
    #[must_use]
    pub const fn language(&self) -> crate::domain::lang::Lang {
        self.words.0
    }

    /// The words behind a key.
    #[must_use]
    pub fn t(&self, key: impl AsRef<str>) -> String {
        self.words.t(key.as_ref())
    }

    /// The words with a text put in as `{$x}`.
    #[must_use]
    pub fn with(&self, key: impl AsRef<str>, x: impl AsRef<str>) -> String {
        self.words.with(key.as_ref(), x.as_ref())
    }

    /// The words with two texts put in as `{$x}` and `{$y}`.
    #[must_use]
    pub fn with2(&self, key: &str, x: impl AsRef<str>, y: impl AsRef<str>) -> String {
        self.words.with2(key, x.as_ref(), y.as_ref())
    }

    /// The words with a number: `{$n}` as it is written, `$count` to choose by.
    #[must_use]
    pub fn count(&self, key: &str, count: &u64) -> String {
        self.words.count(key, *count)
    }

    /// What is said in both languages, in the reader's.
    #[must_use]
    pub fn told(&self, text: &Bilingual) -> String {
        text.text(self.words.0).to_owned()
    }

    /// An amount as screens show it: `1.250.000 ₫`.
    #[must_use]
    pub fn dong(&self, amount: &Vnd) -> String {
        format!("{}\u{a0}₫", amount.grouped())
    }

    /// An amount in a column of amounts, without its unit.
    #[must_use]
    pub fn figure(&self, amount: &Vnd) -> String {
        amount.grouped()
    }

    /// A whole number with its groups.
    #[must_use]
    pub fn number(&self, number: impl std::fmt::Display) -> String {
        group_digits(&number.to_string())
    }

    /// A day as `23/11/2026`.
    #[must_use]
    pub fn day(&self, day: &Day) -> String {
        vietnamese_day(*day)
    }

    /// A day that may be absent; empty then.
    #[must_use]
    pub fn day_or_none(&self, day: impl std::borrow::Borrow<Option<Day>>) -> String {
        day.borrow().map(vietnamese_day).unwrap_or_default()
    }

    /// A moment, given in UTC, as Vietnam's clocks show it: `23/11/2026 08:05`.
    #[must_use]
    pub fn moment(&self, at: &NaiveDateTime) -> String {
        local_time(*at).format("%d/%m/%Y %H:%M").to_string()
    }

    /// A moment that is given as Vietnam's clocks showed it, `2026-11-23T08:05:00+07:00`.
    #[must_use]
    pub fn stamp(&self, at: &str) -> String {
        let moment =
            at.get(..19).and_then(|at| NaiveDateTime::parse_from_str(at, "%Y-%m-%dT%H:%M:%S").ok());
        moment.map_or_else(|| at.to_owned(), |at| at.format("%d/%m/%Y %H:%M").to_string())
    }

    /// A moment that is given in UTC as programs write it, `2026-11-23T01:05:00.000Z`.
    #[must_use]
    pub fn utc(&self, at: &str) -> String {
        let moment =
            at.get(..19).and_then(|at| NaiveDateTime::parse_from_str(at, "%Y-%m-%dT%H:%M:%S").ok());
        moment.map_or_else(|| at.to_owned(), |at| self.moment(&at))
    }

    /// By which way money came, in words.
    #[must_use]
    pub fn channel(&self, channel: &str) -> String {
        self.t(format!("channel-{}", channel.replace('_', "-")))
    }

    /// Where a line stands in its file.
    #[must_use]
    pub fn place(&self, place: &str) -> String {
        crate::service::explain::place_text(place, self.language())
    }

    /// The page's own address as a parameter of another one.
    #[must_use]
    pub fn here_as_next(&self) -> String {
        super::error::encoded(&self.here)
    }

    /// The same, and what people are called.
    #[must_use]
    pub fn naming(mut self, names: Names) -> Shell {
        self.names = names;
        self
    }

    /// Who did something, by what records carry of them.
    #[must_use]
    pub fn person(&self, actor: impl AsRef<str>) -> Person {
        let actor = actor.as_ref();
        self.names.person(actor).unwrap_or_else(|| Person {
            name: match actor.strip_prefix("user:") {
                Some(name) => name.to_owned(),
                None if actor == crate::service::MACHINE => self.t("machine"),
                None => match actor.strip_prefix("family ") {
                    Some(family) => self.with("actor-family", family),
                    None => actor.to_owned(),
                },
            },
            address: String::new(),
        })
    }

    /// The name of whoever did something, for running text.
    #[must_use]
    pub fn actor(&self, actor: impl AsRef<str>) -> String {
        self.person(actor).name
    }

    /// Those in whose name a text stands, by what records carry of them.
    #[must_use]
    pub fn called(&self, text: &str) -> Vec<String> {
        self.names.called(text)
    }

    /// The stylesheet's address.
    #[must_use]
    pub fn style(&self) -> &'static str {
        &assets::STYLE.href
    }

    /// The stylesheet's address, on families' pages.
    #[must_use]
    pub fn family_style(&self) -> &'static str {
        &assets::FAMILY_STYLE.href
    }

    /// The script's address.
    #[must_use]
    pub fn script(&self) -> &'static str {
        &assets::SCRIPT.href
    }

    /// The icon's address.
    #[must_use]
    pub fn icon(&self) -> &'static str {
        &assets::ICON.href
    }
}
