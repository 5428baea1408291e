//! What figures are told of: a month, a term, a school year.

use std::fmt;
use std::str::FromStr;

use chrono::Months;

use crate::domain::calendar::{Day, Period};
use crate::domain::lang::Lang;
use crate::domain::period::{Month, NoMonth};
use crate::domain::school_year::{SchoolYear, Term};

/// A month, a term or a school year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReportingPeriod {
    /// `2026-10`.
    Month(Month),
    /// `2026-2027/1`: from August to 15 January, or from 16 January to July.
    Term(Term),
    /// `2026-2027`: from August to July.
    Year(SchoolYear),
}

impl ReportingPeriod {
    /// From its first day to its last.
    #[must_use]
    pub fn days(self) -> Period {
        let days = match self {
            ReportingPeriod::Month(month) => Some(month.days()),
            ReportingPeriod::Term(term) => term.days(),
            ReportingPeriod::Year(year) => year.days(),
        };
        // Every text that is read as one lies within the calendar.
        days.unwrap_or(Period::single(Day::MAX))
    }

    /// The span that a period is from its first day to its last, if it is one.
    #[must_use]
    pub fn whole(period: Period) -> Option<ReportingPeriod> {
        let from = period.from();
        let month = Month::of(from).map(ReportingPeriod::Month);
        let others =
            [ReportingPeriod::Term(Term::of(from)), ReportingPeriod::Year(SchoolYear::of(from))];
        month.into_iter().chain(others).find(|span| span.days() == period)
    }

    /// The months it lies in, the oldest first; of the first and the last one it may be only a part.
    #[must_use]
    pub fn months(self) -> Vec<Month> {
        let days = self.days();
        let mut months = Vec::new();
        let mut next = Month::of(days.from());
        while let Some(month) = next.filter(|month| month.first() <= days.to()) {
            months.push(month);
            next = month.first().checked_add_months(Months::new(1)).and_then(Month::of);
        }
        months
    }

    /// The one of the same kind before.
    #[must_use]
    pub fn before(self) -> Option<ReportingPeriod> {
        Some(match self {
            ReportingPeriod::Month(month) => ReportingPeriod::Month(Month::of(
                month.first().checked_sub_months(Months::new(1))?,
            )?),
            ReportingPeriod::Term(term) => ReportingPeriod::Term(term.before()),
            ReportingPeriod::Year(year) => ReportingPeriod::Year(year.before()),
        })
    }

    /// For people: `tháng 10/2026`, `học kỳ I 2026-2027`, `năm học 2026-2027`.
    #[must_use]
    pub fn shown(self, lang: Lang) -> String {
        match (self, lang) {
            (ReportingPeriod::Month(month), Lang::Vi) => format!("tháng {}", month.vietnamese()),
            (ReportingPeriod::Month(month), Lang::En) => month.vietnamese(),
            (ReportingPeriod::Term(term), Lang::Vi) => {
                format!("học kỳ {} {}", if term.number() == 1 { "I" } else { "II" }, term.year())
            }
            (ReportingPeriod::Term(term), Lang::En) => {
                format!("term {} of {}", term.number(), term.year())
            }
            (ReportingPeriod::Year(year), Lang::Vi) => format!("năm học {year}"),
            (ReportingPeriod::Year(year), Lang::En) => format!("school year {year}"),
        }
    }
}

impl fmt::Display for ReportingPeriod {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReportingPeriod::Month(month) => month.fmt(out),
            ReportingPeriod::Term(term) => term.fmt(out),
            ReportingPeriod::Year(year) => year.fmt(out),
        }
    }
}

impl FromStr for ReportingPeriod {
    type Err = NoMonth;

    /// Reads what `Display` writes.
    fn from_str(text: &str) -> Result<ReportingPeriod, NoMonth> {
        if let Ok(month) = text.parse() {
            return Ok(ReportingPeriod::Month(month));
        }
        let span = match Term::parse(text) {
            Some(term) => ReportingPeriod::Term(term),
            None => ReportingPeriod::Year(SchoolYear::parse(text).ok_or(NoMonth)?),
        };
        (span.to_string() == text).then_some(span).ok_or(NoMonth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::parse_iso_day;

    #[test]
    fn a_span_is_read_has_its_days_and_one_before() {
        for (why, text, from, to, before, shown) in [
            ("a month", "2026-10", "2026-10-01", "2026-10-31", "2026-09", "tháng 10/2026"),
            ("January", "2027-01", "2027-01-01", "2027-01-31", "2026-12", "tháng 01/2027"),
            (
                "the first term",
                "2026-2027/1",
                "2026-08-01",
                "2027-01-15",
                "2025-2026/2",
                "học kỳ I 2026-2027",
            ),
            (
                "the second term",
                "2026-2027/2",
                "2027-01-16",
                "2027-07-31",
                "2026-2027/1",
                "học kỳ II 2026-2027",
            ),
            (
                "a school year",
                "2026-2027",
                "2026-08-01",
                "2027-07-31",
                "2025-2026",
                "năm học 2026-2027",
            ),
        ] {
            let span: ReportingPeriod = text.parse().unwrap();
            let day = |text| parse_iso_day(text).unwrap();
            assert_eq!(span.days(), Period::new(day(from), day(to)).unwrap(), "{why}");
            assert_eq!(ReportingPeriod::whole(span.days()), Some(span), "{why}");
            assert_eq!(span.before().map(|one| one.to_string()).as_deref(), Some(before), "{why}");
            assert_eq!(
                (span.to_string(), span.shown(Lang::Vi)),
                (text.to_owned(), shown.to_owned())
            );
        }
        for text in ["", "2026", "2026-13", "2026-2028", "2026-2027/3", "2026 – 2027", "2026-10-01"]
        {
            assert_eq!(text.parse::<ReportingPeriod>(), Err(NoMonth), "{text:?}");
        }
        let day = parse_iso_day("2026-10-02").unwrap();
        assert_eq!(ReportingPeriod::whole(Period::single(day)), None);
    }

    #[test]
    fn both_terms_lie_in_the_january_between_them() {
        let months = |text: &str| -> Vec<String> {
            let span: ReportingPeriod = text.parse().unwrap();
            span.months().into_iter().map(|month| month.to_string()).collect()
        };
        let first = months("2026-2027/1");
        assert_eq!((first.len(), first[0].as_str(), first[5].as_str()), (6, "2026-08", "2027-01"));
        let second = months("2026-2027/2");
        assert_eq!(
            (second.len(), second[0].as_str(), second[6].as_str()),
            (7, "2027-01", "2027-07")
        );
        assert_eq!(months("2026-2027").len(), 12);
        assert_eq!(months("2026-10"), ["2026-10"]);
    }
}
