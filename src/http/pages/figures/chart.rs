//! The rate month by month as a picture; the table under it says the same.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::lines;
use crate::domain::cashless::{Path, RoundedPercent};
use crate::domain::lang::Lang;

/// Where the picture's 0 % and 100 % are, from its top.
const BOTTOM: i64 = 150;
const TOP: i64 = 20;
/// From one month to the next.
const STEP: i64 = 50;
/// Where the first month is.
const LEFT: i64 = 40;

/// The picture.
pub struct Chart {
    /// Lines through months that follow each other, as SVG wants points.
    pub lines: Vec<String>,
    /// A dot for each month with data.
    pub dots: Vec<Dot>,
    /// Where each month's name stands, and the name.
    pub names: Vec<(i64, String)>,
    /// The target as a line, which steps where another school year has another one.
    pub goal: String,
    /// The height of the first target, and what it is in percent.
    pub first_goal: (i64, u32),
    /// The table under it.
    pub rows: Vec<Row>,
    /// The picture's width.
    pub width: i64,
}

/// A month's dot.
pub struct Dot {
    pub x: i64,
    pub y: i64,
    pub label: String,
}

/// A month in the table.
pub struct Row {
    pub month: String,
    pub rate: String,
    pub by_pupil: String,
    pub schools: i64,
    pub with_data: i64,
    pub target: u32,
    pub status: &'static str,
    pub class: &'static str,
}

impl Chart {
    pub fn of(path: &Path, lang: Lang) -> Chart {
        let mut chart = Chart {
            lines: Vec::new(),
            dots: Vec::new(),
            names: Vec::new(),
            goal: String::new(),
            first_goal: (TOP, 100),
            rows: Vec::new(),
            width: LEFT,
        };
        let mut run: Vec<String> = Vec::new();
        let mut x = LEFT;
        let mut goal: Vec<String> = Vec::new();
        if let Some(first) = path.months.first() {
            chart.first_goal = (height(first.target_percent.into()), first.target_percent);
        }
        for line in &path.months {
            let rate = line.rates.by_amount;
            let month = line.month.vietnamese();
            if let Some(percent) = rate.percent(2) {
                let y = height(percent);
                run.push(format!("{x},{y}"));
                let shown = RoundedPercent::of(rate, 1).vietnamese();
                chart.dots.push(Dot { x, y, label: format!("{month}: {shown}") });
            } else {
                // No data is a gap, not a line to the bottom.
                chart.lines.extend(joined(&mut run));
            }
            chart.names.push((x, month.get(..2).unwrap_or_default().to_owned()));
            chart.rows.push(Row {
                month,
                rate: lines::percent(rate, lang),
                by_pupil: lines::percent(line.rates.by_pupil, lang),
                schools: line.schools,
                with_data: line.schools_with_data,
                target: line.target_percent,
                status: line.status.label(lang),
                class: lines::status_class(line.status),
            });
            let y = height(line.target_percent.into());
            let (before, after) = (x.saturating_sub(STEP / 2), x.saturating_add(STEP / 2));
            goal.extend([format!("{before},{y}"), format!("{after},{y}")]);
            x = x.saturating_add(STEP);
        }
        chart.goal = goal.join(" ");
        chart.lines.extend(joined(&mut run));
        chart.width = x;
        chart
    }
}

fn joined(run: &mut Vec<String>) -> Option<String> {
    let points = std::mem::take(run);
    (points.len() > 1).then(|| points.join(" "))
}

fn height(percent: Decimal) -> i64 {
    let share = percent.to_i64().unwrap_or_default().clamp(0, 100);
    BOTTOM.saturating_sub(share.saturating_mul(BOTTOM - TOP) / 100)
}
