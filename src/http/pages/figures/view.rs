//! What the pages of an authority and of one of its schools both show.

use super::chart::Chart;
use super::lines::{self, GapLine, MovedLine};
use crate::domain::cashless::disclosure::told_fee_items;
use crate::domain::cashless::{Rates, Views};
use crate::domain::money::Vnd;
use crate::http::pages::shell::Shell;
use crate::service::dashboard::Dashboard;

/// What both pages show.
pub struct View {
    pub name: String,
    pub period: String,
    pub shown: String,
    pub rate: String,
    pub by_pupil: String,
    pub by_payment: String,
    pub status: (&'static str, &'static str),
    pub cashless: String,
    pub cash: String,
    pub change: String,
    pub chart: Chart,
    pub gap: String,
    pub gaps: Vec<(&'static str, Vec<GapLine>)>,
    pub moved: Vec<MovedLine>,
    pub outlook: String,
    pub target: u32,
    pub standing: [usize; 4],
    pub notes: Vec<String>,
    /// Groups of fewer pupils are not told of.
    pub least: String,
    /// Whether any are withheld: within the school none are.
    pub withholds: bool,
    /// What has been paid of all that is due.
    pub collected: String,
    pub collected_note: String,
    /// By fee item: its name, by amount, by pupil, đồng without cash and in cash.
    pub items: Vec<[String; 5]>,
    /// Each rate: its name, the part, the whole, in percent.
    pub parts: Vec<[String; 4]>,
    /// What is in neither side of a rate: why, how many, đồng.
    pub left_out: Vec<[String; 3]>,
    /// The last day whose allocations count.
    pub cut_off: String,
    /// Under each way of counting: its name, by amount, by pupil, by payment, by school.
    pub counted: Vec<[String; 5]>,
}

impl View {
    pub fn of(found: &Dashboard, s: &Shell) -> View {
        let lang = s.language();
        let path = &found.path;
        let rates = found.report.total.reported;
        let amount = rates.by_amount;
        let shown = |rate| lines::percent(rate, lang);
        let cash = amount.denominator().saturating_sub(amount.numerator());
        let mut gaps = Vec::new();
        if let Some(gap) = &path.by_place {
            gaps.push(("figures-gap-places", lines::gaps(gap, |part| part.name.clone())));
        }
        if let Some(gap) = &path.by_fee_item {
            gaps.push(("figures-gap-items", lines::gaps(gap, |part| part.name.clone())));
        }
        if let Some(gap) = &path.by_channel {
            gaps.push(("figures-gap-channels", lines::gaps(gap, |one| one.label(lang).to_owned())));
        }
        gaps.retain(|(_, parts)| !parts.is_empty());
        let whole = path.by_place.as_ref().map(|gap| gap.points);
        let whole = whole.or_else(|| path.by_fee_item.as_ref().map(|gap| gap.points));
        View {
            name: path.name.clone(),
            period: found.period.to_string(),
            shown: found.period.shown(lang),
            rate: shown(amount),
            by_pupil: shown(rates.by_pupil),
            by_payment: shown(rates.by_payment),
            status: (found.report.status.label(lang), lines::status_class(found.report.status)),
            cashless: s.dong(&Vnd::new(amount.numerator())),
            cash: s.dong(&Vnd::new(cash)),
            change: path.change.as_ref().map(|one| lines::signed(one.points)).unwrap_or_default(),
            chart: Chart::of(path, lang),
            gap: whole.map(lines::two).unwrap_or_default(),
            gaps,
            moved: path.change.as_ref().map(lines::moved).unwrap_or_default(),
            outlook: lines::outlook(path, s),
            target: path.settings.target_percent,
            standing: found.standing,
            least: path.settings.least_group.to_string(),
            withholds: path.settings.least_group > 1,
            collected: shown(found.report.share_collected),
            collected_note: if found.report.share_collected.has_data() {
                let of = |dong: i64| s.dong(&Vnd::new(dong));
                let share = found.report.share_collected;
                format!("{} / {}", of(share.numerator()), of(share.denominator()))
            } else {
                String::new()
            },
            items: told_fee_items(&found.report)
                .into_iter()
                .map(|section| {
                    let rates = section.figures.reported;
                    let amount = rates.by_amount;
                    let cash = amount.denominator().saturating_sub(amount.numerator());
                    let of = |dong: i64| Vnd::new(dong).grouped();
                    let name = section.key.name.clone();
                    let told = [shown(amount), shown(rates.by_pupil)];
                    let [amount_told, pupil_told] = told;
                    [name, amount_told, pupil_told, of(amount.numerator()), of(cash)]
                })
                .collect(),
            parts: parts(rates, s),
            left_out: found
                .report
                .left_out
                .iter()
                .filter(|sum| sum.count > 0)
                .map(|sum| {
                    [sum.why.label(lang).to_owned(), s.number(sum.count), sum.amount.grouped()]
                })
                .collect(),
            cut_off: s.day(&found.report.scope.cut_off),
            counted: counted(found.report.total.views, s),
            notes: path.notes.iter().map(|one| one.message.text(lang).to_owned()).collect(),
        }
    }
}

/// The two whole numbers that each rate is.
fn parts(rates: Rates, s: &Shell) -> Vec<[String; 4]> {
    [
        ("rate-by-amount", rates.by_amount),
        ("rate-by-pupil", rates.by_pupil),
        ("rate-by-payment", rates.by_payment),
        ("rate-by-school", rates.by_school),
    ]
    .map(|(key, rate)| {
        let told = |number| if rate.has_data() { s.number(number) } else { String::new() };
        let percent = lines::percent(rate, s.language());
        [s.t(key), told(rate.numerator()), told(rate.denominator()), percent]
    })
    .to_vec()
}

/// The rates under each way of counting, whatever the settings say.
fn counted(views: Views<Rates>, s: &Shell) -> Vec<[String; 5]> {
    [
        ("figures-counted-both", views.with_both),
        ("figures-counted-no-counter", views.without_counter_cash),
        ("figures-counted-no-proxy", views.without_proxy),
        ("figures-counted-neither", views.without_either),
    ]
    .map(|(key, rates)| {
        let shown = |rate| lines::percent(rate, s.language());
        let Rates { by_amount, by_pupil, by_payment, by_school } = rates;
        [s.t(key), shown(by_amount), shown(by_pupil), shown(by_payment), shown(by_school)]
    })
    .to_vec()
}
