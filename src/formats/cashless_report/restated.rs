//! What happened to a reported month since, for people and for programs.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::domain::cashless::restated::{Cause, Group, Restatement};
use crate::domain::cashless::{Rate, RoundedPercent};
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;

/// How many digits a percentage has after the point.
const DIGITS: u32 = 2;

/// What happened to a reported month since, as programs read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RestatementView {
    /// What happened; the amounts of all groups together are exactly what the two rates differ by.
    #[schema(value_type = Vec<GroupView>)]
    pub groups: Vec<GroupView>,
    /// The rate by amount as reported, in per cent; absent without data.
    pub before_percent: Option<String>,
    /// The same as known now.
    pub now_percent: Option<String>,
    /// By how many points it changed.
    pub points: Option<String>,
}

/// Payments to which the same happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct GroupView {
    /// `settled`, `reversed`, `more`, `less`, `channel`, `family`, `day_in`, `day_out` or `other_use`.
    pub cause: &'static str,
    /// The channel.
    pub channel: &'static str,
    /// How many payments.
    pub payments: i64,
    /// By how much the cashless side changed, in đồng.
    pub cashless: i64,
    /// By how much the other side changed, in đồng.
    pub other: i64,
}

impl RestatementView {
    /// The same for programs.
    #[must_use]
    pub fn of(restated: &Restatement) -> RestatementView {
        let percent = |rate: Rate| rate.percent(DIGITS).map(|percent| percent.to_string());
        RestatementView {
            groups: restated.groups.iter().map(group).collect(),
            before_percent: percent(restated.before),
            now_percent: percent(restated.now),
            points: restated.points.map(|points| points.to_string()),
        }
    }
}

fn group(one: &Group) -> GroupView {
    GroupView {
        cause: one.cause.as_str(),
        channel: one.channel.as_str(),
        payments: one.payments,
        cashless: one.cashless.dong(),
        other: one.other.dong(),
    }
}

/// What happened since the report, in one sentence, and what it does to the rate in another.
#[must_use]
pub fn told(restated: &Restatement, lang: Lang) -> String {
    let (begin, nothing) = match lang {
        Lang::Vi => ("Sau khi báo cáo: ", "không có gì thay đổi"),
        Lang::En => ("Since the report: ", "nothing changed"),
    };
    let parts: Vec<String> = restated.groups.iter().map(|group| told_group(group, lang)).collect();
    let parts = if parts.is_empty() { nothing.to_owned() } else { parts.join("; ") };
    let (was, is) = (shown(restated.before, lang), shown(restated.now, lang));
    let rate = match (lang, restated.points) {
        (Lang::Vi, Some(points)) => {
            format!("Tỷ lệ theo số tiền: {was} → {is} ({} điểm phần trăm).", signed(points, lang))
        }
        (Lang::En, Some(points)) => {
            format!("Rate by amount: {was} → {is} ({} points).", signed(points, lang))
        }
        (Lang::Vi, None) => format!("Tỷ lệ theo số tiền: {was} → {is}."),
        (Lang::En, None) => format!("Rate by amount: {was} → {is}."),
    };
    format!("{begin}{parts}. {rate}")
}

/// One group: `3 giao dịch được khớp thêm (Chuyển khoản), +1.250.000 ₫ không tiền mặt`.
#[must_use]
pub fn told_group(group: &Group, lang: Lang) -> String {
    let count = group.payments;
    let what = match lang {
        Lang::Vi => match group.cause {
            Cause::Settled => "giao dịch được khớp thêm",
            Cause::Reversed => "giao dịch gỡ lại",
            Cause::More => "giao dịch được khớp nhiều hơn",
            Cause::Less => "giao dịch được khớp ít hơn",
            Cause::Channel => "giao dịch đổi kênh nộp",
            Cause::Family => "giao dịch đổi số gia đình được nộp thay",
            Cause::DayIn => "giao dịch chuyển ngày vào tháng này",
            Cause::DayOut => "giao dịch chuyển ngày sang tháng khác",
            Cause::OtherUse => "giao dịch khớp cho học sinh, lớp hoặc khoản thu khác",
        },
        Lang::En => match group.cause {
            Cause::Settled => "matched later",
            Cause::Reversed => "taken back",
            Cause::More => "used for more",
            Cause::Less => "used for less",
            Cause::Channel => "of another channel",
            Cause::Family => "reaching other families",
            Cause::DayIn => "dated into this month",
            Cause::DayOut => "dated into another month",
            Cause::OtherUse => "used for another student, class or fee item",
        },
    };
    let channel = group.channel.label(lang);
    let mut text = match (lang, count) {
        (Lang::Vi, _) => format!("{count} {what} ({channel})"),
        (Lang::En, 1) => format!("1 payment {what} ({channel})"),
        (Lang::En, _) => format!("{count} payments {what} ({channel})"),
    };
    let (cashless, other) = match lang {
        Lang::Vi => ("không tiền mặt", "tiền mặt"),
        Lang::En => ("cashless", "cash"),
    };
    for (amount, side) in [(group.cashless, cashless), (group.other, other)] {
        if !amount.is_zero() {
            text = format!("{text}, {} ₫ {side}", moved(amount));
        }
    }
    text
}

