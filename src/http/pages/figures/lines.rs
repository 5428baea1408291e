//! The lines of the figures, in words.

use rust_decimal::Decimal;

use crate::domain::calendar::vietnamese_day;
use crate::domain::cashless::{
    Change, Forecast, Gap, Part, Path, Rate, RoundedPercent, Status, month_at,
};
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::http::pages::shell::Shell;
use crate::service::dashboard::{By, Group, Ranked};

/// How many parts of a gap or a change are shown.
const MOST_PARTS: usize = 10;

/// A school in the ranking.
pub struct PlaceLine {
    pub place: String,
    pub code: String,
    pub name: String,
    pub has_data: bool,
    pub rate: String,
    pub meter: String,
    pub change: String,
    pub cashless: String,
    pub cash: String,
    pub open: String,
    pub until: String,
    pub status: &'static str,
    pub class: &'static str,
}

impl PlaceLine {
    pub fn of(one: &Ranked, by: By, s: &Shell) -> PlaceLine {
        let amount = one.line.figures.reported.by_amount;
        let rate = one.rate(by);
        let cash = amount.denominator().saturating_sub(amount.numerator());
        let moved = points(rate).zip(points(one.before)).map(|(now, then)| signed(now - then));
        PlaceLine {
            place: one.place.map(|place| place.to_string()).unwrap_or_default(),
            code: one.line.school.code.clone(),
            name: one.line.school.name.clone(),
            has_data: rate.has_data(),
            rate: percent(rate, s.language()),
            meter: rate.percent(0).map(|percent| percent.to_string()).unwrap_or_default(),
            change: moved.unwrap_or_else(|| "–".to_owned()),
            cashless: Vnd::new(amount.numerator()).grouped(),
            cash: Vnd::new(cash).grouped(),
            open: one.open().grouped(),
            until: one.line.data_until.map(vietnamese_day).unwrap_or_default(),
            status: one.line.status.label(s.language()),
            class: status_class(one.line.status),
        }
    }
}

/// An authority below.
pub struct GroupLine {
    pub code: String,
    pub name: String,
    pub rate: String,
    pub by_pupil: String,
    pub meter: String,
    pub has_data: bool,
    pub schools: usize,
    pub with_data: usize,
    pub status: &'static str,
    pub class: &'static str,
}

impl GroupLine {
    pub fn of(one: &Group, lang: Lang) -> GroupLine {
        GroupLine {
            code: one.code.clone(),
            name: one.name.clone(),
            rate: percent(one.rate, lang),
            by_pupil: percent(one.by_pupil, lang),
            meter: one.rate.percent(0).map(|percent| percent.to_string()).unwrap_or_default(),
            has_data: one.rate.has_data(),
            schools: one.schools.0,
            with_data: one.schools.1,
            status: one.status.label(lang),
            class: status_class(one.status),
        }
    }
}

/// A part of what is missing.
pub struct GapLine {
    pub name: String,
    pub points: String,
    pub cash: String,
    pub rate: String,
}

/// What costs most, and what is left beside that.
pub fn gaps<K>(gap: &Gap<K>, name: impl Fn(&K) -> String) -> Vec<GapLine> {
    gap.parts
        .iter()
        .take(MOST_PARTS)
        .map(|one| GapLine {
            name: name(&one.key),
            points: two(one.points),
            cash: Vnd::new(one.rate.denominator().saturating_sub(one.rate.numerator())).grouped(),
            rate: RoundedPercent::of(one.rate, 1).vietnamese(),
        })
        .collect()
}

/// A part of a change.
pub struct MovedLine {
    pub name: String,
    pub before: String,
    pub now: String,
    pub own: String,
    pub share: String,
}

/// What moved the rate most.
pub fn moved(change: &Change<Part>) -> Vec<MovedLine> {
    change
        .parts
        .iter()
        .take(MOST_PARTS)
        .map(|one| MovedLine {
            name: one.key.name.clone(),
            before: RoundedPercent::of(one.before, 1).vietnamese(),
            now: RoundedPercent::of(one.now, 1).vietnamese(),
            own: signed(one.own),
            share: signed(one.share),
        })
        .collect()
}

/// Where it is heading, in a sentence.
pub fn outlook(path: &Path, s: &Shell) -> String {
    let target = path.settings.target_percent.to_string();
    let Some(forecast) = &path.forecast else { return s.t("figures-outlook-none") };
    let named = |index: Option<u32>| {
        index
            .and_then(|index| month_at(&path.months, index))
            .map(crate::domain::period::Month::vietnamese)
    };
    let Forecast { slope: (slow, middle, fast), reaches, .. } = forecast;
    let pace = s.with2(
        "figures-outlook-pace",
        signed(*middle),
        s.with2("figures-outlook-between", signed(*slow), signed(*fast)),
    );
    let when = match (named(reaches.1), named(reaches.0)) {
        (Some(month), Some(early)) if month == early => {
            s.with2("figures-outlook-month", target, month)
        }
        (Some(month), Some(early)) => {
            s.with2("figures-outlook-month", target, s.with2("figures-outlook-early", month, early))
        }
        (_, Some(early)) => s.with2("figures-outlook-perhaps", target, early),
        (_, None) => s.with("figures-outlook-never", target),
    };
    let off = s.with("figures-outlook-off", two(forecast.off));
    format!("{pace} {when} {off}")
}

/// A rate for people, or that there is none.
pub fn percent(rate: Rate, lang: Lang) -> String {
    if rate.has_data() {
        RoundedPercent::of(rate, 1).vietnamese()
    } else {
        Status::NoData.label(lang).to_owned()
    }
}

/// The stylesheet's name of a status.
pub const fn status_class(status: Status) -> &'static str {
    match status {
        Status::Met => "met",
        Status::Nearly => "near",
        Status::NotMet => "unmet",
        Status::NoData => "none",
    }
}

fn points(rate: Rate) -> Option<Decimal> {
    rate.percent(2)
}

/// Points with two digits, as Vietnamese readers write them.
pub fn two(points: Decimal) -> String {
    format!("{points:.2}").replace('.', ",")
}

/// The same with a sign.
pub fn signed(points: Decimal) -> String {
    let text = two(points.abs());
    if points.is_zero() {
        text
    } else if points.is_sign_negative() {
        format!("−{text}")
    } else {
        format!("+{text}")
    }
}
