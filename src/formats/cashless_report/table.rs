//! A table for the terminal, in Vietnamese.

use unicode_normalization::char::is_combining_mark;

use super::{DEFINITIONS, chosen_view, settings_in_words, views_of};
use crate::domain::calendar::vietnamese_day;
use crate::domain::cashless::{Figures, Rate, Rates, Report, RoundedPercent, SchoolLine, Status};
use crate::domain::lang::Lang;
use crate::domain::money::{Vnd, group_digits};

/// How many cells a bar has; the last one is filled by all of it only.
const BAR_CELLS: usize = 10;
/// Longer names are cut.
const NAME_WIDTH: usize = 30;

enum Align {
    Left,
    Right,
}

/// The report for a person at a terminal: a line for each school with a bar towards 100 %, the
/// total, every way of counting, what is left out, and what the rates mean. Ends in a line break.
#[must_use]
pub fn table(report: &Report) -> String {
    let scope = &report.scope;
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text.trim_end());
        out.push('\n');
    };
    line(&format!(
        "TỶ LỆ THU KHÔNG DÙNG TIỀN MẶT · {} ({})",
        one_line(&scope.authority_name),
        one_line(&scope.authority_code)
    ));
    line(&format!(
        "Tiền vào từ {} đến {} · số liệu chốt đến hết ngày {}",
        vietnamese_day(scope.period.from()),
        vietnamese_day(scope.period.to()),
        vietnamese_day(scope.cut_off)
    ));
    line("");
    for row in columns(&school_rows(report), &SCHOOL_COLUMNS) {
        line(&row);
    }
    let silent = report.schools.iter().filter(|line| line.status == Status::NoData).count();
    if silent > 0 {
        line(&format!(
            "{silent} trường chưa có số liệu; ba tỷ lệ đầu chỉ tính các trường còn lại."
        ));
    }
    line("");
    line("Cách tính");
    for row in columns(&view_rows(report), &VIEW_COLUMNS) {
        line(&row);
    }
    if !report.fee_items.is_empty() {
        line("");
        line("Khoản thu");
        let items = report.fee_items.iter().map(|item| (item.key.name.as_str(), &item.figures));
        for row in columns(&section_rows(items), &SECTION_COLUMNS) {
            line(&row);
        }
    }
    // A list of every class of every school would hide the schools.
    if let [school] = report.schools.as_slice()
        && !school.classes.is_empty()
    {
        line("");
        line("Lớp");
        let classes = school.classes.iter().map(|class| (class.key.as_str(), &class.figures));
        for row in columns(&section_rows(classes), &SECTION_COLUMNS) {
            line(&row);
        }
    }
    if !report.channels.is_empty() {
        line("");
        line("Kênh thu");
        for row in columns(&channel_rows(report), &SUM_COLUMNS) {
            line(&row);
        }
    }
    if !report.left_out.is_empty() {
        line("");
        line("Không nằm trong tử số và mẫu số");
        for row in columns(&left_out_rows(report), &SUM_COLUMNS) {
            line(&row);
        }
    }
    if report.share_collected.has_data() {
        line("");
        line(&format!(
            "Đã thu trên phải thu, kể cả tiền mặt: {} ({} / {} đ)",
            RoundedPercent::of(report.share_collected, 1).vietnamese(),
            Vnd::new(report.share_collected.numerator()).grouped(),
            Vnd::new(report.share_collected.denominator()).grouped()
        ));
    }
    line("");
    for (_, heading, definition) in DEFINITIONS {
        line(&format!("{heading}: {definition}."));
    }
    for words in settings_in_words(report) {
        line(&words);
    }
    out
}

const SCHOOL_COLUMNS: [Align; 9] = [
    Align::Left,
    Align::Left,
    Align::Right,
    Align::Right,
    Align::Right,
    Align::Right,
    Align::Right,
    Align::Left,
    Align::Left,
];
const VIEW_COLUMNS: [Align; 6] =
    [Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Left];
const SECTION_COLUMNS: [Align; 5] =
    [Align::Left, Align::Right, Align::Right, Align::Right, Align::Right];
const SUM_COLUMNS: [Align; 3] = [Align::Left, Align::Right, Align::Right];