/// An amount with its sign, grouped.
fn moved(amount: Vnd) -> String {
    let sign = if amount.is_positive() { "+" } else { "−" };
    format!("{sign}{}", amount.grouped().trim_start_matches(['-', '−']))
}

fn shown(rate: Rate, lang: Lang) -> String {
    match lang {
        _ if rate.has_data() => RoundedPercent::of(rate, DIGITS).text(lang),
        Lang::Vi => "chưa có số liệu".to_owned(),
        Lang::En => "no data".to_owned(),
    }
}

fn signed(points: Decimal, lang: Lang) -> String {
    let sign = match points {
        zero if zero.is_zero() => "",
        less if less.is_sign_negative() => "−",
        _ => "+",
    };
    let text = format!("{sign}{:.2}", points.abs());
    if lang == Lang::Vi { text.replace('.', ",") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::payment::Channel;

    fn restatement() -> Restatement {
        let rate = |part, whole| Rate::new(part, whole).unwrap();
        let group = |cause, channel, payments, cashless, other| Group {
            cause,
            channel,
            payments,
            cashless: Vnd::new(cashless),
            other: Vnd::new(other),
        };
        let (before, now) = (rate(2_000_000, 4_000_000), rate(2_750_000, 4_250_000));
        Restatement {
            groups: vec![
                group(Cause::Settled, Channel::Transfer, 3, 1_250_000, 0),
                group(Cause::Reversed, Channel::CashAtSchool, 1, 0, -1_000_000),
                group(Cause::Channel, Channel::StaffDeposit, 1, -500_000, 500_000),
            ],
            before,
            now,
            points: Some(now.percent(2).unwrap() - before.percent(2).unwrap()),
        }
    }

    #[test]
    fn a_person_reads_what_happened_and_what_it_does() {
        assert_eq!(
            told(&restatement(), Lang::Vi),
            "Sau khi báo cáo: 3 giao dịch được khớp thêm (Chuyển khoản), +1.250.000 ₫ không tiền mặt; \
             1 giao dịch gỡ lại (Tiền mặt tại trường), −1.000.000 ₫ tiền mặt; \
             1 giao dịch đổi kênh nộp (Nhà trường nộp tiền mặt vào ngân hàng), −500.000 ₫ không tiền mặt, \
             +500.000 ₫ tiền mặt. Tỷ lệ theo số tiền: 50,00 % → 64,71 % (+14,71 điểm phần trăm)."
        );
        let told_in_english = told(&restatement(), Lang::En);
        assert!(told_in_english.starts_with("Since the report: 3 payments matched later"));
        assert!(told_in_english.ends_with("Rate by amount: 50.00 % → 64.71 % (+14.71 points)."));
    }

    #[test]
    fn no_data_is_said_and_is_not_nothing() {
        let emptied = Restatement { now: Rate::NO_DATA, points: None, ..restatement() };
        assert!(told(&emptied, Lang::Vi).ends_with("50,00 % → chưa có số liệu."));
        let same = Restatement { groups: Vec::new(), ..restatement() };
        assert!(told(&same, Lang::En).starts_with("Since the report: nothing changed. "));
    }

    #[test]
    fn programs_read_whole_numbers_and_decimal_strings() {
        let view = RestatementView::of(&restatement());
        let json = serde_json::to_value(&view).unwrap();
        assert_eq!(json["groups"][2]["cause"], "channel");
        assert_eq!(json["groups"][2]["cashless"], -500_000);
        assert_eq!((&json["now_percent"], &json["points"]), (&"64.71".into(), &"14.71".into()));
    }
}
