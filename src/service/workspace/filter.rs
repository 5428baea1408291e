//! Which lines of the queue are asked for, as a page's address has it.

use chrono::NaiveDate;
use form_urlencoded::Serializer;

use crate::domain::calendar::{Day, parse_iso_day};
use crate::domain::lang::Lang;
use crate::service::limits;
use crate::store::payments::PaymentRow;

/// How a line stands. Every payment of money in by the bank stands in exactly one tab but `All`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// Every line.
    #[default]
    All,
    /// The machine proposes; a person chooses.
    Proposed,
    /// Nothing is known of it.
    Unmatched,
    /// Some of it is used, the rest waits.
    Partial,
    /// More than was owed: the rest is the family's credit.
    Over,
    /// Used to the last đồng.
    Settled,
    /// No fee: set aside.
    SetAside,
    /// It came and went back.
    Returned,
}

impl Tab {
    /// Every tab, in the order of the page.
    pub const EVERY: [Tab; 8] = [
        Tab::All,
        Tab::Proposed,
        Tab::Unmatched,
        Tab::Partial,
        Tab::Over,
        Tab::Settled,
        Tab::SetAside,
        Tab::Returned,
    ];

    /// Its name in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Tab::All => "all",
            Tab::Proposed => "proposed",
            Tab::Unmatched => "unmatched",
            Tab::Partial => "partial",
            Tab::Over => "over",
            Tab::Settled => "settled",
            Tab::SetAside => "set_aside",
            Tab::Returned => "returned",
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Tab::All, Lang::Vi) => "Tất cả",
            (Tab::All, Lang::En) => "All",
            (Tab::Proposed, Lang::Vi) => "Gợi ý",
            (Tab::Proposed, Lang::En) => "Suggested",
            (Tab::Unmatched, Lang::Vi) => "Chưa khớp",
            (Tab::Unmatched, Lang::En) => "Unmatched",
            (Tab::Partial, Lang::Vi) => "Khớp một phần",
            (Tab::Partial, Lang::En) => "Partly matched",
            (Tab::Over, Lang::Vi) => "Thừa tiền",
            (Tab::Over, Lang::En) => "Overpaid",
            (Tab::Settled, Lang::Vi) => "Đã khớp",
            (Tab::Settled, Lang::En) => "Matched",
            (Tab::SetAside, Lang::Vi) => "Không phải khoản thu",
            (Tab::SetAside, Lang::En) => "No fee",
            (Tab::Returned, Lang::Vi) => "Đã hoàn trả",
            (Tab::Returned, Lang::En) => "Returned",
        }
    }

    /// A tab by its name in addresses; `not_income` is another name of `set_aside`.
    #[must_use]
    pub fn named(name: &str) -> Option<Tab> {
        let name = if name == "not_income" { "set_aside" } else { name };
        Tab::EVERY.into_iter().find(|tab| tab.as_str() == name)
    }

    /// The tab in which a payment stands.
    pub(super) fn of(row: &PaymentRow) -> Tab {
        let used = [row.allocated_dong, row.credited_dong, row.refunded_dong, row.set_aside_dong]
            .iter()
            .fold(0_i64, |sum, part| sum.saturating_add(*part));
        match row.decision_kind.as_str() {
            "proposed" => Tab::Proposed,
            "settled" if used < row.amount_dong => Tab::Partial,
            "settled" if row.credited_dong > 0 => Tab::Over,
            "settled" => Tab::Settled,
            "not_income" => Tab::SetAside,
            "returned" | "duplicate" => Tab::Returned,
            _ => Tab::Unmatched,
        }
    }
}

/// Which lines are asked for; nothing is everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// How they stand.
    pub tab: Tab,
    /// Whatever was typed into the search box.
    pub text: Option<String>,
    /// The school's account, by its number.
    pub account: Option<String>,
    /// Booked on this day or later.
    pub from: Option<Day>,
    /// Booked on this day or earlier.
    pub to: Option<Day>,
    /// For a student of this class, or proposed for one.
    pub class: Option<String>,
    /// Decided by this rule, without its version.
    pub rule: Option<String>,
}

impl Filter {
    /// A filter from the pairs of a query string: `tab`, `q`, `account`, `from`, `to`, `class`, `rule`.
    /// What is empty, unknown or cannot be read filters nothing.
    #[must_use]
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Filter {
        let mut filter = Filter::default();
        for (name, value) in pairs {
            let value: String = value.trim().chars().take(limits::NAME).collect();
            if value.is_empty() {
                continue;
            }
            match name {
                "tab" => filter.tab = Tab::named(&value).unwrap_or_default(),
                "q" => filter.text = Some(value),
                "account" => filter.account = Some(value),
                "from" => filter.from = parse_day(&value),
                "to" => filter.to = parse_day(&value),
                "class" => filter.class = Some(value),
                "rule" => filter.rule = Some(value),
                _ => {}
            }
        }
        filter
    }

    /// The same as a query string, for links; empty for everything.
    #[must_use]
    pub fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        if self.tab != Tab::All {
            query.append_pair("tab", self.tab.as_str());
        }
        let day = |day: Option<Day>| day.map(|day| day.to_string());
        let others = [
            ("q", self.text.clone()),
            ("account", self.account.clone()),
            ("from", day(self.from)),
            ("to", day(self.to)),
            ("class", self.class.clone()),
            ("rule", self.rule.clone()),
        ];
        for (name, value) in others {
            if let Some(value) = value {
                query.append_pair(name, &value);
            }
        }
        query.finish()
    }
}

/// A day as people type it: `2026-11-05`, `05/11/2026`, `5/11/2026` or `051126`.
#[must_use]
pub fn parse_day(text: &str) -> Option<Day> {
    let text = text.trim();
    if let Some(day) = parse_iso_day(text) {
        return Some(day);
    }
    let parts: Vec<&str> = text.split(['/', '.', '-']).collect();
    let (day, month, year) = match parts[..] {
        [day, month, year] => (day, month, year),
        [all] if all.is_ascii() && matches!(all.len(), 6 | 8) => {
            (all.get(..2)?, all.get(2..4)?, all.get(4..)?)
        }
        _ => return None,
    };
    let year: i32 = year.parse().ok()?;
    let year = if (0..100).contains(&year) { year + 2000 } else { year };
    NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_comes_back_from_its_own_query_string() {
        let filter = Filter {
            tab: Tab::Proposed,
            text: Some("Nguyễn & Hạnh +84".to_owned()),
            account: Some("1017000001".to_owned()),
            from: parse_day("2026-11-01"),
            to: parse_day("30/11/2026"),
            class: Some("6A1".to_owned()),
            rule: Some("code-over".to_owned()),
        };
        let query = filter.query();
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        assert_eq!(Filter::from_pairs(pairs), filter, "{query}");
        assert_eq!(Filter::default().query(), "");
    }

    #[test]
    fn a_day_is_read_as_people_type_it() {
        let expected = NaiveDate::from_ymd_opt(2026, 9, 5);
        for text in ["2026-09-05", "05/09/2026", "5/9/2026", "050926", "05092026", " 5.9.26 "] {
            assert_eq!(parse_day(text), expected, "{text:?}");
        }
        for text in ["", "31/02/2026", "hôm qua", "5/9", "2026"] {
            assert_eq!(parse_day(text), None, "{text:?}");
        }
    }
}
