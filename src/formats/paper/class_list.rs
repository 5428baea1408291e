//! Lists of a class on A4: who owes how much, with room for a signature.

use super::PaperError;
use super::canvas::{Canvas, Format, Paper, mm, tenths};
use super::letters::{ACCENT, BAND, LINE, SOFT, Style, cut};
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;

/// A list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassList {
    /// The school's name.
    pub school: String,
    /// The class.
    pub class: String,
    /// What it is about, such as a round's name; empty for everything that is open.
    pub about: String,
    /// The students in the order of class lists.
    pub rows: Vec<ClassListRow>,
}

/// A student of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassListRow {
    /// The student's code.
    pub code: String,
    /// The student's name.
    pub name: String,
    /// What is open, in đồng.
    pub open: Vnd,
}

const RIGHT: i32 = mm(210) - MARGIN;
const MARGIN: i32 = mm(14);
const CODE: i32 = MARGIN + mm(11);
const NAME: i32 = MARGIN + mm(38);
const OPEN: i32 = MARGIN + mm(130);
const SIGN: i32 = MARGIN + mm(136);

/// Rows of a page.
const ROWS: usize = 33;
const ROW: i32 = tenths(72);

const BODY: Style = Style::plain(95);
const HEAD: Style = Style::bold(86).in_ink(SOFT);
const SMALL: Style = Style::plain(76).in_ink(SOFT);

struct Words {
    title: &'static str,
    class: &'static str,
    code: &'static str,
    name: &'static str,
    open: &'static str,
    sign: &'static str,
    total: &'static str,
    paid: &'static str,
    made: &'static str,
    page: &'static str,
}

const VI: Words = Words {
    title: "DANH SÁCH CÒN PHẢI NỘP",
    class: "Lớp",
    code: "Mã học sinh",
    name: "Họ và tên",
    open: "Còn phải nộp (đồng)",
    sign: "Ký nhận",
    total: "Cộng",
    paid: "đã nộp đủ",
    made: "Lập ngày",
    page: "Trang",
};

const EN: Words = Words {
    title: "OPEN FEES OF A CLASS",
    class: "Class",
    code: "Student code",
    name: "Name",
    open: "Open (đồng)",
    sign: "Signature",
    total: "Total",
    paid: "paid in full",
    made: "Made on",
    page: "Page",
};

/// One document of some lists, each on pages of its own; `day` is when they were made.
pub fn class_lists(all: &[ClassList], day: Day, lang: Lang) -> Result<Vec<u8>, PaperError> {
    let words = match lang {
        Lang::Vi => &VI,
        Lang::En => &EN,
    };
    if all.is_empty() {
        return Err(PaperError("no list".to_owned()));
    }
    let mut paper = Paper::new(words.title, lang, day)?;
    for list in all {
        let pages: Vec<&[ClassListRow]> =
            if list.rows.is_empty() { vec![&[]] } else { list.rows.chunks(ROWS).collect() };
        let mut number = 0;
        for (index, rows) in pages.iter().enumerate() {
            paper.page(Format::A4, |canvas| {
                let mut y = head(canvas, list, (words, day));
                for row in *rows {
                    number += 1;
                    y = draw(canvas, row, (number, y), words);
                }
                if index + 1 == pages.len() {
                    let sum = Vnd::checked_sum(list.rows.iter().map(|row| row.open));
                    let bold = Style::bold(100);
                    canvas.text((NAME, y + tenths(50)), bold, words.total);
                    let sum = sum.map(Vnd::grouped).unwrap_or_default();
                    canvas.right((OPEN, y + tenths(50)), bold, &sum);
                }
                let of = format!("{} {}/{}", words.page, index + 1, pages.len());
                canvas.right((RIGHT, mm(297 - 8)), SMALL, &of);
            });
        }
    }
    paper.finish()
}

fn head(canvas: &mut Canvas<'_, '_>, list: &ClassList, (words, day): (&Words, Day)) -> i32 {
    let bold = Style::bold(100);
    canvas.text((MARGIN, mm(15)), bold, &cut(&list.school, bold, mm(120)));
    let made = format!("{} {}", words.made, vietnamese_day(day));
    canvas.right((RIGHT, mm(15)), SMALL, &made);
    let title = Style::bold(150).in_ink(ACCENT);
    canvas.centred((mm(105), mm(26)), title, words.title);
    let mut about = format!("{} {}", words.class, list.class);
    if !list.about.is_empty() {
        about = format!("{about} · {}", list.about);
    }
    canvas.centred((mm(105), mm(32)), bold, &cut(&about, bold, RIGHT - MARGIN));
    let top = mm(37);
    canvas.rectangle((MARGIN, top), (RIGHT - MARGIN, mm(7)), BAND);
    let y = top + tenths(48);
    canvas.text((MARGIN + mm(2), y), HEAD, "#");
    canvas.text((CODE, y), HEAD, words.code);
    canvas.text((NAME, y), HEAD, words.name);
    canvas.right((OPEN, y), HEAD, words.open);
    canvas.text((SIGN, y), HEAD, words.sign);
    top + mm(7)
}

fn draw(
    canvas: &mut Canvas<'_, '_>,
    row: &ClassListRow,
    (number, top): (usize, i32),
    words: &Words,
) -> i32 {
    let y = top + tenths(48);
    canvas.text((MARGIN + mm(2), y), SMALL, &number.to_string());
    canvas.text((CODE, y), BODY, &cut(&row.code, BODY, NAME - CODE - mm(2)));
    canvas.text((NAME, y), BODY, &cut(&row.name, BODY, mm(62)));
    if row.open.is_positive() {
        canvas.right((OPEN, y), BODY, &row.open.grouped());
    } else {
        canvas.right((OPEN, y), SMALL, words.paid);
    }
    canvas.rule((MARGIN, top + ROW), RIGHT - MARGIN, LINE);
    top + ROW
}