fn school_rows(report: &Report) -> Vec<Vec<String>> {
    let mut rows = vec![
        [
            "Trường",
            "Theo số tiền",
            "",
            "Học sinh",
            "Giao dịch",
            "Đã thu (đ)",
            "Tiền mặt, khác",
            "Trạng thái",
            "Số liệu đến",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    rows.extend(report.schools.iter().map(school_row));
    let mut total = rate_row("Tổng cộng", &report.total.reported);
    total.push(report.status.label(Lang::Vi).to_owned());
    rows.push(total);
    rows
}

fn school_row(line: &SchoolLine) -> Vec<String> {
    let mut row = rate_row(&line.school.name, &line.figures.reported);
    row.push(line.status.label(Lang::Vi).to_owned());
    row.push(line.data_until.map(vietnamese_day).unwrap_or_default());
    row
}

fn rate_row(name: &str, rates: &Rates) -> Vec<String> {
    let amount = rates.by_amount;
    let (collected, cash) = if amount.has_data() {
        let cash = amount.denominator().saturating_sub(amount.numerator());
        (Vnd::new(amount.denominator()).grouped(), Vnd::new(cash).grouped())
    } else {
        ("–".to_owned(), "–".to_owned())
    };
    vec![
        cut(name),
        bar(amount),
        percent(amount),
        fraction(rates.by_pupil),
        fraction(rates.by_payment),
        collected,
        cash,
    ]
}

fn view_rows(report: &Report) -> Vec<Vec<String>> {
    let mut head = vec![String::new()];
    head.extend(DEFINITIONS.map(|(_, heading, _)| heading.to_owned()));
    let mut rows = vec![head];
    for (name, words, rates) in views_of(&report.total.views) {
        rows.push(vec![
            format!("  {words}"),
            percent(rates.by_amount),
            percent(rates.by_pupil),
            percent(rates.by_payment),
            fraction(rates.by_school),
            if name == chosen_view(report) { "◄ đang dùng" } else { "" }.to_owned(),
        ]);
    }
    rows
}

fn section_rows<'a>(sections: impl Iterator<Item = (&'a str, &'a Figures)>) -> Vec<Vec<String>> {
    sections
        .map(|(name, figures)| {
            let rates = &figures.reported;
            vec![
                format!("  {}", cut(name)),
                percent(rates.by_amount),
                format!("{} học sinh", fraction(rates.by_pupil)),
                format!("{} giao dịch", fraction(rates.by_payment)),
                format!("{} đ", group_digits(&rates.by_amount.denominator().to_string())),
            ]
        })
        .collect()
}

fn channel_rows(report: &Report) -> Vec<Vec<String>> {
    let row = |words: &str, count: i64, amount: Vnd| {
        vec![
            format!("  {words}"),
            format!("{} giao dịch", group_digits(&count.to_string())),
            format!("{} đ", amount.grouped()),
        ]
    };
    report
        .channels
        .iter()
        .map(|sum| row(sum.channel.label(Lang::Vi), sum.payments, sum.amount))
        .collect()
}

fn left_out_rows(report: &Report) -> Vec<Vec<String>> {
    report
        .left_out
        .iter()
        .map(|sum| {
            vec![
                format!("  {}", sum.why.label(Lang::Vi)),
                group_digits(&sum.count.to_string()),
                format!("{} đ", sum.amount.grouped()),
            ]
        })
        .collect()
}

fn percent(rate: Rate) -> String {
    RoundedPercent::of(rate, 1).vietnamese()
}

fn fraction(rate: Rate) -> String {
    if !rate.has_data() {
        return "–".to_owned();
    }
    format!(
        "{}/{}",
        group_digits(&rate.numerator().to_string()),
        group_digits(&rate.denominator().to_string())
    )
}

/// Filled as far as the rate goes, rounded down: only all of it fills the bar.
fn bar(rate: Rate) -> String {
    if !rate.has_data() {
        return String::new();
    }
    let cells = i128::try_from(BAR_CELLS).unwrap_or(0);
    let filled = i128::from(rate.numerator()) * cells / i128::from(rate.denominator());
    let filled = usize::try_from(filled).unwrap_or(0).min(BAR_CELLS);
    format!("{}{}", "█".repeat(filled), "░".repeat(BAR_CELLS.saturating_sub(filled)))
}

/// A name as the terminal may have it: one line, no escape codes, not too long.
fn cut(name: &str) -> String {
    let name = one_line(name);
    if width(&name) <= NAME_WIDTH {
        return name;
    }
    let mut kept = String::new();
    for letter in name.chars() {
        if width(&kept) >= NAME_WIDTH.saturating_sub(1) && !is_combining_mark(letter) {
            break;
        }
        kept.push(letter);
    }
    format!("{}…", kept.trim_end())
}

fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// Columns of a terminal: a mark that combines takes none. (No script that takes two is expected.)
fn width(text: &str) -> usize {
    text.chars().filter(|letter| !is_combining_mark(*letter)).count()
}

/// Rows as lines, each column as wide as its widest cell, two blanks between.
fn columns(rows: &[Vec<String>], aligns: &[Align]) -> Vec<String> {
    let widths: Vec<usize> = (0..aligns.len())
        .map(|column| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0)
        })
        .collect();
    rows.iter()
        .map(|row| {
            let mut text = String::new();
            for ((cell, align), wanted) in row.iter().zip(aligns).zip(&widths) {
                let blanks = " ".repeat(wanted.saturating_sub(width(cell)));
                match align {
                    Align::Left => text.extend([cell.as_str(), &blanks, "  "]),
                    Align::Right => text.extend([&blanks, cell.as_str(), "  "]),
                }
            }
            text.trim_end().to_owned()
        })
        .collect()
}
