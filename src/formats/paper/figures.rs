//! The report of a month, term or year of an authority's schools on A4 across, for its wide table, laid out as
//! Vietnamese offices write reports (Decree 30/2020/NĐ-CP, appendix I): state and motto, the office, place and day,
//! title, table, definition, signatures. It is written in Vietnamese whatever somebody's pages are in.

use super::PaperError;
use super::annex::{AnnexPaper, annex};
use super::canvas::{Canvas, Format, Paper, mm, tenths};
use super::letters::{BAND, LINE, SOFT, Style, cut, wrap};
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::lang::Lang;

/// What is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiguresPaper {
    /// The office above, in capitals on paper; may be empty.
    pub above: String,
    /// The office that reports.
    pub office: String,
    /// What it is about, as `tháng 10/2026`.
    pub period: String,
    /// The last day whose allocations count.
    pub cut_off: Day,
    /// All schools together.
    pub total: FiguresRow,
    /// Each school.
    pub rows: Vec<FiguresRow>,
    /// How the rates are counted, one sentence each.
    pub notes: Vec<String>,
    /// What the schools handed in; of a month only.
    pub annex: Option<AnnexPaper>,
}

/// A school, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FiguresRow {
    /// Its name.
    pub name: String,
    /// By amount.
    pub by_amount: String,
    /// By pupil.
    pub by_pupil: String,
    /// Đồng that came without cash.
    pub cashless: String,
    /// Đồng that came in cash.
    pub cash: String,
    /// Đồng still owed.
    pub open: String,
    /// How it stands.
    pub status: String,
}

const MARGIN: i32 = mm(16);
const WIDE: i32 = mm(297);
const RIGHT: i32 = WIDE - MARGIN;
const NAME: i32 = MARGIN + mm(9);
const AMOUNT: i32 = MARGIN + mm(122);
const PUPIL: i32 = MARGIN + mm(141);
const CASHLESS: i32 = MARGIN + mm(172);
const CASH: i32 = MARGIN + mm(200);
const OPEN: i32 = MARGIN + mm(228);
const STATUS: i32 = MARGIN + mm(234);

const ROW: i32 = tenths(66);
/// What each line after the first adds to a row.
const MORE: i32 = mm(4);
/// A name is cut after so many lines.
const LINES: usize = 3;
/// Where the table ends at the latest.
const BOTTOM: i32 = mm(190);

const BODY: Style = Style::plain(88);
const STRONG: Style = Style::bold(88);
const HEAD: Style = Style::bold(78);
const SMALL: Style = Style::plain(76).in_ink(SOFT);

/// The document.
pub fn figures_paper(of: &FiguresPaper) -> Result<Vec<u8>, PaperError> {
    let title = format!("Báo cáo tỷ lệ thu không dùng tiền mặt {}", of.period);
    let mut paper = Paper::new(&title, Lang::Vi, of.cut_off)?;
    let mut left = of.rows.as_slice();
    let (mut number, mut first, mut page) = (0_usize, true, 0_usize);
    // The last page has the sum, the notes and the signatures.
    let mut ended = false;
    while !ended {
        page += 1;
        paper.page(Format::A4Across, |canvas| {
            let mut y = if first { letterhead(canvas, of) } else { mm(14) };
            y = columns(canvas, y);
            while let Some((row, rest)) = left.split_first() {
                if y + height(row, BODY) > BOTTOM {
                    break;
                }
                number += 1;
                y = line(canvas, row, &number.to_string(), (y, BODY));
                left = rest;
            }
            if left.is_empty() && y + ROW + mm(4) * note_lines(of) + mm(46) <= BOTTOM + mm(6) {
                y = line(canvas, &of.total, "", (y, STRONG));
                end(canvas, of, y);
                ended = true;
            }
            canvas.right((RIGHT, mm(202)), SMALL, &format!("Trang {page}"));
        });
        first = false;
    }
    if let Some(of_annex) = &of.annex {
        annex(&mut paper, of_annex, page);
    }
    paper.finish()
}

fn note_lines(of: &FiguresPaper) -> i32 {
    let lines: usize = of.notes.iter().map(|note| note_parts(note).len()).sum();
    i32::try_from(lines).unwrap_or(i32::MAX / mm(8))
}

fn note_parts(note: &str) -> Vec<String> {
    wrap(note, SMALL, RIGHT - MARGIN, 2)
}

