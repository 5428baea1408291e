//! A school's month as it is reported: one text for the same figures, whoever writes it. Names are
//! sorted by their bytes, nothing stands between the parts, and there are whole numbers and texts
//! only, so that its SHA-256 can be computed again years later.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::domain::cashless::{Counting, Rate, Rates, Report, Settings, Views};
use crate::domain::period::Month;
use crate::domain::text::hex;

/// The name of the form, which every text states. Another form would get another name.
pub const FORMAT: &str = "doisoat.cashless.month/1";

/// What a text says besides the figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The school's code when it reported.
    pub school: String,
    /// Which month.
    pub month: Month,
    /// The last fact of the ledger that counts.
    pub position: i64,
    /// When it was computed, in UTC.
    pub as_of: NaiveDateTime,
    /// How it was counted.
    pub settings: Settings,
}

/// A value of the form.
pub(super) enum Value {
    Whole(i64),
    Text(String),
    Parts(BTreeMap<String, Value>),
}

impl Value {
    pub(super) fn parts<const N: usize>(parts: [(&str, Value); N]) -> Value {
        Value::Parts(parts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    fn write(&self, out: &mut String) {
        match self {
            Value::Whole(number) => out.push_str(&number.to_string()),
            Value::Text(text) => out.push_str(&quoted(text)),
            Value::Parts(parts) => {
                out.push('{');
                for (index, (name, value)) in parts.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    out.push_str(&quoted(name));
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    pub(super) fn written(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }
}

/// A JSON string: UTF-8 as it is, only quotes, backslashes and control characters escaped.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The text of a month, from the report of one school, with `taken_back`: how many allocations were
/// taken back and how many đồng they were.
#[must_use]
pub fn canonical(head: &Head, report: &Report, taken_back: (i64, i64)) -> String {
    let settings = &head.settings;
    Value::parts([
        ("format", text(FORMAT)),
        ("school", text(&head.school)),
        ("month", text(&head.month.to_string())),
        ("position", Value::Whole(head.position)),
        ("as_of", text(&instant(head.as_of))),
        (
            "settings",
            Value::parts([
                ("counting", text(counting_name(settings.counting))),
                ("deployed_min_payments", Value::Whole(settings.deployed_min_payments.into())),
                ("near_percent", Value::Whole(settings.near_percent.into())),
                ("target_percent", Value::Whole(settings.target_percent.into())),
            ]),
        ),
        ("figures", figures_of(report)),
        ("left_out", Value::parts([("reversed", reversed(taken_back))])),
    ])
    .written()
}

/// The text of the figures alone: equal where nothing changed, whenever they were computed.
#[must_use]
pub fn figures(report: &Report) -> String {
    figures_of(report).written()
}

fn reversed((count, dong): (i64, i64)) -> Value {
    Value::parts([("allocations", Value::Whole(count)), ("amount", Value::Whole(dong))])
}

/// The figures within a text, as [`figures`] writes them.
#[must_use]
pub fn figures_within(text: &str) -> Option<&str> {
    let begin = text.find("\"figures\":")?.checked_add("\"figures\":".len())?;
    // Classes and fee items may be called anything; after the figures nothing is.
    let end = text.rfind(",\"format\":")?;
    text.get(begin..end)
}

/// The SHA-256 of a text, in hexadecimal.
#[must_use]
pub fn fingerprint(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// An instant as texts state it.
#[must_use]
pub fn instant(at: NaiveDateTime) -> String {
    format!("{}Z", at.format("%Y-%m-%dT%H:%M:%S%.f"))
}

/// Reads an instant in UTC.
#[must_use]
pub fn parse_instant(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text.strip_suffix('Z')?, "%Y-%m-%dT%H:%M:%S%.f").ok()
}

/// What a text states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// The school's code when it reported.
    pub school: String,
    /// How it was counted.
    pub settings: Settings,
    /// The rates as they were counted.
    pub rates: Rates,
}

#[derive(Deserialize)]
struct Written {
    format: String,
    school: String,
    settings: WrittenSettings,
    figures: WrittenFigures,
}

#[derive(Deserialize)]
struct WrittenSettings {
    counting: String,
    deployed_min_payments: u32,
    near_percent: u32,
    target_percent: u32,
}

#[derive(Deserialize)]
struct WrittenFigures {
    rates: BTreeMap<String, WrittenRates>,
}

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of the text")]
struct WrittenRates {
    by_amount: WrittenRate,
    by_pupil: WrittenRate,
    by_payment: WrittenRate,
    by_school: WrittenRate,
}

#[derive(Deserialize)]
struct WrittenRate {
    numerator: i64,
    denominator: i64,
}

impl WrittenRate {
    fn rate(&self) -> Option<Rate> {
        Rate::new(self.numerator, self.denominator)
    }
}

/// Reads what a text states; `None` where it is of another form.
#[must_use]
pub fn stated(text: &str) -> Option<Stated> {
    let found: Written = serde_json::from_str(text).ok()?;
    if found.format != FORMAT {
        return None;
    }
    let WrittenSettings { counting, deployed_min_payments, near_percent, target_percent } =
        found.settings;
    let rates = found.figures.rates.get(&counting)?;
    let rates = Rates {
        by_amount: rates.by_amount.rate()?,
        by_pupil: rates.by_pupil.rate()?,
        by_payment: rates.by_payment.rate()?,
        by_school: rates.by_school.rate()?,
    };
    let counting = COUNTINGS.into_iter().find(|one| counting_name(*one) == counting)?;
    // What is told above the school is no part of what the school reported.
    let settings = Settings {
        counting,
        deployed_min_payments,
        target_percent,
        near_percent,
        ..Settings::default()
    };
    Some(Stated { school: found.school, settings, rates })
}

const COUNTINGS: [Counting; 4] = [
    Counting { counter_cash: true, proxy: true },
    Counting { counter_cash: false, proxy: true },
    Counting { counter_cash: true, proxy: false },
    Counting { counter_cash: false, proxy: false },
];

const fn counting_name(counting: Counting) -> &'static str {
    match (counting.counter_cash, counting.proxy) {
        (true, true) => "with_both",
        (false, true) => "without_counter_cash",
        (true, false) => "without_proxy",
        (false, false) => "without_either",
    }
}

fn figures_of(report: &Report) -> Value {
    let lines = &report.schools;
    let classes = lines.iter().flat_map(|line| &line.classes);
    let classes = classes.map(|one| (one.key.clone(), views(&one.figures.views)));
    let items = report.fee_items.iter();
    let items = items.map(|one| (one.key.code.clone(), views(&one.figures.views)));
    let channels = report.channels.iter().map(|one| {
        let sums =
            [("payments", Value::Whole(one.payments)), ("amount", Value::Whole(one.amount.dong()))];
        (one.channel.as_str().to_owned(), Value::parts(sums))
    });
    Value::parts([
        ("rates", views(&report.total.views)),
        ("classes", Value::Parts(classes.collect())),
        ("fee_items", Value::Parts(items.collect())),
        ("channels", Value::Parts(channels.collect())),
    ])
}

fn views(views: &Views<Rates>) -> Value {
    let parts = COUNTINGS.map(|one| (counting_name(one), rates(views.get(one))));
    Value::parts(parts)
}

pub(super) fn rates(rates: &Rates) -> Value {
    Value::parts([
        ("by_amount", rate(rates.by_amount)),
        ("by_pupil", rate(rates.by_pupil)),
        ("by_payment", rate(rates.by_payment)),
        ("by_school", rate(rates.by_school)),
    ])
}

fn rate(rate: Rate) -> Value {
    Value::parts([
        ("numerator", Value::Whole(rate.numerator())),
        ("denominator", Value::Whole(rate.denominator())),
    ])
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cashless::{self, Collected, Facts, FeeItem, SchoolInScope, Scope};
    use crate::domain::id::{PaymentId, SchoolId, StudentId};
    use crate::domain::money::Vnd;
    use crate::domain::payment::Channel;

    fn head() -> Head {
        Head {
            school: "THCS-MAU".to_owned(),
            month: "2026-11".parse().unwrap(),
            position: 4711,
            as_of: parse_instant("2026-12-02T03:04:05.000006Z").unwrap(),
            settings: Settings::default(),
        }
    }

    /// Two pupils: 300 đồng by transfer, 100 in notes.
    fn report(names: [&str; 2]) -> Report {
        let month: Month = "2026-11".parse().unwrap();
        let row = |id, channel, amount| Collected {
            school: SchoolId(1),
            class: "6A“1\"\n".to_owned(),
            fee_item: FeeItem {
                code: "HP".to_owned(),
                name: names[usize::from(id == 2)].to_owned(),
            },
            student: StudentId(id),
            payment: PaymentId(id),
            channel,
            families_of_payment: 1,
            paid_on: month.first(),
            amount: Vnd::new(amount),
        };
        let collected = vec![row(1, Channel::Transfer, 300), row(2, Channel::CashAtSchool, 100)];
        let school = SchoolInScope {
            id: SchoolId(1),
            code: "THCS-MAU".to_owned(),
            name: "Trường mẫu".to_owned(),
        };
        let scope = Scope {
            authority_code: String::new(),
            authority_name: String::new(),
            schools: vec![school],
            period: month.days(),
            cut_off: month.last(),
        };
        let facts = Facts { collected, left_out: Vec::new(), ..Facts::default() };
        cashless::compute(scope, Settings::default(), &facts).unwrap()
    }

    #[test]
    fn the_text_of_known_figures_is_this_one() {
        let text = canonical(&head(), &report(["Học phí", "Học phí"]), (2, 50));
        let rate =
            |part: i64, whole: i64| format!("{{\"denominator\":{whole},\"numerator\":{part}}}");
        let rates = format!(
            "{{\"by_amount\":{},\"by_payment\":{},\"by_pupil\":{},\"by_school\":{}}}",
            rate(300, 400),
            rate(1, 2),
            rate(1, 2),
            rate(1, 1)
        );
        let views = format!(
            "{{\"with_both\":{rates},\"without_counter_cash\":{rates},\"without_either\":{rates},\"without_proxy\":{rates}}}"
        );
        let expected = format!(
            "{{\"as_of\":\"2026-12-02T03:04:05.000006Z\",\"figures\":{{\
             \"channels\":{{\"cash_at_school\":{{\"amount\":100,\"payments\":1}},\
             \"transfer\":{{\"amount\":300,\"payments\":1}}}},\
             \"classes\":{{\"6A“1\\\"\\n\":{views}}},\"fee_items\":{{\"HP\":{views}}},\
             \"rates\":{views}}},\"format\":\"doisoat.cashless.month/1\",\
             \"left_out\":{{\"reversed\":{{\"allocations\":2,\"amount\":50}}}},\"month\":\"2026-11\",\"position\":4711,\
             \"school\":\"THCS-MAU\",\"settings\":{{\"counting\":\"with_both\",\
             \"deployed_min_payments\":1,\"near_percent\":90,\"target_percent\":100}}}}"
        );
        assert_eq!(text, expected);
        assert_eq!(
            fingerprint(&text),
            "7802b0825e9aa235ab9d2591823087eded3af5abeee1a9f6cbff7d645aafd00b"
        );
    }

    #[test]
    fn a_name_changes_nothing_and_a_dong_changes_everything() {
        let one = canonical(&head(), &report(["Học phí", "Học phí"]), (0, 0));
        let renamed = canonical(&head(), &report(["Tiền học", "Học phí"]), (0, 0));
        assert_eq!(one, renamed, "items are known by their codes");
        let other = canonical(&head(), &report(["Học phí", "Học phí"]), (0, 1));
        assert_ne!(fingerprint(&one), fingerprint(&other));
        let later = Head { position: 4712, ..head() };
        let later = canonical(&later, &report(["Học phí", "Học phí"]), (0, 0));
        assert_ne!(one, later);
        assert_eq!(figures_within(&one), figures_within(&later), "the figures are the same");
        let alone = figures(&report(["Học phí", "Học phí"]));
        assert_eq!(figures_within(&one), Some(alone.as_str()));
    }

    #[test]
    fn no_class_can_be_mistaken_for_the_end_of_the_figures() {
        let mut report = report(["a", "b"]);
        for line in &mut report.schools {
            for class in &mut line.classes {
                class.key = "format".to_owned();
            }
        }
        let text = canonical(&head(), &report, (0, 0));
        assert_eq!(figures_within(&text), Some(figures(&report).as_str()));
    }

    #[test]
    fn what_a_text_states_is_read_back() {
        for counting in COUNTINGS {
            let settings = Settings { counting, near_percent: 70, ..Settings::default() };
            let text = canonical(&Head { settings, ..head() }, &report(["a", "b"]), (0, 0));
            let found = stated(&text).unwrap();
            assert_eq!((found.school.as_str(), found.settings), ("THCS-MAU", settings));
            assert_eq!(found.rates.by_amount, Rate::new(300, 400).unwrap());
            let other_form = text.replace("month/1", "month/2");
            assert_eq!(stated(&other_form), None, "another form is not guessed at");
        }
    }

    #[test]
    fn an_instant_is_read_as_it_is_written() {
        for text in ["2026-12-02T03:04:05Z", "2026-12-02T03:04:05.000006Z"] {
            assert_eq!(instant(parse_instant(text).unwrap()), text);
        }
        for (why, text) in [
            ("no zone", "2026-12-02T03:04:05"),
            ("another zone", "2026-12-02T03:04:05+07:00"),
            ("a day", "2026-12-02"),
            ("no day", "2026-02-30T00:00:00Z"),
        ] {
            assert_eq!(parse_instant(text), None, "{why}");
        }
    }
}
