//! Receipts on A5 paper lying on its side, each from a page of its own on.

use super::PaperError;
use super::canvas::{Canvas, Format, Paper, mm, tenths};
use super::letters::{ACCENT, BAND, BLACK, LINE, PALE_RED, RED, SOFT, Style, cut, width, wrap};
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::domain::spoken::dong as in_words;
use crate::formats::qr::Qr;

/// What stands on a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptPaper {
    /// The school's name.
    pub school: String,
    /// The receipt's number.
    pub number: String,
    /// The day it was issued.
    pub issued_on: Day,
    /// The student's name.
    pub student: String,
    /// The student's code.
    pub student_code: String,
    /// The student's class.
    pub class: String,
    /// What was paid.
    pub lines: Vec<PaperLine>,
    /// The sum, in đồng.
    pub amount: Vnd,
    /// What is still open of these invoices, in đồng.
    pub left: Vnd,
    /// The day the money came.
    pub paid_on: Day,
    /// By which way, in words.
    pub channel: String,
    /// The number of the cash voucher.
    pub voucher: Option<String>,
    /// The number of the receipt whose place it took.
    pub replaces: Option<String>,
    /// The code by which it can be checked, in groups.
    pub verify_code: String,
    /// The address at which it can be checked, where there is one.
    pub verify_url: Option<String>,
    /// What was issued elsewhere for the same money.
    pub elsewhere: Option<Elsewhere>,
    /// Why it holds no longer.
    pub voided: Option<VoidedPaper>,
}

/// A line of a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperLine {
    /// For what.
    pub item: String,
    /// In which round.
    pub round: String,
    /// How much, in đồng.
    pub amount: Vnd,
}

/// An electronic invoice of other software.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// Its symbol.
    pub symbol: Option<String>,
    /// Its number.
    pub number: Option<String>,
    /// The code to look it up with.
    pub lookup_code: Option<String>,
    /// The page to look it up on.
    pub lookup_url: Option<String>,
}

/// Why a receipt holds no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoidedPaper {
    /// The day.
    pub on: Day,
    /// The reason.
    pub reason: String,
    /// The number of the receipt that took its place.
    pub replaced_by: Option<String>,
}

const WIDE: i32 = mm(210);
const HIGH: i32 = mm(148);
const MARGIN: i32 = mm(12);
const RIGHT: i32 = WIDE - MARGIN;
const BOTTOM: i32 = HIGH - mm(9);

/// Where the columns begin: number, item, round; amounts end at the right margin.
const ITEM: i32 = MARGIN + mm(9);
const ROUND: i32 = MARGIN + mm(104);
const ITEM_WIDE: i32 = ROUND - ITEM - mm(3);
const ROUND_WIDE: i32 = RIGHT - mm(34) - ROUND;

const HEAD: Style = Style::bold(84).in_ink(SOFT);
const BODY: Style = Style::plain(84);
const LABEL: Style = Style::plain(86).in_ink(SOFT);
const SMALL: Style = Style::plain(74).in_ink(SOFT);

/// Lines of one row at most.
const LINES: usize = 2;

/// What the foot of a receipt takes: the sum, its words, and how to check it.
const FOOT: i32 = mm(42);

/// What the head of the pages after the first takes.
const SHORT_HEAD: i32 = mm(18);

/// Rows beyond this many are added up in one: nobody pays for more at once.
const MOST_ROWS: usize = 200;

/// The words of a receipt.
struct Words {
    title: &'static str,
    aside: &'static str,
    number: &'static str,
    day: &'static str,
    student: &'static str,
    code: &'static str,
    class: &'static str,
    paid_on: &'static str,
    channel: &'static str,
    voucher: &'static str,
    item: &'static str,
    round: &'static str,
    amount: &'static str,
    others: &'static str,
    total: &'static str,
    spoken: &'static str,
    left: &'static str,
    nothing_left: &'static str,
    check: &'static str,
    verify: &'static str,
    invoice: &'static str,
    symbol: &'static str,
    lookup: &'static str,
    at: &'static str,
    replaces: &'static str,
    by_machine: &'static str,
    void: &'static str,
    voided: &'static str,
    replaced_by: &'static str,
    page: &'static str,
}