fn letterhead(canvas: &mut Canvas<'_, '_>, of: &FiguresPaper) -> i32 {
    let (left, right) = (MARGIN + mm(50), RIGHT - mm(50));
    let (plain, bold) = (Style::plain(95), Style::bold(95));
    let mut y = mm(18);
    if !of.above.is_empty() {
        canvas.centred((left, y), plain, &cut(&of.above.to_uppercase(), plain, mm(98)));
    }
    canvas.centred((right, y), bold, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
    y += mm(6);
    canvas.centred((left, y), bold, &cut(&of.office.to_uppercase(), bold, mm(98)));
    canvas.centred((right, y), bold, "Độc lập - Tự do - Hạnh phúc");
    canvas.rule((left - mm(14), y + mm(2)), mm(28), LINE);
    canvas.rule((right - mm(26), y + mm(2)), mm(52), LINE);
    y += mm(9);
    canvas.centred((left, y), plain, "Số: ......../BC");
    let italic = Style::plain(95);
    canvas.centred((right, y), italic, "................, ngày ...... tháng ...... năm 20....");
    y += mm(13);
    canvas.centred((WIDE / 2, y), Style::bold(140), "BÁO CÁO");
    y += mm(7);
    let title = format!("Tỷ lệ thu không dùng tiền mặt {}", of.period);
    canvas.centred((WIDE / 2, y), Style::bold(115), &title);
    y += mm(6);
    let until = format!("Số liệu đã khớp đến hết ngày {}", vietnamese_day(of.cut_off));
    canvas.centred((WIDE / 2, y), SMALL, &until);
    y + mm(6)
}

fn columns(canvas: &mut Canvas<'_, '_>, top: i32) -> i32 {
    canvas.rectangle((MARGIN, top), (RIGHT - MARGIN, mm(11)), BAND);
    let (one, two) = (top + tenths(45), top + tenths(88));
    canvas.text((MARGIN + mm(1), one), HEAD, "TT");
    canvas.text((NAME, one), HEAD, "Trường");
    for (at, above, below) in [
        (AMOUNT, "Theo", "số tiền"),
        (PUPIL, "Theo", "học sinh"),
        (CASHLESS, "Không tiền mặt", "(đồng)"),
        (CASH, "Tiền mặt", "(đồng)"),
        (OPEN, "Còn phải thu", "(đồng)"),
    ] {
        canvas.right((at, one), HEAD, above);
        canvas.right((at, two), HEAD, below);
    }
    canvas.text((STATUS, one), HEAD, "Mục tiêu");
    top + mm(11)
}

/// The name and the standing of a row, in as many lines as they take.
fn wrapped(row: &FiguresRow, style: Style) -> [Vec<String>; 2] {
    [
        wrap(&row.name, style, AMOUNT - mm(17) - NAME, LINES),
        wrap(&row.status, style, RIGHT - STATUS, LINES),
    ]
}

fn height(row: &FiguresRow, style: Style) -> i32 {
    let lines = wrapped(row, style).iter().map(Vec::len).max().unwrap_or(1);
    ROW + MORE * i32::try_from(lines.saturating_sub(1)).unwrap_or(0)
}

fn line(
    canvas: &mut Canvas<'_, '_>,
    row: &FiguresRow,
    number: &str,
    (top, style): (i32, Style),
) -> i32 {
    let y = top + tenths(45);
    canvas.text((MARGIN + mm(1), y), style, number);
    let [name, status] = wrapped(row, style);
    for (at, parts) in [(NAME, name), (STATUS, status)] {
        let mut down = y;
        for part in parts {
            canvas.text((at, down), style, &part);
            down += MORE;
        }
    }
    for (at, text) in [
        (AMOUNT, &row.by_amount),
        (PUPIL, &row.by_pupil),
        (CASHLESS, &row.cashless),
        (CASH, &row.cash),
        (OPEN, &row.open),
    ] {
        canvas.right((at, y), style, text);
    }
    let bottom = top + height(row, style);
    canvas.rule((MARGIN, bottom), RIGHT - MARGIN, LINE);
    bottom
}

fn end(canvas: &mut Canvas<'_, '_>, of: &FiguresPaper, top: i32) {
    let mut y = top + mm(6);
    for note in &of.notes {
        for part in note_parts(note) {
            canvas.text((MARGIN, y), SMALL, &part);
            y += mm(4);
        }
    }
    y += mm(5);
    let (left, right) = (MARGIN + mm(50), RIGHT - mm(50));
    let bold = Style::bold(95);
    canvas.centred((left, y), bold, "NGƯỜI LẬP BIỂU");
    canvas.centred((right, y), bold, "THỦ TRƯỞNG ĐƠN VỊ");
    y += mm(5);
    canvas.centred((left, y), SMALL, "(Ký, ghi rõ họ tên)");
    canvas.centred((right, y), SMALL, "(Ký, ghi rõ họ tên, đóng dấu)");
}

#[cfg(test)]
mod tests {
    use super::super::annex::AnnexRow;
    use super::*;

    fn paper(schools: usize) -> FiguresPaper {
        let row = |name: String| FiguresRow {
            name,
            by_amount: "93,4 %".to_owned(),
            by_pupil: "91,0 %".to_owned(),
            cashless: "1.250.000".to_owned(),
            cash: "50.000".to_owned(),
            open: "0".to_owned(),
            status: "Gần đạt".to_owned(),
        };
        FiguresPaper {
            above: "Ủy ban nhân dân xã mẫu".to_owned(),
            office: "Phòng mẫu".to_owned(),
            period: "tháng 10/2026".to_owned(),
            cut_off: "2026-11-24".parse().unwrap(),
            total: row("Tổng cộng".to_owned()),
            rows: (0..schools).map(|number| row(format!("Trường mẫu {number}"))).collect(),
            notes: vec!["Chưa có số liệu không phải là 0 %.".to_owned()],
            annex: schools.is_multiple_of(2).then(|| AnnexPaper {
                period: "tháng 10/2026".to_owned(),
                total: AnnexRow { name: "Tổng cộng".to_owned(), ..AnnexRow::default() },
                rows: (0..schools).map(|_| AnnexRow::default()).collect(),
                sha256: "0".repeat(64),
                notes: vec!["Tính lại từ các báo cáo.".to_owned()],
            }),
        }
    }

    #[test]
    fn it_is_made_of_any_number_of_schools_and_always_the_same() {
        for schools in [0, 1, 12, 13, 14, 15, 24, 25, 26, 27, 60, 300] {
            let made = figures_paper(&paper(schools)).unwrap();
            assert!(made.starts_with(b"%PDF-"), "{schools}");
            assert_eq!(figures_paper(&paper(schools)).unwrap(), made, "{schools}");
        }
    }
}
