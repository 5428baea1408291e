//! Notices for families without mail: four on a sheet of A4, to be cut apart.

use super::PaperError;
use super::canvas::{Canvas, Format, Paper, mm, tenths};
use super::letters::{ACCENT, BAND, LINE, SOFT, Style, cut, width, wrap};
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::formats::qr::Qr;

/// What stands on a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The school's name.
    pub school: String,
    /// The student's name.
    pub student: String,
    /// The student's code.
    pub student_code: String,
    /// The student's class.
    pub class: String,
    /// What is to be paid for.
    pub lines: Vec<NoticeLine>,
    /// The sum, in đồng.
    pub amount: Vnd,
    /// By when.
    pub due_on: Option<Day>,
    /// Where to; absent where the school has no account for it.
    pub transfer: Option<Transfer>,
}

/// A line of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeLine {
    /// For what.
    pub item: String,
    /// How much is open, in đồng.
    pub amount: Vnd,
}

/// What is typed by whoever cannot scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The bank's name.
    pub bank: String,
    /// The account.
    pub account: String,
    /// Its holder.
    pub holder: String,
    /// What is to stand in the transfer.
    pub purpose: String,
    /// The VietQR payload.
    pub payload: String,
}

const WIDE: i32 = mm(105);
const HIGH: i32 = tenths(1485);
const MARGIN: i32 = mm(8);
const RIGHT: i32 = WIDE - MARGIN;

/// Lines that a notice has room for.
const ROWS: usize = 9;

const BODY: Style = Style::plain(84);
const LABEL: Style = Style::plain(78).in_ink(SOFT);
const SMALL: Style = Style::plain(70).in_ink(SOFT);

struct Words {
    title: &'static str,
    student: &'static str,
    class: &'static str,
    item: &'static str,
    amount: &'static str,
    others: &'static str,
    total: &'static str,
    due: &'static str,
    scan: &'static str,
    bank: &'static str,
    account: &'static str,
    holder: &'static str,
    sum: &'static str,
    purpose: &'static str,
    keep: &'static str,
    at_school: &'static str,
    made: &'static str,
}

const VI: Words = Words {
    title: "GIẤY BÁO THU",
    student: "Học sinh:",
    class: "Lớp:",
    item: "Khoản thu",
    amount: "Số tiền (đồng)",
    others: "Các khoản khác",
    total: "Còn phải nộp",
    due: "Hạn nộp:",
    scan: "Quét mã bằng ứng dụng ngân hàng, hoặc chuyển khoản:",
    bank: "Ngân hàng",
    account: "Số tài khoản",
    holder: "Chủ tài khoản",
    sum: "Số tiền",
    purpose: "Nội dung",
    keep: "Xin quý phụ huynh giữ nguyên nội dung chuyển khoản.",
    at_school: "Xin quý phụ huynh liên hệ nhà trường để nộp.",
    made: "Lập ngày",
};

const EN: Words = Words {
    title: "FEE NOTICE",
    student: "Student:",
    class: "Class:",
    item: "Fee item",
    amount: "Amount (đồng)",
    others: "Other items",
    total: "To be paid",
    due: "Due on:",
    scan: "Scan the code with your bank's app, or transfer:",
    bank: "Bank",
    account: "Account number",
    holder: "Account holder",
    sum: "Amount",
    purpose: "Purpose",
    keep: "Please keep the purpose as it is.",
    at_school: "Please ask the school how to pay.",
    made: "Made on",
};

/// One document of some notices, four on a page; `day` is when they were made.
pub fn notices(all: &[Notice], day: Day, lang: Lang) -> Result<Vec<u8>, PaperError> {
    let words = match lang {
        Lang::Vi => &VI,
        Lang::En => &EN,
    };
    if all.is_empty() {
        return Err(PaperError("no notice".to_owned()));
    }
    let mut paper = Paper::new(words.title, lang, day)?;
    for sheet in all.chunks(4) {
        paper.page(Format::A4, |canvas| {
            canvas.dots((WIDE, 0), 2 * HIGH, true);
            canvas.dots((0, HIGH), 2 * WIDE, false);
            let places = [(0, 0), (WIDE, 0), (0, HIGH), (WIDE, HIGH)];
            for (notice, place) in sheet.iter().zip(places) {
                draw(canvas, notice, place, (words, day));
            }
        });
    }
    paper.finish()
}