const VI: Words = Words {
    title: "XÁC NHẬN ĐÃ NHẬN TIỀN",
    aside: "(không thay thế hóa đơn, biên lai)",
    number: "Số:",
    day: "Ngày",
    student: "Học sinh:",
    code: "Mã học sinh:",
    class: "Lớp:",
    paid_on: "Ngày nhận tiền:",
    channel: "Hình thức:",
    voucher: "Phiếu thu số:",
    item: "Nội dung thu",
    round: "Đợt thu",
    amount: "Số tiền (đồng)",
    others: "Các khoản khác",
    total: "Tổng cộng",
    spoken: "Bằng chữ:",
    left: "Còn phải nộp của các khoản này:",
    nothing_left: "Các khoản này đã nộp đủ.",
    check: "Kiểm tra bằng cách quét mã hoặc mở",
    verify: "Mã kiểm tra:",
    invoice: "Hóa đơn, biên lai điện tử:",
    symbol: "ký hiệu",
    lookup: "mã tra cứu",
    at: "tra cứu tại",
    replaces: "Thay thế biên lai số",
    by_machine: "Bản xác nhận do phần mềm của nhà trường lập, không cần chữ ký.",
    void: "ĐÃ HỦY",
    voided: "Đã hủy ngày",
    replaced_by: "thay bằng",
    page: "Trang",
};

const EN: Words = Words {
    title: "CONFIRMATION OF MONEY RECEIVED",
    aside: "(does not replace an invoice or official receipt)",
    number: "No.",
    day: "Date",
    student: "Student:",
    code: "Student code:",
    class: "Class:",
    paid_on: "Received on:",
    channel: "Paid by:",
    voucher: "Cash voucher:",
    item: "Paid for",
    round: "Round",
    amount: "Amount (đồng)",
    others: "Other items",
    total: "Total",
    spoken: "In words (Vietnamese):",
    left: "Still to be paid of these items:",
    nothing_left: "These items are paid in full.",
    check: "Check it by scanning the code or opening",
    verify: "Verification code:",
    invoice: "Electronic invoice:",
    symbol: "symbol",
    lookup: "look-up code",
    at: "look it up at",
    replaces: "In place of receipt",
    by_machine: "Made by the school's software; valid without a signature.",
    void: "VOID",
    voided: "Voided on",
    replaced_by: "replaced by",
    page: "Page",
};

/// A row of the table, cut into lines.
struct Row {
    item: Vec<String>,
    round: Vec<String>,
    amount: Vnd,
}

impl Row {
    fn of(item: &str, round: &str, amount: Vnd) -> Row {
        Row {
            item: wrap(item, BODY, ITEM_WIDE, LINES),
            round: wrap(round, BODY, ROUND_WIDE, LINES),
            amount,
        }
    }

    fn high(&self) -> i32 {
        let lines = i32::try_from(self.item.len().max(self.round.len())).unwrap_or(1);
        lines * BODY.leading() + tenths(9)
    }
}

/// One document of some receipts, each beginning on a page of its own.
pub fn receipts(all: &[ReceiptPaper], lang: Lang) -> Result<Vec<u8>, PaperError> {
    let words = match lang {
        Lang::Vi => &VI,
        Lang::En => &EN,
    };
    let Some(first) = all.first() else { return Err(PaperError("no receipt".to_owned())) };
    let title = match all {
        [only] => format!("{} {}", words.title, only.number),
        _ => words.title.to_owned(),
    };
    let day = all.iter().map(|one| one.issued_on).max().unwrap_or(first.issued_on);
    let mut paper = Paper::new(&title, lang, day)?;
    for one in all {
        draw(&mut paper, one, words);
    }
    paper.finish()
}

fn draw(paper: &mut Paper, receipt: &ReceiptPaper, words: &Words) {
    let rows = rows_of(receipt, words);
    let first_top = if receipt.voided.is_some() { mm(67) } else { mm(56) };
    let pages = paginate(&rows, first_top);
    let count = pages.len();
    let mut number = 0;
    for (index, page) in pages.iter().enumerate() {
        paper.page(Format::A5Across, |canvas| {
            if receipt.voided.is_some() {
                let stamp = Style::bold(900).in_ink(PALE_RED);
                canvas.stamp((WIDE / 2, HIGH / 2 + mm(6)), stamp, words.void);
            }
            canvas.rectangle((0, 0), (WIDE + mm(1), mm(3)), ACCENT);
            let top = if index == 0 {
                head(canvas, receipt, words);
                first_top
            } else {
                short_head(canvas, receipt, words)
            };
            let mut y = table_head(canvas, words, top);
            for row in page.iter().filter_map(|at| rows.get(*at)) {
                number += 1;
                y = draw_row(canvas, row, number, y);
            }
            if index + 1 == count {
                foot(canvas, receipt, words, y);
            }
            if count > 1 {
                let of = format!("{} {}/{count}", words.page, index + 1);
                canvas.right((RIGHT, HIGH - mm(5)), SMALL, &of);
            }
        });
    }
}

