//! JSON for programs: names never change, figures are whole numbers, percentages decimal strings.

use serde::Serialize;

use super::{RateView, RatesView, RenderError};
use crate::domain::cashless::{
    ChannelSum, Counting, FeeItem, Figures, LeftOutSum, Report, SchoolLine,
};
use crate::domain::diagnostic::Diagnostic;

#[derive(Serialize)]
struct Document<'a> {
    authority: Named<'a>,
    period: Days,
    cut_off: String,
    settings: SettingsJson,
    status: &'static str,
    schools_in_scope: usize,
    schools_with_data: i64,
    rates: FiguresJson,
    share_collected: RateView,
    channels: Vec<ChannelJson>,
    left_out: Vec<LeftOutJson>,
    fee_items: Vec<FeeItemJson<'a>>,
    schools: Vec<SchoolJson<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [Diagnostic],
}

#[derive(Serialize)]
struct Named<'a> {
    code: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct Days {
    from: String,
    to: String,
}

#[derive(Serialize)]
struct SettingsJson {
    counter_cash_is_cashless: bool,
    proxy_is_cashless: bool,
    deployed_min_payments: u32,
    target_percent: u32,
    near_percent: u32,
}

#[derive(Serialize)]
struct FiguresJson {
    reported: RatesView,
    with_both: RatesView,
    without_counter_cash: RatesView,
    without_proxy: RatesView,
    without_either: RatesView,
}

#[derive(Serialize)]
struct ChannelJson {
    channel: &'static str,
    payments: i64,
    amount: String,
}

#[derive(Serialize)]
struct LeftOutJson {
    why: &'static str,
    count: i64,
    amount: String,
}

#[derive(Serialize)]
struct FeeItemJson<'a> {
    code: &'a str,
    name: &'a str,
    rates: FiguresJson,
}

#[derive(Serialize)]
struct ClassJson<'a> {
    class: &'a str,
    rates: FiguresJson,
}

#[derive(Serialize)]
struct SchoolJson<'a> {
    code: &'a str,
    name: &'a str,
    status: &'static str,
    data_until: Option<String>,
    rates: FiguresJson,
    share_collected: RateView,
    channels: Vec<ChannelJson>,
    left_out: Vec<LeftOutJson>,
    classes: Vec<ClassJson<'a>>,
    fee_items: Vec<FeeItemJson<'a>>,
}

/// The report as one JSON object. Numerators and denominators of `by_amount` are đồng; amounts are
/// decimal strings; a percentage has two digits, halves rounded up, and is `null` without data.
pub fn json(report: &Report) -> Result<String, RenderError> {
    let Counting { counter_cash, proxy } = report.settings.counting;
    let document = Document {
        authority: Named { code: &report.scope.authority_code, name: &report.scope.authority_name },
        period: Days {
            from: report.scope.period.from().to_string(),
            to: report.scope.period.to().to_string(),
        },
        cut_off: report.scope.cut_off.to_string(),
        settings: SettingsJson {
            counter_cash_is_cashless: counter_cash,
            proxy_is_cashless: proxy,
            deployed_min_payments: report.settings.deployed_min_payments,
            target_percent: report.settings.target_percent,
            near_percent: report.settings.near_percent,
        },
        status: report.status.as_str(),
        schools_in_scope: report.schools.len(),
        schools_with_data: report.schools_with_data,
        rates: figures(&report.total),
        share_collected: RateView::of(report.share_collected),
        channels: report.channels.iter().map(channel).collect(),
        left_out: report.left_out.iter().map(left_out).collect(),
        fee_items: report
            .fee_items
            .iter()
            .map(|section| fee_item(&section.key, &section.figures))
            .collect(),
        schools: report.schools.iter().map(school).collect(),
        notes: &report.notes,
    };
    Ok(serde_json::to_string_pretty(&document)?)
}

fn school(line: &SchoolLine) -> SchoolJson<'_> {
    SchoolJson {
        code: &line.school.code,
        name: &line.school.name,
        status: line.status.as_str(),
        data_until: line.data_until.map(|day| day.to_string()),
        rates: figures(&line.figures),
        share_collected: RateView::of(line.share_collected),
        channels: line.channels.iter().map(channel).collect(),
        left_out: line.left_out.iter().map(left_out).collect(),
        classes: line
            .classes
            .iter()
            .map(|section| ClassJson { class: &section.key, rates: figures(&section.figures) })
            .collect(),
        fee_items: line
            .fee_items
            .iter()
            .map(|section| fee_item(&section.key, &section.figures))
            .collect(),
    }
}

fn fee_item<'a>(item: &'a FeeItem, rates: &Figures) -> FeeItemJson<'a> {
    FeeItemJson { code: &item.code, name: &item.name, rates: figures(rates) }
}

fn figures(figures: &Figures) -> FiguresJson {
    let views = &figures.views;
    FiguresJson {
        reported: RatesView::of(&figures.reported),
        with_both: RatesView::of(&views.with_both),
        without_counter_cash: RatesView::of(&views.without_counter_cash),
        without_proxy: RatesView::of(&views.without_proxy),
        without_either: RatesView::of(&views.without_either),
    }
}

fn channel(sum: &ChannelSum) -> ChannelJson {
    ChannelJson {
        channel: sum.channel.as_str(),
        payments: sum.payments,
        amount: sum.amount.to_string(),
    }
}

fn left_out(sum: &LeftOutSum) -> LeftOutJson {
    LeftOutJson { why: sum.why.as_str(), count: sum.count, amount: sum.amount.to_string() }
}
