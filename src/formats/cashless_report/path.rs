//! The way to the target: for programs as JSON, and for a person at a terminal.

use rust_decimal::Decimal;
use serde::Serialize;

use super::{RateView, RatesView, RenderError};
use crate::domain::cashless::{
    Change, Forecast, Gap, MonthLine, Part, Path, RoundedPercent, month_at,
};
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;

/// How many parts a person at a terminal is shown.
const MOST_PARTS: usize = 10;

#[derive(Serialize)]
struct Document<'a> {
    code: &'a str,
    name: &'a str,
    target_percent: u32,
    months: Vec<MonthJson>,
    gap: GapsJson<'a>,
    change: Option<ChangeJson<'a>>,
    change_by_fee_item: Option<ChangeJson<'a>>,
    forecast: Option<ForecastJson>,
    silent: Vec<PartJson<'a>>,
}

#[derive(Serialize)]
struct MonthJson {
    month: String,
    status: &'static str,
    target_percent: u32,
    schools: i64,
    schools_with_data: i64,
    #[serde(flatten)]
    rates: RatesView,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of the JSON")]
struct GapsJson<'a> {
    by_place: Option<GapJson<'a>>,
    by_fee_item: Option<GapJson<'a>>,
    by_channel: Option<GapJson<'a>>,
}

#[derive(Serialize)]
struct GapJson<'a> {
    rate: RateView,
    points: String,
    parts: Vec<MissingJson<'a>>,
}

#[derive(Serialize)]
struct MissingJson<'a> {
    code: &'a str,
    name: &'a str,
    rate: RateView,
    points: String,
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    before: RateView,
    now: RateView,
    points: String,
    parts: Vec<MovedJson<'a>>,
}

#[derive(Serialize)]
struct MovedJson<'a> {
    code: &'a str,
    name: &'a str,
    before: RateView,
    now: RateView,
    own: String,
    share: String,
}

#[derive(Serialize)]
struct ForecastJson {
    from_months: usize,
    points_a_month: [String; 3],
    off_by: String,
    months: Vec<AheadJson>,
    reaches_at_the_earliest: Option<String>,
    reaches: Option<String>,
}

#[derive(Serialize)]
struct AheadJson {
    month: String,
    low: String,
    middle: String,
    high: String,
}

#[derive(Serialize)]
struct PartJson<'a> {
    code: &'a str,
    name: &'a str,
}

/// The way as one JSON object. Points and percentages are decimal strings; the points of the parts
/// of a gap or a change add up to its points.
pub fn json(path: &Path) -> Result<String, RenderError> {
    let document = Document {
        code: &path.code,
        name: &path.name,
        target_percent: path.settings.target_percent,
        months: path.months.iter().map(month).collect(),
        gap: GapsJson {
            by_place: path.by_place.as_ref().map(|one| gap(one, part)),
            by_fee_item: path.by_fee_item.as_ref().map(|one| gap(one, part)),
            by_channel: path.by_channel.as_ref().map(|one| gap(one, channel)),
        },
        change: path.change.as_ref().map(change),
        change_by_fee_item: path.change_by_fee_item.as_ref().map(change),
        forecast: path.forecast.as_ref().map(|one| forecast(one, &path.months)),
        silent: path
            .silent
            .iter()
            .map(|school| PartJson { code: &school.code, name: &school.name })
            .collect(),
    };
    Ok(serde_json::to_string_pretty(&document)?)
}

fn month(line: &MonthLine) -> MonthJson {
    MonthJson {
        month: line.month.to_string(),
        status: line.status.as_str(),
        target_percent: line.target_percent,
        schools: line.schools,
        schools_with_data: line.schools_with_data,
        rates: RatesView::of(&line.rates),
    }
}

fn part(part: &Part) -> (&str, &str) {
    (&part.code, &part.name)
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "one shape of function names the keys of every gap"
)]
fn channel(channel: &Channel) -> (&'static str, &'static str) {
    (channel.as_str(), channel.label(Lang::Vi))
}

fn gap<'a, K>(gap: &'a Gap<K>, named: fn(&'a K) -> (&'a str, &'a str)) -> GapJson<'a> {
    GapJson {
        rate: RateView::of(gap.total),
        points: two(gap.points),
        parts: gap
            .parts
            .iter()
            .map(|one| {
                let (code, name) = named(&one.key);
                MissingJson { code, name, rate: RateView::of(one.rate), points: two(one.points) }
            })
            .collect(),
    }
}

fn change(change: &Change<Part>) -> ChangeJson<'_> {
    ChangeJson {
        before: RateView::of(change.before),
        now: RateView::of(change.now),
        points: two(change.points),
        parts: change
            .parts
            .iter()
            .map(|one| MovedJson {
                code: &one.key.code,
                name: &one.key.name,
                before: RateView::of(one.before),
                now: RateView::of(one.now),
                own: two(one.own),
                share: two(one.share),
            })
            .collect(),
    }
}