fn rows_of(receipt: &ReceiptPaper, words: &Words) -> Vec<Row> {
    let (shown, rest) = receipt.lines.split_at(receipt.lines.len().min(MOST_ROWS));
    let mut rows: Vec<Row> =
        shown.iter().map(|line| Row::of(&line.item, &line.round, line.amount)).collect();
    if let Some(sum) =
        Vnd::checked_sum(rest.iter().map(|line| line.amount)).filter(|_| !rest.is_empty())
    {
        rows.push(Row::of(words.others, "", sum));
    }
    rows
}

/// Which rows stand on which page. The foot never stands alone.
fn paginate(rows: &[Row], first_top: i32) -> Vec<Vec<usize>> {
    let table_head = mm(6);
    let mut pages: Vec<Vec<usize>> = vec![Vec::new()];
    let mut left = BOTTOM - first_top - table_head;
    for (at, row) in rows.iter().enumerate() {
        let last = at + 1 == rows.len();
        let needed = row.high() + if last { FOOT } else { 0 };
        let begun = pages.last().is_some_and(|page| !page.is_empty());
        if needed > left && begun {
            pages.push(Vec::new());
            left = BOTTOM - SHORT_HEAD - table_head;
        }
        left -= row.high();
        if let Some(page) = pages.last_mut() {
            page.push(at);
        }
    }
    pages
}

fn head(canvas: &mut Canvas<'_, '_>, receipt: &ReceiptPaper, words: &Words) {
    let name = Style::bold(110);
    let school = wrap(&receipt.school, name, mm(118), 2);
    canvas.lines((MARGIN, mm(12)), name, &school);
    let number = Style::bold(110).in_ink(ACCENT);
    let text = cut(&receipt.number, number, mm(58));
    canvas.right((RIGHT, mm(12)), number, &text);
    canvas.right((RIGHT - width(&text, number) - mm(2), mm(12)), LABEL, words.number);
    let day = format!("{} {}", words.day, vietnamese_day(receipt.issued_on));
    canvas.right((RIGHT, mm(17)), LABEL, &day);
    if let Some(before) = &receipt.replaces {
        let text = cut(&format!("{} {before}", words.replaces), SMALL, mm(70));
        canvas.right((RIGHT, mm(21)), SMALL, &text);
    }
    canvas.centred((WIDE / 2, mm(28)), Style::bold(165).in_ink(ACCENT), words.title);
    canvas.centred((WIDE / 2, mm(33)), Style::plain(86).in_ink(SOFT), words.aside);
    let mut y = mm(41);
    if let Some(voided) = &receipt.voided {
        let mut told = format!("{} {}", words.voided, vietnamese_day(voided.on));
        if !voided.reason.trim().is_empty() {
            told = format!("{told}: {}", voided.reason);
        }
        if let Some(by) = &voided.replaced_by {
            told = format!("{told} · {} {by}", words.replaced_by);
        }
        let style = Style::bold(90).in_ink(RED);
        let lines = wrap(&told, style, RIGHT - MARGIN, 2);
        canvas.lines((MARGIN, mm(40)), style, &lines);
        y = mm(51);
    }
    let middle = MARGIN + mm(112);
    let name = Style::bold(105);
    field(canvas, (MARGIN, y), words.student, (&receipt.student, name), mm(108));
    field(canvas, (middle, y), words.class, (&receipt.class, name), RIGHT - middle);
    let y = y + mm(6);
    field(canvas, (MARGIN, y), words.code, (&receipt.student_code, BODY), mm(108));
    let day = vietnamese_day(receipt.paid_on);
    field(canvas, (middle, y), words.paid_on, (&day, BODY), RIGHT - middle);
    let y = y + mm(5);
    field(canvas, (MARGIN, y), words.channel, (&receipt.channel, BODY), mm(108));
    if let Some(voucher) = &receipt.voucher {
        field(canvas, (middle, y), words.voucher, (voucher, BODY), RIGHT - middle);
    }
}

/// A label and what stands behind it.
fn field(
    canvas: &mut Canvas<'_, '_>,
    (x, y): (i32, i32),
    label: &str,
    (text, style): (&str, Style),
    wide: i32,
) {
    canvas.text((x, y), LABEL, label);
    let used = width(label, LABEL) + tenths(15);
    canvas.text((x + used, y), style, &cut(text, style, wide - used));
}

