//! How content families are with paying without cash, beside the figures of money.

use super::lines::status_class;
use crate::domain::cashless::Status;
use crate::domain::lang::Lang;
use crate::http::pages::shell::Shell;
use crate::service::families::survey::{Satisfaction, Survey};

/// The share of some families that are content, in words.
pub struct ContentLine {
    /// The school's name; empty for all together.
    pub name: String,
    /// E.g. `83,3 %`; empty where no share is told.
    pub share: String,
    /// Of how many, or why no share is told.
    pub note: String,
    /// Whether the target is reached: in words, and the stylesheet's name of it.
    pub status: Option<(&'static str, &'static str)>,
}

/// The card and the table below it.
pub struct ContentCard {
    /// The term, as `1, 2026-2027`.
    pub term: String,
    /// The share that is aimed for, in percent.
    pub target: u32,
    /// All families together.
    pub total: ContentLine,
    /// School by school.
    pub schools: Vec<ContentLine>,
}

impl ContentCard {
    pub fn of(survey: &Survey, s: &Shell) -> ContentCard {
        let (year, number) = survey.term.split_once('/').unwrap_or((&survey.term, ""));
        ContentCard {
            term: format!("{number}, {year}"),
            target: survey.target_percent,
            total: line(&survey.total, s),
            schools: survey.schools.iter().map(|one| line(one, s)).collect(),
        }
    }
}

fn line(of: &Satisfaction, s: &Shell) -> ContentLine {
    let count = |figure: Option<u64>| s.number(figure.unwrap_or_default());
    let share = of.tenths_of_percent.map(|tenths| {
        let mark = if s.language() == Lang::Vi { "," } else { "." };
        format!("{}{mark}{} %", tenths / 10, tenths % 10)
    });
    let note = match of.state {
        "share" => format!(
            "{}; {}",
            s.with2("families-survey-of", count(of.content), count(of.answers)),
            s.with("families-survey-base", count(of.asked))
        ),
        "too_few" => s.t("figures-content-few"),
        _ => s.t("families-survey-none"),
    };
    let status = of.reached.map(|reached| {
        let status = if reached { Status::Met } else { Status::NotMet };
        (status.label(s.language()), status_class(status))
    });
    let name = of.name.clone().unwrap_or_default();
    ContentLine { name, share: share.unwrap_or_default(), note, status }
}