fn draw(
    canvas: &mut Canvas<'_, '_>,
    notice: &Notice,
    (left, top): (i32, i32),
    (words, day): (&Words, Day),
) {
    let (x, right, wide) = (left + MARGIN, left + RIGHT, RIGHT - MARGIN);
    let school = Style::bold(90);
    let name = wrap(&notice.school, school, wide, 2);
    let mut y = canvas.lines((x, top + mm(10)), school, &name) + tenths(20);
    canvas.text((x, y), Style::bold(130).in_ink(ACCENT), words.title);
    if let Some(due) = notice.due_on {
        let due = vietnamese_day(due);
        let style = Style::bold(92);
        canvas.right((right, y), style, &due);
        canvas.right((right - width(&due, style) - mm(1), y), LABEL, words.due);
    }
    y += tenths(62);
    let name = Style::bold(96);
    let class_wide =
        width(words.class, LABEL) + mm(1) + width(&cut(&notice.class, name, mm(22)), name);
    canvas.text((x, y), LABEL, words.student);
    let used = width(words.student, LABEL) + mm(1);
    let student = cut(&notice.student, name, wide - used - class_wide - mm(2));
    canvas.text((x + used, y), name, &student);
    let class = cut(&notice.class, name, mm(22));
    canvas.right((right, y), name, &class);
    canvas.right((right - width(&class, name) - mm(1), y), LABEL, words.class);
    y += tenths(38);
    canvas.text((x, y), SMALL, &cut(&notice.student_code, SMALL, wide));
    y += tenths(22);
    canvas.rectangle((x, y), (wide, tenths(52)), BAND);
    let head = Style::bold(78).in_ink(SOFT);
    canvas.text((x + mm(1), y + tenths(37)), head, words.item);
    canvas.right((right - mm(1), y + tenths(37)), head, words.amount);
    y += tenths(52);
    for (item, amount) in rows_of(notice, words) {
        let item = cut(&item, BODY, wide - mm(32));
        canvas.text((x + mm(1), y + tenths(35)), BODY, &item);
        canvas.right((right - mm(1), y + tenths(35)), BODY, &amount.grouped().replace('-', "−"));
        y += tenths(47);
        canvas.rule((x, y), wide, LINE);
    }
    let sum = Style::bold(110);
    canvas.text((x + mm(1), y + tenths(52)), Style::bold(92), words.total);
    canvas.right((right - mm(1), y + tenths(52)), sum, &notice.amount.grouped());
    y += tenths(75);
    if let Some(transfer) = &notice.transfer {
        how(canvas, notice, transfer, (x, y, wide), words);
    } else {
        let lines = wrap(words.at_school, BODY, wide, 2);
        canvas.lines((x, y + tenths(30)), BODY, &lines);
    }
    let made = format!("{} {}", words.made, vietnamese_day(day));
    canvas.right((right, top + HIGH - mm(5)), SMALL, &made);
}

fn rows_of(notice: &Notice, words: &Words) -> Vec<(String, Vnd)> {
    let fits = notice.lines.len() <= ROWS;
    let shown = if fits { notice.lines.len() } else { ROWS - 1 };
    let (shown, rest) = notice.lines.split_at(shown);
    let mut rows: Vec<(String, Vnd)> =
        shown.iter().map(|line| (line.item.clone(), line.amount)).collect();
    if let Some(sum) =
        Vnd::checked_sum(rest.iter().map(|line| line.amount)).filter(|_| !rest.is_empty())
    {
        rows.push((format!("{} ({})", words.others, rest.len()), sum));
    }
    rows
}

/// How to pay: the code, and beside it what it says.
fn how(
    canvas: &mut Canvas<'_, '_>,
    notice: &Notice,
    transfer: &Transfer,
    (x, y, wide): (i32, i32, i32),
    words: &Words,
) {
    canvas.text((x, y + tenths(30)), LABEL, &cut(words.scan, LABEL, wide));
    let top = y + tenths(40);
    let side = mm(38);
    if let Some(qr) = Qr::of(&transfer.payload) {
        canvas.qr((x - mm(2), top), side, &qr);
    }
    let column = x + side;
    let room = x + wide - column;
    let mut at = top + tenths(42);
    for (label, text) in [
        (words.bank, transfer.bank.clone()),
        (words.account, transfer.account.clone()),
        (words.holder, transfer.holder.clone()),
        (words.sum, notice.amount.grouped()),
        (words.purpose, transfer.purpose.clone()),
    ] {
        canvas.text((column, at), SMALL, label);
        let style = Style::bold(84);
        let lines = wrap(&text, style, room, 2);
        at = canvas.lines((column, at + tenths(34)), style, &lines) + tenths(6);
    }
    let keep = wrap(words.keep, SMALL, wide, 2);
    canvas.lines((x, (top + side + tenths(30)).max(at)), SMALL, &keep);
}