/// The head of the pages after the first; where the table begins.
fn short_head(canvas: &mut Canvas<'_, '_>, receipt: &ReceiptPaper, words: &Words) -> i32 {
    let who = format!("{} · {} {}", receipt.student, words.class, receipt.class);
    canvas.text((MARGIN, mm(13)), Style::bold(96), &cut(&who, Style::bold(96), mm(120)));
    let number = format!("{} {}", words.number, receipt.number);
    let style = Style::bold(96).in_ink(ACCENT);
    canvas.right((RIGHT, mm(13)), style, &cut(&number, style, mm(60)));
    SHORT_HEAD
}

fn table_head(canvas: &mut Canvas<'_, '_>, words: &Words, top: i32) -> i32 {
    canvas.rectangle((MARGIN, top), (RIGHT - MARGIN, mm(6)), BAND);
    let y = top + tenths(42);
    canvas.text((MARGIN + mm(2), y), HEAD, "#");
    canvas.text((ITEM, y), HEAD, words.item);
    canvas.text((ROUND, y), HEAD, words.round);
    canvas.right((RIGHT - mm(2), y), HEAD, words.amount);
    top + mm(6)
}

fn draw_row(canvas: &mut Canvas<'_, '_>, row: &Row, number: usize, top: i32) -> i32 {
    let y = top + tenths(34);
    canvas.text((MARGIN + mm(2), y), LABEL, &number.to_string());
    canvas.lines((ITEM, y), BODY, &row.item);
    canvas.lines((ROUND, y), BODY, &row.round);
    canvas.right((RIGHT - mm(2), y), BODY, &row.amount.grouped());
    let bottom = top + row.high();
    canvas.rule((MARGIN, bottom), RIGHT - MARGIN, LINE);
    bottom
}

fn foot(canvas: &mut Canvas<'_, '_>, receipt: &ReceiptPaper, words: &Words, top: i32) {
    let y = top + mm(6);
    let sum = Style::bold(115);
    canvas.text((ITEM, y), Style::bold(100), words.total);
    canvas.right((RIGHT - mm(2), y), sum, &receipt.amount.grouped());
    let qr_side = mm(30);
    let (qr_x, qr_y) = (RIGHT - qr_side + mm(2), y + tenths(15));
    let wide = qr_x - MARGIN - mm(4);
    let words_of = in_words(receipt.amount);
    let label = width(words.spoken, LABEL) + tenths(15);
    let y = y + tenths(62);
    canvas.text((MARGIN, y), LABEL, words.spoken);
    let style = Style::bold(92);
    let lines = wrap(&format!("{words_of}."), style, wide - label, 2);
    let y = canvas.lines((MARGIN + label, y), style, &lines) + tenths(10);
    if receipt.left.is_positive() {
        canvas.text((MARGIN, y), LABEL, words.left);
        let x = MARGIN + width(words.left, LABEL) + tenths(15);
        canvas.text((x, y), style, &format!("{} đồng", receipt.left.grouped()));
    } else {
        canvas.text((MARGIN, y), BODY, words.nothing_left);
    }
    let mut y = y + tenths(52);
    if let Some(elsewhere) = &receipt.elsewhere {
        let text = elsewhere_text(elsewhere, words);
        let lines = wrap(&text, SMALL.in_ink(BLACK), wide, 2);
        y = canvas.lines((MARGIN, y), SMALL.in_ink(BLACK), &lines) + tenths(12);
    }
    canvas.text((MARGIN, y), LABEL, words.verify);
    let x = MARGIN + width(words.verify, LABEL) + tenths(15);
    canvas.text((x, y), Style::bold(100), &cut(&receipt.verify_code, Style::bold(100), wide / 2));
    let y = y + tenths(42);
    if let Some(url) = &receipt.verify_url {
        let lines = wrap(&format!("{} {url}", words.check), SMALL, wide, 2);
        canvas.lines((MARGIN, y), SMALL, &lines);
        if let Some(qr) = Qr::of(url) {
            canvas.qr((qr_x, qr_y), qr_side, &qr);
        }
    }
    canvas.text((MARGIN, HIGH - mm(5)), SMALL, words.by_machine);
}

fn elsewhere_text(elsewhere: &Elsewhere, words: &Words) -> String {
    let mut text = words.invoice.to_owned();
    let mut parts = Vec::new();
    if let Some(symbol) = &elsewhere.symbol {
        parts.push(format!("{} {symbol}", words.symbol));
    }
    if let Some(number) = &elsewhere.number {
        parts.push(format!("{} {number}", words.number.trim_end_matches(':').to_lowercase()));
    }
    if let Some(code) = &elsewhere.lookup_code {
        parts.push(format!("{} {code}", words.lookup));
    }
    if let Some(url) = &elsewhere.lookup_url {
        parts.push(format!("{} {url}", words.at));
    }
    text.push(' ');
    text.push_str(&parts.join(", "));
    text
}