fn forecast(forecast: &Forecast, months: &[MonthLine]) -> ForecastJson {
    let named = |index: u32| month_at(months, index).map(|month| month.to_string());
    let (slow, middle, fast) = forecast.slope;
    ForecastJson {
        from_months: forecast.from_months,
        points_a_month: [two(slow), two(middle), two(fast)],
        off_by: two(forecast.off),
        months: forecast
            .months
            .iter()
            .map(|one| AheadJson {
                month: named(one.month).unwrap_or_default(),
                low: two(one.low),
                middle: two(one.middle),
                high: two(one.high),
            })
            .collect(),
        reaches_at_the_earliest: forecast.reaches.0.and_then(named),
        reaches: forecast.reaches.1.and_then(named),
    }
}

fn two(points: Decimal) -> String {
    format!("{points:.2}")
}

/// The way for a person at a terminal, in Vietnamese. Ends in a line break.
#[must_use]
pub fn text(path: &Path) -> String {
    let mut lines = vec![
        format!("CON ĐƯỜNG TỚI {} % · {} ({})", path.settings.target_percent, path.name, path.code),
        String::new(),
        "Tỷ lệ theo số tiền từng tháng".to_owned(),
    ];
    for one in &path.months {
        let percent = RoundedPercent::of(one.rates.by_amount, 1).vietnamese();
        let shown = if one.rates.by_amount.has_data() {
            percent
        } else {
            "chưa có số liệu".to_owned()
        };
        lines.push(format!(
            "  {:<8} {shown:>16}   {} trên {} trường có số liệu",
            one.month.vietnamese(),
            one.schools_with_data,
            one.schools
        ));
    }
    told_gap(&mut lines, "Phần còn thiếu nằm ở đâu", path.by_place.as_ref(), part);
    told_gap(&mut lines, "Phần còn thiếu theo khoản thu", path.by_fee_item.as_ref(), part);
    told_gap(&mut lines, "Phần còn thiếu theo kênh", path.by_channel.as_ref(), channel);
    if let Some(change) = &path.change {
        lines.push(String::new());
        lines.push(format!("So với tháng trước: {} điểm phần trăm", signed(change.points)));
        for one in change.parts.iter().take(MOST_PARTS) {
            lines.push(format!(
                "  {:<40} {:>8} do tỷ lệ của chính nơi đó, {:>8} do tỷ trọng",
                one.key.name,
                signed(one.own),
                signed(one.share)
            ));
        }
    }
    lines.push(String::new());
    lines.push(outlook(path));
    if !path.silent.is_empty() {
        lines.push(String::new());
        lines.push("Trường có số liệu gần đây nhưng tháng này chưa có".to_owned());
        lines.extend(path.silent.iter().map(|one| format!("  {} ({})", one.name, one.code)));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn told_gap<'a, K>(
    lines: &mut Vec<String>,
    heading: &str,
    gap: Option<&'a Gap<K>>,
    named: fn(&'a K) -> (&'a str, &'a str),
) {
    let Some(gap) = gap.filter(|gap| !gap.parts.is_empty()) else { return };
    lines.push(String::new());
    lines.push(format!("{heading}: thiếu {} điểm phần trăm", two(gap.points).replace('.', ",")));
    for one in gap.parts.iter().take(MOST_PARTS) {
        let lost = one.rate.denominator().saturating_sub(one.rate.numerator());
        lines.push(format!(
            "  {:<40} {:>8}   {} ₫ chưa qua kênh không tiền mặt",
            named(&one.key).1,
            two(one.points).replace('.', ","),
            Vnd::new(lost).grouped()
        ));
    }
    if let Some(more) = gap.parts.len().checked_sub(MOST_PARTS).filter(|more| *more > 0) {
        lines.push(format!("  … và {more} mục nhỏ hơn"));
    }
}

fn outlook(path: &Path) -> String {
    let target = path.settings.target_percent;
    let Some(forecast) = &path.forecast else {
        return "Dự báo: chưa đủ bốn tháng có số liệu để nói tỷ lệ đang đi về đâu.".to_owned();
    };
    let (slow, middle, fast) = forecast.slope;
    let pace = format!(
        "Dự báo từ {} tháng: mỗi tháng {} điểm (từ {} đến {}), có tháng lệch tới {} điểm",
        forecast.from_months,
        signed(middle),
        signed(slow),
        signed(fast),
        two(forecast.off).replace('.', ",")
    );
    let named = |index: Option<u32>| index.and_then(|index| month_at(&path.months, index));
    match (named(forecast.reaches.1), named(forecast.reaches.0)) {
        (Some(month), Some(early)) if month != early => format!(
            "{pace}. Nếu giữ đà này, đạt {target} % vào khoảng tháng {}, sớm nhất là tháng {}. Đây không phải cam kết.",
            month.vietnamese(),
            early.vietnamese()
        ),
        (Some(month), _) => format!(
            "{pace}. Nếu giữ đà này, đạt {target} % vào khoảng tháng {}. Đây không phải cam kết.",
            month.vietnamese()
        ),
        (None, Some(early)) => format!(
            "{pace}. Với đà này chưa đạt {target} % trong hai năm tới; nhanh nhất là tháng {}.",
            early.vietnamese()
        ),
        (None, None) => format!("{pace}. Với đà này không đạt {target} % trong hai năm tới."),
    }
}

fn signed(points: Decimal) -> String {
    let text = two(points.abs()).replace('.', ",");
    match points.is_zero() {
        true => text,
        false if points.is_sign_negative() => format!("−{text}"),
        false => format!("+{text}"),
    }
}
